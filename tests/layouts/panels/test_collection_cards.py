"""Five cards of what is owed: word for word, each comparison judged by whether more is better, and the same as a table."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from layouts.panels.collection_cards import Card, CollectionCards
from layouts.panels.owed import Change
from layouts.parts import Bar
from layouts.urls import Scope
from metrics.query import Missing, Query, Result
from tests.layouts.panels.hand import LANDED, Board, M, standing
from tests.layouts.tree import of_type, text, with_class

PANEL = CollectionCards()
D = Decimal
PLANS = {"plan_dso": "65", "plan_overdue_rate": "0.30", "plan_over_90_rate": "0.06", "plan_collection_rate": "0.94"}
NOW = {
    "open": D("428.2") * M, "not_due": D("253.3") * M, "overdue": D("174.9") * M, "overdue_rate": D("0.408"),
    "over_90": D("41.1") * M, "over_90_rate": D("0.096"),
    "collected_of_invoiced": D("0.915"), "collected_of_due": D("0.70"), "collected_of_receivable": D("0.51"),
    "dso": D("82.1"), "dso_count_back": D("84"), "dso_best": D("48.6"), "days_delinquent": D("33.5"), "cei": D("0.5"),
    "days_to_pay": D("73"), "days_late": D("-2"),
}  # fmt: skip
COLLECTED = standing(
    "collections",
    D("357.6") * M,
    D("470.2") * M,
    D("383.3") * M,
    "behind",
    days=D("-5"),
    landing=LANDED["landing"],
    landing_low=LANDED["landing_low"],
    landing_high=LANDED["landing_high"],
    landing_rate=D("0.93"),
)


def changed(by: str) -> dict[str, Any]:
    """The figures so many percent, points or days lower."""
    return {key: value - (value * D(by) / 100 if value > 1 else D(by) / 100) for key, value in NOW.items()}


def answered(search: str = "", *, plans: dict[str, str] | None = None, **moments: dict[str, Any]) -> tuple[Scope, dict[str, Result]]:
    board = Board()
    scope = board.scope(search, **(PLANS if plans is None else plans))
    rows = {
        "pace": COLLECTED,
        "pace_week": {"collections_gap": D("-22.1") * M},
        "now": NOW,
        "week": changed("1"),
        "year": changed("2"),
        "year_paid": {key: value for key, value in changed("2").items() if "collect" in key or "days_" in key} | {"collections": 340 * M},
        **moments,
    }
    return scope, {name: answer(board, query, rows[name]) for name, query in PANEL.needs(scope).items()}


def answer(board: Board, query: Query, row: dict[str, Any]) -> Result:
    asked = {key: row.get(key) for key in query.measures}
    return board.result(query, [asked], {key: Missing("before_data", "2026-01-05") for key, value in asked.items() if value is None})


def cards(*args: Any, **more: Any) -> dict[str, Card]:
    return {card.of[0]: card for card in PANEL.view(*answered(*args, **more)).cards}


def test_five_cards_in_the_order_of_the_drawing() -> None:
    assert [(card.name, *card.value) for card in cards().values()] == [
        ("Collections", "¥", "357.6", "M"),
        ("Collection rate", "", "91.5%", ""),
        ("DSO", "", "82.1", "days"),
        ("Overdue", "¥", "174.9", "M"),
        ("Over 90 days", "¥", "41.1", "M"),
    ]


def test_collections_are_told_like_a_measure_with_a_target() -> None:
    found = cards()["collections"]
    assert found.gap == Change("−¥25.7\u00a0M · 5.0 d behind", "down", "bad")
    assert found.basis == "76.0% of ¥470.2\u00a0M target"
    assert found.more == "Lands 93.0% · ¥484.9\u00a0M"
    assert found.changes == (Change("+2.0% vs PY", "up", "good"), Change("−¥3.6\u00a0M since 6 Sep", "down", "bad"))
    assert found.bar is not None
    assert (found.bar.target, found.bar.actual, found.bar.forecast) == (True, 0.7605, 0.93)


def test_the_collection_rate_is_called_by_all_its_three_names() -> None:
    found = cards()["collected_of_invoiced"]
    assert (found.basis, found.more) == ("of what was invoiced; plan 94.0%", "of due 70.0% · of receivable 51.0%")
    assert found.gap == Change("−2.5\u00a0pp to plan", "down", "bad")
    assert found.changes == (Change("+2.0\u00a0pp vs PY", "up", "good"), Change("+1.0\u00a0pp since 6 Sep", "up", "good"))
    assert found.of == ("collected_of_invoiced", "collected_of_due", "collected_of_receivable")


def test_more_days_are_worse_and_the_triangle_points_up() -> None:
    found = cards()["dso"]
    assert found.gap == Change("+17.1 days over plan", "up", "bad")
    assert (found.basis, found.more) == ("plan 65.0; by 90 days of invoices", "count-back 84.0 · best possible 48.6")
    assert found.changes == (Change("+1.6 d vs PY", "up", "bad"), Change("+0.8 d since 6 Sep", "up", "bad"))
    assert found.bar == Bar(label="82.1; plan 65.0", actual=0.9091, expected=0.7197, judgement="bad", target=False)


def test_an_amount_is_held_against_its_planned_share_of_what_is_open() -> None:
    found = cards()
    assert found["overdue"].gap == Change("+¥46.4\u00a0M over limit", "up", "bad")
    assert (found["overdue"].basis, found["overdue"].more) == ("40.8% of ¥428.2\u00a0M; limit 30.0%", "¥253.3\u00a0M not yet due")
    assert found["over_90"].gap == Change("+¥15.4\u00a0M over limit", "up", "bad")
    assert found["over_90"].more == "23.4% of what is overdue"


@pytest.mark.parametrize(
    ("key", "value", "gap"),
    [
        ("dso", "60", Change("−5.0 days below plan", "down", "good")),
        ("dso", "65.04", Change("On plan", "equal", "dim")),
        ("dso", "65", Change("On plan", "equal", "dim")),
        ("collected_of_invoiced", "0.96", Change("+2.0\u00a0pp to plan", "up", "good")),
        ("overdue", "100e6", Change("−¥28.5\u00a0M below limit", "down", "good")),
    ],
)
def test_what_is_on_its_plan_as_it_is_shown_is_not_judged(key: str, value: str, gap: Change) -> None:
    assert cards(now=NOW | {key: D(value)})[key].gap == gap


def test_without_a_plan_there_is_none_and_no_tick() -> None:
    found = cards(plans={})
    for key in ("collected_of_invoiced", "dso", "overdue", "over_90"):
        assert found[key].gap == Change("No plan is set")
        assert found[key].bar is not None
        assert found[key].bar.expected is None
    assert found["dso"].basis == "by 90 days of invoices"
    assert found["overdue"].basis == "40.8% of ¥428.2\u00a0M"
    assert found["collected_of_invoiced"].basis == "of what was invoiced"


def test_nothing_open_has_no_limit_in_money() -> None:
    nothing = dict.fromkeys(("open", "not_due", "overdue", "over_90"), D(0)) | {"overdue_rate": None, "over_90_rate": None}
    found = cards(now=NOW | nothing)["overdue"]
    assert (found.value, found.basis) == (("¥", "0", ""), "Nothing is open")
    assert found.bar is not None
    assert (found.bar.actual, found.bar.expected) == (0.0, None)


def test_what_credit_notes_outweigh_is_no_share_of_anything() -> None:
    owing = {"open": -M, "not_due": -3 * M, "overdue": 2 * M, "over_90": -M, "overdue_rate": None, "over_90_rate": None}
    found = cards(now=NOW | owing)
    for key in ("overdue", "over_90"):
        assert (found[key].basis, found[key].gap) == ("Credit notes cover the open invoices", None)
        assert found[key].bar is not None
        assert found[key].bar.expected is None
    assert found["over_90"].more == "−50.0% of what is overdue"
    assert cards(now=NOW | owing | {"overdue": -2 * M})["over_90"].more == "— of what is overdue"
    unplanned = cards(now=NOW | owing, plans={})["overdue"]
    assert (unplanned.basis, unplanned.gap) == ("Credit notes cover the open invoices", Change("No plan is set"))


def test_a_figure_that_is_missing_says_why_and_is_not_compared() -> None:
    found = cards(now=NOW | {"dso": None})["dso"]
    assert (found.value, found.why) == (("", "—", ""), "The data begins on 5 Jan 2026")
    assert (found.bar, found.gap, found.changes) == (None, None, ())
    scope, results = answered(now=NOW | {"dso": None})
    shown = of_type(PANEL.render(PANEL.view(scope, results)), "Article")[2]
    assert text(with_class(shown, "untold")) == "The data begins on 5 Jan 2026"


def test_a_past_that_is_not_known_is_a_dash_with_its_reason() -> None:
    found = cards(year=dict.fromkeys(NOW), year_paid={}, week=dict.fromkeys(NOW))
    assert found["dso"].changes == (
        Change("— vs PY", why="The data begins on 5 Jan 2026"),
        Change("— since 6 Sep", why="The data begins on 5 Jan 2026"),
    )


def test_of_a_category_only_balances_are_known() -> None:
    found = cards("?category=P")
    for key in ("collections", "collected_of_invoiced", "dso"):
        assert (found[key].value[1], found[key].why) == ("—", "Payments know no products")
    assert found["overdue"].value == ("¥", "174.9", "M")
    assert found["overdue"].gap == Change("+¥46.4\u00a0M over limit", "up", "bad")


def test_of_a_customer_there_is_no_target() -> None:
    no_target = standing("collections", D("5") * M, None, None, "no_target")
    found = cards("?customer=c1", pace=no_target)["collections"]
    assert (found.gap, found.basis) == (Change("No target is set"), "")
    assert [change.text for change in found.changes] == ["+2.0% vs PY"]


def test_the_moments_that_are_compared() -> None:
    needs = PANEL.needs(Board().scope())
    assert {name: query.as_of for name, query in needs.items()} == {
        "pace": date(2026, 9, 13),
        "pace_week": date(2026, 9, 6),
        "now": date(2026, 9, 13),
        "week": date(2026, 9, 6),
        "year": date(2025, 9, 13),
        "year_paid": date(2025, 9, 11),  # as many weekdays since 1 July, which was a day earlier in its week
    }
    over = PANEL.needs(Board().scope("?period=2026Q2"))
    assert {query.as_of for query in over.values()} == {date(2026, 6, 30), date(2026, 6, 23), date(2025, 6, 30)}


def test_the_table_has_every_figure_exactly() -> None:
    scope, results = answered()
    table = PANEL.table(scope, results)
    assert len(table.rows) == len(table.raw) == 17
    assert {len(row) for row in (*table.rows, *table.raw)} == {len(table.columns)}
    rows = {row[0]: row for row in table.raw}
    assert rows["DSO"] == ("DSO", D("82.1"), D(65), D("17.1"), NOW["dso"] * D("0.98"), NOW["dso"] * D("0.99"))
    assert rows["Collections"][1:5] == (D("357.6") * M, D("470.2") * M, D("-112.6") * M, 340 * M)
    shown = {row[0]: row for row in table.rows}
    assert shown["DSO"][:4] == ("DSO", "82.1", "65.0", "+17.1")
    assert shown["Collection rate, of invoiced"][1:4] == ("91.5%", "94.0%", "−2.5\u00a0pp")
    assert shown["Mean days late"][1] == "−2.0"


def test_it_is_said_in_chinese() -> None:
    found = cards("?language=zh")
    assert [card.name for card in found.values()] == ["销售回款", "回款率", "回款周期", "逾期", "逾期 90 天以上"]
    assert found["overdue"].value == ("", "1.749", "亿")
    assert found["overdue"].gap == Change("超上限 +4,644\u00a0万", "up", "bad")
    assert found["dso"].gap == Change("比计划 +17.1 天", "up", "bad")
    assert found["dso"].changes[1].text == "较 9月6日 +0.8 天"


def test_each_card_can_be_asked_how_it_is_computed() -> None:
    scope, results = answered()
    buttons = of_type(PANEL.render(PANEL.view(scope, results)), "Button")
    asked = [button.to_plotly_json()["props"]["data-explain"] for button in buttons]
    assert asked[:2] == ["collection_cards:collections", "collection_cards:collected_of_invoiced,collected_of_due,collected_of_receivable"]
    assert len(PANEL.method(scope)) == 2
