"""Wall screens over HTTP: the page of a screen, what it shows as JSON, and how a new one is paired.

    GET  wall               the page of a screen; the browser keeps a credential in a cookie
    GET  wall/show.json     what the screen of that credential shows: {"state": "wall", …}, or why it shows none:
                            "new" (ask POST wall/pair), "pairing", "revoked" (then pair anew), "gone", "empty"
    POST wall/pair          a code for a screen that has no wall, and the credential; a code that has run out is renewed
    GET  wall/<slug>        a wall by its short address, for anybody who may open the pages; wall/<slug>.json what it shows
    GET  wall/preview?wall= a wall that is not kept (see ``pack``)
    GET  wall/figures.json  how often was asked and how often worked out

Every answer that screens poll is in memory, has an ETag, and says the server's time. Nothing here ever leads to a sign-in or
another page. 503: nothing can be said just now; the screen goes on with what it has.
"""

from __future__ import annotations

import base64
import binascii
import itertools
import logging
import zlib
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import datetime
from http import HTTPStatus
from threading import Lock
from typing import Any, Final

import orjson
import sqlalchemy as sa
from cachetools import LRUCache
from flask import Blueprint, Response, request

from callbacks.desk import Desk, failure
from callbacks.incoming import foreign
from callbacks.wall_board import Board
from callbacks.wall_forms import read_wall
from callbacks.wall_newest import PREVIEW, Document
from callbacks.wall_show import Show, code_for
from data.devices import Device, DeviceRefused, Sighting, digest
from data.errors import DataError
from data.walls import NewWall, Wall, WallRefused, checked
from layouts import wall_words
from layouts.text import translator

log: Final = logging.getLogger("wuliang")

COOKIE: Final = "wuliang_screen"
TEN_YEARS: Final = 10 * 365 * 86_400
LARGEST: Final = 40_000
"""Bytes of a wall that is not kept."""


def blueprint(screens: Screens, root: str) -> Blueprint:
    """The addresses, below ``root``: the product's own path, with a slash at either end."""
    routes = Blueprint("wall", __name__, url_prefix=root.rstrip("/") or None)
    get = routes.get

    @get("/wall")
    def page() -> Response:
        return screens.page(screens.wall_of_screen())

    @get("/wall/show.json")
    def shown() -> Response:
        return screens.answer(lambda: screens.shown(request.cookies.get(COOKIE, ""), host(), request.args))

    @get("/wall/figures.json")
    def figures() -> Response:
        return Response(orjson.dumps(screens.figures()), mimetype="application/json", headers={"Cache-Control": "no-store"})

    @get("/wall/<slug>")
    def page_of(slug: str) -> Response:
        return screens.page(screens.wall_at(slug))

    @get("/wall/<slug>.json")
    def document_of(slug: str) -> Response:
        return screens.answer(lambda: screens.document(screens.wall_at(slug), host()))

    @routes.post("/wall/pair")
    def pair() -> Response:
        return foreign("Screens are paired from the page of a screen alone.") or screens.pair()

    return routes


