"""Walls and screens in words: what can be chosen, what was done, and why something cannot be kept."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from data import devices, walls
from layouts.filters import SEGMENT
from layouts.format import UNITS
from layouts.text import N_, Translator
from metrics.catalog import FIVE

PATH: Final = "walls"
"""Where walls are asked for and written to, below the product's own path: ``walls.json``, ``walls/keep.json`` …"""

_WALL: Final[dict[walls.Reason, str]] = {
    "name": N_("Give the wall a name."),
    "long": N_("A text is too long."),
    "none": N_("Choose at least one scene."),
    "many": N_("A wall has at most {most} scenes."),
    "seconds": N_("A scene stands for {first} to {last} seconds."),
    "choice": N_("There is no such choice."),
    "slug": N_("A short address has up to 40 of a-z, 0-9 and -, and neither begins nor ends with -."),
    "reserved": N_("This short address is used by the product itself. Take another."),
    "taken": N_("Another wall has this short address. Take another."),
    "who": N_("Say who you are, so that others know whom to ask."),
    "unknown": N_("There is no such wall any more."),
}
_SCREEN: Final[dict[devices.Reason, str]] = {
    "code": N_("No screen shows this code. Read it again; a code changes every {minutes} minutes."),
    "name": N_("Give the screen a name."),
    "long": N_("A text is too long."),
    "who": N_("Say who you are, so that others know whom to ask."),
    "wall": N_("There is no such wall any more."),
    "unknown": N_("There is no such screen."),
    "revoked": N_("This screen was removed already. It can be paired again with the code that it shows."),
    "crowded": N_("Too many screens wait to be paired"),
}
LANGUAGES: Final = (("en", "English"), ("zh", "中文"))
THEMES: Final = (("dark", N_("Dark")), ("light", N_("Light")))


def refused_wall(reason: walls.Reason, text: Translator) -> str:
    first, last = walls.SECONDS
    return text(_WALL[reason], most=str(walls.MOST), first=str(first), last=str(last))


def refused_screen(reason: devices.Reason, text: Translator) -> str:
    return text(_SCREEN[reason], minutes=str(devices.CODE_MINUTES))


def changed(name: str, text: Translator) -> str:
    """Somebody else was quicker."""
    return text("Somebody changed {name} since. Look at theirs, or save again to put yours in its place.", name=name)


def hasty(text: Translator) -> str:
    return text("Too many wrong codes. Wait a minute, then read the code from the screen again.")


def kept(name: str, text: Translator) -> str:
    return text("Kept: {name}", name=name)


def removed(name: str, text: Translator) -> str:
    return text("Removed: {name}", name=name)


def paired(name: str, wall: str, text: Translator) -> str:
    return text("{name} shows {wall}", name=name, wall=wall)


def renamed(name: str, text: Translator) -> str:
    return text("Renamed: {name}", name=name)


def gone(text: Translator) -> str:
    """The wall of a screen, where there is none."""
    return text("removed")


def choices(text: Translator) -> dict[str, list[dict[str, str]]]:
    """What every wall can choose from: key and name; the unit of money goes with the language."""
    units = {language: [("auto", text("Automatic")), *_units(language, text)] for language in UNITS}
    chinese = text.language == "zh"
    return {
        "languages": _named(LANGUAGES),
        "themes": _named((key, text(name)) for key, name in THEMES),
        **{f"units_{language}": _named(listed) for language, listed in units.items()},
        "measures": _named((m.key, m.name_zh if chinese else m.name) for m in FIVE),
        "periods": _named([*((key, text(name)) for key, name in SEGMENT), ("ytd", text("Year to date"))]),
    }


def _units(language: str, text: Translator) -> list[tuple[str, str]]:
    return [(key, suffix or text("In full")) for key, (_, suffix) in UNITS[language].items()]


def _named(pairs: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"key": key, "name": name} for key, name in pairs]
