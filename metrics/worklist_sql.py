"""Overdue customers as SQL, by shape: what they owe, how they pay, what was written of them. Values come as parameters.

What people wrote lies in the ledger, so it comes as lists of values too: of each customer with a promise the one to look at, its
state, and the last day for which one was kept; of each with a next action whose it is and when it is due.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, Final, Literal

import sqlalchemy as sa

from data import schema as s
from data.duck import Compiled, unnested
from metrics.catalog import PLACES
from metrics.listing_shape import label
from metrics.listing_sql import Statement

Todo = Literal["", "no_promise", "broken", "over_limit"]

PRIOR: Final = 5
"""How many payments the company's share of late ones counts as, beside those of the customer."""

TOTALS: Final = (
    *("all", "no_promise", "broken", "over_limit", "all_overdue", "typical", "largest"),
    *("found", "found_overdue", "usual_late", "usual_paid"),
)
"""What every row begins with: customers by filter, what is overdue with the credit notes of those who are not listed, its median and
the largest amount of a row; how many match filter and search, and their overdue; paid late and paid in all, by everybody."""

COLUMNS: Final = (
    *("customer", "region", "area", "rep", "credit_limit", "terms_days"),
    *("open", "exposure", "overdue", "since", "weighted", "past_due", "payments", "paid", "paid_late"),
)
"""What follows of a customer: members; money; ``since``: the oldest day that something overdue was due; ``weighted``: Σ balance ×
days past due of what is ``past_due``, credit notes left out; payments of twelve months, their amount and what of it came late."""

ORDERS: Final = (
    *("customer", "place", "rep", "overdue", "oldest", "exposure", "limit", "used", "chance", "worth"),
    *("promise", "state", "action", "owner"),
)
"""What the list can be ordered by."""

DIMENSIONS: Final = (*PLACES, "segment", "customer")
"""What the list can be of; a customer pays for what it bought of any category."""

Filters = tuple[tuple[str, int], ...]
"""A dimension, and how many members of it are wanted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What of a worklist decides the text of its statement. ``bounds`` hold for all that is read, ``where`` for what is overdue."""

    where: Filters
    bounds: Filters
    todo: Todo
    is_owned: bool
    finds: bool
    order: str
    language: str
    limited: bool


@lru_cache(maxsize=256)
def worklist(shape: Shape) -> Statement:
    """One row a customer of the page, each beginning with the totals; where the page is empty one row with the totals alone.

    Parameters: as_of, year_before, find, owner, rows, offset, where_i_j, bounds_i_j, and the lists promise_* and action_*.
    """
    usual = _usual(paid := _paid(shape))
    owed = _owed(shape)
    rows = _rows(shape, owed, _cash(shape), paid, usual).cte("rows")
    matched = sa.select(rows).where(*_matching(shape, rows)).cte("matched")
    order = _order(shape.order, shape.language, matched)
    numbered = sa.select(matched, sa.func.row_number().over(order_by=order).label("at")).subquery("numbered")
    totals = _totals(owed, rows, matched, usual)
    offset, count = sa.bindparam("offset", type_=sa.Integer()), sa.bindparam("rows", type_=sa.Integer())
    on_page = numbered.c.at > offset
    if shape.limited:
        on_page = sa.and_(on_page, numbered.c.at <= offset + count)
    select = (
        sa.select(*(totals.c[name] for name in TOTALS), *(numbered.c[name] for name in COLUMNS))
        .select_from(totals.outerjoin(numbered, on_page))
        .order_by(numbered.c.at)
    )
    return Statement(select, Compiled(select), (*TOTALS, *COLUMNS))


# --- what is read ----------------------------------------------------------------------------------------------------------


def _owed(shape: Shape) -> sa.CTE:
    """What is open of each customer, and what of it is overdue where the question looks."""
    b = s.balance_interval
    late = sa.and_(b.c.due_day < day_of("as_of"), *members_of(b, shape.where, "where"))
    positive = sa.and_(late, b.c.balance > 0)
    # Five digits of days: a product of wider numbers takes DuckDB three times as long.
    days = sa.cast(sa.func.least(sa.func.date_diff("day", b.c.due_day, day_of("as_of")), 32767), sa.SmallInteger())
    total = sa.func.sum
    return (
        sa.select(
            b.c.customer_id,
            total(b.c.balance).label("open"),
            total(b.c.balance).filter(late).label("overdue"),
            total(b.c.balance).filter(positive).label("past_due"),
            total(b.c.balance * days).filter(positive).label("weighted"),
            sa.func.min(b.c.due_day).filter(positive).label("since"),
        )
        .select_from(with_segments(b, (*shape.where, *shape.bounds)))
        .where(b.c.from_day <= day_of("as_of"), b.c.to_day > day_of("as_of"), *members_of(b, shape.bounds, "bounds"))
        .group_by(b.c.customer_id)
        .cte("owed")
    )


