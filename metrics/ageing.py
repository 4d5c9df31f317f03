"""Who owes how much for how long: members of a dimension by ageing bucket, the worst first, and in one row what the rest owe.

Of 20,000 customers the store answers only the rows that are shown. They, the rest and what belongs to no member add up to the whole.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, Literal

import sqlalchemy as sa

from data.duck import Compiled, literal_sql
from metrics import compile as sql
from metrics.catalog import AGED, OWED_BY, Fact, buckets
from metrics.errors import NotDivisible
from metrics.query import Member, Missing
from metrics.question import Bounds, answers
from metrics.receivables import share
from metrics.scope import Filter

if TYPE_CHECKING:
    from data.warehouse import Reader
    from metrics.engine import Engine

Order = Literal["rate", "overdue", "newest"]

SPLITS: Final = tuple(dimension for dimension in OWED_BY if dimension not in AGED)
"""What receivables can be split by here."""
FEW: Final = 200
"""Of so many members all are read and put in order here: to plan the statement that does it takes the store longer than to answer."""
_NOBODY, _MANY = "nobody", "many"
_ZERO: Final = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Receivables:
    """``split``: a dimension of ``SPLITS``. ``aged``: bucket, by due day; age, by invoice day.

    ``order``: the highest overdue rate first, the most overdue, or of months the newest. ``rows``: of so many members each is
    shown on its own, if there are more; the last one is never left alone.
    """

    split: str
    as_of: date
    aged: str = "bucket"
    where: tuple[Filter, ...] = ()
    order: Order = "rate"
    rows: int = 25

    @property
    def measures(self) -> tuple[str, ...]:
        return ("receivable", "open", "overdue", "overdue_rate", "unapplied")


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """What one member owes, or several together. ``amounts``: of ``catalog.buckets``, unapplied cash last; they add up to
    ``receivable``. ``overdue`` is by due day, also where receivables age by invoice day."""

    member: str | None = None
    amounts: tuple[Decimal, ...]
    overdue: Decimal

    @property
    def receivable(self) -> Decimal:
        return sum(self.amounts, _ZERO)

    @property
    def open(self) -> Decimal:
        return sum(self.amounts[:-1], _ZERO)

    @property
    def is_open(self) -> bool:
        """Whether invoices are open, also where credit notes bring their sum to nothing."""
        return any(self.amounts[:-1]) or bool(self.overdue)

    @property
    def unapplied(self) -> Decimal:
        return self.amounts[-1]

    @property
    def rate(self) -> Decimal | None:
        """Overdue rate; None where nothing is open, and where credit notes outweigh what is."""
        return share(self.overdue, self.open)


@dataclass(frozen=True, slots=True, kw_only=True)
class Aged:
    """``rows``: one a member, in order. ``rest``: the others together, ``count`` members. ``nobody``: what belongs to no member.
    ``names``: the buckets. ``missing``: why nothing is known of the day."""

    query: Receivables
    names: tuple[str, ...]
    rows: tuple[Owed, ...]
    rest: Owed | None
    count: int
    nobody: Owed | None
    members: Mapping[str | None, Member]
    missing: Missing | None
    statements: tuple[tuple[sa.Select[Any], Mapping[str, Any]], ...]

    @property
    def whole(self) -> Owed:
        return _together([row for row in (*self.rows, self.rest, self.nobody) if row], len(self.names))

    def label(self, member: str | None, language: str) -> str:
        found = self.members.get(member)
        return found.label(language) if found else (member or "—")

    @property
    def sql(self) -> tuple[str, ...]:
        """The statements as text with the values written in, to show."""
        return tuple(literal_sql(select.params(**values)) for select, values in self.statements)


@answers(Receivables)
def aged(engine: Engine, question: Receivables, bounds: Bounds, version: int) -> Aged:
    """Raises ``NotDivisible`` for what receivables cannot be split or filtered by."""
    where = (*question.where, *bounds)
    for dimension in (question.split, *(f.dimension for f in where)):
        if dimension not in SPLITS:
            raise NotDivisible("receivable", dimension, SPLITS)
    members = engine.members(question.split, version)
    legs = _legs(question, where, engine.settings.ageing_edges)
    known_to = engine.snapshot(version).balances_to
    values = {name: value for leg in legs for name, value in sql.parameters(leg, known_to=known_to).items()}
    read = (_ranked_here if len(members) <= FEW else _ranked_there)(engine.reader(version), question, legs, values)
    return Aged(
        query=question,
        names=buckets(engine.settings.ageing_edges, question.aged),
        rows=read.rows,
        rest=read.rest,
        count=read.count,
        nobody=read.nobody,
        members=members,
        missing=engine.snapshot(version).no_balances(question.as_of),
        statements=read.statements,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ranked:
    """As in ``Aged``."""

    rows: tuple[Owed, ...]
    rest: Owed | None
    count: int
    nobody: Owed | None
    statements: tuple[tuple[sa.Select[Any], Mapping[str, Any]], ...]


_Legs = tuple[sql.Leg, sql.Leg]


def _legs(question: Receivables, where: tuple[Filter, ...], edges: tuple[int, ...]) -> _Legs:
    """What is open by member and bucket, and by due day where that is not the same; and what cash is unapplied."""
    by = (question.split, question.aged)
    stand = (sql.Window("now", question.as_of, question.as_of),)
    by_due_day = by if question.aged == "bucket" else (*by, "bucket")
    owed = sql.Leg(fact=Fact.RECEIVABLE, by=by_due_day, columns=("balance",), windows=stand, where=where, edges=edges)
    return owed, sql.Leg(fact=Fact.CASH, by=by[:1], columns=("unapplied",), windows=stand, where=where, edges=edges)


def _ranked_here(reader: Reader, question: Receivables, legs: _Legs, values: Mapping[str, Any]) -> _Ranked:
    """All members as the legs give them."""
    open_, received = (sql.statement(leg) for leg in legs)
    edges = legs[0].edges
    names = buckets(edges, question.aged)
    amounts: defaultdict[Any, list[Decimal]] = defaultdict(lambda: [_ZERO] * len(names))
    overdue: defaultdict[Any, Decimal] = defaultdict(Decimal)
    for member, place, *bucket, amount in reader.read(open_.compiled, values):
        amounts[member][place] += amount
        if (bucket or [place])[0] > 0:
            overdue[member] += amount
    for member, unapplied in reader.read(received.compiled, values):
        if unapplied:
            amounts[member][-1] -= unapplied
    named = sql.members_of(question.split, edges)
    every = [Owed(member=named(key), amounts=tuple(owed), overdue=overdue[key]) for key, owed in amounts.items() if any(owed)]
    rows = _in_order([row for row in every if row.member is not None], question.order)
    shown = question.rows if len(rows) > question.rows + 1 else len(rows)
    rest = rows[shown:]
    return _Ranked(
        rows=tuple(rows[:shown]),
        rest=_together(rest, len(names)) if rest else None,
        count=len(rest),
        nobody=next((row for row in every if row.member is None), None),
        statements=((open_.select, values), (received.select, values)),
    )


def _in_order(rows: list[Owed], order: Order) -> list[Owed]:
    """As ``_ordered`` puts them."""
    by_member = sorted(rows, key=lambda row: row.member or "", reverse=order == "newest")
    if order == "overdue":
        return sorted(by_member, key=lambda row: -row.overdue)
    if order == "rate":
        return sorted(by_member, key=lambda row: (row.rate is None, -(row.rate or 0)))
    return by_member


def _together(rows: Sequence[Owed], names: int) -> Owed:
    amounts = (sum((row.amounts[i] for row in rows), _ZERO) for i in range(names))
    return Owed(amounts=tuple(amounts), overdue=sum((row.overdue for row in rows), _ZERO))


def _ranked_there(reader: Reader, question: Receivables, legs: _Legs, values: Mapping[str, Any]) -> _Ranked:
    """The rows that are shown, put in order by the store."""
    owed, cash = legs
    names = len(buckets(owed.edges, question.aged))
    select, compiled = _statement(sql.shape_of(owed), sql.shape_of(cash), names, question.order)
    values = {**values, "rows": question.rows}
    read = [_row(row, question.split, owed.edges) for row in reader.read(compiled, values)]
    together = {place: (count, owed) for place, count, owed in read if place in (_NOBODY, _MANY)}
    count, rest = together.get(_MANY, (0, None))
    return _Ranked(
        rows=tuple(owed for place, _, owed in read if place not in (_NOBODY, _MANY)),
        rest=rest,
        count=count,
        nobody=together.get(_NOBODY, (0, None))[1],
        statements=((select, values),),
    )


@lru_cache(maxsize=256)
def _statement(owed: sql.Shape, cash: sql.Shape, names: int, order: Order) -> tuple[sa.Select[Any], Compiled]:
    """One row a member, its place, how many members it stands for, an amount by bucket and what is overdue."""
    split, aged = owed.by[:2]
    open_, received = (sql.statement_of(shape).select.subquery(name) for shape, name in ((owed, "owed"), (cash, "cash")))
    unapplied = -received.c.unapplied_0
    cells = sa.union_all(
        sa.select(
            open_.c[split].label("member"),
            open_.c[aged].label("place"),
            (open_.c.bucket > 0).label("late"),
            open_.c.balance_0.label("amount"),
        ),
        sa.select(received.c[split], sa.literal_column(str(names - 1)), sa.false(), unapplied).where(unapplied != 0),
    ).subquery("cells")
    amount = cells.c.amount
    amounts = [sa.func.sum(sa.case((cells.c.place == i, amount), else_=0)).label(f"amount_{i}") for i in range(names)]
    members = (
        sa.select(cells.c.member, *amounts, sa.func.sum(sa.case((cells.c.late, amount), else_=0)).label("overdue"))
        .group_by(cells.c.member)
        .having(sa.func.count().filter(amount != 0) > 0)
        .subquery("members")
    )
    rank = sa.func.row_number().over(order_by=(members.c.member.is_(None), *_ordered(members, order, names), members.c.member))
    ranked = sa.select(members, rank.label("rank"), sa.func.count(members.c.member).over().label("count")).subquery("ranked")
    shown = sa.bindparam("rows", type_=sa.Integer())
    is_many = sa.and_(ranked.c.rank > shown, ranked.c.count > shown + 1)
    place = sa.case((ranked.c.member.is_(None), _NOBODY), (is_many, _MANY), else_=sa.cast(ranked.c.rank, sa.String()))
    sums = [sa.func.sum(column) for column in ranked.c if column.name.startswith("amount_") or column.name == "overdue"]
    select = (
        sa.select(place.label("place"), sa.func.min(ranked.c.member), sa.func.count(), *sums)
        .group_by(sa.literal_column("place"))
        .order_by(sa.func.min(ranked.c.rank))
    )
    return select, Compiled(select)


def _ordered(members: sa.Subquery, order: Order, names: int) -> Sequence[sa.ColumnElement[Any]]:
    if order == "newest":
        return (members.c.member.desc(),)
    if order == "overdue":
        return (members.c.overdue.desc(),)
    # A float decides the order alone: the rate that is shown is divided exactly.
    open_ = sum((members.c[f"amount_{i}"] for i in range(1, names - 1)), members.c.amount_0)
    rate = sa.cast(members.c.overdue, sa.Double()) / sa.cast(open_, sa.Double())
    return (sa.case((open_ > 0, rate)).desc().nulls_last(),)


def _row(row: tuple[Any, ...], split: str, edges: tuple[int, ...]) -> tuple[str, int, Owed]:
    place, member, count, *amounts, overdue = row
    key = None if place in (_NOBODY, _MANY) else sql.members_of(split, edges)(member)
    return place, count, Owed(member=key, amounts=tuple(amounts), overdue=overdue)
