"""The Overview's figures as an analyst would write them in SQL by hand, on the same rollups: the baseline.

One statement a panel. Days before which to cut come as parameters, as they do for the product. The statements give the same
figures as the product, days behind and lagging-since included; a test holds the two together.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

_FIVE: Final = ("amount", "volume", "margin", "profit", "collections")


def _each(template: str) -> str:
    return ",\n         ".join(template.format(m=measure) for measure in _FIVE)


def kpis(sales: str, collected: str, where: str) -> str:
    """The five measures of a place: sales and collections from two rollups, and which rows of these and the targets are its."""
    return f"""
WITH sales AS (
  SELECT sum(CASE WHEN order_day >= $first THEN amount END) AS amount, sum(CASE WHEN order_day <= $py_cut THEN amount END) AS amount_py,
         sum(CASE WHEN order_day >= $first THEN volume END) AS volume, sum(CASE WHEN order_day <= $py_cut THEN volume END) AS volume_py,
         sum(CASE WHEN order_day >= $first THEN amount - cost END) AS margin,
         sum(CASE WHEN order_day <= $py_cut THEN amount - cost END) AS margin_py,
         sum(CASE WHEN order_day >= $first THEN amount - cost - expense END) AS profit,
         sum(CASE WHEN order_day <= $py_cut THEN amount - cost - expense END) AS profit_py
  FROM {sales} WHERE {where} AND (order_day BETWEEN $first AND $cut OR order_day BETWEEN $py_first AND $py_cut)),
collected AS (
  SELECT sum(CASE WHEN payment_day >= $first THEN amount END) AS collections,
         sum(CASE WHEN payment_day <= $py_cut THEN amount END) AS collections_py
  FROM {collected} WHERE {where} AND (payment_day BETWEEN $first AND $cut OR payment_day BETWEEN $py_first AND $py_cut)),
days AS (
  SELECT day, {_each("sum({m}) AS {m}_part")}
  FROM plan.target_day WHERE {where} AND day BETWEEN $first AND $last GROUP BY day),
course AS (
  SELECT d.*, c.is_working, {_each("sum({m}_part) OVER (ORDER BY day) AS {m}_due")}
  FROM days d JOIN calendar c USING (day)),
stand AS (
  SELECT {_each("any_value({m}) AS {m}, any_value({m}_py) AS {m}_py, sum({m}_part) AS {m}_target")},
         {_each("sum(CASE WHEN day <= $cut THEN {m}_part END) AS {m}_expected")},
         {_each("sum(CASE WHEN day <= $cut AND is_working AND {m}_part > 0 THEN least(greatest(({m}_due - {m}) / {m}_part, 0), 1) END) AS {m}_behind")},
         {_each("sum(CASE WHEN day > $cut AND is_working AND {m}_part > 0 THEN least(greatest(({m} - {m}_due) / {m}_part + 1, 0), 1) END) AS {m}_ahead")}
  FROM course, sales, collected)
SELECT {_each("{m}, {m}_py, {m}_target, {m}_expected, {m} / {m}_target AS {m}_completion, {m} / {m}_expected AS {m}_pace")},
         {_each("{m} - {m}_expected AS {m}_gap, ({m} - {m}_py) / abs({m}_py) AS {m}_py_change, {m}_expected / {m}_target AS {m}_expected_share")},
         {_each("CASE WHEN {m} < {m}_expected THEN -{m}_behind ELSE coalesce({m}_ahead, 0) END AS {m}_days")},
         {_each("greatest({m}_target - {m}, 0) / left_over.days AS {m}_needed")}
FROM stand, (SELECT nullif(count(*), 0) AS days FROM calendar WHERE is_working AND day > $cut AND day <= $last) AS left_over"""


_REGIONS: Final = """
WITH days AS (SELECT r.region_id, c.day, c.is_working FROM region r, calendar c WHERE c.day BETWEEN $first AND $last),
due AS (SELECT region_id, day, sum(amount) AS part FROM plan.target_day WHERE day BETWEEN $first AND $last GROUP BY ALL),
done AS (SELECT region_id, order_day AS day, sum(amount) AS part FROM sales_day_region WHERE order_day BETWEEN $first AND $cut GROUP BY ALL),
course AS (
  SELECT d.region_id, d.day, d.is_working, coalesce(due.part, 0) AS part,
         sum(coalesce(due.part, 0)) OVER w AS due, sum(coalesce(done.part, 0)) OVER w AS done
  FROM days d LEFT JOIN due USING (region_id, day) LEFT JOIN done USING (region_id, day)
  WINDOW w AS (PARTITION BY d.region_id ORDER BY d.day)),
now AS (
  SELECT region_id, max(done) AS actual, arg_max(due, day) AS target, max(CASE WHEN day <= $cut THEN due END) AS expected,
         arg_max(CASE WHEN day <= $cut THEN done - due END, CASE WHEN day <= $cut THEN day END) AS gap,
         arg_max(CASE WHEN day <= $cut - 7 THEN done - due END, CASE WHEN day <= $cut - 7 THEN day END) AS gap_before
  FROM course GROUP BY region_id),
state AS (
  SELECT region_id, day, (1 - done / nullif(due, 0)) * 100 AS behind FROM course WHERE day <= $cut),
