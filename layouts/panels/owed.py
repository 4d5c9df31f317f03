"""How what is owed stands: what is asked of a day, the days it is compared with, what is planned, and differences in words. Shared
by the panels about the collection cycle."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from data.workdays import months_away
from layouts import html, parts
from layouts.panels import progress
from layouts.parts import Judgement, Value
from layouts.text import N_
from layouts.tools import icon
from layouts.urls import Scope
from metrics.catalog import MEASURES, Unit
from metrics.query import Query

BALANCES: Final = ("open", "not_due", "overdue", "overdue_rate", "over_90", "over_90_rate")
RATES: Final = ("collected_of_invoiced", "collected_of_due", "collected_of_receivable")
CYCLE: Final = ("dso", "dso_count_back", "dso_best", "days_delinquent", "cei")
PAID: Final = ("days_to_pay", "days_late")
_PLANS: Final = {
    "collected_of_invoiced": "plan_collection_rate",
    "dso": "plan_dso",
    "overdue_rate": "plan_overdue_rate",
    "over_90_rate": "plan_over_90_rate",
}
"""Figures for which a company may have a plan, and its key."""
_AGAINST_PLAN: Final[dict[Unit, tuple[str, str, str]]] = {
    # above the plan, below it, on it
    Unit.SHARE: (N_("{gap} to plan"), N_("{gap} to plan"), N_("On plan")),
    Unit.DAYS: (N_("{gap} days over plan"), N_("{gap} days below plan"), N_("On plan")),
    Unit.MONEY: (N_("{gap} over limit"), N_("{gap} below limit"), N_("At the limit")),
}


@dataclass(frozen=True, slots=True)
class Change:
    """A difference in words. ``mark``: the icon before it, "" for none; ``why`` it is not known."""

    text: str
    mark: str = ""
    judgement: Judgement = "dim"
    why: str = ""


def standing(scope: Scope) -> Query:
    """How collections stand on the last day that counts; the same question wherever it is asked, so it is run once."""
    return replace(progress.query(scope, askable(scope, (*BALANCES, *RATES, *CYCLE, *PAID))), as_of=progress.cut(scope))


def askable(scope: Scope, keys: Sequence[str]) -> tuple[str, ...]:
    """Those that the facts know of what is looked at."""
    return tuple(key for key in keys if scope.can_ask(key))


def week_before(scope: Scope) -> date:
    return progress.cut(scope) - timedelta(days=7)


def year_before(scope: Scope) -> date:
    """The day of which balances are compared: the same a year earlier."""
    return months_away(progress.cut(scope), -12)


def plan_of(scope: Scope, key: str) -> Decimal | None:
    """What the company plans of a figure; None where nothing is planned."""
    return scope.snapshot.plan(_PLANS[key]) if key in _PLANS else None


def is_better(key: str) -> bool:
    """Whether more of it is better: less is, of what is overdue and of how long it takes."""
    return bool(MEASURES[key].higher_is_better)


def judged(key: str, moved: Decimal | None) -> Judgement:
    if not moved:
        return "dim"
    return "good" if (moved > 0) == is_better(key) else "bad"


def said(scope: Scope, key: str, value: Decimal | None) -> str:
    """A figure, bare of what its days are called."""
    return scope.number.of(value, progress.unit_of(key))


def gap_said(scope: Scope, key: str, gap: Decimal | None) -> str:
    """A difference of figures with its sign: of shares in points, of days as bare digits."""
    unit = progress.unit_of(key)
    return scope.number.points(gap) if unit == Unit.SHARE else scope.number.of(gap, unit, signed=True)


def against_plan(scope: Scope, key: str, value: Decimal, plan: Decimal | None) -> Change:
    if plan is None:
        return Change(scope.text("No plan is set"))
    gap, words = value - plan, gap_said(scope, key, value - plan)
    gap = gap if _is_seen(words) else Decimal(0)
    above, below, equal = _AGAINST_PLAN[progress.unit_of(key)]
    return Change(scope.text(above if gap > 0 else below if gap < 0 else equal, gap=words), _mark(gap), judged(key, gap))


def change(scope: Scope, key: str, moved: Decimal | None, against: str, *, words: str = "", why: str = "") -> Change:
    """A figure's difference to what is named in ``against``; ``words`` where it is not told in the figure's own unit."""
    if not words:
        words = gap_said(scope, key, moved)
        if moved is not None and progress.unit_of(key) == Unit.DAYS:
            words = scope.text("{days} d", days=words)
    told = scope.text("{change} {against}", change=words, against=against)
    if moved is None:
        return Change(told, why=why)
    seen = moved if _is_seen(words) else Decimal(0)
    return Change(told, _mark(seen), judged(key, seen))


def _is_seen(words: str) -> bool:
    """Whether a difference is more than zero as it is shown: what rounds to nothing is judged as nothing."""
    return any(digit in words for digit in "123456789")


def _mark(moved: Decimal) -> str:
    return "up" if moved > 0 else "down" if moved < 0 else "equal"


def draw(shown: Change, class_name: str = "") -> Any:
    """The change with its mark, in the colour of its judgement."""
    look = f"{shown.judgement} {class_name}".strip()
    if shown.why:
        return parts.value(Value(shown.text, shown.why), look)
    return html.Span([icon(shown.mark), " ", shown.text] if shown.mark else shown.text, className=look)
