"""The rows of legs, found again by the keys of an answer: sums by window, balances of a day, courses by the day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from metrics.catalog import Fact
from metrics.coarsen import Rows
from metrics.compile import Leg, Window, members_of
from metrics.plan import NOW

Key = tuple[Any, ...]
ZERO: Final = Decimal(0)


@dataclass(frozen=True, slots=True)
class Table:
    """The sums of one leg by key. ``at``: the position of (column, window)."""

    rows: Mapping[Key, tuple[Any, ...]]
    at: Mapping[tuple[str, str], int]

    def value(self, key: Key, column: str, window: str) -> Any:
        row = self.rows.get(key)
        return None if row is None else row[self.at[column, window]]


@dataclass(frozen=True, slots=True)
class Course:
    """The daily values of one leg by key."""

    rows: Mapping[Key, Mapping[date, tuple[Any, ...]]]
    columns: tuple[str, ...]


def by_window(leg: Leg, rows: Rows) -> Table:
    width = len(leg.by)
    spans = [(column, window.name) for window in leg.windows for column in leg.columns]
    return Table({row[:width]: row[width:] for row in rows}, {span: i for i, span in enumerate(spans)})


def of_a_day(leg: Leg, rows: Rows, by: tuple[str, ...]) -> Table:
    """What there is of a fact on the leg's day, under the keys asked for: the columns and, of balances that were read by bucket, what
    is not due and what is overdue."""
    width = len(leg.by)
    due = leg.by.index("bucket") if leg.fact is Fact.RECEIVABLE and "bucket" in leg.by else None
    columns = leg.columns if due is None else (*leg.columns, "not_due", "overdue")
    kept = [(leg.by.index(dimension), members_of(dimension, leg.edges)) for dimension in by]
    sums: dict[Key, list[Decimal]] = {}
    for row in rows:
        if row[width] is None:  # an aggregate over no rows at all
            continue
        parts = sums.setdefault(tuple(member_of(row[at]) for at, member_of in kept), [ZERO] * len(columns))
        for i, value in enumerate(row[width:]):
            parts[i] += value or ZERO
        if due is not None:  # the youngest bucket is what is not due
            parts[-1 if row[due] else -2] += row[width + leg.columns.index("balance")]
    return Table({key: tuple(parts) for key, parts in sums.items()}, {(column, NOW): i for i, column in enumerate(columns)})


def summed(leg: Leg, courses: Mapping[Key, Mapping[date, tuple[Any, ...]]], windows: Sequence[Window]) -> Table:
    """Totals of a leg by the day over windows; a column that is empty on every day stays empty."""

    def total(by_day: Mapping[date, tuple[Any, ...]], window: Window, at: int) -> Any:
        known = [row[at] for day, row in by_day.items() if window.first <= day <= window.last and row[at] is not None]
        return sum(known) if known else None

    spans = [(column, window.name) for window in windows for column in leg.columns]
    rows = {
        key: tuple(total(by_day, window, at) for window in windows for at in range(len(leg.columns))) for key, by_day in courses.items()
    }
    return Table(rows, {span: i for i, span in enumerate(spans)})
