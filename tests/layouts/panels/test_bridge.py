"""The bridge and the contributors of the demo company, in words: parts that meet end to end, reasons, links, and what is not there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from data.settings import Settings
from data.warehouse import Warehouse
from layouts import causes
from layouts.panels.bridge import Bridge
from layouts.panels.bridge import View as BridgeView
from layouts.panels.contributors import Contributors
from layouts.panels.contributors import View as ContributorsView
from layouts.resolving import resolve
from layouts.urls import Scope, parse_address
from metrics.drivers import Driver, Step
from metrics.engine import Engine
from metrics.why import Explanation
from tests.metrics.goods import ONE_REGION, Sale, company

Look = Callable[[str], tuple[Scope, dict[str, Explanation], BridgeView, ContributorsView]]


@pytest.fixture(scope="module")
def look(demo_warehouse: Warehouse) -> Look:
    return look_at(Engine(demo_warehouse, Settings()))


def look_at(engine: Engine) -> Look:
    def shown(search: str) -> tuple[Scope, dict[str, Explanation], BridgeView, ContributorsView]:
        address, _ = parse_address(search)
        scope, _ = resolve(address, engine.snapshot(), Settings(), engine.members)
        found: dict[str, Any] = {name: engine.answer(question) for name, question in Bridge().needs(scope).items()}
        return scope, found, Bridge().view(scope, found), Contributors().view(scope, found)

    return shown


@pytest.mark.parametrize(
    "search", ["", "region=East", "region=East&against=target", "area=Jiangsu&against=py&measure=profit", "against=pp&measure=collections"]
)
@pytest.mark.parametrize("bridge", ["causes", "members"])
def test_each_part_begins_where_the_last_ended(look: Look, search: str, bridge: str) -> None:
    _, _, view, _ = look(f"{search}&bridge={bridge}")
    at = view.rows[0].width + view.rows[0].left
    for row in view.rows[1:-1]:
        begins, ends = (row.left + row.width, row.left) if row.judgement == "bad" else (row.left, row.left + row.width)
        assert begins == pytest.approx(at, abs=0.01)
        at = ends
    assert view.rows[-1].left + view.rows[-1].width == pytest.approx(at, abs=0.01)
    assert (view.rows[0].kind, view.rows[-1].kind) == ("base", "actual")
    assert len(view.rows) > 3


def test_against_a_plan_the_members_stand_first_and_against_the_past_the_causes(look: Look) -> None:
    _, found, view, _ = look("region=East")
    assert {row.label for row in view.rows[1:-1]} == {found["why"].label("area", s.key, "en") for s in found["why"].whole.steps["area"]}
    assert [name for name, _, on in view.choices if on] == ["By member"]
    _, _, view, _ = look("region=East&against=py")
    assert {"Lost customers", "Price", "Volume"} <= {row.label for row in view.rows}
    assert [name for name, _, on in view.choices if on] == ["By cause"]


def test_what_is_behind_a_part_is_a_link_away(look: Look) -> None:
    _, _, view, _ = look("region=East&bridge=causes")
    links = {row.label: row.href for row in view.rows}
    assert "tab=customer" in links["Lost customers"]
    assert "tab=product" in links["Price"]
    _, _, members, _ = look("region=East")
    assert all("area=" in row.href for row in members.rows[1:-1])


def test_every_part_has_a_reason_in_words(look: Look) -> None:
    _, _, view, _ = look("region=East&against=py&measure=profit")
    assert all(row.reason for row in view.rows[1:-1])
    _, _, chinese, _ = look("region=East&against=py&measure=profit&language=zh")
    assert not any(word in row.reason for row in chinese.rows for word in ("customers", "units", "products"))


@pytest.mark.parametrize(
    ("against", "label", "said", "chinese"),
    [
        ("expected", "Expected by 13 Sep", "against expected by 13 Sep", "与截至 9月13日 的应达差 "),
        ("target", "Target", "against the target", "与目标差 "),
        ("py", "Previous year", "against the previous year", "与去年同期差 "),
        ("pp", "Previous period", "against the previous period", "与上期差 "),
    ],
)
def test_the_gap_is_told_in_a_sentence(look: Look, against: str, label: str, said: str, chinese: str) -> None:
    _, _, view, _ = look(f"against={against}")
    assert view.rows[0].label == label
    assert view.rows[-1].reason.endswith(f" {said}")
    _, _, view, _ = look(f"against={against}&language=zh")
    assert view.rows[-1].reason.startswith(chinese)


def test_what_a_unit_costs_is_not_called_its_price(look: Look) -> None:
    _, found, view, _ = look("region=East&against=py&measure=profit&language=zh")
    told = {cause.key: row.reason for cause, row in zip(found["why"].whole.causes, view.rows[1:-1], strict=True)}
    assert told["price"].startswith("单价变动 ")
    assert told["cost"].startswith("单位成本变动 ")
    assert told["expense"].startswith("单位费用变动 ")


def test_more_than_all_of_a_gap_is_said_of_one(look: Look) -> None:
    driver = Driver(cause="", dimension="region", key="East", amount=Decimal(-12), share=Decimal("1.2"), count=1, score=0.5)
    for language, said in (("en", "East explains more than all of it"), ("zh", "华东一项即超过全部差额")):
        scope, found, _, _ = look(f"language={language}")
        assert causes.explains(scope, found["why"], found["why"].whole, driver) == said


def test_the_table_has_exactly_the_gap(look: Look) -> None:
    scope, found, _, _ = look("region=East&against=py")
    table = Bridge().table(scope, found)
    assert table is not None
    base, *amounts, actual = (row[1] for row in table.raw)
    assert base + sum(amounts, Decimal(0)) == actual


def test_contributors_and_all_others_are_the_whole_gap(look: Look) -> None:
    scope, found, _, view = look("region=East")
    table = Contributors().table(scope, found)
    assert table is not None
    assert sum((row[3] for row in table.raw), Decimal(0)) == found["why"].whole.gap
    assert sum(int(row.share.text.replace("−", "-").rstrip("%")) for row in view.rows) == pytest.approx(100, abs=len(view.rows))
    assert view.drivers[0][0].endswith("of it")
    assert any(words.startswith("Drill path: Jiangsu") for words, _ in view.drivers)


@pytest.mark.parametrize(
    ("sold", "name", "said", "chinese"),
    [
        (0, "Unallocated target", "the unallocated target explains 60% of it", "未分配目标占差额的 60%"),
        (9, "Without rep", "what has no rep explains 60% of it", "无业务员的部分占差额的 60%"),
    ],
)
def test_sales_of_no_rep_are_not_called_a_target(look: Look, sold: int, name: str, said: str, chinese: str) -> None:
    driver = Driver(cause="", dimension="rep", key=None, amount=Decimal(-6), share=Decimal("0.6"), count=1, score=0.5)
    for language, words in (("en", said), ("zh", chinese)):
        scope, found, _, _ = look(f"area=Jiangsu&language={language}")
        steps = (Step("rep", None, Decimal(sold + 6), Decimal(sold)), Step("rep", "R001", Decimal(4), Decimal(0)))
        whole = replace(found["why"].whole, steps={"rep": steps}, drivers=(driver,), base=Decimal(sold + 10), actual=Decimal(sold))
        why = replace(found["why"], whole=whole, children={})
        assert causes.reason(scope, why) == words
        if language == "en":
            assert name in [row.label for row in Bridge().view(scope, {"why": why}).rows]
            assert name in [row.name for row in Contributors().view(scope, {"why": why}).rows]


def test_against_the_whole_target_a_reason_names_the_gap_that_it_explains(look: Look) -> None:
    """What is short of the target is mostly not due yet; drivers explain the lag in it, and a lead explains none of it."""
    for language, words in (("en", "of the lag behind pace"), ("zh", "占进度落后额的")):
        scope, found, bridge, contributors = look(f"against=target&language={language}")
        assert words in causes.reason(scope, found["why"])
        told = [row.reason for row in bridge.rows if row.kind == "part" and row.reason]
        assert told
        assert all(words.split("的")[0] in said or "全部进度落后额" in said for said in told)
        table = Bridge().table(scope, found)
        assert table is not None
        assert [row[2] for row in table.raw if row[2]] == told
    scope, found, bridge, contributors = look("region=North&against=target&as-of=2026-08-05")
    assert found["why"].whole.gap < 0 < found["why"].whole.driven
    assert causes.reason(scope, found["why"]) == ""
    assert contributors.drivers == ()
    assert {row.label: row.reason for row in bridge.rows}["Hebei"] == ""
    scope, found, *_ = look("against=target&period=2026Q2")
    assert {row.reason.endswith("of it") for row in Bridge().view(scope, found).rows if row.kind == "part" and row.reason} == {True}


def test_one_customer_is_not_a_class_of_customers(look: Look) -> None:
    _, everybody, _, _ = look("against=py&bridge=causes")
    classes = {cause.key: cause.members[0].key for cause in everybody["why"].whole.causes if cause.key.endswith("_customers")}
    for cause, words in (
        ("lost_customers", "othing was bought in Q3 2026"),
        ("new_customers", "othing was bought in the days it is held against"),
    ):
        scope, found, bridge, contributors = look(f"customer={classes[cause]}&against=py&bridge=causes")
        assert [row.reason for row in bridge.rows if row.kind == "part"] == [f"N{words}"]
        assert causes.reason(scope, found["why"]) == (f"n{words}" if found["why"].whole.base else "")
        assert not any("customers" in words for words, _ in contributors.drivers)


def test_where_no_gap_was_said_the_reason_names_it(look: Look) -> None:
    """Who has reached the target is told of that: an "it" would be the target."""
    for language, it, named in (("en", " of it", " of the lag behind pace"), ("zh", "占差额的", "占进度落后额的")):
        scope, found, _, _ = look(f"region=East&language={language}")
        said, alone = (causes.reason(scope, found["why"], is_said=is_said) for is_said in (True, False))
        assert it in said
        assert alone == said.replace(it, named)


def test_without_rows_no_unit_is_named(look: Look) -> None:
    _, _, bridge, contributors = look("period=2023Q3&against=py")
    assert (bridge.caption, contributors.caption) == ("Sales amount", "")


def test_where_there_is_no_base_the_panels_say_why(look: Look) -> None:
    _, _, bridge, contributors = look("period=2024Q1&against=py&as-of=2024-01-20")
    assert not bridge.rows or bridge.rows[0].value != "—"
    _, _, bridge, contributors = look("period=2023Q3&against=py")
    assert bridge.rows == ()
    assert "The data begins on" in bridge.empty[1]
    assert contributors.rows == ()


def test_inside_the_tolerance_nothing_is_blamed(look: Look) -> None:
    scope, found, _, _ = look("")
    whole = found["why"].whole
    assert whole.base
    assert causes.reason(scope, found["why"], replace(whole, actual=whole.base * Decimal("0.99"))) == ""
    assert causes.reason(scope, found["why"], replace(whole, actual=whole.base * Decimal("0.9"))) != ""


def with_steps(found: Explanation, *moves: int, base: int = 1000) -> Explanation:
    """The same, of reps that moved so much."""
    steps = tuple(Step("rep", f"R{i:03}", Decimal(base), Decimal(base + moved)) for i, moved in enumerate(moves, 1))
    whole = replace(found.whole, steps={"rep": steps}, causes=(), drivers=(), path=())
    whole = replace(whole, base=sum((s.base for s in steps), Decimal(0)), actual=sum((s.actual for s in steps), Decimal(0)))
    return replace(found, whole=whole, children={})


def test_what_is_on_pace_is_not_called_behind(look: Look) -> None:
    """The headline says "on pace" inside the same tolerance, of a period that runs."""
    titles = {}
    for language in ("en", "zh"):
        scope, found, _, _ = look(f"language={language}")
        for moved in (-49, -50, 49, 50):
            why = {"why": with_steps(found["why"], moved)}
            titles[language, moved] = Bridge().view(scope, why).title
    assert list(titles.values()) == [
        "Company: from expected to actual", "Why Company is behind", "Company: from expected to actual", "Why Company is ahead",
        "公司：从应达到实际", "公司为何落后", "公司：从应达到实际", "公司为何领先",
    ]  # fmt: skip
    for search, title in (("against=py", "Why Company is lower"), ("period=2026Q2", "Why Company is behind")):
        scope, found, _, _ = look(search)
        assert Bridge().view(scope, {"why": with_steps(found["why"], -49)}).title == title


def test_a_gap_that_is_small_beside_its_parts_is_not_shared_out(look: Look) -> None:
    scope, found, _, _ = look("area=Jiangsu")
    for moves, is_shared in (((-200, 100), True), ((-201, 101), False), ((101, -201), False), ((-300, -20), True)):
        why = {"why": with_steps(found["why"], *moves)}
        view, table = Contributors().view(scope, why), Contributors().table(scope, why)
        assert table is not None
        assert {row.share.why == "" for row in view.rows} == {is_shared}
        assert {row.share.text == "—" for row in view.rows} == {not is_shared}
        assert {row[-1] is None for row in table.raw} == {row[-1] == "—" for row in table.rows} == {not is_shared}


def test_who_is_named_moved_more_than_who_is_not(look: Look) -> None:
    """And nobody whose amount prints as zero is named, nor told as good or bad."""
    scope, found, _, _ = look("area=Jiangsu")
    view = Contributors().view(scope, {"why": with_steps(found["why"], 45_000, 4, *range(-2000, -3400, -100), base=10_000)})
    assert [row.amount for row in view.rows] == ["+45,000", "−3,300", "−3,200", "−3,100", "−3,000", "−2,900", "−2,800", "−18,796"]
    view = Contributors().view(scope, {"why": with_steps(found["why"], 3_500_000, 4, -40_000, -30_000, base=10_000)})
    assert [row.amount for row in view.rows] == ["+3,500.0", "−40.0", "−30.0", "0.0"]
    assert [row.judgement for row in view.rows] == ["good", "bad", "bad", "dim"]


def test_a_gap_that_nobody_below_explains_says_why(look: Look) -> None:
    scope, found, _, _ = look("region=East")
    alone = replace(found["why"], whole=replace(found["why"].whole, causes=(), steps={}, drivers=(), path=()), children={})
    assert "cannot be taken apart" in Bridge().view(scope, {"why": alone}).note
    assert Contributors().view(scope, {"why": alone}).empty[0] == "Nobody to name for East"


def test_targets_by_category_are_the_parts_of_a_bridge_by_category(tmp_path: Path) -> None:
    """Also without a year before to tell by."""
    sold: list[Sale] = [(date(2026, 8, 3), "r1", "p1", 1500), (date(2026, 8, 3), "r1", "q1", 2500)]
    look = look_at(company(tmp_path, targets=[*ONE_REGION, ("region", "E", "", 5000)], sales=sold))
    _, _, view, contributors = look("axis=category&against=target&period=2026Q3&as-of=2026-09-30")
    parts = {row.label: (row.value.replace("−", "-"), row.reason) for row in view.rows[1:-1]}
    assert parts == {
        "Pumps": ("-1,000", ""),
        "Seals": ("+500", ""),
        "Unallocated target": ("-500", "A target without category"),
    }
    assert view.note == ""
    assert {row.name for row in contributors.rows} == set(parts)


def test_a_bridge_without_parts_says_why_whatever_else_has_parts(tmp_path: Path) -> None:
    """Nobody set targets by category and there is no year before; the regions have gaps, but are not what is shown."""
    sold: list[Sale] = [(date(2026, 8, 3), "r1", "p1", 1500), (date(2026, 8, 3), "r1", "q1", 2500)]
    look = look_at(company(tmp_path, targets=[("region", "E", "", 4500)], sales=sold))
    _, found, view, _ = look("axis=category&against=target&period=2026Q3&as-of=2026-09-30")
    assert any(step.gap for step in found["why"].whole.steps["region"])
    assert [row.kind for row in view.rows] == ["base", "actual"]
    assert view.note.startswith("The gap cannot be taken apart here.")
    _, _, regions, _ = look("against=target&period=2026Q3&as-of=2026-09-30")
    assert [row.label for row in regions.rows[1:-1]] == ["East"]
    assert regions.note == ""


def test_who_did_not_pay_is_not_called_lost(look: Look) -> None:
    for past in ("py", "pp"):
        scope, found, view, _ = look(f"against={past}&measure=collections&bridge=causes")
        parts = {row.label: row.reason for row in view.rows[1:-1]}
        assert list(parts) == ["Paid then, not now", "Paid now, not then", "Paid then and now", "Other"]
        assert parts["Other"] == "Refunds and corrections"
        assert "tab=customer" in view.rows[1].href
        whole = found["why"].whole
        for cause, words in (("lost_customers", "paid then, not now"), ("new_customers", "paid now, not then")):
            driver = Driver(cause=cause, dimension="", key=None, amount=Decimal(6), share=Decimal("0.6"), count=9, score=0.5)
            assert causes.explains(scope, found["why"], whole, driver) == f"customers who {words} explain 60% of it"
            at_home = replace(driver, dimension="region", key="East")
            assert causes.explains(scope, found["why"], whole, at_home) == f"customers of East who {words} explain 60% of it"
    scope, found, view, _ = look("against=py&measure=collections&bridge=causes&language=zh")
    assert [row.label for row in view.rows[1:-1]] == ["仅对比期回款", "仅本期回款", "两期均有回款", "其他"]
    assert not any("lost or new" in said for said in Bridge().method(look("against=py&measure=collections")[0]))


def test_one_customer_who_did_not_pay_is_no_class_of_customers(look: Look) -> None:
    _, everybody, _, _ = look("against=py&bridge=causes&measure=collections")
    for cause, words in (
        ("lost_customers", "othing was paid in Q3 2026"),
        ("new_customers", "othing was paid in the days it is held against"),
    ):
        key = next(c.members[0].key for c in everybody["why"].whole.causes if c.key == cause)
        _, _, bridge, contributors = look(f"customer={key}&against=py&bridge=causes&measure=collections")
        assert [row.reason for row in bridge.rows if row.kind == "part"] == [f"N{words}"]
        assert not any("customers" in words for words, _ in contributors.drivers)


@pytest.mark.parametrize(
    ("against", "english", "chinese"),
    [
        ("expected", "a year ago", "去年同期"),
        ("target", "a year ago", "去年同期"),
        ("py", "a year ago", "去年同期"),
        ("pp", "the period before", "上期"),
    ],
)
@pytest.mark.parametrize("measure", ["margin", "collections"])
def test_a_rate_says_what_it_is_held_against(look: Look, measure: str, against: str, english: str, chinese: str) -> None:
    """The past, also where the measure is held against a plan."""
    scope, found, view, _ = look(f"measure={measure}&against={against}")
    rate = found["why"].whole.rate
    assert rate is not None
    now, before = (scope.number.share(share) for share in (rate.now, rate.before))
    assert f" {now} against {before} {english}" in view.note
    _, _, view, _ = look(f"measure={measure}&against={against}&language=zh")
    assert f"{now}，{chinese} {before}" in view.note


@pytest.mark.parametrize(
    ("then", "now", "said", "chinese"),
    [
        ((1000,), (700, -900), "More was returned than bought in Aug 2026", "2026年8月退货多于购买"),
        ((1000,), (-200,), "More was returned than bought in Aug 2026", "2026年8月退货多于购买"),
        ((1000,), (), "Nothing was bought in Aug 2026", "2026年8月没有购买"),
        ((700, -900), (1000,), "More was returned than bought in the days it is held against", "对比期内退货多于购买"),
        ((), (1000,), "Nothing was bought in the days it is held against", "对比期内没有购买"),
    ],
)
@pytest.mark.parametrize("measure", ["amount", "margin"])
def test_who_returned_more_than_it_bought_did_buy(
    tmp_path: Path, measure: str, then: tuple[int, ...], now: tuple[int, ...], said: str, chinese: str
) -> None:
    sold: list[Sale] = [(date(2025, 8, 4), "r1", "p1", amount) for amount in then]
    sold += [(date(2026, 8, 3), "r1", "p1", amount) for amount in now]
    others: list[Sale] = [(day, "r3", "q1", 100) for day in (date(2025, 1, 6), date(2026, 9, 13))]
    look = look_at(company(tmp_path, sales=[*sold, *others]))
    for language, words in (("en", said), ("zh", chinese)):
        scope, found, view, _ = look(f"customer=c-r1&period=2026-08&against=py&measure={measure}&bridge=causes&language={language}")
        assert [row.reason for row in view.rows if row.kind == "part"] == [words]
        (cause,) = found["why"].whole.causes
        driver = Driver(cause=cause.key, dimension="", key=None, amount=cause.amount, share=Decimal(1), count=1, score=0.9)
        assert causes.explains(scope, found["why"], found["why"].whole, driver) == words[:1].lower() + words[1:]
