"""/data-version: which data and which entries are current. Every open page asks about once a second, so it costs next to nothing."""

from __future__ import annotations

from dash import Dash
from flask import Flask, Response, jsonify, request

from callbacks.desk import Desk
from layouts.states import is_stale


def register(app: Dash, desk: Desk) -> None:
    server: Flask = app.server

    @server.get(f"{app.config.requests_pathname_prefix}data-version")
    def data_version() -> Response:
        """The number, whether the data has become stale by now, and the revision of what people write; 304 while none changes."""
        number = desk.version
        stale = False
        if number:
            stale = is_stale(desk.snapshot(), desk.clock(), desk.settings.stale_after_hours)
        written = desk.written
        answer = jsonify(version=number, stale=stale, written=written)
        answer.set_etag(f"{number}.{written}{'s' if stale else ''}")
        answer.headers["Cache-Control"] = "no-cache"
        answer.make_conditional(request)
        return answer
