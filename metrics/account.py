"""A customer's account: what it owes, in all and by age, and that against what was agreed with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from data import schema as s
from data.duck import Compiled, literal_sql
from metrics.catalog import BUCKET_UNAPPLIED, Fact, bucket_days, buckets
from metrics.errors import UnknownName
from metrics.listing_owed import with_customers
from metrics.listing_shape import Shape, day, member_values, members
from metrics.listing_sql import Statement
from metrics.query import Member, Missing
from metrics.question import Bounds, answers
from metrics.receivables import ZERO, share
from metrics.scope import Filter, Viewer
from metrics.snapshot import Snapshot

if TYPE_CHECKING:
    from metrics.engine import Engine


@dataclass(frozen=True, slots=True)
class Account:
    """What a customer owes at the end of a day."""

    customer: str
    as_of: date
    measures: tuple[str, ...] = ("receivable", "open", "overdue", "unapplied")


@dataclass(frozen=True, slots=True, kw_only=True)
class Who:
    """Whose customer it is, as far as the viewer may know; ``manager``: the rep's."""

    customer: Member
    segment: Member | None
    region: Member | None
    area: Member | None
    rep: Member | None
    manager: Member | None


@dataclass(frozen=True, slots=True)
class Aged:
    """What is open in an ageing bucket, and of how many invoices."""

    bucket: str
    amount: Decimal
    invoices: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """``open`` is of invoices, credit notes negative; ``unapplied``: cash that no invoice took, negative where there is some.

    ``invoices``, ``late``: how many have something to pay, and something overdue; a credit note is neither. ``oldest``: the
    earliest day that something overdue was due. ``beyond``, ``beyond_amount``: open invoices older than ``terms_days``, and what
    is open of them; None without terms. ``ages``: by due day, youngest first, with the unapplied cash last: they add up to the
    exposure. ``missing``: why nothing is known of what is owed; then all figures are 0.
    """

    query: Account
    who: Who
    terms_days: int | None
    credit_limit: Decimal | None
    open: Decimal
    overdue: Decimal
    unapplied: Decimal
    invoices: int
    late: int
    oldest: date | None
    beyond: int | None
    beyond_amount: Decimal | None
    ages: tuple[Aged, ...]
    missing: Missing | None
    statements: tuple[tuple[Statement, Mapping[str, Any]], ...]

    @property
    def exposure(self) -> Decimal:
        """The customer's total receivable."""
        return self.open + self.unapplied

    @property
    def used(self) -> Decimal | None:
        """The share of the credit limit that is used; no value without one, or with one of 0."""
        return None if self.credit_limit is None else share(self.exposure, self.credit_limit)

    @property
    def is_over_limit(self) -> bool:
        return self.credit_limit is not None and self.exposure > self.credit_limit

    @property
    def sql(self) -> tuple[str, ...]:
        """The statements as text with the values written in, to show."""
        return tuple(literal_sql(statement.select.params(**values)) for statement, values in self.statements)


@answers(Account)
def account(engine: Engine, question: Account, bounds: Bounds, version: int) -> Standing:
    """Raises ``UnknownName`` for a customer that there is not, or that the viewer may not see."""
    customers = engine.members("customer", version, Viewer(name="", bounds=bounds))
    if question.customer not in customers:
        raise UnknownName("customer", question.customer, (member.name for key, member in customers.items() if key is not None))
    (booked,) = engine.reader(version).read(_PROFILE, {"customer": question.customer})
    *keys, terms_days, credit_limit = booked
    where, edges = (Filter("customer", (question.customer,)), *bounds), engine.settings.ageing_edges
    filters = tuple((wanted.dimension, len(wanted.members)) for wanted in where)
    names = buckets(edges)[:-1]
    oldest_day = question.as_of - timedelta(days=terms_days) if terms_days is not None else date.min
    values = {"as_of": question.as_of, "within_terms": oldest_day, **member_values(where)}
    for i, name in enumerate(names):
        values[f"first_{i}"], values[f"last_{i}"] = bucket_days(name, question.as_of)
    owed, cash = _owed(filters, len(names)), _cash(filters)
    reader = engine.reader(version)
    row = dict(zip(owed.columns, reader.read(owed.compiled, values)[0], strict=True))
    ((unapplied,),) = reader.read(cash.compiled, values)
    waiting = -(unapplied or ZERO)
    ages = (Aged(name, row[f"amount_{i}"] or ZERO, row[f"invoices_{i}"]) for i, name in enumerate(names))
    has_terms = terms_days is not None
    return Standing(
        query=question,
        who=_who(engine, question.customer, keys, bounds, version),
        terms_days=terms_days,
        credit_limit=credit_limit,
        open=row["open"] or ZERO,
        overdue=row["overdue"] or ZERO,
        unapplied=waiting,
        invoices=row["invoices"],
        late=row["late"],
        oldest=row["oldest"],
        beyond=row["beyond"] if has_terms else None,
        beyond_amount=(row["beyond_amount"] or ZERO) if has_terms else None,
        ages=(*ages, Aged(BUCKET_UNAPPLIED, waiting, 0)),
        missing=uncovered(engine.snapshot(version), question.as_of),
        statements=((owed, values), (cash, values)),
    )


