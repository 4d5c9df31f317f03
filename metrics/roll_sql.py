"""What became of open instalments from one day to the next of four, by due day, as SQL: by shape of the filters.

An instalment that did not change needs no second look, nor does one that was settled, nor one of a new invoice. Only those that
changed and are still open are matched with what they were before.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import Any, Final

import sqlalchemy as sa

from data import schema as s
from data.duck import Compiled
from metrics.compile import Statement
from metrics.errors import NotDivisible
from metrics.scope import Filter

MONTHS: Final = 3
_KNOWN: Final = ("region", "area", "rep", "customer")
DIMENSIONS: Final = (*_KNOWN, "segment")
"""What the balances can be filtered by."""

Shape = tuple[tuple[str, int], ...]
"""The dimension of each filter and how many members it has."""


def shape_of(where: Sequence[Filter]) -> Shape:
    """Raises ``NotDivisible`` for a dimension that balances do not know."""
    for wanted in where:
        if wanted.dimension not in DIMENSIONS:
            raise NotDivisible("open", wanted.dimension, DIMENSIONS)
    return tuple((wanted.dimension, len(wanted.members)) for wanted in where)


def parameters(days: Sequence[date], where: Sequence[Filter]) -> dict[str, Any]:
    """Values of both statements: the days, ascending, and the members of the filters."""
    members = {f"member_{i}_{j}": member for i, wanted in enumerate(where) for j, member in enumerate(wanted.members)}
    return {f"day_{i}": day for i, day in enumerate(days)} | members


@lru_cache(maxsize=128)
def sums(shape: Shape) -> Statement:
    """By due day and sign: for each month ``opening``, ``carried`` of what did not change, and ``added`` of new invoices."""
    t = s.balance_interval
    columns = []
    for step in range(MONTHS):
        before, after = _day(step), _day(step + 1)
        was = sa.and_(t.c.from_day <= before, t.c.to_day > before)
        unchanged = sa.and_(t.c.from_day <= before, t.c.to_day > after)
        is_new = sa.and_(t.c.invoice_day > before, t.c.from_day <= after, t.c.to_day > after)
        columns += [
            _sum(sa.case((condition, t.c.balance), else_=0)).label(f"{name}_{step}")
            for name, condition in (("opening", was), ("carried", unchanged), ("added", is_new))
        ]
    within = sa.and_(t.c.to_day > _day(0), t.c.from_day <= _day(MONTHS), *members(t, shape))
    credit = (t.c.balance < 0).label("credit")
    select = sa.select(t.c.due_day, credit, *columns).where(within).group_by(t.c.due_day, credit.element)
    return Statement(select, Compiled(select))


@lru_cache(maxsize=128)
def changes(shape: Shape) -> Statement:
    """By month, due day and sign: ``carried`` and ``added`` of what changed within the month and is still open after it."""
    parts = [_changed(step, shape) for step in range(MONTHS)]
    every = sa.union_all(*parts).subquery("every")
    keys = (every.c.step, every.c.due_day, every.c.credit)
    carried, added = _sum(every.c.carried), _sum(every.c.closing - every.c.carried)
    select = sa.select(*keys, carried.label("carried"), added.label("added")).group_by(*keys)
    return Statement(select, Compiled(select))


def _changed(step: int, shape: Shape) -> sa.Select[Any]:
    """Instalments of invoices that were there before the month, whose balance is another one after it; what was paid back may exceed
    what was open, and is then added."""
    before, after = _day(step), _day(step + 1)
    t = s.balance_interval
    now = (
        sa.select(t.c.invoice_id, t.c.instalment_no, t.c.due_day, t.c.balance)
        .where(t.c.from_day > before, t.c.from_day <= after, t.c.to_day > after, t.c.invoice_day <= before, *members(t, shape))
        .subquery("now")
    )
    was = (
        sa.select(t.c.invoice_id, t.c.instalment_no, t.c.balance)
        .where(t.c.from_day <= before, t.c.to_day > before, t.c.to_day <= after, *members(t, shape))
        .subquery("was")
    )
    same = sa.and_(was.c.invoice_id == now.c.invoice_id, was.c.instalment_no == now.c.instalment_no)
    opening, closing = sa.func.coalesce(was.c.balance, 0), now.c.balance
    owed = sa.func.greatest(sa.func.least(closing, opening), 0)
    owing = sa.func.least(sa.func.greatest(closing, opening), 0)
    credit = sa.case((opening == 0, closing < 0), else_=opening < 0)
    return sa.select(
        sa.literal_column(str(step)).label("step"),
        now.c.due_day,
        credit.label("credit"),
        sa.case((opening > 0, owed), else_=owing).label("carried"),
        closing.label("closing"),
    ).select_from(now.outerjoin(was, same))


def members(table: sa.FromClause, shape: Shape) -> tuple[sa.ColumnElement[bool], ...]:
    """The conditions of the filters on a table that knows customers and places."""
    conditions: list[sa.ColumnElement[bool]] = []
    for i, (dimension, count) in enumerate(shape):
        chosen = [sa.bindparam(f"member_{i}_{j}", type_=sa.String()) for j in range(count)]
        if dimension == "segment":
            of = sa.select(s.customer.c.customer_id).where(s.customer.c.segment_id.in_(chosen) if chosen else sa.false())
            conditions.append(table.c.customer_id.in_(of))
        else:
            conditions.append(table.c[f"{dimension}_id"].in_(chosen) if chosen else sa.false())
    return tuple(conditions)


def _sum(value: Any) -> Any:
    return sa.func.sum(value)


def _day(index: int) -> sa.BindParameter[date]:
    return sa.bindparam(f"day_{index}", type_=sa.Date())
