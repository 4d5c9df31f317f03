"""The question of roll rates: what became of receivables in the last three months, and the ageing of the next three."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, cast

from data.duck import literal_sql
from data.workdays import months_away
from metrics import roll, roll_sql
from metrics.catalog import Fact
from metrics.query import Missing
from metrics.question import Bounds, answers
from metrics.roll import ZERO, Amounts, Flow, Matrix, Projected, Rates
from metrics.roll_sql import MONTHS
from metrics.scope import Filter, Viewer

if TYPE_CHECKING:
    from metrics.engine import Engine

OVER: Final = 90
"""Days past due that always are the end of a bucket, so that what is older can be told apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RollRates:
    """Of the scope, over the three months up to a day. Can be of places, customers and segments: ``roll_sql.DIMENSIONS``."""

    as_of: date
    where: tuple[Filter, ...] = ()

    @property
    def measures(self) -> tuple[str, ...]:
        return "open", "over_90"

    @property
    def days(self) -> tuple[date, ...]:
        """The ends of the months, oldest first; the last is the as-of day."""
        return tuple(months_away(self.as_of, -back) for back in range(MONTHS, -1, -1))

    @property
    def ahead(self) -> tuple[date, ...]:
        """The days for which the ageing is projected."""
        return tuple(months_away(self.as_of, month) for month in range(1, MONTHS + 1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Rolled:
    """``edges``: of the buckets, that of 90 days always among them. ``invoices`` and ``credits``: what moved in three months.

    ``today``: open balances by bucket; ``projected``: the same for each day of ``query.ahead``; ``from_bucket``: by bucket what of
    today's balance is projected to be over 90 days late on the last of these. ``missing``: why there is none of all this.
    """

    query: RollRates
    edges: tuple[int, ...]
    invoices: Matrix
    credits: Matrix
    today: Amounts
    projected: tuple[Projected, ...]
    from_bucket: Projected
    missing: Missing | None
    sql: tuple[str, ...]

    @property
    def late(self) -> int:
        """The position of the first bucket that is over 90 days past due."""
        return self.edges.index(OVER) + 2

    def over_90(self, balances: Projected) -> Decimal | None:
        """What of balances by bucket is over 90 days past due."""
        found = [amount for amount in balances[self.late :] if amount is not None]
        return sum(found, ZERO) if len(found) == len(balances) - self.late else None


@answers(RollRates)
def rolled(engine: Engine, question: RollRates, bounds: Bounds, version: int) -> Rolled:
    """Two statements; where the scope had nothing in some bucket, the rates of all that the viewer may see stand in."""
    edges = tuple(sorted({*engine.settings.ageing_edges, OVER}))
    where, days, reader = (*question.where, *bounds), question.days, engine.reader(version)
    shape, values = roll_sql.shape_of(where), roll_sql.parameters(days, where)
    statements = (roll_sql.sums(shape), roll_sql.changes(shape))
    sums, changes = (reader.read(statement.compiled, values) for statement in statements)
    months = [months_of(sums, changes, days, edges, credit=credit) for credit in (False, True)]
    whole = [sum(of_sign[1:], of_sign[0]) for of_sign in months]
    ends = [tuple(map(of_sign[-1].closing, range(len(edges) + 2))) for of_sign in months]
    missing = _missing(engine, question, version)
    projected: tuple[Projected, ...] = ()
    from_bucket: Projected = ()
    if missing is None:
        every = _every(engine, question, whole[0], bounds, version)
        # Credit notes are few: where none tells, they go the way of invoices.
        by = [roll.rates(whole[0], *every[:1]), roll.rates(whole[1], *every[1:], whole[0], *every[:1])]
        courses = [_course(end, rates, of.added) for end, rates, of in zip(ends, by, whole, strict=True)]
        projected = tuple(_both(*balances) for balances in zip(*courses, strict=True))
        reached = [roll.reach(rates, MONTHS, edges.index(OVER) + 2) for rates in by]
        from_bucket = _both(*(_times(end, shares) for end, shares in zip(ends, reached, strict=True)))
    return Rolled(
        query=question,
        edges=edges,
        invoices=whole[0],
        credits=whole[1],
        today=tuple(a + b for a, b in zip(*ends, strict=True)),
        projected=projected,
        from_bucket=from_bucket,
        missing=missing,
        sql=tuple(literal_sql(statement.select.params(**values)) for statement in statements),
    )


def months_of(
    sums: Sequence[tuple[Any, ...]], changes: Sequence[tuple[Any, ...]], days: Sequence[date], edges: tuple[int, ...], *, credit: bool
) -> list[Matrix]:
    """What moved in each month, of one sign."""
    flows: list[list[Flow]] = [[] for _ in range(MONTHS)]
    for due_day, is_credit, *values in sums:
        if is_credit == credit:
            for step in range(MONTHS):
                flows[step].append(Flow(due_day, *values[3 * step : 3 * step + 3]))
    for step, due_day, is_credit, carried, added in changes:
        if is_credit == credit:
            flows[step].append(Flow(due_day, ZERO, carried, added))
    return [roll.matrix(flows[step], days[step], days[step + 1], edges) for step in range(MONTHS)]


def _missing(engine: Engine, question: RollRates, version: int) -> Missing | None:
    """Why nothing can be said: nothing is known of balances, or not for three months."""
    snapshot = engine.snapshot(version)
    first = snapshot.covered(Fact.RECEIVABLE).first
    return snapshot.no_balances(question.as_of) or (Missing("not_enough_history") if first is None or question.days[0] < first else None)


def _every(engine: Engine, question: RollRates, own: Matrix, bounds: Bounds, version: int) -> tuple[Matrix, ...]:
    """What moved, of invoices and of credit notes, in all that the viewer may see, if that is more than the scope and is needed."""
    if not question.where or all(own.opening):
        return ()
    found: Rolled = engine.answer(replace(question, where=()), Viewer(name="", bounds=bounds), version=version)  # type: ignore[assignment]
    return found.invoices, found.credits


def _course(today: Amounts, rates: Rates, added: Amounts) -> list[Projected]:
    """Balances month by month, with as much added as on average."""
    mean, course = tuple(amount / MONTHS for amount in added), [cast("Projected", today)]
    for _ in range(MONTHS):
        course.append(roll.ahead(course[-1], rates, mean))
    return course[1:]


def _times(amounts: Amounts, shares: Projected) -> Projected:
    return tuple(ZERO if not amount else None if share is None else amount * share for amount, share in zip(amounts, shares, strict=True))


def _both(left: Projected, right: Projected) -> Projected:
    return tuple(None if a is None or b is None else a + b for a, b in zip(left, right, strict=True))
