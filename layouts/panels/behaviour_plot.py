"""The chart of how a customer pays: mean days late above, the share paid late below, on one axis of months."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil, floor, log10
from typing import Any, Final

from layouts.figures import Figure
from layouts.theme import base_layout, colours

_UPPER: Final = [0.44, 1.0]
_LOWER: Final = [0.0, 0.27]
_ROOM: Final = 0.12
"""Share of its span that is left free above and below a line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """By month, as first days: mean days ``late`` and the ``share`` paid late; None where nothing was paid, which breaks the line.

    ``hover`` tells each month in words. ``ticks`` and ``shares`` are heights with a line, ``axis`` the months below, each with its
    text. ``company``: the height that the customer is compared with, and its label. ``end``, ``share_end``: the last of each line.
    """

    months: tuple[str, ...]
    late: tuple[float | None, ...]
    share: tuple[float | None, ...]
    hover: tuple[str, ...]
    ticks: tuple[tuple[float, str], ...]
    shares: tuple[tuple[float, str], ...]
    axis: tuple[tuple[str, str], ...]
    company: tuple[float, str] | None
    end: tuple[float | None, str]
    share_end: tuple[float | None, str]
    titles: tuple[str, str]


def round_heights(low: float, high: float) -> tuple[float, ...]:
    """Some three round heights from at most ``low`` to at least ``high``, zero among them where it lies between."""
    high = max(high, low + 1.0)
    span = high - low
    size = 10.0 ** floor(log10(span / 2))
    step = next(size * m for m in (1, 2, 2.5, 5, 10) if span / (size * m) < 3)
    return tuple(round(i * step, 6) for i in range(floor(low / step), ceil(high / step) + 1))


def figure(shown: Course, theme: str) -> Figure:
    c = colours(theme)
    layout = base_layout(theme)
    layout |= {"hovermode": "x", "hoversubplots": "axis", "margin": {"l": 44, "r": 92, "t": 18, "b": 36}}
    layout["xaxis"] |= {
        "type": "date",
        "anchor": "y2",
        "range": _range(shown),
        "showline": False,
        "tickangle": 0,
        "ticklabelstandoff": 4,
        "tickmode": "array",
        "tickvals": [at for at, _ in shown.axis],
        "ticktext": [said for _, said in shown.axis],
    }
    low, high = shown.ticks[0][0], shown.ticks[-1][0]
    layout["yaxis2"] = _axis(layout["yaxis"], shown.shares, _LOWER, (-0.06, 1.06))
    layout["yaxis"] = _axis(layout["yaxis"], shown.ticks, _UPPER, (low - (high - low) * _ROOM, high + (high - low) * _ROOM))
    layout["shapes"] = [_level(0.0, c["ink-1"], 1)] if low < 0 else []
    layout["annotations"] = [_title(shown.titles[0], _UPPER[1], c), _title(shown.titles[1], _LOWER[1], c), *_ends(shown, c)]
    if shown.company:
        layout["shapes"].append(_level(shown.company[0], c["pl"], 1.25))
    data = [_line(shown.months, shown.late, c["ac"], "y"), _line(shown.months, shown.share, c["ac"], "y2"), _told(shown)]
    return {"data": data, "layout": layout}


def _range(shown: Course) -> list[str]:
    """Half a month more on the left, so that the first mark is clear of the figures beside it."""
    return [(date.fromisoformat(shown.months[0]) - timedelta(days=15)).isoformat(), shown.months[-1]]


def _axis(like: Figure, ticks: Sequence[tuple[float, str]], domain: list[float], span: tuple[float, float]) -> Figure:
    shown = {"tickmode": "array", "tickvals": [v for v, _ in ticks], "ticktext": [said for _, said in ticks]}
    return {**like, "showline": False, "domain": domain, "range": list(span), **shown}


def _line(months: Sequence[str], values: Sequence[float | None], colour: str, axis: str) -> Figure:
    """A line through the months that have a value; one alone is a dot."""
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "x": months,
        "y": values,
        "yaxis": axis,
        "connectgaps": False,
        "line": {"color": colour, "width": 2},
        "marker": {"size": 5, "color": colour},
        "hoverinfo": "skip",
        "cliponaxis": False,
    }


def _told(shown: Course) -> Figure:
    """What the pointer shows of every month, of those without payments too."""
    middle = (shown.ticks[0][0] + shown.ticks[-1][0]) / 2
    heights = [middle if value is None else value for value in shown.late]
    return {
        "type": "scatter",
        "mode": "lines",
        "x": shown.months,
        "y": heights,
        "line": {"width": 0},
        "hovertext": shown.hover,
        "hoverinfo": "text",
        "hovertemplate": "%{hovertext}<extra></extra>",
    }


def _level(at: float, colour: str, width: float) -> Figure:
    return {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": at, "y1": at, "line": {"color": colour, "width": width}}


def _title(words: str, at: float, c: Any) -> Figure:
    where = {"xref": "paper", "yref": "paper", "x": 0, "y": at, "xanchor": "left", "yanchor": "bottom", "yshift": 2}
    return {"text": words, "font": {"color": c["ink-2"]}, "showarrow": False, **where}


def _ends(shown: Course, c: Any) -> list[Figure]:
    """Labels beside the right edge: the last of each line, and the company's; these two kept apart."""
    made = []
    value, said = shown.end
    company = shown.company
    shift = 0
    if value is not None and company is not None:
        near = abs(value - company[0]) < (shown.ticks[-1][0] - shown.ticks[0][0]) * 0.16
        shift = (8 if value >= company[0] else -8) if near else 0
    if value is not None:
        made.append(_label(f"<b>{said}</b>", value, "y", c["ink-1"], shift))
    if company is not None:
        made.append(_label(company[1], company[0], "y", c["ink-2"], -shift))
    if shown.share_end[0] is not None:
        made.append(_label(f"<b>{shown.share_end[1]}</b>", shown.share_end[0], "y2", c["ink-1"], 0))
    return made


def _label(words: str, at: float, axis: str, colour: str, shift: int) -> Figure:
    where = {"xref": "paper", "x": 1, "yref": axis, "y": at, "xanchor": "left", "xshift": 10, "yshift": shift}
    return {"text": words, "font": {"color": colour}, "showarrow": False, **where}
