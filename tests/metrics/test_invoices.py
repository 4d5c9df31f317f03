"""One invoice in full against a reading in plain Python, and trap by trap."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from data import schema as s
from data.settings import Settings
from data.warehouse import Warehouse
from metrics.engine import Engine
from metrics.invoices import Bill, Found, Invoice
from metrics.scope import EVERYTHING, Filter, Viewer
from tests.metrics.account_twin import AccountTwin
from tests.metrics.traps import MAY, trap_company

AS_OF = date(2026, 9, 13)
SOUTH = Viewer(name="manager", bounds=(Filter("region", ("South",)),))


@pytest.fixture(scope="module")
def engine(demo_warehouse: Warehouse) -> Engine:
    return Engine(demo_warehouse, Settings())


@pytest.fixture(scope="module")
def twin(demo_warehouse: Warehouse) -> AccountTwin:
    return AccountTwin(demo_warehouse.reader())


@pytest.fixture(scope="module")
def traps(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    return trap_company(Path(tmp_path_factory.mktemp("traps")))


def find(engine: Engine, number: str, as_of: date = AS_OF, viewer: Viewer = EVERYTHING, **where: str) -> Found:
    filters = tuple(Filter(dimension, (key,)) for dimension, key in where.items())
    found = engine.answer(Invoice(number, as_of, filters), viewer)
    assert isinstance(found, Found)
    return found


def bill(engine: Engine, number: str, as_of: date = AS_OF) -> Bill:
    found = find(engine, number, as_of).bill
    assert found is not None
    return found


def interesting(twin: AccountTwin) -> list[str]:
    """Disputed ones, credit notes, some with instalments, paid in parts, paid too much, paid in advance, and some others."""
    _ = twin.parts
    kinds: dict[str, list[str]] = {name: [] for name in ("disputed", "credit", "instalments", "parts", "much", "advance", "open", "plain")}
    for number, each in twin.bills.items():
        paid = sum(part.amount for part in each.payments)
        kinds["disputed"] += [number] if each.disputed else []
        kinds["credit"] += [number] if each.amount < 0 else []
        kinds["instalments"] += [number] if len(each.parts) > 1 else []
        kinds["parts"] += [number] if len(each.payments) > 1 else []
        kinds["much"] += [number] if each.amount > 0 and paid > each.amount else []
        kinds["advance"] += [number] if any(part.day < each.day for part in each.payments) else []
        kinds["open"] += [number] if each.open(AS_OF) else []
        kinds["plain"].append(number)
    assert all(kinds.values())
    return [number for numbers in kinds.values() for number in numbers[:6]]


@pytest.mark.parametrize("day", [AS_OF, date(2025, 3, 31)])
def test_an_invoice_says_what_it_is_made_of(engine: Engine, twin: AccountTwin, day: date) -> None:
    seen = 0
    for number in interesting(twin):
        fact = twin.bills[number]
        if fact.day > day:
            later = find(engine, number, day)
            assert (later.bill, later.dated) == (None, fact.day)
            continue
        told, still = bill(engine, number, day), {n: balance for n, _, balance in fact.open(day)}
        assert (told.day, told.amount, told.disputed, told.order) == (fact.day, fact.amount, fact.disputed, fact.order)
        assert [(n.number, n.due_day, n.amount) for n in told.instalments] == fact.parts
        assert {n.number: n.open for n in told.instalments if n.open} == still
        late = {n: (day - due).days for n, due, balance in fact.open(day) if due < day and balance > 0}
        assert {n.number: n.days_overdue for n in told.instalments if n.days_overdue is not None} == late
        assert told.days_overdue == max(late.values(), default=None)
        paid = [part for part in fact.payments if part.day <= day]
        expected = [(p.payment, p.part, p.day, p.amount, {n: a for n, _, a in p.took}, p.days_late(day)) for p in paid]
        got = [(r.payment, r.part, r.day, r.amount, r.took, r.days_late) for r in told.receipts]
        assert sorted(got, key=lambda row: row[:2]) == sorted(expected, key=lambda row: row[:2])
        assert [row[2] for row in got] == sorted((row[2] for row in got), reverse=True)
        assert told.paid + told.open == told.amount
        assert told.open == sum(still.values())
        seen += 1
    assert seen > 10


def test_it_names_its_customer_and_its_order(engine: Engine, twin: AccountTwin) -> None:
    number = next(iter(twin.bills))
    fact, told = twin.bills[number], bill(engine, number)
    line = s.order_line
    first = twin.reader.rows(sa.select(sa.func.min(line.c.order_day)).where(line.c.order_id == fact.order))[0][0]
    assert (told.order, told.order_day) == (fact.order, first)
    assert told.members["customer"].key == fact.customer
    assert told.members["region"].key == fact.region


def test_an_invoice_that_is_not_the_viewer_s_is_as_one_that_does_not_exist(engine: Engine, twin: AccountTwin) -> None:
    theirs, own = (next(b.number for b in twin.bills_of(region=region)) for region in ("East", "South"))

    def said(number: str) -> Any:
        found = find(engine, number, viewer=SOUTH)
        return found.bill, found.dated, len(found.statements)

    assert said(theirs) == said("IN-nothing") == (None, None, 1)
    seen = find(engine, own, viewer=SOUTH).bill
    assert seen is not None
    assert seen.receipts == bill(engine, own).receipts
    assert find(engine, own, region="East").bill is None


# --- traps ------------------------------------------------------------------------------------------------------------------


def test_instalments(traps: Engine) -> None:
    first, second = bill(traps, "I-inst").instalments
    assert (first.paid, first.open, first.days_overdue) == (60, 0, None)
    assert (second.paid, second.open, second.days_overdue) == (10, 30, 43)
    (receipt,) = bill(traps, "I-inst").receipts
    assert (receipt.took, receipt.unapplied, receipt.days_late) == ({1: 60, 2: 10}, 0, 4)


def test_overpayment(traps: Engine) -> None:
    told = bill(traps, "I-over")
    (receipt,) = told.receipts
    assert (told.open, receipt.amount, receipt.took, receipt.unapplied) == (0, 130, {1: 100}, 30)


def test_credit_note(traps: Engine) -> None:
    told = bill(traps, "I-credit")
    assert (told.amount, told.open, told.days_overdue, told.receipts) == (-40, -40, None, ())


def test_payment_before_the_invoice_day(traps: Engine) -> None:
    (receipt,) = bill(traps, "I-adv").receipts
    assert (receipt.day, receipt.took, receipt.days_late) == (date(2026, 6, 20), {1: 100}, -41)
    assert find(traps, "I-adv", date(2026, 6, 25)).dated == date(2026, 7, 1)


def test_refund(traps: Engine) -> None:
    back, paid = bill(traps, "I-refund").receipts
    assert (back.amount, back.took, paid.took) == (-40, {1: -40}, {1: 100})
    assert bill(traps, "I-refund").open == 40


def test_what_is_due_today_is_not_late(traps: Engine) -> None:
    told = bill(traps, "I-today")
    assert (told.open, told.days_overdue) == (100, None)
    assert bill(traps, "I-today", date(2026, 9, 14)).days_overdue == 1


def test_a_dispute_is_said(traps: Engine) -> None:
    assert bill(traps, "I-disputed").disputed
    assert not bill(traps, "I-part").disputed


def test_an_order_that_is_not_known(traps: Engine) -> None:
    assert bill(traps, "I-part").order_day == MAY
    assert (bill(traps, "I-over").order, bill(traps, "I-over").order_day) == ("O-over", None)


def test_who_paid_it_is_the_customer_it_bills(traps: Engine) -> None:
    told = bill(traps, "I-daughter")
    assert (told.members["customer"].key, told.open, len(told.receipts)) == ("daughter", 0, 1)
