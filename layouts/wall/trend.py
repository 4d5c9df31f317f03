"""The course of the period and where it will land: running totals against target and last year, drawn on the server."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from layouts import html, parts
from layouts.figures import Ink, Label, Lines, spread, wide
from layouts.panels import progress
from layouts.panels.trend import Trend as Panel
from layouts.text import N_
from layouts.urls import OVERVIEW, Scope
from layouts.wall.markup import Shape
from layouts.wall.standing import Figure, figure, heading, letters, share
from layouts.wall_words import missing as nothing
from metrics.query import Query, Result

_SIDE: Final = 1000
"""The drawing is a square of so many units that the style sheet stretches over the room there is."""
_APART: Final = 0.09
"""Least distance of two labels, as a share of the height."""
_EDGE: Final = 0.04
"""Least distance of a label from either end of the height."""


@dataclass(frozen=True, slots=True)
class Word:
    """A label at a height, 0 at the top to 1."""

    text: str
    at: float
    ink: Ink
    bold: bool


@dataclass(frozen=True, slots=True)
class Tick:
    text: str
    at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """Lines as points of a unit square, from the upper left; ``ahead`` the dashed line and ``fan`` the range it opens into."""

    actual: tuple[tuple[float, float], ...]
    target: tuple[tuple[float, float], ...]
    before: tuple[tuple[float, float], ...]
    ahead: tuple[tuple[float, float], ...]
    fan: tuple[tuple[float, float], ...]
    words: tuple[Word, ...]
    heights: tuple[Tick, ...]
    days: tuple[Tick, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """``lead``: the landing as a share of the target, else what is done of it; ``said`` and ``more`` tell it in words."""

    lead: Figure
    said: str
    more: str
    caption: str
    label: str
    course: Course | None
    empty: tuple[str, str] | None


class Trend:
    name = "trend"
    title = N_("Trend, {measure}")

    def needs(self, scope: Scope) -> Mapping[str, Query]:
        return Panel().needs(scope)

    def view(self, scope: Scope, results: Mapping[str, Result]) -> View:
        drawn, row = Panel().view(_short(scope), results), results["five"].only()
        if drawn.shown is None:
            return View(lead=("", "", ""), said="", more="", caption="", label="", course=None, empty=drawn.empty)
        lead, said, more = _landing(scope, row)
        course = _course(drawn.shown)
        return View(lead=lead, said=said, more=more, caption=drawn.caption, label=drawn.label, course=course, empty=None)

    def render(self, view: View) -> Any:
        if view.course is None:
            return nothing(*(view.empty or ("", "")))
        said = [html.B(view.said, style=letters(view.said)), html.Span(view.more, style=letters(view.more))]
        head = html.Div([figure(view.lead, "pc"), html.Div(said, className="say")], className="top")
        return html.Section([head, _render(view)], className="sc trend")

    def heading(self, scope: Scope) -> str:
        return heading(scope, self.title)

    def page(self, scope: Scope) -> str:
        return scope.link_to(OVERVIEW, theme="")


def _short(scope: Scope) -> Scope:
    """The scope with amounts to the currency's own unit shortened: beside the lines there is no room for their digits."""
    return replace(scope, number=replace(scope.number, unit="auto")) if scope.number.unit == "full" else scope


def _landing(scope: Scope, row: Mapping[str, Any]) -> tuple[Figure, str, str]:
    """The large figure, what it is, and how sure; without a forecast what is done, without a target the value itself."""
    text, number, key = scope.text, scope.number, scope.measure
    unit = progress.unit_of(key)
    rate, point, done = row.get(f"{key}_landing_rate"), row.get(f"{key}_landing"), row[f"{key}_completion"]
    if point is not None and scope.is_running:
        span = number.between(row[f"{key}_landing_low"], row[f"{key}_landing_high"], unit)
        if rate is None:
            return number.split(point, unit), text("forecast for the period"), text("Range {span}", span=span)
        said = text("of target forecast: {value}", value=progress.bare(scope, key, point))
        chance = text("{span} · {chance} chance to reach the target", span=span, chance=number.chance(row[f"{key}_landing_chance"]))
        return share(rate, scope), said, chance
    if done is None:
        return number.split(row[key], unit), text("so far") if scope.is_running else text("in all"), text("No target is set")
    said = text("{actual} of {target}", actual=progress.bare(scope, key, row[key]), target=progress.bare(scope, key, row[f"{key}_target"]))
    return share(done, scope), said, progress.gap_words(scope, key, row)


