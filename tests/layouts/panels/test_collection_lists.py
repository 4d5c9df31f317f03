"""The lists of the Collections page on the demo company: from a cell of the ageing to its invoices, to one of them, to its customer."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from data.entries import Entries, Kind, NewEntry
from data.ledger import Ledger
from data.settings import Settings
from data.warehouse import Warehouse
from layouts.grid import SHORT
from layouts.panel import Panel, Table
from layouts.panels import invoice_card, list_card
from layouts.panels.account_entries import AccountEntries
from layouts.panels.collection_lists import CollectionLists
from layouts.panels.heatmap import Heatmap
from layouts.resolving import resolve
from layouts.urls import ACCOUNT, COLLECTIONS, Route, Scope, parse_address
from metrics.engine import Engine
from tests.layouts.tree import of_type, text, with_class

PANEL = CollectionLists()


@pytest.fixture(scope="module")
def engine(demo_warehouse: Warehouse, tmp_path_factory: pytest.TempPathFactory) -> Engine:
    return Engine(demo_warehouse, Settings(), entries=Entries(Ledger(Path(tmp_path_factory.mktemp("ledger")) / "ledger.sqlite")))


def scope_of(engine: Engine, search: str, route: Route = COLLECTIONS) -> Scope:
    address, notices = parse_address(search)
    assert not notices
    assert engine.entries
    scope, _ = resolve(
        route.narrow(address), engine.snapshot(), Settings(), engine.members, measure=route.measure, written=engine.entries.revision
    )
    return scope


def answered(engine: Engine, panel: Panel, scope: Scope) -> dict[str, Any]:
    return {key: engine.answer(question) for key, question in panel.needs(scope).items()}


def viewed(engine: Engine, search: str) -> Any:
    scope = scope_of(engine, search)
    return PANEL.view(scope, answered(engine, PANEL, scope))


def file_of(engine: Engine, search: str) -> Table:
    scope = scope_of(engine, search)
    table = PANEL.table(scope, {key: engine.answer(question) for key, question in PANEL.whole(scope).items()})
    assert table is not None
    return table


def write(engine: Engine, customer: str, kind: Kind, **said: Any) -> int:
    assert engine.entries
    new = NewEntry(customer_id=customer, kind=kind, who="Li Qiang", seen_to=engine.snapshot().last_day, **said)
    return engine.entries.append(new, seen=engine.entries.revision).entry_id


# --- a cell and its invoices -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "search", ["", "?region=East", "?split=segment", "?split=month", "?split=category", "?ages=invoice", "?region=East&split=rep"]
)
def test_a_cell_leads_to_the_invoices_that_add_up_to_it(engine: Engine, search: str) -> None:
    """Any cell: followed like a click, its list sums to the cell exactly."""
    heatmap, scope = Heatmap(), scope_of(engine, search)
    results = answered(engine, heatmap, scope)
    board = heatmap.view(scope, results).board
    assert board is not None
    raw = heatmap.table(scope, results).raw
    line, amounts = (board.lines[0], raw[0]) if board.lines[0].cells[2].href else (board.total, raw[-1])
    table = file_of(engine, line.cells[2].href)
    assert sum(row[table.columns.index("Open")] for row in table.raw) == amounts[3]
    assert table.raw


def test_the_list_stands_beside_the_worklist(engine: Engine) -> None:
    calls, invoices = viewed(engine, ""), viewed(engine, "?tab=invoices&bucket=31-60")
    assert [(tab.name, tab.current, tab.href) for tab in calls.tabs] == [
        ("Overdue worklist", True, "?"),
        ("Open invoices", False, "?tab=invoices"),
    ]
    assert [(tab.name, tab.current) for tab in invoices.tabs] == [("Overdue worklist", False), ("Open invoices", True)]
    assert invoices.tabs[0].href == "?"
    assert invoices.aside == ("close", "31–60 d", "?tab=invoices")
    assert invoices.caption.startswith("13 Sep, ¥, sorted by")
    month = viewed(engine, "?tab=invoices&split=month&invoiced=2026-08&bucket=1-30")
    assert month.aside == ("close", "1–30 d · Aug 2026", "?tab=invoices&split=month")
    assert viewed(engine, "?tab=invoices&ages=invoice&bucket=0-30").aside[1] == "0–30 d since the invoice"
    assert len(of_type(PANEL.render(invoices), "Dialog")) == len(of_type(PANEL.render(calls), "Dialog")) == 1


def test_nothing_found_says_what_was_looked_for(engine: Engine) -> None:
    assert viewed(engine, "?tab=invoices&find=zzz").empty[0] == "Nothing here is called 'zzz'"
    old = viewed(engine, "?tab=invoices&invoiced=2019-01")
    assert old.empty == ("No open invoices of Company", "None of Jan 2019.")
    assert old.offer == ("Show all", "?tab=invoices")


def test_what_stands_above_either_list_can_be_asked_for(engine: Engine) -> None:
    for search in ("", "?tab=invoices"):
        scope = scope_of(engine, search)
        results = answered(engine, PANEL, scope)
        heading, view = PANEL.heading(scope, results), PANEL.view(scope, results)
        assert isinstance(view, list_card.View)
        assert heading["count"] == f"{view.grid.count:,}"
        assert heading["caption"] == view.caption
        assert heading["is_long"] == (view.grid.count > SHORT)
        assert len(heading["filters"]) == (0 if search else 4)


# --- an invoice ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def late(engine: Engine) -> tuple[str, str]:
    """Number and customer of the invoice that is overdue for longest."""
    asked = PANEL.needs(scope_of(engine, "?tab=invoices"))["rows"]
    row = engine.answer(asked).rows[0]
    return row["invoice"], row["customer"]


def test_an_invoice_stands_in_place_of_the_list_with_what_was_written(engine: Engine, late: tuple[str, str]) -> None:
    number, customer = late
    search = f"?tab=invoices&bucket=%3E180&invoice={number}"
    before, form = viewed(engine, f"?tab=invoices&invoice={number}")
    assert isinstance(before, invoice_card.View)
    assert before.written is not None
    write(engine, customer, "dispute", note="Wrong goods", invoice_id=number)
    write(engine, customer, "dispute", note="Of another", invoice_id="another")
    write(engine, customer, "call", note="They will look into it")
    undone = write(engine, customer, "note", note="A slip")
    assert engine.entries
    engine.entries.undo(undone, who="Li Qiang", seen_to=engine.snapshot().last_day)
    shown, _ = viewed(engine, f"?tab=invoices&invoice={number}")
    assert shown.back == ("Back to the list", "?tab=invoices")
    assert [line["note"] for line in shown.written.lines][:2] == ["They will look into it", "Wrong goods"]
    assert len(shown.written.lines) == len(before.written.lines) + 2
    assert "Disputed" in [chip.text for chip in shown.chips]
    assert shown.written.button["data-entries"] == customer
    tree = invoice_card.draw(shown, form)
    assert len(with_class(tree, "entry-line")) == len(shown.written.lines)
    facts = {fact.name: fact.href for fact in shown.facts}
    assert f"customer={customer}" in facts["Customer"]
    assert facts["Customer"].startswith("account?")
    assert viewed(engine, search)[0].back[1].startswith("?tab=invoices")


def test_an_invoice_that_does_not_exist_has_nobody_to_write_about(engine: Engine) -> None:
    shown, _ = viewed(engine, "?tab=invoices&invoice=IN-none")
    assert shown.missing[0] == "There is no invoice IN-none"
    assert shown.written is None
    heading = PANEL.heading(scope := scope_of(engine, "?tab=invoices&invoice=IN-none"), answered(engine, PANEL, scope))
    assert heading["is_long"] is False


# --- the account -----------------------------------------------------------------------------------------------------------


def test_the_account_shows_promises_and_what_became_of_them(engine: Engine, late: tuple[str, str]) -> None:
    _, customer = late
    last = engine.snapshot().last_day
    write(engine, customer, "promise", day=last + timedelta(days=7), amount=Decimal("12.50"), note="By transfer")
    write(engine, customer, "promise", day=last - timedelta(days=7), amount=Decimal("99.00"))
    panel, scope = AccountEntries(), scope_of(engine, f"?customer={customer}", ACCOUNT)
    results = answered(engine, panel, scope)
    view = panel.view(scope, results)
    assert not isinstance(view, tuple)
    assert [line["state"]["word"] for line in view.entries.lines[:2]] == ["broken", "open"]
    assert view.caption == "1 promise open · 1 broken"
    assert view.entries.button is not None
    assert "overdue · oldest" in view.entries.button["data-facts"]
    tree = panel.render(view)
    assert len(of_type(tree, "Dialog")) == 1
    assert "By transfer" in text(tree)
    table = panel.table(scope, results)
    assert table is not None
    assert [row[4:6] for row in table.raw[:2]] == [(Decimal("99.00"), "broken"), (Decimal("12.50"), "open")]
    assert len(table.raw) == len(view.entries.lines)


def test_an_account_of_nobody_has_nothing_to_write(engine: Engine) -> None:
    panel, scope = AccountEntries(), scope_of(engine, "", ACCOUNT)
    assert panel.needs(scope) == {}
    assert panel.view(scope, {}) == ("No customer is chosen", "An account is of one customer. Choose one from a list.")
    assert panel.table(scope, {}) is None


@pytest.mark.parametrize("tab", ["", "&tab=invoices"])
def test_before_the_data_both_lists_say_when_it_begins(engine: Engine, tab: str) -> None:
    said = viewed(engine, f"?period=2019{tab}").empty
    assert said[0] == "No receivables to show"
    assert said[1].startswith("The data begins on ")
