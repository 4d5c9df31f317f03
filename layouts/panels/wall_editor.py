"""The form in which a wall is made and changed: its scenes in order, what each looks at, and a preview of the whole."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from layouts import html, live
from layouts.fields import FormField
from layouts.live import Words
from layouts.tools import attributes, icon
from layouts.urls import Scope


def wall_editor(scope: Scope) -> Any:
    """The dialog, to be copied by ``assets/walls_editor.js``; what can be chosen is known to the browser."""
    text = scope.text
    words = Words(text("New wall"), _words(scope))
    preview = html.Div(
        [
            html.Div(html.Iframe(title=text("Preview"), className="wall-frame", tabIndex="-1"), className="wall-view"),
            html.P(text("Preview with the present data; nothing is kept before you save."), className="cap wall-about"),
        ],
        className="wall-preview",
    )
    return live.dialog("wall-form", words.title, text("Close"), [_form(scope), preview], words)


def _words(scope: Scope) -> Mapping[str, str]:
    text = scope.text
    return {
        "new": text("New wall"),
        "edit": text("Change {name}"),
        "again": text("Save again"),
        "lost": text("The server was not reached. What you typed is still here; try again."),
        "failed": text("There is no preview: {reason}"),
        "about": text("Preview with the present data; nothing is kept before you save."),
        "company": text("Company"),
        "usual": text("Usual measure"),
        "scene": text("Scene {at}"),
        "undo": text("Undo"),
        "close": text("Close"),
        "copy": text("{name} (copy)"),
    }


def _form(scope: Scope) -> Any:
    text = scope.text
    add = html.Button([icon("plus"), text("Add a scene")], type="button", className="btn-wl sm", **attributes(data_scene_add=""))
    theirs = html.Button(text("Show theirs"), type="button", className="btn-wl", hidden="hidden", **attributes(data_theirs=""))
    foot = [
        live.who(text("Your name"), text("kept by this browser")),
        theirs,
        html.Button(text("Save"), type="submit", className="btn-wl pri"),
    ]
    return html.Form(
        [
            html.P("", className="entry-said", role="alert"),
            html.Div(_about(scope), className="wall-about-fields"),
            html.H3(text("Scenes, in the order in which they are shown")),
            html.Div([], className="wall-scenes", **attributes(data_scenes="")),
            html.Div(_scene(scope), hidden="hidden", **attributes(data_scene="")),
            add,
            html.Div(foot, className="entry-foot"),
        ],
        className="wall-edit",
        **attributes(data_form="wall"),
    )


def _about(scope: Scope) -> list[Any]:
    text = scope.text
    return [
        FormField(kind="text", name="name", label=text("Name of the wall")),
        FormField(kind="text", name="slug", label=text("Short address"), hint=text("may be empty")),
        FormField(kind="number", name="seconds", label=text("Seconds a scene"), value="20", first="5"),
        live.select("language", text("Language")),
        live.select("unit", text("Unit")),
        live.select("theme", text("Theme")),
    ]


def _scene(scope: Scope) -> list[Any]:
    """The fields of one scene."""
    text = scope.text
    tools = [
        _tool("eye", text("Preview"), "show"),
        _tool("earlier", text("Earlier"), "earlier"),
        _tool("later", text("Later"), "later"),
        _tool("trash", text("Take out"), "out"),
    ]
    return [
        live.select("scene", text("Scene")),
        live.select("place", text("Scope")),
        live.select("measure", text("Measure")),
        live.select("period", text("Period")),
        FormField(kind="number", name="own", label=text("Seconds"), first="5"),
        html.Div(tools, className="scene-tools"),
    ]


def _tool(mark: str, name: str, what: str) -> Any:
    return html.Button(icon(mark), type="button", className="tool", title=name, **attributes(aria_label=name, data_scene_do=what))
