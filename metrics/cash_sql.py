"""What was open at moments of the past by how late it was, and what of it was paid within 30, 60 and 90 days, as SQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from data import schema as s
from data.duck import Compiled, unnested
from metrics.cash import AGES, HORIZONS
from metrics.compile import Statement
from metrics.roll_sql import Shape, members

_NAME = "moment"


def parameters(moments: Sequence[date], last: date, member: dict[str, Any]) -> dict[str, Any]:
    """Values of both statements: the moments, newest first, the day after which no payment counts, the members of the filters."""
    return {f"{_NAME}_position": list(range(len(moments))), f"{_NAME}_day": list(moments), "last": last} | member


@lru_cache(maxsize=128)
def opened(shape: Shape) -> Statement:
    """By position of the moment and age: ``balance``."""
    m, t = _moments(), s.balance_interval
    then = sa.and_(t.c.from_day <= m.c.day, t.c.to_day > m.c.day)
    keys = (m.c.position, _age(m.c.day, t.c.due_day))
    select = sa.select(*keys, sa.func.sum(t.c.balance)).select_from(t.join(m, then)).where(*members(t, shape)).group_by(*keys)
    return Statement(select, Compiled(select))


@lru_cache(maxsize=128)
def paid(shape: Shape) -> Statement:
    """By position of the moment and age: of what was open what was paid within each horizon."""
    m, t = _moments(), s.application
    within = sa.and_(t.c.applied_day > m.c.day, t.c.applied_day <= m.c.day + HORIZONS[-1], t.c.invoice_day <= m.c.day)
    keys = (m.c.position, _age(m.c.day, t.c.due_day))
    sums = (sa.func.sum(t.c.amount).filter(t.c.applied_day <= m.c.day + days) for days in HORIZONS)
    until = t.c.applied_day <= sa.bindparam("last", type_=sa.Date())
    select = sa.select(*keys, *sums).select_from(t.join(m, within)).where(until, *members(t, shape)).group_by(*keys)
    return Statement(select, Compiled(select))


def _moments() -> sa.Subquery:
    return unnested(_NAME, {"position": sa.Integer(), "day": sa.Date()})


def _age(day: Any, due: Any) -> Any:
    """The position of the age in ``AGES``."""
    days = sa.func.date_diff("day", due, day)
    return sum((sa.cast(days > edge, sa.Integer) for edge in AGES[1:]), sa.cast(days > AGES[0], sa.Integer))
