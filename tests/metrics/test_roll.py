"""Roll rates: money is kept to the cent, trap by trap and on any history, and the ageing ahead follows from the rates."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.settings import Settings
from data.warehouse import Warehouse
from metrics import roll, roll_sql
from metrics.catalog import buckets
from metrics.engine import Engine
from metrics.errors import NotDivisible
from metrics.query import Query
from metrics.roll import Flow, Matrix, matrix
from metrics.rolling import Rolled, RollRates, months_of
from metrics.scope import Filter, Viewer, period_of
from tests.conftest import DEMO_LAST_DAY
from tests.data.bookkeeper import DAYS, START, Invoice, Payment, balances, fill_stretches, histories
from tests.data.conftest import Star, star  # noqa: F401 - a fixture

EDGES = (30, 60, 90, 180)
NOT_DUE, TO_30, TO_60, TO_90, TO_180, OLDER = range(6)
JAN, FEB, MAR, APR = (date(2026, month, 1) for month in (1, 2, 3, 4))
ZERO = Decimal(0)


def months(kept: Star, days: Sequence[date]) -> tuple[list[Matrix], list[Matrix]]:
    """What moved between each day and the next, of invoices and of credit notes, as the product reads it."""
    values = roll_sql.parameters(days, ())
    sums, changes = (
        kept.connection.execute(s.compiled.text, s.compiled.values(values)).fetchall() for s in (roll_sql.sums(()), roll_sql.changes(()))
    )
    return months_of(sums, changes, days, EDGES, credit=False), months_of(sums, changes, days, EDGES, credit=True)


def bucket(due: date, day: date) -> int:
    late = (day - due).days
    return sum(late > edge for edge in (0, *EDGES))


# --- traps --------------------------------------------------------------------------------------------------------------


def bill(amount: int, due: date, *, day: date = date(2025, 6, 1)) -> Invoice:
    return Invoice("I", "a", day, ((due, Decimal(amount)),))


def pay(amount: int, day: date) -> Payment:
    return Payment("I", "a", day, Decimal(amount))


MID, DUE = date(2026, 1, 15), date(2025, 12, 20)
Moves = dict[tuple[int, int], int]
# In January: carried by bucket before and after, paid by bucket before, added by bucket after; the last three of credit notes.
TRAPS: dict[str, tuple[list[Invoice], list[Payment], Moves, dict[int, int], dict[int, int]]] = {
    "untouched": ([bill(100, DUE)], [], {(TO_30, TO_60): 100}, {}, {}),
    "skips a bucket in a month of 31 days": ([bill(100, date(2025, 12, 2))], [], {(TO_30, TO_90): 100}, {}, {}),
    "stays in a wide bucket": ([bill(100, date(2025, 9, 23))], [], {(TO_180, TO_180): 100}, {}, {}),
    "falls due": ([bill(100, MID)], [], {(NOT_DUE, TO_30): 100}, {}, {}),
    "due on the last day": ([bill(100, FEB)], [], {(NOT_DUE, NOT_DUE): 100}, {}, {}),
    "paid": ([bill(100, DUE)], [pay(100, MID)], {}, {TO_30: 100}, {}),
    "paid in part": ([bill(100, DUE)], [pay(30, MID)], {(TO_30, TO_60): 70}, {TO_30: 30}, {}),
    "paid in parts": ([bill(100, DUE)], [pay(30, MID), pay(20, MID), pay(10, FEB)], {(TO_30, TO_60): 40}, {TO_30: 60}, {}),
    "paid on the first day": ([bill(100, DUE)], [pay(30, JAN)], {(TO_30, TO_60): 70}, {}, {}),
    "paid on the day after": ([bill(100, DUE)], [pay(30, FEB + timedelta(days=1))], {(TO_30, TO_60): 100}, {}, {}),
    "refund of what was paid before": ([bill(100, DUE)], [pay(100, DUE), pay(-40, MID)], {}, {}, {TO_60: 40}),
    "refund of a part": ([bill(100, DUE)], [pay(40, DUE), pay(-40, MID)], {(TO_30, TO_60): 60}, {}, {TO_60: 40}),
    "paid and refunded": ([bill(100, DUE)], [pay(100, MID), pay(-30, FEB)], {(TO_30, TO_60): 30}, {TO_30: 70}, {}),
    "overpaid": ([bill(100, DUE)], [pay(130, MID)], {}, {TO_30: 100}, {}),
    "new invoice": ([bill(100, MAR, day=MID)], [], {}, {}, {NOT_DUE: 100}),
    "new invoice that is paid in part": ([bill(100, MAR, day=MID)], [pay(30, FEB)], {}, {}, {NOT_DUE: 70}),
    "new invoice that is paid": ([bill(100, MAR, day=MID)], [pay(100, FEB)], {}, {}, {}),
    "new invoice with an advance": ([bill(100, MAR, day=MID)], [pay(30, DUE)], {}, {}, {NOT_DUE: 70}),
    "instalments": (
        [Invoice("I", "a", DUE, ((DUE, Decimal(60)), (MAR, Decimal(40))))],
        [pay(70, MID)],
        {(NOT_DUE, NOT_DUE): 30},
        {TO_30: 60, NOT_DUE: 10},
        {},
    ),
    "credit note": ([bill(-100, DUE)], [], {(TO_30, TO_60): -100}, {}, {}),
    "credit note paid out": ([bill(-100, DUE)], [pay(-70, MID)], {(TO_30, TO_60): -30}, {TO_30: -70}, {}),
    "new credit note": ([bill(-100, MAR, day=MID)], [], {}, {}, {NOT_DUE: -100}),
}


@pytest.mark.parametrize("trap", TRAPS)
def test_what_became_of_it(star: Star, trap: str) -> None:  # noqa: F811
    invoices, payments, carried, paid, added = TRAPS[trap]
    fill_stretches(star, invoices, payments)
    both = months(star, (JAN, FEB, MAR, APR))
    own, other = both if invoices[0].amount > 0 else both[::-1]
    january = own[0]
    every = range(len(EDGES) + 2)
    assert {(i, j): january.carried[i][j] for i in every for j in every if january.carried[i][j]} == carried
    assert {i: january.paid(i) for i in every if january.paid(i)} == paid
    assert {j: january.added[j] for j in every if january.added[j]} == added
    assert all(not any((*m.opening, *m.added)) for m in other)


# --- on any history -----------------------------------------------------------------------------------------------------

four_days = st.lists(st.integers(-1, DAYS + 30), min_size=4, max_size=4, unique=True).map(
    lambda offsets: [START + timedelta(days=offset) for offset in sorted(offsets)]
)


@settings(max_examples=60)
@given(histories(), four_days)
def test_no_cent_is_lost_or_found(star: Star, history: tuple[list[Invoice], list[Payment]], days: list[date]) -> None:  # noqa: F811
    invoices, payments = history
    fill_stretches(star, invoices, payments)
    due = {(i.number, n): day for i in invoices for n, (day, _) in enumerate(i.instalments, start=1)}
    by_sign = months(star, days)
    every = range(len(EDGES) + 2)
    for step in range(3):
        was, now = balances(invoices, payments, days[step]), balances(invoices, payments, days[step + 1])
        expected = [[ZERO] * 6, [[ZERO] * 6 for _ in every], [ZERO] * 6], [[ZERO] * 6, [[ZERO] * 6 for _ in every], [ZERO] * 6]
        for key, day in due.items():
            before, after = was.get(key, ZERO), now.get(key, ZERO)
            sign = -1 if before < 0 or (before == 0 and after < 0) else 1
            kept = sign * max(min(sign * before, sign * after), ZERO)
            opening, carried, added = expected[sign < 0]
            opening[bucket(day, days[step])] += before  # type: ignore[operator]
            carried[bucket(day, days[step])][bucket(day, days[step + 1])] += kept  # type: ignore[index]
            added[bucket(day, days[step + 1])] += after - kept  # type: ignore[operator]
        for of_sign, (opening, carried, added) in zip(by_sign, expected, strict=True):
            found = of_sign[step]
            assert found == Matrix(tuple(opening), tuple(map(tuple, carried)), tuple(added))  # type: ignore[arg-type]
            for i in every:
                assert found.opening[i] == found.worse(i) + found.stays(i) + found.better(i) + found.paid(i)
        both = [of_sign[step] for of_sign in by_sign]
        assert sum(m.closing(i) for m in both for i in every) == sum(now.values())
        assert sum(m.opening[i] for m in both for i in every) == sum(was.values())


amounts = st.decimals(min_value=0, max_value=10**6, places=2)
flows = st.lists(
    st.builds(
        lambda late, opening, share, added: Flow(
            JAN - timedelta(days=late), opening, (opening * share / 4).quantize(Decimal("0.01")), added
        ),
        st.integers(-40, 400),
        amounts,
        st.integers(0, 4),
        amounts,
    ),
    max_size=12,
)


@given(flows)
def test_a_month_ahead_at_the_rates_of_a_month_is_that_month_again(found: list[Flow]) -> None:
    """What rolls at the rates that its own month had ends where that month ended."""
    month = matrix(found, JAN, FEB, EDGES)
    ahead = roll.ahead(month.opening, roll.rates(month), month.added)
    assert all(value is not None for value in ahead)
    for i, value in enumerate(ahead):
        assert abs((value or ZERO) - month.closing(i)) < Decimal("0.0001")


@given(flows)
def test_rates_are_shares_and_what_is_reached_is_one_as_well(found: list[Flow]) -> None:
    by = roll.rates(matrix(found, JAN, FEB, EDGES))
    for row in by:
        assert row is None or (all(0 <= share <= 1 for share in row) and sum(row) <= Decimal("1.0000000001"))
    for share in roll.reach(by, 3, TO_180):
        assert share is None or -Decimal("1e-9") <= share <= 1 + Decimal("1e-9")


# --- ahead, by hand -----------------------------------------------------------------------------------------------------


def plain(*carried: tuple[str, ...]) -> Matrix:
    """A matrix of three buckets with 100 in each and nothing added."""
    hundred = (Decimal(100),) * 3
    return Matrix(hundred, tuple(tuple(map(Decimal, row)) for row in carried), (ZERO,) * 3)


HALF = plain(("20", "50", "0"), ("0", "0", "50"), ("0", "0", "90"))


def test_balances_roll_by_hand() -> None:
    now = (Decimal(1000), Decimal(400), Decimal(100))
    first = roll.ahead(now, roll.rates(HALF), (Decimal(300), ZERO, ZERO))
    assert first == (Decimal(500), Decimal(500), Decimal(290))
    assert roll.ahead(first, roll.rates(HALF), (Decimal(300), ZERO, ZERO)) == (Decimal(400), Decimal(250), Decimal(511))
    assert roll.reach(roll.rates(HALF), 2, 2) == (Decimal("0.25"), Decimal("0.45"), Decimal("0.81"))


def test_a_bucket_that_was_empty_takes_the_rates_of_all_or_says_nothing() -> None:
    empty = Matrix((Decimal(100), ZERO, Decimal(100)), HALF.carried, (ZERO,) * 3)
    assert roll.rates(empty)[1] is None
    assert roll.rates(empty, HALF) == roll.rates(HALF)
    now = (Decimal(1000), Decimal(400), Decimal(100))
    assert roll.ahead(now, roll.rates(empty), (ZERO,) * 3) == (Decimal(200), None, None)
    assert roll.ahead((Decimal(1000), ZERO, Decimal(100)), roll.rates(empty), (ZERO,) * 3) == (Decimal(200), Decimal(500), Decimal(90))
    assert roll.reach(roll.rates(empty), 1, 2) == (ZERO, None, Decimal("0.9"))
    assert roll.reach(roll.rates(empty), 2, 2) == (None, None, Decimal("0.81"))


# --- on the demo company ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def engine(demo_warehouse: Warehouse) -> Engine:
    return Engine(demo_warehouse, Settings())


def test_today_is_the_ageing_of_the_page_and_each_month_joins_the_next(engine: Engine) -> None:
    found = engine.answer(RollRates(as_of=DEMO_LAST_DAY))
    assert isinstance(found, Rolled)
    assert found.query.days == tuple(date(2026, month, 13) for month in (6, 7, 8, 9))
    assert found.query.ahead == tuple(date(2026, month, 13) for month in (10, 11, 12))
    names = buckets(EDGES)
    opened = [ZERO] * 6
    for day in found.query.days:
        asked = engine.run(Query(measures=("open",), by=("bucket",), period=period_of("range", day), as_of=day))
        ageing = {row["bucket"]: row["open"] for row in asked.rows}
        at = [ageing.get(name, ZERO) for name in names[:6]]
        if day == DEMO_LAST_DAY:
            assert list(found.today) == at
        else:
            opened = [a + b for a, b in zip(opened, at, strict=True)]
    assert [a + b for a, b in zip(found.invoices.opening, found.credits.opening, strict=True)] == opened
    assert found.missing is None
    assert found.over_90(found.today) == sum(found.today[4:])
    assert all(value is not None for month in found.projected for value in month)


def test_regions_add_up_to_the_company_and_bounds_hold(engine: Engine) -> None:
    whole = engine.answer(RollRates(as_of=DEMO_LAST_DAY))
    assert isinstance(whole, Rolled)
    parts = []
    for key in engine.members("region"):
        if key:
            filters = (Filter("region", (key,)),)
            seen, bounded = engine.answer(RollRates(as_of=DEMO_LAST_DAY, where=filters)), Viewer(name="manager", bounds=filters)
            inside = engine.answer(RollRates(as_of=DEMO_LAST_DAY), bounded)
            assert isinstance(seen, Rolled)
            assert isinstance(inside, Rolled)
            assert (inside.today, inside.invoices, inside.credits) == (seen.today, seen.invoices, seen.credits)
            parts.append(seen)
    assert sum((p.invoices for p in parts[1:]), parts[0].invoices) == whole.invoices
    segments = [engine.answer(RollRates(as_of=DEMO_LAST_DAY, where=(Filter("segment", (k,)),))) for k in engine.members("segment") if k]
    assert tuple(map(sum, zip(*(s.today for s in segments if isinstance(s, Rolled)), strict=True))) == whole.today


def test_edges_of_the_settings_keep_the_border_at_90_days(demo_warehouse: Warehouse) -> None:
    coarse = Engine(demo_warehouse, Settings(ageing_edges=(45, 120)))
    found, fine = coarse.answer(RollRates(as_of=DEMO_LAST_DAY)), Engine(demo_warehouse, Settings()).answer(RollRates(as_of=DEMO_LAST_DAY))
    assert isinstance(found, Rolled)
    assert isinstance(fine, Rolled)
    assert found.edges == (45, 90, 120)
    assert found.over_90(found.today) == fine.over_90(fine.today)


def test_too_little_history_and_none_are_told_apart(engine: Engine) -> None:
    first = engine.snapshot().coverage["receivable_event"].first
    assert first is not None
    young = engine.answer(RollRates(as_of=first + timedelta(days=70)))
    before = engine.answer(RollRates(as_of=first - timedelta(days=1)))
    assert isinstance(young, Rolled)
    assert isinstance(before, Rolled)
    assert young.missing is not None
    assert (young.missing.code, young.projected) == ("not_enough_history", ())
    assert before.missing is not None
    assert before.missing.code == "before_data"
    with pytest.raises(NotDivisible, match="category"):
        engine.answer(RollRates(as_of=DEMO_LAST_DAY, where=(Filter("category", ("P",)),)))
