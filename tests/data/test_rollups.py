"""Cash is applied and balances are kept as a bookkeeper would: any history of invoices and payments against the twin."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings

from data import rollups
from data.errors import CheckFailed
from tests.data.bookkeeper import DAYS, START, Invoice, Payment, applied, balances, fill, histories, received, summed

if TYPE_CHECKING:
    from tests.data.conftest import Star

EDGES = (0, 10, 30)


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
    kept = star.rows("SELECT invoice_id, instalment_no, balance FROM balance_interval WHERE from_day <= $1 AND $1 < to_day", day)
    assert sorted(kept) == sorted((*key, balance) for key, balance in stored.items())  # no instalment twice

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
        standing = sum(balances(invoices, payments, month_end).values()) if month_end <= last else 0
        for kept in rollups.BALANCES:
            stored = star.one(f"SELECT coalesce(sum(balance), 0) FROM {kept.month_ends.name} WHERE month_end = ?", month_end)
            assert stored == standing, kept.month_ends.name


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
    fill(star, [invoice], [])
    star.connection.execute("UPDATE balance_interval SET to_day = '2026-03-01'")
    with pytest.raises(CheckFailed, match="balance_interval"):
        rollups.check(star.connection)
