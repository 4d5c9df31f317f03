"""The collection cycle through the engine: against a twin on the demo company, on any history, and on the public data set."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data import schema as s
from data.intake import import_source, load_mapping
from data.settings import Settings
from data.warehouse import Warehouse
from metrics import receivables
from metrics.catalog import MEASURES, Unit
from metrics.engine import Engine
from metrics.errors import NotDivisible
from metrics.query import Query, Result
from metrics.scope import EVERYTHING, Filter, Period, Viewer, parse_period, period_of
from tests.data.bookkeeper import Invoice, Payment, histories
from tests.metrics.cycle_twin import CycleTwin, Figures
from tests.metrics.twin import SCALE, Twin

AS_OF = date(2026, 9, 13)
SUMS = ("open", "overdue", "over_90", "invoiced", "collections")
RATES = ("collected_of_invoiced", "collected_of_due", "collected_of_receivable")
DAYS = ("dso", "dso_best", "dso_count_back", "days_delinquent", "cei", "days_to_pay", "days_late")
FIGURES = (*SUMS, *RATES, *DAYS)
PLACES: dict[str, str] = {"region": "East", "area": "Jiangsu", "rep": "R007", "customer": "C0001", "segment": ""}
LIMITED = settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def engine(demo_warehouse: Warehouse) -> Engine:
    return Engine(demo_warehouse, Settings())


@pytest.fixture(scope="module")
def twin(demo_warehouse: Warehouse) -> CycleTwin:
    return CycleTwin(Twin(demo_warehouse.reader()))


def ask(engine: Engine, period: Period, as_of: date, *, by: tuple[str, ...] = (), viewer: Viewer = EVERYTHING, **filters: str) -> Result:
    where = tuple(Filter(dimension, (member,)) for dimension, member in filters.items())
    return engine.run(Query(measures=FIGURES, by=by, period=period, as_of=as_of, where=where), viewer)


def agree(row: Mapping[str, Any], other: Figures, told: Any = None, keys: Iterable[str] = FIGURES) -> None:
    for key in keys:
        value, expected = row[key], other[key]
        if expected is None or value is None:
            assert value is expected, (told, key, value, expected)
        elif MEASURES[key].unit == Unit.MONEY:
            assert Fraction(value) * SCALE == expected, (told, key)
        else:
            assert abs(Fraction(value) - expected) < Fraction(1, 10**15), (told, key)


def segment(engine: Engine) -> str:
    return next(key for key in engine.members("segment") if key)


# --- against the twin -----------------------------------------------------------------------------------------------------


@LIMITED
@given(st.sampled_from(["week", "month", "quarter", "year"]), st.dates(date(2024, 7, 1), AS_OF), st.sampled_from(["", *PLACES]))
def test_every_figure_of_the_cycle_equals_the_twin(engine: Engine, twin: CycleTwin, kind: Any, as_of: date, place: str) -> None:
    period = period_of(kind, as_of)
    only = {place: PLACES[place] or segment(engine)} if place else {}
    agree(ask(engine, period, as_of, **only).only(), twin.figures(first=period.first, last=period.last, as_of=as_of, only=only), only)


@pytest.mark.parametrize("by", ["region", "segment", "rep"])
def test_each_member_has_the_figures_it_has_alone(engine: Engine, twin: CycleTwin, by: str) -> None:
    only = {"area": "Jiangsu"} if by == "rep" else {}
    period = parse_period("2026Q3", AS_OF)
    rows = ask(engine, period, AS_OF, by=(by,), **only).rows
    assert len(rows) > 3
    for row in rows:
        member = {by: row[by]}
        agree(row, twin.figures(first=period.first, last=period.last, as_of=AS_OF, only=only | member), member)


def test_the_customers_of_a_rep_have_the_figures_they_have_alone(engine: Engine, twin: CycleTwin) -> None:
    period = parse_period("2026Q3", AS_OF)
    rows = ask(engine, period, AS_OF, by=("customer",), rep="R007").rows
    assert len(rows) > 5
    for row in rows:
        only = {"rep": "R007", "customer": row["customer"]}
        agree(row, twin.figures(first=period.first, last=period.last, as_of=AS_OF, only=only), only)


def test_of_a_period_that_is_over_the_rates_are_of_its_days_and_the_days_of_today(engine: Engine, twin: CycleTwin) -> None:
    period = parse_period("2026Q1", AS_OF)
    agree(ask(engine, period, AS_OF).only(), twin.figures(first=period.first, last=period.last, as_of=AS_OF))


def test_a_viewer_sees_the_cycle_of_what_may_be_seen(engine: Engine, twin: CycleTwin) -> None:
    period = parse_period("2026Q3", AS_OF)
    manager = Viewer(name="manager", bounds=(Filter("region", ("East",)),))
    ask(engine, period, AS_OF)
    seen = ask(engine, period, AS_OF, viewer=manager).only()
    agree(seen, twin.figures(first=period.first, last=period.last, as_of=AS_OF, only={"region": "East"}))
    assert [row["region"] for row in ask(engine, period, AS_OF, by=("region",), viewer=manager).rows] == ["East"]


def booked(invoices: list[Invoice], payments: list[Payment], company: str) -> dict[str, list[tuple[Any, ...]]]:
    under = ("R", "A", "P")
    return {
        "invoice": [(i.number, None, i.customer, *under, i.day, i.amount, False) for i in invoices],
        "instalment": [(i.number, n, due, amount) for i in invoices for n, (due, amount) in enumerate(i.instalments, start=1)],
        "payment": [(f"{company}P{n}", 1, p.day, p.customer, p.invoice, *under, p.amount) for n, p in enumerate(payments)],
    }


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.lists(histories(), min_size=2, max_size=8), st.integers(0, 110), st.sampled_from(["month", "quarter", "week"]), st.integers(1, 90)
)
def test_any_history_equals_the_twin(
    tmp_path_factory: pytest.TempPathFactory,
    found: list[tuple[list[Invoice], list[Payment]]],
    day: int,
    kind: Any,
    dso_days: int,
) -> None:
    """Many small companies at once, each with two customers of its own: credit notes, refunds, advances, too much and too little."""
    warehouse = Warehouse(tmp_path_factory.mktemp("history"))
    as_of = date(2026, 1, 20) + timedelta(days=day)
    with warehouse.draft() as draft:
        for n, (invoices, payments) in enumerate(found):
            named = [Invoice(f"{n}{i.number}", f"{n}{i.customer}", i.day, i.instalments) for i in invoices]
            cash = [Payment(p.invoice and f"{n}{p.invoice}", f"{n}{p.customer}", p.day, p.amount) for p in payments]
            for table, rows in booked(named, cash, str(n)).items():
                if rows:
                    draft.connection.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' for _ in rows[0])})", rows)
        draft.publish("histories")
    period = period_of(kind, as_of)
    twin = CycleTwin(Twin(warehouse.reader()), dso_days)
    engine = Engine(warehouse, Settings(dso_days=dso_days))
    answer = ask(engine, period, as_of, by=("customer",))
    beyond = [key for key, why in answer.missing.items() if why.code in ("no_data", "before_data", "after_data")]
    for row in answer.rows:
        other = twin.figures(first=period.first, last=period.last, as_of=as_of, only={"customer": row["customer"]})
        agree(row, other, row["customer"], [key for key in FIGURES if key not in beyond])
        assert all(row[key] is None for key in beyond)


# --- what is over 90 days late ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("edges", [(30, 60, 90, 180), (90,), (30, 60), (45, 120)])
def test_over_90_days_is_by_the_due_day_whatever_the_buckets(demo_warehouse: Warehouse, twin: CycleTwin, edges: tuple[int, ...]) -> None:
    engine = Engine(demo_warehouse, Settings(ageing_edges=edges))
    query = Query(measures=("over_90",), period=parse_period("2026Q3", AS_OF), as_of=AS_OF)
    over = engine.run(query).only()["over_90"]
    assert Fraction(over) * SCALE == twin.figures(first=AS_OF, last=AS_OF, as_of=AS_OF)["over_90"]
    parts = engine.run(replace(query, measures=("over_90", "open"), by=("bucket",))).rows
    assert sum(row["over_90"] for row in parts) == over
    if 90 in edges:
        for row in parts:
            late = row["bucket"].endswith("+") or row["bucket"].startswith("91-")
            assert row["over_90"] == (row["open"] if late else 0), row


# --- what has no value, and what cannot be asked ------------------------------------------------------------------------------


def test_a_figure_without_value_says_why(tmp_path: Path) -> None:
    """A bill of 100 of January, credited in part in June; nothing else."""
    warehouse = Warehouse(tmp_path)
    with warehouse.draft() as draft:
        draft.connection.execute(
            "INSERT INTO invoice VALUES ('1', NULL, 'a', NULL, NULL, NULL, '2026-01-05', 100, false),"
            " ('2', NULL, 'a', NULL, NULL, NULL, '2026-06-01', -30, false), ('3', NULL, 'b', NULL, NULL, NULL, '2026-06-01', -5, false)"
        )
        draft.connection.execute(
            "INSERT INTO instalment VALUES ('1', 1, '2026-02-05', 100), ('2', 1, '2026-06-01', -30), ('3', 1, '2026-06-01', -5)"
        )
        draft.connection.execute("INSERT INTO payment VALUES ('P', 1, '2026-01-06', 'a', '1', NULL, NULL, NULL, 5)")
        draft.publish("few bills")
    engine = Engine(warehouse, Settings())
    june = parse_period("2026-06", date(2026, 6, 30))
    answer = ask(engine, june, june.last, customer="a")
    assert {key: why.code for key, why in answer.missing.items()} == {
        "collected_of_invoiced": "after_data",  # the last payment was in January
        "collected_of_due": "after_data",
        "collections": "after_data",
        "days_to_pay": "after_data",
        "days_late": "after_data",
        "dso": "nothing_invoiced",  # less than nothing, net
        "dso_best": "nothing_invoiced",
        "days_delinquent": "nothing_invoiced",
    }
    # 65 are open of 70 invoiced in all: six months, January pro rata would be 95 of 100 once June's credit is given back.
    assert answer.only()["dso_count_back"] == 30 + 31 + 30 + 31 + 28 + Decimal(95) / 100 * 31
    assert ask(engine, june, june.last, customer="b").missing["dso"].code == "credit_balance"
    january = parse_period("2026-01", date(2026, 1, 31))
    early = ask(engine, january, january.last)
    assert {key: why.code for key, why in early.missing.items()} == {
        "dso": "before_data",  # 90 days begin in November
        "dso_best": "before_data",
        "days_delinquent": "before_data",
        "cei": "before_data",
        "collected_of_receivable": "before_data",
        "collected_of_due": "nothing_due",
    }


@pytest.mark.parametrize("key", [*RATES, *DAYS])
def test_money_knows_no_products(engine: Engine, key: str) -> None:
    for dimension in ("category", "product"):
        with pytest.raises(NotDivisible, match=f"'{key}' cannot be split or filtered by {dimension}"):
            engine.run(Query(measures=(key,), by=(dimension,), period=parse_period("2026Q3", AS_OF), as_of=AS_OF))


def test_how_fast_customers_pay_can_be_asked_month_by_month(engine: Engine, twin: CycleTwin) -> None:
    query = Query(measures=("days_to_pay", "days_late"), by=("month",), period=parse_period("2026Q3", AS_OF), as_of=AS_OF)
    rows = engine.run(query).rows
    assert [row["month"].month for row in rows] == [7, 8, 9]
    for row in rows:
        last = min(period_of("month", row["month"]).last, AS_OF)
        agree(row, twin.figures(first=row["month"], last=last, as_of=AS_OF), row["month"], query.measures)
    with pytest.raises(NotDivisible):
        engine.run(replace(query, measures=("dso",)))


# --- the public data set ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def bills() -> pd.DataFrame:
    file = ROOT / "../shared/datasets/ibm-ar/data/accounts_receivable.csv"
    if not file.is_file():
        pytest.skip(f"the data set ibm-ar is not here ({file})")
    found = pd.read_csv(file, dtype={"countryCode": str, "InvoiceAmount": str})
    for column in ("InvoiceDate", "DueDate", "SettledDate"):
        found[column] = pd.to_datetime(found[column], format="%m/%d/%Y")
    found["cents"] = found["InvoiceAmount"].map(lambda text: int(Decimal(text) * 100))
    return found


@pytest.fixture(scope="module")
def published(bills: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    folder = tmp_path_factory.mktemp("ibm-ar")
    warehouse = Warehouse(folder / "store")
    where = ROOT / "../shared/datasets/ibm-ar/data"
    import_source(warehouse, load_mapping(ROOT / "mappings/ibm-ar.toml"), folder=where, rejects_file=folder / "rejects.csv")
    return warehouse


def test_the_bills_of_five_countries_give_their_published_figures(published: Warehouse, bills: pd.DataFrame) -> None:
    whole = Period("range", date(2012, 1, 1), date(2014, 12, 31))
    row = ask(Engine(published, Settings()), whole, whole.last).only()
    assert row["invoiced"] == row["collections"] == Decimal("147703.18")
    wait, late = ((bills["SettledDate"] - bills[name]).dt.days for name in ("InvoiceDate", "DueDate"))
    for key, days in (("days_to_pay", wait), ("days_late", late)):
        assert abs(Fraction(row[key]) - Fraction(int((bills["cents"] * days).sum()), int(bills["cents"].sum()))) < Fraction(1, 10**15)
    a = s.application.c
    paid = published.reader().rows(sa.select(a.amount, a.waited, a.lateness))
    assert sum(1 for _, _, lateness in paid if lateness > 0) == 877
    each = receivables.mean_days(sum((waited / amount for amount, waited, _ in paid), Decimal(0)), Decimal(len(paid)))
    assert round(each or 0, 2) == Decimal("26.44")


@pytest.mark.parametrize("as_of", [date(2013, 3, 31), date(2013, 8, 14)])
def test_the_cycle_of_each_country_is_that_of_the_file(published: Warehouse, bills: pd.DataFrame, as_of: date) -> None:
    engine, day = Engine(published, Settings()), pd.Timestamp(as_of)
    rows = {row["region"]: row for row in ask(engine, period_of("quarter", as_of), as_of, by=("region",)).rows}
    assert len(rows) == 5
    for country, mine in bills.groupby("countryCode"):
        unpaid = mine[(mine["InvoiceDate"] <= day) & (mine["SettledDate"] > day)]
        recent = mine[(mine["InvoiceDate"] > day - pd.Timedelta(days=90)) & (mine["InvoiceDate"] <= day)]["cents"].sum()
        current = unpaid[unpaid["DueDate"] >= day]["cents"].sum()
        found = rows[country]
        assert found["open"] == Decimal(int(unpaid["cents"].sum())) / 100
        assert float(found["dso"]) == pytest.approx(unpaid["cents"].sum() / recent * 90)
        assert float(found["days_delinquent"]) == pytest.approx((unpaid["cents"].sum() - current) / recent * 90)
        start = pd.Timestamp(period_of("quarter", as_of).first)
        fell = mine[(mine["DueDate"] >= start) & (mine["DueDate"] <= day) & (mine["InvoiceDate"] <= day)]
        assert float(found["collected_of_due"]) == pytest.approx(fell[fell["SettledDate"] <= day]["cents"].sum() / fell["cents"].sum())
