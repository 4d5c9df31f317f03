"""The Overview in a real browser, as its users go through it."""

from __future__ import annotations

import csv
import io
import re
from datetime import date

import pytest
from playwright.sync_api import expect

from data.settings import Settings
from data.warehouse import Warehouse
from layouts.format import Numbers
from metrics.engine import Engine
from metrics.query import Query
from metrics.scope import parse_period
from tests.browser.conftest import Open, Served, Watch, settled

pytestmark = pytest.mark.browser

AS_OF = date(2026, 9, 13)
SIZES = [(1440, 900), (1920, 1080), (820, 1180), (390, 844)]


def engine_of(served: Served) -> Engine:
    return Engine(Warehouse(served.folder / "warehouse"), Settings())


def figures(served: Served, *measures: str, period: str = "2026Q3") -> dict[str, object]:
    return dict(engine_of(served).run(Query(measures=measures, period=parse_period(period, AS_OF), as_of=AS_OF)).only())


def test_it_opens_with_the_store_s_own_figures(demo: Served, open_page: Open) -> None:
    page = open_page(demo.address)
    ours = figures(demo, "amount", "amount_completion", "collections")
    numbers = Numbers(language="en", currency="CNY")
    first = page.get_by_role("article", name="Sales amount")
    expect(first.locator(".val")).to_have_text("".join(numbers.split(ours["amount"], "money")))  # type: ignore[arg-type]
    expect(first.locator(".pct")).to_contain_text(numbers.share(ours["amount_completion"]))  # type: ignore[arg-type]
    expect(page.get_by_role("article")).to_have_count(5)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Sales amount")
    expect(page.locator(".slot-regions .reg.r")).to_have_count(7)  # six regions and the company
    assert page.title() == "Overview · Wuliang 五量"


def test_a_card_selects_its_measure_and_back_returns(demo: Served, open_page: Open) -> None:
    page = open_page(demo.address)
    page.get_by_role("link", name="Collections", exact=True).click()
    expect(page).to_have_url(re.compile(r"\?measure=collections$"))
    expect(page.locator(".slot-regions .card-h")).to_contain_text("Collections")
    expect(page.get_by_role("article", name="Collections").get_by_role("link", name="Collections")).to_have_attribute(
        "aria-current", "true"
    )
    page.go_back()
    expect(page.locator(".slot-regions .card-h")).to_contain_text("Sales amount")
    assert page.url.rstrip("/") == demo.address


def test_a_note_has_room_for_its_letters_and_to_the_edge_of_its_card(demo: Served, open_page: Open) -> None:
    for path in ("/", "/collections"):
        page = open_page(f"{demo.address}{path}", width=1440, height=900)
        expect(page.locator(".note").first).to_be_visible()
        tight = page.evaluate(
            """() => [...document.querySelectorAll('.note')].filter(e => {
                const r = e.getBoundingClientRect(), edge = e.closest('.card-wl').getBoundingClientRect().bottom;
                return r.height < 1.6 * parseFloat(getComputedStyle(e).fontSize) || edge - r.bottom < (e.closest('.plot') ? 10 : 14);
            }).map(e => e.textContent)"""
        )
        assert tight == []


def test_on_a_phone_the_reasons_of_a_bridge_stand_off_its_zero_line(demo: Served, open_page: Open) -> None:
    page = open_page(f"{demo.address}/regions?region=East&against=py", width=390, height=844)
    reasons = page.locator(".bridge .why")
    expect(reasons.first).to_be_visible()
    assert {reason.evaluate("e => getComputedStyle(e).paddingLeft") for reason in reasons.all()} == {"8px"}


def test_a_card_that_is_too_narrow_tells_a_line_in_full_and_leads_on(demo: Served, open_page: Open) -> None:
    """At the narrowest at which five cards stand side by side: the line under the pointer is the one that has the title."""
    page = open_page(f"{demo.address}/?unit=full", width=1260, height=900)
    cut = page.evaluate(
        """() => [...document.querySelectorAll('.kpi .of>span, .kpi .pline>span, .kpi .foot>div, .kpi .need, .kpi h2 a')]
            .filter(e => e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).overflowX === 'hidden')
            .map(e => { const r = e.getBoundingClientRect();
                return [e.textContent, !!document.elementFromPoint(r.x + 4, r.y + r.height / 2).closest('[title]').title,
                    e.contains(document.elementFromPoint(r.x + 4, r.y + r.height / 2))]; })"""
    )
    assert cut
    assert [line for line in cut if line[1:] != [True, True]] == []
    page.get_by_role("article", name="Collections").locator(".need").click()
    expect(page).to_have_url(re.compile(r"measure=collections"))


