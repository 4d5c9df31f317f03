"""Tiers: who counts where, on which rate, who is left out, and where the marks stand."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layouts.panels.reps import Person, Reps, View
from layouts.panels.swarm import DOTS, SMALLER, columns_of, packed, rows_of, shared, span_of
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
        "five": board.result(needs["five"], [five()]),
    }


def view(rows: list[dict[str, Any]], search: str = "") -> View:
    return PANEL.view(*answered(rows, search))


def column(shown: View) -> float:
    """The width of a column of the swarm, as a rate."""
    assert shown.swarm is not None
    return max(of.width for of in columns_of(shown.swarm.span, shown.swarm.edges, shown.swarm.dot))


def test_each_rep_is_counted_once_and_nobody_is_no_rep() -> None:
    nobody = rep(None, 9 * M, None, None, None, "no_target")
    found = view([*TEAM, nobody])
    assert found.chips == (Chip("risk", "1 at risk, below 70%"), Chip("way", "0 on the way"), Chip("achieved", "1 achieved"))
    assert found.caption == "2 reps by pace, ¥\u00a0k"
    assert found.note == "1 rep without target or with nothing due yet: Qi Lan"


def test_the_lists_show_pace_and_completion_and_the_gap() -> None:
    gaps, best = view(TEAM).rankings
    assert gaps.people == (Person("Luo Rui", "regions?rep=r1", "Jiangsu", Value("40.0%"), Value("33.3%"), Value("−3,000"), "bad"),)
    assert (best.title, best.people[0].name) == ("Best pace", "Zhao Peng")
    assert best.people[0].gap == Value("+2,000")


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
    assert by_pace.swarm.at_risk[0].rate == pytest.approx(0.4, abs=column(by_pace) / 2)
    assert by_completion.swarm.at_risk[0].rate == pytest.approx(0.3333, abs=column(by_completion) / 2)


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
    assert shown.achieved[0].text.startswith("<b>Zhao Peng</b>")


def test_a_company_without_reps_or_targets_is_told_apart() -> None:
    assert view([]).empty == ("No rep to place in Company", "Q3 2026: no sale or target names a rep.")
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
    who = with_class(tree, "who")
    links = [link for link in of_type(tree, "A") if link not in who]
    assert [(link.href, getattr(link, "aria-current", None)) for link in links] == [("?", None), ("?tier=completion", "true")]
    assert all(link.title for link in links)
    assert who[0].href == "regions?rep=r1&tier=completion"
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


EDGES = (0.7, 1.0)
rates = st.lists(st.floats(-0.5, 8, allow_nan=False), min_size=1, max_size=160)
crowds = st.lists(st.sampled_from((0.0, 0.699999, 0.7, 0.95, 0.999, 0.9999999, 1.0, 1.31)), min_size=1, max_size=160)


def tiers_of(found: list[float]) -> tuple[list[float], list[float], list[float]]:
    found = sorted(found)
    return [r for r in found if r < 0.7], [r for r in found if 0.7 <= r < 1], [r for r in found if r >= 1]


@given(rates | crowds)
def test_marks_do_not_overlap_and_stand_on_their_side_of_the_thresholds(found: list[float]) -> None:
    tiers, span = tiers_of(found), span_of(found, EDGES)
    dot, spots = packed(tiers, span, EDGES)
    assert [len(tier) for tier in spots] == [len(tier) for tier in tiers]
    half = (dot + 1) * (span[1] - span[0]) / 300 / 2 - 1e-4
    for (low, high), tier in zip(((-1, 0.7), (0.7, 1.0), (1.0, 9)), spots, strict=True):
        assert all(low + half <= at <= high - half for at, _ in tier)
    everywhere = [spot for tier in spots for spot in tier]
    assert len(set(everywhere)) == len(found)
    assert all(height == int(height) < rows_of(dot) for _, height in everywhere)
    columns = sorted({at for at, _ in everywhere})
    assert all(b - a >= 2 * half - 1e-4 for a, b in pairwise(columns))


@given(rates)
def test_a_mark_stands_within_half_a_column_of_its_rate_where_no_column_is_too_high(found: list[float]) -> None:
    tiers, span = tiers_of(found), span_of(found, EDGES)
    dot, spots = packed(tiers, span, EDGES)
    for rates_of, tier, of in zip(tiers, spots, columns_of(span, EDGES, dot), strict=True):
        exact = [of.of(rate) for rate in rates_of]
        if max(exact.count(c) for c in (*exact, -1)) <= rows_of(dot):
            inside = [(r, at) for r, (at, _) in zip(rates_of, tier, strict=True) if of.first <= r <= of.first + of.count * of.width]
            assert all(abs(rate - at) <= of.width / 2 + 1e-4 for rate, at in inside)


@given(rates | crowds)
def test_marks_are_as_large_as_the_columns_allow(found: list[float]) -> None:
    tiers, span = tiers_of(found), span_of(found, EDGES)
    dot, _ = packed(tiers, span, EDGES)

    def highest(size: int) -> int:
        held = [[of.of(rate) for rate in tier] for tier, of in zip(tiers, columns_of(span, EDGES, size), strict=True)]
        return max(column.count(c) for column in held for c in (*column, -1))

    assert dot == next((size for size in DOTS if highest(size) <= rows_of(size)), DOTS[-1])


@given(st.lists(st.integers(0, 60), min_size=1, max_size=30), st.integers(1, 20))
def test_what_is_too_high_is_shared_beside_it(loads: list[int], rows: int) -> None:
    found = shared(loads, rows)
    assert (len(found), sum(found)) == (len(loads), sum(loads))
    if sum(loads) <= rows * len(loads):
        assert max(found) <= rows
    if max(loads) <= rows:
        assert found == loads


def test_thousands_at_one_rate_stay_within_the_plot() -> None:
    tiers = ([0.0] * 2000, [0.8] * 700, [1.2])
    dot, spots = packed(tiers, (0.0, 1.3), EDGES)
    assert dot == SMALLER[-1]
    assert max(height for tier in spots for _, height in tier) <= rows_of(dot) - 1
    assert [len(tier) for tier in spots] == [2000, 700, 1]


@given(rates)
def test_the_span_holds_all_rates_and_both_thresholds(found: list[float]) -> None:
    low, high = span_of(found, EDGES)
    assert 0 <= low <= 0.6
    assert 1.1 <= high <= 2.0
    assert all(low <= rate <= high for rate in found if 0 <= rate <= 2)
