"""Two hundred wall screens on one server: what they cost, and how soon all of them have new data.

``python -m benchmarks.wall_load``. Each screen is paired like a real one, keeps its connection, and asks every two seconds with what
it has. Half way through, targets are changed.
"""

from __future__ import annotations

import asyncio
import json
import os
import statistics
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from benchmarks.report import Row, show
from benchmarks.server import Server, serving
from benchmarks.store import changeable, grown
from data.warehouse import Warehouse

SCREENS: Final = 200
SECONDS: Final = 60.0
EVERY: Final = 2.0
LONGER: Final = 10.0
"""Seconds after which a screen without the new data is given up."""
CPU_BOUND: Final = 10.0
"""Per cent of the machine."""
SHOWN_BOUND: Final = 5.0
"""Seconds from published to had by all."""

WALLS: Final = ("", "?measure=profit", "?region=East", "?region=South&measure=collections")
"""What the scenes of the walls look at: so many distinct walls share the screens."""


@dataclass
class Screen:
    """One screen: a connection, a credential, and what it has. ``seconds``: how long each answer took; ``had``: when a version came."""

    port: int
    cookie: str = ""
    etag: str = ""
    version: int = 0
    scenes: int = 0
    seconds: list[float] = field(default_factory=list)
    had: dict[int, float] = field(default_factory=dict)
    _streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, method: str, path: str, form: Any = None) -> tuple[int, dict[str, str], bytes]:
        """One question over the kept connection: status, headers, body."""
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self.port)
        reader, writer = self._streams
        body = b"" if form is None else json.dumps(form).encode()
        head = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", f"Content-Length: {len(body)}", "Content-Type: application/json"]
        head += [f"Cookie: {self.cookie}"] if self.cookie else []
        head += [f"If-None-Match: {self.etag}"] if self.etag else []
        writer.write("\r\n".join([*head, "", ""]).encode() + body)
        begin = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in begin[1:] if line)}
        status = int(begin[0].split()[1])
        return status, headers, await reader.readexactly(int(headers.get("content-length", 0)) if status != 304 else 0)

    async def pair(self, number: int, wall_id: int) -> None:
        _, headers, body = await self.ask("POST", "/wall/pair")
        self.cookie = headers["set-cookie"].partition(";")[0]
        form = {"code": json.loads(body)["code"], "name": f"Screen {number}", "wall_id": wall_id, "who": "benchmark"}
        status, _, said = await self.ask("POST", "/walls/claim.json", form)
        if status != 201:
            raise SystemExit(f"A screen could not be paired: {status} {said!r}")

    async def poll(self, begin: float, published: asyncio.Future[float]) -> None:
        """Ask every two seconds from ``begin`` on, a moment of ``time.perf_counter``, until some time after data was published."""
        at = begin
        while at < begin + SECONDS or not published.done() or at < published.result() + LONGER:
            await asyncio.sleep(max(at - time.perf_counter(), 0))
            asked = time.perf_counter()
            status, headers, body = await self.ask("GET", f"/wall/show.json?shown={self.version}&scene=0-company")
            self.seconds.append(time.perf_counter() - asked)
            if status == 200:
                said = json.loads(body)
                if said["state"] != "wall" or not said["scenes"]:
                    raise SystemExit(f"A screen would show nothing: {body[:200]!r}")
                self.etag, self.version, self.scenes = headers["etag"], said["version"], len(said["scenes"])
                self.had.setdefault(self.version, time.perf_counter())
            elif status != 304:
                raise SystemExit(f"A screen was answered {status}: {body[:200]!r}")
            at += EVERY


