"""Companies in which nothing happens: the demo company's people, products and last year's orders, which come again.

Every line of last year's quarter comes again on the same working day of the running one, its quantity and price a little
off, all of it grown by one rate; and the targets ask for just that. Whatever else such a company shows has been planted.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from data import demo
from data import schema as s
from data.demo.dimensions import FOREVER
from data.warehouse import Draft, Warehouse
from data.workdays import is_working_day, month_start
from metrics.scope import Period, parse_period

LAST_DAY: Final = date(2026, 9, 13)
QUARTERS: Final = 8
"""How many of the demo company's quarters a company may run in, counted back from its last."""
MONEY: Final = ("amount", "cost", "expense")
KEY_SHARE: Final = 0.06, 0.12
"""Least and largest share of a region's sales that its key customer has."""
_DIMENSIONS: Final = ("company", "region", "area", "rep", "segment", "customer", "category", "product")
_GROWTH: Final = 0.95, 1.12
_ELAPSED: Final = 0.55, 0.95
_PRICE_NOISE: Final = 0.005


@dataclass(frozen=True, slots=True)
class Source:
    """The demo company: dimension tables, and all order lines with their category, money in cents, booked as of today."""

    tables: dict[str, pd.DataFrame]
    lines: pd.DataFrame


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """``before``: lines up to the end of last year's quarter; ``now``: those of the running one up to the as-of day.

    ``due``: money by rep that the targets ask for by then, in cents. ``keys``: the key customer of every region.
    """

    tables: dict[str, pd.DataFrame]
    before: pd.DataFrame
    now: pd.DataFrame
    due: pd.Series
    keys: dict[str, str]
    period: Period
    as_of: date
    days: tuple[date, ...]
    """The working days of the running quarter up to the as-of day."""
    whole: int
    """How many working days the quarter has."""

    def with_now(self, now: pd.DataFrame) -> Company:
        return replace(self, now=now)


def source(lines: int) -> Source:
    """Make the demo company and read it back; nothing of it is published."""
    with tempfile.TemporaryDirectory() as folder, Warehouse(Path(folder)).draft(fresh=True) as draft:
        demo.make(draft.connection, last_day=LAST_DAY, lines=lines)
        tables = {name: draft.connection.table(name).df() for name in _DIMENSIONS}
        found = draft.connection.execute(
            "SELECT order_id, line_no, order_day AS day, c.region_id, c.area_id, c.rep_id, l.customer_id, product_id, category_id, "
            "CAST(volume AS DOUBLE) AS volume, CAST(amount * 100 AS BIGINT) AS amount, CAST(cost * 100 AS BIGINT) AS cost, "
            "CAST(expense * 100 AS BIGINT) AS expense "
            "FROM order_line l JOIN customer c USING (customer_id) JOIN product USING (product_id) ORDER BY order_id, line_no"
        ).df()
    found["day"] = found["day"].dt.date
    return Source(tables, found)


def company(source: Source, rng: np.random.Generator, noise: float) -> Company:
    """A quiet company. ``noise``: standard deviation of a line's quantity around last year's, as a share of it."""
    first = month_start(date(2026, 7, 1), -3 * int(rng.integers(QUARTERS)))
    last_year = month_start(first, -12)
    worked, worked_before = _working_days(first), _working_days(last_year)
    count = min(round(len(worked) * rng.uniform(*_ELAPSED)), len(worked) - 1, len(worked_before))
    lines = source.lines
    lines = lines[(lines["day"] >= month_start(last_year, -3)) & (lines["day"] < month_start(last_year, 3))].reset_index(drop=True)
    inside = (lines["day"] >= last_year).to_numpy()
    before, keys = _with_keys(lines, inside, rng)
    again = before[inside & (before["day"] <= worked_before[count - 1]).to_numpy()].reset_index(drop=True)
    passed = np.searchsorted(np.array(worked_before, dtype="datetime64[D]"), again["day"].to_numpy(dtype="datetime64[D]"), side="right")
    again["day"] = [worked[max(n, 1) - 1] for n in passed]
    again["order_id"] = "N" + again["order_id"]
    again = scaled(again, np.full(len(again), rng.uniform(*_GROWTH)))
    due = again.groupby("rep_id")["amount"].sum()
    return Company(
        tables=source.tables,
        before=before,
        now=_noisy(again, rng, noise),
        due=due[due > 0],
        keys=keys,
        period=parse_period(f"{first.year}Q{(first.month + 2) // 3}", first),
        as_of=worked[count - 1],
        days=tuple(worked[:count]),
        whole=len(worked),
    )


