"""Printing the answer to a question: as a table for people, as CSV or JSON for programs."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from commands import console
from layouts.format import Numbers
from metrics.catalog import MEASURES, TIMES
from metrics.query import Result
from metrics.snapshot import Snapshot


def show(result: Result, snapshot: Snapshot, *, style: console.Format, language: str) -> None:
    """Print the rows on stdout; what they rest on, and why a value is missing, beside them."""
    if style == "json":
        console.say(json.dumps(_document(result, snapshot, language), ensure_ascii=False, indent=1, default=str))
        return
    if style == "csv":
        _write_csv(result, language)
    else:
        _draw_table(result, snapshot, language)
    query = result.query
    console.note(f"{query.period.format()} as of {query.as_of}, data version {result.version}")
    for measure, why in result.missing.items():
        console.note(f"{measure} has no value: {why.code} {why.detail}".rstrip())


def show_sql(result: Result) -> None:
    """Print the statements that gave the answer."""
    console.say(";\n\n".join(result.sql) + ";")


def _draw_table(result: Result, snapshot: Snapshot, language: str) -> None:
    measures, by = result.query.measures, result.query.by
    numbers = Numbers(language=language, currency=snapshot.currency, unit="full", volume_name=snapshot.unit_name(language))
    rows = [
        (
            *(_name(result, dimension, row[dimension], language) for dimension in by),
            *(numbers.of(row[key], MEASURES[key].unit, signed=MEASURES[key].is_variance) for key in measures),
        )
        for row in result.rows
    ]
    console.table((*by, *measures), rows, numbers=measures)


def _write_csv(result: Result, language: str) -> None:
    # The exact values, members by identifier and by name; a missing value is an empty cell.
    writer = csv.writer(sys.stdout, lineterminator="\n")
    named = [n for n in result.query.by if n not in TIMES]
    writer.writerow((*result.query.by, *(f"{n}_name" for n in named), *result.query.measures))
    for row in result.rows:
        values = [_exact(row[key]) for key in result.query.measures]
        writer.writerow((*(row[n] for n in result.query.by), *(_name(result, n, row[n], language) for n in named), *values))


def _document(result: Result, snapshot: Snapshot, language: str) -> dict[str, Any]:
    query = result.query
    return {
        "period": {"name": query.period.format(), "first": query.period.first, "last": query.period.last},
        "as_of": query.as_of,
        "version": result.version,
        "currency": snapshot.currency,
        "rows": [dict(_fields(result, row, language)) for row in result.rows],
        "missing": {key: {"code": why.code, "detail": why.detail} for key, why in result.missing.items()},
    }


def _fields(result: Result, row: Any, language: str) -> Iterator[tuple[str, Any]]:
    for dimension in result.query.by:
        yield dimension, row[dimension]
        if dimension not in TIMES:
            yield f"{dimension}_name", _name(result, dimension, row[dimension], language)
    for key in result.query.measures:
        value = row[key]
        yield key, _exact(value)


def _name(result: Result, dimension: str, key: Any, language: str) -> str:
    return key.isoformat() if isinstance(key, date) else result.label(dimension, key, language)


def _exact(value: Any) -> Any:
    """A decimal without exponent and idle zeros: 120.5000 is 120.5, 1E+2 is 100."""
    if not isinstance(value, Decimal):
        return value
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
