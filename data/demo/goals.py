"""The targets of the demo company, set such that the story they tell holds on any last day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

import duckdb
import numpy as np
import pandas as pd

from data import schema as s
from data.demo.company import Company
from data.demo.dimensions import rep_ids
from data.demo.performance import Performance
from data.demo.season import day_number, day_of, is_working, season
from data.demo.territory import REGIONS, Floats
from data.workdays import month_start, quarter_start, year_start

_RATIOS = {"amount": 1.0, "volume": 1.07, "margin": 0.95, "profit": 0.90, "collections": 0.975}
"""Pace of each measure against that of the amount in the running quarter."""
_SETTLED_DAYS = 12
"""Working days into a quarter from which its own sales alone decide its targets."""
_DAYS_TO_PAY = {"collections": 75}
"""About how many days after its sale a measure follows."""
_LEAST, _FURTHEST_DOWN, _FURTHEST_UP = 0.2, 0.7, 1.35
"""A rep's least target against the region's mean; how far a region's may leave what it usually is."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """Months of the plan (first days, and the day after the last); ``weight``: what is usual by quarter and month in it.

    ``running``: the quarter of the last day; ``due``: share of it that is due by then; ``worked``: its working days so far.
    """

    months: tuple[date, ...]
    weight: Floats
    running: int
    due: float
    worked: int


def targets(connection: duckdb.DuckDBPyConnection, company: Company, performance: Performance, rng: np.random.Generator) -> pd.DataFrame:
    """Rows of the target table, all by the month: of every rep but one on all measures, and of a stretched region."""
    actuals = _actuals(connection, _calendar(company))
    rows = []
    for measure, actual in zip(s.MEASURE_KEYS, actuals, strict=True):
        calendar = _calendar(company, _DAYS_TO_PAY.get(measure, 0))
        pace = performance.pace * rng.normal(1.0, 0.02, performance.pace.shape).clip(0.95, 1.05)
        pace[:, calendar.running] *= _RATIOS[measure]
        goals = _goals(actual, pace, calendar=calendar, company=company, measure=measure)
        # Whole units, or whole thousands of money, and at least one of them.
        step = 1.0 if measure == "volume" else 1000.0
        monthly = np.maximum(np.rint(goals / step), 1.0) * step
        monthly[company.story.without_target] = 0
        rep, month = np.nonzero(monthly)
        spans = [(calendar.months[m], calendar.months[m + 1]) for m in month]
        rows.append(_frame("rep", np.array(rep_ids())[rep], measure=measure, spans=spans, amount=monthly[rep, month]))
        if measure == "amount":
            rows.extend(_stretched(company, calendar, monthly))
    return pd.concat(rows, ignore_index=True)


def _calendar(company: Company, days_later: int = 0) -> Calendar:
    """From the company's first month to the end of the year, and of the next quarter at least.

    ``days_later``: how long what is planned comes after the sales that it follows from.
    """
    last, first = company.last, company.first
    end = max(year_start(month_start(last, 12)), month_start(quarter_start(last), 6))
    count = (end.year - first.year) * 12 + end.month - first.month
    months = tuple(month_start(first, i) for i in range(count + 1))
    usual = season(first - timedelta(days=days_later), end)
    days = [(day_number(a) - days_later, day_number(b) - days_later - 1) for a, b in pairwise(months)]
    weight = np.array([usual.between(usual.money, *span).sum() for span in days]).reshape(-1, 3)
    running = months.index(quarter_start(last)) // 3
    worked, whole = [], []
    for a, b in pairwise(months[3 * running : 3 * running + 4]):
        working = [day_of(number) for number in range(day_number(a), day_number(b)) if is_working(day_of(number))]
        whole.append(len(working))
        worked.append(sum(day <= last for day in working))
    due = np.dot(weight[running] / weight[running].sum(), np.array(worked) / whole)
    return Calendar(months, weight, running, float(due), sum(worked))


def _actuals(connection: duckdb.DuckDBPyConnection, calendar: Calendar) -> Floats:
    """Actuals by measure, rep and quarter."""
    sums = connection.execute(
        """
        SELECT rep_id, year(day) * 4 + quarter(day), sum(amount), sum(volume), sum(margin), sum(profit), sum(collections)
        FROM (
            SELECT rep_id, order_day AS day, amount, volume, amount - cost AS margin, amount - cost - expense AS profit,
                0 AS collections
            FROM order_line
            UNION ALL
            SELECT rep_id, payment_day, 0, 0, 0, 0, amount FROM payment WHERE invoice_id IS NOT NULL)
        GROUP BY ALL"""
    ).fetchall()
    place = {rep: i for i, rep in enumerate(rep_ids())}
    start = calendar.months[0].year * 4 + (calendar.months[0].month + 2) // 3
    actual = np.zeros((len(s.MEASURE_KEYS), len(place), len(calendar.weight)))
    for rep, quarter, *values in sums:
        actual[:, place[rep], quarter - start] = [float(value) for value in values]
    return actual


def _goals(actual: Floats, pace: Floats, *, calendar: Calendar, company: Company, measure: str) -> Floats:
    """Targets by rep and month: what was sold over the pace it shall mean; ahead, what the last year makes likely."""
    weight = calendar.weight.sum(axis=1)
    goals = np.zeros((len(pace), len(weight)))
    for q in range(len(weight)):
        if q < calendar.running:
            goals[:, q] = _floored(actual[:, q] / pace[:, q], company)
            continue
        usual = goals[:, q - 4 : q].sum(axis=1) / weight[q - 4 : q].sum() * weight[q]
        goals[:, q] = usual
        if q == calendar.running and calendar.worked:
            settled = min(1.0, calendar.worked / _SETTLED_DAYS)
            drawn = _floored(actual[:, q] / pace[:, q] / calendar.due, company)
            goals[:, q] = settled * drawn + (1 - settled) * usual
            goals[:, q] *= _to_region_pace(goals[:, q], actual[:, q], usual=usual, calendar=calendar, company=company, measure=measure)
    share = calendar.weight / weight[:, None]
    months: Floats = (goals[:, :, None] * share[None]).reshape(len(goals), -1)
    return months


def _floored(goals: Floats, company: Company) -> Floats:
    """No rep is left with next to nothing, or less, for having sold nothing."""
    goals = goals.copy()
    for place in range(len(REGIONS)):
        mine = company.reps.region == place
        goals[mine] = goals[mine].clip(max(1.0, _LEAST * goals[mine].clip(0, None).mean()), None)
    return goals


def _to_region_pace(goals: Floats, actual: Floats, *, usual: Floats, calendar: Calendar, company: Company, measure: str) -> Floats:
    """Factor by rep that brings every region to its pace, as far as its targets stay near what they usually are."""
    factor = np.ones(len(goals))
    owning = np.arange(len(goals)) != company.story.without_target
    for place, region in enumerate(REGIONS):
        mine = company.reps.region == place
        stretch = region.stretch if measure == "amount" else 1.0
        wanted = actual[mine].sum() / (region.pace * _RATIOS[measure] * stretch * calendar.due)
        likely = usual[mine & owning].sum()
        factor[mine] = np.clip(wanted, _FURTHEST_DOWN * likely, _FURTHEST_UP * likely) / goals[mine & owning].sum()
    return factor


def _stretched(company: Company, calendar: Calendar, monthly: Floats) -> list[pd.DataFrame]:
    """Targets of regions that ask more of themselves than of their reps together."""
    frames = []
    spans = list(pairwise(calendar.months))
    for place, region in enumerate(REGIONS):
        if region.stretch > 1:
            amount = np.ceil(monthly[company.reps.region == place].sum(axis=0) * region.stretch / 1e4) * 1e4
            frames.append(_frame("region", region.id, measure="amount", spans=spans, amount=amount))
    return frames


def _frame(kind: str, owner: object, *, measure: str, spans: Sequence[tuple[date, date]], amount: Floats) -> pd.DataFrame:
    """Rows of the target table; a span is its first day and the one after its last."""
    return pd.DataFrame(
        {
            "owner_kind": kind,
            "owner_id": owner,
            "measure": measure,
            "category_id": "",
            "first_day": [str(first) for first, _ in spans],
            "version": 1,
            "last_day": [str(after - timedelta(days=1)) for _, after in spans],
            "amount": np.rint(amount).astype(np.int64),
            "status": "approved",
        }
    )
