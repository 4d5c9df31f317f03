"""The targets of the demo company, set so that the plan and the story it tells hold on any last day."""

from __future__ import annotations

from datetime import date

import duckdb
import numpy as np
import pandas as pd

from data import schema as s
from data.demo.company import Company, rep_ids
from data.demo.sales import Performance
from data.demo.season import Floats, Season, day_number, is_working, season
from data.demo.territory import REGIONS
from data.workdays import month_start, quarter_start, year_start

STRETCHED_REGION, STRETCH = "South", 1.03
"""The region whose own target is higher than its reps' together, and by how much."""

_RUNNING_RATIO = {"amount": 1.0, "volume": 1.07, "margin": 0.95, "profit": 0.90, "collections": 0.975}
"""Pace of each measure against the pace of the amount in the running quarter."""

_SETTLED_DAYS = 12
"""Working days into a quarter after which its own sales alone decide its targets."""


def targets(connection: duckdb.DuckDBPyConnection, company: Company, performance: Performance, rng: np.random.Generator) -> pd.DataFrame:
    """Monthly targets of every rep but one on all measures, and quarterly ones of one region; to the end of the year."""
    end = max(year_start(month_start(company.last, 12)), month_start(quarter_start(company.last), 6))
    count = (end.year - company.first.year) * 12 + end.month - company.first.month
    months = [month_start(company.first, i) for i in range(count + 1)]
    whole = season(company.first, pd.Timestamp(end).date())
    weight = np.array(
        [whole.between(whole.money, day_number(a), day_number(b) - 1).sum() for a, b in zip(months, months[1:], strict=False)]
    )
    actual = _actuals(connection, company, count)
    quarters = weight.reshape(-1, 3)
    running = int(np.flatnonzero(np.array(months) == quarter_start(company.last))[0]) // 3
    due = _due(company, quarters[running] / quarters[running].sum())
    rows = []
    for i, measure in enumerate(s.MEASURE_KEYS):
        paced = _paces(performance, measure, running, rng)
        goal = _quarterly(actual[i].reshape(len(paced), -1, 3).sum(axis=2), paced, quarters.sum(axis=1), due, company, measure)
        monthly = (goal[:, :, None] * (quarters / quarters.sum(axis=1, keepdims=True))[None]).reshape(len(paced), -1)
        monthly = _rounded(monthly, measure)
        monthly[company.story.without_target] = 0
        reps, at = np.nonzero(monthly)
        rows.append(
            _frame("rep", np.array(rep_ids())[reps], measure, [months[m] for m in at], [months[m + 1] for m in at], monthly[reps, at])
        )
        if measure == "amount":
            own = monthly[company.area_region[company.rep_area] == _stretched()].sum(axis=0).reshape(-1, 3).sum(axis=1)
            own = np.rint(own * STRETCH / 1e4) * 1e4
            rows.append(_frame("region", np.full(len(own), STRETCHED_REGION), measure, months[:-1:3], months[3::3], own))
    return pd.concat(rows, ignore_index=True)


def _stretched() -> int:
    return [region.id for region in REGIONS].index(STRETCHED_REGION)


def _actuals(connection: duckdb.DuckDBPyConnection, company: Company, months: int) -> Floats:
    """Actuals by measure, rep and month since the first one."""
    sums = connection.execute(
        """
        SELECT rep_id, month, sum(amount), sum(volume), sum(margin), sum(profit), sum(collections) FROM (
            SELECT rep_id, (year(order_day) * 12 + month(order_day))::INT AS month, amount, volume, amount - cost AS margin,
                amount - cost - expense AS profit, 0 AS collections FROM order_line
            UNION ALL
            SELECT rep_id, (year(payment_day) * 12 + month(payment_day))::INT, 0, 0, 0, 0, amount FROM payment
            WHERE invoice_id IS NOT NULL)
        GROUP BY rep_id, month"""
    ).fetchall()
    place = {rep: i for i, rep in enumerate(rep_ids())}
    start = company.first.year * 12 + company.first.month
    actual = np.zeros((len(s.MEASURE_KEYS), len(place), months))
    for rep, month, *values in sums:
        actual[:, place[rep], month - start] = [float(value) for value in values]
    return actual


