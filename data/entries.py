"""What people write about customers: calls, promises to pay, disputes, notes, next actions; kept in the ledger, append only.

Nothing is ever changed or removed: to take an entry back is an entry too. Who writes says which revision they had seen; what
somebody else wrote about the same customer since is given to them instead of being passed over.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final, Literal

import sqlalchemy as sa

from data.errors import DataError
from data.ledger import Ledger, customer_entry, note_change

Kind = Literal["call", "promise", "dispute", "note", "action", "undo"]
Reason = Literal["who", "note", "day", "amount", "owner", "long", "unknown", "undone"]

LONGEST: Final = {"who": 80, "owner": 80, "invoice_id": 80, "note": 2000}
"""Characters that a text may have."""

NEEDED: Final[dict[Kind, tuple[Reason, ...]]] = {
    "call": ("note",),
    "promise": ("day", "amount"),
    "dispute": ("note",),
    "note": ("note",),
    "action": ("note", "owner", "day"),
    "undo": (),
}
"""What an entry cannot be without, besides who wrote it."""

_SAID: Final[dict[Reason, str]] = {
    "who": "Say who writes this.",
    "note": "The note is empty. Write what there is to know.",
    "day": "The day is missing.",
    "amount": "The amount is missing, or is not above 0.",
    "owner": "Say who is to do it.",
    "long": "A text is too long.",
    "unknown": "There is no such entry.",
    "undone": "This entry was taken back already.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEntry:
    """What somebody wants to keep about a customer.

    ``seen_to``: the last day of the data when it was written. ``day``: by when is promised or to be done. ``amount``: money,
    promised or disputed. ``invoice_id``: what is disputed. ``owner``: who is to act. ``undoes``: the entry that is taken back.
    """

    customer_id: str
    kind: Kind
    who: str
    seen_to: date
    day: date | None = None
    amount: Decimal | None = None
    invoice_id: str | None = None
    owner: str = ""
    note: str = ""
    undoes: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry(NewEntry):
    """What is kept; ``at``: UTC. Numbers ascend in the order in which entries were kept."""

    entry_id: int
    at: datetime


class EntryRefused(DataError):
    """An entry that cannot be kept; ``reason`` says what is missing or wrong with it, for who puts it into words."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(_SAID[reason])
        self.reason: Reason = reason


class WrittenSince(DataError):
    """Others wrote about the customer after the revision that the writer had seen: ``entries``, oldest first."""

    def __init__(self, entries: tuple[Entry, ...]) -> None:
        super().__init__(f"{entries[-1].who} wrote about this customer since. Read it, then save again.")
        self.entries = entries


