"""How soon what changes is on the screen, and how long the demo company takes to make."""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path
from typing import Final

from playwright.sync_api import Page

from benchmarks.browser import chromium
from benchmarks.report import Row, show
from benchmarks.server import serving
from benchmarks.store import LAST_DAY, changeable
from data import demo
from data.warehouse import Warehouse

SHOWN_BOUND: Final = 2.0
DEMO_BOUND: Final = 20.0
"""Seconds."""
CHANGES: Final = 5
LINES: Final = 1_000_000


def targets(data_dir: Path) -> bool:
    """From publishing a change of targets alone to the new target standing on an open page."""
    seconds = []
    with changeable(data_dir) as folder, serving(folder) as server, chromium() as browser:
        warehouse = Warehouse(folder / "warehouse")
        facts = warehouse.current().facts
        page = browser.new_page()
        page.goto(server.address)
        page.wait_for_selector(".kpi .of span")
        for _ in range(CHANGES):
            before = _target(page)
            with warehouse.draft(plan_only=True) as draft:
                draft.connection.execute("UPDATE plan.target SET amount = amount * 1.5 WHERE measure = 'amount'")
                draft.publish("targets raised")
            begin = time.perf_counter()
            page.wait_for_function("before => document.querySelector('.kpi .of span').textContent !== before", arg=before)
            seconds.append(time.perf_counter() - begin)
        if warehouse.current().facts != facts:
            raise SystemExit("A change of targets rewrote the facts.")
    return show(
        f"A change of targets alone, {CHANGES} times",
        (Row("published to shown on an open page, median", statistics.median(seconds), "s", SHOWN_BOUND),),
    )


def demo_company() -> bool:
    """Making and publishing the demo company."""
    with tempfile.TemporaryDirectory() as folder:
        begin = time.perf_counter()
        with Warehouse(Path(folder) / "warehouse").draft(fresh=True) as draft:
            demo.make(draft.connection, last_day=LAST_DAY, lines=LINES)
            draft.publish("demo company")
        seconds = time.perf_counter() - begin
    return show(f"Demo company, {LINES:,} order lines", (Row("made and published", seconds, "s", DEMO_BOUND),))


def _target(page: Page) -> str:
    return page.locator(".kpi .of span").first.inner_text()
