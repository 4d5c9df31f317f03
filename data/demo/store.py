"""Writes the demo company into the source tables of a draft: arrays of places and cents become ids, days and money."""

from __future__ import annotations

import duckdb
import numpy as np
import pandas as pd

from data import schema as s
from data.demo.billing import Instalments, Invoices, Payments
from data.demo.contacts import KINDS
from data.demo.dimensions import customer_ids, product_ids, rep_ids
from data.demo.sales import Orders
from data.demo.territory import AREA_REGION, AREAS, REGIONS, Ints


class Store:
    """The tables of one draft. Payments are gathered first, because one payment may pay invoices of several batches."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        connection.execute(
            "CREATE OR REPLACE TEMPORARY TABLE demo_paid"
            "(day INTEGER, customer_id VARCHAR, invoice BIGINT, region_id VARCHAR, area_id VARCHAR, rep_id VARCHAR, cents BIGINT)"
        )

    def dimensions(self, tables: dict[str, pd.DataFrame]) -> None:
        for table in (*s.DIMENSIONS, s.company):
            self._insert(table.name, tables[table.name], f"SELECT {', '.join(c.name for c in table.columns)} FROM demo_rows")

    def orders(self, orders: Orders, area: Ints) -> None:
        """``area``: of every customer, as in all that follow."""
        customer = orders.customer[orders.order]
        columns = {
            "number": orders.number[orders.order],
            "line_no": orders.line_no,
            "day": orders.day[orders.order],
            **_booked(area[customer], orders.rep[orders.order]),
            "customer_id": _customers(customer),
            "product_id": pd.Categorical.from_codes(orders.product, product_ids()),
            "volume": orders.volume,
            "amount": orders.amount,
            "cost": orders.cost,
            "expense": orders.expense,
        }
        self._insert(
            "order_line",
            pd.DataFrame(columns),
            f"SELECT {_number('SO', 'number')}, line_no, {_day('day')}, region_id, area_id, rep_id, customer_id, product_id, "
            f"{_money('amount')}, volume, {_money('cost')}, {_money('expense')} FROM demo_rows",
        )

    def bills(self, orders: Orders, invoices: Invoices, instalments: Instalments, area: Ints) -> None:
        number = orders.number[invoices.order]
        columns = {
            "number": number,
            "customer_id": _customers(invoices.customer),
            **_booked(area[invoices.customer], orders.rep[invoices.order]),
            "day": invoices.day,
            "amount": invoices.amount,
            "disputed": invoices.disputed,
        }
        self._insert(
            "invoice",
            pd.DataFrame(columns),
            f"SELECT {_number('IN', 'number')}, {_number('SO', 'number')}, customer_id, region_id, area_id, rep_id, {_day('day')}, "
            f"{_money('amount')}, disputed FROM demo_rows",
        )
        columns = {
            "number": number[instalments.invoice],
            "instalment_no": instalments.number,
            "day": instalments.due,
            "amount": instalments.amount,
        }
        select = f"SELECT {_number('IN', 'number')}, instalment_no, {_day('day')}, {_money('amount')} FROM demo_rows"
        self._insert("instalment", pd.DataFrame(columns), select)

    def paid(self, orders: Orders, invoices: Invoices, payments: Payments, area: Ints) -> None:
        """Gather payments on invoices; a payment is booked under whom its invoice is."""
        order = invoices.order[payments.invoice]
        self._gather(payments.day, orders.customer[order], orders.number[order], area, orders.rep[order], payments.amount)

    def unapplied(self, day: Ints, customer: Ints, cents: Ints, *, area: Ints, rep: Ints) -> None:
        """Gather cash that names no invoice; ``rep``: of every customer."""
        self._gather(day, customer, np.full(len(day), -1), area, rep[customer], cents)

    def usual_payment(self) -> float:
        """Median of the payments gathered so far, in cents."""
        row = self._connection.execute("SELECT coalesce(median(cents), 0) FROM demo_paid WHERE cents > 0").fetchone()
        assert row is not None, "an aggregate without groups has one row"
        return float(row[0])

    def payments(self) -> None:
        """Write what was gathered: what a customer pays on a day is one payment, with a part for each invoice."""
        self._connection.execute(
            f"""
            INSERT INTO payment
            SELECT 'P' || strftime({_day("day")}, '%y%m%d') || '-' || customer_id,
                row_number() OVER (PARTITION BY customer_id, day ORDER BY invoice, cents),
                {_day("day")}, customer_id, CASE WHEN invoice > 0 THEN {_number("IN", "invoice")} END,
                region_id, area_id, rep_id, {_money("cents")}
            FROM demo_paid ORDER BY day, customer_id, invoice, cents"""
        )
        self._connection.execute("DROP TABLE demo_paid")

    def contacts(self, drawn: pd.DataFrame, area: Ints) -> None:
        customer = drawn["customer"].to_numpy()
        columns = {
            "number": np.arange(len(drawn)) + 1,
            "day": drawn["day"],
            "kind": pd.Categorical.from_codes(drawn["kind"], KINDS),
            "customer_id": _customers(customer),
            **_booked(area[customer], drawn["rep"].to_numpy()),
            "note": drawn["note"],
        }
        select = f"SELECT {_number('A', 'number')}, {_day('day')}, kind, customer_id, region_id, area_id, rep_id, note FROM demo_rows"
        self._insert("activity", pd.DataFrame(columns), select)

    def targets(self, rows: pd.DataFrame) -> None:
        self._insert("plan.target", rows, f"SELECT {', '.join(c.name for c in s.target.columns)} FROM demo_rows")

    def _gather(self, day: Ints, customer: Ints, invoice: Ints, area: Ints, rep: Ints, cents: Ints) -> None:
        columns = {"day": day, "customer_id": _customers(customer), "invoice": invoice, **_booked(area[customer], rep), "cents": cents}
        self._insert("demo_paid", pd.DataFrame(columns), f"SELECT {', '.join(columns)} FROM demo_rows")

    def _insert(self, table: str, rows: pd.DataFrame, select: str) -> None:
        """Insert rows through a SELECT over ``demo_rows``."""
        self._connection.register("demo_rows", rows)
        self._connection.execute(f"INSERT INTO {table} {select}")
        self._connection.unregister("demo_rows")


def _booked(area: Ints, rep: Ints) -> dict[str, pd.Categorical]:
    """Under whom facts are booked, as columns."""
    return {
        "region_id": pd.Categorical.from_codes(AREA_REGION[area], [region.id for region in REGIONS]),
        "area_id": pd.Categorical.from_codes(area, [each.id for _, each in AREAS]),
        "rep_id": pd.Categorical.from_codes(rep, rep_ids()),
    }


def _customers(customer: Ints) -> pd.Categorical:
    return pd.Categorical.from_codes(customer, customer_ids())


def _number(prefix: str, column: str) -> str:
    """SQL of a running number as an id of fixed width."""
    return f"'{prefix}' || lpad({column}::VARCHAR, 8, '0')"


def _day(column: str) -> str:
    """SQL of a day number as a date."""
    return f"DATE '1970-01-01' + {column}::INTEGER"


def _money(column: str) -> str:
    """SQL of cents as money, exact."""
    return f"{column}::DECIMAL(16, 0) * 0.01"
