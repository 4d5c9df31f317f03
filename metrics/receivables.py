"""How fast what is owed comes in: days sales outstanding, collection effectiveness, collection rates, days to pay. All pure.

Money is exact, days are calendar days, shares are of 1. There is no value where a figure is not known, where nothing is there to
divide by, and where customers are owed more than they owe.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from data.workdays import month_start

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Month:
    """What was invoiced in a month, credit notes negative, and how many of its days count."""

    invoiced: Decimal
    days: int


def dso(owed: Decimal | None, invoiced: Decimal | None, days: int) -> Decimal | None:
    """Days sales outstanding: how many days' invoices are owed, at what was invoiced in the last ``days``.

    Of all that is open it is the simple one, of what is not due yet the best possible one.
    """
    if owed is None or owed < 0 or invoiced is None or invoiced <= 0:
        return None
    return owed * days / invoiced


def count_back(owed: Decimal | None, months: Iterable[Month]) -> Decimal | None:
    """Days sales outstanding by counting back: whole months, the latest first, until one does not fit into what is owed.

    Of that one as many days count as what is left is of it. No value where more is owed than was ever invoiced.
    """
    if owed is None or owed < 0:
        return None
    left, days = owed, ZERO
    for month in months:
        if left == 0:
            break
        if month.invoiced >= left:
            return days + left / month.invoiced * month.days
        left -= month.invoiced
        days += month.days
    return None if left else days


def months_back(invoiced: Mapping[date, Decimal], as_of: date) -> Iterator[Month]:
    """The months up to a day, the latest first, down to the first in which anything was invoiced.

    ``invoiced`` by first day of the month, up to that day; the running month has the days that have passed.
    """
    month, last = month_start(as_of), as_of
    while invoiced and month >= min(invoiced):
        yield Month(invoiced.get(month, ZERO), (last - month).days + 1)
        month, last = month_start(month, -1), month - timedelta(days=1)


def days_delinquent(simple: Decimal | None, best_possible: Decimal | None) -> Decimal | None:
    """Average days delinquent: how many of the days sales outstanding are past due."""
    return None if simple is None or best_possible is None else simple - best_possible


def effectiveness(*, opening: Decimal | None, invoiced: Decimal | None, closing: Decimal | None, not_due: Decimal | None) -> Decimal | None:
    """The collection effectiveness index: of what could be collected in a span of days, the share that was.

    ``opening`` and ``closing``: what is open before and after it; ``not_due``: what of the closing is not due yet.
    """
    if opening is None or invoiced is None or closing is None or not_due is None:
        return None
    return share(opening + invoiced - closing, opening + invoiced - not_due)


def of_receivable(*, opening: Decimal | None, invoiced: Decimal | None, closing: Decimal | None) -> Decimal | None:
    """The collection rate of receivable: of what was owed before and invoiced since, the share that is no longer owed."""
    if opening is None or invoiced is None or closing is None:
        return None
    return share(opening + invoiced - closing, opening + invoiced)


def of_due(*, settled: Decimal | None, still_open: Decimal | None) -> Decimal | None:
    """The collection rate of due: of what fell due, settled or not, the share that is settled."""
    if settled is None or still_open is None:
        return None
    return share(settled, settled + still_open)


def share(part: Decimal | None, whole: Decimal | None) -> Decimal | None:
    """A part of a whole; the collection rate of invoiced is that of collections in what was invoiced."""
    if part is None or whole is None or whole <= 0:
        return None
    return part / whole


def mean_days(weighted: Decimal | None, paid: Decimal | None) -> Decimal | None:
    """Days to pay, or days late: the mean of the days of all payments, each by its amount.

    ``weighted``: Σ amount × days; ``paid``: Σ amount.
    """
    return share(weighted, paid)
