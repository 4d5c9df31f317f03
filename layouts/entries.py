"""What people write about customers, in words: entries, how they are read from a form, and why one cannot be kept."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, Final

from data.entries import LONGEST, Entry, Kind, Reason
from layouts.format import UNITS
from layouts.text import N_
from layouts.urls import Scope
from metrics.promises import Judged, State
from metrics.written import Told

PATH: Final = "entries/"
"""Where the entries of a customer are asked for and written to, below the product's own path: with the key and ``.json``."""

HEADING: Final = "worklist.json"
"""Where what stands above the worklist is asked for, when somebody wrote."""

KINDS: Final[dict[Kind, str]] = {
    "call": N_("Call"),
    "promise": N_("Promise to pay"),
    "dispute": N_("Dispute"),
    "note": N_("Note"),
    "action": N_("Next action"),
}
"""What can be written, in the order in which it is offered."""
STATES: Final[dict[State | None, tuple[str, str, str]]] = {
    "kept": (N_("kept"), "check", "good"),
    "open": (N_("open"), "clock", "dim"),
    "broken": (N_("broken"), "close", "bad"),
    None: (N_("none"), "dash", "bad"),
}
"""What became of a promise: its word, mark and judgement; None where there is none."""

MOST: Final = Decimal(10) ** 13
"""No amount is as large as this."""
_DECIMALS: Final = 4
_SHORTENED: Final = {suffix.casefold(): factor for units in UNITS.values() for factor, suffix in units.values() if suffix}
_AMOUNT: Final = re.compile(r"(-?)(\d{1,3}(?:,\d{3})+|\d+)(\.\d*)?\s*(\D*)")

_REFUSED: Final[dict[Reason, str]] = {
    "who": N_("Say who you are, so that others know whom to ask."),
    "note": N_("The note is empty. Write what there is to know."),
    "day": N_("Say by which day."),
    "amount": N_("Say how much; the amount must be above 0."),
    "owner": N_("Say who is to do it."),
    "long": N_("This is too long; at most {most} characters."),
    "unknown": N_("There is no such entry any more."),
    "undone": N_("This was taken back already."),
}


def read_amount(text: str) -> Decimal | None:
    """An amount as people write it: ``12,000.50``, ``¥12000``, ``1.2M``, ``3万``, also in full-width characters; None for what is none."""
    plain = text.translate(_HALF_WIDTH).strip().lstrip("¥$€£").strip()
    match = _AMOUNT.fullmatch(plain)
    if not match:
        return None
    sign, digits, after, suffix = match.groups()
    factor = Decimal(1) if suffix in ("", "元") else _SHORTENED.get(suffix.removesuffix("元").casefold())
    if factor is None:
        return None
    value = Decimal(f"{sign}{digits.replace(',', '')}{after or ''}") * factor
    return value if abs(value) < MOST and value == round(value, _DECIMALS) else None


_HALF_WIDTH: Final = {full: full - 0xFEE0 for full in range(0xFF01, 0xFF5F)} | {ord("￥"): "¥", ord("−"): "-", ord("\u00a0"): " "}


def refused(scope: Scope, reason: Reason) -> str:
    """Why an entry cannot be kept."""
    return scope.text(_REFUSED[reason], most=scope.number.count(max(LONGEST.values())))


def headline(scope: Scope, entry: Entry) -> str:
    """What an entry says besides its kind and its note: ``¥12,000.00 by 25 Sep 2026``."""
    text, number = scope.text, scope.number
    if entry.kind == "promise":
        return text("{amount} by {day}", amount=number.exact(entry.amount), day=number.day(entry.day))
    if entry.kind == "action":
        return text("{owner}, by {day}", owner=entry.owner, day=number.day(entry.day))
    return text(", ").join(filter(None, (entry.invoice_id, number.exact(entry.amount) if entry.amount else "")))


def brief(scope: Scope, entry: Entry) -> str:
    """An entry in a few words, for a message: ``Promise to pay, ¥12,000.00 by 25 Sep 2026``."""
    text = scope.text
    return text(", ").join(filter(None, (text(KINDS[entry.kind]), headline(scope, entry))))


def listed(scope: Scope, told: Told) -> list[dict[str, Any]]:
    """The entries of a customer, newest first, as the browser shows them."""
    return [line(scope, entry, told.promises.get(entry.entry_id), told.undone.get(entry.entry_id)) for entry in reversed(told.entries)]


def line(scope: Scope, entry: Entry, promise: Judged | None = None, undo: Entry | None = None) -> dict[str, Any]:
    """One entry: ``undone`` says who took it back, ``state`` what became of a promise."""
    text = scope.text
    word, mark, look = STATES[promise.state] if promise else ("", "", "")
    return {
        "id": entry.entry_id,
        "kind": entry.kind,
        "name": text(KINDS[entry.kind]),
        "headline": headline(scope, entry),
        "note": entry.note,
        "by": signed(scope, entry),
        "state": {"word": text(word), "mark": mark, "look": look} if promise else None,
        "undone": text("Taken back: {by}", by=signed(scope, undo)) if undo else "",
    }


def signed(scope: Scope, entry: Entry) -> str:
    """Who wrote an entry and when."""
    return scope.text("{who}, {moment}", who=entry.who, moment=scope.number.moment(entry.at))


def meanwhile(scope: Scope, name: str, since: Iterable[Entry]) -> str:
    """That others wrote about a customer while somebody did."""
    who = scope.text(", ").join(dict.fromkeys(entry.who for entry in since))
    return scope.text(
        "{who} wrote about {name} meanwhile. What you typed is still here: read what was written, then save again.", who=who, name=name
    )
