"""The star: every table of the warehouse, its grain and its key.

Conventions, for all tables:

- Identifiers are the source's own keys as text, so that they survive a re-import and read well in an address.
- Money is DECIMAL(18, 4): exact, and fine enough for sources that price in tenths of a cent.
- Days are dates without a time. ``name_zh`` is empty where a source has one name only; readers fall back to ``name``.
- ``region_id``, ``area_id`` and ``rep_id`` on a fact say under whom it was booked *then*; a rep who moves takes nothing along.

The tables live in two DuckDB files that together make one published version (see ``warehouse``):
``FACTS`` holds dimensions, facts and their rollups; ``PLAN`` holds targets and their daily phasing, so that a change of
targets leaves the order lines alone. ``PLAN`` tables carry the schema name ``plan``.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

MONEY = sa.Numeric(18, 4)
QUANTITY = sa.Numeric(18, 4)
WEIGHT = sa.Numeric(10, 9)

FACTS = sa.MetaData()
PLAN = sa.MetaData(schema="plan")

MEASURE_KEYS = ("amount", "volume", "margin", "profit", "collections")
OWNER_KINDS = ("company", "region", "area", "rep")
TARGET_STATES = ("draft", "approved", "superseded")
CHINA = "CN"
PLANS = {"plan_dso": 366, "plan_overdue_rate": 1, "plan_over_90_rate": 1, "plan_collection_rate": 2}
"""What a company may plan of its collections, and the most that can be meant: days of DSO, shares of what is open, the share of
what is invoiced."""
BOOKED = ("region_id", "area_id", "rep_id")
"""Under whom a fact was booked."""


def _key(name: str, type_: sa.types.TypeEngine[Any] | None = None) -> sa.Column[Any]:
    return sa.Column(name, type_ or sa.String(), primary_key=True, nullable=False)


def _names() -> tuple[sa.Column[str], sa.Column[str]]:
    return sa.Column("name", sa.String(), nullable=False), sa.Column("name_zh", sa.String())


def _booked_under() -> tuple[sa.Column[str], ...]:
    return tuple(sa.Column(name, sa.String()) for name in BOOKED)


# --- dimensions ---------------------------------------------------------------------------------------------------

# One row a region.
region = sa.Table("region", FACTS, _key("region_id"), *_names())

# One row an area; an area belongs to one region.
area = sa.Table("area", FACTS, _key("area_id"), sa.Column("region_id", sa.String(), nullable=False), *_names())

# One row a rep, managers included.
rep = sa.Table("rep", FACTS, _key("rep_id"), *_names(), sa.Column("manager_id", sa.String()))

# One row a rep and stretch of days in one area: where the rep belonged when. An open end is 9999-12-31.
rep_term = sa.Table(
    "rep_term",
    FACTS,
    _key("rep_id"),
    _key("first_day", sa.Date()),
    sa.Column("last_day", sa.Date(), nullable=False),
    sa.Column("area_id", sa.String()),
    sa.Column("region_id", sa.String()),
)

segment = sa.Table("segment", FACTS, _key("segment_id"), *_names())

# One row a customer. terms_days: agreed days to pay; credit_limit: money, empty where none is agreed.
customer = sa.Table(
    "customer",
    FACTS,
    _key("customer_id"),
    *_names(),
    sa.Column("segment_id", sa.String()),
    sa.Column("terms_days", sa.Integer()),
    sa.Column("credit_limit", MONEY),
    *_booked_under(),
)

category = sa.Table("category", FACTS, _key("category_id"), *_names())

product = sa.Table("product", FACTS, _key("product_id"), *_names(), sa.Column("category_id", sa.String()))

# One row a day, from the first day of the fiscal year before the first fact to the last of the one after the last fact.
# working_days: how many working days there are from the table's first day up to and including this one.
calendar = sa.Table(
    "calendar",
    FACTS,
    _key("day", sa.Date()),
    sa.Column("week", sa.Date(), nullable=False),  # Monday of the ISO week
    sa.Column("month", sa.Date(), nullable=False),  # first day of the month
    sa.Column("quarter", sa.Date(), nullable=False),  # first day of the fiscal quarter
    sa.Column("year", sa.Date(), nullable=False),  # first day of the fiscal year
    sa.Column("is_working", sa.Boolean(), nullable=False),
    sa.Column("working_days", sa.Integer(), nullable=False),
    sa.Column("holiday", sa.String()),
)

# What holds for the whole company: name, name_zh, currency (ISO 4217), fiscal_first_month, holidays (ISO 3166 country
# or "none"), unit, unit_zh (what volume counts), phasing, and what is planned of collections (PLANS), each where it is planned.
company = sa.Table("company", FACTS, _key("key"), sa.Column("value", sa.String()))

# --- facts --------------------------------------------------------------------------------------------------------

# One row an order line. amount: after discount, without tax; a return is a negative line. cost and expense are the
# line's totals, empty where the source does not know them (then margin and profit have no value, they are not zero).
order_line = sa.Table(
    "order_line",
    FACTS,
    _key("order_id"),
    _key("line_no", sa.Integer()),
    sa.Column("order_day", sa.Date(), nullable=False),
    *_booked_under(),
    sa.Column("customer_id", sa.String()),
    sa.Column("product_id", sa.String()),
    sa.Column("amount", MONEY, nullable=False),
    sa.Column("volume", QUANTITY, nullable=False),
    sa.Column("cost", MONEY),
    sa.Column("expense", MONEY),
)

# One row an invoice; a credit note is a negative one.
invoice = sa.Table(
    "invoice",
    FACTS,
    _key("invoice_id"),
    sa.Column("order_id", sa.String()),
    sa.Column("customer_id", sa.String()),
    *_booked_under(),
    sa.Column("invoice_day", sa.Date(), nullable=False),
    sa.Column("amount", MONEY, nullable=False),
    sa.Column("disputed", sa.Boolean(), nullable=False, server_default=sa.false()),
)

# One row an instalment; every invoice has at least one, and they add up to the invoice.
instalment = sa.Table(
    "instalment",
    FACTS,
    _key("invoice_id"),
    _key("instalment_no", sa.Integer()),
    sa.Column("due_day", sa.Date(), nullable=False),
    sa.Column("amount", MONEY, nullable=False),
)

# One row a part of a payment: what of it was applied to one invoice, or, without invoice, unapplied cash.
payment = sa.Table(
    "payment",
    FACTS,
    _key("payment_id"),
    _key("part_no", sa.Integer()),
    sa.Column("payment_day", sa.Date(), nullable=False),
    sa.Column("customer_id", sa.String()),
    sa.Column("invoice_id", sa.String()),
    *_booked_under(),
    sa.Column("amount", MONEY, nullable=False),
)

# One row a thing done for a customer: a visit, a call, a quotation.
activity = sa.Table(
    "activity",
    FACTS,
    _key("activity_id"),
    sa.Column("activity_day", sa.Date(), nullable=False),
    sa.Column("kind", sa.String(), nullable=False),
    sa.Column("customer_id", sa.String()),
    *_booked_under(),
    sa.Column("note", sa.String()),
)

# --- derived when a version is published (see rollups) --------------------------------------------------------------

# One row a payment part and instalment it paid. The excess over an invoice stays unapplied and is not in here.
# applied_day: the payment day, or the invoice's if that is later (an advance waits as unapplied cash until then).
# waited, lateness: the amount × the days from the invoice day, and from the due day, to the payment day; negative where that
# comes first. Their sums ÷ the sum of the amounts are means.
application = sa.Table(
    "application",
    FACTS,
    sa.Column("payment_id", sa.String()),
    sa.Column("part_no", sa.Integer()),
    sa.Column("invoice_id", sa.String()),
    sa.Column("instalment_no", sa.Integer()),
    sa.Column("payment_day", sa.Date()),
    sa.Column("applied_day", sa.Date()),
    sa.Column("invoice_day", sa.Date()),
    sa.Column("due_day", sa.Date()),
    sa.Column("customer_id", sa.String()),
    *_booked_under(),
    sa.Column("amount", MONEY),
    sa.Column("waited", MONEY),
    sa.Column("lateness", MONEY),
)

# One row a part of a payment, of whom it counts for: the customer and place of its invoice, or its own where it has none. Who
# pays another's invoice pays for that one. applied: what of it paid the invoice, from applied_day on; due_first, due_last: the
# due days of that; late: what of it came after its due day. days_late: calendar days from due_first to the payment day.
# waited, lateness: Σ applied × days from the invoice day, and from the due day, to the payment day. invoice_day, order_id and
# invoice_amount are the invoice's, so that paid ones are listed from here alone. is_first: of the parts of a payment that count for
# a customer the first that paid anything, so that payments are counted without telling them apart. Sorted by customer and day, so
# that one customer's are read without the others'.
receipt = sa.Table(
    "receipt",
    FACTS,
    sa.Column("payment_id", sa.String()),
    sa.Column("part_no", sa.Integer()),
    sa.Column("payment_day", sa.Date()),
    sa.Column("invoice_id", sa.String()),
    sa.Column("customer_id", sa.String()),
    *_booked_under(),
    sa.Column("amount", MONEY),
    sa.Column("applied_day", sa.Date()),
    sa.Column("applied", MONEY),
    sa.Column("due_first", sa.Date()),
    sa.Column("due_last", sa.Date()),
    sa.Column("late", MONEY),
    sa.Column("days_late", sa.Integer()),
    sa.Column("waited", MONEY),
    sa.Column("lateness", MONEY),
    sa.Column("invoice_day", sa.Date()),
    sa.Column("order_id", sa.String()),
    sa.Column("invoice_amount", MONEY),
    sa.Column("is_first", sa.Boolean()),
)

# One row a change of an instalment's open balance: + on the invoice day, − when cash is applied.
receivable_event = sa.Table(
    "receivable_event",
    FACTS,
    sa.Column("event_day", sa.Date()),
    sa.Column("invoice_day", sa.Date()),
    sa.Column("due_day", sa.Date()),
    sa.Column("invoice_id", sa.String()),
    sa.Column("instalment_no", sa.Integer()),
    sa.Column("customer_id", sa.String()),
    *_booked_under(),
    sa.Column("balance", MONEY),
)

# One row an instalment and stretch of days in which its open balance stood still and was not 0: open on day d where
# from_day <= d < to_day; an open end is 9999-12-31. Sorted by how long they stood and by to_day, so that what is open on a day
# lies together. order_id, invoice_amount and disputed are the invoice's, so that open ones are listed from here alone.
balance_interval = sa.Table(
    "balance_interval",
    FACTS,
    sa.Column("invoice_id", sa.String()),
    sa.Column("instalment_no", sa.Integer()),
    sa.Column("customer_id", sa.String()),
    *_booked_under(),
    sa.Column("invoice_day", sa.Date()),
    sa.Column("due_day", sa.Date()),
    sa.Column("from_day", sa.Date()),
    sa.Column("to_day", sa.Date()),
    sa.Column("balance", MONEY),
    sa.Column("order_id", sa.String()),
    sa.Column("invoice_amount", MONEY),
    sa.Column("disputed", sa.Boolean()),
)

# One row an invoice and product category, in order: the share of the net amount of its order's lines up to this category,
# and including it. round(b × after, 4) − round(b × before, 4) is this category's part of a balance b, and the parts add up
# to b (see receivables.part_of_category). Invoices without order have none, nor do those whose lines cancel each other out:
# nobody can say where these belong.
invoice_category = sa.Table(
    "invoice_category",
    FACTS,
    sa.Column("invoice_id", sa.String()),
    sa.Column("category_id", sa.String()),
    sa.Column("before", WEIGHT),
    sa.Column("after", WEIGHT),
)

# One row an interval of a balance and category of its invoice; without category where that has none. The parts add up to it.
category_interval = sa.Table(
    "category_interval",
    FACTS,
    *(sa.Column(c.name, c.type) for c in balance_interval.columns if c.name not in ("order_id", "invoice_amount", "disputed")),
    sa.Column("category_id", sa.String()),
)

# One row a change of a customer's unapplied cash.
cash_event = sa.Table(
    "cash_event",
    FACTS,
    sa.Column("event_day", sa.Date()),
    sa.Column("customer_id", sa.String()),
    *_booked_under(),
    sa.Column("unapplied", MONEY),
)

# First and last day and number of rows of each fact: what the version can speak about at all.
coverage = sa.Table(
    "coverage",
    FACTS,
    _key("fact"),
    sa.Column("first_day", sa.Date()),
    sa.Column("last_day", sa.Date()),
    sa.Column("rows", sa.BigInteger(), nullable=False),
)

# --- targets --------------------------------------------------------------------------------------------------------

# One row a target: measure × owner (× category) × span of days, in a version. Only approved ones count.
# category_id "" means all categories; owner_id of the company is "".
target = sa.Table(
    "target",
    PLAN,
    _key("owner_kind"),
    _key("owner_id"),
    _key("measure"),
    _key("category_id"),
    _key("first_day", sa.Date()),
    _key("version", sa.Integer()),
    sa.Column("last_day", sa.Date(), nullable=False),
    sa.Column("amount", MONEY, nullable=False),
    sa.Column("status", sa.String(), nullable=False, server_default="approved"),
)

# One row a day, owner and category: the share of every approved target due on that day. A parent's target that its
# children do not add up to stands in rows of its own with the lower levels empty ("unallocated"), so the rows below any
# node add up to its target. A measure without target is NULL, not 0.
target_day = sa.Table(
    "target_day",
    PLAN,
    sa.Column("day", sa.Date()),
    *_booked_under(),
    sa.Column("category_id", sa.String()),
    *(sa.Column(key, MONEY) for key in MEASURE_KEYS),
)

DIMENSIONS = (region, area, rep, rep_term, segment, customer, category, product)
SOURCES = (*DIMENSIONS, order_line, invoice, instalment, payment, activity, target)
"""The tables a source may feed; everything else is derived from them when a version is published."""

FACT_DAYS = {
    "order_line": order_line.c.order_day,
    "invoice": invoice.c.invoice_day,
    "payment": payment.c.payment_day,
    "activity": activity.c.activity_day,
}
"""The day that dates each fact."""
