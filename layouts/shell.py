"""The frame of a page: rail, head, filters, slots for the panels, and what the browser needs to know of it."""

from __future__ import annotations

from typing import Any

from dash import dcc

from layouts import html, ids, states
from layouts.pages import Page, Pages
from layouts.panel import Panel
from layouts.text import N_, Translator
from layouts.tools import attributes, icon
from layouts.urls import Address

PRODUCT = "Wuliang 五量"


def layout(page: Page, pages: Pages, text: Translator, *, version: int, written: int = 0) -> Any:
    """The page before any figure: every part is in its place, panels as skeletons.

    ``version``: the data's, 0 for none. ``written``: the revision of what people write, told to a page that shows it.
    """
    known = attributes(data_version=str(version), **({"data_written": str(written)} if page.route.has_entries else {}))
    return html.Div(
        [
            dcc.Location(id=ids.Single.LOCATION, refresh=False),
            dcc.Store(id=ids.Single.DATA_VERSION, data={"version": version}),
            dcc.Store(id=ids.Single.PAGE, data=page.name),
            dcc.Store(id=ids.Single.FRAME),
            dcc.Store(id=ids.Single.EXPLAIN),
            *(dcc.Store(id=ids.as_table(panel.name), data=False) for panel in page.panels),
            html.A(text("Skip to the figures"), href=f"#{ids.Single.CONTENT}", className="skip"),
            html.Div([_rail(places(pages, page, text, Address()), text), _main(page, text)], className="app", id=ids.Single.BODY, **known),
            _explanation(text),
        ]
    )


def nowhere(pages: Pages, text: Translator, address: Address, *, root: str, path: str) -> Any:
    """A path where no page is: says so and offers those that there are. ``root``: where the product is served."""
    known = [_place(page, text, root + page.route.link(address)) for page in pages.listed if page.in_rail]
    offer = html.A(text("Open the Overview"), href=root + pages.first.route.link(address), className="btn-wl pri")
    said = html.Section(
        [
            icon("inbox", small=False),
            html.H1(text("There is no page here")),
            html.P(text("Nothing of this product is at '{path}'.", path=path[:80])),
            offer,
        ],
        className="card-wl empty-page",
    )
    main = html.Main(html.Div(said, className="notices"), id=ids.Single.CONTENT, className="main", tabIndex="-1")
    return html.Div([_rail(known, text), main], className="app")


def title(page: Page | None, text: Translator, place: str = "") -> str:
    """What the tab of the browser says; ``place``: the name of what is looked at, unless it is the company."""
    name = text(page.title if page else N_("There is no page here"))
    return " · ".join(filter(None, (place, name, PRODUCT)))


def places(pages: Pages, current: Page, text: Translator, address: Address) -> list[Any]:
    """Where the rail leads: to the other pages with what the address says, on the page itself back to its beginning."""
    home = Address(language=address.language, theme=address.theme).format() or "?"
    return [
        _place(page, text, home, **attributes(aria_current="page")) if page is current else _place(page, text, page.route.link(address))
        for page in pages.listed
        if page.in_rail
    ]


def _place(page: Page, text: Translator, href: str, **more: Any) -> Any:
    return html.A([icon(page.icon, small=False), html.Span(text(page.short or page.title))], href=href, **more)


def _rail(known: list[Any], text: Translator) -> Any:
    bars = html.Span(className="bars", **attributes(aria_hidden="true"))
    logo = html.Div([bars, html.Span(PRODUCT, className="visually-hidden")], className="logo")
    entries = html.Div(known, id=ids.Single.PLACES)
    return html.Nav([logo, entries], className="rail", **attributes(aria_label=text("Main")))


def _main(page: Page, text: Translator) -> Any:
    head = html.Header(
        [
            html.Div(
                [html.Nav(id=ids.Single.TRAIL, className="trail", **attributes(aria_label=text("Scope"))), _slot(page.headline, text)],
                className="msg",
            ),
            html.Div(id=ids.Single.FRESHNESS),
            html.Div(id=ids.Single.CONTROLS),
            html.Div(id=ids.Single.EXPORT),
        ],
        className="head",
    )
    bar = html.Div(id=ids.Single.FILTERS, className="filters", role="group", **attributes(aria_label=text("Filters")))
    rows = [html.Div([_slot(panel, text) for panel in row], className="row-wl " + "-".join(p.name for p in row)) for row in page.rows]
    return html.Main(
        [
            head,
            bar,
            html.Div(id=ids.Single.NOTICES, className="notices"),
            *([_slot(page.strip, text)] if page.strip else []),
            *rows,
            *([_slot(page.closing, text)] if page.closing else []),
        ],
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
