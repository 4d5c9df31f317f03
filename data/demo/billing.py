"""Invoices, instalments and payments that follow from the orders of the demo company."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from data.demo.company import PROMPT, Company
from data.demo.sales import Orders
from data.demo.season import Season, day_of, is_working
from data.demo.territory import Flags, Ints, region_place

_MEAN_DELAY = np.array([0.0, 17.0, 48.0, 115.0])
"""Mean days past due by kind of payer; the prompt ones pay some days before."""
_SEVERAL_INSTALMENTS = (0.92, 0.05, 0.03)
_IN_TWO_PARTS, _IN_ADVANCE, _TOO_MUCH, _NEVER, _REFUNDED = 0.10, 0.02, 0.0015, 0.0012, 0.9
"""Shares of instalments paid in two parts, before the invoice, and 2 % too much; of invoices never paid; of credit notes
that are paid out.
"""


@dataclass(frozen=True, slots=True)
class Invoices:
    """``order``: the place of its order in the stretch; ``disputed`` ones are never paid; money in cents."""

    order: Ints
    customer: Ints
    day: Ints
    amount: Ints
    disputed: Flags


@dataclass(frozen=True, slots=True)
class Instalments:
    """``invoice``: the place of its invoice; money in cents."""

    invoice: Ints
    number: Ints
    due: Ints
    amount: Ints


@dataclass(frozen=True, slots=True)
class Payments:
    """``invoice``: the place of the invoice that is paid; money in cents."""

    invoice: Ints
    day: Ints
    amount: Ints


class Billing:
    """Bills what was delivered by the last day, and lets customers pay as they do."""

    def __init__(self, company: Company, season: Season, rng: np.random.Generator) -> None:
        self._company, self._season, self._rng = company, season, rng
        self._worked = _next_working_days(season)

    def working_day(self, day: Ints) -> Ints:
        """Each day itself if it is worked, else the next that is."""
        worked: Ints = self._worked[(day - self._season.first).clip(0, len(self._worked) - 1)]
        return worked

    def days_ago(self, count: Ints) -> Ints:
        """Worked days about so many days before the last day, none after it."""
        return np.minimum(self.working_day(self._season.last - count), self._season.last)

    def invoices(self, orders: Orders) -> Invoices:
        """One for every order that was delivered in time; goods for abroad take longer."""
        abroad = self._company.customers.region[orders.customer] == region_place("Overseas")
        lag = self._rng.integers(0, 9, len(abroad)) + np.where(abroad, self._rng.integers(3, 16, len(abroad)), 0)
        day = self.working_day(orders.day + lag)
        amount = np.add.reduceat(orders.amount, orders.starts)
        disputed = (self._rng.random(len(day)) < _NEVER) & (amount > 0)
        order = np.flatnonzero(day <= self._season.last)
        return Invoices(order, orders.customer[order], day[order], amount[order], disputed[order])

    def instalments(self, invoices: Invoices) -> Instalments:
        """One due at the customer's terms, or a few of the same size a month apart; the last takes the odd cents."""
        drawn = self._rng.choice([1, 2, 3], len(invoices.order), p=_SEVERAL_INSTALMENTS)
        several = np.where(invoices.amount > 0, drawn, 1)
        of = np.repeat(np.arange(len(several)), several)
        number = np.arange(len(of)) - (np.cumsum(several) - several)[of] + 1
        part = invoices.amount[of] // several[of]
        amount = np.where(number == several[of], invoices.amount[of] - part * (several[of] - 1), part)
        terms = self._company.customers.terms[invoices.customer][of]
        return Instalments(of, number, invoices.day[of] + terms + 30 * (number - 1), amount)

    def payments(self, invoices: Invoices, instalments: Instalments) -> Payments:
        """What was paid on the instalments by the last day."""
        rng, of, part = self._rng, instalments.invoice, instalments.amount
        day = self._paid_on(invoices, instalments)
        paid = np.where(rng.random(len(of)) < _TOO_MUCH, part + np.abs(part) // 50, part)
        settled = ~invoices.disputed[of] & ((part > 0) | (rng.random(len(of)) < _REFUNDED))
        halved = settled & (part > 0) & (rng.random(len(of)) < _IN_TWO_PARTS)
        first = np.where(halved, np.rint(paid * rng.uniform(0.3, 0.7, len(of))).astype(np.int64), paid)
        rest_day = day + rng.integers(15, 46, len(of))
        invoice = np.concatenate((of[settled], of[halved]))
        days = self.working_day(np.concatenate((day[settled], rest_day[halved])))
        amount = np.concatenate((first[settled], (paid - first)[halved]))
        seen = (days <= self._season.last) & (amount != 0)
        return Payments(invoice[seen], days[seen], amount[seen])

    def _paid_on(self, invoices: Invoices, instalments: Instalments) -> Ints:
        """The day of each instalment's payment, the last day or not."""
        rng, of, count = self._rng, instalments.invoice, len(instalments.invoice)
        payer, billed = self._company.customers.payer[invoices.customer][of], invoices.day[of]
        late = np.rint(rng.exponential(1.0, count) * _MEAN_DELAY[payer]).astype(np.int64) - 2
        day = np.maximum(instalments.due + np.where(payer == PROMPT, rng.integers(-12, 3, count), late), billed)
        advance = (instalments.number == 1) & (rng.random(count) < _IN_ADVANCE)
        day = np.where(advance, billed - rng.integers(3, 26, count), day)
        return np.where(instalments.amount < 0, billed + rng.integers(10, 61, count), day)


def _next_working_days(season: Season) -> Ints:
    """For every day of the history and some weeks on: itself if it is worked, else the next that is."""
    days = np.arange(season.first, season.last + 60)
    for i in range(len(days) - 2, -1, -1):
        if not is_working(day_of(days[i])):
            days[i] = days[i + 1]
    return days
