"""What customers owe, by how long it is past due: a table whose shade compares each row with the whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from layouts import parts
from layouts.format import Scale
from layouts.panel import Table
from layouts.panels import heat, progress
from layouts.panels.heat import Board, Cell, Heading, Line
from layouts.text import N_
from layouts.urls import Scope
from metrics.ageing import Aged, Owed, Receivables
from metrics.question import Question

MOST: Final = 1000
"""So many members are shown one by one; the card scrolls."""


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    title: str
    caption: str
    board: Board | None
    empty: tuple[str, str] | None


class Ageing:
    name = "ageing"
    title = N_("Receivables by age")

    def needs(self, scope: Scope) -> Mapping[str, Question]:
        """What is owed at the as-of day, or at the end of a period that is over."""
        return {"aged": Receivables(split=scope.child, as_of=progress.cut(scope), where=scope.where, rows=MOST)}

    def view(self, scope: Scope, results: Mapping[str, Any]) -> View:
        text, aged = scope.text, results["aged"]
        title = text(self.title)
        if empty := heat.empty(scope, aged):
            return View(title=title, caption="", board=None, empty=empty)
        scale, shown = heat.scale(scope, aged, narrow=True), heat.columns(aged)
        caption = text(
            "{unit}, {day}; shade: share of a row against that of {place}",
            unit=scale.caption,
            day=scope.number.day(aged.query.as_of, "short"),
            place=scope.place,
        )
        board = Board(
            label=title,
            first=text(heat.SPLITS[scope.child]),
            headings=(*(heat.heading(scope, name) for name in shown), Heading(text("Total"), narrow=False), Heading(text("Overdue"))),
            lines=tuple(_line(scope, aged, kind, row, scale) for kind, row in heat.every(aged)),
            total=_line(scope, aged, "whole", aged.whole, scale),
        )
        return View(title=title, caption=caption, board=board, empty=None)

    def render(self, view: View) -> Any:
        head = parts.card_header(view.title, view.caption)
        content = heat.draw(view.board) if view.board else parts.nothing(*(view.empty or ("", "")))
        return parts.card(head, content, label=view.title)

    def table(self, scope: Scope, results: Mapping[str, Any]) -> Table:
        return heat.table(scope, results["aged"], scope.text(self.title))


def _line(scope: Scope, aged: Aged, kind: str, row: Owed, scale: Scale) -> Line:
    name, number, whole = heat.name_of(scope, aged, kind, row), scope.number, aged.whole
    leads = kind == "member" and scope.child != "rep"
    cells = (
        Cell(
            number.scaled(row.amounts[i], scale),
            "" if kind == "whole" else heat.shaded(bucket, row.amounts[i], row.open, whole.amounts[i], whole.open),
            narrow=bucket not in heat.WIDE,
        )
        for i, bucket in enumerate(heat.columns(aged))
    )
    return Line(
        name,
        scope.link(**{scope.child: row.member}) if leads else "",
        scope.text("Open {name}", name=name) if leads else "",
        (*cells, Cell(number.scaled(row.receivable, scale), "sum", narrow=False)),
        heat.overdue(scope, row),
    )
