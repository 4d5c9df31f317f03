"""Scenes as a screen shows them: nothing smaller than 44 px at 1080 lines, nothing cut, nothing over anything else, whatever the data.

The scenes are drawn from hand-made figures that are as awkward as a company's can be, without a server.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from data.settings import Settings
from layouts.wall.ageing import Ageing
from layouts.wall.company import Company
from layouts.wall.frame import shell
from layouts.wall.markup import markup
from layouts.wall.regions import Regions
from layouts.wall.reps import Reps
from layouts.wall.trend import Trend
from metrics.query import Member, Missing, Result
from tests.layouts.panels.hand import LANDED, Board, M, aged, five, standing

ASSETS = Path(__file__).parents[2] / "assets"
SIZES = ((1920, 1080), (3840, 2160), (1080, 1920), (1920, 1200))
LONG = "Southeast Asia and Pacific Distribution"
NAMES = ("East", LONG, "海外及东南亚大区渠道事业部", "North", "Northwest Key Accounts", "S", "Central", "Southwest", "I", "J", "K", "L")

PROBLEMS = """() => {
  const unit = Math.min(innerWidth, innerHeight) / 1080, main = document.querySelector("main").getBoundingClientRect()
  const texts = [], problems = new Set()
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  for (let node; (node = walker.nextNode());) {
    if (!node.textContent.trim()) continue
    const size = parseFloat(getComputedStyle(node.parentElement).fontSize)
    if (size < 44 * unit - 0.05) problems.add(`small, ${(size / unit).toFixed(1)}: ${node.textContent}`)
    const range = document.createRange()
    range.selectNodeContents(node)
    for (const box of range.getClientRects()) {
      // The letters without the leading around them.
      const middle = (box.top + box.bottom) / 2, half = size * .36
      const ink = {left: box.left, right: box.right, top: middle - half, bottom: middle + half}
      const room = main.top <= middle && middle <= main.bottom ? main : {left: 0, right: innerWidth, top: 0, bottom: innerHeight}
      if (ink.left < room.left - 1 || ink.right > room.right + 1 || ink.top < room.top - 1 || ink.bottom > room.bottom + 1)
        problems.add(`outside: ${node.textContent}`)
      texts.push([node, ink])
    }
  }
  texts.forEach(([a, x], i) => texts.slice(i + 1).forEach(([b, y]) => {
    if (a !== b && x.left < y.right - 2 && y.left < x.right - 2 && x.top < y.bottom - 2 && y.top < x.bottom - 2)
      problems.add(`over each other: ${a.textContent} | ${b.textContent}`)
  }))
  for (const box of document.querySelectorAll("main *, header *")) {
    const style = getComputedStyle(box), leading = parseFloat(style.fontSize) / 2
    if (style.overflowX === "hidden" && (box.scrollWidth > box.clientWidth + 3 || box.scrollHeight > box.clientHeight + leading))
      problems.add(`cut: ${box.textContent}`)
  }
  return [...problems]
}"""


@pytest.fixture(scope="module")
def screen(browser: Browser) -> Iterator[Page]:
    page = browser.new_page()
    yield page
    page.close()


def put(screen: Page, tree: Any, *, heading: str, language: str = "en", theme: str = "dark") -> None:
    """A scene in the frame, with a header as full as it gets."""
    style = "".join((ASSETS / name).read_text("utf-8") for name in ("tokens.css", "wall.css"))
    page = shell(language=language, theme=theme, root="/", release="r")
    screen.set_content(page.replace("</head>", f"<style>{style}</style></head>"), wait_until="domcontentloaded")
    screen.evaluate("scene => { document.getElementById('a').innerHTML = scene }", markup(tree))
    said = {
        "title": heading,
        "period": "Q3 2026, workday 53 of 66" if language == "en" else "2026年三季度 第\u00a053/66\u00a0个工作日",
        "freshness": "Data 13 Sep, read 07:30" if language == "en" else "数据 9月13日，读取 07:30",
        "clock": "07:42",
        "alert": "Southeast sales −¥18.7 M, 12.5 days behind: lost customers",
    }
    screen.evaluate("said => { for (const id in said) document.getElementById(id).textContent = said[id] }", said)


def problems(screen: Page) -> dict[str, list[str]]:
    found = {}
    for width, height in SIZES:
        screen.set_viewport_size({"width": width, "height": height})
        found[f"{width}×{height}"] = screen.evaluate(PROBLEMS)
    return {size: said for size, said in found.items() if said}


def drawn(scene: Any, search: str, answers: Any, **settings: Any) -> tuple[Any, str]:
    """The tree and the heading of a scene; ``answers`` gives rows or an answer by the name of the question."""
    board = Board(Settings(**settings))
    scope = board.scope(search)
    results = {name: answers(board, name, question) for name, question in scene.needs(scope).items()}
    return scene.render(scene.view(scope, results)), scene.heading(scope)


AMOUNT = standing("amount", 391 * M, 500 * M, Decimal("407.6") * M, "behind", **LANDED)
FIVES: dict[str, tuple[str, dict[str, Any], dict[str, Missing]]] = {
    "usual": ("", {"amount": AMOUNT}, {}),
    "chinese": ("?language=zh&measure=profit", {"amount": AMOUNT}, {}),
    "to the yuan": ("?unit=full", {"amount": AMOUNT}, {}),
    "huge": ("", {"amount": standing("amount", 98_765 * M, 8_000 * M, 7_000 * M, "achieved", **LANDED)}, {}),
    "no targets": (
        "",
        {key: standing(key, 123_456 * M, None, None, "no_target") for key in ("amount", "margin", "profit", "collections")},
        {},
    ),
    "nothing": (
        "?language=en",
        {key: standing(key, None, None, None, None) for key in ("amount", "volume", "margin", "profit", "collections")},
        {key: Missing("no_data") for key in ("amount", "volume", "margin", "profit", "collections")},
    ),
    "over": ("?period=2026Q2", {"amount": standing("amount", 391 * M, 500 * M, 500 * M, "behind")}, {}),
}


@pytest.mark.parametrize("case", FIVES)
def test_five_measures(screen: Page, case: str) -> None:
    search, rows, missing = FIVES[case]
    tree, heading = drawn(Company(), search, lambda board, _, query: board.result(query, [five(**rows)], missing))
    put(screen, tree, heading=heading, language="zh" if "zh" in search else "en")
    assert problems(screen) == {}


def regions_of(count: int, gap: int, target: bool = True) -> Any:
    def answers(board: Board, name: str, query: Any) -> Result:
        rows = []
        for i in range(count):
            actual = Decimal(50 + 10 * i) * M
            due = (actual + gap * M / (i + 1)) if target else None
            known = standing(
                "amount", actual, due and due * 2, due, "behind" if target else "no_target", lag="critical" if i < 2 else "none"
            )
            rows.append({"region": f"k{i}", **known})
        members = {"region": {f"k{i}": Member(f"k{i}", NAMES[i], None) for i in range(count)}}
        return Result(query=query, rows=tuple(rows), members=members, missing={}, version=3)

    return answers


@pytest.mark.parametrize("count", [1, 2, 5, 6, 7, 12])
@pytest.mark.parametrize("search", ["", "?unit=full&theme=light"])
def test_regions(screen: Page, count: int, search: str) -> None:
    tree, heading = drawn(Regions(), search, regions_of(count, 18))
    put(screen, tree, heading=heading, theme="light" if "light" in search else "dark")
    assert problems(screen) == {}


@pytest.mark.parametrize("count", [1, 12])
def test_regions_without_targets(screen: Page, count: int) -> None:
    tree, heading = drawn(Regions(), "?language=zh", regions_of(count, 0, target=False))
    put(screen, tree, heading=heading, language="zh")
    assert problems(screen) == {}


def reps_of(count: int) -> Any:
    def answers(board: Board, name: str, query: Any) -> Result:
        rates = [Decimal(3) - Decimal(i) * Decimal("2.9") / max(count - 1, 1) for i in range(count)]
        tiers = ["achieved" if rate >= 1 else "at_risk" if rate < Decimal("0.7") else "on_the_way" for rate in rates]
        kinds = {"": M, "_target": M, "_gap": M, "_status": None}
        rows = [
            {"rep": f"k{i}", **{f"amount{kind}": value for kind, value in kinds.items()}, "amount_pace": rate, "amount_completion": rate}
            | {"amount_tier": tier, "amount_tier_full": tier}
            for i, (rate, tier) in enumerate(zip(rates, tiers, strict=True))
        ]
        names = ("Maximilian Featherstonehaugh", "Zhao Peng", "欧阳娜娜", "Huang Qiang", "Ma")
        members = {"rep": {f"k{i}": Member(f"k{i}", names[i % len(names)], None) for i in range(count)}, "area": {}}
        return Result(query=query, rows=tuple(rows), members=members, missing={}, version=3)

    return answers


@pytest.mark.parametrize("named", [False, True])
@pytest.mark.parametrize(("count", "search"), [(1, ""), (9, "?language=zh"), (1500, "?tier=completion"), (0, "")])
def test_reps(screen: Page, count: int, search: str, named: bool) -> None:
    tree, heading = drawn(Reps(), search, reps_of(count), wall_names_at_risk=named)
    put(screen, tree, heading=heading, language="zh" if "zh" in search else "en")
    assert problems(screen) == {}


def owed_by(count: int, size: int, names: tuple[str, ...]) -> Any:
    def answers(board: Board, name: str, question: Any) -> Any:
        row = tuple(str(part * size) for part in (68, 21, 14, 10, 9, 5, -3))
        answer = aged(question, {f"k{i}": row for i in range(count)})
        object.__setattr__(answer, "members", {f"k{i}": Member(f"k{i}", names[i], None) for i in range(count)})
        return answer

    return answers


@pytest.mark.parametrize(
    ("count", "size", "names", "search"),
    [
        (0, 1, NAMES, ""),
        (1, 1, NAMES, ""),
        (6, 1, ("East", "Overseas", "North", "Central", "South", "West"), "?theme=light"),
        (12, 1, NAMES, ""),
        (12, 900, NAMES, "?unit=full"),
        (7, 1, tuple(f"第{i}事业部" for i in range(7)), "?language=zh"),
        (3, 1, NAMES, "?area=E1"),
    ],
)
def test_receivables(screen: Page, count: int, size: int, names: tuple[str, ...], search: str) -> None:
    tree, heading = drawn(Ageing(), search, owed_by(count, size, names))
    put(screen, tree, heading=heading, language="zh" if "zh" in search else "en")
    assert problems(screen) == {}


@pytest.mark.parametrize("search", ["", "?language=zh", "?unit=full", "?period=year", "?period=week", "?period=month&region=E"])
@pytest.mark.parametrize("landed", [True, False])
def test_the_course(screen: Page, search: str, landed: bool) -> None:
    row = five(amount=AMOUNT if landed else standing("amount", 391 * M, 500 * M, Decimal("407.6") * M, "behind"))

    def answers(board: Board, name: str, query: Any) -> Result:
        if name == "five":
            return board.result(query, [row])
        days = [query.period.first.fromordinal(query.period.first.toordinal() + i) for i in range(query.period.days)]
        return board.result(query, [{"day": day, "amount": 5 * M, "amount_target": 6 * M} for day in days])

    tree, heading = drawn(Trend(), search, answers)
    put(screen, tree, heading=heading, language="zh" if "zh" in search else "en")
    assert problems(screen) == {}


def test_a_small_letter_would_be_found(screen: Page) -> None:
    tree, heading = drawn(Company(), "", lambda board, _, query: board.result(query, [five(amount=AMOUNT)]))
    put(screen, tree, heading=heading)
    screen.evaluate("() => { document.querySelector('.lab').style.fontSize = '2vh' }")
    assert any(said.startswith("small") for said in problems(screen)["1920×1080"])
