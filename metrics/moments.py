"""The same moment in the past periods of a kind: how much of each had passed when as large a part of its working days was over."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

import numpy as np

from metrics.scope import Period, PeriodKind
from metrics.snapshot import Calendar

Ints = np.ndarray[Any, np.dtype[np.int64]]

MOST: Final = 60
"""So many past periods are looked at, and no more: five years of months."""

SEASONS: Final[dict[PeriodKind, int]] = {"week": 52, "month": 12, "quarter": 4, "year": 1, "range": 0}
"""How many periods of a kind make a year; a range of days has no season. A year to date is not here: it ends on its as-of day."""


@dataclass(frozen=True, slots=True, eq=False)
class Moments:
    """Past periods, oldest first, and last the one that runs. Days are ordinals; spans are half open.

    ``starts`` to ``cuts``: what had passed; ``starts`` to ``ends``: the whole; ``worked``: working days of the whole; ``season``:
    how many of them make a year, 0 where none do; ``days``: the working days of the running period that have passed.
    """

    starts: Ints
    cuts: Ints
    ends: Ints
    worked: Ints
    season: int
    days: Ints

    def since(self, day: date) -> Moments:
        """Without the periods that began before the day."""
        at = int(np.searchsorted(self.starts[:-1], day.toordinal()))
        return Moments(self.starts[at:], self.cuts[at:], self.ends[at:], self.worked[at:], self.season, self.days)


def moments(period: Period, as_of: date, *, calendar: Calendar, first: date) -> Moments | None:
    """The moments of a period on a day before its end, in the periods that began on ``first`` or later.

    In a past period as large a part of the working days has passed, to the nearest day: a month of 18 working days and one of
    23 are then alike near their end. After a day that is not worked, the free days that follow belong to what has passed.
    """
    if period.kind not in SEASONS:
        return None
    past = _past(period, first)
    whole = calendar.working_days(period.first, period.last)
    passed = calendar.working_days(period.first, as_of)
    rest_day = not calendar.is_working(as_of)
    cuts = [_cut(p, passed / whole if whole else 1.0, calendar, rest_day=rest_day) for p in past]
    at = bisect_left(calendar.worked, period.first)
    return Moments(
        starts=_ordinals([p.first for p in (*past, period)]),
        cuts=_ordinals([*cuts, as_of + timedelta(days=1)]),
        ends=_ordinals([p.last + timedelta(days=1) for p in (*past, period)]),
        worked=np.array([calendar.working_days(p.first, p.last) for p in (*past, period)], dtype=np.int64),
        season=SEASONS[period.kind],
        days=_ordinals(list(calendar.worked[at : at + passed])),
    )


def known_since(first: date, calendar: Calendar) -> date:
    """The first day on which a period may begin to be known whole, if facts begin on ``first``: free days before it lack nothing."""
    at = bisect_left(calendar.worked, first)
    return calendar.worked[at - 1] + timedelta(days=1) if at else calendar.first


def _past(period: Period, first: date) -> list[Period]:
    found: list[Period] = []
    earlier = period.before()
    while earlier.first >= first and len(found) < MOST:
        found.append(earlier)
        earlier = earlier.before()
    return found[::-1]


def _cut(past: Period, share: float, calendar: Calendar, *, rest_day: bool) -> date:
    """The first day that had not passed."""
    whole = calendar.working_days(past.first, past.last)
    passed = min(max(round(share * whole), int(share > 0)), whole)
    if rest_day:
        following = calendar.working_day(past.first, passed + 1)
        return min(following or past.last, past.last) if passed < whole else past.last
    last = calendar.working_day(past.first, passed) if passed else None
    return last + timedelta(days=1) if last else past.first


def _ordinals(days: list[date]) -> Ints:
    return np.array([day.toordinal() for day in days], dtype=np.int64)
