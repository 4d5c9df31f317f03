"""Roll rates on the card: shares of what was open, the sentence and the rule behind it, and what is said where nothing can be."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from layouts.panels.roll import NOTABLE, Roll, View
from layouts.parts import Value
from metrics.query import Missing
from metrics.roll import ZERO, Matrix
from metrics.rolling import Rolled, RollRates
from tests.layouts.panels.hand import Board, M
from tests.layouts.tree import of_type, text, with_class

PANEL = Roll()
DAY = date(2026, 9, 13)


def matrix() -> Matrix:
    """100 M in every bucket: 20 stay, 30 roll to the next one, 50 are paid; of the oldest 70 stay."""
    moved = [[ZERO] * 6 for _ in range(6)]
    for i in range(5):
        moved[i][i], moved[i][i + 1] = 20 * M, 30 * M
    moved[5][5] = 70 * M
    return Matrix((100 * M,) * 6, tuple(map(tuple, moved)), (ZERO,) * 6)


def rolled(**changed: Any) -> Rolled:
    today = tuple(Decimal(v) * M for v in ("250", "65", "36.5", "19", "22", "18"))
    ahead = tuple(v + M for v in today)
    found = Rolled(
        query=RollRates(as_of=DAY),
        edges=(30, 60, 90, 180),
        invoices=matrix(),
        credits=Matrix((ZERO,) * 6, ((ZERO,) * 6,) * 6, (ZERO,) * 6),
        today=today,
        projected=(today, today, ahead),
        from_bucket=tuple(Decimal(v) * M for v in ("1", "12", "8", "6", "8", "8")),
        missing=None,
        sql=("SELECT 1",),
    )
    return replace(found, **changed)


def view(found: Rolled, search: str = "") -> View:
    return PANEL.view(Board().scope(search), {"roll": found})


def test_a_row_says_what_rolls_stays_and_is_paid() -> None:
    found = view(rolled())
    first, last, total = found.lines[1], found.lines[5], found.total
    assert (first.name, first.today) == ("1–30 d", "65.0")
    assert first.shares == (Value("30.0%"), Value("20.0%"), Value("50.0%"))
    assert (last.name, last.shares) == (">180 d", (Value("0.0%"), Value("70.0%"), Value("30.0%")))
    assert first.projected == (Value("65.0"), Value("65.0"), Value("66.0"))
    assert total is not None
    assert (total.today, total.shares[2], total.projected[2]) == ("410.5", Value("46.6%"), Value("416.5"))
    assert found.columns == ("Past due", "Today", "Worse", "Stays", "Paid", "13 Oct", "13 Nov", "13 Dec")


def test_a_rise_names_the_money_that_decides_it() -> None:
    found = view(rolled())
    assert found.judgement == "bad"
    assert found.finding == "¥2.0\u00a0M more over 90 days by 13 Dec unless more of the ¥65.0\u00a0M now 1–30 days late is paid than usual"
    coming = view(rolled(from_bucket=tuple(Decimal(v) * M for v in ("20", "12", "8", "6", "8", "8"))))
    assert coming.finding.endswith("unless more of the ¥250.0\u00a0M not yet due is paid than usual")
    # What is over 90 days late already cannot become so.
    old = view(rolled(from_bucket=tuple(Decimal(v) * M for v in ("0", "0", "0", "0", "8", "8"))))
    assert old.finding == "¥2.0\u00a0M more over 90 days by 13 Dec"


@pytest.mark.parametrize(("change", "judgement", "said"), [("-5", "good", "less over 90 days by 13 Dec"), ("0.3", "dim", "About as much")])
def test_a_fall_and_no_change_are_told_apart(change: str, judgement: str, said: str) -> None:
    today = rolled().today
    then = (*today[:4], today[4] + Decimal(change) * M, today[5])
    assert abs(Decimal("0.3") / 40) < NOTABLE < Decimal(5) / 40
    found = view(rolled(projected=(today, today, then)))
    assert (found.judgement, said in found.finding) == (judgement, True)


def test_what_has_no_rate_is_a_dash_with_a_reason() -> None:
    empty = matrix()
    opening = (*empty.opening[:5], ZERO)
    carried = (*empty.carried[:5], (ZERO,) * 6)
    today = rolled().today
    unknown = (*today[:5], None)
    found = view(rolled(invoices=Matrix(opening, carried, (ZERO,) * 6), projected=(unknown,) * 3))
    assert found.lines[5].shares[0] == Value("—", "Nothing was in this bucket in the three months")
    assert found.lines[5].projected[0] == Value("—", "There is not enough history to forecast from")
    assert found.total is not None
    assert found.total.projected[2].text == "—"
    assert found.finding.startswith("What will be over 90 days late cannot be told")


def test_empty_states_say_why() -> None:
    assert view(rolled(missing=Missing("not_enough_history"))).empty == (
        "No roll rates to show",
        "It takes three months of receivables before the as-of day.",
    )
    assert view(rolled(missing=Missing("no_data"))).empty[1] == "There are no invoices in the data"
    assert view(rolled(today=(ZERO,) * 6)).empty == ("Nothing is owed on 13 Sep 2026", "Every invoice is paid")
    asked = Board().scope("?category=P")
    assert PANEL.needs(asked) == {}
    assert "product categories" in text(PANEL.render(PANEL.view(asked, {})))
    assert PANEL.table(asked, {}) is None


def test_a_period_that_is_over_is_asked_as_of_its_end() -> None:
    assert PANEL.needs(Board().scope("?period=2026Q2&region=E"))["roll"].as_of == date(2026, 6, 30)
    assert [f.dimension for f in PANEL.needs(Board().scope("?region=E"))["roll"].where] == ["region"]


def test_it_is_a_table_with_headings_and_its_twin_is_exact() -> None:
    tree = PANEL.render(view(rolled()))
    assert [head.scope for head in of_type(tree, "Th")].count("row") == 7
    assert len(with_class(tree, "found")) == 1
    table = PANEL.table(Board().scope(), {"roll": rolled()})
    assert table is not None
    assert table.raw[1][:5] == ("1–30 d", 65 * M, Decimal("0.3"), Decimal("0.2"), Decimal("0.5"))
    assert sum(row[1] for row in table.raw[:-1]) == table.raw[-1][1]
    assert {len(row) for row in (*table.rows, *table.raw, table.columns)} == {8}
    assert all(isinstance(cell, str) for row in table.rows for cell in row)


def test_in_chinese() -> None:
    found = view(rolled(), "?language=zh")
    assert found.lines[1].name == "1–30 天"
    assert found.finding == "到12月13日逾期 90 天以上将增加 200\u00a0万，除非现逾期 1–30 天的 6,500\u00a0万 收回得比往常多"
