"""The one line that says what the marks of the page mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from layouts import html
from layouts.panels.kpis import five
from layouts.text import N_
from layouts.urls import Scope
from metrics.query import Query, Result


@dataclass(frozen=True, slots=True)
class View:
    """``marks``: class of the sign in app.css and its meaning; ``rule``: when something lags, and what a range is."""

    marks: tuple[tuple[str, str], ...]
    rule: str


class Notation:
    name = "notation"
    title = N_("Notation")

    def needs(self, scope: Scope) -> Mapping[str, Query]:
        return {"five": five(scope)}

    def view(self, scope: Scope, results: Mapping[str, Result]) -> View:
        text = scope.text
        row = results["five"].only()
        due = row.get(f"{scope.measure}_expected_share")
        forecast = scope.is_running and row.get(f"{scope.measure}_landing") is not None
        marks = [
            ("ac", text("Actual")),
            *([("pl", text("Target"))] if scope.has_targets else []),
            *([("fc", text("Forecast"))] if forecast else []),
            ("py", text("Previous year")),
        ]
        if due is not None and scope.is_running:
            marks.append(("ex", text("Expected by today {share}", share=scope.number.share(due))))
        if scope.has_targets:
            marks += [("bd", text("Behind pace")), ("gd", text("Ahead"))]
        points = scope.number.points(scope.settings.tolerance_warning / 100, signed=False)
        critical = scope.number.points(scope.settings.tolerance_critical / 100, signed=False)
        rules = (
            text("Lag: pace {points} or more below 100%, critical from {critical}", points=points, critical=critical)
            if scope.has_targets
            else "",
            text("Range: 80% interval of the forecast") if forecast else "",
        )
        return View(tuple(marks), " · ".join(filter(None, rules)))

    def render(self, view: View) -> Any:
        signs = [html.Span([html.I(className=f"k {mark}"), meaning]) for mark, meaning in view.marks]
        return html.Div([*signs, html.Span(view.rule, className="rule")], className="legend")

    def table(self, scope: Scope, results: Mapping[str, Result]) -> None:
        return None
