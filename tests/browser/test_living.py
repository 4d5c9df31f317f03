"""What an open page does by itself: new data, a new store, a server that goes away and comes back."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
import pytest
from playwright.sync_api import expect

from data import demo as demo_company
from data.warehouse import Warehouse
from tests.browser.conftest import Open, Serve, Served, Watch, free_port, settled, start

pytestmark = pytest.mark.browser

WITHIN = 30_000
"""Milliseconds: long enough for a busy machine; the speed itself is a benchmark."""


def test_a_change_of_targets_alone_shows_on_every_screen(own: Path, serve: Serve, open_page: Open) -> None:
    warehouse = Warehouse(own / "warehouse")
    before = warehouse.current()
    written = (warehouse.folder / before.facts).stat().st_mtime_ns
    served = serve(own)
    pages = [open_page(served.address), open_page(f"{served.address}/?language=zh&region=East")]
    shown = [page.locator(".kpi .of span").first.inner_text() for page in pages]
    with warehouse.draft(plan_only=True) as draft:
        draft.connection.execute("UPDATE plan.target SET amount = amount * 2 WHERE measure = 'amount'")
        draft.publish("targets doubled")
    for page, old in zip(pages, shown, strict=True):
        expect(page.locator(".kpi .of span").first).not_to_have_text(old, timeout=WITHIN)
    after = warehouse.current()
    assert after.facts == before.facts
    assert (warehouse.folder / after.facts).stat().st_mtime_ns == written


def test_an_empty_store_says_what_to_do_and_fills_by_itself(tmp_path: Path, serve: Serve, open_page: Open) -> None:
    page = open_page(serve(tmp_path).address, wait=False)
    expect(page.get_by_role("heading", level=1)).to_have_text("No data yet")
    expect(page.locator("body")).to_contain_text("python app.py demo")
    with Warehouse(tmp_path / "warehouse").draft(fresh=True) as draft:
        demo_company.make(draft.connection, last_day=date(2026, 9, 13), lines=2000)
        draft.publish("demo company")
    settled(page)
    expect(page.get_by_role("article")).to_have_count(5)


def test_a_lost_server_is_said_and_the_figures_stay(own: Path, open_page: Open, watch: Watch) -> None:
    port = free_port()
    served: Served = start(own, port)
    page = open_page(served.address)
    value = page.get_by_role("article", name="Sales amount").locator(".val").inner_text()
    served.stop()
    try:
        expect(page.locator(".fresh .lost")).to_be_visible(timeout=15_000)
        assert page.get_by_role("article", name="Sales amount").locator(".val").inner_text() == value
    finally:
        served = start(own, port)
    expect(page.locator(".fresh .lost")).to_be_hidden(timeout=15_000)
    page.close()
    served.stop()
    watch.errors[:] = [error for error in watch.errors if "Failed to load resource" not in error and "ERR_CONNECTION" not in error]


def test_one_failing_panel_leaves_the_others(own: Path, serve: Serve, open_page: Open) -> None:
    """A store whose receivables cannot be read: the card says so, with a code, and the rest stands."""
    warehouse = Warehouse(own / "warehouse")
    with warehouse.draft() as draft:
        draft.publish("the same again")
    broken = warehouse.folder / warehouse.current().facts
    with duckdb.connect(str(broken)) as connection:
        connection.execute("DROP TABLE receivable_month_region")
    page = open_page(serve(own).address)
    failed = page.locator(".slot-ageing .fail")
    expect(failed).to_contain_text("Could not load")
    expect(failed).to_contain_text("code")
    expect(failed).not_to_contain_text("receivable_month_region")
    expect(page.get_by_role("article")).to_have_count(5)
    expect(page.locator(".slot-regions .reg.r")).to_have_count(7)