async def _run(server: Server, folder: Path) -> tuple[Row, ...]:
    screens = [Screen(server.port) for _ in range(SCREENS)]
    numbers = await _walls(screens[0])
    for number, screen in enumerate(screens):
        await screen.pair(number, numbers[number % len(numbers)])
    before, cpu, begin = await _figures(screens[0]), server.cpu(), time.perf_counter()
    publishing = asyncio.ensure_future(_publish(folder, SECONDS / 2))
    polls = [screen.poll(begin + EVERY * number / SCREENS, publishing) for number, screen in enumerate(screens)]
    (published, quiet, *_) = await asyncio.gather(publishing, _quiet(server), *polls)
    busy, passed = server.cpu() - cpu, time.perf_counter() - begin
    after, cores = await _figures(screens[0]), os.cpu_count() or 1
    new = max(screen.version for screen in screens)
    late = sum(new not in screen.had for screen in screens)
    if new == 1 or late:
        raise SystemExit(f"{late} of {SCREENS} screens do not have version {new} after {passed:.0f} seconds.")
    seconds = [one for screen in screens for one in screen.seconds]
    distinct = 2 * sum(screen.scenes for screen in screens[: len(numbers)])
    return (
        Row(f"server CPU of {cores} cores, publishing included", 100 * busy / passed / cores, "%", CPU_BOUND),
        Row(f"server CPU of {cores} cores, polls alone", 100 * quiet / cores, "%"),
        Row("published to had by all screens", max(screen.had[new] for screen in screens) - published, "s", SHOWN_BOUND),
        Row("scenes worked out", after["computed"] - before["computed"], "", distinct),
        Row("questions", after["asked"] - before["asked"], ""),
        Row("answer, median", 1000 * statistics.median(seconds), "ms"),
        Row("answer, 95 %", 1000 * statistics.quantiles(seconds, n=20)[-1], "ms"),
        Row("answer, longest", 1000 * max(seconds), "ms"),
    )


async def _quiet(server: Server) -> float:
    """CPU seconds a second while nothing is new: after the first answers, before anything is published."""
    await asyncio.sleep(SECONDS / 6)
    cpu, begin = server.cpu(), time.perf_counter()
    await asyncio.sleep(SECONDS / 4)
    return (server.cpu() - cpu) / (time.perf_counter() - begin)


async def _walls(screen: Screen) -> list[int]:
    """Walls of every scene; their numbers."""
    _, _, body = await screen.ask("GET", "/walls.json")
    scenes, numbers = [scene["name"] for scene in json.loads(body)["scenes"]], []
    for address in WALLS:
        wall = {"name": f"Wall {address}", "scenes": [{"scene": scene, "address": address} for scene in scenes]}
        status, _, said = await screen.ask("POST", "/walls/keep.json", {"wall": wall, "who": "benchmark"})
        if status != 201:
            raise SystemExit(f"A wall could not be made: {status} {said!r}")
        numbers.append(json.loads(said)["wall"]["wall_id"])
    return numbers


async def _figures(screen: Screen) -> dict[str, int]:
    figures: dict[str, int] = json.loads((await screen.ask("GET", "/wall/figures.json"))[2])
    return figures


async def _publish(folder: Path, after: float) -> float:
    """Change targets in a process of its own, as an import does; when that was published."""
    await asyncio.sleep(after)
    child = await asyncio.create_subprocess_exec(sys.executable, "-m", "benchmarks.wall_load", "--publish", str(folder))
    if await child.wait():
        raise SystemExit("Nothing could be published.")
    # CURRENT is renamed into place, so its time is when the new version could first be seen.
    return time.perf_counter() - (time.time() - (folder / "warehouse" / "CURRENT").stat().st_mtime)


def publish(folder: Path) -> None:
    """Half as much again is asked of everybody."""
    with Warehouse(folder / "warehouse").draft(plan_only=True) as draft:
        draft.connection.execute("UPDATE plan.target SET amount = amount * 1.5")
        draft.publish("targets raised")


def run(data_dir: Path) -> bool:
    """Serve a copy of a data folder to many screens."""
    with changeable(data_dir) as folder, serving(folder) as server:
        rows = asyncio.run(_run(server, folder))
    return show(f"{SCREENS} wall screens for {SECONDS:.0f} seconds, each asking every {EVERY:.0f}", rows)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--publish"]:
        publish(Path(sys.argv[2]))
        sys.exit(0)
    sys.exit(0 if run(Path(sys.argv[1]) if sys.argv[1:] else grown(1_000_000)) else 1)
