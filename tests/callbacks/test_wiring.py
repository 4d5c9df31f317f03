"""Address in, components out: every panel, on real data, through HTTP."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import orjson
import plotly.io.json as plotly_json
import pytest
from dash import dcc, html
from dash.development.base_component import Component
from flask.testing import FlaskClient

from callbacks.desk import Desk
from callbacks.panels import Rendering
from callbacks.written import written
from data.errors import DataError
from data.settings import Settings
from data.warehouse import Warehouse
from layouts.fields import DateField
from layouts.pages import Page
from layouts.pages.listed import PAGES
from layouts.pages.overview import OVERVIEW
from layouts.panel import Paged
from layouts.urls import Address, parse_address
from metrics.engine import Engine
from tests.callbacks.asking import (
    EVERY_PANEL,
    PANELS,
    app_over,
    beginning,
    beginning_of,
    elements,
    frame,
    frame_output,
    links,
    panel,
    words,
)


def noon() -> datetime:
    return datetime(2026, 9, 14, 12, tzinfo=UTC)


ADDRESSES = ("", "?period=week", "?period=2025", "?region=East&measure=profit&language=zh", "?as-of=2026-08-31&theme=dark", "?period=2030")


@pytest.mark.parametrize("search", ADDRESSES)
@pytest.mark.parametrize("name", EVERY_PANEL)
def test_every_panel_is_drawn_at_every_address(client: FlaskClient, name: str, search: str) -> None:
    drawn = panel(client, name, search)
    assert words(drawn)
    assert "WL-" not in words(drawn)


@pytest.mark.parametrize("name", sorted(PAGES.cards))
def test_every_card_has_its_figures_as_a_table(client: FlaskClient, name: str) -> None:
    content, menu = panel(client, name, beginning_of(name), as_table=True)
    tags = [tag for tag, _, _ in elements(content)]
    assert tags.count("table") + tags.count("AgGrid") == 1  # a list too long for a table is a grid
    if isinstance(PAGES.panels[name], Paged):  # a table already
        assert "Show as" not in words(menu)
        assert [urlsplit(link).path for link in links(menu)] == [f"export/{name}.csv", f"export/{name}.xlsx"]
        return
    assert "Show as figure" in words(menu)
    assert [urlsplit(link).path for link in links(menu)] == [f"export/{name}.csv"]


@pytest.mark.parametrize("page", PAGES.listed, ids=lambda page: page.name)
def test_every_link_of_a_page_is_an_address_that_is_understood(client: FlaskClient, page: Page) -> None:
    search = beginning(page.name)
    parts = (*(panel(client, p.name, search) for p in page.panels), *frame(client, search, page=page.name).values())
    found = [urlsplit(link) for part in parts for link in links(part)]
    paths = {"": page.route} | {known.route.link(Address()): known.route for known in PAGES.listed}
    inside = [link for link in found if link.path in paths]
    assert len(inside) > (30 if page.has_figures else 5)
    for link in inside:
        address, unread = parse_address(link.query)
        assert (unread, paths[link.path].unread(address)) == ((), ()), link
    paged = (f"export/{p.name}.xlsx" for p in page.cards if isinstance(p, Paged))
    files = {f"export/{page.name}.xlsx", *(f"export/{p.name}.csv" for p in page.cards), *paged}
    assert {link.path for link in found} <= {*paths, *files}


def test_a_page_asks_few_questions(client: FlaskClient) -> None:
    """One request a panel and one for the frame."""
    dependencies = client.get("/_dash-dependencies").json
    on_load = [d for d in dependencies if not d["clientside_function"] and not d["prevent_initial_call"]]
    assert len(on_load) == 2


@dataclass(frozen=True, slots=True)
class Broken:
    """A panel whose store fails in the way given."""

    error: Exception
    name: str = "regions"
    title: str = "Regional progress"

    def needs(self, scope: Any) -> Any:
        raise self.error

    view = render = table = needs


@pytest.mark.parametrize(
    ("error", "said", "code"),
    [
        (DataError("The disk is full."), "The disk is full.", "WL-DataError"),
        (ZeroDivisionError("secret detail"), "Something went wrong", "WL-"),
    ],
)
def test_a_panel_that_fails_says_so_alone(demo_folder: Path, error: Exception, said: str, code: str) -> None:
    settings = Settings(data_dir=demo_folder)
    desk = Desk(Engine(Warehouse(settings.warehouse_dir), settings), settings, clock=noon)
    card = orjson.loads(orjson.dumps([Rendering(desk, PAGES)(Broken(error), "", as_table=False)]))[0]
    shown = words(card)
    assert said in shown
    assert code in shown
    assert "secret detail" not in shown
    assert "Traceback" not in shown
    assert "Retry" in shown


def test_what_is_drawn_twice_is_asked_once(demo_folder: Path) -> None:
    settings = Settings(data_dir=demo_folder)
    engine = Engine(Warehouse(settings.warehouse_dir), settings)
    desk = Desk(engine, settings, clock=noon)
    rendering, kpis = Rendering(desk, PAGES), OVERVIEW.strip
    first = rendering(kpis, "?period=month", as_table=False)
    engine.run = lambda *a, **k: pytest.fail("asked again")  # type: ignore[method-assign]
    assert rendering(kpis, "?period=month&language=en&theme=light", as_table=False) is first


def test_many_at_once_get_the_same(demo_folder: Path) -> None:
    app = app_over(demo_folder)
    started = threading.Barrier(8)

    def look(_: int) -> bytes:
        with app.server.test_client() as client:
            started.wait()
            return orjson.dumps(panel(client, "regions", "?period=year"))

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(look, range(8)))) == 1


def test_plain_elements_are_sent_as_one() -> None:
    day = date(2026, 9, 13)
    tree = html.Div(
        ["a", None, html.B(1.5), DateField(name="as-of", label="Day", value=day, first=day, last=day)],
        className="c",
        style={"--a": 0.5},
        **{"aria-label": "é"},
    )
    field = {"name": "as-of", "label": "Day", "value": "2026-09-13", "min": "2026-09-13", "max": "2026-09-13"}
    markup = ["div", {"className": "c", "style": {"--a": 0.5}, "aria-label": "é"}, "a", None, ["b", {}, 1.5], ["@DateField", field]]
    sent = orjson.loads(orjson.dumps(written(tree)))
    assert sent == {"type": "Markup", "namespace": "wuliang_fields", "props": {"tree": markup}}


@pytest.mark.parametrize(
    "apart", [html.Div("x", id="x"), dcc.Graph(figure={"data": []}), html.Div(dcc.Graph()), html.Button("x", n_clicks=0)]
)
def test_what_needs_dash_is_sent_as_dash_would(apart: Component) -> None:
    tree = html.Section([apart, html.P("plain")], className="c")
    sent, dash = orjson.loads(orjson.dumps(written(tree))), orjson.loads(plotly_json.to_json_plotly(tree))
    assert sent["props"]["children"][1] == {"type": "Markup", "namespace": "wuliang_fields", "props": {"tree": ["p", {}, "plain"]}}
    assert sent["props"]["children"][0] == dash["props"]["children"][0]
    assert (sent["type"], sent["props"]["className"]) == (dash["type"], dash["props"]["className"])


def test_a_list_among_children_is_refused() -> None:
    """The browser would take it for an element."""
    with pytest.raises(TypeError) as refused:
        written(html.Div(["a", ["b", "c"]]))
    assert "A list among the children" in str(refused.value.__cause__)


def test_a_page_has_few_components(client: FlaskClient) -> None:
    """What Dash itself has to watch; everything else is markup."""
    sent = b"".join(orjson.dumps(part) for part in (*(panel(client, name) for name in PANELS), *frame(client).values()))
    assert sent.count(b'"namespace"') < 50


def test_what_is_no_component_is_not_written() -> None:
    with pytest.raises(TypeError, match="object"):
        written([object()])


def test_the_frame_output_is_one(client: FlaskClient) -> None:
    assert frame_output(client).count("children") == 7
