"""The product under test: a server process of its own, and a client that asks it what a browser asks."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, Final

import psutil
from playwright.sync_api import Request

from benchmarks.browser import chromium

CONNECTIONS: Final = 6
"""How many connections a browser opens to one server."""
PRODUCT: Final = ("app.py", "serve")
CALLBACK: Final = "/_dash-update-component"


@dataclass(frozen=True, slots=True)
class Server:
    """A running server; its CPU seconds are those of its process and all workers."""

    port: int
    process: psutil.Process

    def cpu(self) -> float:
        times = [p.cpu_times() for p in (self.process, *self.process.children(recursive=True))]
        return sum(t.user + t.system for t in times)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def stop(self) -> None:
        if self.process.is_running():
            self.process.terminate()
            self.process.wait(timeout=20)

    def kill(self) -> None:
        """End it as a power cut would."""
        for process in (*self.process.children(recursive=True), self.process):
            process.kill()
        self.process.wait(timeout=20)

    def is_up(self) -> bool:
        try:
            connection = HTTPConnection("127.0.0.1", self.port, timeout=5)
            connection.request("GET", "/healthz")
            return connection.getresponse().status == 200
        except OSError:
            return False


def start(data_dir: Path, port: int | None = None, *, command: tuple[str, ...] = PRODUCT) -> Server:
    """What a command of Python serves, by default on a free port of this machine; it is not up yet."""
    port = port or _free_port()
    environment = os.environ | {"WULIANG_DATA_DIR": str(data_dir), "WULIANG_PORT": str(port), "WULIANG_CONFIG": os.devnull}
    return Server(port, psutil.Popen([sys.executable, *command], env=environment, stdout=subprocess.DEVNULL))


@contextmanager
def serving(data_dir: Path, *, command: tuple[str, ...] = PRODUCT) -> Iterator[Server]:
    """The product, or what another command serves, under way."""
    server = start(data_dir, command=command)
    try:
        _wait(server)
        yield server
    finally:
        server.stop()


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port


def _wait(server: Server, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if server.is_up():
            return
        time.sleep(0.2)
    raise SystemExit("The server did not come up.")


def recorded(server: Server, search: str, path: str = "") -> tuple[str, ...]:
    """The bodies of the callbacks that a real browser posts when it opens a page, that at ``path``, at an address."""
    bodies: list[str] = []

    def keep(request: Request) -> None:
        if CALLBACK in request.url and search in (request.post_data or ""):
            bodies.append(request.post_data or "")

    with chromium() as browser:
        page = browser.new_page()
        page.on("request", keep)
        page.goto(f"{server.address}/{path}{search}", wait_until="networkidle")
        page.wait_for_timeout(500)
    if not bodies:
        raise SystemExit(f"The browser posted no callbacks at /{path}{search}: there is nothing to measure.")
    return tuple(bodies)


class Client:
    """Replays recorded callbacks over kept-alive connections, as many at a time as a browser would."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._local = threading.local()
        self._pool = ThreadPoolExecutor(CONNECTIONS)

    def page(self, bodies: tuple[str, ...]) -> float:
        """Seconds until the last answer is there. Raises on anything but an answer."""
        begin = time.perf_counter()
        list(self._pool.map(self._post, bodies))
        return time.perf_counter() - begin

    def _post(self, body: str) -> Any:
        if not hasattr(self._local, "connection"):
            self._local.connection = HTTPConnection("127.0.0.1", self._server.port, timeout=30)
        connection: HTTPConnection = self._local.connection
        connection.request("POST", CALLBACK, body, {"Content-Type": "application/json", "Accept-Encoding": "zstd, br, gzip"})
        answer = connection.getresponse()
        content = answer.read()
        if answer.status not in (200, 204):
            raise RuntimeError(f"{answer.status} for {json.loads(body)['output']}: {content[:200]!r}")
        return content
