"""Lag alerts: who is behind by more than the tolerance, since which day without a break, and whether it closes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from data.settings import Settings
from metrics.snapshot import Calendar
from metrics.tiers import points_behind

WEEK = 7


class Lag(StrEnum):
    NONE = "none"
    WARNING = "warning"
    CRITICAL = "critical"


@dataclass(frozen=True, slots=True)
class Alert:
    """``since``: first day of the unbroken run; ``week_change``: gap to pace less that of a week before, negative widens."""

    level: Lag
    since: date | None
    week_change: Decimal | None


def alert(
    days: Sequence[date],
    actual: Sequence[Decimal],
    expected: Sequence[Decimal],
    *,
    calendar: Calendar,
    last: date,
    settings: Settings,
    money: bool,
) -> Alert:
    """The alert at the end of ``days``.

    ``days`` run without holes from the first day of the period to the as-of day, ``actual`` and ``expected`` are running
    totals by the end of each; ``last`` is the period's last day. The floor counts for money only.
    """
    since: date | None = None
    behind = Decimal(0)
    for day, done, due in zip(days, actual, expected, strict=True):
        if due <= 0:
            continue
        behind = points_behind(done / due)
        material = not money or due - done >= settings.alert_floor
        if since is None and behind >= settings.tolerance_warning and material:
            since = day
        elif since is not None and (behind < settings.tolerance_warning - settings.tolerance_hysteresis or not material):
            since = None
    change = None
    if len(days) > WEEK:
        change = (actual[-1] - expected[-1]) - (actual[-1 - WEEK] - expected[-1 - WEEK])
    if since is None:
        return Alert(Lag.NONE, None, change)
    critical = behind >= settings.tolerance_critical
    whole = calendar.working_days(days[0], last)
    elapsed = Decimal(calendar.working_days(days[0], days[-1])) / whole if whole else Decimal(1)
    if elapsed <= settings.alert_quiet_share and not critical:
        return Alert(Lag.NONE, None, change)
    return Alert(Lag.CRITICAL if critical else Lag.WARNING, since, change)
