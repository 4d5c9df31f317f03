"""What the browser writes of walls and screens, in JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from flask import Response

from callbacks.incoming import is_text, plain
from data.walls import NewWall, SceneChoice

_TEXTS: Final = ("name", "language", "unit", "theme", "slug")

_FORMS: Final[Mapping[str, tuple[str, ...]]] = {
    "keep": ("wall", "wall_id", "seen", "who"),
    "remove": ("wall_id", "who"),
    "preview": ("wall",),
    "claim": ("code", "name", "wall_id", "who"),
    "device": ("device_id", "do", "name", "wall_id", "who"),
}
_SAID: Final = ("who", "code", "name", "do")
_NUMBERS: Final = ("wall_id", "seen", "device_id")


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


def malformed(name: str, body: Any) -> Response | None:
    """What is wrong with the body of a request, which no form of ours would send."""
    if not isinstance(body, dict):
        return plain("The body must be a JSON object.")
    known = _FORMS[name]
    if unknown := sorted(set(body) - set(known)):
        return plain(f"'{str(unknown[0])[:60]}' is no field; there are {', '.join(known)}.")
    if not all(isinstance(said := body.get(field, ""), str) and is_text(said) for field in _SAID):
        return plain(f"{', '.join(_SAID)} must be texts.")
    for field in _NUMBERS:
        number = body.get(field)
        if number is not None and (not isinstance(number, int) or isinstance(number, bool) or not 0 <= number < 2**63):
            return plain(f"'{field}' must be a whole number from 0, or null.")
    return None
