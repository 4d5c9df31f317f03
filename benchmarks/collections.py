"""The ageing of receivables on any day against hand-written SQL; worklist, invoices behind a cell and whole pages on days not yet asked.

Ageings, worklist and invoices are worked out in this process, so that their CPU is known to less than a millisecond: the ageing as
the heatmap asks for it, the other two drawn as well. Pages come through their callbacks over HTTP.
"""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Final

from benchmarks.collections_sql import LARGEST, SPLITS, ageing
from benchmarks.overview_sql import wanted
from benchmarks.report import Row, show
from benchmarks.server import Client, Server, recorded, serving
from benchmarks.store import LAST_DAY
from callbacks.desk import Desk
from callbacks.panels import Rendering
from data.settings import Settings
from data.warehouse import Reader, Warehouse
from data.workdays import month_start, months_away
from layouts import grid
from layouts.pages.listed import PAGES
from layouts.panel import Panel
from layouts.panels.document_list import DocumentList
from layouts.panels.heatmap import MONTH, Heatmap
from layouts.panels.worklist import OverdueWorklist
from layouts.urls import ACCOUNT, COLLECTIONS, Address, Route, Scope
from metrics.ageing import Aged, Receivables, aged
from metrics.catalog import Fact
from metrics.engine import Engine
from metrics.listing import Listing
from metrics.scope import Filter

RATIO_BOUND: Final = 2.0
PAST_BOUND: Final = 3.0
"""How many times as long as today's the ageing of a past day may take."""
LIST_BOUND: Final = 150.0
"""Milliseconds of server CPU, cold."""
ROUNDS: Final = 15
DAYS: Final = 10
WARM_UP: Final = 3
_SEED: Final = 13


@dataclass(frozen=True, slots=True)
class Ageing:
    """The receivables of the company by a split on a day, as the heatmap asks for them and by hand."""

    engine: Engine
    question: Receivables

    def answer(self) -> Aged:
        """Worked out anew."""
        return aged(self.engine, self.question, (), self.engine.snapshot().version)

    def by_hand(self) -> list[tuple[Any, ...]]:
        """Rows of ``collections_sql``."""
        text, day = ageing(self.question.split), self.question.as_of
        known_to = self.engine.snapshot().coverage["receivable_event"].last or day
        base = month_start(min(day, known_to) + timedelta(days=1)) - timedelta(days=1)
        return self.engine.warehouse.reader().ask(text, wanted(text, {"as_of": day, "base": base, "rows": self.question.rows}))

    def darkest(self) -> tuple[str, str]:
        """Member and bucket of the cell whose share of its row is the most times that of the whole."""
        found = self.answer()
        shades = {
            (row.member, bucket): float(amount / row.open) / float(of_all / found.whole.open)
            for row in found.rows
            for bucket, amount, of_all in zip(found.names[:-1], row.amounts, found.whole.amounts, strict=False)
            if row.member and row.open > 0 and of_all > 0
        }
        member, bucket = max(shades, key=lambda cell: shades[cell])
        return member or "", bucket


def desk(engine: Engine) -> Desk:
    return Desk(engine, engine.settings, datetime.now)


def heatmap(engine: Engine, split: str, day: date) -> Ageing:
    scope = _scope(desk(engine), Address(split=_said(split), as_of=day))
    question = Heatmap().needs(scope)["aged"]
    assert isinstance(question, Receivables)
    return Ageing(engine, question)


def places(reader: Reader) -> Mapping[str, Mapping[str, str]]:
    """By level the members that an address names: of the customer who owes most, up to the company, and its segment."""
    ((region, area, rep, customer, segment),) = reader.ask(LARGEST, {"as_of": LAST_DAY})
    return {
        "company": {},
        "region": {"region": region},
        "rep": {"region": region, "area": area, "rep": rep},
        "segment": {"segment": segment},
        "customer": {"customer": customer},
    }


def run(data_dir: Path) -> bool:
    """Measure, print the figures, and say whether they keep their bounds."""
    engine = Engine(Warehouse(data_dir / "warehouse"), Settings())
    of = places(engine.warehouse.reader())
    kept = [*(_ageings(engine, split) for split in SPLITS), _heatmaps(engine), _worklists(engine, of), _lists(engine)]
    with serving(data_dir) as server:
        pages = [_page(server, COLLECTIONS, members) for members in of.values()]
        account = _page(server, ACCOUNT, of["customer"])
    kept.append(show(f"Collections over HTTP, as of {DAYS} new days, server CPU", map(partial(Row, unit="ms"), of, pages)))
    kept.append(show("Account of who owes most, the same", (Row("customer", account, "ms"),)))
    return all(kept)


def _said(split: str) -> str:
    """A split as an address says it."""
    return "month" if split == MONTH else split


