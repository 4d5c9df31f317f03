"""What all tests share: a clean environment, the demo company, a browser."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from filelock import FileLock
from hypothesis import HealthCheck, settings

from data.settings import CONFIG, PREFIX, Settings
from data.warehouse import Warehouse

if TYPE_CHECKING:
    from playwright.sync_api import Browser

# The settings of whoever runs the tests must not decide them.
for name in Settings.model_fields:
    os.environ.pop(f"{PREFIX}{name.upper()}", None)
os.environ[CONFIG] = os.devnull

# Two busy cores make single examples slow without anything being wrong.
settings.register_profile("tests", deadline=None, print_blob=True, suppress_health_check=(HealthCheck.too_slow,))
settings.load_profile("tests")

DEMO_LAST_DAY = date(2026, 9, 13)
DEMO_LINES = 30_000


@pytest.fixture(scope="session")
def demo_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with a small demo company up to 2026-09-13: made once for all test processes, for reading only."""
    from data import demo  # noqa: PLC0415

    root = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        root = root.parent
    folder = root / "demo"
    with FileLock(root / "demo.lock"):
        if not (folder / "warehouse" / "CURRENT").exists():
            with Warehouse(folder / "warehouse").draft(fresh=True) as draft:
                demo.make(draft.connection, last_day=DEMO_LAST_DAY, lines=DEMO_LINES)
                draft.publish("demo company")
    return folder


@pytest.fixture(scope="session")
def demo_warehouse(demo_folder: Path) -> Warehouse:
    return Warehouse(demo_folder / "warehouse")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A real Chromium: the system's, else the one that Playwright installed (see .ci/browser)."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415

    names = (os.environ.get("CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    found = next((path for name in names if name and (path := shutil.which(name))), None)
    with sync_playwright() as playwright:
        # Chromium refuses its sandbox to root, which containers often run as.
        chromium = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield chromium
        chromium.close()
