"""Feeds to typed rows: for every table of the star what the mapping feeds it, in the types of the schema.

A row that cannot be read goes to ``rejects`` and is left out; everything after this step sees values only.
"""

from __future__ import annotations

import re
from collections.abc import Mapping as Map
from dataclasses import dataclass
from typing import Final

import duckdb

from data.duck import DIALECT
from data.intake import values as v
from data.intake.errors import ColumnMissing, MappingWrong, did_you_mean, nearest
from data.intake.fields import CHOICES, DEFAULTS, DIMENSIONS, FIELDS, NUMBERED, ORDER, TABLES, Field
from data.intake.files import Staged
from data.intake.formats import Texts, decide
from data.intake.mapping import Column, Feed, Mapping

FIRST_DAY: Final = "1990-01-01"
LAST_DAY: Final = "2100-12-31"

_REJECTS: Final = (
    'CREATE TABLE rejects ("table" VARCHAR, _n BIGINT, source VARCHAR, "row" BIGINT, "column" VARCHAR, value VARCHAR, reason VARCHAR, '
    "money DECIMAL(18, 4))"
)


@dataclass(frozen=True, slots=True)
class Raw:
    """A feed as a SELECT of its texts, with ``_source`` and ``_row``; ``types`` are DuckDB's."""

    select: str
    label: str
    types: Map[str, str]
    semicolons: bool
    decimal: str | None = None
    dates: str | None = None


def typed(table: str) -> str:
    """The scratch table with the rows of a table: its columns and ``_n``, ``_source``, ``_row``."""
    return f"typed_{table}"


def read_feeds(connection: duckdb.DuckDBPyConnection, mapping: Mapping, staged: Map[str, Staged]) -> dict[str, frozenset[str]]:
    """Fill ``typed_…`` for every table of the star and ``rejects`` with what cannot be read.

    Returns the columns that are fed, for every table that is.
    """
    connection.execute(_REJECTS)
    ragged = [(r.source, r.row, r.column, r.value, r.reason) for s in staged.values() for r in s.ragged]
    if ragged:
        connection.executemany("INSERT INTO rejects VALUES ('', NULL, ?, ?, ?, ?, ?, NULL)", ragged)
    fed: dict[str, frozenset[str]] = {}
    for table in ORDER:
        _create_typed(connection, table)
        for feed in mapping.feeds:
            if feed.table == table:
                given = _take(connection, mapping, feed, staged)
                fed[table] = fed.get(table, frozenset()) | (given - {"_source", "_row"})
    return fed


def reject(connection: duckdb.DuckDBPyConnection, table: str, rows: str) -> int:
    """Move rows from a typed table to ``rejects``. ``rows`` selects ``_n, column, value, reason``; returns how many went."""
    money = "t.amount" if "amount" in TABLES[table].columns else "NULL"
    added = connection.execute(
        f"INSERT INTO rejects SELECT {v.text(table)}, t._n, t._source, t._row, b.c, b.x, b.why, {money} "
        f"FROM ({rows}) b(_n, c, x, why) JOIN {typed(table)} t USING (_n)"
    ).fetchone()
    if not (added and added[0]):
        return 0
    connection.execute(f'DELETE FROM {typed(table)} WHERE _n IN (SELECT _n FROM rejects WHERE "table" = {v.text(table)})')
    return int(added[0])


def _create_typed(connection: duckdb.DuckDBPyConnection, table: str) -> None:
    columns = ", ".join(f"{v.name(f.name)} {_sql_type(table, f)}" for f in FIELDS[table])
    unread = "".join(f", {_unread(f)} VARCHAR" for f in FIELDS[table] if f.kind != "text")
    connection.execute(f"CREATE TABLE {typed(table)} ({columns}, _n BIGINT, _source VARCHAR, _row BIGINT{unread})")


def _sql_type(table: str, f: Field) -> str:
    if f.pseudo:
        return {"day": "DATE", "whole": "INTEGER"}.get(f.kind, "VARCHAR")
    return str(TABLES[table].columns[f.name].type.compile(dialect=DIALECT))


def _unread(f: Field) -> str:
    """The column of a typed table that keeps the text that could not be read."""
    return v.name(f"_unread_{f.name}")


def _take(connection: duckdb.DuckDBPyConnection, mapping: Mapping, feed: Feed, staged: Map[str, Staged]) -> frozenset[str]:
    """Read one feed; returns the columns it gives. A SELECT or expression of the mapping may fail at any point of it."""
    try:
        raw = _raw(connection, mapping, feed, staged)
        _read_feed(connection, feed, raw)
    except duckdb.Error as problem:
        said = str(problem).strip().splitlines()
        raise MappingWrong(mapping.file, feed.label, f"the database says: {' '.join(line.strip() for line in said[:3])}") from None
    except ColumnMissing as problem:
        raise ColumnMissing(f"{mapping.file.name}, {feed.label}: {problem.file}", problem.asked, problem.columns) from None
    return frozenset(raw.types)


