"""Overdue customers, ranked by what a call is worth; with what people wrote about them.

The worth of a call is what is overdue × the chance that it is paid late × its age. The chance is the share of the customer's own
payments of the last twelve months that came after their due day, by amount; it is drawn toward the share of all customers, the
more so the fewer payments there are. The age is the days past due of what is overdue, weighted by amount, ÷ 30.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from data.entries import Entry, Kind
from metrics.errors import NotDivisible, UnknownName
from metrics.listing import pattern
from metrics.listing_sql import Statement
from metrics.promises import Judged, foremost
from metrics.query import Member
from metrics.question import Bounds, answers
from metrics.scope import Filter, year_earlier
from metrics.worklist_sql import DIMENSIONS, ORDERS, PRIOR, TOTALS, Filters, Shape, Todo, worklist
from metrics.written import Reading, judged_by_customer, shown

if TYPE_CHECKING:
    from metrics.engine import Engine

MONTH: Final = 30
"""The days past due that an age of 1 is."""
NAMED: Final = ("region", "area", "rep", "customer")
"""The columns that hold members."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Worklist:
    """Customers with something overdue on a day, where the facts are of ``where``.

    ``todo``: those without a promise to pay, with a broken one, over their credit limit; "" all. ``owner``: those that this person
    is to act on: the owner of the next action, else the customer's rep. ``order``: a column of ``ORDERS``, with "-" before it for
    descending, names as in ``language``; empty: the most worth first. ``find``: only rows in which a name holds this text.
    ``rows`` None: all from ``first`` on. ``written``: the revision of the ledger up to which entries count.
    """

    as_of: date
    where: tuple[Filter, ...] = ()
    todo: Todo = ""
    owner: str = ""
    order: str = ""
    language: str = "en"
    find: str = ""
    first: int = 0
    rows: int | None = None
    written: int = 0

    @property
    def measures(self) -> tuple[str, ...]:
        return ("overdue", "open", "receivable")


@dataclass(frozen=True, slots=True, kw_only=True)
class Worth:
    """What a call is worth and why: ``overdue`` × ``chance`` × ``age``. ``payments``: of twelve months, ``paid_late`` of them late by
    amount; ``usual``: the share of all customers. No value where nobody has paid anything yet."""

    overdue: Decimal
    days: Decimal
    payments: int
    paid: Decimal
    paid_late: Decimal
    usual: Decimal | None

    @property
    def own(self) -> Decimal | None:
        """The share of the customer's payments that came late."""
        return self.paid_late / self.paid if self.paid else None

    @property
    def chance(self) -> Decimal | None:
        return None if self.usual is None else ((self.own or 0) * self.payments + self.usual * PRIOR) / (self.payments + PRIOR)

    @property
    def age(self) -> Decimal:
        return self.days / MONTH

    @property
    def value(self) -> Decimal | None:
        return None if self.chance is None else self.overdue * self.chance * self.age


@dataclass(frozen=True, slots=True, kw_only=True)
class Debtor:
    """One customer: members by identifier, money, days. ``oldest``: days since the first due day of what is overdue. ``exposure``: all
    that is owed, less cash that no invoice took. ``promise``: the one to look at; ``action``: what is to be done next; ``last``: the
    last entry of any kind."""

    customer: str
    region: str | None
    area: str | None
    rep: str | None
    open: Decimal
    exposure: Decimal
    credit_limit: Decimal | None
    terms_days: int | None
    oldest: int | None
    worth: Worth
    promise: Judged | None = None
    action: Entry | None = None
    last: Entry | None = None

    @property
    def overdue(self) -> Decimal:
        return self.worth.overdue

    @property
    def used(self) -> Decimal | None:
        """The share of the credit limit that is used; no value without a limit."""
        return self.exposure / self.credit_limit if self.credit_limit else None

    @property
    def is_over_limit(self) -> bool:
        return self.credit_limit is not None and self.exposure > self.credit_limit


@dataclass(frozen=True, slots=True, kw_only=True)
class Worked:
    """A page of a worklist. ``counts``: customers by filter, whatever is filtered or searched now; ``found``: those that match.

    ``overdue``: of the place, as the ageing has it: also of those who are not listed, as their credit notes are worth more than what
    is past due; ``found_overdue``: of those that match; ``typical`` and ``largest``: sizes to choose a unit by.
    """

    query: Worklist
    debtors: tuple[Debtor, ...]
    counts: Mapping[Todo, int]
    found: int
    overdue: Decimal
    found_overdue: Decimal
    typical: Decimal
    largest: Decimal
    usual: Decimal | None
    members: Mapping[str, Mapping[str | None, Member]]
    statements: tuple[tuple[Statement, Mapping[str, Any]], ...]

    @property
    def sql(self) -> tuple[str, ...]:
        """The statements as text with the values written in, to show."""
        return shown(self.statements)


