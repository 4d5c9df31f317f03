"""The five measures, one card each: value, completion, gap to pace, what is needed, and the last weeks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from data.workdays import week_start
from layouts import html, parts
from layouts.panel import Table
from layouts.panels import progress
from layouts.parts import Bar, Chip, Judgement, Spark, Value
from layouts.text import N_, translator
from layouts.theme import colours
from layouts.tools import explain, icon
from layouts.urls import Scope
from metrics.catalog import FIVE
from metrics.query import Missing, Query, Result
from metrics.scope import Period

KEYS: Final = tuple(measure.key for measure in FIVE)
WEEKS: Final = 10
SCALE: Final = 1.1
"""Cards draw their bars on 0–110 % of the target: k11 in app.css."""
LONG: Final = 9
"""Values of more digits and marks than these are set smaller."""
_SHOWN: Final = (*progress.PROGRESS, "needed", "best_days", *progress.LANDING, "py", "py_change")


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One measure. ``value``: prefix, digits and suffix; ``why`` it is missing, else empty.

    ``foot``: where the period will land and how sure that is, else what stands in its place; ``need``: what the days left must
    bring, where the foot does not say it.
    """

    key: str
    name: str
    selected: bool
    href: str
    hint: str
    chip: Chip
    value: tuple[str, str, str]
    why: str
    completion: Value
    target: str
    expected: str
    bar: Bar | None
    gap: str
    gap_up: bool
    judgement: Judgement
    foot: tuple[str, str]
    need: str
    change: Value
    spark: Spark | None


@dataclass(frozen=True, slots=True)
class View:
    cards: tuple[Card, ...]
    language: str


def five(scope: Scope) -> Query:
    """The five measures against target, pace and last year, as far as they can be of what is looked at.

    The same question wherever it is asked, so it is run once.
    """
    names = (name for key in KEYS for name in (key, *(f"{key}_{kind}" for kind in _SHOWN)))
    return progress.query(scope, tuple(name for name in names if scope.can_ask(name)))


class Kpis:
    name = "kpis"
    title = N_("Five measures")

    def needs(self, scope: Scope) -> Mapping[str, Query]:
        now = _weeks(scope)
        return {"five": five(scope), "weeks": _by_week(scope, now), "weeks_before": _by_week(scope, _year_earlier(now))}

    def view(self, scope: Scope, results: Mapping[str, Result]) -> View:
        return View(tuple(_card(scope, key, results) for key in KEYS), scope.language)

    def render(self, view: View) -> Any:
        return html.Div([_render(card, view.language) for card in view.cards], className="kpis")

    def table(self, scope: Scope, results: Mapping[str, Result]) -> Table:
        text, number, row = scope.text, scope.number, results["five"].only()
        forecast = tuple(f"_{kind}" for kind in progress.LANDING)
        shown = ("", "_target", "_completion", "_gap", "_days", "_needed", "_best_days", *forecast, "_py", "_py_change")
        raw: tuple[tuple[Any, ...], ...] = tuple((progress.name_of(scope, key), *(row.get(key + kind) for kind in shown)) for key in KEYS)
        rows = tuple(
            (
                cells[0],
                *(
                    number.of(v, progress.unit_of(key + kind), signed=kind in ("_gap", "_days", "_py_change"))
                    for kind, v in zip(shown, cells[1:], strict=True)
                ),
            )
            for key, cells in zip(KEYS, raw, strict=True)
        )
        columns = (
            text("Measure"),
            text("Actual"),
            text("Target"),
            text("Completion"),
            text("Gap to pace"),
            text("Working days ahead"),
            text("Needed per working day"),
            text("Best ten days, mean"),
            *progress.landing_columns(scope),
            text("Previous year"),
            text("Change on previous year"),
        )
        return Table(text("Five measures, {period}", period=number.period(scope.period)), columns, rows, raw)