class Screens:
    """Answers screens. Safe to share between threads."""

    def __init__(self, desk: Desk, board: Board, show: Show, root: str) -> None:
        self._desk, self._board, self._show, self._root = desk, board, show, root
        self._asked = itertools.count(1)
        self._said: LRUCache[str, Document] = LRUCache(512)
        self._guard = Lock()
        self.asked = 0

    def figures(self) -> dict[str, int]:
        """How often screens asked this process, and how many scenes it worked out for them."""
        return {"asked": self.asked, "computed": self._show.computed}

    def count(self) -> None:
        """A screen asked."""
        self.asked = next(self._asked)

    def page(self, wall: Wall | None) -> Response:
        """The page around the scenes, in the language and theme of the wall."""
        settings = self._desk.settings
        language, theme = (wall.language, wall.theme) if wall else (settings.language, "dark")
        shell = self._show.scenery.shell(language=language, theme=theme, root=self._root, release=self._show.release)
        return Response(shell, mimetype="text/html", headers={"Cache-Control": "no-cache"})

    def wall_of_screen(self) -> Wall | None:
        """The wall of the screen that asks."""
        device = self._board.state.devices.get(digest(request.cookies.get(COOKIE, "")))
        return self._given(device) if device else None

    def wall_at(self, slug: str) -> Wall | None:
        return unpack(request.args.get("wall", "")) if slug == "preview" else self._board.state.at(slug)

    def shown(self, token: str, host: str, said: Mapping[str, str]) -> Document:
        """What the screen of a credential shows. ``host``: where it found the server; ``said``: what it says that it shows."""
        device = self._device(token) if token else None
        if device is None:
            return self._state("new")
        self._board.saw(_sighting(device, said, self._desk.clock()))
        if device.state == "revoked":
            return self._state("revoked")
        if device.state == "waiting":
            return self._pairing(device, host)
        return self.document(self._given(device), host)

    def document(self, wall: Wall | None, host: str) -> Document:
        if wall is None:
            self._board.require_known()
            return self._state("gone")
        return self._show.document(wall, f"{host}{self._root}")

    def answer(self, make: Callable[[], Document]) -> Response:
        """A document, or nothing where the screen has it already; 503 where none can be given now."""
        self.count()
        try:
            return self._sent(make())
        except Exception as error:
            told = failure(error, f"wall screen {request.path}", translator(self._desk.settings.language))
            said = {"state": "failing", "message": told.message, "code": told.code}
            return self._json(orjson.dumps(said), HTTPStatus.SERVICE_UNAVAILABLE)

    def pair(self) -> Response:
        """A code for a screen without a wall, and its credential; what the screen shows where it has one."""
        token, fresh = request.cookies.get(COOKIE, ""), ""
        try:
            with self._board.asking() as devices:
                device = devices.of(token) if token else None
                if device is None or device.state == "revoked":
                    fresh, device = devices.open()
                elif device.state == "waiting":
                    device = devices.renew_code(token)
        except DeviceRefused:
            return self._json(orjson.dumps(self._about("crowded")), HTTPStatus.SERVICE_UNAVAILABLE)
        except (sa.exc.SQLAlchemyError, DataError, OSError) as error:
            log.warning("a screen could not be paired: the ledger cannot be used: %s", error)
            return self._json(orjson.dumps(self._about("failing")), HTTPStatus.SERVICE_UNAVAILABLE)
        self._board.refresh()
        if device.state == "waiting":
            sent = self._json(self._pairing(device, host()).body)
        else:
            sent = self.answer(lambda: self.document(self._given(device), host()))
        if fresh:
            sent.set_cookie(COOKIE, fresh, max_age=TEN_YEARS, path=self._root, httponly=True, samesite="Lax", secure=request.is_secure)
        return sent

    def _device(self, token: str) -> Device | None:
        """The screen of a credential. One that is not in memory may have been paired a moment ago, or elsewhere."""
        secret = digest(token)
        device = self._board.state.devices.get(secret)
        if device is None:
            with self._board.asking() as devices:
                device = devices.of(token)
            if device:
                self._board.refresh()
        return device

    def _given(self, device: Device) -> Wall | None:
        """The wall that a screen was given; None where it has none, or that one was removed."""
        return None if device.wall_id is None else self._board.state.walls.get(device.wall_id)

    def _pairing(self, device: Device, host: str) -> Document:
        assert device.code
        assert device.code_until
        link = f"{host}{self._root}walls?code={device.code}"
        more = {"code": device.code, "link": link, "until": round(device.code_until.timestamp() * 1000)}
        return self._kept(link, lambda: self._about("pairing") | more | {"qr": code_for(link)})

    def _state(self, state: str) -> Document:
        return self._kept(state, lambda: self._about(state))

    def _kept(self, key: str, make: Callable[[], dict[str, Any]]) -> Document:
        with self._guard:
            kept = self._said.get(key)
            if kept is None:
                kept = self._said[key] = Document.of(make())
            return kept

    def _about(self, state: str) -> dict[str, Any]:
        text = translator(self._desk.settings.language)
        said = {"state": state, "release": self._show.release, "language": text.html_language(), "theme": "dark"}
        return said | {"words": wall_words.around(text)}

    def _sent(self, document: Document) -> Response:
        if document.etag in request.headers.get("If-None-Match", ""):
            answer = Response(status=HTTPStatus.NOT_MODIFIED)
        elif "gzip" in request.headers.get("Accept-Encoding", ""):
            answer = Response(document.packed, mimetype="application/json", headers={"Content-Encoding": "gzip"})
        else:
            answer = Response(document.body, mimetype="application/json")
        answer.headers["ETag"] = f'"{document.etag}"'
        return self._timed(answer)

    def _json(self, body: bytes, status: int = HTTPStatus.OK) -> Response:
        return self._timed(Response(body, status, mimetype="application/json"))

    def _timed(self, answer: Response) -> Response:
        answer.headers.update(self.headers())
        return answer

    def headers(self) -> dict[str, str]:
        """Of every answer; the server's time is milliseconds since 1970, and how many minutes its clock is ahead of UTC."""
        now = self._desk.clock()
        offset = now.astimezone().utcoffset()
        minutes = round(offset.total_seconds() / 60) if offset else 0
        return {
            "Wuliang-Now": f"{round(now.timestamp() * 1000)};{minutes}",
            "Cache-Control": "no-cache",
            "Vary": "Accept-Encoding, Cookie",
        }


def host() -> str:
    """Where the screen that asks found the server, without a path: ``http://wall.example:8050``."""
    return f"{request.scheme}://{request.host}"


def _sighting(device: Device, said: Mapping[str, str], now: datetime) -> Sighting:
    """What a screen says that it shows."""
    version = said.get("shown", "")
    return Sighting(
        device_id=device.device_id,
        at=now,
        version=int(version) if version.isdecimal() and len(version) < 10 else None,
        scene=said.get("scene", ""),
        release=said.get("release", ""),
        problem=said.get("problem", ""),
    )


def pack(new: NewWall) -> str:
    """A wall that is not kept, as a value in an address."""
    return base64.urlsafe_b64encode(zlib.compress(orjson.dumps(asdict(new)), 9)).decode().rstrip("=")


def unpack(said: str) -> Wall | None:
    """The wall of such a value; None where it is none."""
    try:
        packed = base64.urlsafe_b64decode(said + "=" * (-len(said) % 4))
        new = checked(read_wall(orjson.loads(zlib.decompressobj().decompress(packed, LARGEST))))
    except (binascii.Error, zlib.error, ValueError, WallRefused):
        return None
    return Wall(**{name: getattr(new, name) for name in NewWall.__slots__} | {"slug": "preview"}, wall_id=PREVIEW, revision=0)
