"""An independent reading of what customers owe and how they paid: plain Python over invoices, instalments and payments.

For each part of a payment it hands the money of its invoice to the instalments, oldest first, before and after: the difference is
what the part paid. Nothing in here uses the engine or a derived table.
"""

from __future__ import annotations

from collections import defaultdict, namedtuple
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

import sqlalchemy as sa

from data import schema as s
from data.warehouse import Reader

ZERO = Decimal(0)


@dataclass
class Part:
    """A part of a payment. ``took``: due day and amount of each instalment that it paid, from ``applied_day`` on."""

    payment: str
    part: int
    day: date
    customer: str | None
    region: str | None
    invoice: str | None
    amount: Decimal
    applied_day: date | None = None
    took: list[tuple[int, date, Decimal]] = field(default_factory=list)

    def applied(self, day: date) -> Decimal:
        return sum((amount for *_, amount in self.took), ZERO) if self.applied_day and self.applied_day <= day else ZERO

    def days_late(self, day: date) -> int | None:
        is_applied = self.applied_day is not None and self.applied_day <= day
        return max((self.day - due).days for _, due, _ in self.took) if is_applied else None


@dataclass
class Bill:
    """An invoice with its instalments in the order in which they are paid: number, due day, amount."""

    number: str
    order: str | None
    customer: str | None
    region: str | None
    day: date
    amount: Decimal
    disputed: bool
    parts: list[tuple[int, date, Decimal]]
    payments: list[Part] = field(default_factory=list)

    def shares(self, received: Decimal) -> list[Decimal]:
        """What each instalment gets of the money received, oldest first; too much or too little stays out."""
        sign = -1 if self.amount < 0 else 1
        left, found = max(sign * received, ZERO), []
        for _, _, amount in self.parts:
            share = min(left, abs(amount))
            left -= share
            found.append(sign * share)
        return found

    def open(self, day: date) -> list[tuple[int, date, Decimal]]:
        """Number, due day and open balance of each instalment with one."""
        if self.day > day:
            return []
        shares = self.shares(sum((p.amount for p in self.payments if p.day <= day), ZERO))
        return [(n, due, amount - share) for (n, due, amount), share in zip(self.parts, shares, strict=True) if amount != share]


@dataclass
class AccountTwin:
    """What one version knows of invoices and payments."""

    reader: Reader

    def rows(self, table: sa.Table) -> list[Any]:
        return self.reader.rows(sa.select(table).order_by(*table.primary_key))

    @cached_property
    def customers(self) -> dict[str, Any]:
        """The rows of customers by identifier, their columns as attributes."""
        row = namedtuple("row", [column.name for column in s.customer.columns])  # type: ignore[misc]
        return {known[0]: row(*known) for known in self.rows(s.customer)}

    @cached_property
    def bills(self) -> dict[str, Bill]:
        parts = defaultdict(list)
        for number, n, due, amount in self.rows(s.instalment):
            parts[number].append((n, due, amount))
        return {
            number: Bill(number, order, customer, region, day, amount, disputed, sorted(parts[number], key=lambda p: (p[1], p[0])))
            for number, order, customer, region, _, _, day, amount, disputed in self.rows(s.invoice)
        }

    @cached_property
    def parts(self) -> list[Part]:
        """Every part of a payment, in the order in which they came."""
        made = []
        for payment, part, day, customer, number, region, _, _, amount in self.rows(s.payment):
            bill = self.bills.get(number or "")
            owner = (bill and bill.customer) or customer, (bill and bill.region) or region
            made.append(Part(payment, part, day, *owner, number, amount))
        made.sort(key=lambda p: (p.day, p.payment, p.part))
        received: defaultdict[str, Decimal] = defaultdict(Decimal)
        for each in made:
            bill = self.bills.get(each.invoice or "")
            if bill:
                before, now = bill.shares(received[bill.number]), bill.shares(received[bill.number] + each.amount)
                received[bill.number] += each.amount
                bill.payments.append(each)
                each.took = [(n, due, b - a) for (n, due, _), a, b in zip(bill.parts, before, now, strict=True) if a != b]
                each.applied_day = max(each.day, bill.day) if each.took else None
        return made

    def bills_of(self, **wanted: str) -> list[Bill]:
        """Invoices of a ``customer`` or ``region``, with their payments."""
        _ = self.parts
        return [bill for bill in self.bills.values() if all(getattr(bill, name) == key for name, key in wanted.items())]

    def parts_of(self, **wanted: str) -> list[Part]:
        return [part for part in self.parts if all(getattr(part, name) == key for name, key in wanted.items())]
