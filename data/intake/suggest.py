"""A first draft of a mapping, from the headers of a source's files: what is surely wanted, what was guessed, what is missing."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import duckdb
from rapidfuzz import fuzz, process

from data.intake import values as v
from data.intake.errors import FileUnreadable
from data.intake.fields import DEFAULTS, FIELDS, NUMBERED, Field
from data.intake.files import PARQUET
from data.intake.mapping import FileSpec
from data.intake.sheets import open_sheet

_ALIASES: Final = {
    "order_line": "orders",
    "invoice": "invoices",
    "instalment": "instalments",
    "payment": "payments",
    "activity": "activities",
    "target": "targets",
}
_TELLING: Final = {
    "order_line": ("order_day", "amount"),
    "invoice": ("invoice_id", "invoice_day", "amount"),
    "instalment": ("instalment_no", "due_day"),
    "payment": ("payment_day",),
    "activity": ("activity_day",),
    "target": ("first_day", "amount"),
}
"""The columns by which a file shows that it feeds a fact."""

_DIMENSIONS: Final = ("region", "area", "rep", "segment", "customer", "category", "product")
_PROFIT: Final = ("利润", "销售利润", "profit", "gross profit", "margin", "毛利")
_ALIKE: Final = 88
"""From this likeness on (0 to 100) a header is taken for a name it is not."""


@dataclass(slots=True)
class _Draft:
    """What was recognised in one file: for each table the header of each column."""

    file: Path
    headers: tuple[str, ...]
    tables: dict[str, dict[str, str]] = field(default_factory=dict)
    guessed: set[str] = field(default_factory=set)
    numbers: tuple[str, ...] = ()

    @property
    def facts(self) -> tuple[str, ...]:
        return tuple(t for t in self.tables if t in _ALIASES)

    @property
    def alias(self) -> str:
        stem = re.sub(r"\W+", "_", self.file.stem.lower(), flags=re.ASCII).strip("_")
        if stem[:1].isalpha():
            return stem
        return _ALIASES[self.facts[0]] if self.facts else f"{next(iter(self.tables), 'file')}s"

    @property
    def unused(self) -> list[str]:
        used = {h for columns in self.tables.values() for h in columns.values()} | set(self.numbers)
        return [h for h in self.headers if h and h not in used]


def suggest(files: Sequence[Path]) -> str:
    """The text of a mapping for these files, with comments where it needs a person. Raises ``FileUnreadable``."""
    drafts = [_recognise(file) for file in files]
    chinese = any("\u4e00" <= c <= "\u9fff" for d in drafts for h in d.headers for c in h)
    aliases = _distinct([d.alias for d in drafts])
    folder = Path(os.path.commonpath([f.resolve().parent for f in files])) if files else Path()
    lines = [
        "# A draft from the headers of the files. Read every line; what could not be placed is said in comments.",
        f"name = {_quoted(folder.name or 'source')}",
        "",
        "[company]",
        'name = "My company"   # keeps the data of two companies apart',
        f'currency = "{"CNY" if chinese else "USD"}"       # guessed: three letters of ISO 4217',
        f'holidays = "{"CN" if chinese else "none"}"        # guessed: a country of ISO 3166, or "none"',
    ]
    for draft, alias in zip(drafts, aliases, strict=True):
        lines += _file_lines(draft, alias, folder)
    for table in (*_DIMENSIONS, *_ALIASES):
        for draft, alias in zip(drafts, aliases, strict=True):
            if table in draft.tables:
                lines += _table_lines(table, draft, alias)
    if not any(d.tables for d in drafts):
        lines += ["", "# No table was recognised. docs/intake.md lists the tables and columns that a mapping may feed."]
    return "\n".join(lines) + "\n"


# --- recognising -----------------------------------------------------------------------------------------------------------


def _recognise(file: Path) -> _Draft:
    draft = _Draft(file, _headers(file))
    for table, telling in _TELLING.items():
        own = {f.name: f for f in FIELDS[table]}
        if all(_find(draft, own[c]) for c in telling):
            draft.tables[table] = {}
    if "payment" in draft.tables and "invoice" not in draft.tables and not _find(draft, _field("payment", "amount")):
        del draft.tables["payment"]
    dimensions = _dimension_keys(draft)
    for table in draft.facts:
        draft.tables[table] = _fact_columns(draft, table, dimensions)
    for table in _DIMENSIONS:
        if f"{table}_id" in dimensions:
            draft.tables[table] = _dimension_columns(draft, table, dimensions)
    _profit_to_cost(draft)
    return draft


def _headers(file: Path) -> tuple[str, ...]:
    if not file.is_file():
        raise FileUnreadable(file, "there is no such file.")
    if file.suffix.lower() in PARQUET:
        with duckdb.connect() as connection:
            return tuple(row[0] for row in connection.execute(f"DESCRIBE SELECT * FROM read_parquet({v.text(str(file))})").fetchall())
    return open_sheet(file, FileSpec("file", (file.name,))).headers


def _dimension_keys(draft: _Draft) -> dict[str, str]:
    """The header of each dimension's key; a header names one dimension only."""
    found: dict[str, str] = {}
    for table in _DIMENSIONS:
        key = (
            _field("order_line", f"{table}_id")
            if table in ("region", "area", "rep", "customer", "product")
            else _field(table, f"{table}_id")
        )
        header = _find(draft, key, taken=found.values())
        if header:
            found[key.name] = header
    if "target" in draft.tables:  # its owner is a key of another table, and described elsewhere
        return {}
    return found


