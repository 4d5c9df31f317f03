"""Receivables from five metres: bars that are 100 % of what is open, the worst six, and no rep by name."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from layouts.urls import Scope
from layouts.wall import MOST
from layouts.wall.ageing import FEWER, Ageing, View
from metrics.ageing import Receivables
from metrics.query import Member, Missing
from tests.layouts.panels.hand import MEMBERS, Board, M, aged
from tests.layouts.tree import text, with_class

SCENE = Ageing()
ROWS: dict[str | None, tuple[str, ...]] = {
    # not due, 1–30, 31–60, 61–90, 91–180, over 180, unapplied: millions
    "O": ("29.7", "10.9", "8.8", "7.4", "8.1", "5.8", "-1.5"),
    "E": ("68.4", "21.7", "14.9", "10.2", "9.6", "5.1", "0"),
    None: ("13.0", "2.8", "0", "0", "0", "-0.4", "0"),
}


def shown(
    rows: dict[str | None, tuple[str, ...]], search: str = "", names: dict[str, str] | None = None, **more: Any
) -> tuple[Scope, View]:
    scope = Board().scope(search)
    asked = SCENE.needs(scope)["aged"]
    assert isinstance(asked, Receivables)
    answer = aged(asked, rows, **more)
    if names is not None:
        object.__setattr__(answer, "members", {key: Member(key, name, None) for key, name in names.items()})
    return scope, SCENE.view(scope, {"aged": answer})


def test_the_whole_is_told_in_large_figures() -> None:
    _, view = shown(ROWS)
    assert (view.owed, view.what, view.overdue) == (("¥", "214.5", "M"), "owed on 13 Sep", "¥104.9\u00a0M overdue")
    assert view.whole is not None
    assert view.whole.rate == ("", "48.5", "%")
    assert [(bucket.name, bucket.amount, bucket.shade) for bucket in view.buckets] == [
        ("Not due", "111.1", "n"),
        ("1–30 d", "35.4", "h1"),
        ("31–60 d", "23.7", "h2"),
        ("61–90 d", "17.6", "h3"),
        ("91–180 d", "17.7", "h4"),
        (">180 d", "10.5", "h5"),
        ("Unapplied", "−1.5", ""),
    ]


def test_members_stand_below_it_with_what_is_overdue() -> None:
    _, view = shown(ROWS)
    assert [(line.name, line.overdue, line.rate[1]) for line in view.lines] == [
        ("Overseas", "41.0", "57.9"),
        ("East", "61.5", "47.3"),
        ("Without region", "2.4", "15.5"),
    ]
    assert view.columns == ("Region", "Overdue, ¥\u00a0M", "Rate")
    assert text(with_class(SCENE.render(view), "rows")).startswith("RegionOverdue, ¥\u00a0MRateOverseas41.057.9%")


amounts = st.tuples(*[st.integers(-50, 500).map(str)] * 7)


@given(st.lists(amounts, min_size=1, max_size=12))
def test_a_bar_is_all_that_is_open_and_the_rest_is_counted(rows: list[tuple[str, ...]]) -> None:
    listed: dict[str | None, tuple[str, ...]] = {f"k{i}": row for i, row in enumerate(rows)}
    _, view = shown(listed, names={f"k{i}": f"k{i}" for i in range(len(rows))})
    twin = pd.DataFrame(rows).astype(int)
    if not twin.to_numpy().any():
        assert view.empty is not None
        return
    is_open = [i for i in range(len(rows)) if twin.iloc[i, :6].any()]
    assert [line.name for line in view.lines] == [f"k{i}" for i in is_open[:MOST]]
    assert view.more == (f"… and {len(is_open) - MOST} more" if len(is_open) > MOST else "")
    for line, i in zip(view.lines, is_open, strict=False):
        positive = twin.iloc[i, :6].clip(lower=0)
        expected = [share for share in positive / positive.sum() if share > 0.00005] if positive.sum() else []
        assert [part.share for part in line.parts if part.share] == pytest.approx(expected, abs=1e-4)


def test_long_names_leave_room_for_fewer_rows() -> None:
    long = "Southeast Asia and Pacific Distribution"
    listed: dict[str | None, tuple[str, ...]] = {f"k{i}": ROWS["E"] for i in range(7)}
    _, view = shown(listed, names={f"k{i}": long if i == 2 else f"k{i}" for i in range(7)})
    assert (len(view.lines), view.more) == (FEWER, f"… and {7 - FEWER} more")


def test_reps_are_not_named() -> None:
    _, view = shown({"r1": ROWS["O"], "r2": ROWS["E"]}, "?area=E1")
    assert view.lines == ()
    said = text(SCENE.render(view))
    assert not [name for member in MEMBERS["rep"].values() if (name := member.name) in said]
    assert "¥199" in said


def test_nothing_owed_says_so_and_why() -> None:
    for missing, said in ((None, "Every invoice is paid"), (Missing("no_data"), "There are no invoices in the data")):
        _, view = shown({}, missing=missing)
        assert view.empty is not None
        assert view.empty[1] == said
        assert said in text(with_class(SCENE.render(view), "wall-missing"))


def test_what_credit_notes_outweigh_has_an_amount_and_no_rate() -> None:
    _, view = shown({"E": ("-90", "20", "0", "0", "0", "0", "0")})
    assert view.whole is not None
    assert (view.overdue, view.whole.rate) == ("¥20.0\u00a0M overdue", ("", "—", ""))
    assert [(line.label, line.rate) for line in view.lines] == [("East: ¥20.0\u00a0M overdue", ("", "—", ""))]


def test_amounts_add_up_to_the_whole() -> None:
    _, view = shown(ROWS)
    total = sum(Decimal(v) for row in ROWS.values() for v in row)
    assert sum(Decimal(bucket.amount.replace("−", "-")) for bucket in view.buckets) == total
    assert Decimal(view.owed[1]) == round(total * M / M, 1)


def test_the_heading_and_the_page() -> None:
    assert SCENE.heading(Board().scope("?region=E")) == "East: Receivables by age"
    assert SCENE.page(Board().scope("?region=E&theme=dark")) == "collections?region=E"
