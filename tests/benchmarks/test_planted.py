"""Causes that are planted are named; and what plants them does what it says, else the score would say nothing."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from benchmarks import quiet
from benchmarks.planted import LINES, SEED, Outcome, outcomes, shares
from benchmarks.plants import KINDS, SINGLE, Plant, planted
from data.settings import Settings
from metrics.drivers import Driver
from metrics.engine import Engine
from metrics.why import Why

COMPANIES = range(SEED, SEED + len(KINDS))
"""As many as there are kinds: every kind in every region once."""


@pytest.fixture(scope="module")
def source() -> quiet.Source:
    return quiet.source(LINES)


@pytest.mark.slow
def test_planted_causes_are_named(source: quiet.Source) -> None:
    found = list(outcomes(source, COMPANIES))
    assert Counter((outcome.kind, outcome.region) for outcome in found) == Counter(
        {(kind, region): 1 for kind in KINDS for region in {outcome.region for outcome in found}}
    )
    first, three = shares(found)
    assert first >= 0.9
    assert three >= 0.97


def test_a_quiet_company_is_on_pace(source: quiet.Source, tmp_path: Path) -> None:
    company = quiet.company(source, np.random.default_rng(1), 0.05)
    engine = Engine(quiet.publish(company, tmp_path), Settings())
    found = engine.answer(Why(measure="amount", child="region", period=company.period, as_of=company.as_of))
    for account in (found.whole, *found.children.values()):
        assert account.base
        assert account.gap is not None
        assert abs(account.gap / account.base) < Decimal("0.02")
        assert account.unexplained is None
    assert set(found.children) == set(company.keys)


@pytest.mark.parametrize("kind", SINGLE)
def test_a_plant_takes_from_its_region_alone(source: quiet.Source, kind: str) -> None:
    rng = np.random.default_rng(2)
    company = quiet.company(source, rng, 0.05)
    before = company.now.groupby("region_id")[["amount", "volume"]].sum()
    after, (plant,) = planted(kind, (company, "East", rng))
    now = after.now.groupby("region_id")[["amount", "volume"]].sum()
    assert now.loc["East", "amount"] < 0.995 * before.loc["East", "amount"]
    assert now.drop("East").equals(before.drop("East"))
    keeps_volume = kind in ("price cut", "mix shift")
    assert (abs(now.loc["East", "volume"] - before.loc["East", "volume"]) < 1e-6) == keeps_volume
    if plant.cause == "":
        column = f"{plant.dimension}_id"
        lost = company.now.groupby(column)["amount"].sum() - after.now.groupby(column)["amount"].sum().reindex(
            company.now[column].unique(), fill_value=0
        )
        assert lost[lost != 0].index.tolist() == [plant.key]


def test_decoys_take_nothing_that_stands_out(source: quiet.Source) -> None:
    rng = np.random.default_rng(3)
    company = quiet.company(source, rng, 0.05)
    after, plants = planted("decoy: even", (company, "North", rng))
    assert plants == ()
    rates = after.now.groupby("customer_id")["volume"].sum() / company.now.groupby("customer_id")["volume"].sum()
    north = company.now.loc[company.now["region_id"] == "North", "customer_id"].unique()
    assert rates.loc[north].dropna().between(rates[company.keys["North"]] - 0.01, rates[company.keys["North"]] + 0.01).mean() > 0.95


def driver(cause: str, dimension: str, key: str | None) -> Driver:
    return Driver(cause=cause, dimension=dimension, key=key, amount=Decimal(-1), share=Decimal(1), count=1, score=1.0)


def test_what_counts_as_named() -> None:
    cut, mix, rep = Plant("price", "category", "CP"), Plant("mix", "", ""), Plant("", "rep", "R001")
    assert cut.is_named_by(driver("price", "category", "CP"))
    assert not cut.is_named_by(driver("price", "", None))
    assert not cut.is_named_by(driver("", "category", "CP"))
    assert mix.is_named_by(driver("mix", "", None))
    assert rep.is_named_by(driver("", "rep", "R001"))
    assert rep.is_named_by(driver("lost_customers", "rep", "R001"))
    assert not rep.is_named_by(driver("", "rep", "R002"))
    assert not rep.is_named_by(driver("new_customers", "rep", "R001"))


def test_what_counts_as_right() -> None:
    a, b = driver("", "area", "A"), driver("mix", "", None)
    area, mix = Plant("", "area", "A"), Plant("mix", "", "")

    def judged(plants: tuple[Plant, ...], *drivers: Driver) -> tuple[bool, bool]:
        outcome = Outcome("", 0, "", plants, drivers)
        return outcome.is_first, outcome.is_among_three

    assert judged((area, mix), b, a) == (True, True)
    assert judged((area, mix), a) == (True, False)
    assert judged((area,), b, a) == (False, True)
    assert judged((area,), b, b, b, a) == (False, False)
    assert judged((), a) == (False, False)
    assert judged(()) == (True, True)
