"""``python -m benchmarks.wall_soak``: an hour of a wall screen's life in a few minutes, with everything going wrong that can.

A real server and a real browser, the screen's time in the hands of this script, and the screen under watch all the while (wall_watch.py).
At the end it is told what went wrong, how long what is new or back took, and what the page's memory has grown by.
"""

from __future__ import annotations

import argparse
import signal
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser

from benchmarks.browser import chromium
from benchmarks.report import Row, show
from benchmarks.server import serving, start
from benchmarks.wall_watch import BACK, BACK_WITHIN, SAID_WITHIN, Memory, Watched, watched
from data import demo
from data.devices import Device
from data.walls import NewWall, SceneChoice, Walls
from data.warehouse import Warehouse

GONE_WITHIN: Final = 60
NEW_WITHIN: Final = 5
"""Seconds: a screen's removal, new data."""
NEW: Final = "new data is shown"
GROWTH: Final = 5.0
"""Per cent that the page may grow."""
HOUR: Final = 3600
DAY: Final = 24 * HOUR
SCENES: Final = ("company", "regions", "ageing")
LINES: Final = 2000
ROUNDS: Final = 2


@dataclass(frozen=True, slots=True)
class Life:
    """What became of a screen in ``seconds`` of its time. ``took``: seconds, the longest of each kind."""

    seconds: float
    wrong: tuple[str, ...]
    took: dict[str, float]
    pictures: int
    before: Memory
    after: Memory

    @property
    def growth(self) -> float:
        """Per cent, of the objects."""
        return 100 * (self.after.bytes / self.before.bytes - 1)

    @property
    def more_nodes(self) -> float:
        """Per cent."""
        return 100 * (self.after.nodes / self.before.nodes - 1)


def network_refused(screen: Watched, seconds: float) -> None:
    screen.page.evaluate("window.watch.net.cut = true")
    screen.lose()
    screen.run(seconds)
    screen.page.evaluate("window.watch.net.cut = false")
    screen.find()


def server_killed(screen: Watched, seconds: float) -> None:
    screen.server.kill()
    screen.lose()
    screen.run(seconds)
    screen.server = start(screen.folder, screen.server.port)
    while not screen.server.is_up():
        screen.step()
        time.sleep(0.1)
    screen.find()


def server_hung(screen: Watched, seconds: float) -> None:
    processes = [screen.server.process, *screen.server.process.children(recursive=True)]
    for process in processes:
        process.send_signal(signal.SIGSTOP)
    screen.lose()
    screen.run(seconds)
    for process in reversed(processes):
        process.send_signal(signal.SIGCONT)
    screen.find()


def ledger_locked(screen: Watched, seconds: float) -> None:
    """Nothing of it is to be seen, and new data comes all the same."""
    with _locked(screen.folder / "ledger.sqlite"):
        screen.run(seconds / 2)
        data_published(screen, seconds / 2)
        if screen.seen["mark"] != "fresh":
            screen.fail("a locked ledger stops the screen")


def data_published(screen: Watched, seconds: float) -> None:
    with screen.warehouse.draft(plan_only=True) as draft:
        draft.connection.execute("UPDATE plan.target SET amount = amount * 1.01 WHERE measure = 'amount'")
        draft.publish("targets raised")
    _shown(screen)
    screen.run(seconds)


def warehouse_replaced(screen: Watched, seconds: float) -> None:
    with screen.warehouse.draft(fresh=True) as draft:
        demo.make(draft.connection, last_day=_yesterday() - timedelta(days=1), lines=LINES)
        draft.publish("another company")
    _shown(screen)
    screen.run(seconds)


def clock_jumped(screen: Watched, seconds: float) -> None:
    """The device's clock, which must not matter, and the server's, by which data grows old."""
    for days in (1, -400):
        screen.page.evaluate("by => window.watch.jump(by)", days * DAY * 1000)
        screen.run(seconds / 4)
        if screen.seen["mark"] != "fresh":
            screen.fail("the device's clock decides what is fresh")
    screen.page.evaluate("by => { window.watch.net.ahead = by; }", 3 * DAY * 1000)
    screen.truth.told_at = screen.at
    screen.until("old data is called stale", lambda seen: seen["mark"] == "stale", SAID_WITHIN)
    screen.run(seconds / 2)
    screen.page.evaluate("window.watch.net.ahead = 0")
    screen.until("data is fresh again", lambda seen: seen["mark"] == "fresh", SAID_WITHIN)


def browser_restarted(screen: Watched, seconds: float) -> None:
    screen.page.reload()
    screen.until("the wall is back", lambda seen: seen["mark"] == "fresh", SAID_WITHIN)
    screen.run(seconds)


def wall_removed(screen: Watched, seconds: float) -> None:
    device, before = _paired(screen), screen.walls.all()[0]
    screen.walls.remove(before.wall_id, who="soak")
    screen.patiently("a removed wall is said", lambda seen: "not there any more" in seen["scene"], GONE_WITHIN)
    screen.devices.assign(device.device_id, _wall(screen.walls), who="soak")
    screen.patiently("another wall is shown", lambda seen: seen["mark"] == "fresh", GONE_WITHIN)
    screen.run(seconds)


