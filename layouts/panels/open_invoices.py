"""The open invoices behind a cell of the ageing, each leading to itself in full: with instalments, payments and what was written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from layouts import grid
from layouts.panel import Table
from layouts.panels import invoice_card, list_card, progress
from layouts.panels.document_list import DocumentList, bucket_of
from layouts.panels.list_card import Tab
from layouts.text import N_
from layouts.urls import Scope
from metrics.question import Question
from metrics.scope import parse_period
from metrics.written import WrittenOfInvoice

TAB: Final = "invoices"
"""What the address calls it."""
TITLE: Final = N_("Open invoices")
_LIST: Final = DocumentList("open", leads=True)
_INVOICE: Final = "invoice"

View = list_card.View | invoice_card.View


def needs(scope: Scope) -> Mapping[str, Question]:
    if not scope.address.invoice:
        return _LIST.needs(scope)
    asked = invoice_card.asked(scope)
    return {_INVOICE: asked, "told": WrittenOfInvoice(invoice=asked, written=scope.written)}


def page(scope: Scope, first: int, rows: int) -> Mapping[str, Question]:
    return _LIST.page(scope, first, rows)


def whole(scope: Scope) -> Mapping[str, Question]:
    return needs(scope) if scope.address.invoice else _LIST.whole(scope)


def rows(scope: Scope, results: Mapping[str, Any], first: int, rows: int) -> tuple[list[dict[str, Any]], int]:
    return grid.row_data(_LIST.columns(scope, results), _LIST.lines(scope, results, first, rows)), _LIST.count(results)


def view(scope: Scope, results: Mapping[str, Any]) -> View:
    text = scope.text
    if _INVOICE in results:
        back = text("Back to the list"), scope.link(invoice="")
        return invoice_card.view(scope, results[_INVOICE], back, results["told"])
    count, cut = _LIST.count(results), " · ".join(_cut(scope))
    return list_card.view_of(
        scope,
        _LIST,
        results,
        of=text(TITLE),
        title=text(TITLE),
        tabs=(Tab(text(TITLE), scope.number.count(count), scope.link(tab=TAB), True),),
        caption=_caption(scope, results) if count else "",
        empty=_empty(scope),
        offer=(text("Show all"), scope.link(find="", bucket="", invoiced="")) if scope.address.find or cut else None,
        aside=("close", cut, scope.link(bucket="", invoiced="")) if cut else None,
    )


def table(scope: Scope, results: Mapping[str, Any]) -> Table | None:
    """All rows of the list exactly, or the instalments of the invoice."""
    if _INVOICE in results:
        return invoice_card.table(scope, results[_INVOICE])
    headings, raw, shown = _LIST.file(scope, results)
    said = scope.text("{list} of {place}", list=scope.text(TITLE), place=scope.place)
    return Table(scope.text(", ").join((said, *_cut(scope), _day(scope), _LIST.unit(scope, results))), headings, shown, raw)


def _cut(scope: Scope) -> tuple[str, ...]:
    """Of which ageing bucket and of which month the invoices are."""
    bucket, month = bucket_of(scope), scope.address.invoiced
    aged = progress.bucket_name(scope, bucket) if bucket else ""
    if aged and scope.address.ages:
        aged = scope.text("{bucket} since the invoice", bucket=aged)
    return tuple(filter(None, (aged, scope.number.period(parse_period(month, scope.as_of)) if month else "")))


def _caption(scope: Scope, results: Mapping[str, Any]) -> str:
    said = scope.text("{of}, {unit}, sorted by {column}", of=_day(scope), unit=_LIST.unit(scope, results), column=_LIST.order(scope))
    return scope.text("{n} found", n=_LIST.count(results)) + scope.text("; ") + said if scope.address.find else said


def _day(scope: Scope) -> str:
    return scope.number.day(progress.cut(scope), "short")


def _empty(scope: Scope) -> tuple[str, str]:
    text, find, place = scope.text, scope.address.find, scope.place
    if unknown := progress.no_receivables(scope):
        return unknown
    if find:
        return text("Nothing here is called '{find}'", find=find), text("Searched: {list} of {place}.", list=text(TITLE), place=place)
    title = text("No open invoices of {place}", place=place)
    return title, text("None of {cut}.", cut=" · ".join(cut)) if (cut := _cut(scope)) else text("Every invoice is paid")