def _raw(connection: duckdb.DuckDBPyConnection, mapping: Mapping, feed: Feed, staged: Map[str, Staged]) -> Raw:
    if feed.select is not None:
        raw = _raw_select(connection, feed, staged)
    else:
        raw = _raw_columns(connection, mapping, feed, staged[str(feed.source)])
    allowed = [f.name for f in FIELDS[feed.table]]
    for column in raw.types:
        if column not in allowed and column not in ("_source", "_row"):
            near = did_you_mean(column, allowed)
            raise MappingWrong(
                mapping.file, feed.label, f"the SELECT gives a column {column!r}.{near} Columns of {feed.table} are {', '.join(allowed)}"
            )
    numbered = {n for t, n in DEFAULTS if t == feed.table} | {NUMBERED.get(feed.table, ("",))[0]}
    for f in FIELDS[feed.table]:
        if (f.required or (f.key and f.name not in numbered)) and f.name not in raw.types:
            raise MappingWrong(mapping.file, feed.label, f"the SELECT does not give {f.name}; name it with AS {f.name}")
    return raw


def _raw_select(connection: duckdb.DuckDBPyConnection, feed: Feed, staged: Map[str, Staged]) -> Raw:
    types = _describe(connection, str(feed.select))
    source = "_source" if "_source" in types else v.text(f"SELECT of {feed.label}")
    row = "_row" if "_row" in types else "row_number() OVER ()"
    columns = [c for c in types if c not in ("_source", "_row")]
    shown = ", ".join(f"{v.trimmed(v.name(c)) if types[c] == 'VARCHAR' else v.name(c)} AS {v.name(c)}" for c in columns)
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE selected AS SELECT {source} AS _source, {row} AS _row, {shown} FROM ({feed.select}) AS given"
    )
    semicolons = any(s.semicolons for s in staged.values())
    return Raw("SELECT * FROM selected", feed.label, types, semicolons)


def _raw_columns(connection: duckdb.DuckDBPyConnection, mapping: Mapping, feed: Feed, staged: Staged) -> Raw:
    table = v.name(staged.spec.alias)
    plain = ", ".join(f"{_expression(c, staged)} AS {v.name(n)}" for n, c in feed.columns)
    types = _describe(connection, f"SELECT {plain} FROM {table}")
    shown = ", ".join(
        f"{v.trimmed(_expression(c, staged)) if types[n] == 'VARCHAR' else _expression(c, staged)} AS {v.name(n)}" for n, c in feed.columns
    )
    select = f"SELECT _source, _row, {shown} FROM {table}"
    if _is_derived(mapping, feed):
        key = next(f.name for f in FIELDS[feed.table] if f.key)
        names = ", ".join(v.name(n) for n in types)
        select = (
            f"SELECT first._source, first._row, {names} FROM (SELECT min({{'_row': _row, '_source': _source}}) AS first, {names} "
            f"FROM ({select}) WHERE {v.name(key)} IS NOT NULL GROUP BY ALL) ORDER BY first"
        )
    return Raw(select, f"{staged.label}, {feed.label}", types, staged.semicolons, staged.spec.decimal, staged.spec.dates)


def _is_derived(mapping: Mapping, feed: Feed) -> bool:
    """Whether a dimension is read off the rows of a fact: then each of its members counts once, and none where there is none."""
    facts = [f for f in mapping.feeds if f.table not in DIMENSIONS]
    named = re.compile(rf"\b{re.escape(str(feed.source))}\b")
    return feed.table in DIMENSIONS and any(f.source == feed.source or named.search(f.select or "") for f in facts)


def _expression(column: Column, staged: Staged) -> str:
    if column.expression is not None:
        return f"({column.expression})"
    if column.value is not None:
        return v.text(column.value)
    missing: ColumnMissing | None = None
    for header in column.headers:
        try:
            return v.name(staged.column(header))
        except ColumnMissing as problem:
            missing = missing or problem
    assert missing is not None, "a column has a header, a value or an expression"
    raise missing


def _describe(connection: duckdb.DuckDBPyConnection, select: str) -> dict[str, str]:
    return {row[0]: row[1] for row in connection.execute(f"DESCRIBE {select}").fetchall()}


def _formats(connection: duckdb.DuckDBPyConnection, feed: Feed, raw: Raw) -> dict[str, str]:
    """How the number and day columns that come as text are written."""
    said = dict(feed.columns)
    kinds = {f.name: f.kind for f in FIELDS[feed.table] if raw.types.get(f.name) == "VARCHAR"}
    numbers = {c: said.get(c, Column()).decimal or feed.decimal or raw.decimal for c, kind in kinds.items() if kind in ("number", "whole")}
    days = {c: said.get(c, Column()).dates or feed.dates or raw.dates for c, kind in kinds.items() if kind == "day"}
    return decide(connection, Texts(raw.select, raw.label, numbers, days, raw.semicolons))


