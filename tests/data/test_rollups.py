"""Cash is applied as a bookkeeper would: any history of invoices and payments against a twin of a few lines.

The twin knows no events: for each day it hands the money received so far on an invoice to its instalments, oldest first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data import rollups, schema
from data.errors import CheckFailed

if TYPE_CHECKING:
    from tests.data.conftest import Star

START = date(2026, 1, 20)
DAYS = 70  # two month ends lie inside
EDGES = (0, 10, 30)

cents = st.integers(1, 5000).map(lambda n: Decimal(n) / 100)
days = st.integers(0, DAYS).map(lambda n: START + timedelta(days=n))


@dataclass(frozen=True)
class Invoice:
    number: str
    customer: str
    day: date
    instalments: tuple[tuple[date, Decimal], ...]  # in the order in which they are paid

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


def fill(star: Star, invoices: Sequence[Invoice], payments: Sequence[Payment]) -> None:
    booked = {"region_id": "R", "area_id": "A", "rep_id": "P"}
    star.fill(
        schema.invoice,
        [
            {"invoice_id": i.number, "customer_id": i.customer, "invoice_day": i.day, "amount": i.amount, "disputed": False} | booked
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


@settings(max_examples=60)
@given(histories())
def test_any_history_on_any_day(star: Star, history: tuple[list[Invoice], list[Payment]]) -> None:
    invoices, payments = history
    fill(star, invoices, payments)
    rollups.check(star.connection)
    for day in (START + timedelta(days=n) for n in range(-1, DAYS + 45, 3)):
        check_balances(star, invoices, payments, day)
        check_buckets(star, invoices, payments, day)
    check_month_ends(star, invoices, payments)


def check_balances(star: Star, invoices: Sequence[Invoice], payments: Sequence[Payment], day: date) -> None:
    """Open balance of each instalment, collections, unapplied cash."""
    twin = balances(invoices, payments, day)
    stored = summed(star, "receivable_event", "balance", until=day, by="invoice_id, instalment_no")
    assert stored == {key: balance for key, balance in twin.items() if balance}

    # An advance is collected on its payment day, but applied only once there is an invoice.
    paid = {i.number: sum(applied(i, received(payments, day, i.number)), Decimal(0)) for i in invoices}
    assert summed(star, "application", "amount", until=day, day="payment_day") == sum(paid.values())
    assert summed(star, "collected_day_rep", "amount", until=day, day="payment_day") == sum(paid.values())
    on_invoices = sum((paid[i.number] for i in invoices if i.day <= day), Decimal(0))
    assert summed(star, "cash_event", "unapplied", until=day) == received(payments, day) - on_invoices


def check_buckets(star: Star, invoices: Sequence[Invoice], payments: Sequence[Payment], day: date) -> None:
    """Not due, buckets and unapplied are all that was invoiced less all that was received, however it is cut."""
    owed = sum((i.amount for i in invoices if i.day <= day), Decimal(0)) - received(payments, day)
    by_due = summed(star, "receivable_day_rep", "balance", until=day, by="due_day")
    twin = balances(invoices, payments, day)
    due_days = {(i.number, n): due for i in invoices for n, (due, _) in enumerate(i.instalments, start=1)}
    total = -summed(star, "cash_day", "unapplied", until=day)
    starts = (date.max, *(day - timedelta(days=edge) for edge in EDGES), date.min)
    for after, first in pairwise(starts):
        bucket = sum((balance for (due,), balance in by_due.items() if first <= due < after), Decimal(0))
        assert bucket == sum((balance for key, balance in twin.items() if first <= due_days[key] < after), Decimal(0))
        total += bucket
    assert total == owed


def check_month_ends(star: Star, invoices: Sequence[Invoice], payments: Sequence[Payment]) -> None:
    """Kept balances are those of the day, up to the last month end before the last change."""
    last = star.one("SELECT max(event_day) FROM receivable_event")
    for month_end in (date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31), date(2026, 4, 30)):
        stored = star.one("SELECT coalesce(sum(balance), 0) FROM receivable_month_rep WHERE month_end = ?", month_end)
        assert stored == (sum(balances(invoices, payments, month_end).values()) if month_end <= last else 0)


def test_the_bookkeeper_by_hand(star: Star) -> None:
    """An invoice of 100 in two instalments; 30 in advance, 90 later (20 too much), then a refund of 50."""
    invoice = Invoice("I", "a", date(2026, 2, 10), ((date(2026, 3, 1), Decimal(60)), (date(2026, 4, 1), Decimal(40))))
    payments = [
        Payment("I", "a", date(2026, 2, 1), Decimal(30)),
        Payment("I", "a", date(2026, 3, 5), Decimal(90)),
        Payment("I", "a", date(2026, 3, 20), Decimal(-50)),
    ]
    fill(star, [invoice], payments)
    by_day = {
        date(2026, 2, 9): ([0, 0], 30, 30),
        date(2026, 2, 10): ([30, 40], 30, 0),
        date(2026, 3, 5): ([0, 0], 100, 20),
        date(2026, 3, 20): ([0, 30], 70, 0),
    }
    for day, (open_, collected, unapplied) in by_day.items():
        stored = summed(star, "receivable_event", "balance", until=day, by="instalment_no")
        assert [stored.get((n,), 0) for n in (1, 2)] == open_
        assert summed(star, "application", "amount", until=day, day="payment_day") == collected
        assert summed(star, "cash_event", "unapplied", until=day) == unapplied


def test_a_draft_that_contradicts_itself_is_refused(star: Star) -> None:
    invoice = Invoice("I", "a", START, ((START, Decimal(60)),))
    fill(star, [invoice], [])
    rollups.check(star.connection)
    star.connection.execute("UPDATE instalment SET amount = 59.99")
    with pytest.raises(CheckFailed, match="instalments of invoice I do not add up"):
        rollups.check(star.connection)
    fill(star, [invoice, invoice], [])
    with pytest.raises(CheckFailed, match="key I stands in more than one row"):
        rollups.check(star.connection)
    fill(star, [invoice], [])
    star.connection.execute("UPDATE invoiced_day_rep SET amount = amount + 0.0001")
    with pytest.raises(CheckFailed, match="invoiced_day_rep"):
        rollups.check(star.connection)
