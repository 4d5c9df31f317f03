"""Rows of long lists, asked for by a grid as it is scrolled."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from dash import MATCH, Dash, Input, Output, State, ctx, no_update

from callbacks.desk import Desk, failure
from callbacks.written import written
from layouts import grid, ids
from layouts.pages import Pages
from layouts.panel import Paged

MOST: Final = 10 * grid.BLOCK
"""Rows that are given at once at the most."""


def register(app: Dash, desk: Desk, pages: Pages) -> None:
    panels = {name: panel for name, panel in pages.panels.items() if isinstance(panel, Paged)}

    @app.callback(
        Output(ids.rows(MATCH, MATCH), "getRowsResponse"),
        Input(ids.rows(MATCH, MATCH), "getRowsRequest"),
        State(ids.rows(MATCH, MATCH), "id"),
        prevent_initial_call=True,
    )
    def show(request: Any, _asked_by: Any) -> Any:
        part = ctx.outputs_list["id"]
        panel, span = panels.get(part["name"]), _span(request)
        if panel is None or span is None:
            return no_update
        # Of the version that the grid was drawn of: under its count and its total the rows of another would not add up.
        search, version = grid.read_about(part["about"])
        first, rows = span
        try:
            scope, _notices = desk.scope(search, pages.route_of(part["name"]), version or None)
            results = {key: desk.answer(question, scope) for key, question in panel.page(scope, first, rows).items()}
            data, count = panel.rows(scope, results, first, rows)
        except Exception as error:
            # The grid waits for each answer before it asks again: it gets one, and the next scroll asks anew.
            failure(error, f"rows of {part['name']} at {search!r}", desk.text(search))
            return {"rowData": [], "rowCount": None}
        return written({"rowData": data, "rowCount": count})


def _span(request: Any) -> tuple[int, int] | None:
    """First row and number of rows of a request; None for what is none."""
    if not isinstance(request, Mapping):
        return None
    first, end = request.get("startRow"), request.get("endRow")
    if not (isinstance(first, int) and isinstance(end, int)) or isinstance(first, bool) or first < 0 or end <= first:
        return None
    return first, min(end - first, MOST)
