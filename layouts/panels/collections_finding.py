"""The finding of what is owed in one sentence: how much of it is overdue, and who holds most of that and of what is long overdue."""

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
from metrics import receivables
from metrics.query import Query, Result

MOST_NAMED: Final = 2
"""So many members are named at the most."""
NOTABLE: Final = Decimal("0.4")
"""A share of what is overdue from which its holders are named."""


_HOLD: Final = (N_("{overdue}; {names} holds {share} of it"), N_("{overdue}; {names} hold {share} of it"))
_HOLD_LONG: Final = (
    N_("{overdue}; {names} holds {share} of it and {late} of debt over 90 days"),
    N_("{overdue}; {names} hold {share} of it and {late} of debt over 90 days"),
)
"""Of one holder, and of several."""


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
    return replace(progress.query(scope, ("open", "overdue", "overdue_rate", "over_90"), by), as_of=progress.cut(scope))


def _sentence(scope: Scope, results: Mapping[str, Result]) -> str:
    text, number, total = scope.text, scope.number, results["total"].only()
    if total["open"] is None:
        return text("Nothing is known of what is owed. {reason}.", reason=progress.why(scope, "open", results["total"].missing.get("open")))
    if not total["open"] and not total["overdue"]:
        return text("Nothing is owed on {day}", day=number.day(progress.cut(scope)))
    if total["overdue"] <= 0:
        return text("Nothing of what {place} is owed is overdue", place=scope.place)
    values: dict[str, Any] = {"place": scope.place, "rate": number.part(total["overdue_rate"])}
    if total["overdue_rate"] is None:
        values["amount"] = number.money(total["overdue"])
        if not scope.path:
            return text("{amount} is overdue; credit notes cover the open invoices", **values)
        return text("{place}: {amount} is overdue; credit notes cover the open invoices", **values)
    overdue = (
        text("{rate} of receivables are overdue", **values)
        if not scope.path
        else text("{place}: {rate} of receivables are overdue", **values)
    )
    keys = _holders(scope, results)
    if not keys:
        late = total["over_90"] / total["open"]
        return text("{overdue}, {late} for over 90 days", overdue=overdue, late=number.part(late)) if late > 0 else overdue
    held = {name: _held(scope, results, keys, name) for name in ("overdue", "over_90")}
    names = text(" and ").join(results["members"].label(scope.child, key, scope.language) for key in keys)
    values |= {"overdue": overdue, "names": names, "share": number.part(held["overdue"])}
    if held["over_90"] is None or held["over_90"] <= 0:
        return text(_HOLD[len(keys) > 1], **values)
    return text(_HOLD_LONG[len(keys) > 1], late=number.part(held["over_90"]), **values)


def _holders(scope: Scope, results: Mapping[str, Result]) -> tuple[str, ...]:
    """The fewest members that hold a notable share of what is overdue; nobody where it is spread out, or where nearly all are named."""
    rows = results["members"].rows if "members" in results else ()
    late = [row for row in rows if row[scope.child] is not None and (row["overdue"] or 0) > 0]
    share = Decimal(0)
    for count, row in enumerate(late[:MOST_NAMED] if len(late) > MOST_NAMED else (), start=1):
        share += row["overdue"] / results["total"].only()["overdue"]
        if share >= NOTABLE:
            return tuple(found[scope.child] for found in late[:count])
    return ()


def _held(scope: Scope, results: Mapping[str, Result], keys: tuple[str, ...], name: str) -> Decimal | None:
    """The share that some members hold of an amount of all."""
    held = sum((row[name] or Decimal(0) for row in results["members"].rows if row[scope.child] in keys), Decimal(0))
    return receivables.share(held, results["total"].only()[name])


def _basis(scope: Scope) -> str:
    return " · ".join(
        filter(None, (when(scope), currency(scope), scope.text("receivables of {day}", day=scope.number.day(progress.cut(scope)))))
    )
