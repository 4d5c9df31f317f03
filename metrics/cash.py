"""What will come in: of what is open by how late it is, and of what will be invoiced; and how far such estimates were off before.

Every moment in the past is foretold as the present is: from what was known by then. What a moment's own window brought is not,
so a moment teaches another only once its window has closed. All pure, arrays over moments, newest first, 30 days apart.

Axes: T moments, the first of which is the present; A ages; H horizons.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np

Floats = np.ndarray[Any, np.dtype[np.float64]]

HORIZONS: Final = (30, 60, 90)
"""Days ahead."""
STEP: Final = HORIZONS[0]
"""Days from one moment to the next, so that every window is made of whole steps."""
AGES: Final = (-60, -30, -15, 0, 15, 30, 60, 90, 180)
"""Last day past due of each age but the oldest; negative before the due day."""
TAUGHT: Final = 12
"""Moments of about a year. From the latest closed ones an estimate is learned, all of them, so that every season weighs the same;
and by the errors of the latest it is judged."""
LEAST_ERRORS: Final = 8
"""Past estimates without which there is no interval."""
COVERED: Final = 0.8


@dataclass(frozen=True, slots=True, eq=False)
class Past:
    """``open``: T × A, what was open at a moment by age. ``paid``: T × A × H, what of that was paid within a horizon. ``received``:
    T × H, everything that was collected in it. ``invoiced``: T, in the 90 days before.
    """

    open: Floats
    paid: Floats
    received: Floats
    invoiced: Floats

    @property
    def moments(self) -> int:
        return len(self.invoiced)

    @property
    def closed(self) -> tuple[int, ...]:
        """H: how many moments back the first one is whose window is over."""
        return tuple(days // STEP for days in HORIZONS)


@dataclass(frozen=True, slots=True)
class Estimate:
    """Of one moment and horizon: of what was ``open``, of what was invoiced later, or paid in advance: ``new``."""

    open: float
    new: float

    @property
    def total(self) -> float:
        return self.open + self.new


def estimate(past: Past, moment: int, horizon: int) -> Estimate | None:
    """What is expected at a moment, learned from those whose window was closed by then; None where these are too few."""
    first = moment + past.closed[horizon]
    taught = slice(first, min(first + TAUGHT, past.moments))
    if taught.stop - taught.start < TAUGHT:
        return None
    opened, paid = past.open[taught].sum(axis=0), past.paid[taught, :, horizon].sum(axis=0)
    usual = _share(np.array([paid.sum()]), np.array([opened.sum()]), 0.0)[0]
    shares = _share(paid, opened, usual)
    later = past.received[taught, horizon].sum() - paid.sum()
    invoiced = past.invoiced[taught].sum()
    new = later / invoiced * past.invoiced[moment] if invoiced > 0 else 0.0
    return Estimate(float((past.open[moment] * shares).sum()), float(new))


def _share(paid: Floats, opened: Floats, usual: float) -> Floats:
    """How much of what was open was paid; the usual where nothing was."""
    known = opened > 0
    return np.where(known, np.clip(paid / np.where(known, opened, 1.0), 0.0, 1.0), usual)


def errors(past: Past, horizon: int, moment: int = 0) -> list[float]:
    """By how much of an estimate those of the past year were off, as known at a moment: what came ÷ what was expected − 1."""
    found, first = [], moment + past.closed[horizon]
    for before in range(first, min(first + TAUGHT, past.moments)):
        expected = estimate(past, before, horizon)
        if expected and expected.total > 0:
            found.append(float(past.received[before, horizon]) / expected.total - 1)
    return found


def reach(found: list[float]) -> float | None:
    """How far the interval goes to either side, as a share of the estimate; None where the errors are too few to tell.

    The error below which four of five lie, one more than were made counted (split conformal prediction), whatever way errors are
    distributed. It is read off between two of them: of so few, the next larger would hold clearly more than four of five.
    """
    if len(found) < LEAST_ERRORS:
        return None
    ranks = np.arange(1, len(found) + 1)
    return float(np.interp(COVERED * (len(found) + 1), ranks, np.sort(np.abs(found))))


@dataclass(frozen=True, slots=True)
class Foretold:
    """A past estimate beside what came, and beside two plain guesses: what the last closed window brought, and the same a year before.

    ``off``: how far its interval reached, as known then; None without one.
    """

    actual: float
    expected: float
    recent: float
    year_before: float
    off: float | None

    @property
    def is_inside(self) -> bool:
        return self.off is not None and abs(self.actual - self.expected) <= self.off * self.expected


def foretold(past: Past, horizon: int) -> list[Foretold]:
    """Every past estimate whose window is closed and that has a year before it, newest first."""
    found = []
    for moment in range(past.closed[horizon], past.moments - TAUGHT):
        expected = estimate(past, moment, horizon)
        if expected is None:
            continue
        received = past.received[:, horizon]
        recent, before = received[moment + past.closed[horizon]], received[moment + TAUGHT]
        off = reach(errors(past, horizon, moment))
        found.append(Foretold(float(received[moment]), expected.total, float(recent), float(before), off))
    return found
