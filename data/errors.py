"""What can go wrong in the stores and sources, in words for the person who meets it.

DataError
├── StoreEmpty       nothing was published yet
├── StoreDamaged     a file of the store is missing or cannot be read
├── StoreBusy        another process is writing
├── StoreOutdated    a store of an older release lacks what only its source knows
├── VersionUnknown   no version of that number is kept
├── VersionInUse     the current version cannot be dropped
├── CheckFailed      a draft contradicts itself and is not published
├── EntryRefused     an entry about a customer lacks something (see data.entries)
├── WrittenSince     somebody else wrote about the customer meanwhile
├── WallRefused      a wall lacks something (see data.walls)
├── WallChanged      somebody else changed the wall meanwhile
├── DeviceRefused    a screen cannot be paired or changed (see data.devices)
└── IntakeError      a source cannot be read or mapped (see data.intake)
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path


class DataError(Exception):
    """Base of all errors of the stores and sources that a person can do something about."""


class StoreEmpty(DataError):
    def __init__(self, folder: Path) -> None:
        super().__init__(f"No data in {folder} yet. Run `python app.py demo` or `python app.py import MAPPING`.")


class StoreDamaged(DataError):
    def __init__(self, file: Path, problem: object) -> None:
        reason = str(problem).strip().partition("\n")[0].rstrip(".")
        super().__init__(f"{file} cannot be read: {reason}. Put the data folder back from a copy, or name another with WULIANG_DATA_DIR.")


class StoreBusy(DataError):
    def __init__(self, folder: Path) -> None:
        super().__init__(f"Another process is writing to {folder}. Wait for it to finish, then run this again.")


class StoreOutdated(DataError):
    def __init__(self, table: str, column: str) -> None:
        super().__init__(
            f"The store was written by an older release and its table {table} has no {column}, which cannot be worked out from the "
            "rest. Import the source again: `python app.py import MAPPING --replace`, or `python app.py demo` for the demo company."
        )


class VersionUnknown(DataError):
    def __init__(self, number: int, kept: Sequence[int]) -> None:
        listed = ", ".join(map(str, kept[-10:])) or "none"
        super().__init__(f"There is no version {number}. Kept versions: {listed}. `python app.py versions` lists them all.")


class VersionInUse(DataError):
    def __init__(self, number: int) -> None:
        super().__init__(f"Version {number} is the current one and cannot be dropped. Publish another first.")


class CheckFailed(DataError):
    def __init__(self, table: str, problem: str) -> None:
        super().__init__(f"Not published: {table}: {problem}.")


class IntakeError(DataError):
    """A source that cannot be read or mapped; the message says which, where and what to do."""
