"""The product as a user has it: a served store and a page in Chromium, watched for errors and for requests to elsewhere."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, expect

ROOT = Path(__file__).parents[2]

# What is expected of a page comes as soon as it can. How long that takes on a machine that does much else besides says nothing.
expect.set_options(timeout=20_000)


@dataclass
class Served:
    """A running server over a data folder."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes]

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(timeout=30)


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port


def start(folder: Path, port: int | None = None) -> Served:
    """Serve a data folder and wait until it answers."""
    port = port or free_port()
    # A crash inside a library says where.
    environment = os.environ | {"PYTHONFAULTHANDLER": "1", "WULIANG_DATA_DIR": str(folder), "WULIANG_PORT": str(port)}
    served = Served(
        folder, port, subprocess.Popen([sys.executable, "app.py", "serve"], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
    )
    end = time.monotonic() + 60
    while time.monotonic() < end:
        assert served.process.poll() is None, "the server ended"
        try:
            connection = HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/data-version")
            if connection.getresponse().status < 500:
                return served
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the server did not come up")


@contextmanager
def serving(folder: Path, port: int | None = None) -> Iterator[Served]:
    served = start(folder, port)
    try:
        yield served
    finally:
        if served.process.poll() is None:
            served.stop()


@pytest.fixture(scope="session")
def demo(demo_folder: Path) -> Iterator[Served]:
    """The demo company up to 2026-09-13, served; for reading only."""
    with serving(demo_folder) as served:
        yield served


@pytest.fixture
def own(demo_folder: Path, tmp_path: Path) -> Path:
    """A copy of the demo company that a test may change."""
    return Path(shutil.copytree(demo_folder, tmp_path / "own"))


@dataclass
class Watch:
    """What a page said and asked for that it should not have."""

    errors: list[str]
    elsewhere: list[str]

    def on(self, page: Page) -> None:
        def console(message: ConsoleMessage) -> None:
            if message.type == "error":
                self.errors.append(message.text)

        def request(asked: Request) -> None:
            if urlsplit(asked.url).hostname not in ("127.0.0.1", None):
                self.elsewhere.append(asked.url)

        page.on("console", console)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("request", request)


Open = Callable[..., Page]
Serve = Callable[[Path], Served]


@pytest.fixture
def watch() -> Watch:
    return Watch([], [])


@pytest.fixture
def serve() -> Iterator[Serve]:
    """``serve(folder)``: a server over that folder, until after the pages are closed."""
    with ExitStack() as stack:
        yield lambda folder: stack.enter_context(serving(folder))


@pytest.fixture
def open_page(browser: Browser, watch: Watch, serve: Serve) -> Iterator[Open]:
    """``open_page(address, width=…, height=…)``: a page whose figures are there. At the end it must have been clean."""
    with ExitStack() as stack:

        def opened(address: str, *, width: int = 1440, height: int = 900, wait: bool = True) -> Page:
            context: BrowserContext = browser.new_context(viewport={"width": width, "height": height}, accept_downloads=True)
            stack.callback(context.close)
            page = context.new_page()
            page.set_default_timeout(20_000)
            watch.on(page)
            page.goto(address)
            if wait:
                settled(page)
            return page

        yield opened
    assert watch.errors == []
    assert watch.elsewhere == []


def settled(page: Page) -> None:
    """Wait until no panel is loading and every figure is drawn."""
    page.wait_for_selector(".kpi .val, .slot-standing .ms-h .num")
    # Not wait_for_function: where it has to wait it evaluates a string in the page, which the page's policy refuses.
    expect(page.locator(".slot .loading, [data-dash-is-loading=true]")).to_have_count(0, timeout=30_000)
