"""From a base to the actual in parts that each have a cause and add up to the gap exactly.

Customers who bought in one window only are lost or new; of those who bought in both, products sold in one window only are
dropped or new; what remains differs by price, volume and mix, margin also by cost, profit also by expense:

    price   Σ (p₁ − p₀) q₁           volume   v₀ (Q₁ ÷ Q₀ − 1)
    cost   −Σ (c₁ − c₀) q₁           mix      Σ u₀ (q₁ − Q₁ q₀ ÷ Q₀)
    expense −Σ (e₁ − e₀) q₁

with p, c, e per unit of a product, u the unit's worth in the measure, v₀ = Σ u₀ q₀ and Q = Σ q. Against a target, which knows
neither customers nor products, the base is what they did in the same days of last year, scaled to what is expected.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from metrics.movements import BASE, NOW, Flags, Ints, Keys, Movements, coded, exact, total

CAUSES: Final = (
    "not_due",  # the part of the target that is not due yet
    "lost_customers",
    "dropped_products",
    "price",
    "cost",
    "expense",
    "mix",
    "volume",
    "new_products",
    "new_customers",
    "existing",  # what customers of both windows did, where the measure knows no products
    "other",  # returns and corrections of nobody who bought, products without a quantity
)
"""In the order in which a bridge tells them."""

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one member of a dimension adds to a cause or a gap."""

    dimension: str
    key: str | None
    amount: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """One part of a bridge. ``members``: who is behind it, those that add most to it first; of volume, the customers of both
    windows with all they moved. ``count``: how many there are.

    ``change``: of price, cost and expense the mean change for a unit sold, of volume the change of the units. ``units``: more
    or fewer units than in the base. ``shares``: of mix, the share of the first member in the sales of the base and now.
    ``gave_back``: of lost customers, that they gave back more than they bought now, of new ones, that they did before.
    """

    key: str
    amount: Decimal
    members: tuple[Contribution, ...] = ()
    count: int = 0
    change: Decimal | None = None
    units: Decimal | None = None
    shares: tuple[Decimal, Decimal] | None = None
    gave_back: bool = False


@dataclass(frozen=True, slots=True)
class Scale:
    """What the base's window counts: as it was, or scaled such that ``past`` becomes ``wanted``, both in ten-thousandths."""

    wanted: int = 1
    past: int = 1

    def total(self, ticks: int) -> int:
        """Scaled and rounded half away from zero, in whole numbers."""
        value = ticks * self.wanted
        return (2 * abs(value) + abs(self.past)) // (2 * abs(self.past)) * (1 if (value >= 0) == (self.past > 0) else -1)

    def each(self, ticks: Ints) -> Ints:
        """Every value scaled and rounded by itself."""
        if self.wanted == self.past:
            return ticks
        scaled: Ints = np.rint(ticks * (self.wanted / self.past)).astype(np.int64)
        return scaled


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """What moved in one scope. ``customers``: rows by region, area, rep and customer; ``products``: by product, empty where the
    measure knows none, ``bought_both`` marks the rows of customers who bought in both windows."""

    measure: str
    customers: Movements
    products: Movements | None
    bought_both: Flags
    category: Mapping[str | None, str | None]
    """The category of every product."""
    scale: Scale

    def value(self, rows: Movements, window: int) -> Ints:
        """The measure of every row, that of the base scaled."""
        value = rows.value(self.measure, window)
        return self.scale.each(value) if window == BASE else value

    def moved(self, rows: Movements) -> Ints:
        """What every row adds to the gap."""
        return self.value(rows, NOW) - self.value(rows, BASE)


def causes(book: Book, gap: int) -> tuple[Cause, ...]:
    """The parts of the gap, without those that are nothing. ``gap``, in ten-thousandths: the actual less the scaled base."""
    buyers = book.customers.by("customer")
    now, before = buyers.bought(NOW), buyers.bought(BASE)
    parts = [
        _turnover(book, "lost_customers", buyers.only(before & ~now), NOW),
        _turnover(book, "new_customers", buyers.only(now & ~before), BASE),
        _members(book, "other", "customer", buyers.only(~now & ~before)),
    ]
    if book.products is None:
        parts.append(_members(book, "existing", "customer", buyers.only(now & before)))
    else:
        parts.extend(_of_products(book, book.products.only(book.bought_both).by("product")))
        existing = _members(book, "volume", "customer", buyers.only(now & before))
        parts = [_led_by(existing, part) if part.key == "volume" else part for part in parts]
    return _closed(parts, gap)


def _of_products(book: Book, products: Movements) -> list[Cause]:
    """What customers of both windows bought: new and dropped products, and the effects on those sold in both."""
    sold_now, sold_before = products.column("volume", NOW) > 0, products.column("volume", BASE) > 0
    return [
        _members(book, "dropped_products", "product", products.only(sold_before & ~sold_now)),
        _members(book, "new_products", "product", products.only(sold_now & ~sold_before)),
        _members(book, "other", "product", products.only(~sold_now & ~sold_before)),
        *_effects(book, products.only(sold_now & sold_before)),
    ]


