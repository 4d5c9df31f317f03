"""One callback for every panel: address in, components out."""

from __future__ import annotations

from collections.abc import Mapping
from threading import Lock
from typing import Any, Final

from cachetools import LRUCache
from dash import MATCH, Dash, Input, Output, ctx, no_update

from callbacks.desk import Desk, failure
from callbacks.written import written
from data.errors import StoreEmpty
from layouts import html, ids, parts, states, tools
from layouts.pages import Pages
from layouts.panel import Noted, Paged, Panel
from layouts.urls import Scope

RENDERED: Final = 512
"""How many rendered panels are kept."""


class Rendering:
    """Renders panels, each once for all who look at the same figures in the same words."""

    def __init__(self, desk: Desk, pages: Pages) -> None:
        self._desk, self._pages = desk, pages
        self._kept: LRUCache[Any, Any] = LRUCache(RENDERED)
        self._lock = Lock()

    def __call__(self, panel: Panel, search: str, *, as_table: bool) -> Any:
        """The content of a panel's slot; where it cannot be had, the reason."""
        try:
            scope, _ = self._desk.scope(search, self._pages.route_of(panel.name))
            # First the revision, 0 on most pages: what a protocol asks of a panel takes longer than all else here.
            noted = scope.written if scope.written and isinstance(panel, Noted) else 0
            key = panel.name, as_table, scope.canonical, noted, self._desk.viewer
            with self._lock:
                kept = self._kept.get(key)
            if kept is None:
                kept = written(self._render(panel, scope, as_table=as_table))
                with self._lock:
                    self._kept[key] = kept
        except StoreEmpty:
            return no_update
        except Exception as error:
            return written(self._failed(panel, search, error))
        return kept

    def _render(self, panel: Panel, scope: Scope, *, as_table: bool) -> Any:
        results = self._desk.results(panel, scope)
        paged = isinstance(panel, Paged)
        table = panel.table(scope, results) if as_table and not paged else None
        title = scope.text(panel.title)
        if table is not None:
            twin = html.Div(
                parts.table_twin(table), className="twin-box", tabIndex="0", role="group", **tools.attributes(aria_label=table.caption)
            )
            content = parts.card(parts.card_header(title, table.caption), twin, label=title)
        else:
            content = panel.render(panel.view(scope, results))
        if panel.name not in self._pages.cards:
            return content
        return [content, tools.menu(panel.name, title, scope, as_table=as_table, has_twin=not paged)]

    def _failed(self, panel: Panel, search: str, error: Exception) -> Any:
        text = self._desk.text(search)
        told = failure(error, f"panel {panel.name} at {search!r}", text)
        at = f"{self._desk.clock().astimezone():%H:%M}"
        return states.error_card(text(panel.title), told.message, told.code, text=text, at=at)


def register(app: Dash, desk: Desk, pages: Pages) -> None:
    panels = pages.panels
    rendering = Rendering(desk, pages)

    @app.callback(
        Output(ids.panel(MATCH), "children"),
        Input(ids.Single.LOCATION, "search"),
        Input(ids.Single.DATA_VERSION, "data"),
        Input(ids.as_table(MATCH), "data"),
    )
    def show(search: str | None, version: Any, as_table: bool | None) -> Any:
        panel = panels[ctx.outputs_list["id"]["name"]]
        if only_written(version) and (not isinstance(panel, Noted) or panel.name in kept_by_browser(version)):
            return no_update
        return rendering(panel, search or "", as_table=bool(as_table))


def only_written(version: Any) -> bool:
    """Whether a callback runs for nothing but that somebody wrote: the figures are what they were. ``version``: what the poll told."""
    if not isinstance(version, Mapping) or version.get("only") != "written":
        return False
    return set(ctx.triggered_prop_ids) == {f"{ids.Single.DATA_VERSION}.data"}


def kept_by_browser(version: Mapping[str, Any]) -> frozenset[str]:
    """Panels that the browser itself brings up to date: it would lose the place in a long list if they were drawn anew."""
    kept = version.get("kept")
    return frozenset(name for name in kept if isinstance(name, str)) if isinstance(kept, list) else frozenset()
