"""Any kind of question is answered once for all who ask the same, under the same bounds, of the same version."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd
import pytest
import sqlalchemy as sa

from data import schema as s
from data.settings import Settings
from data.warehouse import Warehouse
from metrics import question
from metrics.engine import Engine
from metrics.query import Query
from metrics.question import answers
from metrics.scope import EVERYTHING, Filter, Viewer, parse_period

AS_OF = date(2026, 9, 13)


@dataclass(frozen=True, slots=True)
class Biggest:
    """Which region sold most."""

    as_of: date
    measures: tuple[str, ...] = ("amount",)


@dataclass(frozen=True, slots=True)
class Found:
    query: Biggest
    region: str
    sql: tuple[str, ...] = ()


@pytest.fixture
def engine(demo_warehouse: Warehouse) -> Engine:
    return Engine(demo_warehouse, Settings())


@pytest.fixture
def asked() -> Iterator[list[Any]]:
    """Registers who answers ``Biggest``; each time it is asked is noted."""
    seen: list[Any] = []

    @answers(Biggest)
    def biggest(engine: Engine, wanted: Biggest, bounds: question.Bounds, version: int) -> Found:
        seen.append((wanted, bounds, version))
        query = Query(measures=wanted.measures, by=("region",), period=parse_period("2026Q3", AS_OF), as_of=AS_OF, order="-amount")
        return Found(wanted, engine.run(query, Viewer(name="", bounds=bounds), version=version).rows[0]["region"])

    yield seen
    del question._ANSWERERS[Biggest]


def test_a_question_is_answered_inside_the_bounds_and_once(engine: Engine, asked: list[Any]) -> None:
    east = Viewer(name="manager", bounds=(Filter("region", ("East",)),))
    started = threading.Barrier(6)

    def ask(viewer: Viewer) -> Any:
        started.wait()
        return engine.answer(Biggest(AS_OF), viewer)

    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(ask, (EVERYTHING, east) * 3))
    assert len(asked) == 2
    assert {answer.region for answer in found[1::2]} == {"East"}
    assert {answer.region for answer in found[::2]} == {"South"}
    assert engine.answer(Biggest(AS_OF)) is found[0]


def test_a_query_is_answered_as_it_is_run(engine: Engine) -> None:
    query = Query(measures=("amount",), period=parse_period("2026Q3", AS_OF), as_of=AS_OF)
    answer = engine.answer(query)
    assert answer is engine.run(query)
    assert (answer.query.measures, answer.query.as_of) == (("amount",), AS_OF)
    assert "SELECT" in answer.sql[0]


def test_what_nobody_answers_is_named(engine: Engine) -> None:
    with pytest.raises(TypeError, match="nobody answers a Biggest"):
        engine.answer(Biggest(AS_OF))


@pytest.mark.parametrize(("dimension", "key"), [("region", "South"), ("area", "Jiangsu")])
def test_a_bounded_viewer_knows_of_those_inside_the_bounds(engine: Engine, demo_warehouse: Warehouse, dimension: str, key: str) -> None:
    """Against the order lines, payments and terms themselves: who ever sold, bought or paid there, or belongs there."""
    viewer = Viewer(name="manager", bounds=(Filter(dimension, (key,)),))
    reader, column = demo_warehouse.reader(), f"{dimension}_id"
    seen = {name: set(engine.members(name, None, viewer)) - {None} for name in ("region", "area", "rep", "customer")}
    sources = [s.order_line, s.application, s.invoice]
    rows = [
        pd.DataFrame(
            reader.rows(sa.select(t.c.region_id, t.c.area_id, t.c.rep_id, t.c.customer_id).where(t.c[column] == key)).copy(),
            columns=["region", "area", "rep", "customer"],
        )
        for t in sources
    ]
    facts = pd.concat(rows)
    for name, known in seen.items():
        assert known >= set(facts[name].dropna()), name
        assert len(known) < len(engine.members(name)) - 1, name
    assert seen["customer"] == set(facts["customer"].dropna())
    terms = {rep for (rep,) in reader.rows(sa.select(s.rep_term.c.rep_id).where(s.rep_term.c[column] == key))}
    assert seen["rep"] <= set(facts["rep"].dropna()) | terms
    assert engine.members("product", None, viewer) == engine.members("product")
