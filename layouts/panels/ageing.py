"""What customers owe, by how long it is past due: a table whose shade compares each row with the whole."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Final

from layouts import html, parts
from layouts.format import Scale
from layouts.panel import Table
from layouts.panels import progress
from layouts.panels.progress import Row
from layouts.parts import Value
from layouts.text import N_
from layouts.urls import Scope
from metrics.catalog import BUCKET_NOT_DUE, BUCKET_UNAPPLIED, Unit, buckets
from metrics.query import Query, Result

HEAT: Final = tuple(Decimal(step) for step in ("0.6", "0.85", "1.1", "1.4", "1.9"))
"""Shade of an overdue cell: the row's share in the bucket ÷ the share of the whole, up to and including each step."""
NEUTRAL: Final = HEAT[1:3]
"""The same for what is not due, in ink: it is no judgement."""
_WIDE: Final = (BUCKET_NOT_DUE, BUCKET_UNAPPLIED)
"""Columns that a phone leaves out, as it does the total."""
WIDEST: Final = 10**7
"""Amounts from here on do not fit the columns of the card; the table twin has room for them."""


@dataclass(frozen=True, slots=True)
class Cell:
    """An amount with its shade: a class of app.css, "" for none. ``narrow``: shown on a phone too."""

    text: str
    shade: str = ""
    narrow: bool = True


@dataclass(frozen=True, slots=True)
class Line:
    name: str
    href: str
    hint: str
    cells: tuple[Cell, ...]
    rate: Value


@dataclass(frozen=True, slots=True)
class Heading:
    """``days`` is the word that a phone leaves out."""

    text: str
    days: str = ""
    narrow: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    title: str
    caption: str
    first: str
    headings: tuple[Heading, ...]
    lines: tuple[Line, ...]
    total: Line | None
    empty: tuple[str, str] | None


class Ageing:
    name = "ageing"
    title = N_("Receivables by age")

    def needs(self, scope: Scope) -> Mapping[str, Query]:
        child = scope.child
        sums = ("receivable", "open", "overdue_rate")
        return {
            "cells": _query(scope, ("receivable",), (child, "bucket")),
            "rows": _query(scope, sums, (child,), order="-overdue_rate"),
            "buckets": _query(scope, ("receivable",), ("bucket",)),
            "total": _query(scope, sums),
        }

    def view(self, scope: Scope, results: Mapping[str, Result]) -> View:
        text, number = scope.text, scope.number
        total = results["total"].only()
        title, first = text(self.title), text(progress.LEVEL[scope.child])
        if not any(row["receivable"] for row in results["cells"].rows):
            missing = results["total"].missing.get("open")
            why = progress.why(scope, "open", missing) if missing else text("Every invoice is paid")
            empty = text("Nothing is owed on {day}", day=number.day(progress.cut(scope))) if not missing else text("No receivables to show")
            return View(title=title, caption="", first=first, headings=(), lines=(), total=None, empty=(empty, why))
        scale, shown = _scale(scope, results, narrow=True), _columns(scope, results)
        whole = {row["bucket"]: row["receivable"] for row in results["buckets"].rows}
        cells = _by_row(scope, results)
        lines = tuple(
            _line(
                scope,
                row,
                results["rows"],
                tuple(_cell(scope, name, cells.get(row[scope.child], {}), row, whole, total, scale) for name in shown),
                scale,
            )
            for row in _rows(scope, results)
        )
        return View(
            title=title,
            caption=text(
                "{unit}, {day}; shade: share of a row against that of {place}",
                unit=scale.caption,
                day=number.day(progress.cut(scope), "short"),
                place=scope.place,
            ),
            first=first,
            headings=(*(_heading(scope, name) for name in shown), Heading(text("Total"), narrow=False), Heading(text("Overdue"))),
            lines=lines,
            total=_line(
                scope,
                total,
                results["total"],
                tuple(Cell(number.scaled(whole.get(name, Decimal(0)), scale), narrow=name not in _WIDE) for name in shown),
                scale,
            ),
            empty=None,
        )

    def render(self, view: View) -> Any:
        head = parts.card_header(view.title, view.caption)
        if view.empty:
            return parts.card(head, parts.nothing(*view.empty), label=view.title)
        names = [html.Th(view.first, scope="col", className="l"), *(_render_heading(heading) for heading in view.headings)]
        body = [html.Tr(_render(line)) for line in view.lines]
        foot = [html.Tr(_render(view.total), className="tot")] if view.total else []
        table = html.Table(
            [html.Caption(view.title, className="visually-hidden"), html.Thead(html.Tr(names)), html.Tbody([*body, *foot])],
            className="heat",
        )
        return parts.card(
            head, html.Div(table, className="heat-box", tabIndex=0, role="group", **parts.aria(label=view.title)), label=view.title
        )

    def table(self, scope: Scope, results: Mapping[str, Result]) -> Table:
        text, number = scope.text, scope.number
        scale, shown, cells = _scale(scope, results), _columns(scope, results), _by_row(scope, results)
        whole = {row["bucket"]: row["receivable"] for row in results["buckets"].rows}
        total = results["total"].only()
        sums = [
            *((_name(scope, row, results["rows"]), cells.get(row[scope.child], {}), row) for row in _rows(scope, results)),
            (scope.place, whole, total),
        ]
        raw = tuple(
            (name, *(amounts.get(bucket, Decimal(0)) for bucket in shown), row["receivable"], row["overdue_rate"])
            for name, amounts, row in sums
        )
        rows = tuple((name, *(number.scaled(v, scale) for v in values), number.share(rate)) for name, *values, rate in raw)
        columns = (
            text(progress.LEVEL[scope.child]),
            *(" ".join(filter(None, (h.text, h.days))) for h in (_heading(scope, name) for name in shown)),
            text("Total"),
            text("Overdue rate"),
        )
        return Table(text("Receivables by age, {unit}, {day}", unit=scale.caption, day=number.day(progress.cut(scope))), columns, rows, raw)


