"""Alerts are whole sentences, the worst first, and name no person."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from layouts.urls import Scope
from layouts.wall.alerts import MOST, Alerts
from metrics.drivers import Driver
from metrics.query import Query
from metrics.why import Account, Explanation, Why
from tests.layouts.panels.hand import MEMBERS, Board, M, five, standing

LINE = Alerts()
SIGN = '<b class="bad"><i class="sg down" aria-hidden="true"></i></b>'


def lagging(key: str, gap: float, days: str, lag: str = "warning") -> dict[str, Any]:
    scale = M if key != "volume" else Decimal(1)
    return {f"{key}_gap": Decimal(str(gap)) * scale, f"{key}_days": Decimal(days), f"{key}_lag": lag}


CALM = {name: value for name, value in five().items() if name.endswith(("_gap", "_days", "_lag"))}


def said(search: str, whole: dict[str, Any], answers: dict[str, Any] | None = None) -> tuple[Scope, list[str]]:
    board = Board()
    scope = board.scope(search)
    results: dict[str, Any] = {}
    for name, question in LINE.needs(scope).items():
        if isinstance(question, Query):
            results[name] = board.result(question, [CALM | whole] if name == "whole" else (answers or {}).get(name, []))
        else:
            results[name] = (answers or {}).get(name) or explained(question)
    return scope, [line.removeprefix(SIGN) for line in LINE.say(scope, results)]


def explained(question: Any, **drivers: Driver) -> Explanation:
    assert isinstance(question, Why)
    children = {key: Account(base=100 * M, actual=80 * M, drivers=(driver,)) for key, driver in drivers.items()}
    return Explanation(query=question, whole=Account(base=None, actual=None), children=children, members=MEMBERS, version=3)


def region(key: str, gap: float, days: str, lag: str = "warning") -> dict[str, Any]:
    actual = 100 * M
    return {"region": key, **standing("amount", actual, 200 * M, actual - Decimal(str(gap)) * M, "behind", days=Decimal(days), lag=lag)}


def driver(cause: str, dimension: str = "", key: str | None = None) -> Driver:
    return Driver(cause=cause, dimension=dimension, key=key, amount=-10 * M, share=Decimal("0.6"), count=1, score=1.0)


def test_a_member_that_lags_is_told_with_its_gap_and_what_explains_it() -> None:
    scope = Board().scope()
    why = explained(LINE.needs(scope)["why"], E=driver("lost_customers"), O=driver("", "rep", "r1"))
    _, lines = said("", {}, {"rows": [region("E", -18.7, "-12.5"), region("O", -8.3, "-11"), region("S", 1, "2", lag="none")], "why": why})
    assert lines == ["East sales −¥18.7\u00a0M, 12.5 days behind: lost customers", "Overseas sales −¥8.3\u00a0M, 11.0 days behind"]


def test_a_measure_that_lags_is_told_with_who_is_worst() -> None:
    worst = [
        {"region": "E", "collections_gap": -3 * M},
        {"region": "O", "collections_gap": -9 * M},
        {"region": None, "collections_gap": -99 * M},
    ]
    _, lines = said("", lagging("collections", -25.7, "-5"), {"worst-collections": worst})
    assert lines == ["Collections −¥25.7\u00a0M, 5.0 days behind, worst Overseas"]
    _, lines = said("?region=E", lagging("collections", -25.7, "-5"))
    assert lines == ["East collections −¥25.7\u00a0M, 5.0 days behind"]


def test_critical_comes_first_then_who_is_further_behind_and_six_are_enough() -> None:
    whole = (
        lagging("profit", -1, "-2", "critical")
        | lagging("margin", -2, "-3")
        | lagging("amount", -3, "-9")
        | lagging("collections", -3, "-1")
    )
    _, lines = said("", whole, {"rows": [region(key, -1, days) for key, days in (("E", "-8"), ("O", "-7"), ("S", "-6"))]})
    assert len(lines) == MOST
    assert [line.split(" −")[0] for line in lines[:3]] == ["Profit", "Sales", "East sales"]
    assert not any("Collections" in line for line in lines)


def test_a_name_is_never_markup() -> None:
    scope = Board().scope()
    members = {**MEMBERS, "region": {"E": MEMBERS["region"]["E"].__class__("E", "<b>East", None)}}
    result = Board().result(LINE.needs(scope)["rows"], [region("E", -18.7, "-12.5")])  # type: ignore[arg-type]
    object.__setattr__(result, "members", members)
    whole = Board().result(LINE.needs(scope)["whole"], [CALM])  # type: ignore[arg-type]
    assert LINE.say(scope, {"rows": result, "whole": whole})[0].startswith(f"{SIGN}&lt;b&gt;East sales")


def test_reps_are_not_named_and_a_closed_period_has_no_alerts() -> None:
    assert set(LINE.needs(Board().scope("?area=E1"))) == {"whole"}
    _, lines = said("?area=E1", lagging("amount", -3, "-9"))
    assert lines == ["Jiangsu sales −¥3.0\u00a0M, 9.0 days behind"]
    scope = Board().scope("?period=2026Q2")
    assert (LINE.needs(scope), LINE.say(scope, {})) == ({}, ())
