"""Collecting money in a real browser: from the darkest cell of the ageing to a promise that a payment keeps; and several people at once."""

from __future__ import annotations

import csv
import os
import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import ROOT, Open, Serve, Served, Watch, settled
from tests.browser.test_accessibility import violations

pytestmark = pytest.mark.browser

WITHIN = 30_000
"""Milliseconds: long enough for a busy machine; the speed itself is a benchmark."""
MAPPING = """
name = "Ledger"
[company]
name = "Hand made"
currency = "CNY"
holidays = "none"
[files]
customers = "customers.csv"
invoices = "invoices.csv"
payments = "payments.csv"
[tables.region]
from = "customers"
columns = { region_id = "region" }
[tables.customer]
from = "customers"
columns = { customer_id = "customer", name = "name", terms_days = "terms", region_id = "region" }
[tables.invoice]
from = "invoices"
columns = { invoice_id = "invoice", invoice_day = "day", amount = "amount", customer_id = "customer", region_id = "region" }
[tables.payment]
from = "payments"
columns = { payment_id = "payment", payment_day = "day", amount = "amount", invoice_id = "invoice" }
"""
CUSTOMERS = (("C1", "Bohe Chemicals", "30", "North"), ("C2", "Yunhai Water", "30", "South"), ("C3", "Lanting Paper", "30", "South"))
INVOICES = (
    ("I1", "2025-09-01", "9000.00", "C1", "North"),
    ("I2", "2026-03-20", "1000.00", "C1", "North"),
    ("I3", "2026-03-10", "8000.00", "C2", "South"),
    ("I4", "2026-02-20", "500.00", "C3", "South"),
)
PAYMENTS = (("P1", "2026-02-02", "1500.00", "I1"), ("P2", "2026-03-31", "100.00", "I4"))
KEEPS = ("P3", "2026-04-02", "2500.00", "I1")
"""A payment that comes in later: as much as is promised."""


