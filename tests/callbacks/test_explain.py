"""How a figure is computed is told with the figure's own query."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

import callbacks
from callbacks.desk import Desk
from callbacks.explain import explanation
from data.settings import Settings
from data.warehouse import Warehouse
from layouts.pages.overview import OVERVIEW
from layouts.panels.standing import Standing
from layouts.urls import REGIONS, Scope
from metrics.engine import Engine
from tests.callbacks.asking import links, words
from tests.layouts.tree import text


def explained(client: FlaskClient, panel: str, part: str = "", search: str = "") -> Any:
    body = {
        "output": "explain-body.children",
        "outputs": {"id": "explain-body", "property": "children"},
        "inputs": [{"id": "explain", "property": "data", "value": {"panel": panel, "part": part, "at": 1}}],
        "state": [{"id": "location", "property": "search", "value": search}],
        "changedPropIds": ["explain.data"],
    }
    answer = client.post("/_dash-update-component", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json["response"].get("explain-body", {}).get("children")


@pytest.mark.parametrize("panel", ["kpis", *(p.name for p in OVERVIEW.cards)])
def test_every_figure_names_formula_day_version_and_sql(client: FlaskClient, panel: str) -> None:
    sheet = explained(client, panel)
    shown = words(sheet)
    for part in ("Σ", "Q3 2026, 1 Jul–30 Sep", "13 Sep 2026", "version 1, published", "same number of elapsed working days", "SELECT"):
        assert part in shown, part
    assert links(sheet) == [f"export/{panel}.csv"]


@pytest.mark.parametrize(("panel", "day"), [("kpis", "13 Sep 2026"), ("ageing", "30 Jun 2026")])
def test_a_period_that_is_over_is_compared_whole_and_its_balances_are_of_its_end(client: FlaskClient, panel: str, day: str) -> None:
    sheet = explained(client, panel, search="?period=2026Q2")
    shown = words(sheet)
    for part in ("Q2 2026, 1 Apr–30 Jun", day, "since the period is over"):
        assert part in shown, part
    assert links(sheet) == [f"export/{panel}.csv?period=2026Q2"]


def test_one_measure_is_told_alone(client: FlaskClient) -> None:
    shown = words(explained(client, "kpis", "margin"))
    assert "Gross margin, completion" in shown
    assert "Collections" not in shown


def test_it_is_told_in_chinese(client: FlaskClient) -> None:
    assert "实际 ÷ 整个期间目标" in words(explained(client, "regions", search="?language=zh"))


class WithMethod(Standing):
    def method(self, scope: Scope) -> Sequence[str]:
        return (f"First the one of {scope.place}.", "Then the other.")


def test_a_panel_with_a_method_tells_it_before_the_formulas(demo_folder: Path) -> None:
    settings = Settings(data_dir=demo_folder)
    desk = Desk(Engine(Warehouse(settings.warehouse_dir), settings), settings, callbacks.now)
    scope, _ = desk.scope("?region=East", REGIONS)
    for panel, told in ((Standing(), False), (WithMethod(), True)):
        shown = text(explanation(panel, scope, desk.results(panel, scope)))
        assert ("MethodFirst the one of East.Then the other.Formulas" in shown) == told


def test_no_panel_of_that_name_changes_nothing(client: FlaskClient) -> None:
    assert explained(client, "nothing") is None


def test_a_card_of_several_figures_tells_them_alone(client: FlaskClient) -> None:
    shown = words(explained(client, "collection_cards", "dso,dso_best"))
    assert "open balance ÷ invoiced in the last N days × N" in shown
    assert "DSO, best possible" in shown
    assert "count-back" not in shown
    assert "Plans are the company's" in shown
