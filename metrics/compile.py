"""From a leg, one fact aggregated to some dimensions, to SQL: on the smallest rollup that can answer it exactly.

Statements are compiled once a shape: days and members are parameters, so that another period or region costs nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, Final

import sqlalchemy as sa

from data import schema as s
from data.duck import Compiled
from data.rollups import BALANCES, ROLLUPS
from data.workdays import month_start
from metrics.catalog import AGED, BUCKET_UNAPPLIED, TIMES, Fact, buckets
from metrics.scope import Filter


@dataclass(frozen=True, slots=True)
class Window:
    """A span of days under a name."""

    name: str
    first: date
    last: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """Sums of columns of one fact, split by dimensions, once for each window.

    Of facts that are of a day (``OF_A_DAY``) the first window's last day is that day and its first is not used; a second window
    is one of due days: only what fell due in it is summed. Receivables by "month_end" are those of each month end in the window,
    with the column "current" for what was not due on it.
    """

    fact: Fact
    by: tuple[str, ...]
    columns: tuple[str, ...]
    windows: tuple[Window, ...]
    where: tuple[Filter, ...] = ()
    edges: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Statement:
    """A leg's SELECT, and the same as text; shared by all legs of one shape."""

    select: sa.Select[Any]
    compiled: Compiled


_RAW: Final[dict[Fact, sa.Table]] = {
    Fact.SALES: s.order_line,
    Fact.COLLECTED: s.application,
    Fact.SETTLED: s.application,
    Fact.INVOICED: s.invoice,
    Fact.RECEIVABLE: s.receivable_event,
    Fact.CASH: s.cash_event,
    Fact.TARGET: s.target_day,
}
_DAY: Final[dict[Fact, str]] = {
    Fact.SALES: "order_day",
    Fact.COLLECTED: "payment_day",
    Fact.SETTLED: "applied_day",
    Fact.INVOICED: "invoice_day",
    Fact.RECEIVABLE: "event_day",
    Fact.CASH: "event_day",
    Fact.TARGET: "day",
}
OF_A_DAY: Final = (Fact.RECEIVABLE, Fact.CASH, Fact.SETTLED)
"""Facts of which there is so much on a day, whatever happened when before it."""
_MONTH_END: Final = "month_end"
_CURRENT: Final = "current"
LATE: Final = {"over_90": 90}
"""Columns of what is open more than so many days past due."""
_NOT_OF_CASH: Final = (*AGED, "category", "invoice_month")
"""What is the same of all unapplied cash: it has an ageing bucket of its own, and belongs to nothing that was sold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What of a leg decides the text of its statement."""

    fact: Fact
    by: tuple[str, ...]
    columns: tuple[str, ...]
    windows: int
    filters: tuple[tuple[str, int], ...]
    edges: int


def statement(leg: Leg) -> Statement:
    """The statement of the leg's shape; its values come from ``parameters``."""
    return statement_of(shape_of(leg))


def shape_of(leg: Leg) -> Shape:
    return Shape(
        fact=leg.fact,
        by=leg.by,
        columns=leg.columns,
        windows=len(leg.windows),
        filters=tuple((f.dimension, len(f.members)) for f in leg.where),
        edges=len(leg.edges) if any(d in AGED for d in (*leg.by, *(f.dimension for f in leg.where))) else 0,
    )


def rows(leg: Leg) -> sa.Select[Any]:
    """The rows that a leg sums, as they stand in its fact: the leg's keys, the day and the columns. Not for the two stocks."""
    shape, source = shape_of(leg), _RAW[leg.fact]
    keys = [_key(source, shape, dimension).label(dimension) for dimension in leg.by]
    columns = (source.c[_DAY[leg.fact]].label("day"), *(source.c[name] for name in leg.columns))
    names = (*leg.by, *(f.dimension for f in leg.where))
    return _filtered(sa.select(*keys, *columns).select_from(_joined(source, leg.fact, names)), source, shape)


def parameters(leg: Leg, *, known_to: date | None) -> dict[str, Any]:
    """Values for the leg's statement. ``known_to``: the last day with a change of a receivable."""
    values: dict[str, Any] = {}
    for i, window in enumerate(leg.windows):
        values[f"first_{i}"], values[f"last_{i}"] = window.first, window.last
    for i, wanted in enumerate(leg.where):
        for j, member in enumerate(wanted.members):
            values[f"member_{i}_{j}"] = _value(leg, wanted.dimension, member)
    if leg.fact is Fact.RECEIVABLE:
        as_of = leg.windows[0].last
        values["base"] = _month_end_by(min(as_of, known_to or as_of))
        values |= {column: as_of - timedelta(days=days) for column, days in LATE.items()}
        for i, edge in enumerate(leg.edges):
            values[f"edge_{i}"] = as_of - timedelta(days=edge)
    return values


