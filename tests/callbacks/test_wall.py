"""A screen pairs by a code, keeps its credential, is never sent to a sign-in, and goes on when the ledger cannot be used."""

from __future__ import annotations

import gzip
import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, request_started
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from callbacks.wall import COOKIE, pack
from callbacks.wall_board import Board
from data.devices import BUILT_IN, CODE_MINUTES, Devices
from data.ledger import Ledger
from data.walls import NewWall, SceneChoice, Wall, Walls
from tests.callbacks.asking import app_over
from tests.callbacks.walling import scenery
from tests.clock import Clock


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path / "ledger.sqlite")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def server(demo_folder: Path, ledger: Ledger, clock: Clock) -> Flask:
    server: Flask = app_over(demo_folder, clock, ledger=ledger, scenery=scenery()).server
    return server


@pytest.fixture
def screen(server: Flask) -> Iterator[FlaskClient]:
    with server.test_client() as client:
        yield client


@pytest.fixture
def lobby(ledger: Ledger) -> Wall:
    new = NewWall(name="Lobby", scenes=(SceneChoice(scene="regions"),), language="zh", theme="light")
    return Walls(ledger).keep(new, who="a")


def state(screen: FlaskClient, **headers: str) -> Any:
    return screen.get("/wall/show.json", headers=headers).json


def paired(screen: FlaskClient, ledger: Ledger, wall_id: int = BUILT_IN) -> int:
    """Pair a screen with a wall; the number of the screen."""
    code = screen.post("/wall/pair").json["code"]
    number = Devices(ledger, Clock()).claim(code, name="Left", wall_id=wall_id, who="a").device_id
    _catch_up(screen)
    return number


def _catch_up(screen: FlaskClient) -> None:
    """The ledger is read again after a second; here at once."""
    board_of(screen).refresh()


def board_of(screen: FlaskClient) -> Board:
    found: Board = screen.application.extensions["walls"]
    return found


def cookie(answer: TestResponse) -> str:
    (said,) = (value for name, value in answer.headers if name == "Set-Cookie")
    return said


# --- pairing ------------------------------------------------------------------------------------------------------------------


def test_a_new_screen_pairs_by_its_code_and_shows_its_wall(screen: FlaskClient, ledger: Ledger, lobby: Wall) -> None:
    assert screen.get("/wall").status_code == 200
    assert state(screen)["state"] == "new"
    opened = screen.post("/wall/pair")
    said = opened.json
    assert (said["state"], len(said["code"])) == ("pairing", 6)
    assert said["link"] == f"http://localhost/walls?code={said['code']}"
    assert said["qr"].startswith("<svg")
    assert state(screen) == said
    Devices(ledger, Clock()).claim(said["code"], name="Left", wall_id=lobby.wall_id, who="a")
    _catch_up(screen)
    shown = state(screen)
    assert (shown["state"], shown["name"], shown["language"], [s["scene"] for s in shown["scenes"]]) == (
        "wall",
        "Lobby",
        "zh-CN",
        ["regions"],
    )
    assert "lang=zh data-bs-theme=light" in screen.get("/wall").text


def test_the_credential_is_for_the_product_alone_and_survives_years(screen: FlaskClient) -> None:
    said = cookie(screen.post("/wall/pair"))
    assert re.match(rf"{COOKIE}=[\w-]{{43}};", said)
    for part in ("HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=315360000"):
        assert part in said
    assert "Secure" not in said


def test_behind_tls_the_credential_never_travels_in_the_open(screen: FlaskClient) -> None:
    assert "Secure" in cookie(screen.post("/wall/pair", base_url="https://wall.example"))


def test_pairing_again_keeps_the_code_until_it_has_run_out(screen: FlaskClient, clock: Clock) -> None:
    first = screen.post("/wall/pair").json
    again = screen.post("/wall/pair")
    assert (again.json, "Set-Cookie" in again.headers) == (first, False)
    assert first["until"] == round(clock.now.timestamp() * 1000) + CODE_MINUTES * 60_000
    clock.move(minutes=CODE_MINUTES)
    assert screen.post("/wall/pair").json["code"] != first["code"]


def test_a_paired_screen_that_asks_to_be_paired_keeps_its_wall(screen: FlaskClient, ledger: Ledger, lobby: Wall) -> None:
    paired(screen, ledger, lobby.wall_id)
    again = screen.post("/wall/pair")
    assert (again.json["state"], again.json["name"], "Set-Cookie" in again.headers) == ("wall", "Lobby", False)


