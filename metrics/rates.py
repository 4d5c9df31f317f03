"""A rate of a whole that moved: how much because its members' own rates moved, how much because weight moved between them.

    rate effect  Σ w₁ (r₁ − r₀)        mix effect  Σ (w₁ − w₀) r₀

with r the rate of a member and w its share of the denominator; the two add up to the change of the whole's rate. A member that
is new has no earlier rate: it counts at that of the whole. Where every member moved against the whole (Simpson's paradox) the
mix alone has turned the answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

_DIGITS: Final = 15
"""To which the effects are told, so that the order of the members makes no difference."""


@dataclass(frozen=True, slots=True)
class Part:
    """Numerator and denominator of a member, before and now."""

    top_before: Decimal
    bottom_before: Decimal
    top: Decimal
    bottom: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class RateSplit:
    """``measure``: the rate; ``dimension``: the members' one. ``before`` + ``own`` + ``mix`` = ``now``, as shares."""

    measure: str
    dimension: str
    before: Decimal
    now: Decimal
    own: Decimal
    mix: Decimal
    is_paradox: bool


def split(measure: str, dimension: str, parts: Sequence[Part]) -> RateSplit | None:
    """None where either whole has nothing to divide by."""
    bottom_before, bottom = (sum((getattr(p, name) for p in parts), Decimal(0)) for name in ("bottom_before", "bottom"))
    if bottom_before <= 0 or bottom <= 0:
        return None
    before = sum((p.top_before for p in parts), Decimal(0)) / bottom_before
    now = sum((p.top for p in parts), Decimal(0)) / bottom
    mix = Decimal(0)
    turns = []
    for part in parts:
        rate_before = part.top_before / part.bottom_before if part.bottom_before else before
        mix += (part.bottom / bottom - part.bottom_before / bottom_before) * rate_before
        if part.bottom_before > 0 and part.bottom > 0:
            turns.append(part.top / part.bottom - rate_before)
        elif part.top_before or part.top:
            turns.append(Decimal(0))  # came or went: nothing to tell a direction by
    change, mix = now - before, round(mix, _DIGITS)
    against = len(turns) > 1 and change != 0 and all(turn * change < 0 for turn in turns)
    return RateSplit(measure=measure, dimension=dimension, before=before, now=now, own=change - mix, mix=mix, is_paradox=against)
