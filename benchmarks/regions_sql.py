"""The Regions page's figures as an analyst would write them in SQL by hand, on the same store: the baseline.

One statement a panel: the five measures, the members below, the causes of the gap of the place and of each member below, how
many there are of each kind, at a customer the documents. Where the period will land and which driver is named first are left
out, so the baseline does less than the page. A test holds the two together.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from benchmarks.overview_sql import kpis

LEVELS: Final = ("company", "region", "area", "rep", "customer")
_SALES: Final = ("sales_day_region", "sales_day_region", "sales_day_area", "sales_day_rep", "sales_day_customer")
_COLLECTED: Final = ("collected_day_region", "collected_day_region", "collected_day_rep", "collected_day_rep", "payment")
"""What is read for a place of each level."""
_IN_EITHER: Final = "(order_day BETWEEN $first AND $cut OR order_day BETWEEN $py_first AND $py_cut)"
_NOW_AND_BEFORE: Final = ", ".join(
    f"coalesce(sum(CASE WHEN order_day {window} THEN {column} END), 0) AS {column[0]}{i}"
    for i, window in ((1, ">= $first"), (0, "<= $py_cut"))
    for column in ("amount", "volume")
)
_SUMMED: Final = "sum(a1) AS a1, sum(v1) AS v1, sum(a0) AS a0, sum(v0) AS v0"


def statements(level: str) -> Mapping[str, str]:
    """By panel, with the days and the members from the region down to the place as parameters."""
    depth = LEVELS.index(level)
    where = within(level)
    counts = {f"count {name}": _count(name, where) for name in LEVELS[depth + 1 :]} | {"count product": _count("product", where)}
    if level == "customer":
        return {"standing": _against_last_year("''", where), "bridge": bridge(where), **_documents(where), **counts}
    child = f"{LEVELS[depth + 1]}_id"
    members = _against_last_year(child, where) if level == "rep" else _members(child, depth, where)
    causes = bridge(where, planned=True, child="" if level == "rep" else child)
    return {"standing": kpis(_SALES[depth], _COLLECTED[depth], where), "members": members, "bridge": causes, **counts}


def within(level: str) -> str:
    """The condition of a place of a level."""
    return " AND ".join(("true", *(f"{name}_id = ${name}" for name in LEVELS[1 : LEVELS.index(level) + 1])))


def _members(child: str, depth: int, where: str) -> str:
    """Every place below: completion, gap, days, margin, collections, its reps and how many of them are at risk."""
    return f"""
WITH due AS (
  SELECT {child} AS child, rep_id, day, sum(amount) AS part, sum(collections) AS to_collect FROM plan.target_day
  WHERE {where} AND day BETWEEN $first AND $last GROUP BY ALL),
daily AS (SELECT child, day, sum(part) AS part, sum(to_collect) AS to_collect FROM due GROUP BY ALL),
course AS (SELECT d.*, c.is_working, sum(part) OVER (PARTITION BY child ORDER BY day) AS due FROM daily d JOIN calendar c USING (day)),
sold AS (
  SELECT {child} AS child, sum(CASE WHEN order_day >= $first THEN amount END) AS actual, sum(CASE WHEN order_day <= $py_cut THEN amount END) AS py,
         sum(CASE WHEN order_day >= $first THEN amount - cost END) AS margin
  FROM {_SALES[depth + 1]} WHERE {where} AND {_IN_EITHER} GROUP BY ALL),
paid AS (
  SELECT {child} AS child, sum(amount) AS collections FROM {_COLLECTED[depth + 1]}
  WHERE {where} AND payment_day BETWEEN $first AND $cut GROUP BY ALL),
planned AS (
  SELECT child, coalesce(any_value(actual), 0) AS actual, any_value(py) AS py, any_value(margin) AS margin, sum(part) AS target,
         sum(to_collect) AS to_collect, sum(CASE WHEN day <= $cut THEN part END) AS expected,
         sum(CASE WHEN day <= $cut AND is_working AND part > 0 THEN least(greatest((due - coalesce(actual, 0)) / part, 0), 1) END) AS behind,
         sum(CASE WHEN day > $cut AND is_working AND part > 0 THEN least(greatest((coalesce(actual, 0) - due) / part + 1, 0), 1) END) AS ahead
  FROM course FULL JOIN sold USING (child) GROUP BY child),
rep AS (
  SELECT child, rep_id, coalesce(sum(part), 0) AS target, sum(CASE WHEN day <= $cut THEN part END) AS expected FROM due GROUP BY ALL),
