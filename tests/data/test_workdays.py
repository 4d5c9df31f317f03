"""A month back from any day."""

from __future__ import annotations

from calendar import monthrange
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.workdays import month_before, months_away


@pytest.mark.parametrize(
    ("day", "before"),
    [
        ("2026-09-13", "2026-08-13"),
        ("2026-09-30", "2026-08-31"),
        ("2026-03-30", "2026-02-28"),
        ("2024-03-29", "2024-02-29"),
        ("2026-01-15", "2025-12-15"),
        ("2026-02-28", "2026-01-31"),
    ],
)
def test_a_month_back(day: str, before: str) -> None:
    assert month_before(date.fromisoformat(day)) == date.fromisoformat(before)


@pytest.mark.parametrize(
    ("day", "before"),
    [("2026-09-13", "2025-09-13"), ("2026-09-30", "2025-09-30"), ("2025-02-28", "2024-02-29"), ("2024-02-29", "2023-02-28")],
)
def test_a_year_of_months_back(day: str, before: str) -> None:
    assert months_away(date.fromisoformat(day), -12) == date.fromisoformat(before)


@given(st.dates(date(1900, 2, 1), date(2199, 12, 31)))
def test_a_month_back_lies_in_the_month_before_and_month_ends_answer_to_month_ends(day: date) -> None:
    before = month_before(day)
    length, earlier = monthrange(day.year, day.month)[1], monthrange(before.year, before.month)[1]
    assert day.year * 12 + day.month - 1 == before.year * 12 + before.month
    assert before.day == (earlier if day.day == length else min(day.day, earlier))
