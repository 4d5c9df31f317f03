"""/data-version: which data is current. Every open page asks about once a second, so it is answered without a query."""

from __future__ import annotations

from dash import Dash
from flask import Flask, Response, jsonify, request

from callbacks.desk import Desk
from layouts.states import is_stale


def register(app: Dash, desk: Desk) -> None:
    server: Flask = app.server

    @server.get(f"{app.config.requests_pathname_prefix}data-version")
    def data_version() -> Response:
        """The number, and whether the data has become stale by now; 304 while neither changes."""
        number = desk.version
        stale = False
        if number:
            stale = is_stale(desk.snapshot(), desk.clock(), desk.settings.stale_after_hours)
        answer = jsonify(version=number, stale=stale)
        answer.set_etag(f"{number}{'s' if stale else ''}")
        answer.headers["Cache-Control"] = "no-cache"
        answer.make_conditional(request)
        return answer
