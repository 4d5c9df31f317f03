"""The warehouse: facts in DuckDB, as immutable published versions.

A version is a small manifest that names two files, one with the facts and one with the plan (see ``schema``). To publish
is to write new files beside the current ones, check them, flush them to disk and rename one pointer; so a reader never
waits, never sees half an import, and can open any version that is kept. A change of the plan alone writes a new plan file
and shares the facts file with the version before.

    warehouse/
      CURRENT               the number of the version that readers open
      manifests/000007.json what makes up version 7
      facts/000005.duckdb   plan/000007.duckdb
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import threading
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import duckdb
import numpy as np
import numpy.typing as npt
import sqlalchemy as sa
from filelock import FileLock, Timeout

from data import rollups, schema
from data.duck import Compiled, create_tables, literal_sql
from data.errors import StoreBusy, StoreDamaged, StoreEmpty, StoreOutdated, VersionInUse, VersionUnknown
from data.shape import complete, shape

WAIT_SECONDS: Final = 30
"""How long a writer waits for another one."""


@dataclass(frozen=True, slots=True)
class Version:
    """One published state of the facts and the plan. ``published`` is UTC; the file names are relative to the store.

    ``shape``: of the release that wrote it (see ``data.shape``); "" before releases said so.
    """

    number: int
    published: datetime
    note: str
    facts: str
    plan: str
    shape: str = ""


@dataclass(frozen=True, slots=True)
class TableChange:
    """How one table differs between two versions, in rows and, for tables with money, in its total."""

    table: str
    added: int
    removed: int
    changed: int
    total_before: Any
    total_after: Any


class Reader:
    """One version, open for reading. Safe to share between threads: every read takes a cursor of its own."""

    def __init__(self, store: Path, version: Version) -> None:
        self.version = version
        # A database of its own in memory: DuckDB shares connections to one file within a process, attachments included.
        self._connection = duckdb.connect()
        for name, file in (("facts", store / version.facts), ("plan", store / version.plan)):
            try:
                self._connection.execute(f"ATTACH {_quoted(file)} AS {name} (READ_ONLY)")
            except duckdb.Error as error:
                raise StoreDamaged(file, error) from None
        self._local = threading.local()

    def read(self, statement: Compiled, parameters: Mapping[str, Any] | None = None) -> list[tuple[Any, ...]]:
        """Rows of the statement; money comes as ``Decimal``."""
        return self._cursor().execute(statement.text, statement.values(parameters or {})).fetchall()

    def arrays(self, statement: Compiled, parameters: Mapping[str, Any] | None = None) -> dict[str, npt.NDArray[Any]]:
        """Columns of the statement by name: much faster than rows where they are many, but decimals come as floats.

        Where money must be exact, cast it to whole numbers in the statement. A missing text is None, a missing number NaN.
        """
        found = self._cursor().execute(statement.text, statement.values(parameters or {})).fetchnumpy()
        return {name: _without_mask(values) for name, values in found.items()}

    def rows(self, statement: sa.Select[Any]) -> list[tuple[Any, ...]]:
        """Rows of a statement that is asked once; what is asked often is compiled once and goes through ``read``."""
        return self.read(Compiled(statement))

    def ask(self, text: str, parameters: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """Rows of a statement written by hand, with ``$name`` parameters."""
        return self._cursor().execute(text, dict(parameters)).fetchall()

    def _cursor(self) -> duckdb.DuckDBPyConnection:
        if not hasattr(self._local, "cursor"):
            self._local.cursor = self._connection.cursor()
            self._local.cursor.execute("USE facts")
        cursor: duckdb.DuckDBPyConnection = self._local.cursor
        return cursor


class Draft:
    """The next version while it is being written.

    ``connection`` sees the facts unqualified and the plan as ``plan``; with ``plan_only`` the facts are read only.
    Nothing of it is seen by readers until ``publish`` returns; if that is never called, nothing remains.
    """

    def __init__(self, store: Path, number: int, base: Version | None, *, plan_only: bool) -> None:
        self._store, self._number, self._base, self._plan_only = store, number, base, plan_only
        self._plan = store / "plan" / f"{number:06d}.duckdb"
        self._facts = store / base.facts if plan_only and base else store / "facts" / f"{number:06d}.duckdb"
        self._files = [self._plan] if plan_only else [self._facts, self._plan]
        for file, before in ((self._plan, base and base.plan), (self._facts, base and base.facts)):
            if file in self._files:
                _temporary(file).unlink(missing_ok=True)
                if before:
                    shutil.copyfile(store / before, _temporary(file))
        self.connection = duckdb.connect()
        facts = f"{_quoted(self._facts)} AS facts (READ_ONLY)" if plan_only else f"{_quoted(_temporary(self._facts))} AS facts"
        self.connection.execute(f"ATTACH {facts}")
        self.connection.execute(f"ATTACH {_quoted(_temporary(self._plan))} AS plan")
        self.connection.execute("USE facts")
        if base is None:
            create_tables(self.connection, (*schema.FACTS.sorted_tables, *schema.PLAN.sorted_tables))
        elif not plan_only:
            try:
                complete(self.connection)
            except StoreOutdated:
                self.discard()
                raise
        self.published: Version | None = None

    def publish(self, note: str, *, published: datetime | None = None) -> Version:
        """Derive rollups and phasing, check, flush and make it the current version.

        ``published``: since when the facts are known, by default now.
        """
        if not self._plan_only:
            rollups.derive_facts(self.connection)
        rollups.derive_plan(self.connection)
        rollups.check(self.connection)
        self._close()
        for file in self._files:
            _flush(_temporary(file))
            os.replace(_temporary(file), file)
            _flush(file.parent)
        version = Version(
            self._number,
            published or datetime.now(UTC).replace(microsecond=0),
            note,
            str(self._facts.relative_to(self._store)),
            str(self._plan.relative_to(self._store)),
            shape(),
        )
        manifest = asdict(version) | {"published": version.published.isoformat()}
        _write(self._store / "manifests" / f"{version.number:06d}.json", json.dumps(manifest, indent=1, ensure_ascii=False))
        _write(self._store / "CURRENT", str(version.number))
        self.published = version
        return version

    def discard(self) -> None:
        self._close()
        for file in self._files:
            _temporary(file).unlink(missing_ok=True)

    def _close(self) -> None:
        for name in ("facts", "plan"):
            with contextlib.suppress(duckdb.Error):
                if name == "plan" or not self._plan_only:
                    self.connection.execute(f"CHECKPOINT {name}")
        self.connection.close()


class Warehouse:
    """The published versions in one folder. Any number of readers, one writer at a time, in any number of processes."""

    def __init__(self, folder: Path, *, keep: int = 30) -> None:
        self.folder, self._keep = folder, keep
        self._lock = threading.Lock()
        self._reader: Reader | None = None

    def current(self) -> Version:
        """The version that readers open. Raises ``StoreEmpty`` before anything was published."""
        return self.version(self._current_number())

    def versions(self) -> tuple[Version, ...]:
        """All kept versions, oldest first."""
        try:
            current = self._current_number()
        except StoreEmpty:
            return ()
        # Another process may drop a version between the listing and the reading.
        kept = (_manifest(file) for file in sorted((self.folder / "manifests").glob("*.json")) if file.exists())
        # A writer that was killed before it renamed the pointer has published nothing.
        return tuple(version for version in kept if version.number <= current)

    def version(self, number: int) -> Version:
        file = self.folder / "manifests" / f"{number:06d}.json"
        # A number beyond the current one is that of a writer which was killed, or is not done yet.
        if not file.exists() or number > self._current_number():
            raise VersionUnknown(number, [v.number for v in self.versions()])
        return _manifest(file)

    def reader(self) -> Reader:
        """The current version, open; the same reader until another version is published."""
        number = self._current_number()
        reader = self._reader
        if reader is None or reader.version.number != number:
            with self._lock:
                reader = self._reader
                if reader is None or reader.version.number != number:
                    reader = self._reader = Reader(self.folder, self.version(number))
        return reader

    def open(self, number: int) -> Reader:
        """Any kept version, open; the caller keeps it as long as needed."""
        return Reader(self.folder, self.version(number))

    @contextlib.contextmanager
    def draft(self, *, plan_only: bool = False, fresh: bool = False) -> Iterator[Draft]:
        """Write the next version on top of the current one (``fresh``: from nothing).

        Raises ``StoreBusy`` if another process is writing.
        """
        with self._writing():
            self._remove_orphans()
            base = None if fresh or not (self.folder / "CURRENT").exists() else self.current()
            numbers = [v.number for v in self.versions()]
            # Facts of another release cannot be shared: what is derived from them is not what this one reads.
            shares = plan_only and base is not None and base.shape == shape()
            draft = Draft(self.folder, max(numbers, default=0) + 1, base, plan_only=shares)
            try:
                yield draft
            finally:
                if draft.published is None:
                    draft.discard()
            if draft.published:
                self._prune()

    def renew(self) -> Version | None:
        """Derive the current version anew if a release that derives otherwise wrote it; None where nothing was to be done.

        A version never changes, so this publishes another, of the same facts and targets, known since the same moment. Raises
        ``StoreOutdated`` where the source must be read again, ``StoreBusy`` if another process is writing.
        """
        if not (self.folder / "CURRENT").exists() or self.current().shape == shape():
            return None
        with self.draft() as draft:
            before = self.current()
            # Another process may have done it while this one waited.
            return before if before.shape == shape() else draft.publish(before.note, published=before.published)

    def drop(self, number: int) -> None:
        """Forget a version and the files that no other version uses.

        Raises ``VersionUnknown``, ``VersionInUse`` for the current one, ``StoreBusy`` if another process is writing.
        """
        self.version(number)
        with self._writing():
            self._drop(self.version(number))

    def compare(self, before: int, after: int) -> tuple[TableChange, ...]:
        """What differs between two versions, table by table; unchanged tables are left out."""
        old, new = self.version(before), self.version(after)
        with duckdb.connect() as connection:
            for side, version in (("old", old), ("new", new)):
                connection.execute(f"ATTACH {_quoted(self.folder / version.facts)} AS {side}_facts (READ_ONLY)")
                connection.execute(f"ATTACH {_quoted(self.folder / version.plan)} AS {side}_plan (READ_ONLY)")
            changes = (_table_change(connection, table) for table in schema.SOURCES)
            return tuple(c for c in changes if c.added or c.removed or c.changed)

    @contextlib.contextmanager
    def _writing(self) -> Iterator[None]:
        """Be the only writer of the store. Raises ``StoreBusy`` if another process stays it."""
        for name in ("manifests", "facts", "plan"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        lock = FileLock(self.folder / "writer.lock", timeout=WAIT_SECONDS)
        try:
            lock.acquire()
        except Timeout:
            raise StoreBusy(self.folder) from None
        try:
            yield
        finally:
            lock.release()

    def _current_number(self) -> int:
        file = self.folder / "CURRENT"
        try:
            return int(file.read_bytes())
        except FileNotFoundError:
            raise StoreEmpty(self.folder) from None
        except (OSError, ValueError) as error:
            raise StoreDamaged(file, error) from None

    def _drop(self, version: Version) -> None:
        if version.number == self._current_number():
            raise VersionInUse(version.number)
        (self.folder / "manifests" / f"{version.number:06d}.json").unlink()
        self._remove_orphans()

    def _prune(self) -> None:
        current = self._current_number()
        for version in self.versions()[: -self._keep]:
            if version.number != current:
                self._drop(version)

    def _remove_orphans(self) -> None:
        """Files that no manifest names: what a killed writer left, or a dropped version used alone."""
        used = {name for v in self.versions() for name in (v.facts, v.plan)}
        for file in (*self.folder.glob("facts/*"), *self.folder.glob("plan/*")):
            if str(file.relative_to(self.folder)) not in used:
                file.unlink()


def _table_change(connection: duckdb.DuckDBPyConnection, table: sa.Table) -> TableChange:
    schema_name = "plan" if table.schema else "facts"
    old, new = (_bound(connection, table, f"{side}_{schema_name}") for side in ("old", "new"))
    same_key = sa.and_(*(old.c[k.name] == new.c[k.name] for k in table.primary_key))
    both = [c.name for c in table.columns if not c.primary_key and c.name in old.c and c.name in new.c]
    differs = sa.or_(sa.false(), *(old.c[name].is_distinct_from(new.c[name]) for name in both))
    key = next(iter(table.primary_key)).name
    counted = sa.select(
        sa.func.count().filter(old.c[key].is_(None)),
        sa.func.count().filter(new.c[key].is_(None)),
        sa.func.count().filter(old.c[key].is_not(None), new.c[key].is_not(None), differs),
        *(sa.func.sum(t.c.amount) if "amount" in t.c else sa.null() for t in (old, new)),
    ).select_from(old.join(new, same_key, full=True))
    row = connection.execute(literal_sql(counted)).fetchone()
    assert row is not None, "an aggregate without groups has one row"
    return TableChange(table.name, *row)


def _bound(connection: duckdb.DuckDBPyConnection, table: sa.Table, database: str) -> sa.Table:
    """The table as a version has it, which may be of a release that knew fewer columns."""
    there = {row[0] for row in connection.execute(f"DESCRIBE {database}.{table.name}").fetchall()}
    return sa.Table(table.name, sa.MetaData(), *(sa.Column(c.name, c.type) for c in table.columns if c.name in there), schema=database)


def _manifest(file: Path) -> Version:
    try:
        values = json.loads(file.read_text())
        return Version(**(values | {"published": datetime.fromisoformat(values["published"])}))
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise StoreDamaged(file, error) from None


def _without_mask(values: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """A column as it is, but for what is missing, which DuckDB masks: None among texts, NaN among numbers."""
    if not isinstance(values, np.ma.MaskedArray):
        return np.asarray(values)
    missing = np.ma.getmaskarray(values)
    if not missing.any():
        return np.asarray(values.data)
    filled: npt.NDArray[Any] = values.data.copy() if values.dtype == object else values.data.astype(np.float64)
    filled[missing] = None if values.dtype == object else np.nan
    return filled


def _temporary(file: Path) -> Path:
    return file.with_suffix(".part")


def _quoted(file: Path) -> str:
    return "'" + str(file).replace("'", "''") + "'"


def _write(file: Path, text: str) -> None:
    """Replace a small file as one step: readers see the old text or the new one."""
    temporary = _temporary(file)
    temporary.write_text(text)
    _flush(temporary)
    os.replace(temporary, file)
    _flush(file.parent)


def _flush(path: Path) -> None:
    """Make a file's bytes, or a folder's names, survive a power cut. Folders cannot be opened on Windows: skipped there."""
    if path.is_dir() and os.name == "nt":
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
