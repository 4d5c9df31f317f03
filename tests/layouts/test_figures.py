"""Figures are dicts in the colours of the theme; labels keep apart and tell their own line."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layouts import figures
from layouts.figures import Fan, Label, Lines, Mark, Step, Swarm
from layouts.theme import colours

DAYS = tuple(f"2026-09-{day:02}" for day in range(1, 11))
LINES = Lines(
    days=DAYS,
    actual=(1.0, 2.0, 2.5, 3.0, 4.0),
    target=tuple(float(i + 1) for i in range(10)),
    before=tuple(0.9 * (i + 1) for i in range(10)),
    hover=tuple(f"day {day}" for day in DAYS),
    ticks=((0.0, "0"), (5.0, "5")),
    ends=(Label("Target 10.0", 10.0, "ink-2"), Label("Last year 9.9", 9.9, "ink-3")),
    last=(Label("Actual 4.0", 4.0, "ink-1", bold=True), Label("−1.0", 4.0, "bad", bold=True)),
    steps=(Step("2026-09-03T12:00:00", 5.0, 0.5, "", ), Step("2026-09-05", 2.0, -1.0, "−1.0")),
    steps_title="Gap to pace",
    margin=0.0,
    axis=(("2026-09-03", "W36"),),
)  # fmt: skip


@given(st.lists(st.floats(-1000, 1000, allow_nan=False), max_size=8), st.floats(1, 50))
def test_spread_heights_are_apart_in_their_order_and_move_no_more_than_needed(heights: list[float], least: float) -> None:
    moved = figures.spread(heights, least)
    order = sorted(range(len(heights)), key=lambda i: heights[i])
    assert all(moved[b] - moved[a] >= least - 1e-6 for a, b in pairwise(order))
    if all(heights[b] - heights[a] >= least for a, b in pairwise(order)):
        assert moved == tuple(heights)
    assert sum(moved) == pytest.approx(sum(heights), abs=1e-3)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_trend_draws_each_line_in_its_ink(theme: str) -> None:
    c = colours(theme)
    figure = figures.trend(LINES, theme)
    lines = [trace for trace in figure["data"] if trace.get("mode") == "lines" and trace["line"]["width"]]
    assert [(trace["line"]["color"], len(trace["y"])) for trace in lines] == [(c["py"], 10), (c["pl"], 10), (c["ac"], 5)]
    bars = next(trace for trace in figure["data"] if trace["type"] == "bar")
    assert bars["marker"]["color"] == [c["good"], c["bad"]]
    assert bars["text"] == ["", "<b>−1.0</b>"]


def test_labels_that_nearly_coincide_are_moved_apart() -> None:
    notes = {note["text"]: note for note in figures.trend(LINES, "light")["layout"]["annotations"]}
    apart = notes["Target 10.0"]["yshift"] - notes["Last year 9.9"]["yshift"]
    # Both the data and the shifts part them, by at least a line of text.
    assert apart + (10.0 - 9.9) * 112 / 10.4 == pytest.approx(16, abs=0.2)


def test_the_last_value_stands_where_the_lines_leave_room() -> None:
    def note(shown: Lines) -> dict[str, object]:
        found = figures.trend(shown, "light")["layout"]["annotations"]
        return next(one for one in found if "Actual" in one["text"])

    assert note(LINES)["xanchor"] == "left"
    assert note(LINES)["yanchor"] == "top"
    ahead = replace(LINES, actual=(2.0, 3.0, 4.0, 6.0, 8.0))
    assert (note(ahead)["xanchor"], note(ahead)["yanchor"]) == ("right", "bottom")


@pytest.mark.parametrize(
    ("shown", "anchor", "height"),
    [
        (replace(LINES, actual=(1.0, 1.5)), "left", 5.0),  # the target four days on, over which the text lies
        (replace(LINES, actual=(1.0, 1.5), target=(), before=(1.0,) * 10), "left", 1.5),
        (replace(LINES, actual=(0.1, 0.1, 0.1, 0.2, 0.2), target=(9.0,) * 10, before=()), "left", 0.2),  # below a line far above
        (replace(LINES, actual=(0.1,) * 9, target=(8.0,) * 10, before=(0.5,) * 10), "right", 0.5),
        (replace(LINES, actual=(0.1,) * 2, target=(9.5,) * 10, before=tuple(float(i) for i in range(10))), "left", 4.0),
        (replace(LINES, actual=(0.1,) * 2, target=(2.0,) * 10, before=(9.0,) * 10), "left", 2.0),
    ],
)
def test_early_or_low_the_last_value_stands_right_above_its_point(shown: Lines, anchor: str, height: float) -> None:
    note = next(one for one in figures.trend(shown, "light")["layout"]["annotations"] if "Actual" in one["text"])
    assert note["x"] == shown.days[len(shown.actual) - 1]
    assert (note["xanchor"], note["yanchor"], note["y"]) == (anchor, "bottom", height)


def test_labels_at_the_edge_get_the_room_that_they_need() -> None:
    def room(text: str) -> int:
        shown = replace(LINES, ends=(Label(text, 1.0, "ink-2"),))
        return int(figures.trend(shown, "light")["layout"]["margin"]["r"])

    assert room("Target 528,852,000") > room("Target 528.9") > room("T")
    assert room("目标 5") == room("abcd 5")


FAN = Fan(landing=9.0, gap=-1.0, low=-2.5, high=0.75, said=("Lands −1.0", "−2.5 to +0.8"))


def test_the_fan_is_hatched_from_todays_gap_to_its_range_on_the_last_day() -> None:
    c = colours("light")
    figure = figures.trend(replace(LINES, fan=FAN), "light")
    band = next(trace for trace in figure["data"] if trace.get("fill") == "toself")
    assert (band["x"], band["y"]) == ([DAYS[4], DAYS[9], DAYS[9]], [-1.0, 0.75, -2.5])
    assert band["fillpattern"]["fgcolor"] == c["fc"]
    dashed = [(trace["x"], trace["y"]) for trace in figure["data"] if trace.get("line", {}).get("dash")]
    assert dashed == [((DAYS[4], DAYS[9]), (LINES.actual[-1], 9.0)), ((DAYS[4], DAYS[9]), (-1.0, -1.0))]
    low, high = figure["layout"]["yaxis2"]["range"]
    assert low < -2.5
    assert high > 0.75
    said = next(note for note in figure["layout"]["annotations"] if "Lands" in note["text"])
    assert (said["yref"], said["y"], said["text"]) == ("y2", -1.0, "<b>Lands −1.0</b><br>−2.5 to +0.8")


def test_a_forecast_above_everything_is_inside_the_frame_and_needs_no_target() -> None:
    figure = figures.trend(replace(LINES, fan=replace(FAN, landing=30.0, gap=None, low=None, high=None, said=("", "")), target=()), "light")
    assert figure["layout"]["yaxis"]["range"][1] >= 30
    assert not [trace for trace in figure["data"] if trace.get("fill")]


def test_without_target_there_is_one_panel_only() -> None:
    figure = figures.trend(replace(LINES, target=(), steps=()), "light")
    assert "yaxis2" not in figure["layout"]
    assert figure["layout"]["yaxis"]["domain"] == [0.0, 1.0]
    assert not any(trace["type"] == "bar" for trace in figure["data"])


def test_a_margin_gives_single_days_room_at_both_ends() -> None:
    axis = figures.trend(replace(LINES, margin=0.5), "light")["layout"]["xaxis"]
    assert axis["range"] == ["2026-08-31T12:00:00", "2026-09-10T12:00:00"]


def test_every_day_is_told_by_the_pointer_once() -> None:
    hover = [trace for trace in figures.trend(LINES, "light")["data"] if trace.get("hoverinfo") != "skip"]
    assert len(hover) == 1
    assert hover[0]["hovertext"] == LINES.hover


def test_the_shape_of_a_mark_tells_its_tier_as_its_colour_does() -> None:
    shown = Swarm(
        at_risk=(Mark(0.5, 0.0, "a"),),
        on_the_way=(Mark(0.8, 0.0, "b"), Mark(0.8, 1.0, "c")),
        achieved=(Mark(1.2, 0.0, "d"),),
        span=(0.4, 1.3),
        ticks=((0.7, "<b>70%</b>"), (1.0, "<b>100%</b>")),
        edges=(0.7, 1.0),
        expected=(0.815, "Expected"),
        dot=8,
    )
    figure = figures.swarm(shown, "light", plot_height=150)
    looks = [(trace["marker"]["symbol"], trace["marker"]["color"], len(trace["x"])) for trace in figure["data"]]
    c = colours("light")
    assert looks == [("circle-open", c["bad"], 1), ("circle", c["py"], 2), ("diamond", c["good"], 1)]
    assert [shape["x0"] for shape in figure["layout"]["shapes"]] == [0.4, 1.0, 0.7, 1.0, 0.815]
    assert figure["layout"]["annotations"][0]["text"] == "Expected"
