"""Keys of other tables that a row names: known ones stay, unknown ones are added or refuse the row."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import pandas as pd
from rapidfuzz import fuzz, process

from data.intake import values as v
from data.intake.checked import Checked, stored
from data.intake.feeds import last_number, reject, typed
from data.intake.fields import keys

_NEAREST_FOR: Final = 200
"""Distinct unknown keys for which the nearest known one is looked up."""


def refer(checked: Checked, table: str, column: str, to: str, where: str = "true") -> None:
    """Every key that a row names is known, or is added where the mapping says so; else the row is rejected."""
    while True:
        bad = f"SELECT * FROM {typed(table)} t WHERE {where} AND {column} IS NOT NULL AND NOT EXISTS ({known(checked, to, f't.{column}')})"
        if to in checked.unknown:
            add(checked, to, column, bad)
        unknown = [row[0] for row in checked.rows(f"SELECT DISTINCT {column} FROM ({bad}) ORDER BY 1")]
        if not unknown:
            return
        frame = pd.DataFrame({"x": unknown, "why": list(reasons(checked, to, unknown))})
        checked.connection.register("reasons", frame)
        reject(checked.connection, table, f"SELECT b._n, {v.text(column)}, b.{column}, why FROM ({bad}) b JOIN reasons ON x = b.{column}")
        checked.connection.unregister("reasons")
        if table != to:
            return


def known(checked: Checked, to: str, x: str) -> str:
    key = keys(to)[0]
    return f"SELECT 1 FROM (SELECT {key} FROM {typed(to)} UNION ALL SELECT {key} FROM {stored(to)}) k WHERE k.{key} = {x}"


def add(checked: Checked, to: str, column: str, bad: str) -> None:
    key = keys(to)[0]
    region, needs = ("", "")
    if to == "area":
        if column != "area_id":
            return
        region, needs = ", min(region_id) AS region_id", " HAVING min(region_id) IS NOT NULL"
    before = last_number(checked.connection, to)
    count = checked.changed(
        f"INSERT INTO {typed(to)} BY NAME SELECT x AS {key}, x AS name, {before} + row_number() OVER (ORDER BY x) AS _n, "
        f"'[unknown]' AS _source, NULL AS _row {', region_id' if region else ''} FROM "
        f"(SELECT {column} AS x {region} FROM ({bad}) GROUP BY {column}{needs})"
    )
    checked.findings.made[to] += count
    if count:
        checked.added[to] += count


def reasons(checked: Checked, to: str, unknown: list[str]) -> Iterable[str]:
    key = keys(to)[0]
    known = [row[0] for row in checked.rows(f"SELECT {key} FROM {typed(to)} UNION SELECT {key} FROM {stored(to)} LIMIT 100000")]
    for index, asked in enumerate(unknown):
        found = process.extractOne(asked, known, scorer=fuzz.ratio, score_cutoff=50) if index < _NEAREST_FOR else None
        near = f"; the nearest is {found[0]!r}" if found else ""
        if to in checked.unknown:
            yield f"no {to} has this key, and none could be added: the row names no region for it"
        else:
            yield f"no {to} has this key{near}" if known else f"no {to} has this key: none are known"
