"""Lists of the Regions page in a real browser: tables and grids, their order, search, columns, rows and files."""

from __future__ import annotations

import csv
import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open, Served, settled
from tests.browser.test_accessibility import violations

pytestmark = pytest.mark.browser

CUSTOMERS = "/regions?region=East&tab=customer"
FOCUS = "rgb(109, 63, 209)"
"""The colour of the focus in the light theme; none but it marks a cell."""

CUT = "cells => cells.filter(cell => cell.scrollWidth > cell.clientWidth).map(cell => cell.innerText)"
"""The words of cells that have no room for all of them."""


def filled(page: Page) -> None:
    """Wait until the rows in sight are there."""
    settled(page)
    expect(page.locator(".grid-box a.into").first).to_be_visible()
    expect(page.locator(".grid-box .ag-center-cols-viewport .sk, .grid-box .ag-pinned-left-cols-container .sk")).to_have_count(0)


def names(page: Page) -> list[str]:
    """Members in sight, from the top."""
    rows = page.locator(".grid-box .ag-pinned-left-cols-container .ag-row").all()
    by_index = {int(row.get_attribute("row-index") or -1): row.locator("a.into").inner_text() for row in rows}
    return [by_index[index] for index in sorted(by_index)]


def column(page: Page, key: str) -> list[str]:
    rows = page.locator(".grid-box .ag-center-cols-container .ag-row").all()
    by_index = {int(row.get_attribute("row-index") or -1): row.locator(f'[col-id="{key}"]').inner_text() for row in rows}
    return [by_index[index] for index in sorted(by_index)]


def figure(text: str) -> float:
    return float(text.replace("−", "-").replace(",", "").replace("+", ""))


def test_a_long_list_scrolls_to_its_end(demo: Served, open_page: Open) -> None:
    page = open_page(f"{demo.address}{CUSTOMERS}&sort=-actual")
    filled(page)
    count = int(page.locator(".tabs [aria-current] .n").inner_text().replace(",", ""))
    assert count > 100
    assert page.locator(".grid-box .ag-center-cols-container .ag-row").count() < 60
    first = names(page)
    assert page.locator(".ag-pinned-left-cols-container .ag-cell-value").evaluate_all(CUT) == []
    page.locator(".grid-box .ag-body-viewport").evaluate("box => box.scrollTo(0, box.scrollHeight)")
    expect(page.locator(f'.ag-pinned-left-cols-container .ag-row[row-index="{count - 1}"] a.into')).to_be_visible()
    filled(page)
    assert not set(names(page)) & set(first)
    assert page.locator(".grid-box [role=grid], .grid-box [role=treegrid]").get_attribute("aria-rowcount") is not None


def test_headings_sort_and_say_so(demo: Served, open_page: Open) -> None:
    page = open_page(f"{demo.address}{CUSTOMERS}")
    filled(page)
    for click, falling in ((1, True), (2, False)):
        page.locator(".ag-header-cell").get_by_role("link", name="Actual").click()
        expect(page).to_have_url(re.compile("sort=-actual$" if falling else "sort=actual$"))
        head = page.locator('.ag-header-cell[col-id="actual"]')
        expect(head).to_have_attribute("aria-sort", "descending" if falling else "ascending")
        filled(page)
        values = [figure(text) for text in column(page, "actual")]
        assert values == sorted(values, reverse=falling), click
    page.go_back()
    expect(page.locator('.ag-header-cell[col-id="actual"]')).to_have_attribute("aria-sort", "descending")


def test_a_search_keeps_the_focus_and_can_be_taken_back(demo: Served, open_page: Open) -> None:
    page = open_page(f"{demo.address}{CUSTOMERS}")
    filled(page)
    whole = names(page)
    field = page.get_by_role("searchbox", name="Search")
    field.fill("water")
    field.press("Enter")
    expect(page).to_have_url(re.compile("find=water$"))
    expect(page.locator(".kids-h > .cap")).to_have_text(re.compile(r"^\d+ found; "))
    expect(field).to_be_focused()
    field.fill("")
    expect(page).to_have_url(re.compile("tab=customer$"))
    filled(page)
    assert names(page) == whole
    field.fill("zzzz")
    field.press("Enter")
    expect(page.locator(".kids")).to_contain_text("Nothing here is called 'zzzz'")
    page.get_by_role("link", name="Show all").click()
    filled(page)


