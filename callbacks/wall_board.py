"""The walls and screens of the ledger, in memory: however many screens ask, the ledger is read once a second and written now and then.

A ledger that is locked or cannot be read stops no screen: what was known last is shown. So nobody who asks waits for it; it is read
and written on a thread that lives as long as that takes.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from threading import BoundedSemaphore, Lock, Thread
from types import MappingProxyType
from typing import Final

import sqlalchemy as sa

from data.devices import BUILT_IN, Device, Devices, Sighting
from data.errors import DataError
from data.ledger import LedgerUnusable
from data.walls import BUILT_IN_SLUG, SceneChoice, Wall, Walls

log: Final = logging.getLogger("wuliang")

READ_SECONDS: Final = 1.0
WRITE_SECONDS: Final = 15.0
ASKERS: Final = 2
ASK_SECONDS: Final = 2.0


@dataclass(frozen=True, slots=True)
class State:
    """What the ledger said last. ``walls`` by number, the built-in one included; ``devices`` by what is kept of their secrets."""

    walls: Mapping[int, Wall] = field(default_factory=lambda: MappingProxyType({}))
    devices: Mapping[str, Device] = field(default_factory=lambda: MappingProxyType({}))

    def at(self, slug: str) -> Wall | None:
        """The wall at a short address."""
        return next((wall for wall in self.walls.values() if wall.slug == slug), None)


def built_in(name: str, scenes: tuple[str, ...], language: str) -> Wall:
    """The wall that there is before any was made: every scene of the whole company."""
    listed = tuple(SceneChoice(scene=scene) for scene in scenes)
    return Wall(wall_id=BUILT_IN, revision=0, slug=BUILT_IN_SLUG, name=name, scenes=listed, language=language)


class Board:
    """Safe to share between threads. ``ticks``: seconds that only go forward."""

    def __init__(self, walls: Walls, devices: Devices, first: Wall, ticks: Callable[[], float] = time.monotonic) -> None:
        self.walls, self.devices, self._first, self._ticks = walls, devices, first, ticks
        self._state = State(walls={first.wall_id: first})
        self._seen: dict[int, Sighting] = {}
        self._read_at, self._written_at = -READ_SECONDS, ticks()
        self._began = False
        self.is_known = False
        """Whether the ledger could be read at least once."""
        self._busy, self._guard = Lock(), Lock()
        self._askers = BoundedSemaphore(ASKERS)
        self._problem = ""

    @property
    def state(self) -> State:
        """What is known, at most about a second old as long as the ledger can be read; only the very first to ask waits for it."""
        now = self._ticks()
        if not self._began:
            with self._guard:
                if not self._began:
                    self.refresh()
                    self._began = True
        elif now - self._read_at >= READ_SECONDS and self._busy.acquire(blocking=False):
            self._read_at = now
            Thread(target=self._catch_up, name="walls", daemon=True).start()
        return self._state

    def refresh(self) -> None:
        """Read the ledger now; where that fails, what was known stays."""
        self._read_at = self._ticks()
        try:
            walls, devices = self.walls.all(), self.devices.by_secret()
        except (sa.exc.SQLAlchemyError, DataError, OSError) as error:
            self._note(f"read: {error}")
            return
        self._note("")
        self.is_known = True
        self._state = State(walls={self._first.wall_id: self._first, **{w.wall_id: w for w in walls}}, devices=devices)

    def require_known(self) -> None:
        """Raise ``LedgerUnusable`` where it is not known what walls there are."""
        if self.state and not self.is_known:
            raise LedgerUnusable(f"The ledger cannot be read: {self._problem}")

    @contextmanager
    def asking(self) -> Iterator[Devices]:
        """The screens in the ledger itself, for a few at a time: while it is locked each waits, and holds up a thread of the server.

        Raises ``LedgerUnusable`` for one too many.
        """
        if not self._askers.acquire(timeout=ASK_SECONDS):
            raise LedgerUnusable("The ledger is busy.")
        try:
            yield self.devices
        finally:
            self._askers.release()

    def saw(self, sighting: Sighting) -> None:
        """Remember that a screen asked; it is written down later, together with the others."""
        with self._guard:
            self._seen[sighting.device_id] = sighting

    def screens(self) -> tuple[Device, ...]:
        """Every screen with what this process saw of it last."""
        with self._guard:
            seen = dict(self._seen)
        return tuple(_as_seen(device, seen.get(device.device_id)) for device in self._state.devices.values())

    def write_down(self) -> None:
        """Write what was seen; where that fails, it is kept for the next time."""
        with self._guard:
            seen, self._written_at = list(self._seen.values()), self._ticks()
        try:
            if seen:
                self.devices.seen(seen)
        except (sa.exc.SQLAlchemyError, DataError, OSError) as error:
            self._note(f"write: {error}")
            return
        with self._guard:
            for sighting in seen:
                if self._seen.get(sighting.device_id) is sighting:
                    del self._seen[sighting.device_id]

    def _catch_up(self) -> None:
        try:
            self.refresh()
            if self._ticks() - self._written_at >= WRITE_SECONDS:
                self.write_down()
        finally:
            self._busy.release()

    def _note(self, problem: str) -> None:
        """One line in the log for as long as a problem stays the same."""
        if problem != self._problem:
            self._problem = problem
            if problem:
                log.warning("wall screens go on with what was known: the ledger cannot be used: %s", problem)


def _as_seen(device: Device, seen: Sighting | None) -> Device:
    if seen is None or (device.last_seen and device.last_seen > seen.at):
        return device
    return replace(
        device, last_seen=seen.at, version_shown=seen.version, scene_shown=seen.scene, release_shown=seen.release, problem=seen.problem
    )
