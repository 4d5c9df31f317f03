"""What a store must look like for this release: a fingerprint of its tables and of what is derived in them, and how an older
store's own tables are completed.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from hashlib import sha256

import duckdb
import sqlalchemy as sa

from data import phasing, rollups
from data import schema as s
from data.duck import DIALECT, create_tables, literal_sql
from data.errors import StoreOutdated

_LENGTH = 16
"""Signs of a fingerprint."""


@cache
def shape() -> str:
    """The same for two releases whose stores can stand for each other. Worked out from the code, so that nobody can forget it."""
    return sha256("\n".join(_statements()).encode()).hexdigest()[:_LENGTH]


def _statements() -> Iterator[str]:
    for table in (*s.FACTS.sorted_tables, *s.PLAN.sorted_tables):
        yield str(sa.schema.CreateTable(table).compile(dialect=DIALECT))
    for statement in (*rollups.statements(), *phasing.statements()):
        yield literal_sql(statement)


def complete(connection: duckdb.DuckDBPyConnection) -> None:
    """Give the tables of facts and targets what this release added to them: tables, and columns that may be empty or have a default.

    Raises ``StoreOutdated`` for a column that must have values, which only the source knows.
    """
    create_tables(connection, s.SOURCES)
    for table in s.SOURCES:
        there = {row[0] for row in connection.execute(f"DESCRIBE {table.fullname}").fetchall()}
        for column in table.columns:
            if column.name in there:
                continue
            if not column.nullable and column.server_default is None:
                raise StoreOutdated(table.fullname, column.name)
            default = f" DEFAULT {column.server_default.arg}" if isinstance(column.server_default, sa.DefaultClause) else ""
            kind = column.type.compile(dialect=DIALECT)
            connection.execute(f"ALTER TABLE {table.fullname} ADD COLUMN {column.name} {kind}{default}")
