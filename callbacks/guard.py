"""What may come in and what a page may load: malformed callback bodies answer 400, and no other origin is ever asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dash import Dash
from flask import Flask, Response, request

from layouts import ids
from layouts.pages import Pages


def register(app: Dash, pages: Pages) -> None:
    path = f"{app.config.requests_pathname_prefix}_dash-update-component"

    server: Flask = app.server
    panels = frozenset(pages.panels)

    @server.before_request
    def check() -> Response | None:
        if request.path != path or request.method != "POST":
            return None
        problem = _problem(request.get_json(silent=True, cache=True), app.callback_map, panels)
        return Response(problem, 400, mimetype="text/plain") if problem else None

    @server.after_request
    def restrict(response: Response) -> Response:
        if response.mimetype == "text/html":
            response.headers["Content-Security-Policy"] = _policy(app)
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("Referrer-Policy", "same-origin")
        return response


def _policy(app: Dash) -> str:
    """Everything from this server; scripts in the page only those that Dash itself writes, by their hashes.

    Figures and bars set their lengths in style attributes; marks and small lines are images in data addresses.
    """
    scripts = " ".join(("'self'", *app.csp_hashes()))
    return (
        f"default-src 'self'; script-src {scripts}; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
        "font-src 'self'; connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'"
    )


def _problem(body: Any, known: Mapping[str, Any], panels: frozenset[str]) -> str:
    """What is wrong with the body of a callback request; empty if nothing is."""
    if not isinstance(body, dict):
        return "The body must be a JSON object."
    output = body.get("output")
    if not isinstance(output, str) or output not in known:
        return "'output' names no callback of this page."
    if not _asks_for(body.get("outputs"), output, panels):
        return "'outputs' must name the parts of the page that 'output' stands for."
    for name in ("inputs", "state"):
        given = body.get(name, [])
        if not isinstance(given, list) or len(given) != len(known[output][name]):
            return f"'{name}' must be a list of {len(known[output][name])}."
        if not all(isinstance(item, dict) and "id" in item and isinstance(item.get("property"), str) for item in given):
            return f"Each of '{name}' must have an id and a property."
        if not all(isinstance(item.get("value"), str | None) for item in given if item["property"] == "search"):
            return "An address must be text."
    changed = body.get("changedPropIds", [])
    if not isinstance(changed, list) or not all(isinstance(item, str) for item in changed):
        return "'changedPropIds' must be a list of texts."
    return ""


def _asks_for(outputs: Any, output: str, panels: frozenset[str]) -> bool:
    """Whether the parts asked for are those of the callback; of a callback for every panel, the part of one that exists."""
    listed = outputs if isinstance(outputs, list) else [outputs]
    if not all(isinstance(item, dict) and isinstance(item.get("property"), str) for item in listed):
        return False
    if output.startswith("{"):
        part = outputs.get("id") if isinstance(outputs, dict) else None
        return isinstance(part, dict) and _is_part(part, output) and part["name"] in panels
    parts = output.strip(".").split("...") if output.startswith("..") else [output]
    return [f"{item.get('id')}.{item['property']}" for item in listed] == parts


def _is_part(part: dict[str, Any], output: str) -> bool:
    """Whether an id is of the kind that a callback for many gives: a panel's content, or the rows of a grid."""
    if not all(isinstance(value, str) for value in part.values()) or "name" not in part:
        return False
    if part.get("type") == "panel":
        return part == ids.panel(part["name"]) and output.endswith(".children")
    return part == ids.rows(part["name"], part.get("about", "")) and output.endswith(".getRowsResponse")
