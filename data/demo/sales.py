"""The orders of the demo company, drawn stretch by stretch of days in which nobody's habits change."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from data.demo.company import QUARTER_SALES, Company
from data.demo.performance import Performance
from data.demo.season import Season, day_number
from data.demo.territory import REGIONS, Flags, Floats, Ints, region_place
from data.workdays import month_start

_LINES_AN_ORDER = (0.16, 0.18, 0.18, 0.14, 0.10, 0.08, 0.06, 0.05, 0.05)
"""Shares of orders with one line, two, and so on."""
_MEAN_LINES = sum(count * share for count, share in enumerate(_LINES_AN_ORDER, start=1))
_RETURNS = 0.045
"""Share of the small orders (one or two lines) that are returns."""
_COST_RISE, _EAST_DISCOUNT = 0.027, 0.02
_TRIAL_LINES = 60_000


@dataclass(frozen=True, slots=True)
class Stretch:
    """Days (first and last day number) with the same ``frequency`` of every customer; ``level``: of all of it, 1 is usual."""

    first: int
    last: int
    frequency: Floats
    level: float


@dataclass(frozen=True, slots=True)
class Orders:
    """Orders of one stretch: number, day, customer, rep, and where in the lines each ``starts``.

    Per line: the place of its order, its number within it, product, volume, and its money in cents.
    """

    number: Ints
    day: Ints
    customer: Ints
    rep: Ints
    starts: Ints
    order: Ints
    line_no: Ints
    product: Ints
    volume: Ints
    amount: Ints
    cost: Ints
    expense: Ints


def orders(company: Company, season: Season, performance: Performance, *, lines: int, rng: np.random.Generator) -> Iterator[Orders]:
    """All orders of the history in order of their days, with exactly as many lines as asked."""
    stretches = _stretches(company, season, performance)
    weights = np.cumsum([season.between(season.orders, each.first, each.last).sum() * each.level for each in stretches])
    edges = np.rint(np.concatenate(([0.0], weights)) / weights[-1] * lines).astype(np.int64)
    source = Source(company, season, _price_scale(company, season, lines), rng)
    number = 0
    for stretch, count in zip(stretches, np.diff(edges), strict=True):
        if count:
            drawn = source.draw(stretch, int(count), after=number)
            number += len(drawn.number)
            yield drawn


def _stretches(company: Company, season: Season, performance: Performance) -> list[Stretch]:
    """Months, cut where something planted begins."""
    story, month = company.story, company.first
    starts = {story.bohe_gone, story.lanting_gone, story.mid_east_late}
    while month <= company.last:
        starts.add(day_number(month))
        month = month_start(month, 1)
    firsts = sorted(starts)
    lasts = [*(first - 1 for first in firsts[1:]), day_number(company.last)]
    return [Stretch(a, b, *_habits(company, season, performance, a)) for a, b in zip(firsts, lasts, strict=True)]


def _habits(company: Company, season: Season, performance: Performance, day: int) -> tuple[Floats, float]:
    """How often each customer orders from that day on, and the level of it all against a usual time."""
    customers, story = company.customers, company.story
    alive = (customers.since <= day) & (customers.until >= day)
    # A small customer that is lost is made up for by a new one, so growth is the season's alone; the large ones are missed.
    alive[[customer for customer, _ in story.losses]] = True
    usual = customers.frequency * alive
    factor = performance.factor[company.rep_on(day), season.quarters[day - season.first]]
    if day >= story.bohe_gone:
        factor[customers.region == region_place("East")] *= performance.eased
    if day >= story.mid_east_late:
        factor[customers.area == story.mid_east] *= performance.shipped
    factor[[customer for customer, gone in story.losses if day >= gone]] = 0.0
    return usual * factor, float(np.dot(usual * factor, customers.size) / np.dot(usual, customers.size))


def _price_scale(company: Company, season: Season, lines: int) -> float:
    """Factor on the catalogue with which so many lines bring the company's usual sales, by a trial of its own."""
    trial = Source(company, season, 1.0, np.random.default_rng(0))
    first = day_number(company.first)
    drawn = trial.draw(Stretch(first, first + 27, company.customers.frequency, 1.0), _TRIAL_LINES, after=0)
    mean = drawn.amount.sum() / 100 / _TRIAL_LINES
    return float(QUARTER_SALES / (season.money[-365:].sum() / 4) * season.orders.sum() / (mean * lines))


