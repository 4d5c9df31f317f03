"""What holds for a whole published version: whose data it is, which days it covers, which days are worked, who is who."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final

from data.workdays import month_start
from metrics.catalog import FIVE, Fact
from metrics.query import Missing
from metrics.scope import Period, period_of

_COVERED_BY: Final[dict[Fact, tuple[str, ...]]] = {
    Fact.SALES: ("order_line",),
    Fact.COLLECTED: ("payment",),
    Fact.SETTLED: ("payment",),
    Fact.INVOICED: ("invoice",),
    Fact.RECEIVABLE: ("receivable_event",),
    Fact.CASH: ("cash_event", "receivable_event"),
}
"""The tables whose days say what a version knows of a fact, from the first of any to the last of any."""

_UNMEASURED: Final = "activity"


@dataclass(frozen=True, slots=True)
class Calendar:
    """The company's working days, in order, between the first and the last day it knows."""

    first: date
    last: date
    worked: tuple[date, ...]

    def is_working(self, day: date) -> bool:
        at = bisect_left(self.worked, day)
        return at < len(self.worked) and self.worked[at] == day

    def working_days(self, first: date, last: date) -> int:
        """How many working days lie from first to last, both included."""
        return max(bisect_right(self.worked, last) - bisect_left(self.worked, first), 0)

    def working_day(self, first: date, n: int) -> date | None:
        """The n-th working day from ``first`` on, that day included; None beyond the calendar."""
        at = bisect_left(self.worked, first) + n - 1
        return self.worked[at] if 0 <= at < len(self.worked) else None

    def like_for_like(self, period: Period, as_of: date, other: Period) -> date:
        """The day of ``other`` up to which as many working days have passed as in ``period`` by the as-of day.

        A closed period answers to the whole other one; a year to date is closed at the year's end. If the as-of day is not
        worked, the free days that follow the last counted working day belong to it. The day before ``other`` begins where
        nothing has passed.
        """
        as_of = min(as_of, period.last)
        whole = period_of("year", period.first, period.fiscal_first_month) if period.kind == "ytd" else period
        if as_of >= whole.last:
            return other.last
        passed = self.working_days(period.first, as_of)
        upcoming = self.working_day(other.first, passed + 1)
        if upcoming is None or upcoming > other.last:
            return other.last
        if not self.is_working(as_of):
            return upcoming - timedelta(days=1)
        return (self.working_day(other.first, passed) or other.first) if passed else other.first - timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Coverage:
    """The days and rows that a version has of one fact."""

    first: date | None
    last: date | None
    rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """A published version, apart from its figures. ``company``: name, name_zh, currency, unit, unit_zh … ``published`` is UTC."""

    version: int
    published: datetime
    note: str
    company: Mapping[str, str]
    coverage: Mapping[str, Coverage]
    calendar: Calendar
    regions: int
    """How many regions there are."""
    has_targets: bool = True
    """Whether any target is set."""

    @property
    def last_day(self) -> date:
        """The latest day of any fact that is measured: how far the data goes. A visit planned for next month is no figure yet."""
        known = [c.last for name, c in self.coverage.items() if c.last and name != _UNMEASURED]
        return max(known) if known else self.calendar.first

    @property
    def first_day(self) -> date:
        known = [c.first for c in self.coverage.values() if c.first]
        return min(known) if known else self.calendar.first

    def covered(self, fact: Fact) -> Coverage:
        """The days that the version has of a fact; no rows where it has none at all."""
        known = [self.coverage[name] for name in _COVERED_BY.get(fact, ()) if name in self.coverage]
        days = [day for c in known for day in (c.first, c.last) if day]
        return Coverage(min(days, default=None), max(days, default=None), sum(c.rows for c in known))

    @property
    def balances_to(self) -> date | None:
        """The last day with a change of a receivable."""
        changes = self.coverage.get("receivable_event")
        return changes.last if changes else None

    def no_balances(self, day: date) -> Missing | None:
        """Why the version knows nothing of what is owed on a day; None: it does."""
        known = self.covered(Fact.RECEIVABLE)
        if known.first is None or known.last is None:
            return Missing("no_data")
        return Missing("before_data", known.first.isoformat()) if day < known.first else None

    def months(self, fact: Fact) -> tuple[date, ...]:
        """The first days of the months that a fact is known in."""
        covered = self.covered(fact)
        if covered.first is None or covered.last is None:
            return ()
        first, last = month_start(covered.first), month_start(covered.last)
        count = (last.year - first.year) * 12 + last.month - first.month + 1
        return tuple(month_start(first, i) for i in range(count))

    @property
    def first_measure(self) -> str:
        """The first of the five that this version knows anything of."""
        return next((m.key for m in FIVE if self.covered(m.fact).rows), FIVE[0].key)

    @property
    def currency(self) -> str:
        return self.company.get("currency") or ""

    def plan(self, key: str) -> Decimal | None:
        """What is planned of collections (a key of ``schema.PLANS``): days of DSO, or a share; None where nothing is."""
        said = self.company.get(key)
        return Decimal(said) if said else None

    def due_days(self, first: date, last: date) -> int:
        """On how many days from first to last a target can be due: on those that are worked, if it is not phased by calendar days."""
        if self.company.get("phasing") == "calendar_days":
            return max((last - first).days + 1, 0)
        return self.calendar.working_days(first, last)

    @property
    def fiscal_first_month(self) -> int:
        return int(self.company.get("fiscal_first_month") or 1)

    def company_name(self, language: str) -> str:
        name = self.company.get("name") or ""
        return (self.company.get("name_zh") or name) if language == "zh" else name

    def unit_name(self, language: str) -> str:
        """What volume counts: units, 台."""
        return (self.company.get("unit_zh") or "件") if language == "zh" else (self.company.get("unit") or "units")
