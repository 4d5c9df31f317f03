"""Where names stand beside the marks of a plot: on the side where they cover least."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal
from unicodedata import east_asian_width

WIDTHS: Final = (1200, 600)
"""Pixels across of the plot, on a page of 1440 and on a tablet: a name takes the place that is best on both."""
HEIGHT: Final = 220
"""About its pixels upwards, on any of them."""
_LINE: Final = 15
"""Pixels from one name to that below."""
_LETTER: Final = 6.7
_WIDE_LETTER: Final = 12.5

Side = Literal["", "left", "mid"]
"""Right of its mark, left of it, or above or below."""
_TRIED: Final[tuple[tuple[Side, int], ...]] = (
    ("", 0), ("left", 0), ("mid", 17), ("mid", -17), ("", 9), ("left", 9), ("", -9), ("left", -9),
    ("", 14), ("left", 14), ("", -14), ("left", -14), ("mid", 26), ("mid", -26),
)  # fmt: skip
"""Sides, and pixels above the mark; of those that cover as little, the first is taken."""

Point = tuple[float, float]
"""Where in a plot: shares of its width, and of its height from below."""


@dataclass(frozen=True, slots=True)
class Name:
    """A name beside a mark; ``y`` need not be the mark's own."""

    x: float
    y: float
    text: str
    side: Side = ""


@dataclass(frozen=True, slots=True)
class _Box:
    """Pixels: left, right, below, above, in a plot so wide."""

    plot: int
    left: float
    right: float
    low: float
    high: float

    def holds(self, point: Point, radius: float) -> bool:
        x, y = point[0] * self.plot, point[1] * HEIGHT
        return self.left - radius < x < self.right + radius and self.low - radius < y < self.high + radius

    def meets(self, other: _Box) -> bool:
        return self.left < other.right and other.left < self.right and self.low < other.high and other.low < self.high

    @property
    def is_inside(self) -> bool:
        return self.left >= 0 and self.right <= self.plot and self.low >= 0 and self.high <= HEIGHT


_Boxes = tuple[_Box, ...]
"""Of one name, in each of ``WIDTHS``."""


def placed(named: Sequence[tuple[Point, str]], marks: Sequence[Point], dot: float, line: float | None = None) -> tuple[Name, ...]:
    """Names in the order given, the first with the most choice. ``marks``: all there are, ``dot`` pixels across. ``line``: a height
    that is better not crossed. Of places that cover as much, one inside the plot is preferred."""
    found: list[Name] = []
    taken: list[_Boxes] = []
    for at, text in named:
        _, _, name, boxes = min(
            (_cost(boxes, marks, taken, dot, line), i, name, boxes) for i, (name, boxes) in enumerate(_tried(at, text, dot))
        )
        found.append(name)
        taken.append(boxes)
    return tuple(found)


def _tried(at: Point, text: str, dot: float) -> Iterator[tuple[Name, _Boxes]]:
    width = sum(_WIDE_LETTER if east_asian_width(letter) in "WF" else _LETTER for letter in text)
    for side, up in _TRIED:
        y = min(max(at[1] * HEIGHT + up, _LINE / 2), HEIGHT - _LINE / 2)
        left = {"": dot, "left": -dot - width, "mid": -width / 2}[side]
        starts = ((plot, at[0] * plot + left) for plot in WIDTHS)
        boxes = tuple(_Box(plot, start, start + width, y - _LINE / 2, y + _LINE / 2) for plot, start in starts)
        yield Name(at[0], round(y / HEIGHT, 4), text, side), boxes


def _cost(boxes: _Boxes, marks: Sequence[Point], taken: Sequence[_Boxes], dot: float, line: float | None) -> float:
    total = 0.0
    for i, box in enumerate(boxes):
        covered = sum(box.holds(mark, dot) for mark in marks)
        crossed = line is not None and box.low < line * HEIGHT < box.high
        total += 100 * sum(box.meets(other[i]) for other in taken) + 10 * (not box.is_inside) + 2 * covered + crossed
    return total
