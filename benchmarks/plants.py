"""Causes that are planted into the regions of a quiet company, and what an explanation must say to have found them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from benchmarks.quiet import Company, scaled
from metrics.drivers import Driver

_SINCE: Final = 0.4
"""What stops does so at the latest when this share of the elapsed days has passed."""
_CUT: Final = 0.08, 0.15
_MIXED: Final = 0.10, 0.25
_HELD_BACK: Final = 0.5, 0.8
_LATE_DAYS: Final = 12, 25
_EVEN: Final = 0.03, 0.08
_TURNOVER, _SMALL = 0.04, 0.005
"""Of the region's sales: what goes and comes, and the most that a customer has who does."""
_LEAST_OF_TWO: Final = 0.25
"""Of two causes at once the smaller has this share of both, or there is one cause and what it is lost in."""
_LEAST_CATEGORY, _LEAST_AREA, _LEAST_REP = 0.10, 0.10, 0.02
"""Shares of the region's sales that a member must have for something to be planted in it."""


@dataclass(frozen=True, slots=True)
class Plant:
    """A cause that was planted; ``cause``: of the bridge, empty where a member's own loss is the cause."""

    cause: str
    dimension: str
    key: str

    def is_named_by(self, driver: Driver) -> bool:
        """A member by its name, whether with all it moved or with the customers it lost; an effect by name and by category."""
        if self.cause:
            return driver.cause == self.cause and (not self.key or (driver.dimension, driver.key) == (self.dimension, self.key))
        return driver.cause in ("", "lost_customers") and (driver.dimension, driver.key) == (self.dimension, self.key)


Region = tuple[Company, str, np.random.Generator]
"""A company, one of its regions, and what draws."""
Planted = tuple[Company, Plant]


def lost_customer(where: Region) -> Planted:
    """The key customer stops buying."""
    company, region, _ = where
    key = company.keys[region]
    return _stopped(where, "customer_id", key), Plant("", "customer", key)


def rep_left(where: Region) -> Planted:
    """All customers of one rep stop buying; not of the rep who looks after the key customer."""
    company, region, rng = where
    here = _inside(company, region)
    reps = _large_enough(here[here["customer_id"] != company.keys[region]], "rep_id", _LEAST_REP)
    keys_rep = company.before.loc[company.before["customer_id"] == company.keys[region], "rep_id"].iloc[-1]
    key = str(rng.choice([rep for rep in reps if rep != keys_rep]))
    return _stopped(where, "rep_id", key), Plant("", "rep", key)


def price_cut(where: Region) -> Planted:
    """Everything of one category is sold for less."""
    company, region, rng = where
    key = str(rng.choice(_large_enough(_inside(company, region), "category_id", _LEAST_CATEGORY)))
    hit = _here(company, region) & (company.now["category_id"] == key).to_numpy()
    return _rescaled(company, np.where(hit, 1 - rng.uniform(*_CUT), 1.0), ("amount",)), Plant("price", "category", key)


def mix_shift(where: Region) -> Planted:
    """Some buy a cheap product in place of a dear one, and as many of it; no product is dropped."""
    company, region, rng = where
    here = _here(company, region)
    inside = company.now[here & (company.now["volume"] > 0).to_numpy()]
    sums = inside.groupby("product_id")[["volume", "amount", "cost", "expense"]].sum()
    price = sums["amount"] / sums["volume"]
    dear, cheap = price.index[price > price.median()], price.index[price < price.quantile(0.3)]
    now = company.now.copy()
    stays = ~now.where(pd.Series(here & (now["volume"] > 0)))["product_id"].duplicated().to_numpy()
    hit = here & ~stays & now["product_id"].isin(dear).to_numpy() & (rng.random(len(now)) < rng.uniform(*_MIXED))
    product = rng.choice(cheap.to_numpy(dtype=object), int(hit.sum()), p=(sums["volume"][cheap] / sums["volume"][cheap].sum()).to_numpy())
    for column in ("amount", "cost", "expense"):
        each = (sums[column] / sums["volume"])[product].to_numpy()
        now.loc[hit, column] = np.rint(now.loc[hit, "volume"].to_numpy() * each).astype(np.int64)
    category = now.drop_duplicates("product_id").set_index("product_id")["category_id"]
    now.loc[hit, "category_id"] = category[product].to_numpy()
    now.loc[hit, "product_id"] = product
    return company.with_now(now), Plant("mix", "", "")