def device_revoked(screen: Watched, seconds: float) -> None:
    device, shown = _paired(screen), screen.seen["scene"]
    screen.devices.revoke(device.device_id, who="soak")
    screen.patiently("a removed screen ends", lambda seen: "removed" in seen["scene"] and bool(seen["code"]), GONE_WITHIN)
    if shown in screen.page.evaluate("document.body.innerText") or screen.page.evaluate("localStorage.getItem('wuliang-wall:/wall')"):
        screen.fail("something of its wall is left on a removed screen")
    screen.run(seconds)
    pair(screen)


def pair(screen: Watched) -> None:
    screen.patiently("a code is shown", lambda seen: bool(seen["code"]), GONE_WITHIN)
    wall_id = screen.walls.all()[0].wall_id if screen.walls.all() else _wall(screen.walls)
    screen.devices.claim(screen.seen["code"], name="Hall", wall_id=wall_id, who="soak")
    screen.patiently("the wall is shown", lambda seen: seen["mark"] == "fresh", GONE_WITHIN)


FAULTS: Final[tuple[Callable[[Watched, float], None], ...]] = (
    data_published,
    ledger_locked,
    clock_jumped,
    server_hung,
    warehouse_replaced,
    wall_removed,
    server_killed,
    device_revoked,
)


def _paired(screen: Watched) -> Device:
    return next(device for device in screen.devices.all() if device.state == "paired")


def _wall(walls: Walls) -> int:
    scenes = tuple(SceneChoice(scene=name) for name in SCENES)
    return walls.keep(NewWall(name="Hall", scenes=scenes, seconds=10), who="soak").wall_id


def _shown(screen: Watched) -> None:
    screen.know_data()
    version = screen.warehouse.current().number
    screen.patiently(NEW, lambda seen: seen["version"] == version, NEW_WITHIN)


def live(browser: Browser, folder: Path, seconds: float, rounds: int = ROUNDS, patience: float = 1.0) -> Life:
    """A screen's life over a data folder, which is changed, for about so many seconds of its time, with every fault in each round.

    Memory is compared over the last round: in the first one the browser still compiles what has not run before.
    """
    share = seconds / (rounds * len(FAULTS) + 3)
    with serving(folder) as server:
        screen = watched(browser.new_page(viewport={"width": 960, "height": 540}), folder, server, patience)
        try:
            pair(screen)
            browser_restarted(screen, share)
            network_refused(screen, share)
            for _ in range(rounds):
                before = screen.memory()
                for fault in FAULTS:
                    fault(screen, share)
            screen.run(max(share, seconds - screen.at))
            after = screen.memory()
        finally:
            screen.close()
    return Life(screen.at, tuple(screen.wrong), screen.took, screen.pictures, before, after)


def company(folder: Path) -> None:
    """A small company whose data is of yesterday."""
    with Warehouse(folder / "warehouse").draft(fresh=True) as draft:
        demo.make(draft.connection, last_day=_yesterday(), lines=LINES)
        draft.publish("demo company")


def run(seconds: float = HOUR) -> bool:
    """The life, and what came of it. Whether nothing went wrong."""
    with tempfile.TemporaryDirectory() as folder:
        company(Path(folder))
        begin = time.monotonic()
        with chromium() as browser:
            life = live(browser, Path(folder), seconds)
    for wrong in life.wrong:
        print(f"  WRONG at {wrong}", file=sys.stderr)
    faults, passed = ROUNDS * len(FAULTS) + 2, time.monotonic() - begin
    return show(
        f"A wall screen for {life.seconds / 60:.0f} minutes of its time, {faults} faults, in {passed:.0f} s",
        (
            Row("what went wrong", len(life.wrong), "", 0),
            Row("pictures looked at, none blank", life.pictures),
            Row("new data published to shown, longest", life.took[NEW], "s", NEW_WITHIN),
            Row("server back to screen back, longest", life.took[BACK], "s", BACK_WITHIN),
            Row("memory of the page", life.after.bytes / 1e6, "MB"),
            Row("memory of the page, growth", life.growth, "%", GROWTH),
            Row("nodes of the page, growth", life.more_nodes, "%", GROWTH),
        ),
    )


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.wall_soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=60, help="of the screen's time (default: 60)")
    return 0 if run(parser.parse_args().minutes * 60) else 1


def _yesterday() -> date:
    return datetime.now().astimezone().date() - timedelta(days=1)


@contextmanager
def _locked(ledger: Path) -> Iterator[None]:
    connection = sqlite3.connect(ledger, isolation_level=None)
    connection.execute("BEGIN EXCLUSIVE")
    try:
        yield
    finally:
        connection.execute("ROLLBACK")
        connection.close()


if __name__ == "__main__":
    sys.exit(main())
