"""The list of what a place is made of, on the demo company: tabs, columns, order, search, links, files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from data.settings import Settings
from data.warehouse import Warehouse
from layouts.grid import BLOCK, SHORT
from layouts.panels.children import Children, View, tab_of, tabs_of
from layouts.resolving import resolve
from layouts.urls import Scope, parse_address
from metrics.engine import Engine
from metrics.query import Query
from metrics.scope import Filter
from tests.layouts.tree import of_type, text, walk, with_class
from tests.metrics.goods import Sale, company

EAST = "?region=East"
PANEL = Children()


@pytest.fixture(scope="module")
def engine(demo_warehouse: Warehouse) -> Engine:
    return Engine(demo_warehouse, Settings())


@pytest.fixture(scope="module")
def customer(engine: Engine) -> str:
    """The customer in East who bought most."""
    scope = scope_of(engine, EAST)
    rows = engine.run(
        Query(measures=("amount",), by=("customer",), period=scope.period, as_of=scope.as_of, where=scope.where, order="-amount")
    )
    return str(rows.rows[0]["customer"])


def scope_of(engine: Engine, search: str) -> Scope:
    address, notices = parse_address(search)
    assert not notices
    scope, more = resolve(address, engine.snapshot(), Settings(), engine.members)
    assert not [notice for notice in more if notice.is_loss]
    return scope


def answered(engine: Engine, questions: Mapping[str, Any]) -> dict[str, Any]:
    return {key: engine.answer(question) for key, question in questions.items()}


def looked_at(engine: Engine, search: str) -> tuple[Scope, dict[str, Any], View]:
    scope = scope_of(engine, search)
    results = answered(engine, PANEL.needs(scope))
    return scope, results, PANEL.view(scope, results)


def file_of(engine: Engine, search: str) -> tuple[tuple[str, ...], list[dict[str, Any]]]:
    """Headings, and the exact rows by heading."""
    scope = scope_of(engine, search)
    table = PANEL.table(scope, answered(engine, PANEL.whole(scope)))
    assert len(table.rows) == len(table.raw)
    assert {len(row) for row in (*table.rows, *table.raw)} == {len(table.columns)}
    return table.columns, [dict(zip(table.columns, row, strict=True)) for row in table.raw]


# --- tabs -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("search", "tabs"),
    [
        ("", ("region", "area", "rep", "customer", "product")),
        (EAST, ("area", "rep", "customer", "product")),
        ("?area=Jiangsu", ("rep", "customer", "product")),
        ("?rep=R007", ("customer", "product")),
        ("?region=East&measure=collections", ("area", "rep", "customer")),
        ("?axis=category", ("category", "product", "region", "area", "rep", "customer")),
        ("?axis=category&category=MP", ("product", "region", "area", "rep", "customer")),
        ("?axis=segment", ("segment", "customer", "region", "area", "rep", "product")),
    ],
)
def test_tabs_go_from_the_level_below_to_the_finest(engine: Engine, search: str, tabs: tuple[str, ...]) -> None:
    scope = scope_of(engine, search)
    assert tabs_of(scope) == tabs
    assert tab_of(scope) == tabs[0]


def test_at_a_customer_come_the_documents(engine: Engine, customer: str) -> None:
    assert tabs_of(scope_of(engine, f"?customer={customer}")) == ("lines", "invoices", "product")
    assert tabs_of(scope_of(engine, f"?customer={customer}&measure=collections")) == ("invoices", "lines")
    assert tabs_of(scope_of(engine, f"?customer={customer}&axis=category&category=MP")) == ("lines", "product")


def test_documents_that_the_data_has_none_of_are_no_tab(engine: Engine, customer: str) -> None:
    scope = scope_of(engine, f"?customer={customer}")
    coverage = {name: c for name, c in scope.snapshot.coverage.items() if name not in ("invoice", "receivable_event")}
    assert tabs_of(replace(scope, snapshot=replace(scope.snapshot, coverage=coverage))) == ("lines", "product")
    assert tabs_of(replace(scope, snapshot=replace(scope.snapshot, coverage={}))) == ("lines", "product")


def test_an_empty_list_denies_targets_only_where_there_could_be_some(engine: Engine) -> None:
    before = "&period=2019Q3"
    assert "neither facts nor targets" in looked_at(engine, f"{EAST}{before}")[2].empty[1]
    assert looked_at(engine, f"{EAST}{before}&tab=customer")[2].empty[1] == "Q3 2019: no facts. Choose another period or scope."


def test_a_tab_that_is_none_here_is_the_first(engine: Engine) -> None:
    assert tab_of(scope_of(engine, "?region=East&tab=invoices")) == "area"


@pytest.mark.parametrize("search", ["", EAST, "?rep=R007", "?axis=category", "?region=East&measure=collections&period=month"])
def test_each_tab_says_how_many_rows_it_has(engine: Engine, search: str) -> None:
    scope, _, view = looked_at(engine, search)
    assert [tab.current for tab in view.tabs] == [True, *(False for _ in view.tabs[1:])]
    for tab, name in zip(view.tabs, tabs_of(scope), strict=True):
        _, results, _ = looked_at(engine, scope.link(tab=name))
        members = [row for row in results["rows"].rows if row[name] is not None]
        assert tab.count == f"{len(members):,}"


# --- rows -----------------------------------------------------------------------------------------------------------------


def test_areas_stand_with_the_worst_gap_first_and_add_up_to_the_total(engine: Engine) -> None:
    _, rows = file_of(engine, EAST)
    *areas, total = rows
    assert [row["Gap to pace"] for row in areas] == sorted(row["Gap to pace"] for row in areas)
    for column in ("Actual", "Target", "Gap to pace"):
        assert sum(row[column] for row in areas) == total[column]
    scope = scope_of(engine, EAST)
    measures = ("amount", "amount_target", "amount_completion", "margin_rate", "collections_completion", "amount_days")
    whole = engine.run(Query(measures=measures, by=("area",), period=scope.period, as_of=scope.as_of, where=scope.where))
    named = {engine.members("area")[row["area"]].name: row for row in whole.rows}
    for row in areas:
        expected = named[row["Area"]]
        shown = (row["Actual"], row["Target"], row["Done"], row["Margin rate"], row["Collections"], row["Days"])
        assert shown == tuple(expected[name] for name in measures)


def test_a_row_shows_its_figures_in_words_and_leads_one_level_down(engine: Engine) -> None:
    scope, results, view = looked_at(engine, EAST)
    columns = {column.key: i for i, column in enumerate(view.grid.columns)}
    assert list(columns) == ["name", "bar", "done", "actual", "target", "gap", "days", "margin", "collected", "reps", "at-risk", "status"]
    first, row = view.grid.lines[0], results["rows"].rows[0]
    assert first.href == scope.into("area", row["area"]) == f"?region=East&area={row['area']}"
    assert text(first.cells[columns["done"]]) == scope.number.share(row["amount_completion"])
    assert text(first.cells[columns["gap"]]).startswith("−")
    link = of_type(first.cells[0], "A")[0]
    assert (link.href, link.className) == (first.href, "into nm-t")
    assert with_class(first.cells[columns["bar"]], "bullet")
    assert view.grid.total is not None
    assert view.grid.total.cells[0] == "East"


def test_against_last_year_a_list_stands_beside_it(engine: Engine) -> None:
    columns, rows = file_of(engine, "?region=East&against=py")
    assert columns[:5] == ("Area", "Actual", "Last year", "Change", "Change %")
    assert [row["Change"] for row in rows[:-1]] == sorted(row["Change"] for row in rows[:-1])
    assert rows[-1]["Change"] == rows[-1]["Actual"] - rows[-1]["Last year"]


def test_customers_have_no_target_and_are_held_against_last_year(engine: Engine) -> None:
    columns, rows = file_of(engine, "?region=East&tab=customer")
    assert columns == ("Customer", "Segment", "Actual", "Last year", "Change", "Change %", "Share", "Margin rate", "Collections")
    *customers, total = rows
    assert [row["Change"] for row in customers] == sorted(row["Change"] for row in customers)
    assert all(row["Change"] == row["Actual"] - row["Last year"] for row in customers)
    assert sum(row["Actual"] for row in customers) == total["Actual"]
    assert sum(row["Share"] for row in customers) == pytest.approx(1)
    new = [row for row in customers if not row["Last year"]]
    assert new
    assert all(row["Change %"] is None for row in new)


def test_what_has_no_value_says_why(engine: Engine) -> None:
    _, _, view = looked_at(engine, "?region=East&tab=customer&sort=-change-rate&columns=change-rate,margin")
    grid = PANEL.rows(*looked_at(engine, "?region=East&tab=customer&sort=change-rate&columns=change-rate,margin")[:2], 0, 10_000)[0]
    dashes = [row["change-rate"] for row in grid if text(row["change-rate"]).startswith("—")]
    assert dashes
    assert {cell.title for cell in dashes} == {"Nothing was there a year ago"}
    assert view.grid.count > SHORT


@pytest.mark.parametrize("sort", ["name", "-name", "actual", "-actual", "gap", "-reps", "at-risk", "status", "margin", "-bar"])
def test_a_list_is_sorted_by_any_column(engine: Engine, sort: str) -> None:
    scope, results, view = looked_at(engine, f"?region=East&sort={sort}")
    key = sort.removeprefix("-")
    by = {column.key: column for column in view.grid.columns}
    assert by[key].sorted == ("descending" if sort.startswith("-") else "ascending")
    assert by[key].href == scope.link(sort=key if sort.startswith("-") else f"-{key}")
    assert {column.sorted for column in view.grid.columns if column.key != key} == {""}
    ranked = results["rows"]
    order = {"name": "", "gap": "amount_gap", "actual": "amount", "reps": "reps", "at-risk": "at_risk", "margin": "margin_rate",
             "status": "amount_pace", "bar": "amount_completion"}[key]  # fmt: skip
    values = [row[order] if order else ranked.label(row["area"]).casefold() for row in ranked.rows]
    assert values == sorted(values, reverse=sort.startswith("-"))


def test_bars_of_members_without_a_target_are_compared_with_the_largest(tmp_path: Path) -> None:
    """Also beside a target that belongs to none of them."""
    sold: list[Sale] = [(date(2026, 8, 3), "r1", "p1", 1000), (date(2026, 8, 3), "r1", "q1", 4000)]
    engine = company(tmp_path, targets=[("region", "E", "", 4500)], sales=sold)
    _, _, view = looked_at(engine, "?axis=category&period=2026Q3&as-of=2026-08-03")
    bars = {text(line.cells[0]): with_class(line.cells[1], "bullet")[0].style["--a"] for line in view.grid.lines}
    assert bars == {"Pumps": 0.25, "Seals": 1.0, "Unallocated target": 0.0}
    assert [column.key for column in view.grid.columns if column.brief] == ["name", "bar", "actual"]


def test_a_phone_shows_what_is_done_of_targets_and_the_gap_where_there_are_targets(engine: Engine) -> None:
    _, _, view = looked_at(engine, EAST)
    assert [column.key for column in view.grid.columns if column.brief] == ["name", "bar", "done", "gap"]
    _, _, view = looked_at(engine, f"{EAST}&tab=customer")
    assert [column.key for column in view.grid.columns if column.brief] == ["name", "change", "change-rate"]


def test_a_heading_sorts_the_worst_first(engine: Engine) -> None:
    scope, _, view = looked_at(engine, "?region=East&sort=name")
    links = {column.key: column.href for column in view.grid.columns}
    assert links["gap"] == scope.link(sort="gap")
    assert links["actual"] == scope.link(sort="-actual")
    assert links["name"] == scope.link(sort="-name")


def test_a_search_narrows_the_rows_and_not_the_total_or_the_tabs(engine: Engine) -> None:
    _, _, whole = looked_at(engine, "?region=East&tab=customer")
    _scope, _results, found = looked_at(engine, "?region=East&tab=customer&find=water")
    assert 0 < found.grid.count < whole.grid.count
    assert found.grid.total is not None
    assert whole.grid.total is not None
    assert [text(cell) for cell in found.grid.total.cells] == [text(cell) for cell in whole.grid.total.cells]
    assert [tab.count for tab in found.tabs] == [tab.count for tab in whole.tabs]
    assert found.search == ("Search", "water")
    assert found.caption.startswith(f"{found.grid.count} found")
    _, rows = file_of(engine, "?region=East&tab=customer&find=water")
    assert len(rows) == found.grid.count + 1


def test_a_search_for_nothing_there_says_so_and_offers_all(engine: Engine) -> None:
    scope, _, view = looked_at(engine, "?region=East&tab=customer&find=zzzz")
    tree = PANEL.render(view)
    assert "Nothing here is called 'zzzz'" in text(tree)
    assert scope.link(find="") in [getattr(part, "href", "") for part in walk(tree)]


# --- columns --------------------------------------------------------------------------------------------------------------


def test_columns_can_be_chosen_and_taken_back(engine: Engine) -> None:
    _, _, usual = looked_at(engine, EAST)
    hide = next(choice for choice in usual.choices if choice.name == "Days")
    assert hide.shown
    _, _, fewer = looked_at(engine, hide.href)
    assert [c.key for c in fewer.grid.columns] == [c.key for c in usual.grid.columns if c.key != "days"]
    back = next(choice for choice in fewer.choices if choice.name == "Days")
    assert (back.shown, back.href) == (False, EAST)
    more = next(choice for choice in usual.choices if choice.name == "Needed per day")
    _scope, results, view = looked_at(engine, more.href)
    assert "needed" in [c.key for c in view.grid.columns]
    assert results["rows"].rows[0]["amount_needed"] is not None
    assert view.usual == ("The usual columns", EAST)


def test_columns_of_another_list_are_not_taken_for_this_one(engine: Engine, customer: str) -> None:
    _, _, view = looked_at(engine, f"?customer={customer}&columns=actual,margin")
    assert len(view.grid.columns) > 3
    assert [c.key for c in looked_at(engine, "?region=East&columns=py,change")[2].grid.columns][1] == "bar"


def test_only_what_is_shown_is_asked(engine: Engine) -> None:
    needs = PANEL.needs(scope_of(engine, "?region=East&columns=actual"))
    assert set(needs["rows"].query.measures) == {"amount", "amount_py", "amount_target", "amount_gap", "amount_status"}
    assert needs["rows"].tier == ""


@pytest.mark.parametrize(
    "search",
    [
        "?measure=volume",
        "?measure=margin&tab=customer",
        "?measure=collections&tab=customer",
        "?measure=profit&axis=category&category=MP&tab=customer",
        "?axis=category",
        "?axis=segment",
        "?period=2019",
    ],
)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_list_can_be_drawn_with_all_its_columns(engine: Engine, search: str, language: str) -> None:
    _, _, view = looked_at(engine, f"{search}&language={language}")
    keys = [part for choice in view.choices for part in parse_address(choice.href)[0].columns.split(",") if part]
    scope, results, view = looked_at(
        engine, f"{search}&language={language}" + (f"&columns={','.join(dict.fromkeys(keys))}" if keys else "")
    )
    assert text(PANEL.render(view))
    page, count = PANEL.rows(scope, results, 0, BLOCK)
    assert (len(page), count) == (min(BLOCK, view.grid.count), view.grid.count)


# --- documents --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("tab", ["lines", "invoices"])
def test_documents_are_those_of_the_customer_to_the_cent(engine: Engine, customer: str, tab: str) -> None:
    search = f"?customer={customer}&tab={tab}&period=year"
    scope, _results, view = looked_at(engine, search)
    assert scope.where == (Filter("customer", (customer,)),)
    _, rows = file_of(engine, search)
    assert len(rows) == view.grid.count > 0
    measures = {"lines": {"Amount": "amount", "Cost": "cost", "Margin": "margin", "Quantity": "volume"}, "invoices": {"Open": "open"}}[tab]
    whole = engine.run(Query(measures=tuple(measures.values()), period=scope.period, as_of=scope.as_of, where=scope.where)).only()
    for heading, measure in measures.items():
        assert sum(row[heading] for row in rows) == whole[measure]
    total = view.grid.total
    assert total is not None
    shown = {column.heading: text(cell) for column, cell in zip(view.grid.columns, total.cells, strict=True)}
    heading, measure = next(iter(measures.items()))
    assert shown[heading] == f"{whole[measure]:,.2f}"


def test_a_member_that_all_documents_share_is_no_column(engine: Engine, customer: str) -> None:
    _, _, view = looked_at(engine, f"?customer={customer}")
    assert "customer" not in [column.key for column in view.grid.columns]
    assert {"product", "price", "margin", "rep"} < {column.key for column in view.grid.columns}


def test_a_customer_without_orders_is_offered_last_year(engine: Engine) -> None:
    scope = scope_of(engine, EAST)
    rows = engine.run(
        Query(measures=("amount", "amount_py"), by=("customer",), period=scope.period, as_of=scope.as_of, where=scope.where)
    ).rows
    lost = next(row["customer"] for row in rows if not row["amount"] and row["amount_py"])
    _, _, view = looked_at(engine, f"?customer={lost}")
    assert view.grid.count == 0
    assert view.offer == ("Show Q3 2025", f"?period=2025Q3&customer={lost}")
    assert looked_at(engine, view.offer[1])[2].grid.count > 0


# --- long lists -------------------------------------------------------------------------------------------------------------


def test_a_short_list_is_a_table_and_a_long_one_a_grid(engine: Engine) -> None:
    short = PANEL.render(looked_at(engine, EAST)[2])
    assert len(of_type(short, "Table")) == 1
    assert not of_type(short, "AgGrid")
    _, results, view = looked_at(engine, "?region=East&tab=customer")
    (grid,) = of_type(PANEL.render(view), "AgGrid")
    assert grid.rowModelType == "infinite"
    assert grid.dashGridOptions["infiniteInitialRowCount"] == len(results["rows"].rows)
    assert not hasattr(grid, "rowData")
    assert not getattr(grid, "dangerously_allow_code", False)


def test_pages_of_a_long_list_put_together_are_the_file(engine: Engine) -> None:
    search = "?region=East&tab=customer&sort=-actual"
    scope, _results, view = looked_at(engine, search)
    pages = [PANEL.rows(scope, answered(engine, PANEL.page(scope, at, 50)), at, 50) for at in range(0, view.grid.count, 50)]
    rows = [row for page, count in pages for row in page if count == view.grid.count]
    names = [text(of_type(row["name"], "A")) for row in rows]
    _, exact = file_of(engine, search)
    assert names == [row["Customer"] for row in exact[:-1]]
    assert len({row["id"] for row in rows}) == len(rows) == view.grid.count
    assert isinstance(exact[0]["Actual"], Decimal)


def test_the_unit_of_a_list_is_the_same_on_every_page(engine: Engine) -> None:
    _, _, view = looked_at(engine, "?region=East&tab=customer&sort=-actual")
    _, _, turned = looked_at(engine, "?region=East&tab=customer&sort=actual")
    assert view.caption == turned.caption
    assert "¥" in view.caption


# --- the seam for the main driver ---------------------------------------------------------------------------------------------


class Said:
    """A driver that knows something of one area."""

    def needs(self, scope: Scope, dimension: str) -> Mapping[str, Any]:
        return {}

    def words(self, scope: Scope, results: Mapping[str, Any], rows: Any) -> Mapping[str | None, str]:
        return {row["area"]: "Lost Bohe" for row in rows if row["area"] == "Jiangsu"}


def test_the_main_driver_is_a_column_where_it_is_known(engine: Engine) -> None:
    panel, scope = Children(Said()), scope_of(engine, EAST)
    results = answered(engine, panel.needs(scope))
    view = panel.view(scope, results)
    assert view.grid.columns[-1].heading == "Main driver"
    assert [line.cells[-1] for line in view.grid.lines if line.key == "Jiangsu"] == ["Lost Bohe"]
    assert "driver" not in [column.key for column in looked_at(engine, EAST)[2].grid.columns]