def _weeks(scope: Scope) -> Period:
    """The last ten weeks, the running one up to the last day that counts."""
    last = progress.cut(scope)
    return Period("range", week_start(last) - timedelta(weeks=WEEKS - 1), last)


def _year_earlier(weeks: Period) -> Period:
    """52 weeks back, so that weekdays answer to weekdays and a part of a week to the same part."""
    return Period("range", weeks.first - timedelta(weeks=52), weeks.last - timedelta(weeks=52))


def _by_week(scope: Scope, weeks: Period) -> Query:
    return Query(measures=KEYS, by=("week",), period=weeks, as_of=weeks.last, where=scope.where)


def _card(scope: Scope, key: str, results: Mapping[str, Result]) -> Card:
    text, number, unit = scope.text, scope.number, progress.unit_of(key)
    row, missing = results["five"].only(), results["five"].missing
    actual, target, status = row[key], row[f"{key}_target"], row[f"{key}_status"]
    known = actual is not None
    name = progress.name_of(scope, key)
    reason = "" if known else progress.why(scope, key, missing.get(key))
    return Card(
        key=key,
        name=name,
        selected=key == scope.measure,
        href=scope.link(measure=key),
        hint=text("Show {measure} in the panels below", measure=name),
        chip=progress.status_chip(scope, status, known=known),
        value=number.split(actual, unit),
        why=reason,
        completion=progress.share(scope, key, row[f"{key}_completion"], missing.get(f"{key}_completion")),
        target=_of(scope, key, target) if known else reason,
        expected=text("{share} expected", share=number.share(row[f"{key}_expected_share"]))
        if known and target and scope.is_running
        else "",
        bar=progress.bar_of(scope, key, row, SCALE) if known else None,
        gap=progress.gap_words(scope, key, row),
        gap_up=(row[f"{key}_gap"] or 0) >= 0,
        judgement=progress.judgement(status),
        foot=_foot(scope, key, row),
        need=_need(scope, key, row, missing),
        change=_change(scope, key, row, missing) if known else Value(""),
        spark=_spark(scope, key, name, results) if known else None,
    )


def _change(scope: Scope, key: str, row: Mapping[str, Any], missing: Mapping[str, Missing]) -> Value:
    change = row[f"{key}_py_change"]
    said = scope.text("vs PY {change}", change=scope.number.share(change, signed=True))
    return Value(said, progress.why(scope, key, missing.get(f"{key}_py_change")) if change is None else "")


def _of(scope: Scope, key: str, target: Decimal | None) -> str:
    if not target:
        return scope.text("no target set for {period}", period=scope.number.period(scope.period))
    return scope.text("of {target} target", target=scope.number.of(target, progress.unit_of(key)))


def _foot(scope: Scope, key: str, row: Mapping[str, Any]) -> tuple[str, str]:
    """Where the period will land; else what the rest of it asks for; where there is no rest, what last year was."""
    text, number, unit = scope.text, scope.number, progress.unit_of(key)
    landing = progress.landing_words(scope, key, row)
    if landing[0]:
        return landing
    if row[f"{key}_target"] and row[f"{key}_needed"] is not None:
        left = text("{n} working days left", n=scope.snapshot.calendar.working_days(scope.as_of + timedelta(days=1), scope.period.last))
        if not row[f"{key}_needed"]:
            return text("Target reached"), left
        return text("Needs {needed} a day", needed=number.of(row[f"{key}_needed"], unit)), left
    if row[key] is None:
        return "", ""
    if not row[f"{key}_target"]:
        return text("Completion and pace"), text("need a target")
    return text("Last year {value}", value=number.of(row[f"{key}_py"], unit)), text("same working days") if scope.is_running else ""


