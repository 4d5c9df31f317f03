"""The shipped mappings on the public data sets they are for: their published totals to the cent, and hand-made twins."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from data.intake import Summary, import_source, load_mapping, suggest
from data.warehouse import Warehouse

ROOT = Path(__file__).parents[3]
DATASETS = ROOT / "../shared/datasets"
Read = Callable[[str], list[tuple[Any, ...]]]


def folder(name: str) -> Path:
    found = DATASETS / name / "data"
    if not found.is_dir():
        pytest.skip(f"the data set {name} is not here ({found})")
    return found


def imported(name: str, mapping: str, store: Path) -> tuple[Summary, Read]:
    warehouse = Warehouse(store / "store")
    summary = import_source(warehouse, load_mapping(ROOT / "mappings" / mapping), folder=folder(name), rejects_file=store / "rejects.csv")
    connection = warehouse.reader()._cursor()
    return summary, lambda sql: connection.execute(sql).fetchall()


@pytest.fixture(scope="module")
def works(tmp_path_factory: pytest.TempPathFactory) -> tuple[Summary, Read]:
    return imported("adventureworks-dw", "adventureworks.toml", tmp_path_factory.mktemp("works"))


@pytest.fixture(scope="module")
def receivables(tmp_path_factory: pytest.TempPathFactory) -> tuple[Summary, Read]:
    return imported("ibm-ar", "ibm-ar.toml", tmp_path_factory.mktemp("receivables"))


@pytest.fixture(scope="module")
def superstore(tmp_path_factory: pytest.TempPathFactory) -> tuple[Summary, Read]:
    return imported("superstore-cn", "superstore-cn.toml", tmp_path_factory.mktemp("superstore"))


def test_adventureworks_gives_its_totals(works: tuple[Summary, Read]) -> None:
    summary, read = works
    assert summary.rejected == 0
    ((lines, amount, cost, units, expenses),) = read("SELECT count(*), sum(amount), sum(cost), sum(volume), count(expense) FROM order_line")
    assert (lines, units, expenses) == (121_253, 274_776, 0)
    assert round(amount, 2) == Decimal("109809274.20")
    assert round(cost, 2) == Decimal("97257907.95")
    by_kind = dict(read("SELECT left(customer_id, 1), round(sum(amount), 2) FROM order_line GROUP BY 1"))
    assert by_kind == {"R": Decimal("80450596.98"), "I": Decimal("29358677.22")}


def test_adventureworks_keeps_na_as_a_region(works: tuple[Summary, Read]) -> None:
    _, read = works
    assert [row[0] for row in read("SELECT region_id FROM region ORDER BY 1")] == ["Europe", "NA", "North America", "Pacific"]
    assert read("SELECT region_id FROM area WHERE area_id = 'NA'") == [("NA",)]
    assert read("SELECT count(*), count(manager_id) FROM rep") == [(17, 14)]


def test_adventureworks_regions_add_up_as_in_the_files(works: tuple[Summary, Read]) -> None:
    _, read = works
    files = folder("adventureworks-dw")
    sales = pd.concat(
        pd.read_csv(files / f"Fact{kind}Sales.csv", usecols=["SalesTerritoryKey", "SalesAmount"]) for kind in ("Reseller", "Internet")
    )
    territories = pd.read_csv(files / "DimSalesTerritory.csv", keep_default_na=False)
    twin = sales.merge(territories).groupby("SalesTerritoryRegion")["SalesAmount"].sum().round(2).to_dict()
    assert {area: float(round(amount, 2)) for area, amount in read("SELECT area_id, sum(amount) FROM order_line GROUP BY 1")} == twin


def test_adventureworks_knows_a_product_through_its_versions(works: tuple[Summary, Read]) -> None:
    _, read = works
    files = folder("adventureworks-dw")
    sales = pd.concat(
        pd.read_csv(files / f"Fact{kind}Sales.csv", usecols=["ProductKey", "SalesAmount"]) for kind in ("Reseller", "Internet")
    )
    versions = pd.read_csv(files / "DimProduct.csv", usecols=["ProductKey", "ProductAlternateKey"])
    twin = sales.merge(versions).groupby("ProductAlternateKey")["SalesAmount"].sum().round(2).to_dict()
    assert {p: float(round(amount, 2)) for p, amount in read("SELECT product_id, sum(amount) FROM order_line GROUP BY 1")} == twin
    assert read("SELECT count(*), count(DISTINCT name) FROM product") == [(504, 504)]


def test_adventureworks_quotas_run_to_the_day_before_the_next(works: tuple[Summary, Read]) -> None:
    _, read = works
    quotas = pd.read_csv(folder("adventureworks-dw") / "FactSalesQuota.csv", parse_dates=["Date"]).sort_values(["EmployeeKey", "Date"])
    follows = quotas.groupby("EmployeeKey")["Date"]
    last = follows.shift(-1).fillna(quotas["Date"] + (quotas["Date"] - follows.shift())) - pd.Timedelta(days=1)
    twin = {
        (str(e), d.date()): (x.date(), Decimal(str(q)))
        for e, d, x, q in zip(quotas["EmployeeKey"], quotas["Date"], last, quotas["SalesAmountQuota"], strict=True)
    }
    rows = read("SELECT owner_id, first_day, last_day, amount FROM plan.target WHERE owner_kind = 'rep' AND measure = 'amount'")
    assert {(owner, first): (end, amount) for owner, first, end, amount in rows} == twin
    due = read(
        "SELECT t.owner_id, t.first_day, t.amount, sum(d.amount) FROM plan.target t JOIN plan.target_day d "
        "ON d.rep_id = t.owner_id AND d.day BETWEEN t.first_day AND t.last_day GROUP BY ALL"
    )
    assert len(due) == 163
    assert all(quota == shares for *_, quota, shares in due)


def test_receivables_give_their_totals(receivables: tuple[Summary, Read]) -> None:
    summary, read = receivables
    assert summary.rejected == 0
    assert read("SELECT count(*), sum(amount), count(DISTINCT customer_id) FROM invoice") == [(2466, Decimal("147703.18"), 100)]
    ((late, days),) = read(
        "SELECT count(*) FILTER (payment_day > due_day), avg(payment_day - invoice_day) FROM payment "
        "JOIN invoice USING (invoice_id) JOIN instalment USING (invoice_id)"
    )
    assert (late, round(days, 2)) == (877, 26.44)
    assert read("SELECT count(*) FROM invoice WHERE invoice_id = '0000611365' AND region_id = '391'") == [(1,)]
    assert read("SELECT count(*) FROM invoice WHERE disputed") == [(561,)]


def test_receivables_age_as_in_the_file(receivables: tuple[Summary, Read]) -> None:
    _, read = receivables
    as_of = dt.datetime(2013, 3, 31)  # noqa: DTZ001  # days without a zone, as pandas has them
    bills = pd.read_csv(folder("ibm-ar") / "accounts_receivable.csv", dtype={"countryCode": str})
    for column in ("InvoiceDate", "DueDate", "SettledDate"):
        bills[column] = pd.to_datetime(bills[column], format="%m/%d/%Y")
    unpaid = bills[(bills["InvoiceDate"] <= as_of) & (bills["SettledDate"] > as_of)]
    overdue = (as_of - unpaid["DueDate"]).dt.days
    buckets = pd.cut(overdue, [-100_000, 0, 30, 60, 90, 180, 100_000], labels=["not due", "30", "60", "90", "180", "more"])
    twin = unpaid.groupby(["countryCode", buckets], observed=True)["InvoiceAmount"].sum().round(2).to_dict()
    rows = read(
        "SELECT region_id, CASE WHEN late <= 0 THEN 'not due' "
        "WHEN late <= 30 THEN '30' WHEN late <= 60 THEN '60' WHEN late <= 90 THEN '90' "
        "WHEN late <= 180 THEN '180' ELSE 'more' END, sum(balance) FROM (SELECT *, DATE '2013-03-31' - due_day AS late "
        "FROM receivable_event WHERE event_day <= DATE '2013-03-31') GROUP BY ALL HAVING sum(balance) <> 0"
    )
    assert len(twin) >= 5
    assert {(region, bucket): float(balance) for region, bucket, balance in rows} == twin


def test_superstore_gives_its_totals(superstore: tuple[Summary, Read]) -> None:
    summary, read = superstore
    assert summary.rejected == 0
    ((lines, amount, profit),) = read("SELECT count(*), sum(amount), sum(amount - cost - expense) FROM order_line")
    assert lines == 10_000
    assert (round(amount, 2), round(profit, 2)) == (Decimal("16117548.24"), Decimal("2156559.52"))
    assert read("SELECT count(*), count(DISTINCT region_id) FROM area") == [(31, 6)]
    assert read("SELECT DISTINCT region_id, rep_id FROM order_line WHERE region_id = '华东'") == [("华东", "洪光")]


@pytest.mark.parametrize(
    ("name", "files", "table", "total"),
    [
        ("superstore-cn", ("订单.csv", "销售人员.csv", "退货.csv"), "order_line", Decimal("16117548.24")),
        ("ibm-ar", ("accounts_receivable.csv",), "payment", Decimal("147703.18")),
    ],
)
def test_a_draft_from_the_headers_imports_them_whole(tmp_path: Path, name: str, files: tuple[str, ...], table: str, total: Decimal) -> None:
    where = folder(name)
    (tmp_path / "draft.toml").write_text(suggest([where / f for f in files]), encoding="utf-8")
    mapping = load_mapping(tmp_path / "draft.toml")
    summary = import_source(Warehouse(tmp_path / "store"), mapping, folder=where, rejects_file=tmp_path / "r.csv")
    assert round(next(t.money_store for t in summary.tables if t.table == table) or 0, 2) == total


def test_importing_again_publishes_nothing(tmp_path: Path) -> None:
    where = folder("superstore-cn")
    warehouse, mapping = Warehouse(tmp_path / "store"), load_mapping(ROOT / "mappings/superstore-cn.toml")
    import_source(warehouse, mapping, folder=where, rejects_file=tmp_path / "r.csv")
    again = import_source(warehouse, mapping, folder=where, rejects_file=tmp_path / "r.csv")
    assert again.version is None
    assert again.changes == 0
