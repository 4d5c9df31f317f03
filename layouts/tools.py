"""What the frame offers on every card: how it is computed, the same as a table, as a file."""

from __future__ import annotations

from functools import cache
from typing import Any

from dash.development.base_component import Component

from layouts import html
from layouts.text import Translator
from layouts.urls import Scope


def attributes(**given: str) -> dict[str, Any]:
    """``aria_label="x"`` as the attribute ``aria-label``, and so on."""
    return {name.replace("_", "-"): value for name, value in given.items()}


@cache
def icon(name: str, *, small: bool = True) -> Component:
    """A mark from the icon sheet, in the colour of the text; no reader hears it."""
    return html.Span(className=f"ic ic-{name}" + (" s" if small else ""), **attributes(aria_hidden="true"))


def explain(name: str, part: str, text: Translator, *, of: str) -> Component:
    """A small button that says how the figures of a card are computed. ``of``: what is asked about, for its accessible name."""
    label = text("How is this computed? {of}", of=of)
    return html.Button(
        icon("info"),
        className="tool",
        type="button",
        title=label,
        **attributes(aria_label=label, aria_haspopup="dialog", data_explain=f"{name}:{part}"),
    )


def pick(name: str, value: str, content: Any, *, mark: str = "", look: str = "") -> Component:
    """What is chosen, and a menu of what else there is. ``name``: of what it is the choice; ``look``: a class of its own."""
    said = [html.Span(name, className="what")] if name else []
    words = [*said, html.Span(value, className="value", title=value), icon("chevron")]
    summary = html.Summary([icon(mark), *words] if mark else words, className=f"pick {look}".rstrip())
    return html.Details([summary, content], className="menu")


def entry(words: Any, href: str, *, is_on: bool, deeper: bool = False) -> Component:
    """A choice of such a menu."""
    return html.Li(html.A([icon("check"), html.Span(words)], href=href, **current(is_on)), className="deeper" if deeper else "")


def current(is_on: bool) -> dict[str, Any]:
    return attributes(aria_current="true") if is_on else {}


def menu(name: str, title: str, scope: Scope, *, as_table: bool, has_twin: bool) -> Component:
    """The menu in the corner of a card. ``has_twin`` False: the card is a table already, of which there are files."""
    text = scope.text
    entries: list[Any] = [
        html.Button(
            [icon("info"), text("How is this computed?")], type="button", **attributes(aria_haspopup="dialog", data_explain=f"{name}:")
        )
    ]
    files = [_file(name, "csv", text("Download CSV"), scope)]
    if has_twin:
        shown = html.Button(
            [icon("chart" if as_table else "table"), text("Show as figure") if as_table else text("Show as table")],
            type="button",
            **attributes(data_table=name, aria_pressed=str(as_table).lower()),
        )
        entries += [shown, *files]
    else:
        entries += [*files, _file(name, "xlsx", text("Download Excel"), scope)]
    label = text("Menu of {card}", card=title)
    return html.Details(
        [
            html.Summary(icon("more"), className="tool", title=label, **attributes(aria_label=label)),
            html.Ul([html.Li(entry) for entry in entries], className="pop"),
        ],
        className="menu card-menu",
    )


def _file(name: str, form: str, words: str, scope: Scope) -> Component:
    return html.A([icon("download"), words], href=export_link(name, form, scope), download="")


def export_link(name: str, form: str, scope: Scope) -> str:
    """Where a panel or page is found as a file."""
    return f"export/{name}.{form}{scope.address.format()}"
