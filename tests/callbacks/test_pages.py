"""Pages by their paths, and what a viewer with bounds is told."""

from __future__ import annotations

from pathlib import Path

import pytest
from dash import Dash
from flask.testing import FlaskClient

import callbacks
from callbacks.desk import Desk
from data.settings import Settings
from data.warehouse import Warehouse
from layouts.pages.listed import PAGES
from layouts.urls import OVERVIEW, REGIONS
from metrics.engine import Engine
from metrics.scope import Filter, Viewer
from tests.callbacks.asking import elements, frame, links, panel, words


@pytest.mark.parametrize(
    ("path", "title"), [("/", "Overview · Wuliang 五量"), ("/regions", "Regions · Wuliang 五量"), ("/regions/", "Regions · Wuliang 五量")]
)
def test_every_page_has_its_path(client: FlaskClient, path: str, title: str) -> None:
    page = client.get(path)
    assert page.status_code == 200
    assert f"<title>{title}</title>" in page.text


@pytest.mark.parametrize("page", PAGES.listed, ids=lambda page: page.name)
def test_a_page_begins_with_the_skeletons_of_its_own_panels(client: FlaskClient, page: object) -> None:
    layout = client.get("/_dash-layout", headers={"Referer": f"http://localhost/{page.route.path}?language=zh"}).text  # type: ignore[attr-defined]
    here = {name for name in PAGES.panels if f'"name":"{name}","type":"panel"' in layout or f'"type":"panel","name":"{name}"' in layout}
    assert here == {panel.name for panel in page.panels}  # type: ignore[attr-defined]


def test_no_browser_keeps_the_layout_of_one_page_for_another(client: FlaskClient) -> None:
    layout = client.get("/_dash-layout", headers={"Referer": "http://localhost/regions"})
    assert layout.headers["Cache-Control"] == "no-store"


def test_a_path_without_a_page_says_so_and_offers_the_overview(client: FlaskClient) -> None:
    page = client.get("/regoins/east?language=zh")
    assert page.status_code == 404
    assert "此处没有页面" in page.text
    layout = client.get("/_dash-layout", headers={"Referer": "http://localhost/regoins/east?period=month&language=zh"}).json
    assert "“/regoins/east”处没有内容。" in str(layout)
    offered = [props["href"] for _, props, _ in elements(layout) if "href" in props]
    rest = "?period=month&language=zh"
    assert offered == [f"/.{rest}", f"/regions{rest}", f"/collections{rest}", "/walls?language=zh", f"/.{rest}"]


def test_the_rail_leads_to_the_other_page_with_the_address_and_on_its_own_home(client: FlaskClient) -> None:
    search = "?period=month&region=East&measure=margin&language=zh"
    rest = [f"collections{search}", "walls?language=zh"]
    assert links(frame(client, search)["places"]) == ["?language=zh", f"regions{search}", *rest]
    assert links(frame(client, search, page="regions")["places"]) == [f".{search}", "?language=zh", *rest]


def test_the_overview_says_what_it_does_not_show(client: FlaskClient) -> None:
    notices = frame(client, "?category=Pumps")["notices"]
    assert "This page does not show 'category=Pumps'." in words(notices)
    assert "regions?category=Pumps" in links(notices)


def test_a_product_served_below_a_path_has_its_pages_there(demo_folder: Path) -> None:
    settings = Settings(data_dir=demo_folder)
    app = Dash("wuliang", requests_pathname_prefix="/sales/", routes_pathname_prefix="/sales/", suppress_callback_exceptions=True)
    callbacks.register(app, Engine(Warehouse(settings.warehouse_dir), settings), settings)
    with app.server.test_client() as client:
        assert "<title>Regions" in client.get("/sales/regions").text
        assert client.get("/sales/nothing").status_code == 404
        layout = client.get("/sales/_dash-layout", headers={"Referer": "http://localhost/sales/regions"}).text
        assert '"finding"' in layout
        assert '"headline"' not in layout
        assert "/sales/.?" not in client.get("/sales/_dash-layout", headers={"Referer": "http://localhost/sales/x"}).text


LEVELS = (
    "region=East",
    "area=Jiangsu&against=target",
    "rep={rep}&against=pp",
    "rep={rep}&customer={customer}",
    "customer={customer}&against=target",
    "axis=segment&segment={segment}",
    "axis=category&category={category}&measure=margin",
    "axis=category&category={category}&region=East&against=py",
    "product={product}&area=Jiangsu&language=zh",
    "region=East&measure=collections&period=2026Q2",
)


@pytest.mark.parametrize("search", LEVELS)
def test_every_panel_of_the_regions_page_is_drawn_at_every_level(client: FlaskClient, demo_folder: Path, search: str) -> None:
    engine = Engine(Warehouse(demo_folder / "warehouse"), Settings())
    asked = search.format(**{d: next(k for k in engine.members(d) if k) for d in ("rep", "customer", "segment", "category", "product")})
    for drawn in PAGES.listed[1].panels:
        shown = words(panel(client, drawn.name, f"?{asked}"))
        assert shown
        assert "WL-" not in shown, drawn.name
    around = frame(client, f"?{asked}", page="regions")
    assert words(around["notices"]) == ""
    assert len(links(around["trail"])) >= 1


@pytest.fixture(scope="module")
def bounded(demo_folder: Path) -> Desk:
    """The desk of a manager who may see the region South."""
    settings = Settings(data_dir=demo_folder)
    viewer = Viewer(name="manager", bounds=(Filter("region", ("South",)),))
    return Desk(Engine(Warehouse(settings.warehouse_dir), settings), settings, callbacks.now, viewer)


def said(desk: Desk, search: str) -> list[tuple[str, str]]:
    scope, notices = desk.scope(search, REGIONS)
    assert scope.path == ()
    return [(notice.say(scope.text), notice.link) for notice in notices]


def test_what_is_not_the_viewer_s_reads_like_what_does_not_exist(bounded: Desk) -> None:
    """East exists and Eastt does not; both are told in the same words, and neither is offered."""
    for dimension, hidden in (("region", "East"), ("area", "Jiangsu")):
        (theirs,), (nothing,) = said(bounded, f"?{dimension}={hidden}"), said(bounded, f"?{dimension}={hidden}t")
        assert theirs[0].replace(hidden, "?") == nothing[0].replace(f"{hidden}t", "?")
        assert hidden not in theirs[1]
    scope, notices = bounded.scope("?region=South", OVERVIEW)
    assert (notices, scope.place) == ((), "South")
    assert set(bounded.members(scope, "region")) == {"South", None}


def test_figures_are_bounded_too(bounded: Desk) -> None:
    everything, _ = bounded.scope("", OVERVIEW)
    south, _ = bounded.scope("?region=South", OVERVIEW)
    kpis = PAGES.first.strip
    assert bounded.results(kpis, everything)["five"].only() == bounded.results(kpis, south)["five"].only()
