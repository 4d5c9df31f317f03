"""The screens on the wall: how they are paired, what they may show, and when they were seen last; kept in the ledger.

A new screen gets a secret, which it keeps, and a code, which it shows. Somebody who reads the code names the screen and gives it a
wall; from then on the secret is its read-only credential, until it is revoked. Of a secret only its SHA-256 is kept.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Literal

import sqlalchemy as sa

from data.errors import DataError
from data.ledger import Ledger, device, note_change, wall

Reason = Literal["code", "name", "long", "who", "wall", "unknown", "revoked", "crowded"]
Field = Literal["code", "name", "who", "wall", ""]

SIGNS: Final = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
"""What codes are made of: nothing that looks like something else."""

CODE_LENGTH: Final = 6
CODE_MINUTES: Final = 15
MOST_WAITING: Final = 200
"""Screens that may wait for a wall at once."""

LONGEST: Final = {"name": 60, "who": 80, "scene": 60, "release": 40, "problem": 200}
"""Characters that a text may have; of what screens tell the rest is cut off."""

BUILT_IN: Final = 0
"""The number of the wall that there is before any was made."""

_SAID: Final[dict[Reason, str]] = {
    "code": "No screen shows this code. Read it again; a code changes every 15 minutes.",
    "name": "Give the screen a name.",
    "long": "A text is too long.",
    "who": "Say who changes this.",
    "wall": "There is no such wall any more.",
    "unknown": "There is no such screen.",
    "revoked": "This screen was removed. It can be paired again with the code that it shows.",
    "crowded": "Too many screens wait to be paired. Pair or leave some, and try again in a quarter of an hour.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """A screen. Moments are UTC. ``code``: what it shows while it waits for a wall, until ``code_until``.

    ``wall_id``: ``BUILT_IN`` or the number of a wall, which may have been removed since. ``problem``: what its browser told last.
    """

    device_id: int
    name: str
    wall_id: int | None
    code: str | None
    code_until: datetime | None
    created: datetime
    paired_at: datetime | None
    revoked_at: datetime | None
    last_seen: datetime | None
    version_shown: int | None
    scene_shown: str
    release_shown: str
    problem: str

    @property
    def state(self) -> Literal["waiting", "paired", "revoked"]:
        return "revoked" if self.revoked_at else "paired" if self.paired_at else "waiting"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """That a screen asked, and what it showed then."""

    device_id: int
    at: datetime
    version: int | None = None
    scene: str = ""
    release: str = ""
    problem: str = ""


class DeviceRefused(DataError):
    """What cannot be done with a screen: ``reason`` says why, ``field`` where."""

    def __init__(self, reason: Reason, field: Field = "") -> None:
        super().__init__(_SAID[reason])
        self.reason: Reason = reason
        self.field: Field = field


def _now() -> datetime:
    return datetime.now(UTC)


def digest(token: str) -> str:
    """What is kept of a secret."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


