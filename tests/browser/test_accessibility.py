"""axe-core finds nothing on any page, in any state that can be reached."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open, Served, Watch

pytestmark = pytest.mark.browser

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


def violations(page: Page) -> list[Any]:
    found = Axe().run(page, options=RULES).response["violations"]
    return [(v["id"], [node["target"] for node in v["nodes"]][:4]) for v in found]


@pytest.mark.parametrize("search", ["", "?theme=dark", "?language=zh", "?region=East&theme=dark&language=zh", "?period=2019Q2"])
def test_nothing_is_found(demo: Served, open_page: Open, search: str) -> None:
    assert violations(open_page(f"{demo.address}/{search}")) == []


@pytest.mark.parametrize(
    "search", ["", "?theme=dark&region=East", "?language=zh&area=Jiangsu", "?customer=nobody", "?axis=category&theme=dark"]
)
def test_nothing_is_found_on_the_regions_page(demo: Served, open_page: Open, search: str) -> None:
    assert violations(open_page(f"{demo.address}/regions{search}")) == []


def test_nothing_is_found_where_no_page_is(demo: Served, open_page: Open, watch: Watch) -> None:
    page = open_page(f"{demo.address}/nowhere", wait=False)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert violations(page) == []
    watch.errors.clear()  # the browser itself notes that the address answered 404


@pytest.mark.parametrize("path", ["", "/regions?region=East"])
def test_nothing_is_found_on_a_phone(demo: Served, open_page: Open, path: str) -> None:
    assert violations(open_page(f"{demo.address}{path}", width=390, height=844)) == []


def test_nothing_is_found_with_everything_open(demo: Served, open_page: Open) -> None:
    page = open_page(demo.address)
    for name in ("regions", "trend", "ageing", "reps"):
        page.locator(f".slot-{name} details.menu > summary").click()
        page.locator(f".slot-{name}").get_by_role("button", name="Show as table").click()
        expect(page.locator(f".slot-{name} table.twin")).to_be_visible()
    assert violations(page) == []
    page.get_by_role("button", name="How is this computed? Sales amount").click()
    expect(page.get_by_role("dialog")).to_contain_text("SELECT")
    assert violations(page) == []
