"""The frame of a page: rail, head, filters, slots for the panels, and what the browser needs to know of it."""

from __future__ import annotations

from typing import Any

from dash import dcc, html

from layouts import ids, states
from layouts.pages import Page
from layouts.panel import Panel
from layouts.text import Translator
from layouts.tools import attributes, icon

PRODUCT = "Wuliang 五量"


def layout(page: Page, text: Translator, *, version: int) -> Any:
    """The page before any figure: every part is in its place, panels as skeletons. ``version``: the data's, 0 for none."""
    known = attributes(data_version=str(version))
    return html.Div(
        [
            dcc.Location(id=ids.Single.LOCATION, refresh=False),
            dcc.Store(id=ids.Single.DATA_VERSION, data={"version": version}),
            dcc.Store(id=ids.Single.FRAME),
            dcc.Store(id=ids.Single.EXPLAIN),
            *(dcc.Store(id=ids.as_table(panel.name), data=False) for panel in page.panels),
            html.A(text("Skip to the figures"), href=f"#{ids.Single.CONTENT}", className="skip"),
            html.Div([_rail(page, text), _main(page, text)], className="app", id=ids.Single.BODY, **known),
            _explanation(text),
        ]
    )


def title(page: Page, text: Translator) -> str:
    return f"{text(page.title)} · {PRODUCT}"


def places(page: Page, text: Translator, href: str) -> list[Any]:
    """Where the rail leads."""
    return [html.A([icon(page.icon, small=False), html.Span(text(page.title))], href=href, **attributes(aria_current="page"))]


def _rail(page: Page, text: Translator) -> Any:
    bars = html.Span(className="bars", **attributes(aria_hidden="true"))
    logo = html.Div([bars, html.Span(PRODUCT, className="visually-hidden")], className="logo")
    entries = html.Div(places(page, text, "?"), id=ids.Single.PLACES)
    return html.Nav([logo, entries], className="rail", **attributes(aria_label=text("Main")))


def _main(page: Page, text: Translator) -> Any:
    head = html.Header(
        [
            html.Div(
                [html.Nav(id=ids.Single.TRAIL, className="trail", **attributes(aria_label=text("Scope"))), _slot(page.headline, text)],
                className="msg",
            ),
            html.Div(id=ids.Single.FRESHNESS),
            html.Div(id=ids.Single.EXPORT),
        ],
        className="head",
    )
    bar = html.Div(id=ids.Single.FILTERS, className="filters", role="group", **attributes(aria_label=text("Filters")))
    rows = [html.Div([_slot(panel, text) for panel in row], className="row-wl " + "-".join(p.name for p in row)) for row in page.rows]
    return html.Main(
        [head, bar, html.Div(id=ids.Single.NOTICES, className="notices"), _slot(page.strip, text), *rows, _slot(page.closing, text)],
        id=ids.Single.CONTENT,
        className=f"main page-{page.name}",
        tabIndex="-1",
    )


def _slot(panel: Panel, text: Translator) -> Any:
    """The place of a panel; the skeleton's name is the panel's."""
    return html.Div(states.skeleton(panel.name, panel.title, text), id=ids.panel(panel.name), className=f"slot slot-{panel.name}")


def _explanation(text: Translator) -> Any:
    """The sheet that says how figures are computed; the browser opens it and gives the focus back."""
    close = text("Close")
    return html.Dialog(
        [
            html.Header(
                [
                    html.H2(text("How is this computed?"), id=ids.Single.EXPLAIN_TITLE),
                    html.Button(icon("close"), type="button", className="tool", title=close, **attributes(aria_label=close, data_close="")),
                ]
            ),
            html.Div(id=ids.Single.EXPLAIN_BODY, **attributes(aria_live="polite")),
        ],
        id=ids.Single.EXPLAIN_SHEET,
        className="sheet",
        **attributes(aria_labelledby=str(ids.Single.EXPLAIN_TITLE)),
    )
