"""Members from five metres: the worst six, those that lag marked, the rest counted, and nobody at risk by name."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.settings import Settings
from layouts.wall import MOST
from layouts.wall.regions import Regions, View
from metrics.query import Member, Query, Result
from tests.layouts.panels.hand import Board, M, standing
from tests.layouts.tree import text, with_class

SCENE = Regions()


def row(member: str | None, actual: Any, target: Any, expected: Any, status: str, child: str = "region", **more: Any) -> dict[str, Any]:
    millions = (None if v is None else Decimal(str(v)) * M for v in (actual, target, expected))
    return {child: member, **standing("amount", *millions, status, **more)}


EAST = row("E", 93.8, 138, 112.5, "behind", lag="critical", landing_rate=Decimal("0.843"))
OVERSEAS = row("O", 55.3, 60, 48.9, "ahead")


def shown(rows: list[dict[str, Any]], search: str = "", tiers: dict[str, str | None] | None = None, **settings: Any) -> View:
    board = Board(Settings(**settings))
    scope = board.scope(search)
    asked = SCENE.needs(scope)
    assert all(isinstance(query, Query) for query in asked.values())
    results = {"rows": board.result(asked["rows"], rows)}
    if "tiers" in asked:
        results["tiers"] = board.result(asked["tiers"], [{"rep": rep, "amount_tier": tier} for rep, tier in (tiers or {}).items()])
    return SCENE.view(scope, results)


def test_a_row_has_what_is_done_and_the_gap_in_the_unit_of_the_column() -> None:
    view = shown([EAST, OVERSEAS])
    first, second = view.lines
    assert view.columns == ("Region", "Done", "¥\u00a0M to pace")
    assert (first.lags, first.standing.name, first.standing.done, first.standing.gap) == (True, "East", ("", "67.9", "%"), "−18.7")
    assert (first.standing.sign, first.standing.judgement) == ("down", "bad")
    assert (second.lags, second.standing.sign, second.standing.judgement) == (False, "up", "good")
    assert view.expected is not None
    assert view.expected == ("expected 81.5%", pytest.approx(0.8151 / 1.2, abs=1e-4))
    assert [text(line) for line in with_class(SCENE.render(view), "lag")] == ["East67.9%−18.7"]


def test_the_share_due_is_told_only_where_all_share_it() -> None:
    view = shown([EAST, row("O", 55, 60, 30, "ahead")])
    assert view.expected is not None
    assert view.expected[0] == "expected by today"
    assert shown([EAST], "?period=2026Q2").expected is None


def test_who_has_no_target_is_shown_by_value_and_not_judged() -> None:
    view = shown([row("E", 93.8, None, None, "no_target")])
    (line,) = view.lines
    assert view.columns == ("Region", "Actual", "")
    assert (line.standing.done, line.standing.gap, line.standing.sign, line.standing.judgement) == (("¥", "93.8", "M"), "", "", "dim")


def test_nothing_at_all_is_said_in_large_letters() -> None:
    assert text(with_class(SCENE.render(shown([])), "wall-missing")).startswith("Nothing to show for Company")


@given(st.lists(st.integers(-40, 40), min_size=1, max_size=12, unique=True))
def test_the_worst_six_are_shown_and_the_rest_is_counted(gaps: list[int]) -> None:
    rows = [row(f"r{gap}", 100 + gap, 200, 100, "behind") for gap in sorted(gaps)]
    board = Board()
    scope = board.scope()
    members = {r["region"]: Member(r["region"], r["region"], None) for r in rows}
    result = Result(query=SCENE.needs(scope)["rows"], rows=tuple(rows), members={"region": members}, missing={}, version=3)  # type: ignore[arg-type]
    view = SCENE.view(scope, {"rows": result})
    assert [line.standing.name for line in view.lines] == [f"r{gap}" for gap in sorted(gaps)[:MOST]]
    assert view.more == (f"… and {len(gaps) - MOST} more" if len(gaps) > MOST else "")


REPS = [row(rep, 5, 10, 8, "behind", child="rep") for rep in ("r1", "r2", "r3")]
TIERS = {"r1": "at_risk", "r2": "on_the_way", "r3": None}


@pytest.mark.parametrize(
    ("named", "names", "more"), [(False, ["Zhao Peng", "Qi Lan"], "… and 1 more"), (True, ["Luo Rui", "Zhao Peng", "Qi Lan"], "")]
)
def test_a_rep_at_risk_is_named_only_where_the_setting_says_so(named: bool, names: list[str], more: str) -> None:
    view = shown(REPS, "?area=E1", TIERS, wall_names_at_risk=named)
    assert ([line.standing.name for line in view.lines], view.more) == (names, more)


def test_the_heading_says_what_and_where() -> None:
    said = [SCENE.heading(Board().scope(search)) for search in ("", "?region=E&measure=profit", "?area=E1", "?language=zh")]
    assert said == ["Regions, sales", "East: Areas, profit", "Jiangsu: Reps, sales", "各大区 销售额"]
    assert SCENE.page(Board().scope("?region=E&theme=dark")) == "regions?region=E"
