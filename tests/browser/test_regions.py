"""The Regions page in a real browser: from an alert of the Overview down, up again, and to where no page is."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from layouts.format import Numbers
from metrics.query import Query
from metrics.scope import Filter, parse_period
from tests.browser.conftest import Open, Served, Watch, settled
from tests.browser.test_overview import AS_OF, SIZES, engine_of

pytestmark = pytest.mark.browser


def crumbs(page: Page) -> list[str]:
    return page.locator("#trail li").all_inner_texts()


def test_a_lagging_region_of_the_overview_is_one_click_away(demo: Served, open_page: Open) -> None:
    page = open_page(f"{demo.address}/?measure=margin&theme=dark")
    page.locator(".slot-regions .lagrow").first.get_by_role("link").click()
    expect(page).to_have_url(re.compile(r"/regions\?region=East&measure=margin&theme=dark$"))
    settled(page)
    expect(page.locator("h1")).to_have_text(re.compile(r"^East is .* behind pace in margin"))
    assert page.title() == "East · Regions · Wuliang 五量"
    assert page.locator("html").get_attribute("data-bs-theme") == "dark"


def test_the_strip_has_the_store_s_own_figures(demo: Served, open_page: Open) -> None:
    page = open_page(f"{demo.address}/regions?area=Jiangsu")
    query = Query(
        measures=("collections", "collections_completion", "amount_gap"),
        period=parse_period("2026Q3", AS_OF),
        as_of=AS_OF,
        where=(Filter("area", ("Jiangsu",)),),
    )
    ours, numbers = engine_of(demo).run(query).only(), Numbers(language="en", currency="CNY")
    item = page.get_by_role("region", name="Collections")
    expect(item).to_contain_text(numbers.money(ours["collections"]))
    expect(item).to_contain_text(numbers.share(ours["collections_completion"]))
    expect(page.locator("h1")).to_contain_text(numbers.money(abs(ours["amount_gap"])))


def test_back_and_up_at_every_level(demo: Served, open_page: Open) -> None:
    page = open_page(f"{demo.address}/regions")
    expect(page.locator("#trail li")).to_have_count(0)
    steps = ["?region=East", "?region=East&area=Jiangsu"]
    for search in steps:
        page.evaluate("search => window.wuliang.go(search)", search)
        expect(page).to_have_url(re.compile(re.escape(search) + "$"))
    expect(page.locator("#trail li")).to_have_text(["Company", "East", "Jiangsu"])
    page.go_back()
    expect(page.locator("#trail li")).to_have_text(["Company", "East"])
    page.go_forward()
    expect(page.locator("#trail li")).to_have_text(["Company", "East", "Jiangsu"])
    for expected in (["Company", "East"], []):
        page.keyboard.press("Alt+ArrowUp")
        expect(page.locator("#trail li")).to_have_text(expected)
    page.keyboard.press("Alt+ArrowUp")
    expect(page).to_have_url(f"{demo.address}/regions")
    page.go_back()
    expect(page.locator("#trail li")).to_have_text(["Company", "East"])


@pytest.mark.parametrize(("language", "top"), [("en", "Company"), ("zh", "公司")])
def test_from_an_alert_down_to_the_documents_of_a_customer_and_back(demo: Served, open_page: Open, language: str, top: str) -> None:
    page = open_page(f"{demo.address}/?language={language}")
    page.locator(".slot-regions .lagrow").first.get_by_role("link").click()
    settled(page)
    names = [top, page.locator("#trail li").last.inner_text()]
    addresses = [page.url]
    for dimension in ("area", "rep", "customer"):
        link = page.locator(f".slot-children a.into[href*='{dimension}=']").first
        names.append(link.inner_text())
        link.click()
        expect(page.locator("#trail li")).to_have_text(names)
        addresses.append(page.url)
    assert "customer=" in page.url
    expect(page.locator("h1")).to_contain_text(names[-1])
    expect(page.locator(".slot-children .ag-row, .slot-children tbody tr").first).to_be_visible()
    page.go_back()
    expect(page).to_have_url(addresses[-2])
    expect(page.locator("#trail li")).to_have_text(names[:-1])
    page.go_forward()
    expect(page.locator("#trail li")).to_have_text(names)
    for depth in range(len(names) - 1, 1, -1):
        page.keyboard.press("Alt+ArrowUp")
        expect(page.locator("#trail li")).to_have_text(names[:depth])
    page.goto(addresses[-1])
    settled(page)
    expect(page.locator("#trail li")).to_have_text(names)


def test_what_it_is_held_against(demo: Served, open_page: Open) -> None:
    page = open_page(f"{demo.address}/regions?region=East")
    group = page.get_by_role("group", name="Compare with")
    group.get_by_role("link", name="Last year").click()
    expect(page.locator("h1")).to_have_text(re.compile("^East is .* last year"))
    expect(page).to_have_url(re.compile(r"\?region=East&against=py$"))
    expect(group.locator("[aria-current]")).to_have_text("Last year")


def test_a_mark_of_a_rep_leads_to_the_rep(demo: Served, open_page: Open) -> None:
    page = open_page(demo.address)
    first = page.locator(".slot-reps .people .who").first
    name = first.inner_text()
    first.click()
    settled(page)
    expect(page.locator("#trail li").last).to_have_text(name)
    page.go_back()
    settled(page)
    mark = page.locator(".slot-reps .scatterlayer .point").first
    mark.scroll_into_view_if_needed()
    box = mark.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(page.locator(".slot-reps .hoverlayer .hovertext")).to_have_count(1)
    page.mouse.down()
    page.mouse.up()
    expect(page).to_have_url(re.compile(r"/regions\?rep="))


def test_a_rep_without_a_target_is_compared_with_last_year_instead(demo: Served, open_page: Open) -> None:
    period = parse_period("2026Q3", AS_OF)
    rows = engine_of(demo).run(Query(measures=("amount", "amount_target", "amount_py"), by=("rep",), period=period, as_of=AS_OF)).rows
    rep = next(row["rep"] for row in rows if row["rep"] and not row["amount_target"] and row["amount_py"])
    page = open_page(f"{demo.address}/regions?rep={rep}")
    expect(page.locator("h1")).to_contain_text("no target is set for Q3 2026")
    page.get_by_role("link", name="Compare with last year").click()
    expect(page.locator("h1")).to_have_text(re.compile("(below|above) last year"))


@pytest.mark.parametrize(
    ("path", "said", "offer", "leads"),
    [
        ("/regions?region=Esat", "'region=Esat' in the address is not known", "Go to East", r"/regions\?region=East$"),
        ("/regions?rep=Luo+Ru", "'rep=Luo Ru' in the address is not known", "Go to Luo Rui", r"/regions\?rep="),
        ("/regions?period=2019Q2", "Q2 2019 lies before all data", "Show Q", r"/regions\?period=20\d\dQ\d$"),
        (
            "/?customer=C1&region=East",
            "This page does not show 'customer=C1'",
            "Open it under Regions",
            r"/regions\?region=East&customer=C1$",
        ),
    ],
)
def test_a_bad_address_offers_the_nearest_thing(demo: Served, open_page: Open, path: str, said: str, offer: str, leads: str) -> None:
    page = open_page(f"{demo.address}{path}")
    expect(page.locator(".notices")).to_contain_text(said)
    page.locator(".notices").get_by_role("link", name=offer).click()
    expect(page).to_have_url(re.compile(leads))


def test_where_no_page_is_the_overview_is_offered(demo: Served, open_page: Open, watch: Watch) -> None:
    page = open_page(f"{demo.address}/regoins/x?language=zh", wait=False)
    expect(page.get_by_role("heading", level=1)).to_have_text("此处没有页面")
    page.get_by_role("link", name="打开总览").click()
    settled(page)
    expect(page).to_have_url(re.compile(r"/\?language=zh$"))
    # the browser itself notes that the address answered 404
    assert [error for error in watch.errors if "404" not in error] == []
    watch.errors.clear()


@pytest.mark.parametrize(("width", "height"), SIZES)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_page_scrolls_sideways(demo: Served, open_page: Open, width: int, height: int, language: str) -> None:
    for search in ("", "&region=East&area=Jiangsu", "&axis=category&against=pp"):
        page = open_page(f"{demo.address}/regions?language={language}{search}", width=width, height=height)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        cut = page.evaluate(
            """() => [...document.querySelectorAll('.ms h2 a, .ms-h .num, .ms-f>span:first-child')]
                .filter(e => e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).display !== 'inline').map(e => e.textContent)"""
        )
        assert cut == []


@pytest.mark.parametrize(("width", "language"), [(1440, "en"), (1440, "zh"), (1280, "zh")])
def test_the_filters_stay_on_one_line_whatever_the_place_is_called(demo: Served, open_page: Open, width: int, language: str) -> None:
    page = open_page(f"{demo.address}/regions?language={language}", width=width, height=900)
    value = page.locator(".pick.place .value")
    assert value.evaluate("e => e.scrollWidth <= e.clientWidth"), "a short name is not cut"
    page.goto(f"{demo.address}/regions?language={language}&region=East&area=Jiangsu&rep=R007&tab=customer")
    settled(page)
    page.locator(".grid-box a.into, .list a.into").first.click()
    settled(page)
    value.evaluate("e => { e.textContent = e.title = 'Schleswig-Holstein Handelsgesellschaft mbH '.repeat(3) }")
    rows = page.evaluate(
        "() => [...document.querySelectorAll('#filters > :not(.spring)')].map(e => Math.round(e.getBoundingClientRect().top))"
    )
    assert len(set(rows)) == 1
    assert value.evaluate("e => e.scrollWidth > e.clientWidth && getComputedStyle(e).textOverflow") == "ellipsis"
    expect(value).to_have_attribute("title", re.compile("Schleswig"))


def test_on_a_phone_the_pages_stand_at_the_foot_and_targets_are_large(demo: Served, open_page: Open) -> None:
    page = open_page(f"{demo.address}/regions?region=East", width=390, height=844)
    bar = page.get_by_role("navigation", name="Main")
    box = bar.bounding_box()
    assert box is not None
    assert box["y"] + box["height"] == 844
    low = page.evaluate(
        """() => [...document.querySelectorAll('.rail a, #trail a, .seg.against a, .filters .pick, .filters .seg > a')]
            .filter(e => e.getBoundingClientRect().height < 38).map(e => e.textContent)"""
    )
    assert low == []
    bar.get_by_role("link", name="Overview").click()
    settled(page)
    expect(page).to_have_url(f"{demo.address}/?region=East")
