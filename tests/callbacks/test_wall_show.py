"""What a wall screen shows is made once for all who ask, is of one version throughout, and says what it cannot show."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from threading import Barrier
from typing import Any

import orjson
import pandas as pd
import pytest

from callbacks.desk import Desk
from callbacks.wall_board import built_in
from callbacks.wall_newest import RETRY_SECONDS, Document
from callbacks.wall_show import Show
from data.settings import Settings
from data.walls import SceneChoice, Wall
from data.warehouse import Warehouse
from metrics.engine import Engine
from tests.callbacks.walling import FakeLine, FakeScene, scenery
from tests.clock import Clock

ROOT = "http://wall.example:8050/"


@pytest.fixture
def clock() -> Clock:
    return Clock()


def show_over(folder: Path, clock: Callable[[], datetime], *scenes: FakeScene, **more: Any) -> Show:
    settings = Settings(data_dir=folder, **more)
    return Show(Desk(Engine(Warehouse(settings.warehouse_dir), settings), settings, clock), scenery(*scenes), "r1")


def wall(*scenes: str | SceneChoice, **more: Any) -> Wall:
    listed = tuple(SceneChoice(scene=scene) if isinstance(scene, str) else scene for scene in scenes or ("company",))
    return Wall(**{"wall_id": 1, "revision": 3, "slug": "lobby", "name": "Lobby", "scenes": listed, "language": "en", **more})


def read(document: Document) -> Any:
    return orjson.loads(document.body)


def publish(folder: Path, sql: str = "UPDATE plan.target SET amount = amount * 2") -> None:
    with Warehouse(folder / "warehouse").draft(plan_only=True) as draft:
        draft.connection.execute(sql)
        draft.publish("changed")


@pytest.fixture
def own_folder(demo_folder: Path, tmp_path: Path) -> Path:
    shutil.copytree(demo_folder / "warehouse", tmp_path / "warehouse")
    return tmp_path


def published_at(folder: Path, moment: str) -> None:
    """Have the data of a folder, which goes to 13 Sep 2026, published at a moment."""
    manifest = folder / "warehouse" / "manifests" / "000001.json"
    manifest.write_text(orjson.dumps(orjson.loads(manifest.read_bytes()) | {"published": moment}).decode())


# --- what it says -------------------------------------------------------------------------------------------------------------


def test_a_document_has_all_that_a_screen_needs(demo_folder: Path, clock: Clock) -> None:
    show = show_over(demo_folder, clock)
    said = read(show.document(wall("company", SceneChoice(scene="regions", address="?region=East", seconds=45)), ROOT))
    first, second = said["scenes"]
    assert (said["state"], said["version"], said["revision"], said["release"], said["name"]) == ("wall", 1, 3, "r1", "Lobby")
    assert (said["language"], said["theme"], said["data"], said["skipped"]) == ("en", "dark", "Data 13 Sep", [])
    assert (first["key"], first["seconds"], first["title"], first["missing"]) == ("0-company", 20, "company, Company", False)
    assert (second["key"], second["seconds"], second["title"]) == ("1-regions", 45, "regions, East")
    assert said["alerts"] == ["East is behind", "Company"]
    assert said["hours"] == [420, 1200]
    assert first["qr"].startswith("<svg")
    assert second["qr"] != first["qr"]


@pytest.mark.parametrize(
    ("published", "stale"), [("2026-09-14T07:30:00+00:00", "2026-09-15T09:30:00+00:00"), ("2027-01-01T00:00:00+00:00", None)]
)
def test_a_screen_knows_when_data_becomes_stale_and_that_a_closed_set_never_does(
    own_folder: Path, clock: Clock, published: str, stale: str | None
) -> None:
    published_at(own_folder, published)
    said = read(show_over(own_folder, clock).document(wall(), ROOT))
    assert said["stale_at"] == (datetime.fromisoformat(stale).timestamp() * 1000 if stale else None)
    assert (said["read"] == "historical data") == (stale is None)


def test_the_figures_are_those_of_the_place_in_the_language_of_the_wall(demo_folder: Path, demo_warehouse: Warehouse, clock: Clock) -> None:
    lines = pd.DataFrame(
        demo_warehouse.reader().ask("SELECT l.order_day, a.region_id, l.amount FROM order_line l LEFT JOIN area a USING (area_id)", {}),
        columns=["day", "region", "amount"],
    )
    quarter = lines[pd.to_datetime(lines["day"]).between("2026-07-01", "2026-09-13")]
    region = quarter["region"].dropna().iloc[0]
    show = show_over(demo_folder, clock)
    said = read(show.document(wall("company", SceneChoice(scene="regions", address=f"?region={region}"), language="zh"), ROOT))
    for scene, amount in zip(said["scenes"], (quarter["amount"].sum(), quarter[quarter["region"] == region]["amount"].sum()), strict=True):
        assert f" zh {amount} version 1" in scene["html"]
    assert (said["language"], said["data"]) == ("zh-CN", "数据 9月13日")


def test_the_period_counts_workdays_and_the_days_ahead_are_known(demo_folder: Path, demo_warehouse: Warehouse, clock: Clock) -> None:
    said = read(show_over(demo_folder, clock).document(wall(), ROOT))
    worked = [day for (day,) in demo_warehouse.reader().ask("SELECT day FROM calendar WHERE is_working ORDER BY day", {})]
    quarter = [day for day in worked if date(2026, 7, 1) <= day <= date(2026, 9, 30)]
    passed = [day for day in quarter if day <= date(2026, 9, 13)]
    assert said["scenes"][0]["period"] == f"Q3 2026, workday {len(passed)} of {len(quarter)}"
    today = clock.now.astimezone().date()
    ahead = [day for day in worked if today <= day < today + timedelta(days=14)]
    assert said["working_days"] == [day.isoformat() for day in ahead]


def test_when_it_was_read_names_the_day_unless_it_is_today_and_the_year_unless_it_is_this_one(own_folder: Path) -> None:
    published = datetime(2026, 9, 14, 7, 30).astimezone()
    published_at(own_folder, published.isoformat())
    clock = Clock(published.astimezone(UTC))
    show = show_over(own_folder, clock)
    for days, data, moment in ((0, "13 Sep", "07:30"), (1, "13 Sep", "14 Sep 07:30"), (200, "13 Sep 2026", "14 Sep 2026 07:30")):
        clock.now = published.astimezone(UTC) + timedelta(days=days)
        said = read(show.document(wall(), ROOT))
        assert (said["data"], said["read"]) == (f"Data {data}", f"read {moment}")


# --- what it cannot show --------------------------------------------------------------------------------------------------------


def test_what_is_not_there_is_said_and_the_rest_goes_on(demo_folder: Path, clock: Clock) -> None:
    listed = ("nonsense", SceneChoice(scene="regions", address="?region=Atlantis"), "company")
    unknown, lost, good = read(show_over(demo_folder, clock).document(wall(*listed), ROOT))["scenes"]
    assert (unknown["missing"], lost["missing"], good["missing"]) == (True, True, False)
    assert "There is no scene 'nonsense'." in unknown["html"]
    assert "'region=Atlantis' is not in the data any more." in lost["html"]
    assert "version" not in lost["html"], "the whole company must not stand in for a region that is gone"


def test_a_scene_that_fails_is_left_out_with_a_code_and_tried_again(
    demo_folder: Path, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    bad = FakeScene("trend", title="Trend, {measure}", broken=True)
    show = show_over(demo_folder, clock, FakeScene("company"), bad)
    said = read(show.document(wall("company", "trend"), ROOT))
    assert [scene["scene"] for scene in said["scenes"]] == ["company"]
    (skipped,) = said["skipped"]
    assert skipped["title"] == "Trend"
    assert skipped["code"] in caplog.text
    bad.broken = False
    assert read(show.document(wall("company", "trend"), ROOT))["skipped"] == [skipped]
    clock.move(seconds=RETRY_SECONDS)
    again = read(show.document(wall("company", "trend"), ROOT))
    assert ([scene["scene"] for scene in again["scenes"]], again["skipped"]) == (["company", "trend"], [])


def test_alerts_that_fail_do_not_take_the_scenes_with_them(demo_folder: Path, clock: Clock) -> None:
    show = show_over(demo_folder, clock)
    assert isinstance(show.scenery.alerts, FakeLine)
    show.scenery.alerts.broken = True
    said = read(show.document(wall(), ROOT))
    assert (len(said["scenes"]), said["alerts"]) == (1, [])


def test_alerts_are_of_the_place_that_all_scenes_share(demo_folder: Path, clock: Clock) -> None:
    east = SceneChoice(scene="regions", address="?region=East&measure=profit")
    show = show_over(demo_folder, clock)
    assert read(show.document(wall(east, east), ROOT))["alerts"][-1] == "East"
    assert read(show.document(wall(east, "company"), ROOT))["alerts"][-1] == "Company"


def test_before_anything_was_published_it_says_so(tmp_path: Path, clock: Clock) -> None:
    said = read(show_over(tmp_path, clock).document(wall(language="zh"), ROOT))
    assert (said["state"], said["words"]["empty"]) == ("empty", "尚无数据")


def test_a_store_that_cannot_be_read_leaves_what_was_shown(own_folder: Path, clock: Clock) -> None:
    show = show_over(own_folder, clock)
    before = show.document(wall(), ROOT)
    (own_folder / "warehouse" / "CURRENT").write_text("nonsense")
    assert show.document(wall(), ROOT) is before
    with pytest.raises(Exception, match=r"."):
        show.document(wall(slug="other", wall_id=2), ROOT)


# --- how often it is made -------------------------------------------------------------------------------------------------------


def test_however_many_ask_each_scene_is_worked_out_once(demo_folder: Path, clock: Clock) -> None:
    slow = FakeScene("company", seconds=0.1)
    show, at_once = show_over(demo_folder, clock, slow), Barrier(8)

    def ask(number: int) -> Document:
        at_once.wait()
        # Half of them are other walls with the same scene: what they look at is the same.
        return show.document(wall(wall_id=number % 2, slug=str(number % 2)), ROOT)

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(ask, range(8)))
    assert len({document.etag for document in found}) == 1
    assert (len(slow.drawn), show.computed) == (1, 1)


def test_another_day_or_another_address_works_nothing_out_again(demo_folder: Path, clock: Clock) -> None:
    show = show_over(demo_folder, clock)
    first = show.document(wall(), ROOT)
    clock.move(days=1)
    assert show.document(wall(), ROOT).etag != first.etag
    other = read(show.document(wall(), "https://other.example/"))
    assert other["scenes"][0]["qr"] != read(first)["scenes"][0]["qr"]
    show.document(wall(revision=4, name="Canteen"), ROOT)
    assert show.computed == 1


def test_new_data_is_made_by_who_asks_first_while_others_get_the_old(own_folder: Path, clock: Clock) -> None:
    scene = FakeScene("company")
    show = show_over(own_folder, clock, scene)
    before, at_once = show.document(wall(), ROOT), Barrier(4)
    publish(own_folder)
    scene.seconds = 0.3

    def ask(_: int) -> Document:
        at_once.wait()
        return show.document(wall(), ROOT)

    with ThreadPoolExecutor(4) as pool:
        found = [document.version for document in pool.map(ask, range(4))]
    assert sorted(found) == [1, 1, 1, 2]
    after = show.document(wall(), ROOT)
    assert (before.version, after.version, len(scene.drawn)) == (1, 2, 2)
    assert "version 2" in read(after)["scenes"][0]["html"]


def test_no_two_scenes_are_of_different_data(own_folder: Path, clock: Clock) -> None:
    class Publishing(FakeScene):
        def view(self, scope: Any, results: Any) -> str:
            if not self.drawn:
                publish(own_folder)
            return super().view(scope, results)

    show = show_over(own_folder, clock, Publishing("company"), FakeScene("regions"))
    said = read(show.document(wall("company", "regions"), ROOT))
    assert [f"version {said['version']}" in scene["html"] for scene in said["scenes"]] == [True, True]
    assert said["version"] == 2


def test_a_wall_that_is_not_kept_is_never_mistaken_for_another(demo_folder: Path, clock: Clock) -> None:
    show = show_over(demo_folder, clock)
    first = wall("company", wall_id=-1, slug="preview")
    show.document(first, ROOT)
    assert len(read(show.document(replace(first, scenes=(*first.scenes, SceneChoice(scene="regions"))), ROOT))["scenes"]) == 2


def test_the_built_in_wall_has_every_scene() -> None:
    found = built_in("Company", ("company", "regions"), "zh")
    assert (found.slug, found.wall_id, found.language) == ("company", 0, "zh")
    assert [choice.scene for choice in found.scenes] == ["company", "regions"]
