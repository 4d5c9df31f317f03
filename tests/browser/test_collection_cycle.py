"""The cards and the cycle of the Collections page in a real browser: the store's own figures, nothing cut off, and how they come about."""

from __future__ import annotations

import csv
import io
import re

import pytest
from playwright.sync_api import expect

from layouts.format import Numbers
from metrics.query import Query
from metrics.scope import Filter, parse_period
from tests.browser.conftest import Open, Served, settled
from tests.browser.test_accessibility import violations
from tests.browser.test_overview import AS_OF, SIZES, engine_of

pytestmark = pytest.mark.browser

CUT_OFF = """selector => [...document.querySelectorAll(selector)]
  .filter(part => part.scrollWidth > part.clientWidth + 1 || part.getBoundingClientRect().right > innerWidth).map(part => part.innerText)"""


def figures(served: Served, *measures: str, by: tuple[str, ...] = (), **only: str) -> list[dict[str, object]]:
    where = tuple(Filter(dimension, (member,)) for dimension, member in only.items())
    query = Query(measures=measures, by=by, period=parse_period("2026Q3", AS_OF), as_of=AS_OF, where=where, order=f"-{measures[0]}")
    return [dict(row) for row in engine_of(served).run(query).rows]


def test_the_cards_have_the_store_s_own_figures(demo: Served, open_page: Open) -> None:
    page = open_page(f"{demo.address}/collections?region=East")
    (ours,) = figures(demo, "overdue", "dso", "collected_of_invoiced", "collected_of_due", "overdue_rate", region="East")
    numbers = Numbers(language="en", currency="CNY")
    cards = page.locator(".slot-collection_cards article")
    expect(cards).to_have_count(5)
    expect(cards.nth(1)).to_contain_text(numbers.share(ours["collected_of_invoiced"]))  # type: ignore[arg-type]
    expect(cards.nth(1)).to_contain_text(f"of due {numbers.share(ours['collected_of_due'])}")  # type: ignore[arg-type]
    expect(cards.nth(2)).to_contain_text(f"{numbers.of(ours['dso'], 'days')}days")  # type: ignore[arg-type]
    expect(cards.nth(3)).to_contain_text(numbers.share(ours["overdue_rate"]))  # type: ignore[arg-type]


def test_a_member_of_the_cycle_is_one_click_away(demo: Served, open_page: Open) -> None:
    page = open_page(f"{demo.address}/collections")
    rows = figures(demo, "dso", by=("region",))
    shown = page.locator(".dso-bars li")
    expect(shown).to_have_count(len(rows))
    expect(shown.first).to_contain_text(str(rows[0]["region"]))
    expect(page.locator(".slot-cycle .js-plotly-plot .scatterlayer .trace")).not_to_have_count(0)
    shown.first.get_by_role("link").click()
    expect(page).to_have_url(re.compile(rf"\?region={rows[0]['region']}$"))
    settled(page)
    expect(page.locator(".slot-cycle .below-h")).to_contain_text("DSO by area")


def test_a_card_tells_how_it_is_computed_in_chinese(demo: Served, open_page: Open) -> None:
    page = open_page(f"{demo.address}/collections?language=zh")
    page.locator(".slot-collection_cards article").nth(2).get_by_role("button").click()
    sheet = page.get_by_role("dialog")
    expect(sheet).to_contain_text("未收余额 ÷ 最近 N 天开票额 × N")
    expect(sheet).to_contain_text("SELECT")
    expect(sheet).not_to_contain_text("回款日 − 到期日")
    assert violations(page) == []


def test_the_cycle_is_a_table_and_a_file_as_well(demo: Served, open_page: Open) -> None:
    page = open_page(f"{demo.address}/collections")
    slot = page.locator(".slot-cycle")
    slot.locator("details.menu > summary").click()
    with page.expect_download() as download:
        slot.get_by_role("link", name="Download CSV").click()
    rows = list(csv.DictReader(io.StringIO(download.value.path().read_text(encoding="utf-8-sig"))))
    (ours,) = figures(demo, "dso")
    last = [row for row in rows if row["Where"] == "Company"][-1]
    assert (last["Day"], last["DSO"]) == (AS_OF.isoformat(), str(ours["dso"]))
    slot.get_by_role("button", name="Show as table").click()
    expect(slot.locator("table.twin tbody tr")).to_have_count(len(rows))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("search", ["", "?language=zh&theme=dark"])
def test_nothing_is_cut_off(demo: Served, open_page: Open, size: tuple[int, int], search: str) -> None:
    page = open_page(f"{demo.address}/collections{search}", width=size[0], height=size[1])
    for selector in (".owed .kpi .pline > span", ".owed .kpi .cap", ".owed .kpi .foot", ".dso-bars li > *", ".facts-line"):
        assert page.evaluate(CUT_OFF, selector) == [], selector


@pytest.mark.parametrize("search", ["", "?region=East&language=zh&theme=dark", "?customer=C0001", "?period=2023-01"])
def test_nothing_is_found_on_the_collections_page(demo: Served, open_page: Open, search: str) -> None:
    found = violations(open_page(f"{demo.address}/collections{search}"))
    ours = [(rule, where) for rule, where in found if any("owed" in str(at) or "cycle" in str(at) or "dso" in str(at) for at in where)]
    assert ours == []