def _effects(book: Book, products: Movements) -> list[Cause]:
    """Price, cost, expense, volume and mix of products sold in both windows; mix is what the others leave."""
    if not len(products.keys["product"]):
        return []
    quantity, quantity_before = (products.column("volume", window).astype(float) for window in (NOW, BASE))
    more = _relative(int(products.column("volume", NOW).sum()), book.scale, int(products.column("volume", BASE).sum()))
    units = exact(int(products.column("volume", NOW).sum()) - book.scale.total(int(products.column("volume", BASE).sum())))
    moved = int(products.value(book.measure, NOW).sum()) - book.scale.total(int(products.value(book.measure, BASE).sum()))
    if book.measure == "volume":
        return [Cause(key="volume", amount=exact(moved), change=more, units=units)]
    effects: list[Cause] = []
    grown = quantity / quantity_before
    for key, column, sign in (("price", "amount", 1), ("cost", "cost", -1), ("expense", "expense", -1)):
        if column not in products.now or (column != "amount" and book.measure == "amount"):
            continue
        at_old_rate = products.column(column, BASE) * grown
        effect = np.rint(sign * (products.column(column, NOW) - at_old_rate)).astype(np.int64)
        old = float(at_old_rate.sum())
        change = Decimal(repr(round(float(products.column(column, NOW).sum()) / old - 1, 6))) if old > 0 else None
        effects.append(_by_category(book, Cause(key=key, amount=exact(int(effect.sum())), change=change), products, effect))
    value = products.value(book.measure, BASE)
    sold, sold_before = int(products.column("volume", NOW).sum()), int(products.column("volume", BASE).sum())
    volume = round(int(value.sum()) * sold / sold_before) - book.scale.total(int(value.sum()))
    mix = value / quantity_before * (quantity - sold / sold_before * quantity_before)
    rest = exact(moved) - exact(volume) - sum((effect.amount for effect in effects), Decimal(0))
    mixed = _by_category(book, Cause(key="mix", amount=rest), products, np.rint(mix).astype(np.int64))
    effects.append(Cause(key="volume", amount=exact(volume), change=more, units=units))
    effects.append(_with_shares(book, mixed, products))
    return effects


def _led_by(existing: Cause, volume: Cause) -> Cause:
    """The volume with the customers of both windows, in its own direction first: all that they moved may go the other way."""
    same = (existing.amount < 0) == (volume.amount < 0)
    return replace(volume, members=existing.members if same else existing.members[::-1], count=existing.count)


def _relative(now: int, scale: Scale, before: int) -> Decimal | None:
    base = scale.total(before)
    return Decimal(now) / base - 1 if base > 0 else None


def _members(book: Book, key: str, dimension: str, rows: Movements) -> Cause:
    """A cause that is all that its members moved."""
    members = rows.keys[dimension]
    amount = int(rows.value(book.measure, NOW).sum()) - book.scale.total(int(rows.value(book.measure, BASE).sum()))
    return Cause(key=key, amount=exact(amount), members=_contributions(dimension, members, book.moved(rows)), count=len(members))


def _turnover(book: Book, key: str, buyers: Movements, without: int) -> Cause:
    """Customers who did not buy in the window ``without``."""
    gave_back = any(buyers.column(name, without).sum() < 0 for name in ("amount", "volume") if name in buyers.now)
    return replace(_members(book, key, "customer", buyers), gave_back=gave_back)


def _by_category(book: Book, cause: Cause, products: Movements, effect: Ints) -> Cause:
    """The cause with its parts by product category; by product where products have none."""
    keys = np.array([book.category.get(product) for product in products.keys["product"]], dtype=object)
    dimension = "category" if any(key is not None for key in keys) else "product"
    codes, members = coded(keys if dimension == "category" else products.keys["product"])
    parts = _contributions(dimension, members, total(codes, effect, len(members)))
    return replace(cause, members=parts, count=len(members))


def _with_shares(book: Book, cause: Cause, products: Movements) -> Cause:
    """A mix with the share in the sales, then and now, of the category that does most of it."""
    if not cause.members:
        return cause
    first = cause.members[0]
    mine = np.array([_member_of(book, first.dimension, product) == first.key for product in products.keys["product"]], dtype=bool)
    now, before = (products.column("amount", window) for window in (NOW, BASE))
    if before.sum() <= 0 or now.sum() <= 0:
        return cause
    shares = tuple(Decimal(int(value[mine].sum())) / Decimal(int(value.sum())) for value in (before, now))
    return replace(cause, shares=(shares[0], shares[1]))


def _member_of(book: Book, dimension: str, product: Any) -> Any:
    return book.category.get(product) if dimension == "category" else product


def _contributions(dimension: str, members: Keys, amounts: Ints) -> tuple[Contribution, ...]:
    """Members by what they add, in the direction of the whole first."""
    order = np.argsort(amounts if amounts.sum() < 0 else -amounts, kind="stable")
    return tuple(Contribution(dimension, members[i], exact(amounts[i])) for i in order)


def _closed(parts: list[Cause], gap: int) -> tuple[Cause, ...]:
    """In their order, one part a cause, nothing of no amount; the last digits that scaling rounded away go to the largest."""
    merged: dict[str, Cause] = {}
    for part in parts:
        found = merged.get(part.key)
        merged[part.key] = part if found is None else _joined(found, part)
    rest = exact(gap) - sum((cause.amount for cause in merged.values()), Decimal(0))
    if abs(rest) > exact(len(parts)):
        raise ArithmeticError(f"the causes leave {rest} of a gap of {exact(gap)}")
    if rest and merged:
        largest = max(merged.values(), key=lambda cause: abs(cause.amount))
        merged[largest.key] = replace(largest, amount=largest.amount + rest)
    return tuple(merged[key] for key in CAUSES if key in merged and merged[key].amount)


def _joined(one: Cause, other: Cause) -> Cause:
    members = tuple(sorted((*one.members, *other.members), key=lambda m: m.amount, reverse=one.amount + other.amount > 0))
    return replace(one, amount=one.amount + other.amount, members=members, count=one.count + other.count)