def _scope(desk: Desk, address: Address) -> Scope:
    return desk.scope(address.format(), COLLECTIONS)[0]


def _ageings(engine: Engine, split: str) -> bool:
    """Today, a year ago and on a day drawn by lot."""
    first = engine.snapshot().covered(Fact.RECEIVABLE).first or LAST_DAY
    drawn = first + timedelta(days=random.Random(_SEED).randrange(90, (LAST_DAY - first).days))
    asked = [heatmap(engine, split, day) for day in (LAST_DAY, months_away(LAST_DAY, -12), drawn)]
    took = _least(*(call for each in asked for call in (each.answer, each.by_hand)))
    rows: list[Row] = []
    for each, product, by_hand in zip(asked, took[::2], took[1::2], strict=True):
        day = each.question.as_of
        rows.append(Row(f"{day}: hand-written SQL, wall", by_hand * 1000, "ms"))
        rows.append(Row(f"{day}: product ÷ hand-written SQL", product / by_hand, "", RATIO_BOUND))
        if day != LAST_DAY:
            rows.append(Row(f"{day}: ÷ {LAST_DAY}", product / took[0], "", PAST_BOUND))
    return show(f"Ageing by {split}, the least of {ROUNDS} times each", rows)


def _least(*calls: Callable[[], Any]) -> list[float]:
    """Seconds of each, taken in turn. The least of many times is the least disturbed."""
    took: list[list[float]] = [[] for _ in calls]
    for _ in range(ROUNDS):
        for times, call in zip(took, calls, strict=True):
            begin = time.perf_counter()
            call()
            times.append(time.perf_counter() - begin)
    return [min(times) for times in took]


def _worklists(engine: Engine, of: Mapping[str, Mapping[str, str]]) -> bool:
    drawn = ((name, _drawn(engine, OverdueWorklist(), Address(**members))) for name, members in of.items())  # type: ignore[arg-type]
    return show(f"Worklist as of {DAYS} new days, CPU", (Row(name, took, "ms", LIST_BOUND) for name, took in drawn))


def _heatmaps(engine: Engine) -> bool:
    """The whole card: ageing and its total, drawn."""
    rows = (Row(split, _drawn(engine, Heatmap(), Address(split=_said(split))), "ms") for split in SPLITS)
    return show(f"Heatmap, drawn, as of {DAYS} new days, CPU", rows)


def _drawn(engine: Engine, panel: Panel, address: Address) -> float:
    """Milliseconds of CPU of a panel as the page has it."""
    draw = Rendering(desk(engine), PAGES)
    return _cpu(lambda day: draw(panel, replace(address, as_of=day).format(), as_table=False))


def _lists(engine: Engine) -> bool:
    """The first page of the open invoices behind the darkest cell of each split, as rows of the grid, and all of them added up."""
    at, panel, block = desk(engine), DocumentList("open", leads=True), max(grid.BLOCK, grid.SHORT)
    rows = []
    for split in SPLITS:
        member, bucket = heatmap(engine, split, LAST_DAY).darkest()
        where = (Filter(split, (member,)), Filter("bucket", (bucket,)))

        def listed(day: date, where: tuple[Filter, ...] = where) -> None:
            scope = _scope(at, Address(as_of=day))
            found = at.answer(Listing(of="open", period=scope.period, as_of=day, where=where, rows=block), scope)
            grid.row_data(panel.columns(scope, {"rows": found}), panel.lines(scope, {"rows": found}, 0, block))

        rows.append(Row(f"{split} {member}, {bucket}", _cpu(listed), "ms", LIST_BOUND))
    return show(f"Invoices behind the darkest cell as of {DAYS} new days, CPU", rows)


def _cpu(call: Callable[[date], Any]) -> float:
    """Milliseconds of this process, all threads, on a day that was not asked for before: the median of several."""
    took = []
    for i in range(1, DAYS + WARM_UP + 1):
        begin = time.process_time()
        call(LAST_DAY - timedelta(days=i))
        took.append(time.process_time() - begin)
    return statistics.median(took[WARM_UP:]) * 1000


def _page(server: Server, route: Route, members: Mapping[str, str]) -> float:
    """Milliseconds of server CPU a page, on average of days that were not asked for before."""
    model, client = recorded(server, Address(as_of=LAST_DAY, **members).format(), route.path), Client(server)  # type: ignore[arg-type]
    before = 0.0
    for i in range(1, DAYS + WARM_UP + 1):
        if i == WARM_UP + 1:  # compile, open files, start threads: not what is measured
            before = server.cpu()
        day = LAST_DAY - timedelta(days=i)
        client.page(tuple(body.replace(LAST_DAY.isoformat(), day.isoformat()) for body in model))
    return (server.cpu() - before) / DAYS * 1000
