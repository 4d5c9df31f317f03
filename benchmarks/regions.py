"""The Regions page at every level through its callbacks over HTTP, against the same figures in hand-written SQL on the same store."""

from __future__ import annotations

import re
import statistics
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from benchmarks.overview import parameters
from benchmarks.regions_sql import STATEMENTS
from benchmarks.report import Row, show
from benchmarks.server import Client, recorded, serving
from benchmarks.store import LAST_DAY
from data.settings import Settings
from data.warehouse import Reader, Warehouse
from layouts.urls import REGIONS, Address
from metrics.engine import Engine

RATIO_BOUND: Final = 2.5
CPU_BOUND: Final = 400.0
"""Milliseconds of server CPU a page, cold."""
DAYS: Final = 10
WARM_UP: Final = 3


@dataclass(frozen=True, slots=True)
class Level:
    """A level of the page: the address that shows it, its condition in SQL and the column of the level below."""

    name: str
    members: Mapping[str, str]
    here: str
    child: str

    @property
    def statements(self) -> tuple[str, ...]:
        sales, collected = _TABLES.get(self.name, ("sales_day_rep", "collected_day_rep"))
        filled = {"here": self.here, "child": self.child, "sales": sales, "collected": collected}
        wanted = [text for name, text in STATEMENTS.items() if self.name != "customer" or name not in ("targets", "children")]
        return tuple(text.format(**filled) for text in wanted)


_TABLES: Final = {
    "company": ("sales_day_region", "collected_day_region"),
    "customer": ("sales_day_customer", "application"),
}
"""The smallest table that knows the level; of the others that by rep."""


def levels(reader: Reader) -> tuple[Level, ...]:
    """From the company down to the customer with the largest sales of a quarter."""
    text = """SELECT region_id, area_id, rep_id, customer_id FROM sales_day_customer WHERE order_day > $day
              GROUP BY ALL ORDER BY sum(amount) DESC LIMIT 1"""
    region, area, rep, customer = reader.ask(text, {"day": LAST_DAY - timedelta(days=90)})[0]
    return (
        Level("company", {}, "true", "region_id"),
        Level("region", {"region": region}, f"region_id = '{region}'", "area_id"),
        Level("area", {"area": area}, f"area_id = '{area}'", "rep_id"),
        Level("rep", {"rep": rep}, f"rep_id = '{rep}'", "rep_id"),
        Level("customer", {"customer": customer}, f"customer_id = '{customer}'", "rep_id"),
    )


def run(data_dir: Path) -> bool:
    """Measure, print the figures, and say whether they keep their bounds."""
    warehouse = Warehouse(data_dir / "warehouse")
    engine, reader = Engine(warehouse, Settings()), warehouse.reader()
    kept = True
    with serving(data_dir) as server:
        for level in levels(reader):
            search = Address(as_of=LAST_DAY, **dict(level.members)).format()  # type: ignore[arg-type]
            model, client = recorded(server, search, REGIONS.path), Client(server)
            page: list[float] = []
            by_hand: list[float] = []
            cpu = 0.0
            for i in range(1, DAYS + WARM_UP + 1):
                day = LAST_DAY - timedelta(days=i)
                bodies = tuple(body.replace(LAST_DAY.isoformat(), day.isoformat()) for body in model)
                before = server.cpu()
                took, hand = client.page(bodies), _by_hand(reader, engine, level, day)
                if i > WARM_UP:  # compile, open files, start threads: not what is measured
                    page.append(took)
                    by_hand.append(hand)
                    cpu += server.cpu() - before
            kept &= show(
                f"Regions, {level.name}, {len(model)} callbacks a page, {DAYS} days, as of a new day each",
                (
                    Row("hand-written SQL, wall", statistics.median(by_hand) * 1000, "ms"),
                    Row("page, cold, wall", statistics.median(page) * 1000, "ms"),
                    Row("page ÷ hand-written SQL, median of pairs", _ratio(page, by_hand), "", RATIO_BOUND),
                    Row("page, cold, server CPU", cpu / DAYS * 1000, "ms", CPU_BOUND),
                ),
            )
    return kept


def _ratio(page: list[float], by_hand: list[float]) -> float:
    return statistics.median(p / h for p, h in zip(page, by_hand, strict=True))


def _by_hand(reader: Reader, engine: Engine, level: Level, day: Any) -> float:
    """Seconds that the hand-written statements take, one after another on one connection."""
    days = parameters(engine, day)
    begin = time.perf_counter()
    for text in level.statements:
        reader.ask(text, {name: value for name, value in days.items() if re.search(rf"\${name}\b", text)})
    return time.perf_counter() - begin
