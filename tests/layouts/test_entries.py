"""Amounts as people write them, and entries in words."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layouts.entries import KINDS, MOST, STATES, read_amount
from layouts.format import Numbers


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("12000", "12000"),
        ("12,000.50", "12000.50"),
        ("1,234,567", "1234567"),
        (" ¥12,000 ", "12000"),
        ("￥１２，０００．５", "12000.5"),
        ("1.2M", "1200000"),
        ("3 k", "3000"),
        ("3万", "30000"),
        ("1.5亿元", "150000000"),
        ("88元", "88"),
        ("-5", "-5"),
        ("−5", "-5"),
        ("12.", "12"),
        ("0.0001", "0.0001"),
    ],
)
def test_an_amount_is_read_as_people_write_it(text: str, amount: str) -> None:
    assert read_amount(text) == Decimal(amount)


@pytest.mark.parametrize(
    "text", ["", "a lot", "1.234,50", "12,00", "1,2345", "1 000", "1e5", "NaN", "Infinity", "12 apples", "--5", "0.00001", "9" * 30, "¥"]
)
def test_what_is_no_amount_is_none(text: str) -> None:
    assert read_amount(text) is None


@given(st.decimals(-(10**12), 10**12, places=2), st.sampled_from(["en", "zh"]), st.sampled_from(["CNY", "USD", ""]))
def test_what_is_written_to_the_cent_is_read_back(amount: Decimal, language: str, currency: str) -> None:
    said = Numbers(language=language, currency=currency).exact(abs(amount))
    assert read_amount(said.removeprefix("US")) == abs(amount)


@given(st.text(max_size=20))
def test_any_text_is_an_amount_in_bounds_or_none(text: str) -> None:
    amount = read_amount(text)
    assert amount is None or abs(amount) < MOST


def test_every_kind_and_state_has_a_word() -> None:
    assert list(KINDS) == ["call", "promise", "dispute", "note", "action"]
    assert set(STATES) == {"kept", "open", "broken", None}
