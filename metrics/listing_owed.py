"""What was owed and what was paid, as rows: open invoices, paid ones, and payments."""

from __future__ import annotations

from typing import Any, Final

import sqlalchemy as sa

from data import schema as s
from metrics.listing_shape import Rows, Shape, aged, day, members, named


def open_invoices(shape: Shape) -> Rows:
    """Invoices with something open on the as-of day; of a bucket what of each lies in it."""
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


def _owed(shape: Shape) -> sa.Subquery:
    """By invoice what is open of it on the as-of day, ``whole``, and what of that lies in the bucket."""
    part, count, total = s.balance_interval, sa.func.count(), sa.func.sum
    late = part.c.due_day < day("as_of")
    due = part.c.due_day
    wanted = aged(part, shape)

    def within(aggregate: Any, *more: Any) -> Any:
        return aggregate.filter(*wanted, *more) if wanted or more else aggregate

    columns = {
        "due_first": within(sa.func.min(due)),
        "due_last": within(sa.func.max(due)),
        "instalments": within(count),
        "open": within(total(part.c.balance)),
        "overdue": sa.func.coalesce(within(total(part.c.balance), late), 0),
        "overdue_since": within(sa.func.min(due), late, part.c.balance > 0),
        "whole": total(part.c.balance),
        **_same(part, "disputed"),
    }
    select = (
        sa.select(part.c.invoice_id, *(column.label(name) for name, column in columns.items()))
        .select_from(with_customers(part, shape))
        .where(part.c.from_day <= day("as_of"), part.c.to_day > day("as_of"), *members(part, shape))
        .group_by(part.c.invoice_id)
    )
    return (select.having(columns["instalments"] > 0) if wanted else select).subquery("owed")


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
        sa.select(receipt.c.invoice_id, *(column.label(name) for name, column in columns.items()))
        .select_from(with_customers(receipt, shape))
        .where(receipt.c.applied_day <= day("as_of"), *members(receipt, shape))
        .group_by(receipt.c.invoice_id)
        .having(paid_day.between(day("first"), day("cut")), total == sa.func.any_value(receipt.c.invoice_amount))
        .subquery("settled")
    )


def _same(source: sa.Table, *more: str) -> dict[str, Any]:
    return {name: sa.func.any_value(source.c[name]) for name in (*_OF_INVOICE, *more)}


def with_customers(source: sa.Table, shape: Shape) -> sa.FromClause:
    """The source, with the customers where their segment is filtered by."""
    if all(dimension != "segment" for dimension, _ in shape.filters):
        return source
    return source.outerjoin(s.customer, s.customer.c.customer_id == source.c.customer_id)
