"""The orders of the demo company, drawn stretch by stretch of days in which nobody's habits change."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from data.demo.company import BOHE_SHARE, LANTING_SHARE, Company
from data.demo.season import EPOCH, Floats, Ints, Season, day_number, day_of
from data.demo.territory import AREAS, REGIONS
from data.workdays import month_start

QUARTER_SALES = 500e6
"""Sales of a usual quarter of the last year."""
_LINES_AN_ORDER = (0.16, 0.18, 0.18, 0.14, 0.10, 0.08, 0.06, 0.05, 0.05)
_MEAN_LINES = float(np.dot(_LINES_AN_ORDER, range(1, 10)))
_RETURNS = 0.045
"""Share of the small orders (one or two lines) that are returns."""
_COST_RISE = 0.027


@dataclass(frozen=True, slots=True)
class Performance:
    """How well reps do: ``factor`` by rep and quarter of the history; ``pace`` is what the last quarter shall show by rep.

    ``eased``: share of orders that East's other customers still place once Bohe Chemicals is gone; ``shipped``: share of
    Mid-East's orders that still leave; ``kept``: by area and quarter, what both leave of its sales.
    """

    factor: Floats
    pace: Floats
    eased: float
    shipped: float
    kept: Floats


@dataclass(frozen=True, slots=True)
class Orders:
    """One stretch. Per order: number, day, customer, rep; per line: which order, its number in it, product and figures.

    Money in cents, of the line as a whole. ``starts``: where each order's lines begin.
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


def perform(company: Company, season: Season, rng: np.random.Generator) -> Performance:
    """Decide how every rep does in every quarter, and how deep the planted breaks go."""
    quarters = int(season.quarters[-1]) + 1
    base = np.bincount(company.rep, company.frequency * company.size, minlength=len(company.rep_area))
    story, running = company.story, season.quarters == quarters - 1
    east, overseas = REGIONS[0], REGIONS[1]
    since = [_share_since(season, running, day) for day in (story.bohe_gone, story.lanting_gone, story.mid_east_late)]
    planted = since[0] * BOHE_SHARE + since[1] * LANTING_SHARE
    eased = 1 - max(0.0, 1 - east.pace - 0.01 - planted) / max(since[0] * (1 - BOHE_SHARE - LANTING_SHARE), 0.05)
    abroad = [area.share for _, area in AREAS if _ is overseas]
    shipped = 1 - min(0.92, 0.1 / (max(since[2], 0.05) * abroad[0] / sum(abroad)))
    kept = np.ones((len(AREAS), quarters))
    for q in range(quarters):
        inside = season.quarters == q
        for code, (region, _) in enumerate(AREAS):
            if region is east:
                kept[code, q] = 1 - _share_since(season, inside, story.bohe_gone) * (1 - eased)
        kept[story.mid_east, q] = 1 - _share_since(season, inside, story.mid_east_late) * (1 - shipped)
    factor = np.exp(rng.normal(0.0, 0.07, len(base)))[:, None] * np.exp(rng.normal(0.0, 0.11, (len(base), quarters)))
    factor = factor.clip(0.6, 1.5)
    pace = _paces(company, base, rng)
    factor[:, -1] = pace / kept[company.rep_area, -1]
    for customer, gone in ((story.bohe, since[0]), (story.lanting, since[1])):
        rep = company.rep[customer]
        held = company.frequency[customer] * company.size[customer] / base[rep]
        factor[rep, -1] = 1.0
        pace[rep] = np.clip(kept[company.rep_area[rep], -1] * (1 - held * gone), 0.36, 0.66)
    factor[story.without_target] = 1.0
    return Performance(factor, pace, float(eased), float(shipped), kept)


def _share_since(season: Season, inside: npt.NDArray[np.bool_], day: int) -> float:
    """Share of the weight of some days that lies on the given day or later."""
    days = np.arange(season.first, season.last + 1)
    return float(season.money[inside & (days >= day)].sum() / season.money[inside].sum())


