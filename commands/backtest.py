"""Printing how well the landing forecast would have foretold the past."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from commands import console
from metrics import backtest
from metrics.backtest import Case, Score
from metrics.engine import Engine

_NAMES: Final = {"landing": "landing", "run_rate": "run rate", "last_year": "last year"}
_COLUMNS: Final = ("cases", *_NAMES.values(), "best", "inside 80 %", "width")
_FIGURES: Final = (*(name for name in _COLUMNS if name != "best"),)


def show(engine: Engine, levels: Sequence[str]) -> bool:
    """Print the report; False where no period has enough history. Raises ``UnknownName`` for a level there is not."""
    snapshot = engine.snapshot()
    found = list(backtest.cases(engine, levels))
    if not found:
        console.say("No past period has enough history: the forecast says so on the pages, and there is nothing to test.")
        return False
    console.say(f"{snapshot.company_name('en') or 'The company'}, data from {snapshot.first_day} to {snapshot.last_day}")
    console.say("Mean absolute error as a share of the actual, averaged over the measures; every month and quarter with history,")
    console.say("asked as of the day by which 25, 50 or 75 % of its working days had passed, knowing nothing later.")
    _table("By level", ("level",), backtest.scores(found, lambda case: (case.level,)))
    _table("By moment", ("level", "period", "passed"), backtest.scores(found, _moment))
    _table("By measure", ("level", "measure"), backtest.scores(found, lambda case: (case.level, case.measure)))
    _losses(backtest.scores(found, lambda case: (*_moment(case), case.measure)))
    return True


def _moment(case: Case) -> tuple[str, str, str]:
    return case.level, case.kind, f"{case.share:.0%}"


def _table(title: str, keys: tuple[str, ...], found: Mapping[tuple[str, ...], Score]) -> None:
    console.say(f"\n{title}")
    console.table((*keys, *_COLUMNS), [(*key, *_cells(score)) for key, score in found.items()], numbers=_FIGURES)


def _cells(score: Score) -> tuple[Any, ...]:
    """Errors are of the cases with a last year; where there is none, there is nothing to compare."""
    compared = score.compared > 0
    errors = [f"{score.errors[method]:.1%}" if compared else "–" for method in _NAMES]
    return f"{score.cases:,}", *errors, _NAMES[score.best] if compared else "–", f"{score.coverage:.1%}", f"{score.width:.1%}"


def _losses(found: Mapping[tuple[str, ...], Score]) -> None:
    """Where a plain guess was better."""
    lost = {key: score for key, score in found.items() if score.compared and score.best != "landing"}
    console.say(f"\nWhere a plain guess was better: {len(lost)} of {len(found)} kinds of cases")
    if lost:
        rows = [(*key, *_cells(score)) for key, score in lost.items()]
        console.table(("level", "period", "passed", "measure", *_COLUMNS), rows, numbers=_FIGURES)
