"""Completion against cash: every rep is there, on both axes the figures of the raw rows, and the rule that names who sells unpaid."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from data.settings import Settings
from data.warehouse import Warehouse
from metrics.engine import Engine
from metrics.quadrant import NOTABLE, ZERO, CompletionCash, Owed, RepStanding, Standings, is_unpaid
from metrics.scope import Filter, Viewer, parse_period
from tests.conftest import DEMO_LAST_DAY
from tests.metrics.twin import Twin, exact

QUARTER = parse_period("2026Q3", DEMO_LAST_DAY)
M = Decimal(1_000_000)
COMPANY = Owed(100 * M, 40 * M, 10 * M)
REP = RepStanding(key="r", actual=M, target=M, rate=Decimal("1.2"), tier="achieved", owed=Owed(10 * M, 3 * M, 2 * M))


@pytest.fixture(scope="module")
def engine(demo_warehouse: Warehouse) -> Engine:
    return Engine(demo_warehouse, Settings())


def asked(engine: Engine, viewer: Viewer | None = None, **changes: object) -> Standings:
    question = replace(CompletionCash(period=QUARTER, as_of=DEMO_LAST_DAY), **changes)  # type: ignore[arg-type]
    found = engine.answer(question, viewer) if viewer else engine.answer(question)
    assert isinstance(found, Standings)
    return found


# --- the rule -----------------------------------------------------------------------------------------------------------


def named(rep: RepStanding, mean: Decimal = 5 * M) -> bool:
    return is_unpaid(rep, COMPANY, mean)


def test_who_sells_well_and_is_paid_late_is_named() -> None:
    assert named(REP)


@pytest.mark.parametrize("rate", [None, Decimal("1.0999999"), Decimal("0.7")])
def test_who_sells_less_is_not(rate: Decimal | None) -> None:
    assert not named(replace(REP, rate=rate))
    assert named(replace(REP, rate=NOTABLE))


def test_a_share_like_the_companys_is_nothing_unusual_unless_the_amount_matters() -> None:
    usual = replace(REP, owed=Owed(10 * M, 3 * M, M))
    assert not named(usual)
    assert not named(usual, mean=M)
    assert named(usual, mean=M - 1)


def test_without_cash_that_is_over_90_days_late_nobody_is_named() -> None:
    assert not named(replace(REP, owed=Owed(10 * M, 3 * M, ZERO)), mean=-M)
    assert not is_unpaid(replace(REP, owed=Owed(ZERO, ZERO, ZERO)), Owed(), ZERO)


def test_a_rep_to_whom_more_is_owed_back_has_an_amount_but_no_share() -> None:
    owing = replace(REP, owed=Owed(-M, 3 * M, 2 * M))
    assert (owing.owed.overdue_rate, owing.owed.over_90_rate, owing.is_placed) == (None, None, False)
    assert not named(owing)
    assert named(owing, mean=M)


# --- on the demo company ------------------------------------------------------------------------------------------------


def test_the_axes_are_the_figures_of_the_raw_rows(engine: Engine, demo_warehouse: Warehouse) -> None:
    twin, found = Twin(demo_warehouse.reader()), asked(engine)
    ageing = twin.ageing(DEMO_LAST_DAY, (90,), ("rep",))
    sold = twin.sales("amount", QUARTER.first, DEMO_LAST_DAY, ("rep",), {})
    reps = {rep.key: rep for rep in found.reps}
    assert set(reps) >= {key for key, _ in ageing if key}
    total = [0, 0, 0]
    for key in {key for key, _ in ageing}:
        not_due, late, old = (ageing.get((key, bucket), 0) for bucket in ("not_due", "1-90", "90+"))
        total = [a + b for a, b in zip(total, (not_due + late + old, late + old, old), strict=True)]
        if key:
            assert reps[key].owed == Owed(exact(not_due + late + old), exact(late + old), exact(old))
            assert reps[key].actual == exact(sold.get((key,), 0))
    assert found.company == Owed(*map(exact, total))


def test_the_rate_is_what_tiers_the_rep(engine: Engine, demo_warehouse: Warehouse) -> None:
    twin, running = Twin(demo_warehouse.reader()), asked(engine)
    for rep in [rep for rep in running.reps if rep.target][:2]:
        of_rep = lambda row, key=rep.key: (row.owner_kind, row.owner_id, row.category_id) == ("rep", key, "")  # noqa: E731
        due = twin.target("amount", QUARTER.first, DEMO_LAST_DAY, of_rep)
        assert rep.actual is not None
        assert rep.rate == pytest.approx(rep.actual / due)
    full = asked(engine, by_completion=True)
    assert (running.query.rate, full.query.rate) == ("amount_pace", "amount_completion")
    assert [rep.rate for rep in full.reps] == [
        rep.actual / rep.target if rep.target and rep.actual is not None else None for rep in full.reps
    ]
    over = asked(engine, period=parse_period("2026Q2", DEMO_LAST_DAY))
    assert (over.query.rate, over.query.cut) == ("amount_completion", date(2026, 6, 30))


def test_a_region_has_its_own_reps_against_the_whole_company(engine: Engine) -> None:
    whole = asked(engine)
    where = (Filter("region", (next(key for key in engine.members("region") if key),)),)
    part = asked(engine, where=where)
    assert 0 < len(part.reps) < len(whole.reps)
    assert (part.company, part.mean_over_90) == (whole.company, whole.mean_over_90)
    inside = asked(engine, Viewer(name="manager", bounds=where))
    assert inside.reps == part.reps
    assert inside.company.open == sum((rep.owed.open for rep in inside.reps), ZERO) < whole.company.open


def test_nothing_known_is_said(engine: Engine) -> None:
    before = asked(engine, period=parse_period("2019Q2", date(2019, 6, 30)), as_of=date(2019, 6, 30))
    assert {name: why.code for name, why in before.missing.items()} == {"rate": "before_data", "owed": "before_data"}
    assert before.unpaid == ()
