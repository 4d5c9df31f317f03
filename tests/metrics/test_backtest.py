"""The landing forecast is better than a plain guess, and its interval holds; counted case by case."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from data.intake import import_source, load_mapping
from data.settings import Settings
from data.warehouse import Warehouse
from metrics.backtest import METHODS, SHARES, Case, cases, score, scores
from metrics.engine import Engine
from metrics.errors import UnknownName
from metrics.query import Query
from metrics.scope import parse_period
from tests.metrics.twin import SCALE, Twin

ROOT = Path(__file__).parents[2]
CASE = Case(
    level="company",
    kind="month",
    share=SHARES[0],
    measure="amount",
    period="2026-01",
    row=None,
    actual=100.0,
    landing=110.0,
    low=95.0,
    high=125.0,
    run_rate=120.0,
    last_year=60.0,
)


@pytest.fixture(scope="module")
def engine(demo_warehouse: Warehouse) -> Engine:
    return Engine(demo_warehouse, Settings())


@pytest.fixture(scope="module")
def found(engine: Engine) -> Sequence[Case]:
    return list(cases(engine, ("company", "region", "area")))


def test_it_beats_run_rate_and_last_year_and_the_interval_holds(found: Sequence[Case]) -> None:
    """With 30,000 lines the company's 38 months and 12 quarters are few: the band is three standard errors of 50 independent cases."""
    bounds = {"company": (0.66, 0.94), "region": (0.75, 0.86), "area": (0.76, 0.85)}
    for level, done in scores(found, lambda case: (case.level,)).items():
        assert done.best == "landing"
        assert done.errors["landing"] < 0.75 * done.errors["run_rate"]
        low, high = bounds[level[0]]
        assert low < done.coverage < high, level
    for moment, done in scores(found, lambda case: (case.level, case.kind, str(case.share))).items():
        assert done.errors["landing"] < done.errors["run_rate"], moment
        assert done.errors["landing"] < done.errors["last_year"], moment


def test_it_beats_them_on_real_data(tmp_path: Path) -> None:
    data = ROOT.parent / "shared/datasets/adventureworks-dw/data"
    if not data.is_dir():
        pytest.skip(f"the data set adventureworks-dw is not here ({data})")
    warehouse = Warehouse(tmp_path / "store")
    import_source(warehouse, load_mapping(ROOT / "mappings/adventureworks.toml"), folder=data, rejects_file=tmp_path / "rejects.csv")
    for level, done in scores(cases(Engine(warehouse, Settings()), ("company", "region", "area")), lambda case: (case.level,)).items():
        assert done.errors["landing"] < 0.65 * min(done.errors["run_rate"], done.errors["last_year"]), level
        assert 0.7 < done.coverage < 0.9, level


def test_every_case_is_told_by_raw_lines(engine: Engine, found: Sequence[Case], demo_warehouse: Warehouse) -> None:
    """Actual, run rate and last year of a quarter from the order lines, and the landing as the product said it on that day."""
    twin = Twin(demo_warehouse.reader())
    period = parse_period("2026Q1", date(2026, 3, 31))
    worked = [period.first + timedelta(days=i) for i in range(period.days) if twin.worked[period.first + timedelta(days=i)]]
    passed = round(Decimal("0.5") * len(worked))
    day = worked[passed - 1]
    wanted = [c for c in found if (c.period, c.share, c.measure, c.level) == ("2026Q1", Decimal("0.5"), "margin", "region")]
    assert len(wanted) == 6
    spans = {"actual": (period.first, period.last), "done": (period.first, day), "last_year": (date(2025, 1, 1), date(2025, 3, 31))}
    sums = {name: twin.sales("margin", *span, ("region",), {}) for name, span in spans.items()}
    told = engine.run(Query(measures=("margin_landing", "margin_landing_low"), by=("region",), period=period, as_of=day))
    landings = {row["region"]: (float(row["margin_landing"]), float(row["margin_landing_low"])) for row in told.rows}
    for case in wanted:
        mine = {name: values[case.row,] / SCALE for name, values in sums.items()}
        assert case.actual == pytest.approx(mine["actual"])
        assert case.last_year == pytest.approx(mine["last_year"])
        assert case.run_rate == pytest.approx(mine["done"] / passed * len(worked))
        assert (case.landing, case.low) == landings[case.row or ""]


def test_only_periods_that_are_over_and_have_enough_history_count(found: Sequence[Case]) -> None:
    company = [case for case in found if case.level == "company" and case.measure == "amount"]
    months = sorted({case.period for case in company if case.kind == "month"})
    assert (months[0], months[-1], len(months)) == ("2024-01", "2026-08", 32)
    quarters = sorted({case.period for case in company if case.kind == "quarter"})
    assert quarters == ["2025Q1", "2025Q2", "2025Q3", "2025Q4", "2026Q1", "2026Q2"]
    assert {case.share for case in company} == set(SHARES)
    assert all(case.last_year is None for case in company if case.period < "2024-07" and case.kind == "month")


def test_a_score_is_counted_by_hand() -> None:
    few = [
        CASE,
        replace(CASE, actual=300.0, landing=270.0, low=275.0, high=310.0, run_rate=300.0, last_year=400.0),
        replace(CASE, measure="volume", actual=10.0, landing=9.0, low=8.0, high=10.0, run_rate=12.0, last_year=None),
    ]
    counted = score(few)
    assert (counted.cases, counted.compared) == (3, 2)
    assert counted.errors == pytest.approx({"landing": 40 / 400, "run_rate": 20 / 400, "last_year": 140 / 400})
    assert counted.best == "run_rate"
    assert counted.coverage == 1
    assert counted.width == pytest.approx((65 / 400 + 2 / 10) / 2)
    more = score([*few, replace(CASE, measure="volume", actual=-5.0, landing=-6.0, low=0.0, high=1.0, run_rate=-5.0, last_year=-5.0)])
    assert more.errors["landing"] == pytest.approx((40 / 400 + 1 / 5) / 2)
    assert more.coverage == 3 / 4
    assert score([replace(CASE, landing=100.0)]).best == METHODS[0]


def test_an_unknown_level_is_refused(engine: Engine) -> None:
    with pytest.raises(UnknownName, match="Did you mean 'region'"):
        list(cases(engine, ("regions",)))


def test_without_data_there_is_nothing_to_test(tmp_path: Path) -> None:
    warehouse = Warehouse(tmp_path)
    with warehouse.draft() as draft:
        draft.connection.execute("INSERT INTO order_line VALUES ('1', 1, '2026-01-05', 'N', NULL, NULL, NULL, NULL, 100, 1, 60, NULL)")
        draft.publish("one line")
    assert list(cases(Engine(warehouse, Settings()))) == []
