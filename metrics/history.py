"""What one fact came to on every day, by place: running totals from which any span of any place is read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from metrics.catalog import PLACES
from metrics.moments import Ints
from metrics.scope import Filter

Floats = np.ndarray[Any, np.dtype[np.float64]]
Cell = tuple[str | None, ...]

_EPOCH: Final = 719_163
"""The ordinal of 1 January 1970."""


@dataclass(frozen=True, slots=True, eq=False)
class History:
    """Sums of columns of one fact by cell, a combination of members of ``places``, and by day.

    ``running[k, c, d]``: what column k of cell c comes to before the d-th day from ``first``, an ordinal.
    """

    places: tuple[str, ...]
    cells: tuple[Cell, ...]
    columns: tuple[str, ...]
    first: int
    running: Floats

    def sums(self, starts: Ints, ends: Ints) -> Floats:
        """Columns × cells × spans: what they come to from each start to the day before each end."""
        last = self.running.shape[2] - 1
        upper, lower = (self.running[:, :, np.clip(edge - self.first, 0, last)] for edge in (ends, starts))
        return np.asarray(upper - lower)


def history_of(arrays: dict[str, np.ndarray[Any, Any]], places: tuple[str, ...], columns: tuple[str, ...]) -> History:
    """The history out of the columns of a leg by ``places`` and day: named as its dimensions, and each sum ``name_0``."""
    days = arrays["day"].astype("datetime64[D]").astype(np.int64) + _EPOCH
    codes, cells = _cells([arrays[place] for place in places], len(days))
    first, last = (int(days.min()), int(days.max())) if len(days) else (_EPOCH, _EPOCH)
    daily = np.zeros((len(columns), len(cells), last - first + 1))
    for k, column in enumerate(columns):
        daily[k, codes, days - first] = np.nan_to_num(arrays[f"{column}_0"].astype(np.float64))
    running = np.concatenate((np.zeros((len(columns), len(cells), 1)), daily.cumsum(axis=2)), axis=2)
    return History(places, cells, columns, first, running)


def _cells(members: Sequence[np.ndarray[Any, Any]], rows: int) -> tuple[Ints, tuple[Cell, ...]]:
    """The cell of every row, and the cells."""
    mixed = np.zeros(rows, dtype=np.int64)
    names: list[list[str | None]] = []
    for column in members:
        codes, found = pd.factorize(column, use_na_sentinel=True)
        names.append([None, *found])
        mixed = mixed * len(names[-1]) + codes + 1
    kinds, place = np.unique(mixed, return_inverse=True)
    cells: list[Cell] = []
    for kind in kinds.tolist():
        cell: list[str | None] = []
        left = kind
        for known in reversed(names):
            left, at = divmod(left, len(known))
            cell.append(known[at])
        cells.append(tuple(reversed(cell)))
    return place, tuple(cells)


def level_of(named: Sequence[str]) -> tuple[str, ...]:
    """The places that a cell is told by, down to the finest that is named: a rep's cell says region and area as well."""
    finest = max((PLACES.index(name) for name in named if name in PLACES), default=-1)
    return PLACES[: finest + 1]


@dataclass(frozen=True, slots=True)
class Rows:
    """Which cells make up each row of an answer: by its key, positions in ``pool``, which are all cells there are."""

    cells: Mapping[Cell, tuple[int, ...]]
    pool: tuple[Cell, ...]

    def stacked(self, values: Floats) -> Floats:
        """The cells (axis 1), and after them each row that is not one of them, summed."""
        more = [values[:, list(cells)].sum(axis=1, keepdims=True) for cells in self.cells.values() if len(cells) != 1]
        return np.concatenate((values, *more), axis=1) if more else values

    def places(self) -> dict[Cell, int]:
        """Where in ``stacked`` each row stands."""
        found, after = {}, len(self.pool)
        for key, cells in self.cells.items():
            found[key] = cells[0] if len(cells) == 1 else after
            after += len(cells) != 1
        return found


def rows_of(keys: Iterable[Cell], by: Sequence[str], where: Sequence[Filter], pool: Sequence[Cell]) -> Rows:
    """The cells of ``pool`` that fulfil the filters, by the rows they belong to."""
    at = [PLACES.index(dimension) for dimension in by]
    kept = [(PLACES.index(f.dimension), frozenset(f.members)) for f in where]
    found: dict[Cell, list[int]] = {key: [] for key in keys}
    for i, cell in enumerate(pool):
        key = tuple(cell[a] for a in at)
        if key in found and all(cell[a] in members for a, members in kept):
            found[key].append(i)
    return Rows({key: tuple(cells) for key, cells in found.items()}, tuple(pool))


def placed(history: History, values: Floats, pool: Sequence[Cell]) -> Floats:
    """The cells of a history in the order of ``pool``; a cell it does not have is zero."""
    at = {cell: i for i, cell in enumerate(history.cells)}
    out = np.zeros((values.shape[0], len(pool), values.shape[2]))
    known = [(i, at[cell]) for i, cell in enumerate(pool) if cell in at]
    if known:
        to, of = zip(*known, strict=True)
        out[:, list(to)] = values[:, list(of)]
    return out
