"""Files as spreadsheets and people write them, the hostile ones by name."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import pytest
import xlsxwriter

from data.intake import ColumnMissing, FileUnreadable, FormatUnclear, RowsRejected

if TYPE_CHECKING:
    from .conftest import Source

LINES = """
[files.lines]
path = "{path}"
{options}
[tables.region]
from = "lines"
columns = {{ region_id = "region" }}
[tables.order_line]
from = "lines"
columns = {{ order_id = "order", order_day = "day", region_id = "region", amount = "amount", volume = "qty" }}
"""
PLAIN = "order,day,region,amount,qty\nA,2024-03-05,North,1234.50,2\nB,2024-03-06,NA,-7,1\n"
EXPECTED = [("A", dt.date(2024, 3, 5), "North", Decimal("1234.50"), 2), ("B", dt.date(2024, 3, 6), "NA", Decimal(-7), 1)]


def mapped(path: str, options: str = "") -> str:
    return LINES.format(path=path, options=options)


def lines(source: Source) -> list[tuple[Any, ...]]:
    return source.read("SELECT order_id, order_day, region_id, amount, volume FROM order_line ORDER BY order_id")


HOSTILE = {
    "plain": PLAIN.encode(),
    "utf-8 with its mark": PLAIN.encode("utf-8-sig"),
    "utf-16 with its mark": PLAIN.encode("utf-16"),
    "utf-16 little endian without mark": PLAIN.encode("utf-16-le"),
    "utf-16 big endian without mark": PLAIN.encode("utf-16-be"),
    "utf-32": PLAIN.encode("utf-32"),
    "mixed line ends": PLAIN.replace("\nA", "\r\nA").replace("\nB", "\rB").encode(),
    "no end of line at the end": PLAIN.rstrip("\n").encode(),
    "blank rows": PLAIN.replace("\nB", "\n\n,,,,\n  ,,,,\nB").encode(),
    "empty fields after the last column": PLAIN.replace("1234.50,2", "1234.50,2,,").encode(),
    "tabs": PLAIN.replace(",", "\t").encode(),
    "bars": PLAIN.replace(",", "|").encode(),
    "semicolons, decimal commas, thousands points": (
        b"order;day;region;amount;qty\nA;05.03.2024;North;1.234,50;2\nB;06.03.2024;NA;-7,00;1\n"
    ),
    "the hint of a spreadsheet at the top": b"sep=;\n" + PLAIN.replace(",", ";").encode(),
    "thousands commas in quotes": PLAIN.replace("1234.50", '"1,234.50"').encode(),
    "currency signs and negatives in parentheses": PLAIN.replace("1234.50", "€ 1234.50").replace("-7", "(7.00)").encode(),
    "a minus behind": PLAIN.replace("-7", "7-").encode(),
    "full width digits": PLAIN.replace("1234.50", "１２３４．５０").encode(),
    "days with a time": PLAIN.replace("2024-03-05", "2024-03-05 13:59:59").replace("2024-03-06", "2024-03-06T00:00:00Z").encode(),
    "days with slashes, year first": PLAIN.replace("2024-03-05", "2024/3/5").replace("2024-03-06", "2024/3/6").encode(),
    "days in Chinese": PLAIN.replace("2024-03-05", "2024年3月5日").replace("2024-03-06", "2024年03月06日").encode("gb18030"),
    "days without separators": PLAIN.replace("2024-03-05", "20240305").replace("2024-03-06", "20240306").encode(),
    "days as a spreadsheet counts them": PLAIN.replace("2024-03-05", "45356").replace("2024-03-06", "45357.5").encode(),
    "days with the month's name": PLAIN.replace("2024-03-05", "5-Mar-2024").replace("2024-03-06", "06 Mar 2024").encode(),
    "blanks around everything": PLAIN.replace(",", " ,\u3000").encode(),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_reads(source: Source, name: str) -> None:
    source.write("lines.csv", HOSTILE[name])
    summary = source.run(mapped("lines.csv"))
    assert lines(source) == EXPECTED
    assert source.table(summary, "order_line").money_in == Decimal("1227.50")


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8", "utf-16", "cp1252"])
def test_keeps_names_in_their_encoding(source: Source, encoding: str) -> None:
    name = "Müller & Söhne GmbH, Köln" if encoding == "cp1252" else "深圳市大族激光科技股份有限公司"
    source.write("lines.csv", PLAIN.replace("North", f'"{name}"').encode(encoding))
    source.run(mapped("lines.csv"))
    assert lines(source)[0][2] == name


@pytest.mark.parametrize("encoding", ["latin-99", "\\u0000"])
def test_refuses_an_encoding_that_there_is_not(source: Source, encoding: str) -> None:
    source.write("lines.csv", PLAIN.encode())
    with pytest.raises(FileUnreadable, match="it cannot be read"):
        source.run(mapped("lines.csv", f'encoding = "{encoding}"'))


def test_names_an_encoding_that_the_mapping_says(source: Source) -> None:
    source.write("lines.csv", PLAIN.replace("North", "臺北").encode("big5"))
    source.run(mapped("lines.csv", 'encoding = "big5"'))
    assert lines(source)[0][2] == "臺北"


def test_keeps_line_ends_and_quotes_within_quotes(source: Source) -> None:
    source.write("lines.csv", PLAIN.replace("North", '"No ""r"" th,\nby the sea"'))
    source.run(mapped("lines.csv"))
    assert lines(source)[0][2] == 'No "r" th,\nby the sea'


def test_reads_days_month_first_where_one_day_tells(source: Source) -> None:
    source.write("lines.csv", PLAIN.replace("2024-03-05", "3/5/2024").replace("2024-03-06", "3/16/2024"))
    source.run(mapped("lines.csv"))
    assert [row[1] for row in lines(source)] == [dt.date(2024, 3, 5), dt.date(2024, 3, 16)]


def test_asks_where_no_day_tells(source: Source) -> None:
    source.write("lines.csv", PLAIN.replace("2024-03-05", "3/5/2024").replace("2024-03-06", "3/6/2024"))
    with pytest.raises(FormatUnclear, match=r"'order_day', such as '3/6/2024'.*dates = 'dmy' or dates = 'mdy'"):
        source.run(mapped("lines.csv"))
    source.run(mapped("lines.csv", 'dates = "dmy"'))
    assert [row[1] for row in lines(source)] == [dt.date(2024, 5, 3), dt.date(2024, 6, 3)]


def test_asks_where_days_contradict_each_other(source: Source) -> None:
    source.write("lines.csv", PLAIN.replace("2024-03-05", "25/3/2024").replace("2024-03-06", "3/26/2024"))
    with pytest.raises(FormatUnclear, match=r"day first \('25/3/2024'\) and month first \('3/26/2024'\)"):
        source.run(mapped("lines.csv"))
    with pytest.raises(RowsRejected):
        source.run(mapped("lines.csv", 'dates = "dmy"'))
    assert [(r["row"], r["column"], r["value"]) for r in source.rejects()] == [("3", "order_day", "3/26/2024")]


def test_reads_a_format_of_days_that_the_mapping_says(source: Source) -> None:
    source.write("lines.csv", PLAIN.replace("2024-03-05", "05Mar24").replace("2024-03-06", "06Mar24"))
    source.run(mapped("lines.csv", 'dates = "%d%b%y"'))
    assert lines(source) == EXPECTED


def test_asks_where_a_mark_may_be_decimal_or_thousands(source: Source) -> None:
    source.write("lines.csv", "order;day;region;amount;qty\nA;2024-03-05;North;1.234;2\n")
    with pytest.raises(FormatUnclear, match=r"'amount', such as '1.234'.*decimal = '.' or decimal = ','"):
        source.run(mapped("lines.csv"))
    source.run(mapped("lines.csv", 'decimal = ","'))
    assert lines(source)[0][3] == 1234


def test_asks_where_decimal_marks_contradict_each_other(source: Source) -> None:
    source.write("lines.csv", PLAIN.replace("1234.50", '"1.234,50"').replace("-7", '"1,234.50"'))
    with pytest.raises(FormatUnclear, match=r"both decimal points \('1,234.50'\) and decimal commas \('1.234,50'\)"):
        source.run(mapped("lines.csv"))


@pytest.mark.parametrize("name", ["lines.xlsx"])
def test_reads_a_workbook(source: Source, name: str) -> None:
    _workbook(source.folder / name)
    summary = source.run(mapped(name, 'sheet = "Sales 2024"\nheader = 3'))
    assert lines(source) == [*EXPECTED, ("C", dt.date(2024, 3, 7), "North", Decimal("0.1"), 3)]
    assert summary.rejected == 0


def test_names_the_sheets_of_a_workbook(source: Source) -> None:
    _workbook(source.folder / "lines.xlsx")
    with pytest.raises(FileUnreadable, match=r"no sheet 'Sales 2042'. Did you mean 'Sales 2024'\? It has Notes, Sales 2024"):
        source.run(mapped("lines.xlsx", 'sheet = "Sales 2042"\nheader = 3'))


def _workbook(file: Path) -> None:
    with xlsxwriter.Workbook(file) as book:
        book.add_worksheet("Notes").write("A1", "x")
        sheet = book.add_worksheet("Sales 2024")
        day = book.add_format({"num_format": "dd.mm.yyyy"})
        sheet.write("A1", "Sales of the year")
        sheet.write_row("A3", ["order", "day", "region", "amount", "qty"])
        sheet.write_row("A4", ["A", dt.date(2024, 3, 5), "North", 1234.5, 2])
        sheet.write_datetime("B4", dt.datetime(2024, 3, 5), day)  # noqa: DTZ001  # sheets know no zones
        sheet.write_row("A5", ["B", "2024-03-06", "NA", "-7", 1])
        sheet.write_row("A7", ["C", 45358, "North", 0.1, 3])


def test_reads_parquet_with_its_types(source: Source) -> None:
    duckdb.sql(
        "SELECT 17.0::DOUBLE AS \"order\", DATE '2024-03-05' AS day, 'NA' AS region, 1.25::DOUBLE AS amount, 2 AS qty "
        "UNION ALL SELECT 18.0, DATE '2024-03-06', 'North', 7.5, 1"
    ).write_parquet(str(source.folder / "lines.parquet"))
    source.run(mapped("lines.parquet"))
    assert lines(source) == [
        ("17", dt.date(2024, 3, 5), "NA", Decimal("1.25"), 2),
        ("18", dt.date(2024, 3, 6), "North", Decimal("7.5"), 1),
    ]


def test_takes_not_a_number_in_parquet_for_missing(source: Source) -> None:
    duckdb.sql("SELECT 'A' AS \"order\", DATE '2024-03-05' AS day, 'N' AS region, 'nan'::DOUBLE AS amount, 2 AS qty").write_parquet(
        str(source.folder / "lines.parquet")
    )
    with pytest.raises(RowsRejected, match="amount is missing"):
        source.run(mapped("lines.parquet"))


def test_refuses_infinite_amounts(source: Source) -> None:
    source.write("lines.csv", PLAIN.replace("-7", "inf"))
    with pytest.raises(RowsRejected, match="row 3: order_line amount 'inf' is not a number"):
        source.run(mapped("lines.csv"))


def test_reads_many_files_of_one_layout(source: Source) -> None:
    head, first, second = PLAIN.splitlines()
    source.write("lines-1.csv", f"{head}\n{first}\n")
    source.write("lines-2.csv", f"qty;day;region;amount;order\n1;2024-03-06;NA;-7;B\n")  # noqa: F541  # columns in another order
    source.run(mapped("lines-*.csv"))
    assert lines(source) == EXPECTED
    source.write("lines-3.csv", f"{head},extra\n{second},x\n")
    with pytest.raises(FileUnreadable, match=r"lines-3.csv: its columns differ from those of lines-1.csv: 'extra'"):
        source.run(mapped("lines-*.csv"))


def test_rejects_ragged_rows_by_number(source: Source) -> None:
    source.write("lines.csv", PLAIN + "C,2024-03-07\nD,2024-03-08,North,1,1,surplus\n")
    with pytest.raises(RowsRejected, match="Nothing was published: 2 rejected rows, allowed are 0"):
        source.run(mapped("lines.csv"))
    assert [(r["source"], r["row"], r["reason"]) for r in source.rejects()] == [
        ("lines.csv", "4", "the row has 2 fields, the header 5"),
        ("lines.csv", "5", "the row has 6 fields, the header 5"),
    ]
    source.run(mapped("lines.csv"), allow_rejects=2)
    assert lines(source) == EXPECTED


def test_refuses_a_quotation_mark_that_never_closes(source: Source) -> None:
    source.write("lines.csv", PLAIN.replace("B,", '"B,') + "C,2024-03-07,North,1,1\n" * 1000)
    with pytest.raises(FileUnreadable, match="a quotation mark that opens in row 3 is never closed"):
        source.run(mapped("lines.csv"))


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xef\xbb\xbf", b" , ,\n"])
def test_refuses_an_empty_file(source: Source, content: bytes) -> None:
    source.write("lines.csv", content)
    with pytest.raises(FileUnreadable, match=r"lines.csv: it is empty"):
        source.run(mapped("lines.csv"))


def test_takes_a_file_with_headers_only_for_no_rows(source: Source) -> None:
    source.write("lines.csv", PLAIN.splitlines()[0])
    summary = source.run(mapped("lines.csv"))
    assert summary.changes == 0
    assert summary.rejected == 0


def test_asks_which_of_two_columns_of_one_name(source: Source) -> None:
    source.write("lines.csv", PLAIN.replace("qty", "Amount"))
    with pytest.raises(ColumnMissing, match=r"no column 'amount \(once\)'.*'amount \(1\)', 'Amount \(2\)'"):
        source.run(mapped("lines.csv"))
    source.run(mapped("lines.csv").replace('"amount"', '"amount (1)"').replace('"qty"', '"amount (2)"'))
    assert lines(source) == EXPECTED


def test_names_the_nearest_column(source: Source) -> None:
    source.write("lines.csv", PLAIN.replace("amount", "amuont"))
    with pytest.raises(ColumnMissing, match=r"order_line.*: lines.csv has no column 'amount'. Did you mean 'amuont'\?"):
        source.run(mapped("lines.csv"))


def test_finds_headers_whatever_their_case_and_blanks(source: Source) -> None:
    source.write("lines.csv", PLAIN.replace("amount", "  AMOUNT "))
    source.run(mapped("lines.csv"))
    assert lines(source) == EXPECTED


def test_takes_the_first_header_that_stands_there(source: Source) -> None:
    source.write("lines.csv", PLAIN.replace("amount", "销售额"))
    source.run(mapped("lines.csv").replace('amount = "amount"', 'amount = ["Sales", "销售额"]'))
    assert lines(source) == EXPECTED


def test_names_the_nearest_file(source: Source) -> None:
    source.write("lines.csv", PLAIN)
    with pytest.raises(FileUnreadable, match=r"line.csv: there is no such file \(alias 'lines'\). Did you mean 'lines.csv'\?"):
        source.run(mapped("line.csv"))


def test_refuses_what_is_no_workbook(source: Source) -> None:
    source.write("lines.xlsx", PLAIN)
    with pytest.raises(FileUnreadable, match="cannot be read as a workbook"):
        source.run(mapped("lines.xlsx"))


def test_reads_declared_numbers_row_by_row(source: Source) -> None:
    source.write("lines.csv", PLAIN.replace("-7", "seven"))
    expression = mapped("lines.csv", 'numbers = ["amount"]').replace('amount = "amount"', "amount = { expression = 'amount * 2' }")
    with pytest.raises(RowsRejected, match=r"row 3: amount 'seven' is not a number"):
        source.run(expression)
    source.run(expression, allow_rejects=1)
    assert [row[3] for row in lines(source)] == [2469]
