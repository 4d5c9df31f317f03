"""What may come in and what a page may load: malformed callback bodies answer 400, and no other origin is ever asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dash import Dash
from flask import Flask, Response, request


def register(app: Dash) -> None:
    path = f"{app.config.requests_pathname_prefix}_dash-update-component"

    server: Flask = app.server

    @server.before_request
    def check() -> Response | None:
        if request.path != path or request.method != "POST":
            return None
        problem = _problem(request.get_json(silent=True, cache=True), app.callback_map)
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


def _problem(body: Any, known: Mapping[str, Any]) -> str:
    """What is wrong with the body of a callback request; empty if nothing is."""
    if not isinstance(body, dict):
        return "The body must be a JSON object."
    output = body.get("output")
    if not isinstance(output, str) or output not in known:
        return "'output' names no callback of this page."
    if not isinstance(body.get("outputs"), dict | list):
        return "'outputs' must say which parts of the page are asked for."
    wanted = known[output]
    for name in ("inputs", "state"):
        given = body.get(name, [])
        if not isinstance(given, list) or len(given) != len(wanted[name]):
            return f"'{name}' must be a list of {len(wanted[name])}."
        if not all(isinstance(item, dict) and "id" in item and isinstance(item.get("property"), str) for item in given):
            return f"Each of '{name}' must have an id and a property."
    if not isinstance(body.get("changedPropIds", []), list):
        return "'changedPropIds' must be a list."
    return ""
