"""Which members and which causes explain a gap: ranked by how much of it they carry beyond their share of the base.

A member that moved like the whole explains nothing, however large it is. So a candidate scores the share of the gap that it
carries (at most all of it) less its share of the base; a cause, which has no share of the base, scores the share it carries
less a handicap, since a name is a better answer than a class. Volume and what is left over score nothing: they are the whole,
said again. A class or an effect that sits almost wholly in one member is told of that member.

Who is named explains others away: the customer that left is most of what its area lost, and the area that nothing is shipped
to is what its customers lost. So the next one is scored by what it carries beyond what those named before let expect.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

import numpy as np
import numpy.typing as npt

from metrics.bridge import Book, Cause, Contribution
from metrics.catalog import PLACES
from metrics.movements import BASE, NOW, Flags, Ints, Keys, coded, exact, ticks, total
from metrics.rates import Part

Floats = npt.NDArray[np.float64]

MOST: Final = 5
"""How many drivers are named."""
LEAST: Final = 0.15
"""What scores less does not stand out."""
_TURNOVER: Final = {
    "lost_customers": "new_customers",
    "new_customers": "lost_customers",
    "dropped_products": "new_products",
    "new_products": "dropped_products",
}
"""What comes as others go: any company has some of both in any period, so what counts is what they come to together."""
_HANDICAP: Final = 0.12
"""Of these classes."""
_FAVOUR: Final = {"customer": 0.06, "rep": 0.04, "area": 0.02, "segment": -0.06}
"""The nearer to somebody who can be called, the better the answer; a segment is nobody."""
_EFFECTS: Final = ("price", "cost", "expense", "mix", "new_products", "dropped_products", "lost_customers", "new_customers")
_HOME: Final = 0.7
"""A cause of which this share or more sits in one member is told of that member."""


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


@dataclass(frozen=True, slots=True)
class Places:
    """What every region, area and rep was to bring and brought, row by row; a target that nobody below has stands in rows of
    its own, their members None."""

    keys: Mapping[str, Keys]
    base: Ints
    actual: Ints

    def only(self, rows: Flags) -> Places:
        return Places({name: values[rows] for name, values in self.keys.items()}, self.base[rows], self.actual[rows])


@dataclass(frozen=True, slots=True)
class _Candidate:
    """``rows``: which rows of the book's customers it stands on; None for causes of products."""

    cause: str
    dimension: str
    key: str | None
    amount: int
    count: int
    score: float
    rows: Flags | None
    favour: float = 0.0
    """What of the score is not carried: for a name that can be called, against a class."""


