"""A screen is paired by a code, keeps a credential that can be ended, and its secret is not kept here."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier

import pytest

from data import devices as screens
from data.devices import BUILT_IN, CODE_LENGTH, CODE_MINUTES, LONGEST, SIGNS, DeviceRefused, Devices, Sighting, digest
from data.ledger import Ledger
from data.walls import NewWall, SceneChoice, Walls
from tests.clock import Clock

START = datetime(2026, 9, 14, 8, tzinfo=UTC)


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path / "ledger.sqlite")


@pytest.fixture
def clock() -> Clock:
    return Clock(START)


@pytest.fixture
def devices(ledger: Ledger, clock: Clock) -> Devices:
    return Devices(ledger, clock)


@pytest.fixture
def wall_id(ledger: Ledger) -> int:
    return Walls(ledger).keep(NewWall(name="Lobby", scenes=(SceneChoice(scene="company"),)), who="a").wall_id


def refusal(call: object, *arguments: object, **more: object) -> tuple[str, str]:
    assert callable(call)
    with pytest.raises(DeviceRefused) as refused:
        call(*arguments, **more)
    assert str(refused.value)
    return refused.value.reason, refused.value.field


def code_of(devices: Devices, token: str) -> str:
    found = devices.of(token)
    assert found
    assert found.code
    return found.code


def test_a_new_screen_waits_with_a_code_of_signs_that_look_like_nothing_else(devices: Devices) -> None:
    token, opened = devices.open()
    assert devices.of(token) == opened
    assert devices.by_secret() == {digest(token): opened}
    assert (opened.state, opened.code_until, opened.wall_id, opened.created) == (
        "waiting",
        START + timedelta(minutes=CODE_MINUTES),
        None,
        START,
    )
    assert opened.code
    assert len(opened.code) == CODE_LENGTH
    assert set(opened.code) <= set(SIGNS)
    assert not set("01OIL") & set(SIGNS)


def test_the_secret_is_nowhere_in_the_ledger(devices: Devices, ledger: Ledger, wall_id: int) -> None:
    token, _ = devices.open()
    devices.claim(code_of(devices, token), name="Lobby left", wall_id=wall_id, who="a")
    ledger.close()
    kept = b"".join(file.read_bytes() for file in ledger.path.parent.iterdir())
    assert token.encode() not in kept
    assert digest(token).encode() in kept


def test_a_code_read_aloud_pairs_the_screen(devices: Devices, ledger: Ledger, wall_id: int, clock: Clock) -> None:
    token, opened = devices.open()
    code = code_of(devices, token)
    clock.move(minutes=3)
    paired = devices.claim(f" {code[:3].lower()}-{code[3:]} ", name=" Lobby left ", wall_id=wall_id, who="Li Qiang")
    assert devices.of(token) == paired
    assert (paired.device_id, paired.state, paired.name, paired.wall_id, paired.code) == (
        opened.device_id,
        "paired",
        "Lobby left",
        wall_id,
        None,
    )
    assert paired.paired_at == START + timedelta(minutes=3)
    entry = ledger.audited(limit=1)[0]
    assert (entry.who, entry.action, entry.subject, entry.detail) == (
        "Li Qiang",
        "pair",
        "screen 1",
        {"name": "Lobby left", "wall_id": wall_id},
    )


def test_a_code_works_once_and_not_after_its_time(devices: Devices, wall_id: int, clock: Clock) -> None:
    first, _ = devices.open()
    code = code_of(devices, first)
    devices.claim(code, name="a", wall_id=BUILT_IN, who="a")
    assert refusal(devices.claim, code, name="b", wall_id=wall_id, who="a") == ("code", "code")
    second, _ = devices.open()
    late = code_of(devices, second)
    clock.move(minutes=CODE_MINUTES)
    assert refusal(devices.claim, late, name="b", wall_id=wall_id, who="a") == ("code", "code")
    assert devices.renew_code(second).code != late
    assert devices.claim(code_of(devices, second), name="b", wall_id=wall_id, who="a").state == "paired"


def test_a_code_stays_as_long_as_it_is_valid(devices: Devices, clock: Clock) -> None:
    token, opened = devices.open()
    clock.move(minutes=CODE_MINUTES - 1)
    assert devices.renew_code(token) == opened
    assert refusal(devices.renew_code, "another") == ("unknown", "")


@pytest.mark.parametrize(
    ("name", "who", "wall", "said"),
    [("  ", "a", 0, "name"), ("n", " ", 0, "who"), ("x" * (LONGEST["name"] + 1), "a", 0, "name"), ("n", "a", 99, "wall")],
)
def test_a_claim_that_lacks_something_pairs_nothing(devices: Devices, name: str, who: str, wall: int, said: str) -> None:
    token, opened = devices.open()
    assert refusal(devices.claim, code_of(devices, token), name=name, wall_id=wall, who=who)[1] == said
    assert devices.of(token) == opened


def test_a_revoked_screen_stays_revoked(devices: Devices, ledger: Ledger, wall_id: int) -> None:
    token, opened = devices.open()
    code = code_of(devices, token)
    devices.claim(code, name="a", wall_id=wall_id, who="a")
    assert devices.revoke(opened.device_id, who="Xu Hao").state == "revoked"
    found = devices.of(token)
    assert found
    assert (found.state, found.revoked_at) == ("revoked", START)
    assert devices.renew_code(token).code is None
    for change in (
        lambda: devices.rename(1, "b", who="a"),
        lambda: devices.assign(1, wall_id, who="a"),
        lambda: devices.revoke(1, who="a"),
    ):
        assert refusal(change) == ("revoked", "")
    assert [e.action for e in ledger.audited()][:2] == ["revoke", "pair"]


def test_a_screen_gets_another_wall_and_another_name(devices: Devices, wall_id: int) -> None:
    token, opened = devices.open()
    assert refusal(devices.rename, opened.device_id, "b", who="a") == ("unknown", "")
    assert refusal(devices.assign, 99, BUILT_IN, who="a") == ("unknown", "")
    devices.claim(code_of(devices, token), name="a", wall_id=BUILT_IN, who="a")
    devices.rename(opened.device_id, "Canteen", who="a")
    devices.assign(opened.device_id, wall_id, who="a")
    assert refusal(devices.assign, opened.device_id, wall_id + 1, who="a") == ("wall", "wall")
    (found,) = devices.all()
    assert (found.name, found.wall_id) == ("Canteen", wall_id)


def test_what_screens_showed_is_noted_and_an_older_sighting_changes_nothing(devices: Devices) -> None:
    _, a = devices.open()
    _, b = devices.open()
    later = Sighting(device_id=1, at=START + timedelta(seconds=30), version=8, scene="0-company", release="r2", problem="x" * 999)
    devices.seen([later, Sighting(device_id=2, at=START + timedelta(seconds=5), version=7)])
    devices.seen([Sighting(device_id=1, at=START + timedelta(seconds=10), version=7)])
    first, second = devices.all()
    assert (first.last_seen, first.version_shown, first.scene_shown, first.release_shown) == (later.at, 8, "0-company", "r2")
    assert first.problem == "x" * LONGEST["problem"]
    assert (second.last_seen, second.version_shown) == (START + timedelta(seconds=5), 7)
    assert (a.device_id, b.device_id) == (1, 2)


def test_screens_that_nobody_pairs_are_forgotten_and_do_not_pile_up(
    devices: Devices, clock: Clock, monkeypatch: pytest.MonkeyPatch, wall_id: int
) -> None:
    monkeypatch.setattr(screens, "MOST_WAITING", 3)
    tokens = [devices.open()[0] for _ in range(3)]
    assert refusal(devices.open) == ("crowded", "")
    devices.claim(code_of(devices, tokens[0]), name="a", wall_id=wall_id, who="a")
    devices.open()
    clock.move(minutes=2 * CODE_MINUTES, seconds=1)
    token, _ = devices.open()
    assert [d.state for d in devices.all()] == ["paired", "waiting"]
    assert devices.of(tokens[1]) is None
    assert devices.of(token) is not None


def test_of_two_who_claim_one_code_at_once_one_does(ledger: Ledger, devices: Devices) -> None:
    token, _ = devices.open()
    code, at_once = code_of(devices, token), Barrier(2)

    def claim(name: str) -> str:
        at_once.wait()
        try:
            Devices(ledger, lambda: START).claim(code, name=name, wall_id=BUILT_IN, who="a")
        except DeviceRefused as refused:
            return refused.reason
        return ""

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(claim, ("a", "b"))) == ["", "code"]