def scaled(lines: pd.DataFrame, factor: npt.NDArray[np.float64], columns: tuple[str, ...] = ("volume", *MONEY)) -> pd.DataFrame:
    """The lines with some columns times a factor by line: quantities to the hundredth, money to the cent."""
    changed = {c: (lines[c] * factor).round(2) if c == "volume" else (lines[c] * factor).round().astype(np.int64) for c in columns}
    return lines.assign(**changed)


def publish(found: Company, folder: Path) -> Warehouse:
    warehouse = Warehouse(folder)
    with warehouse.draft(fresh=True) as draft:
        _fill(draft, found)
        draft.publish("planted")
    return warehouse


def _working_days(first: date) -> list[date]:
    days = (first + timedelta(days=n) for n in range((month_start(first, 3) - first).days))
    return [day for day in days if is_working_day(day, s.CHINA, {})]


def _with_keys(lines: pd.DataFrame, inside: npt.NDArray[np.bool_], rng: np.random.Generator) -> tuple[pd.DataFrame, dict[str, str]]:
    """Give every region a key customer: the largest takes over the lines of others until it has the share."""
    lines = lines.copy()
    keys: dict[str, str] = {}
    for region in sorted(lines["region_id"].unique()):
        here = lines[inside & (lines["region_id"] == region).to_numpy()]
        by_customer = here.groupby("customer_id")["amount"].sum()
        key = str(by_customer.idxmax())
        others = by_customer.drop(key)[lambda amount: amount > 0].sample(frac=1.0, random_state=rng)
        wanted = rng.uniform(*KEY_SHARE) * by_customer.sum() - by_customer[key]
        taken = others.index[: int(np.searchsorted(others.cumsum().to_numpy(), wanted)) + 1] if wanted > 0 else others.index[:0]
        booked = here.loc[here["customer_id"] == key, ["customer_id", "area_id", "rep_id"]].iloc[0]
        lines.loc[lines["customer_id"].isin(taken), ["customer_id", "area_id", "rep_id"]] = booked.tolist()
        keys[region] = key
    return lines, keys


def _noisy(lines: pd.DataFrame, rng: np.random.Generator, noise: float) -> pd.DataFrame:
    quantities = rng.normal(1.0, noise, len(lines)).clip(0.05, None)
    return scaled(scaled(lines, quantities), rng.normal(1.0, _PRICE_NOISE, len(lines)), ("amount",))


def _fill(draft: Draft, found: Company) -> None:
    connection = draft.connection
    for name in _DIMENSIONS:
        columns = ", ".join(c.name for c in s.FACTS.tables[name].columns)
        connection.register("planted_rows", found.tables[name])
        connection.execute(f"INSERT INTO {name} SELECT {columns} FROM planted_rows")
    places = found.tables["customer"][["rep_id", "area_id", "region_id"]].drop_duplicates("rep_id")
    # Days as text: a frame's own days end long before the open end of a term.
    places = places.assign(first_day=str(month_start(found.period.first, -24)), last_day=str(FOREVER))
    connection.register("planted_rows", places)
    connection.execute(f"INSERT INTO rep_term SELECT {', '.join(c.name for c in s.rep_term.columns)} FROM planted_rows")
    connection.register("planted_rows", pd.concat([found.before, found.now], ignore_index=True))
    connection.execute(
        "INSERT INTO order_line SELECT order_id, line_no, day, region_id, area_id, rep_id, customer_id, product_id, "
        "amount::DECIMAL(16, 0) * 0.01, volume, cost::DECIMAL(16, 0) * 0.01, expense::DECIMAL(16, 0) * 0.01 FROM planted_rows"
    )
    connection.register("planted_rows", _targets(found))
    connection.execute(f"INSERT INTO plan.target SELECT {', '.join(c.name for c in s.target.columns)} FROM planted_rows")
    connection.unregister("planted_rows")


def _targets(found: Company) -> pd.DataFrame:
    """One for each rep and the whole quarter, of which the share that is due by now is what the quiet company sells."""
    whole = (found.due * found.whole / len(found.days) / 100).round(2)
    return pd.DataFrame(
        {
            "owner_kind": "rep",
            "owner_id": whole.index,
            "measure": "amount",
            "category_id": "",
            "first_day": str(found.period.first),
            "version": 1,
            "last_day": str(found.period.last),
            "amount": whole.to_numpy(),
            "status": "approved",
        }
    )
