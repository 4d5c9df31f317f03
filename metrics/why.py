"""Why a measure is where it is: the gap between a base and the actual, taken apart by cause, by member and by driver."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np
import sqlalchemy as sa

from data.duck import literal_sql
from metrics import movements
from metrics.bridge import Book, Cause, Scale, causes
from metrics.candidates import TARGETED, Places
from metrics.catalog import FACT_DIMENSIONS, PLACES, Fact
from metrics.compile import Window
from metrics.drivers import Case, Driver, Step
from metrics.movements import Asked, Movements, exact, ticks
from metrics.plan import NOW, plan
from metrics.query import Member, Missing, Query, Result, dimensions_of
from metrics.question import Bounds, answers
from metrics.rates import Part, RateSplit, split
from metrics.scope import Filter, Period, Viewer

if TYPE_CHECKING:
    from metrics.engine import Engine

Against = Literal["expected", "target", "py", "pp"]
AGAINST: Final[tuple[Against, ...]] = ("expected", "target", "py", "pp")
PLANNED: Final = ("expected", "target")
_FINE: Final = ("customer", "product")
"""Dimensions of too many members to tell a rate by."""
_LEVELS: Final = (*PLACES, "customer", "segment", "category", "product")


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """Why one of the five measures is where it is against a base. ``child``: a place below the scope, whose members are each
    explained as well; "" for the scope alone."""

    measure: str
    against: Against = "expected"
    child: str = ""
    period: Period
    as_of: date
    where: tuple[Filter, ...] = ()

    @property
    def measures(self) -> tuple[str, ...]:
        return self.measure, self.base

    @property
    def base(self) -> str:
        """The measure that is the base."""
        return f"{self.measure}_{self.against}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A gap and what explains it. ``steps``: by dimension, members that add up to the gap. ``causes`` add up to it as well.

    ``missing``: why there is no gap; ``unexplained``: why there is one without causes, and without steps of customers and products.
    ``due``: of a whole target, what is due by now; None where the base is due altogether. What is not due yet is nobody's doing, so
    ``drivers`` and ``path`` explain the gap to what is due; there are none where it goes the other way than the gap to the base.
    ``targeted``: along which dimensions the steps' bases are targets; along others a plan's are last year's, scaled.
    """

    base: Decimal | None
    actual: Decimal | None
    due: Decimal | None = None
    causes: tuple[Cause, ...] = ()
    steps: Mapping[str, tuple[Step, ...]] = field(default_factory=dict)
    targeted: tuple[str, ...] = ()
    drivers: tuple[Driver, ...] = ()
    path: tuple[Driver, ...] = ()
    missing: Missing | None = None
    unexplained: Missing | None = None
    rate: RateSplit | None = None
    """Of margin and profit their rate against the past, of collections (the whole alone) the share of what was invoiced; by the level
    below, or by the first dimension in which it is a paradox."""

    @property
    def gap(self) -> Decimal | None:
        return None if self.base is None or self.actual is None else self.actual - self.base

    @property
    def driven(self) -> Decimal | None:
        """The gap that drivers and path explain."""
        return self.gap if self.due is None or self.actual is None else self.actual - self.due


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """The answer to a ``Why``: the scope as a ``whole``, and each child by its identifier."""

    query: Why
    whole: Account
    children: Mapping[str | None, Account]
    members: Mapping[str, Mapping[str | None, Member]]
    version: int
    statements: tuple[tuple[sa.Select[Any], Mapping[str, Any]], ...] = ()

    @property
    def sql(self) -> tuple[str, ...]:
        """The statements as text with the values written in, to show."""
        return tuple(literal_sql(statement.params(**values)) for statement, values in self.statements)

    def label(self, dimension: str, key: str | None, language: str) -> str:
        member = self.members.get(dimension, {}).get(key)
        return member.label(language) if member else (key or "—")


@answers(Why)
def explain(engine: Engine, question: Why, bounds: Bounds, version: int) -> Explanation:
    """Explain a gap and, if asked, that of every child: a handful of statements, however many children there are."""
    inquiry = _Inquiry(engine, question, bounds, version)
    standing = inquiry.run(question.measure, question.base)
    row = standing.only()
    base, actual = row[question.base], row[question.measure]
    whole = Account(base=base, actual=actual, missing=_reason(standing, question))
    children: dict[str | None, Account] = {}
    if base is not None and actual is not None:
        whole, children = inquiry.accounts()
    return Explanation(
        query=question,
        whole=whole,
        children=children,
        members={dimension: engine.members(dimension, version) for dimension in _LEVELS},
        version=version,
        statements=tuple(inquiry.statements),
    )


