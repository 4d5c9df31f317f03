"""The course of the period: running actual against target and last year, and below it the gap to pace step by step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from math import ceil, floor, log10
from typing import Any, Final

from data.workdays import month_start, week_start
from layouts import figures, parts
from layouts.figures import Fan, Label, Lines, Step
from layouts.format import Scale
from layouts.panel import Table
from layouts.panels import progress
from layouts.panels.kpis import five
from layouts.text import N_
from layouts.urls import Scope
from metrics.pace import gap, running
from metrics.query import Query, Result

ZERO: Final = Decimal(0)
DAILY, WEEKLY = 14, 190
"""Up to so many days a period is followed by the day, up to so many by the week, beyond by the month."""
_TICKS: Final = 6
_EDGE: Final = 16
"""Within so small a part of the period before its end, the actual is labelled at the edge too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """Running totals by the end of each day, exact. ``actual`` ends with the last day that counts; () where there is none.

    ``landing``: where the period will end, and both ends of its range; None where that is not said, or known.
    """

    days: tuple[date, ...]
    actual: tuple[Decimal, ...]
    target: tuple[Decimal, ...]
    before: tuple[Decimal, ...]
    landing: tuple[Decimal, Decimal, Decimal] | None = None

    @property
    def landing_gaps(self) -> tuple[Decimal, ...]:
        """The landing and its range against the target of the period; () where there is no target, or no forecast."""
        return tuple(end - self.target[-1] for end in self.landing) if self.landing and self.target else ()

    def gap(self, at: int) -> Decimal | None:
        """Gap to pace by the end of the n-th day."""
        return gap(self.actual[at], self.target[at]) if self.target else None


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """``empty``: title and text where there is nothing to draw, else None."""

    title: str
    caption: str
    label: str
    shown: Lines | None
    empty: tuple[str, str] | None
    theme: str


class Trend:
    name = "trend"
    title = N_("Cumulative actual and target")

    def needs(self, scope: Scope) -> Mapping[str, Query]:
        key, last_year = scope.measure, scope.period.year_before()
        return {
            "days": progress.query(scope, (key, f"{key}_target"), by=("day",)),
            "before": Query(measures=(key,), by=("day",), period=last_year, as_of=last_year.last, where=scope.where),
            "five": five(scope),
        }

    def view(self, scope: Scope, results: Mapping[str, Result]) -> View:
        text, key = scope.text, scope.measure
        name = progress.name_of(scope, key)
        course = course_of(scope, results)
        title = text(self.title)
        if not course.actual:
            empty = (
                text("{measure} cannot be drawn for {period}", measure=name, period=scope.number.period(scope.period)),
                progress.why(scope, key, results["five"].missing.get(key)),
            )
            return View(title=title, caption=name, label=empty[0], shown=None, empty=empty, theme=scope.theme)
        scale = _scale(scope, course)
        caption = text("{measure}, {unit}", measure=name, unit=scale.caption)
        status = results["five"].only()[f"{key}_status"]
        return View(
            title=title,
            caption=caption,
            label=_label(scope, course, scale, name),
            shown=_shown(scope, course, scale, status),
            empty=None,
            theme=scope.theme,
        )

    def render(self, view: View) -> Any:
        head = parts.card_header(view.title, view.caption)
        if view.shown is None:
            return parts.card(head, parts.nothing(*(view.empty or ())), label=view.title)
        return parts.card(
            head, parts.drawing(self.name, figures.trend(view.shown, view.theme), view.label), class_name="trend", label=view.title
        )

    def table(self, scope: Scope, results: Mapping[str, Result]) -> Table:
        text, number, key = scope.text, scope.number, scope.measure
        course = course_of(scope, results)
        scale = _scale(scope, course)
        raw = (*_reached(course), *_ahead(course))
        rows = tuple(
            (
                number.day(last),
                number.scaled(actual, scale),
                number.scaled(due, scale),
                number.scaled(behind, scale, signed=True),
                number.scaled(before, scale),
                *(number.scaled(end, scale) for end in landing),
            )
            for last, actual, due, behind, before, *landing in raw
        )
        columns = (
            text("By the end of"),
            text("Actual"),
            text("Target due"),
            text("Gap to pace"),
            text("Previous year"),
            *(progress.landing_columns(scope)[:3] if course.landing else ()),
        )
        caption = text(
            "{measure}, {unit}, {period}", measure=progress.name_of(scope, key), unit=scale.caption, period=number.period(scope.period)
        )
        return Table(caption, columns, rows, raw)


