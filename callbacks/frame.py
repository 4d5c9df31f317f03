"""The frame of a page: first paint, filters, freshness, notices."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import Any, Final
from urllib.parse import urlsplit

from cachetools import LRUCache, cached
from dash import ClientsideFunction, Dash, Input, Output, html
from flask import has_request_context, request

from callbacks.desk import Desk, canonical
from callbacks.written import written
from data.errors import StoreEmpty
from layouts import filters, ids, shell, states
from layouts.pages import Page
from layouts.tools import export_link, icon
from layouts.urls import Address, Notice, Scope, parse_address

FRAMES: Final = 256


def register(app: Dash, desk: Desk, page: Page) -> None:
    app.layout = lambda: shell.layout(page, desk.text(_asked_from()), version=desk.version)
    _first_paint(app, desk, page)
    frames = Frames(desk, page)

    @app.callback(
        Output(ids.Single.PLACES, "children"),
        Output(ids.Single.TRAIL, "children"),
        Output(ids.Single.FRESHNESS, "children"),
        Output(ids.Single.EXPORT, "children"),
        Output(ids.Single.FILTERS, "children"),
        Output(ids.Single.NOTICES, "children"),
        Output(ids.Single.FRAME, "data"),
        Input(ids.Single.LOCATION, "search"),
        Input(ids.Single.DATA_VERSION, "data"),
    )
    def show(search: str | None, _version: Any) -> tuple[Any, ...]:
        try:
            scope, notices = desk.scope(search or "")
        except StoreEmpty:
            return _nothing_yet(page, desk, search or "")
        return frames(scope, notices, freshness(desk, scope))

    app.clientside_callback(ClientsideFunction("wuliang", "paint"), Input(ids.Single.FRAME, "data"))  # type: ignore[no-untyped-call]


class Frames:
    """Draws what stands around the panels, once for all who look at the same."""

    def __init__(self, desk: Desk, page: Page) -> None:
        self._desk, self._page = desk, page
        self._kept = cached(LRUCache(FRAMES), key=lambda scope, *said: (canonical(scope), *said), lock=Lock())(self._draw)

    def __call__(self, scope: Scope, notices: tuple[Notice, ...], fresh: states.Freshness) -> tuple[Any, ...]:
        """In the order of the outputs: places, trail, freshness, export, filters, notices, paint."""
        return self._kept(scope, notices, fresh)

    def _draw(self, scope: Scope, notices: tuple[Notice, ...], fresh: states.Freshness) -> tuple[Any, ...]:
        bar = filters.filters(scope, lambda dimension: self._desk.members(scope, dimension))
        home = Address(language=scope.address.language, theme=scope.address.theme).format() or "?"
        parts = (
            shell.places(self._page, scope.text, home),
            filters.trail(scope),
            states.freshness_mark(fresh, scope.text),
            _export(self._page, scope),
            bar,
            states.banners(fresh, notices, scope),
        )
        return (*map(written, parts), _paint(self._page, scope.language, scope.theme, self._desk))


def _nothing_yet(page: Page, desk: Desk, search: str) -> tuple[Any, ...]:
    """An empty store in place of everything."""
    text = desk.text(search)
    paint = _paint(page, text.language, parse_address(search)[0].theme or desk.settings.theme, desk)
    return shell.places(page, text, "?"), None, None, None, None, states.empty_page(text, str(desk.settings.warehouse_dir)), paint


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


def _paint(page: Page, language: str, theme: str, desk: Desk) -> dict[str, str]:
    """What the browser keeps true on the document itself."""
    text = desk.text(f"?language={language}")
    return {"language": text.html_language(), "theme": theme, "title": shell.title(page, text)}


def _first_paint(app: Dash, desk: Desk, page: Page) -> None:
    """Language, theme and title stand in the document before any script runs."""
    app.index_string = _DOCUMENT
    fill: Callable[..., str] = app.interpolate_index

    def interpolate(**parts: str) -> str:
        address, _ = parse_address(request.query_string.decode("utf-8", "replace") if has_request_context() else "")
        language = address.language or desk.settings.language
        paint = _paint(page, language, address.theme or desk.settings.theme, desk)
        document = fill(**(parts | {"title": paint["title"]}))
        return document.replace("{language}", paint["language"], 1).replace("{theme}", paint["theme"], 1)

    app.interpolate_index = interpolate  # type: ignore[method-assign, assignment]


_DOCUMENT = """<!doctype html>
<html lang="{language}" data-bs-theme="{theme}">
<head>{%metas%}<title>{%title%}</title>{%favicon%}{%css%}</head>
<body>{%app_entry%}<footer hidden>{%config%}{%scripts%}{%renderer%}</footer></body>
</html>"""


def _asked_from() -> str:
    """The query string of the page that asks for the layout."""
    return urlsplit(request.referrer or "").query if has_request_context() else ""
