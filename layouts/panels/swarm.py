"""Where the marks of a swarm stand: one a rep, stacked in columns along the rate that tiers, with round ticks below.

A column is one mark wide and lies wholly on one side of each threshold, so that no mark touches a tier that the rep is not in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import ceil, floor
from typing import Final

from layouts.figures import Mark, Swarm
from layouts.urls import Scope
from metrics.tiers import Tier

WIDTH, HEIGHT = 300, 150
"""Pixels that the plot has at least; columns and marks are set so that they do not overlap there."""
DOTS: Final = (8, 7, 6, 5)
"""Sizes of a mark in pixels, tried in turn until every column fits the height."""
SMALLER: Final = (4, 3)
"""Sizes where even the columns of a whole tier, filled evenly, do not hold all of its marks."""
HIGHEST: Final = 2.0
"""Rates above stand at the edge; the pointer and the table tell them."""
_LABEL: Final = 0.09
"""Share of the width that the label of a tick takes at the most."""
_TIERS: Final = (Tier.AT_RISK, Tier.ON_THE_WAY, Tier.ACHIEVED)


@dataclass(frozen=True, slots=True)
class Place:
    """A rep with the rate and tier that decide where the mark stands and what it looks like; ``text`` for the pointer.

    ``href``: where a click on the mark leads.
    """

    rate: float
    tier: Tier
    text: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of one tier: ``first`` is where they begin, as a rate, ``width`` that of each."""

    first: float
    width: float
    count: int

    def of(self, rate: float) -> int:
        """The column of a rate; one outside stands in the column nearest to it."""
        return min(max(floor((rate - self.first) / self.width), 0), self.count - 1)

    def middle(self, column: int) -> float:
        return self.first + (column + 0.5) * self.width


def swarm_of(scope: Scope, places: Sequence[Place], *, expected: float | None) -> Swarm:
    """The swarm of at least one rep. ``expected``: the rate with a tick of its own, if any."""
    ranked = sorted(places, key=lambda place: place.rate)
    edges = float(scope.settings.tier_risk), float(scope.settings.tier_achieved)
    span = span_of([place.rate for place in ranked], edges)
    by_tier = tuple(tuple(place for place in ranked if place.tier == tier) for tier in _TIERS)
    dot, spots = packed(tuple(tuple(place.rate for place in tier) for tier in by_tier), span, edges)
    at_risk, on_the_way, achieved = (
        tuple(Mark(at, height, place.text, place.href) for place, (at, height) in zip(tier, found, strict=True))
        for tier, found in zip(by_tier, spots, strict=True)
    )
    return Swarm(
        at_risk=at_risk,
        on_the_way=on_the_way,
        achieved=achieved,
        span=span,
        ticks=ticks_of(scope, span, edges),
        edges=edges,
        expected=None if expected is None else (expected, scope.text("Expected")),
        dot=dot,
    )


def span_of(rates: Sequence[float], edges: tuple[float, float]) -> tuple[float, float]:
    """The span of rates shown: all of them and both thresholds, within 0 and the highest."""
    low = min(*rates, edges[0] - 0.1, edges[0])
    high = max(*rates, edges[1] + 0.1)
    return max(floor(low * 20 - 0.5) / 20, 0.0), min(ceil(high * 20 + 0.5) / 20, max(HIGHEST, edges[1] + 0.5))


def packed(
    tiers: Sequence[Sequence[float]], span: tuple[float, float], edges: tuple[float, float]
) -> tuple[int, tuple[tuple[tuple[float, float], ...], ...]]:
    """The size of the marks, and where each stands: the middle of its column as a rate, and its height in marks.

    ``tiers``: rates by tier, each ascending. The marks shrink while a column is too high; then full columns share with those beside them.
    """
    for dot in DOTS:
        columns, rows = columns_of(span, edges, dot), rows_of(dot)
        loads = [_loads(rates, of) for rates, of in zip(tiers, columns, strict=True)]
        if max(map(max, loads)) <= rows:
            return dot, _spots(columns, loads, rows)
    for dot in (DOTS[-1], *SMALLER):
        columns, rows = columns_of(span, edges, dot), rows_of(dot)
        if all(len(rates) <= rows * of.count for rates, of in zip(tiers, columns, strict=True)):
            break
    # Where even that does not hold them all, as when thousands stand at zero, marks of a column overlap.
    loads = [shared(_loads(rates, of), rows) for rates, of in zip(tiers, columns, strict=True)]
    return dot, _spots(columns, loads, rows)


def columns_of(span: tuple[float, float], edges: tuple[float, float], dot: int) -> tuple[Columns, Columns, Columns]:
    """The columns of each tier for marks of a size: counted from the thresholds outwards, and evenly between the two."""
    (low, high), (risk, done) = span, edges
    least = (dot + 1) * (high - low) / WIDTH
    below, between, above = (max(floor((end - start) / least + 1e-9), 1) for start, end in ((low, risk), (risk, done), (done, high)))
    return Columns(risk - below * least, least, below), Columns(risk, (done - risk) / between, between), Columns(done, least, above)


def rows_of(dot: int) -> int:
    """How many marks fit one above another."""
    return floor(HEIGHT / (dot + 1) - 0.2)


def _loads(rates: Sequence[float], columns: Columns) -> list[int]:
    """How many marks each column holds."""
    found = [0] * columns.count
    for rate in rates:
        found[columns.of(rate)] += 1
    return found


def shared(loads: Sequence[int], rows: int) -> list[int]:
    """The marks of each column once those above ``rows`` share with their neighbours; columns with room around them stay as they are."""
    groups = [(load, 1) for load in loads]  # marks, columns
    while len(groups) > 1 and (over := next((i for i, (load, wide) in enumerate(groups) if load > rows * wide), None)) is not None:
        sides = [i for i in (over - 1, over + 1) if 0 <= i < len(groups)]
        side = min(sides, key=lambda i: groups[i][0] / groups[i][1])
        first = min(over, side)
        (load, wide), (more, wider) = groups[first : first + 2]
        groups[first : first + 2] = [(load + more, wide + wider)]
    return [load // wide + (i < load % wide) for load, wide in groups for i in range(wide)]


def _spots(columns: Sequence[Columns], loads: Sequence[Sequence[int]], rows: int) -> tuple[tuple[tuple[float, float], ...], ...]:
    """Where the marks stand, tier by tier in the order of their rates; columns of more than ``rows`` are pressed together."""
    return tuple(
        tuple(
            (round(of.middle(column), 4), round(row * min((rows - 1) / max(load - 1, 1), 1.0), 2))
            for column, load in enumerate(tier)
            for row in range(load)
        )
        for of, tier in zip(columns, loads, strict=True)
    )


def ticks_of(scope: Scope, span: tuple[float, float], edges: tuple[float, float]) -> tuple[tuple[float, str], ...]:
    """Round rates, and the two thresholds in bold."""
    width = span[1] - span[0]
    step = 10 if width <= 1 else 20 if width <= 1.6 else 50
    rounds = [i * step / 100 for i in range(ceil(span[0] * 100 / step), floor(span[1] * 100 / step) + 1)]
    clear = [rate for rate in rounds if all(abs(rate - edge) > _LABEL * width for edge in edges)]
    named = [(rate, scope.number.share(Decimal(str(rate)), digits=0)) for rate in clear]
    bold = [(edge, f"<b>{scope.number.share(Decimal(str(edge)), digits=0)}</b>") for edge in edges]
    return tuple(sorted(named + bold))
