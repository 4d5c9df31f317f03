"""Walls: named lists of scenes that screens show in turn, kept in the ledger.

Who changes a wall says which revision they had seen; what somebody else made of it since is given to them instead of being
written over. A wall that was removed is gone, and its number is never given again.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Final, Literal

import sqlalchemy as sa

from data.errors import DataError
from data.ledger import Ledger, note_change, wall

Field = Literal["name", "scenes", "seconds", "language", "unit", "theme", "slug", "who", ""]
Reason = Literal["name", "long", "none", "many", "seconds", "choice", "slug", "reserved", "taken", "who", "unknown"]

LONGEST: Final = {"name": 60, "who": 80, "address": 600, "scene": 40}
"""Characters that a text may have."""

MOST: Final = 12
"""Scenes of one wall."""

SECONDS: Final = (5, 600)
"""How long a scene may stand."""

BUILT_IN_SLUG: Final = "company"
RESERVED: Final = ("show", "pair", "figures", "preview", BUILT_IN_SLUG)
"""Addresses that are not for walls: what screens ask for, and the built-in wall."""

CHOICES: Final[Mapping[str, tuple[str, ...]]] = {
    "language": ("en", "zh"),
    "unit": ("auto", "full", "k", "m", "bn", "wan", "yi"),
    "theme": ("light", "dark"),
}

_SLUG: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")
_SAID: Final[dict[Reason, str]] = {
    "name": "Give the wall a name.",
    "long": "A text is too long.",
    "none": "Choose at least one scene.",
    "many": f"A wall has at most {MOST} scenes.",
    "seconds": f"A scene stands for {SECONDS[0]} to {SECONDS[1]} seconds.",
    "choice": "There is no such choice.",
    "slug": "A short address has up to 40 of a-z, 0-9 and - and neither begins nor ends with -.",
    "reserved": "This short address is used by the product itself. Take another.",
    "taken": "Another wall has this short address. Take another.",
    "who": "Say who changes this.",
    "unknown": "There is no such wall any more.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SceneChoice:
    """A scene by its name, and what it looks at: ``address`` is a query string like ``?region=East&measure=profit``.

    ``seconds``: how long it stands; None: as long as the others of its wall.
    """

    scene: str
    address: str = ""
    seconds: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewWall:
    """What somebody wants a wall to be. ``slug``: its short address; "" one made from the name."""

    name: str
    scenes: tuple[SceneChoice, ...]
    seconds: int = 20
    language: str = "en"
    unit: str = "auto"
    theme: str = "dark"
    slug: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wall(NewWall):
    """A wall as it is kept. ``revision`` goes up with every change."""

    wall_id: int
    revision: int


class WallRefused(DataError):
    """A wall that cannot be kept: ``reason`` says why, ``field`` where."""

    def __init__(self, reason: Reason, field: Field) -> None:
        super().__init__(_SAID[reason])
        self.reason: Reason = reason
        self.field: Field = field


class WallChanged(DataError):
    """Somebody changed the wall after the revision that the writer had seen: ``wall`` as it is now; None: it was removed."""

    def __init__(self, found: Wall | None) -> None:
        super().__init__("Somebody changed this wall since. Look at it, then save again." if found else _SAID["unknown"])
        self.wall = found


class Walls:
    """The walls of one ledger. Safe to share between threads, and between processes."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def all(self) -> tuple[Wall, ...]:
        """Every wall, in the order in which they were made."""
        with self._ledger.reading() as connection:
            return _walls(connection, sa.select(wall).order_by(_WALL.wall_id))

    def at(self, slug: str) -> Wall | None:
        """The wall at a short address."""
        with self._ledger.reading() as connection:
            return next(iter(_walls(connection, sa.select(wall).where(_WALL.slug == slug))), None)

    def keep(self, new: NewWall, *, who: str, wall_id: int | None = None, seen: int = 0) -> Wall:
        """Make a wall, or change the one of that number as it was at the revision ``seen``.

        Raises ``WallRefused`` for what cannot be a wall, and ``WallChanged``, keeping nothing, where somebody changed or removed it
        since. Both are decided under the write lock, so that of two who change it at once the later sees the earlier.
        """
        said, person = checked(new), _person(who)
        with self._ledger.writing() as connection:
            before = _numbered(connection, wall_id) if wall_id is not None else None
            if wall_id is not None and (before is None or before.revision != seen):
                raise WallChanged(before)
            said = replace(said, slug=_slug(connection, said, before))
            row: dict[str, Any] = {**_row(said), "revision": before.revision + 1 if before else 1}
            if before:
                connection.execute(sa.update(wall).where(_WALL.wall_id == before.wall_id).values(row))
                kept = _wall({**row, "wall_id": before.wall_id})
            else:
                result = connection.execute(sa.insert(wall).values(row))
                assert result.inserted_primary_key, "the key is given by the database"
                kept = _wall({**row, "wall_id": int(result.inserted_primary_key[0])})
            detail = {"name": kept.name, "revision": kept.revision, "scenes": row["scenes"]}
            note_change(connection, "change" if before else "make", f"wall {kept.wall_id}", who=person, detail=detail)
            return kept

    def remove(self, wall_id: int, *, who: str) -> Wall:
        """Forget a wall; what it was is given back. Screens that show it say that it is gone. Raises ``WallRefused``."""
        person = _person(who)
        with self._ledger.writing() as connection:
            found = _numbered(connection, wall_id)
            if found is None:
                raise WallRefused("unknown", "")
            connection.execute(sa.delete(wall).where(_WALL.wall_id == wall_id))
            detail = {"name": found.name, **_row(found)}
            note_change(connection, "remove", f"wall {wall_id}", who=person, detail=detail)
            return found


