"""Which members a bounded viewer may know of: those that have facts or targets inside the bounds, and those that belong there."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Final

from metrics.catalog import FACT_DIMENSIONS, PLACES, Fact
from metrics.compile import Leg, Window
from metrics.query import Member
from metrics.question import Bounds
from metrics.snapshot import Calendar

_OWN: Final = (*PLACES, "customer")
"""Dimensions whose members are somebody's. What is sold, and which kinds of customers there are, everybody may know."""
_COLUMNS: Final = {Fact.SALES: "amount", Fact.COLLECTED: "amount", Fact.INVOICED: "amount", Fact.TARGET: "amount"}


def legs(dimension: str, bounds: Bounds, calendar: Calendar) -> tuple[Leg, ...]:
    """Reads whose rows begin with the members that have facts or targets inside the bounds, on any day."""
    if dimension not in _OWN:
        return ()
    named = {dimension, *(f.dimension for f in bounds)}
    ever = (Window("ever", calendar.first, calendar.last),)
    return tuple(
        Leg(fact=fact, by=(dimension,), columns=(column,), windows=ever, where=bounds)
        for fact, column in _COLUMNS.items()
        if named <= set(FACT_DIMENSIONS[fact])
    )


def members(
    dimension: str, bounds: Bounds, seen: Collection[str | None], all_of: Callable[[str], Mapping[str | None, Member]]
) -> Mapping[str | None, Member]:
    """Of all members those that were ``seen`` in the bounds, those that the bounds name, and those that belong to one of these."""
    every = all_of(dimension)
    if dimension not in _OWN:
        return every
    inside = {key for f in bounds if f.dimension == dimension for key in f.members} | set(seen)
    if dimension == "area":
        inside |= {key for key, area in every.items() if _named(bounds, "region", area.parent)}
    if dimension == "rep":
        areas = all_of("area")
        for key, rep in every.items():
            area = areas.get(rep.parent) if rep.parent else None
            if _named(bounds, "area", rep.parent) or (area and _named(bounds, "region", area.parent)):
                inside.add(key)
    return {key: member for key, member in every.items() if key is None or key in inside}


def _named(bounds: Bounds, dimension: str, key: str | None) -> bool:
    """Whether the bounds say that members of this one may be seen; no other bound may narrow it."""
    return len(bounds) == 1 and bounds[0].dimension == dimension and key in bounds[0].members
