"""Members of a dimension with their figures, in an order, found by name; and how many of them there are.

The figures are one answer, whatever the order and the text that is looked for; so a long list is sorted, searched and paged
without another query.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from statistics import median
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from data.duck import Compiled, literal_sql
from metrics import compile as sql
from metrics.answer import Answer
from metrics.catalog import FACT_DIMENSIONS, Fact
from metrics.errors import UnknownName
from metrics.forecasts import Forecasts
from metrics.plan import PREVIOUS_YEAR, plan
from metrics.query import Member, Missing, Query, Result, check, facts_of
from metrics.question import Bounds, answers
from metrics.scope import Filter, Period, Viewer
from metrics.tiers import Tier

if TYPE_CHECKING:
    from metrics.engine import Engine

Row = Mapping[str, Any]

TEAM: Final = ("reps", "at_risk")
"""What a row says of the reps under a member: how many there are, and how many are at risk."""
BY_NAME: Final = "name"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking:
    """Members that have something to show, in an order; those without a value after them by size, and last what belongs to no member.

    ``query``: split by the one dimension, without an order. ``order``: one of its measures, of ``TEAM`` or ``BY_NAME``, with "-"
    before it for descending. ``find``: only members whose name in either language, identifier or parent's name holds this text.
    ``of``: the measure that decides who has something to show. ``tier``: the measure that tiers reps, where they are counted.
    """

    query: Query
    of: str
    order: str = BY_NAME
    find: str = ""
    tier: str = ""
    language: str = "en"

    @property
    def measures(self) -> tuple[str, ...]:
        return self.query.measures

    @property
    def as_of(self) -> date:
        return self.query.as_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """All rows in order. ``count``: members among them. ``reps``: by ``TEAM``, under all of them; who sold under two counts once."""

    query: Ranking
    rows: tuple[Row, ...]
    count: int
    reps: Mapping[str, int]
    answer: Result
    _spreads: dict[tuple[str, ...], tuple[Decimal, Decimal]] = field(default_factory=dict, compare=False, repr=False)

    def spread(self, *measures: str) -> tuple[Decimal, Decimal]:
        """The median and the largest size of the values of measures that are not zero; worked out once. Zeros without any."""
        if measures not in self._spreads:
            sizes = [abs(value) for row in self.rows for name in measures if (value := row[name])]
            self._spreads[measures] = (median(sizes), max(sizes)) if sizes else (Decimal(0), Decimal(0))
        return self._spreads[measures]

    @property
    def measures(self) -> tuple[str, ...]:
        return self.query.measures

    @property
    def dimension(self) -> str:
        return self.answer.query.by[0]

    @property
    def missing(self) -> Mapping[str, Missing]:
        return self.answer.missing

    @property
    def sql(self) -> tuple[str, ...]:
        return self.answer.sql

    def label(self, key: str | None) -> str:
        return self.answer.label(self.dimension, key, self.query.language)

    def parent(self, key: str | None) -> str:
        """The name of whom a member belongs to, if that is known."""
        return _parent(self.answer, key, self.query.language)


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How many members of a dimension a ranking by the same measure would show."""

    dimension: str
    of: str
    period: Period
    as_of: date
    where: tuple[Filter, ...] = ()

    @property
    def measures(self) -> tuple[str, ...]:
        return (self.of,)


@dataclass(frozen=True, slots=True)
class Counted:
    query: Count
    count: int
    sql: tuple[str, ...]


def deciding(of: str, dimension: str, where: Iterable[Filter]) -> tuple[str, ...]:
    """The measures that decide whether a member is shown: sold now, a year ago or, where there are targets, to be sold."""
    dimensions = (dimension, *(f.dimension for f in where))
    planned = all(d in FACT_DIMENSIONS[Fact.TARGET] for d in dimensions)
    return (of, f"{of}_py", *((f"{of}_target",) if planned else ()))


@answers(Ranking)
def ranked(engine: Engine, question: Ranking, bounds: Bounds, version: int) -> Ranked:
    """Raises ``UnknownName`` for an order that is no column."""
    name = question.order.removeprefix("-")
    known = (BY_NAME, *question.measures, *(TEAM if question.tier else ()))
    if name not in known:
        raise UnknownName("column to order by", name, known)
    viewer = Viewer(name="", bounds=bounds)
    answer = engine.run(question.query, viewer, version=version)
    (dimension,) = answer.query.by
    rows: Sequence[Row] = [row for row in answer.rows if is_shown(row, question.of)]
    reps: Mapping[str, int] = {}
    if question.tier:
        team = _team(question)
        reps = {name: len(found) for name, found in _reps(engine.run(team, viewer, version=version), question).items()}
        apart = _reps(engine.run(replace(team, by=(dimension, "rep")), viewer, version=version), question)
        counts = {name: Counter(row[dimension] for row in found) for name, found in apart.items()}
        rows = [{**row, **{name: counts[name][row[dimension]] for name in TEAM}} for row in rows]
    if question.find.strip():
        rows = [row for row in rows if _is_found(answer, row[dimension], question)]
    members = [row for row in rows if row[dimension] is not None]
    ordered = _ordered(answer, members, question)
    nobody = (row for row in rows if row[dimension] is None)
    return Ranked(query=question, rows=(*ordered, *nobody), count=len(members), reps=reps, answer=answer)


