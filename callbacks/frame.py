"""The frame of a page: first paint, filters, freshness, notices."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from threading import Lock
from typing import Any, Final
from urllib.parse import urlsplit

from cachetools import LRUCache, cached
from dash import ALL, ClientsideFunction, Dash, Input, Output, State, no_update
from flask import Flask, Response, has_request_context, request

from callbacks.desk import Desk
from callbacks.panels import only_written
from callbacks.written import written
from data.errors import StoreEmpty
from layouts import filters, html, ids, shell, states
from layouts.pages import Page, Pages
from layouts.tools import export_link, icon
from layouts.urls import Notice, Scope, parse_address

FRAMES: Final = 256


def register(app: Dash, desk: Desk, pages: Pages) -> None:
    places = _Places(app, pages)
    app.layout = lambda: _layout(desk, pages, places)
    _first_paint(app, desk, places)
    frames = Frames(desk, pages)

    @app.callback(
        Output(ids.Single.PLACES, "children"),
        Output(ids.Single.TRAIL, "children"),
        Output(ids.Single.FRESHNESS, "children"),
        Output(ids.Single.CONTROLS, "children"),
        Output(ids.Single.EXPORT, "children"),
        Output(ids.Single.FILTERS, "children"),
        Output(ids.Single.NOTICES, "children"),
        Output(ids.Single.FRAME, "data"),
        Input(ids.Single.LOCATION, "search"),
        Input(ids.Single.DATA_VERSION, "data"),
        State(ids.Single.PAGE, "data"),
    )
    def show(search: str | None, version: Any, name: Any) -> tuple[Any, ...]:
        if only_written(version):
            return (no_update,) * 8
        page = pages.named(name) or pages.first
        try:
            scope, notices = desk.scope(search or "", page.route)
        except StoreEmpty:
            return _nothing_yet(page, pages, desk, search or "")
        return frames(page, scope, notices, freshness(desk, scope))

    browser = app.clientside_callback
    browser(ClientsideFunction("wuliang", "paint"), Input(ids.Single.FRAME, "data"))  # type: ignore[no-untyped-call]
    browser(ClientsideFunction("wuliang", "follow"), Input(ids.graph(ALL), "clickData"), prevent_initial_call=True)  # type: ignore[no-untyped-call]


class Frames:
    """Draws what stands around the panels, once for all who look at the same."""

    def __init__(self, desk: Desk, pages: Pages) -> None:
        self._desk, self._pages = desk, pages
        self._kept = cached(LRUCache(FRAMES), key=lambda page, scope, *said: (page.name, scope.canonical, *said), lock=Lock())(self._draw)

    def __call__(self, page: Page, scope: Scope, notices: tuple[Notice, ...], fresh: states.Freshness) -> tuple[Any, ...]:
        """In the order of the outputs: places, trail, freshness, controls, export, filters, notices, paint."""
        return self._kept(page, scope, notices, fresh)

    def _draw(self, page: Page, scope: Scope, notices: tuple[Notice, ...], fresh: states.Freshness) -> tuple[Any, ...]:
        bar = filters.filters(page.route, scope, lambda dimension: self._desk.members(scope, dimension))
        parts = (
            shell.places(self._pages, page, scope.text, scope.address),
            filters.trail(page.route, scope),
            states.freshness_mark(fresh, scope.text),
            filters.controls(page.route, scope),
            _export(page, scope) if page.has_file(scope) else None,
            bar,
            states.banners(fresh, notices, scope),
        )
        place = scope.place if scope.path else ""
        return (*map(written, parts), _paint(page, scope.language, scope.theme, self._desk, place))


def _nothing_yet(page: Page, pages: Pages, desk: Desk, search: str) -> tuple[Any, ...]:
    """An empty store in place of everything."""
    text = desk.text(search)
    address, _ = parse_address(search)
    paint = _paint(page, text.language, address.theme or desk.settings.theme, desk)
    empty = states.empty_page(text, str(desk.settings.warehouse_dir))
    return shell.places(pages, page, text, address), None, None, None, None, None, empty, paint


def freshness(desk: Desk, scope: Scope) -> states.Freshness:
    return states.freshness(scope.snapshot, scope.number, scope.text, now=desk.clock(), stale_after_hours=desk.settings.stale_after_hours)


def _export(page: Page, scope: Scope) -> Any:
    words = html.Span(scope.text("Export"))
    return html.A(
        [icon("download"), words],
        href=export_link(page.name, "xlsx", scope),
        className="btn-wl",
        download="",
        title=scope.text("All figures of this page as an Excel file"),
    )


def _paint(page: Page | None, language: str, theme: str, desk: Desk, place: str = "") -> dict[str, str]:
    """What the browser keeps true on the document itself."""
    text = desk.text(f"?language={language}")
    return {"language": text.html_language(), "theme": theme, "title": shell.title(page, text, place)}


def _first_paint(app: Dash, desk: Desk, places: _Places) -> None:
    """Language, theme and title stand in the document before any script runs; a path without a page answers 404."""
    app.index_string = _DOCUMENT
    fill: Callable[..., str] = app.interpolate_index

    def interpolate(**parts: str) -> str:
        address, _ = parse_address(request.query_string.decode("utf-8", "replace") if has_request_context() else "")
        language = address.language or desk.settings.language
        page = places.at(request.path) if has_request_context() else None
        paint = _paint(page, language, address.theme or desk.settings.theme, desk)
        document = fill(**(parts | {"title": paint["title"]}))
        return document.replace("{language}", paint["language"], 1).replace("{theme}", paint["theme"], 1)

    app.interpolate_index = interpolate  # type: ignore[method-assign, assignment]
    server: Flask = app.server

    @server.after_request
    def not_kept(response: Response) -> Response:
        """Every page asks the same address for its layout; on the way back a browser would take another page's out of its cache."""
        if request.path == f"{places.root}_dash-layout":
            response.headers["Cache-Control"] = "no-store"
        return response

    @server.after_request
    def no_page(response: Response) -> Response:
        is_page = (request.endpoint or "/").startswith("/")  # what Dash answers; wall screens have pages of their own
        if is_page and response.mimetype == "text/html" and response.status_code == HTTPStatus.OK and places.at(request.path) is None:
            response.status_code = HTTPStatus.NOT_FOUND
        return response


_DOCUMENT = """<!doctype html>
<html lang="{language}" data-bs-theme="{theme}">
<head>{%metas%}<title>{%title%}</title>{%favicon%}{%css%}</head>
<body>{%app_entry%}<footer hidden>{%config%}{%scripts%}{%renderer%}</footer></body>
</html>"""


@dataclass(frozen=True, slots=True)
class _Places:
    """Which page is at a path of the server; the product may be served below a path of its own."""

    app: Dash
    pages: Pages

    @property
    def root(self) -> str:
        root: str = self.app.config.requests_pathname_prefix
        return root

    def at(self, path: str) -> Page | None:
        if not path.startswith(self.root):
            return None
        return self.pages.at(path.removeprefix(self.root).strip("/"))


def _layout(desk: Desk, pages: Pages, places: _Places) -> Any:
    """The page at the address that asks for the layout, which the browser names as where it comes from."""
    asked = urlsplit(request.referrer or "") if has_request_context() else urlsplit("")
    text, page = desk.text(asked.query), places.at(asked.path or places.root)
    if page is None:
        return shell.nowhere(pages, text, parse_address(asked.query)[0], root=places.root, path=asked.path)
    return shell.layout(page, pages, text, version=desk.version, written=desk.written)
