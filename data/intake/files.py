"""Files to tables: every file of a source as a table of its columns with ``_source`` and ``_row``, the row as in the file.

Text files and sheets are read record by record and written again in one plain dialect, so that ragged rows, mixed line ends
and quotes are dealt with in one place and DuckDB reads what it cannot mistake. Parquet files keep their types.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from glob import escape
from pathlib import Path
from typing import Any, Final

import duckdb

from data.intake import values as v
from data.intake.errors import ColumnMissing, FileUnreadable, did_you_mean
from data.intake.fields import Field
from data.intake.formats import Texts, decide
from data.intake.mapping import FileSpec
from data.intake.sheets import Sheet, open_sheet

PARQUET: Final = (".parquet", ".pq")
_TOLD_EVERY: Final = 1 << 16
"""Records between two words of progress."""


@dataclass(frozen=True, slots=True)
class Ragged:
    """A row that cannot be read as the header says."""

    source: str
    row: int
    value: str
    reason: str
    column: str = ""


@dataclass(frozen=True, slots=True)
class Staged:
    """A file alias as a table. ``types``: DuckDB's type of each column; ``repeated``: headers that stand twice or more."""

    spec: FileSpec
    label: str
    types: dict[str, str]
    repeated: tuple[str, ...]
    semicolons: bool
    ragged: tuple[Ragged, ...]
    notes: tuple[str, ...]

    def column(self, asked: str) -> str:
        """The column that a mapping means. Raises ``ColumnMissing`` with the nearest one."""
        if asked.casefold() in self.repeated:
            raise ColumnMissing(self.label, f"{asked} (once)", [c for c in self.types if c.casefold().startswith(asked.casefold())])
        wanted = _alike(asked)
        for column in self.types:
            if column == asked or _alike(column) == wanted:
                return column
        raise ColumnMissing(self.label, asked, self.types)


def resolve(spec: FileSpec, folder: Path) -> tuple[Path, ...]:
    """The files that an alias stands for, in the order of their names. Raises ``FileUnreadable`` if there is none."""
    found: list[Path] = []
    for path in spec.paths:
        exact = folder / path
        matches = [exact] if exact.is_file() else sorted(f for f in folder.glob(path) if f.is_file()) if _is_pattern(path) else []
        if not matches:
            near = did_you_mean(Path(path).name, [f.name for f in exact.parent.glob("*")]) if exact.parent.is_dir() else ""
            raise FileUnreadable(exact, f"there is no such file (alias {spec.alias!r}).{near} --folder DIR says where the files are.")
        found.extend(m for m in matches if m not in found)
    return tuple(found)


def stage(
    connection: duckdb.DuckDBPyConnection,
    spec: FileSpec,
    folder: Path,
    scratch: Path,
    *,
    progress: Callable[[float], None] = lambda done: None,
) -> Staged:
    """Read the alias's files into the table of its name; ``progress`` is told the share done, from 0 to 1."""
    files = resolve(spec, folder)
    label = " + ".join(f.name for f in files[:3]) + (" + …" if len(files) > 3 else "")
    if all(f.suffix.lower() in PARQUET for f in files):
        staged = _stage_parquet(connection, spec, files, label)
    else:
        staged = _stage_records(connection, spec, files, label, scratch, progress)
    return _read_as_said(connection, staged)


def _stage_records(
    connection: duckdb.DuckDBPyConnection,
    spec: FileSpec,
    files: Sequence[Path],
    label: str,
    scratch: Path,
    progress: Callable[[float], None],
) -> Staged:
    headers: tuple[str, ...] = ()
    ragged: list[Ragged] = []
    notes: list[str] = []
    semicolons = False
    for index, file in enumerate(files):
        sheet = open_sheet(file, spec)
        columns, repeated = _columns(sheet.headers)
        if index == 0:
            headers = columns
            types = ", ".join(f"{v.name(c)} VARCHAR" for c in columns)
            connection.execute(f"CREATE TABLE {v.name(spec.alias)} (_source VARCHAR, _row BIGINT, {types})")
        elif set(columns) != set(headers):
            odd = sorted(set(columns) ^ set(headers))
            raise FileUnreadable(
                file, f"its columns differ from those of {files[0].name}: {', '.join(map(repr, odd))}. Give it its own alias."
            )
        semicolons |= sheet.delimiter == ";"
        notes += [sheet.note] if sheet.note else []
        plain = scratch / f"{spec.alias}-{index}.csv"
        _write_plain(plain, file, sheet, len(columns), ragged, _part(progress, index, len(files)))
        _insert_plain(connection, plain, spec.alias, file.name, columns)
        plain.unlink()
    return Staged(spec, label, dict.fromkeys(headers, "VARCHAR"), repeated, semicolons, tuple(ragged), tuple(notes))


def _part(progress: Callable[[float], None], index: int, count: int) -> Callable[[float], None]:
    """The progress of one file among others, as progress of all."""
    return lambda done: progress((index + done) / count)


def _write_plain(plain: Path, file: Path, sheet: Sheet, width: int, ragged: list[Ragged], progress: Callable[[float], None]) -> None:
    def records() -> Iterator[list[str]]:
        for number, row in sheet.records:
            if number % _TOLD_EVERY == 0:
                progress(sheet.done())
            if not "".join(row).strip():
                continue
            if len(row) < width or (len(row) > width and "".join(row[width:]).strip()):
                ragged.append(Ragged(file.name, number, " | ".join(row)[:200], f"the row has {len(row)} fields, the header {width}"))
                continue
            del row[width:]
            row.append(str(number))
            yield row

    try:
        with plain.open("w", encoding="utf-8", newline="", errors="replace") as opened:
            csv.writer(opened, lineterminator="\n").writerows(records())
    except (csv.Error, UnicodeError) as problem:
        raise FileUnreadable(file, f"it cannot be read: {problem}.") from None