def _value(leg: Leg, dimension: str, member: str) -> Any:
    """What ``_key`` gives for a member: for a bucket its position, for unapplied cash −1."""
    if dimension == "invoice_month":
        return date.fromisoformat(f"{member}-01")
    if dimension in AGED:
        return -1 if leg.fact is Fact.CASH and member == BUCKET_UNAPPLIED else buckets(leg.edges, dimension).index(member)
    return member


def _month_end_by(day: date) -> date:
    """The last month end that is not after the day."""
    following = day + timedelta(days=1)
    return month_start(following) - timedelta(days=1)


@lru_cache(maxsize=2048)
def statement_of(shape: Shape) -> Statement:
    fact, names = shape.fact, (*shape.by, *(name for name, _ in shape.filters))
    source = _source(fact, names, shape.columns)
    keys = [_key(source, shape, dimension).label(dimension) for dimension in shape.by]
    windows = 1 if fact in OF_A_DAY else shape.windows
    sums = [
        _sum(source, column, _within(source, fact, i) if windows > 1 else None).label(f"{column}_{i}")
        for i in range(windows)
        for column in shape.columns
    ]
    select = _filtered(sa.select(*keys, *sums).select_from(_joined(source, fact, names)), source, shape)
    # A constant cannot be grouped by.
    groups = [key.element for name, key in zip(shape.by, keys, strict=True) if not (fact is Fact.CASH and name in _NOT_OF_CASH)]
    if groups:
        select = select.group_by(*groups)
    return Statement(select, Compiled(select))


def _filtered(select: sa.Select[Any], source: sa.FromClause, shape: Shape) -> sa.Select[Any]:
    """Only the days of the windows and the members of the filters."""
    if shape.fact in OF_A_DAY:
        if shape.fact is not Fact.RECEIVABLE:  # whose source is of the day already
            select = select.where(_within(source, shape.fact, 0))
        if shape.windows > 1:
            select = select.where(source.c.due_day.between(_day_parameter("first_1"), _day_parameter("last_1")))
    else:
        select = select.where(sa.or_(*(_within(source, shape.fact, i) for i in range(shape.windows))))
    for i, (dimension, members) in enumerate(shape.filters):
        chosen = [sa.bindparam(f"member_{i}_{j}", type_=_TYPES.get(dimension, _TEXT)) for j in range(members)]
        select = select.where(_key(source, shape, dimension).in_(chosen) if chosen else sa.false())
    return select


_TEXT: Final = sa.String()
_TYPES: Final[dict[str, sa.types.TypeEngine[Any]]] = {**dict.fromkeys(AGED, sa.Integer()), "invoice_month": sa.Date()}


def _source(fact: Fact, names: tuple[str, ...], columns: tuple[str, ...]) -> sa.FromClause:
    """The smallest table that holds the dimensions and columns; rollups are declared from small to large."""
    if fact is Fact.RECEIVABLE:
        return _balances(names)
    dimensions = [d for d in names if d not in TIMES and not (fact is Fact.CASH and d in _NOT_OF_CASH)]
    for rollup in ROLLUPS if fact is not Fact.SETTLED else ():  # no rollup knows the due day of what was collected
        held = rollup.source is _RAW[fact] and {f"{d}_id" for d in dimensions} <= set(rollup.dimensions)
        if held and all(column in rollup.table.c for column in columns):
            return rollup.table
    return _RAW[fact]


def _balances(names: tuple[str, ...]) -> sa.FromClause:
    """What is open on the as-of day by due day: the last month end's balances and the changes since; or, for dimensions
    that no rollup holds, instalment by instalment."""
    if _MONTH_END in names:
        return _month_ends(names)
    as_of, base = _day_parameter("last_0"), _day_parameter("base")
    dimensions = {f"{d}_id" for d in names if d != "bucket"}
    for balances in BALANCES:
        if dimensions <= set(balances.changes.dimensions):
            ends, changes = balances.month_ends, balances.changes.table
            shared = [c.name for c in ends.columns if c.name != "month_end"]
            at_base = sa.select(*(ends.c[name] for name in shared)).where(ends.c.month_end == base)
            since = sa.select(*(changes.c[name] for name in shared)).where(changes.c.event_day > base, changes.c.event_day <= as_of)
            return sa.union_all(at_base, since).subquery("balances")
    kept = s.category_interval if "category" in names else s.balance_interval
    return sa.select(kept).where(kept.c.from_day <= as_of, kept.c.to_day > as_of).subquery("balances")


