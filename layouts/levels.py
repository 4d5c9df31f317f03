"""The levels between the company and what is looked at: which there are, what is below each, and who stands on them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from metrics.catalog import PLACES
from metrics.query import Member, find_member
from metrics.scope import Filter

Booked = Callable[[str], Mapping[str, str]]
"""The places under which a customer was booked last, by dimension; without those that are not known."""
Find = Callable[[str], Mapping[str | None, Member]]
"""The members of a dimension that the viewer may see."""

LEVELS: Final = ("region", "area", "rep", "segment", "customer", "category", "product")
"""Every dimension that an address can name a member of."""

AXES: Final[dict[str, tuple[str, ...]]] = {
    "": ("region", "area", "rep", "customer"),
    "category": ("category", "product", "region", "area", "rep", "customer"),
    "segment": ("segment", "customer"),
}
"""The way down from the company by the first axis; a customer is the end of each."""

_ABOVE: Final = {"area": "region", "rep": "area", "product": "category", "customer": "segment"}
"""Whom the members of a dimension belong to: ``Member.parent``."""

_BELOW: Final[dict[str, tuple[str, ...]]] = {
    "region": ("area", "rep", "customer"),
    "area": ("rep", "customer"),
    "rep": ("customer",),
    "segment": ("customer",),
    "category": ("product",),
}
"""What an address leaves when it goes to another member of a dimension."""


@dataclass(frozen=True, slots=True)
class Level:
    """One step below the company: a member of a dimension and what it is called."""

    dimension: str
    key: str
    label: str


def below(dimension: str) -> tuple[str, ...]:
    """The dimensions whose members belong under those of this one."""
    return _BELOW.get(dimension, ())


def child_of(axis: str, chosen: Iterable[str]) -> str:
    """The dimension one level below, where members of ``chosen`` are looked at; "" at a customer, the end of every way."""
    known = set(chosen)
    if "customer" in known:
        return ""
    return next(d for d in AXES[axis] if d not in known and not known.intersection(below(d)))


def filters_of(asked: Mapping[str, str]) -> tuple[Filter, ...]:
    """A filter for each member that facts must be of.

    An area is in one region, a product in one category, a customer in one segment, so those above need no filter of their own.
    A rep moves between areas: rep and area both hold where both are asked, and the rep alone everywhere it sold.
    """
    implied = {_ABOVE[d] for d in ("area", "product", "customer") if asked.get(d)}
    return tuple(Filter(d, (asked[d],)) for d in LEVELS if asked.get(d) and d not in implied)


def path_of(asked: Mapping[str, str], axis: str, find: Find, language: str, *, booked: Booked) -> tuple[Level, ...]:
    """The levels of the members asked for, from the company down, with those they belong to where an address leaves them out.

    A rep brings the area it belongs to now, unless another region is asked; a customer its segment on that axis only, else
    where it was booked last, unless a place is asked.
    """
    known = {d: key for d, key in asked.items() if key}
    if "customer" in known and axis != "segment" and known.keys().isdisjoint(PLACES):
        known |= {d: key for d, key in booked(known["customer"]).items() if key in find(d)}
    for dimension in ("rep", "area", "product", *(("customer",) if axis == "segment" else ())):
        above = _ABOVE[dimension]
        if dimension in known and above not in known:
            parent = find(dimension)[known[dimension]].parent
            member = find(above).get(parent) if parent else None
            if parent and member and (above != "area" or known.get("region", member.parent) == member.parent):
                known[above] = parent
    order = {
        "": LEVELS,
        "category": ("category", "product", "region", "area", "rep", "segment", "customer"),
        "segment": ("segment", "region", "area", "rep", "customer", "category", "product"),
    }[axis]
    return tuple(Level(d, known[d], find(d)[known[d]].label(language)) for d in order if d in known)


def locate(asked: Mapping[str, str], find: Find) -> dict[str, str]:
    """Identifiers for the members asked for by identifier or name. Raises ``UnknownName`` for the first that is not known.

    An area decides its region, a product its category, a customer its segment, also where the address says another.
    """
    found = {d: find_member(find(d), wanted, d) for d, wanted in asked.items() if wanted}
    for dimension in ("area", "product", "customer"):
        above = _ABOVE[dimension]
        if dimension in found and (above in found or dimension == "area"):
            found[above] = find(dimension)[found[dimension]].parent or ""
    return found
