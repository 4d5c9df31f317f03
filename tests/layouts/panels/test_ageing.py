"""The ageing table: shades out of exact shares, columns by need, and figures that are not summed on the screen."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layouts.panels import heat
from layouts.panels.ageing import Ageing, View
from layouts.panels.heat import Cell, Heading, Line, shade
from layouts.parts import Value
from metrics.ageing import Receivables
from metrics.query import Missing
from tests.layouts.panels.hand import Board, M, aged
from tests.layouts.tree import of_type, text, with_class

PANEL = Ageing()
ROWS: dict[str | None, tuple[str, ...]] = {
    # not due, 1–30, 31–60, 61–90, 91–180, over 180, unapplied: millions, as drawn
    "O": ("29.7", "10.9", "8.8", "7.4", "8.1", "5.8", "0"),
    "E": ("68.4", "21.7", "14.9", "10.2", "9.6", "5.1", "0"),
    "S": ("24.3", "4.1", "1.9", "0.8", "0.6", "0.3", "0"),
    None: ("130.9", "28.5", "15.9", "8.7", "7.7", "3.9", "0"),
}


def answered(rows: dict[str | None, tuple[str, ...]], search: str = "", missing: Missing | None = None) -> tuple[Any, dict[str, Any]]:
    scope = Board().scope(search)
    asked = PANEL.needs(scope)["aged"]
    assert isinstance(asked, Receivables)
    return scope, {"aged": aged(asked, rows, missing=missing)}


def view(*args: Any) -> View:
    return PANEL.view(*answered(*args))


def board(*args: Any) -> heat.Board:
    found = view(*args).board
    assert found is not None
    return found


def test_the_shades_are_those_of_the_drawing() -> None:
    lines = {line.name: [cell.shade for cell in line.cells] for line in board(ROWS).lines}
    assert lines["Overseas"] == ["n0", "hs2", "hs3", "hs4", "hs4", "hs5", "sum"]
    assert lines["East"] == ["n1", "hs2", "hs3", "hs3", "hs3", "hs3", "sum"]
    assert lines["Southeast Asia and Pacific Distribution"] == ["n2", "hs1", "hs1", "hs0", "hs0", "hs0", "sum"]


positive = st.decimals(min_value="0.01", max_value="1e9", places=2)


@given(positive, positive, positive, positive)
def test_the_shade_is_the_number_of_steps_that_the_ratio_exceeds(amount: Decimal, row: Decimal, whole: Decimal, total: Decimal) -> None:
    ratio = (Fraction(amount) / Fraction(row)) / (Fraction(whole) / Fraction(total))
    steps = [Fraction(3, 5), Fraction(17, 20), Fraction(11, 10), Fraction(7, 5), Fraction(19, 10)]
    assert shade(amount, row, whole, total, due=True) == f"hs{sum(ratio > step for step in steps)}"
    assert shade(amount, row, whole, total, due=False) == f"n{sum(ratio > step for step in steps[1:3])}"


@pytest.mark.parametrize(
    ("step", "at", "above"),
    [("0.6", "hs0", "hs1"), ("0.85", "hs1", "hs2"), ("1.1", "hs2", "hs3"), ("1.4", "hs3", "hs4"), ("1.9", "hs4", "hs5")],
)
def test_a_ratio_on_a_step_still_belongs_below_it(step: str, at: str, above: str) -> None:
    hundred = Decimal(100)
    assert shade(Decimal(step), hundred, Decimal(1), hundred, due=True) == at
    assert shade(Decimal(step) + Decimal("0.0001"), hundred, Decimal(1), hundred, due=True) == above


def test_where_a_share_has_no_meaning_there_is_no_shade() -> None:
    one = Decimal(1)
    for row, whole, total in (
        (None, one, one),
        (one, None, one),
        (one, one, None),
        (-one, one, one),
        (one, -one, one),
        (one, one, Decimal(0)),
    ):
        assert shade(one, row, whole, total, due=True) == ""
    assert shade(Decimal(-1), one, one, one, due=True) == "hs0"


def test_the_company_row_and_the_rates_are_asked_for() -> None:
    found = board(ROWS)
    assert found.total == Line(
        "Company",
        "",
        "",
        (
            Cell("253.3", narrow=False),
            Cell("65.2"),
            Cell("41.5"),
            Cell("27.1"),
            Cell("26.0"),
            Cell("15.1"),
            Cell("428.2", "sum", narrow=False),
        ),
        Value("40.8%"),
    )
    assert [line.rate.text for line in found.lines] == ["57.9%", "47.3%", "24.0%", "33.0%"]
    assert found.lines[-1].name == "Without region"
    assert (found.lines[0].href, found.lines[-1].href) == ("?region=O", "")


def test_unapplied_cash_has_a_column_of_its_own_where_there_is_any() -> None:
    assert [heading.text for heading in board(ROWS).headings] == ["Not due", "1–30", "31–60", "61–90", "91–180", ">180", "Total", "Overdue"]
    with_cash = {**ROWS, "S": ("24.3", "4.1", "1.9", "0.8", "0.6", "0.3", "-2.5")}
    found = board(with_cash)
    assert Heading("Unapplied", narrow=False) in found.headings
    line = next(line for line in found.lines if line.name.startswith("South"))
    assert line.cells[6] == Cell("−2.5", narrow=False)
    # Unapplied cash lowers the total and leaves the rate, which is of open invoices.
    assert line.cells[7].text == "29.5"
    assert line.rate == Value("24.0%")


def test_a_bucket_without_invoices_is_zero() -> None:
    found = board({"E": ("5", "0", "0", "0", "0", "1", "0")})
    assert [line.name for line in found.lines] == ["East"]
    assert [cell.text for cell in found.lines[0].cells[:3]] == ["5.0", "0.0", "0.0"]
    assert found.total.cells[1].text == "0.0"


def test_full_amounts_that_do_not_fit_the_card_are_shown_in_a_larger_unit_and_in_full_in_the_table() -> None:
    large = view(ROWS, "?unit=full")
    assert large.caption.startswith("¥\u00a0M, ")
    assert board(ROWS, "?unit=full").lines[0].cells[0].text == "29.7"
    table = PANEL.table(*answered(ROWS, "?unit=full"))
    assert (table.rows[0][1], table.caption.split(", ")[1]) == ("29,700,000", "¥")
    small = board({"E": ("5", "0", "0", "0", "0", "1", "0")}, "?unit=full")
    assert small.lines[0].cells[0].text == "5,000,000"


def test_the_empty_states_tell_paid_from_unknown() -> None:
    unknown = view({}, "", Missing("no_data"))
    assert unknown.empty == ("No receivables to show", "There are no invoices in the data")
    paid = view({})
    assert paid.empty == ("Nothing is owed on 13 Sep 2026", "Every invoice is paid")
    assert "Every invoice is paid" in text(PANEL.render(paid))


def test_it_is_a_real_table_with_headings_for_rows_and_columns() -> None:
    tree = PANEL.render(view(ROWS))
    heads = of_type(tree, "Th")
    assert [head.scope for head in heads].count("col") == 9
    assert [head.scope for head in heads].count("row") == 5
    assert len(with_class(tree, "hs5")) == 1
    assert [link.href for link in of_type(tree, "A")] == ["?region=O", "?region=E", "?region=S"]
    # A phone leaves out what is not due and the total.
    assert {text(part) for part in with_class(tree, "sm") if type(part).__name__ == "Th"} == {"Not due", "Total"}


def test_in_chinese_and_below_a_region() -> None:
    scope, answers = answered({"E1": ("5", "1", "0", "0", "0", "0", "0")}, "?language=zh&region=E")
    found = PANEL.view(scope, answers)
    assert found.board is not None
    assert found.board.lines[0].name == "江苏"
    assert found.board.lines[0].href == "?region=E&area=E1&language=zh"
    assert found.board.total.name == "华东"
    assert "万元" in found.caption


def test_the_table_carries_the_exact_values() -> None:
    scope, answers = answered(ROWS)
    table = PANEL.table(scope, answers)
    assert table.raw[0][:3] == ("Overseas", Decimal("29.7") * M, Decimal("10.9") * M)
    assert sum(table.raw[0][1:7]) == table.raw[0][7]
    assert table.columns[2] == "1–30 d"
    assert {len(row) for row in (*table.rows, *table.raw, table.columns)} == {9}


def test_a_period_that_is_over_shows_what_was_owed_at_its_end() -> None:
    scope = Board().scope("?period=2026Q2")
    assert {query.as_of for query in PANEL.needs(scope).values()} == {date(2026, 6, 30)}
    scope, answers = answered(ROWS, "?period=2026Q2")
    assert "30 Jun" in PANEL.view(scope, answers).caption
