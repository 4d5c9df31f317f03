"""Rows of a long list through HTTP, as the grid asks for them."""

from __future__ import annotations

import csv
import json
import shutil
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from python_calamine import CalamineWorkbook

from data.settings import Settings
from data.warehouse import Warehouse
from layouts.grid import BLOCK, read_about
from tests.callbacks.asking import app_over, elements, panel, words

LIST = "?region=East&tab=customer&sort=-actual"
OUTPUT = '{"about":["MATCH"],"name":["MATCH"],"type":"rows"}.getRowsResponse'


def grid_of(client: FlaskClient, search: str) -> dict[str, Any]:
    """The grid that a page shows."""
    return next(props for tag, props, _ in elements(panel(client, "children", search)) if tag == "AgGrid")


def rows_body(part: dict[str, Any], request: Any) -> dict[str, Any]:
    return {
        "output": OUTPUT,
        "outputs": {"id": part, "property": "getRowsResponse"},
        "inputs": [{"id": part, "property": "getRowsRequest", "value": request}],
        "state": [{"id": part, "property": "id", "value": part}],
        "changedPropIds": [json.dumps(part, separators=(",", ":")) + ".getRowsRequest"],
    }


def ask(client: FlaskClient, part: dict[str, Any], first: Any, end: Any) -> Any:
    return answer_to(client, rows_body(part, {"startRow": first, "endRow": end, "sortModel": []}))


def answer_to(client: FlaskClient, body: dict[str, Any]) -> Any:
    """What the grid gets; None: nothing is to change."""
    answer = client.post("/_dash-update-component", json=body)
    assert answer.status_code in (200, 204), answer.text
    given = answer.json["response"] if answer.status_code == 200 else {}
    return next((props["getRowsResponse"] for props in given.values()), None)


def test_the_grid_gets_the_rows_it_asks_for(client: FlaskClient) -> None:
    grid = grid_of(client, LIST)
    count = grid["dashGridOptions"]["infiniteInitialRowCount"]
    first, second = ask(client, grid["id"], 0, BLOCK), ask(client, grid["id"], BLOCK, 2 * BLOCK)
    assert first["rowCount"] == second["rowCount"] == count > BLOCK
    assert len(first["rowData"]) == BLOCK
    keys = [row["id"] for row in (*first["rowData"], *second["rowData"])]
    assert len(set(keys)) == len(keys)
    fields = {definition["field"] for definition in grid["columnDefs"]}
    assert set(first["rowData"][0]) == {"id", *fields}
    assert ask(client, grid["id"], count + 10, count + 20) == {"rowData": [], "rowCount": count}


def test_rows_are_text_or_markup_and_never_code(client: FlaskClient) -> None:
    answer = ask(client, grid_of(client, LIST)["id"], 0, 5)
    for row in answer["rowData"]:
        for cell in row.values():
            assert isinstance(cell, str) or (cell["type"], cell["namespace"]) == ("Markup", "wuliang_fields")
    (link,) = [props for tag, props, _ in elements(answer["rowData"][0]["name"]) if tag == "a"]
    assert link["href"].startswith("?region=East&customer=")


def test_rows_are_of_the_version_that_the_grid_was_drawn_of(demo_folder: Path, tmp_path: Path) -> None:
    shutil.copytree(demo_folder, tmp_path, dirs_exist_ok=True)
    with app_over(tmp_path).server.test_client() as client:
        drawn = grid_of(client, LIST)
        before = ask(client, drawn["id"], 0, BLOCK)
        with Warehouse(Settings(data_dir=tmp_path).warehouse_dir).draft() as draft:
            draft.connection.execute("UPDATE order_line SET amount = 2 * amount")
            draft.publish("twice as much")
        assert ask(client, drawn["id"], 0, BLOCK) == before
        assert ask(client, grid_of(client, LIST)["id"], 0, BLOCK) != before
        assert ask(client, drawn["id"] | {"about": "7" + LIST}, 0, BLOCK) == {"rowData": [], "rowCount": None}


def test_a_grid_says_what_it_is_about(client: FlaskClient) -> None:
    """Other rows, another order or other data are another grid, which begins anew."""
    grids = [grid_of(client, search)["id"]["about"] for search in (LIST, "?region=East&tab=customer", "?region=North&tab=customer")]
    assert len(set(grids)) == 3
    assert read_about(grids[0]) == (LIST, 1)


