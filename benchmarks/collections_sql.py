"""The ageing of receivables as an analyst would write it in SQL by hand, on the same store: the baseline.

One statement a split gives what the heatmap shows: one row a member with an amount by bucket, unapplied cash and what is overdue,
the worst first, and in one row what all that are not shown owe. A test holds the two together.
"""

from __future__ import annotations

from typing import Final

SPLITS: Final = ("region", "area", "rep", "customer", "segment", "category", "invoice_month")
EDGES: Final = (30, 60, 90, 180)
"""Days past due at which one bucket ends and the next begins."""
_CHANGES: Final = {"region": "region", "segment": "segment", "area": "rep", "rep": "rep"}
"""By split the rollup of changes, and of month ends, that knows it."""
_ORDERS: Final = {"customer": "overdue DESC", "invoice_month": "member DESC"}


LARGEST: Final = """
SELECT c.region_id, c.area_id, c.rep_id, customer_id, c.segment_id FROM balance_interval JOIN customer c USING (customer_id)
WHERE from_day <= $as_of AND to_day > $as_of GROUP BY ALL ORDER BY sum(balance) DESC LIMIT 1"""
"""The customer that owes most on a day: region, area, rep, customer, segment."""


def ageing(split: str) -> str:
    """Parameters: as_of; rows, of so many members each has a row; and for some base, the last month end up to as_of."""
    order = _ORDERS.get(split, "overdue / nullif(open, 0) DESC NULLS LAST")
    late = "".join(f" WHEN due_day >= $as_of - {edge} THEN {i}" for i, edge in enumerate(EDGES, start=1))
    names = [f"b{i}" for i in range(len(EDGES) + 2)]
    by_bucket = ", ".join(f"coalesce(sum(CASE WHEN bucket = {i} THEN amount END), 0) AS {name}" for i, name in enumerate(names))
    summed = ", ".join(f"sum({name})" for name in (*names, "unapplied", "overdue"))
    return f"""
WITH owed AS (
  SELECT member, CASE WHEN due_day >= $as_of THEN 0{late} ELSE {len(EDGES) + 1} END AS bucket, sum(balance) AS amount
  FROM ({_owed(split)}) GROUP BY ALL),
aged AS (
  SELECT member, {by_bucket}, sum(amount) AS open, coalesce(sum(CASE WHEN bucket > 0 THEN amount END), 0) AS overdue
  FROM owed GROUP BY member),
cash AS ({_cash(split)}),
every AS (
  SELECT coalesce(aged.member, cash.member) AS member, {", ".join(f"coalesce({name}, 0) AS {name}" for name in names)},
         coalesce(open, 0) AS open, -coalesce(cash.amount, 0) AS unapplied, coalesce(overdue, 0) AS overdue
  FROM aged FULL JOIN cash ON aged.member IS NOT DISTINCT FROM cash.member),
ranked AS (
  SELECT *, row_number() OVER (ORDER BY member IS NULL, {order}, member) AS rank, count(member) OVER () AS members
  FROM every WHERE {" OR ".join(f"{name} <> 0" for name in (*names, "unapplied"))}),
placed AS (SELECT *, member IS NOT NULL AND rank > $rows AND members > $rows + 1 AS is_rest FROM ranked)
SELECT CASE WHEN NOT is_rest THEN member END AS member, is_rest, count(*), {summed}
FROM placed GROUP BY 1, 2 ORDER BY min(rank)"""


def _owed(split: str) -> str:
    """What is open on the day by due day: member, due_day, balance."""
    if rollup := _CHANGES.get(split):
        kept = f"SELECT {split}_id AS member, due_day, balance FROM receivable"
        return f"""
    {kept}_month_{rollup} WHERE month_end = $base UNION ALL
    {kept}_day_{rollup} WHERE event_day > $base AND event_day <= $as_of"""
    stands = "from_day <= $as_of AND to_day > $as_of"
    if split == "invoice_month":
        return f"SELECT month AS member, due_day, balance FROM balance_interval JOIN calendar ON day = invoice_day WHERE {stands}"
    table = "category_interval" if split == "category" else "balance_interval"
    return f"SELECT {split}_id AS member, due_day, balance FROM {table} WHERE {stands}"


def _cash(split: str) -> str:
    """Unapplied cash by member; it has neither category nor invoice month."""
    key, table = {
        "customer": ("customer_id", "cash_event"),
        "segment": ("segment_id", "cash_event LEFT JOIN customer USING (customer_id)"),
        "category": ("CAST(NULL AS VARCHAR)", "cash_day"),
        "invoice_month": ("CAST(NULL AS DATE)", "cash_day"),
    }.get(split, (f"{split}_id", "cash_day"))
    return f"SELECT {key} AS member, sum(unapplied) AS amount FROM {table} WHERE event_day <= $as_of GROUP BY 1"
