"""The page of wall screens: a wall is made and two people change it; a phone pairs a screen; what is removed can be had back."""

from __future__ import annotations

from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import orjson
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Open, Serve, Served, Watch
from tests.browser.test_accessibility import violations

pytestmark = pytest.mark.browser


class Screen:
    """A screen on the wall, without a browser: it pairs, and asks what it is to show."""

    def __init__(self, served: Served) -> None:
        self._port, self._cookie = served.port, ""
        self.code: str = self._ask("POST", "/wall/pair")["code"]

    def shown(self) -> dict[str, Any]:
        return self._ask("GET", "/wall/show.json?shown=1&scene=0-company")

    def _ask(self, method: str, path: str) -> dict[str, Any]:
        connection = HTTPConnection("127.0.0.1", self._port, timeout=20)
        connection.request(method, path, headers={"Cookie": self._cookie})
        answer = connection.getresponse()
        self._cookie = (answer.headers["Set-Cookie"] or self._cookie).partition(";")[0]
        told: dict[str, Any] = orjson.loads(answer.read())
        return told


def at_walls(open_page: Open, served: Served, search: str = "", **size: int) -> Page:
    page = open_page(f"{served.address}/walls{search}", wait=False, **size)
    expect(page.locator(".wall-row").first).to_be_visible()
    return page


def row(page: Page, name: str) -> Locator:
    return page.locator(".wall-row", has=page.get_by_role("heading", name=name, exact=True))


def make_wall(page: Page, name: str) -> None:
    page.get_by_role("button", name="New wall").click()
    dialog = page.get_by_role("dialog", name="New wall")
    dialog.get_by_label("Name of the wall").fill(name)
    dialog.get_by_label("Your name").fill("Xia")
    dialog.get_by_role("button", name="Save").click()
    expect(row(page, name)).to_be_visible()


def refusals_are_expected(watch: Watch) -> None:
    """The browser itself notes each answer that refuses."""
    watch.errors[:] = [said for said in watch.errors if not said.endswith(("(UNPROCESSABLE ENTITY)", "(CONFLICT)"))]


def test_a_wall_is_made_of_scenes_and_previewed(own: Path, serve: Serve, open_page: Open, watch: Watch) -> None:
    page = at_walls(open_page, serve(own))
    page.get_by_role("button", name="New wall").click()
    dialog = page.get_by_role("dialog", name="New wall")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_role("alert")).to_have_text("Give the wall a name.")
    expect(dialog.get_by_label("Name of the wall")).to_be_focused()
    dialog.get_by_label("Name of the wall").fill("Shanghai office")
    dialog.get_by_role("button", name="Add a scene").click()
    count = dialog.locator(".wall-scene").count()
    last = dialog.get_by_role("group", name=f"Scene {count}")
    last.get_by_label("Scope").select_option(label="\u2003Jiangsu")
    last.get_by_label("Measure").select_option("profit")
    last.get_by_label("Seconds").fill("40")
    last.get_by_role("button", name="Earlier").focus()
    for _ in range(count - 1):
        page.keyboard.press("Enter")
    first = dialog.get_by_role("group", name="Scene 1")
    expect(first.get_by_label("Seconds")).to_have_value("40")
    first.get_by_role("button", name="Preview").press("Enter")
    shown = dialog.frame_locator("iframe").locator("body.wall")
    expect(shown).to_be_attached()
    assert violations(page) == []
    dialog.get_by_label("Your name").fill("Xia")
    dialog.get_by_role("button", name="Save").click()
    expect(row(page, "Shanghai office").locator("li").first).to_have_text("Company East › Jiangsu, Sales profit, 40 s")
    link = row(page, "Shanghai office").get_by_role("link")
    expect(link).to_have_attribute("href", "wall/shanghai-office")
    row(page, "Shanghai office").get_by_role("button", name="Change Shanghai office").click()
    chosen = page.get_by_role("dialog").get_by_role("group", name="Scene 1").get_by_label("Scope").locator("option:checked")
    expect(chosen).to_have_text("Jiangsu")
    refusals_are_expected(watch)


