"""The walls: what each shows, for how long, in which words, and at which short address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from layouts import html, live, parts
from layouts.live import Words
from layouts.panel import Unasked
from layouts.panels.wall_editor import wall_editor
from layouts.text import N_
from layouts.tools import attributes, icon
from layouts.urls import Scope


@dataclass(frozen=True, slots=True)
class View:
    """``editor``: the form in which a wall is made and changed."""

    words: Words
    new: str
    editor: Any


class WallList(Unasked):
    name = "walls"
    title = N_("Walls")

    def view(self, scope: Scope, results: Mapping[str, Any]) -> View:
        text = scope.text
        said = {
            "screens": text("Screens: {count}"),
            "seconds": text("{seconds} s a scene"),
            "short": text("{seconds} s"),
            "address": text("Copy the address of {name}"),
            "copied": text("Copied"),
            "edit": text("Change {name}"),
            "use": text("Make a wall like {name}"),
            "remove": text("Delete {name}"),
            "built_in": text("comes with the product, for screens that have no other"),
            "removing": text("{name} will be deleted."),
            "removing_shown": text("{name} will be deleted. Screens that show it say so: {count}."),
            "lost": text("The server was not reached; try again."),
            "undo": text("Undo"),
            "close": text("Close"),
            "and": text(", "),
        }
        return View(Words(text(self.title), said), text("New wall"), wall_editor(scope))

    def render(self, view: View) -> Any:
        words = view.words
        new = html.Button([icon("plus"), view.new], type="button", className="btn-wl sm", **attributes(data_wall_new=""))
        return parts.card(parts.card_header(words.title, "", new), live.part("walls", words), view.editor, label=words.title)
