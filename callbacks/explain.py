"""How the figures of a panel are computed: formula, period, day, data and the SQL that was run."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from dash import Dash, Input, Output, State, no_update

from callbacks.desk import Desk, failure
from layouts import html, ids, tools
from layouts.pages import Pages
from layouts.panel import Explained, Panel
from layouts.urls import Scope
from metrics.catalog import Measure, Planned
from metrics.query import measure
from metrics.question import Answered


def register(app: Dash, desk: Desk, pages: Pages) -> None:
    panels = pages.panels

    @app.callback(
        Output(ids.Single.EXPLAIN_BODY, "children"),
        Input(ids.Single.EXPLAIN, "data"),
        State(ids.Single.LOCATION, "search"),
        prevent_initial_call=True,
    )
    def show(asked: Mapping[str, str] | None, search: str | None) -> Any:
        panel = panels.get((asked or {}).get("panel", ""))
        if panel is None:
            return no_update
        text = desk.text(search or "")
        try:
            scope, _ = desk.scope(search or "", pages.route_of(panel.name))
            return explanation(panel, scope, desk.results(panel, scope), part=(asked or {}).get("part", ""))
        except Exception as error:
            told = failure(error, f"explanation of {panel.name}", text)
            return html.Div([told.message, " ", told.code], role="alert")


def explanation(panel: Panel, scope: Scope, results: Mapping[str, Answered], *, part: str = "") -> list[Any]:
    """The sheet of a panel, or of one measure in it."""
    shown = {key: result for key, result in results.items() if _measures(result, part)}
    measures = {m.key: m for result in shown.values() for m in _measures(result, part)}
    text = scope.text
    statements = dict.fromkeys(sql for result in shown.values() for sql in result.sql)
    return [
        html.P(scope.text(panel.title), className="b"),
        _facts(scope, {result.query.as_of for result in shown.values()} or {scope.as_of}),
        *_method(panel, scope),
        html.H3(text("Formulas")),
        html.Dl([part for m in measures.values() for part in _formula(m, scope.language)], className="formulas"),
        html.H3(text("SQL that was run")),
        *(_statement(sql, text("Copy")) for sql in statements),
        html.P(html.A([tools.icon("download"), text("Download CSV")], href=tools.export_link(panel.name, "csv", scope), download="")),
    ]


def _facts(scope: Scope, days: Collection[date]) -> Any:
    """What the figures are of. ``days``: the as-of days that the panel asked with; balances of a period that is over are of its end."""
    text, number, snapshot = scope.text, scope.number, scope.snapshot
    span = number.span(scope.period.first, scope.period.last)
    rows = (
        (text("Period"), text("{period}, {span}", period=number.period(scope.period), span=span)),
        (text("As of"), text("{day}; no fact dated after it counts", day=number.day(max(days)))),
        (text("Scope"), " › ".join(scope.trail)),
        (
            text("Data"),
            text("version {version}, published {moment}", version=str(snapshot.version), moment=number.moment(snapshot.published)),
        ),
        (
            text("Comparison"),
            text("previous period and previous year over the same number of elapsed working days")
            if scope.is_running
            else text("the whole previous period and previous year, since the period is over"),
        ),
    )
    return html.Table(html.Tbody([html.Tr([html.Th(name, scope="row"), html.Td(value)]) for name, value in rows]), className="facts")


def _method(panel: Panel, scope: Scope) -> list[Any]:
    """How a panel computes what no formula of a measure says."""
    said = panel.method(scope) if isinstance(panel, Explained) else ()
    return [html.H3(scope.text("Method")), *map(html.P, said)] if said else []


def _measures(result: Answered, part: str) -> list[Measure]:
    found = [measure(key) for key in result.query.measures]
    wanted = part.split(",")  # of one card, which may show several
    return [m for m in found if not part or m.key in wanted or (isinstance(m, Planned) and m.base in wanted)]


def _formula(m: Measure, language: str) -> tuple[Any, Any]:
    if language == "zh":
        return html.Dt(m.name_zh), html.Dd(m.formula_zh)
    return html.Dt(m.name), html.Dd(m.formula)


def _statement(sql: str, copy: str) -> Any:
    button = html.Button([tools.icon("copy"), copy], type="button", className="btn-wl sm", **tools.attributes(data_copy=""))
    return html.Div([button, html.Pre(html.Code(sql), tabIndex="0")], className="statement")
