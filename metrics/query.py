"""A question as data: frozen, hashable, checked against the catalogue."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from metrics.catalog import DIMENSIONS, FACT_DIMENSIONS, FIVE, KINDS, MEASURES, Fact, Measure, Planned, Ratio, Sum
from metrics.errors import NotDivisible, UnknownName
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


@dataclass(frozen=True, slots=True)
class Missing:
    """Why a value is not there. ``code``: no_target, no_data, before_data, after_data, no_cost, no_expense, zero, no_days_left."""

    code: str
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """The answer: one row a combination of members, money as Decimal, None where there is no value.

    ``rows``: mappings from dimension and measure key to value; the key of a member is its identifier, None for facts that
    belong to none. ``members``: of each dimension asked by. ``missing``: why a measure has no value in the whole answer.
    ``sql``: the statements that were run, to show.
    """

    query: Query
    rows: tuple[Mapping[str, Any], ...]
    members: Mapping[str, Mapping[str | None, Member]]
    missing: Mapping[str, Missing]
    version: int
    sql: tuple[str, ...] = ()

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
    assert isinstance(wanted, Planned)
    if wanted.kind == "receivable":
        return frozenset((Fact.RECEIVABLE, Fact.CASH))
    past_only = wanted.kind in ("py", "py_change", "pp", "pp_change")
    target_only = wanted.kind in ("target", "expected", "expected_share")
    return (frozenset() if target_only else facts_of(wanted.base)) | (frozenset() if past_only else frozenset((Fact.TARGET,)))


def check(query: Query) -> None:
    """Raise ``UnknownName`` or ``NotDivisible`` unless every fact the query reads has every dimension it names."""
    for key in (*query.by, *(f.dimension for f in query.where)):
        if key not in DIMENSIONS:
            raise UnknownName("dimension", key, DIMENSIONS)
    for key in query.measures:
        for fact in facts_of(key):
            for dimension in (*query.by, *(f.dimension for f in query.where)):
                if dimension not in FACT_DIMENSIONS[fact]:
                    raise NotDivisible(key, dimension, dimensions_of(key))
    known = (*query.measures, *query.by)
    if query.order.removeprefix("-") not in (*known, ""):
        raise UnknownName("column to order by", query.order.removeprefix("-"), known)


def dimensions_of(key: str) -> tuple[str, ...]:
    """The dimensions that all facts of a measure share."""
    facts = facts_of(key)
    return tuple(d for d in DIMENSIONS if all(d in FACT_DIMENSIONS[fact] for fact in facts))


def find_member(members: Mapping[str | None, Member], text: str, dimension: str) -> str:
    """The identifier of the member with that identifier or name, in either language. Raises ``UnknownName``."""
    wanted = text.strip()
    if wanted in members:
        return wanted
    for key, member in members.items():
        if key is not None and wanted.casefold() in (member.name.casefold(), (member.name_zh or "").casefold(), key.casefold()):
            return key
    names: Sequence[str] = [m.name for k, m in members.items() if k is not None]
    raise UnknownName(dimension, text, names)
