"""Whom to call about overdue money, the most worth first, with what was promised and what is to be done; written to from the row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from layouts import grid
from layouts.entry_form import entry_form
from layouts.grid import BLOCK, SHORT, Column, Grid, Line
from layouts.panel import Table
from layouts.panels import list_card, progress
from layouts.panels.debtors import FIXED, SPECS, Figures, Spec
from layouts.panels.list_card import Filter, Tab, View
from layouts.text import N_
from layouts.urls import Scope
from metrics.pace import ratio
from metrics.question import Question
from metrics.worklist import MONTH, Worked, Worklist
from metrics.worklist_sql import DIMENSIONS, PRIOR, Todo

FILTERS: Final[tuple[tuple[Todo, str], ...]] = (
    ("", N_("All")),
    ("no_promise", N_("No promise")),
    ("broken", N_("Broken")),
    ("over_limit", N_("Over limit")),
)
_USUAL: Final = "-worth"
FIRST: Final = 10
"""Rows that the caption tells the part of, which is about what a screen shows."""


class OverdueWorklist:
    name = "worklist"
    title = N_("Overdue worklist")
    has_entries = True

    def needs(self, scope: Scope) -> Mapping[str, Question]:
        """``rows``: the first page."""
        return self.page(scope, 0, max(BLOCK, SHORT))

    def page(self, scope: Scope, first: int, rows: int) -> Mapping[str, Question]:
        return {"rows": question(scope, first=first, rows=rows)}

    def whole(self, scope: Scope) -> Mapping[str, Question]:
        return {"rows": question(scope)}

    def rows(self, scope: Scope, results: Mapping[str, Worked], first: int, rows: int) -> tuple[list[dict[str, Any]], int]:
        worked = results["rows"]
        return grid.row_data(_columns(scope), _lines(scope, worked)[:rows]), worked.found

    def view(self, scope: Scope, results: Mapping[str, Worked]) -> View:
        text, worked = scope.text, results["rows"]
        usual = frozenset(spec.key for spec in SPECS if spec.usual and spec.key not in FIXED)
        shown = _shown(scope)
        choices = [(spec.key, text(spec.heading), spec in shown) for spec in SPECS if spec.key not in FIXED]
        return View(
            title=text(self.title),
            tabs=(Tab(text(self.title), scope.number.count(worked.counts[""]), scope.link(tab=""), True),),
            caption=_caption(scope, worked),
            search=list_card.search(scope, worked.found),
            filters=_filters(scope, worked),
            filters_label=text("Which customers"),
            choices=list_card.choices(scope, choices, usual),
            columns_label=text("Columns"),
            usual=(text("The usual columns"), scope.link(columns="") if scope.address.columns else ""),
            grid=Grid(
                label=text("{list} of {place}", list=text(self.title), place=scope.place),
                columns=_columns(scope),
                lines=_lines(scope, worked)[:SHORT],
                count=worked.found,
                total=None,
                about=(scope.address.format(), scope.snapshot.version),
            ),
            empty=_empty(scope, worked),
            offer=(text("Show all"), scope.link(todo="", owner="", find="")) if worked.counts[""] or scope.address.owner else None,
            beside=(entry_form(scope),),
        )

    def render(self, view: View) -> Any:
        return list_card.draw(self.name, view)

    def table(self, scope: Scope, results: Mapping[str, Worked]) -> Table:
        """All rows of the list under its present filters and order, exactly: for a file."""
        text, worked = scope.text, results["rows"]
        figures = Figures(scope, worked)
        extra = (Spec(key="amount", heading=N_("Amount promised")), Spec(key="due", heading=N_("Due")))
        specs = (*(spec for spec in SPECS if spec.key != "write"), *extra)
        caption = text("{measure}, {unit}, {period}", measure=text(self.title), unit=figures.scale.caption, period=_day(scope))
        return Table(
            caption,
            tuple(text(spec.heading) for spec in specs),
            tuple(tuple(figures.text(spec, debtor) for spec in specs) for debtor in worked.debtors),
            tuple(tuple(figures.value(spec, debtor) for spec in specs) for debtor in worked.debtors),
        )

    def method(self, scope: Scope) -> Sequence[str]:
        text, number = scope.text, scope.number
        return (
            text("The worth of a call is what is overdue × the chance that it is paid late × its age. The most worth comes first."),
            text(
                "Chance: of the customer's payments of the last twelve months, the share by amount that came after their due day; "
                "drawn toward the share of all customers as if {n} payments like theirs were added.",
                n=PRIOR,
            ),
            text("Age: the days past due of what is overdue, weighted by amount, ÷ {days}.", days=number.count(MONTH)),
            text(
                "Whose credit notes are worth more than what is past due is not listed; the share of the first is of all that is overdue."
            ),
            text("Exposure is all that is open less cash that no invoice took; above the credit limit it is over the limit."),
            text(
                "A promise is filled by what the customer pays after the data it was given on, the one due first before the others; "
                "money counts once. Filled by its day it is kept, before that open, after it broken. A promise for a day before "
                "anything of what is overdue now was due is no longer shown. Of the others the open one that is due first is shown, "
                "else the latest that was broken, else the latest that was kept."
            ),
        )


def question(scope: Scope, *, first: int = 0, rows: int | None = None) -> Worklist:
    """What is asked for a part of the list; what receivables cannot be divided by is left out, and said in the caption."""
    address = scope.address
    name, falling = _order(scope)
    return Worklist(
        as_of=progress.cut(scope),
        where=tuple(wanted for wanted in scope.where if wanted.dimension in DIMENSIONS),
        todo=_todo(scope),
        owner=address.owner,
        order=f"-{name}" if falling else name,
        language=scope.language,
        find=address.find,
        first=first,
        rows=rows,
        written=scope.written,
    )


def _todo(scope: Scope) -> Todo:
    return next(todo for todo, _ in FILTERS if todo == scope.address.todo)


def _order(scope: Scope) -> tuple[str, bool]:
    """The column that the list is sorted by, and whether the largest, or the latest, comes first."""
    said = scope.address.sort or _USUAL
    if said.removeprefix("-") not in {spec.order for spec in SPECS if spec.order}:
        said = _USUAL
    return said.removeprefix("-"), said.startswith("-")


def _shown(scope: Scope) -> tuple[Spec, ...]:
    """The columns to show: those that the address names, if they are all of this list, else the usual ones."""
    wanted = {key for key in scope.address.columns.split(",") if key}
    named = bool(wanted) and wanted <= {spec.key for spec in SPECS if spec.key not in FIXED}
    return tuple(spec for spec in SPECS if spec.key in FIXED or (spec.key in wanted if named else spec.usual))


def _columns(scope: Scope) -> tuple[Column, ...]:
    sorted_by, falling = _order(scope)
    return tuple(_column(scope, spec, falling if spec.order == sorted_by else None) for spec in _shown(scope))


def _column(scope: Scope, spec: Spec, falling: bool | None) -> Column:
    then = not spec.named if falling is None else not falling
    return Column(
        key=spec.key,
        heading=scope.text(spec.heading),
        hint=scope.text(spec.hint),
        href=scope.link(sort=f"-{spec.order}" if then else spec.order) if spec.order else "",
        sorted="" if falling is None else "descending" if falling else "ascending",
        align=spec.align,
        width=spec.width,
        brief=spec.brief,
    )


def _lines(scope: Scope, worked: Worked) -> tuple[Line, ...]:
    figures, specs = Figures(scope, worked), _shown(scope)
    return tuple(Line(debtor.customer, tuple(figures.cell(spec, debtor) for spec in specs), look="leads") for debtor in worked.debtors)


def _filters(scope: Scope, worked: Worked) -> tuple[Filter, ...]:
    """The ways to look at the list, each with how many customers it has; and one's own, whose name the browser knows."""
    address, count = scope.address, scope.number.count
    found = tuple(
        Filter(scope.text(name), count(worked.counts[todo]), scope.link(todo=todo), todo == address.todo) for todo, name in FILTERS
    )
    owner = address.owner
    mine = scope.text("Of {owner}", owner=owner) if owner else scope.text("Mine")
    return (*found, Filter(mine, "", scope.link(owner=""), bool(owner), by_browser="owner"))


