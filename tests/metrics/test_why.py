"""Explanations against an independent reckoning, and the properties that hold for every scope."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.settings import Settings
from data.warehouse import Warehouse
from metrics.bridge import Scale
from metrics.engine import Engine
from metrics.query import Query
from metrics.scope import Filter, Viewer, parse_period
from metrics.why import AGAINST, Explanation, Why
from tests.metrics.twin import Twin

AS_OF = date(2026, 9, 13)
FIVE = ("amount", "volume", "margin", "profit", "collections")
LIMITED = settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
CHILD = {"": "region", "region": "area", "area": "rep", "rep": ""}


@pytest.fixture(scope="module")
def engine(demo_warehouse: Warehouse) -> Engine:
    return Engine(demo_warehouse, Settings())


@pytest.fixture(scope="module")
def twin(demo_warehouse: Warehouse) -> Twin:
    return Twin(demo_warehouse.reader())


@pytest.fixture(scope="module")
def why(engine: Engine) -> Callable[..., Explanation]:
    def ask(
        measure: str = "amount", against: str = "expected", period: str = "2026Q3", as_of: date = AS_OF, child: str = "", **where: str
    ) -> Explanation:
        filters = tuple(Filter(d, (key,)) for d, key in where.items())
        question = Why(measure=measure, against=against, child=child, period=parse_period(period, as_of), as_of=as_of, where=filters)  # type: ignore[arg-type]
        found = engine.answer(question)
        assert isinstance(found, Explanation)
        return found

    return ask


@LIMITED
@given(data=st.data())
def test_parts_add_up_to_the_gap_to_the_last_digit(engine: Engine, why: Callable[..., Explanation], data: st.DataObject) -> None:
    dimension = data.draw(st.sampled_from(("", "region", "area", "rep", "customer", "category", "segment", "product")))
    measure = data.draw(st.sampled_from(FIVE if dimension not in ("category", "product") else FIVE[:4]))
    against = data.draw(st.sampled_from(AGAINST if dimension in CHILD else ("py", "pp")))
    where = {dimension: data.draw(st.sampled_from(sorted(k for k in engine.members(dimension) if k)))} if dimension else {}
    as_of = data.draw(st.dates(date(2025, 1, 2), AS_OF))
    found = why(
        measure, against, data.draw(st.sampled_from(("month", "quarter", "year", "week"))), as_of, CHILD.get(dimension, ""), **where
    )
    for account in (found.whole, *found.children.values()):
        assert (account.gap is None) == (account.missing is not None)
        if account.gap is None:
            continue
        if account.unexplained is None:
            assert sum((cause.amount for cause in account.causes), Decimal(0)) == account.gap
            assert all(cause.amount for cause in account.causes)
        for steps in account.steps.values():
            assert sum((step.gap for step in steps), Decimal(0)) == account.gap
    if found.children:
        whole = found.whole.steps[found.query.child]
        assert sum((a.gap or Decimal(0) for a in found.children.values()), Decimal(0)) == sum(
            (s.gap for s in whole if s.key is not None), Decimal(0)
        )


@pytest.mark.parametrize("measure", FIVE[:4])
@pytest.mark.parametrize(
    ("where", "past"), [({}, "py"), ({"region": "East"}, "py"), ({"region": "East"}, "pp"), ({"area": "Jiangsu"}, "py")]
)
def test_causes_against_the_past_are_those_of_the_definition(
    engine: Engine, twin: Twin, why: Callable[..., Explanation], measure: str, where: dict[str, str], past: str
) -> None:
    found = why(measure, past, **where)
    days = engine.snapshot().calendar
    period = parse_period("2026Q3", AS_OF)
    other = period.year_before() if past == "py" else period.before()
    lines = twin.lines
    for dimension, member in where.items():
        lines = lines[lines[dimension] == member]
    now = lines[(lines["day"] >= period.first) & (lines["day"] <= AS_OF)]
    before = lines[(lines["day"] >= other.first) & (lines["day"] <= days.like_for_like(period, AS_OF, other))]
    expected = reckoned(measure, now, before)
    told = {cause.key: cause.amount for cause in found.whole.causes}
    assert told.keys() == {key for key, value in expected.items() if abs(value) > Fraction(1, 100)}
    for key, amount in told.items():
        assert abs(Fraction(amount) - expected[key]) <= Fraction(2, 1000), key


def reckoned(measure: str, now: pd.DataFrame, before: pd.DataFrame) -> dict[str, Fraction]:
    """Causes in plain Python, from the definitions: exact fractions of money."""
    signs = {
        "amount": {"amount": 1},
        "volume": {"volume": 1},
        "margin": {"amount": 1, "cost": -1},
        "profit": {"amount": 1, "cost": -1, "expense": -1},
    }[measure]

    def sums(lines: pd.DataFrame, key: str) -> dict[str, dict[str, int]]:
        columns = ["amount", "volume", "cost", "expense"]
        return {str(k): {c: int(v) for c, v in row.items()} for k, row in lines.groupby(key)[columns].sum().to_dict("index").items()}

    def worth(row: dict[str, int] | None) -> int:
        return sum(sign * row[column] for column, sign in signs.items()) if row else 0

    def bought(row: dict[str, int] | None) -> bool:
        return bool(row) and (row["amount"] > 0 or row["volume"] > 0)  # type: ignore[index]

    causes: dict[str, Fraction] = dict.fromkeys(
        ("lost_customers", "new_customers", "dropped_products", "new_products", "price", "cost", "expense", "volume", "mix", "other"),
        Fraction(0),
    )
    a, b = sums(now, "customer"), sums(before, "customer")
    both = []
    for key in a.keys() | b.keys():
        bought_now, bought_before = bought(a.get(key)), bought(b.get(key))
        if bought_now and bought_before:
            both.append(key)
            continue
        cause = "new_customers" if bought_now else "lost_customers" if bought_before else "other"
        causes[cause] += worth(a.get(key)) - worth(b.get(key))
    a, b = sums(now[now["customer"].isin(both)], "product"), sums(before[before["customer"].isin(both)], "product")
    shared = []
    for key in a.keys() | b.keys():
        sold_now, sold_before = (rows.get(key, {}).get("volume", 0) > 0 for rows in (a, b))
        if sold_now and sold_before:
            shared.append(key)
            continue
        cause = "new_products" if sold_now else "dropped_products" if sold_before else "other"
        causes[cause] += worth(a.get(key)) - worth(b.get(key))
    q, q0 = sum(a[k]["volume"] for k in shared), sum(b[k]["volume"] for k in shared)
    for key in shared:
        x, y = a[key], b[key]
        grown = Fraction(x["volume"], y["volume"])
        if measure != "volume":
            for cause, column in (("price", "amount"), ("cost", "cost"), ("expense", "expense")):
                if column in signs:
                    causes[cause] += signs[column] * (x[column] - y[column] * grown)
        causes["volume"] += worth(y) * (Fraction(q, q0) - 1) if measure != "volume" else x["volume"] - y["volume"]
        if measure != "volume":
            causes["mix"] += Fraction(worth(y), y["volume"]) * (x["volume"] - Fraction(q, q0) * y["volume"])
    return {key: value / 10_000 for key, value in causes.items()}


def test_a_planned_base_is_last_year_scaled_to_it(why: Callable[..., Explanation], engine: Engine) -> None:
    planned, past = why(region="East").whole, why(against="py", region="East").whole
    assert planned.base
    assert past.base
    scale = planned.base / past.base
    lost = {c.key: c.amount for c in past.causes}["lost_customers"]
    assert {c.key: c.amount for c in planned.causes}["lost_customers"] == pytest.approx(lost * scale, rel=Decimal("0.05"))
    query = Query(
        measures=("amount", "amount_expected"), period=parse_period("2026Q3", AS_OF), as_of=AS_OF, where=(Filter("region", ("East",)),)
    )
    row = engine.run(query).only()
    assert (planned.actual, planned.base) == (row["amount"], row["amount_expected"])


def test_of_the_whole_target_a_part_is_not_due_yet(why: Callable[..., Explanation]) -> None:
    target, pace = why(against="target").whole, why().whole
    parts = {cause.key: cause.amount for cause in target.causes}
    assert target.base is not None
    assert pace.base is not None
    assert parts.pop("not_due") == pace.base - target.base
    assert parts == {cause.key: cause.amount for cause in pace.causes}
    assert target.due == pace.base
    assert target.driven == pace.gap
    assert target.drivers == pace.drivers
    assert target.path == pace.path


def test_a_lead_on_pace_does_not_explain_what_is_short_of_the_target(why: Callable[..., Explanation]) -> None:
    """Nor what is above it a lag."""
    day = date(2026, 8, 5)
    target, pace = why(as_of=day, against="target", child="area", region="North"), why(as_of=day, child="area", region="North")
    assert target.whole.gap is not None
    assert pace.whole.gap is not None
    assert target.whole.gap < 0 < pace.whole.gap
    assert pace.whole.drivers
    assert (target.whole.drivers, target.whole.path) == ((), ())
    for account in target.children.values():
        for driver in account.drivers:
            assert account.gap is not None
            assert driver.amount * account.gap > 0


def test_who_leads_a_cause_moved_in_its_direction(engine: Engine, why: Callable[..., Explanation]) -> None:
    """Also of volume, whose customers may have moved the other way in all."""
    against_them = 0
    for area in sorted(key for key in engine.members("area") if key):
        for past in ("py", "pp"):
            for cause in why(against=past, area=area).whole.causes:
                along = [m.amount for m in cause.members if (m.amount < 0) == (cause.amount < 0)]
                assert [abs(a) for a in along] == sorted(map(abs, along), reverse=True), cause.key
                against_them += sum((m.amount for m in cause.members), Decimal(0)) * cause.amount < 0
    assert against_them


def test_the_large_customer_that_left_is_named(why: Callable[..., Explanation]) -> None:
    found = why(region="East", child="area")
    assert "C0001" in [driver.key for driver in found.whole.drivers]
    assert [step.dimension for step in found.whole.path] == ["area", "rep", "customer"]
    assert found.whole.path[-1].key == "C0001"
    assert "C0001" in [driver.key for driver in found.children["Jiangsu"].drivers]


def test_a_gap_of_nothing_has_no_path(why: Callable[..., Explanation]) -> None:
    """Reps of Sichuan sold as many units more as others sold less."""
    whole = why("volume", "py", "quarter", date(2025, 3, 14), child="rep", area="Sichuan").whole
    assert whole.gap == 0
    assert any(step.gap for step in whole.steps["rep"])
    assert (whole.path, whole.drivers) == ((), ())


def test_a_child_is_explained_as_when_it_is_looked_at_itself(why: Callable[..., Explanation]) -> None:
    for against in AGAINST:
        inside = why("margin", against, child="region").children["East"]
        alone = why("margin", against, region="East").whole
        assert replace(inside, drivers=()) == replace(alone, drivers=())
        assert [(d.cause, d.key, d.amount) for d in inside.drivers] == [(d.cause, d.key, d.amount) for d in alone.drivers]


def test_nothing_outside_the_viewers_bounds_is_told(engine: Engine, why: Callable[..., Explanation]) -> None:
    question = why().query
    bound = engine.answer(question, Viewer(name="manager", bounds=(Filter("region", ("East",)),)))
    alone = why(region="East")
    assert isinstance(bound, Explanation)
    assert (bound.whole.base, bound.whole.actual, bound.whole.causes) == (alone.whole.base, alone.whole.actual, alone.whole.causes)
    assert [step.key for step in bound.whole.steps["region"]] == ["East"]


def test_without_a_past_a_plan_has_children_but_no_causes(why: Callable[..., Explanation], engine: Engine) -> None:
    first = engine.snapshot().first_day
    found = why(period="quarter", as_of=date(first.year, first.month + 2, 20))
    assert found.whole.gap is not None
    assert not found.whole.causes
    assert found.whole.unexplained is not None
    assert found.whole.unexplained.code == "before_data"
    assert found.whole.steps.keys() == {"region", "area", "rep"}
    missing = why(against="py", period="quarter", as_of=date(first.year, first.month + 2, 20)).whole
    assert missing.gap is None
    assert missing.missing is not None
    assert missing.missing.code == "before_data"


@given(st.integers(-(10**16), 10**16), st.integers(1, 10**15), st.integers(1, 10**15))
def test_scaling_rounds_to_the_nearest(value: int, wanted: int, past: int) -> None:
    assert abs(Fraction(Scale(wanted, past).total(value)) - Fraction(value * wanted, past)) <= Fraction(1, 2)


@pytest.mark.parametrize("against", ["py", "pp", "expected"])
def test_the_collection_rate_is_that_of_what_was_invoiced(
    engine: Engine, twin: Twin, why: Callable[..., Explanation], against: str
) -> None:
    found = why("collections", against, child="region").whole.rate
    assert found is not None
    period = parse_period("2026Q3", AS_OF)
    other = period.before() if against == "pp" else period.year_before()
    cut = engine.snapshot().calendar.like_for_like(period, AS_OF, other)
    for rate, first, last in ((found.now, period.first, AS_OF), (found.before, other.first, cut)):
        collected = sum(twin.collections(first, last, (), {}).values())
        invoiced = sum(invoice.amount for invoice in twin.invoices if first <= invoice.day <= last)
        assert rate == pytest.approx(Decimal(collected) / Decimal(invoiced), rel=Decimal("1e-12"))
    assert found.before + found.own + found.mix == pytest.approx(found.now, abs=Decimal("1e-12"))
