"""The ageing heatmap: splits, ages and shares as links, cells that lead to their invoices, and rows that add up."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from data.settings import Settings
from layouts.panels.heat import Board as Drawn
from layouts.panels.heat import Cell, Line
from layouts.panels.heatmap import Choice, Heatmap, View, split_of, splits_of
from layouts.parts import Value
from metrics.ageing import Receivables
from metrics.query import Missing
from metrics.scope import Filter
from tests.layouts.panels.hand import Board, M, aged
from tests.layouts.tree import of_type, text, with_class

PANEL = Heatmap()
ROWS: dict[str | None, tuple[str, ...]] = {
    # not due, 1–30, 31–60, 61–90, 91–180, over 180, unapplied: millions
    "O": ("29.7", "10.9", "8.8", "7.4", "8.1", "5.8", "-1.5"),
    "E": ("68.4", "21.7", "14.9", "10.2", "0", "5.1", "0"),
    None: ("0.9", "0.5", "0", "0", "0", "0", "0"),
}


def answered(rows: dict[str | None, tuple[str, ...]], search: str = "", **how: Any) -> tuple[Any, dict[str, Any]]:
    scope = Board().scope(search)
    asked = PANEL.needs(scope)["aged"]
    assert isinstance(asked, Receivables)
    return scope, {"aged": aged(asked, rows, **how)}


def view(*args: Any, **how: Any) -> View:
    return PANEL.view(*answered(*args, **how))


def board(*args: Any, **how: Any) -> Drawn:
    found = view(*args, **how).board
    assert found is not None
    return found


def line(name: str, *args: Any, **how: Any) -> Line:
    drawn = board(*args, **how)
    return next(found for found in (*drawn.lines, drawn.total) if found.name == name)


# --- what is asked ------------------------------------------------------------------------------------------------------------


def asked(search: str) -> Receivables:
    found = PANEL.needs(Board().scope(search))["aged"]
    assert isinstance(found, Receivables)
    return found


def test_the_address_says_what_is_asked() -> None:
    today = date(2026, 9, 13)
    assert asked("") == Receivables(split="region", as_of=today)
    assert asked("?split=customer") == Receivables(split="customer", as_of=today, order="overdue")
    assert asked("?split=month&ages=invoice") == Receivables(split="invoice_month", aged="age", as_of=today, order="newest", rows=36)
    assert asked("?region=E&as-of=2026-08-01") == Receivables(split="area", as_of=date(2026, 8, 1), where=(Filter("region", ("E",)),))
    assert asked("?category=P&split=segment").where == (Filter("category", ("P",)),)


def test_a_period_that_is_over_is_looked_at_at_its_end() -> None:
    assert {question.as_of for question in PANEL.needs(Board().scope("?period=2026Q2")).values()} == {date(2026, 6, 30)}


def test_a_file_has_every_member() -> None:
    whole = PANEL.whole(Board().scope("?split=customer"))["aged"]
    assert isinstance(whole, Receivables)
    assert whole.rows > 10**6


@pytest.mark.parametrize(
    ("search", "possible", "usual"),
    [
        ("", ("region", "area", "rep", "customer", "segment", "category", "invoice_month"), "region"),
        ("?region=E", ("area", "rep", "customer", "segment", "category", "invoice_month"), "area"),
        ("?region=E&area=E1", ("rep", "customer", "segment", "category", "invoice_month"), "rep"),
        ("?rep=r1", ("customer", "segment", "category", "invoice_month"), "customer"),
        ("?customer=c1", ("category", "invoice_month"), "category"),
        ("?customer=c1&category=P", ("invoice_month",), "invoice_month"),
        ("?segment=S", ("region", "area", "rep", "customer", "category", "invoice_month"), "region"),
        ("?region=E&split=region", ("area", "rep", "customer", "segment", "category", "invoice_month"), "area"),
    ],
)
def test_what_is_settled_is_no_split(search: str, possible: tuple[str, ...], usual: str) -> None:
    scope = Board().scope(search)
    assert splits_of(scope) == possible
    assert split_of(scope) == usual


# --- what is shown ------------------------------------------------------------------------------------------------------------


def test_a_cell_has_its_amount_its_share_and_its_invoices() -> None:
    overseas = line("Overseas", ROWS)
    assert overseas.href == "?region=O"
    assert overseas.cells[2] == Cell("8.8", "hs2", True, "12%", "?region=O&tab=invoices&bucket=31-60", "Invoices of Overseas, 31–60 d")
    assert overseas.cells[0].href == "?region=O&tab=invoices&bucket=not_due"
    # Unapplied cash is part of the total, and of no share; it has no invoices.
    assert overseas.cells[6] == Cell("−1.5", narrow=False)
    assert overseas.cells[7].text == "69.2"
    assert overseas.rate.text == "57.9%"


def test_a_row_that_credit_notes_outweigh_has_no_shares() -> None:
    east = line("East", {**ROWS, "E": ("-90", "20", "0", "0", "0", "0", "0")})
    assert [(cell.text, cell.small, cell.shade) for cell in east.cells[:2]] == [("−90.0", "—", ""), ("20.0", "—", "")]
    assert east.rate == Value("—", "Credit notes cover the open invoices")
    equal, cash = {"E": ("-20", "20", "0", "0", "0", "0", "0")}, {"E": ("0", "0", "0", "0", "0", "0", "-5")}
    assert line("East", equal).rate == Value("—", "Credit notes cover the open invoices")
    assert line("East", cash).rate == Value("—", "Nothing is open")


def test_shares_stand_above_where_they_are_asked_for() -> None:
    cell = line("Overseas", ROWS, "?shares=1").cells[2]
    assert (cell.text, cell.small) == ("12%", "8.8")
    assert line("Overseas", ROWS, "?shares=1").cells[6].text == "−1.5"


def test_a_bucket_without_invoices_leads_nowhere() -> None:
    cell = line("East", ROWS).cells[4]
    assert (cell.text, cell.small, cell.href) == ("0.0", "0%", "")


def test_a_cell_of_the_company_row_sets_the_bucket_alone() -> None:
    company = line("Company", ROWS, "?split=segment")
    hrefs = [cell.href for cell in company.cells[:2]]
    assert hrefs == ["?tab=invoices&split=segment&bucket=not_due", "?tab=invoices&split=segment&bucket=1-30"]
    assert {cell.shade for cell in company.cells[:7]} == {""}
    assert company.href == ""


def test_the_bucket_that_is_listed_is_marked_and_leads_back() -> None:
    company = line("Company", ROWS, "?tab=invoices&bucket=1-30")
    assert [cell.current for cell in company.cells] == [False, True, *[False] * 6]
    assert company.cells[1].href == "?"
    assert company.cells[2].href == "?tab=invoices&bucket=31-60"
    overseas = line("Overseas", ROWS, "?tab=invoices&bucket=1-30")
    assert not any(cell.current for cell in overseas.cells)
    assert overseas.cells[1].href == "?region=O&tab=invoices&bucket=1-30"
    assert overseas.cells[1].href == line("Overseas", ROWS, "?tab=invoices&bucket=1-30&invoice=I1").cells[1].href


def test_a_split_is_left_where_a_cell_leads_into_its_member() -> None:
    customer = line("Bohe", {"c1": ROWS["E"]}, "?region=E&split=customer")
    assert customer.href == "?region=E&customer=c1"
    assert customer.cells[1].href == "?region=E&customer=c1&tab=invoices&bucket=1-30"


def test_months_have_no_address_of_their_own_but_their_invoices_have() -> None:
    found = line("Aug 2026", {"2026-08": ROWS["E"]}, "?split=month")
    assert found.href == "?tab=invoices&split=month&invoiced=2026-08"
    assert found.cells[1].href == "?tab=invoices&split=month&bucket=1-30&invoiced=2026-08"
    marked = line("Aug 2026", {"2026-08": ROWS["E"]}, "?split=month&tab=invoices&bucket=1-30&invoiced=2026-08")
    assert [cell.current for cell in marked.cells] == [False, True, *[False] * 5]
    assert marked.cells[1].href == "?split=month"


def test_what_belongs_to_nobody_and_the_rest_lead_nowhere_and_add_up() -> None:
    rest = ("1", "1", "0", "0", "0", "0", "0")
    drawn = board(ROWS, "?split=segment", rest=rest, count=12)
    assert [found.name for found in drawn.lines] == ["O", "E", "12 others", "Not assigned"]
    for found in drawn.lines[2:]:
        assert {found.href, *(cell.href for cell in found.cells)} == {""}
    scope, results = answered(ROWS, "?split=segment", rest=rest, count=12)
    table = PANEL.table(scope, results)
    assert [sum(row[i] for row in table.raw[:-1]) for i in range(1, 9)] == list(table.raw[-1][1:9])
    assert table.raw[-1][8] == sum(table.raw[-1][1:8]) == Decimal("192.9") * M


def test_by_invoice_day_nothing_is_not_due() -> None:
    rows: dict[str | None, tuple[str, ...]] = {"E": ("68.4", "21.7", "14.9", "10.2", "5.1", "-1"), "O": ("1",) * 6}
    drawn = board(rows, "?ages=invoice")
    assert [heading.whole for heading in drawn.headings] == [
        "0–30 d", "31–60 d", "61–90 d", "91–180 d", ">180 d", "Unapplied", "Total", "Overdue",
    ]  # fmt: skip
    assert drawn.lines[0].cells[0].href == "?region=E&tab=invoices&ages=invoice&bucket=0-30"
    assert drawn.lines[0].cells[0].shade.startswith("hs")


def test_the_choices_are_links() -> None:
    found = dict(view(ROWS, "?split=rep&bucket=1-30&tab=invoices").choices)
    assert [(choice.name, choice.current) for choice in found["Split by"]] == [
        ("Regions", False), ("Areas", False), ("Reps", True), ("Customers", False), ("Segments", False), ("Categories", False),
        ("Invoice months", False),
    ]  # fmt: skip
    assert found["Split by"][0].href == "?tab=invoices&bucket=1-30"
    assert found["Split by"][6].href == "?tab=invoices&split=month&bucket=1-30"
    # Other buckets: none stays chosen.
    assert found["Age"] == (
        Choice("By due day", "?tab=invoices&split=rep&bucket=1-30", True),
        Choice("By invoice day", "?tab=invoices&split=rep&ages=invoice", False),
    )
    assert found["Cells"][1] == Choice("Shares", "?tab=invoices&split=rep&shares=1&bucket=1-30", False)


def test_the_caption_says_unit_day_and_order() -> None:
    assert view(ROWS).caption == "¥\u00a0M and share of the row, 13 Sep, highest overdue rate first"
    assert view(ROWS, "?split=customer").caption.endswith("most overdue first")
    assert view(ROWS, "?language=zh").caption == "万元及占本行比例，9月13日，逾期率从高到低"


def test_nothing_owed_is_said_and_the_choices_stay() -> None:
    paid = view({})
    assert paid.board is None
    assert paid.empty == ("Nothing is owed on 13 Sep 2026", "Every invoice is paid")
    tree = PANEL.render(paid)
    assert "Every invoice is paid" in text(tree)
    assert "By invoice day" in text(tree)
    unknown = view({}, missing=Missing("no_data"))
    assert unknown.empty == ("No receivables to show", "There are no invoices in the data")


def test_it_is_a_table_of_links_with_a_legend() -> None:
    tree = PANEL.render(view(ROWS))
    heads = of_type(tree, "Th")
    assert [head.scope for head in heads].count("col") == 10
    assert [head.scope for head in heads].count("row") == 4
    assert len(of_type(with_class(tree, "scale")[0], "I")) == 6
    cells = [link for link in of_type(tree, "A") if "bucket=" in link.href and link.title]
    assert len(cells) == 6 + 5 + 6
    assert all(link.title.startswith("Invoices of") for link in cells)


def test_the_method_says_what_the_settings_are() -> None:
    scope = Board().scope("")
    words = " ".join(PANEL.method(scope))
    assert "60%, 85%, 110%, 140%, 190%" in words


def test_other_edges_are_other_columns() -> None:
    custom = replace(Board(), settings=Settings(ageing_edges=(45, 90)))
    scope = custom.scope("?bucket=46-90&tab=invoices")
    assert scope.address.bucket == "46-90"
