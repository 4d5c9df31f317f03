"""Every open page learns of new data at little cost."""

from __future__ import annotations

import shutil
from pathlib import Path

from flask.testing import FlaskClient

from data.warehouse import Warehouse
from tests.callbacks.asking import app_over, panel


def test_an_unchanged_version_is_not_sent_again(client: FlaskClient) -> None:
    first = client.get("/data-version")
    assert first.json == {"version": 1, "stale": first.json["stale"]}
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
