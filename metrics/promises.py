"""Promises to pay: kept, open or broken by what was paid.

The payments of a customer fill the customer's promises, the one due earliest first. A payment counts for a promise if it came
after the data that the promise was given on, and not after the promised day. Money that went to one promise is gone for the
others; what one leaves over goes to the next. So as days pass an open promise becomes kept or broken, and stays so.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final, Literal

State = Literal["open", "kept", "broken"]
STATES: Final[tuple[State, ...]] = ("open", "kept", "broken")

_NOTHING: Final = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """``number``: in the order in which promises were given. ``given``: the last day of the data when it was, which no payment
    that counts is dated before or on. ``day``: the last on which a payment counts. ``amount``: above 0."""

    number: int
    given: date
    day: date
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Judged:
    """A promise on some day. ``paid``: what of it was paid in time, at most all of it."""

    promise: Promise
    state: State
    paid: Decimal


Payment = tuple[date, Decimal]
"""A day and what was paid on it; below 0 what was paid back."""


def judge(promises: Iterable[Promise], payments: Iterable[Payment], as_of: date) -> tuple[Judged, ...]:
    """The promises of one customer as they stand at the end of a day, by promised day.

    What was paid back on the day of a payment is taken off it; what was paid back later does not break a promise that was kept.
    """
    due = sorted(promises, key=lambda promise: (promise.day, promise.number))
    paid = dict.fromkeys((promise.number for promise in due), _NOTHING)
    for day, amount in _by_day(payments, as_of):
        left = amount
        for promise in due:
            if promise.given < day <= promise.day:
                part = max(min(left, promise.amount - paid[promise.number]), _NOTHING)
                paid[promise.number] += part
                left -= part
    return tuple(Judged(promise, _state(promise, paid[promise.number], as_of), paid[promise.number]) for promise in due)


def foremost(judged: Sequence[Judged], since: date = date.min) -> Judged | None:
    """The one to look at of those for a day from ``since`` on: the open one that is due first, else the broken one that was due last,
    else the kept one that was due last. So what was kept later, of whatever amount, hides none that was broken."""
    counting = [each for each in judged if each.promise.day >= since]
    next_open = next((each for each in counting if each.state == "open"), None)
    last = {each.state: each for each in counting}
    return next_open or last.get("broken") or last.get("kept")


def _by_day(payments: Iterable[Payment], as_of: date) -> list[Payment]:
    sums: defaultdict[date, Decimal] = defaultdict(Decimal)
    for day, amount in payments:
        if day <= as_of:
            sums[day] += amount
    return sorted(sums.items())


def _state(promise: Promise, paid: Decimal, as_of: date) -> State:
    if paid >= promise.amount:
        return "kept"
    return "open" if as_of <= promise.day else "broken"
