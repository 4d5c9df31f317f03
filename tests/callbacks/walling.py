"""Scenes for tests of wall screens: one that can be told to fail, and one that says what it looks at."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from callbacks.wall_show import Scenery
from layouts.urls import OVERVIEW, WALL, Scope
from metrics.query import Query


@dataclass
class FakeScene:
    """Shows the amount of its place; ``drawn`` counts how often. ``seconds``: how long drawing takes."""

    name: str
    title: str = "Company"
    broken: bool = False
    seconds: float = 0
    drawn: list[str] = field(default_factory=list)

    def needs(self, scope: Scope) -> Mapping[str, Any]:
        return {"amount": Query(measures=("amount",), period=scope.period, as_of=scope.as_of, where=scope.where)}

    def view(self, scope: Scope, results: Mapping[str, Any]) -> str:
        self.drawn.append(scope.address.format())
        time.sleep(self.seconds)
        if self.broken:
            raise ZeroDivisionError("a scene that fails")
        amount = results["amount"].rows[0]["amount"]
        return f"{scope.place} {scope.language} {amount} version {scope.snapshot.version}"

    def render(self, view: str) -> str:
        return view

    def heading(self, scope: Scope) -> str:
        return f"{self.name}, {scope.place}"

    def page(self, scope: Scope) -> str:
        return scope.link_to(OVERVIEW)


class FakeLine:
    def __init__(self, *said: Any) -> None:
        self.said, self.broken = said, False

    def needs(self, scope: Scope) -> Mapping[str, Any]:
        return {}

    def say(self, scope: Scope, results: Mapping[str, Any]) -> tuple[Any, ...]:
        if self.broken:
            raise ZeroDivisionError("alerts that fail")
        return (*self.said, scope.place)


def scenery(*scenes: FakeScene) -> Scenery:
    listed = scenes or (FakeScene("company"), FakeScene("regions"))
    return Scenery(
        scenes={scene.name: scene for scene in listed},
        route=WALL,
        markup=lambda tree: f"<p>{tree}</p>" if isinstance(tree, str) else f"<section>{_texts(tree)}</section>",
        shell=lambda **said: f"<!doctype html><html lang={said['language']} data-bs-theme={said['theme']}>{said['root']}</html>",
        alerts=FakeLine("East is behind"),
        passed=FakeLine(),
    )


def _texts(tree: Any) -> str:
    children = getattr(tree, "children", tree)
    return " ".join(map(_texts, children)) if isinstance(children, list | tuple) else str(children)