_WALL: Final = wall.c


def checked(new: NewWall) -> NewWall:
    """The wall with its texts trimmed. Raises ``WallRefused``; whether its short address is free is not looked at."""
    said = replace(new, name=new.name.strip(), slug=new.slug.strip().lower())
    if not said.name:
        raise WallRefused("name", "name")
    if len(said.name) > LONGEST["name"]:
        raise WallRefused("long", "name")
    if not said.scenes:
        raise WallRefused("none", "scenes")
    if len(said.scenes) > MOST:
        raise WallRefused("many", "scenes")
    for choice in said.scenes:
        if not choice.scene or len(choice.scene) > LONGEST["scene"] or len(choice.address) > LONGEST["address"]:
            raise WallRefused("long" if choice.scene else "choice", "scenes")
        if choice.seconds is not None and not SECONDS[0] <= choice.seconds <= SECONDS[1]:
            raise WallRefused("seconds", "scenes")
    if not SECONDS[0] <= said.seconds <= SECONDS[1]:
        raise WallRefused("seconds", "seconds")
    fields_of: tuple[Field, ...] = ("language", "unit", "theme")
    for name in fields_of:
        if getattr(said, name) not in CHOICES[name]:
            raise WallRefused("choice", name)
    if said.slug and not _SLUG.fullmatch(said.slug):
        raise WallRefused("slug", "slug")
    if said.slug in RESERVED:
        raise WallRefused("reserved", "slug")
    return said


def _person(who: str) -> str:
    person = who.strip()
    if not person or len(person) > LONGEST["who"]:
        raise WallRefused("long" if person else "who", "who")
    return person


def _slug(connection: sa.Connection, said: NewWall, before: Wall | None) -> str:
    """The short address asked for, else the one it has, else one made from the name. Raises ``WallRefused`` where it is taken."""
    others = sa.select(_WALL.slug).where(_WALL.wall_id != (before.wall_id if before else 0))
    taken = {*RESERVED, *connection.scalars(others)}
    wanted = said.slug or (before.slug if before else "")
    if wanted:
        if wanted in taken:
            raise WallRefused("taken", "slug")
        return wanted
    stem = re.sub(r"[^a-z0-9]+", "-", said.name.lower()).strip("-")[:32].strip("-")
    if not stem or not said.name.isascii():
        stem = f"w{secrets.token_hex(2)}"  # a name in Chinese has no short form that people could type
    return next(slug for slug in (stem, *(f"{stem}-{n}" for n in range(2, 10**6))) if slug not in taken)


def _row(said: NewWall) -> dict[str, Any]:
    names = (f.name for f in fields(NewWall))
    return {**{name: getattr(said, name) for name in names}, "scenes": [asdict(choice) for choice in said.scenes]}


def _wall(row: Mapping[str, Any]) -> Wall:
    return Wall(**{**row, "scenes": tuple(SceneChoice(**choice) for choice in row["scenes"])})


def _walls(connection: sa.Connection, select: sa.Select[Any]) -> tuple[Wall, ...]:
    return tuple(_wall(row._asdict()) for row in connection.execute(select))


def _numbered(connection: sa.Connection, wall_id: int) -> Wall | None:
    return next(iter(_walls(connection, sa.select(wall).where(_WALL.wall_id == wall_id))), None)
