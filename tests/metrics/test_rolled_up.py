"""What was collected and invoiced of a segment or a customer comes from sums by the day, and is what the facts say."""

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