def _read_feed(connection: duckdb.DuckDBPyConnection, feed: Feed, raw: Raw) -> None:
    """Append a feed's rows to its typed table, and reject those that cannot be read or lack what is required."""
    table, fields = typed(feed.table), FIELDS[feed.table]
    formats = _formats(connection, feed, raw)
    columns, inner, outer = [], [], []
    for f in fields:
        if f.name in raw.types:
            how = formats.get(f.name, "")
            x, type_ = v.name(f.name), raw.types[f.name]
            value = v.parsed(x, f, decimal=how, dates=how) if type_ == "VARCHAR" else v.canonical(x, type_, f)
            inner.append(
                f"{value} AS {v.name('v_' + f.name)}, {x if type_ == 'VARCHAR' else v.as_text(x, type_)} AS {v.name('t_' + f.name)}"
            )
        columns.append(v.name(f.name))
        outer.append(_filled(feed.table, f, given=f.name in raw.types))
    kept = [f for f in fields if f.kind != "text" and f.name in raw.types]
    columns += ["_n", "_source", "_row", *(_unread(f) for f in kept)]
    texts = [f"CASE WHEN {v.name('v_' + f.name)} IS NULL THEN {v.name('t_' + f.name)} END" for f in kept]
    before = last_number(connection, feed.table)
    connection.execute(
        f"INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join([*outer, '_n', '_source', '_row', *texts])} FROM ("
        f"SELECT {before} + row_number() OVER () AS _n, _source, _row, {', '.join(inner)} FROM ({raw.select}))"
    )
    for f in fields:
        _reject_field(connection, feed.table, f, before=before, how=formats.get(f.name, ""), given=f in kept)


def _filled(table: str, f: Field, *, given: bool) -> str:
    """A column's value, or what stands for it where the source has none."""
    value, text = v.name(f"v_{f.name}"), v.name(f"t_{f.name}")
    number, group = NUMBERED.get(table, ("", ""))
    if f.name == "name":
        key = v.name(f"v_{next(k.name for k in FIELDS[table] if k.key)}")
        return f"coalesce({value}, {key})" if given else key
    if f.name == number and not given:
        return f"row_number() OVER (PARTITION BY {v.name('v_' + group)} ORDER BY _n)"
    default = DEFAULTS.get((table, f.name))
    if not given:
        return default or "NULL"
    return f"CASE WHEN {text} IS NULL THEN {default} ELSE {value} END" if default else value


def _reject_field(connection: duckdb.DuckDBPyConnection, table: str, f: Field, *, before: int, how: str, given: bool) -> None:
    x, column, rows = v.name(f.name), v.text(f.name), f"FROM {typed(table)} WHERE _n > {before}"
    if given:
        why = v.text(v.unreadable(f, decimal=how or ".", dates=how or "ymd"))
        refused = reject(connection, table, f"SELECT _n, {column}, {_unread(f)}, {why} {rows} AND {_unread(f)} IS NOT NULL AND {x} IS NULL")
        if refused and f.kind == "choice":
            _name_nearest(connection, table, f)
    if f.required or (f.key and (table, f.name) not in DEFAULTS):
        reject(connection, table, f"SELECT _n, {column}, NULL, 'is missing' {rows} AND {x} IS NULL")
    if f.kind == "day" and table != "rep_term":
        why = v.text(f"lies outside {FIRST_DAY} to {LAST_DAY}")
        outside = f"{x} NOT BETWEEN DATE '{FIRST_DAY}' AND DATE '{LAST_DAY}'"
        reject(connection, table, f"SELECT _n, {column}, {x}::VARCHAR, {why} {rows} AND {outside}")


def _name_nearest(connection: duckdb.DuckDBPyConnection, table: str, f: Field) -> None:
    """Add the nearest allowed spelling to the reason why a choice was refused."""
    at = f'"table" = {v.text(table)} AND "column" = {v.text(f.name)}'
    for (value,) in connection.execute(f"SELECT DISTINCT value FROM rejects WHERE {at} AND value IS NOT NULL LIMIT 100").fetchall():
        if near := nearest(value, CHOICES[f.name]):
            more = f"; the nearest is {near!r}"
            connection.execute(
                f"UPDATE rejects SET reason = reason || ? WHERE {at} AND value = ? AND NOT contains(reason, '; the nearest')", [more, value]
            )


def last_number(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    """The highest ``_n`` given so far, to rejected rows too."""
    row = connection.execute(
        f'SELECT coalesce(max(_n), 0) FROM (SELECT _n FROM {typed(table)} UNION ALL SELECT _n FROM rejects WHERE "table" = {v.text(table)})'
    ).fetchone()
    return int(row[0]) if row else 0
