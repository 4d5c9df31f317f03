"""The hand-written baseline of the Regions page gives the product's own causes; else its speed would say nothing."""

from __future__ import annotations

import re
from datetime import date

import pytest

from benchmarks.overview import parameters
from benchmarks.regions import levels
from benchmarks.regions_sql import CAUSES
from data.settings import Settings
from data.warehouse import Warehouse
from metrics.engine import Engine
from metrics.scope import Filter, period_of
from metrics.why import Explanation, Why


@pytest.fixture(scope="module")
def engine(demo_warehouse: Warehouse) -> Engine:
    return Engine(demo_warehouse, Settings())


@pytest.mark.parametrize("day", [date(2026, 9, 13), date(2026, 8, 19), date(2025, 11, 30)])
@pytest.mark.parametrize("at", range(5))
def test_causes_by_hand_are_the_product_s(engine: Engine, day: date, at: int) -> None:
    level = levels(engine.warehouse.reader())[at]
    where = tuple(Filter(dimension, (key,)) for dimension, key in level.members.items())
    found = engine.answer(Why(measure="amount", against="py", period=period_of("quarter", day), as_of=day, where=where))
    assert isinstance(found, Explanation)
    ours = {cause.key: float(cause.amount) for cause in found.whole.causes if cause.key != "other"}
    text = CAUSES.format(here=level.here)
    days = {name: value for name, value in parameters(engine, day).items() if re.search(rf"\${name}\b", text)}
    theirs = {name: float(value) for name, value in engine.warehouse.reader().ask(text, days) if value}
    assert ours or level.name == "customer"
    assert {key for key, value in theirs.items() if abs(value) > 0.01} == ours.keys()
    assert ours == pytest.approx(theirs, abs=0.01)


def test_every_statement_answers_at_every_level(engine: Engine) -> None:
    days = parameters(engine, date(2026, 9, 13))
    for level in levels(engine.warehouse.reader()):
        for text in level.statements:
            asked = {key: value for key, value in days.items() if re.search(rf"\${key}\b", text)}
            assert engine.warehouse.reader().ask(text, asked), (level.name, text)
