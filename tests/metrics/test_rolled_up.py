"""What was collected, invoiced and is owed of a segment, or of a customer, comes from sums by the day, and is what the facts say."""

from __future__ import annotations

from datetime import date

import pytest

from data.warehouse import Warehouse
from metrics import compile as sql
from metrics.catalog import Fact
from metrics.compile import Leg, Window
from metrics.scope import Filter

YEAR = Window("year", date(2026, 1, 1), date(2026, 9, 13))
FACTS = {
    Fact.COLLECTED: ("collected_day", "application", "payment_day", ("amount", "lateness", "waited")),
    Fact.INVOICED: ("invoiced_day", "invoice", "invoice_day", ("amount",)),
}


@pytest.mark.parametrize("fact", FACTS)
@pytest.mark.parametrize(
    ("by", "rollup"),
    [("region", "region"), ("rep", "rep"), ("segment", "segment"), ("customer", "customer")],
)
@pytest.mark.parametrize("split", [(), ("rep",)])
def test_the_smallest_sums_that_know_it(demo_warehouse: Warehouse, fact: Fact, by: str, rollup: str, split: tuple[str, ...]) -> None:
    name, table, day, columns = FACTS[fact]
    reader = demo_warehouse.reader()
    key = "c.segment_id" if by == "segment" else f"f.{by}_id"
    sums = ", ".join(f"sum(f.{column})" for column in columns)
    (largest,) = reader.ask(
        f"SELECT {key} FROM {table} f JOIN customer c USING (customer_id) GROUP BY 1 ORDER BY count(*) DESC LIMIT 1", {}
    )
    leg = Leg(fact=fact, by=split, columns=columns, windows=(YEAR,), where=(Filter(by, largest),))
    statement = sql.statement(leg)
    smallest = "rep" if split and rollup == "region" else rollup
    assert f"FROM {name}_{smallest} " in statement.compiled.text.replace("\n", " ")
    keys = ", ".join(f"f.{dimension}_id" for dimension in split)
    by_hand = reader.ask(
        f"SELECT {keys}{', ' if keys else ''}{sums} FROM {table} f JOIN customer c ON c.customer_id = f.customer_id "
        f"WHERE {key} = $member AND {day} BETWEEN $first AND $last {f'GROUP BY {keys}' if keys else ''}",
        {"member": largest[0], "first": YEAR.first, "last": YEAR.last},
    )
    assert by_hand[0][-1]
    assert sorted(reader.read(statement.compiled, sql.parameters(leg, known_to=None))) == sorted(by_hand)


def test_one_customers_days_lie_together(demo_warehouse: Warehouse) -> None:
    for name in ("collected_day_customer", "invoiced_day_customer"):
        keys = demo_warehouse.reader().ask(f"SELECT customer_id FROM {name} ORDER BY rowid", {})
        assert keys == sorted(keys), name
        assert len(set(keys)) > 100


@pytest.mark.parametrize("day", [date(2026, 9, 13), date(2026, 8, 31), date(2025, 11, 29)])
@pytest.mark.parametrize("by", [("segment",), ("region", "segment"), ("segment", "bucket")])
def test_balances_of_segments(demo_warehouse: Warehouse, day: date, by: tuple[str, ...]) -> None:
    reader, edges = demo_warehouse.reader(), (30, 60, 90, 180)
    leg = Leg(fact=Fact.RECEIVABLE, by=by, columns=("balance",), windows=(Window("now", day, day),), edges=edges)
    statement = sql.statement(leg)
    assert "receivable_month_segment" in statement.compiled.text
    assert "receivable_day_segment" in statement.compiled.text
    late = " + ".join(("(due_day < $day)::INT", *(f"(due_day < $day - {edge})::INT" for edge in edges)))
    keys = {"segment": "c.segment_id", "region": "b.region_id", "bucket": late}
    by_hand = reader.ask(
        f"SELECT {', '.join(keys[name] for name in by)}, sum(balance) FROM balance_interval b JOIN customer c USING (customer_id) "
        "WHERE from_day <= $day AND to_day > $day GROUP BY ALL",
        {"day": day},
    )
    found = reader.read(statement.compiled, sql.parameters(leg, known_to=date(2026, 9, 13)))
    assert len(by_hand) > 3
    assert sorted(row for row in found if row[-1]) == sorted(row for row in by_hand if row[-1])
