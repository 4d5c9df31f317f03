"""All panels on the demo company: what the screen shows agrees with SQL over the raw facts, and with itself."""

from __future__ import annotations

import json
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pandas as pd
import pytest
import sqlalchemy as sa
from plotly.utils import PlotlyJSONEncoder

from data import schema as s
from data.settings import Settings
from data.warehouse import Warehouse
from layouts.pages.overview import OVERVIEW
from layouts.panel import Panel
from layouts.panels.ageing import Ageing
from layouts.panels.heatmap import Heatmap
from layouts.panels.kpis import Kpis
from layouts.panels.regions import Regions
from layouts.panels.reps import Reps
from layouts.panels.trend import Trend
from layouts.resolving import resolve
from layouts.urls import Scope, parse_address
from metrics.engine import Engine

ADDRESSES = (
    "",
    "?language=zh&theme=dark&measure=margin",
    "?period=2026Q2&measure=collections",
    "?period=week&as-of=2026-09-10&measure=volume",
    "?period=year&tier=completion",
    "?period=2023-01&measure=profit",
    "?period=2026-08-01..2026-10-31&language=zh",
)


@pytest.fixture(scope="module")
def engine(demo_warehouse: Warehouse) -> Engine:
    return Engine(demo_warehouse, Settings())


def asked(engine: Engine, panel: Panel, search: str) -> tuple[Scope, dict[str, Any]]:
    address, notices = parse_address(search)
    assert not notices
    scope, _ = resolve(address, engine.snapshot(), Settings(), engine.members)
    return scope, {name: engine.answer(question) for name, question in panel.needs(scope).items()}


def region(engine: Engine, name: str) -> str:
    return next(key for key, member in engine.members("region").items() if key and member.name == name)


@pytest.mark.parametrize("search", ADDRESSES)
@pytest.mark.parametrize("panel", OVERVIEW.panels, ids=lambda panel: panel.name)
def test_every_panel_renders_and_its_table_is_square(engine: Engine, panel: Panel, search: str) -> None:
    scope, results = asked(engine, panel, search)
    tree = panel.render(panel.view(scope, results))
    written = json.dumps(tree, cls=PlotlyJSONEncoder)
    assert "NaN" not in written
    assert "Decimal" not in written
    table = panel.table(scope, results)
    if table is None:
        return
    assert len(table.rows) == len(table.raw)
    assert {len(row) for row in (*table.rows, *table.raw)} <= {len(table.columns)}
    assert all(isinstance(cell, str) for row in table.rows for cell in row)


def raw_amounts(warehouse: Warehouse, first: date, last: date) -> pd.DataFrame:
    lines = s.order_line.c
    rows = warehouse.reader().rows(
        sa.select(lines.region_id, lines.rep_id, lines.order_day, lines.amount).where(lines.order_day.between(first, last))
    )
    return pd.DataFrame([tuple(row) for row in rows], columns=["region", "rep", "day", "amount"])


def test_regions_and_cards_are_the_sums_of_the_order_lines(engine: Engine, demo_warehouse: Warehouse) -> None:
    raw = raw_amounts(demo_warehouse, date(2026, 7, 1), date(2026, 9, 13))
    scope, results = asked(engine, Regions(), "")
    table = Regions().table(scope, results)
    assert table is not None
    *rows, total = table.raw
    twin = raw.groupby("region", dropna=False)["amount"].sum()
    names = {key: member.name for key, member in engine.members("region").items() if key}
    assert {row[0]: row[1] for row in rows if row[0] in names.values()} == {
        names[key]: value for key, value in twin.items() if key in names
    }
    assert total[1] == raw["amount"].sum() == sum(row[1] for row in rows)
    assert total[2] == sum(row[2] or Decimal(0) for row in rows)
    scope, results = asked(engine, Kpis(), "")
    cards = Kpis().table(scope, results)
    assert cards is not None
    assert cards.raw[0][1] == total[1]


def test_the_line_ends_on_the_card_and_the_bars_on_the_gap(engine: Engine, demo_warehouse: Warehouse) -> None:
    scope, results = asked(engine, Trend(), "")
    table, five = Trend().table(scope, results), results["five"].only()
    assert table is not None
    *reached, landed = table.raw
    assert reached[-1][1:4] == (five["amount"], five["amount_target"] * five["amount_expected_share"], five["amount_gap"])
    assert reached[-1][4] == five["amount_py"]
    ends = (five["amount_landing"], five["amount_landing_low"], five["amount_landing_high"])
    assert landed == (date(2026, 9, 30), None, five["amount_target"], None, landed[4], *ends)
    raw = raw_amounts(demo_warehouse, date(2026, 7, 1), date(2026, 9, 13))
    for last, actual, *_ in reached:
        assert actual == raw[raw["day"].map(lambda day, last=last: pd.Timestamp(day).date() <= last)]["amount"].sum()


