"""Five cards: each state as drawn, and the same figures as a table."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from layouts.panels.kpis import KEYS, Card, Kpis
from layouts.parts import Bar, Chip, Spark, Value
from layouts.theme import colours
from metrics.query import Missing, Result
from metrics.scope import Period
from tests.layouts.panels.hand import LANDED, Board, M, five, standing
from tests.layouts.tree import of_type, text, walk, with_class

PANEL = Kpis()
MONDAYS = [date(2026, 7, 6) + timedelta(weeks=i) for i in range(10)]


def results(
    search: str = "", row: dict[str, Any] | None = None, missing: dict[str, Missing] | None = None
) -> tuple[Any, dict[str, Result]]:
    board = Board()
    scope = board.scope(search)
    needs = PANEL.needs(scope)
    weeks = [{"week": monday, **dict.fromkeys(KEYS, Decimal(i))} for i, monday in enumerate(MONDAYS) if i != 3]
    before = [{"week": monday - timedelta(weeks=52), **dict.fromkeys(KEYS, Decimal(2 * i))} for i, monday in enumerate(MONDAYS)]
    answers = {
        "five": board.result(needs["five"], [row or five()], missing),
        "weeks": board.result(needs["weeks"], weeks, missing),
        "weeks_before": board.result(needs["weeks_before"], before, missing),
    }
    return scope, answers


def card(key: str, *of: Any, **more: Any) -> Card:
    scope, answers = results(*of, **more)
    return next(card for card in PANEL.view(scope, answers).cards if card.key == key)


def test_a_card_behind_pace_word_for_word() -> None:
    assert card("amount") == Card(
        key="amount",
        name="Sales amount",
        selected=True,
        href="?",
        hint="Show Sales amount in the panels below",
        chip=Chip("behind", "Behind pace"),
        value=("¥", "391.0", "M"),
        why="",
        completion=Value("78.2%"),
        target="of ¥500.0\u00a0M target",
        expected="81.5% expected",
        bar=Bar(label="78.2% of target; expected by then 81.5%", actual=0.782, expected=0.8152, judgement="bad"),
        gap="−¥16.6\u00a0M · 3.1 d behind",
        gap_up=False,
        judgement="bad",
        foot=("Needs ¥8.4\u00a0M a day", "13 working days left"),
        need="",
        change=Value("vs PY +2.0%"),
        spark=Spark(
            label="Weekly Sales amount, W28 to W37, against last year",
            now=(0.0, 1.0, 2.0, 0.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0),
            before=(0.0, 2.0, 4.0, 6.0, 8.0, 10.0, 12.0, 14.0, 16.0, 18.0),
            ink=colours("light")["ac"],
            grey=colours("light")["py"],
        ),
    )


@pytest.mark.parametrize(
    ("row", "chip", "judgement", "mark"),
    [
        (standing("amount", 405 * M, 500 * M, 401 * M, "on_pace"), Chip("pace", "On pace"), "dim", True),
        (standing("amount", 450 * M, 500 * M, 401 * M, "ahead"), Chip("ahead", "Ahead of pace"), "good", True),
        (standing("amount", 501 * M, 500 * M, 401 * M, "achieved"), Chip("achieved", "Achieved"), "good", True),
        (standing("amount", 390 * M, 500 * M, 401 * M, "behind"), Chip("behind", "Behind pace"), "bad", False),
        (standing("amount", 0, 500 * M, 0, None), Chip("none", "Nothing due yet"), "dim", True),
    ],
)
def test_states(row: dict[str, Any], chip: Chip, judgement: str, mark: bool) -> None:
    found = card("amount", row=five(amount=row))
    assert (found.chip, found.judgement, found.gap_up) == (chip, judgement, mark)


def test_what_is_achieved_needs_no_more() -> None:
    row = standing("amount", 501 * M, 500 * M, 401 * M, "achieved", needed=Decimal(0))
    assert card("amount", row=five(amount=row)).foot == ("Target reached", "13 working days left")


def test_without_target_the_value_stands_and_nothing_is_judged() -> None:
    found = card(
        "profit", row=five(profit=standing("profit", 42 * M, None, None, "no_target")), missing={"profit_completion": Missing("no_target")}
    )
    assert found.chip == Chip("none", "No target")
    assert found.completion == Value("—", "No target is set")
    assert found.target == "no target set for Q3 2026"
    assert (found.expected, found.gap, found.judgement) == ("", "", "dim")
    assert found.bar is not None
    assert not found.bar.target
    assert found.bar.expected is None


def test_without_data_the_reason_is_said_and_no_figure_is_zero() -> None:
    row = five(margin=standing("margin", None, 10, 8, None, py=None, py_change=None))
    found = card("margin", row=row, missing={"margin": Missing("no_cost", "3"), "margin_py_change": Missing("before_data", "2026-01-05")})
    assert found.chip == Chip("none", "No data")
    assert found.value == ("", "—", "")
    assert found.target == found.why == "3 order lines have no cost"
    assert (found.bar, found.spark, found.foot, found.change) == (None, None, ("", ""), Value(""))
    scope, answers = results(row=row, missing={"margin": Missing("no_cost", "3")})
    shown = of_type(PANEL.render(PANEL.view(scope, answers)), "Article")[2]
    assert text(with_class(shown, "untold")[0]) == "3 order lines have no cost"
    assert not with_class(shown, "foot")


@pytest.mark.parametrize(
    ("key", "english", "chinese"),
    [
        ("amount", "There are no order lines in the data", "数据中没有订单"),
        ("profit", "There are no order lines in the data", "数据中没有订单"),
        ("collections", "There are no payments in the data", "数据中没有回款"),
    ],
)
def test_a_measure_without_facts_names_what_is_missing(key: str, english: str, chinese: str) -> None:
    row = five(**{key: standing(key, None, None, None, "no_target", py=None, py_change=None)})
    for search, said in (("", english), ("?language=zh", chinese)):
        scope, answers = results(search, row, {key: Missing("no_data")})
        assert next(card.why for card in PANEL.view(scope, answers).cards if card.key == key) == said


def test_no_comparison_says_why() -> None:
    row = five(margin=standing("margin", 8, 10, 8, None, py=None, py_change=None))
    found = card("margin", row=row, missing={"margin_py_change": Missing("before_data", "2026-01-05")})
    assert found.change == Value("vs PY —", "The data begins on 5 Jan 2026")


def test_a_closed_period_compares_with_last_year_and_asks_for_nothing() -> None:
    row = standing("amount", 480 * M, 500 * M, 500 * M, "behind", needed=None)
    found = card("amount", "?period=2026Q2", row=five(amount=row))
    assert found.chip == Chip("behind", "Target missed")
    assert found.foot == ("Last year ¥470.4\u00a0M", "")
    assert found.expected == ""


def test_the_weeks_are_the_last_ten_and_the_same_weekdays_a_year_before() -> None:
    needs = PANEL.needs(Board().scope("?as-of=2026-09-10"))
    assert needs["weeks"].period == Period("range", date(2026, 7, 6), date(2026, 9, 10))
    before = needs["weeks_before"].period
    assert (before.first, before.last) == (date(2025, 7, 7), date(2025, 9, 11))
    assert before.last.weekday() == date(2026, 9, 10).weekday()
    closed = PANEL.needs(Board().scope("?period=2026Q2"))["weeks"]
    assert closed.as_of == closed.period.last == date(2026, 6, 30)


def test_each_card_links_to_its_measure_and_only_the_chosen_one_is_current() -> None:
    scope, answers = results("?measure=margin&region=E")
    tree = PANEL.render(PANEL.view(scope, answers))
    links = with_class(tree, "stretch")
    assert [link.href for link in links] == [
        "?region=E", "?region=E&measure=volume", "?region=E&measure=margin", "?region=E&measure=profit", "?region=E&measure=collections",
    ]  # fmt: skip
    assert [getattr(link, "aria-current", None) for link in links] == [None, None, "true", None, None]
    assert len(with_class(tree, "sel")) == 1
    assert [article.to_plotly_json()["props"]["aria-label"] for article in of_type(tree, "Article")] == [
        "Sales amount", "Sales volume", "Gross margin", "Sales profit", "Collections",
    ]  # fmt: skip


def test_in_chinese_money_is_in_wan_and_yi() -> None:
    found = card("amount", "?language=zh")
    assert found.name == "销售额"
    assert found.value == ("", "3.910", "亿")
    assert "1,660\u00a0万" in found.gap
    scope, answers = results("?language=zh")
    words = text(PANEL.render(PANEL.view(scope, answers)))
    assert "回款" in words


AMOUNT = (391 * M, 500 * M, Decimal("407.6") * M, "behind")


def test_a_card_says_where_the_period_lands_and_what_that_takes() -> None:
    found = card("amount", row=five(amount=standing("amount", *AMOUNT, **LANDED)))
    assert found.foot == ("Lands 96.9% · ¥484.9\u00a0M", "470.8–498.0 · 12% chance")
    assert found.need == "Needs ¥8.4\u00a0M a day, best ten ¥7.9\u00a0M"
    assert found.bar is not None
    assert (found.bar.forecast, found.bar.over) == (0.9698, False)
    assert found.bar.label == "78.2% of target; expected by then 81.5%; lands at 96.9%"
    chinese = card("amount", "?language=zh", row=five(amount=standing("amount", *AMOUNT, **LANDED)))
    assert chinese.foot == ("预计 96.9% · 4.849\u00a0亿", "4.708–4.980 · 概率 12%")
    assert chinese.need == "日均需 838\u00a0万，最佳十日 790\u00a0万"


@pytest.mark.parametrize(
    ("more", "need"),
    [
        ({"best_days": None}, "Needs ¥8.4\u00a0M a day, 13 working days left"),
        ({"needed": Decimal(0)}, "Target reached, 13 working days left"),
        ({"needed": None}, ""),
    ],
)
def test_what_the_days_left_must_bring(more: dict[str, Any], need: str) -> None:
    assert card("amount", row=five(amount=standing("amount", *AMOUNT, **LANDED | more))).need == need


def test_a_forecast_beyond_the_scale_ends_in_an_arrow_and_a_sure_one_is_not_certain() -> None:
    sure = LANDED | {"landing_rate": Decimal("1.3"), "landing_chance": Decimal("0.9999")}
    found = card("amount", row=five(amount=standing("amount", *AMOUNT, **sure)))
    assert found.foot[1].endswith(" · >99% chance")
    assert found.bar is not None
    assert (found.bar.forecast, found.bar.over) == (1.1, True)


def test_without_target_it_lands_without_chance() -> None:
    untargeted = LANDED | {"landing_rate": None, "landing_chance": None}
    found = card("amount", row=five(amount=standing("amount", 391 * M, None, None, "no_target", **untargeted)))
    assert found.foot == ("Lands at ¥484.9\u00a0M", "Range 470.8–498.0")
    assert found.need == ""


def test_every_line_that_may_be_cut_is_told_to_the_pointer_in_full() -> None:
    for search in ("", "?language=zh"):
        scope, answers = results(search, five(amount=standing("amount", *AMOUNT, **LANDED)))
        view = PANEL.view(scope, answers)
        shown, said = of_type(PANEL.render(view), "Article")[0], view.cards[0]
        titles = [part.title for part in walk(with_class(shown, "w")) if getattr(part, "title", None)]
        assert titles == [said.target, said.gap, "\n".join(said.foot), said.need]


def test_too_little_history_is_said_on_the_card() -> None:
    found = card("amount", missing={"amount_landing": Missing("not_enough_history")})
    assert found.foot == ("Needs ¥8.4\u00a0M a day", "13 working days left")
    assert found.need == "No forecast: too little history"


def test_a_closed_period_has_landed() -> None:
    row = five(amount=standing("amount", *AMOUNT, **LANDED))
    found = card("amount", "?period=2026Q2", row=row)
    assert "Lands" not in found.foot[0]
    assert found.bar is not None
    assert found.bar.forecast is None


def test_the_table_prints_a_chance_as_the_card_does() -> None:
    unlikely = LANDED | {"landing_chance": Decimal("0.0004")}
    scope, answers = results(row=five(amount=standing("amount", *AMOUNT, **unlikely)))
    table = PANEL.table(scope, answers)
    at = table.columns.index("Chance of target")
    assert (table.rows[0][at], table.raw[0][at]) == ("<1%", Decimal("0.0004"))
    assert "<1% chance" in card("amount", row=five(amount=standing("amount", *AMOUNT, **unlikely))).foot[1]
    names = ("Best ten days, mean", "Landing", "Landing, low end", "Landing, high end", "Landing rate")
    kinds = ("best_days", "landing", "landing_low", "landing_high", "landing_rate")
    assert [table.raw[0][table.columns.index(name)] for name in names] == [LANDED[kind] for kind in kinds]


def test_the_table_carries_the_exact_values() -> None:
    scope, answers = results()
    table = PANEL.table(scope, answers)
    assert len(table.rows) == len(table.raw) == 5
    assert table.raw[0][:4] == ("Sales amount", 391 * M, 500 * M, Decimal("0.782"))
    assert table.rows[0][:5] == ("Sales amount", "¥391.0\u00a0M", "¥500.0\u00a0M", "78.2%", "−¥16.6\u00a0M")
    assert {len(row) for row in (*table.rows, *table.raw, table.columns)} == {15}
