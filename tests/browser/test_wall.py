"""What a wall screen does by itself, in time that the test moves; answers are given by the test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.browser import screening
from tests.browser.screening import NOON, Network, Screen, scene, wall, words

pytestmark = pytest.mark.browser

On = Callable[..., Screen]


@pytest.fixture
def on(browser: Browser) -> Iterator[On]:
    """``on(document, …)``: a screen that is switched on. At the end nothing may have gone wrong in any."""
    begun: list[Screen] = []
    wrong: list[str] = []

    def begin(said: dict[str, Any] | None, path: str = "/wall", **more: Any) -> Screen:
        found = screening.screen(browser, Network(said), path, **more)
        found.page.on("pageerror", lambda error: wrong.append(str(error)))
        begun.append(found)
        return found

    yield begin
    for found in begun:
        found.page.context.close()
    assert wrong == []
    assert not [url for found in begun for url in found.network.asked if "problem=" in url]


def test_scenes_take_turns_and_each_says_of_when_it_is(on: On) -> None:
    screen = on(wall(scene("company", seconds=10), scene("regions", seconds=5)))
    assert screen.shown == "company"
    assert (screen.text("#title"), screen.text("#period"), screen.text("#clock")) == ("Company", "Q3 2026", "13:00")
    assert (screen.text("#fresh"), screen.mark) == ("Data 13 Sep, read 07:30", "fresh")
    screen.wait(8)
    assert screen.shown == "company"
    screen.wait(2)
    assert screen.shown == "regions"
    assert screen.page.locator("#dots .on").evaluate("dot => Array.from(dot.parentNode.children).indexOf(dot)") == 1
    screen.wait(5.5)
    assert screen.shown == "company"


def test_new_data_is_there_within_five_seconds_and_the_scene_goes_on(on: On) -> None:
    screen = on(wall(scene("company", seconds=10), scene("regions")))
    screen.wait(4)
    screen.page.evaluate("document.querySelector('.layer.on').dataset.same = 'yes'")
    screen.network.said = wall(scene("company", "<p>newer</p>", seconds=10), scene("regions"), version=2)
    screen.wait(3)
    assert screen.shown == "newer"
    assert screen.page.locator(".layer.on").get_attribute("data-same") == "yes"
    screen.wait(3)
    assert screen.shown == "regions"
    assert any("shown=2&scene=0-company&release=r1" in url for url in screen.network.asked)


def test_a_lost_connection_is_said_within_ten_seconds_and_ends_by_itself(on: On) -> None:
    screen = on(wall(scene("company"), scene("regions", seconds=5)))
    said, screen.network.said = screen.network.said, None
    screen.wait(10)
    assert screen.mark == "offline"
    assert screen.text("#alert") == "No connection since 13:00 · Trying to reach the server"
    assert screen.shown == "company"
    screen.wait(600, step=2)
    assert screen.mark == "offline"
    assert screen.shown in ("company", "regions")
    assert screen.text("#clock") == "13:10"
    screen.network.said = said
    screen.wait(15)
    assert (screen.mark, screen.text("#alert")) == ("fresh", "")


def test_a_server_that_does_not_answer_is_given_up_on_and_a_sign_in_page_is_none(on: On) -> None:
    screen = on(wall(scene("company")))
    screen.page.context.route("**/show.json*", lambda route: None)
    screen.wait(12)
    assert screen.mark == "offline"
    screen.page.context.unroute_all()
    screen.page.context.route("**/*", screen.network.serve)
    screen.wait(15)
    assert screen.mark == "fresh"
    screen.page.context.route("**/show.json*", lambda route: route.fulfill(body="<h1>Sign in</h1>", content_type="text/html"))
    screen.wait(12)
    assert (screen.mark, screen.shown) == ("offline", "company")
    screen.page.context.route("**/show.json*", lambda route: route.fulfill(json=about("empty")))
    screen.wait(12)
    assert (screen.mark, screen.shown) == ("offline", "company")


def test_old_data_is_stale_even_without_a_connection_and_whatever_the_device_believes(on: On) -> None:
    screen = on(wall(scene("company")), device=NOON - timedelta(days=400))
    assert (screen.mark, screen.text("#clock")) == ("fresh", "13:00")
    screen.network.said = wall(scene("company"), stale_at=round((NOON + timedelta(minutes=5)).timestamp() * 1000))
    screen.wait(10)
    assert screen.mark == "fresh"
    screen.network.said = None
    screen.wait(320, step=4)
    assert screen.mark == "offline"
    assert screen.text("#fresh") == "Data 13 Sep, read 07:30, stale"
    screen.network.said = wall(scene("company"), stale_at=round((NOON + timedelta(minutes=5)).timestamp() * 1000))
    screen.wait(15)
    assert (screen.mark, screen.text("#fresh")) == ("stale", "Data 13 Sep, read 07:30, stale")


def test_a_closed_set_of_past_days_is_neither_fresh_nor_stale(on: On) -> None:
    screen = on(wall(scene("company"), data="Data 28 Jan 2014", read="historical data", stale_at=None))
    screen.wait(6)
    assert (screen.mark, screen.text("#fresh")) == ("", "Data 28 Jan 2014, historical data")
    screen.network.said = None
    screen.wait(12)
    assert screen.mark == "offline"


def test_a_device_clock_that_jumps_changes_nothing_but_is_doubted_until_the_server_has_answered(on: On) -> None:
    screen = on(wall(scene("company")))
    answered, screen.network.said = screen.network.said, None
    screen.page.evaluate("() => { const real = Date.now; Date.now = () => real() + 86400000; }")
    screen.wait(0.5)
    assert (screen.mark, screen.text("#clock")) == ("", "13:00")
    screen.network.said = answered
    screen.wait(6)
    assert (screen.mark, screen.text("#clock")) == ("fresh", "13:00")


def test_after_a_restart_the_last_scenes_stand_at_once_but_not_as_fresh(on: On) -> None:
    screen = on(wall(scene("company"), scene("regions")))
    screen.page.context.route("**/show.json*", lambda route: route.abort("connectionrefused"))
    screen.page.reload()
    screen.page.clock.run_for(300)
    assert (screen.shown, screen.mark) == ("company", "")
    assert screen.text("#alert") == "Trying to reach the server"
    screen.wait(8)
    assert screen.mark == "offline"
    assert screen.text("#alert").startswith("No connection since 13:00")
    screen.page.context.unroute_all()
    screen.page.context.route("**/*", screen.network.serve)
    screen.wait(30)
    assert screen.mark == "fresh"


def test_alerts_are_told_one_at_a_time_and_what_is_not_shown_after_them(on: On) -> None:
    skipped = [{"title": "Ageing", "code": "WL-7"}]
    screen = on(wall(scene("company"), alerts=["<b>East</b> is behind", "Profit is behind"], skipped=skipped))
    told = [screen.text("#alert")]
    for _ in range(3):
        screen.wait(8.5)
        told.append(screen.text("#alert"))
    first = "Alert 1/2 East is behind"
    assert told == [first, "Alert 2/2 Profit is behind", "Not shown: Ageing (WL-7)", first]


def test_who_reaches_the_target_is_celebrated_once(on: On) -> None:
    def passed(*names: str) -> dict[str, Any]:
        return wall(scene("company"), passed=[{"key": f"2026Q3:amount:rep:{name}", "say": f"{name} <is> there"} for name in names])

    screen = on(passed("Ann"))
    banner = screen.page.locator("#banner")
    assert not banner.is_visible()
    screen.network.said = passed("Ann", "Bo", "Cy")
    screen.wait(3)
    assert banner.inner_text() == "Bo <is> there"
    screen.wait(10)
    assert banner.inner_text() == "Cy <is> there"
    screen.wait(10)
    assert not banner.is_visible()
    screen.network.said = passed("Ann")
    screen.wait(3)
    screen.page.reload()
    screen.wait(3)
    screen.network.said = passed("Ann", "Bo")
    screen.wait(3)
    assert not banner.is_visible()


def test_a_wall_that_was_changed_celebrates_nobody(on: On) -> None:
    screen = on(wall(scene("company")))
    screen.network.said = wall(scene("company"), revision=2, passed=[{"key": "2026Q3:profit:rep:Ann", "say": "Ann is there"}])
    screen.wait(3)
    assert not screen.page.locator("#banner").is_visible()


def pairing(code: str = "K7M2QX", minutes: float = 15) -> dict[str, Any]:
    until = round((NOON + timedelta(minutes=minutes)).timestamp() * 1000)
    more = {"code": code, "link": f"http://host/walls?code={code}", "until": until, "qr": "<svg></svg>"}
    return {"state": "pairing", "release": "r1", "language": "en", "theme": "dark", "words": words(), **more}


def about(state: str) -> dict[str, Any]:
    return {"state": state, "release": "r1", "language": "en", "theme": "dark", "words": words()}


def test_a_new_screen_shows_a_code_and_then_its_wall_and_says_when_it_was_removed(on: On) -> None:
    screen = on(about("empty"))
    screen.network.on_pair = pairing
    screen.network.said = about("new")
    screen.wait(4)
    assert screen.page.locator(".wall-code").inner_text() == "K7M2QX"
    assert "http://host/walls and type it in" in screen.shown
    assert screen.network.paired == 1
    screen.network.said = wall(scene("company"))
    screen.wait(3)
    assert screen.shown == "company"
    screen.network.on_pair = lambda: pairing("ABCDEF")
    screen.network.said = about("revoked")
    screen.wait(2.5)
    assert screen.shown.startswith("This screen was removed")
    screen.wait(4)
    assert screen.shown.startswith("This screen was removed ABCDEF")
    assert screen.network.paired == 2
    assert screen.page.evaluate("window.localStorage.getItem('wuliang-wall:/wall')") is None


def test_a_code_that_ran_out_is_renewed_and_a_browser_without_cookies_asks_seldom(on: On) -> None:
    screen = on(pairing(minutes=0.2))
    screen.network.on_pair = lambda: pairing("ABCDEF")
    screen.wait(18)
    assert screen.page.locator(".wall-code").inner_text() == "ABCDEF"
    screen.network.on_pair = lambda: about("new")
    screen.network.said = about("new")
    before = screen.network.paired
    screen.wait(180, step=2)
    assert 1 <= screen.network.paired - before <= 4
    screen.network.asked.clear()


@pytest.mark.parametrize("state", ["gone", "empty"])
def test_a_screen_says_in_large_letters_why_it_shows_nothing_and_goes_on(on: On, state: str) -> None:
    screen = on(about(state))
    assert screen.shown == f"{words()[state]} {words()[state + '_how']}"
    screen.network.said = wall(scene("company"))
    screen.wait(3)
    assert screen.shown == "company"


def test_a_wall_whose_scenes_all_fail_says_so(on: On) -> None:
    screen = on(wall(scene("company")))
    screen.network.said = wall(skipped=[{"title": "Company", "code": "WL-7"}])
    screen.wait(3)
    assert screen.shown == "The server cannot show this just now Not shown: Company (WL-7)"


def test_a_server_that_cannot_answer_leaves_the_scenes_and_is_not_called_lost(on: On) -> None:
    screen = on(wall(scene("company")))
    screen.network.said, screen.network.status = {"state": "failing", "message": "No", "code": "WL-9"}, 503
    screen.wait(12)
    assert (screen.shown, screen.mark, screen.text("#alert")) == ("company", "offline", "The server cannot show this just now")


def test_a_new_release_loads_the_page_anew_once_it_is_there_and_never_twice(on: On) -> None:
    screen = on(wall(scene("company", seconds=5), scene("regions", seconds=5)))
    screen.network.said = wall(scene("company", seconds=5), scene("regions", seconds=5), release="r2")
    screen.wait(30)
    assert screen.page.locator("body").get_attribute("data-release") == "r1"
    looked = screen.network.pages
    assert looked > 1
    screen.network.release = "r2"
    screen.wait(12)
    screen.page.wait_for_selector("body[data-release=r2]")
    screen.network.release, loaded = "r1", screen.network.pages
    screen.page.reload()
    screen.wait(40)
    assert screen.network.pages == loaded + 1
    assert screen.shown in ("company", "regions")


def test_a_page_whose_script_does_not_come_loads_anew_and_one_whose_script_came_does_not(on: On) -> None:
    screen = on(wall(scene("company")))
    assert screen.page.locator("meta[http-equiv=refresh]").get_attribute("content") == "30"
    screen.page.context.unroute_all()
    page = screen.page.context.new_page()
    soon = screening.Network(wall(scene("company")), refresh=1)
    page.context.route("**/*", soon.serve)
    page.goto(screening.HOST + "/wall")
    page.wait_for_timeout(2500)
    assert soon.pages == 1
    page.context.route("**/wall.js*", lambda route: route.abort("connectionrefused"))
    page.reload()
    page.wait_for_timeout(2500)
    assert soon.pages > 2


def test_a_screen_rests_outside_working_hours_and_moves_by_a_few_units(on: On) -> None:
    screen = on(wall(scene("company")))
    body = screen.page.locator("body")
    assert "resting" not in (body.get_attribute("class") or "")
    screen.network.said = wall(scene("company"), hours=[420, 720])
    screen.wait(3)
    assert "resting" in (body.get_attribute("class") or "")
    screen.network.said = wall(scene("company"), working_days=["2026-09-15"])
    screen.wait(3)
    assert "resting" in (body.get_attribute("class") or "")
    screen.network.said = wall(scene("company"), hours=[1200, 840])
    screen.wait(3)
    before = body.evaluate("body => body.style.translate")
    assert "resting" not in (body.get_attribute("class") or "")
    screen.wait(240, step=4)
    assert body.evaluate("body => body.style.translate") != before


def test_a_preview_keeps_nothing(on: On) -> None:
    screen = on(wall(scene("company")), "/wall/preview?wall=abc")
    assert screen.shown == "company"
    assert screen.network.asked[0].startswith(f"{screening.HOST}/wall/preview.json?wall=abc&")
    assert screen.page.evaluate("window.localStorage.length") == 0