def uncovered(snapshot: Snapshot, as_of: date) -> Missing | None:
    """Why a version knows nothing of what is owed on a day."""
    known = snapshot.covered(Fact.RECEIVABLE)
    if known.first is None:
        return Missing("no_data")
    return Missing("before_data", known.first.isoformat()) if as_of < known.first else None


_PLACED: Final = ("segment", "region", "area", "rep")
_PROFILE: Final = Compiled(
    sa.select(*(s.customer.c[f"{name}_id"] for name in _PLACED), s.customer.c.terms_days, s.customer.c.credit_limit).where(
        s.customer.c.customer_id == sa.bindparam("customer", type_=sa.String())
    )
)


def _who(engine: Engine, customer: str, keys: list[str | None], bounds: Bounds, version: int) -> Who:
    viewer = Viewer(name="", bounds=bounds)

    def known(dimension: str, key: str | None) -> Member | None:
        return engine.members(dimension, version, viewer).get(key) if key else None

    placed = {dimension: known(dimension, key) for dimension, key in zip(_PLACED, keys, strict=True)}
    managed = engine.reader(version).read(_MANAGER, {"rep": placed["rep"].key}) if placed["rep"] else []
    manager = known("rep", managed[0][0]) if managed else None
    return Who(customer=engine.members("customer", version, viewer)[customer], manager=manager, **placed)


_MANAGER: Final = Compiled(sa.select(s.rep.c.manager_id).where(s.rep.c.rep_id == sa.bindparam("rep", type_=sa.String())))


@lru_cache(maxsize=64)
def _owed(filters: tuple[tuple[str, int], ...], aged: int) -> Statement:
    """One row: what is open on the as-of day. Parameters: as_of, within_terms, first_i and last_i of each bucket, member_i_j."""
    part, shape = s.balance_interval, Shape(of="open", filters=filters, finds=False)
    late, to_pay = part.c.due_day < day("as_of"), part.c.balance > 0
    total, counted = sa.func.sum(part.c.balance), sa.func.count(part.c.invoice_id.distinct())
    beyond = sa.and_(to_pay, part.c.invoice_day < day("within_terms"))
    columns: dict[str, Any] = {
        "open": total,
        "overdue": total.filter(late),
        "invoices": counted.filter(to_pay),
        "late": counted.filter(late, to_pay),
        "oldest": sa.func.min(part.c.due_day).filter(late, to_pay),
        "beyond": counted.filter(beyond),
        "beyond_amount": total.filter(beyond),
    }
    for i in range(aged):
        within = part.c.due_day.between(day(f"first_{i}"), day(f"last_{i}"))
        columns |= {f"amount_{i}": total.filter(within), f"invoices_{i}": counted.filter(within)}
    select = (
        sa.select(*(column.label(name) for name, column in columns.items()))
        .select_from(with_customers(part, shape))
        .where(part.c.from_day <= day("as_of"), part.c.to_day > day("as_of"), *members(part, shape))
    )
    return Statement(select, Compiled(select), tuple(columns))


@lru_cache(maxsize=64)
def _cash(filters: tuple[tuple[str, int], ...]) -> Statement:
    """One row: cash that no invoice took by the as-of day."""
    event, shape = s.cash_event, Shape(of="open", filters=filters, finds=False)
    select = (
        sa.select(sa.func.sum(event.c.unapplied).label("unapplied"))
        .select_from(with_customers(event, shape))
        .where(event.c.event_day <= day("as_of"), *members(event, shape))
    )
    return Statement(select, Compiled(select), ("unapplied",))
