"""A wall screen under watch: a real page and server, the screen's time in the hands of a script, and what is true beside what it says.

wall_watch.js takes the page's time and network over. Second by second the screen is held against the truth: is there something to see,
does it say "fresh" of nothing else, is a lost server said and found again.
"""

from __future__ import annotations

import time
from base64 import b64decode
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Page

from benchmarks.server import Server
from data.devices import Devices
from data.ledger import Ledger
from data.settings import Settings
from data.walls import Walls
from data.warehouse import Warehouse

SAID_WITHIN: Final = 10
BACK_WITHIN: Final = 30
"""Seconds: a lost connection, the server's return."""
BACK: Final = "the screen is back"
ANSWER_WITHIN: Final = 3
"""Seconds from one answer to the next."""
LOOK_EVERY: Final = 20
"""Seconds from one picture of the screen to the next."""
BLANK: Final = 12_000
"""A picture of fewer bytes has nothing on it; the code of a new screen, the emptiest of all, takes three times as many."""
AROUND_WITHIN: Final = 90
"""Seconds for all scenes and the first one again."""
SCRIPT: Final = Path(__file__).with_suffix(".js").read_text(encoding="utf-8")


@dataclass
class Truth:
    """What the screen is held against. ``lost_since``, ``back_since``: seconds of its time; ``stale_at``: milliseconds since 1970."""

    lost_since: float | None = None
    back_since: float | None = None
    stale_at: float = 0.0
    told_at: float = -float(SAID_WITHIN)
    """When the server's clock was set; the screen hears of it with the next answer."""


@dataclass(frozen=True, slots=True)
class Memory:
    """What a page holds after the garbage was collected: bytes of objects, and nodes, detached ones included."""

    bytes: int
    nodes: int


@dataclass
class Watched:
    """A screen under way. ``at``: seconds of its time since it was switched on; ``patience``: real seconds to one that is allowed."""

    page: Page
    folder: Path
    server: Server
    patience: float = 1.0
    truth: Truth = field(default_factory=Truth)
    at: float = 0.0
    seen: dict[str, Any] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    took: dict[str, float] = field(default_factory=dict)
    """Seconds that what was waited for took, the longest of each kind."""
    pictures: int = 0

    def __post_init__(self) -> None:
        self._tools = self.page.context.new_cdp_session(self.page)
        self._first_title = ""
        self._begun = self.server
        self.warehouse, self.ledger = Warehouse(self.folder / "warehouse"), Ledger(self.folder / "ledger.sqlite")
        self.walls, self.devices = Walls(self.ledger), Devices(self.ledger)
        self.know_data()

    def know_data(self) -> None:
        hours = Settings(data_dir=self.folder).stale_after_hours
        self.truth.stale_at = (self.warehouse.current().published + timedelta(hours=hours)).timestamp() * 1000

    def step(self, seconds: float = 1.0) -> dict[str, Any]:
        """Let time pass, and compare."""
        self.seen = self.page.evaluate("milliseconds => window.watch.step(milliseconds)", round(seconds * 1000))
        self.at += seconds
        self.wrong += self.seen["wrong"]
        self._compare()
        if self.at >= self.pictures * LOOK_EVERY:
            self.pictures += 1
            if self._picture() < BLANK:
                self.fail("a picture of the screen is blank")
        return self.seen

    def run(self, seconds: float) -> None:
        for _ in range(round(seconds)):
            self.step()

    def until(self, what: str, holds: Callable[[dict[str, Any]], bool], within: float) -> float:
        """Seconds of the screen's time until something holds; that it does not in time is noted."""
        begin = self.at
        while not holds(self.step()):
            if self.at - begin > within:
                self.fail(f"{what}: not within {within:g} s")
                break
        return self._took(what, self.at - begin)

    def close(self) -> None:
        self.page.close()
        if self.server is not self._begun:
            self.server.stop()
        self.ledger.close()

    def fail(self, what: str) -> None:
        self.wrong.append(f"{self.at:.0f} s: {what}")

    def _compare(self) -> None:
        seen, truth = self.seen, self.truth
        if seen["path"] != "/wall":
            self.fail(f"the screen went to {seen['path']}")
        if not seen["clock"]:
            self.fail("no clock")
        lost = truth.lost_since is not None and self.at - truth.lost_since > SAID_WITHIN
        old = seen["now"] >= truth.stale_at and self.at - truth.told_at > ANSWER_WITHIN
        if seen["mark"] == "fresh" and (lost or old):
            self.fail("called fresh, and is not")
        if lost and seen["mark"] != "offline":
            self.fail(f"a lost connection is not said after {SAID_WITHIN} s")
        if truth.back_since is not None and self.at - truth.back_since > BACK_WITHIN and seen["mark"] == "offline":
            self.fail(f"not back after {BACK_WITHIN} s")

    def lose(self) -> None:
        self.truth.lost_since, self.truth.back_since = self.at, None

    def find(self) -> None:
        """The server can be reached again, and the screen is to notice."""
        self.truth.lost_since, self.truth.back_since = None, self.at
        self.until(BACK, lambda seen: seen["mark"] in ("fresh", "stale"), BACK_WITHIN)

    def patiently(self, what: str, holds: Callable[[dict[str, Any]], bool], within: float) -> float:
        """As ``until``, with the screen's time as fast as the real one: what is measured is the server as well."""
        begin = time.monotonic()
        while not holds(self.step(0.25)):
            time.sleep(0.25)
            if time.monotonic() - begin > within * self.patience:
                self.fail(f"{what}: not within {within:g} s")
                break
        return self._took(what, time.monotonic() - begin)

    def memory(self) -> Memory:
        """As it is when always the same scene has just come."""
        begin, before, title = self.at, "", self._first_title or self.seen["title"]
        while not (before and before != title == self.seen["title"]):
            before = self.seen["title"]
            self.step()
            if self.at - begin > AROUND_WITHIN:
                self.fail("the scenes do not take turns")
                break
        self._first_title = title
        for _ in range(3):
            self._tools.send("HeapProfiler.collectGarbage")
        nodes: int = self._tools.send("Memory.getDOMCounters")["nodes"]
        used: int = self._tools.send("Runtime.getHeapUsage")["usedSize"]
        return Memory(used, nodes)

    def _took(self, what: str, seconds: float) -> float:
        self.took[what] = max(seconds, self.took.get(what, 0))
        return seconds

    def _picture(self) -> int:
        """Bytes of a picture of the screen: the less there is to see, the fewer."""
        return len(b64decode(self._tools.send("Page.captureScreenshot", {"format": "png"})["data"]))


def watched(page: Page, folder: Path, server: Server, patience: float = 1.0) -> Watched:
    """A screen that is switched on for the first time, over a data folder."""
    page.add_init_script(SCRIPT.replace("BEGIN", str(round(time.time() * 1000))))
    page.goto(f"{server.address}/wall")
    return Watched(page, folder, server, patience)
