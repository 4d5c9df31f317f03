"""The whole Overview through its callbacks over HTTP, against the same figures in hand-written SQL on the same rollups."""

from __future__ import annotations

import statistics
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

from benchmarks import bare
from benchmarks.overview_sql import STATEMENTS, wanted
from benchmarks.report import Row, show
from benchmarks.server import Client, recorded, serving
from benchmarks.store import LAST_DAY
from data.settings import Settings
from data.warehouse import Reader, Warehouse
from layouts.urls import Address
from metrics.engine import Engine
from metrics.scope import period_of

RATIO_BOUND: Final = 2.0
COLD_CPU_BOUND: Final = 60.0
WARM_CPU_BOUND: Final = 10.0
"""Milliseconds of server CPU a page."""
DAYS: Final = 40
WARM_ROUNDS: Final = 5


def run(data_dir: Path) -> bool:
    """Measure, print the figures, and say whether they keep their bounds."""
    warehouse = Warehouse(data_dir / "warehouse")
    engine = Engine(warehouse, Settings())
    with serving(data_dir) as server:
        model = recorded(server, _search(LAST_DAY))
        client, reader = Client(server), warehouse.reader()
        days = [LAST_DAY - timedelta(days=i) for i in range(1, DAYS + 4)]
        pages = {day: tuple(body.replace(LAST_DAY.isoformat(), day.isoformat()) for body in model) for day in days}
        for day in days[DAYS:]:  # compile, open files, start threads: not what is measured
            client.page(pages[day])
            _by_hand(reader, engine, day)
        cold: list[float] = []
        by_hand: list[float] = []
        cpu = cpu_by_hand = 0.0
        for day in days[:DAYS]:
            before = server.cpu()
            cold.append(client.page(pages[day]))
            cpu += server.cpu() - before
            before = time.process_time()
            by_hand.append(_by_hand(reader, engine, day))
            cpu_by_hand += time.process_time() - before
        before = server.cpu()
        warm = [client.page(pages[day]) for _ in range(WARM_ROUNDS) for day in days[:DAYS]]
        warm_cpu = (server.cpu() - before) / len(warm)
    with serving(data_dir, command=bare.COMMAND) as server:
        client, asked = Client(server), bare.bodies(len(model))
        client.page(asked)
        before = server.cpu()
        for _ in warm:
            client.page(asked)
        bare_cpu = (server.cpu() - before) / len(warm)
    ratio = statistics.median(c / h for c, h in zip(cold, by_hand, strict=True))
    return show(
        f"Overview, {len(model)} callbacks a page, {DAYS} days, as of a new day each",
        (
            Row("hand-written SQL, wall", _ms(statistics.median(by_hand)), "ms"),
            Row("page, cold, wall", _ms(statistics.median(cold)), "ms"),
            Row("page ÷ hand-written SQL, median of pairs", ratio, "", RATIO_BOUND),
            Row("hand-written SQL, CPU", _ms(cpu_by_hand / DAYS), "ms"),
            Row("page, cold, server CPU", _ms(cpu / DAYS), "ms", COLD_CPU_BOUND),
            Row("page, cold, server CPU ÷ CPU of hand-written SQL", cpu / cpu_by_hand, ""),
            Row("page, warm, wall", _ms(statistics.median(warm)), "ms"),
            Row(f"{len(model)} callbacks of plain Dash that answer a word, server CPU", _ms(bare_cpu), "ms"),
            Row("page, warm, server CPU", _ms(warm_cpu), "ms", WARM_CPU_BOUND),
            Row("page, warm, server CPU ÷ that of plain Dash", warm_cpu / bare_cpu, ""),
        ),
    )


def _search(day: date) -> str:
    return Address(as_of=day).format()


def _by_hand(reader: Reader, engine: Engine, day: date) -> float:
    """Seconds that the hand-written statements take, one after another on one connection."""
    days = parameters(engine, day)
    begin = time.perf_counter()
    for text in STATEMENTS.values():
        reader.ask(text, wanted(text, days))
    return time.perf_counter() - begin


def parameters(engine: Engine, day: date) -> dict[str, Any]:
    """The days of the hand-written statements for a quarter as of a day."""
    calendar = engine.snapshot().calendar
    period = period_of("quarter", day)
    year = period.year_before()
    monday = day - timedelta(days=day.weekday())
    tomorrow = day + timedelta(days=1)
    return {
        "first": period.first,
        "cut": day,
        "last": period.last,
        "py_first": year.first,
        "py_cut": calendar.like_for_like(period, day, year),
        "py_last": year.last,
        "base": tomorrow.replace(day=1) - timedelta(days=1),
        "spark": monday - timedelta(weeks=9),
        "py_spark": monday - timedelta(weeks=61),
        "py_spark_cut": day - timedelta(weeks=52),
    }


def _ms(seconds: float) -> float:
    return seconds * 1000
