"""How well the reps of the demo company do, and how deep the planted breaks go, so that the quarter that runs shows them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from data.demo.company import BOHE_SHARE, LANTING_SHARE, Company
from data.demo.season import Season
from data.demo.territory import AREAS, REGIONS, Flags, Floats, area_place, region_place

_STRAINED = ("Jiangsu", "Shandong", "Mid-East")
"""Areas whose reps are four times as likely to be at risk."""
_LEAST_SHIPPED = 0.08


@dataclass(frozen=True, slots=True)
class Performance:
    """By rep and quarter of the history: ``factor`` on the orders of a usual time, and the ``pace`` that targets shall show.

    ``eased``: share of orders that East's customers still place once Bohe Chemicals is gone; ``shipped``: share of
    Mid-East's orders that still leave once shipments slip.
    """

    factor: Floats
    pace: Floats
    eased: float
    shipped: float


def perform(company: Company, season: Season, rng: np.random.Generator) -> Performance:
    """Decide it all; in the running quarter such that reps and regions come out at the pace their region tells of."""
    quarters = int(season.quarters[-1]) + 1
    customers, story, running = company.customers, company.story, quarters - 1
    base: Floats = np.bincount(customers.rep, customers.weight, minlength=len(company.reps.area)).astype(np.float64)
    eased, shipped = _eased(company, season), _shipped(company, season)
    kept = _kept(company, season, eased, shipped)
    factor = np.exp(rng.normal(0.0, 0.07, len(base)))[:, None] * np.exp(rng.normal(0.0, 0.11, (len(base), quarters)))
    factor = factor.clip(0.6, 1.5)
    # These sell as usual, but for what the story takes from them; the others make up their region's pace.
    losing = [int(customers.rep[customer]) for customer, _ in story.losses]
    as_usual = [story.without_target, *losing]
    factor[as_usual, running] = 1.0
    left = kept.copy()
    for customer, gone in story.losses:
        rep = customers.rep[customer]
        left[rep] *= [
            1 - customers.weight[customer] / base[rep] * _share_since(season, season.quarters == q, gone) for q in range(quarters)
        ]
    paces = _paces(company, base, dict(zip(as_usual, left[as_usual, running], strict=True)), rng)
    others = np.setdiff1d(np.arange(len(base)), as_usual)
    factor[others, running] = paces[others] / kept[others, running]
    pace = factor * left
    pace[losing, running] = pace[losing, running].clip(0.36, 0.66)
    return Performance(factor, pace, eased, shipped)


def _share_since(season: Season, inside: Flags, day: int) -> float:
    """Share of the weight of some days that lies on the given day or later."""
    days = np.arange(season.first, season.last + 1)
    return float(season.money[inside & (days >= day)].sum() / season.money[inside].sum())


def _eased(company: Company, season: Season) -> float:
    """What East's other customers must still order for East to come out at its pace, given what the large ones take away."""
    story, running = company.story, season.quarters == season.quarters[-1]
    bohe, lanting = _share_since(season, running, story.bohe_gone), _share_since(season, running, story.lanting_gone)
    missing = 0.99 - REGIONS[region_place("East")].pace - bohe * BOHE_SHARE - lanting * LANTING_SHARE
    return 1 - max(0.0, missing) / (bohe * (1 - BOHE_SHARE - LANTING_SHARE))


def _shipped(company: Company, season: Season) -> float:
    """What Mid-East must still ship for Overseas to come out at its pace."""
    overseas = REGIONS[region_place("Overseas")]
    part = AREAS[company.story.mid_east][1].share / sum(area.share for area in overseas.areas)
    late = _share_since(season, season.quarters == season.quarters[-1], company.story.mid_east_late)
    return max(_LEAST_SHIPPED, 1 - (0.98 - overseas.pace) / (late * part))


def _kept(company: Company, season: Season, eased: float, shipped: float) -> Floats:
    """What the planted breaks leave of every rep's sales in every quarter, the loss of the large customers apart."""
    quarters = int(season.quarters[-1]) + 1
    kept = np.ones((len(company.reps.area), quarters))
    east, mid_east = company.reps.region == region_place("East"), company.reps.area == area_place("Mid-East")
    for q in range(quarters):
        inside = season.quarters == q
        kept[east, q] -= _share_since(season, inside, company.story.bohe_gone) * (1 - eased)
        kept[mid_east, q] -= _share_since(season, inside, company.story.mid_east_late) * (1 - shipped)
    return kept


def _paces(company: Company, base: Floats, given: dict[int, float], rng: np.random.Generator) -> Floats:
    """The running quarter's pace of every rep: every region has its tiers and, weighed by its reps' books, its own pace.

    ``given``: paces of reps that are decided elsewhere.
    """
    pace = np.ones(len(base))
    pace[list(given)] = list(given.values())
    strained = np.isin(company.reps.area, [area_place(area) for area in _STRAINED])
    apart = np.isin(np.arange(len(base)), list(given))
    for place, region in enumerate(REGIONS):
        inside = company.reps.region == place
        mine, fixed = np.flatnonzero(inside & ~apart), np.flatnonzero(inside & apart)
        at_risk = region.at_risk - int((pace[fixed] < 0.7).sum())
        odds = np.where(strained[mine], 4.0, 1.0)
        order = rng.choice(mine, len(mine), replace=False, p=odds / odds.sum())
        risk, way, best = np.split(order, [at_risk, len(order) - region.achieved])
        pace[risk] = rng.uniform(0.38, 0.66, len(risk))
        pace[way], pace[best] = rng.uniform(0.78, 0.97, len(way)), rng.uniform(1.06, 1.42, len(best))
        owed = base[inside].sum() - base[inside & (np.arange(len(base)) == company.story.without_target)].sum()
        wanted = region.pace * region.stretch * owed - np.dot(pace[fixed], base[fixed])
        for _ in range(40):
            ratio = wanted / np.dot(pace[mine], base[mine])
            pace[way], pace[best] = (pace[way] * ratio).clip(0.73, 0.96), (pace[best] * ratio).clip(1.04, 1.48)
    return pace