class Case:
    """One scope to explain: its gap, its places, its book and its causes."""

    def __init__(
        self, gap: int, places: Places, book: Book | None, causes: Sequence[Cause], segment: Mapping[str | None, str | None]
    ) -> None:
        self.gap, self._places, self._book, self._causes = gap, places, book, causes
        self._segment = segment
        self._moved = book.moved(book.customers) if book else np.zeros(0, dtype=np.int64)
        self._base = book.value(book.customers, BASE) if book else np.zeros(0, dtype=np.int64)
        self._state = _states(book) if book else {}

    def steps(self, dimension: str) -> tuple[Step, ...]:
        """All members of a dimension, those first that add most to the gap. Empty where nothing is known by it."""
        keys, base, actual = self._columns(dimension)
        codes, members = coded(keys)
        bases, actuals = total(codes, base, len(members)), total(codes, actual, len(members))
        if len(bases):  # the last digits that scaling rounded away go to the largest
            bases[np.argmax(np.abs(bases))] += int(actuals.sum()) - self.gap - int(bases.sum())
        gaps = actuals - bases
        order = np.argsort(gaps if self.gap < 0 else -gaps, kind="stable")
        return tuple(Step(dimension, members[i], exact(bases[i]), exact(actuals[i])) for i in order if bases[i] or actuals[i])

    def rates(self, dimension: str) -> tuple[Part, ...]:
        """The measure and the sales amount of every member of a dimension, before and now, as they were."""
        book = self._book
        if book is None:
            return ()
        rows = book.products if dimension in ("category", "product") else book.customers
        if rows is None:
            return ()
        codes, members = coded(self._keys(dimension))
        columns = (rows.value(book.measure, BASE), rows.column("amount", BASE), rows.value(book.measure, NOW), rows.column("amount", NOW))
        sums = [total(codes, values, len(members)) for values in columns]
        return tuple(Part(*(exact(values[i]) for values in sums)) for i in range(len(members)))

    def drivers(self, below: Sequence[str]) -> tuple[Driver, ...]:
        """At most ``MOST``, the strongest first. ``below``: the dimensions under the scope, in which members are named."""
        if not self.gap:
            return ()
        members = tuple(self._members(below))
        classes = tuple(self._classes(below, self._standing_out(members)))
        found = [*(c for c in members if not any(_tells(cause, c) for cause in classes)), *classes]
        chosen: list[_Candidate] = []
        while found and len(chosen) < MOST:
            found.sort(key=lambda c: (-c.score, c.cause, c.dimension, c.key or ""))
            first = found.pop(0)
            if first.score < LEAST:
                break
            chosen.append(first)
            expected, left = self._expected(chosen), self._left(chosen)
            found = [self._beyond(c, expected, left) for c in found if not _same(c, first)]
        return tuple(self._driver(c) for c in chosen)

    def path(self, below: Sequence[str]) -> tuple[Driver, ...]:
        """From the scope down: at each place the one below that explains most, to the customer, while one stands out."""
        if not self.gap:
            return ()
        levels = [dimension for dimension in (*PLACES, "customer") if dimension in below]
        steps: list[Driver] = []
        case = self
        for level in levels:
            best = max(case._members((level,)), key=lambda c: (c.score, c.key or ""), default=None)
            if best is None or best.score < LEAST or best.key is None:
                continue
            steps.append(self._driver(best))
            case = case._within(level, best.key, best.amount)
        return tuple(steps)

    def _within(self, dimension: str, key: str, gap: int) -> Case:
        """The same of one member."""
        places = self._places
        if dimension in places.keys:
            places = places.only(places.keys[dimension] == key)
        book = _only(self._book, dimension, key) if self._book else None
        return Case(gap, places, book, (), self._segment)

    def _standing_out(self, members: Sequence[_Candidate]) -> Flags:
        """The rows of customers who are a driver by themselves."""
        out = np.zeros(len(self._moved), dtype=bool)
        for candidate in members:
            if candidate.dimension == "customer" and candidate.rows is not None and candidate.score >= LEAST:
                out |= candidate.rows
        return out

    def _expected(self, chosen: Sequence[_Candidate]) -> Floats:
        """What every row of the customers moves if those of the same drivers all moved at one rate of their base."""
        cell = np.zeros(len(self._moved), dtype=np.int64)
        for candidate in chosen:
            if candidate.rows is not None:
                cell = 2 * cell + candidate.rows
        moved, base = np.bincount(cell, self._moved), np.bincount(cell, self._base)
        rate = np.divide(moved, base, out=np.zeros(len(base)), where=base > 0)
        expected: Floats = rate[cell] * self._base
        return expected

    def _left(self, chosen: Sequence[_Candidate]) -> float:
        """The share of the gap that is in none of the drivers."""
        rows = np.zeros(len(self._moved), dtype=bool)
        for candidate in chosen:
            if candidate.rows is not None:
                rows |= candidate.rows
        told = int(self._moved[rows].sum()) + sum(candidate.amount for candidate in chosen if candidate.rows is None)
        return min(max(1 - told / self.gap, 0.0), 1.0)

    def _beyond(self, candidate: _Candidate, expected: Floats, left: float) -> _Candidate:
        """The candidate, scored anew by what it carries beyond what is expected; causes of products as they are.

        Above what it scored it gets as far as something is ``left`` to tell: a large area has its share of the whole gap
        held against it until it is seen that the gap is another's. Past that chance moves would be told.
        """
        if candidate.rows is None:
            return candidate
        beyond = float((self._moved - expected)[candidate.rows].sum()) / self.gap
        score = max(min(candidate.score, beyond + candidate.favour), min(left, beyond) + candidate.favour)
        return replace(candidate, score=score)

    # --- candidates --------------------------------------------------------------------------------------------------

    def _columns(self, dimension: str) -> tuple[Keys, Ints, Ints]:
        """Keys, base and actual of the rows that know the dimension."""
        if dimension in PLACES:
            return self._places.keys[dimension], self._places.base, self._places.actual
        if self._book is None:
            return np.zeros(0, dtype=object), *(np.zeros(0, dtype=np.int64),) * 2
        rows = self._book.customers if dimension in ("customer", "segment") else self._book.products
        if rows is None:
            return np.zeros(0, dtype=object), *(np.zeros(0, dtype=np.int64),) * 2
        return self._keys(dimension), self._book.value(rows, BASE), self._book.value(rows, NOW)

    def _keys(self, dimension: str) -> Keys:
        """The member of every row of the book's customers or products."""
        assert self._book is not None
        if dimension == "segment":
            return np.array([self._segment.get(key) for key in self._book.customers.keys["customer"]], dtype=object)
        if dimension in self._book.customers.keys:
            return self._book.customers.keys[dimension]
        assert self._book.products is not None
        products = self._book.products.keys["product"]
        return np.array([self._book.category.get(key) for key in products], dtype=object) if dimension == "category" else products

    def _members(self, below: Sequence[str]) -> Iterator[_Candidate]:
        """Members that moved in the gap's direction."""
        for dimension in below:
            keys, base, actual = self._columns(dimension)
            codes, members = coded(keys)
            bases, gaps = total(codes, base, len(members)), total(codes, actual - base, len(members))
            whole = int(np.abs(bases).sum())
            on_customers = self._book is not None and dimension in (*PLACES, "customer", "segment")
            for i, key in enumerate(members):
                if not gaps[i] or (gaps[i] < 0) != (self.gap < 0):
                    continue
                favour = _FAVOUR.get(dimension, 0.0)
                carried = min(gaps[i] / self.gap, 1.0) + favour
                if carried >= LEAST:
                    rows = self._keys(dimension) == key if on_customers else None
                    score = carried - (bases[i] / whole if whole else 0.0)
                    yield _Candidate("", dimension, key, int(gaps[i]), 1, score, rows, favour)

    def _classes(self, below: Sequence[str], apart: Flags) -> Iterator[_Candidate]:
        """Causes that pull in the gap's direction, of their home where they have one.

        ``apart``: rows of customers who are drivers by themselves: what they lost is no merit of the class of lost customers.
        """
        amounts = {cause.key: ticks(cause.amount) for cause in self._causes}
        amounts |= {key: amounts[key] - int(self._moved[rows & apart].sum()) for key, rows in self._state.items() if key in amounts}
        for cause in self._causes:
            amount = ticks(cause.amount)
            if cause.key not in _EFFECTS or amount * self.gap <= 0:
                continue
            carried = amounts[cause.key] / self.gap
            if cause.key in _TURNOVER:
                both = amounts[cause.key] + amounts.get(_TURNOVER[cause.key], 0)
                carried = min(carried, both / self.gap) - _HANDICAP
            score = min(carried, 1.0)
            yield from self._at_home(cause, amount, score, below)

    def _at_home(self, cause: Cause, amount: int, score: float, below: Sequence[str]) -> Iterator[_Candidate]:
        if cause.key in self._state:
            rows = self._state[cause.key]
            home = next(
                (found for d in ("customer", "rep", "area", "region") if d in below and (found := self._home(d, rows, amount))), None
            )
            if home and home[0] == "customer":
                return  # that customer is a candidate itself
            if home:
                rows = rows & (self._keys(home[0]) == home[1])
                yield _Candidate(
                    cause.key, home[0], home[1], int(self._moved[rows].sum()), _customers(self._book, rows), score, rows, -_HANDICAP
                )
                return
            yield _Candidate(cause.key, "", None, amount, cause.count, score, rows, -_HANDICAP)
            return
        first: Contribution | None = cause.members[0] if cause.members else None
        if first and first.dimension in below and cause.key != "mix" and first.amount / cause.amount >= _HOME:
            yield _Candidate(cause.key, first.dimension, first.key, ticks(first.amount), 1, score, None)
            return
        yield _Candidate(cause.key, "", None, amount, cause.count, score, None)

    def _home(self, dimension: str, rows: Flags, amount: int) -> tuple[str, str] | None:
        """The member in which almost all of the marked rows' amount sits."""
        keys = self._keys(dimension)
        codes, members = coded(keys[rows])
        sums = total(codes, self._moved[rows], len(members))
        for i, key in enumerate(members):
            if key is not None and sums[i] / amount >= _HOME and len(set(keys)) > 1:
                return dimension, key
        return None

    def _driver(self, c: _Candidate) -> Driver:
        share = Decimal(c.amount) / Decimal(self.gap)
        return Driver(
            cause=c.cause, dimension=c.dimension, key=c.key, amount=exact(c.amount), share=share, count=c.count, score=float(c.score)
        )


