"""Imports from end to end: again, in part, for another company, of targets alone."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from data.intake import CompanyDiffers, MappingWrong, RowsRejected

if TYPE_CHECKING:
    from .conftest import Source

SALES = """
[unknown]
region = "add"
rep = "add"
[files]
lines = "lines.csv"
[tables.order_line]
from = "lines"
[tables.order_line.columns]
order_id = "order"
line_no = { value = 1 }
order_day = "day"
region_id = "region"
rep_id = "rep"
amount = "amount"
volume = { value = 1 }
"""
TARGETS = """
[files]
targets = "targets.csv"
[tables.target]
from = "targets"
[tables.target.columns]
owner_kind = { value = "rep" }
owner_id = "rep"
measure = { value = "amount" }
first_day = "month"
last_day = "month"
amount = "amount"
"""
LINES = "order,day,region,rep,amount\nA,2024-03-05,North,R1,100.25\nB,2024-03-06,NA,R2,50\n"


@pytest.fixture
def sold(source: Source) -> Source:
    source.write("lines.csv", LINES)
    source.run(SALES)
    return source


def test_the_same_file_again_changes_nothing(sold: Source) -> None:
    summary = sold.run(SALES)
    counted = sold.table(summary, "order_line")
    assert (counted.read, counted.new, counted.changed, counted.unchanged) == (2, 0, 0, 2)
    assert summary.version is None
    assert [v.number for v in sold.warehouse.versions()] == [1]
    assert summary.lines()[-1] == "mapping: the store holds all of this already; nothing was published."


def test_a_changed_file_changes_its_rows_and_leaves_the_others(sold: Source) -> None:
    sold.write("lines.csv", "order,day,region,rep,amount\nB,2024-03-06,NA,R2,60\nC,2024-03-07,North,R1,1\n")
    counted = sold.table(sold.run(SALES), "order_line")
    assert (counted.new, counted.changed, counted.unchanged) == (1, 1, 0)
    assert counted.money_in == counted.money_store == 61
    assert sold.read("SELECT order_id, amount FROM order_line ORDER BY 1") == [("A", Decimal("100.25")), ("B", 60), ("C", 1)]
    assert sold.read("SELECT region_id, sum(amount) FROM sales_day_region GROUP BY 1 ORDER BY 1") == [
        ("NA", 60),
        ("North", Decimal("101.25")),
    ]


def test_columns_that_a_source_does_not_give_keep_what_the_store_has(sold: Source) -> None:
    sold.write("regions.csv", "id,zh\nNorth,北方\n")
    mapping = '[files]\nregions = "regions.csv"\n[tables.region]\nfrom = "regions"\ncolumns = { region_id = "id", name_zh = "zh" }\n'
    sold.run(mapping)
    sold.run(SALES)
    sold.write("regions.csv", "id,label\nNorth,The North\n")
    sold.run(mapping.replace('name_zh = "zh"', 'name = "label"'))
    assert sold.read("SELECT region_id, name, name_zh FROM region ORDER BY 1") == [("NA", "NA", None), ("North", "The North", "北方")]


def test_rejects_are_all_or_nothing_unless_allowed(sold: Source) -> None:
    sold.write("lines.csv", LINES + "C,2024-03-07,North,R1,many\nD,2024-03-07,North,R1,4\n")
    with pytest.raises(RowsRejected, match=r"lines.csv, row 4: order_line amount 'many' is not a number[^!]*--allow-rejects 1") as caught:
        sold.run(SALES)
    assert caught.value.summary.rejected == 1
    assert sold.warehouse.current().number == 1
    assert sold.rejects() == [
        {
            "table": "order_line",
            "source": "lines.csv",
            "row": "4",
            "column": "amount",
            "value": "many",
            "reason": "is not a number, or too large (decimal mark '.')",
        }
    ]
    summary = sold.run(SALES, allow_rejects=1)
    counted = sold.table(summary, "order_line")
    assert (counted.read, counted.new, counted.unchanged, counted.rejected) == (4, 1, 2, 1)
    assert counted.money_in == counted.money_store == Decimal("154.25")
    assert summary.rejects_file == sold.rejects_file


def test_a_dry_run_tells_and_leaves_no_trace(source: Source) -> None:
    source.write("lines.csv", LINES)
    summary = source.run(SALES, dry_run=True)
    assert source.table(summary, "order_line").new == 2
    assert summary.version is None
    assert not source.warehouse.versions()


def test_progress_rises_to_the_end(source: Source) -> None:
    source.write("lines.csv", LINES)
    seen: list[tuple[str, float]] = []
    source.run(SALES, progress=lambda step, share: seen.append((step, share)))
    shares = [share for _, share in seen]
    assert shares == sorted(shares)
    assert seen[0][0] == "reading lines.csv"
    assert seen[-1] == ("done", 1.0)


def test_targets_alone_leave_the_facts_file_alone(sold: Source) -> None:
    before = sold.warehouse.current()
    sold.write("targets.csv", "rep,month,amount\nR1,2024-03,300\n")
    summary = sold.run(TARGETS)
    assert summary.version is not None
    assert summary.version.facts == before.facts
    assert summary.version.plan != before.plan
    assert sold.read("SELECT sum(amount) FROM plan.target_day") == [(300,)]


def test_targets_beyond_the_calendar_make_it_longer(sold: Source) -> None:
    sold.write("targets.csv", "rep,month,amount\nR1,2054-03,300\n")
    summary = sold.run(TARGETS)
    assert summary.version is not None
    assert summary.version.facts != "facts/000001.duckdb"
    assert sold.read("SELECT sum(amount) FROM plan.target_day") == [(300,)]


def test_two_companies_are_not_mixed(sold: Source) -> None:
    other = '[company]\nname = "Apex"\ncurrency = "USD"\n'
    with pytest.raises(CompanyDiffers, match=r"for the company 'Apex', but the store holds 'Acme'.*WULIANG_DATA_DIR.*--replace"):
        sold.run(SALES, company=other)
    sold.write("lines.csv", "order,day,region,rep,amount\nZ,2024-03-05,North,R1,1\n")
    summary = sold.run(SALES, company=other, replace=True)
    assert sold.read("SELECT order_id FROM order_line") == [("Z",)]
    assert "everything the store held of 'Acme' was replaced" in summary.notes


def test_the_demo_company_gives_way(sold: Source) -> None:
    with sold.warehouse.draft() as draft:
        draft.connection.execute("INSERT INTO company VALUES ('demo', '1')")
        draft.publish("demo")
    sold.write("lines.csv", "order,day,region,rep,amount\nZ,2024-03-05,North,R1,1\n")
    summary = sold.run(SALES, company='[company]\nname = "Apex"\ncurrency = "USD"\n')
    assert "the demo company was replaced" in summary.notes
    assert sold.read("SELECT order_id FROM order_line") == [("Z",)]
    assert sold.read("SELECT value FROM company WHERE key = 'demo'") == []


def test_settings_of_the_company_alone_publish(sold: Source) -> None:
    summary = sold.run(SALES, company='[company]\nname = "Acme"\ncurrency = "EUR"\nholidays = "DE"\nfiscal_first_month = 4\n')
    assert summary.version is not None
    assert sold.read("SELECT key, value FROM company WHERE key IN ('holidays', 'fiscal_first_month') ORDER BY 1") == [
        ("fiscal_first_month", "4"),
        ("holidays", "DE"),
    ]
    assert sold.read("SELECT is_working FROM calendar WHERE day = DATE '2024-10-03'") == [(False,)]


def test_the_first_import_needs_a_currency(source: Source) -> None:
    source.write("lines.csv", LINES)
    with pytest.raises(MappingWrong, match="currency"):
        source.run(SALES, company='[company]\nname = "Acme"\n')


def test_a_select_that_fails_names_its_feed(source: Source) -> None:
    source.write("lines.csv", LINES)
    mapping = '[files]\nlines = "lines.csv"\n[tables.region]\nselect = "SELECT regoin AS region_id FROM lines"\n'
    with pytest.raises(MappingWrong, match=r"mapping.toml, \[tables.region\]: the database says: .*regoin.*Candidate bindings"):
        source.run(mapping)
    with pytest.raises(MappingWrong, match=r"the SELECT gives a column 'regio'. Did you mean 'region_id'\?"):
        source.run(mapping.replace("regoin AS region_id", "region AS region_id, 1 AS regio"))
    with pytest.raises(MappingWrong, match="the SELECT does not give region_id"):
        source.run(mapping.replace("regoin AS region_id", "region AS name"))


def test_an_expression_that_fails_on_a_row_names_its_feed(source: Source) -> None:
    source.write("lines.csv", LINES)
    with pytest.raises(MappingWrong, match=r"\[tables.order_line\]: the database says: Conversion Error.*'North'"):
        source.run(SALES.replace("volume = { value = 1 }", "volume = { expression = 'CAST(region AS INTEGER)' }"))


def test_a_select_sees_the_files_of_its_source_only(source: Source) -> None:
    source.write("lines.csv", LINES)
    outside = source.write("other.csv", "region\nSecret\n")
    mapping = f"[files]\nlines = \"lines.csv\"\n[tables.region]\nselect = '''SELECT region AS region_id FROM read_csv('{outside}')'''\n"
    with pytest.raises(MappingWrong, match=r"the database says: .*disabled"):
        source.run(mapping)
