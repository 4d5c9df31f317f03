"""Coarser sums out of finer ones equal what the store answers."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from data.settings import Settings
from data.warehouse import Warehouse
from metrics.coarsen import coarsen
from metrics.engine import Engine
from metrics.query import Query
from metrics.scope import EVERYTHING, Filter, Viewer, parse_period

AS_OF = date(2026, 9, 13)
D = Decimal


def query(*measures: str, by: tuple[str, ...] = ()) -> Query:
    return Query(measures=measures, by=by, period=parse_period("2026Q3", AS_OF), as_of=AS_OF)


def test_an_engine_that_read_finer_legs_answers_the_same(demo_warehouse: Warehouse) -> None:
    names = ("amount", "margin", "collections", "amount_target", "amount_days", "amount_lag", "receivable", "overdue_rate")
    fresh, used = Engine(demo_warehouse, Settings()), Engine(demo_warehouse, Settings())
    used.run(query(*names, by=("region",)))
    used.run(query("receivable", by=("region", "bucket")))
    for by in ((), ("region",)):
        assert used.run(query(*names, by=by)).rows == fresh.run(query(*names, by=by)).rows
    assert used.run(query("receivable", by=("bucket",))).rows == fresh.run(query("receivable", by=("bucket",))).rows


def test_a_bounded_viewer_is_not_served_from_unbounded_legs(demo_warehouse: Warehouse) -> None:
    engine = Engine(demo_warehouse, Settings())
    parts = {row["region"]: row["amount"] for row in engine.run(query("amount", by=("region",)), EVERYTHING).rows}
    east = Viewer(name="manager", bounds=(Filter("region", ("East",)),))
    assert engine.run(query("amount"), east).only()["amount"] == parts["East"]


VALUES = st.none() | st.decimals(-1000, 1000, places=4)


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from([1, 2, None]), VALUES, VALUES), min_size=1))
def test_sums_are_kept_and_missing_stays_missing(rows: list[tuple[str, int | None, D | None, D | None]]) -> None:
    for wanted in ((), ("x",), ("y",), ("y", "x")):
        coarse = coarsen(list(rows), ("x", "y"), wanted)
        for column in (0, 1):
            values = [row[2 + column] for row in rows]
            parts = [row[len(wanted) + column] for row in coarse]
            assert sum(v for v in parts if v is not None) == sum(v for v in values if v is not None)
        for row in coarse:
            members = dict(zip(wanted, row, strict=False))
            own = [r[2] for r in rows if all({"x": r[0], "y": r[1]}[d] == m for d, m in members.items())]
            assert (row[len(wanted)] is None) == all(v is None for v in own)
