"""Which decimal mark and which order of day, month and year the columns of a source use, from all of their values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import duckdb

from data.intake import values as v
from data.intake.errors import FormatUnclear

_DOT_DECIMAL: Final = r",.*\.|,.*,|^[^,]*\.\d{0,2}$|^[^,]*\.\d{4,}$|^\d{4,}\.\d+$|^0*\.\d+$"
_COMMA_DECIMAL: Final = r"\..*,|\..*\.|^[^.]*,\d{0,2}$|^[^.]*,\d{4,}$|^\d{4,},\d+$|^0*,\d+$"
_SHORT: Final = r"^(\d{1,2})[-/. ]+(\d{1,2})[-/. ]+(\d{2}|\d{4})(?:[ T].*)?$"


@dataclass(frozen=True, slots=True)
class Texts:
    """Columns of text that were written by the same hand: a SELECT that yields them, and how they are to be read if said."""

    select: str
    label: str
    numbers: Mapping[str, str | None]
    days: Mapping[str, str | None]
    semicolons: bool = False


def decide(connection: duckdb.DuckDBPyConnection, texts: Texts) -> dict[str, str]:
    """The decimal mark of every number column and the order of every day column.

    A column that does not tell is read like the others of its file. Raises ``FormatUnclear`` where none tells.
    """
    marks = {c: given or _decimal_mark(connection, texts, c) for c, given in texts.numbers.items()}
    orders = {c: given or _day_order(connection, texts, c) for c, given in texts.days.items()}
    told = {m for m in marks.values() if m in (".", ",")}
    for column, mark in marks.items():
        if mark == "?" and len(told) != 1 and texts.semicolons:
            raise FormatUnclear(
                f"{texts.label}: the numbers in column {column!r}, such as {_example(connection, texts, column)!r}, may have a decimal "
                f"mark or a thousands mark. Say which in the mapping: decimal = '.' or decimal = ','."
            )
        if mark in ("", "?"):
            marks[column] = next(iter(told)) if len(told) == 1 else "."
    known = {o for o in orders.values() if o in ("dmy", "mdy")}
    for column, order in orders.items():
        if order == "?":
            if len(known) != 1:
                raise FormatUnclear(
                    f"{texts.label}: the days in column {column!r}, such as {_example(connection, texts, column)!r}, may be written day "
                    f"first or month first. Say which in the mapping: dates = 'dmy' or dates = 'mdy'."
                )
            orders[column] = next(iter(known))
    return marks | {c: o or "ymd" for c, o in orders.items()}


def _decimal_mark(connection: duckdb.DuckDBPyConnection, texts: Texts, column: str) -> str:
    """ "." or ",", "?" if the values can be read both ways, "" if no value has a mark."""
    x = v.name(column)
    # The usual case first, with cheap functions: digits, at most one point, and somewhere not three digits after it.
    quick = connection.execute(
        f"SELECT count(*) FILTER (NOT regexp_full_match({x}, '[-+]?\\d*[.]?\\d*')), "
        f"count(*) FILTER (strpos({x}, '.') > 0), "
        f"count(*) FILTER (strpos({x}, '.') > 0 AND length({x}) - strpos({x}, '.') <> 3) FROM ({texts.select}) WHERE {x} IS NOT NULL"
    ).fetchone()
    assert quick is not None, "an aggregate without groups has one row"
    other, points, decisive = quick
    if not other:
        return "." if decisive else "?" if points else ""
    bare = f"ltrim({v.bare_number(x)}, '-+ ')"
    numeric = "regexp_full_match(b, '[0-9.,'' ]+([eE][-+]?[0-9]+)?') AND regexp_matches(b, '[.,]')"
    row = connection.execute(
        f"SELECT min(x) FILTER (regexp_matches(b, '{_DOT_DECIMAL}')), min(x) FILTER (regexp_matches(b, '{_COMMA_DECIMAL}')), count(*) "
        f"FROM (SELECT DISTINCT {x} AS x, {bare} AS b FROM ({texts.select}) WHERE {x} IS NOT NULL) WHERE {numeric}"
    ).fetchone()
    assert row is not None, "an aggregate without groups has one row"
    dot, comma, marked = row
    if dot is not None and comma is not None:
        raise FormatUnclear(
            f"{texts.label}: column {column!r} has both decimal points ({dot!r}) and decimal commas ({comma!r}). "
            f"Say in the mapping which it is, decimal = '.' or decimal = ','; the other rows are then rejected."
        )
    return "." if dot is not None else "," if comma is not None else "?" if marked else ""


def _day_order(connection: duckdb.DuckDBPyConnection, texts: Texts, column: str) -> str:
    """ "dmy" or "mdy", "?" if the values can be read both ways, "" if every value tells by itself."""
    x = v.name(column)
    row = connection.execute(
        f"SELECT count(*), min(x) FILTER (CAST(p.a AS INTEGER) > 12), min(x) FILTER (CAST(p.b AS INTEGER) > 12), "
        f"count(*) FILTER (strpos(x, '.') > 0), count(*) FILTER (p.a <> p.b) FROM ("
        f"SELECT x, regexp_extract(x, '{_SHORT}', ['a', 'b', 'c']) AS p FROM "
        f"(SELECT DISTINCT {v.half_width(x)} AS x FROM ({texts.select}) WHERE {x} IS NOT NULL)) WHERE p.a <> ''"
    ).fetchone()
    assert row is not None, "an aggregate without groups has one row"
    short, day_first, month_first, dotted, _ = row
    if not short:
        return ""
    if day_first is not None and month_first is not None:
        raise FormatUnclear(
            f"{texts.label}: column {column!r} has days written day first ({day_first!r}) and month first ({month_first!r}). "
            f"Say in the mapping which it is, dates = 'dmy' or dates = 'mdy'; the other rows are then rejected."
        )
    if day_first is not None:
        return "dmy"
    if month_first is not None:
        return "mdy"
    return "dmy" if dotted == short else "?"


def _example(connection: duckdb.DuckDBPyConnection, texts: Texts, column: str) -> str:
    row = connection.execute(f"SELECT max({v.name(column)}) FROM ({texts.select})").fetchone()
    return str(row[0]) if row else ""
