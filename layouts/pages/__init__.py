"""Pages: a path, a title and the panels in order."""

from __future__ import annotations

from dataclasses import dataclass

from layouts.panel import Panel


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """``headline`` stands in the page's head, ``strip`` below the filters, ``rows`` are cards side by side, ``closing`` the last line."""

    name: str
    path: str
    title: str
    icon: str
    headline: Panel
    strip: Panel
    rows: tuple[tuple[Panel, ...], ...]
    closing: Panel

    @property
    def panels(self) -> tuple[Panel, ...]:
        return (self.headline, self.strip, *self.cards, self.closing)

    @property
    def cards(self) -> tuple[Panel, ...]:
        """The panels that get a menu in their corner."""
        return tuple(panel for row in self.rows for panel in row)
