"""The finding of the page in one sentence, by rule from the figures, and below it what they are of.

The sentence begins with the measure looked at: how large its gap is, in money and in days. Then come the others, grouped by
where they stand (inside the tolerance is silence), and who lags one level below. English needs "is" and "are": a sentence is
kept in both, and ``_plural`` chooses.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from babel.lists import format_list

from layouts import causes, html
from layouts.panels import progress
from layouts.panels.kpis import KEYS, five
from layouts.panels.regions import children
from layouts.text import N_
from layouts.urls import Scope
from metrics.alerts import Lag
from metrics.query import Missing, Query, Result
from metrics.tiers import Status

_PLURAL: Final = ("collections",)
SHORT: Final = {
    "amount": N_("sales amount"),
    "volume": N_("volume"),
    "margin": N_("margin"),
    "profit": N_("profit"),
    "collections": N_("collections"),
}
_LISTS: Final = {"en": "en_GB", "zh": "zh_CN"}
"""Whose commas a list of names takes: "margin, profit and collections"."""
_Pair = tuple[str, str]
"""A sentence for one thing, and for several or a plural."""

_RUNNING: Final[dict[str | None, _Pair]] = {
    Status.BEHIND: (
        N_("{measure} is {gap} ({days} days) behind pace"),
        N_("{measure} are {gap} ({days} days) behind pace"),
    ),
    Status.ON_PACE: (N_("{measure} is on pace ({signed})"), N_("{measure} are on pace ({signed})")),
    Status.AHEAD: (
        N_("{measure} is {gap} ({days} days) ahead of pace"),
        N_("{measure} are {gap} ({days} days) ahead of pace"),
    ),
    Status.ACHIEVED: (
        N_("{measure} has reached the target of {target} with {left} working days left"),
        N_("{measure} have reached the target of {target} with {left} working days left"),
    ),
    Status.NO_TARGET: (
        N_("{measure} is {actual}; no target is set for {period}"),
        N_("{measure} are {actual}; no target is set for {period}"),
    ),
    None: (
        N_("{measure} is {actual}; nothing of the target is due yet"),
        N_("{measure} are {actual}; nothing of the target is due yet"),
    ),
}
_MISSED: Final = (N_("{measure} missed the target of {target} by {gap}, {done} done"),) * 2
_CLOSED: Final[dict[str | None, _Pair]] = {
    **_RUNNING,
    Status.BEHIND: _MISSED,
    Status.ON_PACE: _MISSED,
    Status.ACHIEVED: (N_("{measure} reached the target of {target}, {done} done"),) * 2,
}
_OTHERS_RUNNING: Final[tuple[tuple[tuple[Status, ...], _Pair], ...]] = (
    ((Status.ACHIEVED,), (N_("{measures} has reached the target"), N_("{measures} have reached the target"))),
    ((Status.AHEAD,), (N_("{measures} is ahead"), N_("{measures} are ahead"))),
    ((Status.BEHIND,), (N_("{measures} is behind"), N_("{measures} are behind"))),
)
_OTHERS_CLOSED: Final[tuple[tuple[tuple[Status, ...], _Pair], ...]] = (
    ((Status.ACHIEVED,), (N_("{measures} reached it too"),) * 2),
    ((Status.BEHIND, Status.ON_PACE), (N_("{measures} missed it too"),) * 2),
)
_OTHERS_UNLIKE: Final[tuple[tuple[tuple[Status, ...], _Pair], ...]] = (
    ((Status.ACHIEVED,), (N_("{measures} reached the target"),) * 2),
    ((Status.BEHIND, Status.ON_PACE), (N_("{measures} missed the target"),) * 2),
)
MOST_NAMED: Final = 3
"""More that lag are counted, not named."""
_LAG: Final[_Pair] = (N_("{names} lags"), N_("{names} lag"))
_MANY_LAG: Final = {"region": N_("{n} regions lag"), "area": N_("{n} areas lag")}


@dataclass(frozen=True, slots=True)
class View:
    sentence: str
    basis: str
    cause: tuple[str, str] | None = None
    """Where what explains the gap is asked, to be said once it is known (see ``causes.later_here``)."""


class Headline:
    name = "headline"
    title = N_("Finding")

    def needs(self, scope: Scope) -> Mapping[str, Query]:
        return {"five": five(scope), "children": children(scope)}

    def view(self, scope: Scope, results: Mapping[str, Result]) -> View:
        result, text = results["five"], scope.text
        lead, others, lagging = _lead(scope, result), _others(scope, result.only()), _lagging(scope, results["children"])
        said = text("{finding}: {others}", finding=lead, others=others) if others else lead
        whole = text("{finding}; {others}", finding=said, others=lagging) if lagging else said
        row = result.only()
        behind = row[f"{scope.measure}_status"] in (Status.BEHIND, Status.AHEAD) and scope.is_running
        return View(whole, basis(scope), causes.place_of(scope, "") if behind else None)

    def render(self, view: View) -> Any:
        later = causes.later_here(view.cause) if view.cause else None
        return html.Div([html.H1([view.sentence, later]), html.P(view.basis, className="cap")], className="msg")

    def table(self, scope: Scope, results: Mapping[str, Result]) -> None:
        return None


def _plural(keys: Sequence[str]) -> bool:
    return len(keys) > 1 or keys[0] in _PLURAL


def _lead(scope: Scope, result: Result) -> str:
    text, number, key, row = scope.text, scope.number, scope.measure, result.only()
    unit, name, period = progress.unit_of(key), progress.name_of(scope, key), number.period(scope.period)
    if row[key] is None:
        return _unknown(scope, result.missing.get(key), name, period)
    gap, days = row[f"{key}_gap"], row[f"{key}_days"]
    left = scope.snapshot.calendar.working_days(scope.as_of + timedelta(days=1), scope.period.last)
    pair = (_RUNNING if scope.is_running else _CLOSED)[row[f"{key}_status"]]
    return text(
        pair[_plural((key,))],
        measure=name,
        period=period,
        actual=number.of(row[key], unit),
        target=number.of(row[f"{key}_target"], unit),
        gap=number.of(None if gap is None else abs(gap), unit),
        signed=number.of(gap, unit, signed=True),
        days=number.days(days, signed=False),
        done=number.share(row[f"{key}_completion"]),
        left=number.count(left),
    )


def _unknown(scope: Scope, missing: Missing | None, name: str, period: str) -> str:
    reason = progress.why(scope, scope.measure, missing)
    return scope.text("{measure} has no value for {period}. {reason}.", measure=name, period=period, reason=reason)


def _others(scope: Scope, row: Mapping[str, Any]) -> str:
    """Where the other measures stand; those without target or value are left to their cards."""
    clauses = []
    for statuses, pair in _groups(scope, row[f"{scope.measure}_status"]):
        keys = [k for k in KEYS if k != scope.measure and row[k] is not None and row[f"{k}_status"] in statuses]
        if keys:
            clauses.append(scope.text(pair[_plural(keys)], measures=_listed(scope, keys)))
    return scope.text("; ").join(clauses)


def _lagging(scope: Scope, result: Result) -> str:
    """Who lags one level below, worst first; people are named in their panel, not in the headline."""
    if not scope.is_running or scope.child == "rep":
        return ""
    keys = [row[scope.child] for row in result.rows if row[f"{scope.measure}_lag"] in (Lag.WARNING, Lag.CRITICAL)]
    if not keys:
        return ""
    if len(keys) > MOST_NAMED:
        return scope.text(_MANY_LAG[scope.child], n=len(keys))
    names = str(format_list([result.label(scope.child, key, scope.language) for key in keys], locale=_LISTS[scope.language]))
    return scope.text(_LAG[len(keys) > 1], names=names)


def _groups(scope: Scope, status: str | None) -> tuple[tuple[tuple[Status, ...], _Pair], ...]:
    """How the others are told; of a period that is over, "too" for those that ended like the measure looked at."""
    if scope.is_running:
        return _OTHERS_RUNNING
    return tuple(same if status in same[0] else unlike for same, unlike in zip(_OTHERS_CLOSED, _OTHERS_UNLIKE, strict=True))


def _listed(scope: Scope, keys: Sequence[str]) -> str:
    return str(format_list([scope.text(SHORT[key]) for key in keys], locale=_LISTS[scope.language]))


def basis(scope: Scope) -> str:
    """Company, place, period, working days, currency and what it is compared with."""
    text = scope.text
    if scope.is_running and progress.cut(scope) >= scope.period.first:
        against = text("against target and the same working days of last year")
    else:
        against = text("against target and last year")
    said = (scope.snapshot.company_name(scope.language), *scope.trail[1:][-1:], when(scope), currency(scope), against)
    return " · ".join(filter(None, said))


def currency(scope: Scope) -> str:
    """``CNY excl. tax``; nothing where the data names no currency."""
    name = scope.number.currency_name()
    return scope.text("{currency} excl. tax", currency=name) if name else ""


def when(scope: Scope) -> str:
    """The period, its days, and how many of them are worked."""
    text, number, calendar = scope.text, scope.number, scope.snapshot.calendar
    period, last = scope.period, progress.cut(scope)
    whole = calendar.working_days(period.first, period.last)
    if scope.is_running and last >= period.first:
        return text(
            "{period} to date, {span} (working day {n_th} of {whole})",
            period=number.period(period),
            span=number.span(period.first, last),
            n_th=number.count(calendar.working_days(period.first, last)),
            whole=number.count(whole),
        )
    return text(
        "{period}, {span} ({whole} working days)",
        period=number.period(period),
        span=number.span(period.first, period.last),
        whole=number.count(whole),
    )