def _reached(course: Course) -> tuple[tuple[Any, ...], ...]:
    """What stood at the end of each step; with a forecast, its columns empty."""
    at = {day: i for i, day in enumerate(course.days)}
    ahead = (None,) * 3 if course.landing else ()
    return tuple(
        (
            last,
            course.actual[i],
            course.target[i] if course.target else None,
            course.gap(i),
            course.before[i] if course.before else None,
            *ahead,
        )
        for _, last in segments(course.days[: len(course.actual)], len(course.days))
        for i in (at[last],)
    )


def _ahead(course: Course) -> tuple[tuple[Any, ...], ...]:
    """The last day of the period, as it is forecast."""
    if course.landing is None:
        return ()
    due, before = (line[-1] if line else None for line in (course.target, course.before))
    return ((course.days[-1], None, due, None, before, *course.landing),)


def course_of(scope: Scope, results: Mapping[str, Result]) -> Course:
    """The running totals out of the daily results. Last year's line is read on the day with as many working days passed."""
    key, days = scope.measure, _days(scope.period.first, scope.period.last)
    whole = results["five"].only()
    by_day = {row["day"]: row for row in results["days"].rows}
    actual: tuple[Decimal, ...] = ()
    if whole[key] is not None:
        actual = running(by_day[day][key] or ZERO if day in by_day else ZERO for day in days if day <= scope.as_of)
    target: tuple[Decimal, ...] = ()
    if whole[f"{key}_target"] is not None:
        target = running(by_day[day][f"{key}_target"] or ZERO if day in by_day else ZERO for day in days)
    before: tuple[Decimal, ...] = ()
    if whole[f"{key}_py"] is not None:
        before = _last_year(scope, days, results["before"])
    ends = tuple(whole.get(f"{key}_{kind}") for kind in progress.LANDING[:3])
    point, low, high = ends if scope.is_running and actual else (None, None, None)
    landing = None if point is None or low is None or high is None else (point, low, high)
    return Course(days=days, actual=actual, target=target, before=before, landing=landing)


def _last_year(scope: Scope, days: Sequence[date], result: Result) -> tuple[Decimal, ...]:
    other, calendar = scope.period.year_before(), scope.snapshot.calendar
    by_day = {row["day"]: row[scope.measure] or ZERO for row in result.rows}
    totals = (ZERO, *running(by_day.get(day, ZERO) for day in _days(other.first, other.last)))
    reached = (calendar.like_for_like(scope.period, day, other) for day in days)
    return tuple(totals[(day - other.first).days + 1] for day in reached)


def _days(first: date, last: date) -> tuple[date, ...]:
    return tuple(first + timedelta(days=i) for i in range((last - first).days + 1))


def segments(days: Sequence[date], whole: int | None = None) -> tuple[tuple[date, date], ...]:
    """First and last day of each step: days, ISO weeks or months by the length of the whole; cut at both ends of ``days``."""
    length = whole or len(days)
    start = (lambda day: day) if length <= DAILY else week_start if length <= WEEKLY else month_start
    found: list[tuple[date, date]] = []
    for day in days:
        if found and start(day) == start(found[-1][0]):
            found[-1] = (found[-1][0], day)
        else:
            found.append((day, day))
    return tuple(found)


def _scale(scope: Scope, course: Course) -> Scale:
    ends = [line[-1] for line in (course.actual, course.target, course.before) if line and line[-1]]
    # The smallest counts most: the actual is the smallest early in a period, and is what is looked at.
    smallest = min(ends, key=abs, default=None)
    return scope.number.scale([*ends, *[smallest] * len(ends)], progress.unit_of(scope.measure))


