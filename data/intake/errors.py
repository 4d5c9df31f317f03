"""What can be wrong with a source, in words for the person who imports it.

IntakeError
├── MappingWrong      the mapping file says something it cannot mean
├── FileUnreadable    a file is missing, empty, or not what its mapping says
├── ColumnMissing     a file has no such column, or has it twice
├── FormatUnclear     dates or numbers that can be read in two ways
├── RowsRejected      more rows were rejected than allowed; nothing was published
├── CompanyDiffers    the store holds another company
├── MoneyLost         the money that came in is not the money in the draft; nothing was published
└── StoreMoved        another import published in between
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from rapidfuzz import fuzz, process

from data.errors import IntakeError

if TYPE_CHECKING:
    from data.intake.summary import Summary


def nearest(asked: str, allowed: Iterable[str]) -> str | None:
    """The allowed name most like the one asked for, if any is alike at all."""
    found = process.extractOne(asked.casefold(), list(allowed), scorer=fuzz.WRatio, processor=str.casefold, score_cutoff=60)
    return found[0] if found else None


def did_you_mean(asked: str, allowed: Iterable[str]) -> str:
    near = nearest(asked, allowed)
    return f" Did you mean {near!r}?" if near else ""


class MappingWrong(IntakeError):
    def __init__(self, file: Path, where: str, problem: str) -> None:
        super().__init__(f"{file}, {where}: {problem}")


class FileUnreadable(IntakeError):
    def __init__(self, file: Path, problem: str) -> None:
        super().__init__(f"{file}: {problem}")


class ColumnMissing(IntakeError):
    def __init__(self, file: str, asked: str, columns: Iterable[str]) -> None:
        self.file, self.asked, self.columns = file, asked, tuple(columns)
        names = self.columns
        listed = ", ".join(repr(n) for n in names[:30]) + (f" and {len(names) - 30} more" if len(names) > 30 else "")
        super().__init__(f"{file} has no column {asked!r}.{did_you_mean(asked, names)} It has {listed}.")


class FormatUnclear(IntakeError):
    pass


class RowsRejected(IntakeError):
    """``summary`` tells what the import would have done."""

    def __init__(self, summary: Summary, *, allowed: int, examples: Iterable[str]) -> None:
        self.summary = summary
        some = "".join(f"\n  {e}" for e in examples)
        super().__init__(
            f"Nothing was published: {summary.rejected} rejected rows, allowed are {allowed}. For example:{some}\n"
            f"All of them are in {summary.rejects_file}. Correct the source, or accept the loss with --allow-rejects {summary.rejected}."
        )


class CompanyDiffers(IntakeError):
    def __init__(self, *, mapped: str, stored: str) -> None:
        super().__init__(
            f"The mapping is for the company {mapped!r}, but the store holds {stored!r}; the two are not mixed. "
            f"Keep them apart with another data folder (WULIANG_DATA_DIR=…), or let the new one take the place of the old with --replace."
        )


class MoneyLost(IntakeError):
    def __init__(self, table: str, *, came: object, stored: object) -> None:
        super().__init__(f"Not published: the {table} rows that came in add up to {came}, in the draft to {stored}. Please report this.")


class StoreMoved(IntakeError):
    def __init__(self) -> None:
        super().__init__("Another import published while this one was being checked. Run it again; nothing was changed.")