def _need(scope: Scope, key: str, row: Mapping[str, Any], missing: Mapping[str, Missing]) -> str:
    """What a working day must bring, beside the best ten days so far; without a forecast, why there is none."""
    text = scope.text
    if not progress.landing_words(scope, key, row)[0]:
        reason = missing.get(f"{key}_landing")
        told = reason is not None and reason.code == "not_enough_history" and row[key] is not None
        return text("No forecast: too little history") if told else ""
    needed, best = row.get(f"{key}_needed"), row.get(f"{key}_best_days")
    if needed is None or not row[f"{key}_target"]:
        return ""
    left = text("{n} working days left", n=scope.snapshot.calendar.working_days(scope.as_of + timedelta(days=1), scope.period.last))
    if not needed:
        return text("Target reached, {left}", left=left)
    if best is None:
        return text("Needs {needed} a day, {left}", needed=progress.bare(scope, key, needed), left=left)
    return text("Needs {needed} a day, best ten {best}", needed=progress.bare(scope, key, needed), best=progress.bare(scope, key, best))


def _spark(scope: Scope, key: str, name: str, results: Mapping[str, Result]) -> Spark | None:
    weeks = _weeks(scope)
    now = _line(scope, key, weeks.first, results["weeks"])
    before = _line(scope, key, _year_earlier(weeks).first, results["weeks_before"])
    if all(v is None for v in now):
        return None
    number, ink = scope.number, colours(scope.theme)
    label = scope.text(
        "Weekly {measure}, {first} to {last}, against last year", measure=name, first=number.week(weeks.first), last=number.week(weeks.last)
    )
    return Spark(label=label, now=now, before=before, ink=ink["ac"], grey=ink["py"])


def _line(scope: Scope, key: str, first: date, result: Result) -> tuple[float | None, ...]:
    """The value of each week; a week without facts is zero, one before the data has none."""
    if key in result.missing:
        return (None,) * WEEKS
    by_week = {row["week"]: row[key] for row in result.rows}
    mondays = [first + timedelta(weeks=i) for i in range(WEEKS)]
    values = [by_week.get(monday, 0) if monday + timedelta(days=6) >= scope.snapshot.first_day else None for monday in mondays]
    return tuple(None if v is None else float(v) for v in values)


def _render(card: Card, language: str) -> Any:
    prefix, digits, suffix = card.value
    current = parts.aria(current="true") if card.selected else {}
    shape = "card-wl kpi sel" if card.selected else "card-wl kpi fold"
    return html.Article(
        [
            html.H2(
                [
                    html.A(card.name, href=card.href, title=card.hint, className="stretch", **current),
                    explain("kpis", card.key, translator(language), of=card.name),
                ]
            ),
            parts.chip(card.chip),
            html.Div([f"{prefix}{digits}", html.Small(suffix) if suffix else None], className="val long" if len(digits) > LONG else "val"),
            html.Div(parts.value(card.completion), className="pct"),
            *([html.Div(card.why, className="untold w")] if card.why else _render_standing(card)),
        ],
        className=shape,
        **parts.aria(label=card.name),
    )


def _render_standing(card: Card) -> list[Any]:
    """Where a measure with a figure stands: target, bar, gap, what is needed, and the last weeks. A line that the card may be too
    narrow for is told to the pointer in full."""
    mark = icon("up" if card.gap_up else "down") if card.gap else None
    weeks = [parts.sparkline(card.spark) if card.spark else None, parts.value(card.change, "nw")]
    return [
        html.Div([html.Span(card.target, title=card.target), html.Span(card.expected)], className="of w"),
        html.Div(parts.bullet(card.bar, "k11") if card.bar else None, className="w bl"),
        html.Div(html.Span([mark, " ", card.gap], className=card.judgement, title=card.gap or None), className="pline w"),
        html.Div(
            [
                html.Div([html.B(card.foot[0]), html.Br(), card.foot[1]], title="\n".join(filter(None, card.foot)) or None),
                html.Div(weeks, className="r desk-only"),
            ],
            className="foot w",
        ),
        html.Div(card.need, className="need w", title=card.need) if card.need else None,
    ]
