"""The mapping file: which files and columns of a source feed which table. Its keys are described in docs/intake.md."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final, NoReturn

import duckdb
import holidays

from data.intake.errors import MappingWrong, did_you_mean
from data.intake.fields import DEFAULTS, FIELDS, NUMBERED
from data.phasing import PHASINGS
from data.schema import PLANS

DELIMITERS: Final = (",", ";", "\t", "|")
DAY_ORDERS: Final = ("ymd", "dmy", "mdy")
COMPANY_KEYS: Final = (
    *("name", "name_zh", "currency", "fiscal_first_month", "holidays"),
    *("unit", "unit_zh", "phasing", "working_days", "days_off"),
    *PLANS,
)


@dataclass(frozen=True, slots=True)
class FileSpec:
    """One alias and the files of one layout that it stands for.

    ``header``: the row that holds the headers, from 1. ``dates``: an order of day, month and year, or a strptime format.
    ``numbers`` and ``days`` are columns that are read as such before an expression or a SELECT sees them.
    """

    alias: str
    paths: tuple[str, ...]
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    header: int = 1
    decimal: str | None = None
    dates: str | None = None
    numbers: tuple[str, ...] = ()
    days: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Column:
    """Where a column's values come from: the first of ``headers`` that the file has, a constant, or an expression."""

    headers: tuple[str, ...] = ()
    value: str | None = None
    expression: str | None = None
    dates: str | None = None
    decimal: str | None = None


@dataclass(frozen=True, slots=True)
class Feed:
    """What one table gets from one file (``source`` and ``columns``) or from one ``select`` over the files."""

    table: str
    label: str
    source: str | None
    columns: tuple[tuple[str, Column], ...]
    select: str | None
    dates: str | None = None
    decimal: str | None = None


@dataclass(frozen=True, slots=True)
class Mapping:
    """A mapping file, checked as far as it can be without its source's files."""

    file: Path
    name: str
    company: tuple[tuple[str, str], ...]
    files: tuple[FileSpec, ...]
    feeds: tuple[Feed, ...]
    unknown: tuple[str, ...]
    """Tables to which an unknown key is added; elsewhere it rejects the row that names it."""


def load_mapping(file: Path) -> Mapping:
    """Raises ``MappingWrong`` naming the table and key, what is allowed there and the nearest match."""
    try:
        document = tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        near = did_you_mean(file.name, [f.name for f in file.parent.glob("*.toml")])
        raise MappingWrong(file, "the file", f"there is no such file.{near}") from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as problem:
        raise MappingWrong(file, "the file", f"it cannot be read as TOML: {problem}.") from None
    return _Loader(file).mapping(document)


