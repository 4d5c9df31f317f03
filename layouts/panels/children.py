"""What a place is made of: its areas, reps, customers and products, each with its standing; at a customer the documents."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from layouts import grid
from layouts.panel import Table
from layouts.panels import list_card, progress
from layouts.panels.document_list import DocumentList
from layouts.panels.list_card import Tab, View
from layouts.panels.member_list import MainDriver, MemberList
from layouts.text import N_
from layouts.urls import Scope
from metrics.listing import Listing
from metrics.listing_shape import Kind
from metrics.question import Question
from metrics.ranking import Count

TABS: Final = {
    "region": N_("Regions"),
    "area": N_("Areas"),
    "rep": N_("Reps"),
    "segment": N_("Segments"),
    "customer": N_("Customers"),
    "category": N_("Categories"),
    "product": N_("Products"),
    "lines": N_("Order lines"),
    "invoices": N_("Invoices"),
}
_DOCUMENTS: Final[dict[str, Kind]] = {"lines": "lines", "invoices": "invoices"}
_DECIDING: Final = {"lines": "amount", "invoices": "invoiced"}
"""The measure whose facts the documents are."""
_WAYS: Final[dict[str, tuple[str, ...]]] = {
    "": ("region", "area", "rep", "customer", "product"),
    "category": ("category", "product", "region", "area", "rep", "customer"),
    "segment": ("segment", "customer", "region", "area", "rep", "product"),
}
"""Members that can be listed, by the first axis, from the coarse to the fine."""


class Children:
    """``driver`` names the main driver of each member; without one there is no such column."""

    name = "children"
    title = N_("Breakdown")

    def __init__(self, driver: MainDriver | None = None) -> None:
        self._driver = driver

    def needs(self, scope: Scope) -> Mapping[str, Question]:
        shown = self._list(scope)
        return {**shown.needs(scope), **{_counted(tab): self._count(scope, tab) for tab in tabs_of(scope)}}

    def page(self, scope: Scope, first: int, rows: int) -> Mapping[str, Question]:
        return self._list(scope).page(scope, first, rows)

    def whole(self, scope: Scope) -> Mapping[str, Question]:
        return self._list(scope).whole(scope)

    def rows(self, scope: Scope, results: Mapping[str, Any], first: int, rows: int) -> tuple[list[dict[str, Any]], int]:
        shown = self._list(scope)
        return grid.row_data(shown.columns(scope, results), shown.lines(scope, results, first, rows)), shown.count(results)

    def view(self, scope: Scope, results: Mapping[str, Any]) -> View:
        shown = self._list(scope)
        count = shown.count(results)
        return list_card.view_of(
            scope,
            shown,
            results,
            of=scope.text(TABS[tab_of(scope)]),
            title=scope.text(self.title),
            tabs=tuple(_tab(scope, tab, results) for tab in tabs_of(scope)),
            caption=_caption(scope, shown, results, count),
            empty=_empty(scope),
            offer=_offer(scope) if not count else None,
        )

    def render(self, view: View) -> Any:
        return list_card.draw(self.name, view)

    def table(self, scope: Scope, results: Mapping[str, Any]) -> Table:
        """All rows of the list under its present order and search, exactly: for a file."""
        shown = self._list(scope)
        headings, raw, rows = shown.file(scope, results)
        caption = scope.text(
            "{measure}, {unit}, {period}",
            measure=scope.text(TABS[tab_of(scope)]),
            unit=shown.unit(scope, results),
            period=scope.number.period(scope.period),
        )
        return Table(caption, headings, rows, raw)

    def _list(self, scope: Scope) -> MemberList | DocumentList:
        tab = tab_of(scope)
        if tab in _DOCUMENTS:
            return DocumentList(_DOCUMENTS[tab])
        return MemberList(tab, self._driver)

    def _count(self, scope: Scope, tab: str) -> Question:
        """How many rows a tab has when nothing is searched for."""
        if tab in _DOCUMENTS:
            return Listing(of=_DOCUMENTS[tab], period=scope.period, as_of=scope.as_of, where=scope.where, rows=0)
        decides = MemberList(tab).decides(scope)
        return Count(dimension=tab, of=decides, period=scope.period, as_of=scope.as_of, where=scope.where)


def tabs_of(scope: Scope) -> tuple[str, ...]:
    """What can be listed here, from the level below on: members that are not settled yet, and at a customer its documents."""
    settled = {level.dimension for level in scope.path} | {f.dimension for f in scope.where}
    found = [d for d in _WAYS[scope.address.axis] if d not in settled and not _is_above(d, settled) and scope.can_ask(scope.measure, d)]
    if scope.child:
        return tuple(sorted(found, key=lambda d: d != scope.child))
    documents = [of for of, key in _DECIDING.items() if scope.can_ask(key) and scope.snapshot.covered(progress.fact_of(key)).rows]
    documents = documents or ["lines"]
    if scope.measure == "collections":
        documents.reverse()
    return (*documents, *(d for d in found if d == "product"))


def tab_of(scope: Scope) -> str:
    """The tab that is looked at: the one that the address names, if it is one here, else the first."""
    tabs = tabs_of(scope)
    return scope.address.tab if scope.address.tab in tabs else tabs[0]


def _is_above(dimension: str, settled: set[str]) -> bool:
    """Whether members of a dimension would only be those that a settled one belongs to."""
    return bool(
        settled & {"region": {"area", "rep"}, "area": {"rep"}, "category": {"product"}, "segment": {"customer"}}.get(dimension, set())
    )


def _counted(tab: str) -> str:
    return f"count {tab}"


def _tab(scope: Scope, tab: str, results: Mapping[str, Any]) -> Tab:
    found = results[_counted(tab)]
    count = found.sums.count if tab in _DOCUMENTS else found.count
    first = tab == tabs_of(scope)[0]
    return Tab(scope.text(TABS[tab]), scope.number.count(count), scope.link(tab="" if first else tab), tab == tab_of(scope))


def _caption(scope: Scope, shown: MemberList | DocumentList, results: Mapping[str, Any], count: int) -> str:
    text = scope.text
    if not count:
        return ""
    of = progress.name_of(scope, scope.measure) if isinstance(shown, MemberList) else text("To the cent")
    said = text("{measure}, {unit}, sorted by {column}", measure=of, unit=shown.unit(scope, results), column=shown.order(scope))
    if scope.address.find:
        return text("{n} found", n=count) + text("; ") + said
    return said


def _empty(scope: Scope) -> tuple[str, str]:
    text, find, period = scope.text, scope.address.find, scope.number.period(scope.period)
    listed = text(TABS[tab_of(scope)])
    if find:
        return text("Nothing here is called '{find}'", find=find), text("Searched: {list} of {place}.", list=listed, place=scope.place)
    if tab_of(scope) == "lines":
        return text("No order lines of {place}", place=scope.place), text("Nothing was ordered in {period}.", period=period)
    if tab_of(scope) == "invoices":
        said = text("Nothing was invoiced in {period}, and nothing from before is open.", period=period)
        return text("No invoices of {place}", place=scope.place), said
    title = text("Nothing to show for {place}", place=scope.place)
    if not scope.can_ask(f"{scope.measure}_target", tab_of(scope)):  # the place itself may have one
        return title, text("{period}: no facts. Choose another period or scope.", period=period)
    return title, text("{period}: neither facts nor targets. Choose another period or scope.", period=period)


def _offer(scope: Scope) -> tuple[str, str] | None:
    """All of a list in which nothing was found; of a customer without documents those of a year ago."""
    if scope.address.find:
        return scope.text("Show all"), scope.link(find="")
    before = scope.period.year_before()
    if tab_of(scope) not in _DOCUMENTS or before.last < scope.snapshot.first_day:
        return None
    return scope.text("Show {period}", period=scope.number.period(before)), scope.link(period=before.format())
