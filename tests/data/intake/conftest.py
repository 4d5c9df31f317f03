"""A folder with files, a mapping and a store, for imports in a few lines."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from data.duck import Compiled
from data.intake import Summary, import_source, load_mapping
from data.warehouse import Warehouse

COMPANY = '[company]\nname = "Acme"\ncurrency = "EUR"\nholidays = "none"\n'


@dataclass(frozen=True, slots=True)
class Source:
    """Files in ``folder``, imported into ``warehouse``."""

    folder: Path
    warehouse: Warehouse

    @property
    def rejects_file(self) -> Path:
        return self.folder / "rejects.csv"

    def write(self, name: str, content: str | bytes) -> Path:
        file = self.folder / name
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        return file

    def run(self, mapping: str, *, company: str = COMPANY, **options: Any) -> Summary:
        """Import through a mapping of this text."""
        file = self.write("mapping.toml", company + mapping)
        return import_source(self.warehouse, load_mapping(file), rejects_file=self.rejects_file, **options)

    def read(self, sql: str) -> list[tuple[Any, ...]]:
        return self.warehouse.reader().read(_Text(sql))

    def rejects(self) -> list[dict[str, str]]:
        with self.rejects_file.open(encoding="utf-8-sig", newline="") as opened:
            return list(csv.DictReader(opened))

    def table(self, summary: Summary, name: str) -> Any:
        return next(t for t in summary.tables if t.table == name)


class _Text(Compiled):
    """SQL written by hand, for twins."""

    __slots__ = ()

    def __init__(self, sql: str) -> None:
        self.text, self.names, self._values = sql, (), {}


@pytest.fixture
def source(tmp_path: Path) -> Source:
    return Source(tmp_path, Warehouse(tmp_path / "store"))