@pytest.mark.parametrize(("first", "end"), [(None, 5), (-1, 5), (5, 5), ("0", "5"), (0.5, 2), (True, 4), ([], {})])
def test_a_request_for_no_rows_changes_nothing(client: FlaskClient, first: Any, end: Any) -> None:
    assert ask(client, grid_of(client, LIST)["id"], first, end) is None


@pytest.mark.parametrize("request_", [None, "rows", [1, 2], {}, {"startRow": 0}])
def test_what_is_no_request_changes_nothing(client: FlaskClient, request_: Any) -> None:
    assert answer_to(client, rows_body(grid_of(client, LIST)["id"], request_)) is None


def test_no_more_rows_are_given_than_a_few_blocks(client: FlaskClient) -> None:
    search = "?axis=category&category=MP&period=year&customer=C0001"
    content = panel(client, "children", search)
    assert words(content)
    part = {"type": "rows", "name": "children", "about": "1?period=ytd&tab=customer"}
    assert len(ask(client, part, 0, 10**9)["rowData"]) <= 10 * BLOCK


@pytest.mark.parametrize(
    "part",
    [
        {"type": "rows", "name": "kpis", "about": "1?"},
        {"type": "rows", "name": "children", "about": "nonsense"},
        {"type": "rows", "name": "children", "about": "1?region=Nowhere&tab=customer"},
    ],
)
def test_an_odd_grid_gets_an_answer(client: FlaskClient, part: dict[str, Any]) -> None:
    given = ask(client, part, 0, 10)
    assert given is None or given["rowData"] == [] or given["rowData"][0]["id"]


@pytest.mark.parametrize(
    "part",
    [
        {"type": "rows", "name": "nothing", "about": ""},
        {"type": "rows", "name": "children"},
        {"type": "rows", "name": "children", "about": 7},
        {"type": "rows", "name": "children", "about": "", "more": "x"},
        {"type": "panel", "name": "children"},
        {"type": "rows", "name": ["children"], "about": ""},
    ],
)
def test_a_part_that_no_page_has_answers_400(client: FlaskClient, part: dict[str, Any]) -> None:
    body = rows_body(part, {"startRow": 0, "endRow": 10})
    assert client.post("/_dash-update-component", json=body).status_code == 400


# --- files ------------------------------------------------------------------------------------------------------------------


def file_rows(client: FlaskClient, search: str) -> list[list[str]]:
    answer = client.get(f"/export/children.csv{search}")
    assert answer.status_code == 200, answer.text
    return list(csv.reader(StringIO(answer.data.decode("utf-8-sig"))))


def test_a_file_holds_all_rows_in_the_order_of_the_page(client: FlaskClient) -> None:
    grid = grid_of(client, LIST)
    heading, *rows = file_rows(client, LIST)
    assert heading[:3] == ["Customer", "Segment", "Actual"]
    assert len(rows) == grid["dashGridOptions"]["infiniteInitialRowCount"] + 1
    actual = [float(row[2]) for row in rows[:-1]]
    assert actual == sorted(actual, reverse=True)
    assert sum(actual) == pytest.approx(float(rows[-1][2]))


def test_a_file_holds_what_was_searched_for(client: FlaskClient) -> None:
    whole, found = file_rows(client, LIST), file_rows(client, f"{LIST}&find=water")
    assert 2 < len(found) < len(whole)
    assert set(map(tuple, found[1:-1])) < set(map(tuple, whole[1:-1]))


def test_a_file_of_documents_holds_all_of_them(client: FlaskClient) -> None:
    rows = file_rows(client, "?region=East&axis=category&category=MP&period=year&customer=C0001&tab=lines")
    assert rows[0][0] == "Order"


def test_the_same_as_a_workbook(client: FlaskClient) -> None:
    answer = client.get(f"/export/children.xlsx{LIST}")
    assert answer.status_code == 200
    book = CalamineWorkbook.from_filelike(BytesIO(answer.data))
    sheet = book.get_sheet_by_name("Breakdown").to_python()
    rows = file_rows(client, LIST)
    assert sheet[1] == rows[0]
    assert [row[0] for row in sheet[2:]] == [row[0] for row in rows[1:]]
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="children-')
