"""The list of the Collections page: whom to call, or the open invoices behind what is looked at, as the address says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from layouts.entry_form import entry_form
from layouts.panel import Table
from layouts.panels import invoice_card, list_card, open_invoices
from layouts.panels.list_card import Tab
from layouts.panels.worklist import OverdueWorklist
from layouts.text import N_
from layouts.urls import Scope
from metrics.question import Question

View = list_card.View | tuple[invoice_card.View, Any]
"""A list; or one invoice, and the form that people write in."""


class CollectionLists:
    name = OverdueWorklist.name
    title = N_("Overdue worklist")
    has_entries = True

    def __init__(self) -> None:
        self._calls = OverdueWorklist()

    def needs(self, scope: Scope) -> Mapping[str, Question]:
        return open_invoices.needs(scope) if _is_of_invoices(scope) else self._calls.needs(scope)

    def page(self, scope: Scope, first: int, rows: int) -> Mapping[str, Question]:
        return open_invoices.page(scope, first, rows) if _is_of_invoices(scope) else self._calls.page(scope, first, rows)

    def whole(self, scope: Scope) -> Mapping[str, Question]:
        return open_invoices.whole(scope) if _is_of_invoices(scope) else self._calls.whole(scope)

    def rows(self, scope: Scope, results: Mapping[str, Any], first: int, rows: int) -> tuple[list[dict[str, Any]], int]:
        if _is_of_invoices(scope):
            return open_invoices.rows(scope, results, first, rows)
        return self._calls.rows(scope, results, first, rows)

    def view(self, scope: Scope, results: Mapping[str, Any]) -> View:
        if not _is_of_invoices(scope):
            calls = self._calls.view(scope, results)
            other = Tab(scope.text(open_invoices.TITLE), "", scope.link(tab=open_invoices.TAB), False)
            return replace(calls, tabs=(*calls.tabs, other))
        found = open_invoices.view(scope, results)
        if isinstance(found, invoice_card.View):
            return found, entry_form(scope)
        calls_tab = Tab(scope.text(self.title), "", scope.link(tab=""), False)
        return replace(found, tabs=(calls_tab, *found.tabs), beside=(entry_form(scope),))

    def render(self, view: View) -> Any:
        return invoice_card.draw(*view) if isinstance(view, tuple) else list_card.draw(self.name, view)

    def heading(self, scope: Scope, results: Mapping[str, Any]) -> dict[str, Any]:
        """What stands above a long list, for a page that shows it and reads its rows anew; ``is_long`` False: it is to be drawn."""
        view = self.view(scope, results)
        if isinstance(view, tuple):
            return {"caption": "", "count": "", "filters": [], "is_long": False}
        return {
            "caption": view.caption,
            "count": next(tab.count for tab in view.tabs if tab.current),
            "filters": [each.count for each in view.filters if each.count],
            "is_long": not view.grid.is_short,
        }

    def table(self, scope: Scope, results: Mapping[str, Any]) -> Table | None:
        return open_invoices.table(scope, results) if _is_of_invoices(scope) else self._calls.table(scope, results)

    def method(self, scope: Scope) -> Sequence[str]:
        return self._calls.method(scope)


def _is_of_invoices(scope: Scope) -> bool:
    return scope.address.tab == open_invoices.TAB