def _reason(standing: Result, question: Why) -> Missing:
    return standing.missing.get(question.measure) or standing.missing.get(question.base) or Missing("no_value")


@dataclass(frozen=True, slots=True)
class _Rows:
    """What was read of one scope. ``due``: places against what is due by now; ``whole``: against the base that was asked for."""

    due: Places
    whole: Places
    customers: Movements | None
    products: Movements | None
    state: str
    """Which state of the products' buyers counts, that in the scope or that in the child."""


class _Inquiry:
    """One question being answered: it reads for the scope once and shares that out among the children."""

    def __init__(self, engine: Engine, question: Why, bounds: Bounds, version: int) -> None:
        self._engine, self._question, self._bounds, self._version = engine, question, bounds, version
        self._category = {key: member.parent for key, member in engine.members("product", version).items()}
        self._segment = {key: member.parent for key, member in engine.members("customer", version).items()}
        self.statements: list[tuple[sa.Select[Any], Mapping[str, Any]]] = []

    def run(self, *measures: str, by: tuple[str, ...] = (), period: Period | None = None, as_of: date | None = None) -> Result:
        """Measures of the scope; of another span where one is named."""
        question = self._question
        days = period or question.period, as_of or question.as_of
        query = Query(measures=measures, by=by, period=days[0], as_of=days[1], where=question.where)
        found = self._engine.run(query, Viewer(name="", bounds=self._bounds), version=self._version)
        self.statements += found.statements
        return found

    def accounts(self) -> tuple[Account, dict[str | None, Account]]:
        """Of the scope and of each child that has a base or an actual."""
        question, unexplained, below = self._question, self._uncovered(), _below(self._question.where)
        customers, products = (None, None) if unexplained else self._moved()
        if question.against in PLANNED:
            by = self._targeted(below)
            whole = self._planned(question.against, by)
            due = self._planned("expected", by) if question.against == "target" else whole
        else:
            assert customers is not None, "a comparison with the past has a past"
            due = whole = _past(customers, question.measure)
        rows = _Rows(due, whole, customers, products, "both")
        account = self._account(rows, below, unexplained)
        if question.measure == "collections":
            account = replace(account, rate=self._collected(below))
        child = question.child
        if not child:
            return account, {}
        keys = [key for key in dict.fromkeys(whole.keys[child]) if key is not None]
        deeper = tuple(d for d in below if d not in PLACES or PLACES.index(d) > PLACES.index(child))
        return account, {key: self._account(_within(rows, child, key), deeper, unexplained) for key in keys}

    def _account(self, rows: _Rows, below: tuple[str, ...], unexplained: Missing | None) -> Account:
        base, actual, due = int(rows.whole.base.sum()), int(rows.whole.actual.sum()), int(rows.due.base.sum())
        book, gap = self._book(rows, due), actual - due
        parts = causes(book, gap) if book else ()
        if due != base:
            parts = (Cause(key="not_due", amount=exact(due - base)), *parts) if parts else ()
        case = Case(gap, rows.due, book, parts, self._segment)
        is_driven = gap * (actual - base) > 0
        of_base = case if rows.whole is rows.due else Case(actual - base, rows.whole, self._book(rows, base), (), self._segment)
        return Account(
            base=exact(base),
            actual=exact(actual),
            due=exact(due) if due != base else None,
            causes=parts,
            steps={dimension: steps for dimension in below if (steps := of_base.steps(dimension))},
            targeted=tuple(d for d in TARGETED if rows.whole.has(d)) if self._question.against in PLANNED else (),
            drivers=case.drivers(below) if is_driven else (),
            path=case.path(below) if is_driven else (),
            unexplained=None if book else unexplained or Missing("no_value"),
            rate=self._rate(case, below),
        )

    def _rate(self, case: Case, below: tuple[str, ...]) -> RateSplit | None:
        """How the measure's rate moved against the past, and why."""
        if self._question.measure not in ("margin", "profit"):
            return None
        name = f"{self._question.measure}_rate"
        found = [each for dimension in below if dimension not in _FINE and (each := split(name, dimension, case.rates(dimension)))]
        return _telling(found)

    def _collected(self, below: tuple[str, ...]) -> RateSplit | None:
        """Collections as a share of what was invoiced, now and in the past."""
        question = self._question
        names = ("collections", "invoiced")
        period = question.period.before() if question.against == "pp" else question.period.year_before()
        spans = ((period, self._past_window().last), (question.period, question.as_of))
        found = []
        for dimension in (d for d in below if d in FACT_DIMENSIONS[Fact.INVOICED] and d not in _FINE):
            before, now = (self.run(*names, by=(dimension,), period=of, as_of=day) for of, day in spans)
            if before.missing or now.missing:
                return None
            sums = [{row[dimension]: row for row in result.rows} for result in (before, now)]
            parts = [
                Part(*(rows[key][name] or Decimal(0) if key in rows else Decimal(0) for rows in sums for name in names))
                for key in dict.fromkeys((*sums[0], *sums[1]))
            ]
            if each := split("collection_rate", dimension, parts):
                found.append(each)
        return _telling(found)

    def _book(self, rows: _Rows, base: int) -> Book | None:
        """What customers and products moved, their base scaled to ``base``; None where there is nothing to scale."""
        if rows.customers is None:
            return None
        past = int(rows.customers.value(self._question.measure, movements.BASE).sum())
        planned = self._question.against in PLANNED
        if planned and (past <= 0 or base <= 0):
            return None
        return Book(
            measure=self._question.measure,
            customers=rows.customers,
            products=rows.products,
            bought_both=rows.products.states[rows.state] if rows.products else np.zeros(0, dtype=bool),
            category=self._category,
            scale=Scale(base, past) if planned else Scale(),
        )

    def _uncovered(self) -> Missing | None:
        """Why last year says nothing about a planned base."""
        question = self._question
        if question.against not in PLANNED:
            return None
        past = f"{question.measure}_py"
        found = self.run(past)
        return found.missing.get(past) if found.only()[past] is None else None

    def _past_window(self) -> Window:
        return self._windows()[1]

    def _windows(self) -> tuple[Window, Window]:
        """The days of the period up to the as-of day, and those of the past that they are held against."""
        question, engine = self._question, self._engine
        past = "pp" if question.against == "pp" else "py"
        query = Query(measures=(f"{question.measure}_{past}",), period=question.period, as_of=question.as_of, where=question.where)
        calendar = engine.snapshot(self._version).calendar
        days = plan(query, bounds=self._bounds, calendar=calendar, settings=engine.settings)
        return days.window(NOW), days.window(past)

    def _moved(self) -> tuple[Movements, Movements | None]:
        question, reader = self._question, self._engine.reader(self._version)
        asked = Asked(question.measure, self._windows(), (*question.where, *self._bounds))
        found = [movements.customers(reader, asked)]
        if asked.has_products:
            found.append(movements.products(reader, asked, question.child))
        self.statements += [each.statement for each in found if each.statement]
        return found[0], found[1] if len(found) > 1 else None

    def _targeted(self, below: tuple[str, ...]) -> tuple[str, ...]:
        """The dimensions that targets are set along: places, and categories where one of them has a target."""
        question = self._question
        if "category" not in below or "category" not in dimensions_of(question.measure):
            return PLACES
        rows = self.run(question.base, by=("category",)).rows
        return TARGETED if any(row["category"] is not None and row[question.base] for row in rows) else PLACES

    def _planned(self, against: str, by: tuple[str, ...]) -> Places:
        """What every region, area and rep was to bring, targets that nobody below has included, and what they brought."""
        measure = self._question.measure
        rows = self.run(measure, f"{measure}_{against}", by=by).rows
        return Places(
            {dimension: np.array([row[dimension] for row in rows], dtype=object) for dimension in by},
            *(np.array([ticks(row[name]) for row in rows], dtype=np.int64) for name in (f"{measure}_{against}", measure)),
        )


