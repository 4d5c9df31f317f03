"""Roll rates: what became of the money in each ageing bucket within a month, and the ageing that follows if it goes on like that.

Money is exact and kept: what was in a bucket is found again in some bucket, or it was paid; what is in a bucket now was carried
into it, or was added since. All pure; invoices and credit notes roll apart, since a sum of both says nothing of either.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

ZERO = Decimal(0)

Amounts = tuple[Decimal, ...]
Projected = tuple[Decimal | None, ...]
Rates = tuple[Amounts | None, ...]
"""By bucket the share that is carried into each bucket; None where nothing was in it that could tell."""


@dataclass(frozen=True, slots=True)
class Flow:
    """Of the instalments due on a day, between two days: what was open before, what of that still is, and what came since.

    An invoice that was paid and reopened by a refund is added; so is what a refund adds to one that was open.
    """

    due_day: date
    opening: Decimal
    carried: Decimal
    added: Decimal


@dataclass(frozen=True, slots=True)
class Matrix:
    """``opening`` and ``added`` by bucket, youngest first; ``carried[i][j]``: what went from bucket i to bucket j."""

    opening: Amounts
    carried: tuple[Amounts, ...]
    added: Amounts

    def __add__(self, other: Matrix) -> Matrix:
        return Matrix(
            _plus(self.opening, other.opening),
            tuple(map(_plus, self.carried, other.carried)),
            _plus(self.added, other.added),
        )

    def worse(self, bucket: int) -> Decimal:
        return sum(self.carried[bucket][bucket + 1 :], ZERO)

    def stays(self, bucket: int) -> Decimal:
        return self.carried[bucket][bucket]

    def better(self, bucket: int) -> Decimal:
        """Nothing, as long as no due day is put off."""
        return sum(self.carried[bucket][:bucket], ZERO)

    def paid(self, bucket: int) -> Decimal:
        return self.opening[bucket] - sum(self.carried[bucket], ZERO)

    def closing(self, bucket: int) -> Decimal:
        return sum((row[bucket] for row in self.carried), ZERO) + self.added[bucket]

    def share(self, bucket: int, part: Decimal) -> Decimal | None:
        """A part of what was in the bucket; none where nothing was."""
        return part / self.opening[bucket] if self.opening[bucket] else None


def position(due_day: date, day: date, edges: Sequence[int]) -> int:
    """The bucket of an instalment on a day, counted from 0, not due; as ``metrics.catalog.buckets`` lists them."""
    late = (day - due_day).days
    return 1 + bisect_left(edges, late) if late > 0 else 0


def matrix(flows: Iterable[Flow], before: date, after: date, edges: Sequence[int]) -> Matrix:
    """What moved between the buckets from one day to another."""
    count = len(edges) + 2
    opening, added = [ZERO] * count, [ZERO] * count
    carried = [[ZERO] * count for _ in range(count)]
    for flow in flows:
        was, now = position(flow.due_day, before, edges), position(flow.due_day, after, edges)
        opening[was] += flow.opening
        carried[was][now] += flow.carried
        added[now] += flow.added
    return Matrix(tuple(opening), tuple(map(tuple, carried)), tuple(added))


def rates(of: Matrix, *instead: Matrix) -> Rates:
    """The rates of a matrix of one sign; of a bucket in which was nothing those of the first matrix ``instead`` that had something."""

    def row(bucket: int) -> Amounts | None:
        told = next((m for m in (of, *instead) if m.opening[bucket]), None)
        return tuple(moved / told.opening[bucket] for moved in told.carried[bucket]) if told else None

    return tuple(row(bucket) for bucket in range(len(of.opening)))


def ahead(now: Projected, by: Rates, added: Amounts) -> Projected:
    """The balances a month on, at these rates and with so much added. A bucket that nothing is known of leaves it and all older ones
    without value, since money only grows older."""
    unknown = next((i for i, amount in enumerate(now) if amount is None or (amount and by[i] is None)), len(now))
    known = [(amount, row) for amount, row in zip(now, by, strict=True) if amount and row is not None]
    sums = (sum((amount * row[j] for amount, row in known), added[j]) for j in range(len(now)))
    return tuple(None if j >= unknown else value for j, value in enumerate(sums))


def reach(by: Rates, months: int, target: int) -> Projected:
    """By bucket the share of what is in it now that is in the bucket ``target`` or an older one so many months on."""
    count = len(by)
    share: Projected = tuple(Decimal(bucket >= target) for bucket in range(count))
    for _ in range(months):
        share = tuple(_expected(row, share) for row in by)
    return share


def _expected(row: Amounts | None, share: Projected) -> Decimal | None:
    if row is None:
        return None
    parts = [(moved, of) for moved, of in zip(row, share, strict=True) if moved]
    return None if any(of is None for _, of in parts) else sum((moved * of for moved, of in parts if of is not None), ZERO)


def _plus(left: Amounts, right: Amounts) -> Amounts:
    return tuple(a + b for a, b in zip(left, right, strict=True))