def _shown(scope: Scope, course: Course, scale: Scale, status: str | None) -> Lines:
    def drawn(line: Sequence[Decimal]) -> tuple[float, ...]:
        return tuple(round(float(value / scale.factor), 4) for value in line)

    ends, last = _labels(scope, course, scale, status)
    steps, axis = _steps(scope, course, scale)
    return Lines(
        days=tuple(day.isoformat() for day in course.days),
        actual=drawn(course.actual),
        target=drawn(course.target),
        before=drawn(course.before),
        hover=_hover(scope, course, scale),
        ticks=_ticks(scope, course, scale),
        ends=ends,
        last=last,
        steps=steps if course.target else (),
        margin=0.5 if _length(course) == "day" else 0.0,
        steps_title=_steps_title(scope, course, scale),
        axis=axis,
        fan=_fan(scope, course, scale),
    )


_STEPS: Final = {
    "day": N_("Gap to pace, {unit}, by the day"),
    "week": N_("Gap to pace, {unit}, at week end"),
    "month": N_("Gap to pace, {unit}, at month end"),
}


def _steps_title(scope: Scope, course: Course, scale: Scale) -> str:
    title = scope.text(_STEPS[_length(course)], unit=scale.caption)
    return scope.text("{title}; fan: landing", title=title) if course.landing_gaps else title


def _fan(scope: Scope, course: Course, scale: Scale) -> Fan | None:
    if course.landing is None:
        return None
    gaps = course.landing_gaps
    point, low, high = (round(float(gap / scale.factor), 4) for gap in gaps) if gaps else (None, None, None)
    said = ("", "")
    if gaps:
        lands = scope.text("Lands {gap}", gap=scope.number.scaled(gaps[0], scale, signed=True))
        said = lands, scope.number.scaled_between(gaps[1], gaps[2], scale, signed=True)
    return Fan(landing=round(float(course.landing[0] / scale.factor), 4), gap=point, low=low, high=high, said=said)


def _length(course: Course) -> str:
    return "day" if len(course.days) <= DAILY else "week" if len(course.days) <= WEEKLY else "month"


def _labels(scope: Scope, course: Course, scale: Scale, status: str | None) -> tuple[tuple[Label, ...], tuple[Label, ...]]:
    """Labels at the right edge, and those at the end of the actual line where it ends earlier."""
    text, number = scope.text, scope.number

    def height(value: Decimal) -> float:
        return float(value / scale.factor)

    ends: list[Label] = []
    if course.target:
        ends.append(Label(text("Target {value}", value=number.scaled(course.target[-1], scale)), height(course.target[-1]), "ink-2"))
    if course.landing:
        said = text("Forecast {value}", value=number.scaled(course.landing[0], scale))
        ends.append(Label(said, height(course.landing[0]), "ink-1", bold=True))
    if course.before:
        ends.append(Label(text("Last year {value}", value=number.scaled(course.before[-1], scale)), height(course.before[-1]), "ink-3"))
    at = len(course.actual) - 1
    done = Label(text("Actual {value}", value=number.scaled(course.actual[at], scale)), height(course.actual[at]), "ink-1", bold=True)
    behind = course.gap(at)
    if len(course.days) - 1 - at < len(course.days) / _EDGE:
        return (*ends, done), ()
    if behind is None:
        return tuple(ends), (done,)
    ink = progress.judgement(status)
    return tuple(ends), (done, Label(number.scaled(behind, scale, signed=True), done.at, "ink-2" if ink == "dim" else ink, bold=True))


