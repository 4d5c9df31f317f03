"""Where a period will end: what is done, and the rest out of the company's own past at the same moment of its periods.

Four estimates of the level of the whole period stand beside each other: this period's pace, the plan as far as plans were
kept, last year as it grew since, and the latest periods. What is left of the period takes the mean of the four, each
weighted by how well it foretold the past from this moment on (Bates and Granger 1969): early in a period the plan weighs
most, later the pace. The interval comes from the errors that this same forecast made on past periods, each from what was
known by then. Everything is arithmetic on arrays: no chance, no fitting, no loop over rows.

Axes: M measures, R rows, T periods, oldest first, the one that runs last; K estimates. What is taken from several rows, so
that a thin history does not stand alone, is taken from the rows of the ``pool``, measure by measure.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import erf, sqrt
from typing import Any, Final

import numpy as np

from metrics.history import Floats
from metrics.moments import Ints

Flags = np.ndarray[Any, np.dtype[np.bool_]]

LEAST_PERIODS, LEAST_OWN = 6, 3
"""Whole past periods that the data must have, and that a row itself must have been active in."""

COVERED: Final = 0.8
WIDTH: Final = 1.2816
"""The interval, and how many standard deviations of a normal distribution it reaches to either side."""

# The constants weigh prior against evidence. They were chosen on one demo company and hold on others and on real data: halving
# or doubling any of them moves the mean error of `python app.py backtest` by a tenth of itself or less.
_SAME_SEASON: Final = 3.0
"""How many times more the same period of an earlier year says about the course of this one than another period does."""
_FADING: Final = 0.8
"""How much of the weight of a kept or missed plan is left one period later."""
_SHARE_PRIOR, _PLAN_PRIOR, _ERROR_PRIOR = 3.0, 2.0, 4.0
"""What the pool says counts as so many periods of a row's own: for its course, for how it keeps plans, for its errors."""
_FORETOLD: Final = 0.03, 2.0
"""Before there is evidence, every estimate has this mean squared error; it counts as so many periods."""
_QUANTILE_PRIOR: Final = 10.0
"""So many errors of a normal distribution stand beside those that were made."""
_NORMAL_QUANTILE: Final = 1.6062
"""80 % of the errors of a normal distribution are within so many times their mean size."""
_MEMORY: Final = 0.8
"""How much an error still says one period later."""
_LEAST_SHARE: Final = 0.02
_WORST: Final = 1.0
"""An estimate that is off by more than the size of a period is as bad as one that is off by it."""
_GROWTH: Final = 0.4, 2.5
_FIRST_ERROR: Final = 4
"""From so many periods of its own on, a row's forecasts had something to go by, and their errors say something."""


@dataclass(frozen=True, slots=True, eq=False)
class Forecast:
    """Of the running period, measures × rows. ``rest``: what is still to come; ``spread``: its standard deviation; ``floor``: the
    least it can be, 0 where the rest of a period never fell, else −∞; ``known`` False: not enough history."""

    rest: Floats
    spread: Floats
    floor: Floats
    known: Flags


@dataclass(frozen=True, slots=True)
class Landing:
    """The rest of a row's period: the point, the interval around it, and the standard deviation."""

    rest: float
    low: float
    high: float
    spread: float
    floor: float

    def chance(self, wanted: float) -> float:
        """The probability that the rest comes to at least so much."""
        if wanted <= self.floor:
            return 1.0
        if self.spread <= 0:
            return float(self.rest >= wanted)
        return 0.5 * (1 - erf((wanted - self.rest) / self.spread / sqrt(2)))


def landing_of(forecast: Forecast, measure: int, row: int) -> Landing | None:
    if not forecast.known[measure, row]:
        return None
    rest, spread, floor = (float(part[measure, row]) for part in (forecast.rest, forecast.spread, forecast.floor))
    rest = max(rest, floor)
    return Landing(rest, max(rest - WIDTH * spread, floor), rest + WIDTH * spread, spread, floor)


