"""The product as it is served: health, a new version on every process, a clean end."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from pathlib import Path
from typing import Any

import pytest

import app
from commands import serving
from commands.console import Refused
from data.errors import StoreEmpty
from data.settings import Settings
from data.warehouse import Warehouse
from metrics.engine import Engine

ROOT = Path(__file__).parents[1]


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Message
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


def get(url: str, **headers: str) -> Answer:
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=30) as answer:
            return Answer(answer.status, answer.headers, answer.read())
    except urllib.error.HTTPError as error:
        return Answer(error.code, error.headers, error.read())


def publish(folder: Path, *, facts: bool = True) -> None:
    with Warehouse(folder / "warehouse").draft() as draft:
        if facts:
            draft.connection.execute("DELETE FROM order_line")
            draft.connection.execute(
                "INSERT INTO order_line (order_id, line_no, order_day, amount, volume) VALUES ('a', 1, '2026-03-02', 5, 1)"
            )
        draft.publish("next")


@pytest.fixture(params=[signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "Ctrl-C"])
def address(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """A server of two processes over an empty store in ``tmp_path``, for as long as the test runs; then it must end cleanly."""
    port = free_port()
    environment = os.environ | {"WULIANG_DATA_DIR": str(tmp_path), "WULIANG_WORKERS": "2", "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "app.py", "serve", "--port", str(port)]
    server = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    assert server.stdout is not None
    assert f"http://127.0.0.1:{port}" in server.stdout.readline()
    yield f"http://127.0.0.1:{port}"
    # A terminal sends Ctrl-C to all processes of the group.
    os.killpg(server.pid, request.param)
    _, errors = server.communicate(timeout=60)
    assert (server.returncode, errors) == (0, "")
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=5)


@pytest.mark.skipif(sys.platform == "win32", reason="processes are forked")
def test_served_by_processes_that_follow_the_store(address: str, tmp_path: Path) -> None:
    health = get(f"{address}/healthz")
    assert (health.status, health.json()["ready"]) == (503, False)
    assert "python app.py demo" in health.json()["reason"]
    assert get(address).status == 200, "the page says what to do"

    for number in (1, 2):
        publish(tmp_path)
        # Connections go to either process; all of them answer with the new version at once.
        for _ in range(12):
            health = get(f"{address}/healthz")
            assert (health.status, health.json()["ready"], health.json()["version"]) == (200, True, number)
            assert health.headers["Cache-Control"] == "no-store"


@pytest.mark.skipif(sys.platform == "win32", reason="processes are forked")
def test_answers_are_compressed_as_the_browser_likes(address: str) -> None:
    for encoding in ("zstd", "br", "gzip"):
        answer = get(f"{address}/_dash-dependencies", **{"Accept-Encoding": encoding})
        assert (answer.status, answer.headers["Content-Encoding"]) == (200, encoding)


def test_the_process_that_forks_has_no_threads_to_lose() -> None:
    """DuckDB starts threads when it is imported; a fork leaves them behind, and the new process aborts at its end."""
    code = "import os, sys, app; print(len(os.listdir('/proc/self/task'))); print(*{'duckdb', 'numpy', 'dash'} & set(sys.modules))"
    if not Path("/proc/self/task").exists():
        code = code.replace("len(os.listdir('/proc/self/task'))", "1")
    loaded = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert loaded.split() == ["1"]


def test_the_app_is_built_before_the_first_request(demo_folder: Path) -> None:
    pages = app.create_app(Settings(data_dir=demo_folder))
    assert pages.title == "Wuliang 五量"
    assert pages.callback_map, "the map is ready before two threads could race for it"
    browser = pages.server.test_client()
    assert browser.get("/").status_code == 200
    assert browser.get("/healthz").json["version"] == 1


def test_what_wall_screens_load_is_served_but_no_page_loads_it(demo_folder: Path) -> None:
    browser = app.create_app(Settings(data_dir=demo_folder)).server.test_client()
    assert "assets/app.css" in browser.get("/").text
    assert "assets/wall." not in browser.get("/").text
    assert browser.get("/assets/wall.css").status_code == 200


def test_two_apps_in_one_process_do_not_share_a_store(demo_folder: Path, tmp_path: Path) -> None:
    full, empty = (app.create_app(Settings(data_dir=folder)).server.test_client() for folder in (demo_folder, tmp_path))
    assert (full.get("/healthz").status_code, empty.get("/healthz").status_code) == (200, 503)
    assert full.get("/_dash-dependencies").json == empty.get("/_dash-dependencies").json


def test_a_damaged_store_is_not_ready(tmp_path: Path) -> None:
    publish(tmp_path)
    version = Warehouse(tmp_path / "warehouse").current()
    (tmp_path / "warehouse" / version.facts).write_bytes(b"damaged" * 4096)
    answer = app.create_app(Settings(data_dir=tmp_path)).server.test_client().get("/healthz")
    assert answer.status_code == 503
    assert answer.json["reason"]


def test_a_version_without_facts_is_told_like_an_empty_store(tmp_path: Path) -> None:
    publish(tmp_path, facts=False)
    browser = app.create_app(Settings(data_dir=tmp_path)).server.test_client()
    assert browser.get("/_dash-layout").status_code == 200
    with pytest.raises(StoreEmpty):
        Engine(Warehouse(tmp_path / "warehouse"), Settings()).snapshot()


def test_an_address_that_cannot_be_listened_on_is_refused() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(Refused, match=f"port {port}: Address already in use"):
            serving.require_free("127.0.0.1", port)
    serving.require_free("127.0.0.1", port)
    with pytest.raises(Refused, match="there is no such host"):
        serving.require_free("no-such-host.invalid", port)


@pytest.mark.parametrize(
    ("host", "shown"),
    [("127.0.0.1", "http://127.0.0.1:80"), ("0.0.0.0", "http://127.0.0.1:80"), ("::", "http://[::1]:80"), ("web", "http://web:80")],
)
def test_the_address_shown_is_one_a_browser_can_open(host: str, shown: str) -> None:
    assert serving.address(Settings(host=host, port=80)) == shown
