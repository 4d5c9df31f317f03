"""What was open at moments 30 days apart, and what of it was paid in the days between them, as SQL.

Moments are counted from the oldest, the base, so that a day's place among them is arithmetic, and balances and payments that share
it are summed up before anybody looks at moments: a join with the moments themselves would take four times as long.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from data import schema as s
from data.duck import Compiled
from metrics.cash import STEP
from metrics.compile import Statement
from metrics.roll_sql import Shape, members


def parameters(base: date, last: date, member: dict[str, Any]) -> dict[str, Any]:
    """Values of both statements: the first and the last moment, and the members of the filters."""
    return {"base": base, "last": last} | member


@lru_cache(maxsize=128)
def opened(shape: Shape) -> Statement:
    """Balances by ``first`` and ``last``, the moments between which they were open, and ``due``, in days after the base.

    Where ``first`` is after ``last`` a balance came and went between two moments: to leave it out here would have both worked out twice.
    """
    t = s.balance_interval
    # A balance ends the day before to_day, and none is looked at after the last moment.
    end = sa.func.least(t.c.to_day, _last() + 1)
    keys = _labelled(first=_moment(t.c.from_day), last=_moment(end) - 1, due=_after(t.c.due_day))
    within = sa.and_(t.c.to_day > _base(), t.c.from_day <= _last())
    amount = sa.func.sum(sa.cast(t.c.balance, sa.Double)).label("amount")
    select = sa.select(*keys, amount).where(within, *members(t, shape)).group_by(*(key.element for key in keys))
    return Statement(select, Compiled(select))


@lru_cache(maxsize=128)
def paid(shape: Shape) -> Statement:
    """Payments by ``step``, the moment before them, ``invoiced``, the first moment at which their invoice was there, and ``due``."""
    t = s.application
    keys = _labelled(
        step=_steps(sa.func.greatest(_after(t.c.applied_day) - 1, 0)), invoiced=_moment(t.c.invoice_day), due=_after(t.c.due_day)
    )
    within = sa.and_(t.c.applied_day > _base(), t.c.applied_day <= _last())
    amount = sa.func.sum(sa.cast(t.c.amount, sa.Double)).label("amount")
    select = sa.select(*keys, amount).where(within, *members(t, shape)).group_by(*(key.element for key in keys))
    return Statement(select, Compiled(select))


def _labelled(**keys: Any) -> list[sa.Label[Any]]:
    return [value.label(name) for name, value in keys.items()]


def _base() -> Any:
    return sa.bindparam("base", type_=sa.Date())


def _last() -> Any:
    return sa.bindparam("last", type_=sa.Date())


def _after(day: Any) -> Any:
    """Days after the base. A difference of days is a number here, and had in half the time that ``date_diff`` takes."""
    return sa.type_coerce(day, sa.Integer()) - sa.type_coerce(sa.cast(_base(), sa.Date()), sa.Integer())


def _steps(days: Any) -> Any:
    # As strong as a product, so that what is divided is put into brackets.
    return days.op("//", precedence=8)(STEP)


def _moment(day: Any) -> Any:
    """The first moment that is not before a day."""
    return _steps(sa.func.greatest(_after(day), 0) + (STEP - 1))
