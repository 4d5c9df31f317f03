"""Plotly figures as plain dicts: where a mark is drawn, in which colour. Every text comes in formatted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Any, Final, Literal
from unicodedata import east_asian_width

from layouts.theme import base_layout, colours

Figure = dict[str, Any]
Ink = Literal["ink-1", "ink-2", "ink-3", "good", "bad"]

_DAY_MS: Final = 86_400_000
_LINE: Final = 16
"""Least distance in pixels between two labels at the end of a line."""
_UPPER: Final = 104
"""Height in pixels that the upper part of the trend has at least; the labels are kept apart for it."""
_ACROSS: Final = 280
"""Width in pixels that its days have at least."""
_LETTER: Final = 7.4
"""Width in pixels of a letter of a label."""


@dataclass(frozen=True, slots=True)
class Label:
    """A text at a height of the upper part of the trend."""

    text: str
    at: float
    ink: Ink
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """A bar of the lower part: the middle of its span, its length in days, its value, and its label, which may be empty."""

    at: str
    days: float
    gap: float
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fan:
    """Where the lines will be on the last day: the running total, and against the target the gap and both ends of its range.

    ``gap`` and the range are None where there is no target; ``said``: the gap in words, and below it the range.
    """

    landing: float
    gap: float | None
    low: float | None
    high: float | None
    said: tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """Running totals by day, in the unit shown; ``actual`` ends on the last day that counts.

    ``hover`` tells each day in words. ``ends`` are labels beside the right edge. ``last`` labels the end of the actual line
    where that is not the edge. ``ticks`` are the heights with a line and ``axis`` the days below, each with its text.
    ``margin``: days left free at both ends, for bars that stand on a single day. ``fan``: the forecast, None where there is none.
    """

    days: tuple[str, ...]
    actual: tuple[float, ...]
    target: tuple[float, ...]
    before: tuple[float, ...]
    hover: tuple[str, ...]
    ticks: tuple[tuple[float, str], ...]
    ends: tuple[Label, ...]
    last: tuple[Label, ...]
    steps: tuple[Step, ...]
    steps_title: str
    margin: float
    axis: tuple[tuple[str, str], ...]
    fan: Fan | None = None


@dataclass(frozen=True, slots=True)
class Mark:
    """A rep: the rate at which the mark is drawn, the height in marks, what the pointer shows, and where a click leads."""

    rate: float
    height: float
    text: str
    href: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Swarm:
    """Reps along the rate that tiers them, by tier. ``edges``: the two thresholds; ``expected``: where a tick stands for it."""

    at_risk: tuple[Mark, ...]
    on_the_way: tuple[Mark, ...]
    achieved: tuple[Mark, ...]
    span: tuple[float, float]
    ticks: tuple[tuple[float, str], ...]
    edges: tuple[float, float]
    expected: tuple[float, str] | None
    dot: int


def trend(shown: Lines, theme: str) -> Figure:
    """Cumulative lines above, the gap to pace below, on one axis of days."""
    c = colours(theme)
    landing = (shown.fan.landing,) if shown.fan else ()
    height = max((*shown.actual, *shown.target, *shown.before, *landing, 0.0)) or 1.0
    floor = min((*shown.actual, *shown.target, *shown.before, *landing, 0.0))
    top = (floor, height * 1.04) if floor < 0 else (0.0, height * 1.04)
    data: list[Figure] = []
    if shown.before:
        data.append(drawn(shown.days, shown.before, c["py"], 1.75))
    if shown.target:
        data.append(drawn(shown.days, shown.target, c["pl"], 1.25))
    data.append(drawn(shown.days[: len(shown.actual)], shown.actual, c["ac"], 2.5))
    if shown.fan and shown.actual:
        data.append(_ahead(shown, (shown.actual[-1], shown.fan.landing), c["ac"]))
    if shown.actual:
        data.append(_end_point(shown, c["ac"]))
    carrier = shown.target or shown.before or shown.actual
    data.append(
        {
            **drawn(shown.days, carrier, c["ac"], 0),
            "hovertext": shown.hover,
            "hoverinfo": "text",
            "hovertemplate": "%{hovertext}<extra></extra>",
        }
    )
    layout = base_layout(theme)
    layout |= {"hovermode": "x", "hoversubplots": "axis"}
    longest = max((wide(text) for text in (*(label.text for label in shown.ends), *(shown.fan.said if shown.fan else ()))), default=0)
    layout["margin"] = {"l": 38, "r": max(64, round(_LETTER * longest) + 12), "t": 16, "b": 24}
    layout["annotations"] = [*_ends(shown.ends, top, c), *_last(shown, top[1], c)]
    layout["shapes"] = _stems(shown, c)
    layout["xaxis"] |= {
        "type": "date",
        "anchor": "y2",
        "range": _range(shown),
        "showline": False,
        "tickangle": 0,
        "ticklabelstandoff": 4,
        "tickmode": "array",
        "tickvals": [at for at, _ in shown.axis],
        "ticktext": [text for _, text in shown.axis],
    }
    domain = [0.57, 1.0] if shown.steps and shown.target else [0.0, 1.0]
    layout["yaxis"] |= {
        "showline": False,
        "domain": domain,
        "range": list(top),
        "tickmode": "array",
        "tickvals": [v for v, _ in shown.ticks],
        "ticktext": [t for _, t in shown.ticks],
    }
    if shown.target:
        data.append(_bars(shown, c))
        data += _fan(shown, c)
        layout["annotations"] += _fan_said(shown, c)
        layout["yaxis2"] = _gap_axis(shown, layout["yaxis"], c)
        layout["annotations"].append(
            note(shown.steps_title, c["ink-2"], xref="paper", yref="paper", x=0, y=0.45, xanchor="left", yanchor="bottom")
        )
    else:
        layout["xaxis"]["anchor"] = "y"
    return {"data": data, "layout": layout}


def wide(text: str) -> int:
    """How wide a text is, in letters; a Chinese character takes two."""
    return sum(2 if east_asian_width(c) in "WF" else 1 for c in text)


def _range(shown: Lines) -> list[str]:
    first, last = (datetime.fromisoformat(shown.days[at]) for at in (0, -1))
    room = timedelta(days=shown.margin)
    return [(first - room).isoformat(), (last + room).isoformat()]


def drawn(days: Sequence[str], values: Sequence[float | None], colour: str, width: float) -> Figure:
    return {"type": "scatter", "mode": "lines", "x": days, "y": values, "line": {"color": colour, "width": width}, "hoverinfo": "skip"}


def _ahead(shown: Lines, ends: tuple[float, float], colour: str) -> Figure:
    """A dashed line from the last day that counts to the last day of the period."""
    days = (shown.days[len(shown.actual) - 1], shown.days[-1])
    return {**drawn(days, ends, colour, 2), "line": {"color": colour, "width": 2, "dash": "4px,3px"}}


def _fan(shown: Lines, c: Any) -> list[Figure]:
    """The range that opens from today's gap, hatched, and the dashed line to where the period will land."""
    fan = shown.fan
    if fan is None or fan.gap is None or fan.low is None or fan.high is None or not shown.steps:
        return []
    now, at, last = shown.steps[-1].gap, shown.days[len(shown.actual) - 1], shown.days[-1]
    band = {
        "type": "scatter",
        "mode": "none",
        "x": [at, last, last],
        "y": [now, fan.high, fan.low],
        "fill": "toself",
        "fillpattern": {"shape": "/", "size": 5, "solidity": 0.22, "fgcolor": c["fc"], "bgcolor": "rgba(0,0,0,0)"},
        "yaxis": "y2",
        "hoverinfo": "skip",
    }
    return [band, {**_ahead(shown, (now, fan.gap), c["ac"]), "yaxis": "y2"}]


