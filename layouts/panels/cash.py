"""Expected cash: what the next 30, 60 and 90 days should bring, of what is open and of new business, with how sure that is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any, Final

from layouts import html, parts
from layouts.format import Scale
from layouts.panel import Table
from layouts.panels import progress, roll
from layouts.parts import Judgement, Value
from layouts.text import N_
from layouts.tools import icon
from layouts.urls import Scope
from metrics.cash import HORIZONS
from metrics.cash_ahead import Ahead, CashAhead, Expected
from metrics.pace import ratio
from metrics.query import Query, Result
from metrics.question import Question
from metrics.scope import Period

_TARGET: Final = "collections_target"


@dataclass(frozen=True, slots=True)
class Line:
    """A horizon. Positions on the bar are shares of its width: where ``open`` ends, and ``total``, ``low``, ``high``, ``target``."""

    name: str
    until: str
    open: float
    total: float
    low: float
    high: float
    target: float | None
    said: str
    expected: str
    between: str
    planned: Value
    before: str


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    title: str
    caption: str
    finding: str
    judgement: Judgement
    key: tuple[str, str, str, str]
    columns: tuple[str, ...]
    lines: tuple[Line, ...]
    empty: tuple[str, str]


class Cash:
    name = "cash"
    title = N_("Expected cash")

    def needs(self, scope: Scope) -> Mapping[str, Question]:
        if not roll.is_asked(scope):
            return {}
        asked = CashAhead(as_of=progress.cut(scope), where=scope.where)
        return {"ahead": asked, **({"targets": _planned(scope, asked)} if scope.has_targets else {})}

    def view(self, scope: Scope, results: Mapping[str, Any]) -> View:
        text = scope.text
        found: Ahead | None = results.get("ahead")
        expected = found.expected if found else ()
        targets = _targets(scope, results)
        scale = scope.number.scale([v for e in expected for v in (e.total, targets.get(e.days))])
        most = max((v for e in expected for v in (e.high, targets.get(e.days) or Decimal(0))), default=Decimal(0)) or Decimal(1)
        finding, judgement = _finding(scope, expected, targets) if expected else ("", "dim")
        return View(
            title=text(self.title),
            caption=_caption(scope, found, scale) if found and expected else "",
            finding=finding,
            judgement=judgement,
            key=(text("of what is open"), text("of new business"), text("four of five cases"), text("target")),
            columns=_columns(scope),
            lines=tuple(_line(scope, e, targets.get(e.days), scale, most) for e in expected),
            empty=_empty(scope, found),
        )

    def render(self, view: View) -> Any:
        head = parts.card_header(view.title, view.caption)
        if not view.lines:
            return parts.card(head, parts.nothing(*view.empty), label=view.title)
        mark = icon({"bad": "down", "good": "up", "dim": "equal"}[view.judgement])
        found = html.P([html.Span(mark, className=view.judgement), " ", html.B(view.finding)], className="found")
        names = [html.Th(name, scope="col", className=_class(i)) if name else html.Td() for i, name in enumerate(view.columns)]
        rows = [html.Tr(_cells(line)) for line in view.lines]
        table = html.Table([html.Thead(html.Tr(names)), html.Tbody(rows)], className="tb cash")
        key = [html.Span([html.I(className=mark), word]) for mark, word in zip(("open", "new", "span", "target"), view.key, strict=True)]
        box = html.Div(table, className="list-box", tabIndex=0, role="group", **parts.aria(label=view.title))
        return parts.card(head, found, box, html.Div(key, className="cash-key cap"), class_name="cash-card", label=view.title)

    def table(self, scope: Scope, results: Mapping[str, Any]) -> Table | None:
        found: Ahead | None = results.get("ahead")
        if found is None or not found.expected:
            return None
        targets, number = _targets(scope, results), scope.number
        scale = number.scale([e.total for e in found.expected])
        raw: tuple[tuple[Any, ...], ...] = tuple(
            (e.days, e.end, e.open, e.new, e.total, e.low, e.high, targets.get(e.days), e.before) for e in found.expected
        )
        text = scope.text
        columns = (
            text("Days ahead"),
            text("Until"),
            text("Of what is open"),
            text("Of new business"),
            text("Expected cash"),
            text("At least"),
            text("At most"),
            text("Target"),
            text("As many days before"),
        )
        rows = tuple((str(days), number.day(end), *(number.scaled(v, scale) for v in amounts)) for days, end, *amounts in raw)
        return Table(text("Expected cash, {caption}", caption=_caption(scope, found, scale)), columns, rows, raw)

    def method(self, scope: Scope) -> Sequence[str]:
        text = scope.text
        return (
            text(
                "What is open today is taken to be paid as in the past year: every 30 days back, of what was open then and as "
                "late, the share that was paid within 30, 60 and 90 days. New business: what else came in, as a share of what had been "
                "invoiced in the 90 days before."
            ),
            text(
                "The same estimate is made every 30 days back, from what was known then. Of those of the past year, four of five were off "
                "by no more than the interval reaches."
            ),
            text("Only cash that pays an invoice counts, as in collections. Test it with `python app.py backtest --cash`."),
        )


def _planned(scope: Scope, asked: CashAhead) -> Query:
    """What is planned for each day up to the end of the last horizon."""
    period = Period("range", asked.as_of + timedelta(days=1), asked.ends[-1])
    return Query(measures=(_TARGET,), by=("day",), period=period, as_of=asked.as_of, where=scope.where)


def _targets(scope: Scope, results: Mapping[str, Any]) -> dict[int, Decimal]:
    """By horizon what is planned, where targets reach its end: held against those of a part of it, cash would always be enough."""
    planned: Result | None = results.get("targets")
    by_day = {row["day"]: row[_TARGET] for row in planned.rows if row[_TARGET] is not None} if planned else {}
    found: dict[int, Decimal] = {}
    for days, end in zip(HORIZONS, results["ahead"].query.ends if by_day else (), strict=False):
        # A target has no part on a day on which nothing of it is due: what ends on a Sunday is planned up to Friday.
        if not scope.snapshot.due_days(max(by_day) + timedelta(days=1), end):
            found[days] = sum((amount for day, amount in by_day.items() if day <= end), Decimal(0))
    return {days: target for days, target in found.items() if target}


def _caption(scope: Scope, found: Ahead, scale: Scale) -> str:
    return scope.text("{unit}, after {day}", unit=scale.caption, day=scope.number.day(found.query.as_of, "short"))


def _columns(scope: Scope) -> tuple[str, ...]:
    text = scope.text
    return text("Within"), "", text("Expected cash"), text("Four of five cases"), text("Target"), text("As many days before")


def _line(scope: Scope, e: Expected, target: Decimal | None, scale: Scale, most: Decimal) -> Line:
    text, number = scope.text, scope.number

    def place(value: Decimal) -> float:
        return round(float(value / most), 4)

    return Line(
        name=text("{n} days", n=e.days),
        until=text("until {day}", day=number.day(e.end, "short")),
        open=place(e.open),
        total=place(e.total),
        low=place(e.low),
        high=place(e.high),
        target=None if target is None else place(target),
        said=text(
            "{open} of what is open, {new} of new business",
            open=number.money(e.open),
            new=number.money(e.new),
        ),
        expected=number.scaled(e.total, scale),
        between=number.scaled_between(e.low, e.high, scale),
        planned=Value(number.scaled(target, scale), text("No target is set for these days") if target is None else ""),
        before=number.scaled(e.before, scale),
    )


def _finding(scope: Scope, expected: Sequence[Expected], targets: Mapping[int, Decimal]) -> tuple[str, Judgement]:
    """What the longest horizon with a target comes to; without one, what the first brings."""
    text, number = scope.text, scope.number
    for e in reversed(expected):
        target = targets.get(e.days)
        if not target:
            continue
        values: dict[str, Any] = {"gap": number.money(abs(e.total - target)), "day": number.day(e.end, "short")}
        if e.low <= target <= e.high:
            return text("About the target by {day}: {share} of it is expected", share=number.share(ratio(e.total, target)), **values), "dim"
        if e.total < target:
            return text("{gap} short of the target by {day} if customers go on paying like that", **values), "bad"
        return text("{gap} above the target by {day} if customers go on paying like that", **values), "good"
    first = expected[0]
    return text("{amount} expected by {day}", amount=number.money(first.total), day=number.day(first.end, "short")), "dim"


def _empty(scope: Scope, found: Ahead | None) -> tuple[str, str]:
    text = scope.text
    if found is None:
        return text("Expected cash is not known here"), text("An invoice is paid as a whole, whatever product categories stand on it.")
    if found.missing and found.missing.code != "not_enough_history":
        return text("No expected cash to show"), progress.why(scope, "collections", found.missing)
    return text("No expected cash to show"), text("It takes about two years of invoices and payments to say how sure it is.")


def _class(column: int) -> str | None:
    """A phone leaves out the plan and the past."""
    return {0: "l", 1: "bars"}.get(column) or ("sm" if column in (4, 5) else None)


def _cells(line: Line) -> list[Any]:
    places = {"--o": line.open, "--t": line.total, "--lo": line.low, "--hi": line.high}
    marks = [html.I(className="new"), html.I(className="open"), html.I(className="span")]
    if line.target is not None:
        places["--x"] = line.target
        marks.append(html.I(className="target"))
    bar = html.Div(marks, className="cash-bar", style=places, role="img", title=line.said, **parts.aria(label=line.said))
    first = html.Th([line.name, html.Span(line.until, className="cap")], scope="row", className="l")
    cells = (bar, html.B(line.expected), line.between, parts.value(line.planned), line.before)
    return [first, *(html.Td(cell, className=_class(i)) for i, cell in enumerate(cells, start=1))]
