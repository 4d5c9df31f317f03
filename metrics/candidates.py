"""What may explain a gap: members of a dimension and causes of the bridge, each with a score.

A member that moved like the whole explains nothing, however large it is. So a candidate scores the share of the gap that it
carries (of what is more than all of it, little) less its share of the base; a cause, which has no share of the base, scores the
share it carries less a handicap, since a name is a better answer than a class. Volume and what is left over score nothing: they
are the whole, said again. A class or an effect that sits almost wholly in one member is told of that member.

Of a gap of −100, an area with 30 % of the base carries −60 and scores 0.60 − 0.30, with its favour 0.32; a customer of that area with
2 % of the base carries −50 and scores 0.48, with its favour 0.54, and is named. Without it the area lost 10 on 28 % of the base, which
is less than the others lost: it is named no more (see ``drivers``).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from metrics.bridge import Book, Cause, Contribution
from metrics.catalog import FACT_DIMENSIONS, PLACES, TIMES, Fact
from metrics.movements import BASE, NOW, Flags, Ints, Keys, coded, ticks, total

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
_MORE: Final = 0.25
"""How much more it tells to carry e times the gap than to carry all of it, where others make up for the rest."""
HOME: Final = 0.7
"""A cause of which this share or more sits in one member is told of that member."""
_MOST_OF_ONE: Final = 50
"""Candidates of one dimension: where thousands stand against each other, most could never be named."""
TARGETED: Final = tuple(d for d in FACT_DIMENSIONS[Fact.TARGET] if d not in TIMES)
"""What targets can be set along: places and product categories."""


@dataclass(frozen=True, slots=True)
class Places:
    """What every region, area and rep was to bring and brought, row by row; a target that nobody below has stands in rows of
    its own, their members None. ``keys``: also the category, where targets are set along it."""

    keys: Mapping[str, Keys]
    base: Ints
    actual: Ints

    def only(self, rows: Flags) -> Places:
        return Places({name: values[rows] for name, values in self.keys.items()}, self.base[rows], self.actual[rows])

    def has(self, dimension: str) -> bool:
        """Whether the base is known by a dimension: by places always, by category where one has a target."""
        if dimension in PLACES:
            return True
        return dimension in self.keys and any(key is not None for key in self.keys[dimension][self.base != 0])


@dataclass(frozen=True, slots=True)
class Candidate:
    """``amount``: in ten-thousandths. ``rows``: which rows of the book's customers it stands on; None for causes of products."""

    cause: str
    dimension: str
    key: str | None
    amount: int
    count: int
    score: float
    rows: Flags | None
    favour: float = 0.0
    """What of the score is not carried: for a name that can be called, against a class."""


