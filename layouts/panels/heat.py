"""Receivables by age as a table whose shade compares the share of each row with that of the whole: its parts, and how it is drawn."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Final

from layouts import html, parts
from layouts.format import Scale
from layouts.panel import Table
from layouts.panels import progress
from layouts.parts import Value
from layouts.text import N_
from layouts.urls import Scope
from metrics.ageing import Aged, Owed
from metrics.catalog import BUCKET_NOT_DUE, BUCKET_UNAPPLIED, Unit
from metrics.scope import parse_period

HEAT: Final = tuple(Decimal(step) for step in ("0.6", "0.85", "1.1", "1.4", "1.9"))
"""Shade of an overdue cell: the row's share in the bucket ÷ the share of the whole, up to and including each step."""
NEUTRAL: Final = HEAT[1:3]
"""The same for what is not due, in ink: it is no judgement."""
WIDE: Final = (BUCKET_NOT_DUE, BUCKET_UNAPPLIED)
"""Columns that a phone leaves out, as it does the total."""
WIDEST: Final = 10**7
"""Amounts from here on do not fit the columns of the card; the table twin has room for them."""
SPLITS: Final = {
    **progress.LEVEL,
    "customer": N_("Customer"),
    "segment": N_("Segment"),
    "category": N_("Category"),
    "invoice_month": N_("Invoice month"),
}
"""What the members are called that receivables are split by, at the head of their column."""


@dataclass(frozen=True, slots=True)
class Cell:
    """An amount with its shade: a class of app.css, "" for none. ``narrow``: shown on a phone too. ``small`` stands below the amount;
    ``href`` leads to what the amount is made of, and ``hint`` says so; ``current``: that is what is looked at."""

    text: str
    shade: str = ""
    narrow: bool = True
    small: str = ""
    href: str = ""
    hint: str = ""
    current: bool = False


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

    @property
    def whole(self) -> str:
        return f"{self.text} {self.days}".rstrip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """A table: ``first`` heads the names. ``big``: there is room for two lines in a cell."""

    label: str
    first: str
    headings: tuple[Heading, ...]
    lines: tuple[Line, ...]
    total: Line
    big: bool = False


def heading(scope: Scope, bucket: str) -> Heading:
    if bucket == BUCKET_NOT_DUE:
        return Heading(scope.text("Not due"), narrow=False)
    if bucket == BUCKET_UNAPPLIED:
        return Heading(scope.text("Unapplied"), narrow=False)
    return Heading(progress.bucket_span(bucket), scope.text("d"))


def columns(aged: Aged) -> tuple[str, ...]:
    """The buckets; unapplied cash only where there is any."""
    cash = any(row.unapplied for _, row in every(aged))
    return aged.names if cash else aged.names[:-1]


def every(aged: Aged) -> Iterator[tuple[str, Owed]]:
    """Rows from the top: each that stands for a member, the rest of them, and what belongs to none; and what each is."""
    yield from (("member", row) for row in aged.rows)
    yield from ((kind, row) for kind, row in (("rest", aged.rest), ("nobody", aged.nobody)) if row)


def name_of(scope: Scope, aged: Aged, kind: str, row: Owed) -> str:
    """What a row is called; "whole" is what is looked at."""
    split = aged.query.split
    if kind == "whole":
        return scope.place
    if kind == "rest":
        return scope.text("{n} others", n=aged.count)
    if kind == "nobody":
        return scope.text(progress.WITHOUT.get(split, N_("Not assigned")))
    if split == "invoice_month" and row.member:
        return scope.number.period(parse_period(row.member, aged.query.as_of))
    return aged.label(row.member, scope.language)


def scale(scope: Scope, aged: Aged, *, narrow: bool = False) -> Scale:
    """The unit of the amounts; where the columns are ``narrow``, one in which the largest amount fits them."""
    known = [row.receivable for row in (*(row for _, row in every(aged)), aged.whole) if row.receivable]
    found = scope.number.scale(known, Unit.MONEY)
    if narrow and max((abs(amount) / found.factor for amount in known), default=0) >= WIDEST:
        return replace(scope.number, unit="auto").scale(known, Unit.MONEY)
    return found


