"""Progress one level below what is looked at, worst gap first, with the lag alerts: regions, areas of a region, reps of an area."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, Literal

from layouts import causes, html, parts
from layouts.format import Scale
from layouts.panel import Table
from layouts.panels import progress
from layouts.panels.progress import Row
from layouts.parts import Bar, Chip, Judgement, Value
from layouts.text import N_
from layouts.tools import icon
from layouts.urls import REGIONS, Scope
from metrics.alerts import Lag
from metrics.catalog import Unit
from metrics.query import Query, Result
from metrics.tiers import Status

SCALE: Final = 1.2
"""Rows draw their bars on 0–120 % of the target."""
_ALERT: Final = ("lag", "lag_since", "lag_change")
_TITLE: Final = {"region": N_("Regional progress"), "area": N_("Progress by area"), "rep": N_("Progress by rep")}
_LAGGING: Final = {"region": N_("{n} regions lagging"), "area": N_("{n} areas lagging"), "rep": N_("{n} reps lagging")}
_ORDER: Final = {True: N_("{measure}, {unit}, sorted by gap to pace"), False: N_("{measure}, {unit}, no target is set; largest first")}
LONG: Final = 8
"""From more rows than these on the list scrolls inside the card."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One member, what belongs to none, or the total. ``level``: of its alert; ``since`` and ``course`` say it in words."""

    kind: Literal["member", "nobody", "total"]
    name: str
    href: str
    hint: str
    level: Literal["", "warning", "critical"]
    bar: Bar
    done: Value
    actual: str
    target: str
    gap: Value
    days: Value
    judgement: Judgement
    since: str
    course: str
    chip: Chip | None
    note: str
    cause: tuple[str, str] | None
    """Of whom the driver is told later, and where that is asked (see ``causes.later_here``)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    title: str
    caption: str
    columns: tuple[str, ...]
    lagging: Chip | None
    lines: tuple[Line, ...]
    total: Line
    empty: tuple[str, str]
    flag: str
    """What the flag of a lagging row says to who does not see it."""


def children(scope: Scope) -> Query:
    """Progress of every member one level below, worst gap first; the same question wherever it is asked, so it is run once."""
    return progress.query(scope, _shown(scope), by=(scope.child,), order=f"{scope.measure}_gap")


def _shown(scope: Scope) -> tuple[str, ...]:
    key = scope.measure
    return key, *(f"{key}_{kind}" for kind in (*progress.PROGRESS, *_ALERT, *progress.LANDING))


class Regions:
    name = "regions"
    title = N_("Regional progress")

    def needs(self, scope: Scope) -> Mapping[str, Query]:
        return {"rows": children(scope), "total": progress.query(scope, _shown(scope))}

    def view(self, scope: Scope, results: Mapping[str, Result]) -> View:
        text, key, child = scope.text, scope.measure, scope.child
        rows, total = ordered(scope, results["rows"]), results["total"].only()
        scale = scale_of(scope, (*rows, total))
        largest = largest_of(scope, rows)
        lines = tuple(_line(scope, row, scale, results["rows"], largest) for row in rows)
        lagging = sum(line.level != "" for line in lines)
        return View(
            title=text(_TITLE[child]),
            caption=text(_ORDER[any(row[f"{key}_target"] for row in rows)], measure=progress.name_of(scope, key), unit=scale.caption),
            columns=(
                text(progress.LEVEL[child]),
                text("Completion and forecast") if any(line.bar.forecast is not None for line in lines) else text("Completion and pace"),
                text("Done"),
                text("Actual / target"),
                text("Gap to pace"),
                text("Days"),
                text("Alert"),
            ),
            lagging=Chip("risk", text(_LAGGING[child], n=lagging)) if lagging else None,
            lines=lines,
            total=_line(scope, total, scale, results["total"], largest),
            empty=(
                text("Nothing to show for {place}", place=scope.place),
                text("{period}: neither facts nor targets. Choose another period or scope.", period=scope.number.period(scope.period)),
            ),
            flag=text("lagging"),
        )

    def render(self, view: View) -> Any:
        head = parts.card_header(view.title, view.caption, parts.chip(view.lagging) if view.lagging else None)
        if not view.lines:
            return parts.card(head, parts.nothing(*view.empty), label=view.title)
        names = [html.Span(name, role="columnheader", className="num" if 2 <= i <= 5 else None) for i, name in enumerate(view.columns)]
        scroll: dict[str, Any] = {"tabIndex": 0, **parts.aria(label=view.title)} if len(view.lines) > LONG else {}
        table = html.Div(
            [
                html.Div(html.Div(names, role="row", className="reg th"), role="rowgroup"),
                html.Div(
                    [_render(line, view.flag) for line in view.lines],
                    role="rowgroup",
                    className="reg-rows",
                    **scroll,
                ),
                html.Div(_render(view.total, view.flag), role="rowgroup"),
            ],
            role="table",
            style={"--rows": len(view.lines)},
            **parts.aria(label=view.title),
        )
        return parts.card(head, table, class_name="regions", label=view.title)

    def table(self, scope: Scope, results: Mapping[str, Result]) -> Table:
        text, key = scope.text, scope.measure
        rows, total = ordered(scope, results["rows"]), results["total"].only()
        scale = scale_of(scope, (*rows, total))
        labels = (*(name_of(scope, row, results["rows"]) for row in rows), scope.place)
        kinds = ("", "_target", "_completion", "_gap", "_days", *(f"_{kind}" for kind in progress.LANDING))
        raw: tuple[tuple[Any, ...], ...] = tuple(
            (label, *(row.get(key + kind) for kind in kinds), _lag_word(scope, row[f"{key}_lag"]), row[f"{key}_lag_since"])
            for label, row in zip(labels, (*rows, total), strict=True)
        )
        columns = (
            text(progress.LEVEL[scope.child]),
            text("Actual"),
            text("Target"),
            text("Completion"),
            text("Gap to pace"),
            text("Working days ahead"),
            *progress.landing_columns(scope),
            text("Lag alert"),
            text("Since"),
        )
        number = scope.number
        shown = tuple(
            (
                label,
                number.scaled(actual, scale),
                number.scaled(target, scale),
                number.share(done),
                number.scaled(gap, scale, signed=True),
                number.days(days),
                *(number.scaled(end, scale) for end in ends),
                number.share(rate),
                number.chance(chance),
                number.of(lag, Unit.WORD),
                number.day(since),
            )
            for label, actual, target, done, gap, days, *ends, rate, chance, lag, since in raw
        )
        caption = text(
            "{measure}, {unit}, {period}", measure=progress.name_of(scope, key), unit=scale.caption, period=number.period(scope.period)
        )
        return Table(caption, columns, shown, raw)


def _lag_word(scope: Scope, lag: str | None) -> str | None:
    if lag is None:
        return None
    return {Lag.NONE: scope.text("none"), Lag.WARNING: scope.text("warning"), Lag.CRITICAL: scope.text("critical")}[Lag(lag)]


def ordered(scope: Scope, result: Result) -> tuple[Row, ...]:
    """Worst gap first, those without target after them by size, what belongs to no member last; who has nothing is left out."""
    key = scope.measure
    rows = [row for row in result.rows if row[key] is None or row[key] or row[f"{key}_target"]]
    judged = [row for row in rows if row[f"{key}_gap"] is not None]
    others = sorted((row for row in rows if row[f"{key}_gap"] is None), key=lambda row: row[key] or 0, reverse=True)
    members = [row for row in (*judged, *others) if row[scope.child] is not None]
    return (*members, *(row for row in rows if row[scope.child] is None))


def largest_of(scope: Scope, rows: tuple[Row, ...]) -> Decimal | None:
    """The largest actual, with which the bars of rows without a target are compared."""
    return max((row[scope.measure] for row in rows if row[scope.measure] is not None), default=None)


def scale_of(scope: Scope, rows: tuple[Row, ...]) -> Scale:
    key = scope.measure
    return scope.number.scale([value for row in rows for value in (row[key], row[f"{key}_target"])], progress.unit_of(key))


def name_of(scope: Scope, row: Row, result: Result) -> str:
    if scope.child not in row:
        return scope.place
    member = row[scope.child]
    if member is not None:
        return result.label(scope.child, member, scope.language)
    return progress.nobody(scope, row, progress.WITHOUT[scope.child])


def _line(scope: Scope, row: Row, scale: Scale, result: Result, largest: Decimal | None) -> Line:
    text, number, key = scope.text, scope.number, scope.measure
    member = row.get(scope.child)
    name = name_of(scope, row, result)
    leads = member is not None
    status, lag = row[f"{key}_status"], row[f"{key}_lag"]
    level = level_of(lag)
    known = row[key] is not None
    untold = progress.why(scope, key, result.missing.get(key)) if not known else text("No target is set")
    gap, days = row[f"{key}_gap"], row[f"{key}_days"]
    return Line(
        kind="member" if member is not None else "nobody" if scope.child in row else "total",
        name=name,
        href=scope.link_to(REGIONS, **{scope.child: member}) if leads else "",
        hint=text("Open {name}", name=name) if leads else "",
        level=level,
        bar=progress.bar_of(scope, key, row, SCALE, largest=largest if scope.child in row else None),
        done=Value(number.share(row[f"{key}_completion"]), untold if row[f"{key}_completion"] is None else ""),
        actual=number.scaled(row[key], scale),
        target=number.scaled(row[f"{key}_target"], scale),
        gap=Value(number.scaled(gap, scale, signed=True), untold if gap is None else ""),
        days=Value(number.days(days), untold if days is None else ""),
        judgement="bad" if level else progress.judgement(status),
        since=_since(scope, row) if level else "",
        course=_course(scope, row, scale) if level else "",
        chip=_chip(scope, row) if not level else None,
        note=text("Within tolerance") if not level and status == Status.ON_PACE else "",
        cause=causes.place_of(scope, member) if level and member is not None else None,
    )


def level_of(lag: str | None) -> Literal["", "warning", "critical"]:
    return "critical" if lag == Lag.CRITICAL else "warning" if lag == Lag.WARNING else ""


def _since(scope: Scope, row: Row) -> str:
    day = row[f"{scope.measure}_lag_since"]
    if day is None:
        return scope.text("Behind pace")
    return scope.text("Behind since {week} ({day})", week=scope.number.week(day), day=scope.number.day(day, "short"))


def _course(scope: Scope, row: Row, scale: Scale) -> str:
    """Whether the gap widens or closes against a week ago; nothing in the first week."""
    change = row[f"{scope.measure}_lag_change"]
    if not change:
        return ""
    size = scope.number.scaled(abs(change), scale)
    return scope.text("Widening, {size} in a week", size=size) if change < 0 else scope.text("Closing, {size} in a week", size=size)


def _chip(scope: Scope, row: Row) -> Chip | None:
    """A chip where a word says more than the figures: achieved, behind without an alert, ahead, no target."""
    status, known = row[f"{scope.measure}_status"], row[scope.measure] is not None
    if known and status == Status.ON_PACE:
        return None
    return progress.status_chip(scope, status, known=known)


def _render(line: Line, flag: str) -> Any:
    mark = (
        html.Span([icon("flag-fill" if line.level == "critical" else "flag"), parts.hidden(flag)], className="bad") if line.level else None
    )
    label = [html.Span(line.name, className="nm-t", title=line.name), mark]
    named = html.A(label, href=line.href, title=line.hint, className="nm") if line.href else html.Span(label, className="nm")
    looks = (
        "reg r",
        f"lagrow {line.level}" if line.level else "",
        "tot" if line.kind == "total" else "",
        "" if line.bar.target else "bare",
    )
    said: list[Any] = []
    if line.since:
        said = [html.Span(line.since, className="bad b"), html.Br() if line.course else None, line.course]
        if line.cause:
            said.append(causes.later_here(line.cause))
    elif line.chip:
        said = [parts.chip(line.chip)]
    elif line.note:
        said = [html.Span(line.note, className="cap tolr")]
    return html.Div(
        [
            html.Div(named, role="cell"),
            html.Div(parts.bullet(line.bar), role="cell", className="bl"),
            html.Div(parts.value(line.done), role="cell", className="num b of-target"),
            html.Div([line.actual, html.Span(f" / {line.target}", className="cap")], role="cell", className="num h actual"),
            html.Div(parts.value(line.gap), role="cell", className=f"num b of-target {line.judgement}"),
            html.Div(parts.value(line.days), role="cell", className=f"num h {line.judgement}"),
            html.Div(said, role="cell", className="why"),
        ],
        role="row",
        className=" ".join(filter(None, looks)),
    )
