"""The strip of five measures: what each item says, against what is chosen, and why a figure is missing."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layouts.panels.standing import Item, Standing, View, gap_of
from layouts.parts import Bar, Value
from metrics.query import Missing
from tests.layouts.panels.hand import Board, M, five, standing
from tests.layouts.tree import of_type, text, with_class

PANEL = Standing()
NBSP = "\u00a0"


def view(search: str = "", row: dict[str, Any] | None = None, missing: dict[str, Missing] | None = None) -> View:
    """The view of a row; measures that cannot be asked for there are left out of it, as the engine leaves them."""
    board = Board()
    scope = board.scope(search)
    answers = {}
    for name, query in PANEL.needs(scope).items():
        known = {key: value for key, value in (row or _past(five())).items() if key in query.measures}
        assert set(known) == set(query.measures)
        answers[name] = board.result(query, [known], missing)
    return PANEL.view(scope, answers)


def _past(row: dict[str, Any]) -> dict[str, Any]:
    """The same with a previous period of 400 million and a change of −2.25 %."""
    return (
        row
        | {f"{key}_pp": 400 * M for key in ("amount", "volume", "margin", "profit", "collections")}
        | {f"{key}_pp_change": Decimal("-0.0225") for key in ("amount", "volume", "margin", "profit", "collections")}
    )


def test_an_item_behind_pace_word_for_word() -> None:
    assert view("?region=E").items[0] == Item(
        key="amount",
        name="Sales amount",
        href="?region=E",
        hint="Show Sales amount in the panels below",
        selected=True,
        actual=Value(f"¥391.0{NBSP}M"),
        target="500.0",
        bar=Bar(label="78.2% of target; expected by then 81.5%", actual=0.782, expected=0.8152, judgement="bad"),
        done=Value("78.2%"),
        gap=Value(f"−¥16.6{NBSP}M · −3.1 d"),
        gap_up=False,
        judgement="bad",
        past=Value("vs PY +2.0%"),
    )


def test_volume_is_bare_and_its_gap_says_what_is_counted() -> None:
    item = view().items[1]
    assert (item.actual.text, item.target, item.gap.text) == ("12,028", "14,215", f"+440{NBSP}units · +2.4 d")


@pytest.mark.parametrize(
    ("against", "gap", "judgement", "past"),
    [
        ("", f"−¥16.6{NBSP}M · −3.1 d", "bad", "vs PY +2.0%"),
        ("target", f"−¥109.0{NBSP}M", "bad", "vs PY +2.0%"),
        ("py", f"+¥7.8{NBSP}M", "good", "vs PY +2.0%"),
        ("pp", f"−¥9.0{NBSP}M", "bad", "vs previous period −2.2%"),
    ],
)
def test_the_gap_is_against_what_is_chosen(against: str, gap: str, judgement: str, past: str) -> None:
    item = view(f"?against={against}").items[0]
    assert (item.gap.text, item.judgement, item.past.text) == (gap, judgement, past)


@given(st.decimals(-(10**9), 10**9, places=2), st.decimals(1, 10**9, places=2), st.sampled_from(["", "target", "py", "pp"]))
def test_the_gap_is_the_actual_less_its_base(actual: Decimal, base: Decimal, against: str) -> None:
    scope = Board().scope(f"?against={against}")
    row = {"amount": actual, "amount_gap": actual - base, "amount_target": base, "amount_py": base, "amount_pp": base}
    assert gap_of(scope, "amount", row) == actual - base
    for name in ("amount", "amount_gap", "amount_target", "amount_py", "amount_pp"):
        if name in ("amount", f"amount_{against or 'gap'}"):
            assert gap_of(scope, "amount", row | {name: None}) is None


def test_a_target_in_another_unit_keeps_it() -> None:
    row = five(profit=standing("profit", Decimal("0.9") * M, 5 * M, 4 * M, "behind"))
    item = view("", _past(row)).items[3]
    assert (item.actual.text, item.target) == (f"¥900.0{NBSP}k", f"¥5.0{NBSP}M")


def test_a_customer_has_no_targets_and_is_held_against_last_year() -> None:
    item = view("?customer=c1").items[0]
    assert (item.bar, item.target, item.gap.text, item.judgement) == (None, "", f"+¥7.8{NBSP}M", "good")
    assert item.done == Value("—", "No targets by customer, segment or product")


def test_a_category_has_no_collections_and_says_why() -> None:
    shown = view("?category=P")
    assert shown.items[4].actual == Value("—", "Payments know no products")
    assert shown.items[4].href == ""
    tree = PANEL.render(shown)
    assert text(with_class(tree, "untold")) == "Payments know no products"
    assert len(of_type(tree, "A")) == 4


def test_without_a_target_the_reason_stands_where_the_bar_would() -> None:
    row = five(amount=standing("amount", 391 * M, None, None, "no_target"))
    item = view("", _past(row)).items[0]
    assert (item.bar, item.done, item.gap) == (None, Value("—", "No target is set"), Value("—", "No target is set"))
    assert "No target is set" in text(with_class(PANEL.render(view("", _past(row))), "ms-b")[0])


def test_before_the_data_each_says_when_it_begins() -> None:
    row = dict.fromkeys(_past(five()))
    missing = {key: Missing("before_data", "2025-01-01") for key in row}
    assert view("", row, missing).items[0].actual == Value("—", "The data begins on 1 Jan 2025")


def test_the_table_has_every_measure() -> None:
    board = Board()
    scope = board.scope("?category=P")
    query = PANEL.needs(scope)["five"]
    table = PANEL.table(scope, {"five": board.result(query, [{k: v for k, v in five().items() if k in query.measures}])})
    assert [row[0] for row in table.rows] == ["Sales amount", "Sales volume", "Gross margin", "Sales profit", "Collections"]
    assert table.raw[0][1:4] == (391 * M, 500 * M, Decimal("0.782"))
    assert table.raw[4][1] is None
    assert table.rows[4][1] == "—"
