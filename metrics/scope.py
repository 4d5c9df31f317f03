"""Of when and of whom a question is asked: period, as-of day, filters, and the viewer whose rights bound them all."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal

from data.workdays import month_start, quarter_start, week_start, year_start
from metrics.errors import MalformedDay, MalformedPeriod

PeriodKind = Literal["week", "month", "quarter", "year", "ytd", "range"]
YEARS: Final = range(1900, 2200)
"""The years that can be asked about: none of their days is so near the ends of the calendar that what is compared with it falls off."""

PERIOD_KINDS: Final[tuple[PeriodKind, ...]] = ("week", "month", "quarter", "year", "ytd", "range")


MOST_DAYS: Final = 20 * 366
"""The longest range that is answered: 20 years."""


@dataclass(frozen=True, slots=True)
class Period:
    """A span of whole days, both ends included. A fiscal year is named for the calendar year in which it ends."""

    kind: PeriodKind
    first: date
    last: date
    fiscal_first_month: int = 1

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    def contains(self, day: date) -> bool:
        return self.first <= day <= self.last

    def format(self) -> str:
        """The short text that ``parse_period`` reads back: 2026Q3, 2026-09, 2026W37, 2026, a range of days."""
        year = year_start(self.first, self.fiscal_first_month)
        label = month_start(year, 11).year
        if self.kind == "week":
            iso = self.first.isocalendar()
            return f"{iso.year}W{iso.week:02d}"
        if self.kind == "month":
            return f"{self.first:%Y-%m}"
        if self.kind == "quarter":
            months = (self.first.year - year.year) * 12 + self.first.month - year.month
            return f"{label}Q{months // 3 + 1}"
        if self.kind == "year":
            return str(label)
        if self.kind == "ytd":
            return f"ytd{self.last.isoformat()}"
        return f"{self.first.isoformat()}..{self.last.isoformat()}"

    def before(self) -> Period:
        """The period just before: of the same kind, for a range of as many days, for a year to date the year."""
        if self.kind == "range":
            return Period("range", self.first - timedelta(days=self.days), self.first - timedelta(days=1), self.fiscal_first_month)
        kind: PeriodKind = "year" if self.kind == "ytd" else self.kind
        return period_of(kind, self.first - timedelta(days=1), self.fiscal_first_month)

    def year_before(self) -> Period:
        """The same period a year earlier, for a year to date the whole year: ``Calendar.like_for_like`` says up to which day.

        ISO week 53 answers to week 52 where that year has no 53rd; 29 February to the 28th.
        """
        if self.kind == "week":
            iso = self.first.isocalendar()
            weeks = date(iso.year - 1, 12, 28).isocalendar().week
            first = date.fromisocalendar(iso.year - 1, min(iso.week, weeks), 1)
            return Period("week", first, first + timedelta(days=6), self.fiscal_first_month)
        if self.kind == "ytd":
            return self.before()
        if self.kind == "range":
            return Period(self.kind, year_earlier(self.first), year_earlier(self.last), self.fiscal_first_month)
        return period_of(self.kind, month_start(self.first, -12), self.fiscal_first_month)


def period_of(kind: PeriodKind, day: date, fiscal_first_month: int = 1) -> Period:
    """The period of that kind around a day; for ``range`` the day itself."""
    fiscal = fiscal_first_month
    if kind == "week":
        first = week_start(day)
        return Period(kind, first, first + timedelta(days=6), fiscal)
    if kind == "ytd":
        return Period(kind, year_start(day, fiscal), day, fiscal)
    if kind == "range":
        return Period(kind, day, day, fiscal)
    start, months = {"month": (month_start(day), 1), "quarter": (quarter_start(day, fiscal), 3), "year": (year_start(day, fiscal), 12)}[
        kind
    ]
    return Period(kind, start, month_start(start, months) - timedelta(days=1), fiscal)


def parse_day(text: str) -> date:
    """Read a day like 2026-09-13. Raises ``MalformedDay``."""
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        raise MalformedDay(text) from None
    if day.year not in YEARS:
        raise MalformedDay(text)
    return day


def parse_period(text: str, as_of: date, fiscal_first_month: int = 1) -> Period:
    """Read a period as ``Period.format`` writes it, or the name of a kind, meaning the one around the as-of day.

    Raises ``MalformedPeriod``.
    """
    wanted = text.strip()
    if wanted in PERIOD_KINDS and wanted != "range":
        return period_of(wanted, as_of, fiscal_first_month)
    try:
        period = _read(wanted, fiscal_first_month)
    except (ValueError, OverflowError):  # no such day
        period = None
    if period is None or period.first.year not in YEARS or period.last.year not in YEARS or period.days > MOST_DAYS:
        raise MalformedPeriod(text)
    return period


def _read(wanted: str, fiscal: int) -> Period | None:
    if match := re.fullmatch(r"(\d{4})-?[Ww](\d{1,2})", wanted):
        first = date.fromisocalendar(int(match[1]), int(match[2]), 1)
        return Period("week", first, first + timedelta(days=6), fiscal)
    if match := re.fullmatch(r"(\d{4})-(\d{1,2})", wanted):
        return period_of("month", date(int(match[1]), int(match[2]), 1), fiscal)
    if match := re.fullmatch(r"(\d{4})-?[Qq]([1-4])", wanted):
        return period_of("quarter", month_start(_fiscal_year(int(match[1]), fiscal), 3 * (int(match[2]) - 1)), fiscal)
    if match := re.fullmatch(r"(?:FY|fy)?(\d{4})", wanted):
        return period_of("year", _fiscal_year(int(match[1]), fiscal), fiscal)
    if match := re.fullmatch(r"ytd(\d{4}-\d{2}-\d{2})", wanted):
        return period_of("ytd", date.fromisoformat(match[1]), fiscal)
    if match := re.fullmatch(r"(\d{4}-\d{2}-\d{2})\.\.(\d{4}-\d{2}-\d{2})", wanted):
        first, last = date.fromisoformat(match[1]), date.fromisoformat(match[2])
        if first <= last:
            return Period("range", first, last, fiscal)
    return None


@dataclass(frozen=True, slots=True)
class Filter:
    """Only these members of a dimension, by identifier."""

    dimension: str
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewer:
    """Who asks, and the part of the company that this person may see; None: all of it.

    The engine adds ``bounds`` to every query it runs and to the key it caches under, so no figure can leave it unbounded.
    """

    name: str
    bounds: tuple[Filter, ...] = ()


EVERYTHING: Final = Viewer(name="director")


def _fiscal_year(label: int, fiscal_first_month: int) -> date:
    return date(label if fiscal_first_month == 1 else label - 1, fiscal_first_month, 1)


def year_earlier(day: date) -> date:
    """The same day a year before; of 29 February the 28th."""
    if (day.month, day.day) == (2, 29):
        return date(day.year - 1, 2, 28)
    return day.replace(year=day.year - 1)
