"""Pairing a screen: the code that it shows, its name, and the wall that it gets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from layouts import html, live, parts
from layouts.fields import FormField
from layouts.live import Words
from layouts.panel import Unasked
from layouts.text import N_
from layouts.tools import attributes
from layouts.urls import Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """``code``: what the address says that a screen shows. ``labels``: of the fields, by their names."""

    title: str
    how: str
    code: str
    labels: Mapping[str, str]
    kept: str
    pair: str
    words: Words


class WallPairing(Unasked):
    name = "pairing"
    title = N_("Pair a screen")

    def view(self, scope: Scope, results: Mapping[str, Any]) -> View:
        text = scope.text
        title = text(self.title)
        said = {
            "lost": text("The server was not reached. What you typed is still here; try again."),
            "undo": text("Undo"),
            "close": text("Close"),
        }
        return View(
            title=title,
            how=text("Open {link} on the screen. It shows a code and keeps it for 15 minutes."),
            code=scope.address.code,
            labels={
                "code": text("Code on the screen"),
                "name": text("Name of the screen"),
                "wall_id": text("Wall"),
                "who": text("Your name"),
            },
            kept=text("kept by this browser"),
            pair=text("Pair"),
            words=Words(title, said),
        )

    def render(self, view: View) -> Any:
        labels = view.labels
        form = html.Form(
            [
                html.P("", className="entry-said", role="alert"),
                FormField(kind="text", name="code", label=labels["code"], value=view.code),
                FormField(kind="text", name="name", label=labels["name"]),
                live.select("wall_id", labels["wall_id"]),
                live.who(labels["who"], view.kept),
                html.Button(view.pair, type="submit", className="btn-wl pri"),
            ],
            className="wall-pair",
            **attributes(data_form="pair"),
        )
        how = html.P(view.how, className="cap", **attributes(data_how=""))
        return parts.card(parts.card_header(view.title, ""), live.part("pairing", view.words, [how, form]), label=view.title)
