"""An independent second computation of every figure, in pandas and plain Python, written from the definitions.

Money is counted in integers of 1/10,000. Nothing in here uses the engine, the rollups or the derived tables.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any

import pandas as pd
import sqlalchemy as sa

from data import schema as s
from data.warehouse import Reader

SCALE = 10_000


def minor(value: Decimal | None) -> int | None:
    return None if value is None else int(value * SCALE)


def exact(value: int) -> Decimal:
    return Decimal(value) / SCALE


@dataclass
class Twin:
    """The figures of one version."""

    reader: Reader

    def table(self, table: sa.Table) -> pd.DataFrame:
        rows = self.reader.rows(sa.select(table))
        return pd.DataFrame(rows, columns=[c.name for c in table.columns], dtype=object)

    @cached_property
    def lines(self) -> pd.DataFrame:
        lines = self.table(s.order_line)
        for name in ("amount", "volume", "cost", "expense"):
            lines[name] = lines[name].map(minor)
        lines["margin"] = lines["amount"] - lines["cost"]
        lines["profit"] = lines["margin"] - lines["expense"]
        products, customers = self.table(s.product), self.table(s.customer)
        lines["category"] = lines["product_id"].map(dict(zip(products["product_id"], products["category_id"], strict=True)))
        lines["segment"] = lines["customer_id"].map(dict(zip(customers["customer_id"], customers["segment_id"], strict=True)))
        return lines.rename(columns={"order_day": "day", **RENAMED})

    @cached_property
    def worked(self) -> dict[date, bool]:
        calendar = self.table(s.calendar)
        return dict(zip(calendar["day"], calendar["is_working"], strict=True))

    @cached_property
    def invoices(self) -> list[_Invoice]:
        """Every invoice with its instalments, oldest first, and its payments in order."""
        parts = defaultdict(list)
        for row in self.table(s.instalment).itertuples():
            parts[row.invoice_id].append((row.due_day, row.instalment_no, minor(row.amount)))
        paid = defaultdict(list)
        for row in self.table(s.payment).itertuples():
            if row.invoice_id:
                paid[row.invoice_id].append((row.payment_day, row.payment_id, row.part_no, minor(row.amount)))
        segments = {row.customer_id: row.segment_id for row in self.table(s.customer).itertuples()}
        return [
            _Invoice(
                row.invoice_id, row.order_id, row.invoice_day,
                {"region": row.region_id, "area": row.area_id, "rep": row.rep_id, "customer": row.customer_id,
                 "segment": segments.get(row.customer_id), "invoice_month": row.invoice_day.isoformat()[:7]},
                minor(row.amount) or 0, sorted(parts[row.invoice_id]), sorted(paid[row.invoice_id]),
            )
            for row in self.table(s.invoice).itertuples()
        ]  # fmt: skip

    def sales(self, measure: str, first: date, last: date, by: tuple[str, ...], only: Mapping[str, str]) -> dict[tuple[Any, ...], int]:
        """One of the four sales measures over days, split and filtered."""
        rows = self.lines[(self.lines["day"] >= first) & (self.lines["day"] <= last)]
        for dimension, member in only.items():
            rows = rows[rows[dimension] == member]
        return _grouped(rows, by, measure)

    def collections(self, first: date, last: date, by: tuple[str, ...], only: Mapping[str, str]) -> dict[tuple[Any, ...], int]:
        """What payments of these days paid off invoices; what exceeds an invoice does not count."""
        sums: dict[tuple[Any, ...], int] = defaultdict(int)
        for invoice in self.invoices:
            if any(invoice.booked[d] != member for d, member in only.items()):
                continue
            for day, amount in invoice.applied():
                if first <= day <= last:
                    sums[tuple(invoice.booked[d] for d in by)] += amount
        return dict(sums)

    def ageing(self, day: date, edges: tuple[int, ...], by: tuple[str, ...], *, since: str = "due") -> dict[tuple[Any, ...], int]:
        """Open balances by bucket (the key's last part) and dimensions, instalment by instalment; unapplied cash apart.

        ``since``: the day from which they age, due or invoice.
        """
        sums: dict[tuple[Any, ...], int] = defaultdict(int)
        received = 0
        for row in self.table(s.payment).itertuples():
            if row.payment_day <= day:
                received += minor(row.amount) or 0
        applied = 0
        for invoice in self.invoices:
            if invoice.day > day:
                continue
            paid = sum(amount for when, amount in invoice.applied() if when <= day)
            applied += paid
            for due, _, amount in invoice.parts:
                covered = max(min(paid, amount), 0) if amount >= 0 else min(max(paid, amount), 0)
                paid -= covered
                if amount != covered:
                    bucket = _bucket(due, day, edges) if since == "due" else _age(invoice.day, day, edges)
                    sums[(*(invoice.booked[d] for d in by), bucket)] += amount - covered
        if not by:
            sums[("unapplied",)] = applied - received
        return dict(sums)

    def target(self, measure: str, first: date, last: date, level: Callable[[Any], bool]) -> Decimal:
        """Σ of the approved targets of one level, each counted by its working days between first and last."""
        total = Decimal(0)
        for row in self.table(s.target).itertuples():
            if row.measure == measure and row.status == "approved" and level(row):
                total += self._due(row, last) - self._due(row, first - timedelta(days=1))
        return total

    def _due(self, row: Any, day: date) -> Decimal:
        span = [row.first_day + timedelta(days=i) for i in range((row.last_day - row.first_day).days + 1)]
        weights = [int(self.worked[d]) for d in span]
        if not any(weights):
            weights = [1] * len(span)
        done = sum(weight for d, weight in zip(span, weights, strict=True) if d <= day)
        return Decimal(row.amount) * done / sum(weights)


@dataclass
class _Invoice:
    number: str
    order: str | None
    day: date
    booked: dict[str, Any]
    amount: int
    parts: list[tuple[date, int, int]]
    payments: list[tuple[date, str, int, int]]

    def open_on(self, day: date) -> int:
        """What is open of it at the end of a day."""
        return self.amount - sum(amount for when, amount in self.applied() if when <= day) if self.day <= day else 0

    def applied(self) -> list[tuple[date, int]]:
        """(day, amount) of what each payment took off the invoice: never more than it, never below nothing."""
        return [(day, amount) for day, _, amount in self.taken()]

    def taken(self) -> list[tuple[date, str, int]]:
        """The same with the payment."""
        low, high = min(self.amount, 0), max(self.amount, 0)
        running, result = 0, []
        for day, payment, _, amount in self.payments:
            before, running = min(max(running, low), high), running + amount
            took = min(max(running, low), high) - before
            if took:
                result.append((day, payment, took))
        return result


def _bucket(due: date, day: date, edges: tuple[int, ...]) -> str:
    late = (day - due).days
    if late <= 0:
        return "not_due"
    start = 1
    for edge in edges:
        if late <= edge:
            return f"{start}-{edge}"
        start = edge + 1
    return f"{edges[-1]}+"


def _age(invoiced: date, day: date, edges: tuple[int, ...]) -> str:
    days, start = (day - invoiced).days, 0
    for edge in edges:
        if days <= edge:
            return f"{start}-{edge}"
        start = edge + 1
    return f"{edges[-1]}+"


RENAMED = {f"{d}_id": d for d in ("region", "area", "rep", "customer", "product")}


def _grouped(rows: pd.DataFrame, by: tuple[str, ...], measure: str) -> dict[tuple[Any, ...], int]:
    if not by:
        return {(): int(rows[measure].sum())}
    grouped = rows.groupby(list(by), dropna=False)[measure].sum()
    return {key if isinstance(key, tuple) else (key,): int(value) for key, value in grouped.items()}