def forecast(done: Floats, total: Floats, plan: Floats, *, pool: Flags, worked: Ints, season: int) -> Forecast:
    """The forecast of the last period on the T axis.

    ``done``: M × R × T, by this moment of each period; ``total``: of each whole period, of the last not used; ``plan``: its
    target, 0 where there is none. A period of which a row does not know everything is NaN in both. ``pool``: the rows, R,
    that are taken together; ``worked``: working days of each period, T; ``season``: periods of a year, 0 where there is none.
    """
    active = np.isfinite(total) & np.isfinite(done)
    done, total = np.where(active, done, 0.0), np.where(active, total, 0.0)
    active[..., -1] = False
    active &= np.maximum.accumulate(active & (total != 0), axis=2)
    own = _before(active)
    size = _ratio(_before(np.where(active, np.abs(total), 0.0)), own)
    share = _shares(done, total, active, pool, season, size)
    levels = (
        done / share,
        _planned(total, plan, active, pool),
        _last_year(total, active, season),
        _latest(total, active, worked, season),
    )
    rests = (1 - share) * np.stack(levels)
    errors = np.clip((rests - (total - done)) / np.where(size > 0, size, np.nan), -_WORST, _WORST)
    rest = _weighted(rests, _weights(np.where(active, errors, np.nan), pool))
    scale = np.maximum(np.abs(done + rest), 0.1 * size)
    made = np.where(active & (own >= _FIRST_ERROR), (done + rest - total) / np.where(scale > 0, scale, np.nan), np.nan)
    fell = ((total < done) & active).any(axis=2)
    known = (own[..., -1] >= LEAST_OWN) & np.isfinite(rest[..., -1]) & (done.shape[2] > LEAST_PERIODS)
    reach, judged = _reach(made, pool)
    return Forecast(rest[..., -1], reach * scale[..., -1] / WIDTH, np.where(fell, -np.inf, 0.0), known & judged)


def _before(values: Any) -> Floats:
    """Sums over the periods before each."""
    sums = np.cumsum(values, axis=-1, dtype=np.float64)
    return np.asarray(np.concatenate((np.zeros((*sums.shape[:-1], 1)), sums[..., :-1]), axis=-1))


def _ratio(above: Floats, below: Floats) -> Floats:
    """The quotient; NaN where there is nothing to divide by."""
    found = np.full(np.broadcast_shapes(above.shape, below.shape), np.nan)
    np.divide(above, below, out=found, where=below != 0)
    return found


def _ages(periods: int) -> Ints:
    """T × T: how many periods before the one of the row that of the column is; 0 where it is not before it."""
    at = np.arange(periods)
    return np.asarray(np.maximum(at[:, None] - at[None, :], 0))


def _fading(periods: int, left: float) -> Floats:
    """T × T: the weight that each earlier period still has in each, the one before it 1."""
    ages = _ages(periods)
    return np.asarray(np.where(ages > 0, left ** (ages - 1.0), 0.0))


def _pooled(values: Floats, pool: Flags) -> Floats:
    return np.asarray(values[:, pool].sum(axis=1, keepdims=True))


def _shares(done: Floats, total: Floats, active: Flags, pool: Flags, season: int, size: Floats) -> Floats:
    """How much of a period has come in by this moment, from the periods before each; the same season counts more."""
    ages = _ages(done.shape[2])
    weights = np.where(ages > 0, 1.0, 0.0)
    if season:
        weights[(ages > 0) & (ages % season == 0)] = _SAME_SEASON
    in_by_then, whole = (np.where(active, values, 0.0) @ weights.T for values in (done, total))
    together = _ratio(_pooled(in_by_then, pool), _pooled(whole, pool))
    prior = np.nan_to_num(_SHARE_PRIOR * size)
    share = _ratio(in_by_then + prior * together, whole + prior)
    return np.clip(np.where(np.isfinite(share), share, 1.0), _LEAST_SHARE, 1.0)


def _planned(total: Floats, plan: Floats, active: Flags, pool: Flags) -> Floats:
    """The plan, times how far the plans of the periods before were kept."""
    weights = _fading(total.shape[2], _FADING)
    both = active & (plan > 0)
    came, was_planned, count = (np.where(both, values, 0.0) @ weights.T for values in (total, plan, 1.0))
    together = _ratio(_pooled(came, pool), _pooled(was_planned, pool))
    together = np.where(np.isfinite(together), together, 1.0)
    prior = np.nan_to_num(_PLAN_PRIOR * _ratio(was_planned, count))
    kept = _ratio(came + prior * together, was_planned + prior)
    return np.where(plan > 0, plan * np.where(np.isfinite(kept), kept, together), np.nan)