class Evidence:
    """What is known of one scope: its gap, its places, its book and its causes. ``moved`` and ``base`` are by row of the book's
    customers, in ten-thousandths; empty without a book."""

    def __init__(
        self, gap: int, places: Places, book: Book | None, causes: Sequence[Cause], segment: Mapping[str | None, str | None]
    ) -> None:
        self.gap, self._places, self.book, self._causes = gap, places, book, causes
        self._segment = segment
        self.moved = book.moved(book.customers) if book else np.zeros(0, dtype=np.int64)
        self.base = book.value(book.customers, BASE) if book else np.zeros(0, dtype=np.int64)
        self._state = _states(book) if book else {}

    def within(self, dimension: str, key: str, gap: int) -> Evidence:
        """The same of one member."""
        places = self._places
        if dimension in places.keys:
            places = places.only(places.keys[dimension] == key)
        book = _only(self.book, dimension, key) if self.book else None
        return Evidence(gap, places, book, (), self._segment)

    def columns(self, dimension: str) -> tuple[Keys, Ints, Ints]:
        """Keys, base and actual of the rows that know the dimension."""
        if self._places.has(dimension):
            return self._places.keys[dimension], self._places.base, self._places.actual
        if self.book is None:
            return np.zeros(0, dtype=object), *(np.zeros(0, dtype=np.int64),) * 2
        rows = self.book.customers if dimension in ("customer", "segment") else self.book.products
        if rows is None:
            return np.zeros(0, dtype=object), *(np.zeros(0, dtype=np.int64),) * 2
        return self.keys(dimension), self.book.value(rows, BASE), self.book.value(rows, NOW)

    def keys(self, dimension: str) -> Keys:
        """The member of every row of the book's customers or products."""
        assert self.book is not None
        if dimension == "segment":
            return np.array([self._segment.get(key) for key in self.book.customers.keys["customer"]], dtype=object)
        if dimension in self.book.customers.keys:
            return self.book.customers.keys[dimension]
        assert self.book.products is not None
        products = self.book.products.keys["product"]
        return np.array([self.book.category.get(key) for key in products], dtype=object) if dimension == "category" else products

    def members(self, below: Sequence[str]) -> Iterator[Candidate]:
        """Members that moved in the gap's direction."""
        for dimension in below:
            keys, base, actual = self.columns(dimension)
            codes, members = coded(keys)
            bases, gaps = total(codes, base, len(members)), total(codes, actual - base, len(members))
            whole = int(np.abs(bases).sum())
            mine = self._rows(dimension)
            favour = _FAVOUR.get(dimension, 0.0)
            scores: dict[int, float] = {}
            for i in map(int, np.flatnonzero((gaps != 0) & ((gaps < 0) == (self.gap < 0)))):
                carried = _weighed(gaps[i] / self.gap) + favour
                if carried >= LEAST:
                    scores[i] = carried - (bases[i] / whole if whole else 0.0)
            for i in sorted(scores, key=lambda i: -scores[i])[:_MOST_OF_ONE]:
                key = members[i]
                yield Candidate("", dimension, key, int(gaps[i]), 1, scores[i], mine(key) if mine else None, favour)

    def _rows(self, dimension: str) -> Callable[[str | None], Flags] | None:
        """What says which rows of the book's customers are a member's; None where customers do not tell."""
        if self.book is None or dimension not in (*PLACES, "customer", "segment"):
            return None
        codes, members = coded(self.keys(dimension))
        code = {key: i for i, key in enumerate(members)}
        return lambda key: codes == code.get(key, -1)

    def classes(self, below: Sequence[str], apart: Flags) -> Iterator[Candidate]:
        """Causes that pull in the gap's direction, of their home where they have one.

        ``apart``: rows of customers who are drivers by themselves: what they lost is no merit of the class of lost customers.
        """
        amounts = {cause.key: ticks(cause.amount) for cause in self._causes}
        amounts |= {key: amounts[key] - int(self.moved[rows & apart].sum()) for key, rows in self._state.items() if key in amounts}
        for cause in self._causes:
            amount = ticks(cause.amount)
            if cause.key not in _EFFECTS or amount * self.gap <= 0:
                continue
            carried = amounts[cause.key] / self.gap
            if cause.key in _TURNOVER:
                both = amounts[cause.key] + amounts.get(_TURNOVER[cause.key], 0)
                carried = min(carried, both / self.gap) - _HANDICAP
            yield from self._at_home(cause, amount, _weighed(carried), below)

    def _at_home(self, cause: Cause, amount: int, score: float, below: Sequence[str]) -> Iterator[Candidate]:
        if cause.key in self._state:
            rows = self._state[cause.key]
            home = next(
                (found for d in ("customer", "rep", "area", "region") if d in below and (found := self._home(d, rows, amount))), None
            )
            if home and home[0] == "customer":
                return  # that customer is a candidate itself
            if home:
                rows = rows & (self.keys(home[0]) == home[1])
                yield Candidate(
                    cause.key, home[0], home[1], int(self.moved[rows].sum()), _customers(self.book, rows), score, rows, -_HANDICAP
                )
                return
            yield Candidate(cause.key, "", None, amount, cause.count, score, rows, -_HANDICAP)
            return
        first: Contribution | None = cause.members[0] if cause.members else None
        if first and first.dimension in below and cause.key != "mix" and first.amount / cause.amount >= HOME:
            yield Candidate(cause.key, first.dimension, first.key, ticks(first.amount), 1, score, None)
            return
        yield Candidate(cause.key, "", None, amount, cause.count, score, None)

    def _home(self, dimension: str, rows: Flags, amount: int) -> tuple[str, str] | None:
        """The member in which almost all of the marked rows' amount sits."""
        keys = self.keys(dimension)
        codes, members = coded(keys[rows])
        sums = total(codes, self.moved[rows], len(members))
        for i, key in enumerate(members):
            if key is not None and sums[i] / amount >= HOME and len(set(keys)) > 1:
                return dimension, key
        return None


def _weighed(share: float) -> float:
    """The share of the gap that is carried, as a score: above 1 it grows with the logarithm, so that the larger comes first."""
    return float(share) if share <= 1 else 1 + _MORE * math.log(share)


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
