"""What stands around the panels: first paint, filters, freshness, notices."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from data.settings import Settings
from tests.callbacks.asking import PANELS, app_over, frame, links, panel, words


@pytest.mark.parametrize(
    ("search", "head", "title"),
    [
        ("", '<html lang="en" data-bs-theme="light">', "<title>Overview · Wuliang 五量</title>"),
        ("?language=zh&theme=dark", '<html lang="zh-CN" data-bs-theme="dark">', "<title>总览 · Wuliang 五量</title>"),
        ("?language=<script>&theme=%22", '<html lang="en" data-bs-theme="light">', "<title>Overview · Wuliang 五量</title>"),
    ],
)
def test_language_and_theme_stand_in_the_first_paint(client: FlaskClient, search: str, head: str, title: str) -> None:
    page = client.get(f"/{search}").text
    assert head in page
    assert title in page


def test_styles_are_loaded_in_order(client: FlaskClient) -> None:
    page = client.get("/").text
    order = [
        page.index(name) for name in ("vendor/bootstrap.css", "vendor/marks.css", "assets/app.css", "assets/panels.css", "assets/print.css")
    ]
    assert order == sorted(order)


def test_the_skeleton_has_every_panel_in_the_language_of_the_page(client: FlaskClient) -> None:
    layout = client.get("/_dash-layout", headers={"Referer": "http://localhost/?language=zh"})
    assert all(f'"name":"{name}"' in layout.text for name in PANELS)
    assert "大区进度" in str(layout.json)


def test_every_control_is_a_link(client: FlaskClient) -> None:
    found = links(frame(client)["filters"])
    for address in ("?period=week", "?period=ytd", "?period=2026Q2", "?measure=profit", "?unit=full", "?theme=dark", "?language=zh"):
        assert address in found
    assert "?as-of=2026-08-31" in found


def test_an_area_offers_the_way_back(client: FlaskClient) -> None:
    areas = [link for link in links(frame(client, "?region=East")["filters"]) if "area=" in link]
    assert areas
    trail = frame(client, areas[0])["trail"]
    assert links(trail)[0] == "?"
    assert "region=" in links(trail)[1]
    assert "area" not in links(trail)[1]
    assert words(trail).startswith("Company")


def test_a_file_is_offered_where_there_are_figures(client: FlaskClient) -> None:
    assert links(frame(client, "?customer=C0410", page="account")["export"]) == ["export/account.xlsx?customer=C0410"]
    assert not frame(client, page="account")["export"]
    assert client.get("/export/account.xlsx").status_code == 404
    assert not frame(client, page="walls")["export"]


def test_what_was_ignored_is_said_and_can_be_closed(client: FlaskClient) -> None:
    notices = frame(client, "?regoin=East&period=month")["notices"]
    assert "'regoin' in the address is not known and was ignored. Did you mean 'region'?" in words(notices)
    assert links(notices) == ["?period=month"]
    assert words(frame(client)["notices"]) == ""


@pytest.mark.parametrize(("gap", "is_stale"), [(1, True), (400, False)])
def test_stale_data_says_so_unless_it_is_a_closed_set(demo_folder: Path, tmp_path: Path, gap: int, is_stale: bool) -> None:
    """The data ends on 2026-09-13; it is published so many days after, and looked at three days later."""
    shutil.copytree(demo_folder / "warehouse", tmp_path / "warehouse")
    published = datetime(2026, 9, 13, 7, 30, tzinfo=UTC) + timedelta(days=gap)
    manifest = tmp_path / "warehouse" / "manifests" / "000001.json"
    manifest.write_text(json.dumps(json.loads(manifest.read_text()) | {"published": published.isoformat()}))
    with app_over(tmp_path, lambda: published + timedelta(days=3)).server.test_client() as client:
        assert client.get("/data-version").json["stale"] == is_stale
        shown = frame(client)
    assert ("Data is 3 days old. Figures are as of 13 Sep 2026." in words(shown["notices"])) == is_stale
    assert ("stale" in words(shown["freshness"])) == is_stale


def test_an_empty_store_says_how_to_fill_it(tmp_path: Path) -> None:
    with app_over(tmp_path).server.test_client() as client:
        assert client.get("/").status_code == 200
        assert client.get("/data-version").json == {"version": 0, "stale": False, "written": 0}
        shown = frame(client, "?language=zh")
        assert "python app.py demo" in words(shown["notices"])
        assert "尚无数据" in words(shown["notices"])
        assert panel(client, "regions") is None
        assert client.get("/export/regions.csv").status_code == 503


def test_settings_decide_what_the_address_leaves_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WULIANG_LANGUAGE", "zh")
    assert Settings().language == "zh"
    with app_over(tmp_path).server.test_client() as client:
        assert 'lang="zh-CN"' in client.get("/").text
