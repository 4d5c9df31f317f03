"""What a wall screen shows: scenes drawn once on the server, and the lines that run below them.

A scene is like a panel, but for people five metres away: no control, no link, no chart library. ``callbacks.wall_show`` has the
questions answered, calls ``view`` and ``render``, and turns the tree into HTML with ``layouts.wall.markup``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Protocol

from layouts.urls import WALL, Route, Scope
from metrics.question import Question

ROUTE: Final[Route] = WALL
"""What the address of a scene may say."""

MOST: Final = 6
"""Rows that can be read from five metres; the rest is counted."""


class Scene(Protocol):
    """``name``: of the style sheet and the test. ``title``: a marked text (``N_``), with ``{measure}`` where it is of one of the five."""

    @property
    def name(self) -> str: ...

    @property
    def title(self) -> str: ...

    def needs(self, scope: Scope) -> Mapping[str, Question]:
        """The questions whose answers ``view`` gets under the same keys."""
        ...

    def view(self, scope: Scope, results: Mapping[str, Any]) -> Any:
        """A frozen dataclass: every number formatted, every tier decided."""
        ...

    def render(self, view: Any) -> Any:
        """The tree between header and footer; no arithmetic, no formatting."""
        ...

    def heading(self, scope: Scope) -> str:
        """What stands in the header: ``Regions, sales amount``, and where, unless it is the company."""
        ...

    def page(self, scope: Scope) -> str:
        """The page that shows the same, as a link below the product's root; a phone scans it."""
        ...


class Line(Protocol):
    """What runs below the scenes, or is celebrated."""

    def needs(self, scope: Scope) -> Mapping[str, Question]: ...

    def say(self, scope: Scope, results: Mapping[str, Any]) -> tuple[Any, ...]:
        """What to say of the answers, each as JSON takes it."""
        ...
