"""What lists of documents are: their kinds, the columns of each, and what of a question decides the text of its statements."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Literal

import sqlalchemy as sa

from data import schema as s
from metrics.catalog import AGED, Fact
from metrics.scope import Filter

Kind = Literal["lines", "invoices", "open", "paid", "payments"]
"""``lines``: order lines of the period. ``invoices``: dated in it, or open. ``open``: open on the as-of day. ``paid``: paid in full,
the last part of it in the period. ``payments``: parts of payments of the period."""

COLUMNS: Final[dict[Kind, tuple[str, ...]]] = {
    "lines": ("day", "order", "line", "customer", "product", "category", "volume", "price", "amount", "cost", "margin", "rep", "area"),
    "invoices": (
        *("day", "invoice", "order", "customer", "due_first", "due_last", "instalments"),
        *("amount", "paid", "open", "overdue", "days_overdue", "rep", "area"),
    ),
    "open": (
        *("day", "invoice", "order", "customer", "due_first", "due_last", "instalments"),
        *("amount", "paid", "open", "overdue", "days_overdue", "disputed", "rep", "area"),
    ),
    "paid": (
        *("day", "invoice", "order", "customer", "due_first", "due_last"),
        *("amount", "paid_day", "days_late", "payments", "rep", "area"),
    ),
    "payments": ("day", "payment", "part", "customer", "invoice", "amount", "applied", "unapplied", "days_late", "rep", "area"),
}
"""The columns of a row, each of which it can be ordered by. Members are identifiers; ``price`` is amount ÷ volume; ``days_overdue``
are calendar days since the oldest due day that is past with something still to pay; a credit note is not late. ``days_late`` are
calendar days from a due day to the payment day, the most of any instalment, negative where all was paid before. ``unapplied`` is
what of a payment no invoice took by the as-of day. Of what is open only instalments that are open count for due days and number."""

NAMED: Final[dict[Kind, tuple[str, ...]]] = {
    "lines": ("customer", "product", "category", "rep", "area"),
    **dict.fromkeys(("invoices", "open", "paid", "payments"), ("customer", "rep", "area")),
}
"""The columns that hold members, and by whose names rows are found and ordered."""

FACTS: Final[dict[Kind, Fact]] = {
    "lines": Fact.SALES,
    "invoices": Fact.INVOICED,
    "open": Fact.RECEIVABLE,
    "paid": Fact.INVOICED,
    "payments": Fact.COLLECTED,
}
"""Whose dimensions a list can be filtered by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What of a listing decides the text of its statements."""

    of: Kind
    filters: tuple[tuple[str, int], ...]
    finds: bool
    order: str = ""
    language: str = ""
    """Of the names that rows are ordered by; "" where they are ordered by none."""
    limited: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """One kind of rows before filters: columns to read, sums, conditions, the texts that are searched, and a unique order.

    ``more``: tables with one row for each of these, which the sums do not read, and how they are joined.
    """

    table: sa.FromClause
    columns: Mapping[str, sa.ColumnElement[Any]]
    sums: Mapping[str, sa.ColumnElement[Any]]
    where: tuple[sa.ColumnElement[bool], ...]
    numbers: tuple[sa.ColumnElement[Any], ...]
    unique: tuple[sa.ColumnElement[Any], ...]
    more: tuple[tuple[sa.FromClause, sa.ColumnElement[bool]], ...] = ()


TABLES: Final = {"customer": s.customer, "product": s.product, "category": s.category, "rep": s.rep, "area": s.area}
"""Where the names of members stand."""


def label(name: sa.ColumnElement[Any], chinese: sa.ColumnElement[Any], language: str) -> sa.ColumnElement[Any]:
    """A name as it is read in a language, for an order in which large letters and small ones are alike."""
    return sa.func.lower(sa.func.coalesce(sa.func.nullif(chinese, ""), name) if language == "zh" else name)


def named(source: sa.FromClause, shape: Shape) -> sa.FromClause:
    """The source with the tables that a filter, the search or the order reads; each has one row a key, so nothing fans out."""
    ordered = shape.order.removeprefix("-")
    filtered = {dimension for dimension, _ in shape.filters}
    wanted = set(NAMED[shape.of]) if shape.finds else {ordered} & set(NAMED[shape.of])
    if "segment" in filtered:
        wanted.add("customer")
    if shape.of == "lines":  # the category of a line stands with its product
        wanted.add("product")
    tables: sa.FromClause = source
    for dimension in TABLES:
        if dimension in wanted:
            table = TABLES[dimension]
            key = s.product.c.category_id if dimension == "category" else source.c[f"{dimension}_id"]
            tables = tables.outerjoin(table, table.c[f"{dimension}_id"] == key)
    return tables


def members(source: sa.Table, shape: Shape) -> tuple[sa.ColumnElement[bool], ...]:
    """The conditions of the filters."""
    apart: dict[str, sa.ColumnElement[Any]] = {"segment": s.customer.c.segment_id, "category": s.product.c.category_id}
    conditions = []
    for i, (dimension, members) in enumerate(shape.filters):
        if dimension in AGED:  # of instalments, not of the invoice
            continue
        if dimension == "invoice_month":
            conditions.append(_within(source.c.invoice_day, i, members))
            continue
        if dimension == "category" and shape.of == "open" and f"{dimension}_id" not in source.c:
            continue
        key = source.c[f"{dimension}_id"] if f"{dimension}_id" in source.c else apart[dimension]
        chosen = [sa.bindparam(f"member_{i}_{j}", type_=sa.String()) for j in range(members)]
        conditions.append(key.in_(chosen) if chosen else sa.false())
    return tuple(conditions)


def member_values(where: Iterable[Filter]) -> dict[str, str]:
    """The parameters that ``members`` reads, for filters that are no ageing buckets."""
    return {f"member_{i}_{j}": member for i, wanted in enumerate(where) for j, member in enumerate(wanted.members)}


def aged(source: sa.Table, shape: Shape) -> tuple[sa.ColumnElement[bool], ...]:
    """The conditions of the ageing buckets that are filtered by."""
    return tuple(_within(source.c[AGED[dimension]], i, count) for i, (dimension, count) in enumerate(shape.filters) if dimension in AGED)


def _within(column: sa.ColumnElement[Any], i: int, count: int) -> sa.ColumnElement[bool]:
    """Whether a day lies in one of the spans of a filter."""
    spans = (column.between(day(f"span_{i}_{j}_first"), day(f"span_{i}_{j}_last")) for j in range(count))
    return sa.or_(sa.false(), *spans)


def day(name: str) -> sa.BindParameter[date]:
    return sa.bindparam(name, type_=sa.Date())