class Devices:
    """The screens of one ledger. Safe to share between threads, and between processes. ``clock``: the time, in UTC."""

    def __init__(self, ledger: Ledger, clock: Callable[[], datetime] = _now) -> None:
        self._ledger, self._clock = ledger, clock

    def all(self) -> tuple[Device, ...]:
        """Every screen, in the order in which they came."""
        return tuple(self.by_secret().values())

    def by_secret(self) -> dict[str, Device]:
        """The same by what is kept of their secrets (``digest``)."""
        with self._ledger.reading() as connection:
            rows = connection.execute(sa.select(_DEVICE.secret, *_COLUMNS).order_by(_DEVICE.device_id))
            return {row.secret: _device(row) for row in rows}

    def of(self, token: str) -> Device | None:
        """The screen that keeps a secret."""
        with self._ledger.reading() as connection:
            row = connection.execute(sa.select(*_COLUMNS).where(_DEVICE.secret == digest(token))).one_or_none()
        return _device(row) if row else None

    def open(self) -> tuple[str, Device]:
        """A screen that was not known: its secret, and what it is to show. Raises ``DeviceRefused`` where too many wait."""
        now, token = self._clock(), secrets.token_urlsafe(32)
        with self._ledger.writing() as connection:
            connection.execute(sa.delete(device).where(_WAITING, _DEVICE.code_until < now - timedelta(minutes=CODE_MINUTES)))
            waiting = connection.scalar(sa.select(sa.func.count()).where(_WAITING)) or 0
            if waiting >= MOST_WAITING:
                raise DeviceRefused("crowded")
            row = {
                "secret": digest(token),
                "created": now,
                "last_seen": now,
                **dict.fromkeys(("name", "scene_shown", "release_shown", "problem"), ""),
                **_new_code(connection, now),
            }
            connection.execute(sa.insert(device).values(row))
            return token, _found(connection, _DEVICE.secret == row["secret"])

    def renew_code(self, token: str) -> Device:
        """Give a screen that waits a new code where its own has run out. Raises ``DeviceRefused``."""
        now = self._clock()
        with self._ledger.writing() as connection:
            found = _found(connection, _DEVICE.secret == digest(token))
            if found.state != "waiting" or (found.code_until and found.code_until > now):
                return found
            connection.execute(_changing(found).values(_new_code(connection, now)))
            return _found(connection, _DEVICE.device_id == found.device_id)

    def claim(self, code: str, *, name: str, wall_id: int, who: str) -> Device:
        """Name the screen that shows a code and give it a wall. Raises ``DeviceRefused``."""
        said, now = "".join(code.split()).replace("-", "").upper(), self._clock()
        given = {"name": _text(name, "name"), "wall_id": wall_id, "paired_at": now, "code": None, "code_until": None}
        with self._ledger.writing() as connection:
            waits = sa.select(_DEVICE.device_id).where(_DEVICE.code == said, _WAITING, _DEVICE.code_until > now)
            number = connection.scalar(waits)
            if number is None:
                raise DeviceRefused("code", "code")
            return _change(connection, number, "pair", given, _text(who, "who"))

    def assign(self, device_id: int, wall_id: int, *, who: str) -> Device:
        """Give a screen another wall. Raises ``DeviceRefused``."""
        with self._ledger.writing() as connection:
            return _change(connection, device_id, "assign", {"wall_id": wall_id}, _text(who, "who"))

    def rename(self, device_id: int, name: str, *, who: str) -> Device:
        """Raises ``DeviceRefused``."""
        with self._ledger.writing() as connection:
            return _change(connection, device_id, "rename", {"name": _text(name, "name")}, _text(who, "who"))

    def revoke(self, device_id: int, *, who: str) -> Device:
        """End a screen's credential. Raises ``DeviceRefused``."""
        given = {"revoked_at": self._clock(), "code": None, "code_until": None}
        with self._ledger.writing() as connection:
            return _change(connection, device_id, "revoke", given, _text(who, "who"))

    def seen(self, sightings: Iterable[Sighting]) -> None:
        """Note when screens asked last and what they showed, all in one transaction; an older sighting changes nothing."""
        with self._ledger.writing() as connection:
            for s in sightings:
                older = sa.or_(_DEVICE.last_seen.is_(None), _DEVICE.last_seen <= s.at)
                row = {
                    "last_seen": s.at,
                    "version_shown": s.version,
                    "scene_shown": s.scene[: LONGEST["scene"]],
                    "release_shown": s.release[: LONGEST["release"]],
                    "problem": s.problem[: LONGEST["problem"]],
                }
                connection.execute(sa.update(device).where(_DEVICE.device_id == s.device_id, older).values(row))


_DEVICE: Final = device.c
_COLUMNS: Final = [_DEVICE[f.name] for f in fields(Device)]
_WAITING: Final = sa.and_(_DEVICE.paired_at.is_(None), _DEVICE.revoked_at.is_(None))


def _device(row: Any) -> Device:
    return Device(**{f.name: getattr(row, f.name) for f in fields(Device)})


def _found(connection: sa.Connection, condition: sa.ColumnElement[bool]) -> Device:
    row = connection.execute(sa.select(*_COLUMNS).where(condition)).one_or_none()
    if row is None:
        raise DeviceRefused("unknown")
    return _device(row)


def _changing(found: Device) -> sa.Update:
    return sa.update(device).where(_DEVICE.device_id == found.device_id)


def _change(connection: sa.Connection, device_id: int, action: str, given: dict[str, Any], who: str) -> Device:
    """Change a screen that may still show something, and note who did."""
    found = _found(connection, _DEVICE.device_id == device_id)
    if found.state == "revoked":
        raise DeviceRefused("revoked")
    if found.state == "waiting" and action in ("assign", "rename"):
        raise DeviceRefused("unknown")
    number = given.get("wall_id", BUILT_IN)
    if number != BUILT_IN and not connection.scalar(sa.select(wall.c.wall_id).where(wall.c.wall_id == number)):
        raise DeviceRefused("wall", "wall")
    connection.execute(_changing(found).values(given))
    detail = {name: value for name, value in given.items() if name in ("name", "wall_id")}
    note_change(connection, action, f"screen {device_id}", who=who, detail=detail)
    return _found(connection, _DEVICE.device_id == device_id)


def _new_code(connection: sa.Connection, now: datetime) -> dict[str, Any]:
    used = set(connection.scalars(sa.select(_DEVICE.code).where(_DEVICE.code.is_not(None))))
    code = next(code for code in iter(_code, None) if code not in used)
    return {"code": code, "code_until": now + timedelta(minutes=CODE_MINUTES)}


def _code() -> str:
    return "".join(secrets.choice(SIGNS) for _ in range(CODE_LENGTH))


def _text(said: str, field: Literal["name", "who"]) -> str:
    text = said.strip()
    if not text:
        raise DeviceRefused(field, field)
    if len(text) > LONGEST[field]:
        raise DeviceRefused("long", field)
    return text
