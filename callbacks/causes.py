"""What drives the gaps of a page, asked for once the page stands: to find it out takes longer than to show the figures."""

from __future__ import annotations

from dash import Dash
from flask import Flask, Response, jsonify, request

from callbacks.desk import Desk, failure
from data.errors import StoreEmpty
from layouts import causes
from layouts.urls import OVERVIEW


def register(app: Dash, desk: Desk) -> None:
    server: Flask = app.server

    @server.get(f"{app.config.requests_pathname_prefix}{causes.PATH}<int:version>.json")
    def drivers(version: int) -> Response:
        """By member one level below, and under "" of the scope itself: words; nothing for a version that is no longer shown."""
        answer = jsonify(said(desk, request.query_string.decode("utf-8", "replace"), version))
        answer.headers["Cache-Control"] = "no-store"
        return answer


def said(desk: Desk, search: str, version: int) -> dict[str, str]:
    """The words for every mark of the page. A page without them is whole, so what fails is logged and leaves them empty."""
    try:
        scope, _ = desk.scope(search, OVERVIEW)
        if version != scope.snapshot.version or not causes.can_explain(scope):
            return {}
        found = desk.answer(causes.question(scope), scope)
        return {member or "": causes.later(scope, found, member or "") for member in ("", *found.children)}
    except StoreEmpty:
        return {}
    except Exception as error:
        failure(error, f"drivers at {search!r}", desk.text(search))
        return {}