def test_columns_are_chosen_in_a_menu_that_stays_open(demo: Served, open_page: Open) -> None:
    page = open_page(f"{demo.address}{CUSTOMERS}")
    filled(page)
    page.locator("details.cols > summary").click()
    item = page.get_by_role("menuitemcheckbox", name="Share")
    expect(item).to_have_attribute("aria-checked", "true")
    tick, name = (item.locator("span").nth(at).bounding_box() for at in (0, -1))
    assert tick
    assert name
    assert 0 < name["x"] - tick["x"] < 40
    item.click()
    expect(page.locator('.ag-header-cell[col-id="part"]')).to_have_count(0)
    expect(page.get_by_role("menuitemcheckbox", name="Share")).to_have_attribute("aria-checked", "false")
    expect(page.get_by_role("menuitemcheckbox", name="Share")).to_be_focused()
    page.get_by_role("menuitem", name="The usual columns").click()
    expect(page.locator('.ag-header-cell[col-id="part"]')).to_have_count(1)


def test_from_an_area_to_the_lines_of_a_customer_and_back(demo: Served, open_page: Open) -> None:
    """Rows lead down by a click anywhere on them, by their link, and by Enter; the back button undoes each."""
    page = open_page(f"{demo.address}/regions?region=East")
    row = page.locator("table.list tbody tr").first
    area = row.locator("a.into").inner_text()
    row.locator("td").nth(2).click()
    expect(page.locator("#trail li").last).to_have_text(area)
    page.go_back()
    expect(page.locator("#trail li").last).to_have_text("East")
    page.get_by_role("link", name=re.compile("^Customers")).click()
    filled(page)
    page.locator(".ag-header-cell").get_by_role("link", name="Actual").click()
    expect(page.locator('.ag-header-cell[col-id="actual"]')).to_have_attribute("aria-sort", "descending")
    filled(page)
    customer = names(page)[0]
    page.locator('.ag-center-cols-container .ag-row[row-index="0"] [col-id="actual"]').click()
    expect(page.locator("#trail li").last).to_have_text(customer)
    expect(page.locator(".tabs [aria-current]")).to_have_text(re.compile("^Order lines"))
    page.go_back()
    filled(page)
    assert names(page)[0] == customer
    page.locator('.ag-center-cols-container .ag-row[row-index="0"] [col-id="actual"]').focus()
    page.keyboard.press("ArrowDown")
    focused = page.locator(".ag-cell-focus")
    expect(focused).to_have_css("outline", f"{FOCUS} solid 2px")
    expect(focused).to_have_css("border-top-color", "rgba(0, 0, 0, 0)")
    second = names(page)[1]
    page.keyboard.press("Enter")
    expect(page.locator("#trail li").last).to_have_text(second)
    page.get_by_role("link", name=re.compile("^Invoices")).click()
    expect(page.locator(".kids")).to_contain_text("Days overdue")


def test_the_file_is_the_list(demo: Served, open_page: Open) -> None:
    page = open_page(f"{demo.address}{CUSTOMERS}&sort=-actual")
    filled(page)
    page.locator(".slot-children .card-menu > summary").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download CSV").click()
    with open(download.value.path(), encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    shown = names(page)
    assert [row[0] for row in rows[1 : len(shown) + 1]] == shown


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("search", ["?region=East&tab=customer", "?region=East&tab=product&language=zh"])
def test_a_grid_is_accessible(demo: Served, open_page: Open, search: str, theme: str) -> None:
    page = open_page(f"{demo.address}/regions{search}&theme={theme}")
    filled(page)
    assert violations(page) == []
    page.locator("details.cols > summary").click()
    assert violations(page) == []


def test_a_phone_shows_the_columns_that_matter_most(demo: Served, open_page: Open) -> None:
    page = open_page(f"{demo.address}{CUSTOMERS}", width=390, height=844)
    filled(page)
    expect(page.locator(".ag-header-cell")).to_have_count(3)
    assert violations(page) == []
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 390
    page.goto(f"{demo.address}/regions?region=East")
    settled(page)
    expect(page.locator("table.list tbody tr").first.locator("td:visible, th:visible")).to_have_count(4)
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 390
    for link in page.locator(".kids a:visible").all():
        box = link.bounding_box()
        assert box is not None
        assert box["height"] >= 40
