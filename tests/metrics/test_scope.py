"""Periods: what text they are, what came before, and the awkward days of the calendar."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.errors import MalformedDay, MalformedPeriod
from metrics.scope import PERIOD_KINDS, YEARS, Period, parse_day, parse_period, period_of

DAYS = st.dates(date(1995, 1, 1), date(2090, 12, 31))
KINDS = st.sampled_from(PERIOD_KINDS)
FISCAL = st.integers(1, 12)


@given(KINDS, DAYS, FISCAL)
def test_a_period_contains_its_day_and_reads_back(kind: str, day: date, fiscal: int) -> None:
    period = period_of(kind, day, fiscal)  # type: ignore[arg-type]
    assert period.contains(day)
    assert parse_period(period.format(), date(2000, 1, 1), fiscal) == period


@given(st.sampled_from(["week", "month", "quarter", "year", "range"]), DAYS, FISCAL)
def test_the_period_before_ends_the_day_before(kind: str, day: date, fiscal: int) -> None:
    period = period_of(kind, day, fiscal)  # type: ignore[arg-type]
    before = period.before()
    assert before.last == period.first - timedelta(days=1)
    assert before.kind == period.kind


@given(st.sampled_from(["month", "quarter", "year"]), DAYS, FISCAL)
def test_a_year_before_is_twelve_months_back(kind: str, day: date, fiscal: int) -> None:
    period = period_of(kind, day, fiscal)  # type: ignore[arg-type]
    earlier = period.year_before()
    assert (earlier.first.year, earlier.first.month, earlier.first.day) == (period.first.year - 1, period.first.month, 1)
    assert earlier.kind == kind


@pytest.mark.parametrize(
    ("text", "fiscal", "first", "last"),
    [
        ("2026Q3", 1, date(2026, 7, 1), date(2026, 9, 30)),
        ("2026-q3", 1, date(2026, 7, 1), date(2026, 9, 30)),
        ("2026-09", 1, date(2026, 9, 1), date(2026, 9, 30)),
        ("2024-02", 1, date(2024, 2, 1), date(2024, 2, 29)),
        ("2026W53", 1, date(2026, 12, 28), date(2027, 1, 3)),
        ("2026", 1, date(2026, 1, 1), date(2026, 12, 31)),
        ("FY2027", 4, date(2026, 4, 1), date(2027, 3, 31)),
        ("2027Q1", 4, date(2026, 4, 1), date(2026, 6, 30)),
        ("2026Q1", 7, date(2025, 7, 1), date(2025, 9, 30)),
        ("2026-07-01..2026-09-13", 1, date(2026, 7, 1), date(2026, 9, 13)),
        ("ytd", 4, date(2026, 4, 1), date(2026, 9, 13)),
        ("week", 1, date(2026, 9, 7), date(2026, 9, 13)),
    ],
)
def test_texts_of_periods(text: str, fiscal: int, first: date, last: date) -> None:
    period = parse_period(text, date(2026, 9, 13), fiscal)
    assert (period.first, period.last) == (first, last)


@pytest.mark.parametrize(
    "text",
    ["", "Q3", "2026Q5", "2026-13", "2025W53", "2026-09-13..2026-07-01", "2026-02-30..2026-03-01", "1999-01-01..2026-01-01", "tomorrow"],
)
def test_what_is_no_period_is_said_so(text: str) -> None:
    with pytest.raises(MalformedPeriod, match="is not a period"):
        parse_period(text, date(2026, 9, 13))


@pytest.mark.parametrize("text", ["9999W52", "0001", "1000-01-01..2026-12-31", "2026-01-01..9999-12-31", "9999Q4", "1899-12"])
@pytest.mark.parametrize("fiscal", [1, 7])
def test_periods_at_the_ends_of_the_calendar_are_none(text: str, fiscal: int) -> None:
    with pytest.raises(MalformedPeriod, match="is not a period"):
        parse_period(text, date(2026, 9, 13), fiscal)


@given(st.dates(date(YEARS.start, 1, 1), date(YEARS[-1], 12, 31)), KINDS, FISCAL)
def test_whatever_period_can_be_asked_for_has_one_before_it(day: date, kind: str, fiscal: int) -> None:
    try:
        period = parse_period(kind if kind != "range" else f"{day}..{day}", day, fiscal)
    except MalformedPeriod:
        return  # a week or a fiscal year that reaches over the end
    assert period.before().last < period.first
    assert period.year_before().last < period.last


@pytest.mark.parametrize("text", ["", "tomorrow", "2026-02-30", "0001-01-01", "9999-12-31", "13.9.2026"])
def test_what_is_no_day_is_said_so(text: str) -> None:
    with pytest.raises(MalformedDay, match="is not a day"):
        parse_day(text)


def test_week_53_answers_to_week_52() -> None:
    assert parse_period("2026W53", date(2026, 1, 1)).year_before().format() == "2025W52"
    assert parse_period("2027W10", date(2026, 1, 1)).year_before().format() == "2026W10"


def test_a_leap_day_answers_to_the_28th() -> None:
    period = Period("range", date(2024, 2, 29), date(2024, 3, 2))
    assert period.year_before() == Period("range", date(2023, 2, 28), date(2023, 3, 2))
