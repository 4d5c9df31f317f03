"""The sentence follows from the figures by rule, in both languages."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from layouts.panels.headline import Headline, View
from metrics.query import Missing
from tests.layouts.panels.hand import Board, M, five, standing
from tests.layouts.tree import of_type, text

PANEL = Headline()


def said(search: str, row: dict[str, Any], missing: dict[str, Missing] | None = None, lags: dict[str, str] | None = None) -> View:
    board = Board()
    scope = board.scope(search)
    needs = PANEL.needs(scope)
    children = [{scope.child: member, f"{scope.measure}_lag": lag} for member, lag in (lags or {}).items()]
    return PANEL.view(scope, {"five": board.result(needs["five"], [row], missing), "children": board.result(needs["children"], children)})


RUNNING = "?as-of=2026-09-11"
CLOSED = "?period=2026Q2"


@pytest.mark.parametrize(
    ("search", "row", "sentence"),
    [
        ("", five(), "Sales amount is ¥16.6\u00a0M (3.1 days) behind pace: volume is ahead; margin, profit and collections are behind"),
        (
            "?measure=collections",
            five(),
            "Collections are ¥25.7\u00a0M (3.1 days) behind pace: volume is ahead; sales amount, margin and profit are behind",
        ),
        (
            "?measure=volume",
            five(),
            "Sales volume is 440\u00a0units (2.4 days) ahead of pace: sales amount, margin, profit and collections are behind",
        ),
        (
            "",
            five(
                amount=standing("amount", 400 * M, 500 * M, 401 * M, "on_pace"),
                profit=standing("profit", 70 * M, 60 * M, 49 * M, "achieved"),
                collections=standing("collections", 1 * M, None, None, "no_target"),
            ),
            "Sales amount is on pace (−¥1.0\u00a0M): profit has reached the target; volume is ahead; margin is behind",
        ),
        (
            RUNNING,
            five(amount=standing("amount", 501 * M, 500 * M, 401 * M, "achieved")),
            "Sales amount has reached the target of ¥500.0\u00a0M with 13 working days left: "
            "volume is ahead; margin, profit and collections are behind",
        ),
        (
            "",
            five(
                amount=standing("amount", 5 * M, None, None, "no_target"),
                **{key: standing(key, 1, None, None, "no_target") for key in ("volume", "margin", "profit", "collections")},
            ),
            "Sales amount is ¥5.0\u00a0M; no target is set for Q3 2026",
        ),
        (
            CLOSED,
            five(amount=standing("amount", 480 * M, 500 * M, 500 * M, "on_pace"), volume=standing("volume", 15, 10, 10, "achieved")),
            "Sales amount missed the target of ¥500.0\u00a0M by ¥20.0\u00a0M, 96.0% done: "
            "volume reached the target; margin, profit and collections missed it too",
        ),
        (
            CLOSED,
            five(amount=standing("amount", 510 * M, 500 * M, 500 * M, "achieved"), volume=standing("volume", 15, 10, 10, "achieved")),
            "Sales amount reached the target of ¥500.0\u00a0M, 102.0% done: "
            "volume reached it too; margin, profit and collections missed the target",
        ),
    ],
)
def test_the_sentence_says_size_days_and_where_the_others_stand(search: str, row: dict[str, Any], sentence: str) -> None:
    assert said(search, row).sentence == sentence


def test_a_missing_figure_is_explained_and_the_others_are_still_told() -> None:
    row = five(margin=standing("margin", None, 10, 8, None))
    found = said("?measure=margin", row, {"margin": Missing("no_cost", "12")}).sentence
    assert "Gross margin has no value for Q3 2026. 12 order lines have no cost." in found
    assert "volume is ahead" in found


def test_who_lags_one_level_below_is_named_worst_first() -> None:
    behind = five(volume=standing("volume", 10, 10, 10, "on_pace"))
    start = "Sales amount is ¥16.6\u00a0M (3.1 days) behind pace: margin, profit and collections are behind"
    assert said("", behind).sentence == start
    assert said("", behind, lags={"E": "critical", "W": "none"}).sentence == f"{start}; East lags"
    assert said("", behind, lags={"W": "warning", "E": "critical"}).sentence == f"{start}; W and East lag"
    many = said("", behind, lags={"E": "critical", "W": "warning", "E1": "warning", "W1": "warning"}).sentence
    assert many == f"{start}; 4 regions lag"
    assert "落后" in said("?language=zh", behind, lags={"E": "critical"}).sentence.rpartition("；")[2]


def test_people_are_not_named_in_the_headline_nor_anyone_of_a_closed_period() -> None:
    assert "lag" not in said("?region=E&area=E1", five(), lags={"R1": "critical"}).sentence
    assert "lag" not in said(CLOSED, five(), lags={"E": "critical"}).sentence


def test_nothing_due_yet_is_neither_ahead_nor_behind() -> None:
    row = five(amount=standing("amount", 0, 500 * M, 0, None))
    assert said("", row).sentence.startswith("Sales amount is ¥0; nothing of the target is due yet")


def test_in_chinese_the_sentence_is_chinese() -> None:
    view = said("?language=zh", five())
    assert "1,660\u00a0万" in view.sentence
    assert "3.1" in view.sentence
    assert not any("a" <= letter.lower() <= "z" for letter in view.sentence)


def test_the_basis_names_company_place_days_currency_and_comparison() -> None:
    assert said("?region=E", five()).basis == (
        "Acme Pumps · East · Q3 2026 to date, 1 Jul–13 Sep (working day 53 of 66) · CNY excl. tax · "
        "against target and the same working days of last year"
    )
    assert said(CLOSED, five()).basis == (
        "Acme Pumps · Q2 2026, 1 Apr–30 Jun (65 working days) · CNY excl. tax · against target and last year"
    )


def test_the_sentence_is_the_heading_of_the_page() -> None:
    tree = PANEL.render(View("Sales are behind", "Acme"))
    assert text(of_type(tree, "H1")) == "Sales are behind"
    assert PANEL.table(Board().scope(), {}) is None


def test_a_gap_of_the_size_shown_is_the_gap_of_the_row() -> None:
    row = five(amount=standing("amount", 391 * M, 500 * M, 391 * M + Decimal("1234567"), "behind"))
    assert "¥1.2\u00a0M" in said("", row).sentence


def test_a_period_that_has_not_begun_is_named_whole() -> None:
    row = five(amount=standing("amount", None, 500 * M, 0, None))
    view = said("?period=2026Q4", row, {"amount": Missing("not_begun")})
    assert view.sentence.startswith("Sales amount has no value for Q4 2026. The period has not begun.")
    assert "Q4 2026, 1 Oct–31 Dec (66 working days)" in view.basis
