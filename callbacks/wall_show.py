"""What a wall screen shows, as one document: its scenes, each drawn once for all walls that have it, and what stands around them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from threading import Condition, Lock
from typing import Any, Final

import segno
from cachetools import LRUCache, cached

from callbacks.desk import Desk, failure
from callbacks.wall_newest import Document, Newest
from data.walls import SceneChoice, Wall
from layouts import wall_words
from layouts.states import is_closed
from layouts.text import Translator, translator
from layouts.urls import Address, Route, Scope, parse_address
from layouts.wall import Line, Scene
from metrics.snapshot import Snapshot

KEPT: Final = 256
"""Scenes in memory; one has some 10 kB."""

DAYS: Final = 14
"""For how many days ahead a screen knows which are worked, should it lose the server."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenery:
    """All that can be shown. ``markup``: a tree as escaped HTML. ``shell``: the page around it, for a language, theme and root.

    ``alerts``, ``passed``: what is said below, and what is celebrated.
    """

    scenes: Mapping[str, Scene]
    route: Route
    markup: Callable[[Any], str]
    shell: Callable[..., str]
    alerts: Line | None = None
    passed: Line | None = None


class Show:
    """Makes documents. Safe to share between threads. ``computed`` counts the scenes that were worked out."""

    def __init__(self, desk: Desk, scenery: Scenery, release: str) -> None:
        self.desk, self.scenery, self.release = desk, scenery, release
        self.computed = 0
        self._count = Lock()
        self._html = cached(LRUCache(KEPT), key=lambda scene, scope: (scene.name, scope.canonical), condition=Condition())(self._draw)
        self._lines = cached(LRUCache(KEPT), key=lambda kind, line, scope: (kind, scope.canonical), condition=Condition())(self._say)
        self._newest = Newest(desk, self._make)

    def document(self, wall: Wall, root: str) -> Document:
        """The wall on the current version. ``root``: the product's address as the screen knows it, for codes to scan."""
        return self._newest(wall, root)

    def _make(self, wall: Wall, root: str) -> tuple[Document, bool]:
        text = translator(wall.language)
        said: dict[str, Any] = {"release": self.release, "revision": wall.revision, "name": wall.name, "words": wall_words.around(text)}
        said |= {"language": text.html_language(), "theme": wall.theme, "seconds": wall.seconds}
        if not self.desk.version:
            return Document.of({"state": "empty", **said}), True
        snapshot = self.desk.snapshot()
        scenes, skipped = self._scenes(wall, root, text)
        below = self._below(wall)
        said |= self._about(snapshot, wall.language, text)
        said |= {"state": "wall", "scenes": scenes, "skipped": skipped, "alerts": below["alerts"], "passed": below["passed"]}
        return Document.of(said, snapshot.version), not skipped and not below["failed"]

    def _about(self, snapshot: Snapshot, language: str, text: Translator) -> dict[str, Any]:
        """Which data this is, until when it is fresh, and when somebody looks."""
        settings, now = self.desk.settings, self.desk.clock()
        number, today = wall_words.numbers(snapshot, language), now.astimezone().date()
        stale_at = snapshot.published + timedelta(hours=settings.stale_after_hours)
        days = (today + timedelta(days=n) for n in range(DAYS))
        known = [day for day in days if day <= snapshot.calendar.last]
        return {
            "version": snapshot.version,
            "data": wall_words.data_day(snapshot, number, text, now),
            "read": wall_words.read_time(snapshot, number, text, now),
            "stale_at": None if is_closed(snapshot) else round(stale_at.timestamp() * 1000),
            "hours": settings.wall_minutes,
            # Beyond the calendar nobody knows; a screen is not dimmed on a day that may be worked.
            "working_days": [d.isoformat() for d in known if snapshot.calendar.is_working(d)],
            "known_to": known[-1].isoformat() if known else "",
        }

    def _scenes(self, wall: Wall, root: str, text: Translator) -> tuple[list[dict[str, Any]], list[dict[str, str]]]:
        shown, skipped = [], []
        for at, choice in enumerate(wall.scenes):
            scene = self.scenery.scenes.get(choice.scene)
            said = {"key": f"{at}-{choice.scene}", "scene": choice.scene, "seconds": choice.seconds or wall.seconds}
            title = text(scene.title) if scene else choice.scene
            try:
                shown.append(said | (self._scene(scene, choice, wall, root) if scene else self._unknown(choice, text)))
            except Exception as error:
                told = failure(error, f"scene {choice.scene} of wall {wall.slug}", text)
                skipped.append({"title": wall_words.plain(title), "code": told.code})
        return shown, skipped

    def _scene(self, scene: Scene, choice: SceneChoice, wall: Wall, root: str) -> dict[str, Any]:
        scope, notices = self.desk.scope(_address(choice.address, wall).format(), self.scenery.route)
        lost = tuple(notice for notice in notices if notice.is_loss)
        if lost:
            # The whole company in place of a region that is gone would be another figure under the wall's name.
            title = wall_words.plain(scope.text(scene.title))
            tree = wall_words.missing(title, wall_words.lost_scope(lost, scope.text))
            return {"title": title, "period": "", "html": self.scenery.markup(tree), "qr": "", "missing": True}
        heading, html = self._html(scene, scope)
        link = f"{root}{scene.page(scope).removeprefix('.')}"
        return {"title": heading, "period": wall_words.period(scope), "html": html, "qr": code_for(link), "missing": False}

    def _unknown(self, choice: SceneChoice, text: Translator) -> dict[str, Any]:
        tree = wall_words.missing(choice.scene, wall_words.unknown_scene(choice.scene, text))
        return {"title": choice.scene, "period": "", "html": self.scenery.markup(tree), "qr": "", "missing": True}

    def _draw(self, scene: Scene, scope: Scope) -> tuple[str, str]:
        """Heading and HTML of a scene."""
        with self._count:
            self.computed += 1
        return scene.heading(scope), self.scenery.markup(scene.render(scene.view(scope, self._answers(scene, scope))))

    def _below(self, wall: Wall) -> dict[str, Any]:
        """Alerts and what is to be celebrated, of what all scenes of the wall look at; none is no reason to show nothing."""
        said: dict[str, Any] = {"alerts": (), "passed": (), "failed": False}
        try:
            scope, notices = self.desk.scope(_common(wall).format(), self.scenery.route)
            if not any(notice.is_loss for notice in notices):
                said["alerts"] = self._lines("alerts", self.scenery.alerts, scope)
                said["passed"] = self._lines("passed", self.scenery.passed, scope)
        except Exception as error:
            failure(error, f"alerts of wall {wall.slug}", translator(wall.language))
            said["failed"] = True
        return said

    def _say(self, kind: str, line: Line | None, scope: Scope) -> tuple[Any, ...]:
        return line.say(scope, self._answers(line, scope)) if line else ()

    def _answers(self, asking: Scene | Line, scope: Scope) -> dict[str, Any]:
        return {key: self.desk.answer(question, scope) for key, question in asking.needs(scope).items()}


def _address(search: str, wall: Wall) -> Address:
    """What a scene looks at, in the language, unit and theme of its wall."""
    address, _ = parse_address(search)
    return replace(address, language=wall.language, unit=wall.unit, theme=wall.theme)


def _common(wall: Wall) -> Address:
    """The place that all scenes share, in the period of the first."""
    asked = [parse_address(choice.address)[0] for choice in wall.scenes]
    shared = {name: getattr(asked[0], name) for name in ("region", "area") if len({getattr(a, name) for a in asked}) == 1}
    return _address(Address(period=asked[0].period, **shared).format(), wall)


@cached(LRUCache(KEPT), lock=Lock())
def code_for(link: str) -> str:
    """A link as a code to scan: SVG in black on white, since cameras want it so on any ground."""
    drawn: str = segno.make_qr(link).svg_inline(border=2, light="#fff", dark="#000", omitsize=True)
    return drawn
