"""Where the marks of completion against cash stand, and the plot as plain markup: real links, drawn by ``ahead.css``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import ceil
from typing import Any, Final

from layouts import html, parts
from layouts.panels.quadrant_names import Name, placed
from layouts.panels.swarm import span_of, ticks_of
from layouts.urls import Scope
from metrics.tiers import Tier

_DOTS: Final = ((150, 9), (400, 7), (800, 6))
"""Up to so many marks, the size of each in pixels; more are smaller still."""
_LOOKS: Final = {Tier.AT_RISK: "risk", Tier.ON_THE_WAY: "way", Tier.ACHIEVED: "ach"}


@dataclass(frozen=True, slots=True)
class Place:
    """A rep to be placed. ``late``: sells well while the cash is late; ``name``: what stands beside the mark, "" for nothing."""

    rate: Decimal
    overdue: Decimal
    tier: Tier
    late: bool
    name: str
    text: str
    href: str


@dataclass(frozen=True, slots=True)
class Mark:
    """``x`` and ``y``: where in the plot, as shares of its width and of its height from below. ``look``: a class of the style sheet."""

    x: float
    y: float
    look: str
    text: str
    href: str


@dataclass(frozen=True, slots=True)
class Tick:
    """``at``: a share of the axis."""

    at: float
    text: str
    bold: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Plot:
    """``done``: where reps have achieved, across; ``line``: the overdue rate that they are held against, upwards, and what it is called;
    None where customers are owed more than they owe.

    ``corners``: what the four fields are called, row by row. ``dot``: size of a mark in pixels.
    """

    marks: tuple[Mark, ...]
    names: tuple[Name, ...]
    across: tuple[Tick, ...]
    upwards: tuple[Tick, ...]
    done: float
    line: float | None
    line_text: str
    corners: tuple[str, str, str, str]
    dot: int


def plot_of(scope: Scope, places: Sequence[Place], line: Decimal | None, line_text: str) -> Plot:
    """The plot of at least one rep. ``line``: the overdue rate that they are held against."""
    text, edges = scope.text, (float(scope.settings.tier_risk), float(scope.settings.tier_achieved))
    low, high = span_of([float(place.rate) for place in places], edges)
    top = _top([*(place.overdue for place in places), (line or Decimal(0)) * Decimal("1.3")])

    def across(rate: float | Decimal) -> float:
        return _within((float(rate) - low) / (high - low))

    def upwards(share: Decimal) -> float:
        return _within(float(share) / top)

    ranked = sorted(places, key=lambda place: (place.late, place.rate))
    points = {id(place): (across(place.rate), upwards(place.overdue)) for place in places}
    dot = next((size for most, size in _DOTS if len(places) <= most), 5)
    at_line = None if line is None else upwards(line)
    rounds = [
        (at, said.removeprefix("<b>").removesuffix("</b>"), said.startswith("<b>")) for at, said in ticks_of(scope, (low, high), edges)
    ]
    return Plot(
        marks=tuple(Mark(*points[id(p)], _LOOKS[p.tier] + (" late" if p.late else ""), p.text, p.href) for p in ranked),
        names=placed([(points[id(p)], p.name) for p in places if p.name], tuple(points.values()), dot, at_line),
        across=tuple(Tick(across(at), said, bold) for at, said, bold in rounds),
        upwards=tuple(Tick(round(share / 100 / top, 4), scope.number.share(Decimal(share) / 100, digits=0)) for share in _rounds(top)),
        done=across(edges[1]),
        line=at_line,
        line_text=line_text,
        corners=(text("Behind, much overdue"), text("Ahead, much overdue"), text("Behind, little overdue"), text("Ahead, little overdue")),
        dot=dot,
    )


def _within(share: float) -> float:
    return round(min(max(share, 0.0), 1.0), 4)


def _top(shares: Sequence[Decimal]) -> float:
    """The highest share of the plot: somewhat above the worst rep, in tens of percent, within a fifth and the whole."""
    return min(max(ceil(float(max(shares)) * 10 + 0.25) / 10, 0.2), 1.0)


def _rounds(top: float) -> range:
    """The shares that are written, in percent."""
    return range(0, round(top * 100) + 1, 10 if top <= 0.4 else 20)


def render(plot: Plot, label: str) -> Any:
    """Fields and lines below, then the marks, which are links; the pointer reads their labels."""
    x = {"--x": plot.done}
    above, under = (_words(plot.corners[row : row + 2]) for row in (0, 2))
    below, ends = [html.I(className="v", style=x)], []
    if plot.line is not None:
        y = {"--y": plot.line}
        fields = [html.I(className=f"part {judgement}", style=x | y) for judgement in ("late", "paid")]
        below, ends = [*fields, html.I(className="h", style=y), *below], [html.Span(plot.line_text, className="line cap", style=y)]
    # With the keyboard a thousand marks are no way to go: the named reps stand above as links, all of them in the table.
    marks = [
        html.A(
            href=mark.href, className=f"mk {mark.look}", style={"--x": mark.x, "--y": mark.y}, tabIndex="-1", **parts.aria(label=mark.text)
        )
        for mark in plot.marks
    ]
    names = [html.Span(name.text, className=f"nm {name.side}".rstrip(), style={"--x": name.x, "--y": name.y}) for name in plot.names]
    across = [html.Span(html.B(tick.text) if tick.bold else tick.text, style={"--x": tick.at}) for tick in plot.across]
    upwards = [html.Span(tick.text, style={"--y": tick.at}) for tick in plot.upwards]
    field = html.Div([*below, *marks, *names], className="field", style={"--dot": f"{plot.dot}px"})
    return html.Div(
        [above, field, *ends, html.Div(across, className="ticks x"), html.Div(upwards, className="ticks y"), under],
        className="quad-plot",
        role="group",
        **parts.aria(label=label),
    )


def _words(corners: Sequence[str]) -> Any:
    """What the fields to the left and to the right are called."""
    return html.Div([html.Span(said) for said in corners], className="corners cap")