def test_from_the_company_to_a_region_to_an_area_and_home(demo: Served, open_page: Open) -> None:
    page = open_page(demo.address)
    page.locator(".slot-ageing").get_by_role("link", name=re.compile("^East")).click()
    expect(page).to_have_url(re.compile(r"/\?region=East$"))
    expect(page.locator(".slot-regions h2")).to_have_text("Progress by area")
    page.locator(".slot-ageing").get_by_role("link", name=re.compile("^Jiangsu")).click()
    expect(page.locator(".slot-regions h2")).to_have_text("Progress by rep")
    expect(page).to_have_url(re.compile(r"region=East&area=Jiangsu$"))
    page.reload()
    settled(page)
    expect(page.locator(".slot-regions h2")).to_have_text("Progress by rep")
    page.get_by_role("navigation", name="Scope").get_by_role("link", name="Company").click()
    expect(page.locator(".slot-regions h2")).to_have_text("Regional progress")


def test_language_and_theme_from_the_first_paint(demo: Served, open_page: Open) -> None:
    page = open_page(demo.address)
    page.get_by_role("link", name="中文").click()
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    expect(page.get_by_role("article", name="销售额")).to_be_visible()
    expect(page.locator(".slot-regions h2")).to_have_text("大区进度")
    expect(page.locator("body")).not_to_contain_text("Behind pace")
    dark = open_page(f"{demo.address}/?theme=dark&language=zh", wait=False)
    assert dark.locator("html").get_attribute("data-bs-theme") == "dark"
    assert dark.locator("html").get_attribute("lang") == "zh-CN"


def test_period_day_and_a_malformed_address(demo: Served, open_page: Open) -> None:
    page = open_page(f"{demo.address}/?period=2026-08&as-of=2026-08-14&regoin=East&measure=amuont")
    expect(page.locator(".slot-headline")).to_contain_text("Aug 2026")
    notices = page.locator(".notices .banner")
    expect(notices).to_contain_text("region")
    expect(notices).to_contain_text("amount")
    page.get_by_role("link", name="Month", exact=True).click()
    expect(page).to_have_url(re.compile("period=month"))
    expect(page.locator(".notices .banner")).to_have_count(0)


def test_table_twin_and_csv_carry_the_exact_figures(demo: Served, open_page: Open) -> None:
    page = open_page(demo.address)
    ours = figures(demo, "amount", "amount_target")
    menu = page.locator(".slot-regions details.menu")
    menu.locator("summary").click()
    with page.expect_download() as download:
        menu.get_by_role("link", name="Download CSV").click()
    text = download.value.path().read_text("utf-8-sig")
    company = list(csv.reader(io.StringIO(text)))[-1]
    assert company[0] == "Company"
    assert float(company[1]) == float(ours["amount"])  # type: ignore[arg-type]
    if menu.get_attribute("open") is None:
        menu.locator("summary").click()
    menu.get_by_role("button", name="Show as table").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".slot-regions table")).to_be_visible()
    expect(menu.locator("summary")).to_be_focused()
    expect(page.locator(".slot-regions table tbody tr")).to_have_count(7)


def test_how_a_figure_is_computed(demo: Served, open_page: Open) -> None:
    page = open_page(demo.address)
    button = page.get_by_role("button", name="How is this computed? Gross margin")
    button.focus()
    page.keyboard.press("Enter")
    sheet = page.get_by_role("dialog")
    expect(sheet).to_contain_text("net amount − cost of goods")
    expect(sheet).to_contain_text("SELECT")
    expect(sheet).to_contain_text("version 1")
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    expect(button).to_be_focused()


