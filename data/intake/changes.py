"""Typed rows against the current version: what is new, what differs, and the same applied to a draft."""

from __future__ import annotations

from collections.abc import Mapping as Map
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

import duckdb

from data.intake import values as v
from data.intake.checked import stored
from data.intake.errors import MoneyLost
from data.intake.feeds import typed
from data.intake.fields import DIMENSIONS, ORDER, TABLES, keys
from data.schema import FACT_DAYS, PLAN
from data.warehouse import Draft

_FOLLOW: Final = {
    "rep_id": {"region_id", "area_id"},
    "area_id": {"region_id"},
    "invoice_id": {"customer_id", "region_id", "area_id", "rep_id"},
}
"""Columns that the rules fill from another one, so that they count as given where that one is."""


@dataclass(frozen=True, slots=True)
class TableChanges:
    new: int
    changed: int
    unchanged: int
    money: Decimal | None


def compare(connection: duckdb.DuckDBPyConnection, fed: Map[str, frozenset[str]]) -> dict[str, TableChanges]:
    """Fill ``ready_…`` with the rows to be stored and their state: new, changed or unchanged.

    A column that no feed gives keeps what the store has.
    """
    found = {}
    for table in ORDER:
        connection.execute(f"CREATE OR REPLACE TABLE {ready(table)} AS {_ready_rows(table, fed)}")
        if table == "instalment":
            _whole_invoices(connection)
        money = "sum(amount)" if "amount" in TABLES[table].columns else "NULL"
        states = [f"count(*) FILTER (_state = '{s}')" for s in ("new", "changed", "unchanged")]
        row = connection.execute(f"SELECT {', '.join(states)}, {money} FROM {ready(table)}").fetchone()
        assert row is not None, "an aggregate without groups has one row"
        if sum(row[:3]):
            found[table] = TableChanges(*row)
    return found


def ready(table: str) -> str:
    return f"ready_{table}"


def _ready_rows(table: str, fed: Map[str, frozenset[str]]) -> str:
    own = keys(table)
    columns = [c.name for c in TABLES[table].columns]
    given = _given(table, fed)
    new = f"s.{own[0]} IS NULL"
    shown, differs = [], []
    for c in columns:
        if c in own or c in given:
            shown.append(f"t.{c}")
        else:
            shown.append(f"CASE WHEN {new} THEN t.{c} ELSE s.{c} END AS {c}")
        if c not in own and c in given:
            differs.append(f"t.{c} IS DISTINCT FROM s.{c}")
    state = f"CASE WHEN {new} THEN 'new' WHEN {' OR '.join(differs) or 'false'} THEN 'changed' ELSE 'unchanged' END AS _state"
    same = " AND ".join(f"s.{k} = t.{k}" for k in own)
    return f"SELECT {', '.join(shown)}, {state} FROM {typed(table)} t LEFT JOIN {stored(table)} s ON {same}"


def _given(table: str, fed: Map[str, frozenset[str]]) -> frozenset[str]:
    """The columns that the source speaks about."""
    columns = frozenset(c.name for c in TABLES[table].columns)
    if table in ("instalment", "rep_term") and table not in fed:
        return columns  # made by the rules
    given = set(fed.get(table, ()))
    if table not in DIMENSIONS or table in ("rep_term", "customer"):
        for column, follow in _FOLLOW.items():
            if column in given and (column != "invoice_id" or table == "payment"):
                given |= follow
    return frozenset(given & columns)


def _whole_invoices(connection: duckdb.DuckDBPyConnection) -> None:
    """An invoice's instalments are stored whole: if one differs, or one is gone, all of that invoice are written again."""
    kept = f"(SELECT invoice_id, count(*) AS n FROM {stored('instalment')} GROUP BY invoice_id)"
    came = f"(SELECT invoice_id, count(*) AS n, bool_or(_state <> 'unchanged') AS differs FROM {ready('instalment')} GROUP BY invoice_id)"
    connection.execute(
        f"UPDATE {ready('instalment')} SET _state = 'changed' WHERE _state = 'unchanged' AND invoice_id IN "
        f"(SELECT invoice_id FROM {came} c JOIN {kept} k USING (invoice_id) WHERE c.differs OR c.n <> k.n)"
    )


def apply(draft: Draft, scratch: str, changes: Map[str, TableChanges]) -> dict[str, Decimal]:
    """Write the changed rows of the scratch file into the draft; returns the money of the source's keys in the draft.

    Raises ``MoneyLost`` if that is not what came in.
    """
    connection = draft.connection
    connection.execute(f"ATTACH {v.text(scratch)} AS scratch (READ_ONLY)")
    stored_money: dict[str, Decimal] = {}
    for table, change in changes.items():
        here = f"plan.{table}" if TABLES[table].metadata is PLAN else f"facts.{table}"
        rows = f"scratch.{ready(table)}"
        columns = ", ".join(c.name for c in TABLES[table].columns)
        key = ("invoice_id",) if table == "instalment" else keys(table)
        same = " AND ".join(f"r.{k} = t.{k}" for k in key)
        order = f" ORDER BY {FACT_DAYS[table].name}" if table in FACT_DAYS else ""
        if change.new or change.changed:
            if change.changed:
                connection.execute(f"DELETE FROM {here} t USING {rows} r WHERE r._state <> 'unchanged' AND {same}")
            connection.execute(f"INSERT INTO {here} ({columns}) SELECT {columns} FROM {rows} WHERE _state <> 'unchanged'{order}")
        if change.money is not None:
            row: tuple[Any, ...] | None = connection.execute(
                f"SELECT sum(t.amount) FROM {here} t SEMI JOIN {rows} r ON {' AND '.join(f'r.{k} = t.{k}' for k in keys(table))}"
            ).fetchone()
            stored_money[table] = row[0] if row else Decimal(0)
            if stored_money[table] != change.money:
                raise MoneyLost(table, came=change.money, stored=stored_money[table])
    connection.execute("DETACH scratch")
    return stored_money
