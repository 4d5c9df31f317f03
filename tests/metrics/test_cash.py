"""Cash ahead: a moment is foretold from what was known by then, the twin agrees, and intervals come from errors that were made."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from data import schema as s
from data.settings import Settings
from data.warehouse import Warehouse
from metrics.cash import AGES, HORIZONS, LEAST_ERRORS, TAUGHT, Foretold, Past, errors, estimate, foretold, reach
from metrics.cash_ahead import Ahead, CashAhead
from metrics.engine import Engine
from metrics.errors import NotDivisible
from metrics.query import Missing
from metrics.scope import EVERYTHING, Filter, Viewer
from tests.conftest import DEMO_LAST_DAY

MOMENTS = 40


def past(seed: int = 1, moments: int = MOMENTS) -> Past:
    """Any past in which less was paid than was open, and windows close after one, two and three months."""
    draw = np.random.default_rng(seed)
    opened = draw.uniform(1, 100, (moments, len(AGES) + 1))
    paid = opened[:, :, None] * np.sort(draw.uniform(0, 1, (moments, len(AGES) + 1, len(HORIZONS))), axis=2)
    received = paid.sum(axis=1) * draw.uniform(1, 2, (moments, len(HORIZONS)))
    return Past(opened, paid, received, draw.uniform(50, 150, moments))


# --- the method -----------------------------------------------------------------------------------------------------------


@given(st.integers(0, 99), st.integers(0, 8), st.integers(0, 2))
def test_what_a_window_brings_is_not_known_before_it_closes(seed: int, moment: int, horizon: int) -> None:
    known = past(seed)
    first = moment + known.closed[horizon]
    other = past(seed + 100)
    paid, received = known.paid.copy(), known.received.copy()
    paid[:first], received[:first] = other.paid[:first], other.received[:first]
    changed = replace(known, paid=paid, received=received)
    assert estimate(changed, moment, horizon) == estimate(known, moment, horizon)
    assert errors(changed, horizon, moment) == errors(known, horizon, moment)
    # The moment that closed last does teach.
    paid[first], received[first] = known.paid[first] / 2, known.received[first]
    assert estimate(changed, moment, horizon) != estimate(known, moment, horizon)


@given(st.integers(0, 99), st.integers(0, 2))
def test_a_steady_past_is_foretold_exactly(seed: int, horizon: int) -> None:
    """Where every age always paid the same share and new business brought the same share of what was invoiced."""
    known = past(seed)
    shares = known.paid[0] / known.open[0][:, None]
    paid = known.open[:, :, None] * shares
    steady = replace(known, paid=paid, received=paid.sum(axis=1) + known.invoiced[:, None] * 0.25)
    found = estimate(steady, 0, horizon)
    assert found is not None
    assert found.open == pytest.approx(paid[0, :, horizon].sum())
    assert found.new == pytest.approx(known.invoiced[0] * 0.25)
    assert errors(steady, horizon) == pytest.approx([0.0] * min(TAUGHT, MOMENTS - 2 * known.closed[horizon] - TAUGHT + 1))


def test_an_age_that_was_never_open_is_paid_as_all_are() -> None:
    known = past()
    opened, paid = known.open.copy(), known.paid.copy()
    opened[1:, 0], paid[1:, 0] = 0, 0
    opened[0, 1:] = 0
    found = estimate(replace(known, open=opened, paid=paid), 0, 0)
    taught = slice(1, 1 + TAUGHT)
    assert found is not None
    assert found.open == pytest.approx(opened[0, 0] * paid[taught, :, 0].sum() / opened[taught].sum())


def test_too_short_a_past_foretells_nothing() -> None:
    assert estimate(past(moments=TAUGHT), 0, 0) is None
    assert estimate(past(moments=TAUGHT + 1), 0, 0) is not None
    assert estimate(past(moments=TAUGHT + 1), 0, 1) is None


@pytest.mark.parametrize(("count", "expected"), [(LEAST_ERRORS - 1, None), (LEAST_ERRORS, 0.072), (9, 0.08), (12, 0.104)])
def test_the_interval_reaches_to_the_error_below_which_four_of_five_lie(count: int, expected: float | None) -> None:
    assert reach([-i / 100 if i % 2 else i / 100 for i in range(count, 0, -1)]) == pytest.approx(expected)


@pytest.mark.parametrize("count", [LEAST_ERRORS, TAUGHT])
def test_an_interval_holds_four_of_five(count: int) -> None:
    draws = np.random.default_rng(5).laplace(size=(4000, count + 1))
    held = [abs(draw[0]) <= (reach(list(draw[1:])) or 0) for draw in draws]
    assert np.mean(held) == pytest.approx(0.8, abs=0.02)


# --- on the demo company --------------------------------------------------------------------------------------------------


def ask(engine: Engine, as_of: date = DEMO_LAST_DAY, where: tuple[Filter, ...] = (), viewer: Viewer = EVERYTHING) -> Ahead:
    found = engine.answer(CashAhead(as_of=as_of, where=where), viewer)
    assert isinstance(found, Ahead)
    return found


@pytest.fixture(scope="module")
def engine(demo_warehouse: Warehouse) -> Engine:
    return Engine(demo_warehouse, Settings())


def frame_of(warehouse: Warehouse, **columns: sa.Column[Any]) -> pd.DataFrame:
    """Columns of one table by the names given here, amounts as floats."""
    return pd.DataFrame(warehouse.reader().rows(sa.select(*columns.values())), columns=list(columns)).astype({"amount": float})


@pytest.fixture(scope="module")
def events(demo_warehouse: Warehouse) -> pd.DataFrame:
    """Every change of an open instalment."""
    e = s.receivable_event.c
    return frame_of(demo_warehouse, day=e.event_day, invoiced=e.invoice_day, due=e.due_day, region=e.region_id, amount=e.balance)


@pytest.fixture(scope="module")
def payments(demo_warehouse: Warehouse) -> pd.DataFrame:
    """What paid invoices, by the day it came: what exceeds them is collected from nobody."""
    a = s.application.c
    return frame_of(demo_warehouse, day=a.payment_day, region=a.region_id, amount=a.amount)


@pytest.fixture(scope="module")
def invoices(demo_warehouse: Warehouse) -> pd.DataFrame:
    i = s.invoice.c
    return frame_of(demo_warehouse, day=i.invoice_day, region=i.region_id, amount=i.amount)


def twin(events: pd.DataFrame, payments: pd.DataFrame, invoices: pd.DataFrame, as_of: date, days: int) -> tuple[float, float]:
    """The same from changes of balances and payments, moment by moment; nothing after the as-of day is looked at."""

    def within(frame: pd.DataFrame, after: date, until: date) -> pd.DataFrame:
        assert until <= as_of
        return frame[(frame.day > after) & (frame.day <= until)]

    def by_age(frame: pd.DataFrame, moment: date) -> pd.Series[float]:
        late = frame.due.map(lambda due: (moment - due).days)
        age = sum((late > edge).astype(int) for edge in AGES)
        return frame.amount.groupby(age).sum()

    def opened(moment: date) -> pd.Series[float]:
        return by_age(events[events.day <= moment], moment)

    def business(moment: date) -> float:
        return float(within(invoices, moment - timedelta(days=90), moment).amount.sum())

    starts = [day for months in range(1, 30) if (day := as_of - timedelta(days=30 * months)) + timedelta(days=days) <= as_of][:TAUGHT]
    paid = {start: within(events[events.invoiced <= start], start, start + timedelta(days=days)) for start in starts}
    ages = range(len(AGES) + 1)
    came = -sum(by_age(paid[start], start).reindex(ages, fill_value=0) for start in starts)
    stood = sum(opened(start).reindex(ages, fill_value=0) for start in starts)
    # Where credit notes outweigh what is open, an age says nothing of how it is paid.
    shares = (came / stood).where(stood > 0, came.sum() / stood.sum())
    received = sum(within(payments, start, start + timedelta(days=days)).amount.sum() for start in starts)
    later = received + sum(moves.amount.sum() for moves in paid.values())
    new = later / sum(map(business, starts)) * business(as_of)
    return float((opened(as_of) * shares.clip(0, 1)).sum()), float(new)


@pytest.mark.parametrize("back", [0, 45])
@pytest.mark.parametrize("region", [False, True])
def test_the_twin_agrees(
    engine: Engine, events: pd.DataFrame, payments: pd.DataFrame, invoices: pd.DataFrame, back: int, region: bool
) -> None:
    as_of = DEMO_LAST_DAY - timedelta(days=back)
    where: tuple[Filter, ...] = ()
    frames: tuple[Any, ...] = (events, payments, invoices)
    if region:
        one = sorted(events.region.dropna().unique())[0]
        where, frames = (Filter("region", (one,)),), tuple(frame[frame.region == one] for frame in frames)
    found = ask(engine, as_of, where)
    for expected in found.expected:
        still, new = twin(*frames, as_of, expected.days)
        assert float(expected.open) == pytest.approx(still, rel=1e-6)
        assert float(expected.new) == pytest.approx(new, rel=1e-6)


def test_more_comes_in_longer_time_and_the_sum_lies_inside(engine: Engine) -> None:
    found = ask(engine)
    assert [e.days for e in found.expected] == list(HORIZONS)
    assert [e.end for e in found.expected] == [DEMO_LAST_DAY + timedelta(days=days) for days in HORIZONS]
    totals = [e.total for e in found.expected]
    assert totals == sorted(totals)
    assert all(0 <= e.low < e.total < e.high for e in found.expected)
    assert all(e.new >= 0 for e in found.expected)


def test_bounds_are_as_good_as_a_filter(engine: Engine) -> None:
    region = (Filter("region", tuple(sorted(key for key in engine.members("region") if key))[:1]),)
    bounded = ask(engine, viewer=Viewer(name="m", bounds=region))
    assert bounded.expected == ask(engine, where=region).expected
    assert bounded.expected[0].total < ask(engine).expected[0].total


def test_without_history_there_is_no_figure(engine: Engine) -> None:
    first = engine.snapshot().first_day
    found = ask(engine, first + timedelta(days=600))
    assert (found.expected, found.missing) == ((), Missing("not_enough_history"))


def test_products_have_no_balances(engine: Engine) -> None:
    with pytest.raises(NotDivisible):
        ask(engine, where=(Filter("category", ("x",)),))


def test_no_one_owes_anything_to_nobody(engine: Engine) -> None:
    found = ask(engine, where=(Filter("customer", ()),))
    assert found.expected == () or found.expected[0].total == Decimal(0)


def test_the_past_is_foretold_better_than_by_plain_guesses(engine: Engine) -> None:
    known = ask(engine).past
    for horizon in range(len(HORIZONS)):
        cases = foretold(known, horizon)
        assert len(cases) >= 6
        off, recent, before = (
            sum(abs(getattr(case, guess) - case.actual) for case in cases) for guess in ("expected", "recent", "year_before")
        )
        assert off < min(recent, before)
        assert all(case.actual == known.received[known.closed[horizon] + i, horizon] for i, case in enumerate(cases))


def test_an_interval_holds_what_it_reaches() -> None:
    inside = Foretold(actual=108, expected=100, recent=0, year_before=0, off=0.08)
    assert inside.is_inside
    assert not replace(inside, actual=109).is_inside
    assert not replace(inside, off=None).is_inside