def late_shipment(where: Region) -> Planted:
    """Of one area, most of the last weeks' lines are not there yet."""
    company, region, rng = where
    key = str(rng.choice(_large_enough(_inside(company, region), "area_id", _LEAST_AREA)))
    since = company.days[-min(int(rng.integers(*_LATE_DAYS)), len(company.days))]
    hit = (company.now["area_id"] == key).to_numpy() & (company.now["day"] >= since).to_numpy()
    gone = hit & (rng.random(len(hit)) < rng.uniform(*_HELD_BACK))
    return company.with_now(company.now[~gone].reset_index(drop=True)), Plant("", "area", key)


def turnover(where: Region) -> Company:
    """Small customers stop, and new ones bring the same in their place."""
    company, region, rng = where
    here = _inside(company, region)
    sums = here[here["customer_id"] != company.keys[region]].groupby("customer_id")["amount"].sum()
    sums = sums[sums < _SMALL * sums.sum()].sample(frac=1.0, random_state=rng)
    gone = sums.index[: int(np.searchsorted(sums.cumsum().to_numpy(), _TURNOVER * here["amount"].sum()))]
    now = company.now.copy()
    hit = now["customer_id"].isin(gone).to_numpy()
    now.loc[hit, "customer_id"] = "N" + now.loc[hit, "customer_id"]
    customers = company.tables["customer"]
    new = customers[customers["customer_id"].isin(gone)].assign(customer_id=lambda c: "N" + c["customer_id"])
    return replace(company, now=now, tables=company.tables | {"customer": pd.concat([customers, new], ignore_index=True)})


def even(where: Region) -> Company:
    """All lines of a region are a little smaller, those of the key customer no more than any other."""
    company, region, rng = where
    return _rescaled(company, np.where(_here(company, region), 1 - rng.uniform(*_EVEN), 1.0), ("volume", "amount", "cost", "expense"))


SINGLE: Final[dict[str, Callable[[Region], Planted]]] = {
    "lost customer": lost_customer,
    "price cut": price_cut,
    "mix shift": mix_shift,
    "rep left": rep_left,
    "late shipment": late_shipment,
}
KINDS: Final = (*SINGLE, "two at once", "decoy: turnover", "decoy: even")


def planted(kind: str, where: Region) -> tuple[Company, tuple[Plant, ...]]:
    """The company with a kind of case in the region, and the plants to find; none where nothing stands out."""
    company, region, rng = where
    if kind == "decoy: even":
        return even(where), ()
    if kind == "decoy: turnover":
        company = turnover(where)
    if kind == "two at once":
        return _two(where)
    company, plant = SINGLE[kind if kind in SINGLE else str(rng.choice(list(SINGLE)))]((company, region, rng))
    return company, (plant,)


def _two(where: Region) -> tuple[Company, tuple[Plant, Plant]]:
    """Two causes of which neither is next to nothing beside the other."""
    company, region, rng = where
    before = _inside(company, region)["amount"].sum()
    while True:
        first, second = rng.choice(list(SINGLE), 2, replace=False)
        one, plant = SINGLE[first](where)
        both, other = SINGLE[second]((one, region, rng))
        taken = before - _inside(one, region)["amount"].sum(), before - _inside(both, region)["amount"].sum()
        if _LEAST_OF_TWO <= taken[0] / taken[1] <= 1 - _LEAST_OF_TWO:
            return both, (plant, other)


def _here(company: Company, region: str) -> npt.NDArray[np.bool_]:
    found: npt.NDArray[np.bool_] = (company.now["region_id"] == region).to_numpy()
    return found


def _inside(company: Company, region: str) -> pd.DataFrame:
    return company.now[_here(company, region)]


def _large_enough(lines: pd.DataFrame, column: str, share: float) -> list[str]:
    """Members that have the share at least; the largest one where none has."""
    sums = lines.groupby(column)["amount"].sum()
    return sorted(sums.index[sums >= share * sums.sum()]) or [str(sums.idxmax())]


def _stopped(where: Region, column: str, key: str) -> Company:
    """Without a member's lines since some day."""
    company, _, rng = where
    since = company.days[int(rng.integers(0, max(1, int(_SINCE * len(company.days)))))]
    gone = (company.now[column] == key) & (company.now["day"] >= since)
    return company.with_now(company.now[~gone].reset_index(drop=True))


def _rescaled(company: Company, factor: npt.NDArray[np.float64], columns: tuple[str, ...]) -> Company:
    return company.with_now(scaled(company.now, factor, columns))
