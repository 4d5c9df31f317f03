"""Who reached the full target of the running period, each under a key that stays the same."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from data.settings import Settings
from layouts.wall.passed import Passed, PassedTargets
from tests.layouts.panels.hand import Board, M

LINE = PassedTargets()


def said(search: str, rows: dict[str, list[dict[str, Any]]], **settings: Any) -> tuple[Passed, ...]:
    board = Board(Settings(**settings))
    scope = board.scope(search)
    return LINE.say(scope, {name: board.result(query, rows.get(name, [])) for name, query in LINE.needs(scope).items()})


def row(dimension: str, member: str | None, done: str | None, target: Any = 10 * M) -> dict[str, Any]:
    return {dimension: member, "amount_target": target, "amount_completion": None if done is None else Decimal(done)}


def test_regions_and_reps_are_told_by_name() -> None:
    passed = said(
        "",
        {
            "region": [row("region", "E", "1"), row("region", "O", "0.99999")],
            "rep": [row("rep", "r1", "1.3"), row("rep", "r2", None, None)],
        },
    )
    assert passed == (
        Passed("2026Q3:amount:region:E", "East has reached the target in sales"),
        Passed("2026Q3:amount:rep:r1", "Luo Rui has reached the target in sales"),
    )


def test_a_place_has_its_own_members() -> None:
    assert set(LINE.needs(Board().scope("?region=E"))) == {"area", "rep"}
    assert set(LINE.needs(Board().scope("?area=E1"))) == {"rep"}
    assert LINE.needs(Board().scope("?period=2026Q2")) == {}


@given(st.decimals(0, 2, places=4), st.decimals("0.8", "1.2", places=2))
def test_a_target_is_reached_at_all_of_it_whatever_tiers_as_achieved(done: Decimal, achieved: Decimal) -> None:
    rows = {
        "region": [row("region", "E", str(done)), row("region", None, "2"), row("region", "O", "2", 0)],
        "rep": [row("rep", "r1", str(done))],
    }
    passed = said("", rows, tier_achieved=achieved)
    assert len(passed) == (2 if done >= 1 else 0)
