"""The finding of what is owed in one sentence: how much of it is overdue, and who holds most of that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Final

from layouts import html
from layouts.panels import progress
from layouts.panels.headline import currency, when
from layouts.text import N_
from layouts.urls import Scope
from metrics.query import Query, Result

MOST_NAMED: Final = 2
"""So many members are named at the most."""
NOTABLE: Final = Decimal("0.4")
"""A share of what is overdue from which its holders are named."""


@dataclass(frozen=True, slots=True)
class View:
    sentence: str
    basis: str


class CollectionsFinding:
    name = "collections_finding"
    title = N_("Finding")

    def needs(self, scope: Scope) -> Mapping[str, Query]:
        asked = {"total": _query(scope)}
        if scope.child and scope.can_ask("overdue", scope.child):
            asked["members"] = replace(_query(scope, (scope.child,)), order="-overdue")
        return asked

    def view(self, scope: Scope, results: Mapping[str, Result]) -> View:
        return View(_sentence(scope, results), _basis(scope))

    def render(self, view: View) -> Any:
        return html.Div([html.H1(view.sentence), html.P(view.basis, className="cap")], className="msg")

    def table(self, scope: Scope, results: Mapping[str, Result]) -> None:
        return None


def _query(scope: Scope, by: tuple[str, ...] = ()) -> Query:
    return replace(progress.query(scope, ("open", "overdue", "overdue_rate"), by), as_of=progress.cut(scope))


def _sentence(scope: Scope, results: Mapping[str, Result]) -> str:
    text, number, total = scope.text, scope.number, results["total"].only()
    if total["open"] is None:
        return text("Nothing is known of what is owed. {reason}.", reason=progress.why(scope, "open", results["total"].missing.get("open")))
    if not total["open"]:
        return text("Nothing is owed on {day}", day=number.day(progress.cut(scope)))
    if total["overdue_rate"] is None or total["overdue"] <= 0:
        return text("Nothing of what {place} is owed is overdue", place=scope.place)
    values: dict[str, Any] = {"place": scope.place, "rate": number.share(total["overdue_rate"], digits=0)}
    overdue = (
        text("{rate} of receivables are overdue", **values)
        if not scope.path
        else text("{place}: {rate} of receivables are overdue", **values)
    )
    names, share = _holders(scope, results)
    if not names:
        return overdue
    return text("{overdue}; {names} hold {share} of it", overdue=overdue, names=names, share=number.share(share, digits=0))


def _holders(scope: Scope, results: Mapping[str, Result]) -> tuple[str, Decimal]:
    """The fewest members that hold a notable share of what is overdue, by name, and that share; nobody where it is spread out."""
    if "members" not in results:
        return "", Decimal(0)
    result, total = results["members"], results["total"].only()["overdue"]
    rows = [row for row in result.rows if row[scope.child] is not None and (row["overdue"] or 0) > 0]
    if len(rows) <= MOST_NAMED:
        return "", Decimal(0)
    share = Decimal(0)
    for count, row in enumerate(rows[:MOST_NAMED], start=1):
        share += row["overdue"] / total
        if share >= NOTABLE or count == MOST_NAMED:
            named = [result.label(scope.child, found[scope.child], scope.language) for found in rows[:count]]
            return (scope.text(" and ").join(named), share) if share >= NOTABLE else ("", share)
    return "", share


def _basis(scope: Scope) -> str:
    return " · ".join(
        filter(None, (when(scope), currency(scope), scope.text("receivables of {day}", day=scope.number.day(progress.cut(scope)))))
    )
