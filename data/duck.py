"""SQLAlchemy statements for DuckDB, without SQLAlchemy's engine: the driver's own cursor is far faster on small results."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import duckdb
import sqlalchemy as sa
from duckdb_sqlalchemy import Dialect

DIALECT: Final = Dialect(paramstyle="numeric_dollar")
_LITERAL: Final = {"literal_binds": True}


class ListOf(sa.types.UserDefinedType[list[Any]]):
    """A list of values of one type, as one parameter."""

    cache_ok = True

    def __init__(self, item: sa.types.TypeEngine[Any]) -> None:
        self.item = item

    def get_col_spec(self, **_: Any) -> str:
        return f"{self.item.compile(dialect=DIALECT)}[]"

    def literal_processor(self, dialect: sa.Dialect) -> Any:
        def written(values: Sequence[Any]) -> str:
            return "[" + ", ".join(str(sa.literal(v, self.item).compile(dialect=DIALECT, compile_kwargs=_LITERAL)) for v in values) + "]"

        return written


def unnested(name: str, columns: Mapping[str, sa.types.TypeEngine[Any]]) -> sa.Subquery:
    """A table out of parameters: a list of as many values for each column, called ``name_column``."""
    lists = {column: sa.cast(sa.bindparam(f"{name}_{column}", type_=ListOf(item)), ListOf(item)) for column, item in columns.items()}
    parts = (sa.func.unnest(values, type_=columns[column]).label(column) for column, values in lists.items())
    return sa.select(*parts).subquery(name)


class Compiled:
    """A statement as text with numbered parameters, and the names that fill them in order."""

    __slots__ = ("_values", "names", "text")

    def __init__(self, statement: sa.ClauseElement) -> None:
        compiled = statement.compile(dialect=DIALECT, compile_kwargs={"render_postcompile": True})
        self.text = str(compiled)
        self.names: tuple[str, ...] = tuple(getattr(compiled, "positiontup", None) or ())
        self._values: dict[str, Any] = dict(compiled.params)

    def values(self, parameters: Mapping[str, Any]) -> list[Any]:
        return [parameters.get(name, self._values.get(name)) for name in self.names]


def literal_sql(statement: sa.ClauseElement) -> str:
    """The statement as one text with its values written in: to show to people, never to run."""
    return str(statement.compile(dialect=DIALECT, compile_kwargs=_LITERAL))


def create_tables(connection: duckdb.DuckDBPyConnection, tables: Sequence[sa.Table]) -> None:
    """Create tables without key constraints: DuckDB's key indexes slow bulk writes, so ``rollups.check`` holds the keys."""
    for table in tables:
        columns = [sa.Column(c.name, c.type, nullable=c.nullable) for c in table.columns]
        bare = sa.Table(table.name, sa.MetaData(), *columns, schema=table.schema)
        connection.execute(str(sa.schema.CreateTable(bare, if_not_exists=True).compile(dialect=DIALECT)))