def test_the_weeks_of_a_card_are_those_of_the_order_lines(engine: Engine, demo_warehouse: Warehouse) -> None:
    scope, results = asked(engine, Kpis(), "")
    spark = Kpis().view(scope, results).cards[0].spark
    assert spark is not None
    first = date(2026, 9, 7) - timedelta(weeks=9)
    for line, shift in ((spark.now, 0), (spark.before, 52)):
        for i, shown in enumerate(line):
            monday = first + timedelta(weeks=i - shift)
            week = raw_amounts(demo_warehouse, monday, monday + timedelta(days=6))["amount"]
            assert shown == pytest.approx(float(week.sum()))


@pytest.mark.parametrize("place", ["", "East"])
def test_the_ageing_adds_up_to_the_receivable_of_the_invoices(engine: Engine, demo_warehouse: Warehouse, place: str) -> None:
    search = f"?region={region(engine, place)}" if place else ""
    scope, results = asked(engine, Ageing(), search)
    table = Ageing().table(scope, results)
    assert table is not None
    for name, *buckets, total, _rate in table.raw:
        assert sum(buckets) == total, name
    for column in range(1, len(table.columns) - 1):
        assert sum(row[column] for row in table.raw[:-1]) == table.raw[-1][column]
    if place:
        return
    reader, as_of = demo_warehouse.reader(), date(2026, 9, 13)
    invoiced = reader.rows(sa.select(sa.func.sum(s.invoice.c.amount)).where(s.invoice.c.invoice_day <= as_of))[0][0]
    paid = reader.rows(sa.select(sa.func.sum(s.payment.c.amount)).where(s.payment.c.payment_day <= as_of))[0][0]
    assert table.raw[-1][-2] == invoiced - paid


@pytest.mark.parametrize("ages", ["", "&ages=invoice"])
@pytest.mark.parametrize("split", ["region", "area", "rep", "customer", "segment", "category", "month"])
def test_the_heatmap_adds_up_to_the_same_receivable_however_it_is_split(engine: Engine, split: str, ages: str) -> None:
    scope, results = asked(engine, Heatmap(), f"?split={split}{ages}")
    table, drawn = Heatmap().table(scope, results), Heatmap().view(scope, results).board
    assert drawn is not None
    for name, *buckets, total, _rate in table.raw:
        assert sum(buckets) == total, name
    for column in range(1, len(table.columns) - 1):
        assert sum(row[column] for row in table.raw[:-1]) == table.raw[-1][column]
    _, overview = asked(engine, Ageing(), "")
    assert table.raw[-1][-2:] == Ageing().table(scope, overview).raw[-1][-2:]
    assert len(drawn.lines) == len(table.raw) - 1
    assert "Decimal" not in json.dumps(Heatmap().render(Heatmap().view(scope, results)), cls=PlotlyJSONEncoder)


def test_before_the_data_begins_nothing_is_called_paid(engine: Engine) -> None:
    scope, results = asked(engine, Ageing(), "?period=2023-01")
    empty = Ageing().view(scope, results).empty
    assert empty is not None
    assert empty[0] == "No receivables to show"
    assert empty[1].startswith("The data begins on")


@pytest.mark.parametrize("search", ["", "?tier=completion"])
def test_every_rep_with_a_target_has_exactly_one_tier_by_the_unrounded_rate(engine: Engine, search: str) -> None:
    scope, results = asked(engine, Reps(), search)
    table, view = Reps().table(scope, results), Reps().view(scope, results)
    assert table is not None
    assert view.swarm is not None
    rate = 5 if search else 4
    counted: dict[str, int] = {"at_risk": 0, "on_the_way": 0, "achieved": 0}
    for row in table.raw:
        if row[rate] is not None:
            counted["at_risk" if row[rate] < Decimal("0.7") else "achieved" if row[rate] >= 1 else "on_the_way"] += 1
    assert counted == {tier: len(getattr(view.swarm, tier)) for tier in counted}
    assert [int(chip.text.split()[0]) for chip in view.chips] == list(counted.values())
    assert sum(counted.values()) == len({row[0:2] for row in table.raw if row[rate] is not None}) == 119


def test_a_rep_list_is_the_ranking_of_all(engine: Engine) -> None:
    scope, results = asked(engine, Reps(), "")
    table, view = Reps().table(scope, results), Reps().view(scope, results)
    assert table is not None
    gaps: list[Any] = sorted(row[6] for row in table.raw if row[6] is not None)
    shown = [person.gap.text for person in view.rankings[0].people]
    scale = scope.number.scale(gaps)
    assert shown == [scope.number.scaled(gap, scale, signed=True) for gap in gaps[:5]]
