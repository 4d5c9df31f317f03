"""A coarser leg out of a finer one that was already read: additive sums need no second reading.

A company's total follows from its regions, a day's from the regions' days. Both are exact, since money is summed as decimals.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from threading import Lock
from typing import Any, Final

from cachetools import LRUCache

from metrics.compile import Leg

Rows = list[tuple[Any, ...]]

MOST_ROWS: Final = 2000
"""Adding up more rows than these here would cost more than asking the store again."""


class Finer:
    """Remembers the legs that were read. Safe to share between threads."""

    def __init__(self, size: int) -> None:
        self._read: LRUCache[tuple[Leg, int], list[tuple[tuple[str, ...], Rows]]] = LRUCache(size)
        self._lock = Lock()

    def remember(self, leg: Leg, version: int, rows: Rows) -> None:
        if len(rows) <= MOST_ROWS:
            with self._lock:
                self._read.setdefault((replace(leg, by=()), version), []).append((leg.by, rows))

    def coarsened(self, leg: Leg, version: int) -> Rows | None:
        """The rows of the leg, if one was read that is split by at least the same dimensions."""
        with self._lock:
            known = tuple(self._read.get((replace(leg, by=()), version), ()))
        for by, rows in known:
            if set(leg.by) < set(by):
                return coarsen(rows, by, leg.by)
        return None


def coarsen(rows: Rows, by: tuple[str, ...], wanted: tuple[str, ...]) -> Rows:
    """Rows split by ``by`` added up to ``wanted``, some of the same dimensions. A sum of nothing but missing values is missing."""
    positions = [by.index(dimension) for dimension in wanted]
    width = len(rows[0]) - len(by) if rows else 0
    sums: defaultdict[tuple[Any, ...], list[Any]] = defaultdict(lambda: [None] * width)
    for row in rows:
        total = sums[tuple(row[at] for at in positions)]
        for i, value in enumerate(row[len(by) :]):
            if value is not None:
                total[i] = value if total[i] is None else total[i] + value
    return [(*key, *total) for key, total in sums.items()]
