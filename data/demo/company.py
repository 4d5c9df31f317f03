"""Who belongs to the demo company, as arrays to draw from: reps, customers, products, and the story that is planted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from data.demo import names
from data.demo.season import day_number
from data.demo.territory import AREA_REGION, AREAS, REGIONS, Floats, Ints, area_place, region_place
from data.workdays import month_start, quarter_start

YEARS = 3
CUSTOMERS = 2_000
QUARTER_SALES = 500e6
"""Sales of a usual quarter of the last year."""
BOHE_SHARE, LANTING_SHARE = 0.075, 0.03
"""Shares of East's sales of the two large customers that leave."""
PROMPT, NORMAL, LATE, VERY_LATE = range(4)
"""Kinds of payers."""

_BOHE_GONE, _LANTING_GONE, _MID_EAST_LATE = 46, 24, 25
"""Days before the last day at which Bohe Chemicals stops, Lanting Paper follows, and shipments of Mid-East slip."""
_MOVED_QUARTERS_AGO = 6
_ARRIVING, _LOST = CUSTOMERS // 5, CUSTOMERS // 10
_NEW_PRODUCTS, _DROPPED_PRODUCTS = 24, 16


@dataclass(frozen=True, slots=True)
class Story:
    """What is planted: places of customers, areas and reps, and the day numbers since which it holds."""

    bohe: int
    lanting: int
    bohe_gone: int
    lanting_gone: int
    mid_east: int
    mid_east_late: int
    mover: int
    moved: int
    without_target: int

    @property
    def losses(self) -> tuple[tuple[int, int], ...]:
        """The large customers that leave, and the first day without them."""
        return (self.bohe, self.bohe_gone), (self.lanting, self.lanting_gone)


@dataclass(frozen=True, slots=True)
class Reps:
    """The area of every rep, now and before the mover moved."""

    area: Ints
    area_before: Ints

    @property
    def region(self) -> Ints:
        return AREA_REGION[self.area]


@dataclass(frozen=True, slots=True)
class Customers:
    """``weight``: share of the company's sales, made of ``frequency`` of orders × ``size`` of one (1 on average).

    ``since`` and ``until``: first and last day of buying; ``discount``: usual share off the list; ``credit_limit``: money,
    not a number where none is agreed. ``rep_before`` holds until the mover moved; areas never change.
    """

    area: Ints
    rep: Ints
    rep_before: Ints
    segment: Ints
    weight: Floats
    frequency: Floats
    size: Floats
    since: Ints
    until: Ints
    terms: Ints
    discount: Floats
    payer: Ints
    credit_limit: Floats

    @property
    def region(self) -> Ints:
        return AREA_REGION[self.area]


@dataclass(frozen=True, slots=True)
class Products:
    """``price``: list price before the company is scaled; ``cost``: share of it; ``taste``: weight by segment and product."""

    price: Floats
    cost: Floats
    quantity: Floats
    taste: Floats
    since: Ints
    until: Ints


@dataclass(frozen=True, slots=True)
class Company:
    """The company as it stands on its last day, with the history since its first."""

    first: date
    last: date
    story: Story
    reps: Reps
    customers: Customers
    products: Products

    def rep_on(self, day: int) -> Ints:
        """The rep of every customer on that day."""
        return self.customers.rep if day >= self.story.moved else self.customers.rep_before


def found(last: date, rng: np.random.Generator) -> Company:
    """The company with a history of three years and the quarter that runs on the last day."""
    first = month_start(quarter_start(last), -12 * YEARS)
    reps, area = np.repeat(np.arange(len(AREAS)), [area.reps for _, area in AREAS]), _areas_of_customers()
    story = _story(last, reps, area)
    before = reps.copy()
    before[story.mover] = area_place("Hubei")
    return Company(
        first=first,
        last=last,
        story=story,
        reps=Reps(reps, before),
        customers=_customers(first, last, story=story, area=area, rep=(_dealt(area, reps), _dealt(area, before)), rng=rng),
        products=_products(first, last, rng),
    )


def _area_shares() -> Floats:
    """Share of the company's sales by area."""
    return np.array([region.share * area.share / sum(a.share for a in region.areas) for region, area in AREAS])


def _areas_of_customers() -> Ints:
    edges = np.rint(np.concatenate(([0.0], np.cumsum(_area_shares()))) / _area_shares().sum() * CUSTOMERS).astype(np.int64)
    return np.repeat(np.arange(len(AREAS)), np.diff(edges))


def _story(last: date, reps: Ints, area: Ints) -> Story:
    moved = month_start(quarter_start(last), -3 * _MOVED_QUARTERS_AGO)
    return Story(
        bohe=int(np.flatnonzero(area == area_place("Jiangsu"))[0]),
        lanting=int(np.flatnonzero(area == area_place("Shandong"))[0]),
        bohe_gone=day_number(last) - _BOHE_GONE,
        lanting_gone=day_number(last) - _LANTING_GONE,
        mid_east=area_place("Mid-East"),
        mid_east_late=day_number(last) - _MID_EAST_LATE,
        mover=int(np.flatnonzero(reps == area_place("Sichuan"))[-1]),
        moved=day_number(moved),
        without_target=int(np.flatnonzero(reps == area_place("Guangdong"))[-1]),
    )


