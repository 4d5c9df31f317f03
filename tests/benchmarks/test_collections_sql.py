"""The hand-written ageing gives the product's own figures; else its speed would say nothing."""

from __future__ import annotations

from datetime import date

import pytest

from benchmarks.collections import heatmap
from benchmarks.collections_sql import SPLITS
from data.settings import Settings
from data.warehouse import Warehouse
from metrics.ageing import SPLITS as POSSIBLE
from metrics.engine import Engine

DAYS = [date(2026, 9, 13), date(2026, 8, 31), date(2025, 11, 30)]


@pytest.fixture(scope="module")
def engine(demo_warehouse: Warehouse) -> Engine:
    return Engine(demo_warehouse, Settings())


def test_every_split_is_measured() -> None:
    assert set(SPLITS) == set(POSSIBLE)


@pytest.mark.parametrize("split", SPLITS)
@pytest.mark.parametrize("day", DAYS)
def test_ageing(engine: Engine, split: str, day: date) -> None:
    asked = heatmap(engine, split, day)
    found, theirs = asked.answer(), asked.by_hand()
    ours = [(*row.amounts, row.overdue) for row in (*found.rows, found.rest, found.nobody) if row]
    assert [row[3:] for row in theirs] == ours
    assert len({row.member for row in found.rows}) == len(found.rows) > 3
    alone = [f"{row[0]:%Y-%m}" if split == "invoice_month" else row[0] for row in theirs[: len(found.rows)]]
    assert alone == [row.member for row in found.rows]
    assert sum(row[2] for row in theirs if row[1]) == found.count
    assert found.whole.overdue > 0


def test_darkest_cell(engine: Engine) -> None:
    asked = heatmap(engine, "region", DAYS[0])
    found, (member, bucket) = asked.answer(), asked.darkest()
    of_whole = [amount / found.whole.open for amount in found.whole.amounts[:-1]]
    shades = {row.member: [row.amounts[i] / row.open / share for i, share in enumerate(of_whole)] for row in found.rows}
    assert len(of_whole) == 6
    assert shades[member][found.names.index(bucket)] == max(shade for row in shades.values() for shade in row)