def test_of_two_who_change_a_wall_the_second_sees_what_the_first_made(own: Path, serve: Serve, open_page: Open, watch: Watch) -> None:
    served = serve(own)
    page = at_walls(open_page, served)
    make_wall(page, "Lobby")
    other = at_walls(open_page, served)
    dialogs = []
    for each, seconds in ((page, "30"), (other, "45")):
        row(each, "Lobby").get_by_role("button", name="Change Lobby").click()
        dialogs.append(each.get_by_role("dialog", name="Change Lobby"))
        dialogs[-1].get_by_label("Seconds a scene").fill(seconds)
    dialogs[0].get_by_role("button", name="Save").click()
    expect(row(page, "Lobby")).to_contain_text("30 s a scene")
    dialogs[1].get_by_label("Your name").fill("Luo")
    dialogs[1].get_by_role("button", name="Save").click()
    expect(dialogs[1].get_by_role("alert")).to_contain_text("Somebody changed Lobby")
    expect(dialogs[1].get_by_label("Seconds a scene")).to_have_value("45")
    dialogs[1].get_by_role("button", name="Show theirs").click()
    expect(dialogs[1].get_by_label("Seconds a scene")).to_have_value("30")
    dialogs[1].get_by_label("Seconds a scene").fill("50")
    dialogs[1].get_by_role("button", name="Save again").click()
    for each in (page, other):
        expect(row(each, "Lobby")).to_contain_text("50 s a scene")
    refusals_are_expected(watch)


def test_what_was_made_of_a_wall_waits_when_the_form_is_closed(own: Path, serve: Serve, open_page: Open) -> None:
    page = at_walls(open_page, serve(own))
    for typed, found in (("Canteen", ""), (None, "Canteen")):
        page.get_by_role("button", name="New wall").click()
        name = page.get_by_role("dialog").get_by_label("Name of the wall")
        expect(name).to_have_value(found)
        if typed:
            name.fill(typed)
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_have_count(0)


def test_a_phone_pairs_a_screen_and_takes_it_off_again(own: Path, serve: Serve, open_page: Open, watch: Watch) -> None:
    served = serve(own)
    screen = Screen(served)
    page = at_walls(open_page, served, f"?code={screen.code}", width=390, height=844)
    box = page.locator(".slot-pairing")
    expect(box.get_by_label("Code on the screen")).to_have_value(screen.code)
    expect(box.get_by_label("Name of the screen")).to_be_focused()
    pair = box.get_by_role("button", name="Pair")
    assert pair.evaluate("button => button.getBoundingClientRect().bottom + window.scrollY") < 844 - 64, "above the bar of pages"
    box.get_by_label("Code on the screen").fill("ABCDEF")
    box.get_by_label("Name of the screen").fill("Lobby")
    box.get_by_label("Your name").fill("Xia")
    pair.click()
    expect(box.get_by_role("alert")).to_contain_text("No screen shows this code.")
    box.get_by_label("Code on the screen").fill(screen.code.lower())
    pair.click()
    listed = page.locator(".wall-screens tbody tr", has_text="Lobby")
    expect(listed).to_contain_text("Company")
    assert screen.shown()["state"] == "wall"
    expect(page.get_by_role("heading", level=1)).to_have_text("Every screen is in touch")
    assert violations(page) == []
    listed.get_by_role("button", name="Remove Lobby").click()
    listed.get_by_role("button", name="Undo").click()
    page.wait_for_timeout(7000)
    assert screen.shown()["state"] == "wall", "what was had back stays"
    listed.get_by_role("button", name="Remove Lobby").click()
    page.evaluate("document.activeElement.blur()")
    page.mouse.move(5, 5)
    expect(listed).to_have_count(0, timeout=15_000)
    assert screen.shown()["state"] == "revoked"
    refusals_are_expected(watch)


def test_a_page_that_is_left_does_what_it_said_it_would(own: Path, serve: Serve, open_page: Open) -> None:
    page = at_walls(open_page, serve(own))
    make_wall(page, "Lobby")
    row(page, "Lobby").get_by_role("button", name="Delete Lobby").click()
    expect(page.get_by_role("status").filter(has_text="Lobby will be deleted.")).to_be_visible()
    page.get_by_role("link", name="Overview").click()
    page.wait_for_selector(".kpi .val")
    page.go_back()
    expect(page.locator(".wall-row")).to_have_count(1)


@pytest.mark.parametrize("search", ["", "?language=zh&theme=dark"])
def test_nothing_is_found(demo: Served, open_page: Open, search: str) -> None:
    assert violations(at_walls(open_page, demo, search)) == []
