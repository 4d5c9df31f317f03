"""The question of what cash will come in within 30, 60 and 90 days, in whole scopes, with an interval that the past gave."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from data.duck import literal_sql
from metrics import cash_sql, roll_sql
from metrics.cash import AGES, HORIZONS, STEP, TAUGHT, Past, errors, estimate, reach
from metrics.catalog import Fact
from metrics.query import Missing, Query, Result
from metrics.question import Bounds, answers
from metrics.scope import Filter, Period, Viewer

if TYPE_CHECKING:
    from metrics.engine import Engine

MOMENTS: Final = 3 * TAUGHT + HORIZONS[-1] // STEP
"""A year to learn from, one to learn from how far estimates are off, and one more on which a backtest can see how that holds."""
_INVOICED: Final = 90
"""Days by which new business is measured."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CashAhead:
    """Of the scope, from the day after the as-of day. Can be of places, customers and segments: ``roll_sql.DIMENSIONS``."""

    as_of: date
    where: tuple[Filter, ...] = ()

    @property
    def measures(self) -> tuple[str, ...]:
        return "collections", "open", "invoiced"

    @property
    def ends(self) -> tuple[date, ...]:
        """The last day of each horizon."""
        return tuple(self.as_of + timedelta(days=days) for days in HORIZONS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """Cash of the next ``days``: of what is ``open`` now, and ``new``: of what will be invoiced, or paid in advance. The interval holds
    the sum in four of five cases. ``before``: what as many days before brought.
    """

    days: int
    end: date
    open: Decimal
    new: Decimal
    low: Decimal
    high: Decimal
    before: Decimal

    @property
    def total(self) -> Decimal:
        return self.open + self.new


@dataclass(frozen=True, slots=True, kw_only=True)
class Ahead:
    """``expected``: by horizon, nothing where ``missing`` says why. ``past``: what it was learned from; ``starts``: its moments."""

    query: CashAhead
    expected: tuple[Expected, ...]
    missing: Missing | None
    past: Past
    starts: tuple[date, ...]
    sql: tuple[str, ...]


@answers(CashAhead)
def ahead(engine: Engine, question: CashAhead, bounds: Bounds, version: int) -> Ahead:
    """Two statements over balances and payments, and one over the days. Raises ``NotDivisible`` for what balances do not know."""
    where, snapshot, reader = (*question.where, *bounds), engine.snapshot(version), engine.reader(version)
    shape, member = roll_sql.shape_of(where), roll_sql.parameters((), where)
    known = snapshot.covered(Fact.RECEIVABLE)
    starts = _starts(question.as_of, known.first)
    values = cash_sql.parameters(starts[-1], question.as_of, member)
    statements = (cash_sql.opened(shape), cash_sql.paid(shape))
    opened, paid = (reader.arrays(statement.compiled, values) for statement in statements)
    days = engine.run(_by_day(question, known.first), Viewer(name="", bounds=bounds), version=version)
    past = _past(starts, opened, paid, days)
    missing = next(filter(None, (days.missing.get(measure) for measure in question.measures)), None)
    found = [] if missing else [_expected(past, question, horizon) for horizon in range(len(HORIZONS))]
    complete = all(found) and len(found) == len(HORIZONS)
    return Ahead(
        query=question,
        expected=tuple(e for e in found if e) if complete else (),
        missing=missing or (None if complete else Missing("not_enough_history")),
        past=past,
        starts=starts,
        sql=(*(literal_sql(statement.select.params(**values)) for statement in statements), *days.sql),
    )


def _starts(as_of: date, first: date | None) -> tuple[date, ...]:
    """The as-of day and every 30th before it, as far as what was invoiced in the 90 days before them is known."""
    known = (first or as_of) + timedelta(days=_INVOICED)
    back = (as_of - timedelta(days=STEP * moment) for moment in range(1, MOMENTS))
    return (as_of, *(day for day in back if day >= known))


def _by_day(question: CashAhead, first: date | None) -> Query:
    since = min(first or question.as_of, question.as_of)
    return Query(
        measures=("collections", "invoiced"),
        by=("day",),
        period=Period("range", since, question.as_of),
        as_of=question.as_of,
        where=question.where,
    )


def _past(starts: Sequence[date], opened: Mapping[str, Any], paid: Mapping[str, Any], days: Result) -> Past:
    collected, invoiced = (_running(days, measure) for measure in ("collections", "invoiced"))
    by_age, within = np.zeros((len(starts), len(AGES) + 1)), np.zeros((len(starts), len(AGES) + 1, len(HORIZONS)))
    for position in range(len(starts)):
        moment = len(starts) - 1 - position  # the statements count from the oldest
        was = (opened["first"] <= moment) & (opened["last"] >= moment)
        by_age[position] = _by_age(moment, opened, was)
        for horizon, ahead in enumerate(HORIZONS):
            came = (paid["step"] >= moment) & (paid["step"] < moment + ahead // STEP) & (paid["invoiced"] <= moment)
            within[position, :, horizon] = _by_age(moment, paid, came)
    return Past(
        open=by_age,
        paid=within,
        received=np.array([[collected(day, day + timedelta(days=ahead)) for ahead in HORIZONS] for day in starts]),
        invoiced=np.array([invoiced(day - timedelta(days=_INVOICED), day) for day in starts]),
    )


def _by_age(moment: int, rows: Mapping[str, Any], chosen: Any) -> Any:
    """The amounts of some rows by how late they were at a moment."""
    age = np.searchsorted(AGES, moment * STEP - rows["due"][chosen], side="left")
    return np.bincount(age, weights=rows["amount"][chosen], minlength=len(AGES) + 1)


def _running(days: Result, measure: str) -> Any:
    """What a measure came to after one day and up to another, from running totals."""
    rows = sorted((row["day"].toordinal(), float(row[measure] or 0)) for row in days.rows)
    ordinals, totals = np.array([row[0] for row in rows]), np.cumsum([0.0, *(row[1] for row in rows)])

    def between(after: date, until: date) -> float:
        first, last = np.searchsorted(ordinals, (after.toordinal(), until.toordinal()), side="right")
        return float(totals[last] - totals[first])

    return between


def _expected(past: Past, question: CashAhead, horizon: int) -> Expected | None:
    found, off = estimate(past, 0, horizon), reach(errors(past, horizon))
    if found is None or off is None:
        return None
    return Expected(
        days=HORIZONS[horizon],
        end=question.ends[horizon],
        open=_money(found.open),
        new=_money(found.new),
        low=_money(max(found.total * (1 - off), 0.0)),
        high=_money(found.total * (1 + off)),
        before=_money(_before(past, horizon)),
    )


def _before(past: Past, horizon: int) -> float:
    """What came in the window that closed last."""
    return float(past.received[min(past.closed[horizon], past.moments - 1), horizon])


def _money(amount: float) -> Decimal:
    return Decimal(str(round(amount, 2)))