def _dealt(area: Ints, rep_area: Ints) -> Ints:
    """A rep for every customer: the customers of an area are dealt out to its reps in turn."""
    rep = np.empty(len(area), dtype=np.int64)
    for place in range(len(AREAS)):
        mine, reps = np.flatnonzero(area == place), np.flatnonzero(rep_area == place)
        rep[mine] = reps[np.arange(len(mine)) % len(reps)]
    return rep


def _customers(first: date, last: date, *, story: Story, area: Ints, rep: tuple[Ints, Ints], rng: np.random.Generator) -> Customers:
    count, large = len(area), [story.bohe, story.lanting]
    segment = rng.choice(len(names.SEGMENTS), count, p=[row[3] for row in names.SEGMENTS])
    segment[large] = 0
    weight = _weights(area, story, rng)
    size = weight**0.4
    since, until = _lives(first, last, story, rng)
    chances = np.cumsum([region.payers for region in REGIONS], axis=1)[AREA_REGION[area]]
    payer = (rng.random(count)[:, None] > chances).sum(axis=1).clip(PROMPT, VERY_LATE)
    payer[large] = LATE
    terms = rng.choice([30, 45, 60, 90], count, p=[0.34, 0.34, 0.25, 0.07])
    # A limit covers what is usually open, ordered in the terms and some days of delay, more or less generously.
    limit = np.ceil(weight * QUARTER_SALES / 90 * (terms + 40) * rng.uniform(0.9, 2.2, count) / 1e5) * 1e5
    return Customers(
        area=area,
        rep=rep[0],
        rep_before=rep[1],
        segment=segment,
        weight=weight,
        frequency=weight / size,
        size=size / np.average(size, weights=weight / size),
        since=since,
        until=until,
        terms=terms,
        discount=rng.uniform(0.02, 0.10, count),
        payer=payer,
        credit_limit=np.where(rng.random(count) < 0.92, limit, np.nan),
    )


def _weights(area: Ints, story: Story, rng: np.random.Generator) -> Floats:
    """Share of the company's sales that each customer has in a usual month."""
    weight = rng.lognormal(0.0, 0.9, len(area)).clip(0.05, 6.0)
    weight[[story.bohe, story.lanting]] = 0.0
    for place, share in enumerate(_area_shares()):
        mine = area == place
        weight[mine] *= share / weight[mine].sum()
    # The two large ones are carved out of East, which keeps its share of the company.
    east = AREA_REGION[area] == region_place("East")
    total = weight[east].sum()
    weight[east] *= 1 - BOHE_SHARE - LANTING_SHARE
    weight[story.bohe], weight[story.lanting] = BOHE_SHARE * total, LANTING_SHARE * total
    return weight


def _lives(first: date, last: date, story: Story, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """First and last day of every customer; some arrive and some are lost at the turn of a month."""
    months = [day_number(month_start(first, i)) for i in range(2, 12 * YEARS + 1)]
    since = np.full(CUSTOMERS, day_number(first))
    until = np.full(CUSTOMERS, day_number(last))
    who = rng.permutation(np.setdiff1d(np.arange(CUSTOMERS), [story.bohe, story.lanting]))
    since[who[:_ARRIVING]] = rng.choice(months, _ARRIVING)
    until[who[_ARRIVING : _ARRIVING + _LOST]] = rng.choice(months[6:], _LOST) - 1
    for customer, gone in story.losses:
        until[customer] = gone - 1
    return since, until


def _products(first: date, last: date, rng: np.random.Generator) -> Products:
    each, kinds = names.PRODUCTS_A_CATEGORY, len(names.CATEGORIES)
    level, cost, quantity, share = (np.repeat([float(row[i]) for row in names.CATEGORIES], each) for i in (3, 4, 5, 6))
    popular = rng.gamma(1.5, 1.0, each * kinds) + 0.1
    liking = np.repeat(rng.uniform(0.4, 1.8, (len(names.SEGMENTS), kinds)), each, axis=1)
    months = [day_number(month_start(first, i)) for i in range(6, 12 * YEARS - 2)]
    since, until = np.full(each * kinds, day_number(first)), np.full(each * kinds, day_number(last))
    who = rng.permutation(each * kinds)
    since[who[:_NEW_PRODUCTS]] = rng.choice(months, _NEW_PRODUCTS)
    until[who[_NEW_PRODUCTS : _NEW_PRODUCTS + _DROPPED_PRODUCTS]] = rng.choice(months, _DROPPED_PRODUCTS) - 1
    return Products(
        price=level * np.tile(1.055 ** (np.arange(each) - each // 2), kinds),
        cost=cost + rng.uniform(-0.03, 0.03, each * kinds),
        quantity=quantity,
        taste=liking * (share * popular),
        since=since,
        until=until,
    )
