"""What follows from invoices and payments: applications of cash, changes of balances, and stretches in which a balance stood still."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, Final

import duckdb
import sqlalchemy as sa

from data import schema as s
from data.duck import literal_sql
from data.errors import CheckFailed

_LENGTHS: Final = (32, 64, 128, 256)
"""Days, each twice as many as before."""
_WIDEST: Final = 10
"""Lines of an order that are together so many times larger than what they add up to say nothing of where its balance belongs."""

_INSTALMENT: Final = ("invoice_id", "instalment_no")
_OF_INSTALMENT: Final = ("customer_id", *s.BOOKED, "invoice_day", "due_day")
"""What is the same in every row of an instalment."""


def applications() -> sa.Select[Any]:
    """Cash applied, oldest instalment first.

    With P the running total paid on an invoice and [low, high] the stretch of the running total that an instalment
    stands for, a payment pays clamp(P after) − clamp(P before) of it. That holds for refunds (P falls) and credit notes
    (the stretch is negative) as well, and leaves what exceeds the invoice unapplied.
    """
    p, i, n = s.payment, s.invoice, s.instalment
    order = (p.c.payment_day, p.c.payment_id, p.c.part_no)
    after = sa.func.sum(p.c.amount).over(partition_by=p.c.invoice_id, order_by=order, rows=(None, 0))
    paid = sa.select(*p.c, after.label("after")).where(p.c.invoice_id.is_not(None)).subquery("paid")
    end = sa.func.sum(n.c.amount).over(partition_by=n.c.invoice_id, order_by=(n.c.due_day, n.c.instalment_no), rows=(None, 0))
    due = sa.select(*n.c, end.label("stop")).subquery("due")
    start = due.c.stop - due.c.amount
    low, high = sa.func.least(start, due.c.stop), sa.func.greatest(start, due.c.stop)
    amount = _clamped(paid.c.after, low, high) - _clamped(paid.c.after - paid.c.amount, low, high)
    return (
        sa.select(
            paid.c.payment_id,
            paid.c.part_no,
            due.c.invoice_id,
            due.c.instalment_no,
            paid.c.payment_day,
            sa.func.greatest(paid.c.payment_day, i.c.invoice_day),
            i.c.invoice_day,
            due.c.due_day,
            i.c.customer_id,
            i.c.region_id,
            i.c.area_id,
            i.c.rep_id,
            amount.label("amount"),
            (amount * _days(i.c.invoice_day, paid.c.payment_day)).label("waited"),
            (amount * _days(due.c.due_day, paid.c.payment_day)).label("lateness"),
        )
        .select_from(paid.join(i, i.c.invoice_id == paid.c.invoice_id).join(due, due.c.invoice_id == paid.c.invoice_id))
        .where(amount != 0)
    )


def receivable_events() -> sa.CompoundSelect[Any]:
    i, n, a = s.invoice, s.instalment, s.application
    booked = (i.c.customer_id, *(i.c[name] for name in s.BOOKED))
    opened = sa.select(i.c.invoice_day, i.c.invoice_day, n.c.due_day, i.c.invoice_id, n.c.instalment_no, *booked, n.c.amount).select_from(
        i.join(n, n.c.invoice_id == i.c.invoice_id)
    )
    booked = (a.c.customer_id, *(a.c[name] for name in s.BOOKED))
    paid = sa.select(a.c.applied_day, a.c.invoice_day, a.c.due_day, a.c.invoice_id, a.c.instalment_no, *booked, -a.c.amount)
    return sa.union_all(_as(s.receivable_event, opened), _as(s.receivable_event, paid))


_PART: Final = ("payment_id", "part_no")
_USE: Final = ("applied", "late", "waited", "lateness")


def receipts() -> sa.Select[Any]:
    """Parts of payments with whom they count for, and how late what they paid was."""
    p, i, used = s.payment, s.invoice, _uses()
    customer, applied = sa.func.coalesce(i.c.customer_id, p.c.customer_id), sa.func.coalesce(used.c.applied, 0)
    nth = sa.func.row_number().over(partition_by=(p.c.payment_id, customer), order_by=(applied <= 0, p.c.payment_day, p.c.part_no))
    columns = {
        **{name: p.c[name] for name in (*_PART, "payment_day", "invoice_id", "amount")},
        **{name: sa.func.coalesce(i.c[name], p.c[name]) for name in ("customer_id", *s.BOOKED)},
        **{name: used.c[name] for name in ("applied_day", "due_first", "due_last", "days_late")},
        **{name: sa.func.coalesce(used.c[name], 0) for name in _USE},
        "invoice_day": i.c.invoice_day,
        "order_id": i.c.order_id,
        "invoice_amount": i.c.amount,
        "is_first": sa.and_(applied > 0, nth == 1),
    }
    both = p.outerjoin(i, i.c.invoice_id == p.c.invoice_id).outerjoin(used, sa.and_(*(used.c[name] == p.c[name] for name in _PART)))
    return sa.select(*(columns[column.name].label(column.name) for column in s.receipt.columns)).select_from(both)


def _uses() -> sa.Subquery:
    """By part of a payment what it paid."""
    a, total = s.application, sa.func.sum
    late = sa.cast(a.c.payment_day - a.c.due_day, sa.Integer())
    columns = {
        "applied_day": sa.func.min(a.c.applied_day),
        "due_first": sa.func.min(a.c.due_day),
        "due_last": sa.func.max(a.c.due_day),
        "days_late": sa.func.max(late),
        "applied": total(a.c.amount),
        "late": total(sa.case((late > 0, a.c.amount), else_=0)),
        "waited": total(a.c.waited),
        "lateness": total(a.c.lateness),
    }
    part = [a.c[name] for name in _PART]
    return sa.select(*part, *(column.label(name) for name, column in columns.items())).group_by(*part).subquery("used")


def cash_events() -> sa.Select[Any]:
    """Cash received, less cash applied; what nets to nothing on one day for one customer is left out."""
    r, a = s.receipt, s.application
    owner = ("customer_id", *s.BOOKED)
    received = sa.select(r.c.payment_day.label("event_day"), *(r.c[name] for name in owner), r.c.amount)
    applied = sa.select(a.c.applied_day, *(a.c[name] for name in owner), -a.c.amount)
    events = sa.union_all(received, applied).subquery()
    keys = [c for c in events.c if c.name != "amount"]
    total = sa.func.sum(events.c.amount)
    return sa.select(*keys, total.label("unapplied")).group_by(*keys).having(total != 0)


def balance_intervals() -> sa.Select[Any]:
    """Running totals of each instalment's changes, each until the next one; what nets to nothing on one day changes nothing."""
    e = s.receivable_event
    change = sa.func.sum(e.c.balance)
    same = (sa.func.any_value(e.c[name]).label(name) for name in _OF_INSTALMENT)
    changed = (
        sa.select(*(e.c[name] for name in _INSTALMENT), *same, e.c.event_day.label("from_day"), change.label("change"))
        .group_by(*(e.c[name] for name in (*_INSTALMENT, "event_day")))
        .having(change != 0)
        .subquery("changed")
    )
    instalment = [changed.c[name] for name in _INSTALMENT]
    to_day = sa.func.lead(changed.c.from_day).over(partition_by=instalment, order_by=changed.c.from_day)
    balance = sa.func.sum(changed.c.change).over(partition_by=instalment, order_by=changed.c.from_day, rows=(None, 0))
    stretches = sa.select(
        *(changed.c[name] for name in (*_INSTALMENT, *_OF_INSTALMENT, "from_day")),
        sa.func.coalesce(to_day, sa.literal(date.max)).label("to_day"),
        balance.label("balance"),
    ).subquery("stretches")
    i = s.invoice
    of_invoice = (i.c.order_id, i.c.amount.label("invoice_amount"), i.c.disputed)
    return (
        sa.select(*stretches.c, *of_invoice)
        .select_from(stretches.join(i, i.c.invoice_id == stretches.c.invoice_id))
        .where(stretches.c.balance != 0)
    )


