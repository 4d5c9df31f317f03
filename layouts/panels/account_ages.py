"""What a customer owes by how long it is past due, down to the unapplied cash: together its exposure. A row leads to its invoices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from layouts import html, parts
from layouts.format import Scale
from layouts.panel import Table
from layouts.panels import account, progress
from layouts.panels.document_list import bucket_of
from layouts.parts import Value
from layouts.text import N_
from layouts.urls import Scope
from metrics.account import Account, Aged, Standing
from metrics.catalog import BUCKET_NOT_DUE, BUCKET_UNAPPLIED
from metrics.receivables import share


@dataclass(frozen=True, slots=True)
class Line:
    """``length``: of the bar, as a share of the longest; ``href``: the invoices of the bucket, or all where these are shown."""

    name: str
    href: str
    length: float
    late: bool
    amount: str
    share: Value
    invoices: str
    current: bool = False


@dataclass(frozen=True, slots=True)
class View:
    title: str
    caption: str
    columns: tuple[str, ...]
    lines: tuple[Line, ...]
    total: tuple[str, str]
    hint: str
    empty: tuple[str, str]


class AccountAges:
    name = "account_ages"
    title = N_("Exposure by age")

    def needs(self, scope: Scope) -> Mapping[str, Account]:
        asked = account.asked(scope)
        return {"account": asked} if asked else {}

    def view(self, scope: Scope, results: Mapping[str, Standing]) -> View:
        text, found = scope.text, results.get("account")
        scale = _scale(scope, found) if found else None
        lines = tuple(_line(scope, found, aged, scale) for aged in _shown(found)) if found and scale else ()
        day = scope.number.day(progress.cut(scope), "short")
        return View(
            title=text(self.title),
            caption=text("{unit}, days past due, {day}", unit=scale.caption, day=day) if scale and lines else "",
            columns=(text("Past due"), "", text("Amount"), text("Share"), text("Invoices")),
            lines=lines,
            total=(text("Exposure"), scope.number.scaled(found.exposure, scale)) if found and scale else ("", ""),
            hint=text("Show these invoices"),
            empty=_empty(scope, found),
        )

    def render(self, view: View) -> Any:
        if not view.lines:
            return account.empty_card(view.title, view.empty)
        # The bars have no heading, and a heading without words is none.
        names = [html.Th(name, scope="col", className="l" if i < 2 else None) if name else html.Td() for i, name in enumerate(view.columns)]
        body = [_render(line, view.hint) for line in view.lines]
        name, amount = view.total
        foot = html.Tr([html.Th(name, scope="row", className="l"), html.Td(), html.Td(amount), html.Td(), html.Td()], className="sum")
        table = html.Table([html.Thead(html.Tr(names)), html.Tbody(body), html.Tfoot(foot)], className="tb ages")
        return parts.card(parts.card_header(view.title, view.caption), table, class_name="ages-card", label=view.title)

    def table(self, scope: Scope, results: Mapping[str, Standing]) -> Table | None:
        text, number, found = scope.text, scope.number, results.get("account")
        if found is None:
            return None
        scale = _scale(scope, found)
        raw: list[tuple[Any, ...]] = [
            (_name(scope, aged), aged.amount, share(aged.amount, found.open) if _is_open(aged) else None, aged.invoices)
            for aged in _shown(found)
        ]
        raw.append((text("Exposure"), found.exposure, None, None))
        rows = tuple(
            (name, number.scaled(amount, scale), number.share(part), number.count(count) if count is not None else "")
            for name, amount, part, count in raw
        )
        columns = (text("Past due"), text("Amount"), text("Share of open"), text("Invoices"))
        caption = text(
            "Exposure of {customer} by age, {unit}, {day}", customer=scope.place, unit=scale.caption, day=number.day(found.query.as_of)
        )
        return Table(caption, columns, rows, tuple(raw))


def _empty(scope: Scope, found: Standing | None) -> tuple[str, str]:
    if found is None:
        return account.nobody(scope)
    title = scope.text("Nothing is owed on {day}", day=scope.number.day(found.query.as_of))
    return title, account.why(scope, found) or scope.text("Every invoice is paid")


def _is_open(aged: Aged) -> bool:
    return aged.bucket != BUCKET_UNAPPLIED


def _shown(found: Standing) -> tuple[Aged, ...]:
    """All buckets, and cash where there is any; nothing where nothing at all is owed."""
    if not any(aged.amount or aged.invoices for aged in found.ages):
        return ()
    return tuple(aged for aged in found.ages if _is_open(aged) or aged.amount)


def _scale(scope: Scope, found: Standing) -> Scale:
    return scope.number.scale([aged.amount for aged in found.ages] + [found.exposure])


def _name(scope: Scope, aged: Aged) -> str:
    return progress.bucket_name(scope, aged.bucket) if _is_open(aged) else scope.text("Unapplied")


def _line(scope: Scope, found: Standing, aged: Aged, scale: Scale) -> Line:
    number, current = scope.number, bucket_of(scope) == aged.bucket and not scope.address.ages
    longest = max(abs(each.amount) for each in found.ages) or Decimal(1)
    part = share(aged.amount, found.open) if _is_open(aged) else None
    why = ""
    if part is None:
        is_open = found.invoices > 0
        why = progress.no_rate(scope, is_open=is_open) if _is_open(aged) else scope.text("Cash is no part of what is open")
    bucket = "" if current else aged.bucket
    return Line(
        name=_name(scope, aged),
        href=scope.link(bucket=bucket, ages="", tab="", invoice="") if _is_open(aged) and aged.invoices else "",
        length=round(float(abs(aged.amount) / longest), 4),
        late=_is_open(aged) and aged.bucket != BUCKET_NOT_DUE,
        amount=number.scaled(aged.amount, scale),
        share=Value(number.part(part), why),
        invoices=number.count(aged.invoices) if _is_open(aged) else "",
        current=current,
    )


def _render(line: Line, hint: str) -> Any:
    marked = parts.aria(current="true") if line.current else {}
    name = html.A(line.name, href=line.href, title=hint, **marked) if line.href else line.name
    bar = html.I(className="late" if line.late else "", style={"--v": line.length})
    return html.Tr(
        [
            html.Th(name, scope="row", className="l"),
            html.Td(html.Span(bar, className="age-bar", **parts.aria(hidden="true"))),
            html.Td(line.amount),
            html.Td(parts.value(line.share)),
            html.Td(line.invoices),
        ],
        className="on" if line.current else None,
    )
