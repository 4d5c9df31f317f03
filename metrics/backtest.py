"""How well the landing forecast would have foretold the past, against two plain ways of guessing.

Every case is one row, one measure and one past period, asked of the product itself as of a day inside that period: what came
later is not known then. Targets count as they stand now.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from statistics import fmean
from typing import Any, Final

from metrics.catalog import FIVE, PLACES
from metrics.engine import Engine
from metrics.errors import UnknownName
from metrics.moments import known_since
from metrics.query import Query
from metrics.scope import Period, PeriodKind, period_of
from metrics.snapshot import Calendar

LEVELS: Final[dict[str, tuple[str, ...]]] = {"company": (), **{place: (place,) for place in PLACES}}
KINDS: Final[tuple[PeriodKind, ...]] = ("month", "quarter")
SHARES: Final = (Decimal("0.25"), Decimal("0.5"), Decimal("0.75"))
"""How much of a period's working days has passed."""
METHODS: Final = ("landing", "run_rate", "last_year")


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One figure foretold. ``run_rate``: actual to date ÷ working days passed × working days of the period; ``last_year``: what
    the same period came to a year before, None before the data begins."""

    level: str
    kind: str
    share: Decimal
    measure: str
    period: str
    row: str | None
    actual: float
    landing: float
    low: float
    high: float
    run_rate: float
    last_year: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """Of some cases: by method the mean absolute error as a share of the mean actual, measure by measure and these averaged.

    Errors are of the ``compared`` cases, those with a last year; ``coverage``: the share of all cases inside the interval;
    ``width``: the mean interval as a share of the mean actual.
    """

    cases: int
    compared: int
    errors: Mapping[str, float]
    coverage: float
    width: float

    @property
    def best(self) -> str:
        return min(METHODS, key=lambda method: self.errors[method])


def cases(engine: Engine, levels: Iterable[str] = LEVELS) -> Iterator[Case]:
    """All cases that the current version has enough history for. Raises ``UnknownName`` for a level there is not."""
    levels, snapshot = tuple(levels), engine.snapshot()
    for level in levels:
        if level not in LEVELS:
            raise UnknownName("level", level, LEVELS)
    measures = tuple(m.key for m in FIVE if snapshot.covered(m.fact).rows)
    if not measures:
        return
    for level in levels:
        for kind in KINDS:
            for period in _periods(engine, kind, measures[0]):
                yield from _of_period(engine, level, period, measures)


def _periods(engine: Engine, kind: PeriodKind, measure: str) -> Iterator[Period]:
    """The whole periods that the data has, oldest first."""
    snapshot = engine.snapshot()
    covered = snapshot.covered(next(m.fact for m in FIVE if m.key == measure))
    if covered.first is None or covered.last is None:
        return
    since = known_since(covered.first, snapshot.calendar)
    period = period_of(kind, covered.first, snapshot.fiscal_first_month)
    while period.last <= covered.last:
        if period.first >= since:
            yield period
        period = period_of(kind, date.fromordinal(period.last.toordinal() + 1), snapshot.fiscal_first_month)


def _of_period(engine: Engine, level: str, period: Period, measures: tuple[str, ...]) -> Iterator[Case]:
    calendar, by = engine.snapshot().calendar, LEVELS[level]
    whole = calendar.working_days(period.first, period.last)
    ended = _by_row(engine, measures, by, period, period.last)
    before = _by_row(engine, measures, by, period.year_before(), period.year_before().last)
    kinds = ("", "_landing", "_landing_low", "_landing_high")
    for share in SHARES:
        day, passed = _day_at(share, period, calendar)
        if day is None or day >= period.last:
            continue
        asked = _by_row(engine, tuple(m + kind for m in measures for kind in kinds), by, period, day)
        for key, row in asked.items():
            for measure in measures:
                done, landing, low, high = (row[measure + kind] for kind in kinds)
                actual = ended.get(key, {}).get(measure)
                if landing is None or not actual or None in key:
                    continue
                last_year = before.get(key, {}).get(measure)
                yield Case(
                    level=level,
                    kind=period.kind,
                    share=share,
                    measure=measure,
                    period=period.format(),
                    row=key[0] if key else None,
                    actual=float(actual),
                    landing=float(landing),
                    low=float(low),
                    high=float(high),
                    run_rate=float(done) / passed * whole,
                    last_year=None if last_year is None else float(last_year),
                )


def _day_at(share: Decimal, period: Period, calendar: Calendar) -> tuple[date | None, int]:
    """The day by which that share of the working days has passed, and how many they are."""
    passed = round(share * calendar.working_days(period.first, period.last))
    return (calendar.working_day(period.first, passed), passed) if passed else (None, 0)


def _by_row(
    engine: Engine, measures: tuple[str, ...], by: tuple[str, ...], period: Period, as_of: date
) -> dict[tuple[Any, ...], Mapping[str, Any]]:
    answer = engine.run(Query(measures=measures, by=by, period=period, as_of=as_of))
    return {tuple(row[dimension] for dimension in by): row for row in answer.rows}


def scores(found: Iterable[Case], group: Callable[[Case], tuple[str, ...]]) -> dict[tuple[str, ...], Score]:
    """The score of each group of cases, in the order in which they come."""
    groups: dict[tuple[str, ...], list[Case]] = {}
    for case in found:
        groups.setdefault(group(case), []).append(case)
    return {key: score(members) for key, members in groups.items()}


def score(found: Iterable[Case]) -> Score:
    """The score of at least one case."""
    every = list(found)
    compared = [case for case in every if case.last_year is not None]
    by_measure: dict[str, list[Case]] = {}
    for case in every:
        by_measure.setdefault(case.measure, []).append(case)

    def mean(size: Callable[[Case], float], of: Callable[[Case], bool]) -> float:
        """Σ size ÷ Σ |actual| of each measure, averaged over the measures."""
        parts = [[case for case in members if of(case)] for members in by_measure.values()]
        return fmean([sum(map(size, part)) / sum(abs(case.actual) for case in part) for part in parts if part] or [float("nan")])

    return Score(
        cases=len(every),
        compared=len(compared),
        errors={m: mean(lambda case, m=m: abs(getattr(case, m) - case.actual), lambda case: case.last_year is not None) for m in METHODS},  # type: ignore[misc]
        coverage=sum(case.low <= case.actual <= case.high for case in every) / len(every),
        width=mean(lambda case: case.high - case.low, lambda case: True),
    )