def _query(scope: Scope, measures: tuple[str, ...], by: tuple[str, ...] = (), order: str = "") -> Query:
    """What is owed at the as-of day, or at the end of a period that is over."""
    return replace(progress.query(scope, measures, by, order), as_of=progress.cut(scope))


def _rows(scope: Scope, results: Mapping[str, Result]) -> tuple[Row, ...]:
    """Worst overdue rate first, what belongs to no member last; who owes nothing is left out."""
    rows = [row for row in results["rows"].rows if row["receivable"] or row["open"]]
    return (*(row for row in rows if row[scope.child] is not None), *(row for row in rows if row[scope.child] is None))


def _by_row(scope: Scope, results: Mapping[str, Result]) -> dict[str | None, dict[str, Decimal]]:
    found: dict[str | None, dict[str, Decimal]] = {}
    for row in results["cells"].rows:
        found.setdefault(row[scope.child], {})[row["bucket"]] = row["receivable"]
    return found


def _columns(scope: Scope, results: Mapping[str, Result]) -> tuple[str, ...]:
    """The buckets; unapplied cash only where there is any."""
    cash = any(row["receivable"] for row in results["cells"].rows if row["bucket"] == BUCKET_UNAPPLIED)
    return tuple(name for name in buckets(scope.settings.ageing_edges) if cash or name != BUCKET_UNAPPLIED)


def _scale(scope: Scope, results: Mapping[str, Result], *, narrow: bool = False) -> Scale:
    """The unit of the amounts; where the columns are ``narrow``, one in which the largest amount fits them."""
    amounts = [row["receivable"] for row in (*results["rows"].rows, *results["total"].rows)]
    scale = scope.number.scale(amounts, Unit.MONEY)
    if narrow and max((abs(v) / scale.factor for v in amounts if v), default=0) >= WIDEST:
        return replace(scope.number, unit="auto").scale(amounts, Unit.MONEY)
    return scale


def _heading(scope: Scope, bucket: str) -> Heading:
    if bucket == BUCKET_NOT_DUE:
        return Heading(scope.text("Not due"), narrow=False)
    if bucket == BUCKET_UNAPPLIED:
        return Heading(scope.text("Unapplied"), narrow=False)
    return Heading(progress.bucket_span(bucket), scope.text("d"))


def _cell(scope: Scope, bucket: str, row: Mapping[str, Decimal], sums: Row, whole: Mapping[str, Decimal], total: Row, scale: Scale) -> Cell:
    amount = row.get(bucket, Decimal(0))
    return Cell(
        scope.number.scaled(amount, scale),
        "" if bucket == BUCKET_UNAPPLIED else shade(amount, sums["open"], whole.get(bucket), total["open"], due=bucket != BUCKET_NOT_DUE),
        narrow=bucket not in _WIDE,
    )


def shade(amount: Decimal, of_row: Decimal | None, whole: Decimal | None, of_whole: Decimal | None, *, due: bool) -> str:
    """The class of a cell: the row's share in the bucket ÷ the share of the whole. None where a share has no meaning."""
    if not of_row or not whole or not of_whole or of_row < 0 or whole < 0 or of_whole < 0:
        return ""
    ratio = (amount * of_whole) / (of_row * whole)
    return f"hs{bisect_left(HEAT, ratio)}" if due else f"n{bisect_left(NEUTRAL, ratio)}"


def _name(scope: Scope, row: Row, result: Result) -> str:
    if scope.child not in row:
        return scope.place
    if row[scope.child] is None:
        return scope.text(progress.WITHOUT[scope.child])
    return result.label(scope.child, row[scope.child], scope.language)


def _line(scope: Scope, row: Row, result: Result, cells: tuple[Cell, ...], scale: Scale) -> Line:
    name, member = _name(scope, row, result), row.get(scope.child)
    leads = member is not None and scope.child != "rep"
    rate = row["overdue_rate"]
    return Line(
        name,
        scope.link(**{scope.child: member}) if leads else "",
        scope.text("Open {name}", name=name) if leads else "",
        (*cells, Cell(scope.number.scaled(row["receivable"], scale), "sum", narrow=False)),
        Value(scope.number.share(rate), scope.text("Nothing is open") if rate is None else ""),
    )


def _render_heading(heading: Heading) -> Any:
    days = html.Span(f" {heading.days}", className="desk-only") if heading.days else None
    return html.Th([heading.text, days], scope="col", className=None if heading.narrow else "sm")


def _render(line: Line) -> list[Any]:
    name = html.A(line.name, href=line.href, title=line.hint) if line.href else line.name
    cells = [html.Td(cell.text, className=" ".join(filter(None, (cell.shade, "" if cell.narrow else "sm"))) or None) for cell in line.cells]
    return [html.Th(name, scope="row", className="l"), *cells, html.Td(parts.value(line.rate), className="sum")]
