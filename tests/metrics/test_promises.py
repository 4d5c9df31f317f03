"""Promises to pay are kept, open or broken by what was paid, and no money counts twice."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.entries import Entries, NewEntry
from data.ledger import Ledger
from metrics.promises import STATES, Judged, Payment, Promise, State, foremost, judge

DAY = date(2026, 9, 13)


def at(offset: int) -> date:
    return DAY + timedelta(days=offset)


def promise(number: int = 1, *, given: int = 0, day: int = 10, amount: str = "100") -> Promise:
    return Promise(number=number, given=at(given), day=at(day), amount=Decimal(amount))


def paid(*parts: tuple[int, str]) -> list[Payment]:
    return [(at(day), Decimal(amount)) for day, amount in parts]


def states(promises: list[Promise], payments: list[Payment], as_of: int) -> dict[int, State]:
    return {each.promise.number: each.state for each in judge(promises, payments, at(as_of))}


# --- traps, by name -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("payments", "as_of", "state"),
    [
        pytest.param([], 10, "open", id="unpaid on the promised day: the day is not over"),
        pytest.param([], 11, "broken", id="unpaid the day after"),
        pytest.param([(10, "100")], 10, "kept", id="paid on the promised day"),
        pytest.param([(11, "100")], 11, "broken", id="paid a day late"),
        pytest.param([(0, "100")], 11, "broken", id="paid on the last day that was known when it was given"),
        pytest.param([(1, "100")], 1, "kept", id="paid the day after that"),
        pytest.param([(5, "100")], 4, "open", id="a payment after the as-of day"),
        pytest.param([(5, "99.9999")], 11, "broken", id="a hundredth of a cent short"),
        pytest.param([(3, "40"), (7, "60")], 7, "kept", id="in two parts"),
        pytest.param([(3, "40"), (11, "60")], 11, "broken", id="the second part too late"),
        pytest.param([(5, "100"), (5, "-100")], 11, "broken", id="paid and paid back on one day"),
        pytest.param([(5, "-100"), (6, "100")], 11, "kept", id="paid back earlier"),
        pytest.param([(5, "100"), (6, "-100")], 11, "kept", id="paid back after it was kept"),
    ],
)
def test_one_promise(payments: list[tuple[int, str]], as_of: int, state: State) -> None:
    assert states([promise()], paid(*payments), as_of) == {1: state}


def test_one_payment_does_not_keep_two_promises() -> None:
    two = [promise(1, day=10), promise(2, day=12)]
    assert states(two, paid((5, "100")), 13) == {1: "kept", 2: "broken"}


def test_what_one_promise_leaves_over_goes_to_the_next() -> None:
    two = [promise(1, day=10), promise(2, day=12)]
    assert states(two, paid((5, "150"), (11, "50")), 12) == {1: "kept", 2: "kept"}
    assert [each.paid for each in judge(two, paid((5, "150")), at(5))] == [Decimal(100), Decimal(50)]


def test_the_one_due_first_is_filled_first_whenever_it_was_given() -> None:
    assert states([promise(1, day=12), promise(2, day=10)], paid((5, "100")), 13) == {1: "broken", 2: "kept"}


def test_of_two_for_one_day_the_first_given_is_filled_first() -> None:
    assert states([promise(2), promise(1)], paid((5, "100")), 11) == {1: "kept", 2: "broken"}


def test_what_was_paid_on_a_broken_promise_does_not_keep_a_later_one() -> None:
    two = [promise(1, day=10), promise(2, day=20, amount="50")]
    assert states(two, paid((5, "99"), (15, "49")), 21) == {1: "broken", 2: "broken"}


def test_what_is_paid_after_a_broken_promise_counts_for_the_next() -> None:
    assert states([promise(1, day=10), promise(2, day=20)], paid((15, "100")), 15) == {1: "broken", 2: "kept"}


def test_a_promise_given_later_does_not_take_what_was_paid_before() -> None:
    both = [promise(1, day=10), promise(2, given=6, day=9)]
    assert states(both, paid((5, "100")), 8) == {1: "kept", 2: "open"}


def test_the_foremost_is_the_next_open_one_else_the_last_broken_else_the_last_kept() -> None:
    three = [promise(1, day=2), promise(2, day=8), promise(3, day=9, amount="1")]

    def shown(payments: list[Payment], as_of: int, since: int = 0) -> tuple[int, State] | None:
        found: Judged | None = foremost(judge(three, payments, at(as_of)), at(since))
        return found and (found.promise.number, found.state)

    assert shown([], 5) == (2, "open")
    assert shown(paid((1, "100"), (4, "100")), 5) == (3, "open")
    assert shown([], 10) == (3, "broken")
    assert shown(paid((9, "1")), 10) == (2, "broken")  # a small one that was kept later hides none that was broken
    assert shown(paid((1, "100"), (9, "1")), 10) == (2, "broken")
    assert shown(paid((1, "201")), 10) == (3, "kept")
    assert shown(paid((9, "1")), 10, since=9) == (3, "kept")
    assert shown(paid((9, "1")), 10, since=10) is None
    assert foremost(()) is None


def test_a_promise_that_was_taken_back_leaves_its_money_to_the_others(tmp_path: Path) -> None:
    entries = Entries(Ledger(tmp_path / "ledger.sqlite"))
    for day in (10, 12):
        new = NewEntry(customer_id="C1", kind="promise", who="a", seen_to=DAY, day=at(day), amount=Decimal(100))
        entries.append(new, seen=entries.revision)

    def now() -> dict[int, State]:
        found = entries.standing(("promise",), upto=entries.revision, seen_to=DAY)
        given = [Promise(number=e.entry_id, given=e.seen_to, day=e.day or DAY, amount=e.amount or Decimal(0)) for e in found]
        return states(given, paid((5, "100")), 13)

    assert now() == {1: "kept", 2: "broken"}
    entries.undo(1, who="a", seen_to=DAY)
    assert now() == {2: "kept"}


# --- properties -----------------------------------------------------------------------------------------------------------

AMOUNTS = st.integers(1, 6).map(Decimal)
PROMISES = st.lists(st.tuples(st.integers(0, 8), st.integers(1, 8), AMOUNTS), max_size=5).map(
    lambda drawn: [
        Promise(number=i, given=at(given), day=at(given + after), amount=amount) for i, (given, after, amount) in enumerate(drawn)
    ]
)
PAYMENTS = st.lists(st.tuples(st.integers(-1, 18).map(at), st.integers(-4, 9).map(Decimal)), max_size=8)
DAYS = st.integers(-1, 20)


@given(PROMISES, PAYMENTS, DAYS)
def test_each_coin_goes_to_one_promise(promises: list[Promise], payments: list[Payment], as_of: int) -> None:
    """The twin hands out one coin after the other, to the promise that is due first among those that may still take it."""
    held = {each.number: 0 for each in promises}
    for day in sorted({day for day, _ in payments if day <= at(as_of)}):
        for _ in range(int(sum(amount for paid_on, amount in payments if paid_on == day))):
            takers = [p for p in promises if p.given < day <= p.day and held[p.number] < p.amount]
            if takers:
                held[min(takers, key=lambda p: (p.day, p.number)).number] += 1
    judged = judge(promises, payments, at(as_of))
    assert {each.promise.number: each.paid for each in judged} == held
    for each in judged:
        expected = "kept" if each.paid == each.promise.amount else "open" if at(as_of) <= each.promise.day else "broken"
        assert each.state == expected


@given(PROMISES, PAYMENTS, DAYS)
def test_promises_kept_are_covered_by_what_was_paid(promises: list[Promise], payments: list[Payment], as_of: int) -> None:
    kept = sum(each.promise.amount for each in judge(promises, payments, at(as_of)) if each.state == "kept")
    assert kept <= sum(amount for day, amount in payments if amount > 0 and day <= at(as_of))


@given(PROMISES, PAYMENTS)
def test_as_days_pass_an_open_promise_becomes_kept_or_broken_and_stays_so(promises: list[Promise], payments: list[Payment]) -> None:
    before: dict[int, State] = {each.number: "open" for each in promises}
    for as_of in range(-1, 21):
        after = states(promises, payments, as_of)
        assert all(after[number] == state or state == "open" for number, state in before.items())
        before = after
    assert "open" not in before.values()


@given(PROMISES, PAYMENTS, DAYS, st.data())
def test_a_payment_more_never_breaks_a_promise(promises: list[Promise], payments: list[Payment], as_of: int, data: st.DataObject) -> None:
    more = (at(data.draw(DAYS)), data.draw(AMOUNTS))
    before, after = states(promises, payments, as_of), states(promises, [*payments, more], as_of)
    assert all(after[number] == "kept" for number, state in before.items() if state == "kept")
    assert set(after.values()) <= set(STATES)
