"""Text files and sheets as records: the headers, then every row as texts with its number in the file."""

from __future__ import annotations

import contextlib
import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, Final

import python_calamine

from data.intake.dialect import delimiter_of, encoding_of
from data.intake.errors import FileUnreadable, did_you_mean
from data.intake.mapping import FileSpec

EXCEL: Final = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
_END: Final = "\x00end of file"
"""A record of its own after the last one; a quotation mark left open swallows it."""

Record = tuple[int, list[str]]


@dataclass(frozen=True, slots=True)
class Sheet:
    """The records of one text file or sheet with their row numbers, and what was found out about it.

    ``done`` tells the share of the file that was read, from 0 to 1.
    """

    headers: tuple[str, ...]
    records: Iterator[Record]
    delimiter: str | None = None
    note: str | None = None
    done: Callable[[], float] = lambda: 0.0


def open_sheet(file: Path, spec: FileSpec) -> Sheet:
    """The headers and records of a text file or a sheet. Raises ``FileUnreadable``."""
    try:
        sheet = _excel(file, spec) if file.suffix.lower() in EXCEL else _text(file, spec)
        headers = next((row for number, row in sheet.records if number >= spec.header and any(map(str.strip, row))), None)
    except (OSError, csv.Error, ValueError, LookupError) as problem:  # ValueError: the encoding's name, or bytes it has not
        raise FileUnreadable(file, f"it cannot be read: {problem}.") from None
    if headers is None:
        raise FileUnreadable(file, "it is empty: it has no row of headers.")
    return replace(sheet, headers=tuple(h.strip(" \t\r\n\u00a0\u3000\ufeff") for h in headers))


def _text(file: Path, spec: FileSpec) -> Sheet:
    encoding = spec.encoding or encoding_of(file)
    with file.open(encoding=encoding, newline="") as opened:
        sample = opened.read(1 << 16)
    first = sample.splitlines()[0].strip() if sample.strip() else ""
    said = first[4] if first.lower().startswith("sep=") and len(first) == 5 else None
    delimiter = spec.delimiter or said or delimiter_of(sample)

    size = max(file.stat().st_size, 1)
    binary = file.open("rb")

    def lines() -> Iterator[str]:
        with io.TextIOWrapper(binary, encoding=encoding, newline="") as opened:
            yield from opened
        yield _END

    def records() -> Iterator[Record]:
        done = 0
        with contextlib.suppress(csv.Error):  # a field without end: longer than the reader takes
            for number, row in enumerate(csv.reader(lines(), delimiter=delimiter), 1):
                if row and row[0] == _END:
                    return
                if row and _END in row[-1]:
                    break
                done = number
                if not (number == 1 and said):
                    yield number, row
        raise FileUnreadable(file, f"a quotation mark that opens in row {done + 1} is never closed.")

    return Sheet((), records(), delimiter, done=lambda: 1.0 if binary.closed else binary.tell() / size)


def _excel(file: Path, spec: FileSpec) -> Sheet:
    try:
        book = python_calamine.CalamineWorkbook.from_path(str(file))
    except (python_calamine.CalamineError, OSError, ValueError) as problem:
        raise FileUnreadable(file, f"it cannot be read as a workbook: {problem}.") from None
    names = book.sheet_names
    if spec.sheet and spec.sheet not in names:
        raise FileUnreadable(file, f"it has no sheet {spec.sheet!r}.{did_you_mean(spec.sheet, names)} It has {', '.join(names)}.")
    chosen = spec.sheet or names[0]
    note = None if spec.sheet or len(names) == 1 else f"{file.name}: the first of {len(names)} sheets was read, {chosen!r}"
    cells = book.get_sheet_by_name(chosen).to_python(skip_empty_area=False)
    mark = spec.decimal or "."
    return Sheet((), ((number, [_cell(c, mark) for c in row]) for number, row in enumerate(cells, 1)), note=note)


def _cell(value: Any, mark: str) -> str:
    """A cell as text, in one form for each type."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value).replace(".", mark)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ")
    return value.isoformat() if isinstance(value, date | time) else str(value)