def _caption(scope: Scope, worked: Worked) -> str:
    """Unit and day, and how much is owed: of a long list, how much of it the first hold.

    The whole list is held against the overdue of the place, which other panels say; a part of it against its own.
    """
    if not worked.found:
        return ""
    text, number = scope.text, scope.number
    asked = worked.query
    whole = worked.found_overdue if asked.todo or asked.owner or asked.find else worked.overdue
    held = ratio(sum((debtor.overdue for debtor in worked.debtors[:FIRST]), Decimal(0)), whole)
    said = [
        text("{unit}, {day}", unit=Figures(scope, worked).scale.caption, day=_day(scope)),
        text("{n} customers owe {amount} overdue", n=worked.found, amount=number.money(worked.found_overdue))
        if worked.found <= FIRST or held is None or held < 0
        else text(
            "first {first} hold {share} of {amount} overdue",
            first=number.count(FIRST),
            share=number.share(held),
            amount=number.money(whole),
        ),
    ]
    if scope.address.find:
        said.insert(0, text("{n} found", n=worked.found))
    if any(wanted.dimension not in DIMENSIONS for wanted in scope.where):
        said.append(text("all categories, as a customer pays for all of them"))
    return text("; ").join(said)


def _day(scope: Scope) -> str:
    return scope.number.day(progress.cut(scope), "short")


def _empty(scope: Scope, worked: Worked) -> tuple[str, str]:
    text, address = scope.text, scope.address
    if unknown := progress.no_receivables(scope):
        return unknown
    if address.find:
        searched = text("Searched: {list} of {place}.", list=text(OverdueWorklist.title), place=scope.place)
        return text("Nothing here is called '{find}'", find=address.find), searched
    if worked.counts[""]:
        return text("Nobody is left under this filter"), text("{n} customers have something overdue.", n=worked.counts[""])
    if address.owner:
        return text("Nothing is on the list of {owner}", owner=address.owner), text("The owner of a row is who acts next, else the rep.")
    return text("Nothing is overdue on {day}", day=scope.number.day(progress.cut(scope))), text("Whatever was due is paid.")
