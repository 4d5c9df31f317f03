"""The worklist in words: rows, filters with their counts, what is said of nobody, and the form beside it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from data.entries import NEEDED, Entry, Kind
from layouts.entries import KINDS
from layouts.entry_form import entry_form
from layouts.grid import SHORT, Line
from layouts.panels.collection_lists import CollectionLists
from layouts.panels.debtors import SPECS
from layouts.panels.list_card import View
from layouts.panels.worklist import OverdueWorklist, question
from layouts.urls import Scope
from metrics.promises import Judged, Promise, State
from metrics.query import Member
from metrics.worklist import Debtor, Worked, Worklist, Worth
from metrics.worklist_sql import ORDERS
from tests.layouts.panels.hand import MEMBERS, Board
from tests.layouts.tree import of_type, text, with_class

LAST = date(2026, 9, 13)
PANEL = OverdueWorklist()
K = Decimal(1000)
NAMES = MEMBERS["customer"] | {"c2": Member("c2", "Yunhai Water", "云海水务", "S")}


def entry(kind: Kind = "action", **more: Any) -> Entry:
    said = {"note": "Legal letter", "owner": "Xu Hao", "day": date(2026, 9, 15), "who": "Li Qiang"} | more
    return Entry(entry_id=1, at=datetime(2026, 9, 14, 7, 30, tzinfo=UTC), customer_id="c1", kind=kind, seen_to=LAST, **said)  # type: ignore[arg-type]


def promised(state: State, paid: str = "0") -> Judged:
    return Judged(Promise(number=1, given=LAST, day=date(2026, 9, 25), amount=Decimal("1200.50")), state, Decimal(paid))


def debtor(**more: Any) -> Debtor:
    worth = Worth(overdue=840 * K, days=Decimal(90), payments=15, paid=100 * K, paid_late=80 * K, usual=Decimal("0.4"))
    said: dict[str, Any] = {
        "customer": "c1", "region": "E", "area": "E1", "rep": "r1", "open": 1000 * K, "exposure": 1010 * K,
        "credit_limit": 1200 * K, "terms_days": 30, "oldest": 214, "worth": worth,
    }  # fmt: skip
    return Debtor(**(said | more))


def answer(scope: Scope, *rows: Debtor, found: int | None = None, **more: Any) -> Worked:
    said: dict[str, Any] = {
        "counts": {"": 64, "no_promise": 9, "broken": 14, "over_limit": 3},
        "overdue": 174_900 * K, "found_overdue": 174_900 * K, "typical": 800 * K, "largest": 13_500 * K, "usual": Decimal("0.4"),
    }  # fmt: skip
    return Worked(
        query=question(scope),
        debtors=rows,
        found=len(rows) if found is None else found,
        members={**MEMBERS, "customer": NAMES},
        statements=(),
        **(said | more),
    )


def view(*rows: Debtor, search: str = "", **more: Any) -> View:
    scope = Board().scope(search)
    return PANEL.view(scope, {"rows": answer(scope, *rows, **more)})


def cells(line: Line, shown: View) -> dict[str, str]:
    return {column.key: text(cell) for column, cell in zip(shown.grid.columns, line.cells, strict=True)}


def only(*, search: str = "", **more: Any) -> tuple[dict[str, str], dict[str, Any]]:
    """The cells of the one row, as words and as they are."""
    shown = view(debtor(**more), search=search)
    (line,) = shown.grid.lines
    return cells(line, shown), {column.key: cell for column, cell in zip(shown.grid.columns, line.cells, strict=True)}


# --- rows -----------------------------------------------------------------------------------------------------------------


def test_a_row_says_who_owes_what_for_how_long_and_what_was_promised() -> None:
    said, drawn = only(promise=promised("open", "200"), action=entry())
    assert said == {
        "customer": "Bohe", "place": "East · Jiangsu", "rep": "Luo Rui", "overdue": "840", "oldest": "214 d", "exposure": "1,010",
        "limit": "1,200", "used": "84%", "worth": "1,764", "promise": "25 Sep", "state": "open", "action": "Legal letter Xu Hao · 15 Sep",
        "write": "",
    }  # fmt: skip
    assert drawn["customer"].href == "account?customer=c1"
    assert (drawn["place"].title, drawn["rep"].title) == ("East · Jiangsu", "Luo Rui")
    assert drawn["promise"].title == "¥1,200.50 by 25 Sep 2026"
    assert drawn["state"].title == "¥200.00 of it is paid"
    button = drawn["write"]
    assert (button.title, getattr(button, "data-entries"), getattr(button, "data-name")) == ("Write about Bohe", "c1", "Bohe")
    assert (
        getattr(button, "data-facts") == "¥840.0\u00a0k overdue · oldest 214 days · 84% of the credit limit used · East · Jiangsu · Luo Rui"
    )


def test_the_worth_of_a_call_shows_its_formula_with_its_figures() -> None:
    _, drawn = only()
    assert (
        drawn["worth"].title == "¥840.0\u00a0k overdue × 70% chance to be paid late × 3.0 (90 days past due on average ÷ 30) = ¥1.8\u00a0M"
    )
    _, chosen = only(search="?columns=chance")
    assert chosen["chance"].title == "80% of 15 payments in twelve months came late, by amount; of all customers 40%"


def test_the_chance_of_who_never_paid_is_that_of_all() -> None:
    worth = replace(debtor().worth, payments=0, paid=Decimal(0), paid_late=Decimal(0))
    said, drawn = only(search="?columns=chance", worth=worth)
    assert (said["chance"], drawn["chance"].title) == ("40%", "No payments in twelve months: the share of all customers, 40%")
    said, drawn = only(search="?columns=chance,worth", worth=replace(worth, usual=None))
    assert (said["chance"], said["worth"]) == ("—", "—")
    assert drawn["worth"].title == drawn["chance"].title == "Nobody has paid anything yet, so no chance is known"


@pytest.mark.parametrize(
    ("exposure", "limit", "said", "is_warned"),
    [
        (1200, 1200, "100%", False),
        (1201, 1200, "Over the limit: 100%", True),
        (2400, 1200, "Over the limit: 200%", True),
        (5, None, "—No limit is agreed", False),
        (5, 0, "Over the limit: +5", True),
        (0, 0, "—Of a limit of 0 no share can be used", False),
        (-5, 0, "—Of a limit of 0 no share can be used", False),
    ],
)
def test_above_the_limit_there_is_a_warning(exposure: int, limit: int | None, said: str, is_warned: bool) -> None:
    words, drawn = only(exposure=exposure * K, credit_limit=None if limit is None else limit * K)
    assert words["used"] == said
    assert bool(with_class(drawn["used"], "ic-warning")) == is_warned


def test_a_limit_of_nothing_is_exceeded_by_an_amount() -> None:
    _, drawn = only(exposure=5 * K, credit_limit=Decimal(0))
    assert drawn["used"].title == "¥5,000 over the limit of ¥0"


@pytest.mark.parametrize(("days", "shade"), [(1, 1), (30, 1), (31, 2), (60, 2), (61, 3), (90, 3), (91, 4), (180, 4), (181, 5), (2000, 5)])
def test_the_older_the_darker(days: int, shade: int) -> None:
    _, drawn = only(oldest=days)
    assert drawn["oldest"].className == f"age hs{shade}"


@pytest.mark.parametrize(("state", "look"), [("kept", "good"), ("open", "dim"), ("broken", "bad"), (None, "bad")])
def test_a_state_is_a_word_with_a_mark(state: State | None, look: str) -> None:
    said, drawn = only(promise=promised(state) if state else None)
    assert said["state"] == (state or "none")
    assert drawn["state"].className == f"state {look}"
    assert with_class(drawn["state"], "ic")


def test_what_was_due_is_marked() -> None:
    _, drawn = only(action=entry(day=date(2026, 9, 12)))
    assert [text(part) for part in with_class(drawn["action"], "bad")] == ["12 Sep"]
    _, today = only(action=entry(day=LAST))
    assert with_class(today["action"], "bad") == []


@pytest.mark.parametrize(("day", "is_late"), [(date(2026, 6, 29), True), (date(2026, 6, 30), False), (date(2026, 7, 15), False)])
def test_of_a_period_that_is_over_an_action_is_late_by_its_end(day: date, is_late: bool) -> None:
    _, drawn = only(search="?period=2026Q2", action=entry(day=day))
    assert bool(with_class(drawn["action"], "bad")) == is_late


def test_rows_are_in_the_language_of_the_reader() -> None:
    said, drawn = only(search="?language=zh", promise=promised("broken"))
    assert (said["customer"], said["place"], said["overdue"], said["state"]) == ("渤和", "华东 · 江苏", "84.0", "未兑现")
    assert drawn["promise"].title == "2026年9月25日 前付 1,200.50\u00a0元"


# --- the list ---------------------------------------------------------------------------------------------------------------


def test_every_filter_is_a_link_with_its_count() -> None:
    shown = view(debtor(), search="?todo=broken&region=E&sort=-overdue")
    assert [(f.name, f.count, f.current) for f in shown.filters] == [
        ("All", "64", False), ("No promise", "9", False), ("Broken", "14", True), ("Over limit", "3", False), ("Mine", "", False),
    ]  # fmt: skip
    assert shown.filters[3].href == "?region=E&sort=-overdue&todo=over_limit"
    assert (shown.filters[-1].by_browser, shown.tabs[0].count) == ("owner", "64")


def test_the_list_of_one_person_says_whose_it_is_and_leads_back() -> None:
    mine = view(debtor(), search="?owner=Xu%20Hao").filters[-1]
    assert (mine.name, mine.current, mine.href) == ("Of Xu Hao", True, "?")


def test_the_caption_says_unit_day_and_how_much() -> None:
    assert view(debtor()).caption == "¥\u00a0k, 13 Sep; 1 customer owes ¥174.9\u00a0M overdue"
    assert "all categories" in view(debtor(), search="?category=P").caption


def test_of_a_long_list_the_caption_says_what_the_first_hold() -> None:
    """Ten of 840 k each out of 174.9 M, whatever else the page has; not of a list that is no longer than that."""
    ten = [debtor() for _ in range(10)]
    assert view(*ten).caption.endswith("; 10 customers owe ¥174.9\u00a0M overdue")
    assert view(*ten, debtor(), found=1391).caption.endswith("; first 10 hold 4.8% of ¥174.9\u00a0M overdue")
    found = view(*ten, debtor(), found=1391, search="?find=water", found_overdue=84_000 * K).caption
    assert found.startswith("1,391 found; ")
    assert found.endswith("; first 10 hold 10.0% of ¥84.0\u00a0M overdue")
    zh = view(*ten, debtor(), found=1391, search="?language=zh").caption
    assert zh == "万元，9月13日；前 10 家占逾期 1.749\u00a0亿的 4.8%"


def test_the_whole_list_is_held_against_the_overdue_that_other_panels_say() -> None:
    """Customers whose credit notes outweigh what is past due are not in the list, but in that figure."""
    ten = [debtor() for _ in range(10)]
    assert view(*ten, debtor(), found=11, overdue=168_000 * K).caption.endswith("; first 10 hold 5.0% of ¥168.0\u00a0M overdue")
    assert view(*ten, overdue=168_000 * K).caption.endswith("; 10 customers owe ¥174.9\u00a0M overdue")
    assert view(*ten, debtor(), found=11, overdue=-1 * K).caption.endswith("; 11 customers owe ¥174.9\u00a0M overdue")


def test_the_question_follows_the_address() -> None:
    scope = Board().scope("?region=E&category=P&todo=no_promise&owner=Xu&find=bo&sort=-promise&as-of=2026-08-31")
    asked = question(scope, first=100, rows=50)
    assert asked == Worklist(
        as_of=date(2026, 8, 31), where=tuple(f for f in scope.where if f.dimension == "region"), todo="no_promise", owner="Xu",
        order="-promise", find="bo", first=100, rows=50,
    )  # fmt: skip
    assert question(Board().scope("?sort=-nothing")).order == "-worth"
    assert question(Board().scope("?period=2026Q2")).as_of == date(2026, 6, 30)


def test_every_column_that_can_be_sorted_is_one_of_the_question() -> None:
    assert {spec.order for spec in SPECS if spec.order} == set(ORDERS)
    shown = view(debtor(), search="?sort=-overdue")
    by = {column.key: column for column in shown.grid.columns}
    assert (by["overdue"].sorted, by["overdue"].href) == ("descending", "?sort=overdue")
    assert (by["worth"].href, by["customer"].href, by["write"].href) == ("?sort=-worth", "?sort=customer", "")


def test_columns_are_chosen_but_for_the_name_and_the_button() -> None:
    shown = view(debtor(), search="?columns=owner,last")
    assert [column.key for column in shown.grid.columns] == ["customer", "owner", "last", "write"]
    assert {choice.name for choice in shown.choices} == {
        Board().scope().text(s.heading) for s in SPECS if s.key not in ("customer", "write")
    }


def test_a_long_list_says_that_it_is_long() -> None:
    scope = Board().scope()
    short, long = (CollectionLists().heading(scope, {"rows": answer(scope, debtor(), found=n)}) for n in (SHORT, SHORT + 1))
    assert (short["is_long"], long["is_long"]) == (False, True)
    assert (long["count"], long["filters"]) == ("64", ["64", "9", "14", "3"])


@pytest.mark.parametrize(
    ("search", "counts", "said", "offer"),
    [
        ("", {"": 0}, ("Nothing is overdue on 13 Sep 2026", "Whatever was due is paid."), None),
        ("?todo=broken", {"": 5}, ("Nobody is left under this filter", "5 customers have something overdue."), "?"),
        ("?find=zz", {"": 5}, ("Nothing here is called 'zz'", "Searched: Overdue worklist of Company."), "?"),
        ("?owner=Xu", {"": 0}, ("Nothing is on the list of Xu", "The owner of a row is who acts next, else the rep."), "?"),
    ],
)
def test_an_empty_list_says_why(search: str, counts: dict[str, int], said: tuple[str, str], offer: str | None) -> None:
    counted = {"no_promise": 0, "broken": 0, "over_limit": 0} | counts
    shown = view(search=search, counts=counted, found_overdue=Decimal(0))
    assert (shown.empty, shown.offer and shown.offer[1], shown.caption) == (said, offer, "")
    drawn = PANEL.render(shown)
    assert said[0] in text(drawn)
    assert of_type(drawn, "Dialog")


def test_where_nothing_is_known_of_what_is_owed_nothing_is_said_to_be_paid() -> None:
    scope = Board().scope()
    sold = {name: days for name, days in scope.snapshot.coverage.items() if name == "order_line"}
    scope = replace(scope, snapshot=replace(scope.snapshot, coverage=sold))
    found = {"rows": answer(scope, counts={"": 0, "no_promise": 0, "broken": 0, "over_limit": 0})}
    assert PANEL.view(scope, found).empty == ("No receivables to show", "There are no invoices in the data")


def test_a_file_has_every_figure_exactly() -> None:
    scope, known = Board().scope(), debtor(promise=promised("kept", "1200.50"), action=entry(), last=entry("note", note="x"))
    table = PANEL.table(scope, {"rows": answer(scope, known)})
    exact = dict(zip(table.columns, table.raw[0], strict=True))
    assert (exact["Overdue"], exact["Worth of a call"], exact["Paid late"]) == (840 * K, 1764 * K, Decimal("0.7"))
    assert (exact["Promise to pay"], exact["Amount promised"], exact["Promise"]) == (date(2026, 9, 25), Decimal("1200.50"), "kept")
    assert (exact["Next action"], exact["Owner"], exact["Due"]) == ("Legal letter", "Xu Hao", date(2026, 9, 15))
    assert table.rows[0][list(table.columns).index("Amount promised")] == "1"
    assert "Note" in exact["Last entry"]


def test_the_way_of_computing_is_told() -> None:
    english, chinese = (" ".join(PANEL.method(Board().scope(search))) for search in ("", "?language=zh"))
    assert "÷ 30" in english
    assert "as if 5 payments" in english
    assert "÷ 30" in chinese


# --- the form -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("search", ["", "?language=zh"])
def test_the_form_asks_for_each_kind_what_it_needs(search: str) -> None:
    form = entry_form(Board().scope(search))
    fields = of_type(form, "FormField")
    assert [field.value for field in fields if field.kind == "choice"] == list(KINDS)
    asked = {kind: sorted(field.name for field in fields if kind in field.used.split()) for kind in KINDS}
    assert asked == {
        "call": ["note", "who"],
        "promise": ["amount", "day", "note", "who"],
        "dispute": ["amount", "invoice", "note", "who"],
        "note": ["note", "who"],
        "action": ["day", "note", "owner", "who"],
    }
    empty = {kind: {field.name for field in fields if kind in field.used.split() and field.missing} for kind in KINDS}
    assert empty == {kind: {"who", *NEEDED[kind]} for kind in KINDS}
    assert {field.used: field.first for field in fields if field.kind == "date"} == {"promise": "2026-09-14", "action": "2026-09-13"}
