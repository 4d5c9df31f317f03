"""Sums out of the days of whole years equal what the store answers for the same leg."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.settings import Settings
from data.warehouse import Reader, Warehouse
from metrics import compile as sql
from metrics import daily
from metrics.catalog import PLACES, Fact
from metrics.compile import Leg, Window
from metrics.engine import Engine
from metrics.query import Query
from metrics.scope import Filter, parse_period
from metrics.snapshot import Coverage

YEAR = Window("year", date(2026, 1, 1), date(2026, 12, 31))
DAYS = st.dates(date(2022, 6, 1), date(2027, 6, 30))
COLUMNS = {Fact.SALES: ("amount", "cost", "lines_without_cost"), Fact.COLLECTED: ("amount",), Fact.INVOICED: ("amount",)}
BY = st.sampled_from([(), ("region",), ("day",), ("region", "day"), ("week",), ("week", "region"), ("month",), ("region", "month")])


def windows(spans: list[tuple[date, date]]) -> tuple[Window, ...]:
    return tuple(Window(str(i), first, last) for i, (first, last) in enumerate(spans))


def read(reader: Reader, leg: Leg) -> list[tuple[Any, ...]]:
    return reader.read(sql.statement(leg).compiled, sql.parameters(leg, known_to=None))


def out_of_days(engine: Engine, reader: Reader, leg: Leg) -> list[tuple[Any, ...]]:
    years = daily.years(leg, engine.snapshot().covered(leg.fact))
    return daily.added_up(leg, [daily.days_of(year, read(reader, year)) for year in years])


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    fact=st.sampled_from(list(COLUMNS)),
    by=BY,
    spans=st.lists(st.tuples(DAYS, DAYS), min_size=1, max_size=2),
    where=st.sampled_from([(), (Filter("region", ("East", "West")),)]),
)
def test_the_rows_are_those_of_the_store(
    demo_warehouse: Warehouse, fact: Fact, by: tuple[str, ...], spans: list[tuple[date, date]], where: tuple[Filter, ...]
) -> None:
    leg = Leg(fact=fact, by=by, columns=COLUMNS[fact], windows=windows(spans), where=where)
    assert daily.is_few(leg)
    engine, reader = Engine(demo_warehouse, Settings()), demo_warehouse.reader()
    assert Counter(out_of_days(engine, reader, leg)) == Counter(read(reader, leg))


@pytest.mark.parametrize(
    ("fact", "by", "filters", "few"),
    [
        (Fact.SALES, ("region",), (), True),
        (Fact.SALES, ("area",), (), False),
        (Fact.SALES, ("area", "day"), ("region",), True),
        (Fact.SALES, ("rep",), ("region",), False),
        (Fact.SALES, ("rep",), ("area",), True),
        (Fact.SALES, (), ("rep",), True),
        (Fact.SALES, PLACES, ("rep",), False),
        (Fact.SALES, ("month",), (), True),
        (Fact.SALES, ("quarter",), (), False),
        (Fact.SALES, (), ("customer",), False),
        (Fact.RECEIVABLE, ("region",), (), False),
        (Fact.TARGET, ("region",), (), False),
    ],
)
def test_only_the_days_of_few_rows_are_kept(fact: Fact, by: tuple[str, ...], filters: tuple[str, ...], few: bool) -> None:
    where = tuple(Filter(dimension, ("a",)) for dimension in filters)
    assert daily.is_few(Leg(fact=fact, by=by, columns=("amount",), windows=(YEAR,), where=where)) is few


def test_what_is_missing_stays_missing_and_a_total_is_one_row() -> None:
    of_day = Leg(fact=Fact.SALES, by=("region", "day"), columns=("amount", "cost"), windows=(YEAR,))
    days = daily.days_of(of_day, [("a", date(2026, 1, day), Decimal(day), None) for day in (3, 1, 2)])
    leg = Leg(fact=Fact.SALES, by=(), columns=("amount", "cost"), windows=windows([(date(2026, 1, 1), date(2026, 1, 2))]))
    assert daily.added_up(leg, [days]) == [(Decimal(3), None)]
    assert daily.added_up(leg, []) == [(None, None)]
    assert daily.years(leg, Coverage(None, None, 0)) == ()


def test_another_as_of_day_reads_no_more_of_the_company(demo_warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    engine, asked = Engine(demo_warehouse, Settings()), []
    plain = Reader.read

    def counted(reader: Reader, statement: Any, parameters: Any = None) -> Any:
        asked.append(statement.text)
        return plain(reader, statement, parameters)

    def ask(day: date) -> None:
        engine.run(Query(measures=("amount", "amount_py_change", "collections"), period=parse_period("2026Q3", day), as_of=day))

    monkeypatch.setattr(Reader, "read", counted)
    ask(date(2026, 9, 13))
    before = len(asked)
    ask(date(2026, 9, 13) - timedelta(days=1))
    assert before > 0
    assert len(asked) == before