def _fact_columns(draft: _Draft, table: str, dimensions: dict[str, str]) -> dict[str, str]:
    columns: dict[str, str] = {}
    for f in FIELDS[table]:
        header = dimensions.get(f.name) or _find(draft, f, taken=columns.values())
        if header:
            columns[f.name] = header
    if table == "payment" and "invoice" in draft.tables:
        columns.setdefault("payment_id", columns["invoice_id"])
        columns.setdefault("amount", _find(draft, _field("invoice", "amount")) or "")
        for name in ("customer_id", "region_id", "area_id", "rep_id"):  # taken from the invoice
            columns.pop(name, None)
    return columns


def _dimension_columns(draft: _Draft, table: str, dimensions: dict[str, str]) -> dict[str, str]:
    columns = {f"{table}_id": dimensions[f"{table}_id"]}
    alone = not draft.facts and "customer_id" not in dimensions
    for f in FIELDS[table]:
        if f.name in columns:
            continue
        if f.name in dimensions:
            if f.name not in ("region_id", "area_id", "rep_id") or table == "area" or alone:
                columns[f.name] = dimensions[f.name]
        elif header := _find(draft, f, taken=columns.values()):
            columns[f.name] = header
    return columns


def _profit_to_cost(draft: _Draft) -> None:
    columns = draft.tables.get("order_line")
    profit = _find(draft, Field("profit", "number", names=_PROFIT))
    if columns and profit and "cost" not in columns:
        draft.numbers = (columns["amount"], profit)


def _find(draft: _Draft, f: Field, *, taken: Iterable[str] = ()) -> str | None:
    """The header that a field's names point at: the first name that stands there, else the most alike header."""
    free = {_plain(h): h for h in reversed(draft.headers) if h and h not in set(taken)}
    for name in f.names:
        if _plain(name) in free:
            return free[_plain(name)]
    for name in f.names:
        found = process.extractOne(_plain(name), list(free), scorer=fuzz.ratio, score_cutoff=_ALIKE) if len(_plain(name)) > 4 else None
        if found:
            draft.guessed.add(free[found[0]])
            return free[found[0]]
    return None


def _plain(header: str) -> str:
    return re.sub(r"[\W_]+", "", header.casefold())


def _field(table: str, name: str) -> Field:
    return next(f for f in FIELDS[table] if f.name == name)


# --- writing -----------------------------------------------------------------------------------------------------------------


def _file_lines(draft: _Draft, alias: str, folder: Path) -> list[str]:
    path = os.path.relpath(draft.file.resolve(), folder)
    if not draft.tables:
        return ["", f"# {path}: no table was recognised. Its columns: {', '.join(draft.headers)}"]
    lines = ["", f"[files.{alias}]", f"path = {_quoted(path)}"]
    if draft.numbers:
        lines.append(f"numbers = [{', '.join(map(_quoted, draft.numbers))}]")
    if draft.unused:
        lines.append(f"# not used: {', '.join(draft.unused)}")
    return lines


def _table_lines(table: str, draft: _Draft, alias: str) -> list[str]:
    lines = ["", f"[[tables.{table}]]", f'from = "{alias}"', f"[tables.{table}.columns]"]
    columns = draft.tables[table]
    made = {n for t, n in DEFAULTS if t == table} | {NUMBERED.get(table, ("",))[0]}
    for f in FIELDS[table]:
        if f.name in columns:
            note = "   # guessed" if columns[f.name] in draft.guessed else ""
            lines.append(f"{f.name} = {_quoted(columns[f.name])}{note}")
        elif f.name == "cost" and draft.numbers:
            amount, profit = (v.name(n) for n in draft.numbers)
            lines.append(f"cost = {{ expression = '{amount} - {profit}' }}   # the file gives profit, not cost: all of the difference")
            lines.append("expense = { value = 0 }")
        elif (table, f.name) == ("target", "owner_kind"):
            lines.append('owner_kind = { value = "rep" }   # guessed: company, region, area or rep')
        elif (table, f.name) == ("target", "measure"):
            lines.append('measure = { value = "amount" }   # guessed: amount, volume, margin, profit or collections')
        elif (table, f.name) == ("payment", "part_no") and columns.get("payment_id") == columns.get("invoice_id"):
            lines.append("part_no = { value = 1 }   # one payment an invoice, in full")
        elif f.required or (f.key and f.name not in made):
            lines.append(f'# {f.name} = "…"   # required, and no column looks like it')
    return lines


def _distinct(names: Sequence[str]) -> list[str]:
    taken: list[str] = []
    for name in names:
        number, candidate = 1, name
        while candidate in taken:
            number += 1
            candidate = f"{name}_{number}"
        taken.append(candidate)
    return taken


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
