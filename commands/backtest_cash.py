"""Printing how well expected cash would have foretold the past."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import fmean
from typing import Final

from commands import console
from metrics.cash import HORIZONS, Foretold, foretold
from metrics.cash_ahead import Ahead, CashAhead
from metrics.engine import Engine
from metrics.scope import Filter

_COLUMNS: Final = ("cases", "expected", "recent", "last year", "best", "with interval", "inside 80 %")
_FIGURES: Final = tuple(name for name in _COLUMNS if name != "best")


def show(engine: Engine) -> bool:
    """Print the report; False where there is not enough history."""
    snapshot = engine.snapshot()
    regions = [key for key in engine.members("region") if key is not None]
    scopes: dict[str, list[tuple[Filter, ...]]] = {"company": [()], "region": [(Filter("region", (key,)),) for key in regions]}
    rows = []
    for level, wheres in scopes.items():
        for horizon, days in enumerate(HORIZONS):
            if cases := [case for where in wheres for case in _cases(engine, where, horizon)]:
                rows.append((level, str(days), *_row(cases)))
    if not rows:
        console.say("Not enough invoices and payments are known to foretell cash: there is nothing to test.")
        return False
    console.say(f"{snapshot.company_name('en') or 'The company'}, data from {snapshot.first_day} to {snapshot.last_day}")
    console.say(
        "Cash of the next days, expected each month from what was known then; mean absolute error as a share of the cash that came,"
    )
    console.say("against what the last days of as many brought, and the same days a year before.")
    console.table(("level", "days", *_COLUMNS), rows, numbers=("days", *_FIGURES))
    return True


def _cases(engine: Engine, where: tuple[Filter, ...], horizon: int) -> Iterator[Foretold]:
    found = engine.answer(CashAhead(as_of=engine.snapshot().last_day, where=where))
    assert isinstance(found, Ahead)
    yield from foretold(found.past, horizon)


def _row(cases: list[Foretold]) -> tuple[str, ...]:
    came = fmean(abs(case.actual) for case in cases)
    sizes = {
        name: fmean(abs(getattr(case, field) - case.actual) for case in cases) / came
        for name, field in (("expected", "expected"), ("recent", "recent"), ("last year", "year_before"))
    }
    sure = [case for case in cases if case.off is not None]
    inside = f"{sum(case.is_inside for case in sure) / len(sure):.1%}" if sure else "–"
    return str(len(cases)), *(f"{size:.1%}" for size in sizes.values()), min(sizes, key=lambda name: sizes[name]), str(len(sure)), inside