cleared AS (SELECT region_id, max(day) AS day FROM state WHERE behind < 3 GROUP BY region_id),
run AS (
  SELECT s.region_id, min(s.day) AS since FROM state s LEFT JOIN cleared c USING (region_id)
  WHERE s.behind >= 5 AND s.day > coalesce(c.day, $first - 1) GROUP BY s.region_id)
SELECT n.region_id, n.actual, n.target, n.actual / nullif(n.target, 0) AS completion, n.actual / nullif(n.expected, 0) AS pace, n.gap,
       CASE WHEN n.gap < 0 THEN -(SELECT sum(CASE WHEN is_working AND part > 0 THEN least(greatest((due - n.actual) / part, 0), 1) ELSE 0 END)
                                  FROM course c WHERE c.region_id = n.region_id AND c.day <= $cut)
            ELSE (SELECT sum(CASE WHEN is_working AND part > 0 THEN least(greatest((n.actual - due + part) / part, 0), 1) ELSE 0 END)
                  FROM course c WHERE c.region_id = n.region_id AND c.day > $cut) END AS days,
       run.since, n.gap - n.gap_before AS week_change
FROM now n LEFT JOIN run USING (region_id) ORDER BY n.gap"""

_TREND: Final = """
WITH due AS (SELECT day, sum(amount) AS part FROM plan.target_day WHERE day BETWEEN $first AND $last GROUP BY day),
done AS (SELECT order_day AS day, sum(amount) AS part FROM sales_day_region WHERE order_day BETWEEN $first AND $cut GROUP BY 1)
SELECT c.day, sum(done.part) OVER w AS actual, sum(due.part) OVER w AS expected
FROM calendar c LEFT JOIN due USING (day) LEFT JOIN done USING (day)
WHERE c.day BETWEEN $first AND $last WINDOW w AS (ORDER BY c.day) ORDER BY c.day"""

_TREND_LAST_YEAR: Final = """
SELECT order_day, sum(sum(amount)) OVER (ORDER BY order_day) FROM sales_day_region
WHERE order_day BETWEEN $py_first AND $py_last GROUP BY order_day ORDER BY order_day"""

_SPARKS: Final = """
SELECT 'sales' AS fact, week, sum(amount), sum(volume), sum(amount - cost), sum(amount - cost - expense)
FROM sales_day_region
WHERE order_day BETWEEN $spark AND $cut OR order_day BETWEEN $py_spark AND $py_spark_cut GROUP BY ALL
UNION ALL
SELECT 'collected', week, sum(amount), NULL, NULL, NULL FROM collected_day_region
WHERE payment_day BETWEEN $spark AND $cut OR payment_day BETWEEN $py_spark AND $py_spark_cut GROUP BY ALL
ORDER BY 1, 2"""

_AGEING: Final = """
WITH balances AS (
  SELECT region_id, due_day, balance FROM receivable_month_region WHERE month_end = $base
  UNION ALL
  SELECT region_id, due_day, balance FROM receivable_day_region WHERE event_day > $base AND event_day <= $cut),
aged AS (
  SELECT region_id, CASE WHEN due_day >= $cut THEN 'not_due' WHEN due_day >= $cut - 30 THEN '1-30' WHEN due_day >= $cut - 60 THEN '31-60'
                         WHEN due_day >= $cut - 90 THEN '61-90' WHEN due_day >= $cut - 180 THEN '91-180' ELSE '180+' END AS bucket, balance
  FROM balances
  UNION ALL
  SELECT region_id, 'unapplied', -unapplied FROM cash_day WHERE event_day <= $cut)
SELECT region_id, bucket, sum(balance) AS balance,
       sum(CASE WHEN bucket NOT IN ('not_due', 'unapplied') THEN balance END) / nullif(greatest(sum(CASE WHEN bucket <> 'unapplied' THEN balance END), 0), 0) AS overdue_rate
FROM aged GROUP BY GROUPING SETS ((region_id, bucket), (region_id), (bucket), ()) ORDER BY ALL"""

_REPS: Final = """
WITH done AS (SELECT rep_id, sum(amount) AS sold FROM sales_day_rep WHERE order_day BETWEEN $first AND $cut GROUP BY rep_id),
due AS (SELECT rep_id, sum(amount) AS target, sum(CASE WHEN day <= $cut THEN amount END) AS expected
        FROM plan.target_day WHERE day BETWEEN $first AND $last GROUP BY rep_id),
stand AS (SELECT rep_id, coalesce(sold, 0) AS actual, target, expected FROM done FULL JOIN due USING (rep_id))
SELECT rep_id, r.name, actual, target, actual / nullif(target, 0) AS completion, actual / nullif(expected, 0) AS pace, actual - expected AS gap,
       CASE WHEN actual / nullif(expected, 0) < 0.7 THEN 'at_risk' WHEN actual / nullif(expected, 0) >= 1 THEN 'achieved'
            WHEN expected <> 0 THEN 'on_the_way' END AS tier
FROM stand LEFT JOIN rep r USING (rep_id) ORDER BY gap"""

STATEMENTS: Final[dict[str, str]] = {
    "kpis": kpis("sales_day_region", "collected_day_region", "true"),
    "sparks": _SPARKS,
    "regions": _REGIONS,
    "trend": _TREND,
    "trend last year": _TREND_LAST_YEAR,
    "ageing": _AGEING,
    "reps": _REPS,
}


def wanted(text: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """Of all parameters those that a statement names, since it takes no others."""
    return {name: value for name, value in values.items() if re.search(rf"\${name}\b", text)}