def _cash(shape: Shape) -> sa.CTE:
    """Cash of each customer that no invoice took."""
    c = s.cash_event
    return (
        sa.select(c.c.customer_id, sa.func.sum(c.c.unapplied).label("unapplied"))
        .select_from(with_segments(c, shape.bounds))
        .where(c.c.event_day <= day_of("as_of"), *members_of(c, shape.bounds, "bounds"))
        .group_by(c.c.customer_id)
        .cte("cash")
    )


def _paid(shape: Shape) -> sa.CTE:
    """How customers paid in the twelve months up to the day; what was paid back to them is no payment of theirs."""
    r = s.receipt
    # To tell a million parts apart takes longer than all the rest; inside bounds there are fewer, and the first may lie outside.
    payments = sa.func.count(r.c.payment_id.distinct()) if shape.bounds else sa.func.count().filter(r.c.is_first)
    return (
        sa.select(
            r.c.customer_id,
            payments.label("payments"),
            sa.func.sum(r.c.applied).label("paid"),
            sa.func.sum(r.c.late).label("paid_late"),
        )
        .select_from(with_segments(r, shape.bounds))
        .where(
            r.c.payment_day > day_of("year_before"),
            r.c.payment_day <= day_of("as_of"),
            r.c.applied > 0,
            *members_of(r, shape.bounds, "bounds"),
        )
        .group_by(r.c.customer_id)
        .cte("paid")
    )


def _usual(paid: sa.CTE) -> sa.CTE:
    total = sa.func.sum
    return sa.select(total(paid.c.paid_late).label("usual_late"), total(paid.c.paid).label("usual_paid")).cte("usual")


def _rows(shape: Shape, owed: sa.CTE, cash: sa.CTE, paid: sa.CTE, usual: sa.CTE) -> sa.Select[Any]:
    """Every customer with something overdue, whose it is and what it is worth to call."""
    c = s.customer
    promise = unnested("promise", {"customer_id": sa.String(), "day": sa.Date(), "state": sa.String(), "kept": sa.Date()})
    action = unnested("action", {"customer_id": sa.String(), "day": sa.Date(), "owner": sa.String()})
    tables: sa.FromClause = owed.join(usual, sa.true()).outerjoin(c, c.c.customer_id == owed.c.customer_id)
    for other in (cash, paid, promise, action):
        tables = tables.outerjoin(other, other.c.customer_id == owed.c.customer_id)
    for table in (s.region, s.area, s.rep):
        tables = tables.outerjoin(table, table.c[f"{table.name}_id"] == c.c[f"{table.name}_id"])
    exposure = owed.c.open - sa.func.coalesce(cash.c.unapplied, 0)
    counts = sa.func.coalesce(paid.c.payments, 0)
    share_used = _double(exposure) / sa.func.nullif(_double(c.c.credit_limit), 0)
    # Of a limit of nothing whatever is owed is more than any share.
    used = sa.case((sa.and_(c.c.credit_limit == 0, exposure > 0), sa.literal_column("'infinity'::DOUBLE")), else_=share_used)
    late, whole = _double(sa.func.coalesce(paid.c.paid_late, 0)), sa.func.nullif(_double(paid.c.paid), 0)
    company = _double(sa.func.coalesce(usual.c.usual_late, 0)) / sa.func.nullif(_double(usual.c.usual_paid), 0)
    # Floats decide the order alone: what is shown is divided exactly.
    chance = (sa.func.coalesce(late / whole, 0) * counts + company * PRIOR) / (counts + PRIOR)
    age = _double(owed.c.weighted) / sa.func.nullif(_double(owed.c.past_due), 0)
    # A promise for a day before anything of what is overdue today was due is not about today's debt; one kept later may be.
    is_about, is_kept = promise.c.day >= owed.c.since, promise.c.kept >= owed.c.since
    columns = {
        "customer": owed.c.customer_id,
        "customer_name": c.c.name,
        "customer_name_zh": c.c.name_zh,
        **{table.name: c.c[f"{table.name}_id"] for table in (s.region, s.area, s.rep)},
        **{f"{table.name}_{name}": table.c[name] for table in (s.region, s.area, s.rep) for name in ("name", "name_zh")},
        "credit_limit": c.c.credit_limit,
        "terms_days": c.c.terms_days,
        "open": owed.c.open,
        "exposure": exposure,
        "overdue": owed.c.overdue,
        "since": owed.c.since,
        "weighted": owed.c.weighted,
        "past_due": owed.c.past_due,
        "payments": counts,
        "paid": sa.func.coalesce(paid.c.paid, 0),
        "paid_late": sa.func.coalesce(paid.c.paid_late, 0),
        "used": used,
        "chance": chance,
        "worth": _double(owed.c.overdue) * chance * age,
        "promise_day": sa.case((is_about, promise.c.day), (is_kept, promise.c.kept)),
        "state": sa.case((is_about, promise.c.state), (is_kept, "kept")),
        "action_day": action.c.day,
        "owner": action.c.owner,
    }
    select = sa.select(*(column.label(name) for name, column in columns.items())).select_from(tables)
    select = select.where(owed.c.overdue > 0, owed.c.customer_id.is_not(None))
    return select.where(_owned(action, s.rep)) if shape.is_owned else select


