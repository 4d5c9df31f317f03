"""The Regions page's figures as an analyst would write them in SQL by hand, on the same store: the baseline.

``{here}`` is the condition of the level, ``{child}`` the column of the level below. Causes are those of sales amount against the
same days of last year; the product scales the same sums to what is expected. A test holds the two together.
"""

from __future__ import annotations

from typing import Final

from data.schema import MEASURE_KEYS

_SPAN: Final = "(order_day BETWEEN $first AND $cut OR order_day BETWEEN $py_first AND $py_cut)"
_NOW: Final = "order_day >= $first"


def _both(column: str) -> str:
    return (
        f"sum(CASE WHEN {_NOW} THEN {column} ELSE 0 END) AS {column}_now, sum(CASE WHEN {_NOW} THEN 0 ELSE {column} END) AS {column}_before"
    )


_STANDING: Final = f"""
SELECT {_both("amount")}, {_both("volume")}, {_both("cost")}, {_both("expense")}
FROM {{sales}} WHERE {_SPAN} AND {{here}}"""

_COLLECTED: Final = """
SELECT sum(CASE WHEN payment_day >= $first THEN amount END), sum(CASE WHEN payment_day < $first THEN amount END)
FROM {collected} WHERE (payment_day BETWEEN $first AND $cut OR payment_day BETWEEN $py_first AND $py_cut) AND {here}"""

_TARGETS: Final = f"""
SELECT {", ".join(f"sum({m}), sum(CASE WHEN day <= $cut THEN {m} END)" for m in MEASURE_KEYS)}
FROM plan.target_day WHERE day BETWEEN $first AND $last AND {{here}}"""

_CHILDREN: Final = """
WITH done AS (
  SELECT {child}, sum(amount) AS amount, sum(amount - cost) AS margin FROM sales_day_rep
  WHERE order_day BETWEEN $first AND $cut AND {here} GROUP BY 1),
due AS (
  SELECT {child}, sum(amount) AS target, sum(CASE WHEN day <= $cut THEN amount END) AS expected, sum(collections) AS to_collect
  FROM plan.target_day WHERE day BETWEEN $first AND $last AND {here} GROUP BY 1),
paid AS (
  SELECT {child}, sum(amount) AS paid FROM collected_day_rep WHERE payment_day BETWEEN $first AND $cut AND {here} GROUP BY 1),
reps AS (
  SELECT {child}, rep_id, sum(amount) AS sold FROM sales_day_rep WHERE order_day BETWEEN $first AND $cut AND {here} GROUP BY 1, 2),
owed AS (
  SELECT {child}, rep_id, sum(amount) AS expected FROM plan.target_day WHERE day BETWEEN $first AND $cut AND {here} GROUP BY 1, 2),
team AS (
  SELECT {child}, count(*) AS reps, count(*) FILTER (coalesce(sold, 0) / nullif(expected, 0) < 0.7) AS at_risk
  FROM owed LEFT JOIN reps USING ({child}, rep_id) GROUP BY 1)
SELECT {child}, amount, target, expected, amount - expected AS gap, amount / target AS done, margin / amount AS margin_rate,
       paid / to_collect AS collected, reps, at_risk
FROM done FULL JOIN due USING ({child}) LEFT JOIN paid USING ({child}) LEFT JOIN team USING ({child}) ORDER BY gap"""

_CUSTOMERS: Final = f"""
SELECT {{child}} AS child, customer_id, {_both("amount")}, {_both("volume")}
FROM sales_day_customer WHERE {_SPAN} AND {{here}} GROUP BY 1, 2"""

_PRODUCTS: Final = f"""
WITH who AS ({_CUSTOMERS}),
state AS (
  SELECT child, customer_id,
         (amount_now > 0 OR volume_now > 0) AND (amount_before > 0 OR volume_before > 0) AS both_here,
         (sum(amount_now) OVER w > 0 OR sum(volume_now) OVER w > 0)
           AND (sum(amount_before) OVER w > 0 OR sum(volume_before) OVER w > 0) AS in_both
  FROM who WINDOW w AS (PARTITION BY customer_id)),
line AS (
  SELECT {{child}} AS child, customer_id, product_id, order_day, amount, volume FROM order_line WHERE {_SPAN} AND {{here}})
SELECT child, product_id, in_both, both_here, {_both("amount")}, {_both("volume")}
FROM line JOIN state USING (child, customer_id) GROUP BY ALL"""

CAUSES: Final = f"""
WITH who AS (
  SELECT customer_id, {_both("amount")}, {_both("volume")} FROM sales_day_customer WHERE {_SPAN} AND {{here}} GROUP BY 1),
state AS (
  SELECT *, amount_now > 0 OR volume_now > 0 AS now, amount_before > 0 OR volume_before > 0 AS before FROM who),
sold AS (
  SELECT product_id, {_both("amount")}, {_both("volume")} FROM order_line JOIN state USING (customer_id)
  WHERE now AND before AND {_SPAN} AND {{here}} GROUP BY 1),
shared AS (
  SELECT *, sum(volume_now) OVER () AS all_now, sum(volume_before) OVER () AS all_before
  FROM sold WHERE volume_now > 0 AND volume_before > 0)
SELECT 'lost_customers', sum(amount_now - amount_before) FROM state WHERE before AND NOT now
UNION ALL SELECT 'new_customers', sum(amount_now - amount_before) FROM state WHERE now AND NOT before
UNION ALL SELECT 'dropped_products', sum(amount_now - amount_before) FROM sold WHERE volume_before > 0 AND NOT volume_now > 0
UNION ALL SELECT 'new_products', sum(amount_now - amount_before) FROM sold WHERE volume_now > 0 AND NOT volume_before > 0
UNION ALL SELECT 'price', sum(amount_now - amount_before::DOUBLE * volume_now / volume_before) FROM shared
UNION ALL SELECT 'volume', sum(amount_before) * (any_value(all_now)::DOUBLE / any_value(all_before) - 1) FROM shared
UNION ALL SELECT 'mix', sum(amount_before::DOUBLE / volume_before * (volume_now - all_now::DOUBLE / all_before * volume_before))
FROM shared"""

STATEMENTS: Final[dict[str, str]] = {
    "standing": _STANDING,
    "collected": _COLLECTED,
    "targets": _TARGETS,
    "children": _CHILDREN,
    "customers": _CUSTOMERS,
    "products": _PRODUCTS,
    "causes": CAUSES,
}
"""What a level with places below it shows: five measures, children, and what bridges and drivers of it and of each child come from."""
