"""Lag alerts: the tolerance, the quiet beginning, the floor, and the run that does not flicker."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from itertools import accumulate

from data.settings import Settings
from metrics.alerts import Alert, Lag, alert
from metrics.snapshot import Calendar

FIRST = date(2026, 6, 1)
LAST = date(2026, 6, 30)
EVERY_DAY = Calendar(FIRST, LAST, tuple(FIRST + timedelta(days=i) for i in range(30)))


def run(pace_by_day: list[int], settings: Settings | None = None, *, money: bool = True) -> Alert:
    """The alert where 100 is due a day and the running actual is that many per cent of what is due."""
    days = [FIRST + timedelta(days=i) for i in range(len(pace_by_day))]
    due = [Decimal(v) for v in accumulate([100] * len(days))]
    done = [d * p / 100 for d, p in zip(due, pace_by_day, strict=True)]
    return alert(days, done, due, calendar=EVERY_DAY, last=LAST, settings=settings or Settings(), money=money)


def test_inside_the_tolerance_is_silence() -> None:
    assert run([100] * 8 + [96]).level is Lag.NONE


def test_levels_begin_at_their_points() -> None:
    assert run([100] * 8 + [95]).level is Lag.WARNING
    assert run([100] * 8 + [86]).level is Lag.WARNING
    assert run([100] * 8 + [85]).level is Lag.CRITICAL


def test_since_is_the_first_day_of_the_unbroken_run() -> None:
    found = run([100, 90, 99, 94, 94, 94, 94, 94, 94])
    assert found.since == FIRST + timedelta(days=3)


def test_hysteresis_holds_the_alert_until_two_points_inside() -> None:
    assert run([100] * 6 + [94, 96, 97]).since == FIRST + timedelta(days=6)  # 3 points behind: still on
    assert run([100] * 6 + [94, 96, 98]).level is Lag.NONE  # 2 points behind: cleared
    assert run([100] * 6 + [96, 96, 96]).level is Lag.NONE  # never began


def test_the_first_fifth_is_quiet_unless_critical() -> None:
    assert run([90] * 6).level is Lag.NONE
    assert run([90] * 7).level is Lag.WARNING
    assert run([80] * 6).level is Lag.CRITICAL


def test_no_alert_under_the_floor() -> None:
    settings = Settings(alert_floor=Decimal(1000))
    assert run([90] * 9, settings).level is Lag.NONE  # 90 of 900 behind
    assert run([90] * 9, settings, money=False).level is Lag.WARNING


def test_change_against_a_week_ago() -> None:
    found = run([100] * 7 + [100, 90])
    assert found.week_change == Decimal(-90)
    assert run([90] * 7).week_change is None


def test_nothing_due_is_no_alert() -> None:
    days = [FIRST, FIRST + timedelta(days=1)]
    zero = [Decimal(0), Decimal(0)]
    assert alert(days, zero, zero, calendar=EVERY_DAY, last=LAST, settings=Settings(), money=True).level is Lag.NONE
