"""What people write about customers: read and written at plain addresses, so that nobody waits for a page to be drawn.

A form says which revision of the ledger it was made from. Where others wrote about the customer since, nothing is kept and the
answer is what they wrote (409); the form still has what was typed, and is sent again from the new revision.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from http import HTTPStatus
from typing import Any, Final, get_args

from dash import Dash
from flask import Flask, Response, request

from callbacks.desk import Desk
from callbacks.incoming import Answer, Refused, answer, foreign, is_text, plain, too_large
from data.entries import Entries, Entry, EntryRefused, Kind, NewEntry, WrittenSince
from layouts import entries as words
from layouts.panels import progress
from layouts.panels.collection_lists import CollectionLists
from layouts.urls import COLLECTIONS, Scope
from metrics.errors import MalformedDay
from metrics.listing import Listing
from metrics.scope import Filter, parse_day, parse_period
from metrics.written import Told, Written

LARGEST: Final = 20_000
"""Bytes of a request: a note of the greatest length in any script, and what stands around it."""

_ALONE: Final = "Entries are written from the pages of this server alone."

_FORM: Final = ("kind", "who", "day", "amount", "invoice", "owner", "note")
"""The texts of a form; what is not asked for a kind may be left out."""


def register(app: Dash, desk: Desk) -> None:
    """Nothing where there is no ledger to write to."""
    if desk.entries is None:
        return
    server: Flask = app.server
    book, lists = Book(desk, desk.entries), CollectionLists()

    @server.get(f"{app.config.requests_pathname_prefix}{words.HEADING}")
    def heading() -> Response:
        return _answer(desk, lambda scope: (lists.heading(scope, desk.results(lists, scope)), HTTPStatus.OK))

    path = f"{app.config.requests_pathname_prefix}{words.PATH}<path:customer>.json"

    @server.get(path)
    def read(customer: str) -> Response:
        return _answer(desk, lambda scope: (book.told(scope, customer), HTTPStatus.OK))

    @server.post(path)
    def write(customer: str) -> Response:
        if problem := foreign(_ALONE) or too_large(LARGEST) or _malformed(request.get_json(silent=True)):
            return problem
        form: Mapping[str, Any] = request.get_json()

        def keep(scope: Scope) -> tuple[Mapping[str, Any], int]:
            kept = book.undo(scope, customer, form) if form["kind"] == "undo" else book.keep(scope, customer, form)
            return kept, HTTPStatus.CREATED

        return _answer(desk, keep)


@dataclass(frozen=True, slots=True)
class Book:
    """Reads and keeps the entries of the customers that the viewer may see."""

    desk: Desk
    entries: Entries

    def told(self, scope: Scope, customer: str) -> dict[str, Any]:
        """All about a customer: its name, what it owes, the entries, and the revision that they are of."""
        name, found = self._name(scope, customer), self._read(scope, customer, progress.cut(scope))
        return {
            "name": name,
            "written": scope.written,
            "open": scope.number.exact(found.open),
            "entries": words.listed(scope, found),
            "closed": _closed(scope),
            "latest": _latest(scope),
        }

    def keep(self, scope: Scope, customer: str, form: Mapping[str, Any]) -> dict[str, Any]:
        """Keep what a form says. Raises ``Refused``."""
        name = self._name(scope, customer)
        try:
            kept = self.entries.append(self._entry(scope, customer, form), seen=form["seen"])
        except EntryRefused as error:
            raise Refused(words.refused(scope, error.reason), _field(error.reason)) from None
        except WrittenSince as error:
            raise self._meanwhile(scope, name, error.entries) from None
        said = scope.text("Saved for {name}: {what}", name=name, what=words.brief(scope, kept))
        return {"message": said, "entry": kept.entry_id, "written": kept.entry_id}

    def undo(self, scope: Scope, customer: str, form: Mapping[str, Any]) -> dict[str, Any]:
        """Take an entry back. Raises ``Refused``."""
        name = self._name(scope, customer)
        found = next((entry for entry in self.entries.of(customer) if entry.entry_id == form["undoes"]), None)
        try:
            if found is None:
                raise EntryRefused("unknown")
            undo = self.entries.undo(found.entry_id, who=form.get("who", ""), seen_to=scope.snapshot.last_day)
        except EntryRefused as error:
            status = HTTPStatus.UNPROCESSABLE_ENTITY if error.reason in _FORM else HTTPStatus.CONFLICT
            raise Refused(words.refused(scope, error.reason), _field(error.reason), status) from None
        said = scope.text("Taken back for {name}: {what}", name=name, what=words.brief(scope, found))
        return {"message": said, "entry": undo.entry_id, "written": undo.entry_id}

    def _meanwhile(self, scope: Scope, name: str, since: tuple[Entry, ...]) -> Refused:
        """What others wrote, for the form to show, and the revision to send it again from."""
        written = since[-1].entry_id
        told = self._read(scope, since[0].customer_id, scope.snapshot.last_day, written=written)
        more = {"written": written, "since": [entry.entry_id for entry in since], "entries": words.listed(scope, told)}
        return Refused(words.meanwhile(scope, name, since), status=HTTPStatus.CONFLICT, more=more)

    def _name(self, scope: Scope, customer: str) -> str:
        """Raises ``Refused`` for a customer that there is not, or that the viewer may not see, in the same words."""
        member = self.desk.members(scope, "customer").get(customer)
        if member is None:
            said = scope.text("There is no customer '{said}', or none that you may see.", said=customer[:60])
            raise Refused(said, status=HTTPStatus.NOT_FOUND)
        return member.label(scope.language)

    def _read(self, scope: Scope, customer: str, as_of: date, *, written: int | None = None) -> Told:
        told = self.desk.answer(Written(customer=customer, as_of=as_of, written=scope.written if written is None else written), scope)
        assert isinstance(told, Told)
        return told

    def _entry(self, scope: Scope, customer: str, form: Mapping[str, Any]) -> NewEntry:
        """What a form says, of data up to the last day. Raises ``Refused`` where it cannot be true."""
        last, kind = scope.snapshot.last_day, form["kind"]
        new = NewEntry(
            customer_id=customer,
            kind=kind,
            who=form.get("who", ""),
            seen_to=last,
            day=_day(scope, form.get("day", "")),
            amount=_amount(scope, form.get("amount", "")),
            invoice_id=form.get("invoice", "").strip() or None,
            owner=form.get("owner", ""),
            note=form.get("note", ""),
        )
        if kind == "promise":
            self._can_be_promised(scope, new)
        if kind == "action" and new.day and new.day < last:
            said = scope.text("{day} is past: the data goes to {last}.", day=scope.number.day(new.day), last=scope.number.day(last))
            raise Refused(said, "day")
        if new.invoice_id and not self._is_open(scope, new):
            said = scope.text("There is no open invoice '{said}' of this customer.", said=new.invoice_id[:60])
            raise Refused(said, "invoice")
        return new

    def _can_be_promised(self, scope: Scope, new: NewEntry) -> None:
        text, number, last = scope.text, scope.number, scope.snapshot.last_day
        if new.day and new.day <= last:
            said = text(
                "{day} is past: the data goes to {last}. A promise is for a later day.", day=number.day(new.day), last=number.day(last)
            )
            raise Refused(said, "day")
        if new.amount is None:
            return
        owed = self._read(scope, new.customer_id, last).open
        if new.amount > owed:
            said = text(
                "{amount} is more than is owed: {open} is open, and no more than that can be promised.",
                amount=number.exact(new.amount),
                open=number.exact(max(owed, Decimal(0))),
            )
            raise Refused(said, "amount")

    def _is_open(self, scope: Scope, new: NewEntry) -> bool:
        last, customer = scope.snapshot.last_day, (Filter("customer", (new.customer_id,)),)
        asked = Listing(of="open", period=parse_period("month", last), as_of=last, where=customer, find=new.invoice_id or "")
        return any(row["invoice"] == new.invoice_id for row in self.desk.answer(asked, scope).rows)


def _day(scope: Scope, said: str) -> date | None:
    try:
        return parse_day(said) if said.strip() else None
    except MalformedDay:
        raise Refused(scope.text("'{said}' is not a day. Write it like 2026-09-13.", said=said[:60]), "day") from None


def _amount(scope: Scope, said: str) -> Decimal | None:
    if not said.strip():
        return None
    amount = words.read_amount(said)
    if amount is None:
        raise Refused(scope.text("'{said}' is not an amount. Write it like 12,000.50.", said=said[:60]), "amount")
    return amount


def _closed(scope: Scope) -> str:
    """Why nothing can be written here; empty where it can be."""
    day = progress.cut(scope)
    if day == scope.snapshot.last_day:
        return ""
    return scope.text("These are the figures and entries of {day}. What is new is written on the latest day.", day=scope.number.day(day))


def _latest(scope: Scope) -> str:
    """The address of the page on the latest day; of a period that is over by then in the one of its kind that is not."""
    last, fiscal = scope.snapshot.last_day, scope.snapshot.fiscal_first_month
    if parse_period(scope.address.period, last, fiscal).last >= last:
        return scope.link(as_of=None)
    return scope.link(as_of=None, period="quarter" if scope.period.kind == "range" else scope.period.kind)


# --- what comes in and goes out ----------------------------------------------------------------------------------------------


def _malformed(body: Any) -> Response | None:
    """What is wrong with the body of a request, which no form of ours would send."""
    if not isinstance(body, dict):
        return plain("The body must be a JSON object.")
    known = (*_FORM, "seen", "undoes")
    if unknown := sorted(set(body) - set(known)):
        return plain(f"'{str(unknown[0])[:60]}' is no field; there are {', '.join(known)}.")
    if body.get("kind") not in get_args(Kind):
        return plain(f"'kind' must be one of {', '.join(get_args(Kind))}.")
    if not all(isinstance(text := body.get(name, ""), str) and is_text(text) for name in _FORM):
        return plain(f"{', '.join(_FORM)} must be texts.")
    number = "undoes" if body["kind"] == "undo" else "seen"
    if not isinstance(body.get(number), int) or isinstance(body[number], bool) or not 0 <= body[number] < 2**63:
        return plain(f"'{number}' must be a whole number from 0.")
    return None


def _answer(desk: Desk, make: Callable[[Scope], Answer]) -> Response:
    """JSON, or why there is none, in the language of the address."""
    search = request.query_string.decode("utf-8", "replace")
    return answer(lambda: make(desk.scope(search, COLLECTIONS)[0]), desk.text(search))


def _field(reason: str) -> str:
    """The field of the form that a reason is about; "" where it is about none."""
    return reason if reason in _FORM else ""
