"""Tiers: who counts where, on which rate, who is left out, and where the marks stand."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layouts.figures import stacked
from layouts.panels.reps import Person, Reps, View
from layouts.panels.swarm import DOTS, HEIGHT, WIDTH, fitted, span_of
from layouts.parts import Chip, Value
from metrics.query import Member, Missing, Query, Result
from tests.layouts.panels.hand import MEMBERS, Board, M, five, standing
from tests.layouts.tree import of_type, text, walk, with_class

PANEL = Reps()


def rep(key: str | None, actual: Any, target: Any, expected: Any, tier: str | None, status: str = "behind") -> dict[str, Any]:
    return {"rep": key, **standing("amount", actual, target, expected, status, tier=tier, tier_full=tier)}


TEAM = [
    rep("r1", 2 * M, 6 * M, 5 * M, "at_risk"),
    rep("r2", 7 * M, 6 * M, 5 * M, "achieved", "achieved"),
    rep("r3", 1 * M, None, None, None, "no_target"),
]


def answered(rows: list[dict[str, Any]], search: str = "") -> tuple[Any, dict[str, Result]]:
    board = Board()
    scope = board.scope(search)
    needs = PANEL.needs(scope)
    return scope, {
        "reps": board.result(needs["reps"], rows),
        "areas": board.result(needs["areas"], []),
        "five": board.result(needs["five"], [five()]),
    }


def view(rows: list[dict[str, Any]], search: str = "") -> View:
    return PANEL.view(*answered(rows, search))


def test_each_rep_is_counted_once_and_nobody_is_no_rep() -> None:
    nobody = rep(None, 9 * M, None, None, None, "no_target")
    found = view([*TEAM, nobody])
    assert found.chips == (Chip("risk", "1 at risk, below 70%"), Chip("way", "0 on the way"), Chip("achieved", "1 achieved"))
    assert found.caption == "2 reps by pace, ¥\u00a0M"
    assert found.note == "1 rep without target or with nothing due yet: Qi Lan"


def test_the_lists_show_pace_and_completion_and_the_gap() -> None:
    gaps, best = view(TEAM).rankings
    assert gaps.people == (Person("Luo Rui", "Jiangsu", Value("40.0%"), Value("33.3%"), Value("−3.0"), "bad"),)
    assert (best.title, best.people[0].name) == ("Best pace", "Zhao Peng")
    assert best.people[0].gap == Value("+2.0")


def test_who_is_at_risk_is_never_among_the_best() -> None:
    only = view([TEAM[0]]).rankings
    assert [ranking.title for ranking in only] == ["Largest gaps"]


def test_the_switch_names_both_rates_and_marks_the_one_in_force() -> None:
    by_pace = view(TEAM)
    assert [(c.text, c.href, c.current) for c in by_pace.choices] == [("Pace", "?", True), ("Completion", "?tier=completion", False)]
    by_completion = view(TEAM, "?tier=completion")
    assert [c.current for c in by_completion.choices] == [False, True]
    assert "by completion" in by_completion.caption
    assert by_completion.swarm is not None
    assert by_completion.swarm.expected == (pytest.approx(0.8152), "Expected")
    assert by_pace.swarm is not None
    assert by_pace.swarm.expected is None
    assert by_pace.swarm.at_risk[0].rate == 0.4
    assert by_completion.swarm.at_risk[0].rate == 0.3333


@pytest.mark.parametrize(
    ("search", "measure"), [("", "amount_tier"), ("?tier=completion", "amount_tier_full"), ("?period=2026Q2", "amount_tier")]
)
def test_the_tier_is_asked_for_by_its_rule(search: str, measure: str) -> None:
    needs: dict[str, Query] = dict(PANEL.needs(Board().scope(search)))
    assert measure in needs["reps"].measures
    assert {"amount_pace", "amount_completion"} <= set(needs["reps"].measures)


def test_a_closed_period_is_tiered_by_completion_without_a_switch() -> None:
    found = view(TEAM, "?period=2026Q2")
    assert (found.choices, found.by_pace) == ((), False)
    assert found.rankings[1].title == "Best completion"


def test_the_pointer_tells_both_rates() -> None:
    shown = view(TEAM).swarm
    assert shown is not None
    assert shown.at_risk[0].text == "<b>Luo Rui</b> Jiangsu<br>Pace 40.0%, completion 33.3%"
    assert shown.achieved[0].rate == 1.4


def test_a_company_without_reps_or_targets_is_told_apart() -> None:
    assert view([]).empty == ("No reps in Company", "Q3 2026: no sale or target names a rep.")
    found = view([TEAM[2]])
    assert found.empty == ("No rep has a target for Sales amount", "Tiers compare each rep with a target of their own.")
    assert found.swarm is None
    assert "Qi Lan" in text(PANEL.render(found))


def test_targets_of_which_nothing_is_due_or_known_are_not_called_missing() -> None:
    idle = {"rep": "r1", **standing("amount", 0, 5 * M, 0, None)}
    assert view([idle]).empty == ("No rep can be placed yet", "Nothing of the targets for Q3 2026 is due yet")
    scope, answers = answered([{"rep": "r1", **standing("amount", None, 5 * M, 4 * M, None)}])
    unknown = replace(answers["reps"], missing={"amount": Missing("not_begun")})
    assert PANEL.view(scope, {**answers, "reps": unknown}).empty == ("No rep can be placed yet", "The period has not begun")


def test_hundreds_of_reps_are_all_drawn_and_the_lists_stay_short(monkeypatch: pytest.MonkeyPatch) -> None:
    many = {f"x{i}": Member(f"x{i}", f"Rep {i}") for i in range(400)}
    monkeypatch.setitem(MEMBERS, "rep", many)
    rows = [rep(f"x{i}", i * M / 100, 3 * M, 2 * M, "at_risk" if i < 140 else "on_the_way" if i < 200 else "achieved") for i in range(400)]
    found = view(rows)
    assert found.swarm is not None
    assert len(found.swarm.at_risk) + len(found.swarm.on_the_way) + len(found.swarm.achieved) == 400
    assert max(len(ranking.people) for ranking in found.rankings) == 5
    assert found.rankings[1].people[0].name == "Rep 399"


def test_links_and_columns_of_the_card() -> None:
    tree = PANEL.render(view(TEAM, "?tier=completion"))
    links = of_type(tree, "A")
    assert [(link.href, getattr(link, "aria-current", None)) for link in links] == [("?", None), ("?tier=completion", "true")]
    assert all(link.title for link in links)
    heads = [text(head) for head in of_type(with_class(tree, "people")[0], "Th")][1:4]
    assert heads == ["Pace", "Done", "Gap"]
    strong = [
        text(cell)
        for cell in with_class(tree, "people")[0].children[1].children[0].children
        if "b" in (getattr(cell, "className", "") or "").split()
    ]
    assert strong == ["33.3%"]
    assert any(getattr(part, "role", None) == "img" for part in walk(tree))


def test_in_chinese_the_names_are_chinese() -> None:
    found = view(TEAM, "?language=zh")
    assert found.rankings[0].people[0].name == "罗睿"
    assert found.rankings[0].people[0].area == "江苏"
    assert found.rankings[0].people[0].gap.text == "−300"


def test_the_table_has_every_rep_with_exact_values() -> None:
    scope, answers = answered(TEAM)
    table = PANEL.table(scope, answers)
    assert [row[0] for row in table.raw] == ["Luo Rui", "Zhao Peng", "Qi Lan"]
    assert table.raw[0][2:7] == (2 * M, 6 * M, Decimal("0.4"), Decimal(2) / 6, -3 * M)
    assert [row[-1] for row in table.rows] == ["At risk", "Achieved", "—"]


rates = st.lists(st.floats(-0.5, 8, allow_nan=False), min_size=1, max_size=120)


@given(rates, st.floats(0.005, 0.1))
def test_stacked_marks_never_overlap(found: list[float], radius: float) -> None:
    found.sort()
    heights = stacked(found, radius)
    assert min(heights) == 0
    for i, (x, y) in enumerate(zip(found, heights, strict=True)):
        for a, b in zip(found[:i], heights[:i], strict=True):
            assert ((x - a) / radius) ** 2 + (y - b) ** 2 > 0.97


@given(rates)
def test_all_marks_lie_within_the_plot(found: list[float]) -> None:
    low, high = span_of(found, (0.7, 1.0))
    assert 0 <= low < 0.7
    assert 1.0 < high <= 2.0
    shown = sorted(min(max(rate, low), high) for rate in found)
    dot, heights = fitted(shown, (low, high))
    assert dot in DOTS
    assert max(heights) <= HEIGHT / (dot + 1)
    assert len(heights) == len(found)
    fits = [d for d in DOTS if max(stacked(shown, (d + 1) * (high - low) / WIDTH)) <= HEIGHT / (d + 1) - 1.5]
    assert dot == (fits[0] if fits else DOTS[-1])