def empty(scope: Scope, aged: Aged) -> tuple[str, str] | None:
    """What is said where nothing is owed: in short, and why; None where something is."""
    if any(any(row.amounts) for _, row in every(aged)):
        return None
    if aged.missing:
        return scope.text("No receivables to show"), progress.why(scope, "open", aged.missing)
    return scope.text("Nothing is owed on {day}", day=scope.number.day(aged.query.as_of)), scope.text("Every invoice is paid")


def table(scope: Scope, aged: Aged, title: str) -> Table:
    """The same figures plainly, the whole last."""
    text, number, unit, shown = scope.text, scope.number, scale(scope, aged), columns(aged)
    raw: tuple[tuple[Any, ...], ...] = tuple(
        (name_of(scope, aged, kind, row), *row.amounts[: len(shown)], row.receivable, row.rate)
        for kind, row in (*every(aged), ("whole", aged.whole))
    )
    rows = tuple((name, *(number.scaled(v, unit) for v in values), number.share(rate)) for name, *values, rate in raw)
    headings = (
        text(SPLITS[aged.query.split]),
        *(heading(scope, name).whole for name in shown),
        text("Total"),
        text("Overdue rate"),
    )
    caption = text("{title}, {unit}, {day}", title=title, unit=unit.caption, day=number.day(aged.query.as_of))
    return Table(caption, headings, rows, raw)


def shade(amount: Decimal, of_row: Decimal | None, whole: Decimal | None, of_whole: Decimal | None, *, due: bool) -> str:
    """The class of a cell: the row's share in the bucket ÷ the share of the whole. None where a share has no meaning."""
    if not of_row or not whole or not of_whole or of_row < 0 or whole < 0 or of_whole < 0:
        return ""
    ratio = (amount * of_whole) / (of_row * whole)
    return f"hs{bisect_left(HEAT, ratio)}" if due else f"n{bisect_left(NEUTRAL, ratio)}"


def shaded(bucket: str, amount: Decimal, of_row: Decimal | None, whole: Decimal | None, of_whole: Decimal | None) -> str:
    """The same of a bucket; unapplied cash is in none."""
    return "" if bucket == BUCKET_UNAPPLIED else shade(amount, of_row, whole, of_whole, due=bucket != BUCKET_NOT_DUE)


def overdue(scope: Scope, row: Owed) -> Value:
    """The overdue rate at the end of a row."""
    return Value(scope.number.share(row.rate), progress.no_rate(scope, is_open=row.is_open) if row.rate is None else "")


def draw(board: Board) -> Any:
    """The table, scrolling where it is long."""
    names = [html.Th(board.first, scope="col", className="l"), *(_heading(heading) for heading in board.headings)]
    rows = [*(html.Tr(_row(line)) for line in board.lines), html.Tr(_row(board.total), className="tot")]
    caption = html.Caption(board.label, className="visually-hidden")
    table = html.Table([caption, html.Thead(html.Tr(names)), html.Tbody(rows)], className="heat big" if board.big else "heat")
    return html.Div(table, className="heat-box", tabIndex=0, role="group", **parts.aria(label=board.label))


def _heading(heading: Heading) -> Any:
    days = html.Span(f" {heading.days}", className="desk-only") if heading.days else None
    return html.Th([heading.text, days], scope="col", className=None if heading.narrow else "sm")


def _row(line: Line) -> list[Any]:
    name = html.A(line.name, href=line.href, title=line.hint) if line.href else line.name
    return [html.Th(name, scope="row", className="l"), *map(_cell, line.cells), html.Td(parts.value(line.rate), className="sum")]


def _cell(cell: Cell) -> Any:
    content: Any = [cell.text, html.Small(cell.small)] if cell.small else cell.text
    if cell.href:
        current = parts.aria(current="true") if cell.current else {}
        content = html.A(content, href=cell.href, title=cell.hint, **current)
    return html.Td(content, className=" ".join(filter(None, (cell.shade, "" if cell.narrow else "sm"))) or None)
