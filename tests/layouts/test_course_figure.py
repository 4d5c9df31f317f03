"""The course of DSO as a figure: each line in its ink, holes left open, labels apart."""

from __future__ import annotations

from itertools import pairwise

import pytest

from layouts.course_figure import Line, Lines, course
from layouts.figures import Label
from layouts.theme import colours

DAYS = ("2026-06-30", "2026-07-31", "2026-08-31", "2026-09-13")
SHOWN = Lines(
    days=DAYS,
    lines=(
        Line((70.0, 72.0, 71.0, 75.0), "main", Label("Simple 75.0", 75.0, "ink-1", bold=True)),
        Line((71.0, 73.0, 72.0, 75.5), "light", Label("Count-back 75.5", 75.5, "ink-2")),
        Line((None, None, 66.0, 74.0), "year", Label("Last year 74.0", 74.0, "ink-3")),
        Line((65.0,) * 4, "plan", Label("Plan 65.0", 65.0, "ink-2")),
    ),
    hover=DAYS,
    span=(60.0, 80.0),
    ticks=((60.0, "60"), (80.0, "80")),
    axis=(("2026-07-31", "Jul"), ("2026-09-13", "13 Sep")),
)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_each_line_has_its_ink_and_the_main_one_lies_on_top(theme: str) -> None:
    c = colours(theme)
    lines = [trace for trace in course(SHOWN, theme)["data"] if trace["mode"] == "lines" and trace["line"]["width"]]
    assert [trace["line"]["color"] for trace in lines] == [c["pl"], c["py"], c["fc"], c["ac"]]
    assert lines[1]["y"] == (None, None, 66.0, 74.0)
    assert not lines[1]["connectgaps"]


def test_the_last_day_is_a_point_and_every_day_is_told_once() -> None:
    data = course(SHOWN, "light")["data"]
    ends = [trace for trace in data if trace["mode"] == "markers"]
    assert [(trace["x"], trace["y"]) for trace in ends] == [(("2026-09-13",), (75.0,))]
    told = [trace["hovertext"] for trace in data if "hovertext" in trace]
    assert told == [DAYS]


def test_labels_are_apart_in_the_order_of_their_lines() -> None:
    notes = course(SHOWN, "light")["layout"]["annotations"]
    scale = 112 / 20
    heights = sorted(note["y"] * scale + note["yshift"] for note in notes)
    assert all(high - low >= 15 - 0.11 for low, high in pairwise(heights))
    named = sorted(notes, key=lambda note: note["y"] * scale + note["yshift"])
    assert [note["text"] for note in named] == ["Plan 65.0", "Last year 74.0", "<b>Simple 75.0</b>", "Count-back 75.5"]


def test_without_a_last_value_there_is_no_point() -> None:
    hidden = Lines(
        days=DAYS, lines=(Line((70.0, None, 71.0, None), "main", Label("Simple 71.0", 71.0, "ink-1")),), hover=DAYS,
        span=(60.0, 80.0), ticks=(), axis=(),
    )  # fmt: skip
    assert not [trace for trace in course(hidden, "light")["data"] if trace["mode"] == "markers"]
