"""The company's calendar: which days are worked, and to which week, month, quarter and fiscal year a day belongs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

import duckdb
import holidays as holidays_of
import pandas as pd
from chinese_calendar import is_workday
from chinese_calendar.constants import holidays as chinese_holidays

from data import schema as s

YEARS_AHEAD = 5
"""How many fiscal years the calendar goes on after the last fact, so that targets can be set ahead."""

_CHINA_KNOWN = (min(chinese_holidays), max(chinese_holidays))


def month_start(day: date, months: int = 0) -> date:
    """First day of the month that lies ``months`` after the day's."""
    index = day.year * 12 + day.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)


def months_away(day: date, months: int) -> date:
    """So many months on, or back where negative: of a month's last day that month's last, else the same day number, at most the last."""
    last = month_start(day, months + 1) - timedelta(days=1)
    return last if day == month_start(day, 1) - timedelta(days=1) else last.replace(day=min(day.day, last.day))


def month_before(day: date) -> date:
    """A month back, as ``months_away`` counts."""
    return months_away(day, -1)


def quarter_start(day: date, fiscal_first_month: int = 1) -> date:
    return month_start(day, -((day.month - fiscal_first_month) % 12 % 3))


def year_start(day: date, fiscal_first_month: int = 1) -> date:
    return month_start(day, -((day.month - fiscal_first_month) % 12))


def week_start(day: date) -> date:
    return day - timedelta(days=day.weekday())


def is_working_day(day: date, country: str, overrides: Mapping[date, bool]) -> bool:
    """Whether the company works on that day.

    China: the State Council's table with its shifted working days (调休) for the years it covers; for other years the
    statutory holidays without shifts, which ``overrides`` can complete.
    """
    if day in overrides:
        return overrides[day]
    if country == s.CHINA and shifted_days_known(day):
        return bool(is_workday(day))
    return day.weekday() < 5 and day not in _holidays(country, day.year)


def shifted_days_known(day: date) -> bool:
    """Whether China's table of shifted working days reaches to that day's year."""
    return bool(_CHINA_KNOWN[0].year <= day.year <= _CHINA_KNOWN[1].year)


_HOLIDAYS: dict[tuple[str, int], Mapping[date, str]] = {}


def _holidays(country: str, year: int) -> Mapping[date, str]:
    if country == "none":
        return {}
    key = country, year
    if key not in _HOLIDAYS:
        _HOLIDAYS[key] = holidays_of.country_holidays(country, years=year, language="en_US" if country == s.CHINA else None)
    return _HOLIDAYS[key]


def calendar_rows(
    first: date, last: date, *, country: str, fiscal_first_month: int, overrides: Mapping[date, bool]
) -> Iterator[tuple[Any, ...]]:
    """Rows of the calendar table for all days from first to last."""
    worked = 0
    for offset in range((last - first).days + 1):
        day = first + timedelta(days=offset)
        working = is_working_day(day, country, overrides)
        worked += working
        yield (
            day,
            week_start(day),
            month_start(day),
            quarter_start(day, fiscal_first_month),
            year_start(day, fiscal_first_month),
            working,
            worked,
            None if working else _holidays(country, day.year).get(day),
        )


def derive_calendar(connection: duckdb.DuckDBPyConnection) -> None:
    """Fill the calendar, from the fiscal year before the first fact or target to five years after the last."""
    settings = dict(connection.execute("SELECT key, value FROM company").fetchall())
    fiscal = int(settings.get("fiscal_first_month") or 1)
    overrides = {date.fromisoformat(d): True for d in (settings.get("working_days") or "").split()}
    overrides |= {date.fromisoformat(d): False for d in (settings.get("days_off") or "").split()}
    spans = connection.execute(
        "SELECT min(first_day), max(last_day) FROM (SELECT first_day, last_day FROM coverage "
        "UNION ALL SELECT first_day, last_day FROM plan.target UNION ALL SELECT min(due_day), max(due_day) FROM instalment)"
    ).fetchone()
    if spans is None or spans[0] is None:
        return
    first = year_start(month_start(spans[0], -12), fiscal)
    last = year_start(month_start(spans[1], 12 * (YEARS_AHEAD + 1)), fiscal) - timedelta(days=1)
    rows = calendar_rows(first, last, country=settings.get("holidays") or "none", fiscal_first_month=fiscal, overrides=overrides)
    frame = pd.DataFrame(rows, columns=[c.name for c in s.calendar.columns])
    connection.register("calendar_frame", frame)
    connection.execute("INSERT INTO calendar SELECT * FROM calendar_frame")
    connection.unregister("calendar_frame")
