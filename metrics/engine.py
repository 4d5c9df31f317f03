"""The engine: answers questions about the current version, or any kept one, each computed once for all who ask."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from threading import Condition
from typing import Any, Final

import sqlalchemy as sa
from cachetools import LRUCache, cached

from data import schema as s
from data.entries import Entries
from data.errors import StoreEmpty
from data.settings import Settings
from data.warehouse import Reader, Warehouse
from metrics import compile as sql
from metrics import daily, moments, reach
from metrics.answer import Answer
from metrics.catalog import AGED, DIMENSIONS, TIMES, Fact, buckets
from metrics.coarsen import Finer, Rows
from metrics.errors import UnknownName
from metrics.forecasts import Forecasts
from metrics.history import History, history_of
from metrics.plan import Plan, plan
from metrics.query import Member, Query, Result, check
from metrics.question import Answered, Bounds, Question, answerer_of
from metrics.scope import EVERYTHING, Period, Viewer
from metrics.snapshot import Calendar, Coverage, Snapshot

_NAMED: Final = {
    # dimension: its table, and the column that names the parent
    "region": (s.region, None),
    "area": (s.area, "region_id"),
    "rep": (s.rep, "manager_id"),
    "customer": (s.customer, "segment_id"),
    "segment": (s.segment, None),
    "product": (s.product, "category_id"),
    "category": (s.category, None),
}
_PARENTS: Final = {"area": "region", "rep": "area", "product": "category", "customer": "segment"}
NOBODY: Final = Member("", "Not assigned", "未分配")
"""Facts that belong to no member of a dimension."""
_HISTORIES: Final = 32
"""How many histories are kept; one of 1,000 reps and six years takes some 20 MB a column."""
_YEARS: Final = 512
"""How many years of days are kept; one of ten regions takes some 400 kB a column."""


def _named(by: tuple[str, ...]) -> tuple[str, ...]:
    """The dimensions whose members an answer names: those it is split by, and the ones their members belong to."""
    split = [dimension for dimension in by if dimension not in TIMES]
    return tuple(dict.fromkeys((*split, *(_PARENTS[dimension] for dimension in split if dimension in _PARENTS))))


class Engine:
    """Runs queries. Safe to share between threads; what is asked for twice at the same time is computed once.

    Every answer depends on the query, the viewer's bounds and the version alone, and is cached under these three. ``entries``: what
    people wrote, for questions that name the revision up to which it counts.
    """

    def __init__(self, warehouse: Warehouse, settings: Settings, *, entries: Entries | None = None, cache_size: int = 4096) -> None:
        self.warehouse, self._settings, self._entries = warehouse, settings, entries
        self._answer = cached(LRUCache(cache_size), condition=Condition())(self._compute)
        self._other = cached(LRUCache(cache_size), condition=Condition())(self._ask)
        self._leg = cached(LRUCache(cache_size), condition=Condition())(self._run_leg)
        self._days = cached(LRUCache(_YEARS), condition=Condition())(self._read_days)
        self._finer = Finer(cache_size)
        self._snapshot = cached(LRUCache(8), condition=Condition())(self._read_snapshot)
        self._members = cached(LRUCache(128), condition=Condition())(self._read_members)
        self._seen = cached(LRUCache(512), condition=Condition())(self._members_within)
        self._history = cached(LRUCache(_HISTORIES), condition=Condition())(self._read_history)
        self._moments = cached(LRUCache(256), condition=Condition())(self._find_moments)
        self._past = cached(LRUCache(4), condition=Condition())(warehouse.open)

    def run(self, query: Query, viewer: Viewer = EVERYTHING, *, version: int | None = None) -> Result:
        """The answer, from the current version unless another is named.

        Raises ``UnknownName`` or ``NotDivisible`` for what cannot be asked, ``StoreEmpty`` where nothing was published.
        """
        return self._answer(query, viewer.bounds, self._number(version))

    def answer(self, question: Question, viewer: Viewer = EVERYTHING, *, version: int | None = None) -> Answered:
        """The answer to any kind of question: a ``Query``, or one whose module registered who answers it (``metrics.question``)."""
        if isinstance(question, Query):
            return self.run(question, viewer, version=version)
        return self._other(question, viewer.bounds, self._number(version))

    def snapshot(self, version: int | None = None) -> Snapshot:
        return self._snapshot(self._number(version))

    def members(self, dimension: str, version: int | None = None, viewer: Viewer = EVERYTHING) -> Mapping[str | None, Member]:
        """The members of a dimension that the viewer may see, by identifier; None stands for facts that belong to none."""
        if dimension not in DIMENSIONS:
            raise UnknownName("dimension", dimension, DIMENSIONS)
        return self._within(dimension, viewer.bounds, self._number(version))

    def _within(self, dimension: str, bounds: Bounds, version: int) -> Mapping[str | None, Member]:
        return self._seen(dimension, bounds, version) if bounds else self._members(dimension, version)

    def _number(self, version: int | None) -> int:
        return self.warehouse.reader().version.number if version is None else version

    @property
    def settings(self) -> Settings:
        return self._settings

    @property
    def entries(self) -> Entries | None:
        """What people wrote about customers, where there is a ledger."""
        return self._entries

    def reader(self, number: int) -> Reader:
        """The store as it is in that version, for questions that are not made of legs."""
        current = self.warehouse.reader()
        return current if current.version.number == number else self._past(number)

    def _ask(self, question: Question, bounds: Bounds, version: int) -> Answered:
        answered: Answered = answerer_of(question)(self, question, bounds, version)
        return answered

    def _compute(self, query: Query, bounds: tuple[Any, ...], version: int) -> Result:
        check(query)
        snapshot = self._snapshot(version)
        planned = plan(query, bounds=bounds, calendar=snapshot.calendar, settings=self._settings)
        answer = Answer(query, planned, snapshot, self._settings, self._forecasts(query, planned, version))
        for leg in planned.totals:
            answer.add_totals(leg, self._leg(leg, version))
        for leg in planned.curves:
            answer.add_course(leg, self._leg(leg, version))
        for leg in planned.months:
            answer.add_months(leg, self._leg(leg, version))
        rows = answer.rows()
        legs = (*planned.totals, *planned.curves, *planned.months, *planned.histories)
        return Result(
            query=query,
            rows=rows,
            members={dimension: self._within(dimension, bounds, version) for dimension in _named(query.by)},
            missing=answer.missing(rows),
            version=version,
            statements=tuple((sql.statement(leg).select, self._parameters(leg, snapshot)) for leg in legs),
        )

    def _run_leg(self, leg: sql.Leg, version: int) -> Rows:
        if daily.is_few(leg):
            years = daily.years(leg, self._snapshot(version).covered(leg.fact))
            return daily.added_up(leg, [self._days(year, version) for year in years])
        rows = self._finer.coarsened(leg, version)
        if rows is None:
            rows = self._read(leg, version)
            self._finer.remember(leg, version, rows)
        return rows

    def _read(self, leg: sql.Leg, version: int) -> Rows:
        return self.reader(version).read(sql.statement(leg).compiled, self._parameters(leg, self._snapshot(version)))

    def _read_days(self, year: sql.Leg, version: int) -> daily.Days:
        return daily.days_of(year, self._read(year, version))

    def _forecasts(self, query: Query, planned: Plan, version: int) -> Forecasts:
        found = {leg.fact: self._history(leg, version) for leg in planned.histories}
        at = self._moments(query.period, query.as_of, version) if found else None
        return Forecasts(query, self._snapshot(version), at, found)

    def _read_history(self, leg: sql.Leg, version: int) -> History:
        arrays = self.reader(version).arrays(sql.statement(leg).compiled, self._parameters(leg, self._snapshot(version)))
        return history_of(arrays, leg.by[:-1], leg.columns)

    def _find_moments(self, period: Period, as_of: date, version: int) -> moments.Moments | None:
        snapshot = self._snapshot(version)
        first = moments.known_since(snapshot.first_day, snapshot.calendar)
        return moments.moments(period, as_of, calendar=snapshot.calendar, first=first)

    def _parameters(self, leg: sql.Leg, snapshot: Snapshot) -> dict[str, Any]:
        return sql.parameters(leg, known_to=snapshot.balances_to)

    def _read_snapshot(self, number: int) -> Snapshot:
        reader = self.reader(number)
        calendar = reader.rows(sa.select(s.calendar.c.day, s.calendar.c.is_working).order_by(s.calendar.c.day))
        if not calendar:  # published without a fact or a target: there is no day to speak of
            raise StoreEmpty(self.warehouse.folder)
        regions = reader.rows(sa.select(sa.func.count()).select_from(s.region))
        return Snapshot(
            version=number,
            published=reader.version.published,
            note=reader.version.note,
            company={key: value or "" for key, value in reader.rows(sa.select(s.company))},
            coverage={fact: Coverage(first, last, rows) for fact, first, last, rows in reader.rows(sa.select(s.coverage))},
            calendar=Calendar(calendar[0][0], calendar[-1][0], tuple(day for day, works in calendar if works)),
            regions=regions[0][0],
            has_targets=bool(reader.rows(sa.select(s.target_day.c.day).limit(1))),
        )

    def _read_members(self, dimension: str, number: int) -> dict[str | None, Member]:
        if dimension in AGED:
            return {name: Member(name, name) for name in buckets(self._settings.ageing_edges, dimension)}
        if dimension == "invoice_month":
            months = (f"{month:%Y-%m}" for month in self._snapshot(number).months(Fact.INVOICED))
            return {month: Member(month, month) for month in months} | {None: NOBODY}
        if dimension in TIMES:
            return {}
        reader = self.reader(number)
        table, parent = _NAMED[dimension]
        columns = (table.c[f"{dimension}_id"], table.c.name, table.c.name_zh, table.c[parent] if parent else sa.null())
        members: dict[str | None, Member] = {row[0]: Member(*row) for row in reader.rows(sa.select(*columns))}
        if dimension == "rep":
            latest = sa.select(s.rep_term.c.rep_id, s.rep_term.c.area_id).order_by(s.rep_term.c.first_day)
            for rep_id, area_id in reader.rows(latest):
                if rep_id in members:
                    found = members[rep_id]
                    members[rep_id] = Member(found.key, found.name, found.name_zh, area_id)
        return members | {None: NOBODY}

    def _members_within(self, dimension: str, bounds: Bounds, version: int) -> Mapping[str | None, Member]:
        calendar = self._snapshot(version).calendar
        legs = reach.legs(dimension, bounds, calendar)
        seen = {row[0] for leg in legs for row in self._leg(leg, version)}
        found = reach.members(dimension, bounds, seen, lambda name: self._members(name, version))
        above = _PARENTS.get(dimension)
        if above is None:
            return found
        # A rep who moved away belongs to an area that the viewer may not know of.
        known = self._seen(above, bounds, version)
        return {key: member if member.parent in known else replace(member, parent=None) for key, member in found.items()}
