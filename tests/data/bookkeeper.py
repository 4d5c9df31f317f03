"""A bookkeeper of a few lines, the twin of what is derived from invoices and payments, and histories to try both on.

It knows no events: for each day it hands the money received so far on an invoice to its instalments, oldest first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from data import rollups, schema

if TYPE_CHECKING:
    from tests.data.conftest import Star

START = date(2026, 1, 20)
DAYS = 70  # two month ends lie inside

cents = st.integers(1, 5000).map(lambda n: Decimal(n) / 100)
days = st.integers(0, DAYS).map(lambda n: START + timedelta(days=n))


@dataclass(frozen=True)
class Invoice:
    number: str
    customer: str
    day: date
    instalments: tuple[tuple[date, Decimal], ...]  # in the order in which they are paid
    disputed: bool = False
    order: str | None = None

    @property
    def amount(self) -> Decimal:
        return sum((amount for _, amount in self.instalments), Decimal(0))


@dataclass(frozen=True)
class Payment:
    invoice: str | None
    customer: str
    day: date
    amount: Decimal  # a refund is negative


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[Invoice], list[Payment]]:
    invoices, payments = [], []
    for n in range(draw(st.integers(1, 4))):
        day, sign = draw(days), draw(st.sampled_from((1, 1, 1, -1)))  # one in four is a credit note
        parts = draw(st.lists(st.tuples(st.integers(0, 40), cents), min_size=1, max_size=3))
        due = sorted((day + timedelta(days=late), sign * amount) for late, amount in parts)
        invoices.append(Invoice(f"I{n}", draw(st.sampled_from(("a", "b"))), day, tuple(due)))
    for _ in range(draw(st.integers(0, 8))):
        invoice = draw(st.sampled_from((*invoices, None)))
        amount = draw(st.one_of(cents, cents.map(lambda c: -c), st.just(invoice.amount if invoice else Decimal(7))))
        payments.append(Payment(invoice and invoice.number, invoice.customer if invoice else "a", draw(days), amount))
    return invoices, payments


def applied(invoice: Invoice, received: Decimal) -> list[Decimal]:
    """What each instalment gets of the money received so far, oldest first; too much or too little stays out."""
    sign = -1 if invoice.amount < 0 else 1
    left = max(sign * received, Decimal(0))
    shares = []
    for _, amount in invoice.instalments:
        share = min(left, abs(amount))
        left -= share
        shares.append(sign * share)
    return shares


def received(payments: Sequence[Payment], until: date, invoice: str | None = None) -> Decimal:
    return sum((p.amount for p in payments if p.day <= until and invoice in (None, p.invoice)), Decimal(0))


def balances(invoices: Sequence[Invoice], payments: Sequence[Payment], day: date) -> dict[tuple[str, int], Decimal]:
    """The open balance of each instalment on a day."""
    open_ = {}
    for invoice in invoices:
        if invoice.day <= day:
            shares = applied(invoice, received(payments, day, invoice.number))
            for n, ((_, amount), share) in enumerate(zip(invoice.instalments, shares, strict=True), start=1):
                open_[invoice.number, n] = amount - share
    return open_


def fill_stretches(star: Star, invoices: Sequence[Invoice], payments: Sequence[Payment]) -> None:
    """The stretches in which a balance stood still, and nothing else: told by the balance after each day on which something happened."""
    happened = sorted({i.day for i in invoices} | {p.day for p in payments})
    known = {(i.number, n): (i, due) for i in invoices for n, (due, _) in enumerate(i.instalments, start=1)}
    after = [balances(invoices, payments, day) for day in happened]
    rows = []
    for key, (invoice, due) in known.items():
        changes = [(day, now.get(key, Decimal(0))) for day, now in zip(happened, after, strict=True)]
        changes = [(day, now) for n, (day, now) in enumerate(changes) if now != (changes[n - 1][1] if n else 0)]
        ends = [*(day for day, _ in changes[1:]), date.max][: len(changes)]
        booked = {"region_id": "R", "area_id": "A", "rep_id": "P", "customer_id": invoice.customer}
        about = {"invoice_id": key[0], "instalment_no": key[1], "invoice_day": invoice.day, "due_day": due}
        rows += [
            about | booked | {"from_day": day, "to_day": end, "balance": now} for (day, now), end in zip(changes, ends, strict=True) if now
        ]
    star.fill(schema.balance_interval, rows)


def fill(star: Star, invoices: Sequence[Invoice], payments: Sequence[Payment]) -> None:
    booked = {"region_id": "R", "area_id": "A", "rep_id": "P"}
    star.fill(
        schema.invoice,
        [
            {"invoice_id": i.number, "customer_id": i.customer, "invoice_day": i.day, "amount": i.amount}
            | {"disputed": i.disputed, "order_id": i.order}
            | booked
            for i in invoices
        ],
    )
    star.fill(
        schema.instalment,
        [
            {"invoice_id": i.number, "instalment_no": n, "due_day": due, "amount": amount}
            for i in invoices
            for n, (due, amount) in enumerate(i.instalments, start=1)
        ],
    )
    star.fill(
        schema.payment,
        [
            {
                "payment_id": f"P{n}",
                "part_no": 1,
                "payment_day": p.day,
                "customer_id": p.customer,
                "invoice_id": p.invoice,
                "amount": p.amount,
            }
            | booked
            for n, p in enumerate(payments)
        ],
    )
    rollups.derive_facts(star.connection)


def summed(star: Star, table: str, value: str, *, until: date, day: str = "event_day", by: str = "") -> Any:
    """The sum of all rows up to a day; with ``by`` a mapping from those columns to their sums."""
    columns = f"{by}, " if by else ""
    rows = star.rows(f"SELECT {columns}sum({value}) FROM {table} WHERE {day} <= ? GROUP BY ALL", until)
    if by:
        return {row[:-1]: row[-1] for row in rows if row[-1]}
    return (rows[0][0] if rows else None) or Decimal(0)
