"""Balances by stretches of days, trap by trap; and balances by the categories of what was sold, which add up to them."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data import rollups, schema
from data.errors import CheckFailed
from tests.data.bookkeeper import START, Invoice, Payment, applied, cents, fill, histories

if TYPE_CHECKING:
    from tests.data.conftest import Star

ALWAYS = date.max
FEB, MAR, APR = (date(2026, month, 1) for month in (2, 3, 4))


def invoice(amount: int, *, day: date = FEB, due: date = MAR, disputed: bool = False) -> Invoice:
    return Invoice("I", "a", day, ((due, Decimal(amount)),), disputed)


def paid(amount: int, day: date, *, on: str | None = "I") -> Payment:
    return Payment(on, "a", day, Decimal(amount))


TRAPS: dict[str, tuple[list[Invoice], list[Payment], list[tuple[int, date, date, int]], int]] = {
    # what is open of which instalment from and to which day, and the cash that is unapplied in the end
    "never paid": ([invoice(100)], [], [(1, FEB, ALWAYS, 100)], 0),
    "part payment": ([invoice(100)], [paid(30, MAR)], [(1, FEB, MAR, 100), (1, MAR, ALWAYS, 70)], 0),
    "paid in full": ([invoice(100)], [paid(100, MAR)], [(1, FEB, MAR, 100)], 0),
    "overpayment": ([invoice(100)], [paid(130, MAR)], [(1, FEB, MAR, 100)], 30),
    "credit note": ([invoice(-100)], [], [(1, FEB, ALWAYS, -100)], 0),
    "credit note paid out": ([invoice(-100)], [paid(-100, APR)], [(1, FEB, APR, -100)], 0),
    "instalments": (
        [Invoice("I", "a", FEB, ((MAR, Decimal(60)), (APR, Decimal(40))))],
        [paid(70, MAR)],
        [(1, FEB, MAR, 60), (2, FEB, MAR, 40), (2, MAR, ALWAYS, 30)],
        0,
    ),
    "refund": ([invoice(100)], [paid(100, MAR), paid(-40, APR)], [(1, FEB, MAR, 100), (1, APR, ALWAYS, 40)], 0),
    "paid and refunded on one day": ([invoice(100)], [paid(50, MAR), paid(-50, MAR)], [(1, FEB, ALWAYS, 100)], 0),
    "two payments on one day": ([invoice(100)], [paid(50, MAR), paid(20, MAR)], [(1, FEB, MAR, 100), (1, MAR, ALWAYS, 30)], 0),
    "unapplied cash": ([invoice(100)], [paid(80, MAR, on=None)], [(1, FEB, ALWAYS, 100)], 80),
    "payment before invoice day": ([invoice(100, day=MAR, due=APR)], [paid(30, FEB)], [(1, MAR, ALWAYS, 70)], 0),
    "paid before invoice day": ([invoice(100, day=MAR, due=APR)], [paid(100, FEB)], [], 0),
    "bill due on its own day": ([invoice(100, due=FEB)], [], [(1, FEB, ALWAYS, 100)], 0),
    "dispute": ([invoice(100, disputed=True)], [paid(10, MAR)], [(1, FEB, MAR, 100), (1, MAR, ALWAYS, 90)], 0),
}


@pytest.mark.parametrize("trap", TRAPS)
def test_balances_stand_from_one_change_to_the_next(star: Star, trap: str) -> None:
    invoices, payments, stretches, unapplied = TRAPS[trap]
    fill(star, invoices, payments)
    rollups.check(star.connection)
    kept = star.rows("SELECT instalment_no, from_day, to_day, balance FROM balance_interval ORDER BY ALL")
    assert kept == stretches
    assert star.one("SELECT coalesce(sum(unapplied), 0) FROM cash_event") == unapplied


@settings(max_examples=12)
@given(histories())
def test_each_row_knows_the_days_and_owner_of_its_invoice(star: Star, history: tuple[list[Invoice], list[Payment]]) -> None:
    invoices, payments = history
    fill(star, invoices, payments)
    due = {(i.number, n): (i.day, day, i.customer, "R", "A", "P") for i in invoices for n, (day, _) in enumerate(i.instalments, start=1)}
    for table in ("application", "balance_interval"):
        columns = "invoice_id, instalment_no, invoice_day, due_day, customer_id, region_id, area_id, rep_id"
        for number, instalment, *known in star.rows(f"SELECT {columns} FROM {table}"):
            assert tuple(known) == due[number, instalment]
    for amount, waited, lateness, paid_on, invoiced_on, due_on in star.rows(
        "SELECT amount, waited, lateness, payment_day, invoice_day, due_day FROM application"
    ):
        assert waited == amount * (paid_on - invoiced_on).days
        assert lateness == amount * (paid_on - due_on).days
    # Rows lie in the order of their lengths and ends, and no two that meet say the same.
    spans = star.rows("SELECT from_day, to_day FROM balance_interval ORDER BY rowid")
    lengths = [5 if end == ALWAYS else bisect_right((32, 64, 128, 256), (end - start).days) for start, end in spans]
    placed = [(length, end) for length, (_, end) in zip(lengths, spans, strict=True)]
    assert placed == sorted(placed)
    meeting = "a.to_day = b.from_day AND a.balance = b.balance"
    assert not star.rows(f"SELECT 1 FROM balance_interval a JOIN balance_interval b USING (invoice_id, instalment_no) WHERE {meeting}")


@settings(max_examples=40)
@given(histories())
def test_each_part_of_a_payment_knows_what_it_paid_and_how_late(star: Star, history: tuple[list[Invoice], list[Payment]]) -> None:
    """The twin hands the money of an invoice to its instalments before and after each payment; the difference is what it paid."""
    invoices, payments = history
    fill(star, invoices, payments)
    by_number = {invoice.number: invoice for invoice in invoices}
    in_order = sorted(range(len(payments)), key=lambda n: (payments[n].day, f"P{n}"))
    expected = {}
    received: defaultdict[str | None, Decimal] = defaultdict(Decimal)
    for n in in_order:
        payment = payments[n]
        bill = by_number.get(payment.invoice or "")
        before, now = received[payment.invoice], received[payment.invoice] + payment.amount
        received[payment.invoice] = now
        shares = zip(bill.instalments, applied(bill, before), applied(bill, now), strict=True) if bill else ()
        took = [(due, after - had) for (due, _), had, after in shares if after != had]
        expected[f"P{n}"] = (
            max(payment.day, bill.day) if bill and took else None,
            sum(part for _, part in took),
            min((due for due, _ in took), default=None),
            max((due for due, _ in took), default=None),
            sum(part for due, part in took if payment.day > due),
            max(((payment.day - due).days for due, _ in took), default=None),
            sum(part * (payment.day - bill.day).days for _, part in took) if bill else 0,
            sum(part * (payment.day - due).days for due, part in took),
        )
    columns = "payment_id, applied_day, applied, due_first, due_last, late, days_late, waited, lateness"
    assert {number: tuple(rest) for number, *rest in star.rows(f"SELECT {columns} FROM receipt")} == expected
    owners = [tuple(row) for row in star.rows("SELECT customer_id, payment_day FROM receipt ORDER BY rowid")]
    assert owners == sorted(owners)
    for table in ("receipt", "balance_interval"):
        for number, day, order, amount in star.rows(f"SELECT invoice_id, invoice_day, order_id, invoice_amount FROM {table}"):
            bill = by_number.get(number)
            assert (day, order, amount) == ((bill.day, bill.order, bill.amount) if bill else (None, None, None))
    for number, disputed in star.rows("SELECT invoice_id, disputed FROM balance_interval"):
        assert disputed == by_number[number].disputed


def test_a_receipt_counts_for_whom_it_pays(star: Star) -> None:
    """Who pays another's invoice pays for that one; cash without invoice is the payer's own."""
    theirs = Payment("I", "b", MAR, Decimal(30))
    fill(star, [invoice(100)], [theirs, paid(20, MAR, on=None), Payment(None, "b", APR, Decimal(5)), paid(-10, APR)])
    rollups.check(star.connection)
    kept = star.rows("SELECT payment_id, customer_id, payment_day, invoice_id, amount FROM receipt ORDER BY payment_id")
    assert kept == [("P0", "a", MAR, "I", 30), ("P1", "a", MAR, None, 20), ("P2", "b", APR, None, 5), ("P3", "a", APR, "I", -10)]
    assert star.one("SELECT sum(unapplied) FROM cash_event WHERE customer_id = 'b'") == 5


# --- by category ------------------------------------------------------------------------------------------------------


LARGE = st.decimals(-(10**13), 10**13, places=4)
PRODUCTS = {"p1": "A", "p2": "B", "p3": "B", "p4": "C", "p5": None, "unknown": None}
lines = st.lists(st.tuples(st.sampled_from(sorted(PRODUCTS)), st.one_of(cents, cents.map(lambda c: -c))), max_size=5)


def fill_orders(star: Star, orders: dict[str, list[tuple[str, Decimal]]], shared: Decimal) -> None:
    """An invoice of what each order comes to, and another one that shares the order."""
    known = [{"product_id": p, "name": p, "category_id": c} for p, c in PRODUCTS.items() if p != "unknown"]
    star.fill(schema.product, known)
    rows: list[dict[str, Any]] = [
        {"order_id": order, "line_no": n, "order_day": START, "product_id": p, "amount": amount, "volume": 1}
        for order, parts in orders.items()
        for n, (p, amount) in enumerate(parts)
    ]
    star.fill(schema.order_line, rows)
    invoices = []
    for order, parts in orders.items():
        for name, amount in (("own", sum((a for _, a in parts), Decimal(0))), ("shared", shared)):
            invoices.append(Invoice(f"{order}-{name}", "a", START, ((START, amount),), order=order))
    fill(star, [*invoices, Invoice("alone", "a", START, ((START, Decimal(5)),))], [])


def weights(parts: list[tuple[str, Decimal]]) -> dict[str | None, Decimal]:
    """Share of an order's net amount by category; none where the lines cancel each other out."""
    net: defaultdict[str | None, Decimal] = defaultdict(Decimal)
    for product, amount in parts:
        net[PRODUCTS[product]] += amount
    whole, size = sum(net.values(), Decimal(0)), sum((abs(n) for n in net.values()), Decimal(0))
    return {category: n / whole for category, n in net.items() if n} if size < 10 * abs(whole) else {}


