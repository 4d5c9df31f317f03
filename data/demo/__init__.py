"""The demo company: Wuliu Pumps 五流泵业, invented, lifelike, and the same for the same last day, size and seed.

Six regions, 24 areas, 120 reps, 2,000 customers, 300 products; three years and the quarter that runs, up to the last day.

Planted, and where:

- **East lags** (about 84 % of pace): Bohe Chemicals 博禾化工 (Jiangsu, C0001, rep Luo Rui) stopped buying 46 days before the last
  day, Lanting Paper 兰亭纸业 (Shandong) went to a rival 24 days before it, and East's other customers ease and get more discount.
- **Overseas lags** (about 88 %): shipments of Mid-East slip, since 25 days before the last day.
- **West is far ahead** (about 120 %); the other regions are near their pace.
- **Rep who moved**: the last rep of Sichuan (West) sold in Hubei (Central) until the quarter six before the running one.
- **Rep without target**: the last rep of Guangdong. **More than its reps' targets**: South's own target of the amount.
- **Customers and products** come and go; the price list rises each April; costs rise a little faster.
- **Money**: returns with credit notes and refunds, instalments, payments in two parts, advances before the invoice, overpaid
  and never paid (disputed) invoices, unapplied cash. Overseas pays worst, West best.
"""

from __future__ import annotations

from datetime import date

import duckdb
import numpy as np
import pandas as pd

from data import schema as s
from data.demo.billing import Bills, bills, next_working_days
from data.demo.company import Company, customer_ids, found, product_ids, rep_ids
from data.demo.contacts import KINDS, contacts
from data.demo.goals import targets
from data.demo.sales import Orders, orders, perform
from data.demo.season import season
from data.demo.territory import AREAS, REGIONS
from data.errors import DataError

LEAST_LINES = 1_000

_ABOUT = {
    "name": "Wuliu Pumps",
    "name_zh": "五流泵业",
    "currency": "CNY",
    "fiscal_first_month": "1",
    "holidays": s.CHINA,
    "unit": "units",
    "unit_zh": "台",
    "phasing": "working_days",
}


