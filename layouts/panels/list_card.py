"""A card with a list: tabs above it, a field to search, a choice of columns, and what is said in place of an empty list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from dash.development.base_component import Component

from layouts import grid, html, parts
from layouts.fields import SearchField
from layouts.grid import Column, Grid, Line
from layouts.tools import attributes, icon
from layouts.urls import Scope

SEARCHED: Final = 8
"""A list of more rows than these can be searched."""


@dataclass(frozen=True, slots=True)
class Tab:
    name: str
    count: str
    href: str
    current: bool


@dataclass(frozen=True, slots=True)
class Choice:
    """A column that can be shown or not; ``href`` does the other of the two."""

    name: str
    href: str
    shown: bool


@dataclass(frozen=True, slots=True)
class Filter:
    """A part of the list that can be looked at alone. ``by_browser``: the field of the address whose value only the browser knows."""

    name: str
    count: str
    href: str
    current: bool
    by_browser: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """``search``: label and present text of the field; None where the list is short. ``empty``: what is said in place of a list.

    ``beside``: what else the card has. ``aside``: another cut of the same list: mark, words and address.
    """

    title: str
    tabs: tuple[Tab, ...]
    caption: str
    search: tuple[str, str] | None
    choices: tuple[Choice, ...]
    columns_label: str
    usual: tuple[str, str]
    grid: Grid
    empty: tuple[str, str]
    offer: tuple[str, str] | None
    """What can be looked at instead of an empty list: words and address."""
    filters: tuple[Filter, ...] = ()
    filters_label: str = ""
    beside: tuple[Component, ...] = ()
    aside: tuple[str, str, str] | None = None


class Shown(Protocol):
    """A list that a card may have: its columns, and its rows out of what was answered."""

    def count(self, results: Mapping[str, Any]) -> int: ...
    def usual(self, scope: Scope) -> frozenset[str]: ...
    def choices(self, scope: Scope) -> tuple[tuple[str, str, bool], ...]: ...
    def columns(self, scope: Scope, results: Mapping[str, Any]) -> tuple[Column, ...]: ...
    def lines(self, scope: Scope, results: Mapping[str, Any], first: int, rows: int) -> tuple[Line, ...]: ...
    def total(self, scope: Scope, results: Mapping[str, Any]) -> Line: ...


def view_of(scope: Scope, shown: Shown, results: Mapping[str, Any], *, of: str, **said: Any) -> View:
    """The card of such a list; ``of``: what it is a list of, in words. ``said``: what the card is called and says besides."""
    text, count = scope.text, shown.count(results)
    return View(
        search=search(scope, count),
        choices=choices(scope, shown.choices(scope), shown.usual(scope)),
        columns_label=text("Columns"),
        usual=(text("The usual columns"), scope.link(columns="") if scope.address.columns else ""),
        grid=Grid(
            label=text("{list} of {place}", list=of, place=scope.place),
            columns=shown.columns(scope, results),
            lines=shown.lines(scope, results, 0, grid.SHORT),
            count=count,
            total=shown.total(scope, results) if count else None,
            about=(scope.address.format(), scope.snapshot.version),
        ),
        **said,
    )


def search(scope: Scope, count: int) -> tuple[str, str] | None:
    """The field to search a list of so many rows."""
    find = scope.address.find
    return (scope.text("Search"), find) if count > SEARCHED or find else None


def choices(scope: Scope, listed: Sequence[tuple[str, str, bool]], usual: frozenset[str]) -> tuple[Choice, ...]:
    shown = {key for key, _, is_shown in listed if is_shown}
    made = []
    for key, name, is_shown in listed:
        then = shown ^ {key}
        if not then:  # at least one column stays
            continue
        columns = "" if then == usual else ",".join(other for other, _, _ in listed if other in then)
        made.append(Choice(name, scope.link(columns=columns), is_shown))
    return tuple(made)


# --- components ---------------------------------------------------------------------------------------------------------------


def draw(name: str, view: View) -> Any:
    """The card of the panel of that name."""
    head = html.Div(
        [
            html.H2(view.title, className="visually-hidden"),
            html.Nav([_render_tab(tab) for tab in view.tabs], className="tabs", **parts.aria(label=view.title)),
            html.Span(view.caption, className="cap", title=view.caption),
            _render_filters(view) if view.filters else None,
            _render_aside(view.aside) if view.aside else None,
            _render_search(view.search) if view.search else None,
            _render_choices(view) if view.grid.count else None,
        ],
        className="kids-h",
    )
    if view.grid.count:
        return parts.card(head, grid.draw(name, view.grid), *view.beside, class_name="kids", label=view.title)
    offer = html.A(view.offer[0], href=view.offer[1], className="btn-wl sm") if view.offer else None
    return parts.card(head, parts.nothing(*view.empty, offer), *view.beside, class_name="kids", label=view.title)


def _render_tab(tab: Tab) -> Any:
    current = parts.aria(current="true") if tab.current else {}
    return html.A([tab.name, " ", html.Span(tab.count, className="n")], href=tab.href, **current)


def _render_filters(view: View) -> Any:
    found = [_render_filter(each) for each in view.filters]
    return html.Div(found, className="seg filter", role="group", **parts.aria(label=view.filters_label))


def _render_filter(each: Filter) -> Any:
    more = {**(parts.aria(current="true") if each.current else {}), **(attributes(data_own=each.by_browser) if each.by_browser else {})}
    return html.A([each.name, html.Span(each.count, className="n") if each.count else None], href=each.href, **more)


def _render_aside(aside: tuple[str, str, str]) -> Any:
    mark, words, href = aside
    return html.A([icon(mark), words], href=href, className="btn-wl sm")


def _render_search(search: tuple[str, str]) -> Any:
    label, value = search
    return html.Form([icon("search"), SearchField(name="find", label=label, value=value)], className="find", **attributes(data_address=""))


def _render_choices(view: View) -> Any:
    entries = [
        html.Li(
            html.A(
                [html.Span(icon("check") if choice.shown else None, className="tick"), html.Span(choice.name)],
                href=choice.href,
                role="menuitemcheckbox",
                **attributes(aria_checked=str(choice.shown).lower(), data_keep=""),
            ),
            role="none",
        )
        for choice in view.choices
    ]
    name, href = view.usual
    back = [html.Li(html.A(name, href=href, role="menuitem"), role="none", className="rule")] if href else []
    summary = html.Summary([icon("columns"), view.columns_label], className="btn-wl sm")
    return html.Details([summary, html.Ul([*entries, *back], className="pop", role="menu")], className="menu cols")