def test_another_site_cannot_pair(screen: FlaskClient, ledger: Ledger) -> None:
    assert screen.post("/wall/pair", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert Devices(ledger).all() == ()


def test_a_revoked_screen_shows_nothing_more_and_can_be_paired_anew(screen: FlaskClient, ledger: Ledger) -> None:
    number = paired(screen, ledger)
    Devices(ledger, Clock()).revoke(number, who="a")
    _catch_up(screen)
    said = state(screen)
    assert (said["state"], "scenes" in said) == ("revoked", False)
    anew = screen.post("/wall/pair")
    assert (anew.json["state"], "Set-Cookie" in anew.headers) == ("pairing", True)
    assert state(screen)["state"] == "pairing"


def test_a_screen_whose_wall_was_removed_says_so_and_goes_on_when_it_gets_another(screen: FlaskClient, ledger: Ledger, lobby: Wall) -> None:
    number = paired(screen, ledger, lobby.wall_id)
    Walls(ledger).remove(lobby.wall_id, who="a")
    _catch_up(screen)
    assert state(screen)["state"] == "gone"
    assert screen.get("/wall").status_code == 200
    Devices(ledger).assign(number, BUILT_IN, who="a")
    _catch_up(screen)
    assert state(screen)["name"] == "Company"


def test_nobody_elses_secret_is_let_in(screen: FlaskClient, ledger: Ledger) -> None:
    paired(screen, ledger)
    for wrong in ("x", "x" * 43, "\udcff"):
        with screen.application.test_client() as other:
            other.set_cookie(COOKIE, wrong.encode("utf-8", "replace").decode())
            assert state(other)["state"] == "new"


# --- walls by address ---------------------------------------------------------------------------------------------------------


def test_a_wall_is_shown_at_its_address_to_whoever_asks(screen: FlaskClient, lobby: Wall) -> None:
    _catch_up(screen)
    page = screen.get(f"/wall/{lobby.slug}")
    assert (page.status_code, page.mimetype) == (200, "text/html")
    assert "frame-ancestors 'self'" in page.headers["Content-Security-Policy"]
    assert screen.get(f"/wall/{lobby.slug}.json").json["name"] == "Lobby"
    assert screen.get("/wall/company.json").json["name"] == "Company"
    assert screen.get("/wall/nowhere.json").json["state"] == "gone"


def test_a_wall_that_is_not_kept_can_be_looked_at(screen: FlaskClient) -> None:
    new = NewWall(name="草稿", scenes=(SceneChoice(scene="regions", address="?region=East"),) * 3, language="zh")
    said = screen.get(f"/wall/preview.json?wall={pack(new)}").json
    assert (said["name"], len(said["scenes"]), said["scenes"][0]["title"]) == ("草稿", 3, "regions, 华东")
    assert "lang=zh" in screen.get(f"/wall/preview?wall={pack(new)}").text


@pytest.mark.parametrize("wrong", ["", "x", "!!!", "eJw", pack(NewWall(name="", scenes=())), pack(NewWall(name="a", scenes=(), seconds=0))])
def test_what_is_no_wall_is_no_preview(screen: FlaskClient, wrong: str) -> None:
    assert screen.get("/wall/preview.json", query_string={"wall": wrong}).json["state"] == "gone"


# --- polling ------------------------------------------------------------------------------------------------------------------


def test_an_unchanged_wall_is_not_sent_again_but_the_time_is(screen: FlaskClient, ledger: Ledger, clock: Clock) -> None:
    paired(screen, ledger)
    first = screen.get("/wall/show.json")
    clock.move(seconds=2)
    again = screen.get("/wall/show.json", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", first.headers["ETag"])
    before, after = (int(answer.headers["Wuliang-Now"].split(";")[0]) for answer in (first, again))
    assert after - before == 2000
    offset = clock.now.astimezone().utcoffset()
    assert offset is not None
    assert int(again.headers["Wuliang-Now"].split(";")[1]) == offset.total_seconds() // 60
    assert {answer.headers["Cache-Control"] for answer in (first, again)} == {"no-cache"}


def test_it_is_sent_packed_to_who_can_unpack_it(screen: FlaskClient) -> None:
    plain = screen.get("/wall/company.json")
    packed = screen.get("/wall/company.json", headers={"Accept-Encoding": "gzip, deflate, br, zstd"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert packed.headers["ETag"] == plain.headers["ETag"]


def test_what_a_screen_shows_is_noted_without_asking_the_ledger_each_time(screen: FlaskClient, ledger: Ledger, clock: Clock) -> None:
    number = paired(screen, ledger)
    clock.move(seconds=7)
    screen.get("/wall/show.json?shown=1&scene=0-company&release=r1&problem=a%20fault")
    (seen,) = board_of(screen).screens()
    assert (seen.last_seen, seen.version_shown, seen.scene_shown, seen.problem) == (clock.now, 1, "0-company", "a fault")
    (kept,) = Devices(ledger).all()
    assert kept.version_shown is None
    board_of(screen).write_down()
    (kept,) = Devices(ledger).all()
    assert (kept.device_id, kept.last_seen, kept.version_shown, kept.release_shown) == (number, clock.now, 1, "r1")


@pytest.mark.parametrize("said", ["", "x", "-1", "9" * 40, "%FF", "1.5"])
def test_a_screen_may_say_nonsense(screen: FlaskClient, ledger: Ledger, said: str) -> None:
    paired(screen, ledger)
    assert screen.get(f"/wall/show.json?shown={said}&scene=%F0%9F%98%80{'x' * 999}").json["state"] == "wall"
    board_of(screen).write_down()
    (kept,) = Devices(ledger).all()
    assert (kept.version_shown, len(kept.scene_shown)) == (None, 60)


def test_many_screens_cost_one_computation(server: Flask, ledger: Ledger) -> None:
    with server.test_client() as first:
        before = first.get("/wall/figures.json").json
    for _ in range(5):
        with server.test_client() as screen:
            paired(screen, ledger)
            assert state(screen)["state"] == "wall"
    after = screen.get("/wall/figures.json").json
    assert after["computed"] - before["computed"] == 2, "two scenes, five screens"
    assert after["asked"] - before["asked"] == 5


def test_a_question_that_finds_nothing_new_never_reaches_flask(screen: FlaskClient, ledger: Ledger, lobby: Wall, clock: Clock) -> None:
    number, reached = paired(screen, ledger, lobby.wall_id), []
    first = screen.get("/wall/show.json")
    before = screen.get("/wall/figures.json").json["asked"]
    clock.move(seconds=5)

    def note(sender: Flask, **_: Any) -> None:
        reached.append(sender)

    with request_started.connected_to(note):
        ask = {"If-None-Match": first.headers["ETag"]}
        again = screen.get("/wall/show.json?shown=1&scene=0-regions", headers=ask)
        assert (again.status_code, again.data, reached) == (304, b"", [])
        Walls(ledger).keep(NewWall(name="Hall", scenes=lobby.scenes), who="a", wall_id=lobby.wall_id, seen=1)
        _catch_up(screen)
        assert screen.get("/wall/show.json", headers=ask).json["name"] == "Hall"
        assert screen.head("/wall/show.json", headers=ask).status_code == 200
        Devices(ledger, clock).revoke(number, who="a")
        _catch_up(screen)
        assert screen.get("/wall/show.json", headers=ask).json["state"] == "revoked"
    assert len(reached) == 3
    (seen,) = board_of(screen).screens()
    assert seen.last_seen == clock.now
    assert screen.get("/wall/figures.json").json["asked"] - before == 4, "each question is counted once"


# --- faults -------------------------------------------------------------------------------------------------------------------


def test_a_locked_ledger_stops_no_screen_and_nothing_is_lost(screen: FlaskClient, ledger: Ledger, lobby: Wall, clock: Clock) -> None:
    paired(screen, ledger, lobby.wall_id)
    state(screen)
    board = board_of(screen)
    board.devices = Devices(_impatient(ledger), clock)
    blocker = sqlite3.connect(ledger.path, isolation_level=None)
    blocker.execute("BEGIN IMMEDIATE")
    clock.move(seconds=20)
    assert state(screen)["state"] == "wall"
    board.write_down()
    assert screen.post("/wall/pair").status_code == 200, "a paired screen needs no write"
    with screen.application.test_client() as other:
        answer = other.post("/wall/pair")
        assert (answer.status_code, answer.json["state"], "Set-Cookie" in answer.headers) == (503, "failing", False)
    blocker.close()
    board.write_down()
    assert Devices(ledger).all()[0].last_seen == clock.now


def test_screens_that_wait_for_a_locked_ledger_do_not_hold_up_the_server(screen: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("callbacks.wall_board.ASK_SECONDS", 0.01)
    board = board_of(screen)
    with board.asking(), board.asking():
        assert screen.post("/wall/pair").status_code == 503
        screen.set_cookie(COOKIE, "unknown")
        assert screen.get("/wall/show.json").status_code == 503
    assert screen.get("/wall/show.json").json["state"] == "new"


def test_a_ledger_that_is_damaged_while_screens_run_leaves_what_was_known(screen: FlaskClient, ledger: Ledger, lobby: Wall) -> None:
    paired(screen, ledger, lobby.wall_id)
    with sqlite3.connect(ledger.path) as other:
        other.execute("ALTER TABLE device RENAME TO elsewhere")
    _catch_up(screen)
    assert state(screen)["name"] == "Lobby"
    with sqlite3.connect(ledger.path) as other:
        other.execute("ALTER TABLE elsewhere RENAME TO device")
        other.execute("UPDATE device SET revoked_at = '2026-09-14T08:00:00.000000+00:00'")
    _catch_up(screen)
    assert state(screen)["state"] == "revoked"


def test_what_is_not_known_yet_is_not_called_gone(demo_folder: Path, ledger: Ledger) -> None:
    with sqlite3.connect(ledger.path) as other:
        other.execute("DROP TABLE wall")
    with app_over(demo_folder, ledger=ledger, scenery=scenery()).server.test_client() as screen:
        assert screen.get("/wall/lobby.json").status_code == 503
        assert screen.get("/wall/company.json").json["name"] == "Company"


def test_an_empty_store_says_so(tmp_path: Path, ledger: Ledger) -> None:
    with app_over(tmp_path / "nothing", ledger=ledger, scenery=scenery()).server.test_client() as screen:
        assert screen.get("/wall/company.json").json["state"] == "empty"
        assert screen.get("/wall/company").status_code == 200


def test_a_page_that_there_is_not_still_answers_404(screen: FlaskClient) -> None:
    assert screen.get("/walls-of-sound").status_code == 404


def _impatient(ledger: Ledger) -> Ledger:
    """The same ledger, waiting for nobody."""
    other = Ledger(ledger.path)
    with other.reading() as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout = 0")
    return other
