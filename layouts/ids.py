"""Every id of the page: an enum for what exists once, functions for what repeats."""

from __future__ import annotations

from enum import StrEnum


class Single(StrEnum):
    """What exists once on a page."""

    LOCATION = "location"
    DATA_VERSION = "data-version"
    TICK = "tick"
    FRAME = "frame"
    FRESHNESS = "freshness"
    FILTERS = "filters"
    TRAIL = "trail"
    NOTICES = "notices"
    EXPORT = "export"
    BODY = "body"
    EXPLAIN = "explain"
    EXPLAIN_BODY = "explain-body"
    EXPLAIN_CLOSE = "explain-close"


Id = dict[str, str]


def panel(name: str) -> Id:
    """Where a panel's content goes."""
    return {"type": "panel", "name": name}


def as_table(name: str) -> Id:
    """Whether a panel shows its table twin."""
    return {"type": "as-table", "name": name}


def table_button(name: str) -> Id:
    return {"type": "table-button", "name": name}


def retry(name: str) -> Id:
    return {"type": "retry", "name": name}


def explain_button(name: str, part: str = "") -> Id:
    """Asks how a panel, or the figures of one measure in it (``part``), are computed."""
    return {"type": "explain-button", "name": name, "part": part}


def graph(name: str) -> Id:
    """A figure inside a panel."""
    return {"type": "graph", "name": name}