def _fan_said(shown: Lines, c: Any) -> list[Figure]:
    fan = shown.fan
    if fan is None or fan.gap is None or not shown.steps:
        return []
    text = f"<b>{fan.said[0]}</b><br>{fan.said[1]}"
    return [note(text, c["ink-1"], xref="paper", x=1, yref="y2", y=fan.gap, xanchor="left", xshift=8, align="left")]


def _end_point(shown: Lines, colour: str) -> Figure:
    at = len(shown.actual) - 1
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [shown.days[at]],
        "y": [shown.actual[at]],
        "marker": {"size": 8, "color": colour},
        "hoverinfo": "skip",
        "cliponaxis": False,
    }


def note(text: str, colour: str, **where: Any) -> Figure:
    return {"text": text, "font": {"color": colour}, "showarrow": False, **where}


def worded(label: Label) -> str:
    return f"<b>{label.text}</b>" if label.bold else label.text


def spread(heights: Sequence[float], least: float) -> tuple[float, ...]:
    """Heights moved apart to be ``least`` from each other, in the same order, each group around its middle."""
    order = sorted(range(len(heights)), key=lambda i: heights[i])
    groups: list[tuple[float, int]] = []  # lowest height, how many
    for i in order:
        groups.append((heights[i], 1))
        while len(groups) > 1 and groups[-1][0] - groups[-2][0] < least * groups[-2][1]:
            (high, n), (low, m) = groups.pop(), groups.pop()
            middle = ((low + (m - 1) * least / 2) * m + (high + (n - 1) * least / 2) * n) / (m + n)
            groups.append((middle - (m + n - 1) * least / 2, m + n))
    moved = [low + k * least for low, n in groups for k in range(n)]
    return tuple(moved[order.index(i)] for i in range(len(heights)))


