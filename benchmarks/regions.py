"""The Regions page at every level through its callbacks over HTTP, against the same figures in hand-written SQL on the same store."""

from __future__ import annotations

import statistics
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from benchmarks.overview import parameters
from benchmarks.overview_sql import wanted
from benchmarks.regions_sql import LEVELS, statements
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
    """A level of the page, and the members that its address names, from the region down."""

    name: str
    members: Mapping[str, str]


def levels(reader: Reader) -> tuple[Level, ...]:
    """From the company down to the customer with the largest sales of a rep."""
    text = """SELECT region_id, area_id, rep_id, customer_id FROM sales_day_customer WHERE rep_id IS NOT NULL
              GROUP BY ALL ORDER BY sum(amount) DESC LIMIT 1"""
    (largest,) = reader.ask(text, {})
    return tuple(Level(name, dict(zip(LEVELS[1 : depth + 1], largest, strict=False))) for depth, name in enumerate(LEVELS))


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


def _by_hand(reader: Reader, engine: Engine, level: Level, day: date) -> float:
    """Seconds that the hand-written statements take, one after another on one connection."""
    values = parameters(engine, day) | dict(level.members)
    begin = time.perf_counter()
    for text in statements(level.name).values():
        reader.ask(text, wanted(text, values))
    return time.perf_counter() - begin
