"""Rows one level below the scope: order, alerts, links, what belongs to nobody, and the total's own figures."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from layouts.panels import progress
from layouts.panels.regions import LONG, Line, Regions, View
from layouts.parts import Bar, Chip, Value
from metrics.catalog import Fact
from metrics.query import Missing, Result
from tests.layouts.panels.hand import LANDED, Board, M, standing
from tests.layouts.tree import of_type, text, walk, with_class

PANEL = Regions()
EAST = {
    "region": "E",
    **standing(
        "amount",
        Decimal("93.8") * M,
        138 * M,
        Decimal("112.5") * M,
        "behind",
        lag="critical",
        lag_since=date(2026, 8, 3),
        lag_change=Decimal("-4.4") * M,
    ),
}
OVERSEAS = {
    "region": "O",
    **standing(
        "amount",
        Decimal("50.4") * M,
        72 * M,
        Decimal("54") * M,
        "behind",
        lag="warning",
        lag_since=date(2026, 8, 24),
        lag_change=Decimal("0.9") * M,
    ),
}
SOUTH = {"region": "S", **standing("amount", 87 * M, 104 * M, 86 * M, "on_pace")}
TOTAL = standing("amount", 391 * M, 500 * M, Decimal("407.6") * M, "behind")


def view(
    rows: list[dict[str, Any]], search: str = "", total: dict[str, Any] | None = None, missing: dict[str, Missing] | None = None
) -> View:
    scope, answers = answered(rows, search, total, missing)
    return PANEL.view(scope, answers)


def answered(
    rows: list[dict[str, Any]], search: str = "", total: dict[str, Any] | None = None, missing: dict[str, Missing] | None = None
) -> tuple[Any, dict[str, Result]]:
    board = Board()
    scope = board.scope(search)
    needs = PANEL.needs(scope)
    assert needs["rows"].by == (scope.child,)
    return scope, {"rows": board.result(needs["rows"], rows, missing), "total": board.result(needs["total"], [total or TOTAL], missing)}


def test_a_lagging_region_word_for_word() -> None:
    assert view([EAST, OVERSEAS, SOUTH]).lines[0] == Line(
        kind="member",
        name="East",
        href="regions?region=E",
        hint="Open East",
        level="critical",
        bar=Bar(label="67.9% of target; expected by then 81.5%", actual=0.6797, expected=0.8152, judgement="bad"),
        done=Value("67.9%"),
        actual="93.8",
        target="138.0",
        gap=Value("−18.7"),
        days=Value("−3.1"),
        judgement="bad",
        since="Behind since W32 (3 Aug)",
        course="Widening, 4.4 in a week",
        chip=None,
        note="",
        cause=("E", "drivers/3.json?"),
    )


def test_lagging_rows_are_counted_and_a_closing_gap_is_called_so() -> None:
    found = view([EAST, OVERSEAS, SOUTH])
    assert found.lagging == Chip("risk", "2 regions lagging")
    assert (found.lines[1].level, found.lines[1].course) == ("warning", "Closing, 0.9 in a week")
    assert found.lines[2].note == "Within tolerance"
    assert (found.lines[2].level, found.lines[2].judgement) == ("", "dim")
    assert view([EAST]).lagging == Chip("risk", "1 region lagging")
    assert view([SOUTH]).lagging is None
    assert found.caption == "Sales amount, ¥\u00a0M, sorted by gap to pace"


def test_the_total_is_its_own_figure_and_not_the_sum_of_the_rows() -> None:
    found = view([EAST, SOUTH])
    assert (found.total.name, found.total.kind, found.total.actual, found.total.target) == ("Company", "total", "391.0", "500.0")
    assert found.total.href == ""


def test_what_belongs_to_nobody_is_shown_last_and_leads_nowhere() -> None:
    nobody = {"region": None, **standing("amount", 2 * M, None, None, "no_target")}
    unallocated = {"region": None, **standing("amount", 0, 9 * M, 7 * M, "behind")}
    for row, name in ((nobody, "Without region"), (unallocated, "Unallocated target")):
        last = view([row, EAST]).lines[-1]
        assert (last.kind, last.name, last.href) == ("nobody", name, "")
    assert view([unallocated, EAST]).lines[-1].target == "9.0"


def test_what_ends_before_the_data_does_is_named() -> None:
    scope = Board().scope("")
    for missing, said in (
        (Missing("after_data", "2026-03-31", Fact.INVOICED), "The invoices end on 31 Mar 2026"),
        (Missing("after_data", "2026-03-31"), "The payments end on 31 Mar 2026"),
    ):
        assert progress.why(scope, "collected_of_invoiced", missing) == said


def test_where_no_target_is_set_nothing_is_called_one() -> None:
    row = {"region": None, **standing("amount", 0, None, None, "no_target")}
    assert progress.nobody(Board().scope(""), row, progress.WITHOUT["region"]) == "Without region"


def test_a_row_without_target_says_so_and_comes_after_those_with_one() -> None:
    bare = {"region": "O", **standing("amount", 30 * M, None, None, "no_target")}
    line = view([bare, SOUTH]).lines[1]
    assert (line.name, line.target, line.done) == ("Overseas", "—", Value("—", "No target is set"))
    assert line.chip == Chip("none", "No target")
    assert not line.bar.target


def test_without_any_target_bars_compare_the_rows_with_the_largest() -> None:
    rows = [{"region": key, **standing("amount", size * M, None, None, "no_target")} for key, size in (("E", 10), ("O", 40), ("S", 20))]
    found = view(rows)
    assert [(line.name[:4], line.bar.actual) for line in found.lines] == [("Over", 1.0), ("Sout", 0.5), ("East", 0.25)]
    assert "largest first" in found.caption


def test_beside_rows_with_a_target_those_without_are_compared_with_the_largest() -> None:
    rows = [{"region": key, **standing("amount", size * M, None, None, "no_target")} for key, size in (("E", 10), ("O", 40))]
    unallocated = {"region": None, **standing("amount", 0, 90 * M, 70 * M, "behind")}
    found = view([unallocated, *rows])
    assert [(line.name[:4], line.bar.actual, line.bar.target) for line in found.lines] == [
        ("Over", 1.0, False),
        ("East", 0.25, False),
        ("Unal", 0.0, True),
    ]
    assert "sorted by gap" in found.caption


def test_where_all_are_losses_no_bar_is_drawn() -> None:
    rows = [{"region": key, **standing("amount", -size * M, None, None, "no_target")} for key, size in (("E", 10), ("O", 40))]
    assert [line.bar.actual for line in view(rows).lines] == [0.0, 0.0]


def test_members_without_facts_and_target_are_left_out_but_a_loss_is_not() -> None:
    idle = {"region": "O", **standing("amount", 0, None, None, "no_target")}
    loss = {"region": "S", **standing("amount", -3 * M, None, None, "no_target")}
    assert [line.name[:4] for line in view([idle, loss, EAST]).lines] == ["East", "Sout"]


def test_a_missing_figure_names_its_reason() -> None:
    row = {"region": "E", **standing("margin", None, 10 * M, 8 * M, None)}
    total = standing("margin", None, 10 * M, 8 * M, None)
    line = view([row], "?measure=margin", total, {"margin": Missing("no_cost", "7")}).lines[0]
    assert line.gap == Value("—", "7 order lines have no cost")
    assert (line.actual, line.chip) == ("—", Chip("none", "No data"))


@pytest.mark.parametrize(
    ("search", "child", "column", "href"),
    [("?region=E", "area", "Area", "regions?region=E&area=E1"), ("?area=E1", "rep", "Rep", "regions?region=E&area=E1&rep=r1")],
)
def test_below_a_region_stand_its_areas_and_below_an_area_its_reps(search: str, child: str, column: str, href: str) -> None:
    key = {"area": "E1", "rep": "r1"}[child]
    found = view([{child: key, **standing("amount", 5 * M, 10 * M, 8 * M, "behind")}], search)
    assert found.columns[0] == column
    assert found.lines[0].href == href


def test_many_rows_scroll_inside_the_card_and_can_be_reached_by_keyboard() -> None:
    rows = [{"region": f"R{i:02}", **standing("amount", i * M, 60 * M, 40 * M, "behind")} for i in range(60)]
    groups = with_class(PANEL.render(view(rows)), "reg-rows")
    assert groups[0].tabIndex == 0
    assert len(with_class(groups[0], "reg")) == 60
    few = with_class(PANEL.render(view(rows[:LONG])), "reg-rows")
    assert getattr(few[0], "tabIndex", None) is None


def test_the_rows_are_a_table_to_a_screen_reader() -> None:
    tree = PANEL.render(view([EAST, OVERSEAS, SOUTH]))
    roles = [getattr(part, "role", None) for part in walk(tree)]
    assert roles.count("row") == 5
    assert roles.count("columnheader") == 7
    assert roles.count("cell") == 4 * 7
    assert [link.href for link in of_type(tree, "A")] == ["regions?region=E", "regions?region=O", "regions?region=S"]
    assert text(with_class(tree, "lagrow")[0]).count("lagging") == 1
    assert len(with_class(tree, "critical")) == 1
    flags = [part.className for part in walk(tree) if "ic-flag" in (getattr(part, "className", None) or "")]
    assert flags == ["ic ic-flag", "ic ic-flag-fill s", "ic ic-flag s"]


def test_without_rows_the_card_says_why() -> None:
    tree = PANEL.render(view([]))
    assert "Nothing to show for Company" in text(tree)


def test_in_chinese_names_units_and_alerts_are_chinese() -> None:
    found = view([EAST, OVERSEAS, SOUTH], "?language=zh")
    assert [line.name for line in found.lines] == ["华东", "海外", "Southeast Asia and Pacific Distribution"]
    assert found.lines[0].gap == Value("−1,870")
    assert "万元" in found.caption
    assert "W32" in found.lines[0].since
    assert "Behind" not in found.lines[0].since


def test_the_table_has_the_rows_of_the_view_and_exact_values() -> None:
    scope, answers = answered([EAST, OVERSEAS, SOUTH])
    table = PANEL.table(scope, answers)
    assert [row[0] for row in table.rows] == ["East", "Overseas", "Southeast Asia and Pacific Distribution", "Company"]
    assert table.raw[0][1:4] == (Decimal("93.8") * M, 138 * M, Decimal("93.8") / 138)
    assert table.rows[0][-2:] == ("critical", "3 Aug 2026")
    assert {len(row) for row in (*table.rows, *table.raw, table.columns)} == {13}


def test_rows_are_hatched_to_their_landing_and_the_table_gives_it() -> None:
    landed = {f"amount_{kind}": value for kind, value in LANDED.items()}
    scope, answers = answered(
        [EAST | landed | {"amount_landing_rate": Decimal("0.88"), "amount_landing_chance": Decimal("0.002")}, OVERSEAS]
    )
    view, table = PANEL.view(scope, answers), PANEL.table(scope, answers)
    assert view.columns[1] == "Completion and forecast"
    assert [line.bar.forecast for line in view.lines] == [0.88, None]
    assert table.rows[0][6:11] == ("484.9", "470.8", "498.0", "88.0%", "<1%")
    assert table.raw[0][6] == LANDED["landing"]
    assert table.rows[1][6:11] == ("—",) * 5
    bullet = with_class(PANEL.render(view), "bullet")[0]
    assert bullet.style["--f"] == 0.88
    assert len(with_class(bullet, "fc")) == 1
