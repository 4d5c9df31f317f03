"""The rules that rows must keep among themselves and with what the store holds; docs/intake.md tells them to the importer."""

from __future__ import annotations

from collections.abc import Callable, Container
from typing import Final

import duckdb

from data.intake.bills import instalments, payments
from data.intake.booking import book, fill_region, make_terms, terms
from data.intake.checked import Checked, Findings
from data.intake.feeds import typed
from data.intake.fields import DIMENSIONS, FIELDS, ORDER
from data.intake.references import refer
from data.intake.repeats import merge, refuse_repeats
from data.intake.spans import targets

_OWN: Final[dict[str, Callable[[Checked, str], None]]] = {
    "rep": fill_region,
    "rep_term": terms,
    "customer": fill_region,
    "order_line": book,
    "invoice": book,
    "instalment": instalments,
    "payment": payments,
    "activity": book,
    "target": targets,
}
"""What a table's rows must keep beyond unique keys and known references."""


def apply_rules(
    connection: duckdb.DuckDBPyConnection,
    unknown: tuple[str, ...],
    *,
    fed: Container[str],
    progress: Callable[[str], None] = lambda table: None,
) -> Findings:
    """Check every typed table in turn; rows that break a rule move to ``rejects``."""
    checked = Checked(connection, unknown, fed)
    for table in ORDER:
        if checked.count(typed(table)):
            progress(table)
        _check(checked, table)
    for table, count in checked.added.items():
        checked.findings.notes.append(f"{count} unknown {table} keys were added, as [unknown] {table} = 'add' says")
    return checked.findings


def _check(checked: Checked, table: str) -> None:
    if table == "rep_term":
        make_terms(checked)
    if not checked.count(typed(table)) and table != "instalment":
        return
    if table in DIMENSIONS and table != "rep_term":
        merge(checked, table)
    else:
        refuse_repeats(checked, table)
    for f in FIELDS[table]:
        if f.reference and not (table == "target" and f.name == "category_id"):  # "" is all categories
            refer(checked, table, f.name, f.reference)
    if table in _OWN:
        _OWN[table](checked, table)
