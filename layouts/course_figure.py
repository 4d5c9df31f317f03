"""The course of days sales outstanding as a Plotly figure: lines over month ends, each labelled where it ends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal

from layouts.figures import Figure, Label, drawn, note, spread, wide, worded
from layouts.theme import base_layout, colours

Look = Literal["main", "light", "year", "plan"]
_LOOKS: Final[dict[Look, tuple[str, float]]] = {
    # colour token and width
    "main": ("ac", 2.5),
    "light": ("fc", 1.25),
    "year": ("py", 1.75),
    "plan": ("pl", 1.25),
}
_HEIGHT: Final = 112
"""Pixels that the lines have at least; the labels are kept apart for it."""
_APART: Final = 15
"""Least distance in pixels between two labels."""


@dataclass(frozen=True, slots=True)
class Line:
    """Values on the days of the course, None where there is none; ``label`` stands where it ends."""

    values: tuple[float | None, ...]
    look: Look
    label: Label


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """``lines``: the main one first. ``hover`` tells each day in words; ``span``: lowest and highest value shown; ``ticks`` the heights
    with a line and ``axis`` the days below, each with its text."""

    days: tuple[str, ...]
    lines: tuple[Line, ...]
    hover: tuple[str, ...]
    span: tuple[float, float]
    ticks: tuple[tuple[float, str], ...]
    axis: tuple[tuple[str, str], ...]


def course(shown: Lines, theme: str) -> Figure:
    c = colours(theme)
    data = [_line(shown, line, c) for line in reversed(shown.lines)]
    main = shown.lines[0]
    data.append(
        {
            **drawn(shown.days, main.values, c["ac"], 0),
            "hoverinfo": "text",
            "hovertext": shown.hover,
            "hovertemplate": "%{hovertext}<extra></extra>",
        }
    )
    if main.values[-1] is not None:
        end = {"x": shown.days[-1:], "y": main.values[-1:], "marker": {"size": 8, "color": c["ac"]}}
        data.append({"type": "scatter", "mode": "markers", **end, "hoverinfo": "skip", "cliponaxis": False})
    layout = base_layout(theme)
    layout["hovermode"] = "x"
    layout["margin"] = {"l": 30, "r": round(7.2 * max(wide(line.label.text) for line in shown.lines)) + 14, "t": 8, "b": 26}
    layout["xaxis"] |= {
        "type": "date",
        "range": [shown.days[0], shown.days[-1]],
        "showline": False,
        "tickangle": 0,
        "ticklabelstandoff": 6,
        "tickmode": "array",
        "tickvals": [at for at, _ in shown.axis],
        "ticktext": [text for _, text in shown.axis],
    }
    layout["yaxis"] |= {
        "showline": False,
        "range": list(shown.span),
        "tickmode": "array",
        "tickvals": [at for at, _ in shown.ticks],
        "ticktext": [text for _, text in shown.ticks],
    }
    layout["annotations"] = _labels(shown, c)
    return {"data": data, "layout": layout}


def _line(shown: Lines, line: Line, c: Any) -> Figure:
    colour, width = _LOOKS[line.look]
    return {**drawn(shown.days, line.values, c[colour], width), "connectgaps": False}


def _labels(shown: Lines, c: Any) -> list[Figure]:
    """Beside the right edge, at the height where each line ends or as near as the others let it."""
    low, high = shown.span
    scale = _HEIGHT / (high - low)
    there = [(line.label.at - low) * scale for line in shown.lines]
    moved = spread(there, _APART)
    return [
        note(worded(line.label), c[line.label.ink], xref="paper", x=1, y=line.label.at, xanchor="left", xshift=9, yshift=round(to - at, 1))
        for line, at, to in zip(shown.lines, there, moved, strict=True)
    ]
