"""A small company that sets targets by product category: of some of its regions, areas and reps, and of some it does not."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Final

from data import schema as s
from data.settings import Settings
from data.warehouse import Warehouse
from metrics.engine import Engine
from tests.metrics.traps import put

FIRST, LAST = date(2026, 7, 1), date(2026, 9, 30)
AS_OF = date(2026, 9, 13)
REPS: Final = {"r1": ("E", "E1"), "r2": ("E", "E2"), "r3": ("W", "W1"), "r4": ("W", "W1")}
PRODUCTS: Final = {"p1": "P", "p2": "P", "q1": "Q", "odd": None}
Sale = tuple[date, str, str, int]
"""Day, rep, product and amount."""
Target = tuple[str, str, str, int]
"""Kind and key of the owner, category ("" for all), amount in the quarter."""

SOME: Final[tuple[Target, ...]] = (
    ("company", "", "", 60_000),
    ("company", "", "Q", 9_000),
    ("region", "E", "", 30_000),
    ("area", "E1", "P", 8_000),
    ("rep", "r1", "P", 5_000),
    ("rep", "r1", "Q", 4_000),
    ("rep", "r2", "", 7_000),
    ("region", "W", "", 14_000),
    ("rep", "r3", "", 6_000),
)
"""East by category in part, West as a whole only."""
ONE_REGION: Final[tuple[Target, ...]] = (("region", "E", "P", 2_500), ("region", "E", "Q", 2_000))


def company(folder: Path, *, targets: Sequence[Target] = SOME, sales: Sequence[Sale] = ()) -> Engine:
    """An engine over it; without ``sales`` there are orders of every week of two years."""
    warehouse = Warehouse(folder / "warehouse")
    with warehouse.draft(fresh=True) as draft:
        put(draft, s.region, [{"region_id": "E", "name": "East"}, {"region_id": "W", "name": "West"}])
        put(draft, s.area, [{"area_id": area, "region_id": region, "name": area} for region, area in dict.fromkeys(REPS.values())])
        put(draft, s.rep, [{"rep_id": rep, "name": rep} for rep in REPS])
        terms = [{"rep_id": rep, "first_day": date(2020, 1, 1), "last_day": date.max} for rep in REPS]
        put(draft, s.rep_term, [term | _booked(str(term["rep_id"])) for term in terms])
        put(draft, s.category, [{"category_id": key, "name": name} for key, name in (("P", "Pumps"), ("Q", "Seals"))])
        put(draft, s.product, [{"product_id": key, "name": key, "category_id": category} for key, category in PRODUCTS.items()])
        lines = [
            {"order_id": f"O{n}", "line_no": 1, "order_day": day, "customer_id": f"c-{rep}", "product_id": product, "amount": amount}
            | {"volume": amount // 50, "cost": amount // 2, "expense": amount // 10}
            | _booked(rep)
            for n, (day, rep, product, amount) in enumerate(sales or _two_years())
        ]
        put(draft, s.customer, [{"customer_id": f"c-{rep}", "name": f"c-{rep}"} | _booked(rep) for rep in REPS])
        put(draft, s.order_line, lines)
        put(
            draft,
            s.target,
            [
                {"owner_kind": kind, "owner_id": owner, "category_id": category, "measure": measure, "amount": amount * Decimal(share)}
                | {"first_day": FIRST, "last_day": LAST, "version": 1, "status": "approved"}
                for kind, owner, category, amount in targets
                for measure, share in (("amount", "1"), ("margin", "0.4"))
            ],
        )
        draft.publish("goods")
    return Engine(warehouse, Settings(data_dir=folder))


def _booked(rep: str) -> dict[str, str]:
    region, area = REPS[rep]
    return {"region_id": region, "area_id": area, "rep_id": rep}


def _two_years() -> list[Sale]:
    random = Random(7)
    days = [date(2025, 1, 6) + timedelta(weeks=n) for n in range(88)]
    return [(day, rep, product, random.randint(50, 700)) for day in days for rep in REPS for product in PRODUCTS if random.random() < 0.7]
