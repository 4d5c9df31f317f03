"""Spans of days that one owner may not have twice: targets and the terms of reps."""

from __future__ import annotations

from typing import Any

import pandas as pd

from data.intake.checked import Checked, stored
from data.intake.feeds import reject, typed
from data.intake.fields import keys
from data.intake.references import refer
from data.intake.repeats import refuse_repeats


def targets(checked: Checked, table: str) -> None:
    t = typed(table)
    checked.run(f"UPDATE {t} SET owner_id = '' WHERE owner_kind = 'company' AND owner_id <> ''")
    reject(checked.connection, table, f"SELECT _n, 'owner_id', NULL, 'is missing' FROM {t} WHERE owner_kind <> 'company' AND owner_id = ''")
    for kind in ("region", "area", "rep"):
        refer(checked, table, "owner_id", kind, f"owner_kind = '{kind}'")
    refer(checked, table, "category_id", "category", "category_id <> ''")
    refuse_repeats(checked, table)
    refuse_reversed(checked, table)
    refuse_overlaps(checked, table, ("owner_kind", "owner_id", "measure", "category_id"), "the approved target", "status = 'approved'")


def refuse_reversed(checked: Checked, table: str) -> None:
    reject(
        checked.connection,
        table,
        f"SELECT _n, 'last_day', last_day::VARCHAR, 'is before the first day ' || first_day FROM {typed(table)} WHERE last_day < first_day",
    )


def refuse_overlaps(checked: Checked, table: str, owner: tuple[str, ...], what: str, where: str = "true") -> None:
    """Spans of one owner do not overlap: what the store holds stays, then the row that comes first in the source."""
    named = ", ".join(owner)
    key = ", ".join(keys(table))
    spans = (
        f"SELECT {named}, first_day, last_day, _n, _source, _row FROM {typed(table)} WHERE {where} UNION ALL "
        f"SELECT {named}, first_day, last_day, NULL, NULL, NULL FROM {stored(table)} ANTI JOIN {typed(table)} USING ({key}) WHERE {where}"
    )
    before = f"max(last_day) OVER (PARTITION BY {named} ORDER BY first_day, last_day ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)"
    rows = checked.rows(
        f"WITH spans AS ({spans}), torn AS (SELECT DISTINCT {named} FROM (SELECT {named}, first_day, {before} AS before FROM spans) "
        f"WHERE before >= first_day) SELECT {named}, first_day, last_day, _n, _source, _row FROM spans SEMI JOIN torn USING ({named}) "
        f"ORDER BY {named}, _n NULLS FIRST"
    )
    taken: dict[tuple[Any, ...], list[tuple[Any, ...]]] = {}
    refused = []
    for *group, first, last, n, source, row in rows:
        spans_taken = taken.setdefault(tuple(group), [])
        other = next((s for s in spans_taken if s[0] <= last and first <= s[1]), None)
        if other and n is not None:
            at = f"row {other[3]} of {other[2]}" if other[2] else "the store"
            refused.append((n, f"the span from {first} to {last} overlaps {what} from {other[0]} to {other[1]} in {at}"))
        else:
            spans_taken.append((first, last, source, row))
    if refused:
        checked.connection.register("refused", pd.DataFrame(refused, columns=["n", "why"]))
        reject(checked.connection, table, f"SELECT _n, 'first_day', first_day::VARCHAR, why FROM refused JOIN {typed(table)} ON n = _n")
        checked.connection.unregister("refused")
