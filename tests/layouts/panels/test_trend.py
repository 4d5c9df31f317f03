"""Running totals against a pandas twin; steps that partition the period; one sentence and a table for the chart."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from layouts.figures import Fan, Label
from layouts.panels.trend import DAILY, WEEKLY, Trend, course_of, segments
from metrics.query import Missing, Result
from tests.layouts.panels.hand import Board, M, five, standing
from tests.layouts.tree import of_type, text

PANEL = Trend()
KEY = "amount"


def answered(
    days: dict[date, tuple[Any, Any]], before: dict[date, Any], search: str = "", row: dict[str, Any] | None = None, missing: Any = None
) -> tuple[Any, dict[str, Result]]:
    board = Board()
    scope = board.scope(search)
    needs = PANEL.needs(scope)
    rows = [{"day": day, KEY: actual, f"{KEY}_target": target} for day, (actual, target) in days.items()]
    return scope, {
        "days": board.result(needs["days"], rows),
        "before": board.result(needs["before"], [{"day": day, KEY: value} for day, value in before.items()]),
        "five": board.result(needs["five"], [row or five()], missing),
    }


def steady(search: str = "") -> tuple[Any, dict[str, Result]]:
    """A million due and 0.9 million sold each weekday of the quarter; 0.8 million a weekday last year."""
    first = date(2026, 7, 1)
    weekdays = [first + timedelta(days=i) for i in range(92) if (first + timedelta(days=i)).weekday() < 5]
    days = {day: (Decimal("0.9") * M if day <= date(2026, 9, 13) else Decimal(0), M) for day in weekdays}
    last_year = {day - timedelta(days=365): Decimal("0.8") * M for day in (first + timedelta(days=i) for i in range(92))}
    before = {day: value for day, value in last_year.items() if day.weekday() < 5}
    return answered(days, before, search)


amounts = st.decimals(min_value=-1000, max_value=10_000, places=2)


@given(st.dictionaries(st.integers(0, 91), st.tuples(amounts, amounts), min_size=1), st.integers(0, 91))
def test_running_totals_are_those_of_pandas(sparse: dict[int, tuple[Decimal, Decimal]], as_of: int) -> None:
    first = date(2026, 7, 1)
    day = min(first + timedelta(days=as_of), date(2026, 9, 13))
    scope, answers = answered({first + timedelta(days=i): pair for i, pair in sparse.items()}, {}, f"?as-of={day}&period=2026Q3")
    found = course_of(scope, answers)
    frame = pd.DataFrame(index=range(92), data={"actual": Decimal(0), "target": Decimal(0)}, dtype=object)
    for i, (actual, target) in sparse.items():
        frame.loc[i] = [actual, target]
    twin = frame.astype(object).cumsum()
    assert found.actual == tuple(twin["actual"][: (day - first).days + 1])
    assert found.target == tuple(twin["target"])
    at = len(found.actual) - 1
    assert found.gap(at) == twin["actual"][at] - twin["target"][at]


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(1, 800))
def test_steps_partition_the_period(first: date, length: int) -> None:
    days = [first + timedelta(days=i) for i in range(length)]
    spans = segments(days)
    assert [day for a, b in spans for day in days if a <= day <= b] == days
    if length <= DAILY:
        assert len(spans) == length
    elif length <= WEEKLY:
        assert all(b.weekday() == 6 for _, b in spans[:-1])
        assert all(a.weekday() == 0 for a, _ in spans[1:])
    else:
        assert all(a.day == 1 for a, _ in spans[1:])


def test_last_year_is_read_after_as_many_working_days() -> None:
    scope, answers = steady()
    course = course_of(scope, answers)
    at = course.days.index(date(2026, 9, 11))
    # 53 working days have passed, each sold 0.8 million a year before.
    assert course.before[at] == 53 * Decimal("0.8") * M
    whole = sum(row[KEY] for row in answers["before"].rows)
    assert course.before[-1] == whole


def test_bars_are_the_gaps_at_week_ends_out_of_the_daily_results() -> None:
    scope, answers = steady()
    shown = PANEL.view(scope, answers).shown
    assert shown is not None
    # Three working days in the first, short week, then five a week: 0.1 million is lost on each.
    assert [step.gap for step in shown.steps] == [-0.3, *(round(-0.3 - 0.5 * i, 1) for i in range(1, 11))]
    assert [step.label for step in shown.steps if step.label] == ["−0.3", "−5.3"]
    assert shown.actual[-1] == pytest.approx(53 * 0.9)
    assert len(shown.actual) == 75
    assert len(shown.target) == len(shown.before) == len(shown.days) == len(shown.hover) == 92
    assert [text for _, text in shown.axis] == ["W27", "W30", "W33", "W36", "W39"]


def test_labels_stand_at_the_edge_and_at_the_last_day() -> None:
    scope, answers = steady()
    shown = PANEL.view(scope, answers).shown
    assert shown is not None
    assert shown.ends == (Label("Target 66.0", 66.0, "ink-2"), Label("Last year 52.8", 52.8, "ink-3"))
    assert shown.last == (Label("Actual 47.7", 47.7, "ink-1", bold=True), Label("−5.3", 47.7, "bad", bold=True))
    assert shown.ticks == ((0.0, "0"), (25.0, "25"), (50.0, "50"))


def test_a_gap_of_nothing_has_no_label() -> None:
    """A best week that was just on target, and a last one."""
    week = timedelta(days=7)
    monday = date(2026, 7, 6)
    short = {monday + i * week: (M - (M if i == 2 else 0), M) for i in range(9)}
    scope, answers = answered(short, {}, "?period=2026Q3")
    shown = PANEL.view(scope, answers).shown
    assert shown is not None
    assert {step.gap for step in shown.steps} == {0.0, -1.0}
    assert {step.label for step in shown.steps} == {"", "−1.0"}


def test_the_sentence_and_the_pointer_tell_the_figures() -> None:
    scope, answers = steady()
    view = PANEL.view(scope, answers)
    assert view.label == "Sales amount by 13 Sep 2026: 47.7 of 53.0 due, gap −5.3; target of the period 66.0, in ¥\u00a0M"
    assert view.shown is not None
    assert view.shown.hover[74] == "<b>Sun 13 Sep</b><br>Actual 47.7<br>Target due 53.0<br>Gap to pace −5.3<br>Last year 42.4"
    assert "Actual" not in view.shown.hover[75]


def test_a_closed_period_labels_its_actual_at_the_edge() -> None:
    scope, answers = answered({date(2026, 4, 1): (9 * M, 10 * M)}, {}, "?period=2026Q2")
    shown = PANEL.view(scope, answers).shown
    assert shown is not None
    assert shown.last == ()
    assert [label.text for label in shown.ends][-1] == "Actual 9.0"


@pytest.mark.parametrize(
    ("period", "words", "steps"), [("week", "by the day", 7), ("month", "at week end", 2), ("year", "at month end", 9)]
)
def test_a_week_is_followed_by_the_day_and_a_year_by_the_month(period: str, words: str, steps: int) -> None:
    scope, answers = answered({date(2026, 9, 7): (M, M)}, {}, f"?period={period}")
    shown = PANEL.view(scope, answers).shown
    assert shown is not None
    assert words in shown.steps_title
    assert len(shown.steps) == steps


def fanned(search: str = "", target: Any = 66) -> tuple[Any, dict[str, Result]]:
    """The steady quarter, which lands at 60 million of 66, between 57 and 66.5."""
    landed = {"landing": 60 * M, "landing_low": 57 * M, "landing_high": Decimal("66.5") * M}
    scope, answers = steady(search)
    due = None if target is None else 53 * M
    row = five(amount=standing("amount", Decimal("47.7") * M, target and target * M, due, "behind", **landed))
    return scope, answers | {"five": Board().result(answers["five"].query, [row])}


def test_the_fan_opens_from_the_gap_to_the_landing_against_the_target() -> None:
    scope, answers = fanned()
    shown = PANEL.view(scope, answers).shown
    assert shown is not None
    assert shown.fan == Fan(landing=60.0, gap=-6.0, low=-9.0, high=0.5, said=("Lands −6.0", "−9.0 to +0.5"))
    assert shown.steps_title == "Gap to pace, ¥\u00a0M, at week end; fan: landing"
    assert Label("Forecast 60.0", 60.0, "ink-1", bold=True) in shown.ends
    table = PANEL.table(scope, answers)
    assert table.columns[-3:] == ("Landing", "Landing, low end", "Landing, high end")
    assert table.raw[-1] == (date(2026, 9, 30), None, 66 * M, None, *table.raw[-1][4:5], 60 * M, 57 * M, Decimal("66.5") * M)
    assert table.rows[-1][-3:] == ("60.0", "57.0", "66.5")
    assert {row[-3:] for row in table.raw[:-1]} == {(None, None, None)}
    assert len(table.raw) == len(PANEL.table(*steady()).raw) + 1


def test_a_forecast_without_target_is_a_line_alone() -> None:
    scope, answers = fanned(target=None)
    shown = PANEL.view(scope, answers).shown
    assert shown is not None
    assert shown.fan == Fan(landing=60.0, gap=None, low=None, high=None, said=("", ""))


def test_a_closed_period_has_no_fan() -> None:
    scope, answers = fanned("?period=2026Q2")
    assert course_of(scope, answers).landing is None


def test_without_target_there_is_no_gap_to_draw() -> None:
    row = five(amount=standing("amount", 3 * M, None, None, "no_target"))
    scope, answers = answered({date(2026, 7, 1): (3 * M, None)}, {}, row=row)
    view = PANEL.view(scope, answers)
    assert view.shown is not None
    assert (view.shown.target, view.shown.steps) == ((), ())
    assert view.label == "Sales amount by 13 Sep 2026: 3,000 ¥\u00a0k, without target"


def test_an_unknown_measure_is_not_drawn_as_zero() -> None:
    row = five(amount=standing("amount", None, 10 * M, 8 * M, None))
    scope, answers = answered({date(2026, 7, 1): (None, M)}, {}, row=row, missing={"amount": Missing("no_data")})
    view = PANEL.view(scope, answers)
    assert view.shown is None
    assert view.empty == ("Sales amount cannot be drawn for Q3 2026", "There are no order lines in the data")
    assert "There are no order lines" in text(PANEL.render(view))


def test_the_chart_is_an_image_with_its_sentence() -> None:
    scope, answers = steady("?language=zh&theme=dark")
    tree = PANEL.render(PANEL.view(scope, answers))
    image = next(part for part in of_type(tree, "Div") if getattr(part, "role", None) == "img")
    assert "万元" in image.to_plotly_json()["props"]["aria-label"]
    graph = of_type(tree, "Graph")[0]
    assert graph.id == {"type": "graph", "name": "trend"}
    assert "Actual" not in str(graph.figure)


def test_the_table_has_a_row_a_step_with_exact_values() -> None:
    scope, answers = steady()
    table = PANEL.table(scope, answers)
    assert len(table.rows) == 11
    assert table.raw[0] == (date(2026, 7, 5), Decimal("2.7") * M, 3 * M, Decimal("-0.3") * M, Decimal("2.4") * M)
    assert table.rows[0] == ("5 Jul 2026", "2.7", "3.0", "−0.3", "2.4")
