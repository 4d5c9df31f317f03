"""What was owed and what was paid, as rows: open invoices, paid ones, and payments."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

import sqlalchemy as sa

from data import schema as s
from metrics.listing_shape import Rows, Shape, aged, day, members, named


def open_invoices(shape: Shape) -> Rows:
    """Invoices with something open on the as-of day; of a bucket or a category what of each lies in it."""
    owed = _owed(shape)
    columns = {
        "day": owed.c.invoice_day,
        "invoice": owed.c.invoice_id,
        "order": owed.c.order_id,
        "customer": owed.c.customer_id,
        "due_first": owed.c.due_first,
        "due_last": owed.c.due_last,
        "instalments": owed.c.instalments,
        "amount": owed.c.invoice_amount,
        "paid": owed.c.invoice_amount - owed.c.whole,
        "open": owed.c.open,
        "overdue": owed.c.overdue,
        "overdue_since": owed.c.overdue_since,
        "disputed": owed.c.disputed,
        "rep": owed.c.rep_id,
        "area": owed.c.area_id,
    }
    return Rows(
        table=named(owed, shape),
        columns=columns,
        sums={name: sa.func.sum(columns[name]) for name in ("amount", "paid", "open", "overdue")},
        where=(),
        numbers=(owed.c.invoice_id, owed.c.order_id),
        unique=(owed.c.invoice_day.desc(), owed.c.invoice_id.desc()),
    )


def paid_invoices(shape: Shape) -> Rows:
    """Invoices paid in full by the as-of day, whose last payment lies in the period."""
    settled = _settled(shape)
    columns = {
        "day": settled.c.invoice_day,
        "invoice": settled.c.invoice_id,
        "order": settled.c.order_id,
        "customer": settled.c.customer_id,
        "due_first": settled.c.due_first,
        "due_last": settled.c.due_last,
        "amount": settled.c.invoice_amount,
        "paid_day": settled.c.paid_day,
        "days_late": settled.c.days_late,
        "payments": settled.c.payments,
        "rep": settled.c.rep_id,
        "area": settled.c.area_id,
    }
    return Rows(
        table=named(settled, shape),
        columns=columns,
        sums={"amount": sa.func.sum(settled.c.invoice_amount)},
        where=(),
        numbers=(settled.c.invoice_id, settled.c.order_id),
        unique=(settled.c.paid_day.desc(), settled.c.invoice_id.desc()),
    )


def payments(shape: Shape) -> Rows:
    """Parts of payments of the period, and what of each an invoice took by the as-of day."""
    receipt = s.receipt
    is_applied = receipt.c.applied_day <= day("as_of")
    applied = sa.case((is_applied, receipt.c.applied), else_=0)
    columns = {
        "day": receipt.c.payment_day,
        "payment": receipt.c.payment_id,
        "part": receipt.c.part_no,
        "customer": receipt.c.customer_id,
        "invoice": receipt.c.invoice_id,
        "amount": receipt.c.amount,
        "applied": applied,
        "unapplied": receipt.c.amount - applied,
        "days_late": sa.case((is_applied, receipt.c.days_late)),
        "rep": receipt.c.rep_id,
        "area": receipt.c.area_id,
    }
    return Rows(
        table=named(receipt, shape),
        columns=columns,
        sums={name: sa.func.sum(columns[name]) for name in ("amount", "applied", "unapplied")},
        where=(receipt.c.payment_day.between(day("first"), day("cut")), *members(receipt, shape)),
        numbers=(receipt.c.payment_id, receipt.c.invoice_id),
        unique=(receipt.c.payment_day.desc(), receipt.c.payment_id.desc(), receipt.c.part_no),
    )


_OF_INVOICE: Final = ("customer_id", *s.BOOKED, "invoice_day", "order_id", "invoice_amount")
"""What is the same in every row of an invoice."""


@lru_cache(maxsize=256)
def _owed(shape: Shape) -> sa.Subquery:
    """By invoice what is open of it on the as-of day, ``whole``, what of that lies in the bucket and the category, and the invoice."""
    kept = s.balance_interval
    by_category = any(dimension == "category" for dimension, _ in shape.filters)
    part = s.category_interval if by_category else kept
    cut = aged(part, shape)
    invoice = _labelled({"whole": sa.func.sum(kept.c.balance), **_same(kept, "disputed")})
    if not cut and not by_category:
        return _open(part, shape, *_labelled(_standing(part)), *invoice).subquery("owed")
    # Few invoices are in the bucket, so only of these is looked up what else there is.
    within = _open(part, shape, *_labelled(_standing(part))).where(*cut).cte("within")
    every = _open(kept, shape, *invoice).where(kept.c.invoice_id.in_(sa.select(within.c.invoice_id))).subquery("every")
    more = [column for column in every.c if column.name != "invoice_id"]
    return sa.select(*within.c, *more).select_from(within.join(every, every.c.invoice_id == within.c.invoice_id)).subquery("owed")


def standing(shape: Shape) -> sa.Subquery:
    """By invoice of which something is open how much that is, of how many instalments, and how long it is overdue."""
    return _open(s.balance_interval, shape, *_labelled(_standing(s.balance_interval))).subquery("owed")


def _open(part: sa.Table, shape: Shape, *columns: Any) -> sa.Select[Any]:
    """By invoice, of what is open on the as-of day."""
    return (
        sa.select(part.c.invoice_id, *columns)
        .select_from(with_customers(part, shape))
        .where(part.c.from_day <= day("as_of"), part.c.to_day > day("as_of"), *members(part, shape))
        .group_by(part.c.invoice_id)
    )


def _standing(part: sa.Table) -> dict[str, Any]:
    due, total = part.c.due_day, sa.func.sum(part.c.balance)
    late = due < day("as_of")
    return {
        "due_first": sa.func.min(due),
        "due_last": sa.func.max(due),
        "instalments": sa.func.count(part.c.instalment_no.distinct()),
        "open": total,
        "overdue": sa.func.coalesce(total.filter(late), 0),
        "overdue_since": sa.func.min(due).filter(late, part.c.balance > 0),
    }


def _settled(shape: Shape) -> sa.Subquery:
    """By invoice that payments took off in full by the as-of day, the last of them in the period, how late they were."""
    receipt = s.receipt
    paid_day, total = sa.func.max(receipt.c.payment_day), sa.func.sum(receipt.c.applied)
    columns = {
        "due_first": sa.func.min(receipt.c.due_first),
        "due_last": sa.func.max(receipt.c.due_last),
        "paid_day": paid_day,
        "days_late": sa.func.max(receipt.c.days_late),
        "payments": sa.func.count(receipt.c.payment_id.distinct()),
        **_same(receipt),
    }
    return (
        sa.select(receipt.c.invoice_id, *_labelled(columns))
        .select_from(with_customers(receipt, shape))
        .where(receipt.c.applied_day <= day("as_of"), *members(receipt, shape))
        .group_by(receipt.c.invoice_id)
        .having(paid_day.between(day("first"), day("cut")), total == sa.func.any_value(receipt.c.invoice_amount))
        .subquery("settled")
    )


def _labelled(columns: Mapping[str, Any]) -> list[Any]:
    return [column.label(name) for name, column in columns.items()]


def _same(source: sa.Table, *more: str) -> dict[str, Any]:
    return {name: sa.func.any_value(source.c[name]) for name in (*_OF_INVOICE, *more)}


def with_customers(source: sa.Table, shape: Shape) -> sa.FromClause:
    """The source, with the customers where their segment is filtered by."""
    if all(dimension != "segment" for dimension, _ in shape.filters):
        return source
    return source.outerjoin(s.customer, s.customer.c.customer_id == source.c.customer_id)