class Entries:
    """The entries of one ledger. Safe to share between threads, and between processes."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    @property
    def revision(self) -> int:
        """The number of the last entry; 0 before there is any."""
        with self._ledger.reading() as connection:
            return connection.scalar(_REVISION) or 0

    def append(self, new: NewEntry, *, seen: int) -> Entry:
        """Keep an entry. ``seen``: the revision that it was written from.

        Raises ``EntryRefused`` for one that lacks something, and ``WrittenSince``, keeping nothing, where somebody wrote about the
        same customer after that revision. Both are decided under the write lock, so that of two who write at once the later sees
        the earlier.
        """
        return self._keep(_checked(new), seen=seen)

    def undo(self, entry_id: int, *, who: str, seen_to: date) -> Entry:
        """Take an entry back, whatever was written since. Raises ``EntryRefused`` for one that is unknown or taken back already."""
        with self._ledger.reading() as connection:
            found = _entries(connection, sa.select(customer_entry).where(_ENTRY.entry_id == entry_id, _ENTRY.kind != "undo"))
        if not found:
            raise EntryRefused("unknown")
        undo = NewEntry(customer_id=found[0].customer_id, kind="undo", who=who, seen_to=seen_to, undoes=entry_id)
        return self._keep(_checked(undo), seen=None)

    def of(self, customer_id: str, *, after: int = 0, upto: int | None = None) -> tuple[Entry, ...]:
        """All about one customer after a revision and up to another, oldest first: what was taken back too, and that it was."""
        with self._ledger.reading() as connection:
            return _about(connection, customer_id, after=after, upto=upto)

    def standing(self, kinds: Collection[Kind], *, upto: int, seen_to: date) -> tuple[Entry, ...]:
        """Of these kinds all that stood at a revision, oldest first, as far as they were written of data up to that day."""
        with self._ledger.reading() as connection:
            return _entries(connection, _standing(upto, seen_to).where(_ENTRY.kind.in_(kinds)).order_by(_ENTRY.entry_id))

    def latest(self, kinds: Collection[Kind], *, upto: int, seen_to: date, of: Iterable[str] | None = None) -> dict[str, Entry]:
        """By customer the last of these kinds that stood. ``of``: for these customers alone."""
        last = _standing(upto, seen_to).where(_ENTRY.kind.in_(kinds))
        if of is not None:
            last = last.where(_ENTRY.customer_id.in_(tuple(of)))
        ids = last.with_only_columns(sa.func.max(_ENTRY.entry_id)).group_by(_ENTRY.customer_id)
        with self._ledger.reading() as connection:
            found = _entries(connection, sa.select(customer_entry).where(_ENTRY.entry_id.in_(ids)))
        return {entry.customer_id: entry for entry in found}

    def _keep(self, new: NewEntry, *, seen: int | None) -> Entry:
        with self._ledger.writing() as connection:
            if seen is not None and (since := _about(connection, new.customer_id, after=seen)):
                raise WrittenSince(since)
            if new.undoes and connection.scalar(sa.select(_ENTRY.entry_id).where(_ENTRY.undoes == new.undoes)):
                raise EntryRefused("undone")
            said = {f.name: getattr(new, f.name) for f in fields(new)}
            row = {**said, "at": datetime.now(UTC)}
            result = connection.execute(sa.insert(customer_entry).values(row))
            assert result.inserted_primary_key, "the key is given by the database"
            kept = Entry(**row, entry_id=int(result.inserted_primary_key[0]))
            note_change(connection, new.kind, f"customer {new.customer_id}", who=new.who, detail={"entry": kept.entry_id})
            return kept


_ENTRY: Final = customer_entry.c
_REVISION: Final = sa.select(sa.func.max(_ENTRY.entry_id))


def _entries(connection: sa.Connection, select: sa.Select[Any]) -> tuple[Entry, ...]:
    return tuple(Entry(**row._mapping) for row in connection.execute(select))


def _about(connection: sa.Connection, customer_id: str, *, after: int, upto: int | None = None) -> tuple[Entry, ...]:
    asked = sa.select(customer_entry).where(_ENTRY.customer_id == customer_id, _ENTRY.entry_id > after)
    if upto is not None:
        asked = asked.where(_ENTRY.entry_id <= upto)
    return _entries(connection, asked.order_by(_ENTRY.entry_id))


def _standing(upto: int, seen_to: date) -> sa.Select[Any]:
    """What was kept up to a revision and not taken back by then, written of data up to a day."""
    back = customer_entry.alias("back")
    undone = sa.exists().where(back.c.undoes == _ENTRY.entry_id, back.c.entry_id <= upto)
    return sa.select(customer_entry).where(_ENTRY.entry_id <= upto, _ENTRY.kind != "undo", _ENTRY.seen_to <= seen_to, ~undone)


def _checked(new: NewEntry) -> NewEntry:
    """The entry with its texts trimmed. Raises ``EntryRefused``."""
    texts = {name: (getattr(new, name) or "").strip() for name in LONGEST}
    said = replace(new, **(texts | {"invoice_id": texts["invoice_id"] or None}))
    if any(len(text) > LONGEST[name] for name, text in texts.items()):
        raise EntryRefused("long")
    if not said.who:
        raise EntryRefused("who")
    if said.amount is not None and not (said.amount.is_finite() and said.amount > 0):
        raise EntryRefused("amount")
    for name in NEEDED[said.kind]:
        if not getattr(said, name):
            raise EntryRefused(name)
    return said
