"""The forecasts of one answer: for each of its rows where each measure will land, and the best days so far."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

import numpy as np

from metrics.catalog import FIVE, MEASURES, Fact, Sum
from metrics.history import Cell, Floats, History, Rows, placed, rows_of
from metrics.landing import Forecast, Landing, forecast, landing_of
from metrics.moments import Moments, known_since
from metrics.pace import ratio
from metrics.plan import history_since
from metrics.query import Query
from metrics.snapshot import Snapshot

BEST: Final = 10
"""How many of the best working days are taken together."""
_EXACT: Final = Decimal("0.0001")
"""Money and quantities are kept to this; what is worked out in floats is rounded to it."""


@dataclass(frozen=True, slots=True)
class _Landed:
    rows: Mapping[Cell, int]
    measures: tuple[str, ...]
    forecast: Forecast


class Forecasts:
    """Works out what is asked for when it is asked for. One is made for each answer, with its histories, and thrown away."""

    def __init__(self, query: Query, snapshot: Snapshot, moments: Moments | None, histories: Mapping[Fact, History]) -> None:
        self._query, self._snapshot, self._moments, self._histories = query, snapshot, moments, histories
        self._landed: dict[Fact, _Landed | None] = {}
        self._rows: dict[Fact, Rows] = {}

    def value(
        self, kind: str, key: Cell, base: str, *, keys: Iterable[Cell], actual: Decimal | None, target: Decimal | None
    ) -> Decimal | None:
        """A figure of ``catalog.FORECASTS`` for a row; None where it cannot be said. ``keys``: of all rows of the answer.

        A period that is over lands where it is; ``target`` is asked of the rate and the chance alone.
        """
        if actual is None:
            return None
        if kind == "best_days":
            return self._best_days(key, base, keys)
        if kind in ("landing_rate", "landing_chance") and not target:
            return None
        over = self._query.as_of >= self._query.period.last
        found = None if over else self._landing(key, base, keys)
        if found is None and not over:
            return None
        if kind == "landing_chance":
            wanted = (target or Decimal(0)) - actual
            return exact(found.chance(float(wanted))) if found else Decimal(int(wanted <= 0))
        rest = {"landing_low": found.low, "landing_high": found.high}.get(kind, found.rest) if found else 0.0
        return ratio(actual + exact(rest), target) if kind == "landing_rate" else actual + exact(rest)

    def _landing(self, key: Cell, base: str, keys: Iterable[Cell]) -> Landing | None:
        fact = _sum(base).fact
        if fact not in self._landed:
            self._landed[fact] = self._land(fact, keys)
        landed = self._landed[fact]
        return landing_of(landed.forecast, landed.measures.index(base), landed.rows[key]) if landed else None

    def _best_days(self, key: Cell, base: str, keys: Iterable[Cell]) -> Decimal | None:
        """The mean of the best working days of the period so far; None before there are ten."""
        fact, moments = _sum(base).fact, self._moments
        if moments is None or len(moments.days) < BEST:
            return None
        history = self._histories[fact]
        cells = self._rows_of(fact, keys, history.cells).cells[key]
        of_days = history.sums(moments.days, moments.days + 1)[:, list(cells)].sum(axis=1, keepdims=True)
        values = _values(history.columns, of_days, (base,))[0, 0]
        return exact(float(np.partition(values, -BEST)[-BEST:].mean())) if np.isfinite(values).all() else None

    def _land(self, fact: Fact, keys: Iterable[Cell]) -> _Landed | None:
        first = self._snapshot.covered(fact).first
        if self._moments is None or first is None:
            return None
        moments = self._moments.since(max(known_since(first, self._snapshot.calendar), history_since(self._query)))
        if len(moments.starts) < 2:
            return None
        history, plans = self._histories[fact], self._histories[Fact.TARGET]
        measures = tuple(m.key for m in FIVE if m.fact is fact and set(_columns(m)) <= set(history.columns))
        rows = self._rows_of(fact, keys, history.cells)
        done, total = (
            _values(history.columns, rows.stacked(history.sums(moments.starts, ends)), measures) for ends in (moments.cuts, moments.ends)
        )
        found = forecast(
            done,
            total,
            rows.stacked(self._plan(plans, moments, measures, history.cells)),
            pool=np.array([*(None not in cell for cell in rows.pool), *[False] * (done.shape[1] - len(rows.pool))]),
            worked=moments.worked,
            season=moments.season,
        )
        return _Landed(rows.places(), measures, found)

    def _plan(self, plans: History, moments: Moments, measures: Sequence[str], pool: Sequence[Cell]) -> Floats:
        targets = placed(plans, plans.sums(moments.starts, moments.ends), pool)
        none = np.zeros(targets.shape[1:])
        return np.stack([targets[plans.columns.index(m)] if m in plans.columns else none for m in measures])

    def _rows_of(self, fact: Fact, keys: Iterable[Cell], pool: Sequence[Cell]) -> Rows:
        if fact not in self._rows:
            self._rows[fact] = rows_of(keys, self._query.by, self._query.where, pool)
        return self._rows[fact]


def exact(value: float) -> Decimal:
    return Decimal(value).quantize(_EXACT)


def _sum(base: str) -> Sum:
    found = MEASURES[base]
    assert isinstance(found, Sum), f"{base} is read from a fact"
    return found


def _columns(measure: Sum) -> tuple[str, ...]:
    return (*(column for _, column in measure.terms), *measure.known_by)


def _values(columns: Sequence[str], sums: Floats, measures: Sequence[str]) -> Floats:
    """Measures out of the sums of columns (axis 0); NaN where a term is not known of every line."""
    found = []
    for key in measures:
        measure = _sum(key)
        value = sum((sign * sums[columns.index(column)] for sign, column in measure.terms), np.zeros(sums.shape[1:]))
        for column in measure.known_by:
            value = np.where(sums[columns.index(column)] > 0, np.nan, value)
        found.append(value)
    return np.stack(found)
