"""From a question to the legs that answer it.

Facts of different grain are never joined row by row: each leg sums one fact to the dimensions asked for, and the legs meet
on those. A leg by the day ("curve") is read only for measures that need the course of the period; the totals of its days
are then not asked for again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from data.settings import Settings
from data.workdays import month_before
from metrics.catalog import FORECASTS, LANDINGS, SUMS, TIMES, Cycle, Fact, Planned, Ratio, Sum
from metrics.compile import LATE, OF_A_DAY, Leg, Window
from metrics.errors import NotDivisible
from metrics.history import level_of
from metrics.query import Query, dimensions_of, measure
from metrics.scope import YEARS, Filter
from metrics.snapshot import Calendar

NOW: Final = "now"
PREVIOUS_YEAR: Final = "py"
PREVIOUS_PERIOD: Final = "pp"
WHOLE: Final = "whole"
HISTORY: Final = "history"
DUE: Final = "due"

# Windows of the collection cycle. Of the first three the last day counts: so much is owed on it.
OPENING: Final = "opening"  # the day before the period
CLOSING: Final = "closing"  # the last day of the period that counts
MONTH_BEFORE: Final = "month_before"  # a month before the as-of day
LAST_MONTH: Final = "last_month"  # the days since then
LAST_DAYS: Final = "last_days"  # so many days as the setting dso_days says, up to the as-of day
MONTHS: Final = "months"  # every month up to the as-of day, one by one
FELL_DUE: Final = "fell_due"  # the due days of the period up to the as-of day

STOCKS: Final[dict[Fact, tuple[str, ...]]] = {Fact.RECEIVABLE: ("balance",), Fact.CASH: ("unapplied",)}
"""Facts of which there is so much on a day, and their one column. Balances are read by bucket: overdue, not due and the whole
follow from that; by age only where one of these is asked for."""
_HISTORY_YEARS: Final = 6
"""How many whole years a forecast looks back, fiscal ones; so a history is read once for all days of a year."""


@dataclass(frozen=True, slots=True)
class _Needs:
    """What the measures of a query are made of: actuals by window, targets by window, courses by the day, histories by place."""

    actuals: frozenset[tuple[str, str]] = frozenset()
    targets: frozenset[tuple[str, str]] = frozenset()
    actual_curves: frozenset[str] = frozenset()
    target_curves: frozenset[str] = frozenset()
    histories: frozenset[str] = frozenset()
    target_histories: frozenset[str] = frozenset()

    def __or__(self, other: _Needs) -> _Needs:
        return _Needs(
            self.actuals | other.actuals,
            self.targets | other.targets,
            self.actual_curves | other.actual_curves,
            self.target_curves | other.target_curves,
            self.histories | other.histories,
            self.target_histories | other.target_histories,
        )


_KIND_NEEDS: Final[dict[str, tuple[tuple[str, ...], tuple[str, ...], bool, bool]]] = {
    # kind: windows of the actual, windows of the target, actual by the day?, target by the day?
    "target": ((), (WHOLE,), False, False),
    "expected": ((), (DUE,), False, False),
    "expected_share": ((), (WHOLE, DUE), False, False),
    "completion": ((NOW,), (WHOLE,), False, False),
    "pace": ((NOW,), (DUE,), False, False),
    "gap": ((NOW,), (DUE,), False, False),
    "gap_target": ((NOW,), (WHOLE,), False, False),
    "days": ((NOW,), (), False, True),
    "needed": ((NOW,), (WHOLE,), False, False),
    "py": ((PREVIOUS_YEAR,), (), False, False),
    "py_gap": ((NOW, PREVIOUS_YEAR), (), False, False),
    "py_change": ((NOW, PREVIOUS_YEAR), (), False, False),
    "pp": ((PREVIOUS_PERIOD,), (), False, False),
    "pp_change": ((NOW, PREVIOUS_PERIOD), (), False, False),
    "status": ((NOW,), (WHOLE, DUE), False, False),
    "tier": ((NOW,), (WHOLE, DUE), False, False),
    "tier_full": ((NOW,), (WHOLE,), False, False),
    "lag": ((), (), True, True),
    "lag_since": ((), (), True, True),
    "lag_change": ((), (), True, True),
    "landing": ((NOW,), (), False, False),
    "landing_low": ((NOW,), (), False, False),
    "landing_high": ((NOW,), (), False, False),
    "landing_rate": ((NOW,), (WHOLE,), False, False),
    "landing_chance": ((NOW,), (WHOLE,), False, False),
    "best_days": ((NOW,), (), False, False),
}
CYCLE_NEEDS: Final[dict[str, tuple[tuple[str, str], ...]]] = {
    # figure of the cycle: its sums, each with its window
    "collected_of_invoiced": (("collections", NOW), ("invoiced", NOW)),
    "collected_of_due": (("settled", FELL_DUE), ("open", FELL_DUE)),
    "collected_of_receivable": (
        ("open", OPENING),
        ("unapplied", OPENING),
        ("invoiced", NOW),
        ("open", CLOSING),
        ("unapplied", CLOSING),
    ),
    "dso": (("open", NOW), ("invoiced", LAST_DAYS)),
    "dso_count_back": (("open", NOW), ("invoiced", MONTHS)),
    "dso_best": (("not_due", NOW), ("invoiced", LAST_DAYS)),
    "days_delinquent": (("open", NOW), ("not_due", NOW), ("invoiced", LAST_DAYS)),
    "cei": (("open", MONTH_BEFORE), ("invoiced", LAST_MONTH), ("open", NOW), ("not_due", NOW)),
    "days_to_pay": (("waited", NOW), ("collections", NOW)),
    "days_late": (("lateness", NOW), ("collections", NOW)),
}
_TIMELESS: Final = frozenset(_KIND_NEEDS) - {"target", "expected", "expected_share", "completion", "pace", "gap", "gap_target"}
"""Kinds that speak of the period as a whole and cannot be split by time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Legs and the days they were planned for. ``cut``: the last day that counts, the as-of day or the period's end.

    ``histories``: legs by place and day, of everything the viewer may see, whatever the query filters by: what a forecast takes
    from several rows is then the same on every screen. ``months``: legs by month, which add no rows to the answer.
    """

    totals: tuple[Leg, ...]
    curves: tuple[Leg, ...]
    months: tuple[Leg, ...]
    histories: tuple[Leg, ...]
    windows: tuple[Window, ...]
    cut: date

    def window(self, name: str) -> Window:
        return next(w for w in self.windows if w.name == name)


def plan(query: Query, *, bounds: tuple[Filter, ...], calendar: Calendar, settings: Settings) -> Plan:
    """The legs of a checked query under the viewer's bounds."""
    needs = _Needs()
    for key in query.measures:
        needs |= _needs(key, query)
    windows = _windows(query, calendar, {window for _, window in needs.actuals}, settings.dso_days)
    named = {w.name: w for w in windows}
    by, where = query.by, (*query.where, *bounds)
    actuals = frozenset(a for a in needs.actuals if a[1] != MONTHS)
    totals: list[Leg] = []
    curves: list[Leg] = []
    for fact in Fact:
        daily = needs.target_curves if fact is Fact.TARGET else frozenset(k for k in needs.actual_curves if _sum(k).fact is fact)
        if daily:
            window = named[WHOLE if fact is Fact.TARGET else NOW]
            curves.append(Leg(fact=fact, by=(*by, "day"), columns=_columns(fact, daily), windows=(window,), where=where))
        summed = needs.targets if fact is Fact.TARGET else frozenset(a for a in actuals if _sum(a[0]).fact is fact)
        asked = {key for key, _ in summed}
        if not summed or (asked <= daily and all(window in (NOW, WHOLE, DUE) for _, window in summed)):
            continue  # nothing asked, or the days add up to it
        if fact in OF_A_DAY:
            totals += _of_a_day(fact, summed, query, windows=named, where=where, edges=settings.ageing_edges)
            continue
        spans = tuple(window for window in windows if any(window.name == name for _, name in summed))
        totals.append(Leg(fact=fact, by=by, columns=_columns(fact, asked), windows=spans, where=where))
    histories = _histories(needs, query, bounds)
    months = tuple(_by_month(key, query, named[MONTHS], where) for key, window in sorted(needs.actuals) if window == MONTHS)
    return Plan(totals=tuple(totals), curves=tuple(curves), months=months, histories=histories, windows=windows, cut=named[NOW].last)


