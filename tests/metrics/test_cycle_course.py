"""The course of the cycle: each of its days as it is when asked for alone, and as a twin says."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.settings import Settings
from data.warehouse import Warehouse
from metrics.cycle_course import Course, CycleCourse, Point
from metrics.engine import Engine
from metrics.errors import NotDivisible
from metrics.query import Query
from metrics.scope import EVERYTHING, Filter, Period, Viewer
from tests.metrics.cycle_twin import CycleTwin
from tests.metrics.twin import SCALE, Twin

AS_OF = date(2026, 9, 13)
KEYS = ("dso", "dso_count_back", "dso_best", "days_delinquent")
PLACES = {"region": "East", "area": "Jiangsu", "rep": "R007", "customer": "C0001", "category": ""}


@pytest.fixture(scope="module")
def engine(demo_warehouse: Warehouse) -> Engine:
    return Engine(demo_warehouse, Settings())


@pytest.fixture(scope="module")
def twin(demo_warehouse: Warehouse) -> CycleTwin:
    return CycleTwin(Twin(demo_warehouse.reader()))


def filters(engine: Engine, place: str) -> tuple[Filter, ...]:
    if not place:
        return ()
    members = {"segment": next(key for key in engine.members("segment") if key), **PLACES}
    return (Filter(place, (members[place],)),)


def ask(engine: Engine, as_of: date = AS_OF, *, place: str = "", months: int = 24, viewer: Viewer = EVERYTHING) -> Course:
    found = engine.answer(CycleCourse(as_of=as_of, months=months, where=filters(engine, place)), viewer)
    assert isinstance(found, Course)
    return found


def figures(point: Point) -> dict[str, object]:
    return dict(zip(KEYS, (point.dso, point.count_back, point.best, point.delinquent), strict=True))


@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.dates(date(2024, 1, 1), AS_OF), st.sampled_from(["", "region", "area", "rep", "customer", "segment"]), st.integers(1, 24))
def test_each_day_is_as_when_asked_for_alone(engine: Engine, as_of: date, place: str, months: int) -> None:
    found = ask(engine, as_of, place=place, months=months)
    assert len(found.points) == len(found.before) == months + 1
    where = filters(engine, place)
    for point in (*found.points[-4:], *found.before[:2], *found.before[-2:]):
        day = point.day
        alone = engine.run(Query(measures=("open", *KEYS), period=Period("range", day, day), as_of=day, where=where)).only()
        assert {"open": point.owed, **figures(point)} == alone


def test_the_days_are_the_month_ends_and_a_year_before_them(engine: Engine) -> None:
    found = ask(engine)
    days = [point.day for point in found.points]
    assert days[:2] == [date(2024, 9, 30), date(2024, 10, 31)]
    assert days[-2:] == [date(2026, 8, 31), AS_OF]
    assert all((day + timedelta(days=1)).day == 1 for day in days[:-1])
    assert [(p.day.month, p.day.year) for p in found.before] == [(day.month, day.year - 1) for day in days]
    assert found.before[-1].day == date(2025, 9, 13)
    at_month_end = ask(engine, date(2026, 8, 31))
    assert at_month_end.points[-1].day == date(2026, 8, 31)
    assert at_month_end.points[-2].day == date(2026, 7, 31)
    assert at_month_end.points[-1].dso == found.points[-2].dso


@pytest.mark.parametrize("place", ["", "region", "segment"])
def test_the_course_equals_the_twin(engine: Engine, twin: CycleTwin, place: str) -> None:
    found = ask(engine, place=place)
    only = {f.dimension: f.members[0] for f in filters(engine, place)}
    for point in (found.points[0], found.points[11], found.points[-1], found.before[-1]):
        other = twin.figures(first=point.day, last=point.day, as_of=point.day, only=only)
        assert point.owed is not None
        assert Fraction(point.owed) * SCALE == other["open"]
        for key, value in figures(point).items():
            assert abs(Fraction(str(value)) - (other[key] or 0)) < Fraction(1, 10**15), (key, point.day)


def test_before_the_data_nothing_is_known(engine: Engine) -> None:
    early = ask(engine, date(2024, 1, 15))
    assert early.points[0].owed is early.points[0].dso is early.points[0].count_back is None
    assert early.points[-1].dso is not None
    assert {point.dso for point in early.before} == {None}
    nothing = ask(engine, date(2023, 1, 15))
    assert {point.owed for point in nothing.points} == {None}
    assert nothing.missing is not None
    assert nothing.missing.code == "before_data"


def test_a_viewer_sees_the_course_of_what_may_be_seen(engine: Engine) -> None:
    everything = ask(engine)
    manager = Viewer(name="manager", bounds=(Filter("region", ("East",)),))
    seen = ask(engine, viewer=manager)
    assert seen.points == ask(engine, place="region").points != everything.points
    assert all("'East'" in statement for statement in seen.sql)


def test_it_takes_few_statements_and_fewer_the_next_day(engine: Engine) -> None:
    first, second = ask(engine).sql, ask(engine, AS_OF - timedelta(days=1)).sql
    assert len(first) == len(second) == 4  # days, month ends, and the balances of two days that end no month
    assert len({*first, *second}) == 6


def test_money_knows_no_products(engine: Engine) -> None:
    with pytest.raises(NotDivisible):
        ask(engine, place="category")


def test_month_ends_after_the_last_change_are_as_it_left_them(tmp_path: Path) -> None:
    """One bill of January, part of it paid in March; orders until June."""
    warehouse = Warehouse(tmp_path)
    with warehouse.draft() as draft:
        draft.connection.execute("INSERT INTO invoice VALUES ('1', NULL, 'a', NULL, NULL, NULL, '2026-01-05', 100, false)")
        draft.connection.execute("INSERT INTO instalment VALUES ('1', 1, '2026-02-05', 100)")
        draft.connection.execute("INSERT INTO payment VALUES ('P', 1, '2026-03-10', 'a', '1', NULL, NULL, NULL, 60)")
        draft.connection.execute("INSERT INTO order_line VALUES ('O', 1, '2026-06-20', NULL, NULL, NULL, NULL, NULL, 1, 1, NULL, NULL)")
        draft.publish("one bill")
    found = ask(Engine(warehouse, Settings()), date(2026, 6, 20), months=6)
    assert [point.owed for point in found.points] == [None, 100, 100, 40, 40, 40, 40]
    assert [point.count_back for point in found.points][1:4] == [31, 28 + 31, 31 + 28 + Fraction(40, 100) * 31]


def test_a_month_end_on_which_nothing_is_open_is_zero(tmp_path: Path) -> None:
    warehouse = Warehouse(tmp_path)
    with warehouse.draft() as draft:
        draft.connection.execute(
            "INSERT INTO invoice VALUES ('1', NULL, 'a', NULL, NULL, NULL, '2026-01-05', 100, false),"
            " ('2', NULL, 'a', NULL, NULL, NULL, '2026-03-05', 100, false)"
        )
        draft.connection.execute("INSERT INTO instalment VALUES ('1', 1, '2026-02-05', 100), ('2', 1, '2026-04-05', 100)")
        draft.connection.execute("INSERT INTO payment VALUES ('P', 1, '2026-02-10', 'a', '1', NULL, NULL, NULL, 100)")
        draft.publish("two bills")
    found = ask(Engine(warehouse, Settings()), date(2026, 3, 20), months=2)
    assert [(point.owed, point.count_back) for point in found.points] == [(100, 31), (0, 0), (100, 20)]
