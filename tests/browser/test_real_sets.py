"""Real data that nobody here wrote, from its files to the screen."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from data.intake import import_source, load_mapping
from data.warehouse import Warehouse
from tests.browser.conftest import ROOT, Open, Serve

pytestmark = pytest.mark.browser

SETS = ROOT.parent / "shared" / "datasets"


def imported(folder: Path, mapping: str, data: str) -> Path:
    if not SETS.exists():
        pytest.skip(f"the data set {data} is not here")
    import_source(Warehouse(folder / "warehouse"), load_mapping(ROOT / "mappings" / f"{mapping}.toml"), folder=SETS / data / "data")
    return folder


def test_adventureworks_september_2013_against_its_quotas(tmp_path: Path, serve: Serve, open_page: Open) -> None:
    served = serve(imported(tmp_path, "adventureworks", "adventureworks-dw"))
    page = open_page(f"{served.address}/?period=2013-09")
    expect(page.get_by_role("article", name="Sales amount").locator(".of")).to_contain_text("target")
    expect(page.locator(".slot-regions")).to_contain_text("NA")
    expect(page.get_by_role("article", name="Sales profit").locator(".val")).to_have_text("—")
    expect(page.get_by_role("article", name="Sales profit")).to_contain_text("no selling expense")


def test_adventureworks_customer_opened_by_name_stands_under_its_rep(tmp_path: Path, serve: Serve, open_page: Open) -> None:
    """On a phone, where the way is longer than a line: no step is broken inside, and the rightmost leads up."""
    served = serve(imported(tmp_path, "adventureworks", "adventureworks-dw"))
    page = open_page(f"{served.address}/regions?period=2012&customer=Eastside+Sporting+Goods&language=zh", width=390, height=844)
    steps = page.locator(".trail li")
    expect(steps).to_have_text(["公司", "North America", "Northeast", "Jillian Carson", "Eastside Sporting Goods"])
    assert {round(box["height"]) for box in (step.bounding_box() for step in steps.all()) if box} == {44}
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    days = page.locator(".slot-children .c-day .ag-cell-value")
    assert days.evaluate_all("cells => cells.filter(cell => cell.scrollWidth > cell.clientWidth).length") == 0
    expect(days.first).to_contain_text("2012年")
    steps.nth(3).get_by_role("link").click()
    expect(page.locator("h1")).to_contain_text("Jillian Carson")


def test_ibm_receivables_at_the_end_of_march_2013(tmp_path: Path, serve: Serve, open_page: Open) -> None:
    served = serve(imported(tmp_path, "ibm-ar", "ibm-ar"))
    page = open_page(f"{served.address}/?as-of=2013-03-31")
    expect(page.locator(".slot-ageing tbody tr")).to_have_count(6)
    expect(page.locator(".slot-ageing")).to_contain_text("391")


def test_superstore_in_chinese(tmp_path: Path, serve: Serve, open_page: Open) -> None:
    served = serve(imported(tmp_path, "superstore-cn", "superstore-cn"))
    page = open_page(f"{served.address}/?language=zh&period=2017")
    expect(page.get_by_role("article", name="销售额")).to_contain_text("无目标")
    expect(page.locator(".slot-regions")).to_contain_text("华东")


def test_a_phone_shows_the_figures_of_members_without_targets(tmp_path: Path, serve: Serve, open_page: Open) -> None:
    served = serve(imported(tmp_path, "superstore-cn", "superstore-cn"))
    page = open_page(f"{served.address}/?language=zh&period=2017", width=390, height=844)
    for rows in (page.locator(".regions .reg.r"), page.locator(".list tbody tr, .list tfoot tr")):
        expect(rows).to_have_count(7)
        for row in rows.all():
            shown = row.locator(".num:visible, td:visible").all_inner_texts()
            assert [any(letter.isdigit() for letter in "".join(shown)), "—" in "".join(shown)] == [True, False]
        page.goto(f"{served.address}/regions?language=zh&period=2017")
        expect(page.locator(".list tfoot")).to_be_visible()