def invoice_categories() -> sa.Select[Any]:
    """The parts of an invoice's order by category, one after the other, as shares of the whole."""
    line, p = s.order_line, s.product
    parts = (
        sa.select(line.c.order_id, p.c.category_id, sa.func.sum(line.c.amount).label("amount"))
        .select_from(line.outerjoin(p, p.c.product_id == line.c.product_id))
        .group_by(line.c.order_id, p.c.category_id)
        .subquery("parts")
    )
    order, amount = parts.c.order_id, parts.c.amount
    stacked = sa.select(
        *parts.c,
        sa.func.sum(amount).over(partition_by=order, order_by=parts.c.category_id.nulls_last(), rows=(None, 0)).label("stop"),
        sa.func.sum(amount).over(partition_by=order).label("whole"),
        sa.func.sum(sa.func.abs(amount)).over(partition_by=order).label("size"),
    ).subquery("stacked")

    def share(value: Any) -> Any:
        return sa.cast(sa.cast(value, sa.Double()) / sa.cast(stacked.c.whole, sa.Double()), s.WEIGHT)

    i = s.invoice
    return (
        sa.select(
            i.c.invoice_id,
            stacked.c.category_id,
            share(stacked.c.stop - stacked.c.amount).label("before"),
            share(stacked.c.stop).label("after"),
        )
        .select_from(stacked.join(i, i.c.order_id == stacked.c.order_id))
        .where(stacked.c.amount != 0, stacked.c.size < _WIDEST * sa.func.abs(stacked.c.whole))
    )


