"""What a person can ask wrongly, with the nearest right thing.

MetricsError
├── UnknownName      no measure, dimension, member … of that name
├── SharedName       several members have that name
├── MalformedFilter  a filter that cannot be read
├── NotDivisible     a measure cannot be split or filtered by a dimension
├── MalformedPeriod  a period that cannot be read
└── MalformedDay     a day that cannot be read
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rapidfuzz import process


class MetricsError(Exception):
    """Base of all errors in a question; the message is fit to show."""


class UnknownName(MetricsError):
    """``known``: what there is; ``also``: other names of the same, which are not listed."""

    def __init__(self, kind: str, name: str, known: Iterable[str], also: Iterable[str] = ()) -> None:
        allowed = sorted(set(known))
        near = nearest(name, [*allowed, *also])
        hint = f" Did you mean '{near}'?" if near else ""
        listed = ", ".join(allowed[:40]) + (", …" if len(allowed) > 40 else "")
        super().__init__(f"There is no {kind} '{name}'.{hint} Known: {listed or 'none'}.")
        self.kind, self.name, self.nearest = kind, name, near


class MalformedFilter(MetricsError):
    def __init__(self, text: str, known: Iterable[str]) -> None:
        super().__init__(f"'{text}' is not a filter. Write dimension=member, like region=East; dimensions: {', '.join(known)}.")


class SharedName(UnknownName):
    """A name that does not say which member is meant; only an identifier does."""

    def __init__(self, kind: str, name: str, keys: Sequence[str]) -> None:
        listed = ", ".join(keys[:20]) + (", …" if len(keys) > 20 else "")
        MetricsError.__init__(self, f"{len(keys)} members of {kind} are called '{name}'. Say which by its identifier: {listed}.")
        self.kind, self.name, self.nearest = kind, name, keys[0]


class NotDivisible(MetricsError):
    def __init__(self, measure: str, dimension: str, allowed: Iterable[str]) -> None:
        super().__init__(f"'{measure}' cannot be split or filtered by {dimension}; it has {', '.join(allowed)}.")


class MalformedPeriod(MetricsError):
    def __init__(self, text: str) -> None:
        super().__init__(
            f"'{text}' is not a period. Use week, month, quarter, year or ytd (around the as-of day), "
            "or 2026W37, 2026-09, 2026Q3, 2026, or a range of at most 20 years like 2026-07-01..2026-09-13, from 1900 to 2199."
        )


class MalformedDay(MetricsError):
    def __init__(self, text: str) -> None:
        super().__init__(f"'{text}' is not a day. Write it like 2026-09-13, from 1900 to 2199.")


def nearest(name: str, known: Sequence[str]) -> str | None:
    """The known name most like this one, if any is close."""
    found = process.extractOne(name.casefold(), {k: k.casefold() for k in known}, score_cutoff=55)
    return found[2] if found else None