def _steps(scope: Scope, course: Course, scale: Scale) -> tuple[tuple[Step, ...], tuple[tuple[str, str], ...]]:
    at = {day: i for i, day in enumerate(course.days)}
    whole = len(course.days)
    spans = segments(course.days)
    nominal = {"day": 1.0, "week": 7.0, "month": 30.0}[_length(course)]
    axis = tuple((_middle(*span), _tick(scope, course, span[1])) for span in spans[:: max(ceil(len(spans) / _TICKS), 1)])
    if not course.target:
        return (), axis
    past = segments(course.days[: len(course.actual)], whole)
    gaps = [course.actual[at[last]] - course.target[at[last]] for _, last in past]
    named = _named(gaps)
    steps = tuple(
        Step(
            _middle(first, last),
            min(nominal, (last - first).days + 1.0),
            round(float(value / scale.factor), 4),
            scope.number.scaled(value, scale, signed=True) if i in named and not scope.number.is_nothing(value, scale) else "",
        )
        for i, ((first, last), value) in enumerate(zip(past, gaps, strict=True))
    )
    return steps, axis


def _named(gaps: Sequence[Decimal]) -> set[int]:
    """Which bars carry their value: the last, and the extremes where they are not beside it."""
    last = len(gaps) - 1
    extremes = {max(range(len(gaps)), key=lambda i: gaps[i]), min(range(len(gaps)), key=lambda i: gaps[i])} if gaps else set()
    return {i for i in extremes if last - i > 1} | ({last} if gaps else set())


def _middle(first: date, last: date) -> str:
    """The middle of a span of days, a day being drawn at its start."""
    start, end = (datetime.combine(day, time()) for day in (first, last))
    return (start + (end - start) / 2).isoformat()


def _tick(scope: Scope, course: Course, day: date) -> str:
    length = _length(course)
    if length == "week":
        return scope.number.week(day)
    return scope.number.month(day) if length == "month" else scope.number.day(day, "short")


def _ticks(scope: Scope, course: Course, scale: Scale) -> tuple[tuple[float, str], ...]:
    """About three round heights from zero up."""
    top = max(float(max(line) / scale.factor) for line in (course.actual, course.target, course.before) if line)
    if top <= 0:
        return ((0.0, scope.number.scaled(ZERO, replace(scale, digits=0))),)
    size = 10.0 ** floor(log10(top / 2))
    step = next(size * m for m in (1, 2, 2.5, 5, 10) if top / (size * m) < 3)
    digits = 0 if step >= 1 and step == int(step) else max(-floor(log10(step)) + (1 if step / size == 2.5 else 0), 0)
    heights = [Decimal(str(step)) * i for i in range(int(top / step) + 1)]
    return tuple((float(h), scope.number.scaled(h * scale.factor, replace(scale, digits=digits))) for h in heights)


def _hover(scope: Scope, course: Course, scale: Scale) -> tuple[str, ...]:
    text, number = scope.text, scope.number
    lines: list[str] = []
    for i, day in enumerate(course.days):
        said = [f"<b>{number.day(day, 'weekday')}</b>"]
        if i < len(course.actual):
            said.append(text("Actual {value}", value=number.scaled(course.actual[i], scale)))
        if course.target:
            said.append(text("Target due {value}", value=number.scaled(course.target[i], scale)))
            if i < len(course.actual):
                said.append(text("Gap to pace {value}", value=number.scaled(course.gap(i), scale, signed=True)))
        if course.before:
            said.append(text("Last year {value}", value=number.scaled(course.before[i], scale)))
        lines.append("<br>".join(said))
    return tuple(lines)


def _label(scope: Scope, course: Course, scale: Scale, name: str) -> str:
    """The chart in one sentence."""
    text, number, at = scope.text, scope.number, len(course.actual) - 1
    day, actual = number.day(course.days[at]), f"{number.scaled(course.actual[at], scale)}"
    if not course.target:
        return text("{measure} by {day}: {actual} {unit}, without target", measure=name, day=day, actual=actual, unit=scale.caption)
    return text(
        "{measure} by {day}: {actual} of {due} due, gap {gap}; target of the period {target}, in {unit}",
        measure=name,
        day=day,
        actual=actual,
        due=number.scaled(course.target[at], scale),
        gap=number.scaled(course.gap(at), scale, signed=True),
        target=number.scaled(course.target[-1], scale),
        unit=scale.caption,
    )