@answers(Worklist)
def worked(engine: Engine, question: Worklist, bounds: Bounds, version: int) -> Worked:
    """One page of a worklist. Raises ``UnknownName`` or ``NotDivisible`` for what cannot be asked."""
    _check(question, bounds)
    read = Reading(engine.reader(version))
    written, as_of = question.written, question.as_of
    kept = engine.entries if written else None
    given = kept.standing(_PROMISES, upto=written, seen_to=as_of) if kept else ()
    actions = kept.latest(_ACTIONS, upto=written, seen_to=as_of) if kept else {}
    judged = judged_by_customer(given, read, as_of)
    rows = read(worklist(_shape(question, bounds)), _parameters(question, bounds, judged, actions))
    totals = {name: rows[0][name] for name in TOTALS}
    usual = totals["usual_late"] / totals["usual_paid"] if totals["usual_paid"] else None
    listed = [row for row in rows if row["customer"] is not None]
    last = kept.latest(_WRITTEN, upto=written, seen_to=as_of, of=[row["customer"] for row in listed]) if kept else {}
    return Worked(
        query=question,
        debtors=tuple(_debtor(row, as_of, usual, judged=judged, actions=actions, last=last) for row in listed),
        counts={"": totals["all"], **{todo: totals[todo] for todo in _FILTERS}},
        found=totals["found"],
        overdue=totals["all_overdue"] or _NOTHING,
        found_overdue=totals["found_overdue"] or _NOTHING,
        typical=totals["typical"] or _NOTHING,
        largest=totals["largest"] or _NOTHING,
        usual=usual,
        members={dimension: engine.members(dimension, version) for dimension in NAMED},
        statements=read.statements,
    )


_NOTHING: Final = Decimal(0)
_CUSTOMER: Final = "customer_id"
_PROMISES: Final[tuple[Kind, ...]] = ("promise",)
_ACTIONS: Final[tuple[Kind, ...]] = ("action",)
_WRITTEN: Final[tuple[Kind, ...]] = ("call", "promise", "dispute", "note", "action")
_FILTERS: Final[tuple[Todo, ...]] = ("no_promise", "broken", "over_limit")


def _debtor(
    row: Mapping[str, Any],
    as_of: date,
    usual: Decimal | None,
    *,
    judged: Mapping[str, Sequence[Judged]],
    actions: Mapping[str, Entry],
    last: Mapping[str, Entry],
) -> Debtor:
    customer, since = row["customer"], row["since"]
    days = row["weighted"] / row["past_due"] if row["past_due"] else _NOTHING
    return Debtor(
        **{name: row[name] for name in (*NAMED, "credit_limit", "terms_days", "open", "exposure")},
        oldest=(as_of - since).days if since else None,
        worth=Worth(overdue=row["overdue"], days=days, usual=usual, **{name: row[name] for name in ("payments", "paid", "paid_late")}),
        promise=foremost(judged.get(customer, ()), since) if since else None,
        action=actions.get(customer),
        last=last.get(customer),
    )


def _check(question: Worklist, bounds: Bounds) -> None:
    name = question.order.removeprefix("-")
    if name and name not in ORDERS:
        raise UnknownName("column to order by", name, ORDERS)
    for wanted in (*question.where, *bounds):
        if wanted.dimension not in DIMENSIONS:
            raise NotDivisible("overdue", wanted.dimension, DIMENSIONS)


def _shape(question: Worklist, bounds: Bounds) -> Shape:
    return Shape(
        where=_counted(question.where),
        bounds=_counted(bounds),
        todo=question.todo,
        is_owned=bool(question.owner.strip()),
        finds=bool(question.find.strip()),
        order=question.order or "-worth",
        language=question.language,
        limited=question.rows is not None,
    )


def _counted(filters: Iterable[Filter]) -> Filters:
    return tuple((wanted.dimension, len(wanted.members)) for wanted in filters)


def _parameters(
    question: Worklist, bounds: Bounds, judged: Mapping[str, Sequence[Judged]], actions: Mapping[str, Entry]
) -> Mapping[str, Any]:
    promises = {customer: found for customer, all_of in judged.items() if (found := foremost(all_of))}
    members = {
        f"{prefix}_{i}_{j}": member
        for prefix, filters in (("where", question.where), ("bounds", bounds))
        for i, wanted in enumerate(filters)
        for j, member in enumerate(wanted.members)
    }
    return {
        "as_of": question.as_of,
        "year_before": year_earlier(question.as_of),
        "find": pattern(question.find),
        "owner": question.owner.strip(),
        "offset": question.first,
        "rows": question.rows,
        f"promise_{_CUSTOMER}": list(promises),
        "promise_day": [found.promise.day for found in promises.values()],
        "promise_state": [found.state for found in promises.values()],
        "promise_kept": [max((e.promise.day for e in judged[of] if e.state == "kept"), default=None) for of in promises],
        f"action_{_CUSTOMER}": list(actions),
        "action_day": [entry.day for entry in actions.values()],
        "action_owner": [entry.owner for entry in actions.values()],
        **members,
    }
