"""A few minutes of a wall screen's life, with every fault of the long one."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from benchmarks.server import serving
from benchmarks.wall_soak import NEW, company, live, pair
from benchmarks.wall_watch import BACK, LOOK_EVERY, watched

pytestmark = pytest.mark.browser

PATIENCE = 6.0
"""Other tests share the machine; how fast a server is, is not asked here."""


def test_nothing_that_goes_wrong_leaves_a_screen_blank_or_wrong(tmp_path: Path, browser: Browser) -> None:
    company(tmp_path)
    life = live(browser, tmp_path, 120, rounds=1, patience=PATIENCE)
    assert life.wrong == ()
    assert {NEW, BACK} <= set(life.took)
    assert life.pictures > life.seconds / LOOK_EVERY
    assert life.more_nodes < 5
    assert life.growth < 30  # the browser still compiles what has not run before; the long form holds the page to less


def test_a_screen_that_lies_is_told(tmp_path: Path, browser: Browser) -> None:
    company(tmp_path)
    with serving(tmp_path) as server:
        screen = watched(browser.new_page(viewport={"width": 960, "height": 540}), tmp_path, server, PATIENCE)
        pair(screen)
        assert screen.wrong == []
        screen.lose()
        screen.run(12)
        assert any("called fresh, and is not" in said for said in screen.wrong)
        screen.wrong.clear()
        screen.page.evaluate("document.querySelector('.layer.on').innerHTML = ''")
        screen.step()
        assert any("the scene is blank" in said for said in screen.wrong)
        screen.wrong.clear()
        screen.page.evaluate("document.body.style.display = 'none'")
        screen.run(LOOK_EVERY)
        assert any("a picture of the screen is blank" in said for said in screen.wrong)
        screen.close()
