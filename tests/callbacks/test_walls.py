"""Walls and screens over HTTP: kept, refused in plain words, or held against what others changed meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from callbacks.walls import LARGEST, WRONG_CODES
from data.devices import SIGNS, Devices
from data.ledger import Ledger
from data.warehouse import Warehouse
from tests.callbacks.asking import app_over
from tests.callbacks.walling import scenery
from tests.clock import Clock

SCENES = [{"scene": "company"}, {"scene": "regions", "address": "?period=month&region=East", "seconds": 30}]


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path / "ledger.sqlite")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def client(demo_folder: Path, ledger: Ledger, clock: Clock) -> Iterator[FlaskClient]:
    with app_over(demo_folder, clock, ledger=ledger, scenery=scenery()).server.test_client() as client:
        yield client


def wall(**more: Any) -> dict[str, Any]:
    return {"name": "Lobby", "scenes": SCENES, "seconds": 20, "language": "en", "unit": "auto", "theme": "dark", "slug": "", **more}


def post(client: FlaskClient, to: str, search: str = "", headers: dict[str, str] | None = None, **form: Any) -> TestResponse:
    return client.post(f"/walls/{to}.json{search}", json={"who": "Li Qiang", **form}, headers=headers or {})


def keep(client: FlaskClient, search: str = "", *, number: int | None = None, seen: int = 0, **more: Any) -> TestResponse:
    return post(client, "keep", search, wall=wall(**more), wall_id=number, seen=seen)


def screen(client: FlaskClient) -> tuple[FlaskClient, str]:
    """A new screen and its code."""
    other = client.application.test_client()
    return other, other.post("/wall/pair").json["code"]


def told(client: FlaskClient, search: str = "") -> Any:
    return client.get(f"/walls.json{search}").json


# --- walls --------------------------------------------------------------------------------------------------------------------


def test_a_fresh_store_has_the_built_in_wall_and_says_what_can_be_chosen(client: FlaskClient, demo_warehouse: Warehouse) -> None:
    said = told(client, "?language=zh")
    (built_in,) = said["walls"]
    assert (built_in["wall_id"], built_in["slug"], built_in["link"]) == (0, "company", "wall/company")
    assert [scene["scene"] for scene in built_in["scenes"]] == ["company", "regions"]
    ask, places = demo_warehouse.reader().ask, {choice["key"]: choice["name"] for choice in said["choices"]["places"]}
    regions = dict(ask("SELECT region_id, name_zh FROM region", {}))
    areas = list(ask("SELECT area_id, region_id, name_zh FROM area", {}))
    assert len(areas) > len(regions) > 1
    assert places == {f"?region={key}": name for key, name in regions.items()} | {
        f"?region={region}&area={quote(key)}": f"{regions[region]} › {name}" for key, region, name in areas
    }
    assert [choice["key"] for choice in said["choices"]["units_zh"]] == ["auto", "full", "wan", "yi"]
    assert next(choice["name"] for choice in said["choices"]["measures"]) == "销售额"
    assert said["devices"] == []


def test_a_wall_is_kept_and_shown_at_once(client: FlaskClient) -> None:
    answer = keep(client)
    assert (answer.status_code, answer.json["message"], answer.headers["Cache-Control"]) == (201, "Kept: Lobby", "no-store")
    kept = answer.json["wall"]
    assert (kept["wall_id"], kept["slug"], kept["revision"]) == (1, "lobby", 1)
    second = kept["scenes"][1]
    assert (second["address"], second["seconds"], second["period"]) == ("?period=month&region=East", 30, "month")
    assert [scene["title"] for scene in client.get("/wall/lobby.json").json["scenes"]] == ["company, Company", "regions, East"]
    assert [one["slug"] for one in told(client)["walls"]] == ["company", "lobby"]


def test_an_address_is_kept_as_short_as_it_can_be(client: FlaskClient) -> None:
    said = "?region=East&period=quarter&language=zh&theme=light&unit=m&find=x&as-of=2026-01-01"
    kept = keep(client, scenes=[{"scene": "company", "address": said}]).json["wall"]
    assert kept["scenes"][0]["address"] == "?region=East"


@pytest.mark.parametrize(
    ("more", "field", "said"),
    [
        ({"name": " "}, "name", "Give the wall a name."),
        ({"scenes": []}, "scenes", "Choose at least one scene."),
        ({"scenes": SCENES * 7}, "scenes", "at most 12 scenes"),
        ({"scenes": [{"scene": "nonsense"}]}, "scenes", "There is no such choice."),
        ({"scenes": [{"scene": "company", "address": "?region=Atlantis"}]}, "scenes", "'region=Atlantis' in the address is not known"),
        ({"scenes": [{"scene": "company", "address": "?period=soon"}]}, "scenes", "'soon' is not a period"),
        ({"seconds": 4}, "seconds", "5 to 600 seconds"),
        ({"theme": "pink"}, "theme", "There is no such choice."),
        ({"slug": "a b"}, "slug", "A short address has up to 40"),
        ({"slug": "company"}, "slug", "used by the product itself"),
    ],
)
def test_what_cannot_be_a_wall_is_refused_with_what_to_do(client: FlaskClient, more: dict[str, Any], field: str, said: str) -> None:
    answer = keep(client, **more)
    assert (answer.status_code, answer.json["field"]) == (422, field)
    assert said in answer.json["message"]
    chinese = keep(client, "?language=zh", **more).json["message"]
    assert chinese != answer.json["message"]
    assert not {"{", "}"} & set(chinese + answer.json["message"])
    assert len(told(client)["walls"]) == 1


def test_of_two_who_change_a_wall_the_later_is_shown_what_it_is_now(client: FlaskClient) -> None:
    number = keep(client).json["wall"]["wall_id"]
    assert keep(client, number=number, seen=1, name="Canteen").status_code == 200
    late = keep(client, number=number, seen=1, name="Hall")
    assert (late.status_code, late.json["wall"]["name"], late.json["wall"]["revision"]) == (409, "Canteen", 2)
    assert "Somebody changed Canteen since" in late.json["message"]
    assert keep(client, number=number, seen=2, name="Hall").json["wall"]["name"] == "Hall"


def test_a_removed_wall_comes_back_with_what_it_was(client: FlaskClient) -> None:
    number = keep(client).json["wall"]["wall_id"]
    gone = post(client, "remove", wall_id=number)
    assert (gone.status_code, gone.json["message"]) == (200, "Removed: Lobby")
    assert client.get("/wall/lobby.json").json["state"] == "gone"
    late = keep(client, number=number, seen=1)
    assert (late.status_code, late.json["wall"]) == (409, None)
    assert post(client, "remove", wall_id=number).status_code == 409
    was = {name: gone.json["wall"][name] for name in wall()}
    was["scenes"] = [{name: scene[name] for name in ("scene", "address", "seconds")} for scene in was["scenes"]]
    again = post(client, "keep", wall=was, wall_id=None).json["wall"]
    assert (again["slug"], again["scenes"]) == ("lobby", gone.json["wall"]["scenes"])


def test_a_preview_keeps_nothing_and_can_be_opened(client: FlaskClient) -> None:
    answer = client.post("/walls/preview.json", json={"wall": wall(name="Draft", language="zh")}).json
    assert (answer["document"]["name"], len(answer["document"]["scenes"])) == ("Draft", 2)
    path, _, query = answer["address"].partition("?")
    assert client.get(f"/{path}.json?{query}").json == answer["document"]
    assert len(told(client)["walls"]) == 1


# --- screens ------------------------------------------------------------------------------------------------------------------


def test_a_screen_is_paired_listed_renamed_moved_and_removed(client: FlaskClient, clock: Clock) -> None:
    number = keep(client).json["wall"]["wall_id"]
    other, code = screen(client)
    assert told(client)["waiting"] == 1
    answer = post(client, "claim", code=code.lower(), name="Left", wall_id=number)
    assert (answer.status_code, answer.json["message"]) == (201, "Left shows Lobby")
    clock.move(seconds=9)
    assert other.get("/wall/show.json?shown=1&scene=1-regions").json["name"] == "Lobby"
    (one,) = told(client)["devices"]
    assert (one["name"], one["wall"], one["state"], one["version"], one["scene"]) == ("Left", "Lobby", "paired", 1, "Company")
    assert (told(client)["now"] - one["last_seen"], one["is_current"]) == (0, False)
    assert [w["screens"] for w in told(client)["walls"]] == [0, 1]
    assert post(client, "device", device_id=1, do="rename", name="Right").json["device"]["name"] == "Right"
    assert post(client, "device", device_id=1, do="assign", wall_id=0).json["message"] == "Right shows Company"
    assert other.get("/wall/show.json").json["name"] == "Company"
    assert post(client, "device", device_id=1, do="revoke").json["device"]["state"] == "revoked"
    assert other.get("/wall/show.json").json["state"] == "revoked"
    assert told(client)["devices"] == []
    again = post(client, "device", device_id=1, do="revoke")
    assert (again.status_code, "removed already" in again.json["message"]) == (409, True)


def test_a_screen_that_shows_the_latest_release_and_data_is_current(client: FlaskClient) -> None:
    other, code = screen(client)
    post(client, "claim", code=code, name="Left", wall_id=0)
    release = other.get("/wall/show.json").json["release"]
    other.get(f"/wall/show.json?shown=1&release={release}")
    assert told(client)["devices"][0]["is_current"] is True


@pytest.mark.parametrize(
    ("form", "field"),
    [({"code": "WRONG1"}, "code"), ({"name": ""}, "name"), ({"wall_id": 99}, "wall"), ({"who": " "}, "who"), ({"code": ""}, "code")],
)
def test_a_claim_is_refused_with_what_to_do(client: FlaskClient, form: dict[str, Any], field: str) -> None:
    _, code = screen(client)
    answer = post(client, "claim", **{"code": code, "name": "Left", "wall_id": 0, **form})
    assert (answer.status_code, answer.json["field"]) == (422, field)
    assert answer.json["message"]


def test_codes_cannot_be_tried_out(client: FlaskClient, clock: Clock, ledger: Ledger) -> None:
    _, code = screen(client)
    wrong = [sign * 6 for sign in SIGNS if sign * 6 != code][:WRONG_CODES]
    for one in wrong:
        assert post(client, "claim", code=one, name="x", wall_id=0).status_code == 422
        clock.move(seconds=1)
    late = post(client, "claim", code=code, name="x", wall_id=0)
    assert (late.status_code, late.json["field"]) == (429, "code")
    assert Devices(ledger).all()[0].state == "waiting"
    clock.move(seconds=51)
    assert post(client, "claim", code=code, name="x", wall_id=0).status_code == 201


# --- what no form of ours sends -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["keep", "remove", "preview", "claim", "device"])
def test_another_site_changes_nothing(client: FlaskClient, name: str) -> None:
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "http://evil.example"}):
        assert post(client, name, headers=headers).status_code == 403


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("keep", {"wall": 5}),
        ("keep", {"wall": {"name": 5}}),
        ("keep", {"wall": {"nonsense": 1}}),
        ("keep", {"wall": wall(scenes=[5])}),
        ("keep", {"wall": wall(scenes=[{"scene": "company", "seconds": "5"}])}),
        ("keep", {"wall": wall(seconds=True)}),
        ("keep", {"wall": wall(), "wall_id": -1}),
        ("keep", {"wall": wall(), "who": 5}),
        ("keep", {"wall": wall(), "nonsense": 5}),
        ("keep", {}),
        ("remove", {}),
        ("claim", {"code": "ABCDEF", "name": "x"}),
        ("claim", {"code": "\ud800", "name": "x", "wall_id": 0}),
        ("device", {"device_id": 1}),
        ("device", {"device_id": 1, "do": "explode"}),
        ("device", {"device_id": 1, "do": "assign"}),
    ],
)
def test_a_malformed_body_is_answered_in_words(client: FlaskClient, name: str, form: dict[str, Any]) -> None:
    answer = post(client, name, **form)
    assert answer.status_code == 400
    assert "Traceback" not in answer.text
    assert answer.text


def test_a_body_that_is_too_large_is_not_read(client: FlaskClient) -> None:
    assert client.post("/walls/keep.json", data=b"x" * (LARGEST + 1), content_type="application/json").status_code == 413


json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from([*wall(), "scene", "address", "x"]), inner, max_size=4),
    max_leaves=12,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(body=json, name=st.sampled_from(("keep", "remove", "preview", "claim", "device")))
def test_whatever_is_sent_is_never_a_fault_of_the_server(client: FlaskClient, body: Any, name: str) -> None:
    for sent in (body, {"wall": body}, {"wall": {**wall(), "scenes": [body]}}):
        assert client.post(f"/walls/{name}.json", json=sent).status_code < 500