rep_sold AS (
  SELECT {child} AS child, rep_id, sum(CASE WHEN order_day >= $first THEN amount END) AS actual FROM sales_day_rep
  WHERE {where} AND {_IN_EITHER} GROUP BY ALL),
team AS (
  SELECT child, count(*) AS reps, count(CASE WHEN expected <> 0 AND coalesce(actual, 0) / expected < 0.7 THEN 1 END) AS at_risk
  FROM rep FULL JOIN rep_sold USING (child, rep_id) WHERE rep_id IS NOT NULL GROUP BY child)
SELECT child, actual, target, actual / nullif(target, 0) AS completion, actual - expected AS gap, actual / nullif(expected, 0) AS pace,
       CASE WHEN actual < expected THEN -behind ELSE coalesce(ahead, 0) END AS days,
       margin / nullif(actual, 0) AS margin_rate, collections / nullif(to_collect, 0) AS collected, reps, at_risk
FROM planned LEFT JOIN paid USING (child) LEFT JOIN team USING (child) ORDER BY gap"""


def _against_last_year(child: str, where: str) -> str:
    """Of customers, who have no targets: five measures now and in the same days of last year."""
    now = [f"sum(CASE WHEN order_day >= $first THEN {value} ELSE 0 END) AS m{i}" for i, value in enumerate(_VALUES)]
    before = [f"sum(CASE WHEN order_day <= $py_cut THEN {value} ELSE 0 END) AS b{i}" for i, value in enumerate(_VALUES)]
    changes = ", ".join(f"m{i}, b{i}, m{i} - b{i}, (m{i} - b{i}) / abs(nullif(b{i}, 0))" for i in range(len(_VALUES)))
    return f"""
WITH sold AS (SELECT {child} AS child, {", ".join((*now, *before))} FROM sales_day_customer WHERE {where} AND {_IN_EITHER} GROUP BY ALL),
paid AS (
  SELECT {child} AS child, sum(CASE WHEN payment_day >= $first THEN amount ELSE 0 END) AS paid, sum(CASE WHEN payment_day <= $py_cut THEN amount ELSE 0 END) AS paid_py
  FROM payment WHERE {where} AND (payment_day BETWEEN $first AND $cut OR payment_day BETWEEN $py_first AND $py_cut) GROUP BY ALL)
SELECT child, {changes}, m2 / nullif(m0, 0) AS margin_rate, m0 / sum(m0) OVER () AS share, paid, paid_py
FROM sold LEFT JOIN paid USING (child) ORDER BY m0 - b0"""


_VALUES: Final = ("amount", "volume", "amount - cost", "amount - cost - expense")


def _count(name: str, where: str) -> str:
    """How many members sold now or a year ago, or were to sell."""
    source = {"product": "order_line", "customer": "sales_day_customer"}.get(name, "sales_day_rep")
    sold = f"""
  SELECT {name}_id AS id, coalesce(sum(CASE WHEN order_day >= $first THEN amount END), 0) AS now,
         coalesce(sum(CASE WHEN order_day <= $py_cut THEN amount END), 0) AS before, 0 AS due
  FROM {source} WHERE {where} AND {_IN_EITHER} GROUP BY ALL"""
    due = f"""
  UNION ALL
  SELECT {name}_id, 0, 0, sum(amount) FROM plan.target_day WHERE {where} AND day BETWEEN $first AND $last GROUP BY ALL"""
    return f"""
SELECT count(DISTINCT id) FROM ({sold}{"" if source in ("order_line", "sales_day_customer") else due})
WHERE now <> 0 OR before <> 0 OR due <> 0"""


def bridge(where: str, *, planned: bool = False, child: str = "") -> str:
    """Causes of the gap in amount of the place, called ``*``, and of each member below: against what is expected by now where that
    is planned, last year scaled to it, else against last year."""
    due = f"FROM plan.target_day WHERE {where} AND day BETWEEN $first AND $cut"
    base = f"SELECT '*' AS place, sum(amount) AS due {due}" if planned else "SELECT place, sum(a0) AS due FROM member GROUP BY place"
    member, product = (f"SELECT '*' AS place, {key}, {_SUMMED} FROM {{0}} GROUP BY {key}" for key in ("customer_id", "product_id"))
    member, product = member.format("buyer"), product.format("(FROM line WHERE kept)")
    if child:
        base += f" UNION ALL SELECT {child}, sum(amount) {due} GROUP BY ALL" if planned else ""
        member += " UNION ALL SELECT place, customer_id, a1, v1, a0, v0 FROM buyer"
        product += f" UNION ALL SELECT place, product_id, {_SUMMED} FROM line WHERE kept_here GROUP BY ALL"
    scale = "any_value(due) / nullif(sum(a0), 0)" if planned else "1"
    key = child or "''"
    return f"""
