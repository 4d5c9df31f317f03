"""Who or what lags, each in a whole sentence: measures of what is looked at, and the members one level below in the measure shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from layouts import causes, html
from layouts.panels import progress
from layouts.panels.kpis import KEYS
from layouts.panels.progress import Row
from layouts.panels.regions import children, level_of
from layouts.urls import Scope
from layouts.wall.markup import markup
from layouts.wall.standing import brief, sign
from metrics.query import Result
from metrics.question import Question
from metrics.why import Explanation

MOST: Final = 6
_ALERT: Final = ("gap", "days", "lag")
_WORST: Final = "worst-"
"""Prefix of the questions for the members in the measures that are not looked at."""


@dataclass(frozen=True, slots=True)
class Alert:
    """``rank``: of two alerts the smaller is told first."""

    rank: tuple[bool, Decimal]
    said: str


class Alerts:
    """The alerts of the running period; of one that is over there is nothing left to be done. People are not named."""

    def needs(self, scope: Scope) -> Mapping[str, Question]:
        if not scope.is_running:
            return {}
        asked: dict[str, Question] = {"whole": progress.query(scope, tuple(f"{k}_{kind}" for k in _keys(scope) for kind in _ALERT))}
        if scope.child != "rep":
            asked["rows"] = children(scope)
            for key in _keys(scope):
                if key != scope.measure:
                    asked[_WORST + key] = progress.query(scope, (f"{key}_gap",), by=(scope.child,), order=f"{key}_gap")
            if causes.can_explain(scope):
                asked["why"] = causes.question(scope)
        return asked

    def say(self, scope: Scope, results: Mapping[str, Any]) -> tuple[str, ...]:
        """HTML, worst first: a critical alert before a warning, then by the days behind."""
        if not results:
            return ()
        found = [*_of_members(scope, results), *_of_measures(scope, results)]
        worst = sorted(found, key=lambda alert: alert.rank)[:MOST]
        return tuple(markup([html.B(sign("down"), className="bad"), alert.said]) for alert in worst)


def _keys(scope: Scope) -> tuple[str, ...]:
    return tuple(key for key in KEYS if scope.can_ask(f"{key}_gap"))


def _of_measures(scope: Scope, results: Mapping[str, Any]) -> list[Alert]:
    row, place = results["whole"].only(), scope.place if scope.path else ""
    return [_alert(scope, key, row, of=place, after=_worst(scope, key, results)) for key in _keys(scope) if _lags(row, key)]


def _of_members(scope: Scope, results: Mapping[str, Any]) -> list[Alert]:
    rows: Result | None = results.get("rows")
    if rows is None:
        return []
    lagging = [row for row in rows.rows if row[scope.child] is not None and _lags(row, scope.measure)]
    return [
        _alert(
            scope,
            scope.measure,
            row,
            of=rows.label(scope.child, row[scope.child], scope.language),
            after=_cause(scope, row[scope.child], results),
        )
        for row in lagging
    ]


def _lags(row: Row, key: str) -> bool:
    return bool(level_of(row[f"{key}_lag"])) and row[f"{key}_gap"] is not None


def _alert(scope: Scope, key: str, row: Row, *, of: str, after: str) -> Alert:
    """``of``: whose gap it is; "" for what the whole screen is about."""
    days, name = row[f"{key}_days"], brief(scope, key)
    if of:
        name = scope.text("{name} {measure}", name=of, measure=name)
    gap = scope.number.of(row[f"{key}_gap"], progress.unit_of(key), signed=True)
    if days is None:
        said = scope.text("{name} {gap} behind", name=name, gap=gap)
    else:
        said = scope.text("{name} {gap}, {days} days behind", name=name, gap=gap, days=scope.number.days(days, signed=False))
    return Alert((level_of(row[f"{key}_lag"]) != "critical", days or Decimal(0)), f"{said[:1].upper()}{said[1:]}{after}")


def _cause(scope: Scope, member: str, results: Mapping[str, Any]) -> str:
    """``: lost customers``, where one driver stands out; a person is none that a wall names."""
    found: Explanation | None = results.get("why")
    account = found.children.get(member) if found else None
    if found is None or account is None or not account.drivers or not causes.stands_out(scope, account):
        return ""
    driver = account.drivers[0]
    if not driver.cause and driver.dimension == "rep":
        return ""
    return scope.text(": {cause}", cause=causes.driver_name(scope, found, account, driver))


def _worst(scope: Scope, key: str, results: Mapping[str, Any]) -> str:
    """``, worst Overseas``: who is furthest behind."""
    rows: Result | None = results.get("rows" if key == scope.measure else _WORST + key)
    behind = [row for row in rows.rows if row[scope.child] is not None and (row[f"{key}_gap"] or 0) < 0] if rows else []
    if rows is None or not behind:
        return ""
    worst = min(behind, key=lambda row: row[f"{key}_gap"])
    return scope.text(", worst {name}", name=rows.label(scope.child, worst[scope.child], scope.language))
