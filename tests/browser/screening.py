"""A screen without a server: the page, its style and script as they are, answers as a test gives them, and time that a test moves."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Error, Page, Route

from layouts import wall_words
from layouts.text import translator
from layouts.wall.frame import shell

ASSETS = Path(__file__).parents[2] / "assets"
HOST = "http://127.0.0.1:9"
_COUNT_ASKED = """
window.asking = 0;
const ask = window.fetch;
window.fetch = (...given) => { window.asking += 1; return ask(...given).finally(() => { window.asking -= 1; }); };
"""
NOON = datetime(2026, 9, 14, 12, tzinfo=UTC)
"""A Monday."""


def scene(name: str, html: str = "", *, key: str = "", seconds: int = 20) -> dict[str, Any]:
    said = {"key": key or f"0-{name}", "scene": name, "seconds": seconds, "title": name.title(), "period": "Q3 2026", "missing": False}
    return said | {"html": html or f'<section class="sc"><p>{name}</p></section>', "qr": "<svg></svg>"}


def wall(*scenes: dict[str, Any], **said: Any) -> dict[str, Any]:
    """A document of a wall; ``scenes`` get the keys of their places."""
    placed = [one | {"key": f"{at}-{one['scene']}"} for at, one in enumerate(scenes)]
    stale_at = round((NOON + timedelta(hours=26)).timestamp() * 1000)
    days = [(NOON + timedelta(days=n)).date().isoformat() for n in range(5)]
    common = {"state": "wall", "release": "r1", "revision": 1, "version": 1, "name": "Hall", "language": "en", "theme": "dark"}
    about = {"data": "Data 13 Sep", "read": "read 07:30", "stale_at": stale_at, "hours": [420, 1200], "working_days": days}
    below: dict[str, Any] = {"alerts": [], "passed": [], "skipped": [], "known_to": days[-1], "words": words()}
    return common | about | below | {"seconds": 20, "scenes": placed} | said


def words() -> dict[str, str]:
    return dict(wall_words.around(translator("en")))


@dataclass
class Network:
    """What the screen reaches. ``said``: the document it is given; None: nothing answers. ``asked``: the addresses it asked for.

    ``refresh``: seconds after which a page without a script loads anew.
    """

    said: dict[str, Any] | None
    status: int = 200
    release: str = "r1"
    now: datetime = NOON
    asked: list[str] = field(default_factory=list)
    pages: int = 0
    refresh: int = 30
    paired: int = 0
    on_pair: Callable[[], dict[str, Any]] | None = None

    def serve(self, route: Route) -> None:
        path = route.request.url.removeprefix(HOST).split("?")[0]
        if self.said is None:
            route.abort("connectionrefused")
        elif path.startswith("/assets/"):
            route.fulfill(path=ASSETS / path.removeprefix("/assets/"))
        elif path == "/wall/pair":
            self.paired += 1
            assert self.on_pair
            self.said = self.on_pair()
            self._answer(route, self.said)
        elif path.endswith(".json"):
            self.asked.append(route.request.url)
            self._answer(route, self.said)
        else:
            self.pages += 1
            page = shell(language="en", theme="dark", root="/", release=self.release)
            route.fulfill(body=page.replace('content="30"', f'content="{self.refresh}"'), content_type="text/html")

    def _answer(self, route: Route, said: dict[str, Any]) -> None:
        body = json.dumps(said)
        etag = f'"{hash(body)}"'
        headers = {"Wuliang-Now": f"{round(self.now.timestamp() * 1000)};60", "ETag": etag, "Content-Type": "application/json"}
        if self.status == 200 and route.request.headers.get("if-none-match") == etag:
            route.fulfill(status=304, headers=headers)
        else:
            route.fulfill(status=self.status, body=body, headers=headers)


@dataclass
class Screen:
    page: Page
    network: Network

    def wait(self, seconds: float, step: float = 0.5) -> None:
        """Let time pass on the screen and on the server, with answers coming in between, however slow the machine is."""
        for _ in range(round(seconds / step)):
            self.network.now += timedelta(seconds=step)
            self.page.clock.run_for(round(step * 1000))
            self._hear()

    def _hear(self) -> None:
        """Wait until what was asked is answered; but a moment for what nobody answers."""
        for _ in range(25):
            self.page.wait_for_timeout(4)
            with suppress(Error):  # the page may be loading anew
                if not self.page.evaluate("window.asking"):
                    return

    def text(self, part: str) -> str:
        return " ".join(self.page.locator(part).inner_text().split())

    @property
    def shown(self) -> str:
        return self.text(".layer.on")

    @property
    def mark(self) -> str:
        """The class of the dot: fresh, stale, offline, or nothing for not known."""
        return self.page.locator("#fresh").get_attribute("class") or ""


def screen(browser: Browser, network: Network, path: str = "/wall", *, device: datetime = NOON) -> Screen:
    """A screen that is on; ``device``: the clock of its browser."""
    context = browser.new_context(viewport={"width": 960, "height": 540}, timezone_id="Asia/Shanghai")
    context.route("**/*", network.serve)
    page = context.new_page()
    page.clock.install(time=device)
    page.add_init_script(_COUNT_ASKED)
    page.goto(HOST + path)
    found = Screen(page, network)
    found.wait(1)
    return found
