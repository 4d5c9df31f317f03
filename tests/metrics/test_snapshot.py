"""The company's calendar: like for like is over the same number of worked days."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from data.workdays import calendar_rows, is_working_day
from metrics.catalog import Fact
from metrics.scope import Period, parse_period, period_of
from metrics.snapshot import Calendar, Coverage, Snapshot


def china(first: date, last: date) -> Calendar:
    rows = calendar_rows(first, last, country="CN", fiscal_first_month=1, overrides={})
    return Calendar(first, last, tuple(row[0] for row in rows if row[5]))


CHINA = china(date(2024, 1, 1), date(2026, 12, 31))


def test_shifted_working_days_of_china() -> None:
    assert not is_working_day(date(2026, 2, 17), "CN", {})  # Spring Festival
    assert is_working_day(date(2026, 2, 14), "CN", {})  # a Saturday worked for it
    assert is_working_day(date(2026, 9, 20), "CN", {})  # a Sunday worked for National Day
    assert is_working_day(date(2026, 9, 20), "CN", {date(2026, 9, 20): False}) is False
    assert not is_working_day(date(2027, 2, 8), "CN", {})  # beyond the published table: statutory days without shifts


def test_running_totals_of_the_calendar_table() -> None:
    rows = list(calendar_rows(date(2026, 1, 1), date(2026, 3, 31), country="CN", fiscal_first_month=4, overrides={}))
    assert [row[6] for row in rows][-1] == sum(row[5] for row in rows)
    assert rows[0][4] == date(2025, 4, 1)
    assert rows[0][3] == date(2026, 1, 1)


@given(st.dates(date(2025, 1, 1), date(2026, 12, 31)), st.sampled_from(["week", "month", "quarter", "year"]))
def test_like_for_like_counts_the_same_working_days(as_of: date, kind: str) -> None:
    period = period_of(kind, as_of)  # type: ignore[arg-type]
    other = period.year_before()
    day = CHINA.like_for_like(period, as_of, other)
    passed = CHINA.working_days(period.first, min(as_of, period.last))
    whole = CHINA.working_days(other.first, other.last)
    if as_of == period.last:
        assert day == other.last
    else:
        assert CHINA.working_days(other.first, day) == min(passed, whole)


@given(st.dates(date(2025, 1, 1), date(2026, 12, 31)), st.integers(0, 90))
def test_a_year_to_date_answers_like_the_year_that_runs(as_of: date, later: int) -> None:
    to_date, year = period_of("ytd", as_of), period_of("year", as_of)
    expected = CHINA.like_for_like(year, as_of, year.year_before())
    for other in (to_date.year_before(), to_date.before()):
        assert CHINA.like_for_like(to_date, as_of + timedelta(days=later), other) == expected


def test_a_closed_period_answers_to_the_whole() -> None:
    period = parse_period("2026Q2", date(2026, 1, 1))
    assert CHINA.like_for_like(period, date(2026, 9, 13), period.year_before()) == date(2025, 6, 30)


def test_a_free_as_of_day_takes_the_free_days_along() -> None:
    period = parse_period("2026-09", date(2026, 1, 1))
    other = Period("month", date(2026, 6, 1), date(2026, 6, 30))
    assert CHINA.like_for_like(period, date(2026, 9, 11), other) == date(2026, 6, 11)
    assert CHINA.like_for_like(period, date(2026, 9, 13), other) == date(2026, 6, 11)
    assert CHINA.like_for_like(period, date(2026, 9, 4), other) == date(2026, 6, 4)
    assert CHINA.like_for_like(period, date(2026, 9, 6), other) == date(2026, 6, 4)


def test_nothing_passed_answers_to_nothing() -> None:
    period = parse_period("2026-05", date(2026, 1, 1))  # begins with a holiday
    other = parse_period("2025-05", date(2026, 1, 1))
    assert CHINA.like_for_like(period, date(2026, 5, 1), other) >= other.first - timedelta(days=1)
    assert CHINA.working_days(other.first, CHINA.like_for_like(period, date(2026, 5, 1), other)) == 0


def version(**rows: int) -> Snapshot:
    day = date(2026, 1, 5)
    return Snapshot(
        version=1,
        published=datetime(2026, 1, 6, tzinfo=UTC),
        note="",
        company={},
        coverage={fact: Coverage(day if n else None, day if n else None, n) for fact, n in rows.items()},
        calendar=CHINA,
        regions=0,
    )


def test_the_first_measure_is_one_that_the_data_knows() -> None:
    assert version(order_line=5, payment=3).first_measure == "amount"
    assert version(order_line=0, payment=3).first_measure == "collections"
    assert version(order_line=0, payment=0).first_measure == "amount"


def test_cash_is_covered_where_only_invoices_are() -> None:
    assert version(cash_event=0, receivable_event=7).covered(Fact.CASH).rows == 7
    assert version(cash_event=0, receivable_event=0).covered(Fact.CASH).rows == 0


def test_a_planned_visit_does_not_move_the_end_of_the_data() -> None:
    sold, planned = Coverage(date(2026, 1, 5), date(2026, 3, 1), 9), Coverage(date(2026, 1, 5), date(2026, 9, 30), 3)
    assert replace(version(), coverage={"order_line": sold, "activity": planned}).last_day == date(2026, 3, 1)
    assert replace(version(), coverage={"order_line": sold, "payment": planned}).last_day == date(2026, 9, 30)


def test_there_is_no_cash_before_the_first_of_it_and_that_is_known() -> None:
    invoiced, advanced = Coverage(date(2026, 1, 5), date(2026, 3, 1), 9), Coverage(date(2026, 2, 2), date(2026, 3, 9), 1)
    known = replace(version(), coverage={"receivable_event": invoiced, "cash_event": advanced}).covered(Fact.CASH)
    assert (known.first, known.last) == (date(2026, 1, 5), date(2026, 3, 9))


def test_what_is_planned_of_collections_is_known_where_it_is_planned() -> None:
    plain = Snapshot(
        version=1,
        published=datetime(2026, 9, 14, tzinfo=UTC),
        note="",
        company={"plan_dso": "65", "plan_overdue_rate": "0.3"},
        coverage={},
        calendar=Calendar(date(2026, 1, 1), date(2026, 12, 31), ()),
        regions=0,
    )
    assert (plain.plan("plan_dso"), plain.plan("plan_overdue_rate"), plain.plan("plan_over_90_rate")) == (65, Decimal("0.3"), None)
