"""What a panel is: questions it needs answered, a view of the answers, components of the view, and the same as a table.

The frame calls ``needs``, has the questions answered, calls ``view`` and ``render``, and puts the component where the panel belongs.
It also adds, in the upper right corner of the card (``.card-h`` leaves 30 px there), a menu with "How is this computed?",
"Show as table" and "Download CSV"; a panel draws none of these itself. A panel of several cards puts
``layouts.tools.explain(name, part, scope.text, of=…)`` into each card instead, with the measure as ``part``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

from dash.development.base_component import Component

from layouts.urls import Scope
from metrics.question import Question


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

    def needs(self, scope: Scope) -> Mapping[str, Question]:
        """The questions whose answers ``view`` gets under the same keys: a ``Query``, or any other that the engine knows."""
        ...

    def view(self, scope: Scope, results: Mapping[str, Any]) -> Any:
        """A frozen dataclass: every number formatted, every tier decided, every link made."""
        ...

    def render(self, view: Any) -> Component:
        """Components of a view; no arithmetic, no formatting."""
        ...

    def table(self, scope: Scope, results: Mapping[str, Any]) -> Table | None:
        """The table twin; None: the panel is text already."""
        ...


class Unasked:
    """What a panel is that shows no figures: it asks nothing, and has no table."""

    def needs(self, scope: Scope) -> Mapping[str, Question]:
        return {}

    def table(self, scope: Scope, results: Mapping[str, Any]) -> None:
        return None


@runtime_checkable
class Explained(Protocol):
    """A panel whose way of computing needs words besides the formulas of its measures."""

    def method(self, scope: Scope) -> Sequence[str]:
        """Paragraphs for the sheet "How is this computed?", already in the reader's language."""
        ...


@runtime_checkable
class Noted(Protocol):
    """A panel that shows what people write. When somebody does, such panels alone are drawn anew."""

    @property
    def has_entries(self) -> bool: ...


@runtime_checkable
class Whole(Protocol):
    """A panel that shows a part of what there is; a file of it holds all."""

    def whole(self, scope: Scope) -> Mapping[str, Question]:
        """The questions whose answers ``table`` gets for a file."""
        ...


@runtime_checkable
class Paged(Whole, Protocol):
    """A panel with a list that may be too long to be sent at once. Its ``table`` is for files alone."""

    def page(self, scope: Scope, first: int, rows: int) -> Mapping[str, Question]:
        """The questions whose answers ``rows`` gets, for that part of the list."""
        ...

    def rows(self, scope: Scope, results: Mapping[str, Any], first: int, rows: int) -> tuple[list[dict[str, Any]], int]:
        """That part of the list as ``layouts.grid`` takes it, and how long the whole list is."""
        ...
