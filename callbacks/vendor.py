"""Bootstrap's style sheet and marks, served out of the installed package: nothing is loaded from the internet."""

from __future__ import annotations

import re
from importlib.metadata import version
from importlib.resources import files
from typing import Final
from urllib.parse import quote

from dash import Dash
from flask import Flask, Response

_STATIC: Final = files("flask_bootstrap") / "static" / "bootstrap5"
_YEAR: Final = "public, max-age=31536000, immutable"

MARKS: Final = {
    # the name in a page: the symbol in Bootstrap's sheet
    "overview": "grid-1x2",
    "map": "map",
    "wallet": "wallet2",
    "levels": "diagram-3",
    "calendar": "calendar3",
    "chevron": "chevron-down",
    "info": "info-circle",
    "more": "three-dots",
    "table": "table",
    "chart": "bar-chart-line",
    "download": "download",
    "copy": "clipboard",
    "flag": "flag",
    "flag-fill": "flag-fill",
    "check": "check-lg",
    "check-lg": "check-lg",
    "bullseye": "bullseye",
    "inbox": "inbox",
    "sun": "sun",
    "moon": "moon",
    "clock": "clock",
    "retry": "arrow-clockwise",
    "alert": "exclamation-circle",
    "close": "x-lg",
    "dash": "dash-lg",
    "warning": "exclamation-triangle",
    "pencil": "pencil-square",
    "search": "search",
    "columns": "layout-three-columns",
    "back": "chevron-left",
    "display": "display",
    "plus": "plus-lg",
    "trash": "trash",
    "earlier": "arrow-up",
    "later": "arrow-down",
    "eye": "eye",
    "out": "box-arrow-up-right",
}
_DRAWN: Final = {
    # marks of judgement, drawn here: plain triangles and an equals sign
    "up": '<path d="M8 3l6.5 10.5h-13z"/>',
    "down": '<path d="M8 13L1.5 2.5h13z"/>',
    "equal": '<path d="M3 5h10v1.6H3zM3 9.4h10V11H3z"/>',
}


def register(app: Dash) -> None:
    """Serve both sheets, and have every page load them before the product's own."""
    sheets = {"bootstrap.css": (_STATIC / "css" / "bootstrap.min.css").read_text("utf-8"), "marks.css": marks()}
    sheets["bootstrap.css"] = re.sub(r"/\*# sourceMappingURL=.*?\*/", "", sheets["bootstrap.css"])
    base = f"{app.config.requests_pathname_prefix}vendor/"
    edition = version("bootstrap-flask")

    server: Flask = app.server

    @server.get(f"{base}<name>")
    def sheet(name: str) -> Response:
        if name not in sheets:
            return Response(f"There is no sheet '{name}', only {' and '.join(sheets)}.", 404, mimetype="text/plain")
        return Response(sheets[name], mimetype="text/css", headers={"Cache-Control": _YEAR})

    app.config.external_stylesheets = [f"{base}{name}?v={edition}-{len(text)}" for name, text in sheets.items()]


def marks() -> str:
    """A style sheet with a mask for each mark: ``.ic-flag``."""
    symbols = (_STATIC / "icons" / "bootstrap-icons.svg").read_text("utf-8")
    found = {name: _symbol(symbols, symbol) for name, symbol in MARKS.items()} | _DRAWN
    return "\n".join(f'.ic-{name}{{--ic:url("data:image/svg+xml,{_image(drawing)}")}}' for name, drawing in found.items())


def _symbol(symbols: str, name: str) -> str:
    start = symbols.index(f'id="{name}"')
    return symbols[symbols.index(">", start) + 1 : symbols.index("</symbol>", start)]


def _image(drawing: str) -> str:
    return quote(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16">{drawing}</svg>', safe="/:=")
