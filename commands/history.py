"""Printing the published versions and what differs between them."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from commands import console
from data import schema
from data.ledger import Ledger
from data.warehouse import Version, Warehouse


def list_versions(warehouse: Warehouse) -> None:
    kept = warehouse.versions()
    if not kept:
        console.say("No version yet. `python app.py demo` or `python app.py import MAPPING` publishes the first.")
        return
    current = warehouse.current().number
    rows = [(v.number, _moment(v), "current" if v.number == current else "", _size(warehouse, v), v.note) for v in kept]
    console.table(("version", "published (UTC)", "", "MB", "note"), rows, numbers=("version", "MB"))


def show_version(warehouse: Warehouse, number: int) -> None:
    version = warehouse.version(number)
    reader = warehouse.open(number)
    console.say(f"Version {number}, published {_moment(version)} UTC: {version.note}")
    console.say(f"Files: {version.facts}, {version.plan} ({_size(warehouse, version)} MB)")
    for key, value in sorted(reader.rows(sa.select(schema.company.c.key, schema.company.c.value))):
        console.say(f"{key}: {value}")
    coverage = {fact: days for fact, *days in reader.rows(sa.select(schema.coverage))}
    rows = []
    for table in schema.SOURCES:
        count = reader.rows(sa.select(sa.func.count()).select_from(table))[0][0]
        first, last, _ = coverage.get(table.name, (None, None, None))
        rows.append((table.name, f"{count:,}", first, last))
    console.table(("table", "rows", "first day", "last day"), rows, numbers=("rows",))


def renew(warehouse: Warehouse) -> None:
    """Nothing to say where there is nothing to do."""
    if renewed := warehouse.renew():
        console.say(f"Version {renewed.number}: the same data, derived anew for this release.")


def show_log(ledger: Ledger) -> None:
    """Who changed what, newest first."""
    entries = ledger.audited()
    if not entries:
        console.say("Nothing was changed yet.")
        return
    rows = [(f"{e.at:%Y-%m-%d %H:%M:%S}", e.who, e.action, e.subject, ", ".join(f"{k}={v}" for k, v in e.detail.items())) for e in entries]
    console.table(("when (UTC)", "who", "action", "subject", "detail"), rows)


def compare_versions(warehouse: Warehouse, before: int, after: int) -> None:
    changes = warehouse.compare(before, after)
    if not changes:
        console.say(f"Versions {before} and {after} hold the same.")
        return
    columns = ("table", "added", "removed", "changed", f"total in {before}", f"total in {after}", "difference")
    rows = [(c.table, f"{c.added:,}", f"{c.removed:,}", f"{c.changed:,}", *_totals(c.total_before, c.total_after)) for c in changes]
    console.table(columns, rows, numbers=columns[1:])


def _totals(before: Any, after: Any) -> tuple[str, ...]:
    """The money of both versions and its difference; empty for tables without money."""
    if before is None and after is None:
        return "", "", ""
    return f"{before or 0:,.2f}", f"{after or 0:,.2f}", f"{(after or 0) - (before or 0):+,.2f}"


def _moment(version: Version) -> str:
    return f"{version.published:%Y-%m-%d %H:%M:%S}"


def _size(warehouse: Warehouse, version: Version) -> str:
    """Megabytes of the version's files, those it shares with other versions included."""
    return f"{sum((warehouse.folder / name).stat().st_size for name in (version.facts, version.plan)) / 1e6:,.1f}"
