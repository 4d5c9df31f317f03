"""What a version derives from its facts and targets when it is published: cash and balances (see ``receivables``), rollups,
the daily phasing of targets; and the checks a draft must pass.

A rollup is declared once, below; the planner of queries reads the same declaration to know what it can answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import duckdb
import sqlalchemy as sa

from data import receivables
from data import schema as s
from data.duck import DIALECT, create_tables, literal_sql
from data.errors import CheckFailed
from data.phasing import derive_targets
from data.workdays import derive_calendar


@dataclass(frozen=True, slots=True)
class Rollup:
    """Sums of one source by the days and dimensions that it is split by. ``order``: the columns that its rows are sorted by."""

    table: sa.Table
    source: sa.Table
    days: tuple[str, ...]
    dimensions: tuple[str, ...]
    order: tuple[str, ...]


def _rollup(
    name: str, source: sa.Table, days: tuple[str, ...], dimensions: tuple[str, ...], measures: tuple[str, ...], *, first: str = ""
) -> Rollup:
    """``first``: the dimension whose members lie together, each sorted by day; else what is of one day does."""
    table = sa.Table(
        name,
        s.FACTS,
        *(sa.Column(day, sa.Date()) for day in days),
        *(sa.Column(dimension, sa.String()) for dimension in dimensions),
        *(sa.Column(m, sa.Integer() if m.startswith("lines") else sa.Numeric(18, 4)) for m in measures),
    )
    return Rollup(table, source, days, dimensions, (first, *days) if first else days)


_SALES: Final = ("amount", "volume", "cost", "expense", "lines", "lines_without_cost", "lines_without_expense")
_COLLECTED: Final = ("amount", "waited", "lateness")
_BY_CUSTOMER: Final = (*s.BOOKED, "customer_id")
_WEEK: Final = "week"
"""The Monday of the first day column: weeks are asked for on every page, and a join for them costs more than the sums."""

ROLLUPS: Final = (
    _rollup("sales_day_region", s.order_line, ("order_day", _WEEK), s.BOOKED[:1], _SALES),
    _rollup("sales_day_area", s.order_line, ("order_day", _WEEK), s.BOOKED[:2], _SALES),
    _rollup("sales_day_rep", s.order_line, ("order_day", _WEEK), s.BOOKED, _SALES),
    _rollup("sales_day_category", s.order_line, ("order_day", _WEEK), (*s.BOOKED[:2], "category_id", "segment_id"), _SALES),
    _rollup("sales_day_customer", s.order_line, ("order_day", _WEEK), _BY_CUSTOMER, _SALES),
    _rollup("collected_day_region", s.application, ("payment_day", _WEEK), s.BOOKED[:1], _COLLECTED),
    _rollup("collected_day_rep", s.application, ("payment_day", _WEEK), s.BOOKED, _COLLECTED),
    _rollup("collected_day_segment", s.application, ("payment_day", _WEEK), (*s.BOOKED, "segment_id"), _COLLECTED),
    _rollup("collected_day_customer", s.application, ("payment_day", _WEEK), _BY_CUSTOMER, _COLLECTED, first="customer_id"),
    _rollup("invoiced_day_region", s.invoice, ("invoice_day", _WEEK), s.BOOKED[:1], ("amount",)),
    _rollup("invoiced_day_rep", s.invoice, ("invoice_day", _WEEK), s.BOOKED, ("amount",)),
    _rollup("invoiced_day_segment", s.invoice, ("invoice_day", _WEEK), (*s.BOOKED, "segment_id"), ("amount",)),
    _rollup("invoiced_day_customer", s.invoice, ("invoice_day", _WEEK), _BY_CUSTOMER, ("amount",), first="customer_id"),
    _rollup("receivable_day_region", s.receivable_event, ("event_day", "due_day"), s.BOOKED[:1], ("balance",)),
    _rollup("receivable_day_segment", s.receivable_event, ("event_day", "due_day"), (*s.BOOKED[:1], "segment_id"), ("balance",)),
    _rollup("receivable_day_rep", s.receivable_event, ("event_day", "due_day"), s.BOOKED, ("balance",)),
    _rollup("cash_day", s.cash_event, ("event_day",), s.BOOKED, ("unapplied",)),
)
"""From small to large, so that the first that can answer is the smallest."""


@dataclass(frozen=True, slots=True)
class Balances:
    """Open balances at each month end, and their changes by the day: together the balance of any day."""

    month_ends: sa.Table
    changes: Rollup


def _balances(changes: Rollup) -> Balances:
    table = sa.Table(
        changes.table.name.replace("_day_", "_month_"),
        s.FACTS,
        sa.Column("month_end", sa.Date()),
        sa.Column("due_day", sa.Date()),
        *(sa.Column(name, sa.String()) for name in changes.dimensions),
        sa.Column("balance", s.MONEY),
    )
    return Balances(table, changes)


BALANCES: Final = tuple(_balances(rollup) for rollup in ROLLUPS if rollup.source is s.receivable_event)
"""From small to large, like the rollups."""

_DERIVED: Final = (*(table for table, _, _ in receivables.DERIVED), s.coverage, s.calendar, *(b.month_ends for b in BALANCES))
_EVENT_DAYS: Final = {"receivable_event": s.receivable_event.c.event_day, "cash_event": s.cash_event.c.event_day}


def derive_facts(connection: duckdb.DuckDBPyConnection) -> None:
    """Rebuild everything that follows from the facts."""
    tables = (*_DERIVED, *(r.table for r in ROLLUPS))
    for table in tables:
        connection.execute(f"DROP TABLE IF EXISTS {table.name}")
    create_tables(connection, tables)
    _fill(connection, s.coverage, _coverage(s.FACT_DAYS))
    derive_calendar(connection)
    for table, rows_of, order in receivables.DERIVED:
        _fill(connection, table, rows_of(), order)
    _fill(connection, s.coverage, _coverage(_EVENT_DAYS))
    for rollup in ROLLUPS:
        _fill(connection, rollup.table, _rolled_up(rollup), rollup.order)
    for balances in BALANCES:
        _fill(connection, balances.month_ends, receivables.month_ends(balances.changes.dimensions), ("month_end",))


def statements() -> Iterator[sa.Select[Any] | sa.CompoundSelect[Any]]:
    """What fills the tables that follow from the facts."""
    for _, rows_of, _ in receivables.DERIVED:
        yield rows_of()
    yield from map(_rolled_up, ROLLUPS)
    for balances in BALANCES:
        yield receivables.month_ends(balances.changes.dimensions)


def derive_plan(connection: duckdb.DuckDBPyConnection) -> None:
    """Rebuild the daily phasing of the approved targets."""
    connection.execute("DROP TABLE IF EXISTS plan.target_day")
    create_tables(connection, (s.target_day,))
    derive_targets(connection)


def check(connection: duckdb.DuckDBPyConnection) -> None:
    """Raise ``CheckFailed`` unless keys are unique, spans do not overlap and what is derived adds up to its source, to the last digit."""
    for table in (*s.SOURCES, s.calendar):
        keys = list(table.primary_key)
        doubled = sa.select(*keys).group_by(*keys).having(sa.func.count() > 1).limit(1)
        if row := connection.execute(literal_sql(doubled)).fetchone():
            raise CheckFailed(str(table), f"the key {', '.join(map(str, row))} stands in more than one row")
    _refuse_overlaps(connection, s.target, ("owner_kind", "owner_id", "measure", "category_id"), s.target.c.status == "approved")
    _refuse_overlaps(connection, s.rep_term, ("rep_id",), sa.true())
    for rollup in ROLLUPS:
        measure = next(m for m in ("amount", "balance", "unapplied") if m in rollup.table.c)
        totals = [connection.execute(literal_sql(sa.select(sa.func.sum(t.c[measure])))).fetchone() for t in (rollup.source, rollup.table)]
        if totals[0] != totals[1]:
            raise CheckFailed(rollup.table.name, f"adds up to {totals[1]}, its source {rollup.source.name} to {totals[0]}")
    instalments = sa.select(s.instalment.c.invoice_id, sa.func.sum(s.instalment.c.amount).label("amount")).group_by("invoice_id").subquery()
    torn = (
        sa.select(s.invoice.c.invoice_id)
        .outerjoin(instalments, instalments.c.invoice_id == s.invoice.c.invoice_id)
        .where(instalments.c.amount.is_distinct_from(s.invoice.c.amount))
        .limit(1)
    )
    if row := connection.execute(literal_sql(torn)).fetchone():
        raise CheckFailed("instalment", f"the instalments of invoice {row[0]} do not add up to it")
    receivables.check(connection)


def _refuse_overlaps(connection: duckdb.DuckDBPyConnection, table: sa.Table, owner: tuple[str, ...], where: sa.ColumnElement[bool]) -> None:
    """A day that belonged to two spans of one owner would count twice."""
    keys = [table.c[name] for name in owner]
    before = sa.func.max(table.c.last_day).over(partition_by=keys, order_by=table.c.first_day, rows=(None, -1))
    spans = sa.select(*keys, table.c.first_day, table.c.last_day, before.label("before")).where(where).subquery()
    overlapping = sa.select(*spans.c).where(spans.c.before >= spans.c.first_day).limit(1)
    if row := connection.execute(literal_sql(overlapping)).fetchone():
        of = ", ".join(str(value) for value in row[: len(owner)] if value)
        raise CheckFailed(str(table), f"the span of {of} from {row[-3]} to {row[-2]} begins before another one ended, on {row[-1]}")


def _fill(connection: duckdb.DuckDBPyConnection, table: sa.Table, rows: Any, order: receivables.Order = ()) -> None:
    if order:
        rows = rows.subquery()
        rows = sa.select(*rows.c).order_by(*(rows.c[by] if isinstance(by, str) else by(rows) for by in order))
    insert = sa.insert(table).from_select([c.name for c in table.columns], rows)
    connection.execute(str(insert.compile(dialect=DIALECT, compile_kwargs={"literal_binds": True})))


def _coverage(days: Mapping[str, sa.Column[Any]]) -> sa.CompoundSelect[Any]:
    return sa.union_all(
        *(
            sa.select(sa.literal(name), sa.func.min(day), sa.func.max(day), sa.func.count()).select_from(day.table)
            for name, day in days.items()
        )
    )


def _rolled_up(rollup: Rollup) -> sa.Select[Any]:
    """The SELECT that fills a rollup: sums of its source, with the dimensions that stand one join away."""
    t: sa.Table = rollup.source
    tables: sa.FromClause = t
    keys: list[Any] = [t.c[day] for day in rollup.days if day != _WEEK]
    if _WEEK in rollup.days:
        tables = tables.join(s.calendar, s.calendar.c.day == keys[0])
        keys.insert(rollup.days.index(_WEEK), s.calendar.c.week)
    for name in rollup.dimensions:
        if name == "category_id":
            tables = tables.outerjoin(s.product, s.product.c.product_id == t.c.product_id)
            keys.append(s.product.c.category_id)
        elif name == "segment_id":
            tables = tables.outerjoin(s.customer, s.customer.c.customer_id == t.c.customer_id)
            keys.append(s.customer.c.segment_id)
        else:
            keys.append(t.c[name])
    sums: list[Any] = []
    for column in rollup.table.columns:
        if column.name == "lines":
            sums.append(sa.func.count())
        elif column.name.startswith("lines_without_"):
            sums.append(sa.func.count().filter(t.c[column.name.removeprefix("lines_without_")].is_(None)))
        elif column.name not in {k.name for k in keys}:
            sums.append(sa.func.sum(t.c[column.name]))
    labelled = [total.label(f"sum_{i}") for i, total in enumerate(sums)]
    return sa.select(*keys, *labelled).select_from(tables).group_by(*keys)
