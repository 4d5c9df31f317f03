"""The least that Dash costs: callbacks that answer a word, served as the product is. ``python -m benchmarks.bare`` serves them."""

from __future__ import annotations

import json
from typing import Any, Final

from dash import Dash, Input, Output, dcc, html
from flask_compress import Compress

from commands.serving import serve
from data.settings import load_settings

COMMAND: Final = ("-m", "benchmarks.bare")
_MOST: Final = 32


def bodies(count: int) -> tuple[str, ...]:
    """What a browser posts for so many callbacks."""
    asked: list[dict[str, Any]] = [
        {
            "output": f"part-{i}.children",
            "outputs": {"id": f"part-{i}", "property": "children"},
            "inputs": [{"id": "location", "property": "search", "value": "?"}],
            "changedPropIds": ["location.search"],
        }
        for i in range(min(count, _MOST))
    ]
    return tuple(map(json.dumps, asked))


def _make() -> Any:
    app = Dash("bare")
    app.layout = html.Div([dcc.Location(id="location"), *(html.Div(id=f"part-{i}") for i in range(_MOST))])
    for i in range(_MOST):
        app.callback(Output(f"part-{i}", "children"), Input("location", "search"))(lambda _: "word")
    app.server.route("/healthz")(lambda: "ok")
    Compress(app.server)
    for path in ("/_dash-layout", "/_dash-dependencies"):
        app.server.test_client().get(path)
    return app.server


if __name__ == "__main__":
    serve(load_settings(), _make)