def _paces(company: Company, base: Floats, rng: np.random.Generator) -> Floats:
    """The pace of every rep, such that every region has its tiers and, weighed by its reps' books, its own pace."""
    pace = np.ones(len(base))
    strained = np.isin([area.id for _, area in AREAS], ["Jiangsu", "Shandong", "Mid-East"])[company.rep_area]
    region_of = company.area_region[company.rep_area]
    fixed = [company.rep[company.story.bohe], company.rep[company.story.lanting]]
    for code, region in enumerate(REGIONS):
        mine = np.flatnonzero((region_of == code) & (np.arange(len(base)) != company.story.without_target))
        mine = mine[~np.isin(mine, fixed)]
        at_risk = region.at_risk - (len(fixed) if code == 0 else 0)
        odds = np.where(strained[mine], 4.0, 1.0)
        order = rng.choice(mine, len(mine), replace=False, p=odds / odds.sum())
        risk, best, way = order[:at_risk], order[len(order) - region.achieved :], order[at_risk : len(order) - region.achieved]
        pace[risk] = rng.uniform(0.38, 0.66, len(risk))
        pace[best], pace[way] = rng.uniform(1.06, 1.42, len(best)), rng.uniform(0.78, 0.97, len(way))
        for _ in range(40):
            k = region.pace * base[mine].sum() / np.dot(pace[mine], base[mine])
            pace[best], pace[way] = (pace[best] * k).clip(1.03, 1.48), (pace[way] * k).clip(0.73, 0.985)
    return pace


def orders(company: Company, season: Season, performance: Performance, lines: int, rng: np.random.Generator) -> Iterator[Orders]:
    """All orders of the history, with as many lines as asked, in order of their days."""
    plan = [(first, last, *_frequencies(company, season, performance, first)) for first, last in _stretches(company)]
    weights = np.array([season.between(season.orders, first, last).sum() * level for first, last, _, level in plan])
    edges = np.rint(np.concatenate(([0.0], np.cumsum(weights / weights.sum()))) * lines).astype(np.int64)
    scale = _price_scale(company, season, lines)
    number = 0
    for (first, last, frequency, _), count in zip(plan, np.diff(edges), strict=True):
        if count:
            drawn = _draw(company, season, (first, last), frequency, int(count), scale, number, rng)
            number += len(drawn.number)
            yield drawn


def _stretches(company: Company) -> list[tuple[int, int]]:
    """First and last day of stretches: months, cut where something planted begins."""
    story, cuts, month = company.story, set(), company.first
    while month <= company.last:
        cuts.add(day_number(month))
        month = month_start(month, 1)
    cuts |= {story.bohe_gone, story.lanting_gone, story.mid_east_late, story.moved}
    starts = sorted(cut for cut in cuts if cut >= day_number(company.first))
    return list(zip(starts, [start - 1 for start in starts[1:]] + [day_number(company.last)], strict=True))


def _frequencies(company: Company, season: Season, performance: Performance, day: int) -> tuple[Floats, float]:
    """How often each customer orders from that day on, and the level of it all against a usual time."""
    story = company.story
    alive = (company.since <= day) & (company.until >= day)
    alive[[story.bohe, story.lanting]] = True
    usual = company.frequency * alive
    factor = performance.factor[company.rep_on(day), season.quarters[day - season.first]].copy()
    if day >= story.bohe_gone:
        factor[company.region == 0] *= performance.eased
    if day >= story.mid_east_late:
        factor[company.area == story.mid_east] *= performance.shipped
    factor[[c for c, gone in ((story.bohe, story.bohe_gone), (story.lanting, story.lanting_gone)) if day >= gone]] = 0.0
    frequency = usual * factor
    # New customers take the place of lost ones: growth comes from the season alone.
    return frequency, float(frequency.sum() / usual.sum())


