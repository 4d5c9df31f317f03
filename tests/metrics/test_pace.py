"""Pace: gaps in working days against a walk in the smallest steps, and what has no value."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.pace import Curve, change, curve_of, days_ahead, gap, needed_per_day, ratio
from metrics.snapshot import Calendar

FIRST = date(2026, 6, 1)
D = Decimal


def calendar(last: date = date(2026, 12, 31)) -> Calendar:
    days = [FIRST + timedelta(days=i) for i in range((last - FIRST).days + 1)]
    return Calendar(FIRST, last, tuple(day for day in days if day.weekday() < 5))


def even_curve(length: int, part: Decimal) -> Curve:
    days = [FIRST + timedelta(days=i) for i in range(length)]
    return curve_of(days, [part if day.weekday() < 5 else D(0) for day in days])


@pytest.mark.parametrize(
    ("actual", "expected"),
    [
        (D(50), D(0)),  # Friday evening of the first week, 10 a working day
        (D(40), D(-1)),
        (D(35), D("-1.5")),
        (D(0), D(-5)),
        (D(-10), D(-6)),  # more was returned than sold: the line goes on downwards
        (D(60), D(1)),  # Monday
        (D(65), D("1.5")),
        (D(250), D(20)),  # five weeks' worth, beyond the month's 22 days: 17 left, 3 more at the mean
    ],
)
def test_days_ahead_of_an_even_target(actual: Decimal, expected: Decimal) -> None:
    assert days_ahead(actual, even_curve(30, D(10)), calendar(), date(2026, 6, 5)) == expected


def test_a_weekend_adds_no_days() -> None:
    curve = even_curve(30, D(10))
    on_friday = days_ahead(D(40), curve, calendar(), date(2026, 6, 5))
    on_sunday = days_ahead(D(40), curve, calendar(), date(2026, 6, 7))
    assert on_friday == on_sunday == D(-1)


@given(
    st.lists(st.integers(1, 500), min_size=10, max_size=60),
    st.integers(0, 59),
    st.integers(0, 30_000),
)
def test_the_expected_line_equals_the_actual_that_many_days_away(parts: list[int], at: int, actual: int) -> None:
    """Walk the line by the answered number of working days: what is due there is the actual."""
    days = [FIRST + timedelta(days=i) for i in range(len(parts))]
    every_day = Calendar(FIRST, days[-1], tuple(days))
    curve = curve_of(days, [D(part) for part in parts])
    now = min(at, len(parts) - 1)
    answer = days_ahead(D(actual), curve, every_day, days[now])
    assert answer is not None
    position = now + 1 + answer  # days of the line that are done at the answered point
    if 0 <= actual <= curve.target:
        whole = int(position)
        due = (curve.due[whole - 1] if whole else D(0)) + (position - whole) * (D(parts[whole]) if whole < len(parts) else D(0))
        assert abs(due - actual) < D("0.0000001")
    else:
        assert position > len(parts)


def test_no_target_has_no_days() -> None:
    assert days_ahead(D(5), even_curve(10, D(0)), calendar(), FIRST) is None


def test_zero_denominators_have_no_value() -> None:
    assert ratio(D(5), D(0)) is None
    assert ratio(D(5), None) is None
    assert ratio(None, D(5)) is None
    assert change(D(5), D(0)) is None
    assert gap(None, D(1)) is None
    assert needed_per_day(D(10), D(4), 0) is None


def test_needed_per_day() -> None:
    assert needed_per_day(D(10), D(4), 3) == D(2)
    assert needed_per_day(D(10), D(14), 3) == D(0)


def test_a_change_from_a_loss_to_a_profit_is_upwards() -> None:
    assert change(D(50), D(-100)) == D("1.5")