@dataclass(frozen=True, slots=True)
class Source:
    """Where orders come from; ``scale``: factor on the catalogue's prices."""

    company: Company
    season: Season
    scale: float
    rng: np.random.Generator

    def draw(self, stretch: Stretch, count: int, *, after: int) -> Orders:
        """``count`` order lines, the orders numbered from the one after ``after``."""
        sizes = self._sizes(count)
        starts, order = np.cumsum(sizes) - sizes, np.repeat(np.arange(len(sizes)), sizes)
        customer = self._customers(stretch.frequency, len(sizes))
        weight = np.cumsum(self.season.between(self.season.orders, stretch.first, stretch.last))
        day = stretch.first + np.searchsorted(weight / weight[-1], np.sort(self.rng.random(len(sizes)))).clip(0, len(weight) - 1)
        returned = (sizes <= 2) & (self.rng.random(len(sizes)) < _RETURNS) & (day > self.season.first + 30)
        product, volume, amount, cost, expense = self._lines(stretch, customer[order], day[order], returned[order])
        return Orders(
            number=after + 1 + np.arange(len(sizes)),
            day=day,
            customer=customer,
            rep=self.company.rep_on(stretch.first)[customer],
            starts=starts,
            order=order,
            line_no=np.arange(count) - starts[order] + 1,
            product=product,
            volume=volume,
            amount=amount,
            cost=cost,
            expense=expense,
        )

    def _sizes(self, count: int) -> Ints:
        """Numbers of lines of orders, that add up to the count."""
        sizes = 1 + self.rng.choice(len(_LINES_AN_ORDER), int(count / _MEAN_LINES * 1.3) + 12, p=_LINES_AN_ORDER)
        stops = np.cumsum(sizes)
        whole = int(np.searchsorted(stops, count)) + 1
        return np.append(sizes[: whole - 1], count - (stops[whole - 2] if whole > 1 else 0))

    def _customers(self, weights: Floats, count: int) -> Ints:
        """A customer for every order in proportion to the weights, as even as can be, in random order."""
        points = (np.arange(count) + self.rng.random()) / count
        drawn = np.searchsorted(np.cumsum(weights) / weights.sum(), points, side="right")
        return self.rng.permutation(drawn.clip(0, len(weights) - 1))

    def _products(self, segment: Ints, day: int) -> Ints:
        """A product for every line, by the taste of the customer's segment among what is sold that day."""
        products = self.company.products
        taste = np.cumsum(products.taste * ((products.since <= day) & (products.until >= day)), axis=1)
        steps = taste / taste[:, -1:] + np.arange(len(taste))[:, None]
        place = np.searchsorted(steps.ravel(), segment + self.rng.random(len(segment)), side="right")
        product: Ints = (place - segment * taste.shape[1]).clip(0, taste.shape[1] - 1)
        return product

    def _lines(self, stretch: Stretch, buyer: Ints, day: Ints, returned: Flags) -> tuple[Ints, Ints, Ints, Ints, Ints]:
        """Product, volume, amount, cost and expense of every line; those of returns negative."""
        customers, products, count = self.company.customers, self.company.products, len(buyer)
        product = self._products(customers.segment[buyer], stretch.first)
        usual = (products.quantity[product] * customers.size[buyer]).clip(1.0, None)
        volume = self.rng.geometric(1 / usual) * np.where(returned, -1, 1)
        region = customers.region[buyer]
        price = np.rint(products.price[product] * self.scale * self.season.prices[day - self.season.first] * 100)
        eased = (region == region_place("East")) & (day >= self.company.story.bohe_gone)
        discount = customers.discount[buyer] + self.rng.normal(0.0, 0.02, count) + np.where(eased, _EAST_DISCOUNT, 0.0)
        amount = np.rint(volume * price * (1 - discount.clip(0.0, 0.3)))
        inflation = (1 + _COST_RISE) ** ((day - self.season.first) / 365.25)
        cost = np.rint(volume * products.price[product] * self.scale * 100 * products.cost[product] * inflation)
        rate = np.array([each.expense for each in REGIONS])[region] + self.rng.normal(0.0, 0.015, count)
        return product, volume, amount.astype(np.int64), cost.astype(np.int64), np.rint(amount * rate).astype(np.int64)
