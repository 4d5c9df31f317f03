"""When the demo company sells: the weight of every day, from the company's own calendar."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

import numpy as np

from data import schema as s
from data.demo.territory import Floats, Ints
from data.workdays import is_working_day, month_start, quarter_start

EPOCH = date(1970, 1, 1)

ORDER_GROWTH, PRICE_STEP, PRICE_MONTH = 0.05, 0.025, 4
"""Growth of orders a year; rise of the price list, in the month it takes effect."""

_MONTHS = (0.92, 0.85, 1.08, 1.02, 1.04, 1.09, 0.97, 0.96, 1.07, 0.98, 1.03, 1.10)
_WEEKDAYS = (0.96, 1.04, 1.06, 1.03, 0.93, 1.0, 1.0)
_DAY_OFF = 0.015


def day_number(day: date) -> int:
    """Days since 1 January 1970, as all arrays of days have them."""
    return (day - EPOCH).days


def day_of(number: int) -> date:
    return EPOCH + timedelta(days=int(number))


@lru_cache(maxsize=64)
def working_of_year(year: int) -> tuple[bool, ...]:
    first = date(year, 1, 1)
    return tuple(is_working_day(first + timedelta(days=i), s.CHINA, {}) for i in range((date(year + 1, 1, 1) - first).days))


def is_working(day: date) -> bool:
    return working_of_year(day.year)[day.timetuple().tm_yday - 1]


@dataclass(frozen=True, slots=True)
class Season:
    """Days ``first`` to ``last`` (day numbers): the weight of each in ``orders`` and in ``money``, its price list's level, and
    its fiscal quarter counted from the first.
    """

    first: int
    last: int
    orders: Floats
    money: Floats
    prices: Floats
    quarters: Ints

    def between(self, values: Floats, first: int, last: int) -> Floats:
        """The values of the days from first to last, both included."""
        return values[max(first, self.first) - self.first : max(last + 1 - self.first, 0)]


def season(first: date, last: date) -> Season:
    """Weights of all days from the first to the last, which is after the first."""
    days = [first + timedelta(days=i) for i in range((last - first).days + 1)]
    festival = {year: _spring_festival(year) for year in range(first.year, last.year + 1)}
    orders = np.array([_weight(day, festival[day.year]) for day in days])
    orders *= (1 + ORDER_GROWTH) ** (np.arange(len(days)) / 365.25)
    rises = np.array([day.year - first.year + (day.month >= PRICE_MONTH) - (first.month >= PRICE_MONTH) for day in days])
    prices = (1 + PRICE_STEP) ** rises
    starts = sorted({quarter_start(day) for day in days})
    quarter = {start: i for i, start in enumerate(starts)}
    quarters = np.array([quarter[quarter_start(day)] for day in days], dtype=np.int64)
    return Season(day_number(first), day_number(last), orders, orders * prices, prices, quarters)


def _weight(day: date, festival: tuple[date, date]) -> float:
    if not is_working(day):
        return _DAY_OFF
    weight = _MONTHS[day.month - 1] * _WEEKDAYS[day.weekday()]
    month_end, quarter_end = month_start(day, 1), month_start(quarter_start(day), 3)
    if (quarter_end - day).days <= 6:
        weight *= 1.20
    elif (month_end - day).days <= 4:
        weight *= 1.08
    if festival[0] - timedelta(days=8) <= day <= festival[1] + timedelta(days=8):
        weight *= 0.62
    return weight


def _spring_festival(year: int) -> tuple[date, date]:
    """First and last day of the longest break between mid January and the end of February."""
    best = run = (date(year, 1, 18), date(year, 1, 17))
    for offset in range(44):
        day = date(year, 1, 18) + timedelta(days=offset)
        run = (day + timedelta(days=1), day) if is_working(day) else (run[0], day)
        if run[1] - run[0] > best[1] - best[0]:
            best = run
    return best
