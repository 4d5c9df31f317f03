"""The parts of the page of wall screens say all that the scripts which fill them have to say, and nothing else."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from layouts.pages.walls import WALLS
from layouts.panels.wall_pairing import WallPairing
from tests.layouts.test_urls import scope_of
from tests.layouts.tree import of_type, text, walk

ASSETS = Path(__file__).parents[3] / "assets"
SHARED = ("undo", "close")
"""What short messages say, wherever they come from."""


def drawn(search: str = "") -> list[Any]:
    scope = scope_of(search)
    return [panel.render(panel.view(scope, {})) for panel in WALLS.panels]


def told(search: str = "") -> dict[str, str]:
    """All words that go to the scripts."""
    given = [json.loads(getattr(part, "data-words")) for part in walk(drawn(search)) if getattr(part, "data-words", None)]
    return {name: words for each in given for name, words in each.items()}


def test_scripts_and_parts_agree_on_the_words() -> None:
    scripts = "".join(file.read_text("utf-8") for file in ASSETS.glob("walls*.js"))
    used = {*re.findall(r"\bsaid\.(\w+)", scripts), *SHARED}
    assert used == set(told()) - IN_PLACE


IN_PLACE = {"name", "who", "save", "title", "kept"}
"""Words of fields that stand in the page already."""


def test_what_is_filled_in_is_named_alike_in_both_languages() -> None:
    english, chinese = told("?language=en"), told("?language=zh")
    for name, words in english.items():
        assert sorted(re.findall(r"\{\w+\}", words)) == sorted(re.findall(r"\{\w+\}", chinese[name])), name


@pytest.mark.parametrize("name", ["walls", "screens", "pairing", "finding"])
def test_every_part_that_the_scripts_fill_is_there_once(name: str) -> None:
    assert sum(getattr(part, "data-live", None) == name for part in walk(drawn())) == 1


def test_the_code_that_a_phone_scanned_stands_in_its_field() -> None:
    panel, scope = WallPairing(), scope_of("?code=K7M2QX")
    fields = {field.name: field.value for field in of_type(panel.render(panel.view(scope, {})), "FormField")}
    assert fields == {"code": "K7M2QX", "name": "", "who": ""}


def test_nothing_here_is_asked_of_the_data() -> None:
    scope = scope_of()
    assert not any(panel.needs(scope) for panel in WALLS.panels)
    assert not any(panel.table(scope, {}) for panel in WALLS.panels)
    assert "Pair a screen" in text(drawn())
