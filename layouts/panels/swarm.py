"""Where the marks of a swarm stand: one a rep on the rate that tiers, stacked without overlap, with round ticks below."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import ceil, floor, sqrt
from typing import Final

from layouts import figures
from layouts.figures import Mark, Swarm
from layouts.urls import Scope
from metrics.tiers import Tier

WIDTH, HEIGHT = 300, 150
"""Pixels that the plot has at least; marks are stacked so that they do not overlap there."""
DOTS: Final = (8, 7, 6, 5, 4, 3)
HIGHEST: Final = 2.0
"""Rates above stand at the edge; the pointer and the table tell them."""


@dataclass(frozen=True, slots=True)
class Place:
    """A rep with the rate and tier that decide where the mark stands and what it looks like; ``text`` for the pointer."""

    rate: float
    tier: Tier
    text: str


def swarm_of(scope: Scope, places: Sequence[Place], *, expected: float | None) -> Swarm:
    """The swarm of at least one rep. ``expected``: the rate with a tick of its own, if any."""
    ranked = sorted(places, key=lambda place: place.rate)
    edges = float(scope.settings.tier_risk), float(scope.settings.tier_achieved)
    span = span_of([place.rate for place in ranked], edges)
    rates = [min(max(place.rate, span[0]), span[1]) for place in ranked]
    dot, heights = fitted(rates, span)
    marks: dict[Tier, list[Mark]] = {tier: [] for tier in Tier}
    for place, rate, height in zip(ranked, rates, heights, strict=True):
        marks[place.tier].append(Mark(round(rate, 4), height, place.text))
    return Swarm(
        at_risk=tuple(marks[Tier.AT_RISK]),
        on_the_way=tuple(marks[Tier.ON_THE_WAY]),
        achieved=tuple(marks[Tier.ACHIEVED]),
        span=span,
        ticks=_ticks(scope, span, edges),
        edges=edges,
        expected=None if expected is None else (expected, scope.text("Expected")),
        dot=dot,
    )


def span_of(rates: Sequence[float], edges: tuple[float, float]) -> tuple[float, float]:
    """The span of rates shown: all of them and both thresholds, within 0 and the highest."""
    low = min(*rates, edges[0] - 0.1, edges[0])
    high = max(*rates, edges[1] + 0.1)
    return max(floor(low * 20 - 0.5) / 20, 0.0), min(ceil(high * 20 + 0.5) / 20, max(HIGHEST, edges[1] + 0.5))


def fitted(rates: Sequence[float], span: tuple[float, float]) -> tuple[int, tuple[float, ...]]:
    """The largest dot with which the stacks fit the plot, and their heights in dots; ``rates`` ascend."""
    smallest = DOTS[-1]
    for dot in DOTS:
        radius, room = (dot + 1) * (span[1] - span[0]) / WIDTH, HEIGHT / (dot + 1) - 1.5
        if dot != smallest and _least_height(rates, radius) > room:
            continue
        heights = figures.stacked(rates, radius)
        if max(heights) <= room:
            return dot, heights
    # Even the smallest dots do not fit, as where most reps stand at zero: let them overlap.
    return dot, tuple(round(height * room / max(heights), 2) for height in heights)


def _least_height(rates: Sequence[float], radius: float) -> float:
    """What the stacks need at the least: marks within half a dot's width stand √¾ of one above another. Spares vain attempts."""
    most, start = 1, 0
    for i, rate in enumerate(rates):
        while rate - rates[start] > radius / 2:
            start += 1
        most = max(most, i - start + 1)
    return (most - 1) * sqrt(0.75)


def _ticks(scope: Scope, span: tuple[float, float], edges: tuple[float, float]) -> tuple[tuple[float, str], ...]:
    """Round rates, and the two thresholds in bold."""
    width = span[1] - span[0]
    step = 10 if width <= 1 else 20 if width <= 1.6 else 50
    rounds = [i * step / 100 for i in range(ceil(span[0] * 100 / step), floor(span[1] * 100 / step) + 1)]
    clear = [rate for rate in rounds if all(abs(rate - edge) > step / 150 for edge in edges)]
    named = [(rate, scope.number.share(Decimal(str(rate)), digits=0)) for rate in clear]
    bold = [(edge, f"<b>{scope.number.share(Decimal(str(edge)), digits=0)}</b>") for edge in edges]
    return tuple(sorted(named + bold))
