"""The one line that says what the marks of the Collections page mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from layouts import html
from layouts.panel import Unasked
from layouts.text import N_
from layouts.urls import Scope


@dataclass(frozen=True, slots=True)
class View:
    """``marks``: class of the sign in app.css and its meaning; ``rule``: what counts as overdue."""

    marks: tuple[tuple[str, str], ...]
    rule: str


class CollectionsNotation(Unasked):
    name = "collections_notation"
    title = N_("Notation")

    def view(self, scope: Scope, results: Mapping[str, Any]) -> View:
        text = scope.text
        marks = (
            ("ac", text("Actual")),
            ("pl", text("Target")),
            ("py", text("Previous year")),
            ("ex", text("Plan, or expected by today")),
            ("bd", text("Worse than planned")),
            ("gd", text("Better")),
        )
        return View(marks, text("Overdue: due before the as-of day · Open: invoiced and not paid · Unapplied cash stands apart"))

    def render(self, view: View) -> Any:
        signs = [html.Span([html.I(className=f"k {mark}"), meaning]) for mark, meaning in view.marks]
        return html.Div([*signs, html.Span(view.rule, className="rule")], className="legend")
