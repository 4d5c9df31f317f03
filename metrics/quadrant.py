"""Completion against cash: the rate that tiers each rep on sales amount, beside how much of what its customers owe is overdue."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from metrics.query import Member, Missing, Query
from metrics.question import Bounds, answers
from metrics.receivables import share
from metrics.scope import Filter, Period, Viewer

if TYPE_CHECKING:
    from metrics.engine import Engine

MEASURE: Final = "amount"
NOTABLE: Final = Decimal("1.1")
"""The rate from which a rep is named whose cash is late."""
_OWED: Final = ("open", "overdue", "over_90")
ZERO: Final = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class CompletionCash:
    """Every rep of the scope on two axes, balances as of the last day that counts. ``by_completion``: tiered by the full target."""

    period: Period
    as_of: date
    where: tuple[Filter, ...] = ()
    by_completion: bool = False

    @property
    def measures(self) -> tuple[str, ...]:
        return MEASURE, f"{MEASURE}_target", self.rate, "open", "overdue_rate", "over_90_rate"

    @property
    def rate(self) -> str:
        """The measure that tiers: pace while the period runs, else completion."""
        running = self.as_of < self.period.last and not self.by_completion
        return f"{MEASURE}_{'pace' if running else 'completion'}"

    @property
    def cut(self) -> date:
        """The day of the balances: the as-of day, or the end of a period that is over."""
        return min(self.as_of, self.period.last)


@dataclass(frozen=True, slots=True)
class Owed:
    """Open balances without unapplied cash; what is ``overdue`` is part of ``open``, and ``over_90`` of that.

    There is no rate where nothing is open, or where customers are owed more than they owe.
    """

    open: Decimal = ZERO
    overdue: Decimal = ZERO
    over_90: Decimal = ZERO

    @property
    def overdue_rate(self) -> Decimal | None:
        return share(self.overdue, self.open)

    @property
    def over_90_rate(self) -> Decimal | None:
        return share(self.over_90, self.open)


@dataclass(frozen=True, slots=True, kw_only=True)
class RepStanding:
    """One rep. ``rate`` and ``tier`` are None without a target, or before anything of it is due."""

    key: str
    actual: Decimal | None
    target: Decimal | None
    rate: Decimal | None
    tier: str | None
    owed: Owed

    @property
    def is_placed(self) -> bool:
        """Whether the rep has a place on both axes."""
        return self.tier is not None and self.owed.overdue_rate is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Standings:
    """``company``: what is owed to the whole company, as far as the viewer may see; ``mean_over_90``: a rep's part of it on average.

    ``missing``: why nothing is known of sales ("rate") or of balances ("owed").
    """

    query: CompletionCash
    reps: tuple[RepStanding, ...]
    company: Owed
    mean_over_90: Decimal
    missing: Mapping[str, Missing]
    members: Mapping[str, Mapping[str | None, Member]]
    sql: tuple[str, ...]

    @property
    def unpaid(self) -> tuple[RepStanding, ...]:
        """Who sells well above plan while the cash is late, the largest amount first."""
        found = [rep for rep in self.reps if is_unpaid(rep, self.company, self.mean_over_90)]
        return tuple(sorted(found, key=lambda rep: (-rep.owed.over_90, rep.key)))


def is_unpaid(rep: RepStanding, company: Owed, mean_over_90: Decimal) -> bool:
    """At 110 % or above, and over 90 days late either with a larger share of what is open than the company's or with more money than a
    rep has on average."""
    if rep.rate is None or rep.rate < NOTABLE or rep.owed.over_90 <= 0:
        return False
    own, whole = rep.owed.over_90_rate, company.over_90_rate
    return (own is not None and whole is not None and own > whole) or rep.owed.over_90 > mean_over_90


@answers(CompletionCash)
def standings(engine: Engine, question: CompletionCash, bounds: Bounds, version: int) -> Standings:
    """Sales against target and balances by rep, of the scope; balances by rep of the whole company to hold them against."""
    viewer = Viewer(name="", bounds=bounds)
    tier = f"{MEASURE}_{'tier_full' if question.by_completion else 'tier'}"
    asked = (MEASURE, f"{MEASURE}_target", question.rate, tier)
    sold = engine.run(_query(question, asked, question.where), viewer, version=version)
    owed = engine.run(_query(question, _OWED, question.where), viewer, version=version)
    whole = engine.run(_query(question, _OWED, ()), viewer, version=version)
    rates, balances = ({row["rep"]: row for row in found.rows} for found in (sold, owed))
    company = [_owed(row) for row in whole.rows]
    reps = tuple(
        _standing(key, rates.get(key, {}), _owed(balances.get(key, {})), asked) for key in {**rates, **balances} if key is not None
    )
    holders = sum(1 for row in whole.rows if row["rep"] is not None and (row["open"] or 0) > 0)
    total = Owed(*(sum((getattr(each, name) for each in company), ZERO) for name in _OWED))
    missing = {"rate": sold.missing.get(MEASURE), "owed": whole.missing.get("open")}
    return Standings(
        query=question,
        reps=reps,
        company=total,
        mean_over_90=total.over_90 / holders if holders else ZERO,
        missing={name: why for name, why in missing.items() if why},
        members=sold.members,
        sql=tuple(dict.fromkeys((*sold.sql, *owed.sql, *whole.sql))),
    )


def _query(question: CompletionCash, measures: tuple[str, ...], where: tuple[Filter, ...]) -> Query:
    day = question.cut if measures == _OWED else question.as_of
    return Query(measures=measures, by=("rep",), period=question.period, as_of=day, where=where)


def _owed(row: Mapping[str, Any]) -> Owed:
    return Owed(*(row.get(name) or ZERO for name in _OWED))


def _standing(key: str, row: Mapping[str, Any], owed: Owed, asked: tuple[str, ...]) -> RepStanding:
    actual, target, rate, tier = (row.get(name) for name in asked)
    return RepStanding(key=key, actual=actual, target=target, rate=rate, tier=tier, owed=owed)
