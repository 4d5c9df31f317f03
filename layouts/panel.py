"""What a panel is: queries it needs, a view of their results, components of the view, and the same as a table.

The frame calls ``needs``, runs the queries, calls ``view`` and ``render``, and puts the component where the panel belongs.
It also adds, in the upper right corner of the card (``.card-h`` leaves 30 px there), a menu with "How is this computed?",
"Show as table" and "Download CSV"; a panel draws none of these itself. A panel of several cards puts
``layouts.tools.explain(name, part, scope.text, of=…)`` into each card instead, with the measure as ``part``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from dash.development.base_component import Component

from layouts.urls import Scope
from metrics.query import Query, Result


@dataclass(frozen=True, slots=True)
class Table:
    """The twin of a figure: ``rows`` as shown, ``raw`` the same cells exactly (Decimal, date, str, None), for files."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    raw: tuple[tuple[Any, ...], ...]


class Panel(Protocol):
    """``name``: of the id, the file and the test. ``title``: a marked text (``N_``), shown while loading and on an error."""

    @property
    def name(self) -> str: ...

    @property
    def title(self) -> str: ...

    def needs(self, scope: Scope) -> Mapping[str, Query]:
        """The queries whose results ``view`` gets under the same keys."""
        ...

    def view(self, scope: Scope, results: Mapping[str, Result]) -> Any:
        """A frozen dataclass: every number formatted, every tier decided, every link made."""
        ...

    def render(self, view: Any) -> Component:
        """Components of a view; no arithmetic, no formatting."""
        ...

    def table(self, scope: Scope, results: Mapping[str, Result]) -> Table | None:
        """The table twin; None: the panel is text already."""
        ...
