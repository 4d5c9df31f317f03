"""The lists of a customer's account: open invoices, paid ones and payments; or one invoice in their place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from layouts import grid
from layouts.panel import Table
from layouts.panels import account, invoice_card, list_card, progress
from layouts.panels.document_list import DocumentList, bucket_of
from layouts.panels.list_card import Tab
from layouts.text import N_
from layouts.urls import Scope
from metrics.listing import Listing
from metrics.listing_shape import Kind
from metrics.question import Question

TABS: Final[dict[Kind, str]] = {"open": N_("Open invoices"), "paid": N_("Paid invoices"), "payments": N_("Payments")}
_ALL: Final[dict[Kind, str]] = {"open": N_("All open invoices"), "paid": N_("All paid invoices"), "payments": N_("All payments")}
_INVOICE: Final = "invoice"

View = list_card.View | invoice_card.View | tuple[str, str]
"""A list, one invoice, or what is said where no customer is chosen."""


class AccountList:
    name = "account_list"
    title = N_("Invoices and payments")

    def needs(self, scope: Scope) -> Mapping[str, Question]:
        if not scope.address.customer:
            return {}
        if scope.address.invoice:
            return {_INVOICE: invoice_card.asked(scope)}
        return {**_list(scope).needs(scope), **{_counted(tab): _count(scope, tab) for tab in TABS}}

    def page(self, scope: Scope, first: int, rows: int) -> Mapping[str, Question]:
        return _list(scope).page(scope, first, rows)

    def whole(self, scope: Scope) -> Mapping[str, Question]:
        if not scope.address.customer or scope.address.invoice:
            return self.needs(scope)
        return _list(scope).whole(scope)

    def rows(self, scope: Scope, results: Mapping[str, Any], first: int, rows: int) -> tuple[list[dict[str, Any]], int]:
        shown = _list(scope)
        return grid.row_data(shown.columns(scope, results), shown.lines(scope, results, first, rows)), shown.count(results)

    def view(self, scope: Scope, results: Mapping[str, Any]) -> View:
        if not results:
            return account.nobody(scope)
        if _INVOICE in results:
            return invoice_card.view(scope, results[_INVOICE], (scope.text(_ALL[tab_of(scope)]), scope.link(invoice="")))
        return self._listed(scope, results)

    def render(self, view: View) -> Any:
        if isinstance(view, tuple):
            return account.empty_card("", view)
        return list_card.draw(self.name, view) if isinstance(view, list_card.View) else invoice_card.draw(view)

    def table(self, scope: Scope, results: Mapping[str, Any]) -> Table | None:
        """All rows of the list under its present order and search, exactly: for a file. Or the instalments of the invoice."""
        if not results:
            return None
        if _INVOICE in results:
            return invoice_card.table(scope, results[_INVOICE])
        shown, tab = _list(scope), tab_of(scope)
        headings, raw, rows = shown.file(scope, results)
        caption = scope.text("{list} of {place}", list=scope.text(TABS[tab]), place=scope.place)
        return Table(f"{caption}, {_said(scope, tab)}, {shown.unit(scope, results)}", headings, rows, raw)

    def _listed(self, scope: Scope, results: Mapping[str, Any]) -> list_card.View:
        text, shown, tab = scope.text, _list(scope), tab_of(scope)
        count = shown.count(results)
        return list_card.view_of(
            scope,
            shown,
            results,
            of=text(TABS[tab]),
            title=text(self.title),
            tabs=tuple(_tab(scope, each, results) for each in TABS),
            caption=_caption(scope, shown, results) if count else "",
            empty=_empty(scope, tab),
            offer=(text("Show all"), scope.link(find="")) if scope.address.find and not count else None,
            aside=_aside(scope, tab),
        )


def tab_of(scope: Scope) -> Kind:
    """The list that the address names, if it is one here; open invoices else."""
    return next((tab for tab in TABS if tab == scope.address.tab), "open")


def _list(scope: Scope) -> DocumentList:
    return DocumentList(tab_of(scope), leads=True)


def _counted(tab: Kind) -> str:
    return f"count {tab}"


def _count(scope: Scope, tab: Kind) -> Listing:
    """How many rows a tab has when nothing is searched for, of whatever age."""
    return Listing(of=tab, period=scope.period, as_of=progress.cut(scope), where=scope.where, rows=0)


def _tab(scope: Scope, tab: Kind, results: Mapping[str, Any]) -> Tab:
    count = scope.number.count(results[_counted(tab)].sums.count)
    return Tab(scope.text(TABS[tab]), count, scope.link(tab="" if tab == "open" else tab, bucket="", ages=""), tab == tab_of(scope))


def _caption(scope: Scope, shown: DocumentList, results: Mapping[str, Any]) -> str:
    text = scope.text
    said = text("{of}, {unit}, sorted by {column}", of=_said(scope, shown.of), unit=shown.unit(scope, results), column=shown.order(scope))
    return text("{n} found", n=shown.count(results)) + text("; ") + said if scope.address.find else said


def _said(scope: Scope, tab: Kind) -> str:
    """Of when a list is, or of which bucket."""
    number = scope.number
    if tab == "open":
        bucket = bucket_of(scope)
        if bucket and scope.address.ages:
            return scope.text("{bucket} since the invoice", bucket=progress.bucket_name(scope, bucket))
        return progress.bucket_name(scope, bucket) if bucket else number.day(progress.cut(scope))
    return number.period(scope.period)


def _aside(scope: Scope, tab: Kind) -> tuple[str, str, str] | None:
    """All open invoices where one bucket is shown; all that was ever paid where it is of a period."""
    if tab == "open":
        bucket = bucket_of(scope)
        return ("close", progress.bucket_name(scope, bucket), scope.link(bucket="", ages="")) if bucket else None
    first, last = scope.snapshot.first_day, scope.snapshot.last_day
    if scope.period.first <= first:
        return None
    whole = f"{first.isoformat()}..{last.isoformat()}"
    return "calendar", scope.text("All since {day}", day=scope.number.day(first)), scope.link(period=whole)


def _empty(scope: Scope, tab: Kind) -> tuple[str, str]:
    text, find, place, period = scope.text, scope.address.find, scope.place, scope.number.period(scope.period)
    if find:
        title = text("Nothing here is called '{find}'", find=find)
        return title, text("Searched: {list} of {place}.", list=text(TABS[tab]), place=place)
    if tab == "open":
        if bucket_of(scope):
            return text("No open invoices of this age"), text("Choose another row of the ages, or all open invoices.")
        return text("No open invoices of {place}", place=place), text("Every invoice is paid")
    if tab == "paid":
        return text("No paid invoices of {place}", place=place), text("None was paid in full in {period}.", period=period)
    return text("No payments of {place}", place=place), text("Nothing was paid in {period}.", period=period)
