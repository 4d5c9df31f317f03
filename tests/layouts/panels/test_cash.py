"""Expected cash on the card: parts that add up, the sentence against the target, and what is said where nothing can be."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from layouts.panels.cash import Cash, View
from layouts.parts import Value
from metrics.cash import HORIZONS, Past
from metrics.cash_ahead import Ahead, CashAhead, Expected
from metrics.query import Missing, Query
from tests.layouts.panels.hand import Board, M
from tests.layouts.tree import text, with_class

PANEL = Cash()
DAY = date(2026, 9, 13)
EMPTY = Past(np.zeros((1, 1)), np.zeros((1, 1, 3)), np.zeros((1, 3)), np.zeros(1))


def expected(days: int) -> Expected:
    """4 M a day of what is open, 1 M of new business; a tenth to either side."""
    total = 5 * days * M
    return Expected(
        days=days,
        end=DAY + timedelta(days=days),
        open=4 * days * M,
        new=days * M,
        low=total * Decimal("0.9"),
        high=total * Decimal("1.1"),
        before=6 * days * M,
    )


def ahead(missing: Missing | None = None) -> Ahead:
    found = () if missing else tuple(map(expected, HORIZONS))
    return Ahead(query=CashAhead(as_of=DAY), expected=found, missing=missing, past=EMPTY, starts=(DAY,), sql=("SELECT 1",))


def view(target: str | None, *, until: date = date(2026, 12, 31), phasing: str = "", **how: Any) -> View:
    """``target``: of each day, in millions. ``until``: the last day of which there is one."""
    scope = Board().scope("", phasing=phasing)
    asked = PANEL.needs(scope)["targets"]
    assert isinstance(asked, Query)
    days = (asked.period.first + timedelta(days=i) for i in range((min(until, asked.period.last) - DAY).days))
    amounts = (Decimal(target) * M for target in ([target] if target else []))
    rows = [{"day": day, "collections_target": amount} for amount in amounts for day in days]
    nothing = {"day": asked.period.last, "collections_target": None}  # other measures may have targets then
    return PANEL.view(scope, {"ahead": ahead(**how), "targets": Board().result(asked, [*rows, nothing])})


def test_a_row_says_the_sum_and_its_parts() -> None:
    first, *_, last = view("5").lines
    assert (first.name, first.until, first.expected, first.between, first.before) == (
        "30 days",
        "until 13 Oct",
        "150.0",
        "135.0–165.0",
        "180.0",
    )
    assert first.said == "¥120.0\u00a0M of what is open, ¥30.0\u00a0M of new business"
    assert first.planned == Value("150.0")
    # Shares of the width, which ends at the largest of all: 495 M.
    assert (last.open, last.low, last.total, last.target, last.high) == tuple(round(v / 495, 4) for v in (360, 405, 450, 450, 495))


@pytest.mark.parametrize(
    ("target", "judgement", "said"),
    [
        ("5.2", "dim", "About the target by 12 Dec: 96.1% of it is expected"),
        ("5.6", "bad", "¥54.0\u00a0M short of the target by 12 Dec if customers go on paying like that"),
        ("4.4", "good", "¥54.0\u00a0M above the target by 12 Dec if customers go on paying like that"),
        (None, "dim", "¥150.0\u00a0M expected by 13 Oct"),
        ("0", "dim", "¥150.0\u00a0M expected by 13 Oct"),
    ],
)
def test_a_target_inside_the_interval_is_neither_missed_nor_passed(target: str | None, judgement: str, said: str) -> None:
    found = view(target)
    assert (found.judgement, found.finding) == (judgement, said)


def test_without_target_there_is_no_mark() -> None:
    found = view(None)
    assert found.lines[0].planned == Value("—", "No target is set for these days")
    # The key alone has one.
    assert len(with_class(PANEL.render(found), "target")) == 1
    assert len(with_class(PANEL.render(view("5")), "target")) == 1 + len(HORIZONS)


@pytest.mark.parametrize(
    ("until", "phasing", "targets"),
    [
        (date(2026, 12, 31), "", ("150.0", "300.0", "450.0")),
        (date(2026, 12, 11), "", ("150.0", "300.0", "445.0")),  # the last horizon ends on a Saturday
        (date(2026, 12, 11), "calendar_days", ("150.0", "300.0", "—")),
        (date(2026, 12, 10), "", ("150.0", "300.0", "—")),
        (date(2026, 11, 12), "", ("150.0", "300.0", "—")),
        (date(2026, 9, 30), "", ("—", "—", "—")),  # the next quarter is not planned yet
        (DAY, "", ("—", "—", "—")),
    ],
)
def test_a_target_of_a_part_of_the_days_is_none(until: date, phasing: str, targets: tuple[str, ...]) -> None:
    found = view("5", until=until, phasing=phasing)
    assert tuple(line.planned.text for line in found.lines) == targets
    assert {line.planned.why for line in found.lines if line.target is None} <= {"No target is set for these days"}
    if targets[0] == "—":
        assert found.finding == "¥150.0\u00a0M expected by 13 Oct"


def test_targets_are_asked_of_the_days_ahead() -> None:
    asked = PANEL.needs(Board().scope(""))
    assert set(asked) == {"ahead", "targets"}
    assert isinstance(planned := asked["targets"], Query)
    assert (planned.period.first, planned.period.last) == (DAY + timedelta(days=1), DAY + timedelta(days=HORIZONS[-1]))
    assert set(PANEL.needs(Board().scope("?customer=c1"))) == {"ahead"}


def test_empty_states_say_why() -> None:
    short = view(None, missing=Missing("not_enough_history"))
    assert short.empty == ("No expected cash to show", "It takes about two years of invoices and payments to say how sure it is.")
    assert view(None, missing=Missing("no_data")).empty[1] != short.empty[1]
    asked = Board().scope("?category=P")
    assert PANEL.needs(asked) == {}
    assert "product categories" in text(PANEL.render(PANEL.view(asked, {})))
    assert PANEL.table(asked, {}) is None


def test_the_table_has_every_figure() -> None:
    scope = Board().scope("")
    table = PANEL.table(scope, {"ahead": ahead()})
    assert table is not None
    assert [row[4] for row in table.raw] == [150 * M, 300 * M, 450 * M]
    assert all(len(row) == len(table.columns) for row in (*table.rows, *table.raw))
