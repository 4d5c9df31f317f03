"""An empty star in memory, for properties that try many small companies."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb
import pytest
import sqlalchemy as sa

from data import schema
from data.duck import create_tables


@dataclass(frozen=True, slots=True)
class Star:
    """The tables of a draft, in memory."""

    connection: duckdb.DuckDBPyConnection

    def fill(self, table: sa.Table, rows: Sequence[Mapping[str, Any]]) -> None:
        """Put these rows in the place of all the table has; columns that a row leaves out are empty."""
        self.connection.execute(f"DELETE FROM {table}")
        if rows:
            marks = ", ".join("?" for _ in table.columns)
            values = [[row.get(c.name) for c in table.columns] for row in rows]
            self.connection.executemany(f"INSERT INTO {table} VALUES ({marks})", values)

    def rows(self, sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
        return self.connection.execute(sql, parameters).fetchall()

    def one(self, sql: str, *parameters: Any) -> Any:
        return self.rows(sql, *parameters)[0][0]


@pytest.fixture(scope="module")
def star() -> Iterator[Star]:
    connection = duckdb.connect()
    connection.execute("ATTACH ':memory:' AS facts")
    connection.execute("ATTACH ':memory:' AS plan")
    connection.execute("USE facts")
    create_tables(connection, (*schema.FACTS.sorted_tables, *schema.PLAN.sorted_tables))
    yield Star(connection)
    connection.close()
