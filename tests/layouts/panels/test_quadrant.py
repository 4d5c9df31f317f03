"""Completion against cash on the card: who is named, who is placed where, who is listed in words, and what cannot be asked."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layouts.panels.quadrant import Quadrant, View
from layouts.panels.quadrant_plot import Place, plot_of
from metrics.quadrant import ZERO, CompletionCash, Owed, RepStanding, Standings
from metrics.query import Member, Missing
from metrics.tiers import Tier
from tests.layouts.panels.hand import MEMBERS, Board, M
from tests.layouts.tree import of_type, text, with_class

PANEL = Quadrant()
COMPANY = Owed(100 * M, 40 * M, 10 * M)


def rep(key: str, rate: str | None, *, owed: str = "10", overdue: str = "4", late: str = "0.5") -> RepStanding:
    exact = None if rate is None else Decimal(rate)
    tier = None if exact is None else Tier.AT_RISK if exact < Decimal("0.7") else Tier.ACHIEVED if exact >= 1 else Tier.ON_THE_WAY
    balances = Owed(*(Decimal(v) * M for v in (owed, overdue, late)))
    return RepStanding(key=key, actual=M, target=None if exact is None else M, rate=exact, tier=tier, owed=balances)


LUO = rep("r1", "1.1816", owed="9", overdue="5", late="2.1")
TEAM = (LUO, rep("r2", "0.93"), rep("r3", "0.55", overdue="9"))


def standings(reps: tuple[RepStanding, ...], search: str = "", **changed: Any) -> tuple[Any, dict[str, Standings]]:
    scope = Board().scope(search)
    question = PANEL.needs(scope)["reps"]
    members = {"rep": changed.pop("members", MEMBERS["rep"]), "area": MEMBERS["area"]}
    values = {"missing": {}, "mean_over_90": M, "company": COMPANY} | changed
    return scope, {"reps": Standings(query=question, reps=reps, members=members, sql=(), **values)}


def view(reps: tuple[RepStanding, ...] = TEAM, search: str = "", **changed: Any) -> View:
    return PANEL.view(*standings(reps, search, **changed))


def test_who_sells_well_unpaid_is_named_in_a_sentence_and_leads_to_the_rep() -> None:
    found = view()
    assert found.finding == "1 rep at 110% or above has cash over 90 days late"
    assert found.named == (("Luo Rui: 118.1% of pace, ¥2.1\u00a0M over 90 days", "?rep=r1"),)
    assert found.caption == "3 reps: Pace across, overdue share upwards, 13 Sep"
    assert found.label.startswith("3 reps: Pace across, overdue share upwards, 13 Sep: Luo Rui")
    over = view(search="?period=2026Q2")
    assert over.named[0][0] == "Luo Rui: 118.1% of target, ¥2.1\u00a0M over 90 days"
    assert "30 Jun" in over.caption


def test_the_largest_amounts_are_named_first_and_the_others_counted() -> None:
    people: dict[str | None, Member] = {f"x{i}": Member(f"x{i}", f"Rep {i}") for i in range(6)}
    found = view(tuple(rep(f"x{i}", "1.2", late=f"{i + 2}") for i in range(6)), members=people)
    assert [words.split(":")[0] for words, _ in found.named] == ["Rep 5", "Rep 4", "Rep 3"]
    assert found.more == "and 3 more"
    assert found.plot is not None
    assert {name.text for name in found.plot.names} == {"Rep 5", "Rep 4", "Rep 3"}
    assert sum("late" in mark.look for mark in found.plot.marks) == 6


def test_nobody_is_said_as_well() -> None:
    found = view(TEAM[1:])
    assert found.finding == "Nobody at 110% or above has unusually much cash over 90 days late"
    assert (found.named, found.more) == ((), "")


def test_marks_stand_where_their_rates_are_and_look_like_their_tier() -> None:
    plot = view().plot
    assert plot is not None
    by_link = {mark.href: mark for mark in plot.marks}
    assert [by_link[f"?rep=r{i}"].look for i in (1, 2, 3)] == ["ach late", "way", "risk"]
    assert by_link["?rep=r3"].y == pytest.approx(0.9)  # nine tenths overdue, of a plot up to the whole
    assert by_link["?rep=r2"].y == pytest.approx(0.4)
    assert by_link["?rep=r3"].x < by_link["?rep=r2"].x < plot.done < by_link["?rep=r1"].x
    assert by_link["?rep=r1"].text == "Luo Rui: 118.1% of pace, ¥2.1\u00a0M over 90 days, 55.5% overdue"
    assert plot.marks[-1].look == "ach late", "who is named is drawn above the others"


def test_the_line_is_the_companys_rate_or_the_plans() -> None:
    own, planned = view().plot, PANEL.view(Board().scope("", plan_overdue_rate="0.30"), standings(TEAM)[1]).plot
    assert own is not None
    assert planned is not None
    assert (own.line_text, own.line) == ("Company 40.0%", pytest.approx(0.4))
    assert (planned.line_text, planned.line) == ("Plan 30.0%", pytest.approx(0.3))
    owing = view(company=Owed(-M, ZERO, ZERO)).plot
    assert owing is not None
    assert (owing.line, owing.line_text) == (None, "")
    assert with_class(PANEL.render(view(company=Owed(-M, ZERO, ZERO))), "h") == []


def test_who_has_no_place_is_listed_in_words() -> None:
    found = view((LUO, rep("r2", None), rep("r3", "0.9", owed="0", overdue="0", late="0")))
    assert found.notes == (
        ("1 rep without target or with nothing due yet: Zhao Peng", "Zhao Peng"),
        ("1 rep without receivables: Qi Lan", "Qi Lan"),
    )
    tree = PANEL.render(found)
    assert [note.title for note in with_class(tree, "note")] == ["Zhao Peng", "Qi Lan"]
    people: dict[str | None, Member] = {f"x{i}": Member(f"x{i}", f"Rep {i}") for i in range(9)}
    many = view(tuple(rep(f"x{i}", None) for i in range(9)), members=people)
    assert many.notes[0][0].endswith("Rep 5 …")
    assert many.notes[0][1].endswith("Rep 8")
    assert many.plot is None


def test_what_cannot_be_asked_says_why() -> None:
    for search, why in (("?segment=S", "No targets are set by customer or segment"), ("?customer=c1", "No targets are set by customer")):
        scope = Board().scope(search)
        assert PANEL.needs(scope) == {}
        found = PANEL.view(scope, {})
        assert found.empty[0] == "Reps cannot be placed here"
        assert found.empty[1].startswith(why)
        assert PANEL.table(scope, {}) is None
    assert view(missing={"owed": Missing("no_data")}, company=Owed(), reps=()).empty[1] == "There are no invoices in the data"
    assert view(missing={"rate": Missing("not_begun")}, reps=()).empty == ("No rep can be placed yet", "The period has not begun")
    assert view(reps=()).empty[0] == "No rep can be placed yet"


def test_every_mark_is_a_link_that_says_whom_it_is() -> None:
    tree = PANEL.render(view())
    marks = with_class(tree, "mk")
    assert {mark.href for mark in marks} == {"?rep=r1", "?rep=r2", "?rep=r3"}
    assert all(getattr(mark, "aria-label") for mark in marks)
    assert [text(name) for name in with_class(tree, "nm")] == ["Luo Rui"]
    assert len(of_type(tree, "A")) == 4


def test_the_question_follows_the_address() -> None:
    assert PANEL.needs(Board().scope("?tier=completion&region=E"))["reps"].rate == "amount_completion"
    asked = PANEL.needs(Board().scope("?region=E"))["reps"]
    assert isinstance(asked, CompletionCash)
    assert [f.dimension for f in asked.where] == ["region"]


def test_the_table_names_first_who_is_named_and_is_exact() -> None:
    scope, answers = standings((*TEAM[1:], LUO))
    table = PANEL.table(scope, answers)
    assert table is not None
    assert [row[0] for row in table.rows] == ["Luo Rui", "Zhao Peng", "Qi Lan"]
    assert table.raw[0][2:9] == (
        LUO.rate,
        "Achieved",
        9 * M,
        5 * M,
        Decimal(5) / 9,
        Decimal("2.1") * M,
        Decimal("2.1") / 9,
    )
    assert [row[-1] for row in table.rows] == ["yes", "", ""]
    assert {len(row) for row in (*table.rows, *table.raw, table.columns)} == {10}
    assert all(isinstance(cell, str) for row in table.rows for cell in row)


def test_in_chinese() -> None:
    assert view(search="?language=zh").named[0][0] == "罗睿：进度 118.1%，逾期 90 天以上 210\u00a0万"


rates = st.decimals(min_value="-0.5", max_value=8, places=4)
shares = st.decimals(min_value="-1", max_value=3, places=4)


@given(st.lists(st.tuples(rates, shares, st.booleans()), min_size=1, max_size=40), st.none() | shares)
def test_everything_stands_inside_the_plot(found: list[tuple[Decimal, Decimal, bool]], line: Decimal | None) -> None:
    places = [Place(rate, share, Tier.ON_THE_WAY, named, "name" if named else "", "text", "?") for rate, share, named in found]
    plot = plot_of(Board().scope(), places, line, "line")
    assert len(plot.marks) == len(found)
    assert all(0 <= at <= 1 for mark in (*plot.marks, *plot.names) for at in (mark.x, mark.y))
    assert all(0 <= tick.at <= 1 for tick in (*plot.across, *plot.upwards))
    assert 0 < plot.done < 1
    assert plot.line is None or 0 <= plot.line <= 1
