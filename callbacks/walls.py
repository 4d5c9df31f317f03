"""Walls and screens, read and changed at plain addresses by whoever may open the pages.

    GET  walls.json           walls, screens, scenes and what can be chosen
    POST walls/keep.json      {wall, wall_id, seen, who}: make a wall (wall_id null), or change it as it was at revision ``seen``
    POST walls/remove.json    {wall_id, who}; what it was comes back, to be made again
    POST walls/preview.json   {wall}: an address at which a wall that is not kept can be looked at, and what it would show
    POST walls/claim.json     {code, name, wall_id, who}: pair the screen that shows a code
    POST walls/device.json    {device_id, do: rename | assign | revoke, name, wall_id, who}

422: refused, with the field; 409: somebody else changed or removed the wall, with what it is now; 429: too many wrong codes.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import replace
from http import HTTPStatus
from threading import Lock
from typing import Any, Final

import orjson
from dash import Dash
from flask import Blueprint, Flask, Response, request

from callbacks import wall
from callbacks.desk import Desk
from callbacks.incoming import Answer, Refused, answer, foreign, too_large
from callbacks.release import ROOT, release_of
from callbacks.wall import Screens, host, pack
from callbacks.wall_board import Board, built_in
from callbacks.wall_forms import malformed, read_wall
from callbacks.wall_newest import PREVIEW
from callbacks.wall_polls import Polls
from callbacks.wall_show import Scenery, Show
from data.devices import Device, DeviceRefused, Devices
from data.ledger import Ledger
from data.walls import NewWall, SceneChoice, Wall, WallChanged, WallRefused, Walls, checked
from layouts import wall_forms as words
from layouts import wall_words
from layouts.text import Translator, translator
from layouts.urls import Address, parse_address

LARGEST: Final = 40_000
"""Bytes of a request: a wall of twelve scenes, and much room."""

WRONG_CODES: Final = 10
"""So many wrong codes in a minute are mistakes; more are guesses."""


def register(app: Dash, desk: Desk, ledger: Ledger, scenery: Scenery) -> None:
    """Serve wall screens and what changes them beside the pages."""
    root: str = app.config.requests_pathname_prefix
    language = desk.settings.language
    first = built_in(wall_words.built_in(translator(language)), tuple(scenery.scenes), language)
    board = Board(Walls(ledger), Devices(ledger, desk.clock), first)
    show = Show(desk, scenery, release_of(ROOT))
    screens = Screens(desk, board, show, root)
    server: Flask = app.server
    server.extensions["walls"] = board
    server.register_blueprint(wall.blueprint(screens, root))
    server.register_blueprint(blueprint(desk, board, screens, show, root))
    server.wsgi_app = Polls(server.wsgi_app, screens, f"{root}wall/show.json")  # type: ignore[assignment, method-assign]


def blueprint(desk: Desk, board: Board, screens: Screens, show: Show, root: str) -> Blueprint:
    """The addresses, below ``root``: the product's own path, with a slash at either end."""
    routes, office = Blueprint("walls", __name__, url_prefix=root.rstrip("/") or None), Office(desk, board, show)

    def text() -> Translator:
        return desk.text(request.query_string.decode("utf-8", "replace"))

    @routes.get(f"/{words.PATH}.json")
    def listed() -> Response:
        said = text()
        return answer(lambda: (office.told(said), HTTPStatus.OK), said)

    def post(name: str, do: Callable[[Mapping[str, Any], Translator], Answer]) -> None:
        @routes.post(f"/{words.PATH}/{name}.json", endpoint=name)
        def write() -> Response:
            body: Any = request.get_json(silent=True)
            if problem := foreign("Walls are changed from the pages of this server alone.") or too_large(LARGEST) or malformed(name, body):
                return problem
            said = text()
            return answer(lambda: do(body, said), said)

    def preview(form: Mapping[str, Any], said: Translator) -> Answer:
        new = office.wall(form, said)
        shown = Wall(**{name: getattr(new, name) for name in NewWall.__slots__} | {"slug": "preview"}, wall_id=PREVIEW, revision=0)
        made = orjson.loads(screens.document(shown, host()).body)
        return {"address": f"wall/preview?wall={pack(new)}", "document": made}, HTTPStatus.OK

    for name, do in (("keep", office.keep), ("remove", office.remove), ("claim", office.claim), ("device", office.device)):
        post(name, do)
    post("preview", preview)
    return routes