def _course(shown: Lines) -> Course:
    fan = shown.fan
    base = shown.target[-1] if shown.target else 0.0
    ends = [base + end for end in (fan.low, fan.high) if end is not None] if fan else []
    known = (*shown.actual, *shown.target, *shown.before, *ends, *((fan.landing,) if fan else ()), 0.0)
    low, high = min(known), max(known)
    span = (high - low) * 1.04 or 1.0

    def height(value: float) -> float:
        return float(round(1 - (value - low) / span, 4))

    def line(values: Sequence[float]) -> tuple[tuple[float, float], ...]:
        # A year has more days than any screen tells apart; the last one is always drawn.
        step = max(len(shown.days) // 120, 1)
        at = sorted({*range(0, len(values), step), *([len(values) - 1] if values else [])})
        return tuple((round(i / across, 4), height(values[i])) for i in at)

    across = max(len(shown.days) - 1, 1)
    now = ((len(shown.actual) - 1) / across, height(shown.actual[-1]))
    return Course(
        actual=line(shown.actual),
        target=line(shown.target),
        before=line(shown.before),
        ahead=(now, (1.0, height(fan.landing))) if fan else (),
        fan=(now, *((1.0, height(end)) for end in ends)) if len(ends) == 2 else (),
        words=_words(shown, height),
        heights=tuple(Tick(text if at else "", height(at)) for at, text in shown.ticks),
        days=_days(shown),
    )


def _words(shown: Lines, height: Callable[[float], float]) -> tuple[Word, ...]:
    """Every label beside the right edge, moved apart and kept inside; the actual's too, where a dotted line leads from its end."""
    labels: tuple[Label, ...] = (*shown.ends, *shown.last[:1])
    moved = list(spread([1 - height(label.at) for label in labels], _APART))
    order = sorted(range(len(moved)), key=lambda i: moved[i])
    for rank, i in enumerate(order):
        room = (_EDGE + rank * _APART, 1 - _EDGE - (len(order) - 1 - rank) * _APART)
        moved[i] = min(max(moved[i], room[0]), room[1])
    return tuple(Word(label.text, round(1 - at, 4), label.ink, label.bold) for label, at in zip(labels, moved, strict=True))


def _days(shown: Lines) -> tuple[Tick, ...]:
    first, last = (datetime.fromisoformat(shown.days[at]) for at in (0, -1))
    span = (last - first).total_seconds() or 1.0
    ticks = [Tick(text, round((datetime.fromisoformat(at) - first).total_seconds() / span, 4)) for at, text in shown.axis]
    return tuple(tick for tick in ticks if 0 <= tick.at <= 0.97)


def _render(view: View) -> Any:
    course = view.course
    assert course is not None
    shapes = [
        Shape("polygon", {"points": _points(course.fan), "class": "fan"}) if course.fan else None,
        *(
            Shape("polyline", {"points": _points(line), "class": name, "vector-effect": "non-scaling-stroke"}) if line else None
            for name, line in (("py", course.before), ("pl", course.target), ("ahead", course.ahead), ("ac", course.actual))
        ),
    ]
    drawing = Shape("svg", {"viewBox": f"0 0 {_SIDE} {_SIDE}", "preserveAspectRatio": "none", "aria-hidden": "true"}, shapes)
    x, y = course.actual[-1]
    dot = [html.I(className=name, style={"left": f"{x:.2%}", "top": f"{y:.2%}"}) for name in ("lead", "dot")]
    grid = [html.Div(html.Span(tick.text), className="gl", style={"top": f"{tick.at:.2%}"}) for tick in course.heights]
    days = [html.Span(tick.text, style={"left": f"{tick.at:.2%}"}) for tick in course.days]
    words = [
        html.Span(html.B(word.text) if word.bold else word.text, className=f"w {word.ink}", style={"top": f"{word.at:.2%}"})
        for word in course.words
    ]
    room = {
        "--names": max((wide(word.text) for word in course.words), default=1),
        "--ticks": max((wide(tick.text) for tick in course.heights), default=1),
    }
    plot = html.Div([*grid, drawing, *dot, html.Span(view.caption, className="unit")], className="plot")
    return html.Div(
        [plot, html.Div(words, className="words"), html.Div(days, className="days")],
        className="course",
        role="img",
        style=room,
        **parts.aria(label=view.label),
    )


def _points(line: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x * _SIDE:.1f},{y * _SIDE:.1f}" for x, y in line)