def _price_scale(company: Company, season: Season, lines: int) -> float:
    """Factor on the catalogue's prices with which so many lines bring the company's usual sales."""
    rng = np.random.default_rng(1)
    span = day_number(company.first), day_number(company.first) + 27
    trial = _draw(company, season, span, company.frequency, 60_000, 1.0, 0, rng)
    mean = trial.amount.sum() / 100 / len(trial.amount)
    last_year = season.money[-365:].sum() / 4
    return float(QUARTER_SALES / last_year * season.orders.sum() / (mean * lines))


def _draw(
    company: Company,
    season: Season,
    span: tuple[int, int],
    frequency: Floats,
    count: int,
    scale: float,
    number: int,
    rng: np.random.Generator,
) -> Orders:
    """``count`` order lines within the span of days, the orders numbered from ``number`` + 1."""
    sizes = 1 + rng.choice(len(_LINES_AN_ORDER), int(count / _MEAN_LINES * 1.3) + 12, p=_LINES_AN_ORDER)
    stops = np.cumsum(sizes)
    n = int(np.searchsorted(stops, count)) + 1
    sizes = sizes[:n].copy()
    sizes[-1] -= stops[n - 1] - count
    customer = _spread(frequency, n, rng)
    weight = season.between(season.orders, *span)
    day = span[0] + np.searchsorted(np.cumsum(weight) / weight.sum(), np.sort(rng.random(n))).clip(0, len(weight) - 1)
    starts = np.cumsum(sizes) - sizes
    order = np.repeat(np.arange(n), sizes)
    buyer = customer[order]
    product = _products(company, company.segment[buyer], span[0], rng)
    sign = np.where((sizes <= 2) & (rng.random(n) < _RETURNS) & (day > season.first + 30), -1, 1)[order]
    usual = (company.quantity[product] * company.size[buyer]).clip(1.0, None)
    volume = rng.geometric(1 / usual) * sign
    rises = season.prices[day - season.first][order]
    price = np.rint(company.price[product] * scale * rises * 100)
    discount = company.discount[buyer] + rng.normal(0.0, 0.02, count)
    discount += np.where((company.region[buyer] == 0) & (day[order] >= company.story.bohe_gone), 0.02, 0.0)
    amount = np.rint(volume * price * (1 - discount.clip(0.0, 0.3))).astype(np.int64)
    inflation = (1 + _COST_RISE) ** ((day[order] - season.first) / 365.25)
    cost = np.rint(volume * company.price[product] * scale * 100 * company.cost[product] * inflation).astype(np.int64)
    rate = np.array([region.expense for region in REGIONS])[company.region[buyer]] + rng.normal(0.0, 0.015, count)
    return Orders(
        number=number + 1 + np.arange(n),
        day=day,
        customer=customer,
        rep=company.rep_on(span[0])[customer],
        starts=starts,
        order=order,
        line_no=np.arange(count) - starts[order] + 1,
        product=product,
        volume=volume,
        amount=amount,
        cost=cost,
        expense=np.rint(amount * rate).astype(np.int64),
    )


def _spread(weights: Floats, count: int, rng: np.random.Generator) -> Ints:
    """``count`` draws in proportion to the weights, as even as can be, in random order."""
    points = (np.arange(count) + rng.random()) / count
    drawn = np.searchsorted(np.cumsum(weights) / weights.sum(), points).clip(0, len(weights) - 1)
    return rng.permutation(drawn)


def _products(company: Company, segment: Ints, day: int, rng: np.random.Generator) -> Ints:
    """A product for every line, by the taste of the customer's segment among what is sold that day."""
    sold = (company.product_since <= day) & (company.product_until >= day)
    taste = np.cumsum(company.taste * sold, axis=1)
    steps = taste / taste[:, -1:] + np.arange(len(taste))[:, None]
    at = np.searchsorted(steps.ravel(), segment + rng.random(len(segment)), side="right")
    return (at - segment * taste.shape[1]).clip(0, taste.shape[1] - 1)


__all__ = ["EPOCH", "Orders", "Performance", "day_of", "orders", "perform"]
