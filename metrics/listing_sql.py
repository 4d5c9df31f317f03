"""Order lines and invoices as SQL: what a listing's statements read, by shape. Days, members and text come as parameters."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import sqlalchemy as sa

from data import schema as s
from data.duck import Compiled
from metrics.listing_owed import open_invoices, paid_invoices, payments, standing, with_customers
from metrics.listing_shape import NAMED, TABLES, Rows, Shape, day, label, members, named


@dataclass(frozen=True, slots=True)
class Statement:
    """A SELECT of one shape, the same as text, and the names of its columns."""

    select: sa.Select[Any]
    compiled: Compiled
    columns: tuple[str, ...]


@lru_cache(maxsize=512)
def page(shape: Shape) -> Statement:
    """The rows of one page: parameters first, cut, as_of, find, rows, offset, member_i_j, span_i_j_first and span_i_j_last."""
    rows = _ROWS[shape.of](shape)
    read = {name: column for name, column in rows.columns.items() if name != "price"}
    tables = rows.table
    for more, same in rows.more:
        tables = tables.join(more, same)
    select = _restricted(sa.select(*(column.label(name) for name, column in read.items())).select_from(tables), rows, shape)
    name, falling = shape.order.removeprefix("-"), shape.order.startswith("-")
    if name == "days_overdue":  # the more days, the earlier the day
        name, falling = "overdue_since", not falling
    member = TABLES.get(name)
    key = rows.columns[name] if member is None else label(member.c.name, member.c.name_zh, shape.language)
    select = select.order_by((key.desc() if falling else key.asc()).nulls_last(), *rows.unique)
    if shape.limited:
        select = select.limit(sa.bindparam("rows", type_=sa.Integer()))
    select = select.offset(sa.bindparam("offset", type_=sa.Integer()))
    return Statement(select, Compiled(select), tuple(read))


@lru_cache(maxsize=512)
def sums(shape: Shape) -> Statement:
    """What all rows add up to: one row. The same parameters but rows and offset."""
    rows = _ROWS[shape.of](shape)
    counted = {"count": sa.func.count(), **rows.sums}
    select = _restricted(sa.select(*(column.label(name) for name, column in counted.items())).select_from(rows.table), rows, shape)
    return Statement(select, Compiled(select), tuple(counted))


def _restricted(select: sa.Select[Any], rows: Rows, shape: Shape) -> sa.Select[Any]:
    select = select.where(*rows.where)
    if shape.finds:
        pattern = sa.bindparam("find", type_=sa.String())
        names = [column for named in NAMED[shape.of] for column in (TABLES[named].c.name, TABLES[named].c.name_zh)]
        texts = (*rows.numbers, *names)
        select = select.where(sa.or_(*(sa.func.lower(text).like(pattern, escape="/") for text in texts)))
    return select


def _lines(shape: Shape) -> Rows:
    line = s.order_line
    margin = line.c.amount - line.c.cost
    # A float decides the order alone: the price that is shown is divided exactly.
    price = sa.cast(line.c.amount, sa.Double()) / sa.func.nullif(sa.cast(line.c.volume, sa.Double()), 0)
    total = sa.func.sum
    return Rows(
        table=named(line, shape),
        columns={
            "day": line.c.order_day,
            "order": line.c.order_id,
            "line": line.c.line_no,
            "customer": line.c.customer_id,
            "product": line.c.product_id,
            "category": s.product.c.category_id,
            "volume": line.c.volume,
            "price": price,
            "amount": line.c.amount,
            "cost": line.c.cost,
            "margin": margin,
            "rep": line.c.rep_id,
            "area": line.c.area_id,
        },
        sums={
            "volume": total(line.c.volume),
            "amount": total(line.c.amount),
            "cost": total(line.c.cost),
            "margin": total(margin),
            "without_cost": sa.func.count().filter(line.c.cost.is_(None)),
        },
        where=(line.c.order_day.between(day("first"), day("cut")), *members(line, shape)),
        numbers=(line.c.order_id,),
        unique=(line.c.order_day.desc(), line.c.order_id.desc(), line.c.line_no),
    )


def _invoices(shape: Shape) -> Rows:
    invoice, owed, due = s.invoice, standing(shape), _due(shape)
    open_, overdue = (sa.func.coalesce(column, 0) for column in (owed.c.open, owed.c.overdue))
    within = invoice.c.invoice_day.between(day("first"), day("cut"))
    is_open = sa.or_(owed.c.open != 0, owed.c.overdue != 0)
    paid = invoice.c.amount - open_
    counted = {"amount": invoice.c.amount, "paid": paid, "open": open_, "overdue": overdue}
    return Rows(
        table=named(invoice, shape).outerjoin(owed, owed.c.invoice_id == invoice.c.invoice_id),
        columns={
            "day": invoice.c.invoice_day,
            "invoice": invoice.c.invoice_id,
            "order": invoice.c.order_id,
            "customer": invoice.c.customer_id,
            "due_first": due.c.due_first,
            "due_last": due.c.due_last,
            "instalments": due.c.instalments,
            "amount": invoice.c.amount,
            "paid": paid,
            "open": open_,
            "overdue": overdue,
            "overdue_since": owed.c.overdue_since,
            "rep": invoice.c.rep_id,
            "area": invoice.c.area_id,
        },
        sums={name: sa.func.sum(column) for name, column in counted.items()},
        where=(sa.or_(within, is_open), *members(invoice, shape)),
        numbers=(invoice.c.invoice_id, invoice.c.order_id),
        unique=(invoice.c.invoice_day.desc(), invoice.c.invoice_id.desc()),
        more=((due, due.c.invoice_id == invoice.c.invoice_id),),
    )


def _due(shape: Shape) -> sa.Subquery:
    """The first and the last due day of an invoice, and how many instalments it has, paid or not."""
    invoice, instalment = s.invoice, s.instalment
    asked = sa.select(invoice.c.invoice_id).select_from(with_customers(invoice, shape)).where(*members(invoice, shape))
    return (
        sa.select(
            instalment.c.invoice_id,
            sa.func.min(instalment.c.due_day).label("due_first"),
            sa.func.max(instalment.c.due_day).label("due_last"),
            sa.func.count().label("instalments"),
        )
        .where(instalment.c.invoice_id.in_(asked))
        .group_by(instalment.c.invoice_id)
        .subquery("due")
    )


_ROWS: Final = {"lines": _lines, "invoices": _invoices, "open": open_invoices, "paid": paid_invoices, "payments": payments}
