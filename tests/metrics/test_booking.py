"""Where a customer was booked last, against the order lines and invoices themselves."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.settings import Settings
from data.warehouse import Warehouse
from metrics.booking import booked_last, sold_in
from metrics.catalog import PLACES
from metrics.engine import Engine
from metrics.scope import EVERYTHING, Filter, Viewer
from tests.metrics.twin import Twin

LIMITED = settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
FIRST, LAST = date(2023, 9, 1), date(2026, 9, 13)


@pytest.fixture(scope="module")
def engine(demo_warehouse: Warehouse) -> Engine:
    return Engine(demo_warehouse, Settings())


@pytest.fixture(scope="module")
def twin(demo_warehouse: Warehouse) -> Twin:
    return Twin(demo_warehouse.reader())


@LIMITED
@given(number=st.integers(0, 1999), as_of=st.dates(FIRST, LAST), bounded=st.booleans())
def test_it_is_that_of_the_latest_order(engine: Engine, twin: Twin, number: int, as_of: date, bounded: bool) -> None:
    lines = twin.lines
    customers = sorted(lines["customer"].unique())
    customer = customers[number % len(customers)]
    viewer = Viewer(name="manager", bounds=(Filter("region", ("East",)),)) if bounded else EVERYTHING
    lines = lines[(lines["customer"] == customer) & (lines["day"] <= as_of)]
    lines = lines[lines["region"] == "East"] if bounded else lines
    found = booked_last(engine, customer, as_of, viewer=viewer, version=engine.snapshot().version)
    latest = lines[lines["day"] == lines["day"].max()]
    if latest.empty:
        assert not found or any(invoice.booked["customer"] == customer for invoice in twin.invoices)
        return
    sums = latest.groupby(list(PLACES))["amount"].sum()
    assert tuple(found[place] for place in PLACES) in sums[sums == sums.max()].index


def test_before_all_data_nothing_is_known(engine: Engine) -> None:
    assert booked_last(engine, "C0001", date(2000, 1, 1), viewer=EVERYTHING, version=engine.snapshot().version) == {}


def test_a_rep_who_took_over_is_the_one_named(engine: Engine, twin: Twin) -> None:
    """Of customers whom two reps served one after the other, the later one stands."""
    reps = twin.lines.groupby("customer")["rep"].nunique()
    moved = reps[reps > 1].index[0]
    lines = twin.lines[twin.lines["customer"] == moved]
    first, last = lines["day"].min(), lines["day"].max()
    told = [booked_last(engine, moved, day, viewer=EVERYTHING, version=engine.snapshot().version)["rep"] for day in (first, last)]
    assert told[0] != told[1]


@LIMITED
@given(number=st.integers(0, 119), as_of=st.dates(FIRST, LAST), bounded=st.booleans())
def test_a_rep_sold_in_the_areas_of_the_orders(engine: Engine, twin: Twin, number: int, as_of: date, bounded: bool) -> None:
    viewer = Viewer(name="manager", bounds=(Filter("region", ("East",)),)) if bounded else EVERYTHING
    rep = f"R{number + 1:03}"
    lines = twin.lines[(twin.lines["rep"] == rep) & (twin.lines["day"] <= as_of)]
    lines = lines[lines["region"] == "East"] if bounded else lines
    sums = lines.groupby("area")["amount"].sum()
    assert sold_in(engine, rep, as_of, viewer=viewer, version=engine.snapshot().version) == set(sums[sums != 0].index)
