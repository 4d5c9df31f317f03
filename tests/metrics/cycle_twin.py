"""The collection cycle a second time, invoice by invoice as the definitions say, in fractions of whole ten-thousandths."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from functools import cached_property
from typing import Any

from data import schema as s
from tests.metrics.twin import Twin, _Invoice, minor

Figures = dict[str, Fraction | None]
ONE = timedelta(days=1)


@dataclass
class CycleTwin:
    """Every figure of the cycle for the invoices of some members. ``days``: those that DSO is measured by."""

    twin: Twin
    days: int = 90

    @cached_property
    def _segments(self) -> dict[str, str]:
        customers = self.twin.table(s.customer)
        return dict(zip(customers["customer_id"], customers["segment_id"], strict=True))

    @cached_property
    def _cash(self) -> list[tuple[date, int, dict[str, Any]]]:
        """Every payment with its day, amount and owner: whoever the invoice is booked under that it names."""
        bills = {row.invoice_id: row for row in self.twin.table(s.invoice).itertuples()}
        found = []
        for row in self.twin.table(s.payment).itertuples():
            of = bills.get(row.invoice_id, row)
            owner = {"region": of.region_id, "area": of.area_id, "rep": of.rep_id, "customer": of.customer_id}
            found.append((row.payment_day, minor(row.amount) or 0, owner))
        return found

    def figures(self, *, first: date, last: date, as_of: date, only: Mapping[str, str] | None = None) -> Figures:
        """Of the period from ``first`` to ``last`` as of a day."""
        cut = min(as_of, last)
        books = _Books(
            [invoice for invoice in self.twin.invoices if self._is_of(invoice.booked, only)],
            [(day, amount) for day, amount, owner in self._cash if self._is_of(owner, only)],
        )
        owed, current = books.open(as_of), books.open(as_of, lambda due: due >= as_of)
        recent = books.invoiced(as_of - timedelta(days=self.days - 1), as_of)
        simple, best = _over(owed * self.days, recent, owed), _over(current * self.days, recent, current)
        before = _month_earlier(as_of)
        could = books.open(before) + books.invoiced(before + ONE, as_of)
        opening, invoiced = books.receivable(first - ONE), books.invoiced(first, cut)
        due, still = books.due(as_of, first, cut)
        paid, waited, late = books.paid(first, cut)
        return {
            "open": Fraction(owed),
            "overdue": Fraction(owed - current),
            "over_90": Fraction(books.open(as_of, lambda due: (as_of - due).days > 90)),
            "invoiced": Fraction(invoiced),
            "collections": Fraction(paid),
            "collected_of_invoiced": _over(paid, invoiced),
            "collected_of_due": _over(due - still, due),
            "collected_of_receivable": _over(opening + invoiced - books.receivable(cut), opening + invoiced),
            "dso": simple,
            "dso_best": best,
            "dso_count_back": books.count_back(owed, as_of),
            "days_delinquent": None if simple is None or best is None else simple - best,
            "cei": _over(could - owed, could - current),
            "days_to_pay": _over(waited, paid),
            "days_late": _over(late, paid),
        }

    def _is_of(self, booked: Mapping[str, Any], only: Mapping[str, str] | None) -> bool:
        known = {**booked, "segment": self._segments.get(booked["customer"])}
        return all(known[dimension] == member for dimension, member in (only or {}).items())


@dataclass
class _Books:
    invoices: list[_Invoice]
    cash: list[tuple[date, int]]

    def open(self, day: date, counts: Callable[[date], bool] = lambda _: True) -> int:
        return sum(
            amount - covered
            for invoice in self.invoices
            if invoice.day <= day
            for due, amount, covered in _covered(invoice, sum(took for when, took in invoice.applied() if when <= day))
            if counts(due)
        )

    def invoiced(self, first: date, last: date) -> int:
        return sum(invoice.amount for invoice in self.invoices if first <= invoice.day <= last)

    def receivable(self, day: date) -> int:
        return self.invoiced(date.min, day) - sum(amount for when, amount in self.cash if when <= day)

    def due(self, as_of: date, first: date, last: date) -> tuple[int, int]:
        """What fell due in these days of the invoices known by then, and what of it is still open."""
        known = [invoice for invoice in self.invoices if invoice.day <= as_of]
        fell = sum(amount for invoice in known for due, _, amount in invoice.parts if first <= due <= last)
        return fell, self.open(as_of, lambda due: first <= due <= last)

    def paid(self, first: date, last: date) -> tuple[int, int, int]:
        """What was applied to invoices by payments of these days, and the same × the days since invoice and since due."""
        total = waited = late = 0
        for invoice in self.invoices:
            running = 0
            for day, took in invoice.applied():
                before, running = _covered(invoice, running), running + took
                for (due, _, had), (_, _, has) in zip(before, _covered(invoice, running), strict=True):
                    if first <= day <= last:
                        total += has - had
                        waited += (has - had) * (day - invoice.day).days
                        late += (has - had) * (day - due).days
        return total, waited, late

    def count_back(self, owed: int, as_of: date) -> Fraction | None:
        if owed < 0:
            return None
        left, days, last = owed, Fraction(0), as_of
        while left > 0:
            first = last.replace(day=1)
            month = self.invoiced(first, last)
            if not any(invoice.day <= last for invoice in self.invoices):
                return None
            part = Fraction(left, month) if month > 0 else Fraction(2)
            days += min(part, Fraction(1)) * last.day
            left, last = 0 if part <= 1 else left - month, first - ONE
        return days


def _covered(invoice: _Invoice, paid: int) -> list[tuple[date, int, int]]:
    """(due day, amount, what of it is paid) of each instalment, the oldest first."""
    result = []
    for due, _, amount in invoice.parts:
        took = max(min(paid, amount), 0) if amount >= 0 else min(max(paid, amount), 0)
        paid -= took
        result.append((due, amount, took))
    return result


def _over(part: int, whole: int, owed: int = 0) -> Fraction | None:
    return Fraction(part, whole) if whole > 0 and owed >= 0 else None


def _month_earlier(day: date) -> date:
    year, month = (day.year, day.month - 1) if day.month > 1 else (day.year - 1, 12)
    length, ends = monthrange(year, month)[1], day.day == monthrange(day.year, day.month)[1]
    return date(year, month, length if ends else min(day.day, length))