def _due(company: Company, shares: Floats) -> tuple[float, float, int]:
    """Of the running quarter: share due by the last day by monthly targets and by a quarterly one, and working days so far."""
    start = quarter_start(company.last)
    months = [month_start(start, i) for i in range(4)]
    worked, whole = [], []
    for first, after in zip(months, months[1:], strict=False):
        days = [pd.Timestamp(d, unit="D").date() for d in range(day_number(first), day_number(after))]
        whole.append(sum(is_working(day) for day in days))
        worked.append(sum(is_working(day) for day in days if day <= company.last))
    return float(np.dot(shares, np.array(worked) / whole)), sum(worked) / sum(whole), sum(worked)


def _paces(performance: Performance, measure: str, running: int, rng: np.random.Generator) -> Floats:
    """Pace that each rep's targets shall lead to, by quarter."""
    paced = performance.factor * performance.kept.mean()
    paced = performance.factor.copy()
    paced[:, running] = performance.pace
    paced *= rng.normal(1.0, 0.02, paced.shape).clip(0.95, 1.05)
    paced[:, running] *= _RUNNING_RATIO[measure]
    return paced


def _quarterly(actual: Floats, paced: Floats, weight: Floats, due: tuple[float, float, int], company: Company, measure: str) -> Floats:
    """Targets by rep and quarter: what was sold over the pace it shall mean, scaled to the pace of the region."""
    running = paced.shape[1] - 1
    region_of = company.area_region[company.rep_area]
    goal = np.zeros((len(paced), len(weight)))
    for q in range(len(weight)):
        past = goal[:, max(0, q - 4) : q]
        usual = past.sum(axis=1) / weight[max(0, q - 4) : q].sum() * weight[q] if q else None
        if q < running:
            goal[:, q] = actual[:, q] / paced[:, q]
        elif q == running:
            settled = min(1.0, due[2] / _SETTLED_DAYS) if usual is not None else 1.0
            now = actual[:, q] / paced[:, q] / max(due[0], 1e-9) if due[2] else usual
            goal[:, q] = settled * now + (1 - settled) * usual
        else:
            goal[:, q] = usual
        for code, region in enumerate(REGIONS):
            mine = region_of == code
            level = goal[mine, q].clip(0, None).mean()
            goal[mine, q] = goal[mine, q].clip(0.2 * level, None)
            if q == running and due[2]:
                stretched = code == _stretched() and measure == "amount"
                share = due[1] * STRETCH if stretched else due[0]
                wanted = actual[mine, q].sum() / (region.pace * _RUNNING_RATIO[measure] * share)
                normal = usual[mine].sum()
                goal[mine, q] *= np.clip(wanted, 0.7 * normal, 1.35 * normal) / goal[mine & ~_free(company), q].sum()
    return goal


def _free(company: Company) -> Floats:
    return np.arange(len(company.rep_area)) == company.story.without_target


def _rounded(values: Floats, measure: str) -> Floats:
    """Whole units, and whole thousands of money, at least one of them."""
    step = 1.0 if measure == "volume" else 1000.0
    return np.maximum(np.rint(values / step), 1.0) * step


def _frame(kind: str, owner: object, measure: str, first: list[date], after: list[date], amount: Floats) -> pd.DataFrame:
    """Rows of the target table; ``after``: the day after each span."""
    return pd.DataFrame(
        {
            "owner_kind": kind,
            "owner_id": owner,
            "measure": measure,
            "category_id": "",
            "first_day": pd.to_datetime(first),
            "version": 1,
            "last_day": pd.to_datetime(after) - pd.Timedelta(days=1),
            "amount": np.rint(amount).astype(np.int64),
            "status": "approved",
        }
    )
