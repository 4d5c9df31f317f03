"""What the page says of the age of its data."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layouts.format import Numbers
from layouts.states import HISTORICAL_DAYS, freshness
from layouts.text import translator
from metrics.snapshot import Calendar, Coverage, Snapshot

PUBLISHED = datetime(2026, 9, 14, 7, 30, tzinfo=UTC)
LAST = date(2026, 9, 13)
SNAPSHOT = Snapshot(
    version=1,
    published=PUBLISHED,
    note="",
    company={},
    coverage={"order_line": Coverage(LAST, LAST, 1)},
    calendar=Calendar(LAST, LAST, ()),
    regions=0,
)


def fresh(snapshot: Snapshot, age: timedelta, language: str = "en"):  # type: ignore[no-untyped-def]
    return freshness(snapshot, Numbers(language=language), translator(language), now=snapshot.published + age, stale_after_hours=26)


@given(st.timedeltas(timedelta(0), timedelta(days=30)))
def test_data_is_stale_from_the_age_that_is_set(age: timedelta) -> None:
    assert fresh(SNAPSHOT, age).is_stale == (age > timedelta(hours=26))


@pytest.mark.parametrize(
    ("hours", "said"),
    [(27, "Data is 27 hours old."), (48, "Data is 2 days old."), (71, "Data is 2 days old."), (72, "Data is 3 days old.")],
)
def test_stale_data_says_how_old_it_is(hours: int, said: str) -> None:
    banner = fresh(SNAPSHOT, timedelta(hours=hours)).banner
    assert banner.startswith(said)
    assert banner.endswith("Figures are as of 13 Sep 2026.")


def test_fresh_data_says_how_far_it_goes() -> None:
    state = fresh(SNAPSHOT, timedelta(hours=1))
    assert state.words.startswith("Data to Sun 13 Sep · refreshed ")
    assert state.banner == ""


def test_a_closed_set_of_past_days_never_goes_stale() -> None:
    last = PUBLISHED.date() - timedelta(days=HISTORICAL_DAYS + 1)
    closed = replace(SNAPSHOT, coverage={"order_line": Coverage(last, last, 1)})
    state = fresh(closed, timedelta(days=400))
    assert not state.is_stale
    assert "historical data, loaded" in state.words
    assert "2026" in state.words
