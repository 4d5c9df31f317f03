"""What the reps of the demo company do for their customers: visits, calls, quotations."""

from __future__ import annotations

import numpy as np
import pandas as pd

from data.demo.company import Company
from data.demo.season import Season

KINDS = ("visit", "call", "quotation")
A_WEEK = 3.5
"""Activities of a rep in a week of five working days."""


def contacts(company: Company, season: Season, rng: np.random.Generator) -> pd.DataFrame:
    """Activities in order of their days: day number, kind, customer and rep as places in their lists, a note on the planted ones."""
    customers = company.customers
    weight = (season.orders > 0.1) / 5 * A_WEEK * len(company.reps.area)
    day = np.repeat(np.arange(season.first, season.last + 1), rng.poisson(weight))
    # Towards customers in proportion to the square root of what they buy: the small ones are called too.
    share = np.cumsum(np.sqrt(customers.frequency))
    customer = np.searchsorted(share / share[-1], rng.random(len(day)))
    alive = (customers.since[customer] <= day) & (customers.until[customer] >= day)
    day, customer = day[alive], customer[alive]
    kind = rng.choice(len(KINDS), len(day), p=[0.45, 0.40, 0.15])
    note = np.full(len(day), None, dtype=object)
    planted = (
        (company.story.bohe, company.story.bohe_gone - 1, "Framework contract ends, no new one in sight"),
        (company.story.lanting, company.story.lanting_gone - 1, "Orders go to a rival from now on"),
    )
    day = np.append(day, [row[1] for row in planted])
    customer = np.append(customer, [row[0] for row in planted])
    kind, note = np.append(kind, [0, 0]), np.append(note, [row[2] for row in planted])
    order = np.argsort(day, kind="stable")
    rep = np.where(day >= company.story.moved, customers.rep[customer], customers.rep_before[customer])
    return pd.DataFrame({"day": day, "kind": kind, "customer": customer, "rep": rep, "note": note}).iloc[order].reset_index(drop=True)
