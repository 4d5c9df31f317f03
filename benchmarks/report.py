"""How the benchmarks print their figures."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """A figure, and the most it may be; None: for information."""

    name: str
    value: float
    unit: str = ""
    bound: float | None = None

    @property
    def is_kept(self) -> bool:
        return self.bound is None or self.value <= self.bound


def show(title: str, rows: Iterable[Row]) -> bool:
    """Print the rows, and say whether all keep their bounds."""
    print(f"\n{title}")
    kept = True
    for row in rows:
        judged = "" if row.bound is None else f"at most {row.bound:g}: {'kept' if row.is_kept else 'NOT KEPT'}"
        print(f"  {row.name:<45}{row.value:8.2f} {row.unit:<3} {judged}", flush=True)
        kept &= row.is_kept
    return kept
