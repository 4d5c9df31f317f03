"""The finding of a place in one sentence: how far it is from what it is held against, and below it what the figures are of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from layouts import causes, html
from layouts.panels import progress
from layouts.panels.headline import SHORT, currency, when
from layouts.panels.standing import Standing, gap_of
from layouts.text import N_
from layouts.urls import Scope
from metrics.query import Missing
from metrics.question import Question
from metrics.ranking import Count
from metrics.tiers import Status

_EXPECTED: Final = {
    "behind": N_("{place} is {gap} ({days} days) behind pace"),
    "on_pace": N_("{place} is on pace ({signed})"),
    "ahead": N_("{place} is {gap} ({days} days) ahead of pace"),
    "achieved": N_("{place} has reached its target of {target}"),
}
_SHORT: Final = {
    "target": (N_("{place} is {gap} short of its target"), N_("{place} is {gap} above its target")),
    "py": (N_("{place} is {gap} below last year"), N_("{place} is {gap} above last year")),
    "pp": (N_("{place} is {gap} below the previous period"), N_("{place} is {gap} above the previous period")),
}


_COUNTED: Final = {"rep": N_("{n} reps"), "customer": N_("{n} customers")}
"""Whose number is told, where they are below what is looked at."""


@dataclass(frozen=True, slots=True)
class View:
    """``offer``: words and address of what can be looked at instead; empty where the sentence says what was asked."""

    sentence: str
    basis: str
    offer: tuple[str, str] = ("", "")


class Finding:
    name = "finding"
    title = N_("Finding")

    def needs(self, scope: Scope) -> Mapping[str, Question]:
        asked: dict[str, Question] = dict(Standing().needs(scope))
        lag = (f"{scope.measure}_lag", f"{scope.measure}_lag_since")
        if scope.is_running and scope.can_ask(lag[0]):
            asked["lag"] = progress.query(scope, lag)
        chosen = {level.dimension for level in scope.path}
        for dimension in _COUNTED:
            if chosen.isdisjoint((dimension, "customer")) and scope.can_ask(scope.measure, dimension):
                asked[dimension] = Count(dimension=dimension, of=scope.measure, period=scope.period, as_of=scope.as_of, where=scope.where)
        if causes.can_explain(scope):
            asked["why"] = causes.question(scope)
        return asked

    def view(self, scope: Scope, results: Mapping[str, Any]) -> View:
        known = [result for name, result in results.items() if name not in (*_COUNTED, "why")]
        row = {name: value for result in known for name, value in result.only().items()}
        missing = {name: why for result in known for name, why in result.missing.items()}
        counts = {name: result.count for name, result in results.items() if name in _COUNTED}
        # Who has reached the target is told of that, and not of the lead.
        is_said = scope.base != "expected" or not scope.is_running or row.get(f"{scope.measure}_status") != Status.ACHIEVED
        reason = causes.reason(scope, results["why"], is_said=is_said) if "why" in results else ""
        return View(sentence(scope, row, missing, reason=reason), _basis(scope, row, counts), _offer(scope, row))

    def render(self, view: View) -> Any:
        words, link = view.offer
        offer: list[Any] = [" · ", html.A(words, href=link)] if link else []
        return html.Div([html.H1(view.sentence), html.P([view.basis, *offer], className="cap")], className="msg")

    def table(self, scope: Scope, results: Mapping[str, Any]) -> None:
        return None


def sentence(scope: Scope, row: Mapping[str, Any], missing: Mapping[str, Missing], *, reason: str = "") -> str:
    """The finding; ``reason``: what explains most of it, in words, appended where there is a gap to explain."""
    text, number, key = scope.text, scope.number, scope.measure
    unit, gap = progress.unit_of(key), gap_of(scope, key, row)
    if row.get(key) is None:
        why = progress.why(scope, key, missing.get(key))
        return text("{measure} of {place} has no value. {reason}.", measure=progress.name_of(scope, key), place=scope.place, reason=why)
    if not row[key] and not gap and not row.get(f"{key}_target"):
        return text("{place} has no {measure} in {period}", place=scope.place, measure=text(SHORT[key]), period=number.period(scope.period))
    if gap is None:
        return _without_base(scope, row)
    values: dict[str, Any] = {
        "place": scope.place,
        "gap": number.of(abs(gap), unit),
        "signed": number.of(gap, unit, signed=True),
        "days": number.days(row.get(f"{key}_days"), signed=False),
        "target": number.of(row.get(f"{key}_target"), unit),
    }
    status = row.get(f"{key}_status")
    if scope.base == "expected" and scope.is_running and status in _EXPECTED:
        said = text(_EXPECTED[status], **values)
    else:
        base = "target" if scope.base == "expected" else scope.base
        said = text(_SHORT[base][gap >= 0], **values)
    if key != scope.snapshot.first_measure:
        said = text("{finding} in {measure}", finding=said, measure=text(SHORT[key]))
    return text("{finding}; {others}", finding=said, others=reason) if reason else said


def _without_base(scope: Scope, row: Mapping[str, Any]) -> str:
    """There is an actual, and nothing to hold it against."""
    text, key = scope.text, scope.measure
    values: dict[str, Any] = {
        "place": scope.place,
        "actual": scope.number.of(row[key], progress.unit_of(key)),
        "period": scope.number.period(scope.period),
        "measure": text(SHORT[key]),
    }
    if scope.base in ("expected", "target"):
        return text("{place}: {measure} {actual}; no target is set for {period}", **values)
    return text("{place}: {measure} {actual}; there is nothing to compare with", **values)


def _basis(scope: Scope, row: Mapping[str, Any], counts: Mapping[str, int]) -> str:
    """Period, working days, currency, how many reps and customers, and since when it lags."""
    text, number = scope.text, scope.number
    since = row.get(f"{scope.measure}_lag_since")
    lagging = text("lagging since {week} ({day})", week=number.week(since), day=number.day(since, "short")) if since else ""
    people = text(", ").join(text(_COUNTED[dimension], n=n) for dimension, n in counts.items() if n)
    return " · ".join(filter(None, (when(scope), currency(scope), people, lagging)))


def _offer(scope: Scope, row: Mapping[str, Any]) -> tuple[str, str]:
    """Without a target, last year is what can be compared with."""
    key = scope.measure
    has_none = scope.base in ("expected", "target") and row.get(f"{key}_status") == Status.NO_TARGET
    return (scope.text("Compare with last year"), scope.link(against="py")) if has_none and row.get(f"{key}_py") else ("", "")
