"""Each figure of the collection cycle out of the sums it needs, or why it has none (``metrics.plan`` says which sums those are)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from metrics import receivables
from metrics.plan import CLOSING, FELL_DUE, LAST_DAYS, LAST_MONTH, MONTH_BEFORE, NOW, OPENING

Sums = Callable[[str, str], Decimal | None]
"""The value of a sum of the catalogue in a window of the plan."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Books:
    """What is known of one row: ``of``: its sums; ``months``: what was invoiced in each month up to ``as_of``; ``days``: ``dso_days``."""

    of: Sums
    months: Mapping[date, Decimal]
    as_of: date
    days: int


def value(key: str, books: Books) -> Decimal | None:
    """A figure of the cycle by its key in the catalogue."""
    return _VALUES[key](books)


def reason(key: str, books: Books) -> str:
    """The code of ``metrics.query.MISSING_CODES`` for a figure that has no value though its sums are known."""
    if key in ("dso", "dso_best", "days_delinquent", "dso_count_back"):
        owed = [books.of(name, NOW) for name in ("open", "not_due")]
        if any(amount is not None and amount < 0 for amount in owed):
            return "credit_balance"
    return _REASONS.get(key, "no_value")


_REASONS: Final = {
    "collected_of_invoiced": "nothing_invoiced",
    "collected_of_due": "nothing_due",
    "dso": "nothing_invoiced",
    "dso_best": "nothing_invoiced",
    "days_delinquent": "nothing_invoiced",
    "dso_count_back": "beyond_history",
    "days_to_pay": "nothing_paid",
    "days_late": "nothing_paid",
}


def _dso(books: Books) -> Decimal | None:
    return receivables.dso(books.of("open", NOW), books.of("invoiced", LAST_DAYS), books.days)


def _best(books: Books) -> Decimal | None:
    return receivables.dso(books.of("not_due", NOW), books.of("invoiced", LAST_DAYS), books.days)


def _count_back(books: Books) -> Decimal | None:
    return receivables.count_back(books.of("open", NOW), receivables.months_back(books.months, books.as_of))


def _effectiveness(books: Books) -> Decimal | None:
    return receivables.effectiveness(
        opening=books.of("open", MONTH_BEFORE),
        invoiced=books.of("invoiced", LAST_MONTH),
        closing=books.of("open", NOW),
        not_due=books.of("not_due", NOW),
    )


def _of_receivable(books: Books) -> Decimal | None:
    return receivables.of_receivable(
        opening=_receivable(books, OPENING), invoiced=books.of("invoiced", NOW), closing=_receivable(books, CLOSING)
    )


def _receivable(books: Books, window: str) -> Decimal | None:
    owed, unapplied = books.of("open", window), books.of("unapplied", window)
    return None if owed is None or unapplied is None else owed + unapplied


_VALUES: Final[dict[str, Callable[[Books], Decimal | None]]] = {
    "collected_of_invoiced": lambda books: receivables.share(books.of("collections", NOW), books.of("invoiced", NOW)),
    "collected_of_due": lambda books: receivables.of_due(settled=books.of("settled", FELL_DUE), still_open=books.of("open", FELL_DUE)),
    "collected_of_receivable": _of_receivable,
    "dso": _dso,
    "dso_best": _best,
    "dso_count_back": _count_back,
    "days_delinquent": lambda books: receivables.days_delinquent(_dso(books), _best(books)),
    "cei": _effectiveness,
    "days_to_pay": lambda books: receivables.mean_days(books.of("waited", NOW), books.of("collections", NOW)),
    "days_late": lambda books: receivables.mean_days(books.of("lateness", NOW), books.of("collections", NOW)),
}