def _tells(cause: _Candidate, member: _Candidate) -> bool:
    """Whether an effect within a member is most of what the member moved: then it says more."""
    inside = member.key is not None and cause.rows is None and (cause.dimension, cause.key) == (member.dimension, member.key)
    return inside and cause.amount / member.amount >= _HOME


def _same(one: _Candidate, other: _Candidate) -> bool:
    """Whether a cause of products and a member say the same: what of a category's loss is price, or the loss it is."""
    if one.rows is not None or other.rows is not None or (one.cause == "") == (other.cause == ""):
        return False
    return not (one.key and other.key) or one.key == other.key or one.dimension != other.dimension


def _states(book: Book) -> dict[str, Flags]:
    """Which rows of the customers belong to lost and to new ones."""
    codes, members = coded(book.customers.keys["customer"])
    buyers = book.customers.by("customer")
    now, before = buyers.bought(NOW), buyers.bought(BASE)
    assert len(members) == len(now)
    return {"lost_customers": (before & ~now)[codes], "new_customers": (now & ~before)[codes]}


def _only(book: Book, dimension: str, key: str) -> Book:
    """The book's customers of one member; products are not asked there."""
    rows = book.customers.keys[dimension] == key
    return Book(
        measure=book.measure,
        customers=book.customers.only(rows),
        products=None,
        bought_both=np.zeros(0, dtype=bool),
        category={},
        scale=book.scale,
    )


def _customers(book: Book | None, rows: Flags) -> int:
    return len(set(book.customers.keys["customer"][rows])) if book else 0