def _owned(action: sa.Subquery, rep: sa.Table) -> sa.ColumnElement[bool]:
    """Whose a row is: of who is to act next, else of the customer's rep."""
    wanted = sa.func.lower(sa.bindparam("owner", type_=sa.String()))
    names = (rep.c.name, rep.c.name_zh, rep.c.rep_id)
    is_reps = sa.and_(action.c.owner.is_(None), sa.or_(*(sa.func.lower(name) == wanted for name in names)))
    return sa.or_(sa.func.lower(action.c.owner) == wanted, is_reps)


# --- what is made of it ----------------------------------------------------------------------------------------------------


def _is(todo: Todo, rows: sa.FromClause) -> sa.ColumnElement[bool]:
    """Whether a customer belongs under a filter."""
    if todo == "no_promise":
        return rows.c.state.is_(None)
    if todo == "broken":
        return rows.c.state == "broken"
    return rows.c.exposure > rows.c.credit_limit if todo == "over_limit" else sa.true()


def _matching(shape: Shape, rows: sa.CTE) -> list[sa.ColumnElement[bool]]:
    conditions = [_is(shape.todo, rows)] if shape.todo else []
    if shape.finds:
        pattern = sa.bindparam("find", type_=sa.String())
        names = [rows.c[f"{table}_{name}"] for table in ("customer", "region", "area", "rep") for name in ("name", "name_zh")]
        texts = (rows.c.customer, *names, rows.c.owner)
        conditions.append(sa.or_(*(sa.func.lower(text).like(pattern, escape="/") for text in texts)))
    return conditions


def _totals(owed: sa.CTE, rows: sa.CTE, matched: sa.CTE, usual: sa.CTE) -> sa.Subquery:
    """One row, whatever the page holds."""
    count, total = sa.func.count(), sa.func.sum
    of_all = sa.select(
        count.label("all"),
        *(count.filter(_is(todo, rows)).label(todo) for todo in ("no_promise", "broken", "over_limit")),
        sa.func.median(rows.c.overdue).label("typical"),
        sa.func.max(sa.func.greatest(sa.func.abs(rows.c.exposure), rows.c.overdue, rows.c.credit_limit)).label("largest"),
    ).subquery("of_all")
    whole = sa.select(total(owed.c.overdue).label("all_overdue")).subquery("whole")
    of_matched = sa.select(count.label("found"), total(matched.c.overdue).label("found_overdue")).subquery("of_matched")
    parts = (whole, of_matched, usual)
    tables: sa.FromClause = of_all
    for part in parts:
        tables = tables.join(part, sa.true())
    return sa.select(of_all, *parts).select_from(tables).subquery("totals")


def _order(order: str, language: str, rows: sa.CTE) -> list[sa.ColumnElement[Any]]:
    """The column asked for, what has no value last; then the most worth, then the customer's key, which is unique."""
    name, falling = order.removeprefix("-"), order.startswith("-")
    customer, region, area, rep = (
        label(rows.c[f"{member}_name"], rows.c[f"{member}_name_zh"], language) for member in ("customer", "region", "area", "rep")
    )
    keys: Mapping[str, tuple[sa.ColumnElement[Any], ...]] = {
        "customer": (customer,),
        "place": (region, area),
        "rep": (rep,),
        "limit": (rows.c.credit_limit,),
        "promise": (rows.c.promise_day,),
        "action": (rows.c.action_day,),
        "owner": (sa.func.coalesce(sa.func.lower(rows.c.owner), rep),),
    }
    if name == "oldest":  # the more days, the earlier the day
        name, falling = "since", not falling
    found = keys.get(name) or (rows.c[name],)
    return [
        *((key.desc() if falling else key.asc()).nulls_last() for key in found),
        rows.c.worth.desc().nulls_last(),
        rows.c.customer.asc(),
    ]


# --- small things ----------------------------------------------------------------------------------------------------------


def day_of(name: str) -> sa.BindParameter[date]:
    return sa.bindparam(name, type_=sa.Date())


def _double(column: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    return sa.cast(column, sa.Double())


def with_segments(table: sa.Table, filters: Filters) -> sa.FromClause:
    """The table with what tells the segment of a customer, where a filter asks for it."""
    if all(dimension != "segment" for dimension, _ in filters):
        return table
    return table.outerjoin(s.customer, s.customer.c.customer_id == table.c.customer_id)


def members_of(table: sa.Table, filters: Filters, prefix: str) -> list[sa.ColumnElement[bool]]:
    """The conditions of filters; their members are parameters, prefix_i_j."""
    found: list[sa.ColumnElement[bool]] = []
    for i, (dimension, members) in enumerate(filters):
        key = s.customer.c.segment_id if dimension == "segment" else table.c[f"{dimension}_id"]
        chosen = [sa.bindparam(f"{prefix}_{i}_{j}", type_=sa.String()) for j in range(members)]
        found.append(key.in_(chosen) if chosen else sa.false())
    return found
