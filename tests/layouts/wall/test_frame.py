"""The page of a screen is dark from the first paint, loads three files of this server, and has every part the script fills."""

from __future__ import annotations

import json
import re
from html import unescape

import pytest

from layouts import wall_words
from layouts.text import translator
from layouts.theme import colours
from layouts.wall.frame import shell

PARTS = ("title", "period", "fresh", "freshness", "clock", "a", "b", "alert", "dots", "qr", "banner")


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_the_ground_is_there_before_any_sheet(theme: str) -> None:
    page = shell(language="zh", theme=theme, root="/sales/", release="r1")
    assert page.startswith(f'<!doctype html>\n<html lang="zh-CN" data-bs-theme="{theme}" style="background:{colours(theme)["canvas"]};')
    assert "<title>大屏 · Wuliang 五量</title>" in page


def test_it_loads_its_own_files_of_this_release_and_nothing_else() -> None:
    page = shell(language="en", theme="dark", root="/sales/", release="a&b")
    assert re.findall(r'(?:href|src)="([^"]*)"', page) == [
        "data:,",
        "/sales/assets/tokens.css?v=a%26b",
        "/sales/assets/wall.css?v=a%26b",
        "/sales/assets/wall.js?v=a%26b",
    ]
    assert 'data-root="/sales/" data-release="a%26b"' in page
    assert "://" not in page


def test_it_has_words_for_the_time_before_the_first_answer_and_is_not_empty() -> None:
    page = shell(language="zh", theme="dark", root="/", release="r1")
    found = re.search(r'data-words="([^"]*)"', page)
    assert found
    words = json.loads(unescape(found[1]))
    assert words == dict(wall_words.around(translator("zh")))
    assert f"<p>{words['reconnecting']}</p>" in page


def test_every_part_is_there_once() -> None:
    page = shell(language="en", theme="dark", root="/", release="r1")
    assert sorted(re.findall(r'id="([^"]*)"', page)) == sorted(PARTS)
