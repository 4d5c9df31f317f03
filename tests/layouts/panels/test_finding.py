"""The sentence of a place: size, days, what it is held against; and what to look at where there is no target."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from layouts.panels.finding import Finding, View, sentence
from metrics.query import Missing, Query
from metrics.ranking import Count, Counted
from tests.layouts.panels.hand import Board, M, five, standing
from tests.layouts.tree import of_type, text

PANEL = Finding()
NBSP = "\u00a0"
PAST = {f"{key}_pp": 400 * M for key in ("amount", "volume", "margin", "profit", "collections")}


def view(
    search: str = "",
    row: dict[str, Any] | None = None,
    missing: dict[str, Missing] | None = None,
    since: date | None = None,
    counts: dict[str, int] | None = None,
) -> View:
    board = Board()
    scope = board.scope(search)
    known = (row or five()) | PAST | {f"{scope.measure}_lag": "warning", f"{scope.measure}_lag_since": since}
    known |= {f"{key}_change": Decimal(0) for key in PAST}
    answers: dict[str, Any] = {
        name: board.result(query, [{key: value for key, value in known.items() if key in query.measures}], missing)
        for name, query in PANEL.needs(scope).items()
        if isinstance(query, Query)
    }
    counted = {
        name: Counted(asked, (counts or {}).get(name, 0), ()) for name, asked in PANEL.needs(scope).items() if isinstance(asked, Count)
    }
    answers |= counted
    return PANEL.view(scope, answers)


@pytest.mark.parametrize(
    ("search", "said"),
    [
        ("?region=E", f"East is ¥16.6{NBSP}M (3.1 days) behind pace"),
        ("?region=E&measure=volume", f"East is 440{NBSP}units (2.4 days) ahead of pace in volume"),
        ("?against=target", f"Company is ¥109.0{NBSP}M short of its target"),
        ("?rep=r1&against=py", f"Luo Rui is ¥7.8{NBSP}M above last year"),
        ("?area=E1&against=pp", f"Jiangsu is ¥9.0{NBSP}M below the previous period"),
        ("?customer=c1", f"Bohe is ¥7.8{NBSP}M above last year"),
        ("?region=E&language=zh", "华东落后进度 1,660 万（3.1 天）"),
        ("?area=E1&measure=margin&language=zh", "江苏落后进度 1,200 万（3.1 天）（毛利）"),
    ],
)
def test_the_sentence_of_a_place(search: str, said: str) -> None:
    assert view(search).sentence.replace(NBSP, " ") == said.replace(NBSP, " ")


def test_a_period_that_is_over_is_held_against_its_whole_target() -> None:
    row = five(amount=standing("amount", 391 * M, 500 * M, 500 * M, "behind"))
    assert view("?region=E&period=2026Q2", row).sentence == f"East is ¥109.0{NBSP}M short of its target"


def test_what_explains_it_comes_after_it() -> None:
    scope = Board().scope("?region=E")
    said = sentence(scope, five(), {}, reason="lost customers explain 60% of it")
    assert said == f"East is ¥16.6{NBSP}M (3.1 days) behind pace; lost customers explain 60% of it"


def test_below_it_stands_what_the_figures_are_of_and_since_when_it_lags() -> None:
    assert view("?region=E", since=date(2026, 8, 3), counts={"rep": 33, "customer": 1412}).basis == (
        "Q3 2026 to date, 1 Jul–13 Sep (working day 53 of 66) · CNY excl. tax · 33 reps, 1,412 customers · lagging since W32 (3 Aug)"
    )
    assert view("?region=E&period=2026Q2").basis == "Q2 2026, 1 Apr–30 Jun (65 working days) · CNY excl. tax"


@pytest.mark.parametrize(
    ("search", "told"),
    [
        ("", {"rep", "customer"}),
        ("?rep=r1", {"customer"}),
        ("?customer=c1", set()),
        ("?category=P&region=E", {"rep", "customer"}),
        ("?axis=segment&segment=S", {"rep", "customer"}),
    ],
)
def test_who_is_counted_is_below_what_is_looked_at(search: str, told: set[str]) -> None:
    assert {name for name, asked in PANEL.needs(Board().scope(search)).items() if isinstance(asked, Count)} == told


def test_without_a_target_last_year_is_offered() -> None:
    shown = view("?rep=r1", five(amount=standing("amount", 391 * M, None, None, "no_target")))
    assert shown.sentence == f"Luo Rui: sales amount ¥391.0{NBSP}M; no target is set for Q3 2026"
    assert shown.offer == ("Compare with last year", "?rep=r1&against=py")
    assert of_type(PANEL.render(shown), "A")[0].href == "?rep=r1&against=py"


def test_without_a_target_and_a_last_year_nothing_is_offered() -> None:
    bare = standing("amount", 391 * M, None, None, "no_target", py=None, py_change=None)
    assert view("?rep=r1", five(amount=bare)).offer == ("", "")
    assert "nothing to compare with" in view("?rep=r1&against=py", five(amount=bare)).sentence


def test_who_sold_nothing_now_and_then_has_nothing() -> None:
    none = standing("amount", 0, None, None, "no_target", py=Decimal(0), py_change=None)
    assert view("?customer=c1", five(amount=none)).sentence == "Bohe has no sales amount in Q3 2026"
    lost = standing("amount", 0, None, None, "no_target", py=3 * M, py_change=Decimal(-1))
    assert view("?customer=c1", five(amount=lost)).sentence == f"Bohe is ¥3.0{NBSP}M below last year"


def test_without_a_figure_it_says_why() -> None:
    missing = {"amount": Missing("before_data", "2025-01-01")}
    shown = view("?region=E", five(amount=standing("amount", None, None, None, None)), missing)
    assert shown.sentence == "Sales amount of East has no value. The data begins on 1 Jan 2025."
    assert text(of_type(PANEL.render(shown), "H1")) == shown.sentence
