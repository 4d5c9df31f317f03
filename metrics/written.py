"""What people wrote about a customer, with what became of the promises, and what the customer owes that can be promised."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from data import schema as s
from data.duck import Compiled, literal_sql, unnested
from data.entries import Entry
from metrics.invoices import Invoice, found
from metrics.listing_sql import Statement
from metrics.promises import Judged, Payment, Promise, judge
from metrics.question import Bounds, answers
from metrics.scope import Viewer
from metrics.worklist_sql import Filters, day_of, members_of, with_segments

if TYPE_CHECKING:
    from data.warehouse import Reader
    from metrics.engine import Engine


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """All that was written about a customer up to a revision of the ledger, of data up to a day."""

    customer: str
    as_of: date
    written: int

    @property
    def measures(self) -> tuple[str, ...]:
        return ("open",)


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenOfInvoice:
    """The same about the customer of an invoice; nothing where there is no such invoice, or none that may be seen."""

    invoice: Invoice
    written: int

    @property
    def measures(self) -> tuple[str, ...]:
        return ("open",)

    @property
    def as_of(self) -> date:
        return self.invoice.as_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """``entries``: oldest first, those that were taken back too; ``undone``: by the number of such an entry the one that took it back;
    ``promises``: by the number of an entry what became of it. ``open``: the customer's balance, without cash that no invoice took."""

    query: Written
    entries: tuple[Entry, ...]
    undone: Mapping[int, Entry]
    promises: Mapping[int, Judged]
    open: Decimal
    sql: tuple[str, ...]


class Reading:
    """Runs statements on one version, and remembers them to be shown."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._statements: list[tuple[Statement, Mapping[str, Any]]] = []

    def __call__(self, statement: Statement, values: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Rows by column."""
        self._statements.append((statement, values))
        return [dict(zip(statement.columns, row, strict=True)) for row in self._reader.read(statement.compiled, values)]

    @property
    def statements(self) -> tuple[tuple[Statement, Mapping[str, Any]], ...]:
        return tuple(self._statements)


def shown(statements: Iterable[tuple[Statement, Mapping[str, Any]]]) -> tuple[str, ...]:
    """Statements as text with the values written in."""
    return tuple(literal_sql(statement.select.params(**values)) for statement, values in statements)


@answers(Written)
def told(engine: Engine, question: Written, bounds: Bounds, version: int) -> Told:
    """Entries are about a customer as a whole; whether a viewer may know the customer is for the caller to see to."""
    read, customer = Reading(engine.reader(version)), question.customer
    kept = engine.entries.of(customer, upto=question.written) if engine.entries else ()
    entries = tuple(entry for entry in kept if entry.kind != "undo" and entry.seen_to <= question.as_of)
    undone = {entry.undoes: entry for entry in kept if entry.undoes}
    given = [entry for entry in entries if entry.kind == "promise" and entry.entry_id not in undone]
    judged = judged_by_customer(given, read, question.as_of).get(customer, ())
    filters = tuple((wanted.dimension, len(wanted.members)) for wanted in bounds)
    values = {f"bounds_{i}_{j}": member for i, wanted in enumerate(bounds) for j, member in enumerate(wanted.members)}
    (balance,) = read(_balance(filters), {"customer": customer, "as_of": question.as_of, **values})
    return Told(
        query=question,
        entries=entries,
        undone=undone,
        promises={each.promise.number: each for each in judged},
        open=balance["open"] or Decimal(0),
        sql=shown(read.statements),
    )


@answers(WrittenOfInvoice)
def told_of_invoice(engine: Engine, question: WrittenOfInvoice, bounds: Bounds, version: int) -> Told:
    bill = found(engine, question.invoice, bounds, version).bill
    customer = bill.members.get("customer") if bill else None
    asked = Written(customer=customer.key if customer else "", as_of=question.invoice.as_of, written=question.written)
    answer = engine.answer(asked, Viewer(name="", bounds=bounds), version=version)
    assert isinstance(answer, Told)
    return answer


def judged_by_customer(given: Iterable[Entry], read: Reading, as_of: date) -> Mapping[str, tuple[Judged, ...]]:
    """The promises among entries as they stand on a day, by customer and promised day."""
    by_customer: defaultdict[str, list[Promise]] = defaultdict(list)
    for entry in given:
        assert entry.day, "no promise is kept without a day"
        assert entry.amount, "nor without an amount"
        by_customer[entry.customer_id].append(Promise(number=entry.entry_id, given=entry.seen_to, day=entry.day, amount=entry.amount))
    if not by_customer:
        return {}
    earliest = min(promise.given for promises in by_customer.values() for promise in promises)
    paid: defaultdict[str, list[Payment]] = defaultdict(list)
    for row in read(_payments(), {_WANTED: sorted(by_customer), "after": earliest, "as_of": as_of}):
        paid[row["customer"]].append((row["day"], row["amount"]))
    return {customer: judge(promises, paid[customer], as_of) for customer, promises in by_customer.items()}


_WANTED: Final = "wanted_customer_id"


@lru_cache(maxsize=1)
def _payments() -> Statement:
    """What customers paid by the day: parameters wanted_customer_id, a list, after and as_of."""
    r, wanted = s.receipt, unnested("wanted", {"customer_id": sa.String()})
    select = (
        sa.select(r.c.customer_id.label("customer"), r.c.payment_day.label("day"), sa.func.sum(r.c.amount).label("amount"))
        .where(r.c.payment_day > day_of("after"), r.c.payment_day <= day_of("as_of"), r.c.customer_id.in_(sa.select(wanted.c.customer_id)))
        .group_by(r.c.customer_id, r.c.payment_day)
    )
    return Statement(select, Compiled(select), ("customer", "day", "amount"))


@lru_cache(maxsize=16)
def _balance(bounds: Filters) -> Statement:
    """What one customer owes on invoices: parameters customer, as_of, bounds_i_j."""
    b = s.balance_interval
    select = (
        sa.select(sa.func.sum(b.c.balance).label("open"))
        .select_from(with_segments(b, bounds))
        .where(
            b.c.customer_id == sa.bindparam("customer", type_=sa.String()),
            b.c.from_day <= day_of("as_of"),
            b.c.to_day > day_of("as_of"),
            *members_of(b, bounds, "bounds"),
        )
    )
    return Statement(select, Compiled(select), ("open",))
