"""``doctor``: whether everything the product needs is in order, and what to do where it is not."""

from __future__ import annotations

import shutil
import sys
import tempfile
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from importlib import metadata
from pathlib import Path

import duckdb
import sqlalchemy as sa
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from commands import console, serving
from data import schema
from data.errors import DataError
from data.ledger import Ledger
from data.settings import Settings
from data.warehouse import Warehouse
from data.workdays import shifted_days_known

COPIES = 3
"""How many times the current version must fit on the disk: an import writes a new one and needs room to sort."""

LEAST_FREE = 500_000_000


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. ``problem``: what is wrong and what to do, empty if nothing is."""

    name: str
    found: str
    problem: str = ""


def examine(settings: Settings, root: Path) -> tuple[Finding, ...]:
    """Look at everything; nothing is changed but that the ledger is brought up to date. ``root``: where the product lies."""
    warehouse = Warehouse(settings.warehouse_dir)
    today = datetime.now().astimezone().date()
    checks: dict[str, Callable[[], Finding]] = {
        "Python": lambda: python(root),
        "packages": lambda: packages(root),
        "data folder": lambda: data_folder(settings.data_dir),
        "store": lambda: store(warehouse),
        "ledger": lambda: ledger(settings.ledger_file),
        "calendar": lambda: calendar(warehouse, today),
        "disk": lambda: disk(warehouse, settings.data_dir),
        "port": lambda: port(settings.host, settings.port),
    }
    return tuple(_guarded(name, check) for name, check in checks.items())


def report(findings: Sequence[Finding]) -> bool:
    """Print one line for each finding; True if there is no problem."""
    rows = [("problem" if f.problem else "ok", f.name, f.problem or f.found) for f in findings]
    console.table(("", "checked", ""), rows)
    return not any(f.problem for f in findings)


def _guarded(name: str, check: Callable[[], Finding]) -> Finding:
    try:
        return check()
    except (DataError, console.Refused, duckdb.Error, OSError) as error:
        return Finding(name, "", str(error))


def python(root: Path) -> Finding:
    wanted = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]["requires-python"]
    version = ".".join(map(str, sys.version_info[:3]))
    fits = SpecifierSet(wanted).contains(version, prereleases=True)
    return Finding("Python", version, "" if fits else f"This is Python {version}; {wanted} is needed. Install one and run `make run`.")


def packages(root: Path) -> Finding:
    """Whether the installed packages are those that requirements.txt pins."""
    lines = [line.partition("#")[0].strip() for line in (root / "requirements.txt").read_text(encoding="utf-8").splitlines()]
    wanted = [pin for line in lines if line and (pin := Requirement(line)) and (pin.marker is None or pin.marker.evaluate())]
    wrong = [f"{pin.name} is {_installed(pin.name) or 'missing'}, wanted {pin.specifier}" for pin in wanted if not _fits(pin)]
    problem = f"{'; '.join(wrong)}. Run `python -m pip install -r requirements.txt`." if wrong else ""
    return Finding("packages", f"{len(wanted)} as pinned", problem)


def _installed(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _fits(pin: Requirement) -> bool:
    version = _installed(pin.name)
    return version is not None and pin.specifier.contains(version, prereleases=True)


def data_folder(folder: Path) -> Finding:
    existing = next(parent for parent in (folder.absolute(), *folder.absolute().parents) if parent.exists())
    try:
        with tempfile.TemporaryFile(dir=existing):
            return Finding("data folder", str(folder))
    except OSError as error:
        problem = f"{existing} cannot be written to ({error.strerror}). Allow it, or name another folder with WULIANG_DATA_DIR."
        return Finding("data folder", "", problem)


def store(warehouse: Warehouse) -> Finding:
    version = warehouse.reader().version
    days = warehouse.reader().rows(sa.select(sa.func.max(schema.coverage.c.last_day)))[0][0]
    return Finding("store", f"version {version.number}, data up to {days}, {len(warehouse.versions())} versions kept")


def ledger(file: Path) -> Finding:
    if not file.exists():
        return Finding("ledger", "not there yet; the first command that changes something makes it")
    Ledger(file).close()
    return Finding("ledger", "up to date")


def calendar(warehouse: Warehouse, today: date) -> Finding:
    """Whether the calendar reaches today, and knows this year's shifted working days where China is chosen."""
    reader = warehouse.reader()
    last = reader.rows(sa.select(sa.func.max(schema.calendar.c.day)))[0][0]
    company = dict(reader.rows(sa.select(schema.company.c.key, schema.company.c.value)))
    if last is None or last < today:
        return Finding("calendar", "", f"The calendar ends on {last}. Import newer data to see figures of today.")
    if company.get("holidays") == schema.CHINA and not shifted_days_known(today) and not company.get("working_days"):
        problem = f"China's shifted working days of {today.year} are not known. Give them as working_days and days_off in the mapping."
        return Finding("calendar", "", problem)
    return Finding("calendar", f"up to {last}")


def disk(warehouse: Warehouse, folder: Path) -> Finding:
    existing = next(parent for parent in (folder.absolute(), *folder.absolute().parents) if parent.exists())
    free = shutil.disk_usage(existing).free
    kept = warehouse.versions()
    size = sum((warehouse.folder / name).stat().st_size for name in (kept[-1].facts, kept[-1].plan)) if kept else 0
    needed = max(COPIES * size, LEAST_FREE)
    problem = f"{free / 1e9:,.1f} GB are free, {needed / 1e9:,.1f} GB are needed. Drop old versions or make room." if free < needed else ""
    return Finding("disk", f"{free / 1e9:,.1f} GB free", problem)


def port(host: str, number: int) -> Finding:
    serving.require_free(host, number)
    return Finding("port", f"{number} is free")