def _of_a_day(
    fact: Fact,
    summed: frozenset[tuple[str, str]],
    query: Query,
    *,
    windows: Mapping[str, Window],
    where: tuple[Filter, ...],
    edges: tuple[int, ...],
) -> list[Leg]:
    """A leg for each day on which so much is owed, read by bucket, and one of what fell due in the period."""
    by = query.by
    columns: dict[date, set[str]] = {}
    for key, window in sorted(summed):
        if window != FELL_DUE:
            day = query.as_of if window == NOW else windows[window].last  # what is owed is owed today, also when the period is over
            columns.setdefault(day, set(STOCKS[fact])).update(column for _, column in _sum(key).terms if column in LATE)
    is_whole = "bucket" in by or fact is Fact.CASH or ("age" in by and {key for key, _ in summed} == {"open"})
    split = by if is_whole else (*by, "bucket")
    legs = [
        Leg(fact=fact, by=split, columns=tuple(sorted(columns[day])), windows=(Window(NOW, day, day),), where=where, edges=edges)
        for day in columns
    ]
    if any(window == FELL_DUE for _, window in summed):
        days = (Window(NOW, query.as_of, query.as_of), windows[FELL_DUE])
        legs.append(Leg(fact=fact, by=by, columns=STOCKS.get(fact, ("amount",)), windows=days, where=where))
    return legs