def _last_year(total: Floats, active: Flags, season: int) -> Floats:
    """The same period a year before, times the growth of the periods of the last half year over their own year before."""
    periods = total.shape[2]
    found = np.full(total.shape, np.nan)
    if not season or periods <= season:
        return found
    both = active[..., season:] & active[..., :-season]
    now, then = (_before(np.where(both, values, 0.0)) for values in (total[..., season:], total[..., :-season]))
    start = np.maximum(np.arange(periods - season) - max(season // 2, 1), 0)
    growth = _ratio(now - now[..., start], then - then[..., start])
    growth = np.where(np.isfinite(growth), np.clip(growth, *_GROWTH), 1.0)
    before = total[..., :-season]
    found[..., season:] = np.where(before != 0, before * growth, np.nan)
    return found


def _latest(total: Floats, active: Flags, worked: Ints, season: int) -> Floats:
    """The mean of the last half year's periods, a working day counted like a working day."""
    ages = _ages(total.shape[2])
    recent = ((ages > 0) & (ages <= max(season // 2, 1))).astype(np.float64)
    lengths = np.maximum(worked, 1)
    scaled = np.where(active, total, 0.0) @ (recent * lengths[:, None] / lengths[None, :]).T
    return _ratio(scaled, active.astype(np.float64) @ recent.T)


def _weights(errors: Floats, pool: Flags) -> Floats:
    """K × M × 1 × T: the weight of each estimate in each period, by the square of its mean squared error before it."""
    of_pool = errors[:, :, pool]
    known = np.isfinite(of_pool)
    fading = _fading(errors.shape[3], _MEMORY).T
    rows = max(int(pool.sum()), 1)
    squares = (np.where(known, of_pool, 0.0) ** 2).sum(axis=2, keepdims=True) @ fading / rows
    periods = known.sum(axis=2, keepdims=True) @ fading / rows
    error, count = _FORETOLD
    return np.asarray(((squares + count * error) / (periods + count)) ** -2)


def _weighted(rests: Floats, weights: Floats) -> Floats:
    """The mean of the estimates that there are; NaN where there is none."""
    there = np.isfinite(rests)
    weights = np.where(there, weights, 0.0)
    return _ratio((np.where(there, rests, 0.0) * weights).sum(axis=0), weights.sum(axis=0))


def _reach(made: Floats, pool: Flags) -> tuple[Floats, Flags]:
    """How far the interval reaches, as a share of the landing, and for which rows errors tell it, both M × R.

    A row's own mean error, that of the pool counting as some more of them; times the quantile of the pool's errors in terms
    of it, drawn to that of a normal distribution where they are few. Errors fade, since a longer history forecasts better.
    """
    known = np.isfinite(made)
    weight = known * _fading(made.shape[2], _MEMORY)[-1]
    count, sizes = weight.sum(axis=2), np.where(known, np.abs(made), 0.0)
    summed = (sizes * weight).sum(axis=2)
    together = summed[:, pool].sum(axis=1) / np.maximum(count[:, pool].sum(axis=1), 1e-9)
    prior = _ERROR_PRIOR if pool.sum() > 1 else 0.0
    own = _ratio(summed + prior * together[:, None], count + prior)
    relative = _ratio(sizes, np.broadcast_to(own[..., None], sizes.shape))
    quantiles = np.array([_quantile(relative[m, pool], weight[m, pool]) for m in range(len(made))])
    return own * quantiles[:, None], np.isfinite(own) & (count[:, pool].sum(axis=1) > 0)[:, None]


def _quantile(relative: Floats, weight: Floats) -> float:
    there = np.isfinite(relative) & (weight > 0)
    values, weights = relative[there], weight[there]
    order = np.argsort(values)
    if not len(values):
        return _NORMAL_QUANTILE
    # As many errors of equal weight would say as much (Kish 1965).
    evidence = float(weights.sum() ** 2 / (weights**2).sum())
    reached = np.cumsum(weights[order]) / weights.sum()
    quantile = float(np.interp(COVERED, reached, values[order]))
    return (evidence * quantile + _QUANTILE_PRIOR * _NORMAL_QUANTILE) / (evidence + _QUANTILE_PRIOR)
