"""The screens on the wall: what each shows, when it was seen last, and whether all are in touch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from layouts import html, live, parts
from layouts.fields import FormField
from layouts.live import Words
from layouts.panel import Unasked
from layouts.text import N_
from layouts.tools import attributes
from layouts.urls import Scope


class ScreensFinding(Unasked):
    name = "screens_finding"
    title = N_("Wall screens")

    def view(self, scope: Scope, results: Mapping[str, Any]) -> Words:
        text = scope.text
        said = {
            "none": text("No screen is paired yet"),
            "all": text("Every screen is in touch"),
            "lost": text("Out of touch: {names}"),
            "and": text(", "),
            "more": text("and {count} more"),
            "counts": text("Screens: {screens} · walls: {walls} · waiting to be paired: {waiting}"),
        }
        return Words(text(self.title), said)

    def render(self, view: Words) -> Any:
        lines = [html.H1(view.title, **attributes(aria_live="polite")), html.P("\u00a0", className="cap")]
        return live.part("finding", view, lines)


class WallScreens(Unasked):
    name = "screens"
    title = N_("Screens")

    def view(self, scope: Scope, results: Mapping[str, Any]) -> Words:
        text = scope.text
        said = {
            "none": text("No screen is paired yet"),
            "none_how": text("Open the address of a wall screen on a television, and type the code that it shows in above."),
            "screen": text("Screen"),
            "wall": text("Wall"),
            "shows": text("Shows"),
            "seen": text("Last seen"),
            "state": text("State"),
            "version": text("data version {version}"),
            "never": text("never"),
            "touch": text("in touch"),
            "quiet": text("out of touch"),
            "problem": text("problem"),
            "old": text("not up to date yet"),
            "gone": text("its wall was deleted"),
            "change": text("Change {name}"),
            "remove": text("Remove {name}"),
            "removing": text("{name} will be removed. It then shows no figures until it is paired again."),
            "lost": text("The server was not reached. What you typed is still here; try again."),
            "undo": text("Undo"),
            "close": text("Close"),
            "kept": text("kept by this browser"),
            "name": text("Name of the screen"),
            "who": text("Your name"),
            "save": text("Save"),
            "title": text("Change a screen"),
            "ask": text("Who are you?"),
        }
        return Words(text(self.title), said)

    def render(self, view: Words) -> Any:
        said = view.said
        signed = live.who(said["who"], said["kept"])
        save = html.Button(said["save"], type="submit", className="btn-wl pri")
        alert = html.P("", className="entry-said", role="alert")
        change = html.Form(
            [
                alert,
                FormField(kind="text", name="name", label=said["name"]),
                live.select("wall_id", said["wall"]),
                html.Div([signed, save], className="entry-foot"),
            ],
            className="wall-small",
            **attributes(data_form="screen"),
        )
        ask = html.Form([alert, html.Div([signed, save], className="entry-foot")], className="wall-small", **attributes(data_form="who"))
        return parts.card(
            parts.card_header(view.title, ""),
            live.part("screens", view),
            live.dialog("screen-form", said["title"], said["close"], change),
            live.dialog("who-form", said["ask"], said["close"], ask),
            label=view.title,
        )
