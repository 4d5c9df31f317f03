"""The landing forecast against its twin, and what must hold of any forecast."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from itertools import accumulate
from math import isclose
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data import schema as s
from data.settings import Settings
from data.warehouse import Warehouse
from metrics.catalog import FIVE, KINDS
from metrics.engine import Engine
from metrics.errors import NotDivisible
from metrics.history import history_of, level_of
from metrics.landing import WIDTH, Forecast, Landing, forecast, landing_of
from metrics.moments import SEASONS
from metrics.query import Query, Result
from metrics.scope import EVERYTHING, Filter, Period, Viewer, parse_period, period_of
from tests.metrics import landing_twin
from tests.metrics.traps import put
from tests.metrics.twin import SCALE, Twin

AS_OF = date(2026, 9, 13)
FIRST, FIRST_DAYS = date(2023, 7, 1), date(2023, 8, 31)
LANDINGS = ("landing", "landing_low", "landing_high", "landing_rate", "landing_chance")
ALL = tuple(f"{m.key}_{kind}" for m in FIVE for kind in ("target", *LANDINGS, "best_days"))


@pytest.fixture(scope="module")
def engine(demo_warehouse: Warehouse) -> Engine:
    return Engine(demo_warehouse, Settings())


@pytest.fixture(scope="module")
def twin(demo_warehouse: Warehouse) -> Twin:
    return Twin(demo_warehouse.reader())


def ask(
    engine: Engine,
    *measures: str,
    by: tuple[str, ...] = (),
    period: str = "2026Q3",
    as_of: date = AS_OF,
    viewer: Viewer = EVERYTHING,
    **only: str,
) -> Result:
    where = tuple(Filter(dimension, (member,)) for dimension, member in only.items())
    return engine.run(Query(measures=measures, by=by, period=parse_period(period, as_of), as_of=as_of, where=where), viewer)


# --- against the twin -------------------------------------------------------------------------------------------------


def rows_of_twin(twin: Twin, engine: Engine, measure: str, by: str) -> dict[str, landing_twin.Row]:
    """Sums of raw order lines or payments, and of targets, by row; a row of the whole company is named ''."""
    daily: dict[str, dict[date, float]] = {}
    if measure == "collections":
        found = [(invoice.booked[by] if by else "", day, amount / SCALE) for invoice in twin.invoices for day, amount in invoice.applied()]
    else:
        lines = twin.lines
        keys = lines[by] if by else [""] * len(lines)
        found = [(key, day, value / SCALE) for key, day, value in zip(keys, lines["day"], lines[measure], strict=True)]
    for key, day, value in found:
        daily.setdefault(key, {}).setdefault(day, 0.0)
        daily[key][day] += value
    whole = Period("range", FIRST, date(2026, 12, 31))
    query = Query(measures=(f"{measure}_target",), by=(*((by,) if by else ()), "day"), period=whole, as_of=AS_OF)
    planned: dict[str, dict[date, float]] = {}
    for row in engine.run(query).rows:
        planned.setdefault(row[by] if by else "", {})[row["day"]] = float(row[f"{measure}_target"] or 0)
    return {key: landing_twin.Row(running(values), running(planned.get(key, {}))) for key, values in daily.items()}


def running(values: Mapping[date, float]) -> landing_twin.Sum:
    days = sorted(values)
    totals = [0.0, *accumulate(values[day] for day in days)]

    @cache
    def total(first: date, last: date) -> float:
        low, high = np.searchsorted(np.array([d.toordinal() for d in days]), [first.toordinal(), last.toordinal() + 1])
        return totals[high] - totals[low]

    return total


@pytest.mark.parametrize(
    ("measure", "by", "period", "as_of"),
    [
        ("amount", "", "2026Q3", AS_OF),
        ("collections", "", "2026-08", date(2026, 8, 13)),
        ("profit", "region", "2026Q2", date(2026, 4, 20)),
        ("volume", "region", "2026-09", AS_OF),
    ],
)
def test_the_forecast_equals_its_twin(engine: Engine, twin: Twin, measure: str, by: str, period: str, as_of: date) -> None:
    rows = rows_of_twin(twin, engine, measure, by)
    wanted = parse_period(period, as_of)
    at = landing_twin.moments(wanted, as_of, twin.worked, FIRST)
    names = [f"{measure}_{kind}" for kind in ("landing", "landing_low", "landing_high")]
    answer = ask(engine, measure, *names, by=(by,) if by else (), period=period, as_of=as_of).rows
    assert len(answer) == len(rows)
    for row in answer:
        mine = rows[row[by] if by else ""]
        other = landing_twin.forecast(mine, list(rows.values()), at, SEASONS[wanted.kind])
        actual = float(row[measure])
        assert isclose(actual, mine.did(wanted.first, as_of), rel_tol=1e-9)
        point, low, high = (float(row[name]) for name in names)
        assert isclose(point, actual + other.rest, rel_tol=1e-6)
        assert isclose(low, max(actual + other.rest - other.reach, actual), rel_tol=1e-6)
        assert isclose(high, actual + other.rest + other.reach, rel_tol=1e-6)


def test_the_best_ten_days_equal_the_twin(engine: Engine, twin: Twin) -> None:
    rows = ask(engine, "margin_best_days", "collections_best_days", by=("area",)).rows
    worked = [d for d, works in twin.worked.items() if works and date(2026, 7, 1) <= d <= AS_OF]
    lines = twin.lines[twin.lines["day"].isin(worked)].groupby(["area", "day"])["margin"].sum()
    paid: dict[tuple[str, date], int] = {}
    for invoice in twin.invoices:
        for day, amount in invoice.applied():
            paid[invoice.booked["area"], day] = paid.get((invoice.booked["area"], day), 0) + amount
    assert rows
    for row in rows:
        for name, found in (("margin", lines.to_dict()), ("collections", paid)):
            best = sorted((found.get((row["area"], day), 0) for day in worked), reverse=True)[:10]
            assert abs(row[f"{name}_best_days"] - Decimal(sum(best)) / 10 / SCALE) <= Decimal("0.0001")


# --- the same on every screen, and nothing but what the viewer may know -------------------------------------------------------


def test_a_row_of_a_list_lands_where_its_own_page_says(engine: Engine) -> None:
    for row in ask(engine, *ALL, by=("region",)).rows:
        own = ask(engine, *ALL, region=row["region"]).only()
        assert {name: row[name] for name in ALL} == dict(own)
    areas = {row["area"]: row for row in ask(engine, *ALL, by=("area",)).rows}
    inside = ask(engine, *ALL, by=("area",), region="East").rows
    assert inside
    assert all({name: areas[row["area"]][name] for name in ALL} == {name: row[name] for name in ALL} for row in inside)
    reps = {row["rep"]: row for row in ask(engine, "amount_landing", by=("rep",)).rows}
    for row in ask(engine, "amount_landing", by=("rep",), region="East").rows:
        assert row["amount_landing"] == reps[row["rep"]]["amount_landing"]


def test_measures_are_forecast_each_alone(engine: Engine) -> None:
    together = ask(engine, *ALL, by=("region",)).rows
    alone = ask(engine, "margin_landing_high", by=("region",)).rows
    assert [row["margin_landing_high"] for row in together] == [row["margin_landing_high"] for row in alone]


def test_nothing_later_and_nothing_beyond_the_bounds_counts(engine: Engine, demo_folder: Path, tmp_path: Path) -> None:
    """East's manager in the middle of August sees the same as in a store that holds only East up to that day.

    Of the others the first days are left, so that both stores know of the same days.
    """
    day = date(2026, 8, 14)
    shutil.copytree(demo_folder / "warehouse", tmp_path / "warehouse")
    warehouse = Warehouse(tmp_path / "warehouse")
    with warehouse.draft() as draft:
        for table, dated in (("order_line", "order_day"), ("payment", "payment_day")):
            draft.connection.execute(f"DELETE FROM {table} WHERE {dated} > ? OR (region_id <> 'East' AND {dated} > ?)", [day, FIRST_DAYS])
        draft.publish("East in August")
    manager = Viewer(name="manager", bounds=(Filter("region", ("East",)),))
    for by in ((), ("area",), ("rep",)):
        here = ask(engine, *ALL, by=by, as_of=day, viewer=manager)
        there = ask(Engine(warehouse, Settings()), *ALL, by=by, as_of=day, viewer=manager)
        members = [{name: row[name] for name in (*by, *ALL)} for row in here.rows]
        assert members == [{name: row[name] for name in (*by, *ALL)} for row in there.rows]
        assert all(row["amount_landing"] is not None for row in members if row["amount_target"]) or by == ("rep",)


def test_what_was_run_is_told_and_bounded(engine: Engine) -> None:
    manager = Viewer(name="manager", bounds=(Filter("region", ("East",)),))
    told = ask(engine, "amount_landing", viewer=manager).sql
    assert len(told) == 3  # the actual, and two histories
    assert all("'East'" in sql for sql in told)


# --- where there is nothing to forecast ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("period", "as_of"), [("2026Q2", AS_OF), ("2026-08", date(2026, 8, 31)), ("2026-09-01..2026-09-13", AS_OF)])
def test_a_period_that_is_over_lands_where_it_is(engine: Engine, period: str, as_of: date) -> None:
    for row in ask(engine, "amount", "amount_completion", *ALL, by=("region",), period=period, as_of=as_of).rows:
        assert row["amount_landing"] == row["amount_landing_low"] == row["amount_landing_high"] == row["amount"]
        assert row["amount_landing_rate"] == row["amount_completion"]
        assert row["amount_landing_chance"] == (row["amount_completion"] >= 1)


@pytest.mark.parametrize(("period", "as_of"), [("2026", AS_OF), ("2024Q3", date(2024, 8, 15)), ("ytd2026-12-31", AS_OF)])
def test_too_little_history_is_said_and_not_guessed(engine: Engine, period: str, as_of: date) -> None:
    answer = ask(engine, "amount", *ALL, period=period, as_of=as_of)
    assert answer.only()["amount"]
    for kind in LANDINGS:
        assert answer.only()[f"amount_{kind}"] is None
        assert answer.missing[f"amount_{kind}"].code == "not_enough_history"


def test_six_past_periods_are_enough(engine: Engine) -> None:
    assert ask(engine, "amount_landing", period="2025Q1", as_of=date(2025, 2, 14)).only()["amount_landing"] is not None
    assert ask(engine, "amount_landing", period="2024Q4", as_of=date(2024, 11, 14)).only()["amount_landing"] is None


@pytest.mark.parametrize("period", ["year", "quarter", "2026-08-20..2026-10-31"])
def test_a_period_that_the_history_cuts_in_two_counts_for_nothing(tmp_path: Path, period: str) -> None:
    """Ten years of the same hundred a working day land where that leads, in a fiscal year from April as in any other."""
    day = date(2026, 9, 11)
    known = [date.fromordinal(n) for n in range(date(2016, 1, 1).toordinal(), day.toordinal() + 1)]
    warehouse = Warehouse(tmp_path / "warehouse")
    with warehouse.draft(fresh=True) as draft:
        put(draft, s.customer, [{"customer_id": "C", "name": "Bohe"}])
        lines = [{"order_id": f"O{d}", "line_no": 1, "order_day": d, "customer_id": "C", "amount": 100, "volume": 1} for d in known]
        put(draft, s.order_line, [line for line in lines if line["order_day"].weekday() < 5])
        put(draft, s.company, [{"key": "holidays", "value": "none"}])
        draft.publish("ten years")
    engine = Engine(warehouse, Settings())
    asked = parse_period(period, day, 4)
    answer = engine.run(Query(measures=("amount_landing", "amount_landing_low", "amount_landing_high"), period=asked, as_of=day)).only()
    whole = 100 * engine.snapshot().calendar.working_days(asked.first, asked.last)
    landing, *interval = map(float, answer.values())
    assert landing == pytest.approx(whole, rel=0.005)
    assert interval == pytest.approx([whole] * 2, rel=0.02)


def test_the_best_ten_days_need_ten(engine: Engine) -> None:
    answer = ask(engine, "amount_best_days", period="2026-09", as_of=date(2026, 9, 11))
    assert answer.only()["amount_best_days"] is None
    assert answer.missing["amount_best_days"].code == "not_enough_history"
    assert ask(engine, "amount_best_days", period="2026-09", as_of=date(2026, 9, 15)).only()["amount_best_days"] > 0


def test_a_period_that_has_not_begun_is_not_forecast(engine: Engine) -> None:
    answer = ask(engine, "amount_landing", "amount_best_days", period="2026Q4")
    assert answer.only() == {"amount_landing": None, "amount_best_days": None}
    assert {missing.code for missing in answer.missing.values()} == {"not_begun"}


def test_without_target_it_lands_without_rate_or_chance(engine: Engine) -> None:
    rows = [row for row in ask(engine, *ALL, by=("rep",)).rows if row["amount_target"] is None and row["amount_landing"] is not None]
    assert rows
    assert all(row["amount_landing_rate"] is None and row["amount_landing_chance"] is None for row in rows)
    answer = ask(engine, "amount_landing", "amount_landing_chance", rep=rows[0]["rep"])
    assert answer.missing["amount_landing_chance"].code == "no_target"


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind in (*LANDINGS, "best_days")])
@pytest.mark.parametrize("by", ["category", "customer", "month"])
def test_forecasts_are_of_places(engine: Engine, kind: str, by: str) -> None:
    with pytest.raises(NotDivisible, match="region, area, rep"):
        ask(engine, f"amount_{kind}", by=(by,))


@settings(max_examples=25)
@given(st.sampled_from(["week", "month", "quarter"]), st.dates(date(2025, 3, 1), AS_OF), st.sampled_from([(), ("region",), ("rep",)]))
def test_figures_of_a_forecast_agree(engine: Engine, kind: Any, as_of: date, by: tuple[str, ...]) -> None:
    period = period_of(kind, as_of)
    answer = engine.run(Query(measures=("amount", *ALL), by=by, period=period, as_of=as_of))
    for row in answer.rows:
        point, low, high = (row[f"amount_{kind}"] for kind in LANDINGS[:3])
        if point is None:
            assert low is high is row["amount_landing_chance"] is None
            continue
        assert low <= point <= high
        if row["amount_target"]:
            assert row["amount_landing_rate"] == point / row["amount_target"]
            assert 0 <= row["amount_landing_chance"] <= 1
            if as_of < period.last:
                assert (row["amount_landing_chance"] >= Decimal("0.5")) == (point >= row["amount_target"])


# --- the arithmetic ---------------------------------------------------------------------------------------------------------


def company(seed: int, rows: int, periods: int) -> dict[str, Any]:
    random = np.random.default_rng(seed)
    total = random.lognormal(3, 0.4, (1, rows, periods)) * random.lognormal(0, 1, (1, rows, 1))
    return {
        "done": total * random.uniform(0.3, 0.6, total.shape),
        "total": total,
        "plan": total * random.uniform(0.8, 1.4, total.shape),
        "pool": np.ones(rows, dtype=bool),
        "worked": random.integers(18, 24, periods),
        "season": 4,
    }


COMPANIES = st.builds(company, st.integers(0, 2**32 - 1), st.integers(1, 6), st.integers(7, 20))


def parts(found: Forecast) -> tuple[np.ndarray[Any, Any], ...]:
    return found.rest, found.spread, found.floor


@given(COMPANIES, st.floats(-1e9, 1e9))
def test_how_the_running_period_ends_is_not_used(given_: dict[str, Any], other: float) -> None:
    before = forecast(**given_)
    given_["total"] = given_["total"].copy()
    given_["total"][..., -1] = other
    assert all(np.array_equal(a, b) for a, b in zip(parts(before), parts(forecast(**given_)), strict=True))


@given(COMPANIES, st.floats(1e-3, 1e6))
def test_the_unit_of_money_does_not_matter(given_: dict[str, Any], factor: float) -> None:
    before = forecast(**given_)
    after = forecast(**given_ | {name: given_[name] * factor for name in ("done", "total", "plan")})
    assert np.allclose(before.rest * factor, after.rest)
    assert np.allclose(before.spread * factor, after.spread)


@given(COMPANIES, st.randoms())
def test_the_order_of_rows_does_not_matter(given_: dict[str, Any], random: Any) -> None:
    order = list(range(given_["done"].shape[1]))
    random.shuffle(order)
    before = forecast(**given_)
    after = forecast(**given_ | {name: given_[name][:, order] for name in ("done", "total", "plan")})
    assert np.allclose(before.rest[:, order], after.rest)
    assert np.allclose(before.spread[:, order], after.spread)


@given(COMPANIES)
def test_a_row_outside_the_pool_changes_no_other(given_: dict[str, Any]) -> None:
    before = forecast(**given_)
    more = {name: np.concatenate((given_[name], 7 * given_[name][:, :1]), axis=1) for name in ("done", "total", "plan")}
    after = forecast(**given_ | more | {"pool": np.append(given_["pool"], False)})
    assert np.allclose(before.rest, after.rest[:, :-1])
    assert np.allclose(before.spread, after.spread[:, :-1])


@pytest.mark.parametrize("share", [0.2, 0.5])
def test_a_company_that_repeats_itself_lands_where_it_always_did(share: float) -> None:
    total = np.full((1, 2, 13), 100.0)
    found = forecast(total * share, total, np.full_like(total, 120.0), pool=np.array([True, True]), worked=np.full(13, 21), season=12)
    assert np.allclose(found.rest, 100 * (1 - share))
    assert np.allclose(found.spread, 0)
    assert (found.floor == 0).all()


def test_the_plan_weighs_early_and_the_pace_late() -> None:
    """A company whose plans come true within 2 %, and whose pace says little at first."""
    random = np.random.default_rng(5)
    total = random.lognormal(5, 0.3, (1, 1, 25))
    plan = total * random.uniform(0.98, 1.02, total.shape)
    plan[..., -1], total[..., -1] = 200.0, np.nan

    def landed(share: float, noise: float) -> float:
        done = total * share * random.uniform(1 - noise, 1 + noise, total.shape)
        done[..., -1] = share * 100
        found = forecast(done, total, plan, pool=np.array([True]), worked=np.full(25, 21), season=12)
        return float(done[0, 0, -1] + found.rest[0, 0])

    early, late = landed(0.1, 0.8), landed(0.9, 0.01)
    assert 180 < early < 200
    assert 100 < late < 115


def test_periods_not_wholly_known_count_for_nothing() -> None:
    given_ = company(3, 2, 15)
    shorter = {name: given_[name][..., 4:] for name in ("done", "total", "plan")}
    expected = forecast(**given_ | shorter | {"worked": given_["worked"][4:]})
    given_["total"][..., :4] = np.nan
    assert np.allclose(forecast(**given_).rest, expected.rest)


def test_the_chance_falls_with_what_is_wanted() -> None:
    landing = Landing(rest=100.0, low=100 - WIDTH * 10, high=100 + WIDTH * 10, spread=10.0, floor=0.0)
    chances = [landing.chance(wanted) for wanted in (0, 80, landing.low, 100, landing.high, 130)]
    assert chances == sorted(chances, reverse=True)
    assert chances[0] == 1
    assert [round(c, 3) for c in chances[2:5]] == [0.9, 0.5, 0.1]
    assert [Landing(5.0, 5.0, 5.0, 0.0, 0.0).chance(wanted) for wanted in (5, 5.1)] == [1, 0]


def test_where_returns_came_late_the_period_may_still_fall() -> None:
    given_ = company(11, 1, 12)
    assert forecast(**given_).floor == 0
    given_["total"][0, 0, 4] = given_["done"][0, 0, 4] - 1
    found = forecast(**given_)
    landing = landing_of(found, 0, 0)
    assert found.floor == -np.inf
    assert landing is not None
    assert landing.low == landing.rest - WIDTH * landing.spread


# --- history ----------------------------------------------------------------------------------------------------------------


def test_a_history_gives_the_sum_of_any_span() -> None:
    days = np.array(["2026-01-05", "2026-01-07", "2026-01-05", "2026-01-06"], dtype="datetime64[us]")
    arrays = {
        "region": np.array(["E", "E", None, "W"], dtype=object),
        "area": np.array(["E1", "E1", None, None], dtype=object),
        "day": days,
        "amount_0": np.array([1.0, 2.0, 4.0, np.nan]),
    }
    history = history_of(arrays, ("region", "area"), ("amount",))
    day = date(2026, 1, 5).toordinal()
    sums = history.sums(np.array([day, day, day + 1, day - 9]), np.array([day + 3, day + 1, day + 2, day]))
    assert dict(zip(history.cells, sums[0].tolist(), strict=True)) == {
        ("E", "E1"): [3, 1, 0, 0],
        (None, None): [4, 4, 0, 0],
        ("W", None): [0, 0, 0, 0],
    }
    assert history_of({"day": days[:0], "amount_0": np.array([])}, (), ("amount",)).cells == ()


def test_a_cell_says_all_places_above() -> None:
    assert [level_of(named) for named in ((), ("region",), ("rep",), ("rep", "region"), ("area", "day"))] == [
        (),
        ("region",),
        ("region", "area", "rep"),
        ("region", "area", "rep"),
        ("region", "area"),
    ]
