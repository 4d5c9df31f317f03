"""Who owes what for how long: against the twin, row by row, and adding up whatever is shown on its own."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.settings import Settings
from data.warehouse import Warehouse
from metrics import ageing
from metrics.ageing import SPLITS, Aged, Owed, Receivables
from metrics.catalog import AGED, BUCKET_UNAPPLIED, buckets
from metrics.engine import Engine
from metrics.errors import NotDivisible
from metrics.listing import Listed, Listing
from metrics.query import Query
from metrics.scope import EVERYTHING, Filter, Viewer, period_of
from tests.metrics.twin import Twin, exact

SETTINGS = Settings()
AS_OF = date(2026, 9, 13)
LIMITED = settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
DAYS = st.dates(date(2023, 6, 1), date(2027, 3, 1))
ASKED = (st.sampled_from(SPLITS), DAYS, st.sampled_from(sorted(AGED)), st.sampled_from(["rate", "overdue", "newest"]), st.integers(1, 40))
"""Split, day, ages, order, rows."""
EAST = Viewer(name="manager", bounds=(Filter("region", ("East",)),))


@pytest.fixture(scope="module")
def engine(demo_warehouse: Warehouse) -> Engine:
    return Engine(demo_warehouse, SETTINGS)


@pytest.fixture(scope="module")
def twin(demo_warehouse: Warehouse) -> Twin:
    return Twin(demo_warehouse.reader())


def ask(engine: Engine, split: str, *, viewer: Viewer = EVERYTHING, **how: Any) -> Aged:
    answer = engine.answer(Receivables(split=split, **{"as_of": AS_OF} | how), viewer)
    assert isinstance(answer, Aged)
    return answer


def every(aged: Aged) -> list[Owed]:
    return [row for row in (*aged.rows, aged.rest, aged.nobody) if row]


@LIMITED
@given(st.sampled_from(["region", "area", "rep", "customer", "segment", "invoice_month"]), DAYS, st.sampled_from(sorted(AGED)))
def test_each_row_is_that_of_the_twin(engine: Engine, twin: Twin, split: str, as_of: date, aged: str) -> None:
    found = ask(engine, split, as_of=as_of, aged=aged, rows=10_000)
    assert found.rest is None
    since = {"bucket": "due", "age": "invoice"}[aged]
    other: defaultdict[Any, dict[str, Decimal]] = defaultdict(dict)
    for (member, bucket), amount in twin.ageing(as_of, SETTINGS.ageing_edges, (split,), since=since).items():
        other[member][bucket] = exact(amount)
    shown = {
        row.member: {name: amount for name, amount in zip(found.names, row.amounts, strict=True) if amount and name != BUCKET_UNAPPLIED}
        for row in found.rows
    }
    assert {member: amounts for member, amounts in shown.items() if amounts} == other
    assert found.whole.unapplied == exact(twin.ageing(as_of, SETTINGS.ageing_edges, ()).get(("unapplied",), 0))


@LIMITED
@given(
    *ASKED,
    st.sampled_from([(), (Filter("area", ("Jiangsu",)),), (Filter("category", ("HP",)),), (Filter("segment", ("Water",)),)]),
    st.sampled_from([EVERYTHING, EAST]),
)
def test_rows_the_rest_and_nobody_are_the_whole(
    engine: Engine, split: str, as_of: date, aged: str, order: Any, rows: int, where: tuple[Filter, ...], viewer: Viewer
) -> None:
    """And it is the same whole, to the last digit, that is asked for without a split."""
    found = ask(engine, split, as_of=as_of, aged=aged, order=order, rows=rows, where=where, viewer=viewer)
    names = ("receivable", "open", "overdue", "unapplied", "overdue_rate")
    asked = Query(measures=names, period=period_of("month", as_of), as_of=as_of, where=where)
    whole = engine.run(asked, viewer).only()
    if whole["open"] is None:  # before the first invoice
        assert every(found) == []
        return
    sums = found.whole
    assert [sums.receivable, sums.open, sums.overdue, sums.unapplied, sums.rate] == [whole[name] for name in names]
    assert found.names == buckets(SETTINGS.ageing_edges, aged)
    # What is shown alone comes in order, and is what the others are not.
    longer = ask(engine, split, as_of=as_of, aged=aged, order=order, rows=100_000, where=where, viewer=viewer)
    assert found.rows == longer.rows[: len(found.rows)]
    assert len(found.rows) + found.count == len(longer.rows)
    assert found.nobody == longer.nobody
    assert found.rest is None if found.count == 0 else found.count > 1
    if order == "overdue":
        assert [row.overdue for row in longer.rows] == sorted((row.overdue for row in longer.rows), reverse=True)
    if order == "rate":
        known = [row.rate for row in longer.rows if row.rate is not None]
        assert known == sorted(known, reverse=True)
        assert all(row.rate is None for row in longer.rows[len(known) :])
    if order == "newest":
        assert [row.member for row in longer.rows] == sorted((str(row.member) for row in longer.rows), reverse=True)


@LIMITED
@given(
    *ASKED,
    st.sampled_from([(), (Filter("area", ("Jiangsu",)),), (Filter("segment", ("Water",)),)]),
)
def test_the_store_puts_members_in_the_same_order(
    demo_warehouse: Warehouse, split: str, as_of: date, aged: str, order: Any, rows: int, where: tuple[Filter, ...]
) -> None:
    both = []
    for few in (0, 10**6):
        with patch.object(ageing, "FEW", few):
            found = ask(Engine(demo_warehouse, SETTINGS), split, as_of=as_of, aged=aged, order=order, rows=rows, where=where)
        assert len(found.sql) == (2 if few else 1)
        both.append(found)
    assert replace(both[0], statements=()) == replace(both[1], statements=())


def test_what_credit_notes_outweigh_has_no_rate(tmp_path: Path) -> None:
    """And comes last, however large what is overdue: here and in the store alike."""
    bills = (("most", 100, -250), ("all", 100, -100), ("some", 100, 300), ("none", 0, 50), ("credit", -50, 0))
    warehouse = Warehouse(tmp_path)
    with warehouse.draft() as draft:
        for customer, *amounts in bills:
            for amount, due in zip(amounts, ("2026-02-05", "2026-12-01"), strict=True):
                number = f"{customer} {due}"
                kept = "INSERT INTO invoice VALUES (?, NULL, ?, NULL, NULL, NULL, '2026-01-05', ?, false)"
                draft.connection.execute(kept, [number, customer, amount])
                draft.connection.execute("INSERT INTO instalment VALUES (?, 1, ?, ?)", [number, due, amount])
        draft.publish("credit notes")
    engine, in_order = (
        Engine(warehouse, SETTINGS),
        [("some", Decimal("0.25")), ("none", 0), ("all", None), ("credit", None), ("most", None)],
    )
    for few in (0, 10**6):
        with patch.object(ageing, "FEW", few):
            assert [(row.member, row.rate) for row in ask(Engine(warehouse, SETTINGS), "customer").rows] == in_order
    for customer, why in (("most", "credit_balance"), ("all", "no_value"), ("credit", "credit_balance")):
        asked = Query(
            measures=("overdue_rate", "over_90_rate"),
            period=period_of("month", AS_OF),
            as_of=AS_OF,
            where=(Filter("customer", (customer,)),),
        )
        answer = engine.run(asked)
        assert [answer.only()[name] for name in asked.measures] == [None, None]
        assert {name: missing.code for name, missing in answer.missing.items()} == dict.fromkeys(asked.measures, why)


@LIMITED
@given(st.sampled_from(SPLITS), DAYS, st.sampled_from(sorted(AGED)), st.sampled_from([EVERYTHING, EAST]), st.data())
def test_the_invoices_behind_a_cell_add_up_to_it(
    engine: Engine, split: str, as_of: date, aged: str, viewer: Viewer, data: st.DataObject
) -> None:
    found = ask(engine, split, as_of=as_of, aged=aged, viewer=viewer, rows=1000)
    row = data.draw(st.sampled_from(found.rows)) if found.rows else found.whole
    of = (Filter(split, (str(row.member),)),) if found.rows else ()
    overdue = Decimal(0)
    for bucket, amount in zip(found.names[:-1], row.amounts, strict=False):
        asked = Listing(of="open", period=period_of("month", as_of), as_of=as_of, where=(*of, Filter(aged, (bucket,))))
        listed = engine.answer(asked, viewer)
        assert isinstance(listed, Listed)
        assert listed.sums.totals["open"] == amount == sum((each["open"] for each in listed.rows), Decimal(0))
        assert listed.sums.count == len({each["invoice"] for each in listed.rows}) == len(listed.rows)
        assert all(each["amount"] - each["paid"] == open_on(engine, each["invoice"], as_of) for each in listed.rows[:3])
        overdue += listed.sums.totals["overdue"] or 0
    assert overdue == row.overdue


def open_on(engine: Engine, invoice: str, day: date) -> Decimal:
    """What is open of an invoice in all."""
    kept = "SELECT sum(balance) FROM balance_interval WHERE invoice_id = $invoice AND from_day <= $day AND $day < to_day"
    found: Decimal = engine.reader(engine.snapshot().version).ask(kept, {"invoice": invoice, "day": day})[0][0]
    return found


def test_unapplied_cash_is_nobodys_where_it_names_no_invoice(engine: Engine) -> None:
    for split in ("category", "invoice_month"):
        found = ask(engine, split)
        assert found.nobody
        assert found.nobody.unapplied == ask(engine, "region").whole.unapplied != 0
        assert all(row.unapplied == 0 for row in found.rows)


def test_a_manager_sees_no_more_than_the_bounds(engine: Engine) -> None:
    assert [row.member for row in ask(engine, "region", viewer=EAST).rows] == ["East"]
    nobody = Viewer(name="nobody", bounds=(Filter("region", ()),))
    assert every(ask(engine, "customer", viewer=nobody)) == []


def test_what_receivables_cannot_be_split_by(engine: Engine) -> None:
    for split in ("product", "month", "bucket"):
        with pytest.raises(NotDivisible, match=f"'receivable' cannot be split or filtered by {split}"):
            ask(engine, split)


def test_the_statement_can_be_shown_and_run(engine: Engine, demo_warehouse: Warehouse) -> None:
    found = ask(engine, "customer", order="overdue", rows=5)
    (text,) = found.sql
    rows = demo_warehouse.reader().ask(text, {})
    assert [row[1] for row in rows[:5]] == [row.member for row in found.rows]
    assert [row[2] for row in rows] == [1, 1, 1, 1, 1, found.count]
