"""Drafts of mappings: what is recognised, guessed and missed."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from data.intake import FileUnreadable, import_source, load_mapping, suggest
from data.warehouse import Warehouse

if TYPE_CHECKING:
    from .conftest import Source


def tables(text: str) -> dict[str, Any]:
    return {table: feeds[0]["columns"] for table, feeds in tomllib.loads(text).get("tables", {}).items()}


def test_recognises_order_lines_in_chinese(source: Source) -> None:
    file = source.write("销售.csv", "订单编号,订单日期,大区,区域,业务员,客户编号,客户名称,产品名称,销售金额,数量,销售成本\n")
    found = tables(suggest([file]))
    assert found["order_line"] == {
        "order_id": "订单编号",
        "order_day": "订单日期",
        "region_id": "大区",
        "area_id": "区域",
        "rep_id": "业务员",
        "customer_id": "客户编号",
        "product_id": "产品名称",
        "amount": "销售金额",
        "volume": "数量",
        "cost": "销售成本",
    }
    assert found["customer"] == {"customer_id": "客户编号", "name": "客户名称"}
    assert found["area"] == {"area_id": "区域", "region_id": "大区"}


def test_recognises_headers_written_in_any_way(source: Source) -> None:
    file = source.write("lines.csv", "Order_No;ORDER DATE;SalesRegion;netAmount;Qty;Custmer Name\n")
    text = suggest([file])
    assert tables(text)["order_line"] == {
        "order_id": "Order_No",
        "order_day": "ORDER DATE",
        "region_id": "SalesRegion",
        "amount": "netAmount",
        "volume": "Qty",
    }
    assert "Custmer Name" in text


def test_marks_what_it_guessed_and_what_is_missing(source: Source) -> None:
    file = source.write("lines.csv", "order date,sales ammount,colour\n")
    text = suggest([file])
    assert 'amount = "sales ammount"   # guessed' in text
    assert '# order_id = "…"   # required, and no column looks like it' in text
    assert "# not used: colour" in text


def test_says_where_nothing_is_recognised(source: Source) -> None:
    file = source.write("colours.csv", "red,green\n1,2\n")
    assert "# colours.csv: no table was recognised. Its columns: red, green" in suggest([file])


def test_reads_the_headers_of_parquet(source: Source) -> None:
    file = source.folder / "pay.parquet"
    duckdb.sql("SELECT 'P1' AS payment_id, DATE '2024-01-01' AS payment_date, 5 AS paid_amount").write_parquet(str(file))
    assert tables(suggest([file])) == {"payment": {"payment_id": "payment_id", "payment_day": "payment_date", "amount": "paid_amount"}}


def test_refuses_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(FileUnreadable, match="there is no such file"):
        suggest([tmp_path / "none.csv"])


def test_a_draft_of_several_files_imports(source: Source) -> None:
    rows = "order no,order date,region,customer id,sales amount,quantity\n1,2024-03-05,N,C1,10,1\n"
    files = [
        source.write("orders.csv", rows),
        source.write("customers.csv", "customer id,customer name,payment terms,credit limit\nC1,Alpha,30,500\n"),
        source.write("targets.csv", "sales rep,month,last day,quota\n"),
    ]
    draft = source.write("draft.toml", suggest(files))
    import_source(Warehouse(source.folder / "new"), load_mapping(draft))
    cursor = Warehouse(source.folder / "new").reader()._cursor()
    assert cursor.execute("SELECT name, terms_days, credit_limit FROM customer").fetchall() == [("Alpha", 30, 500)]
    assert cursor.execute("SELECT region_id, customer_id, amount FROM order_line").fetchall() == [("N", "C1", 10)]
