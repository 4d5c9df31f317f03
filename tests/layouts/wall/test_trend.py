"""The course from five metres: lines inside the drawing, labels apart, and where it lands in words."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layouts.wall.markup import markup
from layouts.wall.trend import Trend, View
from metrics.query import Missing
from tests.layouts.panels.hand import LANDED, Board, M, five, standing
from tests.layouts.tree import text, with_class

SCENE = Trend()
AMOUNT = standing("amount", 391 * M, 500 * M, Decimal("407.6") * M, "behind", **LANDED)
FIRST = date(2026, 7, 1)


def shown(search: str = "", *, days: dict[int, tuple[Any, Any]] | None = None, missing: Any = None, **replaced: Any) -> View:
    board = Board()
    scope = board.scope(search)
    needs = SCENE.needs(scope)
    steady = {i: (Decimal(5) * M, Decimal(6) * M) for i in range(92)} if days is None else days
    rows = [{"day": FIRST + timedelta(days=i), "amount": actual, "amount_target": due} for i, (actual, due) in steady.items()]
    before = [{"day": FIRST - timedelta(days=365 - i), "amount": Decimal(4) * M} for i in range(92)]
    return SCENE.view(
        scope,
        {
            "days": board.result(needs["days"], rows),
            "before": board.result(needs["before"], before),
            "five": board.result(needs["five"], [five(**{"amount": AMOUNT, **replaced})], missing),
        },
    )


def test_the_landing_leads_and_says_how_sure_it_is() -> None:
    view = shown()
    assert (view.lead, view.said) == (("", "96.9", "%"), "of target forecast: ¥484.9\u00a0M")
    assert view.more == "470.8–498.0 · 12% chance to reach the target"
    assert view.course is not None
    assert len(view.course.fan) == 3
    assert {word.text.split()[0] for word in view.course.words} == {"Target", "Forecast", "Last", "Actual"}


def test_without_a_forecast_it_is_what_is_done() -> None:
    view = shown(amount=standing("amount", 391 * M, 500 * M, Decimal("407.6") * M, "behind"))
    assert (view.lead, view.said, view.more) == (("", "78.2", "%"), "¥391.0\u00a0M of ¥500.0\u00a0M", "−¥16.6\u00a0M · 3.1 d behind")
    assert view.course is not None
    assert (view.course.ahead, view.course.fan) == ((), ())
    closed = shown("?period=2026Q2", amount=standing("amount", 391 * M, None, None, "no_target"), days={})
    assert (closed.lead, closed.said, closed.more) == (("¥", "391.0", "M"), "in all", "No target is set")


def test_a_value_that_lands_without_a_target_is_told_as_it_is() -> None:
    landed = {**LANDED, "landing_rate": None, "landing_chance": None}
    view = shown(amount=standing("amount", 391 * M, None, None, "no_target", **landed))
    assert (view.lead, view.said, view.more) == (("¥", "484.9", "M"), "forecast for the period", "Range 470.8–498.0")


def test_what_cannot_be_drawn_says_why() -> None:
    view = shown(missing={"amount": Missing("no_data")}, amount=standing("amount", None, None, None, None), days={})
    assert view.course is None
    assert text(with_class(SCENE.render(view), "wall-missing")).endswith("There are no order lines in the data")


amounts = st.integers(-3000, 9000).map(lambda v: Decimal(v) * 10_000)


@given(st.dictionaries(st.integers(0, 91), st.tuples(amounts, amounts), min_size=1))
def test_every_mark_is_inside_and_labels_do_not_touch(days: dict[int, tuple[Decimal, Decimal]]) -> None:
    view = shown(days=days)
    course = view.course
    assert course is not None
    points = [*course.actual, *course.target, *course.before, *course.ahead, *course.fan]
    assert all(-1e-6 <= x <= 1 + 1e-6 and -1e-6 <= y <= 1 + 1e-6 for x, y in points)
    assert [x for x, _ in course.actual] == sorted(x for x, _ in course.actual)
    heights = sorted(word.at for word in course.words)
    assert all(0.03 <= at <= 0.97 for at in heights)
    assert all(b - a >= 0.0898 for a, b in pairwise(heights))


def test_heights_are_in_proportion_to_the_values() -> None:
    """The last of the actual, on day 75 of steady fives against sixes due, stands at 375 ÷ 552 of the target's end."""
    course = shown(amount=standing("amount", 391 * M, 500 * M, Decimal("407.6") * M, "behind")).course
    assert course is not None
    (x, y), (_, top) = course.actual[-1], course.target[-1]
    assert x == pytest.approx(74 / 91, abs=1e-4)
    assert (1 - y) / (1 - top) == pytest.approx(375 / 552, abs=1e-3)


def test_a_year_has_no_more_points_than_a_screen_tells_apart() -> None:
    view = shown("?period=year")
    assert view.course is not None
    assert len(view.course.target) <= 125
    assert view.course.target[-1][0] == 1.0


def test_the_drawing_is_one_image_with_a_sentence() -> None:
    said = markup(SCENE.render(shown()))
    assert re.search(r'<div class="course" role="img" style="--names:\d+;--ticks:\d+" aria-label="Sales amount by 13 Sep 2026: ', said)
    assert said.count("<polyline ") == 4
    assert said.count("<polygon ") == 1


def test_the_heading_and_the_page() -> None:
    assert SCENE.heading(Board().scope("?region=E&measure=volume")) == "East: Trend, volume"
    assert SCENE.page(Board().scope("?period=month&theme=light")) == ".?period=month"
