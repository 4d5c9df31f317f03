"""Who owes how much for how long: one row a member of any split, each cell with its share against that of the whole, and a way into
its invoices."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from layouts import html, parts
from layouts.format import Scale
from layouts.levels import below
from layouts.panel import Table
from layouts.panels import heat, progress
from layouts.panels.heat import Board, Cell, Heading, Line
from layouts.panels.open_invoices import TAB
from layouts.text import N_
from layouts.tools import current, entry, pick
from layouts.urls import Scope
from metrics.ageing import SPLITS, Aged, Order, Owed, Receivables
from metrics.catalog import BUCKET_UNAPPLIED
from metrics.question import Question
from metrics.receivables import share

MONTH: Final = "invoice_month"
TITLES: Final = {
    "region": N_("Ageing by region"),
    "area": N_("Ageing by area"),
    "rep": N_("Ageing by rep"),
    "customer": N_("Ageing by customer"),
    "segment": N_("Ageing by segment"),
    "category": N_("Ageing by product category"),
    MONTH: N_("Ageing by invoice month"),
}
_CHOICES: Final = {
    "region": N_("Regions"),
    "area": N_("Areas"),
    "rep": N_("Reps"),
    "customer": N_("Customers"),
    "segment": N_("Segments"),
    "category": N_("Categories"),
    MONTH: N_("Invoice months"),
}
_ROWS: Final = {MONTH: 36}
_MOST: Final = 25
"""Rows of their own; what the other members owe stands in one."""
_ORDERS: Final[dict[str, Order]] = {MONTH: "newest", "customer": "overdue"}
"""Of many customers the rate alone would name the smallest first."""
_SAID: Final[dict[Order, str]] = {
    "rate": N_("highest overdue rate first"),
    "overdue": N_("most overdue first"),
    "newest": N_("newest first"),
}


@dataclass(frozen=True, slots=True)
class Choice:
    name: str
    href: str
    current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """``choices``: groups of links under a name, the first of them a menu. ``legend``: what the lightest and darkest shade mean."""

    title: str
    caption: str
    legend: tuple[str, str]
    choices: tuple[tuple[str, tuple[Choice, ...]], ...]
    board: Board | None
    empty: tuple[str, str] | None


class Heatmap:
    name = "heatmap"
    title = N_("Ageing")

    def needs(self, scope: Scope) -> Mapping[str, Question]:
        """What is owed at the as-of day, or at the end of a period that is over."""
        return self._asked(scope, _ROWS.get(split_of(scope), _MOST))

    def whole(self, scope: Scope) -> Mapping[str, Question]:
        """Every member on its own, for a file."""
        return self._asked(scope, 10**9)

    def view(self, scope: Scope, results: Mapping[str, Any]) -> View:
        text, aged = scope.text, results["aged"]
        split = aged.query.split
        empty = heat.empty(scope, aged)
        return View(
            title=text(TITLES[split]),
            caption="" if empty else _caption(scope, aged),
            legend=(text("lower share"), text("higher, against {place}", place=scope.place)),
            choices=(
                (text("Split by"), _splits(scope)),
                (text("Age"), _ages(scope)),
                (text("Cells"), _shares(scope)),
            ),
            board=None if empty else _board(scope, aged),
            empty=empty,
        )

    def render(self, view: View) -> Any:
        low, high = view.legend
        swatches = [html.I(className=f"hs{step}") for step in range(len(heat.HEAT) + 1)]
        legend = html.Span([html.Span(low), *swatches, html.Span(high, title=high)], className="scale") if view.board else None
        splits, *others = view.choices
        groups = [html.Nav([*map(_choice, choices)], className="seg sm", **parts.aria(label=label)) for label, choices in others]
        content = heat.draw(view.board) if view.board else parts.nothing(*(view.empty or ("", "")))
        head, line = parts.card_header(view.title, view.caption), html.Div([_menu(*splits), *groups, legend], className="heat-choices")
        return parts.card(head, line, content, class_name="heatmap", label=view.title)

    def table(self, scope: Scope, results: Mapping[str, Any]) -> Table:
        aged = results["aged"]
        return heat.table(scope, aged, scope.text(TITLES[aged.query.split]))

    def method(self, scope: Scope) -> Sequence[str]:
        text = scope.text
        return (
            text(
                "A share is of what is open in its row: not due and all buckets together, without unapplied cash. The shade compares it "
                "with the share that the same bucket has in the last row; a darker one begins above {steps} of that.",
                steps=text(", ").join(scope.number.share(step, digits=0) for step in heat.HEAT),
            ),
            text(
                "An invoice belongs to the product categories of its order's lines, each with its share of their net amount; without an "
                "order, or where its lines cancel each other out, to none. Unapplied cash names no invoice, so it has neither category "
                "nor invoice month. However it is split, the rows add up to the same total, to the last digit."
            ),
            text(
                "By due day an instalment is not due until its due day has passed. By invoice day it ages from the day of its invoice, so "
                "nothing is not due; the overdue rate stays by due day."
            ),
        )

    def _asked(self, scope: Scope, rows: int) -> Mapping[str, Question]:
        day, split = progress.cut(scope), split_of(scope)
        order = _ORDERS.get(split, "rate")
        return {"aged": Receivables(split=split, aged=aged_by(scope), as_of=day, where=scope.where, order=order, rows=rows)}


def aged_by(scope: Scope) -> str:
    """The dimension of the ageing buckets: by due day or by invoice day."""
    return "age" if scope.address.ages else "bucket"


def splits_of(scope: Scope) -> tuple[str, ...]:
    """What receivables can be split by here: not what is settled, nor what that belongs to."""
    settled = {level.dimension for level in scope.path} | {f.dimension for f in scope.where}
    return tuple(d for d in SPLITS if d not in settled and settled.isdisjoint(below(d)))


def split_of(scope: Scope) -> str:
    """What they are split by: as the address says, if that is possible here, else by the level below."""
    said = MONTH if scope.address.split == "month" else scope.address.split
    return said if said in splits_of(scope) else _usual(scope)


def _usual(scope: Scope) -> str:
    possible = splits_of(scope)
    return scope.child if scope.child in possible else possible[0]


def _caption(scope: Scope, aged: Aged) -> str:
    return scope.text(
        "{unit} and share of the row, {day}, {order}",
        unit=heat.scale(scope, aged, narrow=True).caption,
        day=scope.number.day(aged.query.as_of, "short"),
        order=scope.text(_SAID[aged.query.order]),
    )


def _splits(scope: Scope) -> tuple[Choice, ...]:
    now, usual = split_of(scope), _usual(scope)
    words = {d: "" if d == usual else "month" if d == MONTH else d for d in splits_of(scope)}
    return tuple(Choice(scope.text(_CHOICES[d]), scope.link(split=word), d == now) for d, word in words.items())


def _ages(scope: Scope) -> tuple[Choice, ...]:
    """Another way to age has other buckets, so none of them stays chosen."""
    now = scope.address.ages
    changes = {key: {"ages": key} | ({"bucket": ""} if key != now else {}) for key in ("", "invoice")}
    names = (("", N_("By due day")), ("invoice", N_("By invoice day")))
    return tuple(Choice(scope.text(name), scope.link(**changes[key]), key == now) for key, name in names)


def _shares(scope: Scope) -> tuple[Choice, ...]:
    now = scope.address.shares
    names = (("", N_("Amounts")), ("1", N_("Shares")))
    return tuple(Choice(scope.text(name), scope.link(shares=key), key == now) for key, name in names)


def _board(scope: Scope, aged: Aged) -> Board:
    text, split, shown, scale = scope.text, aged.query.split, heat.columns(aged), heat.scale(scope, aged, narrow=True)
    headings = tuple(heat.heading(scope, bucket) for bucket in shown)
    links = _links(scope, split, shown)
    return Board(
        label=text(TITLES[split]),
        first=text(heat.SPLITS[split]),
        headings=(*headings, Heading(text("Total"), narrow=False), Heading(text("Overdue"))),
        lines=tuple(_line(scope, aged, kind, row, headings, scale, links) for kind, row in heat.every(aged)),
        total=_line(scope, aged, "whole", aged.whole, headings, scale, links),
        big=True,
    )


Links = Mapping[str, Callable[[str], str]]
"""By bucket, and "" for the row: from a member to where a click leads."""


def _links(scope: Scope, split: str, shown: Sequence[str]) -> Links:
    """Into a member; and into it and the invoices that lie in a bucket. The member is no longer what is split by."""
    field = "invoiced" if split == MONTH else split
    leave: dict[str, str] = {} if split == MONTH else {"split": ""}
    into = scope.links(field, **leave, **({"tab": TAB, "bucket": ""} if split == MONTH else {}))
    return {"": into} | {name: scope.links(field, bucket=name, tab=TAB, **leave) for name in shown if name != BUCKET_UNAPPLIED}


def _line(scope: Scope, aged: Aged, kind: str, row: Owed, headings: Sequence[Heading], scale: Scale, links: Links) -> Line:
    name, number = heat.name_of(scope, aged, kind, row), scope.number
    cells = []
    for i, (bucket, heading) in enumerate(zip(heat.columns(aged), headings, strict=True)):
        cell = _cell(scope, aged, bucket, row, i, scale)
        if row.amounts[i] and bucket != BUCKET_UNAPPLIED and kind in ("member", "whole"):
            current = _is_current(scope, aged, bucket, row, kind)
            into = _whole(scope, bucket, current=current) if kind == "whole" or current else links[bucket](row.member or "")
            hint = scope.text("Invoices of {name}, {bucket}", name=name, bucket=heading.whole)
            cell = replace(cell, href=into, hint=hint, current=current)
        cells.append(replace(cell, shade="") if kind == "whole" else cell)
    leads = kind == "member" and row.member is not None
    return Line(
        name,
        links[""](row.member or "") if leads else "",
        scope.text("Open {name}", name=name) if leads else "",
        (*cells, Cell(number.scaled(row.receivable, scale), "sum", narrow=False)),
        heat.overdue(scope, row),
    )


def _cell(scope: Scope, aged: Aged, bucket: str, row: Owed, i: int, scale: Scale) -> Cell:
    """Amount and share, the one that is asked for above the other."""
    amount, number, whole = row.amounts[i], scope.number, aged.whole
    words = number.scaled(amount, scale)
    if bucket == BUCKET_UNAPPLIED:
        return Cell(words, narrow=False)
    part = number.part(share(amount, row.open))
    above, under = (part, words) if scope.address.shares else (words, part)
    shade = heat.shaded(bucket, amount, row.open, whole.amounts[i], whole.open)
    return Cell(above, shade, narrow=bucket not in heat.WIDE, small=under)


def _is_current(scope: Scope, aged: Aged, bucket: str, row: Owed, kind: str) -> bool:
    """Whether it is the invoices of this cell that are listed."""
    said = scope.address
    if kind == "member" and aged.query.split != MONTH:  # a click leads into the member, whose own row is the whole there
        return False
    member = row.member if kind == "member" else ""
    return said.tab == TAB and (said.bucket, said.invoiced) == (bucket, member)


def _whole(scope: Scope, bucket: str, *, current: bool) -> str:
    """A bucket of all that is looked at; the one that is listed leads back."""
    return scope.link(invoiced="", **({"bucket": "", "tab": ""} if current else {"bucket": bucket, "tab": TAB}))


def _menu(label: str, choices: Sequence[Choice]) -> Any:
    entries = [entry(choice.name, choice.href, is_on=choice.current) for choice in choices]
    now = next(choice.name for choice in choices if choice.current)
    return pick(label, now, html.Div(html.Ul(entries), className="pop"), look="sm")


def _choice(choice: Choice) -> Any:
    return html.A(choice.name, href=choice.href, **current(choice.current))
