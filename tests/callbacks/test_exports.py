"""Files hold the exact figures of the screen and nothing a spreadsheet would run."""

from __future__ import annotations

import csv
from datetime import date
from decimal import Decimal
from io import BytesIO, StringIO
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from callbacks.exports import csv_of, xlsx_of
from data.settings import Settings
from data.warehouse import Warehouse
from layouts.pages.overview import OVERVIEW
from layouts.panel import Table
from metrics.engine import Engine
from metrics.query import Query
from metrics.scope import parse_period

CELLS = st.none() | st.text(max_size=10) | st.decimals(allow_nan=False, allow_infinity=False, places=4) | st.dates()
WITH_TABLES = ("kpis", *(panel.name for panel in OVERVIEW.cards))


def rows_of(text: str) -> list[list[str]]:
    return list(csv.reader(StringIO(text)))


@given(st.lists(st.tuples(CELLS, CELLS), max_size=5))
def test_a_file_never_holds_a_formula_and_always_the_value(raw: list[tuple[object, object]]) -> None:
    table = Table("caption", ("=name", "b"), (), tuple(raw))
    shown = rows_of(csv_of(table))
    assert shown[0] == ["'=name", "b"]
    for row, cells in zip(shown[1:], raw, strict=True):
        for text, value in zip(row, cells, strict=True):
            if isinstance(value, str):
                assert not text.startswith(("=", "+", "-", "@", "\t", "\r"))
                assert text.removeprefix("'") == value or text == value
            elif value is None:
                assert text == ""
            else:
                assert type(value)(text) == value if isinstance(value, Decimal) else date.fromisoformat(text) == value


def test_a_file_opens_in_excel_in_the_language_of_the_page(client: FlaskClient) -> None:
    answer = client.get("/export/regions.csv?language=zh&period=month")
    assert answer.data.startswith(b"\xef\xbb\xbf")
    assert rows_of(answer.data.decode("utf-8-sig"))[0][0] == "大区"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="regions-2026-09-2026-09-13.csv"'


@pytest.mark.parametrize(
    ("panel", "column", "english", "chinese"),
    [
        ("regions", -2, {"none", "warning", "critical"}, {"无", "预警", "严重"}),
        ("reps", -1, {"At risk", "On the way", "Achieved", ""}, {"预警", "进行中", "已达成", ""}),
        ("quadrant", 3, {"At risk", "On the way", "Achieved", ""}, {"预警", "进行中", "已达成", ""}),
    ],
)
def test_a_file_says_in_words_what_the_screen_says_in_words(
    client: FlaskClient, panel: str, column: int, english: set[str], chinese: set[str]
) -> None:
    for language, words in (("en", english), ("zh", chinese)):
        _, *rows = rows_of(client.get(f"/export/{panel}.csv?language={language}").data.decode("utf-8-sig"))
        said = {row[column] for row in rows}
        assert len(said) > 1
        assert said <= words


def test_a_rep_of_the_first_year_has_a_file_as_well(client: FlaskClient) -> None:
    """There is a target and a gap, and nothing a year ago that the gap could be laid to."""
    address = "rep=R007&period=2023Q3"
    answer = client.get(f"/export/contributors.csv?{address}")
    assert (answer.status_code, answer.text) == (404, "There are no figures here to put into a file.")
    book = client.get(f"/export/regions.xlsx?{address}")
    assert book.status_code == 200
    assert "Largest contributors" not in CalamineWorkbook.from_filelike(BytesIO(book.data)).sheet_names


def test_a_file_holds_every_member_also_where_the_screen_adds_most_of_them_up(client: FlaskClient) -> None:
    _, *members, company = rows_of(client.get("/export/heatmap.csv?split=customer").data.decode("utf-8-sig"))
    assert len(members) > 100
    assert sum(Decimal(row[-2]) for row in members) == Decimal(company[-2])


