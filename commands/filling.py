"""Filling the store: the demo company, and real files through a mapping."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path

import sqlalchemy as sa

from commands import console
from data import demo, intake, schema
from data.errors import StoreEmpty
from data.ledger import Ledger
from data.warehouse import Version, Warehouse

YEARS = range(1993, 2101)
"""Years in which the demo company can end: with the years it looks back on, they are days that an import takes too."""


def has_data(warehouse: Warehouse) -> bool:
    try:
        warehouse.current()
    except StoreEmpty:
        return False
    return True


def require_replaceable(warehouse: Warehouse, *, replace: bool) -> None:
    """Refuse to put the demo company in a real one's place unless that is asked for."""
    if replace or not has_data(warehouse):
        return
    company: dict[str, str] = dict(warehouse.reader().rows(sa.select(schema.company.c.key, schema.company.c.value)))
    if company.get("demo") != "1":
        raise console.Refused(
            f"The store holds {company.get('name') or 'a real company'}. "
            "Give the demo company a folder of its own (WULIANG_DATA_DIR), or add --replace; the versions there are kept."
        )


def make_demo(warehouse: Warehouse, *, lines: int, last_day: date) -> Version:
    if last_day.year not in YEARS:
        raise console.Refused(f"The demo company cannot end on {last_day}: give a last day from {YEARS[0]} to {YEARS[-1]}.")
    with console.progress("Making the demo company") as step, warehouse.draft(fresh=True) as draft:
        demo.make(draft.connection, last_day=last_day, lines=lines)
        step("Publishing", 0.5)
        version = draft.publish("demo company")
        step("Done", 1.0)
    console.say(f"Version {version.number}: the demo company with data up to {last_day}.")
    return version


def suggest_mapping(files: Sequence[Path], output: Path | None) -> None:
    draft = intake.suggest(files)
    if output is None:
        console.say(draft.rstrip("\n"))
    elif output.exists():
        raise console.Refused(f"{output} exists. Give another name, or move it away first.")
    else:
        try:
            output.write_text(draft, encoding="utf-8")
        except OSError as error:
            raise console.Refused(f"{output} cannot be written: {error.strerror}. Give another name.") from None
        console.say(f"{output} is a draft: read it, complete it, then `python app.py import {output} --dry-run`.")


def import_files(
    warehouse: Warehouse,
    ledger: Ledger,
    mapping_file: Path,
    *,
    folder: Path | None,
    dry_run: bool,
    allow_rejects: int,
    replace: bool,
) -> None:
    """Import through a mapping, note the run in the ledger, and print the closing summary. A dry run leaves no note."""
    mapping = intake.load_mapping(mapping_file)
    number = None if dry_run else ledger.start_import(mapping.name)
    try:
        with console.progress("reading") as step:
            summary = intake.import_source(
                warehouse, mapping, folder=folder, allow_rejects=allow_rejects, dry_run=dry_run, replace=replace, progress=step
            )
    except BaseException as error:  # Ctrl-C ends a run as well
        if number is not None:
            ledger.finish_import(number, "failed", summary={"error": str(error) or type(error).__name__})
        raise
    if number is not None:
        _note(ledger, number, mapping_file, summary)
    console.say(summary.text())


def _note(ledger: Ledger, number: int, mapping_file: Path, summary: intake.Summary) -> None:
    version = summary.version.number if summary.version else None
    counts = {table.table: asdict(table) for table in summary.tables}
    ledger.finish_import(number, "published" if version else "unchanged", version=version, summary=counts)
    if version:
        ledger.audit("import", summary.name, detail={"mapping": str(mapping_file), "version": version, "rejected": summary.rejected})
