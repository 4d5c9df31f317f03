"""Targets by the day: how much of each approved target is due on each day, and what of a parent its children leave open.

The result, ``plan.target_day``, makes target and expected-to-date ordinary sums over days. Within a target the running
total is rounded, not the days, so that the days add up to the target exactly.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import duckdb
import sqlalchemy as sa

from data import schema as s
from data.duck import DIALECT, literal_sql
from data.errors import CheckFailed

PHASINGS: Final = ("working_days", "calendar_days", "history")

_KEYS: Final = ("region_id", "area_id", "rep_id")

_DUE: Final = sa.Table(
    "target_due",
    sa.MetaData(),
    sa.Column("owner_kind", sa.String()),
    *(sa.Column(key, sa.String()) for key in _KEYS),
    sa.Column("category_id", sa.String()),
    sa.Column("measure", sa.String()),
    sa.Column("day", sa.Date()),
    sa.Column("amount", s.MONEY),
    prefixes=["TEMPORARY"],
)
"""Every approved target by the day; category_id "" means all categories."""

_LEAF: Final = sa.Table(
    "target_leaf",
    sa.MetaData(),
    *(sa.Column(key, sa.String()) for key in _KEYS),
    sa.Column("category_id", sa.String()),
    sa.Column("measure", sa.String()),
    sa.Column("day", sa.Date()),
    sa.Column("amount", s.MONEY),
    prefixes=["TEMPORARY"],
)
"""Rows that add up, below every node, to the node's target; category_id "" means not allocated to one."""


_LEVELS: Final = ("rep", "area", "region", "company")
"""From the leaves up."""


def derive_targets(connection: duckdb.DuckDBPyConnection) -> None:
    """Fill ``plan.target_day`` from the approved targets."""
    for table in (_DUE, _LEAF):
        connection.execute(f"DROP TABLE IF EXISTS temp.{table.name}")
        connection.execute(str(sa.schema.CreateTable(table).compile(dialect=DIALECT)))
    _require_calendar(connection)
    phasing = connection.execute("SELECT value FROM company WHERE key = 'phasing'").fetchone()
    _insert(connection, _DUE, _due(phasing[0] if phasing else PHASINGS[0]))
    for kind in _LEVELS:
        for by_category in (True, False):
            _insert(connection, _LEAF, _left_open(kind, by_category=by_category))
    _insert(connection, s.target_day, _by_day())
    for table in (_DUE, _LEAF):
        connection.execute(f"DROP TABLE temp.{table.name}")


def statements() -> Iterator[sa.Select[Any]]:
    """What the daily phasing is made of, of every kind."""
    yield from map(_due, PHASINGS)
    for kind in _LEVELS:
        yield from (_left_open(kind, by_category=by_category) for by_category in (True, False))
    yield _by_day()


def _insert(connection: duckdb.DuckDBPyConnection, table: sa.Table, rows: sa.Select[Any]) -> None:
    insert = sa.insert(table).from_select([c.name for c in table.columns], rows)
    connection.execute(str(insert.compile(dialect=DIALECT, compile_kwargs={"literal_binds": True})))


def _require_calendar(connection: duckdb.DuckDBPyConnection) -> None:
    known = sa.select(sa.func.min(s.calendar.c.day), sa.func.max(s.calendar.c.day)).subquery()
    outside = (
        sa.select(s.target.c.owner_id, s.target.c.first_day, s.target.c.last_day)
        .where(sa.or_(s.target.c.first_day < known.c[0], s.target.c.last_day > known.c[1]))
        .limit(1)
    )
    if row := connection.execute(literal_sql(outside)).fetchone():
        raise CheckFailed("target", f"the target of {row[0] or 'the company'} from {row[1]} to {row[2]} lies outside the calendar")


def _weight(phasing: str) -> tuple[Any, Any]:
    """The weight of a day of the calendar, and the tables it is read from."""
    c = s.calendar
    if phasing == "calendar_days":
        return sa.literal(1.0), c
    worked = sa.case((c.c.is_working, 1.0), else_=0.0)
    if phasing != "history":
        return worked, c
    # The company's own curve: the mean amount sold on the n-th working day of past months, quiet months included.
    months = (
        sa.select(c.c.month, sa.func.min(c.c.working_days - sa.case((c.c.is_working, 1), else_=0)).label("before"))
        .group_by(c.c.month)
        .subquery()
    )
    nth = (c.c.working_days - months.c.before).label("nth")
    known = sa.select(s.coverage.c.first_day, s.coverage.c.last_day).where(s.coverage.c.fact == s.order_line.name).subquery()
    past = c.join(months, months.c.month == c.c.month).join(known, c.c.day.between(known.c.first_day, known.c.last_day))
    amount = sa.func.coalesce(sa.func.sum(s.order_line.c.amount), 0)
    sold = (
        sa.select(nth, amount.label("amount"), sa.func.count(c.c.day.distinct()).label("days"))
        .select_from(past.outerjoin(s.order_line, s.order_line.c.order_day == c.c.day))
        .where(c.c.is_working)
        .group_by(nth)
        .subquery()
    )
    curve = sa.select(sold.c.nth, (sa.cast(sold.c.amount, sa.Double) / sold.c.days).label("weight")).subquery()
    tables = c.join(months, months.c.month == c.c.month).outerjoin(curve, curve.c.nth == c.c.working_days - months.c.before)
    return worked * sa.func.greatest(sa.func.coalesce(curve.c.weight, 0.0), 0.0), tables