def test_a_file_holds_the_exact_figures(client: FlaskClient, demo_folder: Path) -> None:
    """Against the engine asked directly: the column under 'Actual' is Σ amount of each region, to the last digit."""
    settings = Settings(data_dir=demo_folder)
    day = date(2026, 9, 13)
    query = Query(measures=("amount",), by=("region",), period=parse_period("month", day), as_of=day)
    engine = Engine(Warehouse(settings.warehouse_dir), settings)
    expected = {engine.run(query).label("region", row["region"], "en"): row["amount"] for row in engine.run(query).rows}
    header, *rows = rows_of(client.get("/export/regions.csv?period=month").data.decode("utf-8-sig"))
    found = {row[0]: Decimal(row[header.index("Actual")]) for row in rows}
    assert found == expected | {"Company": sum(expected.values())}


@pytest.mark.parametrize("name", WITH_TABLES)
def test_every_panel_with_figures_is_a_file(client: FlaskClient, name: str) -> None:
    header, *rows = rows_of(client.get(f"/export/{name}.csv").data.decode("utf-8-sig"))
    assert rows
    assert {len(row) for row in rows} == {len(header)}


def test_the_page_is_a_workbook_with_a_sheet_a_panel(client: FlaskClient) -> None:
    book = CalamineWorkbook.from_filelike(BytesIO(client.get("/export/overview.xlsx?period=2026Q2").data))
    assert len(book.sheet_names) == 1 + len(WITH_TABLES)
    about = {row[0]: row[1] for row in book.get_sheet_by_index(0).to_python()}
    assert about["Period"] == "Q2 2026, 1 Apr–30 Jun"
    assert about["Address"] == "?period=2026Q2"
    book = CalamineWorkbook.from_filelike(BytesIO(client.get("/export/overview.xlsx?period=2026Q2&language=zh").data))
    assert ["期间", "2026年二季度，4月1日–6月30日"] in [row[:2] for row in book.get_sheet_by_index(0).to_python()]


def test_titles_become_sheet_names_that_a_workbook_takes() -> None:
    title = "A/B: [long] * title that goes on and on?"
    data = xlsx_of([(title, Table("c", ("=x",), (), (("=1+1",),))), (title, Table("c", ("x",), (), ()))], [("k", "=v")])
    book = CalamineWorkbook.from_filelike(BytesIO(data))
    assert len({name.casefold() for name in book.sheet_names}) == 3
    assert book.get_sheet_by_index(1).to_python()[2] == ["=1+1"]


@pytest.mark.parametrize(
    ("path", "said"), [("/export/regoins.csv", "Did you mean 'regions'?"), ("/export/notation.csv", "no figures here")]
)
def test_what_is_no_file_says_what_is(client: FlaskClient, path: str, said: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert said in answer.text


@pytest.mark.parametrize("search", ["?region=Esat", "?regoin=East", "?as-of=0001-01-01", "?period=2026Q9"])
@pytest.mark.parametrize("file", ["regions.csv", "overview.xlsx"])
def test_no_file_is_made_of_an_address_that_is_not_understood(client: FlaskClient, file: str, search: str) -> None:
    """The company's figures must not be taken for those of the region that was asked for."""
    answer = client.get(f"/export/{file}{search}")
    assert answer.status_code == 400
    assert search.partition("=")[2].encode() in answer.data or b"regoin" in answer.data
    assert b"ignored" in answer.data


def test_the_regions_page_is_a_workbook_too(client: FlaskClient) -> None:
    book = CalamineWorkbook.from_filelike(BytesIO(client.get("/export/regions.xlsx?area=Jiangsu&against=py").data))
    assert {row[0]: row[1] for row in book.get_sheet_by_index(0).to_python()}["Scope"] == "Company › East › Jiangsu"
    assert book.get_sheet_by_index(1).to_python()[2][0] == "Sales amount"


def test_a_file_of_a_period_before_all_data_is_empty_but_of_what_was_asked(client: FlaskClient) -> None:
    answer = client.get("/export/kpis.csv?period=2019Q2")
    assert answer.status_code == 200
    assert rows_of(answer.data.decode("utf-8-sig"))[1][:2] == ["Sales amount", ""]


def test_no_file_leaves_out_what_a_page_does_not_read(client: FlaskClient) -> None:
    """The figures of the company are not those of the category that the address names."""
    answer = client.get("/export/kpis.csv?category=x")
    assert answer.status_code == 400
    assert "category=x" in answer.text
