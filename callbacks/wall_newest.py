"""The newest document of each wall: made once for all its screens, by the first that asks after something changed."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any, Final

import orjson
from cachetools import LRUCache

from callbacks.desk import Desk, failure
from data.walls import Wall
from layouts.text import translator

KEPT: Final = 256
"""Documents in memory."""
TRIES: Final = 3
RETRY_SECONDS: Final = 30
"""After so long a document that lacks something is made again."""
PREVIEW: Final = -1
"""The number of a wall that is not kept."""


@dataclass(frozen=True, slots=True)
class Document:
    """An answer as it is sent: ``body`` is JSON, ``packed`` the same with gzip. ``version``: of the data; 0 where there is none."""

    etag: str
    body: bytes
    packed: bytes
    version: int = 0

    @classmethod
    def of(cls, payload: Mapping[str, Any], version: int = 0) -> Document:
        body = orjson.dumps(payload)
        return cls(hashlib.sha256(body).hexdigest()[:20], body, gzip.compress(body, 6, mtime=0), version)


@dataclass(slots=True)
class _Line:
    """Where the screens of one wall queue. ``newest``: what they got last; who holds ``making`` makes what comes next."""

    making: Lock
    newest: Document | None = None


class Newest:
    """Keeps documents. Safe to share between threads. ``make``: the document of a wall below a root, and whether it lacks nothing."""

    def __init__(self, desk: Desk, make: Callable[[Wall, str], tuple[Document, bool]]) -> None:
        self._desk, self._make = desk, make
        self._lock = Lock()
        self._made: LRUCache[Any, tuple[Document, float]] = LRUCache(KEPT)
        self._lines: LRUCache[Any, _Line] = LRUCache(KEPT)
        self._complained = 0.0

    def __call__(self, wall: Wall, root: str) -> Document:
        """The wall on the current version. Whoever asks first for what is new makes it; meanwhile the others get what there was.

        Raises what the desk raises where the data cannot be read, unless there is a document of before.
        """
        which = (wall, root) if wall.wall_id == PREVIEW else (wall.wall_id, wall.slug, root)
        with self._lock:
            line = self._lines.setdefault(which, _Line(Lock()))
            before = line.newest
        try:
            return self._current(wall, root) or self._next(line, before, wall, root)
        except Exception as error:
            # What the data cannot say just now was true a moment ago, and says itself until when it is fresh.
            if before is None:
                raise
            self._complain(error, wall)
            return before

    def _current(self, wall: Wall, root: str) -> Document | None:
        """The document in memory, unless something changed since it was made."""
        now = self._desk.clock()
        key = (wall, root, self._desk.version, now.astimezone().date())
        with self._lock:
            kept = self._made.get(key)
        return kept[0] if kept and now.timestamp() < kept[1] else None

    def _next(self, line: _Line, before: Document | None, wall: Wall, root: str) -> Document:
        if not line.making.acquire(blocking=before is None):
            assert before
            return before
        try:
            return self._current(wall, root) or self._made_anew(line, wall, root)
        finally:
            line.making.release()

    def _made_anew(self, line: _Line, wall: Wall, root: str) -> Document:
        """Where data was published meanwhile, it is made once more, so that no two of its scenes are of different data."""
        for _ in range(TRIES):
            version, begun = self._desk.version, self._desk.clock()
            made, is_whole = self._make(wall, root)
            if self._desk.version == version:
                break
        until = float("inf") if is_whole else begun.timestamp() + RETRY_SECONDS
        with self._lock:
            self._made[wall, root, version, begun.astimezone().date()] = made, until
            line.newest = made
        return made

    def _complain(self, error: Exception, wall: Wall) -> None:
        """In the log, but not for each of many screens."""
        now = self._desk.clock().timestamp()
        if not 0 <= now - self._complained < RETRY_SECONDS:
            self._complained = now
            failure(error, f"wall {wall.slug}", translator(wall.language))