def _by_month(key: str, query: Query, window: Window, where: tuple[Filter, ...]) -> Leg:
    fact = _sum(key).fact
    return Leg(fact=fact, by=(*query.by, "month"), columns=_columns(fact, (key,)), windows=(window,), where=where)


def _histories(needs: _Needs, query: Query, bounds: tuple[Filter, ...]) -> tuple[Leg, ...]:
    """The legs that forecasts are drawn from. A period that is over, or has not begun, needs none to say where it lands."""
    if query.as_of >= query.period.last or query.as_of < query.period.first:
        return ()
    level = level_of((*query.by, *(f.dimension for f in (*query.where, *bounds))))
    window = Window(HISTORY, history_since(query), max(query.period.last, date(query.as_of.year, 12, 31)))
    found = []
    for fact in Fact:
        keys = needs.target_histories if fact is Fact.TARGET else frozenset(k for k in needs.histories if _sum(k).fact is fact)
        if keys:
            found.append(Leg(fact=fact, by=(*level, "day"), columns=_columns(fact, keys), windows=(window,), where=bounds))
    return tuple(found)


def history_since(query: Query) -> date:
    """The first day that forecasts look back to: a (fiscal) year's first. A period that began before it is not known whole."""
    month = query.period.fiscal_first_month
    running = query.as_of.year - (query.as_of.month < month)
    return date(max(running - _HISTORY_YEARS, YEARS.start), month, 1)


def _needs(key: str, query: Query) -> _Needs:
    wanted = measure(key)
    if isinstance(wanted, Sum):
        return _Needs(actuals=frozenset(((key, NOW),)))
    if isinstance(wanted, Ratio):
        return _needs(wanted.numerator, query) | _needs(wanted.denominator, query)
    if isinstance(wanted, Cycle):
        return _Needs(actuals=frozenset(CYCLE_NEEDS[key]))
    assert isinstance(wanted, Planned)
    if wanted.kind == "receivable":
        return _Needs(actuals=frozenset((("open", NOW), ("unapplied", NOW))))
    if wanted.kind in _TIMELESS and (times := [d for d in query.by if d in TIMES]):
        raise NotDivisible(key, times[0], [d for d in dimensions_of(key) if d not in TIMES])
    actual, target, actual_curve, target_curve = _KIND_NEEDS[wanted.kind]
    base = wanted.base
    return _Needs(
        actuals=frozenset((base, window) for window in actual),
        targets=frozenset((base, window) for window in target),
        actual_curves=frozenset((base,) if actual_curve else ()),
        target_curves=frozenset((base,) if target_curve else ()),
        histories=frozenset((base,) if wanted.kind in FORECASTS else ()),
        target_histories=frozenset((base,) if wanted.kind in LANDINGS else ()),
    )


def _windows(query: Query, calendar: Calendar, asked: set[str], dso_days: int) -> tuple[Window, ...]:
    """The windows of the period, and of the past only those that are asked for."""
    period, as_of, cut = query.period, query.as_of, min(query.as_of, query.period.last)
    windows = [Window(NOW, period.first, cut)]
    for name, other in ((PREVIOUS_YEAR, period.year_before), (PREVIOUS_PERIOD, period.before)):
        if name in asked:
            past = other()
            windows.append(Window(name, past.first, calendar.like_for_like(period, as_of, past)))
    opening, month = min(period.first - timedelta(days=1), as_of), month_before(as_of)
    more = (
        Window(OPENING, opening, opening),
        Window(CLOSING, cut, cut),
        Window(MONTH_BEFORE, month, month),
        Window(LAST_MONTH, month + timedelta(days=1), as_of),
        Window(LAST_DAYS, as_of - timedelta(days=dso_days - 1), as_of),
        Window(MONTHS, calendar.first, as_of),
        Window(FELL_DUE, period.first, cut),
    )
    windows += (window for window in more if window.name in asked)
    return (*windows, Window(WHOLE, period.first, period.last), Window(DUE, period.first, cut))


def _sum(key: str) -> Sum:
    return SUMS[key]


def _columns(fact: Fact, keys: Iterable[str]) -> tuple[str, ...]:
    if fact is Fact.TARGET:
        return tuple(sorted(keys))
    sums = [_sum(key) for key in keys]
    return tuple(sorted({column for s in sums for column in (*(c for _, c in s.terms), *s.known_by)}))
