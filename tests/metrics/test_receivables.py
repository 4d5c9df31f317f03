"""The collection cycle: published examples, what has no value, and the properties that hold for all amounts."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics import receivables
from metrics.receivables import Month

D = Decimal
AMOUNTS = st.integers(0, 10**9).map(lambda n: D(n) / 100)
SIGNED = st.integers(-(10**9), 10**9).map(lambda n: D(n) / 100)
MONTHS = st.lists(st.builds(Month, SIGNED, st.integers(1, 31)), max_size=14)
INVOICED = st.lists(st.builds(Month, AMOUNTS.filter(bool), st.integers(1, 31)), min_size=1, max_size=14)


def near(value: Decimal | None, other: Fraction) -> bool:
    return value is not None and abs(Fraction(value) - other) <= max(abs(other), 1) / 10**20


# --- published examples -------------------------------------------------------------------------------------------------


def test_counting_back_two_months_and_a_part_of_the_third() -> None:
    found = receivables.count_back(D(212), [Month(D(100), 30), Month(D(80), 30), Month(D(70), 30)])
    assert near(found, 60 + Fraction(32, 70) * 30)
    assert round(found or 0, 1) == D("73.7")


def test_a_receivable_of_10869_on_three_months_of_invoices_is_55_days() -> None:
    assert round(receivables.dso(D(10869), D(5538 + 4566 + 7570), 90) or 0, 2) == D("55.35")


@pytest.mark.parametrize(
    ("opening", "invoiced", "closing", "not_due", "index"),
    [(6_200, 3_630, 6_340, 3_590, "0.559"), (100_000, 1_000_000, 120_000, 100_000, "0.980")],
)
def test_the_collection_effectiveness_index(opening: int, invoiced: int, closing: int, not_due: int, index: str) -> None:
    found = receivables.effectiveness(opening=D(opening), invoiced=D(invoiced), closing=D(closing), not_due=D(not_due))
    assert round(found or 0, 3) == D(index)


# --- what has no value ----------------------------------------------------------------------------------------------------


def test_where_nothing_was_invoiced_nothing_says_how_many_days_are_owed() -> None:
    for invoiced in (None, D(0), D(-5)):
        assert receivables.dso(D(100), invoiced, 90) is None
        assert receivables.share(D(100), invoiced) is None
    assert receivables.count_back(D(100), []) is None
    assert receivables.count_back(D(100), [Month(D(0), 30), Month(D(-20), 30)]) is None


def test_more_owed_than_was_ever_invoiced_cannot_be_counted_back() -> None:
    months = [Month(D(10), 13), Month(D(20), 31)]
    assert receivables.count_back(D(30), months) == 44
    assert receivables.count_back(D("30.01"), months) is None


def test_who_is_owed_has_no_days_and_who_owes_nothing_has_none_to_count() -> None:
    assert receivables.dso(D(-1), D(100), 90) is None
    assert receivables.count_back(D(-1), [Month(D(100), 30)]) is None
    assert receivables.dso(D(0), D(100), 90) == 0
    assert receivables.count_back(D(0), [Month(D(100), 30)]) == receivables.count_back(D(0), []) == 0


def test_a_month_of_credit_notes_gives_back_what_it_took() -> None:
    """150 were invoiced in May and 50 of it credited in June: the 100 still owed are all of May's."""
    assert receivables.count_back(D(100), [Month(D(-50), 30), Month(D(150), 31)]) == 61


def test_what_is_not_known_stays_unknown() -> None:
    known = {"opening": D(1), "invoiced": D(2), "closing": D(1)}
    for name in known:
        assert receivables.of_receivable(**(known | {name: None})) is None
        assert receivables.effectiveness(**(known | {name: None}), not_due=D(1)) is None
    assert receivables.effectiveness(**known, not_due=None) is None
    assert receivables.dso(None, D(1), 90) is receivables.count_back(None, []) is None
    assert receivables.days_delinquent(D(1), None) is receivables.days_delinquent(None, D(1)) is None
    assert receivables.of_due(settled=None, still_open=D(1)) is receivables.of_due(settled=D(1), still_open=None) is None
    assert receivables.mean_days(None, D(1)) is receivables.mean_days(D(1), D(0)) is None


# --- properties -----------------------------------------------------------------------------------------------------------


