"""The landing forecast a second time: one figure at a time in plain Python, from the description of the method."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import isnan, nan

from metrics.scope import Period

Sum = Callable[[date, date], float]
"""What a row came to from one day to another, both included."""


@dataclass
class Row:
    """Of one row: what it did, and what its plan was, over any days."""

    did: Sum
    planned: Sum


@dataclass
class Moment:
    period: Period
    last: date
    worked: int


def moments(period: Period, as_of: date, worked: Mapping[date, bool], first: date) -> list[Moment]:
    """The past periods since ``first``, oldest first, each up to its like moment; then the one that runs."""

    def days_of(p: Period) -> list[date]:
        return [p.first + timedelta(days=i) for i in range(p.days)]

    whole = sum(worked[d] for d in days_of(period))
    passed = sum(worked[d] for d in days_of(period) if d <= as_of)
    found = [Moment(period, as_of, whole)]
    earlier = period.before()
    while earlier.first >= first and len(found) <= 60:
        mine = [d for d in days_of(earlier) if worked[d]]
        n = min(max(round(passed / whole * len(mine)), int(passed > 0)), len(mine))
        if worked[as_of]:
            last = mine[n - 1] if n else earlier.first - timedelta(days=1)
        else:
            last = mine[n] - timedelta(days=1) if n < len(mine) else earlier.last - timedelta(days=1)
        found.insert(0, Moment(earlier, last, len(mine)))
        earlier = earlier.before()
    return found


@dataclass
class Course:
    """A row at all moments."""

    done: list[float]
    total: list[float]
    plan: list[float]
    active: list[bool]

    def before(self, t: int) -> list[int]:
        return [u for u in range(t) if self.active[u]]

    def size(self, t: int) -> float:
        past = self.before(t)
        return sum(abs(self.total[u]) for u in past) / len(past) if past else nan


def course(row: Row, at: Sequence[Moment]) -> Course:
    done = [row.did(m.period.first, m.last) for m in at]
    total = [row.did(m.period.first, m.period.last) for m in at[:-1]] + [nan]
    plan = [row.planned(m.period.first, m.period.last) for m in at]
    began = next((t for t, v in enumerate(total[:-1]) if v), len(total))
    return Course(done, total, plan, [began <= t < len(total) - 1 for t in range(len(total))])


def estimates(mine: Course, pool: Sequence[Course], t: int, at: Sequence[Moment], season: int) -> tuple[float, list[float]]:
    """The share that has come in by the moment, and four estimates of the level of the whole period."""

    def weight(u: int) -> float:
        return 3.0 if (t - u) % season == 0 else 1.0

    def summed(c: Course, of: str) -> float:
        return sum(weight(u) * getattr(c, of)[u] for u in c.before(t))

    past, size = mine.before(t), mine.size(t)
    whole = sum(summed(c, "total") for c in pool)
    together = sum(summed(c, "done") for c in pool) / whole if whole else nan
    prior = 0.0 if isnan(size) else 3 * size
    below = summed(mine, "total") + prior
    share = (summed(mine, "done") + prior * together) / below if below else nan
    share = 1.0 if isnan(share) else min(max(share, 0.02), 1.0)

    def kept(c: Course) -> tuple[float, float, float]:
        both = [(0.8 ** (t - u - 1), u) for u in c.before(t) if c.plan[u] > 0]
        return sum(w * c.total[u] for w, u in both), sum(w * c.plan[u] for w, u in both), sum(w for w, _ in both)

    came, promised = (sum(kept(c)[i] for c in pool) for i in (0, 1))
    usual = came / promised if promised else 1.0
    came, promised, count = kept(mine)
    prior = 2 * promised / count if count else 0.0
    planned = nan
    if mine.plan[t] > 0:
        planned = mine.plan[t] * ((came + prior * usual) / (promised + prior) if promised else usual)

    half = season // 2 or 1
    last_year = nan
    if t >= season and mine.total[t - season]:
        pairs = [u for u in range(max(t - half, season), t) if mine.active[u] and mine.active[u - season]]
        now, then = sum(mine.total[u] for u in pairs), sum(mine.total[u - season] for u in pairs)
        growth = now / then if then else 1.0
        last_year = mine.total[t - season] * min(max(growth, 0.4), 2.5)

    recent = [u for u in past if t - u <= half]
    latest = sum(mine.total[u] * at[t].worked / at[u].worked for u in recent) / len(recent) if recent else nan
    return share, [mine.done[t] / share, planned, last_year, latest]


@dataclass
class Found:
    """The rest of the period and the distance of the interval's ends from it."""

    rest: float
    reach: float