def written(path: Path, columns: str, rows: Iterable[tuple[str, ...]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([columns.split(), *rows])


def brought_in(folder: Path, payments: Iterable[tuple[str, ...]] = PAYMENTS) -> None:
    """Import the company's files, as people do, into the store in ``folder``."""
    files = folder / "files"
    files.mkdir(parents=True, exist_ok=True)
    (files / "own.toml").write_text(MAPPING, encoding="utf-8")
    written(files / "customers.csv", "customer name terms region", CUSTOMERS)
    written(files / "invoices.csv", "invoice day amount customer region", INVOICES)
    written(files / "payments.csv", "payment day amount invoice", payments)
    command = [sys.executable, "app.py", "import", str(files / "own.toml"), "--folder", str(files)]
    done = subprocess.run(
        command, cwd=ROOT, env=os.environ | {"WULIANG_DATA_DIR": str(folder)}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture
def company(tmp_path: Path) -> Path:
    brought_in(tmp_path)
    return tmp_path


def opened(page: Page) -> Locator:
    """The form, once it knows what was written."""
    page.get_by_role("button", name=re.compile("^Write about")).first.click()
    form = page.locator("dialog.entry[open]")
    expect(form).not_to_have_attribute("aria-busy", "true")
    return form


def fill(form: Locator, kind: str, **values: str) -> None:
    form.get_by_role("radio", name=kind, exact=True).check()
    for name, value in values.items():
        form.locator(f"[name={name}]:visible").fill(value)


def save(form: Locator) -> None:
    form.locator("[type=submit]").click()


def test_from_the_darkest_cell_to_a_promise_that_a_payment_keeps(company: Path, serve: Serve, open_page: Open, watch: Watch) -> None:
    page = open_page(f"{serve(company).address}/collections")
    shades = [page.locator(f".heatmap tr:not(.tot) td.hs{step} a") for step in (5, 4, 3)]
    darkest = next(found.first for found in shades if found.count())
    expect(darkest).to_have_attribute("title", "Invoices of North, >180 d")
    darkest.click()
    expect(page).to_have_url(re.compile(r"region=North.*tab=invoices.*bucket="))
    settled(page)
    expect(page.locator(".tabs [aria-current]")).to_have_text("Open invoices 1")
    invoice = page.locator(".slot-worklist a.into")
    expect(invoice).to_be_in_viewport()
    assert invoice.all_inner_texts() == ["I1"]
    invoice.click()
    card = page.locator(".card-wl.inv")
    for said in ("Invoice I1", "Instalments", "Payments", "P1", "1,500.00", "7,500.00", "Follow-ups", "Nothing was written yet."):
        expect(card).to_contain_text(said)
    assert violations(page) == []
    card.get_by_role("link", name="Bohe Chemicals").click()
    expect(page).to_have_url(re.compile("/account.*customer=C1"))
    settled(page)
    form = opened(page)
    promised_and_refused(form)
    fill(form, "Promise to pay", amount="2500", day="2026-04-10", who="Li Qiang")
    save(form)
    expect(page.locator(".toast-wl")).to_contain_text("Saved for Bohe Chemicals: Promise to pay")
    follow_ups = page.locator(".follow-ups .entry-line")
    expect(follow_ups).to_have_count(1)
    expect(follow_ups).to_contain_text("¥2,500.00 by 10 Apr 2026 open")
    assert violations(page) == []
    page.evaluate("() => { window.stayed = true }")
    brought_in(company, (*PAYMENTS, KEEPS))
    expect(follow_ups).to_contain_text("¥2,500.00 by 10 Apr 2026 kept", timeout=WITHIN)
    expect(page.locator("h1")).to_contain_text("¥6,000")
    assert page.evaluate("() => window.stayed"), "the page was loaded anew"
    refusals(watch, "422", 2)


def refusals(watch: Watch, status: str, count: int) -> None:
    """The browser notes every answer that is no success: these were asked for."""
    expected = [error for error in watch.errors if f"status of {status}" in error]
    assert len(expected) == count
    watch.errors[:] = [error for error in watch.errors if error not in expected]


def promised_and_refused(form: Locator) -> None:
    """What cannot be kept is said, at its field, and nothing that was typed is lost."""
    fill(form, "Promise to pay")
    save(form)  # all that is empty is said at once, and nothing is sent
    expect(form.locator(".entry-said")).to_have_text(re.compile("^Say how much.*Say by which day.*Say who you are", re.DOTALL))
    assert form.locator("[aria-invalid]").evaluate_all("fields => fields.map(field => field.name)") == ["amount", "day", "who"]
    expect(form.locator("[name=amount]:visible")).to_be_focused()
    fill(form, "Note", who="Li Qiang")
    save(form)
    expect(form.locator(".entry-said")).to_have_text("The note is empty. Write what there is to know.")
    fill(form, "Promise to pay", amount="2500", day="2026-03-01")
    save(form)
    expect(form.locator(".entry-said")).to_contain_text("1 Mar 2026 is past: the data goes to 31 Mar 2026.")
    expect(form.locator("[name=day]:visible")).to_be_focused()
    fill(form, "Promise to pay", amount="1M", day="2026-04-10")
    save(form)
    expect(form.locator(".entry-said")).to_contain_text("¥1,000,000.00 is more than is owed: ¥8,500.00 is open")
    expect(form.locator("[name=amount]:visible")).to_have_value("1M")


def test_two_people_write_about_one_customer_and_nothing_is_lost(company: Path, serve: Serve, open_page: Open, watch: Watch) -> None:
    address = serve(company).address
    ours, theirs = open_page(f"{address}/collections"), open_page(f"{address}/account?customer=C1")
    row = ours.locator(".slot-worklist tr", has_text="Bohe Chemicals")
    row.get_by_role("button").click()
    own = ours.locator("dialog.entry[open]")
    expect(own).not_to_have_attribute("aria-busy", "true")
    fill(own, "Call", note="They pay on Friday", who="Li Qiang")
    other = opened(theirs)
    fill(other, "Next action", note="Send a lawyer", owner="Xu Hao", day="2026-04-05", who="Xu Hao")
    save(other)
    expect(theirs.locator(".toast-wl")).to_contain_text("Saved for Bohe Chemicals")
    save(own)
    expect(own.locator(".entry-said")).to_contain_text("Xu Hao wrote about Bohe Chemicals meanwhile.")
    expect(own.locator(".entry-past")).to_contain_text("Send a lawyer")
    expect(own.locator("[name=note]:visible")).to_have_value("They pay on Friday")
    expect(own.locator("[type=submit]")).to_have_text("Save again")
    save(own)
    expect(ours.locator(".toast-wl")).to_contain_text("Saved for Bohe Chemicals: Call")
    expect(row).to_contain_text("Send a lawyer")
    lines = theirs.locator(".follow-ups .entry-line")
    expect(lines).to_have_count(2, timeout=WITHIN)
    expect(lines.first).to_contain_text("They pay on Friday")
    ours.locator(".toast-wl").get_by_role("button", name="Undo").click()
    expect(ours.locator(".toast-wl")).to_contain_text("Taken back for Bohe Chemicals: Call")
    expect(lines).to_have_count(1, timeout=WITHIN)
    expect(lines).to_contain_text("Send a lawyer")
    from_a_past_day_to_the_latest(ours, address)
    refusals(watch, "409", 1)


def from_a_past_day_to_the_latest(page: Page, address: str) -> None:
    page.goto(f"{address}/collections?as-of=2026-03-10&region=North")
    settled(page)
    form = opened(page)
    expect(form).to_contain_text("What is new is written on the latest day.")
    expect(form.get_by_role("link", name="Open the latest day")).to_be_focused()
    assert violations(page) == []
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{address}/collections?region=North")
    expect(form).to_have_count(0)
    settled(page)
    expect(opened(page).locator("[type=submit]")).to_be_visible()
    page.keyboard.press("Escape")


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (1920, 1080), (390, 844)])
def test_the_pages_fit(demo: Served, open_page: Open, width: int, height: int) -> None:
    """Every region and the company's row without scrolling; nothing wider than the screen."""
    page = open_page(f"{demo.address}/collections", width=width, height=height)
    box = page.locator(".heatmap .heat-box")
    expect(box.locator("tbody tr")).to_have_count(7)
    assert box.evaluate("e => [e.scrollHeight - e.clientHeight, e.scrollWidth - e.clientWidth]") == [0, 0]
    assert page.evaluate("() => document.documentElement.scrollWidth") <= width
    if width > 760:
        choices = page.locator(".heat-choices")
        assert choices.evaluate("e => [...e.children].every(c => c.offsetTop < e.firstChild.offsetTop + e.firstChild.offsetHeight)")
        assert page.locator(".slot-worklist").bounding_box()["y"] < 900  # type: ignore[index]
        reps = page.locator(".slot-worklist .ag-cell.c-rep .ag-cell-value")
        expect(reps.first).to_be_visible()
        assert reps.evaluate_all("cells => cells.filter(cell => cell.scrollWidth > cell.clientWidth).map(cell => cell.innerText)") == []
