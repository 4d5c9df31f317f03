"""A customer's account: what it owes, in all and by age, and that against what was agreed with it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import sqlalchemy as sa

from data import schema as s
from data.duck import Compiled, literal_sql
from metrics.catalog import BUCKET_UNAPPLIED, bucket_days, buckets
from metrics.errors import UnknownName
from metrics.listing_owed import with_customers
from metrics.listing_shape import Shape, day, member_values, members
from metrics.listing_sql import Statement
from metrics.query import Member, Missing
from metrics.question import Bounds, answers
from metrics.receivables import ZERO, share
from metrics.scope import Filter, Viewer

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
    reader = engine.reader(version)
    ((*keys, terms_days, credit_limit),) = reader.read(_PROFILE, {"customer": question.customer})
    where = (Filter("customer", (question.customer,)), *bounds)
    filters = tuple((wanted.dimension, len(wanted.members)) for wanted in where)
    values = {"as_of": question.as_of, **member_values(where)}
    owed, cash = _owed(filters), _cash(filters)
    parts = tuple(Part(*row) for row in reader.read(owed.compiled, values))
    ((unapplied,),) = reader.read(cash.compiled, values)
    to_pay = [part for part in parts if part.balance > 0]
    late = [part for part in to_pay if part.due_day < question.as_of]
    beyond = None if terms_days is None else [part for part in to_pay if (question.as_of - part.invoice_day).days > terms_days]
    waiting = -(unapplied or ZERO)
    return Standing(
        query=question,
        who=_who(engine, question.customer, keys, bounds, version),
        terms_days=terms_days,
        credit_limit=credit_limit,
        open=_balance(parts),
        overdue=_balance(part for part in parts if part.due_day < question.as_of),
        unapplied=waiting,
        invoices=_invoices(to_pay),
        late=_invoices(late),
        oldest=min((part.due_day for part in late), default=None),
        beyond=None if beyond is None else _invoices(beyond),
        beyond_amount=None if beyond is None else _balance(beyond),
        ages=(*_aged(parts, engine.settings.ageing_edges, question.as_of), Aged(BUCKET_UNAPPLIED, waiting, 0)),
        missing=engine.snapshot(version).no_balances(question.as_of),
        statements=((owed, values), (cash, values)),
    )


class Part(NamedTuple):
    """An open instalment."""

    invoice: str
    invoice_day: date
    due_day: date
    balance: Decimal


def _balance(parts: Iterable[Part]) -> Decimal:
    return sum((part.balance for part in parts), ZERO)


def _invoices(parts: Iterable[Part]) -> int:
    return len({part.invoice for part in parts})


def _aged(parts: Sequence[Part], edges: tuple[int, ...], as_of: date) -> Iterator[Aged]:
    for bucket in buckets(edges)[:-1]:
        first, last = bucket_days(bucket, as_of)
        within = [part for part in parts if first <= part.due_day <= last]
        yield Aged(bucket, _balance(within), _invoices(within))


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
def _owed(filters: tuple[tuple[str, int], ...]) -> Statement:
    """A row an instalment that is open on the as-of day. Parameters: as_of, member_i_j."""
    kept, shape = s.balance_interval, Shape(of="open", filters=filters, finds=False)
    names = ("invoice_id", "invoice_day", "due_day", "balance")
    # One customer has few: added up in here they cost a tenth of what so many sums, each of some of the rows, do in the store.
    select = (
        sa.select(*(kept.c[name] for name in names))
        .select_from(with_customers(kept, shape))
        .where(kept.c.from_day <= day("as_of"), kept.c.to_day > day("as_of"), *members(kept, shape))
    )
    return Statement(select, Compiled(select), names)


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
