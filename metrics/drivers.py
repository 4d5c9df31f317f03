"""Which members and which causes explain a gap, the strongest first.

Who is named explains others away: the customer that left is most of what its area lost, and the area that nothing is shipped
to is what its customers lost. So the next one is scored by what it carries beyond what those named before let expect.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

import numpy as np
import numpy.typing as npt

from metrics.bridge import Book, Cause
from metrics.candidates import HOME, LEAST, Candidate, Evidence, Places
from metrics.catalog import PLACES
from metrics.movements import BASE, NOW, Flags, Ints, coded, exact, total
from metrics.rates import Part

Floats = npt.NDArray[np.float64]

MOST: Final = 5
"""How many drivers are named."""
_DIGITS: Final = 9
"""To which scores are compared: rows come in no order, and the last digits of a sum of theirs depend on it."""


@dataclass(frozen=True, slots=True)
class Step:
    """One member of a dimension: what it was to be, what it came to. The steps of a dimension add up to the whole gap."""

    dimension: str
    key: str | None
    base: Decimal
    actual: Decimal

    @property
    def gap(self) -> Decimal:
        return self.actual - self.base


@dataclass(frozen=True, slots=True, kw_only=True)
class Driver:
    """What explains a share of a gap: a member (``cause`` empty), a cause of the bridge, or a cause within a member.

    ``share``: amount ÷ gap, above 1 where others make up for some of it. ``count``: members behind a class.
    """

    cause: str
    dimension: str
    key: str | None
    amount: Decimal
    share: Decimal
    count: int
    score: float


class Case:
    """One scope to explain: its gap, its places, its book and its causes."""

    def __init__(
        self, gap: int, places: Places, book: Book | None, causes: Sequence[Cause], segment: Mapping[str | None, str | None]
    ) -> None:
        self.gap = gap
        self._evidence = Evidence(gap, places, book, causes, segment)

    def steps(self, dimension: str) -> tuple[Step, ...]:
        """All members of a dimension, those first that add most to the gap. Empty where nothing is known by it."""
        keys, base, actual = self._evidence.columns(dimension)
        codes, members = coded(keys)
        bases, actuals = total(codes, base, len(members)), total(codes, actual, len(members))
        if len(bases):  # the last digits that scaling rounded away go to the largest
            bases[np.argmax(np.abs(bases))] += int(actuals.sum()) - self.gap - int(bases.sum())
        gaps = actuals - bases
        order = np.argsort(gaps if self.gap < 0 else -gaps, kind="stable")
        return tuple(Step(dimension, members[i], exact(bases[i]), exact(actuals[i])) for i in order if bases[i] or actuals[i])

    def rates(self, dimension: str) -> tuple[Part, ...]:
        """The measure and the sales amount of every member of a dimension, before and now, as they were."""
        book = self._evidence.book
        if book is None:
            return ()
        rows = book.products if dimension in ("category", "product") else book.customers
        if rows is None:
            return ()
        codes, members = coded(self._evidence.keys(dimension))
        columns = (rows.value(book.measure, BASE), rows.column("amount", BASE), rows.value(book.measure, NOW), rows.column("amount", NOW))
        sums = [total(codes, values, len(members)) for values in columns]
        return tuple(Part(*(exact(values[i]) for values in sums)) for i in range(len(members)))

    def drivers(self, below: Sequence[str]) -> tuple[Driver, ...]:
        """At most ``MOST``, the strongest first. ``below``: the dimensions under the scope, in which members are named."""
        if not self.gap:
            return ()
        members = tuple(self._evidence.members(below))
        classes = tuple(self._evidence.classes(below, self._standing_out(members)))
        found = [*(c for c in members if not any(_tells(cause, c, self.gap) for cause in classes)), *classes]
        chosen: list[Candidate] = []
        while found and len(chosen) < MOST:
            found.sort(key=lambda c: (-round(c.score, _DIGITS), c.cause, c.dimension, c.key or ""))
            first = found.pop(0)
            if first.score < LEAST:
                break
            chosen.append(first)
            (cell, rate), left = self._rates(chosen), self._left(chosen)
            found = [self._beyond(c, cell, rate, left) for c in found if not _same(c, first)]
        return tuple(self._driver(c) for c in chosen)

    def path(self, below: Sequence[str]) -> tuple[Driver, ...]:
        """From the scope down: at each place the one below that explains most, to the customer, while one stands out."""
        if not self.gap:
            return ()
        levels = [dimension for dimension in (*PLACES, "customer") if dimension in below]
        steps: list[Driver] = []
        evidence = self._evidence
        for level in levels:
            best = max(evidence.members((level,)), key=lambda c: (round(c.score, _DIGITS), c.key or ""), default=None)
            if best is None or best.score < LEAST or best.key is None:
                continue
            steps.append(self._driver(best))
            evidence = evidence.within(level, best.key, best.amount)
        return tuple(steps)

    def _standing_out(self, members: Sequence[Candidate]) -> Flags:
        """The rows of customers who are a driver by themselves."""
        out = np.zeros(len(self._evidence.moved), dtype=bool)
        for candidate in members:
            if candidate.dimension == "customer" and candidate.rows is not None and candidate.score >= LEAST:
                out |= candidate.rows
        return out

    def _rates(self, chosen: Sequence[Candidate]) -> tuple[Ints, Floats]:
        """Which drivers every row of the customers is in, as a number, and at what rate of their base those of a number moved."""
        cell = np.zeros(len(self._evidence.moved), dtype=np.int64)
        for candidate in chosen:
            if candidate.rows is not None:
                cell = 2 * cell + candidate.rows
        # In whole numbers: rows come in no order, and a score must not depend on it.
        moved, base = (total(cell, values, 2 ** len(chosen)) for values in (self._evidence.moved, self._evidence.base))
        rate: Floats = np.divide(moved, base, out=np.zeros(len(base)), where=base > 0)
        return cell, rate

    def _left(self, chosen: Sequence[Candidate]) -> float:
        """The share of the gap that is in none of the drivers."""
        rows = np.zeros(len(self._evidence.moved), dtype=bool)
        for candidate in chosen:
            if candidate.rows is not None:
                rows |= candidate.rows
        told = int(self._evidence.moved[rows].sum()) + sum(candidate.amount for candidate in chosen if candidate.rows is None)
        return min(max(1 - told / self.gap, 0.0), 1.0)

    def _beyond(self, candidate: Candidate, cell: Ints, rate: Floats, left: float) -> Candidate:
        """The candidate, scored anew by what it carries beyond what is expected of rows of its ``cell`` at their ``rate``.

        Causes of products stay as they are. Above what it scored it gets as far as something is ``left`` to tell: a large area
        has its share of the whole gap held against it until it is seen that the gap is another's. Past that chance moves
        would be told.
        """
        rows = candidate.rows
        if rows is None:
            return candidate
        expected = float(np.dot(rate, total(cell[rows], self._evidence.base[rows], len(rate))))
        beyond = (int(self._evidence.moved[rows].sum()) - expected) / self.gap
        score = max(min(candidate.score, beyond + candidate.favour), min(left, beyond) + candidate.favour)
        return replace(candidate, score=score)

    def _driver(self, c: Candidate) -> Driver:
        share = Decimal(c.amount) / Decimal(self.gap)
        return Driver(
            cause=c.cause,
            dimension=c.dimension,
            key=c.key,
            amount=exact(c.amount),
            share=share,
            count=c.count,
            score=round(float(c.score), _DIGITS),
        )


def _tells(cause: Candidate, member: Candidate, gap: int) -> bool:
    """Whether an effect within a member is most of what makes the member stand out: then it says more than the name.

    What the member moved as the whole did is not asked of the effect; a customer who left bought of all categories.
    """
    inside = member.key is not None and cause.rows is None and (cause.dimension, cause.key) == (member.dimension, member.key)
    return inside and cause.amount / gap >= HOME * min(member.amount / gap, member.score - member.favour)


def _same(one: Candidate, other: Candidate) -> bool:
    """Whether a cause of products and a member say the same: what of a category's loss is price, or the loss it is."""
    if one.rows is not None or other.rows is not None or (one.cause == "") == (other.cause == ""):
        return False
    return not (one.key and other.key) or one.key == other.key or one.dimension != other.dimension