def is_shown(row: Row, of: str) -> bool:
    """Whether a member has anything to show: a figure that is not known counts as something."""
    return row[of] is None or bool(row[of] or row.get(f"{of}_py") or row.get(f"{of}_target"))


def _team(question: Ranking) -> Query:
    """The reps under what is asked about, and their tiers."""
    asked = question.query
    deciders = deciding(question.of, "rep", (*asked.where, *(Filter(d, ()) for d in asked.by)))
    return replace(asked, measures=(*deciders, question.tier), by=("rep",))


def _reps(team: Result, question: Ranking) -> dict[str, list[Row]]:
    """The reps that have something to show, and those of them at risk."""
    own = [row for row in team.rows if row["rep"] is not None and is_shown(row, question.of)]
    return {"reps": own, "at_risk": [row for row in own if row[question.tier] == Tier.AT_RISK]}


def _is_found(answer: Result, key: str | None, question: Ranking) -> bool:
    wanted, member = question.find.strip().casefold(), answer.members[answer.query.by[0]].get(key)
    texts = (key or "", member.name if member else "", (member and member.name_zh) or "", _parent(answer, key, question.language))
    return any(wanted in text.casefold() for text in texts)


def _parent(answer: Result, key: str | None, language: str) -> str:
    dimension = answer.query.by[0]
    member = answer.members[dimension].get(key)
    above = next((members for name, members in answer.members.items() if name != dimension), {})
    parent: Member | None = above.get(member.parent) if member and member.parent else None
    return parent.label(language) if parent else ""


def _ordered(answer: Result, rows: list[Row], question: Ranking) -> list[Row]:
    name, falling = question.order.removeprefix("-"), question.order.startswith("-")
    (dimension,) = answer.query.by
    if name == BY_NAME:
        return sorted(rows, key=lambda row: answer.label(dimension, row[dimension], question.language).casefold(), reverse=falling)
    known = sorted((row for row in rows if row[name] is not None), key=lambda row: row[name], reverse=falling)
    unknown = sorted((row for row in rows if row[name] is None), key=lambda row: row[question.of] or 0, reverse=True)
    return [*known, *unknown]


@answers(Count)
def counted(engine: Engine, question: Count, bounds: Bounds, version: int) -> Counted:
    """Where targets decide too the members are few and are read; else they may be many, and are counted in SQL."""
    deciders = deciding(question.of, question.dimension, (*question.where, *bounds))
    query = Query(measures=deciders, by=(question.dimension,), period=question.period, as_of=question.as_of, where=question.where)
    if len(deciders) > 2:
        answer = engine.run(query, Viewer(name="", bounds=bounds), version=version)
        shown = (row for row in answer.rows if row[question.dimension] is not None and is_shown(row, question.of))
        return Counted(question, sum(1 for _ in shown), answer.sql)
    check(query)
    snapshot = engine.snapshot(version)
    planned = plan(query, bounds=bounds, calendar=snapshot.calendar, settings=engine.settings)
    (leg,) = planned.totals
    (fact,) = facts_of(question.of)
    known = Answer(query, planned, snapshot, engine.settings, Forecasts(query, snapshot, None, {}))
    # A year ago that the data does not reach has no value, so it cannot be what is shown; nor can a member be ruled out
    # where the period itself has none.
    compared = [i for i, window in enumerate(leg.windows) if not known.uncovered(fact, window.name)]
    per_member = sql.statement(leg).select.subquery()
    select = sa.select(sa.func.count(per_member.c[question.dimension]))
    if any(leg.windows[i].name != PREVIOUS_YEAR for i in compared):
        select = select.where(sa.or_(*(per_member.c[f"{column}_{i}"] != 0 for i in compared for column in leg.columns)))
    values = sql.parameters(leg, known_to=None)
    return Counted(question, engine.reader(version).read(Compiled(select), values)[0][0], (literal_sql(select.params(**values)),))
