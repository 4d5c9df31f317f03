"""Where a measure stands against the part of its target that is due: ratios, gaps, and gaps in working days. All pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import accumulate

from metrics.snapshot import Calendar

ZERO = Decimal(0)


def ratio(numerator: Decimal | None, denominator: Decimal | None) -> Decimal | None:
    """The quotient; no value where either is missing or the denominator is zero."""
    if numerator is None or not denominator:
        return None
    return numerator / denominator


def change(value: Decimal | None, before: Decimal | None) -> Decimal | None:
    """Relative change on an earlier value, by the size of the earlier one so that its sign does not turn the answer."""
    if value is None or not before:
        return None
    return (value - before) / abs(before)


def gap(value: Decimal | None, plan: Decimal | None) -> Decimal | None:
    """Variance: actual − plan, so negative is behind."""
    return None if value is None or plan is None else value - plan


def running(parts: Iterable[Decimal]) -> tuple[Decimal, ...]:
    """Running totals."""
    return tuple(accumulate(parts))


@dataclass(frozen=True, slots=True)
class Curve:
    """Target due by the end of each day of a period, the days in order and without holes."""

    days: tuple[date, ...]
    due: tuple[Decimal, ...]

    @property
    def target(self) -> Decimal:
        return self.due[-1] if self.due else ZERO


def days_ahead(actual: Decimal, curve: Curve, calendar: Calendar, as_of: date) -> Decimal | None:
    """Working days from the day on which the expected line equals the actual to the as-of day; negative is behind.

    Within a day the line is straight. Beyond either end of the period it goes on with the mean of a working day.
    """
    if curve.target <= 0:
        return None
    now = min((as_of - curve.days[0]).days, len(curve.days) - 1)
    if now < 0:
        return None
    mean = curve.target / max(calendar.working_days(curve.days[0], curve.days[-1]), 1)
    if actual < curve.due[now]:
        return -_behind(actual, curve, calendar, now, mean)
    return _ahead(actual, curve, calendar, now, mean)


def _behind(actual: Decimal, curve: Curve, calendar: Calendar, now: int, mean: Decimal) -> Decimal:
    passed = ZERO
    for at in range(now, -1, -1):
        before = curve.due[at - 1] if at else ZERO
        worked = int(calendar.is_working(curve.days[at]))
        if before <= actual:
            return passed + worked * (curve.due[at] - actual) / (curve.due[at] - before)
        passed += worked
    return passed - actual / mean


def _ahead(actual: Decimal, curve: Curve, calendar: Calendar, now: int, mean: Decimal) -> Decimal:
    passed = ZERO
    for at in range(now + 1, len(curve.days)):
        worked = int(calendar.is_working(curve.days[at]))
        if curve.due[at] >= actual:
            part = curve.due[at] - curve.due[at - 1]
            return passed + (worked * (actual - curve.due[at - 1]) / part if part else ZERO)
        passed += worked
    return passed + (actual - curve.due[max(now, len(curve.due) - 1)]) / mean


def needed_per_day(target: Decimal | None, actual: Decimal | None, days_left: int) -> Decimal | None:
    """What each working day left must bring; nothing where none is left, zero where the target is reached."""
    if target is None or actual is None or days_left <= 0:
        return None
    return max(target - actual, ZERO) / days_left


def curve_of(days: Sequence[date], parts: Sequence[Decimal]) -> Curve:
    return Curve(tuple(days), running(parts))
