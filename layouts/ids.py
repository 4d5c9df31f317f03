"""Every id of the page: an enum for what exists once, functions for what repeats."""

from __future__ import annotations

from enum import StrEnum

from dash.dependencies import Wildcard


class Single(StrEnum):
    """What exists once on a page."""

    LOCATION = "location"
    DATA_VERSION = "data-version"
    PAGE = "page"
    FRAME = "frame"
    BODY = "body"
    CONTENT = "content"
    PLACES = "places"
    TRAIL = "trail"
    FRESHNESS = "freshness"
    CONTROLS = "controls"
    EXPORT = "export"
    FILTERS = "filters"
    NOTICES = "notices"
    EXPLAIN = "explain"
    EXPLAIN_SHEET = "explain-sheet"
    EXPLAIN_TITLE = "explain-title"
    EXPLAIN_BODY = "explain-body"


Id = dict[str, str | Wildcard]


def panel(name: str | Wildcard) -> Id:
    """Where a panel's content goes."""
    return {"type": "panel", "name": name}


def as_table(name: str | Wildcard) -> Id:
    """Whether a panel shows its table twin."""
    return {"type": "as-table", "name": name}


def graph(name: str | Wildcard) -> Id:
    """A figure inside a panel."""
    return {"type": "graph", "name": name}


def rows(name: str | Wildcard, about: str | Wildcard) -> Id:
    """A grid of a panel that asks for its rows; ``about``: an address and a version, so that other rows are another grid."""
    return {"type": "rows", "name": name, "about": about}
