"""Walls are kept whoever changes them at the same time, and what cannot be a wall is refused in words."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields, replace
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.ledger import Ledger
from data.walls import CHOICES, LONGEST, MOST, RESERVED, SECONDS, NewWall, SceneChoice, WallChanged, WallRefused, Walls


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path / "ledger.sqlite")


@pytest.fixture
def walls(ledger: Ledger) -> Walls:
    return Walls(ledger)


def new(name: str = "Shanghai office", **more: Any) -> NewWall:
    scenes = (SceneChoice(scene="company"), SceneChoice(scene="regions", address="?measure=profit", seconds=30))
    return NewWall(**{"name": name, "scenes": scenes, **more})


def test_a_wall_is_kept_as_it_was_said_and_found_at_its_short_address(walls: Walls) -> None:
    kept = walls.keep(new(" Shanghai office ", language="zh", unit="wan", theme="light", seconds=45), who="Li Qiang")
    assert (kept.wall_id, kept.revision, kept.slug, kept.name) == (1, 1, "shanghai-office", "Shanghai office")
    assert walls.all() == (kept,)
    assert walls.at("shanghai-office") == kept
    assert walls.at("nowhere") is None
    assert (kept.scenes, kept.language, kept.unit, kept.theme, kept.seconds) == (new().scenes, "zh", "wan", "light", 45)


def test_short_addresses_are_made_from_names_and_never_twice_the_same(walls: Walls) -> None:
    made = [walls.keep(new(name), who="a").slug for name in ("Lobby", "lobby!", "Lobby", "上海 3F", "Show", "x" * 60)]
    assert made[:3] == ["lobby", "lobby-2", "lobby-3"]
    assert made[3].startswith("w")
    assert made[4] == "show-2"
    assert made[5] == "x" * 32
    assert len(set(made)) == len(made)


def test_a_wall_keeps_its_address_when_it_is_renamed_and_gives_it_up_when_it_gets_another(walls: Walls) -> None:
    kept = walls.keep(new(), who="a")
    renamed = walls.keep(new("Lobby"), who="a", wall_id=kept.wall_id, seen=1)
    assert (renamed.slug, renamed.revision, renamed.name) == ("shanghai-office", 2, "Lobby")
    moved = walls.keep(new("Lobby", slug="Lobby-2"), who="a", wall_id=kept.wall_id, seen=2)
    assert walls.at("lobby-2") == moved
    assert walls.at("shanghai-office") is None
    assert walls.keep(new(), who="a").slug == "shanghai-office"


LONG = "x" * 700


@pytest.mark.parametrize(
    ("wrong", "reason", "field"),
    [
        (new("  "), "name", "name"),
        (new("x" * (LONGEST["name"] + 1)), "long", "name"),
        (new(scenes=()), "none", "scenes"),
        (new(scenes=(SceneChoice(scene="company"),) * (MOST + 1)), "many", "scenes"),
        (new(scenes=(SceneChoice(scene=""),)), "choice", "scenes"),
        (new(scenes=(SceneChoice(scene="company", address=LONG),)), "long", "scenes"),
        (new(scenes=(SceneChoice(scene="company", seconds=SECONDS[0] - 1),)), "seconds", "scenes"),
        (new(seconds=SECONDS[0] - 1), "seconds", "seconds"),
        (new(seconds=SECONDS[1] + 1), "seconds", "seconds"),
        *((new(**{name: "purple"}), "choice", name) for name in CHOICES),
        *((new(slug=slug), "slug", "slug") for slug in ("a b", "-a", "a-", "大屏", "a/b", "x" * 41)),
        *((new(slug=slug), "reserved", "slug") for slug in RESERVED),
    ],
)
def test_what_cannot_be_a_wall_is_refused_and_not_kept(walls: Walls, ledger: Ledger, wrong: NewWall, reason: str, field: str) -> None:
    with pytest.raises(WallRefused) as refused:
        walls.keep(wrong, who="a")
    assert (refused.value.reason, refused.value.field) == (reason, field)
    assert (walls.all(), ledger.audited()) == ((), ())


@pytest.mark.parametrize("who", ["", "  ", "x" * (LONGEST["who"] + 1)])
def test_whoever_changes_a_wall_says_who(walls: Walls, who: str) -> None:
    with pytest.raises(WallRefused) as refused:
        walls.keep(new(), who=who)
    assert refused.value.field == "who"


def test_an_address_that_another_wall_has_is_refused_even_for_a_change(walls: Walls) -> None:
    walls.keep(new("Lobby"), who="a")
    other = walls.keep(new("Canteen"), who="a")
    for more in ({}, {"wall_id": other.wall_id, "seen": 1}):
        with pytest.raises(WallRefused) as refused:
            walls.keep(new("Canteen", slug="lobby"), who="a", **more)
        assert refused.value.reason == "taken"


def test_who_changes_an_old_revision_is_shown_what_it_is_now(walls: Walls) -> None:
    first = walls.keep(new(), who="a")
    second = walls.keep(new(seconds=30), who="b", wall_id=first.wall_id, seen=1)
    with pytest.raises(WallChanged) as changed:
        walls.keep(new(seconds=40), who="a", wall_id=first.wall_id, seen=1)
    assert changed.value.wall == second
    assert walls.all() == (second,)
    assert walls.remove(first.wall_id, who="b") == second
    with pytest.raises(WallChanged) as gone:
        walls.keep(new(), who="a", wall_id=first.wall_id, seen=2)
    assert gone.value.wall is None


def test_a_removed_wall_is_not_removed_again_and_its_number_never_given_again(walls: Walls) -> None:
    kept = walls.keep(new(), who="a")
    walls.remove(kept.wall_id, who="a")
    with pytest.raises(WallRefused) as refused:
        walls.remove(kept.wall_id, who="a")
    assert refused.value.reason == "unknown"
    assert walls.keep(new(), who="a").wall_id == kept.wall_id + 1


def test_every_change_is_in_the_log_and_a_removal_says_what_was_lost(walls: Walls, ledger: Ledger) -> None:
    kept = walls.keep(new(), who="罗睿")
    walls.keep(new("Lobby"), who="Li Qiang", wall_id=kept.wall_id, seen=1)
    walls.remove(kept.wall_id, who="Xu Hao")
    log = ledger.audited()
    assert [(e.who, e.action, e.subject) for e in log] == [
        ("Xu Hao", "remove", "wall 1"),
        ("Li Qiang", "change", "wall 1"),
        ("罗睿", "make", "wall 1"),
    ]
    lost = log[0].detail
    again = NewWall(**{**{f.name: lost[f.name] for f in fields(NewWall)}, "scenes": tuple(SceneChoice(**s) for s in lost["scenes"])})
    assert replace(again, slug="") == new("Lobby")


def test_of_threads_that_change_one_wall_at_once_one_is_first(ledger: Ledger) -> None:
    kept, at_once = Walls(ledger).keep(new(), who="a"), Barrier(6)

    def change(number: int) -> int:
        at_once.wait()
        try:
            Walls(ledger).keep(new(seconds=10 + number), who=str(number), wall_id=kept.wall_id, seen=1)
        except WallChanged as changed:
            return changed.wall.seconds if changed.wall else -1
        return 0

    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(change, range(6)))
    assert found.count(0) == 1
    assert {seconds for seconds in found if seconds} == {10 + found.index(0)}


texts = st.text(min_size=1, max_size=60).filter(lambda said: said.strip() and not any("\ud800" <= c <= "\udfff" for c in said))
choices = st.builds(
    SceneChoice,
    scene=st.sampled_from(("company", "trend", "没有")),
    address=texts.map("?find={}".format),
    seconds=st.none() | st.integers(*SECONDS),
)


@given(
    name=texts, scenes=st.lists(choices, min_size=1, max_size=MOST), seconds=st.integers(*SECONDS), theme=st.sampled_from(("light", "dark"))
)
def test_any_wall_comes_back_as_it_was(tmp_path_factory: pytest.TempPathFactory, name: str, scenes: list[SceneChoice], **more: Any) -> None:
    walls = Walls(Ledger(tmp_path_factory.getbasetemp() / "walls.sqlite"))
    kept = walls.keep(NewWall(name=name, scenes=tuple(scenes), **more), who="a")
    assert walls.at(kept.slug) == kept
    assert (kept.name, kept.scenes) == (name.strip(), tuple(scenes))
