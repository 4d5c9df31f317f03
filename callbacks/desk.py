"""Where an address becomes figures: scope, results, and what is said when that fails."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Any, Final

from cachetools import LRUCache, cached

from data.entries import Entries
from data.errors import DataError, StoreEmpty
from data.settings import Settings
from layouts.panel import Panel
from layouts.resolving import resolve
from layouts.text import Translator, translator
from layouts.urls import Notice, Route, Scope, elsewhere, parse_address
from metrics.booking import booked_last, sold_in
from metrics.engine import Engine
from metrics.errors import MetricsError
from metrics.query import Member
from metrics.question import Question
from metrics.scope import EVERYTHING, Viewer
from metrics.snapshot import Snapshot

log: Final = logging.getLogger("wuliang")


@dataclass(frozen=True, slots=True)
class Failure:
    """What a person is told: a sentence, and a code under which the log has the rest."""

    message: str
    code: str


class Desk:
    """Answers addresses from one engine. Safe to share between threads."""

    def __init__(self, engine: Engine, settings: Settings, clock: Callable[[], datetime], viewer: Viewer = EVERYTHING) -> None:
        self._engine, self.settings, self.clock, self.viewer = engine, settings, clock, viewer
        self._scope = cached(LRUCache(512), lock=Lock())(self._resolve)

    @property
    def version(self) -> int:
        """The number of the current version; 0 before anything was published."""
        try:
            return self._engine.snapshot().version
        except StoreEmpty:
            return 0

    @property
    def written(self) -> int:
        """The revision of the ledger; 0 before anything was written."""
        return self.entries.revision if self.entries else 0

    @property
    def entries(self) -> Entries | None:
        """What people write, where there is a ledger."""
        return self._engine.entries

    def snapshot(self) -> Snapshot:
        """The current version. Raises ``StoreEmpty``."""
        return self._engine.snapshot()

    def scope(self, search: str, route: Route, version: int | None = None) -> tuple[Scope, tuple[Notice, ...]]:
        """What a query string means to a page, on the current version unless another is named.

        Raises ``StoreEmpty``, or ``VersionUnknown`` for one that is not kept.
        """
        at = self._engine.snapshot(version).version
        return self._scope(search, route, at, self.written if route.has_entries else 0)

    def members(self, scope: Scope, dimension: str) -> Mapping[str | None, Member]:
        """The members of a dimension that the viewer may see."""
        return self._engine.members(dimension, scope.snapshot.version, self.viewer)

    def answer(self, question: Question, scope: Scope) -> Any:
        """The answer to a question, of the version of the scope and inside the viewer's bounds."""
        return self._engine.answer(question, self.viewer, version=scope.snapshot.version)

    def results(self, panel: Panel, scope: Scope) -> dict[str, Any]:
        """The answers to what a panel needs."""
        return {key: self.answer(question, scope) for key, question in panel.needs(scope).items()}

    def text(self, search: str) -> Translator:
        """The language of an address, known even where nothing else is."""
        return translator(parse_address(search)[0].language or self.settings.language)

    def _resolve(self, search: str, route: Route, version: int, written: int) -> tuple[Scope, tuple[Notice, ...]]:
        address, unread = parse_address(search)
        scope, unknown = resolve(
            route.narrow(address),
            self._engine.snapshot(version),
            self.settings,
            lambda dimension: self._engine.members(dimension, version, self.viewer),
            measure=route.measure,
            written=written,
            booked=lambda customer, as_of: booked_last(self._engine, customer, as_of, viewer=self.viewer, version=version),
            sold_in=lambda rep, as_of: sold_in(self._engine, rep, as_of, viewer=self.viewer, version=version),
        )
        return scope, (*unread, *elsewhere(address, route), *unknown)


def failure(error: Exception, subject: str, text: Translator) -> Failure:
    """The words for an error: its own if it is one a person can do something about, else a code to report."""
    if isinstance(error, MetricsError | DataError):
        code = f"WL-{type(error).__name__}"
        log.warning("%s: %s: %s", code, subject, error)
        return Failure(str(error), code)
    code = f"WL-{secrets.token_hex(3).upper()}"
    log.error("%s: %s", code, subject, exc_info=error)
    return Failure(text("Something went wrong that should not. Try again; if it stays, report the code."), code)
