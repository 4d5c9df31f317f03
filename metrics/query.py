"""A question as data: frozen, hashable, checked against the catalogue."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

import sqlalchemy as sa

from data.duck import literal_sql
from metrics.catalog import DIMENSIONS, FACT_DIMENSIONS, FIVE, FORECASTS, KINDS, MEASURES, PLACES, Cycle, Fact, Measure, Planned, Ratio, Sum
from metrics.errors import NotDivisible, SharedName, UnknownName
from metrics.scope import Filter, Period


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """Measures, split by dimensions, of a period as of a day, of some members.

    ``order``: a measure or dimension, with a leading "-" for descending; rows without value come last.
    """

    measures: tuple[str, ...]
    by: tuple[str, ...] = ()
    period: Period
    as_of: date
    where: tuple[Filter, ...] = ()
    order: str = ""
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class Member:
    """One member of a dimension. ``parent``: the region of an area, the area of a rep (its latest), the category of a product."""

    key: str
    name: str
    name_zh: str | None = None
    parent: str | None = None

    def label(self, language: str) -> str:
        return self.name_zh or self.name if language == "zh" else self.name


MISSING_CODES = (
    "no_data",  # the version has no such facts at all
    "before_data",  # the days asked for lie before the first fact; detail: that day
    "after_data",  # … after the last one; detail: that day
    "not_begun",  # the period begins after the as-of day
    "no_cost",  # some order lines have no cost; detail: how many
    "no_expense",  # some order lines have no selling expense; detail: how many
    "no_target",  # no approved target, or one of zero
    "not_enough_history",  # too few past periods, or working days, to say anything
    "nothing_invoiced",  # nothing was invoiced that days or a share could be measured by
    "nothing_due",  # nothing fell due in the period
    "nothing_paid",  # nothing was paid in the period
    "beyond_history",  # more is owed than was ever invoiced
    "credit_balance",  # customers are owed more than they owe
    "no_value",  # a denominator of zero, or nothing left to divide by
)


@dataclass(frozen=True, slots=True)
class Missing:
    """Why a measure has no value. ``code`` is one of MISSING_CODES; ``detail`` a day or a count to put into words; ``of``: the facts
    that end too early, of a measure that is made of several."""

    code: str
    detail: str = ""
    of: Fact | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """The answer: one row a combination of members, money as Decimal, None where there is no value.

    ``rows``: mappings from dimension and measure key to value; the key of a member is its identifier, None for facts that
    belong to none. ``members``: of each dimension asked by, and of the one its members belong to. ``missing``: why a measure
    has no value in the whole answer.
    ``statements``: what was run, with its parameters.
    """

    query: Query
    rows: tuple[Mapping[str, Any], ...]
    members: Mapping[str, Mapping[str | None, Member]]
    missing: Mapping[str, Missing]
    version: int
    statements: tuple[tuple[sa.Select[Any], Mapping[str, Any]], ...] = ()

    @property
    def sql(self) -> tuple[str, ...]:
        """The statements as text with the values written in, to show."""
        return tuple(literal_sql(statement.params(**values)) for statement, values in self.statements)

    def only(self) -> Mapping[str, Any]:
        """The one row of an answer that is not split."""
        if len(self.rows) != 1:
            raise ValueError(f"the answer has {len(self.rows)} rows, not one")
        return self.rows[0]

    def label(self, dimension: str, key: str | None, language: str) -> str:
        member = self.members.get(dimension, {}).get(key)
        return member.label(language) if member else (key or "—")


def measure_names(names: Iterable[str]) -> tuple[str, ...]:
    """Full keys of measures; ``completion``, ``pace`` … stand for those of the first of the five that is named, else of amount.

    Raises ``UnknownName``.
    """
    asked = [name.strip() for name in names if name.strip()]
    if not asked:
        raise UnknownName("measure", "", (*MEASURES, *KINDS))
    base = next((name for name in asked if name in {m.key for m in FIVE}), FIVE[0].key)
    full = tuple(f"{base}_{name}" if name in KINDS else name for name in asked)
    for name in full:
        measure(name)
    return full


def measure(key: str) -> Measure:
    if key not in MEASURES:
        raise UnknownName("measure", key, (*MEASURES, *KINDS))
    return MEASURES[key]


def facts_of(key: str) -> frozenset[Fact]:
    """Every fact that a measure reads, targets included."""
    wanted = measure(key)
    if isinstance(wanted, Sum):
        return frozenset((wanted.fact,))
    if isinstance(wanted, Ratio):
        return facts_of(wanted.numerator) | facts_of(wanted.denominator)
    if isinstance(wanted, Cycle):
        return frozenset(wanted.facts)
    assert isinstance(wanted, Planned)
    if wanted.kind == "receivable":
        return frozenset((Fact.RECEIVABLE, Fact.CASH))
    past_only = wanted.kind in ("py", "py_gap", "py_change", "pp", "pp_change", "best_days")
    target_only = wanted.kind in ("target", "expected", "expected_share")
    return (frozenset() if target_only else facts_of(wanted.base)) | (frozenset() if past_only else frozenset((Fact.TARGET,)))


def check(query: Query) -> None:
    """Raise ``UnknownName`` or ``NotDivisible`` unless every fact the query reads has every dimension it names."""
    for key in (*query.by, *(f.dimension for f in query.where)):
        if key not in DIMENSIONS:
            raise UnknownName("dimension", key, DIMENSIONS)
    for key in query.measures:
        allowed = dimensions_of(key)
        for dimension in (*query.by, *(f.dimension for f in query.where)):
            if dimension not in allowed:
                raise NotDivisible(key, dimension, allowed)
    known = (*query.measures, *query.by)
    if query.order.removeprefix("-") not in (*known, ""):
        raise UnknownName("column to order by", query.order.removeprefix("-"), known)


@cache
def dimensions_of(key: str) -> tuple[str, ...]:
    """The dimensions that all facts of a measure share; of a forecast the places."""
    wanted, facts = measure(key), facts_of(key)
    known = PLACES if isinstance(wanted, Planned) and wanted.kind in FORECASTS else DIMENSIONS
    return tuple(d for d in known if all(d in FACT_DIMENSIONS[fact] for fact in facts))


def find_member(members: Mapping[str | None, Member], text: str, dimension: str) -> str:
    """The identifier of the member with that identifier or name, in either language.

    Raises ``UnknownName``, or ``SharedName`` where the name alone does not tell.
    """
    wanted = text.strip()
    if wanted in members:
        return wanted
    alike = wanted.casefold()
    named = [
        key
        for key, member in members.items()
        if alike and key is not None and alike in (member.name.casefold(), (member.name_zh or "").casefold(), key.casefold())
    ]
    if len(named) > 1:
        raise SharedName(dimension, text, named)
    if named:
        return named[0]
    known = [member for key, member in members.items() if key is not None]
    raise UnknownName(dimension, text, (member.name for member in known), (member.name_zh for member in known if member.name_zh))
