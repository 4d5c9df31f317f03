"""How the collection cycle went: days sales outstanding at the latest month ends and on the as-of day, and a year before each."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import accumulate
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from data.duck import literal_sql
from data.workdays import month_start, months_away
from metrics import compile as sql
from metrics import receivables
from metrics.catalog import Fact
from metrics.compile import Leg, Window
from metrics.query import Missing, Query, check
from metrics.question import Answered, Bounds, answers
from metrics.scope import Filter, Period, Viewer

if TYPE_CHECKING:
    from metrics.engine import Engine

ZERO = Decimal(0)
_YEAR = 12
_OWED = ("open", "not_due", "over_90")
"""What is asked of a day: all that the cards of the page ask of it, so that it is read once for both."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CycleCourse:
    """The days sales outstanding at the last ``months`` month ends before the as-of day, and on it."""

    as_of: date
    months: int = 24
    where: tuple[Filter, ...] = ()

    @property
    def measures(self) -> tuple[str, ...]:
        return "dso", "dso_count_back", "dso_best", "days_delinquent"

    @property
    def ends(self) -> tuple[date, ...]:
        """The month ends, and a year of month ends before them, in order."""
        first = 1 - self.months - _YEAR
        return tuple(month_start(self.as_of, i) - timedelta(days=1) for i in range(first, 1))


@dataclass(frozen=True, slots=True)
class Point:
    """The cycle on one day; None where a figure has no value. ``owed``: what is open."""

    day: date
    owed: Decimal | None
    dso: Decimal | None
    count_back: Decimal | None
    best: Decimal | None
    delinquent: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """``points``: the month ends and the as-of day; ``before``: the same a year earlier, of as many. ``missing``: why none has a value.

    ``read``: the answers that it is made of.
    """

    query: CycleCourse
    points: tuple[Point, ...]
    before: tuple[Point, ...]
    missing: Missing | None
    version: int
    read: tuple[Answered, ...]

    @property
    def sql(self) -> tuple[str, ...]:
        """The statements as text with the values written in, to show."""
        return tuple(dict.fromkeys(statement for answer in self.read for statement in answer.sql))


@answers(CycleCourse)
def course(engine: Engine, question: CycleCourse, bounds: Bounds, version: int) -> Course:
    """All days out of two statements, the month ends and what was invoiced day by day, and one for each day that ends no month.

    Raises ``NotDivisible`` for what cannot be asked.
    """
    check(
        Query(
            measures=question.measures, period=Period("range", question.as_of, question.as_of), as_of=question.as_of, where=question.where
        )
    )
    asking, ends = _Asking(engine, question, Viewer(name="", bounds=bounds), version), question.ends
    year_before = months_away(question.as_of, -_YEAR)
    points = {day: asking.point(day, ends_month=True) for day in ends}
    points |= {day: asking.point(day, ends_month=False) for day in (year_before, question.as_of)}
    return Course(
        query=question,
        points=tuple(points[day] for day in (*ends[_YEAR:], question.as_of)),
        before=tuple(points[day] for day in (*ends[: question.months], year_before)),
        missing=asking.missing,
        version=version,
        read=tuple(asking.read),
    )


class _Asking:
    """One course being answered: what was invoiced day by day, and what was open on each day."""

    def __init__(self, engine: Engine, question: CycleCourse, viewer: Viewer, version: int) -> None:
        self._engine, self._question, self._viewer, self._version = engine, question, viewer, version
        snapshot = engine.snapshot(version)
        self._calendar, self._known, self._covered = snapshot.calendar, snapshot.covered(Fact.RECEIVABLE), snapshot.covered(Fact.INVOICED)
        self._days = engine.settings.dso_days
        ends = engine.answer(_MonthEnds(question.ends[0], question.ends[-1], question.where), viewer, version=version)
        daily = engine.answer(
            _Daily(self._covered.first or question.as_of, self._covered.last or question.as_of, question.where), viewer, version=version
        )
        assert isinstance(ends, _Balances)
        assert isinstance(daily, _Invoiced)
        self._ends, self._invoiced = ends.of, daily
        self.read: list[Answered] = [daily, ends]

    @property
    def missing(self) -> Missing | None:
        """Why there is nothing on the as-of day, nor before it."""
        if self._covered.first is None:
            return Missing("no_data")
        return Missing("before_data", self._covered.first.isoformat()) if self._question.as_of < self._covered.first else None

    def point(self, day: date, *, ends_month: bool) -> Point:
        owed, not_due = self._owed(day, ends_month=ends_month)
        since = day - timedelta(days=self._days - 1)
        recent = self._invoiced.between(since, day) if self._is_known(since) else None
        simple, best = (receivables.dso(amount, recent, self._days) for amount in (owed, not_due))
        return Point(
            day=day,
            owed=owed,
            dso=simple,
            count_back=receivables.count_back(owed, receivables.months_back(self._invoiced.months(day), day)),
            best=best,
            delinquent=receivables.days_delinquent(simple, best),
        )

    def _owed(self, day: date, *, ends_month: bool) -> tuple[Decimal | None, Decimal | None]:
        """What is open on a day, and what of it is not due."""
        if self._known.first is None or self._known.last is None or day < self._known.first:
            return None, None
        if ends_month and day <= self._known.last:
            return self._ends.get(day, (ZERO, ZERO))
        query = Query(measures=_OWED, period=Period("range", day, day), as_of=day, where=self._question.where)
        found = self._engine.run(query, self._viewer, version=self._version)
        self.read.append(found)
        return found.only()["open"], found.only()["not_due"]

    def _is_known(self, since: date) -> bool:
        """Whether the data has all invoices since a day: free days before it begins lack nothing."""
        first = self._covered.first
        return first is not None and not self._calendar.working_days(since, first - timedelta(days=1))


