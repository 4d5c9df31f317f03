"""Drivers are told after the page stands: in words, of the version that is shown, and never in the way of the page."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from callbacks import causes as told
from callbacks.desk import Desk
from data.settings import Settings
from data.warehouse import Warehouse
from metrics.engine import Engine
from tests.callbacks.asking import app_over, panel


@pytest.fixture(scope="module")
def desk(demo_warehouse: Warehouse) -> Desk:
    import callbacks  # noqa: PLC0415

    return Desk(Engine(demo_warehouse, Settings()), Settings(), callbacks.now)


def test_every_lagging_region_has_its_driver_in_words(desk: Desk) -> None:
    said = told.said(desk, "", 1)
    assert said["East"]
    assert any(mark in said["East"] for mark in "−+")
    chinese = told.said(desk, "language=zh", 1)
    assert chinese["East"] != said["East"]


def test_the_headline_goes_on_with_the_first_driver(desk: Desk) -> None:
    assert told.said(desk, "region=East", 1)[""].startswith("; ")


def test_another_version_than_the_one_shown_is_told_nothing(desk: Desk) -> None:
    assert told.said(desk, "", 2) == {}


def test_what_fails_leaves_the_page_as_it_is(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk, "answer", lambda *_: 1 / 0)
    assert told.said(desk, "", 1) == {}


def test_the_address_answers_what_the_page_asks(demo_warehouse: Warehouse) -> None:
    client: FlaskClient = app_over(demo_warehouse.folder.parent).server.test_client()
    shown = str(panel(client, "regions"))
    assert "drivers/1.json" in shown
    answer = client.get("/drivers/1.json?")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.json["East"]
    assert client.get("/drivers/99.json?").json == {}
