"""An import from end to end: files, feeds, rules, changes, a published version; or nothing at all."""

from __future__ import annotations

import csv
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import replace as with_
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import duckdb

from data import schema
from data.duck import create_tables
from data.errors import IntakeError, StoreEmpty
from data.intake import values as v
from data.intake.changes import TableChanges, apply, compare
from data.intake.checked import Findings
from data.intake.errors import CompanyDiffers, MappingWrong, MoneyLost, RowsRejected, StoreMoved
from data.intake.feeds import read_feeds, typed
from data.intake.fields import ORDER, TABLES
from data.intake.files import stage
from data.intake.mapping import Mapping
from data.intake.rules import apply_rules
from data.intake.summary import Summary, TableSummary
from data.warehouse import Version, Warehouse

Progress = Callable[[str, float], None]

_COMPANY: Final = {"fiscal_first_month": "1", "holidays": "none", "phasing": "working_days", "unit": "units", "unit_zh": "件"}
"""What holds for a company whose first mapping does not say."""

_FILES, _FEEDS, _RULES, _COMPARED = 0.45, 0.65, 0.8, 0.85
"""The share of an import that is done after each of its steps, about."""


def import_source(
    warehouse: Warehouse,
    mapping: Mapping,
    *,
    folder: Path | None = None,
    allow_rejects: int = 0,
    dry_run: bool = False,
    replace: bool = False,
    rejects_file: Path | None = None,
    progress: Progress | None = None,
) -> Summary:
    """Bring a source's rows into the store: new ones are added, changed ones replaced, others stay.

    ``folder`` holds the source's files (default: the mapping's own). ``replace`` starts from nothing instead, whatever
    company the store holds. Raises ``IntakeError`` or another ``DataError``; then the store is as before.
    """
    scratch = Path(tempfile.mkdtemp(prefix="wuliang-intake-"))
    try:
        run = _Import(warehouse, mapping, scratch, folder or mapping.file.parent, progress or (lambda step, share: None))
        return run.run(allow_rejects=allow_rejects, dry_run=dry_run, replace=replace, rejects_file=rejects_file)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