def _ends(ends: tuple[Label, ...], top: tuple[float, float], c: Any) -> list[Figure]:
    """Labels beside the right edge, kept apart; equal labels at equal heights keep the order they come in."""
    scale = _UPPER / (top[1] - top[0])
    pixels = [label.at * scale for label in ends]
    moved = spread(pixels, _LINE)
    return [
        note(worded(label), c[label.ink], xref="paper", x=1, y=label.at, xanchor="left", xshift=8, yshift=round(there - here, 1))
        for label, here, there in zip(ends, pixels, moved, strict=True)
    ]


def _last(shown: Lines, top: float, c: Any) -> list[Figure]:
    """What stands at the end of the actual line: on the side of it that the lines ahead leave free."""
    if not shown.last:
        return []
    at = len(shown.actual) - 1
    text = "<br>".join(f'<span style="color:{c[label.ink]}">{worded(label)}</span>' for label in shown.last)
    point = {"x": shown.days[at], "y": shown.actual[at]}
    below = {**point, "xanchor": "left", "xshift": 8, "yanchor": "top", "yshift": 2, "align": "left"}
    above = {**point, "xanchor": "right", "xshift": -9, "yanchor": "bottom", "yshift": 1, "align": "right"}
    line = shown.target or shown.before
    # Low above the axis there is no room below the line, and early in the period none to its left.
    tall = len(shown.last) * _LINE / _UPPER * top
    if len(shown.actual) < 0.3 * len(shown.days) or shown.actual[at] < tall:
        return [note(text, c["ink-1"], **_above(shown, tall, top))]
    # Beside a forecast the labels at the edge need the room below the line, unless the edge is far.
    crowded = shown.fan is not None and len(shown.actual) > 0.6 * len(shown.days)
    behind = bool(line) and shown.actual[at] < line[at] and not crowded
    return [note(text, c["ink-1"], **(below if behind else above))]


def _above(shown: Lines, tall: float, top: float) -> Figure:
    """Over the end of the actual line, as near to it as the lines let a text so ``tall``."""
    at, last = len(shown.actual) - 1, len(shown.days) - 1
    covers = ceil(max(wide(label.text) for label in shown.last) * _LETTER / _ACROSS * len(shown.days))
    leads = at + covers <= last or at < last - at
    days = range(at, min(at + covers, last) + 1) if leads else range(max(at - covers, 0), at + 1)
    lines = [line[days.start : days.stop] for line in (shown.target, shown.before, shown.actual) if line[days.start : days.stop]]
    if shown.fan:
        now, rise = shown.actual[at], (shown.fan.landing - shown.actual[at]) / max(last - at, 1)
        lines.append(tuple(now + rise * (day - at) for day in days if day >= at))
    height = shown.actual[at]
    for line in sorted(lines, key=min):
        if min(line) < height + tall:
            height = max(height, *line)
    side = "left" if leads else "right"
    place = {
        "x": shown.days[at],
        "y": min(height, max(top - tall, shown.actual[at])),
        "xanchor": side,
        "align": side,
        "xshift": -4 if leads else 4,
    }
    return {**place, "yanchor": "bottom", "yshift": 3}


def _stems(shown: Lines, c: Any) -> list[Figure]:
    """A dotted line from the end of the actual line down to the gaps."""
    at = len(shown.actual) - 1
    if at < 0 or len(shown.actual) == len(shown.days):
        return []
    line = {"color": c["line-strong"], "width": 1, "dash": "dot"}
    return [{"type": "line", "x0": shown.days[at], "x1": shown.days[at], "y0": 0, "y1": shown.actual[at], "line": line}]


