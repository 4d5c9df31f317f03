"""However many screens ask, the ledger is read once a second and written every quarter of a minute."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from callbacks.release import ROOT, release_of
from callbacks.wall_board import READ_SECONDS, WRITE_SECONDS, Board, built_in
from data.devices import Devices, Sighting
from data.ledger import Ledger
from data.walls import NewWall, SceneChoice, Walls

AT = datetime(2026, 9, 14, 8, tzinfo=UTC)


class Ticks:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class Counted:
    """Counts what is asked of a store of the ledger."""

    def __init__(self, store: Any) -> None:
        self.store, self.asked = store, dict.fromkeys(("all", "by_secret", "seen"), 0)

    def __getattr__(self, name: str) -> Any:
        if name in self.asked:
            self.asked[name] += 1
        return getattr(self.store, name)


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path / "ledger.sqlite")


@pytest.fixture
def ticks() -> Ticks:
    return Ticks()


@pytest.fixture
def board(ledger: Ledger, ticks: Ticks) -> Iterator[Board]:
    walls: Any = Counted(Walls(ledger))
    devices: Any = Counted(Devices(ledger))
    yield Board(walls, devices, built_in("Company", ("company",), "en"), ticks)
    settle()


def settle() -> None:
    """Wait until nothing reads or writes in the background."""
    for thread in threading.enumerate():
        if thread.name == "walls":
            thread.join(5)


def asked(board: Board) -> tuple[int, int]:
    """How often walls were read and sightings written."""
    walls: Any = board.walls
    devices: Any = board.devices
    return walls.asked["all"], devices.asked["seen"]


def test_a_thousand_questions_in_a_second_read_once(board: Board, ticks: Ticks) -> None:
    for _ in range(1000):
        assert board.state.at("company")
    assert asked(board) == (1, 0)
    for _ in range(3):
        ticks.now += READ_SECONDS
        for _ in range(100):
            assert board.state.walls
        settle()
    assert asked(board) == (4, 0)


def test_what_changed_is_known_a_second_later(board: Board, ledger: Ledger, ticks: Ticks) -> None:
    assert list(board.state.walls) == [0]
    kept = Walls(ledger).keep(NewWall(name="Lobby", scenes=(SceneChoice(scene="company"),)), who="a")
    assert board.state.at("lobby") is None
    ticks.now += READ_SECONDS
    assert board.state.walls, "whoever asks gets what is known and does not wait"
    settle()
    assert board.state.at("lobby") == kept


def test_sightings_are_written_together_now_and_then(board: Board, ledger: Ledger, ticks: Ticks) -> None:
    numbers = [Devices(ledger).open()[1].device_id for _ in range(3)]
    board.refresh()
    for second in range(int(WRITE_SECONDS) * 2):
        ticks.now += 1
        for number in numbers:
            board.saw(Sighting(device_id=number, at=datetime.now(UTC), version=second))
        assert board.state.devices
        settle()
    assert asked(board)[1] == 2
    assert {device.version_shown for device in Devices(ledger).all()} == {int(WRITE_SECONDS) * 2 - 1}


def test_a_release_is_known_by_what_is_in_it(tmp_path: Path) -> None:
    (tmp_path / "assets").mkdir()
    (tmp_path / "app.py").write_text("1")
    found = [release_of(tmp_path)]
    for name, said in (("assets/wall.js", "a"), ("assets/wall.js", "b"), ("assets/other.js", "b"), ("assets/notes.md", "c")):
        (tmp_path / name).write_text(said)
        found.append(release_of(tmp_path))
    assert len(set(found)) == 4
    assert found[-1] == found[-2], "what is not loaded is no other release"
    assert release_of(ROOT) == release_of(ROOT)
