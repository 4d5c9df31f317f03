"""All that was written about a customer, told as of a day and a revision."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from data.entries import Entries, NewEntry
from data.ledger import Ledger
from data.settings import Settings
from data.warehouse import Warehouse
from metrics.engine import Engine
from metrics.scope import EVERYTHING, Filter, Viewer
from metrics.worklist import Worklist
from metrics.written import Told, Written

AS_OF = date(2026, 9, 13)


@pytest.fixture
def engine(demo_warehouse: Warehouse, tmp_path: Path) -> Engine:
    return Engine(demo_warehouse, Settings(), entries=Entries(Ledger(tmp_path / "ledger.sqlite")))


def ask(engine: Engine, customer: str, *, as_of: date = AS_OF, written: int | None = None, viewer: Viewer = EVERYTHING) -> Told:
    assert engine.entries
    revision = engine.entries.revision if written is None else written
    told = engine.answer(Written(customer=customer, as_of=as_of, written=revision), viewer)
    assert isinstance(told, Told)
    return told


def test_all_is_told_with_what_became_of_it(engine: Engine) -> None:
    debtor = engine.answer(Worklist(as_of=AS_OF, rows=1)).debtors[0]
    assert engine.entries
    for days, amount in ((-5, debtor.open), (5, Decimal(1)), (6, Decimal(1))):
        day = AS_OF + timedelta(days=days)
        new = NewEntry(customer_id=debtor.customer, kind="promise", who="a", seen_to=AS_OF, day=day, amount=amount)
        engine.entries.append(new, seen=engine.entries.revision)
    undo = engine.entries.undo(3, who="b", seen_to=AS_OF)
    told = ask(engine, debtor.customer)
    assert [entry.entry_id for entry in told.entries] == [1, 2, 3]
    assert told.undone == {3: undo}
    assert {number: judged.state for number, judged in told.promises.items()} == {1: "broken", 2: "open"}
    assert told.open == debtor.open
    assert ask(engine, debtor.customer, written=3).undone == {}
    assert ask(engine, debtor.customer, written=1).promises.keys() == {1}
    assert ask(engine, debtor.customer, as_of=AS_OF - timedelta(days=1)).entries == ()


def test_who_is_unknown_owes_nothing_and_has_nothing(engine: Engine) -> None:
    told = ask(engine, "C9999")
    assert (told.open, told.entries, told.promises) == (0, (), {})


def test_what_is_owed_outside_the_bounds_is_not_told(engine: Engine) -> None:
    debtor = engine.answer(Worklist(as_of=AS_OF, where=(Filter("region", ("East",)),), rows=1)).debtors[0]
    north = Viewer(name="manager", bounds=(Filter("region", ("North",)), Filter("segment", ("none",))))
    assert ask(engine, debtor.customer, viewer=north).open == 0
    assert ask(engine, debtor.customer).open == debtor.open > 0


def test_the_statements_can_be_run(engine: Engine, demo_warehouse: Warehouse) -> None:
    customer = engine.answer(Worklist(as_of=AS_OF, rows=1)).debtors[0].customer
    told = ask(engine, customer)
    assert [demo_warehouse.reader().ask(sql, {}) for sql in told.sql] == [[(told.open,)]]
