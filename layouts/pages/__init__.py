"""Pages: where each is, its title and its panels in order; and all of them together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from layouts.panel import Panel
from layouts.urls import Route, Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """``headline`` stands in the page's head, ``strip`` below the filters, ``rows`` are cards side by side, ``closing`` the last line.

    ``in_rail`` False: the page is reached from others only. ``short``: its title where the rail has no room for it. ``has_figures``
    False: nothing on it is computed from the data, so there is no file of it, and no card says how. ``of``: the field of the address
    without which there are no figures either.
    """

    route: Route
    title: str
    icon: str
    headline: Panel
    strip: Panel | None = None
    rows: tuple[tuple[Panel, ...], ...]
    closing: Panel | None = None
    in_rail: bool = True
    short: str = ""
    has_figures: bool = True
    of: str = ""

    @property
    def name(self) -> str:
        return self.route.name

    @property
    def panels(self) -> tuple[Panel, ...]:
        return tuple(panel for panel in (self.headline, self.strip, *self.cards, self.closing) if panel)

    @property
    def cards(self) -> tuple[Panel, ...]:
        """The panels that get a menu in their corner."""
        return tuple(panel for row in self.rows for panel in row)

    def has_file(self, scope: Scope) -> bool:
        """Whether there are figures to put into a file."""
        return self.has_figures and (not self.of or bool(getattr(scope.address, self.of)))


@dataclass(frozen=True)
class Pages:
    """All pages, in the order of the rail; the first is where a visitor begins.

    A panel may stand on several, in the same part; not so one of a page that is about one measure: the panel would not know which.
    """

    listed: tuple[Page, ...]

    @property
    def first(self) -> Page:
        return self.listed[0]

    @cached_property
    def panels(self) -> Mapping[str, Panel]:
        """Every panel of every page by its name."""
        return {panel.name: panel for page in self.listed for panel in page.panels}

    @cached_property
    def cards(self) -> frozenset[str]:
        """Names of the panels that get a menu in their corner."""
        return frozenset(panel.name for page in self.listed if page.has_figures for panel in page.cards)

    def at(self, path: str) -> Page | None:
        """The page at a path below the product's own, without slashes around it."""
        return next((page for page in self.listed if page.route.path == path), None)

    def named(self, name: str) -> Page | None:
        return next((page for page in self.listed if page.name == name), None)

    def route_of(self, panel: str) -> Route:
        """The page that a panel stands on; of several the one that reads most of an address."""
        return self._routes[panel]

    @cached_property
    def _routes(self) -> Mapping[str, Route]:
        routes: dict[str, Route] = {}
        for page in sorted(self.listed, key=lambda page: len(page.route.reads), reverse=True):
            for panel in page.panels:
                routes.setdefault(panel.name, page.route)
        return routes
