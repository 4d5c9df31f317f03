"""All scenes on the demo company: what a wall shows agrees with pandas over the raw facts, at any address."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pandas as pd
import pytest
import sqlalchemy as sa

from data import schema as s
from data.settings import Settings
from data.warehouse import Warehouse
from layouts.resolving import resolve
from layouts.urls import Scope, parse_address
from layouts.wall import ROUTE, Line, Scene
from layouts.wall.listed import ALERTS, PASSED, SCENES
from layouts.wall.markup import markup
from metrics.engine import Engine

ADDRESSES = (
    "",
    "?language=zh&theme=dark&measure=margin",
    "?period=2026Q2&measure=collections",
    "?period=week&measure=volume&unit=full",
    "?period=year&tier=completion",
    "?period=2023-01&measure=profit",
    "?region=East&language=zh&unit=wan",
    "?area=Jiangsu&measure=profit",
)
Q2 = (date(2026, 4, 1), date(2026, 6, 30))


@pytest.fixture(scope="module")
def engine(demo_warehouse: Warehouse) -> Engine:
    return Engine(demo_warehouse, Settings())


def answered(engine: Engine, what: Scene | Line, search: str) -> tuple[Scope, dict[str, Any]]:
    address, notices = parse_address(search)
    assert not notices
    scope, lost = resolve(ROUTE.narrow(address), engine.snapshot(), Settings(), engine.members)
    assert not [notice for notice in lost if notice.is_loss]
    return scope, {name: engine.answer(question) for name, question in what.needs(scope).items()}


def viewed(engine: Engine, name: str, search: str) -> Any:
    return SCENES[name].view(*answered(engine, SCENES[name], search))


@pytest.mark.parametrize("search", ADDRESSES)
@pytest.mark.parametrize("name", SCENES)
def test_every_scene_is_drawn_at_every_address(engine: Engine, name: str, search: str) -> None:
    scene = SCENES[name]
    scope, results = answered(engine, scene, search)
    said = markup(scene.render(scene.view(scope, results)))
    assert said.startswith("<section class=")
    assert not [word for word in ("None", "nan", "Decimal", "{") if word in said]
    assert scene.heading(scope)
    assert "theme" not in scene.page(scope)
    for line in (ALERTS, PASSED):
        assert isinstance(line.say(*answered(engine, line, search)), tuple)


def facts(warehouse: Warehouse, table: Any, day: str, by: str) -> pd.Series[Any]:
    columns = table.c
    select = sa.select(columns[by], columns.amount).where(columns[day].between(*Q2), columns[by].is_not(None))
    frame = pd.DataFrame([tuple(row) for row in warehouse.reader().rows(select)], columns=[by, "amount"])
    return frame.groupby(by)["amount"].sum()


def targets(warehouse: Warehouse, kind: str) -> pd.Series[Any]:
    columns = s.target.c
    select = sa.select(columns.owner_id, columns.amount).where(
        columns.owner_kind == kind, columns.measure == "amount", columns.status == "approved", columns.first_day.between(*Q2)
    )
    frame = pd.DataFrame([tuple(row) for row in warehouse.reader().rows(select)], columns=["owner", "amount"])
    return frame.groupby("owner")["amount"].sum()


def cut(rate: Decimal) -> str:
    return f"{int(rate * 1000) / 10:,.1f}"


def test_regions_are_those_of_pandas(engine: Engine, demo_warehouse: Warehouse) -> None:
    actual = facts(demo_warehouse, s.order_line, "order_day", "region_id")
    target = facts(demo_warehouse, s.target_day, "day", "region_id")
    worst = (actual - target).sort_values()
    names = {key: member.name for key, member in engine.members("region").items() if key}
    view = viewed(engine, "regions", "?period=2026Q2")
    assert [(line.standing.name, line.standing.done[1]) for line in view.lines] == [
        (names[key], cut(actual[key] / target[key])) for key in worst.index
    ][:6]


def test_the_tiers_count_every_rep_as_pandas_does(engine: Engine, demo_warehouse: Warehouse) -> None:
    actual, target = facts(demo_warehouse, s.order_line, "order_day", "rep_id"), targets(demo_warehouse, "rep")
    rates = (actual.reindex(target[target > 0].index, fill_value=Decimal(0)) / target[target > 0]).astype(object)
    view = viewed(engine, "reps", "?period=2026Q2")
    assert [int(count.number) for count in view.counts] == [
        int((rates >= 1).sum()),
        int(((rates < 1) & (rates >= Decimal("0.7"))).sum()),
        int((rates < Decimal("0.7")).sum()),
    ]
    best = sorted(rates[rates >= 1], reverse=True)
    assert [person.rate[1] for names in view.lists for person in names.people] == [cut(rate) for rate in best[:12]]


def test_the_company_is_the_sum_of_its_lines(engine: Engine, demo_warehouse: Warehouse) -> None:
    lines = s.order_line.c
    whole = sum(row[0] for row in demo_warehouse.reader().rows(sa.select(lines.amount).where(lines.order_day.between(*Q2))))
    view = viewed(engine, "company", "?period=2026Q2&unit=full")
    assert view.actual == f"¥{whole:,.0f}"
