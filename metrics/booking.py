"""Where customers and reps were booked: neither belongs to a place by itself, only what was bought and sold does."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Final

from metrics.catalog import PLACES
from metrics.query import Query
from metrics.scope import Filter, Period, Viewer

if TYPE_CHECKING:
    from metrics.engine import Engine

_FACTS: Final = ("amount", "invoiced")
"""Measures whose facts tell, the first that knows the customer."""


def booked_last(engine: Engine, customer: str, as_of: date, *, viewer: Viewer, version: int) -> Mapping[str, str]:
    """Region, area and rep of the latest day with an order line or else an invoice, of several that day those with the most.

    Only what the viewer may see counts. Without a place that is not known; empty where there is nothing by the as-of day.
    """
    ever = _ever(engine, as_of, version)
    if ever is None:
        return {}
    for measure in _FACTS:
        query = Query(measures=(measure,), by=("day", *PLACES), period=ever, as_of=as_of, where=(Filter("customer", (customer,)),))
        rows = [row for row in engine.run(query, viewer, version=version).rows if row[measure] is not None]
        if rows:
            last = max(rows, key=lambda row: (row["day"], row[measure], *(row[place] or "" for place in PLACES)))
            return {place: last[place] for place in PLACES if last[place] is not None}
    return {}


def sold_in(engine: Engine, rep: str, as_of: date, *, viewer: Viewer, version: int) -> frozenset[str]:
    """The areas in which a rep has sold anything by a day, as far as the viewer may see."""
    ever = _ever(engine, as_of, version)
    if ever is None:
        return frozenset()
    query = Query(measures=("amount",), by=("area",), period=ever, as_of=as_of, where=(Filter("rep", (rep,)),))
    return frozenset(row["area"] for row in engine.run(query, viewer, version=version).rows if row["area"] and row["amount"])


def _ever(engine: Engine, as_of: date, version: int) -> Period | None:
    """All days of the data up to a day; None before the first."""
    snapshot = engine.snapshot(version)
    return Period("range", snapshot.first_day, as_of, snapshot.fiscal_first_month) if as_of >= snapshot.first_day else None
