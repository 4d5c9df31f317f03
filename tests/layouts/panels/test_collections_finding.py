"""What is owed in one sentence: how much of it is overdue, who holds it, and a sensible sentence where nobody does."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from layouts.panels.collections_finding import CollectionsFinding
from metrics.query import Missing
from tests.layouts.panels.hand import Board, M
from tests.layouts.tree import text

PANEL = CollectionsFinding()
D = Decimal
Rows = dict[Any, tuple[str, str, str]]
DRAWN: Rows = {
    # open, overdue, over 90 days: millions, as drawn
    "O": ("70.7", "41.0", "13.9"),
    "E": ("129.9", "61.5", "14.7"),
    "S": ("32.0", "7.7", "0.9"),
    None: ("195.6", "64.7", "11.6"),
}


def row(amounts: tuple[str, str, str], **more: Any) -> dict[str, Any]:
    owed, overdue, late = (D(v) * M for v in amounts)
    return {"open": owed, "overdue": overdue, "overdue_rate": overdue / owed if owed > 0 else None, "over_90": late, **more}


def sentence(rows: Rows, search: str = "", total: dict[str, Any] | None = None, missing: dict[str, Missing] | None = None) -> str:
    board = Board()
    scope = board.scope(search)
    needs = PANEL.needs(scope)
    whole = tuple(str(sum((D(amounts[i]) for amounts in rows.values()), D(0))) for i in range(3))
    results = {"total": board.result(needs["total"], [total or row(whole)], missing)}  # type: ignore[arg-type]
    if "members" in needs:
        ordered = sorted(rows.items(), key=lambda item: -D(item[1][1]))
        results["members"] = board.result(needs["members"], [row(amounts, **{scope.child: key}) for key, amounts in ordered])
    found = PANEL.view(scope, results)
    assert text(PANEL.render(found)).startswith(found.sentence)
    return found.sentence


def test_the_holders_of_most_are_named_with_what_is_long_overdue() -> None:
    assert sentence(DRAWN) == "41% of receivables are overdue; East and Overseas hold 59% of it and 70% of debt over 90 days"
    assert sentence(DRAWN, "?language=zh") == "应收账款中 41% 已逾期；华东和海外占逾期的 59%、逾期 90 天以上的 70%"


def test_one_holder_is_spoken_of_in_the_singular() -> None:
    rows = {**DRAWN, "E": ("400", "300", "200")}
    assert sentence(rows) == "59% of receivables are overdue; East holds 73% of it and 88% of debt over 90 days"


def test_where_nothing_is_long_overdue_that_is_left_out() -> None:
    rows: Rows = {"E": ("100", "50", "0"), "O": ("100", "10", "0"), "S": ("10", "5", "0")}
    assert sentence(rows) == "31% of receivables are overdue; East holds 77% of it"
    assert sentence({**rows, "E": ("100", "35", "0"), "O": ("100", "30", "0"), "S": ("100", "25", "0")}) == (
        "30% of receivables are overdue; East and Overseas hold 72% of it"
    )


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ({"E": ("100", "30", "10")}, "30% of receivables are overdue, 10% for over 90 days"),  # one member
        ({"E": ("100", "30", "0"), "O": ("50", "0", "0")}, "20% of receivables are overdue"),
        ({"E": ("100", "0", "0"), "O": ("50", "0", "0")}, "Nothing of what Company is owed is overdue"),
        ({"E": ("100", "-5", "0")}, "Nothing of what Company is owed is overdue"),  # credit notes alone are overdue
        ({"E": ("0", "0", "0")}, "Nothing is owed on 13 Sep 2026"),
        ({"E": ("-20", "30", "10")}, "¥30.0\u00a0M is overdue; credit notes cover the open invoices"),
        ({"E": ("-60", "30", "10"), "O": ("60", "0", "0")}, "¥30.0\u00a0M is overdue; credit notes cover the open invoices"),
        ({"E": ("-20", "-20", "0")}, "Nothing of what Company is owed is overdue"),
    ],
)
def test_a_sentence_for_every_case(rows: Rows, said: str) -> None:
    assert sentence(rows) == said


def test_what_many_share_is_nobodys() -> None:
    rows: Rows = {f"r{i}": ("100", "10", "1") for i in range(1, 4)} | {None: ("100", "40", "4")}
    assert sentence(rows, "?area=E1") == "Jiangsu: 18% of receivables are overdue, 2% for over 90 days"


def test_below_the_company_the_place_is_named_and_at_a_customer_there_are_no_members() -> None:
    rows: Rows = {"E1": ("100", "30", "10"), "E2": ("100", "10", "1"), "E3": ("100", "5", "1")}
    assert sentence(rows, "?region=E") == "East: 15% of receivables are overdue; Jiangsu holds 67% of it and 83% of debt over 90 days"
    owing = sentence({"x": ("-10", "30", "10")}, "?region=E&language=zh")
    assert owing == "华东：逾期 3,000\u00a0万；红字发票抵过了未收发票"
    assert sentence({"x": ("100", "30", "10")}, "?customer=c1") == "Bohe: 30% of receivables are overdue, 10% for over 90 days"


def test_without_invoices_nothing_is_known() -> None:
    unknown = dict.fromkeys(("open", "overdue", "overdue_rate", "over_90"))
    said = sentence({}, total=unknown, missing={"open": Missing("no_data")})
    assert said == "Nothing is known of what is owed. There are no invoices in the data."
