"""The demo company: Wuliu Pumps 五流泵业, invented, lifelike, and the same for the same last day, size and seed.

Six regions, 24 areas, 120 reps, 2,000 customers, 300 products; three years and the quarter that runs, up to the last day.

Planted, and where:

- **East lags** (84 % of pace): Bohe Chemicals 博禾化工 (Jiangsu, C0001, rep Luo Rui) stopped buying 46 days before the last
  day, Lanting Paper 兰亭纸业 (Shandong) went to a rival 24 days before it, and East's other customers ease and get more discount.
- **Overseas lags** (88 %): shipments of Mid-East slip, since 25 days before the last day.
- **West is far ahead** (120 %); the other regions are near their pace. Volume is ahead, margin and profit behind the amount.
- **A rep who moved**: the last rep of Sichuan (West) sold in Hubei (Central) until the quarter six before the running one.
- **A rep without target**: the last of Guangdong. **More than its reps' targets**: South's own target of the amount.
- **Customers and products** come and go; the price list rises each April; costs rise a little faster.
- **Money**: returns with credit notes and refunds, instalments, payments in two parts and for several invoices, advances
  before the invoice, overpaid and never paid (disputed) invoices, cash that names no invoice. Overseas and East pay worst,
  West best.

Targets follow from what was sold and the pace it shall mean, so the paces hold on any last day; before the first working
day of a quarter there is nothing to compare, and in its first days a target stays near what the last year makes likely.
"""

from __future__ import annotations

from datetime import date

import duckdb
import numpy as np

from data.demo.billing import Billing
from data.demo.company import Company, found
from data.demo.contacts import contacts
from data.demo.dimensions import tables
from data.demo.goals import targets
from data.demo.performance import perform
from data.demo.sales import orders
from data.demo.season import season
from data.demo.store import Store
from data.errors import DataError

LEAST_LINES = 1_000
_LINES_AN_UNAPPLIED_PAYMENT, _LEAST_UNAPPLIED = 3_500, 12


def make(connection: duckdb.DuckDBPyConnection, *, last_day: date, lines: int = 1_000_000, seed: int = 5) -> None:
    """Fill the empty source tables of a fresh draft. ``lines``: order lines; more of them share the same money.

    Raises ``DataError`` for fewer lines than make a company.
    """
    if lines < LEAST_LINES:
        raise DataError(f"A demo company of {lines:,} order lines was asked for; ask for at least {LEAST_LINES:,}.")
    rng = np.random.default_rng(seed)
    company = found(last_day, rng)
    days = season(company.first, last_day)
    performance = perform(company, days, rng)
    billing, store, area = Billing(company, days, rng), Store(connection), company.customers.area
    store.dimensions(tables(company))
    for batch in orders(company, days, performance, lines=lines, rng=rng):
        invoices = billing.invoices(batch)
        instalments = billing.instalments(invoices)
        store.orders(batch, area)
        store.bills(batch, invoices, instalments, area)
        store.paid(batch, invoices, billing.payments(invoices, instalments), area)
    _leave_unapplied(store, company, billing, count=max(_LEAST_UNAPPLIED, lines // _LINES_AN_UNAPPLIED_PAYMENT), rng=rng)
    store.payments()
    store.contacts(contacts(company, days, rng), area)
    store.targets(targets(connection, company, performance, rng))


def _leave_unapplied(store: Store, company: Company, billing: Billing, *, count: int, rng: np.random.Generator) -> None:
    """Cash that nobody knows the invoice of yet: mostly of the last weeks, some forgotten for longer."""
    customer = rng.integers(0, len(company.customers.area), count)
    ago = np.where(rng.random(count) < 0.7, rng.integers(0, 75, count), rng.integers(0, 700, count))
    cents = np.rint(store.usual_payment() * rng.lognormal(0.0, 0.6, count)).astype(np.int64)
    day = billing.days_ago(ago)
    store.unapplied(day, customer, cents, area=company.customers.area, rep=company.customers.rep)
