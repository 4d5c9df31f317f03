"""For how many days what is invoiced is owed: over two years of month ends, and one level below on the as-of day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from math import ceil, floor
from typing import Any, Final

from layouts import html, parts
from layouts.course_figure import Line, Lines, Look, course
from layouts.figures import Ink, Label
from layouts.panel import Table
from layouts.panels import owed, progress
from layouts.parts import Bar, Value
from layouts.text import N_
from layouts.urls import Scope
from metrics import pace
from metrics.catalog import Unit
from metrics.cycle_course import Course, CycleCourse, Point
from metrics.query import Result
from metrics.question import Question
from metrics.scope import period_of

MOST: Final = 6
"""So many members are shown; the table has all."""
_BY: Final = {
    "region": N_("DSO by region"),
    "area": N_("DSO by area"),
    "rep": N_("DSO by rep"),
    "customer": N_("DSO by customer"),
    "segment": N_("DSO by segment"),
}
_STEPS: Final = (5, 10, 20, 50, 100, 200, 500, 1000)
"""Days between two lines of the chart."""
_TICKS: Final = 4
"""Steps that the chart has at the most."""
_ROOM: Final = 0.06
"""Share of the height that is left free above and below the lines."""
_NEAR: Final = 5
"""So many points at the end of the axis have no name but the last."""


@dataclass(frozen=True, slots=True)
class Member:
    """One level below: its days, a bar with a tick at the plan, and how far it is from the plan."""

    name: str
    href: str
    hint: str
    bar: Bar | None
    days: Value
    gap: owed.Change


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """``below``: heading and caption of the members; ``rest``: how many are not shown; ``facts``: names and figures of the line below.
    ``empty``: title and text where there is nothing to draw."""

    title: str
    caption: str
    label: str
    shown: Lines | None
    below: tuple[str, str]
    members: tuple[Member, ...]
    rest: str
    facts: tuple[tuple[str, Value], ...]
    empty: tuple[str, str]
    theme: str


class Cycle:
    name = "cycle"
    title = N_("DSO")

    def needs(self, scope: Scope) -> Mapping[str, Question]:
        if not scope.can_ask("dso"):
            return {}
        asked: dict[str, Question] = {
            "course": CycleCourse(as_of=progress.cut(scope), where=scope.where),
            "now": owed.standing(scope),
        }
        if scope.child and scope.can_ask("dso", scope.child):
            days = progress.query(scope, ("dso", "dso_count_back", "dso_best", "days_delinquent"), (scope.child,), "-dso")
            asked["members"] = replace(days, as_of=progress.cut(scope))
        return asked

    def view(self, scope: Scope, results: Mapping[str, Any]) -> View:
        text, number = scope.text, scope.number
        found: Course | None = results.get("course")
        shown = _shown(scope, found) if found and any(point.dso is not None for point in found.points) else None
        first, last = (found.points[i].day if found else scope.as_of for i in (0, -1))
        return View(
            title=text(self.title),
            caption=text("days at month end, {first} to {last}", first=_month(scope, first), last=number.day(last)) if shown else "",
            label=_label(scope, found) if found else "",
            shown=shown,
            below=_below(scope) if "members" in results else ("", ""),
            members=_members(scope, results["members"])[:MOST] if "members" in results else (),
            rest=_rest(scope, results["members"]) if "members" in results else "",
            facts=_facts(scope, results["now"]) if "now" in results else (),
            empty=_empty(scope, found),
            theme=scope.theme,
        )

    def render(self, view: View) -> Any:
        head = parts.card_header(view.title, view.caption)
        if view.shown is None:
            return parts.card(head, parts.nothing(*view.empty), label=view.title)
        drawing = parts.drawing(self.name, course(view.shown, view.theme), view.label)
        heading, caption = view.below
        below = [
            html.Div([html.H3(heading), html.Span(caption, className="cap")], className="below-h"),
            html.Ul([_render(member) for member in view.members], className="dso-bars"),
            html.P(view.rest, className="cap") if view.rest else None,
        ]
        facts = html.Dl([html.Div([html.Dt(name), html.Dd(parts.value(value))]) for name, value in view.facts], className="facts-line")
        return parts.card(head, drawing, *(below if view.members else ()), facts, class_name="cycle-card", label=view.title)

    def table(self, scope: Scope, results: Mapping[str, Any]) -> Table | None:
        found: Course | None = results.get("course")
        if found is None:
            return None
        text, number = scope.text, scope.number
        name = text("Company") if not scope.path else scope.place
        days = [(point, before) for point, before in zip(found.points, found.before, strict=True) if point.owed is not None]
        raw: list[tuple[Any, ...]] = [
            (name, p.day, p.dso, p.count_back, p.best, p.delinquent, before.dso, scope.snapshot.plan("plan_dso")) for p, before in days
        ]
        members: Result | None = results.get("members")
        for row in members.rows if members else ():
            figures = (row["dso"], row["dso_count_back"], row["dso_best"], row["days_delinquent"])
            raw.append((_name(scope, members, row), progress.cut(scope), *figures, None, scope.snapshot.plan("plan_dso")))
        rows = tuple((who, number.day(day), *(number.of(value, Unit.DAYS) for value in values)) for who, day, *values in raw)
        columns = (
            text("Where"),
            text("Day"),
            *(progress.name_of(scope, key) for key in owed.CYCLE[:4]),
            text("DSO a year before"),
            text("Plan"),
        )
        return Table(text("DSO in days, {place}", place=scope.place), columns, rows, tuple(raw))

    def method(self, scope: Scope) -> Sequence[str]:
        text = scope.text
        return (
            text(
                "The invoices of {days} days are those dated up to the day itself and in as many days before. Counting back, the running "
                "month has the days that have passed, and the month that no longer fits counts in part.",
                days=str(scope.settings.dso_days),
            ),
            text("The plan is the company's, whatever part of it is looked at. Unapplied cash is not taken off."),
        )


# --- the chart ----------------------------------------------------------------------------------------------------------------


def _shown(scope: Scope, found: Course) -> Lines:
    plan = scope.snapshot.plan("plan_dso")
    lines = tuple(
        line
        for line in (
            _line(scope, N_("Simple {value}"), [p.dso for p in found.points], "main", "ink-1", bold=True),
            _line(scope, N_("Count-back {value}"), [p.count_back for p in found.points], "light", "ink-2"),
            _line(scope, N_("Best possible {value}"), [p.best for p in found.points], "light", "ink-2"),
            _line(scope, N_("Last year {value}"), [p.dso for p in found.before], "year", "ink-3"),
            _line(scope, N_("Plan {value}"), [plan] * len(found.points), "plan", "ink-2"),
        )
        if line
    )
    span, ticks = _heights(scope, [value for line in lines for value in line.values if value is not None])
    return Lines(
        days=tuple(point.day.isoformat() for point in found.points),
        lines=lines,
        hover=tuple(_told(scope, point, before) for point, before in zip(found.points, found.before, strict=True)),
        span=span,
        ticks=ticks,
        axis=_axis(scope, [point.day for point in found.points]),
    )


def _line(scope: Scope, words: str, values: Sequence[Decimal | None], look: Look, ink: Ink, *, bold: bool = False) -> Line | None:
    """A line with its last value; None where it has none at all."""
    last = next((value for value in reversed(values) if value is not None), None)
    if last is None:
        return None
    label = Label(scope.text(words, value=scope.number.of(last, Unit.DAYS)), float(last), ink, bold=bold)
    return Line(tuple(None if value is None else round(float(value), 2) for value in values), look, label)


def _heights(scope: Scope, values: Sequence[float]) -> tuple[tuple[float, float], tuple[tuple[float, str], ...]]:
    """From a little below all values to a little above, and the round numbers of days between."""
    room = max((max(values) - min(values)) * _ROOM, 1.0)
    low, high = min(values) - room, max(values) + room
    step = next((step for step in _STEPS if (high - low) / step <= _TICKS), _STEPS[-1])
    ticks = range(ceil(low / step) * step, floor(high / step) * step + 1, step)
    return (low, high), tuple((float(days), scope.number.count(days)) for days in ticks)


def _axis(scope: Scope, days: Sequence[date]) -> tuple[tuple[str, str], ...]:
    """Every half year, with the year where it begins, and the as-of day, which takes the place of a month too near it."""
    ends = [day for day in days[:-_NEAR] if day.month % 6 == 1]
    named = [(day.isoformat(), _month(scope, day) if day.month == 1 else scope.number.month(day)) for day in ends]
    return (*named, (days[-1].isoformat(), scope.number.day(days[-1], "short")))


def _month(scope: Scope, day: date) -> str:
    """The month with its year."""
    return scope.number.period(period_of("month", day))


def _told(scope: Scope, point: Point, before: Point) -> str:
    """A day in words, for the pointer."""
    figures = (
        (N_("Simple {value}"), point.dso),
        (N_("Count-back {value}"), point.count_back),
        (N_("Best possible {value}"), point.best),
        (N_("Average days delinquent {value}"), point.delinquent),
        (N_("Last year {value}"), before.dso),
    )
    told = (scope.text(words, value=scope.number.of(value, Unit.DAYS)) for words, value in figures if value is not None)
    return "<br>".join((f"<b>{scope.number.day(point.day)}</b>", *told))


def _label(scope: Scope, found: Course) -> str:
    """The chart in one sentence."""
    now, before = found.points[-1], found.before[-1]
    first = next((point for point in found.points if point.dso is not None), now)
    return scope.text(
        "Days sales outstanding of {place} on {day}: {days}; on {first_day} {first}; a year before {before}",
        place=scope.place,
        day=scope.number.day(now.day),
        days=scope.number.of(now.dso, Unit.DAYS),
        first_day=scope.number.day(first.day),
        first=scope.number.of(first.dso, Unit.DAYS),
        before=scope.number.of(before.dso, Unit.DAYS),
    )


def _empty(scope: Scope, found: Course | None) -> tuple[str, str]:
    text = scope.text
    if found is None:
        return text("DSO is not known here"), text("An invoice is paid as a whole, whatever product categories stand on it.")
    return text("No DSO to show"), progress.why(scope, "dso", found.missing)


# --- the members --------------------------------------------------------------------------------------------------------------


def _below(scope: Scope) -> tuple[str, str]:
    text, plan = scope.text, scope.snapshot.plan("plan_dso")
    day = scope.number.day(progress.cut(scope), "short")
    if plan is None:
        return text(_BY[scope.child]), text("days at {day}; no plan", day=day)
    return text(_BY[scope.child]), text("days at {day}; plan {plan}", day=day, plan=scope.number.of(plan, Unit.DAYS))


def _members(scope: Scope, result: Result) -> tuple[Member, ...]:
    """The longest first; who owes nothing, or was invoiced nothing to measure it by, is left to the table."""
    plan = scope.snapshot.plan("plan_dso")
    rows = [row for row in result.rows if row["dso"]]
    longest = max((row["dso"] for row in rows), default=Decimal(1))
    scale = max(longest, plan or Decimal(0))
    return tuple(_member(scope, result, row, plan, scale) for row in rows)


def _member(scope: Scope, result: Result, row: Mapping[str, Any], plan: Decimal | None, scale: Decimal) -> Member:
    text, name, key = scope.text, _name(scope, result, row), row[scope.child]
    days, gap = row["dso"], pace.gap(row["dso"], plan)
    said = scope.number.of(days, Unit.DAYS)
    return Member(
        name=name,
        href=scope.link(**{scope.child: key}) if key is not None else "",
        hint=text("Open {name}", name=name) if key is not None else "",
        bar=Bar(
            label=text("{value}; plan {plan}", value=said, plan=scope.number.of(plan, Unit.DAYS)) if plan is not None else said,
            actual=round(float(days / scale), 4),
            expected=None if plan is None else round(float(plan / scale), 4),
            judgement=owed.judged("dso", gap),
            target=False,
        ),
        days=Value(said),
        gap=owed.Change(scope.number.of(gap, Unit.DAYS, signed=True) if gap is not None else "", "", owed.judged("dso", gap)),
    )


def _name(scope: Scope, result: Result | None, row: Mapping[str, Any]) -> str:
    key = row[scope.child]
    if key is None or result is None:
        return scope.text(progress.WITHOUT.get(scope.child, N_("Not assigned")))
    return result.label(scope.child, key, scope.language)


def _rest(scope: Scope, result: Result) -> str:
    more = len(_members(scope, result)) - MOST
    return scope.text("{n} more in the table", n=more) if more > 0 else ""


def _facts(scope: Scope, result: Result) -> tuple[tuple[str, Value], ...]:
    """What else says how fast it comes in."""
    row = result.only()
    named = {
        "days_delinquent": N_("Days delinquent"),
        "cei": N_("CEI"),
        "days_to_pay": N_("Days to pay"),
        "days_late": N_("Mean days late"),
    }

    def value(key: str) -> Value:
        why = progress.why(scope, key, result.missing.get(key)) if row[key] is None else ""
        return Value(owed.said(scope, key, row[key]), why)

    return tuple((scope.text(words), value(key)) for key, words in named.items())


# --- components -----------------------------------------------------------------------------------------------------------------


def _render(member: Member) -> Any:
    name = html.A(member.name, href=member.href, title=member.hint) if member.href else html.Span(member.name)
    bar = html.Div(parts.bullet(member.bar, "xs k10") if member.bar else None)
    return html.Li([name, bar, html.B(parts.value(member.days), className="num"), owed.draw(member.gap, "num")])
