"""The five measures from five metres: the one looked at large, in the words of its language, whatever is missing."""

from __future__ import annotations

from decimal import Decimal

from layouts.urls import Scope
from layouts.wall.company import Company, View
from layouts.wall.markup import markup
from metrics.query import Missing, Query
from tests.layouts.panels.hand import LANDED, Board, M, five, standing
from tests.layouts.tree import text, with_class

SCENE = Company()
AMOUNT = standing("amount", 391 * M, 500 * M, Decimal("407.6") * M, "behind", **LANDED)


def shown(search: str = "", missing: dict[str, Missing] | None = None, **replaced: object) -> tuple[Scope, View]:
    board = Board()
    scope = board.scope(search)
    query = SCENE.needs(scope)["five"]
    assert isinstance(query, Query)
    rows = {"amount": AMOUNT, **replaced}
    return scope, SCENE.view(scope, {"five": board.result(query, [five(**rows)], missing)})  # type: ignore[arg-type]


def test_the_measure_looked_at_is_the_hero() -> None:
    _, view = shown()
    assert (view.hero.name, view.hero.done, view.gap) == ("Sales amount", ("", "78.2", "%"), "¥16.6\u00a0M · 3.1 days behind")
    assert (view.hero.sign, view.hero.judgement) == ("down", "bad")
    assert (view.actual, view.of) == ("¥391.0\u00a0M", "of ¥500.0\u00a0M · lands at 96.9%")
    assert view.expected is not None
    assert view.expected == ("81.5% expected", round(0.8152 / 1.1, 4))
    assert [other.name for other in view.others] == ["Sales volume", "Gross margin", "Sales profit", "Collections"]
    assert [(other.done[1], other.days, other.judgement) for other in view.others[:2]] == [
        ("84.6", "+2.4 days", "good"),
        ("74.0", "−3.1 days", "bad"),
    ]


def test_another_measure_can_be_the_hero() -> None:
    scope, view = shown("?measure=profit&language=zh")
    assert (view.hero.name, view.actual) == ("销售利润", "4,190\u00a0万")
    assert "销售额" in [other.name for other in view.others]
    assert "measure=profit" in SCENE.page(scope)


def test_without_a_target_the_value_itself_is_large_and_nothing_is_judged() -> None:
    _, view = shown(amount=standing("amount", 391 * M, None, None, "no_target"))
    assert (view.hero.done, view.gap, view.hero.judgement, view.hero.sign) == (("¥", "391.0", "M"), "", "dim", "")
    assert (view.expected, view.of) == (None, "no target set for Q3 2026")


def test_what_has_no_value_says_why() -> None:
    _, view = shown(missing={"collections": Missing("no_data")}, collections=standing("collections", None, None, None, None))
    other = view.others[-1]
    assert (other.done[1], other.why, other.bar) == ("—", "There are no payments in the data", None)
    assert "There are no payments in the data" in text(SCENE.render(view))


def test_a_hero_without_a_value_says_why() -> None:
    _, view = shown(missing={"amount": Missing("no_data")}, amount=standing("amount", None, None, None, None))
    tree = SCENE.render(view)
    assert (view.actual, view.of) == ("", "")
    assert text(with_class(tree, "gap")) == "There are no order lines in the data"


def test_a_period_that_is_over_expects_nothing_more() -> None:
    _, view = shown("?period=2026Q2")
    assert view.expected is None
    assert view.of == "of ¥500.0\u00a0M"


def test_a_target_reached_is_checked_off() -> None:
    _, view = shown(amount=standing("amount", 507 * M, 500 * M, Decimal("407.6") * M, "achieved", days=Decimal("12.5")))
    assert (view.hero.sign, view.hero.judgement, view.gap) == ("check", "good", "¥99.4\u00a0M · 12.5 days ahead")
    assert 'class="sg check"' in markup(SCENE.render(view))


def test_the_heading_is_the_place_and_its_page_has_the_same_scope_in_the_reader_s_theme() -> None:
    scope = Board().scope("?region=E&theme=dark&period=month")
    assert SCENE.heading(scope) == "East"
    assert SCENE.page(scope) == ".?period=month&region=E"