def forecast(row: Row, pool: Sequence[Row], at: Sequence[Moment], season: int) -> Found:
    """``pool``: all rows of the level, this one among them."""
    courses = {id(r): course(r, at) for r in pool}
    everyone = list(courses.values())
    left: dict[int, list[list[float]]] = {}
    for key, c in courses.items():
        left[key] = []
        for t in range(len(at)):
            share, levels = estimates(c, everyone, t, at, season)
            left[key].append([(1 - share) * level for level in levels])
    rests = {key: [_mean(left, courses, key, t) for t in range(len(at))] for key in courses}
    made = {key: _errors(courses[key], rests[key]) for key in courses}
    n = len(at) - 1
    own = {key: _size_of_errors(key, made) for key in courses}
    relative = sorted((abs(e) / own[key], w) for key, errors in made.items() for e, w in errors if own[key] > 0)
    evidence = sum(w for _, w in relative) ** 2 / sum(w * w for _, w in relative)
    quantile = (evidence * _at(relative, 0.8) + 10 * 1.6062) / (evidence + 10)
    mine, key = courses[id(row)], id(row)
    scale = max(abs(mine.done[n] + rests[key][n]), 0.1 * mine.size(n))
    return Found(rests[key][n], own[key] * quantile * scale)


def _mean(left: dict[int, list[list[float]]], courses: Mapping[int, Course], key: int, t: int) -> float:
    weights = []
    for k in range(4):
        squares = count = 0.0
        for other, c in courses.items():
            for u in c.before(t):
                size, guess = c.size(u), left[other][u][k]
                if isnan(size) or isnan(guess) or not size:
                    continue
                error = (guess - (c.total[u] - c.done[u])) / size
                fresh = 0.8 ** (t - u - 1)
                squares, count = squares + fresh * min(max(error, -1), 1) ** 2, count + fresh
        weights.append(((squares / len(courses) + 2 * 0.03) / (count / len(courses) + 2)) ** -2)
    there = [(w, v) for w, v in zip(weights, left[key][t], strict=True) if not isnan(v)]
    return sum(w * v for w, v in there) / sum(w for w, _ in there) if there else nan


def _errors(c: Course, rests: Sequence[float]) -> list[tuple[float, float]]:
    """Relative errors and how fresh they are."""
    errors = []
    for t in range(len(rests) - 1):
        if c.active[t] and len(c.before(t)) >= 4:
            landed = c.done[t] + rests[t]
            errors.append(((landed - c.total[t]) / max(abs(landed), 0.1 * c.size(t)), 0.8 ** (len(rests) - 2 - t)))
    return errors


def _size_of_errors(key: int, made: Mapping[int, Sequence[tuple[float, float]]]) -> float:
    def mean(errors: Sequence[tuple[float, float]]) -> tuple[float, float]:
        return sum(abs(e) * w for e, w in errors), sum(w for _, w in errors)

    whole, count = mean([pair for errors in made.values() for pair in errors])
    prior = 4.0 if len(made) > 1 else 0.0
    own, of_own = mean(made[key])
    return (own + prior * whole / count) / (of_own + prior)


def _at(ordered: Sequence[tuple[float, float]], share: float) -> float:
    """The value by which that share of the weight is reached, straight between the values."""
    whole = sum(w for _, w in ordered)
    reached, before = 0.0, ordered[0][0]
    for value, w in ordered:
        if reached + w >= share * whole:
            return before + (value - before) * (share * whole - reached) / w if reached else value
        reached, before = reached + w, value
    return before