def category_intervals() -> sa.Select[Any]:
    """Every balance, by the categories of its invoice."""
    kept, part = s.balance_interval, s.invoice_category
    balance = sa.func.coalesce(part_of_category(kept.c.balance), kept.c.balance)
    same = (kept.c[c.name] for c in s.category_interval.columns if c.name not in ("balance", "category_id"))
    return sa.select(*same, balance.label("balance"), part.c.category_id).select_from(
        kept.outerjoin(part, part.c.invoice_id == kept.c.invoice_id)
    )


def part_of_category(amount: sa.ColumnElement[Any]) -> Any:
    """Of an amount of an invoice, what belongs to the category of a row of ``invoice_category``; all parts add up to the amount."""
    return _share_of(amount, s.invoice_category.c.after) - _share_of(amount, s.invoice_category.c.before)


def _share_of(amount: sa.ColumnElement[Any], share: sa.ColumnElement[Any]) -> Any:
    """A share of an amount, rounded to what money is kept in; exactly all of it for 1, and nothing for 0."""
    # Decimals of such sizes are multiplied slowly. A float only decides where to cut, and each cut is made once for both sides.
    rounded = sa.cast(sa.cast(amount, sa.Double()) * sa.cast(share, sa.Double()), s.MONEY)
    return sa.case((share == 0, sa.cast(0, s.MONEY)), (share == 1, amount), else_=rounded)


def month_ends(dimensions: tuple[str, ...]) -> sa.Select[Any]:
    """Open balances at each month end up to the last change."""
    kept, c = s.balance_interval, s.calendar
    known = sa.select(sa.func.max(s.receivable_event.c.event_day)).scalar_subquery()
    month_end = sa.func.max(c.c.day).label("month_end")
    ends = sa.select(month_end).group_by(c.c.month).having(month_end <= known).subquery("ends")
    segment = s.customer.c.segment_id
    keys = [ends.c.month_end, kept.c.due_day, *(segment if name == segment.name else kept.c[name] for name in dimensions)]
    total = sa.func.sum(kept.c.balance)
    stands = sa.and_(kept.c.from_day <= ends.c.month_end, kept.c.to_day > ends.c.month_end)
    tables = ends.join(kept, stands)
    if segment.name in dimensions:
        tables = tables.outerjoin(s.customer, s.customer.c.customer_id == kept.c.customer_id)
    return sa.select(*keys, total.label("balance")).select_from(tables).group_by(*keys).having(total != 0)


