"""DSO on its card: lines with their last values, members against the plan, and what is said where there is none."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from data.workdays import month_start
from layouts.figures import Label
from layouts.panels.cycle import MOST, Cycle, View
from layouts.panels.owed import Change
from layouts.parts import Bar, Value
from layouts.urls import Scope
from metrics.cycle_course import Course, CycleCourse, Point
from metrics.query import Missing
from tests.layouts.panels.hand import Board
from tests.layouts.tree import of_type, text, with_class

PANEL = Cycle()
D = Decimal
LAST = date(2026, 9, 13)
ENDS = tuple(month_start(LAST, i) - timedelta(days=1) for i in range(-23, 1))
NOW = {"days_delinquent": D("31.3"), "cei": D("0.499"), "days_to_pay": D("73"), "days_late": D("-1.5")}
REGIONS = {"E": "103.9", "O": "105.2", "S": "51.4", None: "70"}


def point(day: date, days: str | None) -> Point:
    value = None if days is None else D(days)
    best = None if value is None else value - 30
    return Point(day, D(100), value, value and value + 1, best, value and D(30))


def course(**replaced: Any) -> Course:
    """From 70 days up by half a day a month to 82.1; a year before 5 less, of which the first three months are not known."""
    points = tuple(point(day, str(70 + D(i) / 2)) for i, day in enumerate(ENDS))
    before = tuple(point(day - timedelta(days=365), None if i < 3 else str(65 + D(i) / 2)) for i, day in enumerate(ENDS))
    whole = Course(
        query=CycleCourse(as_of=LAST),
        points=(*points, point(LAST, "82.1")),
        before=(*before, point(date(2025, 9, 13), "70.1")),
        missing=None,
        version=3,
        read=(),
    )
    return replace(whole, **replaced)


def answered(search: str = "", found: Course | None = None, regions: dict[Any, Any] | None = None, plan: str = "65") -> tuple[Scope, Any]:
    board = Board()
    scope = board.scope(search, plan_dso=plan)
    needs = PANEL.needs(scope)
    results: dict[str, Any] = {}
    if "course" in needs:
        results["course"] = found or course()
        row = {key: NOW.get(key, D(1)) for key in needs["now"].measures}
        results["now"] = board.result(needs["now"], [row])  # type: ignore[arg-type]
    if "members" in needs:
        rows = [
            {scope.child: key, "dso": None if days is None else D(days), "dso_count_back": D(1), "dso_best": D(2), "days_delinquent": D(3)}
            for key, days in sorted((regions or REGIONS).items(), key=lambda item: -D(item[1] or 0))
        ]
        results["members"] = board.result(needs["members"], rows)  # type: ignore[arg-type]
    return scope, results


def view(*args: Any, **more: Any) -> View:
    return PANEL.view(*answered(*args, **more))


def test_each_line_is_labelled_with_its_last_value() -> None:
    shown = view().shown
    assert shown is not None
    assert [(line.look, line.label) for line in shown.lines] == [
        ("main", Label("Simple 82.1", 82.1, "ink-1", bold=True)),
        ("light", Label("Count-back 83.1", 83.1, "ink-2")),
        ("light", Label("Best possible 52.1", 52.1, "ink-2")),
        ("year", Label("Last year 70.1", 70.1, "ink-3")),
        ("plan", Label("Plan 65.0", 65.0, "ink-2")),
    ]
    assert shown.lines[0].values == (*(70 + i / 2 for i in range(24)), 82.1)
    assert shown.lines[3].values[:4] == (None, None, None, 66.5)
    assert (len(shown.days), len(shown.hover)) == (25, 25)


def test_the_axis_names_half_years_and_the_day() -> None:
    found = view()
    assert found.shown is not None
    assert found.shown.axis == (
        ("2025-01-31", "Jan 2025"), ("2025-07-31", "Jul"), ("2026-01-31", "Jan 2026"), ("2026-09-13", "13 Sep"),
    )  # fmt: skip
    assert found.caption == "days at month end, Sep 2024 to 13 Sep 2026"


@given(st.lists(st.integers(0, 400), min_size=1, max_size=30))
def test_the_heights_have_room_for_every_value_and_few_round_ticks(days: list[int]) -> None:
    points = tuple(point(ENDS[0] + timedelta(days=i), str(value)) for i, value in enumerate(days))
    shown = view(found=course(points=points, before=points)).shown
    assert shown is not None
    low, high = shown.span
    values = [value for line in shown.lines for value in line.values if value is not None]
    assert low < min(values) <= max(values) < high
    assert all(low <= at <= high for at, _ in shown.ticks)
    assert len(shown.ticks) <= 5


def test_a_day_is_told_to_the_pointer() -> None:
    shown = view().shown
    assert shown is not None
    told = "<b>13 Sep 2026</b><br>Simple 82.1<br>Count-back 83.1<br>Best possible 52.1<br>Average days delinquent 30.0<br>Last year 70.1"
    assert shown.hover[-1] == told
    assert "Last year" not in shown.hover[0]


def test_the_members_stand_against_the_plan_the_longest_first() -> None:
    found = view()
    assert found.below == ("DSO by region", "days at 13 Sep; plan 65.0")
    assert [(member.name, member.days, member.gap) for member in found.members] == [
        ("Overseas", Value("105.2"), Change("+40.2", "", "bad")),
        ("East", Value("103.9"), Change("+38.9", "", "bad")),
        ("Without region", Value("70.0"), Change("+5.0", "", "bad")),
        ("Southeast Asia and Pacific Distribution", Value("51.4"), Change("−13.6", "", "good")),
    ]
    assert found.members[0].bar == Bar(label="105.2; plan 65.0", actual=1.0, expected=0.6179, judgement="bad", target=False)
    assert (found.members[0].href, found.members[2].href) == ("?region=O", "")


def test_who_owes_nothing_is_left_out_and_the_rest_is_counted() -> None:
    assert [member.name for member in view(regions={"E": "50", "O": None, "S": "0"}).members] == ["East"]
    many = {f"r{i}": str(90 - i) for i in range(MOST + 3)}
    found = view("?area=E1", regions=many)
    assert len(found.members) == MOST
    assert found.rest == "3 more in the table"
    assert view().rest == ""


def test_without_a_plan_there_is_no_tick_and_no_gap() -> None:
    found = view(plan="")
    assert found.shown is not None
    assert [line.look for line in found.shown.lines] == ["main", "light", "light", "year"]
    assert found.below[1] == "days at 13 Sep; no plan"
    assert found.members[0].gap == Change("", "", "dim")
    assert found.members[0].bar is not None
    assert found.members[0].bar.expected is None


def test_what_else_says_how_fast_it_comes_in() -> None:
    assert view().facts == (
        ("Days delinquent", Value("31.3")), ("CEI", Value("49.9%")), ("Days to pay", Value("73.0")), ("Mean days late", Value("−1.5")),
    )  # fmt: skip
    scope, results = answered()
    results["now"] = replace(results["now"], rows=({**results["now"].only(), "cei": None},), missing={"cei": Missing("no_value")})
    assert PANEL.view(scope, results).facts[1] == ("CEI", Value("—", "There is nothing to compare with"))


def test_where_there_is_none_it_says_why() -> None:
    nothing = tuple(point(day, None) for day in (*ENDS, LAST))
    found = view(found=course(points=nothing, before=nothing, missing=Missing("no_data")))
    assert found.shown is None
    assert found.empty == ("No DSO to show", "There are no invoices in the data")
    category = view("?category=P")
    assert (category.shown, category.empty[0]) == (None, "DSO is not known here")
    scope, results = answered("?category=P")
    assert PANEL.table(scope, results) is None
    assert text(PANEL.render(category)).startswith("DSO")


def test_of_a_customer_there_is_nobody_below() -> None:
    found = view("?customer=c1")
    assert (found.members, found.below) == ((), ("", ""))
    assert found.shown is not None


def test_the_card_is_drawn_with_a_sentence_for_its_chart() -> None:
    found = view()
    said = "Days sales outstanding of Company on 13 Sep 2026: 82.1; on 30 Sep 2024 70.0; a year before 70.1"
    assert found.label == said
    tree = PANEL.render(found)
    assert of_type(tree, "Graph")
    assert len(of_type(with_class(tree, "dso-bars"), "Li")) == 4
    assert text(with_class(tree, "facts-line")).startswith("Days delinquent31.3")


def test_the_table_has_every_day_and_every_member() -> None:
    scope, results = answered()
    table = PANEL.table(scope, results)
    assert table is not None
    assert len(table.rows) == len(table.raw) == 25 + 4
    assert {len(row) for row in (*table.rows, *table.raw)} == {len(table.columns)}
    assert table.raw[24] == ("Company", LAST, D("82.1"), D("83.1"), D("52.1"), D(30), D("70.1"), D(65))
    assert table.rows[24] == ("Company", "13 Sep 2026", "82.1", "83.1", "52.1", "30.0", "70.1", "65.0")
    assert table.raw[25] == ("Overseas", LAST, D("105.2"), D(1), D(2), D(3), None, D(65))


def test_it_is_said_in_chinese() -> None:
    found = view("?language=zh")
    assert (found.title, found.below) == ("回款周期", ("各大区回款周期", "天，9月13日；计划 65.0"))
    assert found.shown is not None
    assert found.shown.lines[0].label.text == "简单法 82.1"
