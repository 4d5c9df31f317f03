"""Sums of a few rows out of the days of whole years: read once a version, the days serve every period and every as-of day.

The totals are exact, since money is summed as decimals.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from data.workdays import month_start, week_start
from metrics.catalog import PLACES, TIMES, Fact
from metrics.coarsen import Rows
from metrics.compile import Leg, Window
from metrics.snapshot import Coverage

_FLOWS: Final = (Fact.SALES, Fact.COLLECTED, Fact.INVOICED)
"""Facts that add up over days, and of which there is so much that reading a span of days costs more than adding it up."""
_TIMES: Final[Mapping[str, Callable[[date], date]]] = {"day": lambda day: day, "week": week_start, "month": month_start}


@dataclass(frozen=True, slots=True)
class Days:
    """Rows of a leg by some places and, last of its keys, the day; in the order of ``days``."""

    by: tuple[str, ...]
    days: tuple[date, ...]
    rows: Rows

    def within(self, window: Window) -> Rows:
        return self.rows[bisect_left(self.days, window.first) : bisect_right(self.days, window.last)]


def days_of(leg: Leg, rows: Rows) -> Days:
    at = leg.by.index("day")
    ordered = sorted(rows, key=lambda row: row[at])
    return Days(leg.by, tuple(row[at] for row in ordered), ordered)


def is_few(leg: Leg) -> bool:
    """Whether a year of days is few rows: the sums of one place, or of what is right below it."""
    split = [dimension for dimension in leg.by if dimension not in _TIMES]
    filters = [f.dimension for f in leg.where]
    if leg.fact not in _FLOWS or not {*split, *filters} <= set(PLACES) or len(split) > 1:
        return False
    deepest = max((PLACES.index(dimension) for dimension in filters), default=-1)
    return all(PLACES.index(dimension) <= deepest + 1 for dimension in split)


def years(leg: Leg, covered: Coverage) -> tuple[Leg, ...]:
    """The legs by the day that hold all days of a leg of which something is known."""
    if covered.first is None or covered.last is None:
        return ()
    known = range(covered.first.year, covered.last.year + 1)
    wanted = {year for window in leg.windows for year in range(window.first.year, window.last.year + 1)}
    by = (*(dimension for dimension in leg.by if dimension not in TIMES), "day")
    return tuple(replace(leg, by=by, windows=(Window("year", date(year, 1, 1), date(year, 12, 31)),)) for year in known if year in wanted)


def added_up(leg: Leg, known: Iterable[Days]) -> Rows:
    """The rows of a leg, as the store would give them. A sum of nothing but missing values is missing."""
    columns = len(leg.columns)
    sums: defaultdict[tuple[Any, ...], list[Any]] = defaultdict(lambda: [None] * (columns * len(leg.windows)))
    if not leg.by:
        sums[()]  # a total is one row, also of nothing
    for days in known:
        keys = [(days.by.index("day" if name in _TIMES else name), _TIMES.get(name)) for name in leg.by]
        for w, window in enumerate(leg.windows):
            for row in days.within(window):
                total = sums[tuple(of(row[at]) if of else row[at] for at, of in keys)]
                for i, value in enumerate(row[-columns:], w * columns):
                    if value is not None:
                        total[i] = value if total[i] is None else total[i] + value
    return [(*key, *total) for key, total in sums.items()]