class _Import:
    def __init__(self, warehouse: Warehouse, mapping: Mapping, scratch: Path, folder: Path, progress: Progress) -> None:
        self._warehouse, self._mapping, self._folder, self._progress = warehouse, mapping, folder, progress
        self._scratch = scratch
        self._database = str(scratch / "scratch.duckdb")
        self._notes: list[str] = []

    def run(self, *, allow_rejects: int, dry_run: bool, replace: bool, rejects_file: Path | None) -> Summary:
        base, company, fresh = self._store(replace=replace)
        fed, money_fed = self._read()
        with duckdb.connect(self._database) as connection:
            self._attach_store(connection, None if fresh else base)
            findings = apply_rules(connection, self._mapping.unknown, fed=fed, progress=self._rule_progress)
            self._progress("comparing", _RULES)
            changes = compare(connection, fed)
            summary = self._summary(connection, findings, changes, money_fed, dry_run=dry_run)
            file = rejects_file or Path.cwd() / f"{self._mapping.file.stem}.rejects.csv"
            if summary.rejected:
                summary = with_(summary, rejects_file=file)
                _write_rejects(connection, file)
            if summary.rejected > allow_rejects and not dry_run:
                raise RowsRejected(summary, allowed=allow_rejects, examples=_examples(connection))
            targets_fit = _targets_fit(connection)
        self._progress("publishing", _COMPARED)
        if not dry_run and (summary.changes or company or fresh):
            plan_only = not fresh and base is not None and not company and _only_targets(changes) and targets_fit
            summary = self._publish(summary, changes, company, base, fresh=fresh, plan_only=plan_only)
        self._progress("done", 1.0)
        return summary

    # --- the store -------------------------------------------------------------------------------------------------------

    def _store(self, *, replace: bool) -> tuple[Version | None, dict[str, str], bool]:
        """The version to build on, the company's settings that differ from it, and whether to start from nothing."""
        given = dict(self._mapping.company)
        try:
            reader = self._warehouse.reader()
        except StoreEmpty:
            return None, self._complete(given), True
        held = {row[0]: row[1] for row in reader.rows(schema.company.select())}
        demo = held.get("demo") == "1"
        if replace or demo:
            self._notes.append(
                "the demo company was replaced" if demo else f"everything the store held of {held.get('name')!r} was replaced"
            )
            return reader.version, self._complete(given), True
        if held.get("name", given["name"]) != given["name"]:
            raise CompanyDiffers(mapped=given["name"], stored=held["name"])
        return reader.version, {k: x for k, x in given.items() if held.get(k) != x}, False

    def _complete(self, given: dict[str, str]) -> dict[str, str]:
        if "currency" not in given:
            raise MappingWrong(self._mapping.file, "[company]", "currency = '…' is missing: a company's first import must name it.")
        return _COMPANY | given

    def _attach_store(self, connection: duckdb.DuckDBPyConnection, base: Version | None) -> None:
        if base is None:
            connection.execute("ATTACH ':memory:' AS facts")
            connection.execute("ATTACH ':memory:' AS plan")
            connection.execute("USE facts")
            create_tables(connection, (*schema.FACTS.sorted_tables, *schema.PLAN.sorted_tables))
            connection.execute("USE scratch")
        else:
            for name, file in (("facts", base.facts), ("plan", base.plan)):
                connection.execute(f"ATTACH {v.text(str(self._warehouse.folder / file))} AS {name} (READ_ONLY)")

    # --- the steps -------------------------------------------------------------------------------------------------------

    def _read(self) -> tuple[dict[str, frozenset[str]], dict[str, Decimal]]:
        """Files and feeds into the scratch database; returns the columns fed and the money read, by table."""
        staged = {}
        files = self._mapping.files
        with duckdb.connect(self._database) as connection:
            for index, spec in enumerate(files):
                report = self._file_progress(f"reading {', '.join(spec.paths)}", index / len(files), 1 / len(files))
                report(0)
                staged[spec.alias] = stage(connection, spec, self._folder, self._scratch, progress=report)
                self._notes += staged[spec.alias].notes
        self._progress("reading numbers and days", _FILES)
        # A SELECT of the mapping sees the source's files and nothing else of this machine.
        with duckdb.connect(self._database, config={"enable_external_access": "false"}) as connection:
            fed = read_feeds(connection, self._mapping, staged)
            money = {
                table: connection.execute(
                    f"SELECT coalesce(sum(amount), 0) FROM (SELECT amount FROM {typed(table)} UNION ALL "
                    f'SELECT money FROM rejects WHERE "table" = {v.text(table)})'
                ).fetchall()[0][0]
                for table in ORDER
                if "amount" in TABLES[table].columns
            }
        return fed, money

    def _file_progress(self, step: str, before: float, share: float) -> Callable[[float], None]:
        return lambda done: self._progress(step, _FILES * (before + share * done))

    def _rule_progress(self, table: str) -> None:
        self._progress(f"checking {table}", _FEEDS + (_RULES - _FEEDS) * ORDER.index(table) / len(ORDER))

    def _summary(
        self,
        connection: duckdb.DuckDBPyConnection,
        findings: Findings,
        changes: dict[str, TableChanges],
        money_fed: dict[str, Decimal],
        *,
        dry_run: bool,
    ) -> Summary:
        rejected = dict(connection.execute('SELECT "table", count(DISTINCT (source, "row", _n)) FROM rejects GROUP BY 1').fetchall())
        refused = dict(connection.execute('SELECT "table", sum(money) FROM rejects WHERE _n IS NOT NULL GROUP BY 1').fetchall())
        tables = []
        for table in ORDER:
            change = changes.get(table, TableChanges(0, 0, 0, None))
            kept, merged, lost = change.new + change.changed + change.unchanged, findings.merged[table], rejected.get(table, 0)
            if not (kept or lost):
                continue
            money = change.money
            expected = money_fed.get(table, Decimal(0)) + findings.money.get(table, Decimal(0)) - (refused.get(table) or 0)
            if table in money_fed and expected != (money or 0):
                raise MoneyLost(table, came=expected, stored=money)
            tables.append(
                TableSummary(table, kept + lost + merged, change.new, change.changed, change.unchanged, lost, merged, money, money)
            )
        unread = rejected.get("", 0)
        notes = (*self._notes, *findings.notes)
        if unread:
            notes += (f"{unread} rows could not be read as their file's header and options say",)
        return Summary(self._mapping.name, tuple(tables), sum(rejected.values()), None, notes, dry_run, None)

    def _publish(
        self,
        summary: Summary,
        changes: dict[str, TableChanges],
        company: dict[str, str],
        base: Version | None,
        *,
        fresh: bool,
        plan_only: bool,
    ) -> Summary:
        with self._warehouse.draft(plan_only=plan_only, fresh=fresh) as draft:
            if _current(self._warehouse) != (base.number if base else None):
                raise StoreMoved
            if company:
                names = ", ".join(v.text(key) for key in company)
                draft.connection.execute(f"DELETE FROM company WHERE key IN ({names})")
                draft.connection.executemany("INSERT INTO company VALUES (?, ?)", list(company.items()))
            money = apply(draft, self._database, changes)
            version = draft.publish(f"import {self._mapping.name}")
        tables = tuple(with_(t, money_store=money.get(t.table, t.money_store)) for t in summary.tables)
        return with_(summary, version=version, tables=tables)


def _current(warehouse: Warehouse) -> int | None:
    try:
        return warehouse.current().number
    except StoreEmpty:
        return None


def _only_targets(changes: dict[str, TableChanges]) -> bool:
    return all(not (c.new or c.changed) for table, c in changes.items() if table != "target")


def _targets_fit(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether the calendar of the current version reaches over all targets that came."""
    row = connection.execute(
        "SELECT coalesce(min(t.first_day) >= min(c.first) AND max(t.last_day) <= max(c.last), false) "
        "FROM ready_target t, (SELECT min(day) AS first, max(day) AS last FROM facts.main.calendar) c"
    ).fetchone()
    return bool(row and row[0])


def _write_rejects(connection: duckdb.DuckDBPyConnection, file: Path) -> None:
    """Rejected rows as a CSV that spreadsheets open rightly."""
    rows: list[tuple[Any, ...]] = connection.execute(
        'SELECT "table", source, "row", "column", value, reason FROM rejects ORDER BY source, "row", "table"'
    ).fetchall()
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("w", encoding="utf-8-sig", newline="") as opened:
            writer = csv.writer(opened)
            writer.writerow(("table", "source", "row", "column", "value", "reason"))
            writer.writerows(rows)
    except OSError as error:
        raise IntakeError(
            f"The rejected rows cannot be written to {file}: {error.strerror}. Run this where files can be written."
        ) from error


def _examples(connection: duckdb.DuckDBPyConnection) -> list[str]:
    rows = connection.execute(
        'SELECT DISTINCT ON ("table", "column", reason) source, "row", "table", "column", value, reason FROM rejects '
        'ORDER BY "table", "column", reason, "row" LIMIT 5'
    ).fetchall()
    return [
        f"{source}, row {row}: " + " ".join(part for part in (table, column, value and repr(value), reason) if part)
        for source, row, table, column, value, reason in rows
    ]