@dataclass(frozen=True, slots=True)
class _Span:
    """What is read once for many as-of days: something of every day of a span."""

    first: date
    last: date
    where: tuple[Filter, ...]

    @property
    def as_of(self) -> date:
        return self.last


class _Daily(_Span):
    """What was invoiced day by day."""

    measures = ("invoiced",)


class _MonthEnds(_Span):
    """What was open at month ends."""

    measures = ("open", "not_due")


@dataclass(frozen=True, slots=True)
class _Invoiced:
    """What was invoiced: the days in order, running totals by their ends beginning with nothing, and the months by their first days."""

    query: _Daily
    days: tuple[date, ...]
    totals: tuple[Decimal, ...]
    by_month: Mapping[date, Decimal]
    statement: tuple[sa.Select[Any], Mapping[str, Any]]

    @property
    def sql(self) -> tuple[str, ...]:
        return (_written(*self.statement),)

    def between(self, first: date, last: date) -> Decimal:
        return self.totals[bisect_right(self.days, last)] - self.totals[bisect_left(self.days, first)]

    def months(self, day: date) -> Mapping[date, Decimal]:
        """What was invoiced in each month, in that of the day up to it. Later months are of no use to who counts back from it."""
        month = month_start(day)
        return {**self.by_month, month: self.between(month, day)} if month in self.by_month else self.by_month


@dataclass(frozen=True, slots=True)
class _Balances:
    """What was open, and what of it was not due, by month end; nothing was open at those left out."""

    query: _MonthEnds
    of: Mapping[date, tuple[Decimal, Decimal]]
    statement: tuple[sa.Select[Any], Mapping[str, Any]]

    @property
    def sql(self) -> tuple[str, ...]:
        return (_written(*self.statement),)


@answers(_Daily)
def daily(engine: Engine, question: _Daily, bounds: Bounds, version: int) -> _Invoiced:
    rows, statement = _read(engine, version, _leg(question, bounds, Fact.INVOICED, "day", ("amount",)))
    rows.sort()
    by_month: dict[date, Decimal] = {}
    for day, amount in rows:
        month = month_start(day)
        by_month[month] = by_month.get(month, ZERO) + amount
    totals = tuple(accumulate((amount for _, amount in rows), initial=ZERO))
    return _Invoiced(question, tuple(day for day, _ in rows), totals, by_month, statement)


@answers(_MonthEnds)
def month_ends(engine: Engine, question: _MonthEnds, bounds: Bounds, version: int) -> _Balances:
    rows, statement = _read(engine, version, _leg(question, bounds, Fact.RECEIVABLE, "month_end", ("balance", "current")))
    return _Balances(question, {day: (owed or ZERO, current or ZERO) for day, owed, current in rows}, statement)


def _leg(question: _Span, bounds: Bounds, fact: Fact, by: str, columns: tuple[str, ...]) -> Leg:
    window = Window("span", question.first, question.last)
    return Leg(fact=fact, by=(by,), columns=columns, windows=(window,), where=(*question.where, *bounds))


def _read(engine: Engine, version: int, leg: Leg) -> tuple[list[tuple[Any, ...]], tuple[sa.Select[Any], Mapping[str, Any]]]:
    statement, values = sql.statement(leg), sql.parameters(leg, known_to=None)
    return engine.reader(version).read(statement.compiled, values), (statement.select, values)


def _written(select: sa.Select[Any], values: Mapping[str, Any]) -> str:
    return literal_sql(select.params(**values))