def _bars(shown: Lines, c: Any) -> Figure:
    return {
        "type": "bar",
        "x": [s.at for s in shown.steps],
        "y": [s.gap for s in shown.steps],
        "width": [s.days * 0.6 * _DAY_MS for s in shown.steps],
        "yaxis": "y2",
        "marker": {"color": [c["good"] if s.gap >= 0 else c["bad"] for s in shown.steps]},
        "text": [f"<b>{s.label}</b>" if s.label else "" for s in shown.steps],
        "textposition": "outside",
        "textangle": 0,
        "constraintext": "none",
        "textfont": {"size": 12, "color": [c["good"] if s.gap >= 0 else c["bad"] for s in shown.steps]},
        "cliponaxis": False,
        "hoverinfo": "skip",
    }


def _gap_axis(shown: Lines, like: Figure, c: Any) -> Figure:
    """The axis of the gaps; a good third of their span is kept free above and below for the labels."""
    heights = [s.gap for s in shown.steps]
    if shown.fan:
        heights += [end for end in (shown.fan.low, shown.fan.high) if end is not None]
    low, high = min(0.0, *heights), max(0.0, *heights)
    room = (high - low or 1.0) * 0.36
    return {
        **like,
        "domain": [0.0, 0.42],
        "range": [low - room, high + room],
        "showgrid": False,
        "showticklabels": False,
        "zeroline": True,
        "zerolinecolor": c["ink-1"],
        "tickvals": [],
        "ticktext": [],
    }


# --- reps along a rate --------------------------------------------------------------------------------------------------


def swarm(shown: Swarm, theme: str, *, plot_height: int) -> Figure:
    """One mark a rep; the shape tells the tier as well as the colour does."""
    c = colours(theme)
    layout = base_layout(theme)
    low, high = shown.span
    layout["hovermode"] = "closest"
    layout["margin"] = {"l": 6, "r": 6, "t": 2, "b": 22}
    layout["xaxis"] |= {
        "range": [low, high],
        "showline": True,
        "tickmode": "array",
        "automargin": False,
        "tickvals": [v for v, _ in shown.ticks],
        "ticktext": [t for _, t in shown.ticks],
    }
    layout["yaxis"] |= {"visible": False, "range": [-0.7, plot_height / (shown.dot + 1) - 0.7]}
    risk, done = shown.edges
    layout["shapes"] = [
        _field(low, risk, c["bad-soft"]),
        _field(done, high, c["good-soft"]),
        *(_upright(edge, c["ink-1"], 1) for edge in shown.edges),
    ]
    if shown.expected:
        at, text = shown.expected
        layout["shapes"].append(_upright(at, c["ink-1"], 2))
        layout["annotations"] = [note(text, c["ink-2"], x=at, yref="paper", y=1, xanchor="left", yanchor="top", xshift=3)]
    data = [
        _marks(shown.at_risk, "circle-open", c["bad"], shown.dot),
        _marks(shown.on_the_way, "circle", c["py"], shown.dot),
        _marks(shown.achieved, "diamond", c["good"], shown.dot),
    ]
    return {"data": data, "layout": layout}


_FILLS: Final = {"circle-open": 0.85, "circle": 1.0, "diamond": 0.8}
"""Size of a symbol as a share of the mark it fills: the line of a ring and the corners of a diamond stand out."""


def _marks(marks: tuple[Mark, ...], symbol: str, colour: str, dot: int) -> Figure:
    line = {"width": min(1.75, dot / 4) if symbol.endswith("open") else 0, "color": colour}
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [m.rate for m in marks],
        "y": [m.height for m in marks],
        "hovertext": [m.text for m in marks],
        "customdata": [m.href for m in marks],
        "hovertemplate": "%{hovertext}<extra></extra>",
        "marker": {"symbol": symbol, "size": round(dot * _FILLS[symbol], 1), "color": colour, "line": line},
        "cliponaxis": False,
    }


def _field(low: float, high: float, colour: str) -> Figure:
    return {
        "type": "rect",
        "x0": low,
        "x1": max(low, high),
        "yref": "paper",
        "y0": 0,
        "y1": 1,
        "fillcolor": colour,
        "line": {"width": 0},
        "layer": "below",
        "opacity": 0.6,
    }


def _upright(at: float, colour: str, width: float) -> Figure:
    return {
        "type": "line",
        "x0": at,
        "x1": at,
        "yref": "paper",
        "y0": 0,
        "y1": 1,
        "line": {"color": colour, "width": width},
        "layer": "below",
    }
