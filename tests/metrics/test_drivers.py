"""Drivers of small books made by hand: what is named first, and what that explains away."""

from __future__ import annotations

from decimal import Decimal
from random import Random

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from metrics.bridge import Book, Scale, causes
from metrics.candidates import Places
from metrics.drivers import Case, Driver
from metrics.movements import Movements

BELOW = ("area", "rep", "customer")
Row = tuple[str, str, str, int, int]
"""Area, rep, customer, and what it paid before and now."""


def named(*rows: Row) -> list[tuple[str, str, str | None]]:
    return [(driver.cause, driver.dimension, driver.key) for driver in drivers(*rows)]


def drivers(*rows: Row) -> tuple[Driver, ...]:
    area, rep, customer, before, now = zip(*rows, strict=True)
    members = dict(zip(BELOW, (np.array(column, dtype=object) for column in (area, rep, customer)), strict=True))
    members["region"] = np.array(["R"] * len(rows), dtype=object)
    base, actual = np.array(before, dtype=np.int64), np.array(now, dtype=np.int64)
    book = Book(
        measure="collections",
        customers=Movements(members, {"amount": actual}, {"amount": base}),
        products=None,
        bought_both=np.zeros(0, dtype=bool),
        category={},
        scale=Scale(),
    )
    gap = int(actual.sum() - base.sum())
    places = Places({name: members[name] for name in ("region", "area", "rep")}, base, actual)
    return Case(gap, places, book, causes(book, gap), {}).drivers(BELOW)


def quiet(area: str, reps: int = 4, customers: int = 5) -> list[Row]:
    return [(area, f"{area}{r}", f"{area}{r}-{c}", 1000, 1000) for r in range(reps) for c in range(customers)]


def test_a_lost_customer_is_named_and_neither_its_rep_nor_its_area() -> None:
    assert named(*quiet("A"), *quiet("B"), *quiet("C"), ("A", "A0", "key", 4000, 0)) == [("", "customer", "key")]


def test_the_example_of_the_docstring() -> None:
    rows = [("A", "A0", "key", 100, 50), ("A", "A1", "rest", 1400, 1390), *((a, f"{a}0", a, 1750, 1730) for a in ("B", "C"))]
    alone = [row for row in drivers(*rows) if row.dimension == "customer"]
    assert [(row.key, row.share, row.score) for row in alone] == [("key", Decimal("0.5"), 0.54)]
    assert named(*rows) == [("", "customer", "key")]


def test_an_area_that_loses_everywhere_is_named_and_none_in_it() -> None:
    lost = [(area, rep, customer, before, now // 2) for area, rep, customer, before, now in quiet("A")]
    assert named(*lost, *quiet("B"), *quiet("C")) == [("", "area", "A")]


def test_a_large_area_is_named_next_to_a_customer_lost_elsewhere() -> None:
    """It has more of the base than of the gap; of what the customer leaves it has all."""
    lost = [(area, rep, customer, before, now * 9 // 10) for area, rep, customer, before, now in quiet("A", reps=8)]
    assert named(*lost, *quiet("B"), *quiet("C"), ("B", "B0", "key", 4000, 0)) == [("", "customer", "key"), ("", "area", "A")]


def test_a_customer_is_named_next_to_the_area_in_which_it_lost_more_than_others() -> None:
    lost = [(area, rep, customer, before, now // 2) for area, rep, customer, before, now in quiet("A")]
    assert named(*lost, *quiet("B"), *quiet("C"), ("A", "A0", "key", 8000, 0)) == [("", "area", "A"), ("", "customer", "key")]


def test_what_moves_like_the_whole_is_not_named() -> None:
    rows = [*quiet("A"), *quiet("B"), ("A", "A0", "key", 20000, 20000)]
    assert named(*((area, rep, customer, before, now * 9 // 10) for area, rep, customer, before, now in rows)) == []


def test_of_two_that_lost_more_than_the_gap_the_larger_comes_first() -> None:
    rows = [*quiet("A"), *quiet("B"), ("A", "A0", "a", 3000, 500), ("B", "B1", "b", 3000, 0), ("B", "B2", "c", 1000, 4500)]
    assert named(*rows)[:2] == [("", "customer", "b"), ("", "customer", "a")]


@given(st.lists(st.integers(0, 10**9), min_size=60, max_size=60), st.randoms())
def test_the_order_in_which_rows_are_read_changes_nothing(now: list[int], random: Random) -> None:
    """To the last bit of a score: what is asked twice is compared."""
    rows = [
        (area, rep, customer, 10**9 // (n + 3), amount)
        for n, ((area, rep, customer, _, _), amount) in enumerate(zip([*quiet("A"), *quiet("B"), *quiet("C")], now, strict=True))
    ]
    other = random.sample(rows, len(rows))
    assert drivers(*rows) == drivers(*other)