@settings(max_examples=20)
@given(st.dictionaries(st.sampled_from(("o1", "o2")), lines, min_size=1), st.one_of(cents, LARGE))
def test_the_parts_of_a_balance_add_up_to_it(star: Star, orders: dict[str, list[tuple[str, Decimal]]], shared: Decimal) -> None:
    fill_orders(star, orders, shared)
    rollups.check(star.connection)
    for order, parts in orders.items():
        shares = weights(parts)
        for name, amount in (("own", sum((a for _, a in parts), Decimal(0))), ("shared", shared)):
            found = star.rows("SELECT category_id, balance FROM category_interval WHERE invoice_id = ?", f"{order}-{name}")
            assert sum((part for _, part in found), Decimal(0)) == amount
            assert {category for category, _ in found} == (set(shares or {None: 1}) if amount else set())
            for category, part in found:
                assert abs(part - amount * shares.get(category, Decimal(1))) <= abs(amount) * Decimal("1e-9") + Decimal("0.0002")
    assert star.rows("SELECT category_id, balance FROM category_interval WHERE invoice_id = 'alone'") == [(None, 5)]
    assert star.rows("SELECT * FROM invoice_category WHERE invoice_id = 'alone'") == []
    star.fill(schema.order_line, [])


def test_categories_that_share_too_little_are_refused(star: Star) -> None:
    fill_orders(star, {"o1": [("p1", Decimal(30)), ("p2", Decimal(10))]}, Decimal(7))
    assert star.rows("SELECT DISTINCT category_id, before, after FROM invoice_category ORDER BY 1") == [
        ("A", 0, Decimal("0.75")),
        ("B", Decimal("0.75"), 1),
    ]
    star.connection.execute("UPDATE invoice_category SET after = 0.99 WHERE category_id = 'B' AND invoice_id = 'o1-own'")
    with pytest.raises(CheckFailed, match="categories of invoice o1-own"):
        rollups.check(star.connection)
    star.connection.execute("UPDATE invoice_category SET after = 1 WHERE category_id = 'B' AND invoice_id = 'o1-own'")
    star.connection.execute("UPDATE category_interval SET balance = balance - 0.0001 WHERE category_id = 'B' AND invoice_id = 'o1-own'")
    with pytest.raises(CheckFailed, match=r"category_interval.*0\.0001 too little"):
        rollups.check(star.connection)
    star.fill(schema.order_line, [])