class Office:
    """Changes walls and screens. Safe to share between threads."""

    def __init__(self, desk: Desk, board: Board, show: Show) -> None:
        self._desk, self._board, self._show = desk, board, show
        self._wrong: deque[float] = deque(maxlen=WRONG_CODES)
        self._guard = Lock()

    def told(self, text: Translator) -> dict[str, Any]:
        """All there is, as the ledger has it now."""
        self._board.refresh()
        self._board.require_known()
        walls, screens = self._board.state.walls, self._board.screens()
        shown = {number: sum(d.wall_id == number and d.state == "paired" for d in screens) for number in walls}
        return {
            "walls": [{**_wall(wall, self._scenery, text), "screens": shown[number]} for number, wall in walls.items()],
            "devices": [self._screen(device, text) for device in screens if device.state == "paired"],
            "waiting": sum(device.state == "waiting" for device in screens),
            "scenes": [{"name": s.name, "title": wall_words.plain(text(s.title))} for s in self._scenery.scenes.values()],
            "choices": words.choices(text) | {"places": self._places(text)},
            "version": self._desk.version,
            "release": self._show.release,
            "now": _milliseconds(self._desk.clock()),
        }

    def wall(self, form: Mapping[str, Any], text: Translator) -> NewWall:
        """The wall of a form, with addresses that say only what a scene reads. Raises ``Refused``."""
        try:
            new = checked(read_wall(form.get("wall")))
        except ValueError as error:
            raise Refused(str(error), status=HTTPStatus.BAD_REQUEST) from None
        except WallRefused as error:
            raise Refused(words.refused_wall(error.reason, text), error.field) from None
        return replace(new, scenes=tuple(self._choice(choice, text) for choice in new.scenes))

    def keep(self, form: Mapping[str, Any], text: Translator) -> Answer:
        """Raises ``Refused``."""
        new, number = self.wall(form, text), form.get("wall_id")
        try:
            kept = self._board.walls.keep(new, who=form.get("who", ""), wall_id=number, seen=form.get("seen") or 0)
        except WallRefused as error:
            raise Refused(words.refused_wall(error.reason, text), error.field) from None
        except WallChanged as error:
            now = _wall(error.wall, self._scenery, text) if error.wall else None
            said = words.changed(error.wall.name, text) if error.wall else words.refused_wall("unknown", text)
            raise Refused(said, status=HTTPStatus.CONFLICT, more={"wall": now}) from None
        self._board.refresh()
        status = HTTPStatus.CREATED if number is None else HTTPStatus.OK
        return {"message": words.kept(kept.name, text), "wall": _wall(kept, self._scenery, text)}, status

    def remove(self, form: Mapping[str, Any], text: Translator) -> Answer:
        """Raises ``Refused``."""
        try:
            gone = self._board.walls.remove(_needed(form, "wall_id"), who=form.get("who", ""))
        except WallRefused as error:
            status = HTTPStatus.CONFLICT if error.reason == "unknown" else HTTPStatus.UNPROCESSABLE_ENTITY
            raise Refused(words.refused_wall(error.reason, text), error.field, status) from None
        self._board.refresh()
        return {"message": words.removed(gone.name, text), "wall": _wall(gone, self._scenery, text)}, HTTPStatus.OK

    def claim(self, form: Mapping[str, Any], text: Translator) -> Answer:
        """Raises ``Refused``."""
        self._not_hasty(text)
        try:
            device = self._board.devices.claim(
                form.get("code", ""), name=form.get("name", ""), wall_id=_needed(form, "wall_id"), who=form.get("who", "")
            )
        except DeviceRefused as error:
            if error.reason == "code":
                with self._guard:
                    self._wrong.append(self._desk.clock().timestamp())
            raise Refused(words.refused_screen(error.reason, text), error.field) from None
        self._board.refresh()
        return self._done(device, words.paired(device.name, self._wall_name(device, text), text), text, HTTPStatus.CREATED)

    def device(self, form: Mapping[str, Any], text: Translator) -> Answer:
        """Raises ``Refused``."""
        devices, number, do, who = self._board.devices, _needed(form, "device_id"), form.get("do"), form.get("who", "")
        try:
            if do == "rename":
                device = devices.rename(number, form.get("name", ""), who=who)
                said = words.renamed(device.name, text)
            elif do == "assign":
                device = devices.assign(number, _needed(form, "wall_id"), who=who)
                said = words.paired(device.name, self._wall_name(device, text), text)
            elif do == "revoke":
                device = devices.revoke(number, who=who)
                said = words.removed(device.name, text)
            else:
                raise Refused("'do' must be rename, assign or revoke.", "do", HTTPStatus.BAD_REQUEST)
        except DeviceRefused as error:
            status = HTTPStatus.UNPROCESSABLE_ENTITY if error.field else HTTPStatus.CONFLICT
            raise Refused(words.refused_screen(error.reason, text), error.field, status) from None
        self._board.refresh()
        return self._done(device, said, text, HTTPStatus.OK)

    @property
    def _scenery(self) -> Scenery:
        return self._show.scenery

    def _choice(self, choice: SceneChoice, text: Translator) -> SceneChoice:
        """A scene with its address as short as can be. Raises ``Refused`` for one that is not there, or looks at nothing."""
        if choice.scene not in self._scenery.scenes:
            raise Refused(words.refused_wall("choice", text), "scenes")
        address, unread = parse_address(choice.address)
        said = self._scenery.route.narrow(replace(address, language="", theme="", unit="auto")).format()
        lost = [*unread]
        if self._desk.version:
            lost += self._desk.scope(said, self._scenery.route)[1]
        if found := [notice for notice in lost if notice.is_loss]:
            raise Refused(found[0].say(text), "scenes")
        return replace(choice, address=said)

    def _not_hasty(self, text: Translator) -> None:
        """Codes are short; nobody may try them out. Raises ``Refused``."""
        with self._guard:
            is_full = len(self._wrong) == WRONG_CODES
            if is_full and 0 <= self._desk.clock().timestamp() - self._wrong[0] < 60:
                raise Refused(words.hasty(text), "code", HTTPStatus.TOO_MANY_REQUESTS)

    def _done(self, device: Device, said: str, text: Translator, status: int) -> Answer:
        return {"message": said, "device": self._screen(device, text)}, status

    def _wall_name(self, device: Device, text: Translator) -> str:
        wall = self._board.state.walls.get(PREVIEW if device.wall_id is None else device.wall_id)
        return wall.name if wall else words.gone(text)

    def _screen(self, device: Device, text: Translator) -> dict[str, Any]:
        wall = self._board.state.walls.get(PREVIEW if device.wall_id is None else device.wall_id)
        at, _, name = device.scene_shown.partition("-")
        scene = self._scenery.scenes.get(name) if at.isdecimal() else None
        return {
            "device_id": device.device_id,
            "name": device.name,
            "wall_id": device.wall_id,
            "wall": wall.name if wall else "",
            "state": device.state,
            "paired_at": _milliseconds(device.paired_at),
            "last_seen": _milliseconds(device.last_seen),
            "version": device.version_shown,
            "scene": wall_words.plain(text(scene.title)) if scene else "",
            "is_current": device.version_shown == self._desk.version and device.release_shown == self._show.release,
            "problem": device.problem,
        }

    def _places(self, text: Translator) -> list[dict[str, str]]:
        """What a scene can be of instead of the company: each region and then its areas, by what an address says of them.

        ``within``: what an area is called below its region.
        """
        if not self._desk.version:
            return []
        scope, _ = self._desk.scope("", self._scenery.route)
        regions, areas = (self._desk.members(scope, dimension) for dimension in ("region", "area"))
        found = []
        for region, named in ((key, member.label(text.language)) for key, member in regions.items() if key):
            found.append({"key": Address(region=region).format(), "name": named, "within": ""})
            inside = [(key, area.label(text.language)) for key, area in areas.items() if key and area.parent == region]
            found += [
                {"key": Address(region=region, area=key).format(), "name": f"{named} › {name}", "within": name} for key, name in inside
            ]
        return found


def _wall(wall: Wall, scenery: Scenery, text: Translator) -> dict[str, Any]:
    """A wall as the browser gets it; each scene also with its title and what its address says."""
    scenes = []
    for choice in wall.scenes:
        scene, address = scenery.scenes.get(choice.scene), parse_address(choice.address)[0]
        title = wall_words.plain(text(scene.title)) if scene else choice.scene
        about = {name: _said(address, name) for name in ("period", "measure")}
        scenes.append({"scene": choice.scene, "address": choice.address, "seconds": choice.seconds, "title": title, **about})
    fields = ("wall_id", "slug", "name", "seconds", "language", "unit", "theme", "revision")
    return {name: getattr(wall, name) for name in fields} | {"scenes": scenes, "link": f"wall/{wall.slug}"}


def _said(address: Address, name: str) -> str:
    return str(getattr(address, name))


def _milliseconds(moment: Any) -> int | None:
    return round(moment.timestamp() * 1000) if moment else None


def _needed(form: Mapping[str, Any], name: str) -> int:
    """A number that a form cannot be without. Raises ``Refused``."""
    if form.get(name) is None:
        raise Refused(f"'{name}' must be a whole number from 0.", name, HTTPStatus.BAD_REQUEST)
    return int(form[name])
