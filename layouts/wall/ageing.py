"""What customers owe and for how long: the whole in large figures and as one bar of its ages, and the worst six below it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from math import ceil
from typing import Any, Final

from layouts import html, parts
from layouts.figures import wide
from layouts.format import Scale
from layouts.panels import heat
from layouts.panels.ageing import Ageing as Panel
from layouts.text import N_
from layouts.urls import COLLECTIONS, Scope
from layouts.wall import MOST
from layouts.wall.standing import Figure, figure, heading, letters, share
from layouts.wall_words import missing as nothing
from metrics.ageing import Aged, Owed
from metrics.catalog import BUCKET_NOT_DUE, BUCKET_UNAPPLIED, Unit
from metrics.question import Question

LONG: Final = 18
FEWER: Final = 4
"""Where a name has more letters than this it takes two lines, and so many rows are left room for."""
_STEPS: Final = 5
"""Shades of what is overdue: h1 to h5 of the tokens."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a bar: its share of it, and its shade, n for what is not due."""

    share: float
    shade: str


@dataclass(frozen=True, slots=True)
class Bucket:
    """``shade``: "" for cash that no invoice is paid with, which is part of no bar."""

    name: str
    amount: str
    shade: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    name: str
    parts: tuple[Part, ...]
    label: str
    overdue: str
    rate: Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """``owed``: the whole, ``overdue``: how much of it is, in words. ``columns``: over the names, the overdue amounts and rates.

    ``empty``: what is said where nothing is owed, else None.
    """

    owed: Figure = ("", "", "")
    what: str = ""
    overdue: str = ""
    whole: Line | None = None
    buckets: tuple[Bucket, ...] = ()
    columns: tuple[str, str, str] = ("", "", "")
    lines: tuple[Line, ...] = ()
    more: str = ""
    empty: tuple[str, str] | None = None


class Ageing:
    name = "ageing"
    title = N_("Receivables by age")

    def needs(self, scope: Scope) -> Mapping[str, Question]:
        return Panel().needs(scope)

    def view(self, scope: Scope, results: Mapping[str, Any]) -> View:
        text, number, aged = scope.text, scope.number, results["aged"]
        if empty := heat.empty(scope, aged):
            return View(empty=empty)
        scale, whole = heat.scale(scope, aged, narrow=True), aged.whole
        # A wall counts what reps are owed and names none of them.
        rows = [] if scope.child == "rep" else [(kind, row) for kind, row in heat.every(aged) if kind != "rest" and row.is_open]
        named = [(heat.name_of(scope, aged, kind, row), row) for kind, row in rows[:MOST]]
        shown = named if all(wide(name) <= LONG for name, _ in named) else named[:FEWER]
        beyond = len(rows) - len(shown) + (aged.count if scope.child != "rep" else 0)
        overdue = text("{amount} overdue", amount=number.of(whole.overdue, Unit.MONEY))
        return View(
            owed=number.split(whole.receivable, Unit.MONEY),
            what=text("owed on {day}", day=number.day(aged.query.as_of, "short")),
            overdue=overdue,
            whole=_line(scope, aged, scope.place, whole, scale),
            buckets=tuple(_bucket(scope, aged, i, scale) for i in range(len(heat.columns(aged)))),
            columns=(text(heat.SPLITS[scope.child]), text("Overdue, {unit}", unit=scale.caption), text("Rate")),
            lines=tuple(_line(scope, aged, name, row, scale) for name, row in shown),
            more=text("… and {n} more", n=beyond) if beyond > 0 else "",
            empty=None,
        )

    def render(self, view: View) -> Any:
        if view.whole is None:
            return nothing(*(view.empty or ("", "")))
        hero = html.Div(
            [
                figure(view.owed, "owed"),
                html.Span([html.Span(view.what), html.B(view.overdue, className="bad")], className="say"),
                figure(view.whole.rate, "pc"),
            ],
            className="top",
        )
        key = [
            html.Div([html.I(className=bucket.shade), html.Span(bucket.name), html.B(bucket.amount, style=letters(bucket.amount))])
            for bucket in view.buckets
        ]
        rows: list[Any] = []
        if view.lines:
            head = [html.Span(view.columns[0]), html.Span(), *(html.Span(name) for name in view.columns[1:])]
            room = {"--names": max(wide(line.name) for line in view.lines), "--sums": max(wide(line.overdue) for line in view.lines)}
            more = html.Div(view.more, className="more") if view.more else None
            body = [html.Div(head, className="r th"), *map(_render, view.lines), more]
            rows = [html.Div(body, className="rows", style=room | {"--rows": len(view.lines)})]
        shape = "sc ageing" if view.lines else "sc ageing alone"
        bar, legend = _bar(view.whole), html.Div(key, className="key", style={"--of": len(view.buckets)})
        return html.Section([hero, bar, legend, *rows], className=shape)

    def heading(self, scope: Scope) -> str:
        return heading(scope, self.title)

    def page(self, scope: Scope) -> str:
        return scope.link_to(COLLECTIONS, theme="")


def _shade(aged: Aged, at: int) -> str:
    """The older, the stronger; whatever the number of buckets, the oldest takes the last shade."""
    name = aged.names[at]
    if name == BUCKET_UNAPPLIED:
        return ""
    due = [n for n in aged.names if n not in (BUCKET_NOT_DUE, BUCKET_UNAPPLIED)]
    return "n" if name == BUCKET_NOT_DUE else f"h{ceil((due.index(name) + 1) * _STEPS / len(due))}"


def _bucket(scope: Scope, aged: Aged, at: int, scale: Scale) -> Bucket:
    heading = heat.heading(scope, aged.names[at])
    return Bucket(heading.whole, scope.number.scaled(aged.whole.amounts[at], scale), _shade(aged, at))


def _line(scope: Scope, aged: Aged, name: str, row: Owed, scale: Scale) -> Line:
    """Credit notes that outweigh a bucket take no part of the bar."""
    amounts = [max(amount, Decimal(0)) for amount in row.amounts[:-1]]
    whole = sum(amounts)
    shares = [float(amount / whole) if whole else 0.0 for amount in amounts]
    return Line(
        name=name,
        parts=tuple(Part(round(part, 4), _shade(aged, i)) for i, part in enumerate(shares) if part),
        label=scope.text("{name}: {rate} overdue", name=name, rate=_overdue(scope, row)),
        overdue=scope.number.scaled(row.overdue, scale),
        rate=share(row.rate, scope),
    )


def _overdue(scope: Scope, row: Owed) -> str:
    """How much of what is open is overdue; the amount where that is no share of it."""
    return scope.number.of(row.overdue, Unit.MONEY) if row.rate is None else scope.number.share(row.rate)


def _bar(line: Line) -> Any:
    pieces = [html.I(className=part.shade, style={"--a": part.share}) for part in line.parts]
    return html.Div(pieces, className="ages", role="img", **parts.aria(label=line.label))


def _render(line: Line) -> Any:
    return html.Div(
        [
            html.Span(line.name, className="nm", style=letters(line.name)),
            _bar(line),
            html.Span(line.overdue, className="v", style=letters(line.overdue)),
            figure(line.rate, "pc"),
        ],
        className="r",
    )
