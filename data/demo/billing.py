"""Invoices, instalments and payments that follow from the orders of the demo company."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from data.demo.company import Company
from data.demo.sales import Orders
from data.demo.season import Floats, Ints, Season, day_of, is_working
from data.demo.territory import REGIONS

_MEAN_DELAY = np.array([0.0, 17.0, 46.0, 105.0])
"""Mean days past due by kind of payer; the prompt ones pay some days before."""
_IN_TWO_PARTS, _IN_ADVANCE, _TOO_MUCH, _NEVER, _REFUNDED = 0.10, 0.02, 0.0015, 0.006, 0.9
_SEVERAL_INSTALMENTS = (0.92, 0.05, 0.03)


@dataclass(frozen=True, slots=True)
class Bills:
    """What one stretch of orders leads to. Money in cents; ``order`` is the place of the order in its stretch."""

    order: Ints
    invoice_day: Ints
    amount: Ints
    disputed: Ints
    instalment_of: Ints
    instalment_no: Ints
    due_day: Ints
    instalment_amount: Ints
    paid_of: Ints
    payment_day: Ints
    paid: Ints


def bills(company: Company, season: Season, orders: Orders, rng: np.random.Generator) -> Bills:
    """Invoice what was delivered by the last day, and let customers pay as they do. ``*_of`` points at an invoice's place."""
    region = company.region[orders.customer]
    abroad = region == 1
    lag = rng.integers(0, 9, len(region)) + np.where(abroad, rng.integers(3, 16, len(region)), 0)
    days = next_working_days(season)
    invoice_day = days[orders.day + lag - season.first]
    billed = np.flatnonzero(invoice_day <= season.last)
    total = np.add.reduceat(orders.amount, orders.starts)[billed]
    invoice_day, customer = invoice_day[billed], orders.customer[billed]
    never = (rng.random(len(billed)) < _NEVER) & (total > 0)
    several = np.where(total > 0, rng.choice([1, 2, 3], len(billed), p=_SEVERAL_INSTALMENTS), 1)
    of = np.repeat(np.arange(len(billed)), several)
    first = np.cumsum(several) - several
    no = np.arange(len(of)) - first[of] + 1
    part = total[of] // several[of]
    part = np.where(no == several[of], total[of] - part * (several[of] - 1), part)
    due = invoice_day[of] + company.terms[customer][of] + 30 * (no - 1)
    paid_of, payment_day, paid = _payments(company, of, no, due, part, invoice_day, customer, never, rng)
    payment_day = days[(payment_day - season.first).clip(0, len(days) - 1)]
    seen = payment_day <= season.last
    return Bills(
        order=billed,
        invoice_day=invoice_day,
        amount=total,
        disputed=never.astype(np.int64),
        instalment_of=of,
        instalment_no=no,
        due_day=due,
        instalment_amount=part,
        paid_of=paid_of[seen],
        payment_day=payment_day[seen],
        paid=paid[seen],
    )


def next_working_days(season: Season) -> Ints:
    """For every day of the history and half a year on: itself if it is worked, else the next that is."""
    count = season.last - season.first + 200
    days = np.arange(season.first, season.first + count)
    for i in range(count - 2, -1, -1):
        if not is_working(day_of(days[i])):
            days[i] = days[i + 1]
    return days


def _payments(
    company: Company,
    of: Ints,
    no: Ints,
    due: Ints,
    part: Ints,
    invoice_day: Ints,
    customer: Ints,
    never: Ints,
    rng: np.random.Generator,
) -> tuple[Ints, Ints, Ints]:
    """Invoice place, day and cents of every payment, those after the last day included."""
    payer = company.payer[customer][of]
    factor = np.array([region.delay for region in REGIONS])[company.region[customer]][of]
    late: Floats = rng.exponential(1.0, len(of)) * _MEAN_DELAY[payer] * factor
    day = due + np.where(payer == 0, rng.integers(-12, 3, len(of)), np.rint(late).astype(np.int64) - 2)
    day = np.maximum(day, invoice_day[of])
    ahead = (no == 1) & (part > 0) & (rng.random(len(of)) < _IN_ADVANCE)
    day = np.where(ahead, invoice_day[of] - rng.integers(3, 26, len(of)), day)
    credit = part < 0
    day = np.where(credit, invoice_day[of] + rng.integers(10, 61, len(of)), day)
    paid = np.where(rng.random(len(of)) < _TOO_MUCH, part + np.abs(part) // 50, part)
    settled = ~never[of] & (~credit | (rng.random(len(of)) < _REFUNDED))
    halved = settled & ~credit & (part > 100) & (rng.random(len(of)) < _IN_TWO_PARTS)
    half = np.where(halved, np.rint(paid * rng.uniform(0.3, 0.7, len(of))).astype(np.int64), paid)
    rest_day = day + rng.integers(15, 46, len(of))
    return (
        np.concatenate((of[settled], of[halved])),
        np.concatenate((day[settled], rest_day[halved])),
        np.concatenate((half[settled], (paid - half)[halved])),
    )
