"""Every open page learns of new data at little cost."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

import callbacks
from callbacks.desk import Desk
from callbacks.panels import Rendering
from data.entries import Entries, NewEntry
from data.ledger import Ledger
from data.settings import Settings
from data.warehouse import Warehouse
from layouts.pages.listed import PAGES
from layouts.panel import Noted
from metrics.engine import Engine
from tests.callbacks.asking import app_over, elements, frame_body, panel, panel_body


def test_an_unchanged_version_is_not_sent_again(client: FlaskClient) -> None:
    first = client.get("/data-version")
    assert first.json == {"version": 1, "stale": first.json["stale"], "written": 0}
    again = client.get("/data-version", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_changed_targets_are_on_the_screen_at_once(demo_folder: Path, tmp_path: Path) -> None:
    shutil.copytree(demo_folder / "warehouse", tmp_path / "warehouse")
    with app_over(tmp_path).server.test_client() as client:
        before, etag = panel(client, "kpis"), client.get("/data-version").headers["ETag"]
        with Warehouse(tmp_path / "warehouse").draft(plan_only=True) as draft:
            draft.connection.execute("UPDATE plan.target SET amount = amount * 2")
            draft.publish("doubled targets")
        answer = client.get("/data-version", headers={"If-None-Match": etag})
        assert (answer.status_code, answer.json["version"]) == (200, 2)
        assert panel(client, "kpis") != before


def test_every_page_is_told_what_people_write(demo_folder: Path, tmp_path: Path) -> None:
    entries = Entries(Ledger(tmp_path / "ledger.sqlite"))
    note = NewEntry(customer_id="C0001", kind="note", who="a", seen_to=date(2026, 9, 13), note="called")
    with app_over(demo_folder, entries=entries).server.test_client() as client:
        etag = client.get("/data-version").headers["ETag"]
        entries.append(note, seen=0)
        answer = client.get("/data-version", headers={"If-None-Match": etag})
        assert (answer.status_code, answer.json["version"], answer.json["written"]) == (200, 1, 1)


@pytest.mark.parametrize(("path", "written"), [("/", None), ("/collections", "1")])
def test_a_page_that_shows_what_people_write_knows_what_it_is_of(demo_folder: Path, tmp_path: Path, path: str, written: str | None) -> None:
    entries = Entries(Ledger(tmp_path / "ledger.sqlite"))
    entries.append(NewEntry(customer_id="C0001", kind="note", who="a", seen_to=date(2026, 9, 13), note="called"), seen=0)
    with app_over(demo_folder, entries=entries).server.test_client() as client:
        layout = client.get("/_dash-layout", headers={"Referer": f"http://localhost{path}"}).json
        (body,) = (props for _, props, _ in elements(layout) if props.get("id") == "body")
        assert body.get("data-written") == written


def is_drawn(client: FlaskClient, name: str, told: dict[str, Any], caused: str = "data-version.data") -> bool:
    """Whether a panel is drawn when an open page is told something."""
    body = panel_body(name, "")
    body["inputs"][1]["value"] = told
    body["changedPropIds"] = [caused]
    answer = client.post("/_dash-update-component", json=body)
    assert answer.status_code in (200, 204)
    return answer.status_code == 200 and bool(answer.json["response"])


def test_an_entry_draws_only_what_shows_entries_and_the_browser_does_not_keep(demo_folder: Path, tmp_path: Path) -> None:
    entries = Entries(Ledger(tmp_path / "ledger.sqlite"))
    with app_over(demo_folder, entries=entries).server.test_client() as client:
        told = {"version": 1, "written": 1, "only": "written", "kept": []}
        noted = {name for name, each in PAGES.panels.items() if isinstance(each, Noted)}
        assert noted >= {"worklist"}
        assert {name for name in PAGES.panels if is_drawn(client, name, told)} == noted
        assert not is_drawn(client, "worklist", told | {"kept": ["worklist"]})
        assert is_drawn(client, "worklist", told | {"kept": ["worklist", 5]}, caused="location.search")
        assert is_drawn(client, "roll", {"version": 1, "written": 1})
        assert is_drawn(client, "worklist", told | {"kept": "worklist"})


def test_the_frame_is_left_alone_when_somebody_writes(client: FlaskClient) -> None:
    body = frame_body(client)
    body["inputs"][1]["value"] = {"version": 1, "written": 1, "only": "written", "kept": []}
    body["changedPropIds"] = ["data-version.data"]
    answer = client.post("/_dash-update-component", json=body)
    assert answer.status_code == 204 or answer.json["response"] == {}


def test_what_shows_no_entries_is_kept_when_somebody_writes(demo_folder: Path, tmp_path: Path) -> None:
    entries, settings = Entries(Ledger(tmp_path / "ledger.sqlite")), Settings(data_dir=demo_folder)
    desk = Desk(Engine(Warehouse(settings.warehouse_dir), settings, entries=entries), settings, clock=callbacks.now)
    rendering = Rendering(desk, PAGES)
    before = {name: rendering(PAGES.panels[name], "?region=East", as_table=False) for name in ("worklist", "roll")}
    assert rendering(PAGES.panels["worklist"], "?region=East", as_table=False) is before["worklist"]
    entries.append(NewEntry(customer_id="C0001", kind="note", who="a", seen_to=date(2026, 9, 13), note="called"), seen=0)
    assert rendering(PAGES.panels["roll"], "?region=East", as_table=False) is before["roll"]
    assert rendering(PAGES.panels["worklist"], "?region=East", as_table=False) is not before["worklist"]