def _length(rows: Any) -> Any:
    """How long a balance stood, roughly, an open end the longest. Sorted by that first, what is open on a day lies in one stretch of
    each length, and the rest need not be read."""
    days, most = _days(rows.c.from_day, rows.c.to_day), len(_LENGTHS)
    lengths = ((days < length, i) for i, length in enumerate(_LENGTHS))
    return sa.case((rows.c.to_day == date.max, most + 1), *lengths, else_=most)


Order = tuple[str | Callable[[Any], Any], ...]
"""Columns, or what follows from a row."""

DERIVED: Final[tuple[tuple[sa.Table, Callable[[], Any], Order], ...]] = (
    (s.application, applications, ("due_day",)),
    (s.receipt, receipts, ("customer_id", "payment_day")),
    (s.receivable_event, receivable_events, ("event_day",)),
    (s.cash_event, cash_events, ("event_day",)),
    (s.balance_interval, balance_intervals, (_length, "to_day")),
    (s.invoice_category, invoice_categories, ("invoice_id",)),
    (s.category_interval, category_intervals, (_length, "to_day")),
)
"""The tables that are made here, each out of the facts and those before it, and how their rows are sorted."""


def check(connection: duckdb.DuckDBPyConnection) -> None:
    """Raise ``CheckFailed`` unless the intervals, of whatever is due on a day, begin and end as the changes say, and so add up to them
    on every day; and unless each invoice's categories share all of it, and of its balances."""
    event, stretch, part, parted = s.receivable_event, s.balance_interval, s.invoice_category, s.category_interval
    changes = sa.union_all(
        sa.select(event.c.event_day.label("day"), event.c.due_day, event.c.balance),
        sa.select(stretch.c.from_day, stretch.c.due_day, -stretch.c.balance),
        sa.select(stretch.c.to_day, stretch.c.due_day, stretch.c.balance).where(stretch.c.to_day < date.max),
    ).subquery("changes")
    apart = sa.func.sum(changes.c.balance)
    found = sa.select(changes.c.day, changes.c.due_day, apart).group_by(changes.c.day, changes.c.due_day).having(apart != 0).limit(1)
    if row := connection.execute(literal_sql(found)).fetchone():
        raise CheckFailed(stretch.name, f"of what is due on {row[1]}, the changes of {row[0]} are {row[2]} more than the balances say")
    shared = sa.func.sum(part.c.after - part.c.before)
    unshared = sa.select(part.c.invoice_id, shared).group_by(part.c.invoice_id).having(shared != 1).limit(1)
    if row := connection.execute(literal_sql(unshared)).fetchone():
        raise CheckFailed(part.name, f"the categories of invoice {row[0]} share {row[1]} of it, not all")
    both = sa.union_all(sa.select(stretch.c.to_day, stretch.c.balance), sa.select(parted.c.to_day, -parted.c.balance)).subquery("both")
    apart = sa.func.sum(both.c.balance)
    lost = sa.select(both.c.to_day, apart).group_by(both.c.to_day).having(apart != 0).limit(1)
    if row := connection.execute(literal_sql(lost)).fetchone():
        raise CheckFailed(parted.name, f"of the balances that end on {row[0]}, the categories hold {row[1]} too little")


def _days(first: Any, last: Any) -> Any:
    return sa.cast(last - first, sa.Integer())


def _clamped(value: Any, low: Any, high: Any) -> Any:
    return sa.func.greatest(low, sa.func.least(value, high))


def _as(table: sa.Table, rows: sa.Select[Any]) -> sa.Select[Any]:
    """The same SELECT with the table's column names."""
    return sa.select(*(c.label(name.name) for c, name in zip(rows.selected_columns, table.columns, strict=True))).select_from(
        *rows.get_final_froms()
    )
