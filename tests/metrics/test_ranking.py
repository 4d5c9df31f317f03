"""Rankings and counts of members against the engine's own answers and the facts in pandas."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data import demo
from data.settings import Settings
from data.warehouse import Reader, Warehouse
from metrics.engine import Engine
from metrics.errors import UnknownName
from metrics.query import Query
from metrics.ranking import Count, Counted, Ranked, Ranking, deciding, is_shown
from metrics.scope import EVERYTHING, Filter, Viewer, parse_period, period_of
from metrics.tiers import Tier
from tests.metrics.twin import Twin, exact

AS_OF = date(2026, 9, 13)
Q3 = parse_period("2026Q3", AS_OF)
EAST = (Filter("region", ("East",)),)
FEW = settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


@pytest.fixture(scope="module")
def engine(demo_warehouse: Warehouse) -> Engine:
    return Engine(demo_warehouse, Settings())


def query(dimension: str, *measures: str, of: str = "amount", where: tuple[Filter, ...] = (), **when: Any) -> Query:
    asked = tuple(dict.fromkeys((*deciding(of, dimension, where), *measures)))
    return Query(measures=asked, by=(dimension,), where=where, **{"period": Q3, "as_of": AS_OF, **when})


def rank(engine: Engine, question: Ranking, viewer: Viewer = EVERYTHING) -> Ranked:
    found = engine.answer(question, viewer)
    assert isinstance(found, Ranked)
    return found


def number(engine: Engine, viewer: Viewer = EVERYTHING, **asked: Any) -> int:
    found = engine.answer(Count(**{"period": Q3, "as_of": AS_OF, **asked}), viewer)
    assert isinstance(found, Counted)
    return found.count


# --- order and search -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("order", ["amount", "-amount", "amount_py_change", "-amount_py_gap", "margin_rate", "name", "-name"])
def test_members_stand_in_order_and_those_without_a_value_after_them(engine: Engine, order: str) -> None:
    asked = query("customer", "amount_py_change", "amount_py_gap", "margin_rate", where=EAST)
    ranked = rank(engine, Ranking(query=asked, of="amount", order=order))
    name, falling = order.removeprefix("-"), order.startswith("-")
    values = [ranked.label(row["customer"]).casefold() if name == "name" else row[name] for row in ranked.rows]
    known = [value for value in values if value is not None]
    assert len(known) > 100
    assert known == sorted(known, reverse=falling)
    assert values[len(known) :] == [None] * (len(values) - len(known))
    kept = [row for row in engine.run(asked).rows if is_shown(row, "amount")]
    assert sorted(row["customer"] for row in ranked.rows) == sorted(row["customer"] for row in kept)


def test_order_and_search_ask_the_store_nothing_new(demo_warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    engine, asked = Engine(demo_warehouse, Settings()), []
    whole = query("customer", "amount_py_gap")
    rank(engine, Ranking(query=whole, of="amount"))
    read = Reader.read
    monkeypatch.setattr(Reader, "read", lambda self, *given: asked.append(given) or read(self, *given))
    for order in ("amount", "-amount", "name"):
        for find in ("", "water", "水"):
            rank(engine, Ranking(query=whole, of="amount", order=order, find=find))
    assert asked == []


@pytest.mark.parametrize(("find", "language"), [("WATER", "en"), ("水", "zh"), ("c00", "en"), ("mining", "en"), ("%", "en")])
def test_a_search_reads_both_names_the_identifier_and_the_parent(engine: Engine, find: str, language: str) -> None:
    asked = query("customer")
    whole, found = (rank(engine, Ranking(query=asked, of="amount", find=f, language=language)) for f in ("", find))
    members, segments = engine.members("customer"), engine.members("segment")

    def texts(key: str) -> tuple[str, ...]:
        member = members[key]
        parent = segments[member.parent].label(language) if member.parent else ""
        return (key, member.name, member.name_zh or "", parent)

    expected = [row["customer"] for row in whole.rows if any(find.casefold() in text.casefold() for text in texts(row["customer"]))]
    assert [row["customer"] for row in found.rows] == expected
    assert found.count == len(expected)
    assert len(expected) < whole.count


def test_what_belongs_to_no_member_is_last_and_not_counted(tmp_path: Path) -> None:
    warehouse = Warehouse(tmp_path)
    with warehouse.draft(fresh=True) as draft:
        demo.make(draft.connection, last_day=AS_OF, lines=3_000)
        draft.connection.execute("UPDATE order_line SET customer_id = NULL WHERE customer_id IN (SELECT min(customer_id) FROM order_line)")
        draft.publish("lines without customer")
    engine = Engine(warehouse, Settings())
    for order in ("amount", "-amount", "name"):
        ranked = rank(engine, Ranking(query=query("customer", period=parse_period("2026", AS_OF)), of="amount", order=order))
        assert [row["customer"] for row in ranked.rows].index(None) == len(ranked.rows) - 1 == ranked.count
    assert ranked.count == number(engine, dimension="customer", of="amount", period=parse_period("2026", AS_OF))


def test_an_order_by_what_is_no_column_is_refused(engine: Engine) -> None:
    with pytest.raises(UnknownName, match="amount_py"):
        rank(engine, Ranking(query=query("customer"), of="amount", order="-amount_yp"))


# --- teams ------------------------------------------------------------------------------------------------------------------


def test_reps_and_reps_at_risk_are_counted_under_each_area(engine: Engine) -> None:
    ranked = rank(engine, Ranking(query=query("area", where=EAST), of="amount", tier="amount_tier", order="-at_risk"))
    team = engine.run(
        Query(measures=("amount", "amount_py", "amount_target", "amount_tier"), by=("area", "rep"), where=EAST, period=Q3, as_of=AS_OF)
    )
    for row in ranked.rows:
        own = [r for r in team.rows if r["area"] == row["area"] and r["rep"] and (r["amount"] or r["amount_py"] or r["amount_target"])]
        assert row["reps"] == len(own) > 0
        assert row["at_risk"] == sum(r["amount_tier"] == Tier.AT_RISK for r in own)
    assert [row["at_risk"] for row in ranked.rows] == sorted((row["at_risk"] for row in ranked.rows), reverse=True)
    assert ranked.reps["reps"] == number(engine, dimension="rep", of="amount", where=EAST)


# --- counts -----------------------------------------------------------------------------------------------------------------


@FEW
@given(
    st.sampled_from(["region", "area", "rep", "customer", "product", "category", "segment"]),
    st.sampled_from(["amount", "volume", "margin", "collections"]),
    st.sampled_from(["month", "quarter", "year", "ytd", "week"]),
    st.dates(date(2023, 6, 1), AS_OF + timedelta(days=40)),
    st.sampled_from([(), EAST, (Filter("area", ("Jiangsu", "Shanghai")),), (Filter("segment", ("Mining",)),)]),
)
def test_a_count_is_the_length_of_the_ranking(
    engine: Engine, dimension: str, of: str, kind: Any, day: date, where: tuple[Filter, ...]
) -> None:
    if of == "collections" and dimension in ("product", "category"):
        return
    when = {"period": period_of(kind, day), "as_of": day}
    ranked = rank(engine, Ranking(query=query(dimension, of=of, where=where, **when), of=of))
    assert number(engine, dimension=dimension, of=of, where=where, **when) == ranked.count


def test_customers_are_those_who_bought_now_or_a_year_ago(engine: Engine, demo_warehouse: Warehouse) -> None:
    lines = Twin(demo_warehouse.reader()).lines
    last_year = (date(2025, 7, 1), engine.snapshot().calendar.like_for_like(Q3, AS_OF, Q3.year_before()))
    sums = [
        lines[(lines["day"] >= a) & (lines["day"] <= b) & (lines["region"] == "East")].groupby("customer")["amount"].sum()
        for a, b in ((Q3.first, AS_OF), last_year)
    ]
    expected = {customer for found in sums for customer, amount in found.items() if amount}
    assert number(engine, dimension="customer", of="amount", where=EAST) == len(expected)
    ranked = rank(engine, Ranking(query=query("customer", where=EAST), of="amount"))
    assert {row["customer"]: row["amount"] for row in ranked.rows} == {c: exact(int(sums[0].get(c, 0))) for c in expected}


def test_a_viewer_counts_the_members_of_their_part(engine: Engine) -> None:
    viewer = Viewer(name="manager", bounds=EAST)
    for dimension in ("area", "rep", "customer", "product"):
        own = number(engine, viewer, dimension=dimension, of="amount")
        assert own == number(engine, dimension=dimension, of="amount", where=EAST)
        assert rank(engine, Ranking(query=query(dimension), of="amount"), viewer).count == own
    assert number(engine, viewer, dimension="customer", of="amount") < number(engine, dimension="customer", of="amount")


@pytest.mark.parametrize("region", ["East", "West", "Central"])
def test_whom_a_member_belongs_to_beyond_the_bounds_is_not_told(engine: Engine, region: str) -> None:
    """A rep who moved away still sold here; where to is not for this viewer, nor for this viewer's search."""
    viewer = Viewer(name="manager", bounds=(Filter("region", (region,)),))
    every, own = engine.members("area"), {key for key, area in engine.members("area").items() if area.parent == region}
    for period in ("2024Q4", "2025Q2", "2026Q3"):
        answer = rank(engine, Ranking(query=query("rep", period=parse_period(period, AS_OF)), of="amount"), viewer)
        areas = {answer.parent(row["rep"]) for row in answer.rows} - {""}
        assert areas <= {every[key].name for key in own}
        assert {answer.answer.members["rep"][row["rep"]].parent for row in answer.rows} - {None} <= own
        for foreign in every.keys() - own - {None}:
            asked = Ranking(query=query("rep", period=parse_period(period, AS_OF)), of="amount", find=every[foreign].name)
            assert rank(engine, asked, viewer).count == 0


# --- the difference on last year ----------------------------------------------------------------------------------------------


def test_the_difference_on_last_year_is_actual_less_last_year(engine: Engine) -> None:
    rows = engine.run(query("area", "margin", "margin_py", "margin_py_gap")).rows
    assert all(row["margin_py_gap"] == row["margin"] - row["margin_py"] for row in rows)
    first = engine.run(query("area", "amount_py_gap", period=parse_period("2023Q4", date(2023, 12, 31)), as_of=date(2023, 12, 31)))
    assert first.missing["amount_py_gap"].code == "before_data"


def test_sizes_of_a_list_are_of_what_is_not_zero(engine: Engine) -> None:
    ranked = rank(engine, Ranking(query=query("customer", where=EAST), of="amount"))
    sizes = sorted(abs(row["amount"]) for row in ranked.rows if row["amount"])
    typical, largest = ranked.spread("amount")
    assert largest == sizes[-1]
    assert sizes[(len(sizes) - 1) // 2] <= typical <= sizes[len(sizes) // 2]
    assert ranked.spread() == (Decimal(0), Decimal(0))
