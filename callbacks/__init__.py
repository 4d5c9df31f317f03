"""The wiring: what the browser asks for, and who answers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from dash import Dash

from callbacks import causes, entries, explain, exports, frame, guard, panels, rows, vendor, version, walls
from callbacks.desk import Desk
from callbacks.wall_scenery import SCENERY
from callbacks.wall_show import Scenery
from data.ledger import Ledger
from data.settings import Settings
from layouts.pages.listed import PAGES
from metrics.engine import Engine


def now() -> datetime:
    """The clock of the product."""
    return datetime.now(UTC)


def register(
    app: Dash,
    engine: Engine,
    settings: Settings,
    clock: Callable[[], datetime] = now,
    *,
    ledger: Ledger | None = None,
    scenery: Scenery = SCENERY,
) -> None:
    """Put the pages over an engine into an app. ``clock``: the time, in UTC, by which data is called stale.

    ``ledger``: where walls and screens are kept; without one there are none. ``scenery``: what screens can show.
    """
    desk = Desk(engine, settings, clock)
    vendor.register(app)
    frame.register(app, desk, PAGES)
    panels.register(app, desk, PAGES)
    rows.register(app, desk, PAGES)
    explain.register(app, desk, PAGES)
    causes.register(app, desk)
    entries.register(app, desk)
    exports.register(app, desk, PAGES)
    version.register(app, desk)
    if ledger is not None:
        walls.register(app, desk, ledger, scenery)
    guard.register(app, PAGES)