def test_the_whole_page_as_an_excel_file(demo: Served, open_page: Open) -> None:
    page = open_page(demo.address)
    with page.expect_download() as download:
        page.get_by_role("link", name="Export").click()
    assert download.value.path().read_bytes()[:2] == b"PK"


def test_the_keyboard_reaches_everything(demo: Served, open_page: Open) -> None:
    page = open_page(demo.address)
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("Skip to the figures")
    seen = set()
    for _ in range(60):
        page.keyboard.press("Tab")
        seen.add(page.evaluate("(document.activeElement.closest('.filters,.slot-kpis,.slot-regions,.slot-reps') || {}).className || ''"))
    assert {"filters"} <= {name for name in seen if name == "filters"}
    assert any("slot-kpis" in name for name in seen)
    assert any("slot-regions" in name for name in seen)


@pytest.mark.parametrize(("width", "height"), SIZES)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_page_scrolls_sideways(demo: Served, open_page: Open, width: int, height: int, language: str) -> None:
    page = open_page(f"{demo.address}/?language={language}", width=width, height=height)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    cut = page.evaluate(
        """() => [...document.querySelectorAll('.kpi .val, .kpi .pct, .kpi .pline span, .kpi .foot b, .kpi h2 a')]
            .filter(e => e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).overflow !== 'visible').map(e => e.textContent)"""
    )
    assert cut == []


@pytest.mark.parametrize("search", ["", "?theme=dark", "?region=East&area=Jiangsu"])
def test_it_prints_on_one_page_and_light(demo: Served, open_page: Open, search: str) -> None:
    page = open_page(f"{demo.address}/{search}")
    page.emulate_media(media="print")
    ink, ground = page.evaluate(
        "() => [getComputedStyle(document.querySelector('h1')).color, getComputedStyle(document.querySelector('.kpi')).backgroundColor]"
    )
    assert (ink, ground) == ("rgb(23, 33, 43)", "rgb(255, 255, 255)")
    page.emulate_media(media="null")
    pdf = page.pdf(prefer_css_page_size=True, print_background=True)
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 1


def test_a_long_list_scrolls_inside_its_card_by_whole_rows(demo: Served, open_page: Open) -> None:
    page = open_page(f"{demo.address}/?region=East&area=Jiangsu", width=1440, height=900)
    expect(page.locator("h1 .cause")).to_contain_text("of it")  # told last, and it makes the finding longer
    rows = page.locator(".slot-regions .reg-rows")
    size = rows.evaluate("e => [e.clientHeight, e.scrollHeight, e.firstElementChild.getBoundingClientRect().height]")
    assert size[0] < size[1], "the list of the demo company's largest area is long enough to scroll"
    assert size[0] % size[2] == pytest.approx(0, abs=0.5)
    assert page.evaluate("document.documentElement.scrollHeight") <= 900


def test_full_amounts_fit_the_ageing_table(demo: Served, open_page: Open) -> None:
    page = open_page(f"{demo.address}/?unit=full", width=1440, height=900)
    assert page.locator(".heat-box").evaluate("e => e.scrollWidth - e.clientWidth") <= 0


def test_a_region_that_does_not_exist(demo: Served, open_page: Open) -> None:
    page = open_page(f"{demo.address}/?region=Esat")
    expect(page.locator(".notices")).to_contain_text("East")
    expect(page.locator(".slot-regions h2")).to_have_text("Regional progress")


def test_a_period_before_all_data_says_so(demo: Served, open_page: Open) -> None:
    page = open_page(f"{demo.address}/?period=2019Q2")
    expect(page.get_by_role("article", name="Sales amount").locator(".val")).to_have_text("—")
    expect(page.get_by_role("article", name="Sales amount")).to_contain_text("The data begins on")


def test_hostile_addresses_never_break_the_page(demo: Served, open_page: Open, watch: Watch) -> None:
    for search in (
        "?region=%3Cscript%3Ealert(1)%3C/script%3E",
        "?period=%00%FF",
        "?as-of=9999-99-99&measure=&unit=%E2%82%AC",
        "?" + "a=1&" * 300,
    ):
        page = open_page(f"{demo.address}/{search}")
        expect(page.get_by_role("article")).to_have_count(5)
        expect(page.locator("body")).not_to_contain_text("Traceback")