def _insert_plain(connection: duckdb.DuckDBPyConnection, plain: Path, alias: str, source: str, columns: Sequence[str]) -> None:
    if not plain.stat().st_size:
        return
    names = [f"c{i}" for i in range(len(columns))]
    types = ", ".join(f"{v.text(n)}: 'VARCHAR'" for n in names)
    listed = ", ".join(map(v.name, columns))
    connection.execute(
        f"INSERT INTO {v.name(alias)} (_source, _row, {listed}) SELECT {v.text(source)}, r, {', '.join(names)} FROM read_csv("
        f"{v.text(escape(str(plain)))}, auto_detect=false, header=false, delim=',', quote='\"', escape='\"', new_line='\\n', "
        f"columns={{{types}, 'r': 'BIGINT'}})"
    )


def _stage_parquet(connection: duckdb.DuckDBPyConnection, spec: FileSpec, files: Sequence[Path], label: str) -> Staged:
    listed = ", ".join(v.text(escape(str(f))) for f in files)
    try:
        connection.execute(
            f"CREATE TABLE {v.name(spec.alias)} AS SELECT parse_filename(filename) AS _source, file_row_number + 1 AS _row, "
            f"* EXCLUDE (filename, file_row_number) FROM read_parquet([{listed}], filename=true, file_row_number=true, union_by_name=true)"
        )
    except duckdb.Error as problem:
        raise FileUnreadable(files[0], f"it cannot be read as Parquet: {str(problem).splitlines()[0]}.") from None
    return Staged(spec, label, _types(connection, spec.alias), (), False, (), ())


def _read_as_said(connection: duckdb.DuckDBPyConnection, staged: Staged) -> Staged:
    """Turn the columns that the mapping calls numbers and days into such; rows that cannot be read leave the table."""
    spec = staged.spec
    said = {staged.column(c): Field(c, "number") for c in spec.numbers} | {staged.column(c): Field(c, "day") for c in spec.days}
    fields = {c: f for c, f in said.items() if staged.types[c] == "VARCHAR"}
    if not fields:
        return staged
    formats = decide(connection, texts_of(staged, {c: (f.kind, None, None) for c, f in fields.items()}))
    table = v.name(spec.alias)
    read = []
    for c, f in fields.items():
        x = v.trimmed(v.name(c))
        read.append(f"{v.number(x, formats[c], v.WIDE) if f.kind == 'number' else v.day(x, formats[c])} AS {v.name(c)}")
    connection.execute(f"ALTER TABLE {table} RENAME TO {v.name(spec.alias + '__text')}")
    text = v.name(spec.alias + "__text")
    connection.execute(f"CREATE TABLE {table} AS SELECT * REPLACE ({', '.join(read)}) FROM {text}")
    bad: list[Ragged] = []
    for c, f in fields.items():
        reason = v.unreadable(f, decimal=formats[c], dates=formats[c])
        rows = connection.execute(
            f"SELECT t._source, t._row, t.{v.name(c)} FROM {text} t JOIN {table} r USING (_source, _row) "
            f"WHERE {v.trimmed('t.' + v.name(c))} IS NOT NULL AND r.{v.name(c)} IS NULL ORDER BY 1, 2"
        ).fetchall()
        bad.extend(Ragged(source, row, value, reason, c) for source, row, value in rows)
    if bad:
        connection.executemany(f"DELETE FROM {table} WHERE _source = ? AND _row = ?", [(b.source, b.row) for b in bad])
    connection.execute(f"DROP TABLE {text}")
    types = _types(connection, spec.alias)
    return Staged(spec, staged.label, types, staged.repeated, staged.semicolons, (*staged.ragged, *bad), staged.notes)


def texts_of(staged: Staged, columns: dict[str, tuple[str, str | None, str | None]]) -> Texts:
    """The file's text columns that are to be read as numbers or days: column -> (kind, decimal mark, day order)."""
    spec = staged.spec
    shown = ", ".join(f"{v.trimmed(v.name(c))} AS {v.name(c)}" for c in columns) or "NULL AS nothing"
    return Texts(
        f"SELECT {shown} FROM {v.name(spec.alias)}",
        staged.label,
        {c: decimal or spec.decimal for c, (kind, decimal, _) in columns.items() if kind in ("number", "whole")},
        {c: dates or spec.dates for c, (kind, _, dates) in columns.items() if kind == "day"},
        staged.semicolons,
    )


def _columns(headers: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Column names that differ from each other, and the headers that stand more than once, in lower case."""
    total: dict[str, int] = {}
    for header in headers:
        total[header.casefold()] = total.get(header.casefold(), 0) + 1
    names: list[str] = []
    taken = {"_source", "_row"}
    for position, header in enumerate(headers, 1):
        candidate, times = header or f"column {position}", 0
        if total[header.casefold()] > 1 and header:
            candidate, times = f"{header} (1)", 1
        while candidate.casefold() in taken:
            times += 1
            candidate = f"{header or 'column'} ({times})"
        taken.add(candidate.casefold())
        names.append(candidate)
    return tuple(names), tuple(k for k, n in total.items() if n > 1 and k)


def _types(connection: duckdb.DuckDBPyConnection, alias: str) -> dict[str, str]:
    rows: Iterable[tuple[Any, ...]] = connection.execute(f"DESCRIBE {v.name(alias)}").fetchall()
    return {row[0]: row[1] for row in rows if row[0] not in ("_source", "_row")}


def _alike(header: str) -> str:
    return " ".join(header.casefold().split())


def _is_pattern(path: str) -> bool:
    return any(mark in path for mark in "*?[")
