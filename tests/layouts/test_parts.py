"""The small parts: what a reader hears, and that a mark never carries a meaning alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import get_args
from urllib.parse import unquote
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layouts import parts
from layouts.panel import Table
from layouts.parts import Bar, Chip, ChipKind, Spark, Value
from tests.layouts.tree import of_type, text, with_class


def props(component: object) -> dict[str, object]:
    found = component.to_plotly_json()["props"]  # type: ignore[attr-defined]
    assert isinstance(found, dict)
    return found


@pytest.mark.parametrize("kind", get_args(ChipKind))
def test_every_chip_has_an_icon_and_a_word(kind: ChipKind) -> None:
    chip = parts.chip(Chip(kind, "Some word"))
    assert text(chip) == "Some word"
    assert len(with_class(chip, "ic")) == 1
    assert props(with_class(chip, "ic")[0])["aria-hidden"] == "true"


def test_the_bullet_says_its_sentence_and_draws_shares() -> None:
    bullet = parts.bullet(Bar(label="78.2% of target", actual=0.782, expected=0.815, judgement="bad"), "k11")
    assert props(bullet)["role"] == "img"
    assert props(bullet)["aria-label"] == "78.2% of target"
    assert props(bullet)["style"] == {"--a": 0.782, "--e": 0.815}
    assert [mark.className for mark in of_type(bullet, "I")] == ["pl", "ac", "t70", "t70 b", "gp", "ex"]
    assert props(bullet)["className"] == "bullet k11"


@pytest.mark.parametrize(("judgement", "look"), [("bad", "bullet"), ("good", "bullet up"), ("dim", "bullet tol")])
def test_the_colour_of_the_gap_follows_the_judgement(judgement: parts.Judgement, look: str) -> None:
    assert props(parts.bullet(Bar(label="", actual=0.5, expected=0.6, judgement=judgement)))["className"] == look


def test_the_hatch_goes_from_the_actual_to_the_forecast() -> None:
    bar = Bar(label="x", actual=0.5, expected=0.6, judgement="bad", forecast=0.9)
    drawn = parts.bullet(bar)
    assert drawn.style == {"--a": 0.5, "--e": 0.6, "--f": 0.9}
    assert len(with_class(drawn, "fc")) == 1
    fallen = parts.bullet(replace(bar, forecast=0.4))
    assert not with_class(fallen, "fc")
    assert parts.bullet(replace(bar, forecast=1.2, over=True)).className == "bullet over fore"
    assert parts.bullet(replace(bar, actual=1.2, forecast=1.2, over=True)).className == "bullet over"


def test_without_target_there_is_neither_outline_nor_tick() -> None:
    bullet = parts.bullet(Bar(label="", actual=1.0, expected=None, judgement="dim", target=False, over=True))
    assert [mark.className for mark in of_type(bullet, "I")] == ["ac"]
    assert str(props(bullet)["className"]).endswith("over")


def test_a_missing_value_carries_its_reason_for_eye_and_ear() -> None:
    missing = parts.value(Value("—", "No target is set"), "num")
    assert props(missing)["title"] == "No target is set"
    assert text(with_class(missing, "visually-hidden")) == "No target is set"
    assert text(parts.value(Value("78.2%"))) == "78.2%"
    assert "title" not in props(parts.value(Value("78.2%")))


numbers = st.one_of(st.none(), st.floats(-1e9, 1e9, allow_nan=False))


@given(st.lists(numbers, min_size=1, max_size=12), st.lists(numbers, min_size=1, max_size=12))
def test_a_sparkline_stays_inside_its_frame_and_breaks_at_holes(now: list[float | None], before: list[float | None]) -> None:
    before = (before * 12)[: len(now)]
    image = parts.sparkline(Spark(label="Weekly", now=tuple(now), before=tuple(before), ink="#222d38", grey="#8a9096"))
    if all(v is None for v in (*now, *before)):
        assert image is None
        return
    assert image.alt == "Weekly"
    drawing = ET.fromstring(unquote(image.src.removeprefix("data:image/svg+xml,")))
    lines = [line.attrib["d"] for line in drawing if line.tag.endswith("path")]
    for line, values in zip(lines, (before, now), strict=True):
        points = [tuple(map(float, point.split())) for point in line.replace("L", "M").split("M")[1:]]
        assert len(points) == sum(v is not None for v in values)
        assert all(0 <= x <= 62 and 0 <= y <= 18 for x, y in points)
        starts = sum(v is not None and (i == 0 or values[i - 1] is None) for i, v in enumerate(values))
        assert line.count("M") == starts


def test_higher_values_stand_higher() -> None:
    image = parts.sparkline(Spark(label="", now=(1.0, 3.0), before=(2.0, 2.0), ink="#000000", grey="#888888"))
    drawing = ET.fromstring(unquote(image.src.removeprefix("data:image/svg+xml,")))
    now = list(drawing)[1].attrib["d"]
    assert now == "M3.0 15.0L59.0 3.0"


def test_the_table_twin_heads_its_rows_and_columns() -> None:
    twin = parts.table_twin(Table("Sales, ¥ M", ("Region", "Actual"), (("East", "93.8"), ("West", "46.7")), (("East", 1), ("West", 2))))
    heads = of_type(twin, "Th")
    assert [(head.scope, text(head)) for head in heads] == [("col", "Region"), ("col", "Actual"), ("row", "East"), ("row", "West")]
    assert text(of_type(twin, "Caption")) == "Sales, ¥ M"
    assert [text(cell) for cell in of_type(twin, "Td")] == ["93.8", "46.7"]


def test_in_the_table_twin_words_stand_to_the_left_and_figures_to_the_right() -> None:
    columns, shown = ("Rep", "Area", "Actual", "Landing", "Since"), ("Luo Rui", "—", "93.8", "—", "1 Sep")
    raw = (("Luo Rui", None, Decimal("93.8"), None, date(2026, 9, 1)), ("Zhao Peng", "Zhejiang", None, None, None), ())
    twin = parts.table_twin(Table("Reps", columns, (shown, shown, ()), raw))
    assert [head.className for head in of_type(twin, "Th") if head.scope == "col"] == ["l", "l", None, None, None]
    assert [cell.className for cell in of_type(twin, "Td")][:4] == ["l", None, None, None]
