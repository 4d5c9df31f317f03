"""The finding, the cards and the cycle on the demo company: what the screen shows is what a twin works out of invoices and payments."""

from __future__ import annotations

import json
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from plotly.utils import PlotlyJSONEncoder

from data.settings import Settings
from data.warehouse import Warehouse
from layouts.panel import Panel
from layouts.panels.cash import Cash
from layouts.panels.collection_cards import CollectionCards
from layouts.panels.collections_finding import CollectionsFinding
from layouts.panels.cycle import Cycle
from layouts.resolving import resolve
from layouts.urls import COLLECTIONS, Scope, parse_address
from metrics.engine import Engine
from metrics.query import Query
from metrics.scope import EVERYTHING, Filter, Period, Viewer
from tests.metrics.cycle_twin import CycleTwin
from tests.metrics.twin import SCALE, Twin

AS_OF = date(2026, 9, 13)
PANELS: tuple[Any, ...] = (CollectionsFinding(), CollectionCards(), Cycle())
ADDRESSES = (
    "",
    "?language=zh&theme=dark&region=East",
    "?period=2026Q2&area=Jiangsu",
    "?period=week&as-of=2026-09-10&rep=R007",
    "?customer=C0001&unit=full",
    "?period=2023-01",
    "?period=2027",
    "?as-of=2023-07-20",
)


@pytest.fixture(scope="module")
def engine(demo_warehouse: Warehouse) -> Engine:
    return Engine(demo_warehouse, Settings())


def asked(engine: Engine, panel: Panel, search: str, viewer: Viewer = EVERYTHING) -> tuple[Scope, dict[str, Any]]:
    address, _ = parse_address(search)
    scope, _ = resolve(
        COLLECTIONS.narrow(address),
        engine.snapshot(),
        Settings(),
        lambda dimension: engine.members(dimension, None, viewer),
        measure=COLLECTIONS.measure,
    )
    return scope, {name: engine.answer(question, viewer) for name, question in panel.needs(scope).items()}


@pytest.mark.parametrize("search", [*ADDRESSES, "category", "segment"])
@pytest.mark.parametrize("panel", PANELS, ids=lambda panel: panel.name)
def test_every_panel_renders_and_its_table_is_square(engine: Engine, panel: Panel, search: str) -> None:
    if search in ("category", "segment"):
        search = f"?{search}={next(key for key in engine.members(search) if key)}"
    scope, results = asked(engine, panel, search)
    written = json.dumps(panel.render(panel.view(scope, results)), cls=PlotlyJSONEncoder)
    assert "NaN" not in written
    assert "Decimal" not in written
    table = panel.table(scope, results)
    if table is None:
        return
    assert len(table.rows) == len(table.raw)
    assert {len(row) for row in (*table.rows, *table.raw)} <= {len(table.columns)}
    assert all(isinstance(cell, str) for row in table.rows for cell in row)


@pytest.mark.parametrize("search", ["", "?region=East"])
def test_the_cards_have_the_figures_of_the_invoices(engine: Engine, demo_warehouse: Warehouse, search: str) -> None:
    twin, only = CycleTwin(Twin(demo_warehouse.reader())), {"region": "East"} if search else {}
    scope, results = asked(engine, CollectionCards(), search)
    table = CollectionCards().table(scope, results)
    rows = {row[0]: row[1:] for row in table.raw}
    now = twin.figures(first=date(2026, 7, 1), last=date(2026, 9, 30), as_of=AS_OF, only=only)
    week = twin.figures(first=date(2026, 7, 1), last=date(2026, 9, 30), as_of=date(2026, 9, 6), only=only)
    year = twin.figures(first=date(2025, 7, 1), last=date(2025, 9, 30), as_of=date(2025, 9, 13), only=only)
    elapsed = scope.snapshot.calendar.like_for_like(scope.period, AS_OF, scope.period.year_before())
    paid = twin.figures(first=date(2025, 7, 1), last=date(2025, 9, 30), as_of=elapsed, only=only)
    names = {"DSO": "dso", "DSO, count-back": "dso_count_back", "Average days delinquent": "days_delinquent", "Overdue": "overdue"}
    names |= {"Over 90 days": "over_90", "Collection effectiveness index": "cei"}
    for name, key in names.items():
        for value, other in zip((rows[name][0], rows[name][3], rows[name][4]), (now, year, week), strict=True):
            assert near(value, other[key], money=key in ("overdue", "over_90")), (name, key)
    for name, key in (("Collection rate, of invoiced", "collected_of_invoiced"), ("Days to pay", "days_to_pay")):
        for value, other in zip((rows[name][0], rows[name][3], rows[name][4]), (now, paid, week), strict=True):
            assert near(value, other[key]), name
    assert rows["DSO"][1] == 65


def near(value: Decimal, other: Fraction | None, *, money: bool = False) -> bool:
    return other is not None and abs(Fraction(value) * (SCALE if money else 1) - other) < Fraction(1, 10**15)


def test_the_line_ends_on_the_card_and_the_members_on_their_own(engine: Engine) -> None:
    scope, results = asked(engine, Cycle(), "")
    table = Cycle().table(scope, results)
    cards = CollectionCards().table(*asked(engine, CollectionCards(), ""))
    assert table is not None
    days = {row[0]: row for row in cards.raw}
    of_company = [row for row in table.raw if row[0] == "Company"]
    figures = ("DSO", "DSO, count-back", "DSO, best possible", "Average days delinquent")
    assert of_company[-1][1:7] == (AS_OF, *(days[name][1] for name in figures), days["DSO"][4])
    for row in table.raw[len(of_company) :]:
        _, own = asked(engine, Cycle(), f"?region={row[0]}")
        assert row[2] == own["course"].points[-1].dso


def test_a_manager_sees_the_own_region_alone(engine: Engine) -> None:
    manager = Viewer(name="manager", bounds=(Filter("region", ("East",)),))
    for panel in (CollectionCards(), Cycle()):
        bounded, open_ = asked(engine, panel, "", manager), asked(engine, panel, "?region=East")
        seen, whole = panel.table(*bounded), panel.table(*open_)
        assert seen is not None
        assert whole is not None
        if isinstance(panel, CollectionCards):
            assert seen.raw == whole.raw
        else:
            assert [row[1:] for row in seen.raw if row[0] == "Company"] == [row[1:] for row in whole.raw if row[0] == "East"]
            assert [row[0] for row in seen.raw if row[0] != "Company"] == ["East"]


@pytest.mark.parametrize("search", ["?as-of=2026-05-10", "?as-of=2026-09-13&region=East", "?as-of=2026-09-13&area=Jiangsu"])
def test_expected_cash_is_held_against_the_targets_of_its_days(engine: Engine, search: str) -> None:
    """The demo has targets up to the end of the year."""
    scope, results = asked(engine, Cash(), search)
    table = Cash().table(scope, results)
    assert table is not None
    for row in table.raw:
        period = Period("range", scope.as_of + timedelta(days=1), row[1])
        target = engine.run(Query(measures=("collections_target",), period=period, as_of=scope.as_of, where=scope.where)).only()
        assert row[7] == target["collections_target"]
        assert row[7]
