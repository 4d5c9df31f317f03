"""A question as a person types it: names in either language, periods in words, filters as ``region=East``."""

from __future__ import annotations

from collections.abc import Iterable

from metrics.catalog import DIMENSIONS, TIMES
from metrics.engine import Engine
from metrics.errors import MalformedFilter, UnknownName
from metrics.query import Query, check, find_member, measure_names
from metrics.scope import Filter, parse_day, parse_period


def parse_query(
    engine: Engine,
    *,
    measures: Iterable[str],
    by: Iterable[str] = (),
    period: str = "quarter",
    as_of: str = "",
    where: Iterable[str] = (),
    order: str = "",
    limit: int | None = None,
    version: int | None = None,
) -> Query:
    """The query meant by these texts. ``as_of`` is a day like 2026-09-13, empty for the last day of the data.

    Raises ``UnknownName``, ``NotDivisible``, ``MalformedPeriod`` or ``MalformedDay``, each naming the nearest right thing.
    """
    snapshot = engine.snapshot(version)
    day = parse_day(as_of) if as_of else snapshot.last_day
    names, split = measure_names(measures), tuple(by)
    ordered = order.removeprefix("-")
    if ordered and ordered not in split:
        ordered = measure_names((names[0], ordered))[1]
    query = Query(
        measures=names,
        by=split,
        period=parse_period(period, day, snapshot.fiscal_first_month),
        as_of=day,
        where=tuple(_filter(engine, text, version) for text in where),
        order=f"-{ordered}" if order.startswith("-") else ordered,
        limit=limit,
    )
    check(query)
    return query


def _filter(engine: Engine, text: str, version: int | None) -> Filter:
    """``region=East`` or, for any of several, ``region=East|West``."""
    dimension, equals, values = text.partition("=")
    known = [d for d in DIMENSIONS if d not in TIMES]  # which days count is said by the period
    if not equals:
        raise MalformedFilter(text, known)
    if dimension.strip() not in known:
        raise UnknownName("dimension to filter by", dimension.strip(), known)
    members = engine.members(dimension.strip(), version)
    return Filter(dimension.strip(), tuple(find_member(members, value, dimension.strip()) for value in values.split("|")))
