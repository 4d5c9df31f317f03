"""Keys that stand more than once in a source: dimensions are merged, repeated facts count once, contradictory ones are refused."""

from __future__ import annotations

from data.intake import values as v
from data.intake.checked import Checked
from data.intake.feeds import reject, typed
from data.intake.fields import FIELDS, TABLES, keys


def repeats(checked: Checked, table: str) -> int:
    """Fill ``repeated`` with the rows whose key stands more than once; returns how many there are."""
    key = ", ".join(keys(table))
    checked.run(
        f"CREATE OR REPLACE TEMP TABLE repeated AS SELECT t.*, min(_n) OVER (PARTITION BY {key}) AS _first FROM {typed(table)} t "
        f"SEMI JOIN (SELECT {key} FROM {typed(table)} GROUP BY {key} HAVING count(*) > 1) USING ({key})"
    )
    return checked.count("repeated")


def merge(checked: Checked, table: str) -> None:
    """One row a key: of each column the first value that is given."""
    rows = repeats(checked, table)
    if not rows:
        return
    key = keys(table)[0]
    merged, differs = [], []
    for f in FIELDS[table]:
        x = f"nullif(name, {key})" if f.name == "name" else f.name
        first = f"first({x} ORDER BY _n) FILTER ({x} IS NOT NULL)"
        merged.append(f"coalesce({first}, {key}) AS name" if f.name == "name" else key if f.name == key else f"{first} AS {f.name}")
        differs.append(f"count(DISTINCT {x}) > 1")
    contradicted = checked.rows(f"SELECT {key} FROM repeated GROUP BY {key} HAVING {' OR '.join(differs)} ORDER BY min(_n)")
    if contradicted:
        checked.findings.notes.append(
            f"{len(contradicted)} {table} keys are described in more than one way, such as {contradicted[0][0]!r}; the first value was kept"
        )
    checked.run(f"DELETE FROM {typed(table)} WHERE _n IN (SELECT _n FROM repeated)")
    checked.run(
        f"INSERT INTO {typed(table)} BY NAME SELECT {', '.join(merged)}, min(_n) AS _n, arg_min(_source, _n) AS _source, "
        f"arg_min(_row, _n) AS _row FROM repeated GROUP BY {key}"
    )
    checked.findings.merged[table] += rows - checked.count(f"(SELECT DISTINCT {key} FROM repeated)")


def refuse_repeats(checked: Checked, table: str) -> None:
    """Rows that repeat one word for word count once; others of the same key are rejected."""
    if not repeats(checked, table):
        return
    same = " AND ".join(f"r.{f.name} IS NOT DISTINCT FROM o.{f.name}" for f in FIELDS[table])
    pairs = "repeated r JOIN repeated o ON o._n = r._first WHERE r._n <> r._first"
    money = "sum(r.amount)" if "amount" in TABLES[table].columns else "NULL"
    count, amount = checked.rows(f"SELECT count(*), {money} FROM {pairs} AND {same}")[0]
    if count:
        checked.findings.merged[table] += count
        checked.findings.add_money(table, -(amount or 0))
        checked.run(f"DELETE FROM {typed(table)} WHERE _n IN (SELECT r._n FROM {pairs} AND {same})")
    key = ", ".join(keys(table))
    shown = " || ', ' || ".join(f"coalesce(r.{k}::VARCHAR, '')" for k in keys(table))
    reject(
        checked.connection,
        table,
        f"SELECT r._n, {v.text(key)}, {shown}, 'stands already in row ' || o._row || ' of ' || o._source || ' with other values' "
        f"FROM {pairs} AND NOT ({same})",
    )
