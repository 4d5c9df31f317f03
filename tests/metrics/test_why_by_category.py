"""A gap by product category where targets are set by it: the list's own gaps, and what no category has."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.engine import Engine
from metrics.query import Query
from metrics.scope import Filter, parse_period
from metrics.why import Against, Explanation, Why
from tests.metrics.goods import AS_OF, ONE_REGION, REPS, Sale, company

SCOPES = ({}, {"region": "E"}, {"region": "W"}, {"area": "E1"}, {"area": "W1"}, *({"rep": rep} for rep in REPS))
CHILD = {"": "region", "region": "area", "area": "rep", "rep": ""}


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    return company(Path(tmp_path_factory.mktemp("goods")))


def ask(engine: Engine, against: Against, measure: str = "amount", as_of: date = AS_OF, **where: str) -> Explanation:
    found = engine.answer(
        Why(
            measure=measure,
            against=against,
            child=CHILD[next(iter(where), "")],
            period=parse_period("2026Q3", as_of),
            as_of=as_of,
            where=tuple(Filter(dimension, (key,)) for dimension, key in where.items()),
        )
    )
    assert isinstance(found, Explanation)
    return found


def listed(engine: Engine, question: Why) -> dict[str | None, tuple[Decimal, Decimal]]:
    """Base and actual of every category as the list of a page asks for them."""
    query = Query(measures=question.measures, by=("category",), period=question.period, as_of=question.as_of, where=question.where)
    rows = engine.run(query).rows
    return {row["category"]: (row[question.base] or Decimal(0), row[question.measure] or Decimal(0)) for row in rows}


@given(
    where=st.sampled_from(SCOPES),
    against=st.sampled_from(("expected", "target")),
    measure=st.sampled_from(("amount", "margin")),
    day=st.integers(0, 91),
)
def test_category_gaps_are_the_list_s_and_add_up(engine: Engine, where: dict[str, str], against: Against, measure: str, day: int) -> None:
    as_of = date(2026, 7, 1) + timedelta(days=day)
    found = ask(engine, against, measure, as_of, **where)
    for account in (found.whole, *found.children.values()):
        for steps in account.steps.values():
            assert sum((step.gap for step in steps), Decimal(0)) == account.gap
        assert sum((cause.amount for cause in account.causes), Decimal(0)) == (account.gap if account.causes else 0)
    rows = listed(engine, found.query)
    has_targets = any(key is not None and base for key, (base, _) in rows.items())
    assert has_targets == ("category" in found.whole.targeted)
    if has_targets:
        told = {step.key: (step.base, step.actual) for step in found.whole.steps["category"]}
        assert told == {key: row for key, row in rows.items() if any(row)}
    for key, inside in found.children.items():
        alone = ask(engine, against, measure, as_of, **{found.query.child: str(key)}).whole
        if alone.base is None:  # nobody set it a target
            continue
        assert inside.targeted == alone.targeted
        assert all(inside.steps.get(dimension) == alone.steps.get(dimension) for dimension in alone.targeted)


def test_where_no_category_has_a_target_last_year_says_which_was_to_bring_what(engine: Engine) -> None:
    west = ask(engine, "expected", region="W").whole
    assert west.targeted == ("region", "area", "rep")
    assert {step.key for step in west.steps["category"]} == {"P", "Q", None}
    assert west.steps["category"] == ask(engine, "expected").children["W"].steps["category"]


def test_a_category_behind_is_not_evened_out_by_last_year(tmp_path: Path) -> None:
    """Both sold half as much last year as the whole target; of the one too much is asked, the other is ahead."""
    sales: list[Sale] = [(date(2025, 8, 4), "r1", product, 1000) for product in ("p1", "q1")]
    sales += [(date(2026, 8, 3), "r1", "p1", 1500), (date(2026, 8, 3), "r1", "q1", 2500)]
    found = ask(company(tmp_path, targets=ONE_REGION, sales=sales), "target", as_of=date(2026, 9, 30)).whole
    assert {step.key: step.gap for step in found.steps["category"]} == {"P": -1000, "Q": 500}
    assert ("", "category", "P") in [(driver.cause, driver.dimension, driver.key) for driver in found.drivers]
    assert {driver.key: driver.amount for driver in found.drivers}["P"] == -1000


def test_targets_by_category_stand_without_a_past(tmp_path: Path) -> None:
    sales: list[Sale] = [(date(2026, 8, 3), "r1", "p1", 1500), (date(2026, 8, 3), "r1", "odd", 100)]
    found = ask(company(tmp_path, targets=[*ONE_REGION, ("region", "E", "", 5000)], sales=sales), "target").whole
    assert {step.key: step.gap for step in found.steps["category"]} == {"P": -1000, "Q": -2000, None: -400}
    assert found.causes == ()