def _telling(found: list[RateSplit]) -> RateSplit | None:
    """The first that is a paradox, else that of the level below."""
    return next((each for each in found if each.is_paradox), found[0] if found else None)


def _past(customers: Movements, measure: str) -> Places:
    places = {dimension: customers.keys[dimension] for dimension in PLACES}
    return Places(places, customers.value(measure, movements.BASE), customers.value(measure, movements.NOW))


def _within(rows: _Rows, child: str, key: str) -> _Rows:
    """The rows of one child."""
    due, whole = (places.only(places.keys[child] == key) for places in (rows.due, rows.whole))
    customers, products = (moved and moved.only(moved.keys[child] == key) for moved in (rows.customers, rows.products))
    return _Rows(due, due if rows.whole is rows.due else whole, customers, products, "both_here")


def _below(where: tuple[Filter, ...]) -> tuple[str, ...]:
    """The dimensions under a scope: of a region its areas, of a category its products."""
    named = {f.dimension for f in where}
    above = {dimension for dimension in named if dimension not in PLACES}
    deepest = max((PLACES.index(dimension) for dimension in named if dimension in PLACES), default=-1)
    above |= set(PLACES[: deepest + 1]) | ({"segment"} if "customer" in named else set()) | ({"category"} if "product" in named else set())
    return tuple(dimension for dimension in _LEVELS if dimension not in above)
