"""How a customer pays: how late and after how many days, month by month, and the last year against the one before and the company."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from data import schema as s
from data.duck import Compiled, literal_sql
from data.workdays import month_start
from metrics.listing_owed import with_customers
from metrics.listing_shape import Shape, day, member_values, members
from metrics.listing_sql import Statement
from metrics.query import Query
from metrics.question import Bounds, answers
from metrics.receivables import ZERO, mean_days, share
from metrics.scope import Filter, Period, Viewer, year_earlier

if TYPE_CHECKING:
    from metrics.engine import Engine

MONTHS: Final = 24
"""Calendar months, the running one the last."""


@dataclass(frozen=True, slots=True)
class Behaviour:
    """How a customer paid, by payment day, up to a day."""

    customer: str
    as_of: date
    measures: tuple[str, ...] = ("days_late", "days_to_pay")


@dataclass(frozen=True, slots=True, kw_only=True)
class Paid:
    """Sums of what payments took off invoices. ``waited`` and ``lateness``: Σ amount × days from the invoice and the due day.

    ``received``: what came in, without what was paid out or back; ``late``: what of it came after its due day. A mean, or a share,
    of nothing has no value.
    """

    applied: Decimal = ZERO
    waited: Decimal = ZERO
    lateness: Decimal = ZERO
    received: Decimal = ZERO
    late: Decimal = ZERO

    @property
    def days_late(self) -> Decimal | None:
        """Payment-weighted mean of payment day − due day."""
        return mean_days(self.lateness, self.applied)

    @property
    def days_to_pay(self) -> Decimal | None:
        """Payment-weighted mean of payment day − invoice day."""
        return mean_days(self.waited, self.applied)

    @property
    def late_share(self) -> Decimal | None:
        return share(self.late, self.received)


@dataclass(frozen=True, slots=True, kw_only=True)
class Conduct:
    """``months``: the last ``MONTHS`` by first day, each whether anything was paid in it or not. ``year``: the twelve months up to the
    as-of day; ``before``: the twelve before these. ``company_late``, ``company_to_pay``: the company's means of the same year."""

    query: Behaviour
    months: Mapping[date, Paid]
    year: Paid
    before: Paid
    company_late: Decimal | None
    company_to_pay: Decimal | None
    sql: tuple[str, ...]


@answers(Behaviour)
def conduct(engine: Engine, question: Behaviour, bounds: Bounds, version: int) -> Conduct:
    """How a customer paid; one that the viewer may not see never paid anything."""
    as_of = question.as_of
    year_ago = year_earlier(as_of)
    since = min(month_start(as_of, 1 - MONTHS), year_earlier(year_ago) + timedelta(days=1))
    where = (Filter("customer", (question.customer,)), *bounds)
    statement = _paid(tuple((wanted.dimension, len(wanted.members)) for wanted in where))
    values = {"since": since, "as_of": as_of, **member_values(where)}
    by_day = {row[0]: Paid(**dict(zip(_SUMS, row[1:], strict=True))) for row in engine.reader(version).read(statement.compiled, values)}
    by_month: dict[date, list[Paid]] = {month: [] for month in _months(as_of)}
    for paid_on, paid in by_day.items():
        by_month.get(month_start(paid_on), []).append(paid)
    company = engine.run(
        Query(measures=question.measures, period=Period("range", year_ago + timedelta(days=1), as_of), as_of=as_of),
        Viewer(name="", bounds=bounds),
        version=version,
    )
    means = company.only()
    return Conduct(
        query=question,
        months={month: _added(paid) for month, paid in by_month.items()},
        year=_added(p for d, p in by_day.items() if d > year_ago),
        before=_added(p for d, p in by_day.items() if year_earlier(year_ago) < d <= year_ago),
        company_late=means["days_late"],
        company_to_pay=means["days_to_pay"],
        sql=(literal_sql(statement.select.params(**values)), *company.sql),
    )


_SUMS: Final = ("applied", "waited", "lateness", "received", "late")


def _months(as_of: date) -> tuple[date, ...]:
    return tuple(month_start(as_of, -back) for back in range(MONTHS - 1, -1, -1))


def _added(paid: Iterable[Paid]) -> Paid:
    sums: dict[str, Decimal] = dict.fromkeys(_SUMS, ZERO)
    for each in paid:
        for name in _SUMS:
            sums[name] += getattr(each, name)
    return Paid(**sums)


@lru_cache(maxsize=64)
def _paid(filters: tuple[tuple[str, int], ...]) -> Statement:
    """By payment day the sums of ``Paid``. Parameters: since, as_of, member_i_j."""
    receipt, shape = s.receipt, Shape(of="payments", filters=filters, finds=False)
    total, coming = sa.func.sum, receipt.c.applied > 0
    columns: dict[str, Any] = {
        "applied": total(receipt.c.applied),
        "waited": total(receipt.c.waited),
        "lateness": total(receipt.c.lateness),
        "received": sa.func.coalesce(total(receipt.c.applied).filter(coming), 0),
        "late": sa.func.coalesce(total(receipt.c.late).filter(coming), 0),
    }
    select = (
        sa.select(receipt.c.payment_day, *(column.label(name) for name, column in columns.items()))
        .select_from(with_customers(receipt, shape))
        .where(receipt.c.payment_day.between(day("since"), day("as_of")), *members(receipt, shape))
        .group_by(receipt.c.payment_day)
    )
    return Statement(select, Compiled(select), ("day", *columns))
