"""What an import did, or would do: rows and money by table, and what the importer should know besides."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from data.warehouse import Version


@dataclass(frozen=True, slots=True)
class TableSummary:
    """Rows of one table: ``read`` = new + changed + unchanged + rejected + merged.

    ``merged`` rows repeat another row of the source. ``money_in`` is the sum of the rows that came in, ``money_store`` that
    of the same keys in the store afterwards (in a dry run: in what would be written); both None for a table without money.
    """

    table: str
    read: int
    new: int
    changed: int
    unchanged: int
    rejected: int
    merged: int
    money_in: Decimal | None
    money_store: Decimal | None


@dataclass(frozen=True, slots=True)
class Summary:
    """``version`` is None in a dry run, and where nothing differs from the current version."""

    name: str
    tables: tuple[TableSummary, ...]
    rejected: int
    rejects_file: Path | None
    notes: tuple[str, ...]
    dry_run: bool
    version: Version | None

    @property
    def changes(self) -> int:
        return sum(t.new + t.changed for t in self.tables)

    def lines(self) -> tuple[str, ...]:
        """The closing lines for a terminal."""
        heads = ("table", "read", "new", "changed", "unchanged", "rejected", "merged", "money in", "money in store")
        rows = [heads, *(_row(t) for t in self.tables)]
        widths = [max(len(row[i]) for row in rows) for i in range(len(heads))]
        table = ["  ".join(c.ljust(w) if i == 0 else c.rjust(w) for i, (c, w) in enumerate(zip(row, widths, strict=True))) for row in rows]
        notes = [f"Note: {note}." for note in self.notes]
        rejected = [f"{self.rejected} rows rejected: see {self.rejects_file}."] if self.rejected else []
        return (*(line.rstrip() for line in table), *notes, *rejected, self._outcome())

    def text(self) -> str:
        return "\n".join(self.lines())

    def _outcome(self) -> str:
        if self.version:
            return f"{self.name}: published as version {self.version.number}."
        if self.dry_run:
            return f"{self.name}: dry run, nothing was published."
        return f"{self.name}: the store holds all of this already; nothing was published."


def _row(t: TableSummary) -> tuple[str, ...]:
    counts = (t.read, t.new, t.changed, t.unchanged, t.rejected, t.merged)
    money = (t.money_in, t.money_store)
    return t.table, *(f"{n:,}" for n in counts), *("" if m is None else f"{m:,.2f}" for m in money)
