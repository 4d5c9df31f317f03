"""What people wrote about a customer, as a list on a page, with the button that opens the form to write."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from data.entries import Entry
from layouts import entries, html
from layouts.entry_form import opens
from layouts.text import N_
from layouts.tools import attributes, icon
from layouts.urls import Scope
from metrics.written import Told

WRITE = N_("Write…")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entries:
    """``lines``: as ``layouts.entries.line`` gives them, newest first. ``empty``: what is said in place of them. ``button``: what
    makes it open the form; None where no customer is known."""

    title: str
    lines: tuple[Mapping[str, Any], ...]
    empty: str
    button: Mapping[str, Any] | None
    write: str


def entries_of(
    scope: Scope, told: Told, title: str, button: tuple[str, str, str] | None, *, only: Callable[[Entry], bool] = lambda _: True
) -> Entries:
    """What stands, newest first; what was taken back is in the form alone. ``button``: the customer's key, name and facts."""
    standing = [entry for entry in reversed(told.entries) if entry.entry_id not in told.undone and only(entry)]
    return Entries(
        title=title,
        lines=tuple(entries.line(scope, entry, told.promises.get(entry.entry_id)) for entry in standing),
        empty=scope.text("Nothing was written yet."),
        button=opens(scope, *button) if button else None,
        write=scope.text(WRITE),
    )


def draw_button(shown: Entries) -> Any:
    return html.Button([icon("pencil"), shown.write], className="btn-wl sm", **shown.button) if shown.button else None


def draw(shown: Entries) -> Any:
    """The list alone."""
    if not shown.lines:
        return html.P(shown.empty, className="cap")
    lines = html.Ol([html.Li(_line(line), className="entry-line") for line in shown.lines], className="entry-list")
    return html.Div(lines, className="entry-box", tabIndex=0, role="group", **attributes(aria_label=shown.title))


def _line(line: Mapping[str, Any]) -> list[Any]:
    state = line["state"]
    mark = html.Span([icon(state["mark"]), state["word"]], className=f"state {state['look']}") if state else None
    head = html.Div([html.B(line["name"]), " ", html.Span(line["headline"]), " ", mark], className="entry-head")
    note = html.P(line["note"], className="entry-note") if line["note"] else None
    return [head, note, html.P(line["by"], className="cap")]