@given(AMOUNTS, MONTHS)
def test_what_was_invoiced_in_the_days_counted_back_is_what_is_owed(owed: Decimal, months: list[Month]) -> None:
    """Walk the months day by day, each day an equal part of its month, for as many days as were counted."""
    found = receivables.count_back(owed, months)
    totals = [sum((m.invoiced for m in months[:n]), D(0)) for n in range(len(months) + 1)]
    if found is None:
        assert max(totals) < owed
        return
    left, sum_ = Fraction(found), Fraction(0)
    for month in months:
        took = min(left, Fraction(month.days))
        sum_ += Fraction(month.invoiced) * took / month.days
        left -= took
    assert abs(sum_ - Fraction(owed)) <= Fraction(1, 10**12)
    assert left <= Fraction(1, 10**12)


@given(AMOUNTS, AMOUNTS, INVOICED)
def test_who_owes_more_owes_no_fewer_days(owed: Decimal, more: Decimal, months: list[Month]) -> None:
    fewer, days = receivables.count_back(owed, months), receivables.count_back(owed + more, months)
    assert days is None or (fewer is not None and fewer <= days)


@given(AMOUNTS.filter(bool), st.integers(1, 12), st.integers(1, 31), st.integers(1, 366))
def test_an_even_business_is_owed_as_many_days_either_way(monthly: Decimal, months: int, length: int, days: int) -> None:
    owed = monthly * days / length
    simple = receivables.dso(owed, monthly * months, months * length)
    counted = receivables.count_back(owed, [Month(monthly, length)] * 400)
    assert near(simple, Fraction(owed) / Fraction(monthly) * length)
    assert near(counted, Fraction(owed) / Fraction(monthly) * length)


@given(AMOUNTS, AMOUNTS, AMOUNTS.filter(bool), st.integers(1, 366))
def test_best_possible_and_delinquent_days_are_all_days(not_due: Decimal, overdue: Decimal, invoiced: Decimal, days: int) -> None:
    simple, best = receivables.dso(not_due + overdue, invoiced, days), receivables.dso(not_due, invoiced, days)
    late = receivables.days_delinquent(simple, best)
    assert near(late, Fraction(overdue) * days / Fraction(invoiced))


@given(AMOUNTS, AMOUNTS, AMOUNTS, AMOUNTS)
def test_collection_is_at_its_best_where_only_what_is_not_due_is_left(
    opening: Decimal, invoiced: Decimal, not_due: Decimal, overdue: Decimal
) -> None:
    closing = not_due + overdue
    found = receivables.effectiveness(opening=opening, invoiced=invoiced, closing=closing, not_due=not_due)
    could = opening + invoiced - not_due
    if could <= 0:
        assert found is None
        return
    assert found is not None
    assert found <= 1
    assert (found == 1) == (overdue == 0)
    rate = receivables.of_receivable(opening=opening, invoiced=invoiced, closing=closing)
    assert rate is not None
    assert (rate > 0) == (found > 0)


@given(st.lists(st.tuples(AMOUNTS.filter(bool), st.integers(-60, 400)), min_size=1, max_size=20))
def test_the_mean_of_days_lies_between_the_fewest_and_the_most(payments: list[tuple[Decimal, int]]) -> None:
    mean = receivables.mean_days(sum((a * d for a, d in payments), D(0)), sum((a for a, _ in payments), D(0)))
    assert mean is not None
    assert min(d for _, d in payments) - D("1e-15") <= mean <= max(d for _, d in payments) + D("1e-15")


@given(st.dates(date(2023, 1, 1), date(2026, 12, 31)), st.dictionaries(st.integers(0, 30), SIGNED, max_size=8))
def test_the_months_back_are_those_of_the_calendar_without_a_hole(as_of: date, amounts: dict[int, Decimal]) -> None:
    months = [date(y, m, 1) for y in range(2027, 2019, -1) for m in range(12, 0, -1) if date(y, m, 1) <= as_of]
    invoiced = {months[ago]: amount for ago, amount in amounts.items()}
    found = list(receivables.months_back(invoiced, as_of))
    assert [m.invoiced for m in found] == [invoiced.get(month, D(0)) for month in months[: max(amounts, default=-1) + 1]]
    covered = sum(m.days for m in found)
    assert not found or as_of - timedelta(days=covered - 1) == months[len(found) - 1]
