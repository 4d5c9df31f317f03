"""The hand-written baseline of the Regions page gives the product's own figures; else its speed would say nothing."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest

from benchmarks.overview import parameters
from benchmarks.overview_sql import wanted
from benchmarks.regions import Level, levels
from benchmarks.regions_sql import LEVELS, bridge, statements, within
from data.settings import Settings
from data.warehouse import Warehouse
from metrics.catalog import FIVE
from metrics.engine import Engine
from metrics.listing import Listing
from metrics.query import Query
from metrics.ranking import Count, Ranking
from metrics.scope import Filter, period_of
from metrics.why import Account, Why

DAYS = [date(2026, 9, 13), date(2026, 8, 19), date(2025, 11, 30)]
COLUMNS = ("lost_customers", "new_customers", "dropped_products", "new_products", "price", "mix", "volume", "other")
BELOW = dict(pairwise(LEVELS))


@pytest.fixture(scope="module")
def engine(demo_warehouse: Warehouse) -> Engine:
    return Engine(demo_warehouse, Settings())


@pytest.fixture(scope="module")
def places(engine: Engine) -> dict[str, Level]:
    return {level.name: level for level in levels(engine.warehouse.reader())}


class Place:
    """One place as of one day: what is asked of the product there, and what the baseline gives."""

    def __init__(self, engine: Engine, level: Level, day: date) -> None:
        self.engine, self.level, self.day = engine, level, day
        self.scope: dict[str, Any] = {
            "period": period_of("quarter", day),
            "as_of": day,
            "where": tuple(Filter(dimension, (key,)) for dimension, key in level.members.items()),
        }

    def by_hand(self, panel: str) -> list[tuple[Any, ...]]:
        return self.read(statements(self.level.name)[panel])

    def read(self, text: str) -> list[tuple[Any, ...]]:
        return self.engine.warehouse.reader().ask(text, wanted(text, parameters(self.engine, self.day) | dict(self.level.members)))

    def answer(self, question: Any) -> Any:
        return self.engine.answer(question)


@pytest.fixture(params=[(name, day) for name in LEVELS for day in DAYS], ids=lambda p: f"{p[0]}-{p[1]}")
def place(engine: Engine, places: dict[str, Level], request: pytest.FixtureRequest) -> Place:
    name, day = request.param
    return Place(engine, places[name], day)


def near(ours: Any, theirs: Any, absolute: str = "0.000001") -> bool:
    if ours is None or theirs is None:
        return ours is None and theirs is None
    return abs(Decimal(ours) - Decimal(theirs)) <= Decimal(absolute) + Decimal("0.000001") * abs(Decimal(ours))


@pytest.mark.parametrize("against", ["expected", "py"])
def test_bridges_have_the_same_causes(place: Place, against: str) -> None:
    level, planned = place.level.name, against == "expected"
    if planned and level == "customer":
        assert BELOW.get(level) is None  # nobody sets targets for customers
        return
    child = BELOW[level] if level in ("company", "region", "area") else ""
    found = place.answer(Why(measure="amount", against=against, child=child, **place.scope))  # type: ignore[arg-type]
    text = bridge(within(level), planned=planned, child=f"{child}_id" if child else "")
    assert text == statements(level)["bridge"] or not planned
    theirs = {row[0]: row[1:] for row in place.read(text)}
    accounts: dict[str | None, Account] = {"*": found.whole, **found.children}
    explained = {key: account for key, account in accounts.items() if account.causes}
    assert "*" in explained
    assert bool(child) == (len(explained) > 1)
    assert explained.keys() <= theirs.keys()
    for key, account in explained.items():
        gap, *amounts = theirs[key]
        assert near(account.gap, gap)
        told = {cause.key: cause.amount for cause in account.causes}
        for cause, amount in zip(COLUMNS, amounts, strict=True):
            assert near(told.pop(cause, Decimal(0)), amount or 0, "0.01"), (key, cause)
        assert not told


def test_standing(place: Place) -> None:
    keys = [m.key for m in FIVE]
    (theirs,) = place.by_hand("standing")
    if place.level.name == "customer":
        names = [name for key in keys[:4] for name in (key, f"{key}_py", f"{key}_py_gap", f"{key}_py_change")]
        theirs = (*theirs[1:17], theirs[17], *theirs[19:21])
        names += ["margin_rate", "collections", "collections_py"]
    else:
        names = [key + kind for key in keys for kind in ("", "_py", "_target", "_expected", "_completion", "_pace")]
        names += [key + kind for key in keys for kind in ("_gap", "_py_change", "_expected_share")]
        theirs = theirs[: len(names)]
    ours = place.answer(Query(measures=tuple(names), **place.scope)).only()
    for name, value in zip(names, theirs, strict=True):
        assert near(ours[name], value), name


def test_members(place: Place) -> None:
    level = place.level.name
    if level == "customer":
        assert "members" not in statements(level)
        return
    if level == "rep":
        names: tuple[str, ...] = ("amount", "amount_py", "amount_py_gap", "amount_py_change", "margin_rate", "collections")
        theirs = {row[0]: (*row[1:5], row[17], row[19]) for row in place.by_hand("members")}
    else:
        names = ("amount", *(f"amount_{kind}" for kind in ("target", "completion", "gap", "pace", "days")))
        names = (*names, "margin_rate", "collections_completion", "reps", "at_risk")
        theirs = {row[0]: row[1:] for row in place.by_hand("members")}
    measures = tuple(name for name in names if name not in ("reps", "at_risk"))
    extra = ("amount_target",) if level != "rep" else ()
    query = Query(measures=tuple(dict.fromkeys((*measures, "amount_py", *extra))), by=(BELOW[level],), **place.scope)
    ranking = Ranking(query=query, of="amount", tier="" if level == "rep" else "amount_tier")
    rows = place.answer(ranking).rows
    assert rows
    for row in rows:
        for name, value in zip(names, theirs[row[BELOW[level]]], strict=True):
            beyond = name == "amount_days" and (row[name] or 0) > 0 and row["amount_completion"] > 1
            assert beyond or near(row[name] or 0, value or 0), (row[BELOW[level]], name)


def test_counts(place: Place) -> None:
    panels = [panel for panel in statements(place.level.name) if panel.startswith("count ")]
    assert "count product" in panels
    for panel in panels:
        found = place.answer(Count(dimension=panel.removeprefix("count "), of="amount", **place.scope))
        assert place.by_hand(panel) == [(found.count,)], panel


@pytest.mark.parametrize("day", DAYS)
def test_documents(engine: Engine, places: dict[str, Level], day: date) -> None:
    place = Place(engine, places["customer"], day)
    for kind, names in (("lines", ("volume", "amount", "cost", "margin")), ("invoices", ("amount", "paid", "open", "overdue"))):
        listed = place.answer(Listing(of=kind, rows=100, **place.scope))  # type: ignore[arg-type]
        ((count, *totals),) = place.by_hand(f"all {kind}")
        assert count == listed.sums.count > 0
        assert totals == [listed.sums.totals[name] for name in names]
        if kind == "lines":
            theirs = [(row[0], row[1], row[2], row[6]) for row in place.by_hand("lines")]
            assert theirs == [(row["day"], row["order"], row["line"], row["amount"]) for row in listed.rows]
