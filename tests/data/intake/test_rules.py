"""Every rule that rows must keep, with what it says to the person."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from data.intake import RowsRejected

if TYPE_CHECKING:
    from .conftest import Source

STAR = """
[files]
regions = "regions.csv"
areas = "areas.csv"
reps = "reps.csv"
customers = "customers.csv"
{files}
[tables.region]
from = "regions"
columns = {{ region_id = "id", name = "name" }}
[tables.area]
from = "areas"
columns = {{ area_id = "id", region_id = "region" }}
[tables.rep]
from = "reps"
columns = {{ rep_id = "id", name = "name", manager_id = "manager", area_id = "area" }}
[tables.customer]
from = "customers"
columns = {{ customer_id = "id", name = "name", terms_days = "terms", credit_limit = "limit" }}
{tables}
"""
LINES = """
[tables.order_line]
from = "lines"
[tables.order_line.columns]
order_id = "order"
line_no = "line"
order_day = "day"
rep_id = "rep"
customer_id = "customer"
amount = "amount"
volume = "qty"
"""
INVOICES = """
[tables.invoice]
from = "invoices"
columns = { invoice_id = "id", customer_id = "customer", invoice_day = "day", amount = "amount" }
"""
DUE = INVOICES.replace('"amount" }', '"amount", due_day = "due" }')
INSTALMENTS = """
[tables.instalment]
from = "parts"
columns = { invoice_id = "id", instalment_no = "no", due_day = "due", amount = "amount" }
"""
PAYMENTS = """
[tables.payment]
from = "payments"
columns = { payment_id = "id", payment_day = "day", invoice_id = "invoice", amount = "amount" }
"""
TARGETS = """
[tables.target]
from = "targets"
[tables.target.columns]
owner_kind = "kind"
owner_id = "owner"
measure = "measure"
first_day = "first"
last_day = "last"
amount = "amount"
category_id = "category"
"""
LINE_HEAD = "order,line,day,rep,customer,amount,qty\n"
TARGET_HEAD = "kind,owner,measure,first,last,amount,category\n"


@pytest.fixture(autouse=True)
def dimensions(source: Source) -> None:
    source.write("regions.csv", "id,name\nN,North\nS,South\n")
    source.write("areas.csv", "id,region\nN1,N\nS1,S\n")
    source.write("reps.csv", "id,name,manager,area\nR1,Ann,,N1\nR2,Bob,R1,S1\n")
    source.write("customers.csv", "id,name,terms,limit\nC-100,Alpha,30,5000\nC-200,Beta,,\n")


def star(*tables: str, extra: str = "", **files: str) -> str:
    named = "\n".join(f'{alias} = "{file}"' for alias, file in files.items())
    return extra + STAR.format(files=named, tables="\n".join(tables))


def refused(source: Source, mapping: str) -> list[tuple[str, ...]]:
    """Import, expecting rejects; returns row, column, value and reason of each."""
    with pytest.raises(RowsRejected):
        source.run(mapping)
    return [(r["table"], r["row"], r["column"], r["value"], r["reason"]) for r in source.rejects()]


# --- lines ---------------------------------------------------------------------------------------------------------------


def test_a_rejected_row_is_told_with_row_column_value_and_reason(source: Source) -> None:
    source.write("lines.csv", LINE_HEAD + "A,1,2024-03-05,R1,C-100,12,2\nB,1,soon,R1,C-100,12,2\nC,1.5,2024-03-05,R1,C-100,12,2\n")
    assert refused(source, star(LINES, lines="lines.csv")) == [
        ("order_line", "3", "order_day", "soon", "is not a day (day order 'ymd')"),
        ("order_line", "4", "line_no", "1.5", "is not a whole number"),
    ]


def test_what_is_required_is_missed(source: Source) -> None:
    source.write("lines.csv", LINE_HEAD + "A,1,2024-03-05,R1,C-100,,2\n,1,2024-03-05,R1,C-100,5,2\n")
    assert refused(source, star(LINES, lines="lines.csv")) == [
        ("order_line", "2", "amount", "", "is missing"),
        ("order_line", "3", "order_id", "", "is missing"),
    ]


def test_days_far_away_are_refused(source: Source) -> None:
    source.write("lines.csv", LINE_HEAD + "A,1,0204-03-05,R1,C-100,1,2\nB,1,2204-03-05,R1,C-100,5,2\n")
    assert [r[4] for r in refused(source, star(LINES, lines="lines.csv"))] == ["lies outside 1990-01-01 to 2100-12-31"] * 2


def test_an_order_of_an_unknown_customer_names_the_nearest(source: Source) -> None:
    source.write("lines.csv", LINE_HEAD + "A,1,2024-03-05,R1,C-101,12,2\nB,1,2024-03-05,R1,,12,2\n")
    assert refused(source, star(LINES, lines="lines.csv")) == [
        ("order_line", "2", "customer_id", "C-101", "no customer has this key; the nearest is 'C-100'")
    ]


def test_unknown_keys_are_added_where_the_mapping_says_so(source: Source) -> None:
    source.write("lines.csv", LINE_HEAD + "A,1,2024-03-05,R1,C-101,12,2\nB,1,2024-03-05,R1,C-101,12,2\n")
    summary = source.run(star(LINES, extra='[unknown]\ncustomer = "add"\n', lines="lines.csv"))
    assert source.read("SELECT name FROM customer WHERE customer_id = 'C-101'") == [("C-101",)]
    assert any(note.startswith("1 unknown customer keys were added") for note in summary.notes)


def test_a_line_is_booked_where_its_rep_belongs(source: Source) -> None:
    source.write("lines.csv", LINE_HEAD + "A,1,2024-03-05,R2,C-100,12,2\n")
    source.run(star(LINES, lines="lines.csv"))
    assert source.read("SELECT region_id, area_id, rep_id FROM order_line") == [("S", "S1", "R2")]
    assert source.read("SELECT first_day, last_day, area_id, region_id FROM rep_term WHERE rep_id = 'R2'") == [
        (dt.date(1900, 1, 1), dt.date(9999, 12, 31), "S1", "S")
    ]


def test_a_row_given_twice_counts_once_and_a_contradictory_one_is_refused(source: Source) -> None:
    source.write("lines.csv", LINE_HEAD + "A,1,2024-03-05,R1,C-100,12,2\nA,1,2024-03-05,R1,C-100,12.00,2\n")
    mapping = star(LINES, lines="lines.csv")
    counted = source.table(source.run(mapping), "order_line")
    assert (counted.read, counted.new, counted.merged, counted.money_in) == (2, 1, 1, 12)
    source.write("lines.csv", LINE_HEAD + "A,1,2024-03-05,R1,C-100,12,2\nA,1,2024-03-05,R1,C-100,13,2\n")
    assert refused(source, mapping) == [
        ("order_line", "3", "order_id, line_no", "A, 1", "stands already in row 2 of lines.csv with other values")
    ]


def test_lines_without_numbers_are_numbered(source: Source) -> None:
    source.write("lines.csv", LINE_HEAD + "A,,2024-03-05,R1,C-100,12,2\nB,,2024-03-05,R1,C-100,1,1\nA,,2024-03-05,R1,C-100,12,2\n")
    source.run(star(LINES.replace('line_no = "line"', ""), lines="lines.csv"))
    assert source.read("SELECT order_id, line_no, amount FROM order_line ORDER BY ALL") == [("A", 1, 12), ("A", 2, 12), ("B", 1, 1)]


def test_dimensions_take_the_first_value_that_is_given(source: Source) -> None:
    source.write("customers.csv", "id,name,terms,limit\nC-100,Alpha,,5000\nC-100,Alfa,30,\nC-200,,,\n")
    summary = source.run(star())
    assert source.read("SELECT * EXCLUDE (name_zh, segment_id, region_id, area_id, rep_id) FROM customer ORDER BY 1") == [
        ("C-100", "Alpha", 30, 5000),
        ("C-200", "C-200", None, None),
    ]
    assert "1 customer keys are described in more than one way, such as 'C-100'; the first value was kept" in summary.notes


def test_unknown_managers_are_refused_and_so_are_their_people(source: Source) -> None:
    source.write("reps.csv", "id,name,manager,area\nR1,Ann,R9,N1\nR2,Bob,R1,S1\nR3,Cid,,S1\n")
    assert [(r[1], r[3]) for r in refused(source, star())] == [("2", "R9"), ("3", "R1")]


# --- invoices and payments ---------------------------------------------------------------------------------------------


def test_a_bill_due_before_its_day_is_refused(source: Source) -> None:
    source.write("invoices.csv", "id,customer,day,due,amount\nI1,C-100,2024-03-05,2024-03-04,10\nI2,C-100,2024-03-05,2024-03-05,20\n")
    source.write("payments.csv", "id,day,invoice,amount\nP1,2024-04-01,I1,10\nP2,2024-04-01,I2,20\n")
    mapping = star(DUE, PAYMENTS, invoices="invoices.csv", payments="payments.csv")
    assert refused(source, mapping) == [
        ("invoice", "2", "due_day", "2024-03-04", "is before the invoice day 2024-03-05"),
        ("payment", "2", "invoice_id", "I1", "no invoice has this key; the nearest is 'I2'"),
    ]
    source.run(mapping, allow_rejects=2)
    assert source.read("SELECT invoice_id, instalment_no, due_day, amount FROM instalment") == [("I2", 1, dt.date(2024, 3, 5), 20)]
    assert source.read("SELECT sum(balance) FROM receivable_event") == [(0,)]


def test_a_bill_without_due_day_is_due_after_its_customers_terms(source: Source) -> None:
    source.write("invoices.csv", "id,customer,day,amount\nI1,C-100,2024-03-05,10\nI2,C-200,2024-03-05,20\n")
    mapping = star(INVOICES, invoices="invoices.csv")
    ((table, row, column, _, reason),) = refused(source, mapping)
    assert (table, row, column) == ("invoice", "3", "due_day")
    assert reason.startswith("has neither a due day nor instalments")
    source.run(mapping, allow_rejects=1)
    assert source.read("SELECT invoice_id, due_day FROM instalment") == [("I1", dt.date(2024, 4, 4))]


def test_instalments_that_do_not_add_up_are_refused_with_their_invoice(source: Source) -> None:
    source.write("invoices.csv", "id,customer,day,amount\nI1,C-100,2024-03-05,10\nI2,C-100,2024-03-05,20\n")
    source.write("parts.csv", "id,no,due,amount\nI1,1,2024-04-05,4\nI1,2,2024-05-05,6\nI2,1,2024-04-05,4\n")
    mapping = star(INVOICES, INSTALMENTS, invoices="invoices.csv", parts="parts.csv")
    assert refused(source, mapping) == [
        ("invoice", "3", "amount", "20.0000", "is not what its instalments add up to, 4.0000"),
        ("instalment", "4", "amount", "4.0000", "the instalments of invoice I2 add up to 4.0000, the invoice to 20.0000"),
    ]


def test_an_instalment_of_the_other_sign_is_refused_with_its_invoice(source: Source) -> None:
    source.write("invoices.csv", "id,customer,day,amount\nI1,C-100,2024-03-05,80\nI2,C-100,2024-03-05,-30\n")
    source.write("parts.csv", "id,no,due,amount\nI1,1,2024-04-05,100\nI1,2,2024-05-05,-20\nI2,1,2024-04-05,-35\nI2,2,2024-05-05,5\n")
    mapping = star(INVOICES, INSTALMENTS, invoices="invoices.csv", parts="parts.csv")
    found = refused(source, mapping)
    assert [each for each in found if "sign" in each[4]] == [
        ("instalment", "3", "amount", "-20.0000", "has not the sign of its invoice, 80.0000"),
        ("instalment", "5", "amount", "5.0000", "has not the sign of its invoice, -30.0000"),
    ]
    assert sorted((each[0], each[1]) for each in found) == [
        *(("instalment", row) for row in "2345"),
        *(("invoice", row) for row in "23"),
    ]
    source.write("parts.csv", "id,no,due,amount\nI1,1,2024-04-05,80\nI1,2,2024-05-05,0\nI2,1,2024-04-05,-25\nI2,2,2024-05-05,-5\n")
    assert source.table(source.run(mapping), "instalment").rejected == 0
    # Given alone, an instalment is held against the invoice that the store has.
    source.write("parts.csv", "id,no,due,amount\nI2,1,2024-04-05,-35\nI2,2,2024-05-05,5\n")
    alone = refused(source, star(INSTALMENTS, parts="parts.csv"))
    assert ("instalment", "3", "amount", "5.0000", "has not the sign of its invoice, -30.0000") in alone


def test_an_instalment_due_before_the_invoice_takes_the_invoice_along(source: Source) -> None:
    source.write("invoices.csv", "id,customer,day,amount\nI1,C-100,2024-03-05,10\nI2,C-100,2024-03-05,3\n")
    source.write("parts.csv", "id,no,due,amount\nI1,1,2024-03-01,4\nI1,2,2024-05-05,6\nI2,1,2024-01-05,3\n")
    mapping = star(INVOICES, INSTALMENTS, invoices="invoices.csv", parts="parts.csv")
    assert {(r[0], r[1], r[2]) for r in refused(source, mapping)} == {
        ("instalment", "2", "due_day"),
        ("instalment", "3", "amount"),
        ("instalment", "4", "due_day"),
        ("invoice", "2", "amount"),
        ("invoice", "3", "due_day"),
    }


def test_an_invoice_that_is_given_anew_replaces_all_of_its_instalments(source: Source) -> None:
    source.write("invoices.csv", "id,customer,day,amount\nI1,C-100,2024-03-05,10\nI2,C-100,2024-03-05,5\n")
    source.write("parts.csv", "id,no,due,amount\nI1,1,2024-04-05,4\nI1,2,2024-05-05,6\nI2,1,2024-05-05,5\n")
    mapping = star(INVOICES, INSTALMENTS, invoices="invoices.csv", parts="parts.csv")
    source.run(mapping)
    source.write("parts.csv", "id,no,due,amount\nI1,1,2024-04-05,10\nI2,1,2024-05-05,5\n")
    counted = source.table(source.run(mapping), "instalment")
    assert (counted.changed, counted.unchanged) == (1, 1)
    assert source.read("SELECT invoice_id, instalment_no, amount FROM instalment ORDER BY 1") == [("I1", 1, 10), ("I2", 1, 5)]


def test_a_payment_belongs_where_its_invoice_does_and_its_excess_is_told(source: Source) -> None:
    invoices = DUE.replace('customer_id = "customer"', 'customer_id = "customer", area_id = "area"')
    source.write("invoices.csv", "id,customer,area,day,due,amount\nI1,C-100,S1,2024-03-05,2024-04-04,10\n")
    source.write("payments.csv", "id,day,invoice,amount\nP1,2024-04-01,I1,8\nP2,2024-04-02,I1,3.5\n")
    summary = source.run(star(invoices, PAYMENTS, invoices="invoices.csv", payments="payments.csv"))
    assert "1 invoices were paid more than they say; the excess of 1.50 counts as unapplied cash" in summary.notes
    assert source.read("SELECT DISTINCT customer_id, region_id, area_id FROM payment") == [("C-100", "S", "S1")]
    assert source.read("SELECT sum(unapplied) FROM cash_event") == [(Decimal("1.5"),)]


# --- targets and terms -------------------------------------------------------------------------------------------------


def test_measures_and_owners_are_read_in_both_languages(source: Source) -> None:
    source.write("targets.csv", TARGET_HEAD + "业务员,R1,销售额,2024-03,2024-03,100,\nCompany,,Gross Margin,2024-03,2024-03,50,\n")
    source.run(star(TARGETS, targets="targets.csv"))
    assert source.read("SELECT owner_kind, owner_id, measure, first_day, last_day, amount FROM plan.target ORDER BY 1") == [
        ("company", "", "margin", dt.date(2024, 3, 1), dt.date(2024, 3, 31), 50),
        ("rep", "R1", "amount", dt.date(2024, 3, 1), dt.date(2024, 3, 31), 100),
    ]


def test_a_measure_spelled_wrong_says_what_is_allowed(source: Source) -> None:
    source.write("targets.csv", TARGET_HEAD + "rep,R1,ammount,2024-03,2024-03,100,\n")
    assert refused(source, star(TARGETS, targets="targets.csv")) == [
        ("target", "2", "measure", "ammount", "is not one of amount, collections, margin, profit, volume; the nearest is 'amount'")
    ]


def test_owners_of_targets_are_known(source: Source) -> None:
    source.write(
        "targets.csv",
        TARGET_HEAD + "rep,R3,amount,2024-03,2024-03,1,\narea,,amount,2024-03,2024-03,1,\nregion,N,amount,2024-03,2024-03,1,Z\n",
    )
    assert [r[1:] for r in refused(source, star(TARGETS, targets="targets.csv"))] == [
        ("2", "owner_id", "R3", "no rep has this key; the nearest is 'R1'"),
        ("3", "owner_id", "", "is missing"),
        ("4", "category_id", "Z", "no category has this key: none are known"),
    ]


def test_overlapping_targets_keep_the_first(source: Source) -> None:
    rows = ("rep,R1,amount,2024-01-01,2024-01-31,1,", "rep,R1,amount,2024-01-31,2024-02-28,2,", "rep,R1,amount,2024-02-10,2024-02-28,3,")
    others = ("rep,R2,amount,2024-01-31,2024-02-28,2,", "rep,R1,volume,2024-01-31,2024-02-28,2,")
    source.write("targets.csv", TARGET_HEAD + "\n".join((*rows, *others)))
    mapping = star(TARGETS, targets="targets.csv")
    assert refused(source, mapping) == [
        (
            *("target", "3", "first_day", "2024-01-31"),
            "the span from 2024-01-31 to 2024-02-28 overlaps the approved target from 2024-01-01 to 2024-01-31 in row 2 of targets.csv",
        )
    ]
    source.run(mapping, allow_rejects=1)
    source.write("targets.csv", TARGET_HEAD + "rep,R1,amount,2024-01-15,2024-01-20,9,\n")
    ((*_, reason),) = refused(source, mapping)
    assert reason.endswith("overlaps the approved target from 2024-01-01 to 2024-01-31 in the store")


def test_spans_end_after_they_start(source: Source) -> None:
    source.write("targets.csv", TARGET_HEAD + "rep,R1,amount,2024-02-01,2024-01-31,1,\n")
    assert refused(source, star(TARGETS, targets="targets.csv")) == [
        ("target", "2", "last_day", "2024-01-31", "is before the first day 2024-02-01")
    ]


def test_terms_of_one_rep_do_not_overlap(source: Source) -> None:
    terms = '[tables.rep_term]\nfrom = "terms"\ncolumns = { rep_id = "rep", first_day = "from", last_day = "to", area_id = "area" }\n'
    source.write("terms.csv", "rep,from,to,area\nR1,2020-01-01,2023-12-31,N1\nR1,2024-01-01,9999-12-31,S1\nR2,2020-01-01,9999-12-31,N1\n")
    source.write("lines.csv", LINE_HEAD + "A,1,2023-12-31,R1,C-100,12,2\nB,1,2024-01-01,R1,C-100,12,2\n")
    mapping = star(terms, LINES, terms="terms.csv", lines="lines.csv").replace(
        ', area_id = "area" }\n[tables.customer', " }\n[tables.customer"
    )
    source.run(mapping)
    assert source.read("SELECT order_id, region_id, area_id FROM order_line ORDER BY 1") == [("A", "N", "N1"), ("B", "S", "S1")]
    source.write("terms.csv", "rep,from,to,area\nR1,2023-06-01,2024-06-30,N1\n")
    ((*_, reason),) = refused(source, mapping)
    assert reason.endswith("overlaps the rep's term from 2020-01-01 to 2023-12-31 in the store")