def make(connection: duckdb.DuckDBPyConnection, *, last_day: date, lines: int = 1_000_000, seed: int = 5) -> None:
    """Fill the empty source tables of a fresh draft. ``lines``: order lines; more of them share the same money.

    Raises ``DataError`` for fewer lines than make a company.
    """
    if lines < LEAST_LINES:
        raise DataError(f"A demo company of {lines:,} order lines was asked for; it needs at least {LEAST_LINES:,}.")
    rng = np.random.default_rng(seed)
    company = found(last_day, rng)
    days = season(company.first, last_day)
    performance = perform(company, days, rng)
    _insert_dimensions(connection, company)
    connection.execute(
        "CREATE TEMP TABLE demo_paid (day INTEGER, customer VARCHAR, invoice BIGINT, rep VARCHAR, area VARCHAR, cents BIGINT)"
    )
    connection.execute("CREATE TEMP TABLE demo_area AS SELECT area_id, region_id FROM area")
    for batch in orders(company, days, performance, lines, rng):
        _insert_orders(connection, company, batch)
        _insert_bills(connection, company, batch, bills(company, days, batch, rng))
    _insert_payments(connection, company, max(12, lines // 3_500), rng)
    _insert_contacts(connection, company, contacts(company, days, rng))
    _insert(connection, "plan.target", targets(connection, company, performance, rng), "SELECT * FROM demo_rows")


def _insert(connection: duckdb.DuckDBPyConnection, table: str, rows: pd.DataFrame, select: str) -> None:
    """Insert rows through a SELECT over ``demo_rows``."""
    connection.register("demo_rows", rows)
    connection.execute(f"INSERT INTO {table} {select}")
    connection.unregister("demo_rows")


def _insert_dimensions(connection: duckdb.DuckDBPyConnection, company: Company) -> None:
    for table in s.DIMENSIONS:
        columns = ", ".join(c.name for c in table.columns)
        _insert(connection, table.name, company.frames[table.name], f"SELECT {columns} FROM demo_rows")
    about = pd.DataFrame(list(_ABOUT.items()), columns=["key", "value"])
    _insert(connection, "company", about, "SELECT key, value FROM demo_rows")


def _booked(company: Company, customer: np.ndarray, rep: np.ndarray) -> dict[str, pd.Categorical]:
    """Region, area and rep as columns; an area is its customers', whoever serves them."""
    area = company.area[customer]
    return {
        "region_id": pd.Categorical.from_codes(company.area_region[area], [r.id for r in REGIONS]),
        "area_id": pd.Categorical.from_codes(area, [a.id for _, a in AREAS]),
        "rep_id": pd.Categorical.from_codes(rep, rep_ids()),
    }


def _customers(customer: np.ndarray) -> pd.Categorical:
    return pd.Categorical.from_codes(customer, customer_ids())


def _insert_orders(connection: duckdb.DuckDBPyConnection, company: Company, batch: Orders) -> None:
    customer = batch.customer[batch.order]
    rows = pd.DataFrame(
        {
            "number": batch.number[batch.order],
            "line_no": batch.line_no,
            "day": batch.day[batch.order],
            **_booked(company, customer, batch.rep[batch.order]),
            "customer_id": _customers(customer),
            "product_id": pd.Categorical.from_codes(batch.product, product_ids()),
            "volume": batch.volume,
            "amount": batch.amount,
            "cost": batch.cost,
            "expense": batch.expense,
        }
    )
    _insert(
        connection,
        "order_line",
        rows,
        f"SELECT {_number('SO', 'number')}, line_no, {_day('day')}, region_id, area_id, rep_id, customer_id, product_id, "
        f"{_money('amount')}, volume, {_money('cost')}, {_money('expense')} FROM demo_rows",
    )


def _insert_bills(connection: duckdb.DuckDBPyConnection, company: Company, batch: Orders, drawn: Bills) -> None:
    number, customer, rep = (values[drawn.order] for values in (batch.number, batch.customer, batch.rep))
    invoices = pd.DataFrame(
        {
            "number": number,
            "customer_id": _customers(customer),
            **_booked(company, customer, rep),
            "day": drawn.invoice_day,
            "amount": drawn.amount,
            "disputed": drawn.disputed,
        }
    )
    _insert(
        connection,
        "invoice",
        invoices,
        f"SELECT {_number('IN', 'number')}, {_number('SO', 'number')}, customer_id, region_id, area_id, rep_id, {_day('day')}, "
        f"{_money('amount')}, disputed = 1 FROM demo_rows",
    )
    instalments = pd.DataFrame(
        {
            "number": number[drawn.instalment_of],
            "instalment_no": drawn.instalment_no,
            "day": drawn.due_day,
            "amount": drawn.instalment_amount,
        }
    )
    select = f"SELECT {_number('IN', 'number')}, instalment_no, {_day('day')}, {_money('amount')} FROM demo_rows"
    _insert(connection, "instalment", instalments, select)
    of = drawn.paid_of
    booked = _booked(company, customer[of], rep[of])
    paid = pd.DataFrame(
        {"day": drawn.payment_day, "customer": _customers(customer[of]), "invoice": number[of], **booked, "cents": drawn.paid}
    )
    _insert(connection, "demo_paid", paid, "SELECT day, customer, invoice, rep_id, area_id, cents FROM demo_rows")


def _insert_payments(connection: duckdb.DuckDBPyConnection, company: Company, unapplied: int, rng: np.random.Generator) -> None:
    """What a customer pays on one day is one payment, with a part for each invoice; and some cash names no invoice."""
    days = season(company.first, company.last)
    customer = rng.integers(0, len(company.area), unapplied)
    ago = np.where(rng.random(unapplied) < 0.7, rng.integers(0, 75, unapplied), rng.integers(0, 700, unapplied))
    day = np.minimum(next_working_days(days)[days.last - ago - days.first], days.last)
    typical = connection.execute("SELECT median(cents) FROM demo_paid WHERE cents > 0").fetchone()
    assert typical is not None, "an aggregate without groups has one row"
    cents = np.rint(typical[0] * rng.lognormal(0.0, 0.6, unapplied)).astype(np.int64)
    rows = pd.DataFrame({"day": day, "customer": _customers(customer), **_booked(company, customer, company.rep[customer]), "cents": cents})
    _insert(connection, "demo_paid", rows, "SELECT day, customer, NULL, rep_id, area_id, cents FROM demo_rows")
    connection.execute(
        f"""
        INSERT INTO payment
        SELECT 'P' || strftime({_day("day")}, '%y%m%d') || '-' || customer,
            row_number() OVER (PARTITION BY customer, day ORDER BY invoice NULLS LAST, cents),
            {_day("day")}, customer, CASE WHEN invoice IS NOT NULL THEN {_number("IN", "invoice")} END,
            region_id, area, rep, {_money("cents")}
        FROM demo_paid JOIN demo_area ON area_id = area
        ORDER BY day, customer, invoice, cents"""
    )
    connection.execute("DROP TABLE demo_paid")
    connection.execute("DROP TABLE demo_area")


def _insert_contacts(connection: duckdb.DuckDBPyConnection, company: Company, drawn: pd.DataFrame) -> None:
    customer = drawn["customer"].to_numpy()
    rows = pd.DataFrame(
        {
            "number": np.arange(len(drawn)) + 1,
            "day": drawn["day"],
            "kind": pd.Categorical.from_codes(drawn["kind"], KINDS),
            "customer_id": _customers(customer),
            **_booked(company, customer, drawn["rep"].to_numpy()),
            "note": drawn["note"],
        }
    )
    select = f"SELECT {_number('A', 'number')}, {_day('day')}, kind, customer_id, region_id, area_id, rep_id, note FROM demo_rows"
    _insert(connection, "activity", rows, select)


def _number(prefix: str, column: str) -> str:
    """SQL of a running number as an id of fixed width."""
    return f"'{prefix}' || lpad({column}::VARCHAR, 8, '0')"


def _day(column: str) -> str:
    """SQL of a day number as a date."""
    return f"DATE '1970-01-01' + {column}::INTEGER"


def _money(column: str) -> str:
    """SQL of cents as money."""
    return f"{column}::DECIMAL(16, 0) * 0.01"