class _Loader:
    """Checks a document piece by piece, with the name of the file at hand for messages."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def mapping(self, document: dict[str, Any]) -> Mapping:
        self._only(document, ("name", "company", "files", "tables", "unknown"), "the top level")
        files = tuple(self._file_spec(alias, spec) for alias, spec in self._table(document, "files").items())
        if not files:
            self._wrong("[files]", "name at least one file, as in: [files.orders] path = 'orders.csv'")
        feeds = tuple(
            self._feed(table, label, feed, [f.alias for f in files])
            for table, value in self._table(document, "tables").items()
            for label, feed in self._labelled(table, value)
        )
        if not feeds:
            self._wrong("[tables]", f"feed at least one table. Tables are {', '.join(FIELDS)}")
        company = self._company(self._table(document, "company"))
        return Mapping(self._file, str(document.get("name", self._file.stem)), company, files, feeds, self._unknown(document))

    def _company(self, values: dict[str, Any]) -> tuple[tuple[str, str], ...]:
        where = "[company]"
        self._only(values, COMPANY_KEYS, where)
        if not str(values.get("name", "")).strip():
            self._wrong(where, "name = '…' is missing; it keeps the data of two companies apart")
        for key in ("working_days", "days_off"):
            if key in values:
                values = values | {key: " ".join(str(day) for day in self._days(values[key], f"{where} {key}"))}
        if "currency" in values and not (len(str(values["currency"])) == 3 and str(values["currency"]).isupper()):
            self._wrong(where, f"currency = {values['currency']!r}: give the three letters of ISO 4217, as in 'USD' or 'CNY'")
        if values.get("fiscal_first_month", 1) not in range(1, 13):
            self._wrong(where, f"fiscal_first_month = {values['fiscal_first_month']!r}: give a month from 1 to 12")
        for key, most in PLANS.items():
            value = values.get(key, most)
            if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= most:
                kind = "days" if key == "plan_dso" else "a share, as in 0.3 for 30 %,"
                self._wrong(where, f"{key} = {value!r}: give {kind} above 0 and up to {most}")
        self._one_of(values.get("phasing"), PHASINGS, f"{where} phasing")
        self._one_of(values.get("holidays"), ("none", *holidays.list_supported_countries()), f"{where} holidays")
        return tuple((key, str(value)) for key, value in values.items())

    def _days(self, value: Any, where: str) -> list[date]:
        try:
            return [d if isinstance(d, date) else date.fromisoformat(d) for d in value]
        except (TypeError, ValueError):
            self._wrong(where, f"{value!r}: give a list of days, as in [2027-02-20, 2027-02-27]")

    def _file_spec(self, alias: str, spec: Any) -> FileSpec:
        where = f"[files.{alias}]"
        if not (alias.isidentifier() and not alias.startswith("_")):
            self._wrong(where, "a file's alias is made of letters, digits and _, and starts with a letter")
        if isinstance(spec, str):
            spec = {"path": spec}
        self._only(spec, ("path", *FileSpec.__dataclass_fields__), where, hidden=("alias", "paths"))
        paths = self._strings(spec.get("path", []), f"{where} path")
        if not paths:
            self._wrong(where, "path = '…' is missing: a file, a pattern such as 'sales-*.csv', or a list of them")
        self._one_of(spec.get("delimiter"), DELIMITERS, f"{where} delimiter")
        self._one_of(spec.get("decimal"), (".", ","), f"{where} decimal")
        self._dates(spec.get("dates"), where)
        header = spec.get("header", 1)
        if not isinstance(header, int) or isinstance(header, bool) or header < 1:
            self._wrong(where, f"header = {header!r}: give the number of the row with the headers, from 1")
        numbers, days = (self._strings(spec.get(k, []), f"{where} {k}") for k in ("numbers", "days"))
        given: dict[str, Any] = {k: str(spec[k]) for k in ("encoding", "delimiter", "sheet", "decimal", "dates") if k in spec}
        return FileSpec(alias, paths, header=header, numbers=numbers, days=days, **given)

    def _labelled(self, table: str, value: Any) -> Iterable[tuple[str, dict[str, Any]]]:
        if table not in FIELDS:
            self._wrong(f"[tables.{table}]", f"there is no such table.{did_you_mean(table, FIELDS)} Tables are {', '.join(FIELDS)}")
        if isinstance(value, list):
            return [(f"[[tables.{table}]] number {i}", feed) for i, feed in enumerate(value, 1)]
        return [(f"[tables.{table}]", value)]

    def _feed(self, table: str, label: str, feed: dict[str, Any], aliases: list[str]) -> Feed:
        self._only(feed, ("from", "columns", "select", "dates", "decimal"), label)
        self._one_of(feed.get("decimal"), (".", ","), f"{label} decimal")
        self._dates(feed.get("dates"), label)
        options = {k: feed[k] for k in ("dates", "decimal") if k in feed}
        if ("select" in feed) == ("from" in feed):
            self._wrong(label, "give either from = '…' with columns, or select = '…'")
        if "select" in feed:
            return Feed(table, label, None, (), self._select(feed["select"], label), **options)
        if feed["from"] not in aliases:
            near = did_you_mean(str(feed["from"]), aliases)
            self._wrong(label, f"from = {feed['from']!r} is not one of the files.{near} Files are {', '.join(aliases)}")
        columns = self._table(feed, "columns")
        allowed = [f.name for f in FIELDS[table]]
        self._only(columns, allowed, f"{label} columns")
        made = {n for t, n in DEFAULTS if t == table} | {NUMBERED.get(table, ("",))[0]}
        for f in FIELDS[table]:
            if (f.required or (f.key and f.name not in made)) and f.name not in columns:
                self._wrong(label, f"columns must say where {f.name} comes from. Columns of {table} are {', '.join(allowed)}")
        return Feed(table, label, feed["from"], tuple((k, self._column(f"{label} {k}", v)) for k, v in columns.items()), None, **options)

    def _column(self, where: str, value: Any) -> Column:
        if isinstance(value, str | list):
            return Column(headers=self._headers(value, where))
        if not isinstance(value, dict):
            self._wrong(where, f"{value!r}: give a header, a list of headers, or a table such as {{ value = {value!r} }}")
        self._only(value, ("column", "value", "expression", "dates", "decimal"), where)
        if sum(key in value for key in ("column", "value", "expression")) != 1:
            self._wrong(where, "give one of column, value and expression")
        self._one_of(value.get("decimal"), (".", ","), f"{where} decimal")
        self._dates(value.get("dates"), where)
        return Column(
            headers=self._headers(value["column"], where) if "column" in value else (),
            value=str(value["value"]) if "value" in value else None,
            expression=self._expression(value["expression"], where) if "expression" in value else None,
            dates=value.get("dates"),
            decimal=value.get("decimal"),
        )

    def _headers(self, value: Any, where: str) -> tuple[str, ...]:
        headers = self._strings(value, where)
        if not headers:
            self._wrong(where, "the list of headers is empty: name at least one")
        return headers

    def _expression(self, value: Any, where: str) -> str:
        text = str(value)
        try:
            duckdb.SQLExpression(text)
        except duckdb.Error as problem:
            self._wrong(where, f"the expression {text!r} cannot be read: {str(problem).splitlines()[0]}")
        return text

    def _select(self, text: Any, where: str) -> str:
        try:
            statements = duckdb.extract_statements(text)
        except (duckdb.Error, TypeError) as problem:
            self._wrong(where, f"the SELECT cannot be read: {str(problem).splitlines()[0]}")
        if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
            self._wrong(where, "select must be one SELECT statement and nothing else")
        return str(text).strip().rstrip(";")

    def _unknown(self, document: dict[str, Any]) -> tuple[str, ...]:
        unknown = self._table(document, "unknown")
        self._only(unknown, ("region", "area", "rep", "customer", "product", "category", "segment"), "[unknown]")
        for table, rule in unknown.items():
            self._one_of(rule, ("add", "reject"), f"[unknown] {table}")
        return tuple(table for table, rule in unknown.items() if rule == "add")

    def _dates(self, value: Any, where: str) -> None:
        if value is not None and not (isinstance(value, str) and (value in DAY_ORDERS or "%" in value)):
            self._wrong(where, f"dates = {value!r}: give 'ymd', 'dmy', 'mdy', or a format such as '%d.%m.%Y'")

    def _one_of(self, value: Any, allowed: Iterable[str], where: str) -> None:
        names = list(allowed)
        if value is not None and value not in names:
            listed = ", ".join(repr(n) for n in names[:12]) + (" …" if len(names) > 12 else "")
            self._wrong(where, f"{value!r} is not allowed.{did_you_mean(str(value), names)} Allowed are {listed}")

    def _only(self, value: Any, allowed: Iterable[str], where: str, *, hidden: tuple[str, ...] = ()) -> None:
        names = [name for name in allowed if name not in hidden]
        if not isinstance(value, dict):
            self._wrong(where, f"{value!r} is not a table. It may hold {', '.join(names)}")
        for key in value:
            if key not in names:
                self._wrong(where, f"{key!r} is not known here.{did_you_mean(key, names)} Allowed are {', '.join(names)}")

    def _table(self, document: dict[str, Any], key: str) -> dict[str, Any]:
        value = document.get(key, {})
        if not isinstance(value, dict):
            self._wrong(key, f"{value!r} is not a table")
        return value

    def _strings(self, value: Any, where: str) -> tuple[str, ...]:
        values = [value] if isinstance(value, str) else value
        if not (isinstance(values, list) and all(isinstance(v, str) and v for v in values)):
            self._wrong(where, f"{value!r}: give a text or a list of texts")
        return tuple(values)

    def _wrong(self, where: str, problem: str) -> NoReturn:
        raise MappingWrong(self._file, where, f"{problem.rstrip('.')}.")
