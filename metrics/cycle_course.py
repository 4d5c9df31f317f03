"""How the collection cycle went: days sales outstanding at the latest month ends and on the as-of day, and a year before each."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import accumulate
from typing import TYPE_CHECKING

from data.duck import literal_sql
from data.workdays import month_start, months_away
from metrics import compile as sql
from metrics import receivables
from metrics.catalog import Fact
from metrics.compile import Leg, Window
from metrics.query import Missing, Query, Result
from metrics.question import Bounds, answers
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
    """``points``: the month ends and the as-of day; ``before``: the same a year earlier, of as many. ``missing``: why none has a value."""

    query: CycleCourse
    points: tuple[Point, ...]
    before: tuple[Point, ...]
    missing: Missing | None
    version: int
    sql: tuple[str, ...]


@answers(CycleCourse)
def course(engine: Engine, question: CycleCourse, bounds: Bounds, version: int) -> Course:
    """All days out of two statements, the month ends and what was invoiced day by day, and one for each day that ends no month.

    Raises ``NotDivisible`` for what cannot be asked.
    """
    asking = _Asking(engine, question, Viewer(name="", bounds=bounds), version)
    year_before = months_away(question.as_of, -_YEAR)
    points = {day: asking.point(day) for day in (*question.ends, year_before, question.as_of)}
    return Course(
        query=question,
        points=tuple(points[day] for day in (*question.ends[_YEAR:], question.as_of)),
        before=tuple(points[day] for day in (*question.ends[: question.months], year_before)),
        missing=asking.missing,
        version=version,
        sql=tuple(dict.fromkeys(asking.sql)),
    )


class _Asking:
    """One course being answered: what was invoiced day by day, and what was open on each day."""

    def __init__(self, engine: Engine, question: CycleCourse, viewer: Viewer, version: int) -> None:
        self._engine, self._question, self._viewer, self._version = engine, question, viewer, version
        snapshot = engine.snapshot(version)
        self._calendar, self._known, self._covered = snapshot.calendar, snapshot.covered(Fact.RECEIVABLE), snapshot.covered(Fact.INVOICED)
        self._days = engine.settings.dso_days
        first = min(self._covered.first or question.as_of, question.as_of)
        daily = self._run("invoiced", by=("day",), period=Period("range", first, question.as_of), as_of=question.as_of)
        ends = engine.answer(_MonthEnds(question.ends[0], question.ends[-1], question.where), viewer, version=version)
        assert isinstance(ends, _Balances)
        self._ends = ends.of
        self._invoiced = _Invoiced(sorted((row["day"], row["invoiced"]) for row in daily.rows))
        self.sql: list[str] = [*daily.sql, *ends.sql]
        self.missing = daily.missing.get("invoiced")

    def point(self, day: date) -> Point:
        owed, not_due = self._owed(day)
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

    def _owed(self, day: date) -> tuple[Decimal | None, Decimal | None]:
        """What is open on a day, and what of it is not due."""
        if self._known.first is None or self._known.last is None or day < self._known.first:
            return None, None
        if day in self._question.ends and day <= self._known.last:
            return self._ends.get(day, (ZERO, ZERO))
        found = self._run(*_OWED, period=Period("range", day, day), as_of=day)
        self.sql += found.sql
        return found.only()["open"], found.only()["not_due"]

    def _is_known(self, since: date) -> bool:
        """Whether the data has all invoices since a day: free days before it begins lack nothing."""
        first = self._covered.first
        return first is not None and not self._calendar.working_days(since, first - timedelta(days=1))

    def _run(self, *measures: str, period: Period, as_of: date, by: tuple[str, ...] = ()) -> Result:
        query = Query(measures=measures, by=by, period=period, as_of=as_of, where=self._question.where)
        return self._engine.run(query, self._viewer, version=self._version)


class _Invoiced:
    """What was invoiced, as running totals by the day."""

    def __init__(self, daily: Sequence[tuple[date, Decimal]]) -> None:
        self._days = [day for day, _ in daily]
        self._totals = [ZERO, *accumulate(amount for _, amount in daily)]
        self._months: dict[date, Decimal] = {}
        for day, amount in daily:
            month = month_start(day)
            self._months[month] = self._months.get(month, ZERO) + amount

    def between(self, first: date, last: date) -> Decimal:
        return self._totals[bisect_right(self._days, last)] - self._totals[bisect_left(self._days, first)]

    def months(self, day: date) -> Mapping[date, Decimal]:
        """What was invoiced in each month, in that of the day up to it. Later months are of no use to who counts back from it."""
        month = month_start(day)
        return self._months | {month: self.between(month, day)} if month in self._months else self._months


@dataclass(frozen=True, slots=True)
class _MonthEnds:
    """What was open at the month ends of a span of days: asked for once for all as-of days of a month."""

    first: date
    last: date
    where: tuple[Filter, ...]

    @property
    def measures(self) -> tuple[str, ...]:
        return "open", "not_due"

    @property
    def as_of(self) -> date:
        return self.last


@dataclass(frozen=True, slots=True)
class _Balances:
    """What was open, and what of it was not due, by month end; nothing was open at those left out."""

    query: _MonthEnds
    of: Mapping[date, tuple[Decimal, Decimal]]
    sql: tuple[str, ...]


@answers(_MonthEnds)
def month_ends(engine: Engine, question: _MonthEnds, bounds: Bounds, version: int) -> _Balances:
    leg = Leg(
        fact=Fact.RECEIVABLE,
        by=("month_end",),
        columns=("balance", "current"),
        windows=(Window("ends", question.first, question.last),),
        where=(*question.where, *bounds),
    )
    statement, values = sql.statement(leg), sql.parameters(leg, known_to=None)
    rows = engine.reader(version).read(statement.compiled, values)
    found = {day: (owed or ZERO, current or ZERO) for day, owed, current in rows}
    return _Balances(question, found, (literal_sql(statement.select.params(**values)),))
