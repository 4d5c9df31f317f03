"""One invoice in full: its instalments, the payments that it took, whether it is disputed, and the order that it bills."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from data import schema as s
from data.duck import Compiled, literal_sql
from metrics.listing_owed import with_customers
from metrics.listing_shape import Shape, day, member_values, members
from metrics.listing_sql import Statement
from metrics.query import Member
from metrics.question import Bounds, answers
from metrics.receivables import ZERO
from metrics.scope import Filter, Viewer

if TYPE_CHECKING:
    from metrics.engine import Engine


@dataclass(frozen=True, slots=True)
class Invoice:
    """The invoice of that number, if it is of these members, as it stands at the end of a day."""

    number: str
    as_of: date
    where: tuple[Filter, ...] = ()
    measures: tuple[str, ...] = ("invoiced", "open", "overdue")


@dataclass(frozen=True, slots=True)
class Instalment:
    """``paid``: what payments took off it; ``days_overdue``: since its due day, None unless something is overdue of it."""

    number: int
    due_day: date
    amount: Decimal
    paid: Decimal
    days_overdue: int | None

    @property
    def open(self) -> Decimal:
        return self.amount - self.paid


@dataclass(frozen=True, slots=True)
class Receipt:
    """A part of a payment that was made on the invoice. ``took``: by number of the instalment what of it that took.

    ``days_late``: from the earliest due day that it paid, negative before it; None where it paid nothing.
    """

    payment: str
    part: int
    day: date
    amount: Decimal
    took: Mapping[int, Decimal]
    days_late: int | None

    @property
    def unapplied(self) -> Decimal:
        """What the invoice did not take."""
        return self.amount - sum(self.took.values(), ZERO)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """``members``: customer, region, area, rep, as far as the viewer may know them. ``order_day``: None for an order that is not
    known."""

    number: str
    day: date
    amount: Decimal
    disputed: bool
    order: str | None
    order_day: date | None
    terms_days: int | None
    members: Mapping[str, Member]
    instalments: tuple[Instalment, ...]
    receipts: tuple[Receipt, ...]

    @property
    def paid(self) -> Decimal:
        return sum((each.paid for each in self.instalments), ZERO)

    @property
    def open(self) -> Decimal:
        return self.amount - self.paid

    @property
    def days_overdue(self) -> int | None:
        """Since the earliest due day with something overdue."""
        return max((each.days_overdue for each in self.instalments if each.days_overdue), default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """``bill`` None: there is no such invoice, or none that may be seen; or it is ``dated`` after the as-of day."""

    query: Invoice
    bill: Bill | None
    dated: date | None = None
    statements: tuple[tuple[Statement, Mapping[str, Any]], ...] = ()

    @property
    def sql(self) -> tuple[str, ...]:
        """The statements as text with the values written in, to show."""
        return tuple(literal_sql(statement.select.params(**values)) for statement, values in self.statements)


@answers(Invoice)
def found(engine: Engine, question: Invoice, bounds: Bounds, version: int) -> Found:
    where = (*question.where, *bounds)
    filters = tuple((wanted.dimension, len(wanted.members)) for wanted in where)
    values: dict[str, Any] = {"number": question.number, "as_of": question.as_of, **member_values(where)}
    asked: list[tuple[Statement, Mapping[str, Any]]] = []

    def read(statement: Statement) -> list[dict[str, Any]]:
        asked.append((statement, values))
        rows = engine.reader(version).read(statement.compiled, values)
        return [dict(zip(statement.columns, row, strict=True)) for row in rows]

    heads = read(_head(filters))
    if not heads:
        return Found(query=question, bill=None, statements=tuple(asked))
    (head,) = heads
    if head["day"] > question.as_of:
        return Found(query=question, bill=None, dated=head["day"], statements=tuple(asked))
    parts = read(_INSTALMENTS)
    values |= {"due_first": min(part["due_day"] for part in parts), "due_last": max(part["due_day"] for part in parts)}
    values |= {"customer": head["customer"], "order": head["order"]}
    took = read(_APPLIED)
    orders = read(_order(filters)) if head["order"] else []
    viewer = Viewer(name="", bounds=bounds)
    seen = {dimension: engine.members(dimension, version, viewer).get(head[dimension]) for dimension in _MEMBERS if head[dimension]}
    bill = Bill(
        **{name: head[name] for name in ("number", "day", "amount", "disputed", "order", "terms_days")},
        order_day=orders[0]["day"] if orders else None,
        members={dimension: member for dimension, member in seen.items() if member},
        instalments=tuple(_instalment(part, took, question.as_of) for part in parts),
        receipts=tuple(_receipt(row, took) for row in read(_receipts(head["customer"] is not None))),
    )
    return Found(query=question, bill=bill, statements=tuple(asked))


_MEMBERS = ("customer", "region", "area", "rep")


def _instalment(part: Mapping[str, Any], took: list[dict[str, Any]], as_of: date) -> Instalment:
    number, due, amount = part["number"], part["due_day"], part["amount"]
    paid = sum((each["amount"] for each in took if each["instalment"] == number), ZERO)
    late = (as_of - due).days if due < as_of and amount - paid > 0 else None
    return Instalment(number, due, amount, paid, late)


def _receipt(row: Mapping[str, Any], took: list[dict[str, Any]]) -> Receipt:
    key = row["payment"], row["part"]
    mine = {each["instalment"]: each["amount"] for each in took if (each["payment"], each["part"]) == key}
    return Receipt(*key, row["day"], row["amount"], mine, row["days_late"] if mine else None)


# --- statements -------------------------------------------------------------------------------------------------------------


def _made(select: sa.Select[Any]) -> Statement:
    return Statement(select, Compiled(select), tuple(column.name for column in select.selected_columns))


def _number() -> sa.BindParameter[str]:
    return sa.bindparam("number", type_=sa.String())


@lru_cache(maxsize=64)
def _head(filters: tuple[tuple[str, int], ...]) -> Statement:
    """The invoice itself, if it is of the members."""
    i, c = s.invoice, s.customer
    tables = i.outerjoin(c, c.c.customer_id == i.c.customer_id)
    columns = {
        "number": i.c.invoice_id,
        "day": i.c.invoice_day,
        "amount": i.c.amount,
        "disputed": i.c.disputed,
        "order": i.c.order_id,
        "terms_days": c.c.terms_days,
        **{dimension: i.c[f"{dimension}_id"] for dimension in _MEMBERS},
    }
    labelled = (column.label(name) for name, column in columns.items())
    shape = Shape(of="invoices", filters=filters, finds=False)
    return _made(sa.select(*labelled).select_from(tables).where(i.c.invoice_id == _number(), *members(i, shape)))


def _instalments() -> Statement:
    n = s.instalment
    select = sa.select(n.c.instalment_no.label("number"), n.c.due_day, n.c.amount).where(n.c.invoice_id == _number())
    return _made(select.order_by(n.c.due_day, n.c.instalment_no))


def _applied() -> Statement:
    """What each instalment took of each payment. They lie by due day, so these two find them sooner than the number does."""
    a = s.application
    select = sa.select(a.c.payment_id.label("payment"), a.c.part_no.label("part"), a.c.instalment_no.label("instalment"), a.c.amount).where(
        a.c.invoice_id == _number(), a.c.due_day.between(day("due_first"), day("due_last")), a.c.applied_day <= day("as_of")
    )
    return _made(select.order_by(a.c.due_day, a.c.instalment_no))


@lru_cache(maxsize=2)
def _receipts(has_customer: bool) -> Statement:
    """Payments made on the invoice, newest first. They lie by customer."""
    r = s.receipt
    columns = (r.c.payment_id.label("payment"), r.c.part_no.label("part"), r.c.payment_day.label("day"), r.c.amount, r.c.days_late)
    select = sa.select(*columns).where(r.c.invoice_id == _number(), r.c.payment_day <= day("as_of"))
    if has_customer:
        select = select.where(r.c.customer_id == sa.bindparam("customer", type_=sa.String()))
    return _made(select.order_by(r.c.payment_day.desc(), r.c.payment_id.desc(), r.c.part_no))


@lru_cache(maxsize=64)
def _order(filters: tuple[tuple[str, int], ...]) -> Statement:
    """The first day of the order, if its lines are of the members."""
    line, shape = s.order_line, Shape(of="lines", filters=filters, finds=False)
    first = sa.func.min(line.c.order_day)
    wanted = line.c.order_id == sa.bindparam("order", type_=sa.String())
    return _made(
        sa.select(first.label("day"))
        .select_from(with_customers(line, shape))
        .where(wanted, *members(line, shape))
        .having(first.is_not(None))
    )


_INSTALMENTS = _instalments()
_APPLIED = _applied()