def _month_ends(names: tuple[str, ...]) -> sa.FromClause:
    """What was open at each month end of the window by due day, as ``_balances`` is of one day."""
    dimensions = {f"{d}_id" for d in names if d != _MONTH_END}
    within = (_day_parameter("first_0"), _day_parameter("last_0"))
    for balances in BALANCES:
        if dimensions <= set(balances.changes.dimensions):
            ends = balances.month_ends
            return sa.select(ends).where(ends.c.month_end.between(*within)).subquery("balances")
    kept, last = s.balance_interval, sa.func.max(s.calendar.c.day)
    month = sa.select(last.label(_MONTH_END)).group_by(s.calendar.c.month).having(last.between(*within)).subquery("month")
    open_then = sa.and_(kept.c.from_day <= month.c.month_end, kept.c.to_day > month.c.month_end)
    return sa.select(month.c.month_end, *kept.c).select_from(month.join(kept, open_then)).subquery("balances")


def _day_parameter(name: str) -> sa.BindParameter[date]:
    return sa.bindparam(name, type_=sa.Date())


def _within(source: sa.FromClause, fact: Fact, window: int) -> sa.ColumnElement[bool]:
    day = source.c[_DAY[fact]]
    if fact in OF_A_DAY:
        return day <= _day_parameter(f"last_{window}")
    return day.between(_day_parameter(f"first_{window}"), _day_parameter(f"last_{window}"))


def _key(source: sa.FromClause, shape: Shape, dimension: str) -> Any:
    if dimension == "day":
        return source.c[_DAY[shape.fact]]
    if dimension in TIMES:
        return source.c[dimension] if dimension in source.c else s.calendar.c[dimension]
    if dimension == _MONTH_END:
        return source.c.month_end
    if dimension in AGED:
        return sa.literal_column("-1") if shape.fact is Fact.CASH else _bucket(source, dimension, shape.edges)
    if shape.fact is Fact.CASH and dimension in _NOT_OF_CASH:
        return sa.cast(sa.null(), _TYPES.get(dimension, _TEXT))
    if f"{dimension}_id" in source.c:
        return source.c[f"{dimension}_id"]
    apart = {"category": s.product.c.category_id, "segment": s.customer.c.segment_id, "invoice_month": s.calendar.c.month}
    return apart[dimension]


def _bucket(source: sa.FromClause, dimension: str, edges: int) -> sa.Case[int]:
    """The position of the ageing bucket in ``catalog.buckets``. Cut-offs are days, worked out beforehand."""
    youngest = [_day_parameter("last_0")] if dimension == "bucket" else []
    limits = [*youngest, *(_day_parameter(f"edge_{i}") for i in range(edges))]
    day = source.c[AGED[dimension]]
    return sa.case(
        *((day >= limit, sa.literal_column(str(i))) for i, limit in enumerate(limits)), else_=sa.literal_column(str(len(limits)))
    )


def _joined(source: sa.FromClause, fact: Fact, dimensions: tuple[str, ...]) -> sa.FromClause:
    """The source with the dimension tables that stand one join away; each has one row a key, so nothing fans out."""
    tables = source
    if any(d in TIMES[1:] and d not in source.c for d in dimensions):
        tables = tables.join(s.calendar, s.calendar.c.day == source.c[_DAY[fact]])
    if "invoice_month" in dimensions and fact is Fact.RECEIVABLE:
        tables = tables.join(s.calendar, s.calendar.c.day == source.c.invoice_day)
    if "category" in dimensions and "category_id" not in source.c and fact is not Fact.CASH:
        tables = tables.outerjoin(s.product, s.product.c.product_id == source.c.product_id)
    if "segment" in dimensions and "segment_id" not in source.c:
        tables = tables.outerjoin(s.customer, s.customer.c.customer_id == source.c.customer_id)
    return tables


def _sum(source: sa.FromClause, column: str, only: sa.ColumnElement[bool] | None) -> Any:
    value: Any
    if column in source.c:
        value = source.c[column]
    elif column == _CURRENT:
        value = sa.case((source.c.due_day >= source.c.month_end, source.c.balance))
    elif column in LATE:
        value = sa.case((source.c.due_day < _day_parameter(column), source.c.balance))
    elif column.startswith("lines_without_"):
        value = sa.case((source.c[column.removeprefix("lines_without_")].is_(None), 1), else_=0)
    else:
        value = sa.literal_column("1")  # lines
    return sa.func.sum(value if only is None else sa.case((only, value)))


def members_of(dimension: str, edges: tuple[int, ...]) -> Callable[[Any], Any]:
    """From what a statement on receivables answers to the identifier of a member: out of a bucket's position, of cash −1, or a
    month's first day."""
    if dimension in AGED:
        return buckets(edges, dimension).__getitem__
    return lambda value: f"{value:%Y-%m}" if dimension == "invoice_month" and value else value
