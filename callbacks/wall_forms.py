"""A wall as the browser writes it in JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from callbacks.incoming import is_text
from data.walls import NewWall, SceneChoice

_TEXTS: Final = ("name", "language", "unit", "theme", "slug")


def read_wall(said: Any) -> NewWall:
    """A wall of the fields of ``NewWall``; whether it can be kept is for ``data.walls`` to say. Raises ``ValueError``, in English."""
    row = _fields(said, NewWall.__slots__, "wall")
    _texts(row, _TEXTS)
    scenes = row.get("scenes", [])
    if not isinstance(scenes, list):
        raise ValueError("'scenes' must be a list.")
    if not _is_number(row.get("seconds", 0)):
        raise ValueError("'seconds' must be a whole number.")
    return NewWall(**{"name": "", **row, "scenes": tuple(_scene(scene) for scene in scenes)})


def _scene(said: Any) -> SceneChoice:
    row = _fields(said, SceneChoice.__slots__, "scene")
    _texts(row, ("scene", "address"))
    if row.get("seconds") is not None and not _is_number(row["seconds"]):
        raise ValueError("'seconds' of a scene must be a whole number, or null.")
    return SceneChoice(**{"scene": "", **row})


def _fields(said: Any, known: tuple[str, ...], what: str) -> Mapping[str, Any]:
    if not isinstance(said, dict):
        raise ValueError(f"A {what} must be a JSON object.")
    if unknown := sorted(set(said) - set(known)):
        raise ValueError(f"'{str(unknown[0])[:60]}' is no field of a {what}; there are {', '.join(known)}.")
    return said


def _texts(row: Mapping[str, Any], names: tuple[str, ...]) -> None:
    if not all(isinstance(text := row.get(name, ""), str) and is_text(text) for name in names):
        raise ValueError(f"{', '.join(names)} must be texts.")


def _is_number(said: Any) -> bool:
    return isinstance(said, int) and not isinstance(said, bool) and abs(said) < 2**31
