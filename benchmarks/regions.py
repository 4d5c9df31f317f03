"""The Regions page at every level, through its callbacks over HTTP: what it costs the server to draw it for the first time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from benchmarks.report import Row, show
from benchmarks.server import Client, Server, recorded, serving
from benchmarks.store import LAST_DAY
from data.warehouse import Reader, Warehouse
from layouts.urls import REGIONS, Address
from metrics.scope import period_of

COLD_CPU_BOUND: Final = 400.0
"""Milliseconds of server CPU a page."""
LEVELS: Final = ("company", "region", "area", "rep", "customer")
ROUNDS: Final = 8
WARM_UP: Final = 3


@dataclass(frozen=True, slots=True)
class Level:
    """A place to look at, and the days as of which that is measured; no other level has one of them, so that none is answered."""

    name: str
    address: Address
    warm_up: tuple[date, ...]
    days: tuple[date, ...]


def levels(reader: Reader) -> Iterator[Level]:
    """From the company down to the customer with the largest sales of the quarter."""
    first = period_of("quarter", LAST_DAY).first
    text = """SELECT region_id, area_id, rep_id, customer_id FROM sales_day_customer
              WHERE order_day BETWEEN $first AND $cut GROUP BY ALL ORDER BY sum(amount) DESC LIMIT 1"""
    (largest,) = reader.ask(text, {"first": first, "cut": LAST_DAY})
    members = dict(zip(LEVELS[1:], largest, strict=True))
    for depth, name in enumerate(LEVELS):
        days = [LAST_DAY - timedelta(days=1 + depth + i * len(LEVELS)) for i in range(ROUNDS + WARM_UP)]
        address = replace(Address(as_of=LAST_DAY), **{level: members[level] for level in LEVELS[1 : depth + 1]})
        yield Level(name, address, tuple(days[ROUNDS:]), tuple(days[:ROUNDS]))


def run(data_dir: Path) -> bool:
    """Measure, print the figures, and say whether they keep their bounds."""
    warehouse = Warehouse(data_dir / "warehouse")
    with serving(data_dir) as server:
        client = Client(server)
        rows = [row for level in levels(warehouse.reader()) for row in _measured(server, client, level)]
    return show(f"Regions, {ROUNDS} days a level, as of a new day each", rows)


def _measured(server: Server, client: Client, level: Level) -> tuple[Row, ...]:
    model = recorded(server, level.address.format(), REGIONS.path)
    for day in level.warm_up:  # compile, open files, start threads: not what is measured
        client.page(_as_of(model, day))
    before = server.cpu()
    wall = sum(client.page(_as_of(model, day)) for day in level.days)
    cpu = server.cpu() - before
    return (
        Row(f"{level.name}, {len(model)} callbacks, cold, wall", wall / ROUNDS * 1000, "ms"),
        Row(f"{level.name}, cold, server CPU", cpu / ROUNDS * 1000, "ms", COLD_CPU_BOUND),
    )


def _as_of(model: tuple[str, ...], day: date) -> tuple[str, ...]:
    return tuple(body.replace(LAST_DAY.isoformat(), day.isoformat()) for body in model)