def _due(phasing: str) -> sa.Select[Any]:
    t, c = s.target, s.calendar
    weight, tables = _weight(phasing)
    span = (t.c.owner_kind, t.c.owner_id, t.c.measure, t.c.category_id, t.c.first_day)
    days = (
        sa.select(*span, t.c.amount, c.c.day, weight.label("weight"))
        .select_from(tables.join(t, c.c.day.between(t.c.first_day, t.c.last_day)))
        .where(t.c.status == "approved", t.c.amount != 0)  # a target of zero is no target
        .subquery()
    )
    keys = [days.c[column.name] for column in span]
    up_to: dict[str, Any] = {"partition_by": keys, "order_by": days.c.day, "rows": (None, 0)}
    shares = sa.select(
        *days.c,
        sa.func.sum(days.c.weight).over(**up_to).label("done"),
        sa.func.sum(days.c.weight).over(partition_by=keys).label("whole"),
        sa.cast(sa.func.count().over(**up_to), sa.Double).label("nth"),
        sa.cast(sa.func.count().over(partition_by=keys), sa.Double).label("days"),
        sa.func.row_number().over(partition_by=keys, order_by=days.c.day.desc()).label("left"),
    ).subquery()
    # A span without a working day is spread over its calendar days.
    share = sa.case((shares.c.whole > 0, shares.c.done / sa.func.nullif(shares.c.whole, 0.0)), else_=shares.c.nth / shares.c.days)
    running = sa.case(
        (shares.c.left == 1, shares.c.amount),
        else_=sa.cast(sa.func.round(sa.cast(shares.c.amount, sa.Double) * share, 4), s.MONEY),
    )
    totals = sa.select(*shares.c, running.label("running")).subquery()
    keys = [totals.c[column.name] for column in span]
    before = sa.func.lag(totals.c.running).over(partition_by=keys, order_by=totals.c.day)
    parts = sa.select(*keys, totals.c.day, (totals.c.running - sa.func.coalesce(before, 0)).label("amount")).subquery()
    is_rep, is_area = parts.c.owner_kind == "rep", parts.c.owner_kind == "area"
    term = sa.and_(is_rep, s.rep_term.c.rep_id == parts.c.owner_id, parts.c.day.between(s.rep_term.c.first_day, s.rep_term.c.last_day))
    area = sa.func.coalesce(s.rep_term.c.area_id, sa.case((is_area, parts.c.owner_id)))
    region = sa.func.coalesce(s.area.c.region_id, s.rep_term.c.region_id, sa.case((parts.c.owner_kind == "region", parts.c.owner_id)))
    return (
        sa.select(
            parts.c.owner_kind,
            region,
            area,
            sa.case((is_rep, parts.c.owner_id)),
            parts.c.category_id,
            parts.c.measure,
            parts.c.day,
            parts.c.amount,
        )
        # Days on which nothing is due stay in: a child's target due on such a day is not its parent's.
        .select_from(parts.outerjoin(s.rep_term, term).outerjoin(s.area, s.area.c.area_id == area))
    )


def _left_open(kind: str, *, by_category: bool) -> sa.Select[Any]:
    """What the targets of one level add to the leaves below them: target − leaves, per node (and category) and day."""
    due, leaf = _DUE, _LEAF
    levels = _KEYS[: {"company": 0, "region": 1, "area": 2, "rep": 3}[kind]]
    shared = (*levels, "measure", "day", *(("category_id",) if by_category else ()))
    below = (
        sa.select(*(leaf.c[k] for k in shared), sa.func.sum(leaf.c.amount).label("amount"))
        .group_by(*(leaf.c[k] for k in shared))
        .subquery()
    )
    same = sa.and_(*(below.c[k].is_not_distinct_from(due.c[k]) for k in shared))
    open_part = due.c.amount - sa.func.coalesce(below.c.amount, 0)
    wanted = due.c.category_id != "" if by_category else due.c.category_id == ""
    return (
        sa.select(*(due.c[k] for k in _KEYS), due.c.category_id, due.c.measure, due.c.day, open_part)
        .select_from(due.outerjoin(below, same))
        .where(due.c.owner_kind == kind, wanted, open_part != 0)
    )


def _by_day() -> sa.Select[Any]:
    leaf = _LEAF
    keys = [leaf.c.day, *(leaf.c[k] for k in _KEYS), sa.func.nullif(leaf.c.category_id, "").label("category_id")]
    sums = [sa.func.sum(sa.case((leaf.c.measure == key, leaf.c.amount))).label(key) for key in s.MEASURE_KEYS]
    return sa.select(*keys, *sums).group_by(*keys).order_by(leaf.c.day)
