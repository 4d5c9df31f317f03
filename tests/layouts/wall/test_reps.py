"""Tiers from five metres: every rep is counted, the best are named, and nobody at risk is unless the setting says so."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.settings import Settings
from layouts.wall.markup import markup
from layouts.wall.reps import FEWER, NAMED, Reps, View
from metrics.query import Member, Result
from metrics.tiers import tier
from tests.layouts.panels.hand import Board, M
from tests.layouts.tree import text, with_class

SCENE = Reps()


def shown(rates: dict[str, Decimal | None], search: str = "", **settings: Any) -> View:
    """``rates``: pace by the name of the rep, the largest gap first."""
    board = Board(Settings(**settings))
    scope = board.scope(search)
    rows = [
        {
            "rep": name,
            "amount": M,
            "amount_target": M,
            "amount_pace": rate,
            "amount_completion": rate,
            "amount_gap": None,
            "amount_status": None,
            "amount_tier": tier(rate, board.settings),
            "amount_tier_full": tier(rate, board.settings),
        }
        for name, rate in rates.items()
    ]
    members = {"rep": {name: Member(name, name, None) for name in rates}, "area": {}}
    result = Result(query=SCENE.needs(scope)["reps"], rows=tuple(rows), members=members, missing={}, version=3)  # type: ignore[arg-type]
    return SCENE.view(scope, {"reps": result})


@st.composite
def some_rates(draw: st.DrawFn) -> dict[str, Decimal | None]:
    rates = draw(st.lists(st.none() | st.decimals(0, 3, places=4), min_size=1, max_size=40))
    return {f"Rep {i:02d}x": rate for i, rate in enumerate(rates)}


@given(some_rates(), st.booleans())
def test_everybody_is_counted_and_the_right_ones_are_named(rates: dict[str, Decimal | None], named: bool) -> None:
    view = shown(rates, wall_names_at_risk=named)
    known = pd.Series({name: rate for name, rate in rates.items() if rate is not None}, dtype=object)
    said = markup(SCENE.render(view))
    at_risk = known[known < Decimal("0.7")]
    if known.empty:
        assert view.empty is not None
        return
    tiers = (known >= 1, (known < 1) & (known >= Decimal("0.7")), known < Decimal("0.7"))
    assert [count.number for count in view.counts] == [str(int(found.sum())) for found in tiers]
    if not named:
        assert not [name for name in at_risk.index if name in said]
    achieved = sorted(known[known >= 1], reverse=True)
    most = NAMED // 2 if named and len(at_risk) else NAMED
    best = [names for names in view.lists if names.judgement == "good"]
    rest = len(achieved) - most
    assert [person.rate[1] for names in best for person in names.people] == [Board().scope().number.share(r)[:-1] for r in achieved[:most]]
    assert [names.more for names in best] == ([f"… and {rest} more" if rest > 0 else ""] if achieved else [])


def test_the_edges_are_those_of_the_settings() -> None:
    view = shown({"A": Decimal("0.65"), "B": Decimal("0.9"), "C": None}, tier_risk="0.6", tier_achieved="0.8")
    assert [(count.name, count.edge, count.number, count.length, count.judgement) for count in view.counts] == [
        ("Achieved", "80% and above", "1", 1.0, "good"),
        ("On the way", "from 60%", "1", 1.0, "dim"),
        ("At risk", "below 60%", "0", 0.0, "bad"),
    ]
    assert view.basis == "2 reps by pace\u00a0· 1 without target or with nothing due"


@pytest.mark.parametrize(("search", "basis"), [("?tier=completion", "1 rep by completion"), ("?period=2026Q2", "1 rep by completion")])
def test_the_rate_is_the_one_that_tiers(search: str, basis: str) -> None:
    assert shown({"A": Decimal("0.9")}, search).basis == basis


def test_where_nobody_has_achieved_that_is_said() -> None:
    view = shown({"A": Decimal("0.9")})
    assert text(with_class(SCENE.render(view), "nobody")) == "Nobody has reached 100% yet"


def test_the_worst_at_risk_come_first_where_they_are_named() -> None:
    rates = {f"N{i}": Decimal(i) / 100 for i in range(20, 28)} | {"Best": Decimal("1.2")}
    achieved, at_risk = shown(rates, wall_names_at_risk=True).lists
    assert [person.name for person in achieved.people] == ["Best"]
    assert [person.name for person in at_risk.people] == ["N20", "N21", "N22", "N23", "N24", "N25"]
    assert at_risk.more == "… and 2 more"


def test_the_heading_says_of_what() -> None:
    assert SCENE.heading(Board().scope("?region=E&measure=collections")) == "East: Rep tiers, collections"
    assert SCENE.page(Board().scope("?measure=profit&tier=completion&theme=dark")) == ".?measure=profit&tier=completion"


def test_long_names_take_the_width_of_two() -> None:
    rates = {f"Maximilian Featherstonehaugh {i}": Decimal(2) for i in range(9)}
    (names,) = shown(rates).lists
    assert (len(names.people), names.more) == (NAMED // 2, f"… and {9 - NAMED // 2} more")
    both = shown(rates | {f"N{i}": Decimal("0.1") for i in range(5)}, wall_names_at_risk=True)
    assert [len(names.people) for names in both.lists] == [FEWER, FEWER]
