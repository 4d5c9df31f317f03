"""The last line of the page: the marks in use, and the rule of a lag out of the settings."""

from __future__ import annotations

from decimal import Decimal

from data.settings import Settings
from layouts.panels.notation import Notation, View
from tests.layouts.panels.hand import LANDED, Board, five, standing
from tests.layouts.tree import text, with_class

PANEL = Notation()


def view(search: str = "", board: Board | None = None, **replaced: dict[str, object]) -> View:
    board = board or Board()
    scope = board.scope(search)
    return PANEL.view(scope, {"five": board.result(PANEL.needs(scope)["five"], [five(**replaced)])})


def test_the_marks_and_the_rule() -> None:
    assert view() == View(
        (
            ("ac", "Actual"),
            ("pl", "Target"),
            ("py", "Previous year"),
            ("ex", "Expected by today 81.5%"),
            ("bd", "Behind pace"),
            ("gd", "Ahead"),
        ),
        "Lag: pace 5.0\u00a0pp or more below 100%, critical from 15.0\u00a0pp",
    )


def test_the_rule_is_that_of_the_settings() -> None:
    settings = Settings(tolerance_warning=Decimal("7.5"), tolerance_critical=Decimal(20))
    assert "7.5\u00a0pp" in view(board=Board(settings)).rule


def test_nothing_is_expected_of_a_closed_period_or_without_target() -> None:
    assert "ex" not in dict(view("?period=2026Q2").marks)
    assert "ex" not in dict(view(amount=standing("amount", 1, None, None, "no_target")).marks)


def test_a_forecast_has_its_mark_and_says_what_its_range_is() -> None:
    row = standing("amount", 391, 500, 407, "behind", **LANDED)
    assert ("fc", "Forecast") in view(amount=row).marks
    assert view(amount=row).rule.endswith(" · Range: 80% interval of the forecast")
    assert "fc" not in dict(view("?period=2026Q2", amount=row).marks)


def test_without_targets_nothing_lags_and_no_mark_means_one() -> None:
    found = view("?region=E&area=E1&customer=C1")
    assert found == View((("ac", "Actual"), ("py", "Previous year"), ("ex", "Expected by today 81.5%")), "")


def test_each_meaning_stands_beside_its_mark() -> None:
    tree = PANEL.render(view("?language=zh"))
    assert len(with_class(tree, "k")) == 6
    assert "实际" in text(tree)
    assert PANEL.table(Board().scope(), {}) is None
