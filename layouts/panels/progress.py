"""Where a measure stands, in words and marks: status, gap, bar, and why a figure is missing. Shared by the panels."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final

from layouts.format import EN_DASH
from layouts.parts import Bar, Chip, ChipKind, Judgement, Value
from layouts.text import N_
from layouts.urls import Scope
from metrics.catalog import BUCKET_NOT_DUE, MEASURES, Cycle, Fact, Planned, Ratio, Sum, Unit
from metrics.query import Missing, Query
from metrics.tiers import Status, Tier

Row = Mapping[str, Any]

LEVEL: Final = {"region": N_("Region"), "area": N_("Area"), "rep": N_("Rep")}
"""What the members of a level are called, at the head of their column."""
WITHOUT: Final = {"region": N_("Without region"), "area": N_("Without area"), "rep": N_("Without rep")}
"""What belongs to no member of a level."""

PROGRESS: Final = ("target", "expected_share", "completion", "gap", "days", "status")
"""What a row of progress shows of a measure besides its actual."""

LANDING: Final = ("landing", "landing_low", "landing_high", "landing_rate", "landing_chance")
"""What is said of where a period will land."""

_TIERS: Final = {Tier.AT_RISK: N_("At risk"), Tier.ON_THE_WAY: N_("On the way"), Tier.ACHIEVED: N_("Achieved")}
_RUNNING: Final[dict[str | None, tuple[ChipKind, str]]] = {
    Status.BEHIND: ("behind", N_("Behind pace")),
    Status.ON_PACE: ("pace", N_("On pace")),
    Status.AHEAD: ("ahead", N_("Ahead of pace")),
    Status.ACHIEVED: ("achieved", N_("Achieved")),
    Status.NO_TARGET: ("none", N_("No target")),
    None: ("none", N_("Nothing due yet")),
}
_CLOSED: Final[dict[str | None, tuple[ChipKind, str]]] = {
    **_RUNNING,
    Status.BEHIND: ("behind", N_("Target missed")),
    Status.ON_PACE: ("pace", N_("Just missed")),
}
_REASONS: Final = {
    "before_data": N_("The data begins on {day}"),
    "not_begun": N_("The period has not begun"),
    "no_cost": N_("{n} order lines have no cost"),
    "no_expense": N_("{n} order lines have no selling expense"),
    "no_target": N_("No target is set"),
    "not_enough_history": N_("There is not enough history to forecast from"),
    "nothing_invoiced": N_("Nothing was invoiced to measure it by"),
    "nothing_due": N_("Nothing fell due in the period"),
    "nothing_paid": N_("Nothing was paid in the period"),
    "beyond_history": N_("More is owed than was ever invoiced"),
    "credit_balance": N_("Customers are owed more than they owe"),
    "no_value": N_("There is nothing to compare with"),
}
_NOT_THERE: Final = {
    Fact.SALES: N_("There are no order lines in the data"),
    Fact.COLLECTED: N_("There are no payments in the data"),
    Fact.SETTLED: N_("There are no payments in the data"),
    Fact.CASH: N_("There are no payments in the data"),
    Fact.INVOICED: N_("There are no invoices in the data"),
    Fact.RECEIVABLE: N_("There are no invoices in the data"),
    Fact.TARGET: N_("There are no targets in the data"),
}

_ENDS: Final = {
    Fact.SALES: N_("The order lines end on {day}"),
    **dict.fromkeys((Fact.COLLECTED, Fact.SETTLED, Fact.CASH), N_("The payments end on {day}")),
    **dict.fromkeys((Fact.INVOICED, Fact.RECEIVABLE), N_("The invoices end on {day}")),
}
"""Where others go on: the page says itself how far the data goes."""


def query(scope: Scope, measures: tuple[str, ...], by: tuple[str, ...] = (), order: str = "") -> Query:
    """A question about what the scope looks at."""
    return Query(measures=measures, by=by, period=scope.period, as_of=scope.as_of, where=scope.where, order=order)


def cut(scope: Scope) -> date:
    """The last day that counts: the as-of day, or the end of a period that is over."""
    return min(scope.as_of, scope.period.last)


def unit_of(key: str) -> Unit:
    return MEASURES[key].unit


def name_of(scope: Scope, key: str) -> str:
    """The name of a measure from the catalogue."""
    return MEASURES[key].name_zh if scope.language == "zh" else MEASURES[key].name


def fact_of(key: str) -> Fact:
    """The facts that a measure is made of; of a ratio those of its numerator."""
    measure = MEASURES[key]
    if isinstance(measure, Sum):
        return measure.fact
    if isinstance(measure, Cycle):
        return measure.facts[0]
    assert isinstance(measure, Ratio | Planned)
    return fact_of(measure.numerator if isinstance(measure, Ratio) else measure.base)


def why(scope: Scope, key: str, missing: Missing | None) -> str:
    """Why a measure has no figure, in words; a row of an answer that has the figure elsewhere names no reason."""
    if missing is not None and missing.code == "no_data":
        return scope.text(_NOT_THERE[fact_of(key)])
    if missing is not None and missing.code == "after_data":
        return scope.text(_ENDS[missing.of or fact_of(key)], day=scope.number.day(date.fromisoformat(missing.detail)))
    if missing is None or missing.code not in _REASONS:
        return scope.text("No value")
    message = _REASONS[missing.code]
    if missing.code == "before_data":
        return scope.text(message, day=scope.number.day(date.fromisoformat(missing.detail)))
    if missing.code in ("no_cost", "no_expense"):
        return scope.text(message, n=int(missing.detail))
    return scope.text(message)


def no_receivables(scope: Scope) -> tuple[str, str] | None:
    """What a list of what is owed says where nothing is known of the day that it is of: that, and why."""
    missing = scope.snapshot.no_balances(cut(scope))
    return (scope.text("No receivables to show"), why(scope, "open", missing)) if missing else None


def share(scope: Scope, key: str, rate: Decimal | None, missing: Missing | None = None) -> Value:
    """A share, or a dash and why."""
    return Value(scope.number.share(rate), why(scope, key, missing) if rate is None else "")


def nobody(scope: Scope, row: Row, without: str) -> str:
    """What a row of no member is called: a target that nobody below has, or ``without``, a marked text."""
    key = scope.measure
    return scope.text(without) if row[key] or not row.get(f"{key}_target") else scope.text("Unallocated target")


def no_rate(scope: Scope, *, is_open: bool) -> str:
    """Why an amount, such as what is overdue, is no share of what is open; ``is_open``: invoices are."""
    return scope.text("Credit notes cover the open invoices" if is_open else "Nothing is open")


def status_chip(scope: Scope, status: str | None, *, known: bool = True) -> Chip:
    """The chip of a status; ``known`` False where there is no actual to judge."""
    if not known:
        return Chip("none", scope.text("No data"))
    kind, message = (_RUNNING if scope.is_running else _CLOSED)[status]
    return Chip(kind, scope.text(message))


def judgement(status: str | None) -> Judgement:
    """The colour that a status allows: none inside the tolerance."""
    if status == Status.BEHIND:
        return "bad"
    return "good" if status in (Status.AHEAD, Status.ACHIEVED) else "dim"


def bucket_span(bucket: str) -> str:
    """The days of an ageing bucket that is past due: ``31–60``, ``>180``."""
    return f">{bucket.removesuffix('+')}" if bucket.endswith("+") else bucket.replace("-", EN_DASH)


def bucket_name(scope: Scope, bucket: str) -> str:
    """``Not due``; ``31–60 d``."""
    return scope.text("Not due") if bucket == BUCKET_NOT_DUE else scope.text("{span} d", span=bucket_span(bucket))


def by_completion(scope: Scope) -> bool:
    """Whether reps are tiered by completion of the full target, whatever is due of it."""
    return scope.address.tier == "completion"


def tier_word(scope: Scope, tier: str | None) -> str:
    return scope.text(_TIERS[Tier(tier)]) if tier else scope.number.share(None)


def gap_words(scope: Scope, key: str, row: Row) -> str:
    """``−¥16.6 M · 3.1 d behind``; nothing without a gap."""
    gap, days = row[f"{key}_gap"], row[f"{key}_days"]
    if gap is None:
        return ""
    said = scope.number.of(gap, unit_of(key), signed=True)
    if days is None:
        return said
    size = scope.number.days(days, signed=False)
    if days < 0:
        return scope.text("{gap} · {days} d behind", gap=said, days=size)
    return scope.text("{gap} · {days} d ahead", gap=said, days=size)


def bare(scope: Scope, key: str, value: Decimal | None) -> str:
    """A value beside another that says what volume counts."""
    unit = unit_of(key)
    return scope.number.volume(value, unit=False) if unit == Unit.VOLUME else scope.number.of(value, unit)


def landing_words(scope: Scope, key: str, row: Row) -> tuple[str, str]:
    """Where the period will land, and how sure that is: ``Lands 97.0% · ¥484.9 M``, ``470.8–498.0 · 21% chance``; empty if unsaid."""
    text, number, unit = scope.text, scope.number, unit_of(key)
    point, rate, chance = (row.get(f"{key}_{kind}") for kind in ("landing", "landing_rate", "landing_chance"))
    if point is None or not scope.is_running:
        return "", ""
    span = number.between(row[f"{key}_landing_low"], row[f"{key}_landing_high"], unit)
    if rate is None:
        return text("Lands at {value}", value=bare(scope, key, point)), text("Range {span}", span=span)
    return (
        text("Lands {rate} · {value}", rate=number.share(rate), value=bare(scope, key, point)),
        text("{span} · {chance} chance", span=span, chance=number.chance(chance)),
    )


def landing_columns(scope: Scope) -> tuple[str, ...]:
    """What the columns of ``LANDING`` are called."""
    text = scope.text
    return text("Landing"), text("Landing, low end"), text("Landing, high end"), text("Landing rate"), text("Chance of target")


def bar_of(scope: Scope, key: str, row: Row, limit: float, *, largest: Decimal | None = None) -> Bar:
    """The bullet of a row on a scale from 0 to ``limit`` × target.

    Without a target it is a plain bar: as a share of ``largest``, the largest actual of a list; of full length where it stands alone.
    """
    done, due = row[f"{key}_completion"], row[f"{key}_expected_share"]
    if done is None:
        actual = row[key] or Decimal(0)
        label = scope.text("{actual}, no target", actual=scope.number.of(row[key], unit_of(key)))
        length = _on_scale(actual / largest, 1.0) if largest and largest > 0 else float(actual > 0)
        return Bar(label=label, actual=length, expected=None, judgement="dim", target=False)
    label = scope.text("{done} of target; expected by then {due}", done=scope.number.share(done), due=scope.number.share(due))
    if not scope.is_running:
        label = scope.text("{done} of target", done=scope.number.share(done))
    landing = row.get(f"{key}_landing_rate") if scope.is_running else None
    if landing is not None:
        label = scope.text("{label}; lands at {rate}", label=label, rate=scope.number.share(landing))
    return Bar(
        label=label,
        actual=_on_scale(done, limit),
        expected=None if due is None else _on_scale(due, limit),
        judgement=judgement(row[f"{key}_status"]),
        forecast=None if landing is None else _on_scale(landing, limit),
        over=max(done, landing or done) > Decimal(str(limit)),
    )


def _on_scale(rate: Decimal, limit: float) -> float:
    return round(min(max(float(rate), 0.0), limit), 4)
