"""Files of a source to a published version: ``load_mapping``, ``import_source``; ``suggest`` drafts a mapping.

files -> feeds -> rules -> changes -> version: each step is a module of its name, and every step after the first is SQL in a
scratch database, so that an import leaves the store alone until it publishes.
"""

from data.errors import IntakeError
from data.intake.errors import (
    ColumnMissing,
    CompanyDiffers,
    FileUnreadable,
    FormatUnclear,
    MappingWrong,
    MoneyLost,
    RowsRejected,
    StoreMoved,
)
from data.intake.mapping import Mapping, load_mapping
from data.intake.run import import_source
from data.intake.suggest import suggest
from data.intake.summary import Summary, TableSummary

__all__ = [
    "ColumnMissing",
    "CompanyDiffers",
    "FileUnreadable",
    "FormatUnclear",
    "IntakeError",
    "Mapping",
    "MappingWrong",
    "MoneyLost",
    "RowsRejected",
    "StoreMoved",
    "Summary",
    "TableSummary",
    "import_source",
    "load_mapping",
    "suggest",
]
