"""A rate's change in two parts that add up, and the paradox by name."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.rates import Part, split

WHOLE = st.integers(0, 10**6)
TOPS = st.integers(-(10**6), 10**6)


@given(st.lists(st.builds(Part, *(s.map(Decimal) for s in (TOPS, WHOLE, TOPS, WHOLE))), min_size=1, max_size=6))
def test_own_and_mix_add_up_to_the_change(parts: list[Part]) -> None:
    parts = [p if p.bottom_before else Part(Decimal(0), Decimal(0), p.top, p.bottom) for p in parts]
    found = split("margin_rate", "area", parts)
    if found is None:
        assert not all(sum(getattr(p, name) for p in parts) for name in ("bottom", "bottom_before"))
        return
    bottom, bottom_before = (sum(Fraction(getattr(p, name)) for p in parts) for name in ("bottom", "bottom_before"))
    before = sum(Fraction(p.top_before) for p in parts) / bottom_before
    mix = sum(
        (Fraction(p.bottom) / bottom - Fraction(p.bottom_before) / bottom_before)
        * (Fraction(p.top_before) / Fraction(p.bottom_before) if p.bottom_before else before)
        for p in parts
    )
    assert float(found.mix) == pytest.approx(float(mix), abs=1e-9, rel=1e-9)
    assert found.before + found.own + found.mix == pytest.approx(found.now, abs=Decimal("1e-15"), rel=Decimal("1e-15"))


def part(*values: int) -> Part:
    return Part(*map(Decimal, values))


def test_simpsons_paradox_is_named() -> None:
    """Each rate rises (30 to 31 %, 10 to 12 %), the whole falls, since sales move to the low one."""
    found = split("margin_rate", "area", [part(300, 1000, 62, 200), part(10, 100, 120, 1000)])
    assert found is not None
    assert found.is_paradox
    assert found.now < found.before
    assert found.own > 0 > found.mix


def test_where_one_member_goes_with_the_whole_there_is_no_paradox() -> None:
    found = split("margin_rate", "area", [part(300, 1000, 58, 200), part(10, 100, 120, 1000)])
    assert found is not None
    assert not found.is_paradox


def test_a_single_member_and_a_new_one_are_no_paradox() -> None:
    for parts in ([part(30, 100, 20, 100)], [part(30, 100, 31, 100), part(0, 0, 1, 100)]):
        found = split("margin_rate", "area", parts)
        assert found is not None
        assert not found.is_paradox


def test_nothing_to_divide_by_has_no_rate() -> None:
    assert split("margin_rate", "area", [part(1, 0, 1, 100)]) is None
    assert split("margin_rate", "area", []) is None
