"""Typed rows while the rules are applied to them: what every rule reads, counts and writes through."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import duckdb

from data.intake.feeds import typed
from data.intake.fields import TABLES, keys
from data.schema import PLAN


@dataclass(slots=True)
class Findings:
    """What the rules found besides rejected rows: rows made or merged by table, their money, and notes for the summary."""

    made: Counter[str] = field(default_factory=Counter)
    merged: Counter[str] = field(default_factory=Counter)
    money: dict[str, Decimal] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def add_money(self, table: str, amount: Any) -> None:
        self.money[table] = self.money.get(table, Decimal(0)) + (amount or 0)


@dataclass(slots=True)
class Checked:
    """The scratch database with ``facts`` and ``plan`` attached: the current version, or empty tables of the same form.

    ``unknown``: tables to which unknown keys are added. ``fed``: tables that the mapping feeds.
    """

    connection: duckdb.DuckDBPyConnection
    unknown: tuple[str, ...]
    fed: Container[str]
    added: Counter[str] = field(default_factory=Counter)
    findings: Findings = field(default_factory=Findings)

    def run(self, statement: str) -> None:
        self.connection.execute(statement)

    def rows(self, select: str) -> list[tuple[Any, ...]]:
        return self.connection.execute(select).fetchall()

    def count(self, table: str) -> int:
        return int(self.rows(f"SELECT count(*) FROM {table}")[0][0])

    def changed(self, statement: str) -> int:
        """How many rows the statement wrote."""
        row = self.connection.execute(statement).fetchone()
        return int(row[0]) if row else 0

    def merged(self, table: str) -> str:
        """The rows that the table will hold: those of the source, and those of the store whose key the source does not name."""
        columns = ", ".join(c.name for c in TABLES[table].columns)
        # An invoice's instalments are given whole.
        key = "invoice_id" if table == "instalment" else ", ".join(keys(table))
        return (
            f"SELECT {columns} FROM {typed(table)} UNION ALL SELECT {columns} FROM {stored(table)} ANTI JOIN {typed(table)} USING ({key})"
        )


def stored(table: str) -> str:
    """The table in the current version."""
    return f"plan.main.{table}" if TABLES[table].metadata is PLAN else f"facts.main.{table}"
