"""The hand-written baseline gives the product's own figures; else its speed would say nothing."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from benchmarks.overview import parameters
from benchmarks.overview_sql import STATEMENTS
from data.settings import Settings
from data.warehouse import Warehouse
from metrics.catalog import BUCKET_UNAPPLIED, FIVE
from metrics.engine import Engine
from metrics.query import Query, Result
from metrics.scope import period_of

DAYS = [date(2026, 9, 13), date(2026, 8, 19), date(2025, 11, 30)]


def by_hand(warehouse: Warehouse, name: str, days: dict[str, Any]) -> list[tuple[Any, ...]]:
    text = STATEMENTS[name]
    return warehouse.reader().ask(text, {key: value for key, value in days.items() if re.search(rf"\${key}\b", text)})


def ask(engine: Engine, day: date, *measures: str, by: tuple[str, ...] = ()) -> Result:
    return engine.run(Query(measures=measures, by=by, period=period_of("quarter", day), as_of=day))


def near(ours: Any, theirs: Any) -> bool:
    if ours is None or theirs is None or isinstance(ours, (date, str)):
        return ours == theirs
    return abs(Decimal(ours) - Decimal(theirs)) <= Decimal("0.000001") * max(1, abs(Decimal(ours)))


@pytest.fixture(scope="module")
def engine(demo_warehouse: Warehouse) -> Engine:
    return Engine(demo_warehouse, Settings())


@pytest.mark.parametrize("day", DAYS)
def test_five_measures(engine: Engine, day: date) -> None:
    kinds = ("", "_py", "_target", "_expected", "_completion", "_pace")
    more = ("_gap", "_py_change", "_expected_share")
    keys = [m.key for m in FIVE]
    names = [
        *(key + kind for key in keys for kind in kinds),
        *(key + kind for key in keys for kind in more),
        *(f"{key}_days" for key in keys),
        *(f"{key}_needed" for key in keys),
    ]
    (theirs,) = by_hand(engine.warehouse, "kpis", parameters(engine, day))
    ours = ask(engine, day, *names).only()
    assert len(theirs) == len(names)
    for name, value in zip(names, theirs, strict=True):
        beyond = name.endswith("_days") and ours[name] > 0 and ours[name.removesuffix("_days") + "_completion"] > 1
        assert beyond or near(ours[name], value), name


@pytest.mark.parametrize("day", DAYS)
def test_regions_and_their_alerts(engine: Engine, day: date) -> None:
    kinds = ("", "_target", "_completion", "_pace", "_gap", "_days", "_lag_since", "_lag_change")
    ours = {row["region"]: row for row in ask(engine, day, *(f"amount{kind}" for kind in kinds), "amount_lag", by=("region",)).rows}
    theirs = by_hand(engine.warehouse, "regions", parameters(engine, day))
    assert len(theirs) == 6
    for region, *values in theirs:
        for kind, value in zip(kinds, values, strict=True):
            mine = ours[region][f"amount{kind}"]
            quiet = kind == "_lag_since" and mine is None and ours[region]["amount_lag"] == "none"
            beyond = kind == "_days" and mine > 0 and ours[region]["amount_completion"] > 1
            assert quiet or beyond or near(mine, value), (region, kind, mine, value)


@pytest.mark.parametrize("day", DAYS)
def test_ageing(engine: Engine, day: date) -> None:
    theirs = {
        (region, bucket): (balance, rate) for region, bucket, balance, rate in by_hand(engine.warehouse, "ageing", parameters(engine, day))
    }
    cells = ask(engine, day, "receivable", by=("region", "bucket")).rows
    assert {(r["region"], r["bucket"]): r["receivable"] for r in cells} == {k: v[0] for k, v in theirs.items() if all(k)}
    for row in ask(engine, day, "receivable", "overdue_rate", by=("region",)).rows:
        balance, rate = theirs[row["region"], None]
        assert row["receivable"] == balance
        assert near(row["overdue_rate"], rate)
    assert any(key[1] == BUCKET_UNAPPLIED for key in theirs)


@pytest.mark.parametrize("day", DAYS)
def test_reps_and_their_tiers(engine: Engine, day: date) -> None:
    kinds = ("", "_target", "_completion", "_pace", "_gap", "_tier")
    ours = {row["rep"]: row for row in ask(engine, day, *(f"amount{kind}" for kind in kinds), by=("rep",)).rows}
    for rep, _, *values in by_hand(engine.warehouse, "reps", parameters(engine, day)):
        if rep is not None:
            for kind, value in zip(kinds, values, strict=True):
                assert near(ours[rep][f"amount{kind}"] or None, value or None), (rep, kind)


@pytest.mark.parametrize("day", DAYS)
def test_course_and_weeks(engine: Engine, day: date) -> None:
    days = parameters(engine, day)
    by_day = ask(engine, day, "amount", "amount_target", by=("day",)).rows
    last = next(row for row in by_hand(engine.warehouse, "trend", days) if row[0] == day)
    assert last[1] == sum(row["amount"] for row in by_day)
    assert last[2] == sum(row["amount_target"] or 0 for row in by_day if row["day"] <= day)
    sparks = [row for row in by_hand(engine.warehouse, "sparks", days) if row[0] == "sales"]
    assert len(sparks) in (19, 20)
