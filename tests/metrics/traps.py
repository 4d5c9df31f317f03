"""A small company whose customers each bring one trap of receivables, and are called after it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from data import schema as s
from data.settings import Settings
from data.warehouse import Draft, Warehouse
from metrics.engine import Engine

LAST = date(2026, 9, 13)
MAY, JUN, JUL, AUG, SEP = (date(2026, month, 1) for month in range(5, 10))

INVOICES: dict[str, tuple[str, date, tuple[tuple[date, int], ...]]] = {
    # number: customer, day, instalments
    "I-part": ("part payment", JUN, ((JUL, 100),)),
    "I-credit": ("credit note", JUN, ((JUL, -40),)),
    "I-over": ("overpayment", JUN, ((JUL, 100),)),
    "I-inst": ("instalments", JUN, ((JUL, 60), (AUG, 40))),
    "I-adv": ("advance", JUL, ((date(2026, 7, 31), 100),)),
    "I-later": ("advance not invoiced", date(2026, 9, 20), ((date(2026, 10, 20), 100),)),
    "I-refund": ("refund", JUN, ((JUL, 100),)),
    "I-disputed": ("disputed", JUN, ((JUL, 100),)),
    "I-today": ("due today", AUG, ((LAST, 100),)),
    "I-daughter": ("daughter", JUN, ((JUL, 100),)),
    "I-limit": ("no limit", JUN, ((JUL, 100),)),
    "I-terms": ("no terms", JUN, ((JUL, 100),)),
    "I-zero": ("limit of zero", JUN, ((JUL, 100),)),
    "I-old": ("older than terms", MAY, ((date(2026, 10, 1), 100),)),
}
PAYMENTS: tuple[tuple[str, str | None, date, int], ...] = (
    # customer who pays, invoice, day, amount
    ("part payment", "I-part", date(2026, 6, 21), 30),
    ("overpayment", "I-over", date(2026, 7, 6), 130),
    ("instalments", "I-inst", date(2026, 7, 5), 70),
    ("advance", "I-adv", date(2026, 6, 20), 100),
    ("advance not invoiced", "I-later", date(2026, 9, 10), 100),
    ("unapplied", None, AUG, 80),
    ("refund", "I-refund", date(2026, 7, 1), 100),
    ("refund", "I-refund", date(2026, 7, 21), -40),
    ("parent", "I-daughter", JUL, 100),
)
CREDIT: dict[str, tuple[int | None, Decimal | None]] = {
    # customer: days agreed, credit limit
    "no limit": (30, None),
    "no terms": (None, Decimal(1000)),
    "limit of zero": (30, Decimal(0)),
    "part payment": (30, Decimal(50)),
    "nobody": (30, Decimal(1000)),
    "parent": (30, Decimal(1000)),
}
AGREED = (30, Decimal(1000))


def trap_company(folder: Path) -> Engine:
    """An engine over the company, as of 13 September 2026, with an invoice of a week later."""
    warehouse = Warehouse(folder / "warehouse")
    with warehouse.draft(fresh=True) as draft:
        fill(draft)
        draft.publish("traps")
    return Engine(warehouse, Settings(data_dir=folder))


def fill(draft: Draft) -> None:
    customers = sorted({customer for customer, *_ in (*INVOICES.values(), *PAYMENTS)} | CREDIT.keys())
    booked = {"region_id": "E", "area_id": "E1", "rep_id": "r1"}
    put(draft, s.region, [{"region_id": "E", "name": "East", "name_zh": "华东"}])
    put(draft, s.area, [{"area_id": "E1", "region_id": "E", "name": "Jiangsu", "name_zh": "江苏"}])
    reps = [{"rep_id": "r1", "name": "Li Qiang", "manager_id": "r2"}, {"rep_id": "r2", "name": "Luo Rui"}]
    put(draft, s.rep, reps)
    put(draft, s.rep_term, [{"first_day": MAY, "last_day": date.max, **booked, "rep_id": rep["rep_id"]} for rep in reps])
    put(draft, s.segment, [{"segment_id": "S", "name": "Chemicals", "name_zh": "化工"}])
    agreed = {customer: CREDIT.get(customer, AGREED) for customer in customers}
    known = [
        {"customer_id": c, "name": c.capitalize(), "terms_days": t, "credit_limit": limit, "segment_id": "S"}
        for c, (t, limit) in agreed.items()
    ]
    put(draft, s.customer, [row | booked for row in known])
    bills = [
        {"invoice_id": number, "order_id": f"O{number[1:]}", "customer_id": customer, "invoice_day": day}
        | {"amount": sum(amount for _, amount in parts), "disputed": number == "I-disputed"}
        for number, (customer, day, parts) in INVOICES.items()
    ]
    put(draft, s.invoice, [row | booked for row in bills])
    parts = [(number, n, due, amount) for number, (*_, dues) in INVOICES.items() for n, (due, amount) in enumerate(dues, start=1)]
    put(draft, s.instalment, [{"invoice_id": i, "instalment_no": n, "due_day": due, "amount": amount} for i, n, due, amount in parts])
    paid = [
        {"payment_id": f"P{n}", "part_no": 1, "payment_day": day, "customer_id": customer, "invoice_id": invoice, "amount": amount}
        for n, (customer, invoice, day, amount) in enumerate(PAYMENTS, start=1)
    ]
    put(draft, s.payment, [row | booked for row in paid])
    put(
        draft,
        s.order_line,
        [{"order_id": "O-part", "line_no": 1, "order_day": MAY, "customer_id": "part payment", "amount": 100, "volume": 1}],
    )


def put(draft: Draft, table: sa.Table, rows: Sequence[Mapping[str, Any]]) -> None:
    marks = ", ".join("?" for _ in table.columns)
    draft.connection.executemany(f"INSERT INTO {table} VALUES ({marks})", [[row.get(c.name) for c in table.columns] for row in rows])
