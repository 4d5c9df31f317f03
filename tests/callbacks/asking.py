"""Asking the product as a browser does, without one."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from dash import Dash
from flask.testing import FlaskClient

import callbacks
from data.entries import Entries
from data.settings import Settings
from data.warehouse import Warehouse
from layouts.pages.listed import PAGES
from layouts.pages.overview import OVERVIEW
from metrics.engine import Engine


def app_over(folder: Path, clock: Callable[[], datetime] | None = None, *, entries: Entries | None = None, **more: Any) -> Dash:
    """The product over a data folder. ``entries``: what people write, since the folder of all tests is for reading only.

    ``more``: what else ``callbacks.register`` takes.
    """
    settings = Settings(data_dir=folder)
    app = Dash("wuliang", assets_folder=str(Path(__file__).parents[2] / "assets"), suppress_callback_exceptions=True)
    engine = Engine(Warehouse(settings.warehouse_dir), settings, entries=entries)
    callbacks.register(app, engine, settings, clock or callbacks.now, **more)
    return app


def frame_output(client: FlaskClient) -> str:
    return next(d["output"] for d in client.get("/_dash-dependencies").json if "filters.children" in d["output"])


def panel_body(name: str, search: str, *, as_table: bool = False) -> dict[str, Any]:
    return {
        "output": '{"name":["MATCH"],"type":"panel"}.children',
        "outputs": {"id": {"type": "panel", "name": name}, "property": "children"},
        "inputs": [
            {"id": "location", "property": "search", "value": search},
            {"id": "data-version", "property": "data", "value": {"version": 1}},
            {"id": {"type": "as-table", "name": name}, "property": "data", "value": as_table},
        ],
        "changedPropIds": ["location.search"],
        "parsedChangedPropsIds": ["location.search"],
    }


def panel(client: FlaskClient, name: str, search: str = "", *, as_table: bool = False) -> Any:
    """The children of a panel's slot as the browser gets them; None: nothing is to change."""
    answer = client.post("/_dash-update-component", json=panel_body(name, search, as_table=as_table))
    assert answer.status_code == 200, answer.text
    key = json.dumps({"name": name, "type": "panel"}, separators=(",", ":"))
    return answer.json["response"].get(key, {}).get("children")


def frame_body(client: FlaskClient, search: str = "", *, page: str = "overview") -> dict[str, Any]:
    output = frame_output(client)
    outputs = [dict(zip(("id", "property"), part.rsplit(".", 1), strict=True)) for part in output.strip(".").split("...")]
    return {
        "output": output,
        "outputs": outputs,
        "inputs": [
            {"id": "location", "property": "search", "value": search},
            {"id": "data-version", "property": "data", "value": {"version": 1}},
        ],
        "state": [{"id": "page", "property": "data", "value": page}],
        "changedPropIds": ["location.search"],
    }


def frame(client: FlaskClient, search: str = "", *, page: str = "overview") -> dict[str, Any]:
    """What stands around the panels of a page, by id."""
    answer = client.post("/_dash-update-component", json=frame_body(client, search, page=page))
    assert answer.status_code == 200, answer.text
    return {name: next(iter(parts.values())) for name, parts in answer.json["response"].items()}


def elements(tree: Any) -> Iterator[tuple[str, dict[str, Any], list[Any]]]:
    """Every element of a tree as the browser gets it: tag or component, attributes, children; markup and components alike."""
    if isinstance(tree, dict) and tree.get("type") == "Markup":
        yield from elements(tree["props"]["tree"])
    elif isinstance(tree, dict) and "namespace" in tree:
        props = tree.get("props", {})
        children = props.get("children")
        listed = children if isinstance(children, list) and not _is_element(children) else [children]
        yield tree["type"], props, listed
        for child in listed:
            yield from elements(child)
    elif _is_element(tree):
        yield tree[0], tree[1], tree[2:]
        for child in tree[2:]:
            yield from elements(child)
    elif isinstance(tree, list):
        for part in tree:
            yield from elements(part)


def _is_element(tree: Any) -> bool:
    return (
        isinstance(tree, list) and len(tree) > 1 and isinstance(tree[0], str) and isinstance(tree[1], dict) and "namespace" not in tree[1]
    )


def words(tree: Any) -> str:
    """All text in a tree."""
    if isinstance(tree, str | int | float):
        return str(tree)
    if _is_element(tree):
        return " ".join(filter(None, map(words, tree[2:])))
    if isinstance(tree, list):
        return " ".join(filter(None, map(words, tree)))
    if isinstance(tree, dict):
        props = tree.get("props", {})
        return words(props["tree"]) if "tree" in props else words(props.get("children"))
    return ""


def links(tree: Any) -> list[str]:
    """Every address in a tree."""
    return [props["href"] for _, props, _ in elements(tree) if "href" in props]


PANELS = tuple(p.name for p in OVERVIEW.panels)
EVERY_PANEL = tuple(PAGES.panels)


def beginning(page: str) -> str:
    """The address at which a page has all that it can show."""
    return "?customer=C0410" if page == "account" else ""


def beginning_of(panel: str) -> str:
    """The same for a panel."""
    return beginning(PAGES.route_of(panel).name)