WITH buyer AS (
  SELECT {key} AS place, customer_id, {_NOW_AND_BEFORE} FROM sales_day_customer WHERE {where} AND {_IN_EITHER} GROUP BY ALL),
state AS (
  SELECT place, customer_id AS who, (sum(a1) OVER w > 0 OR sum(v1) OVER w > 0) AND (sum(a0) OVER w > 0 OR sum(v0) OVER w > 0) AS kept,
         (a1 > 0 OR v1 > 0) AND (a0 > 0 OR v0 > 0) AS kept_here
  FROM buyer WINDOW w AS (PARTITION BY customer_id)),
line AS (
  SELECT place, product_id, kept, kept_here, {_NOW_AND_BEFORE} FROM order_line JOIN state ON who = customer_id AND place = {key}
  WHERE {where} AND {_IN_EITHER} GROUP BY ALL),
member AS ({member}),
product AS ({product}),
base AS ({base}),
scale AS (
  SELECT place, {scale} AS k, sum(a1) - any_value(due) AS gap FROM member JOIN base USING (place) GROUP BY place),
of_customers AS (
  SELECT place, any_value(k) AS k, any_value(gap) AS gap,
         sum(CASE WHEN before AND NOT now THEN a1 - k * a0 ELSE 0 END) AS lost_customers,
         sum(CASE WHEN now AND NOT before THEN a1 - k * a0 ELSE 0 END) AS new_customers,
         sum(CASE WHEN NOT now AND NOT before THEN a1 - k * a0 ELSE 0 END) AS other
  FROM (SELECT *, a1 > 0 OR v1 > 0 AS now, a0 > 0 OR v0 > 0 AS before FROM member) JOIN scale USING (place) GROUP BY place),
of_products AS (
  SELECT place, sum(CASE WHEN v0 > 0 AND v1 <= 0 THEN a1 - k * a0 ELSE 0 END) AS dropped_products,
         sum(CASE WHEN v1 > 0 AND v0 <= 0 THEN a1 - k * a0 ELSE 0 END) AS new_products,
         sum(CASE WHEN v1 <= 0 AND v0 <= 0 THEN a1 - k * a0 ELSE 0 END) AS other,
         sum(CASE WHEN v1 > 0 AND v0 > 0 THEN a1 - v1 / v0 * a0 ELSE 0 END) AS price,
         sum(CASE WHEN v1 > 0 AND v0 > 0 THEN a0 END) * (sum(CASE WHEN v1 > 0 AND v0 > 0 THEN v1 END)
           / sum(CASE WHEN v1 > 0 AND v0 > 0 THEN v0 END) - any_value(k)) AS volume,
         sum(CASE WHEN v1 > 0 AND v0 > 0 THEN a1 - k * a0 ELSE 0 END) AS moved
  FROM product JOIN scale USING (place) GROUP BY place)
SELECT place, gap, lost_customers, new_customers, dropped_products, new_products, price, moved - price - volume AS mix, volume,
       c.other + coalesce(p.other, 0) AS other
FROM of_customers c LEFT JOIN of_products p USING (place)"""


def _documents(where: str) -> Mapping[str, str]:
    """The order lines of a customer, the first page of them and all summed up, and its invoices of the period or still open."""
    lines = f"FROM order_line WHERE {where} AND order_day BETWEEN $first AND $cut"
    owed = f"""
SELECT invoice_id, sum(balance) AS open, sum(CASE WHEN due_day < $cut THEN balance ELSE 0 END) AS overdue
FROM receivable_event WHERE {where} AND event_day <= $cut AND invoice_day <= $cut GROUP BY invoice_id"""
    return {
        "lines": f"""
SELECT order_day, order_id, line_no, product_id, volume, amount / nullif(volume, 0) AS price, amount, cost, amount - cost AS margin
{lines} ORDER BY order_day DESC, order_id DESC, line_no LIMIT 100""",
        "all lines": f"SELECT count(*), sum(volume), sum(amount), sum(cost), sum(amount - cost) {lines}",
        "all invoices": f"""
SELECT count(*), sum(amount), sum(amount - open), sum(open), sum(overdue) FROM invoice JOIN ({owed}) USING (invoice_id)
WHERE {where} AND (invoice_day BETWEEN $first AND $cut OR open <> 0 OR overdue <> 0)""",
    }
