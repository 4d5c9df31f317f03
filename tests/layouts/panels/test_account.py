"""A customer's account in words, on the demo company and on a company of traps: what is said, where it leads, what files hold."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from data import schema as s
from data.settings import Settings
from data.warehouse import Warehouse
from layouts.pages.account import ACCOUNT
from layouts.panel import Panel
from layouts.panels import invoice_card, list_card
from layouts.panels.account_ages import AccountAges
from layouts.panels.account_finding import AccountFinding
from layouts.panels.account_list import AccountList
from layouts.panels.account_strip import AccountStrip, Item
from layouts.panels.behaviour import PaymentBehaviour
from layouts.panels.behaviour_plot import round_heights
from layouts.parts import Value
from layouts.resolving import resolve
from layouts.urls import ACCOUNT as ROUTE
from layouts.urls import Scope, parse_address
from metrics.engine import Engine
from metrics.scope import EVERYTHING, Filter, Viewer
from tests.layouts.tree import of_type, text, with_class
from tests.metrics.account_twin import AccountTwin
from tests.metrics.traps import put, trap_company

BOHE = "?customer=C0410"
AS_OF = "2026-09-13"


@pytest.fixture(scope="module")
def engine(demo_warehouse: Warehouse) -> Engine:
    return Engine(demo_warehouse, Settings())


@pytest.fixture(scope="module")
def traps(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    return trap_company(Path(tmp_path_factory.mktemp("traps")))


def scope_of(engine: Engine, search: str, viewer: Viewer = EVERYTHING) -> Scope:
    address, notices = parse_address(search)
    assert not notices
    scope, _ = resolve(
        ROUTE.narrow(address), engine.snapshot(), Settings(), lambda d: engine.members(d, viewer=viewer), measure=ROUTE.measure
    )
    return scope


def answered(engine: Engine, questions: Mapping[str, Any], viewer: Viewer = EVERYTHING) -> dict[str, Any]:
    return {key: engine.answer(question, viewer) for key, question in questions.items()}


def viewed(engine: Engine, panel: Panel, search: str) -> Any:
    scope = scope_of(engine, search)
    return panel.view(scope, answered(engine, panel.needs(scope)))


def trapped(traps: Engine, panel: Panel, trap: str, more: str = "") -> Any:
    return viewed(traps, panel, f"?customer={trap}&as-of={AS_OF}{more}")


def sentence(traps: Engine, trap: str, more: str = "") -> str:
    said: str = trapped(traps, AccountFinding(), trap, more).sentence
    return said.replace("\N{NO-BREAK SPACE}", " ")


def items(engine: Engine, search: str) -> dict[str, Item]:
    return {item.key: item for item in viewed(engine, AccountStrip(), search).items}


def trap_items(traps: Engine, trap: str) -> dict[str, Item]:
    return items(traps, f"?customer={trap}&as-of={AS_OF}")


# --- the finding ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("trap", "said"),
    [
        ("part payment", "Part payment owes 70, all of it overdue, the oldest for 74 days"),
        ("instalments", "Instalments owes 30, all of it overdue, the oldest for 43 days"),
        ("due today", "Due today owes 100, none of it overdue"),
        ("credit note", "Credit note owes nothing: its credit notes exceed its invoices by 40"),
        ("overpayment", "Overpayment owes nothing; 30 of its payments are not applied to an invoice"),
        ("unapplied", "Unapplied owes nothing; 80 of its payments are not applied to an invoice"),
        ("advance not invoiced", "Advance not invoiced owes nothing; 100 of its payments are not applied to an invoice"),
        ("nobody", "Nobody owes nothing"),
    ],
)
def test_the_finding_says_what_is_owed_and_since_when(traps: Engine, trap: str, said: str) -> None:
    assert sentence(traps, trap) == said


def test_a_day_is_one_day(traps: Engine) -> None:
    found = viewed(traps, AccountFinding(), "?customer=due today&as-of=2026-09-14").sentence
    assert found == "Due today owes 100, all of it overdue, the oldest for 1 day"


def test_before_the_data_it_says_that_nothing_is_known(traps: Engine) -> None:
    found = viewed(traps, AccountFinding(), "?customer=nobody&period=2020").sentence
    assert found.startswith("Nothing is known of what Nobody owes. The data begins on ")


def test_below_it_stands_whose_customer_it_is(engine: Engine) -> None:
    view = viewed(engine, AccountFinding(), BOHE)
    who = engine.answer(AccountFinding().needs(scope_of(engine, BOHE))["account"]).who
    assert [place.name for place in view.places] == [m.name for m in (who.segment, who.region, who.area, who.rep, who.manager) if m]
    assert [place.said for place in view.places][3:4] == ["Rep"]
    targets = [place.href for place in view.places]
    assert targets[0] == f"collections?segment={who.segment.key}"
    assert targets[1] == f"collections?region={who.region.key}"
    assert targets[3] == f"collections?rep={who.rep.key}"
    drawn = AccountFinding().render(view)
    assert [link.href for link in of_type(drawn, "A")] == targets


@pytest.mark.parametrize("search", ["", "?customer=nobody at all"])
def test_without_a_customer_the_way_to_one_is_offered(engine: Engine, search: str) -> None:
    view = viewed(engine, AccountFinding(), search)
    assert view.sentence == "No customer is chosen"
    assert view.offer == ("Open Collections", "collections")
    for panel in ACCOUNT.panels:
        scope = scope_of(engine, search)
        assert panel.needs(scope) == {}
        assert text(panel.render(panel.view(scope, {})))
        assert panel.table(scope, {}) is None


# --- the strip --------------------------------------------------------------------------------------------------------------


def test_the_strip_on_the_demo(engine: Engine) -> None:
    found = engine.answer(AccountStrip().needs(scope_of(engine, BOHE))["account"])
    shown = items(engine, BOHE)
    number = scope_of(engine, BOHE).number
    assert list(shown) == ["receivable", "open", "overdue", "days_late", "days_to_pay"]
    assert shown["receivable"].value.text == number.money(found.exposure)
    assert shown["overdue"].value.text == number.money(found.overdue)
    assert number.share(found.overdue / found.open) in shown["overdue"].verdict
    assert shown["days_late"].note.startswith("company ")


def test_over_the_limit_is_a_warning(traps: Engine) -> None:
    item = trap_items(traps, "part payment")["receivable"]
    assert (item.verdict, item.judgement, item.marked) == ("20 over the limit of 50", "bad", True)
    assert item.note == "140.0% of the limit is used"
    assert item.bar is not None
    assert (item.bar.actual, item.bar.expected, item.bar.over, item.bar.judgement) == (1.1, 1.0, True, "bad")
    within = trap_items(traps, "refund")["receivable"]
    assert (within.verdict, within.judgement) == ("4.0% of the limit of 1,000", "dim")
    assert within.bar is not None
    assert (within.bar.actual, within.bar.expected) == (0.04, None)


def test_no_limit_says_so_and_never_zero(traps: Engine) -> None:
    item = trap_items(traps, "no limit")["receivable"]
    assert (item.verdict, item.bar, item.judgement) == ("No credit limit is agreed", None, "dim")
    assert "%" not in text(AccountStrip().render(trapped(traps, AccountStrip(), "no limit"))).partition("Terms")[0]
    table = AccountStrip().table(
        scope := scope_of(traps, f"?customer=no limit&as-of={AS_OF}"), answered(traps, AccountStrip().needs(scope))
    )
    assert table is not None
    assert dict(table.raw)["Limit used"] is None
    assert dict(table.rows)["Limit used"] == "—"


def test_a_limit_of_zero_has_no_share_and_is_exceeded(traps: Engine) -> None:
    item = trap_items(traps, "limit of zero")["receivable"]
    assert (item.verdict, item.judgement, item.bar, item.note) == ("100 over the limit of 0", "bad", None, "")


def test_no_terms_says_so(traps: Engine) -> None:
    item = trap_items(traps, "no terms")["open"]
    assert (item.value.text, item.value.why, item.verdict) == ("—", "No terms are agreed", "No terms are agreed")
    older = trap_items(traps, "older than terms")["open"]
    assert (older.value.text, older.verdict, older.judgement) == ("30 days", "1 invoice is older, 100", "bad")
    assert trap_items(traps, "due today")["open"].note == "of 1 open invoice"


def test_unapplied_cash_stands_apart(traps: Engine) -> None:
    item = trap_items(traps, "overpayment")["receivable"]
    assert (item.value.text, item.note) == ("−30", "open 0, unapplied −30")


def test_what_is_overdue_is_said_whatever_credit_notes_make_of_the_sum(tmp_path: Path) -> None:
    bills = {"more": "Credit notes cover the open invoices", "alone": "Nothing is open"}
    warehouse = Warehouse(tmp_path)
    with warehouse.draft(fresh=True) as draft:
        put(draft, s.customer, [{"customer_id": customer, "name": customer} for customer in bills])
        for customer, due, amount in (("more", "2026-07-01", 100), ("more", AS_OF, -300), ("alone", AS_OF, -300)):
            bill = {"invoice_id": f"{customer} {due}", "customer_id": customer, "invoice_day": due, "amount": amount}
            put(draft, s.invoice, [bill | {"disputed": False}])
            put(draft, s.instalment, [{**bill, "instalment_no": 1, "due_day": due}])
        draft.publish("credit notes")
    engine = Engine(warehouse, Settings())
    for customer, verdict in bills.items():
        item = items(engine, f"?customer={customer}&as-of={AS_OF}")["overdue"]
        assert (item.value.text, item.verdict) == ("100" if customer == "more" else "0", verdict)
        lines = viewed(engine, AccountAges(), f"?customer={customer}&as-of={AS_OF}").lines
        assert {line.share for line in lines} == {Value("—", verdict)}
    found = viewed(engine, AccountFinding(), f"?customer=more&as-of={AS_OF}").sentence
    assert found == "more owes nothing net of credit notes; 100 is overdue, the oldest for 74 days"


def test_who_never_paid_has_no_mean(traps: Engine) -> None:
    item = trap_items(traps, "disputed")["days_late"]
    assert item.value.text == "—"
    assert item.verdict == item.value.why == "Nothing was paid in the 12 months up to 13 Sep 2026"


# --- how it pays ------------------------------------------------------------------------------------------------------------


def test_a_month_without_payment_is_a_hole_in_the_line(traps: Engine) -> None:
    shown = trapped(traps, PaymentBehaviour(), "advance").shown
    assert shown is not None
    paid = dict(zip(shown.months, zip(shown.late, shown.share, strict=True), strict=True))
    assert paid.pop("2026-06-01") == (-41.0, 0.0)
    assert set(paid.values()) == {(None, None)}
    assert len(paid) == 23
    drawn = PaymentBehaviour().render(trapped(traps, PaymentBehaviour(), "advance"))
    (graph,) = of_type(drawn, "Graph")
    late = graph.figure["data"][0]
    assert (late["connectgaps"], late["y"].count(None)) == (False, 23)
    assert "No payments" in shown.hover[0]


def test_the_table_of_the_chart_holds_what_it_shows(engine: Engine) -> None:
    scope = scope_of(engine, BOHE)
    results = answered(engine, PaymentBehaviour().needs(scope))
    table, shown = PaymentBehaviour().table(scope, results), PaymentBehaviour().view(scope, results).shown
    assert table is not None
    assert shown is not None
    assert [row[0] for row in table.raw] == [date.fromisoformat(month) for month in shown.months]
    assert [None if row[2] is None else float(row[2]) for row in table.raw] == list(shown.late)
    assert any(value is None for value in shown.late)
    assert any(value is not None for value in shown.late)


def test_who_never_paid_has_no_chart(traps: Engine) -> None:
    view = trapped(traps, PaymentBehaviour(), "disputed")
    assert view.shown is None
    assert "No payments of Disputed" in text(PaymentBehaviour().render(view))


@pytest.mark.parametrize(("low", "high"), [(0, 42.8), (-41, 25.4), (-3.2, 0), (0, 0), (0.1, 0.4), (-900, 1200)])
def test_heights_are_round_and_hold_the_line(low: float, high: float) -> None:
    heights = round_heights(low, high)
    assert heights[0] <= low
    assert heights[-1] >= high
    assert 2 <= len(heights) <= 6
    assert 0.0 in heights or low > 0 or high < 0


# --- by age -----------------------------------------------------------------------------------------------------------------


def test_the_ages_add_up_to_the_exposure(engine: Engine, traps: Engine) -> None:
    for owner, search in ((engine, BOHE), (traps, f"?customer=overpayment&as-of={AS_OF}")):
        scope = scope_of(owner, search)
        table = AccountAges().table(scope, answered(owner, AccountAges().needs(scope)))
        assert table is not None
        *ages, total = table.raw
        assert sum(row[1] for row in ages) == total[1] != 0


def test_a_row_leads_to_its_invoices_and_back(engine: Engine) -> None:
    view = viewed(engine, AccountAges(), BOHE)
    line = next(line for line in view.lines if line.href)
    chosen = viewed(engine, AccountAges(), line.href)
    (current,) = [each for each in chosen.lines if each.current]
    assert (current.name, current.href) == (line.name, BOHE)
    listed = viewed(engine, AccountList(), line.href)
    assert str(listed.grid.count) == line.invoices
    assert listed.aside == ("close", line.name, BOHE)


def test_who_owes_nothing_has_no_ages(traps: Engine) -> None:
    assert "Every invoice is paid" in text(AccountAges().render(trapped(traps, AccountAges(), "nobody")))


# --- the lists --------------------------------------------------------------------------------------------------------------


def listed(engine: Engine, search: str) -> list_card.View:
    view = viewed(engine, AccountList(), search)
    assert isinstance(view, list_card.View)
    return view


@pytest.mark.parametrize("tab", ["open", "paid", "payments"])
def test_each_list_is_of_the_customer_and_each_tab_counts_its_own(engine: Engine, demo_warehouse: Warehouse, tab: str) -> None:
    search = f"{BOHE}&tab={tab}&period=2026"
    view, twin = listed(engine, search), AccountTwin(demo_warehouse.reader())
    day, first = date(2026, 9, 13), date(2026, 1, 1)
    bills, parts = twin.bills_of(customer="C0410"), twin.parts_of(customer="C0410")
    last = {b.number: max((p.day for p in b.payments if p.took), default=first.replace(year=1)) for b in bills}
    counts = {
        "open": sum(1 for bill in bills if bill.open(day)),
        "paid": sum(1 for bill in bills if not bill.open(day) and last[bill.number] >= first),
        "payments": sum(1 for part in parts if first <= part.day <= day),
    }
    assert {name: each.count for name, each in zip(counts, view.tabs, strict=True)} == {name: str(n) for name, n in counts.items()}
    assert [each.current for each in view.tabs] == [name == tab for name in counts]
    assert view.grid.count == counts[tab] > 0
    assert "customer" not in [column.key for column in view.grid.columns]


def test_a_row_leads_to_its_invoice(engine: Engine) -> None:
    for tab in ("", "&tab=paid", "&tab=payments"):
        view = listed(engine, f"{BOHE}{tab}&period=2026")
        line = view.grid.lines[0]
        shown = viewed(engine, AccountList(), line.href)
        assert isinstance(shown, invoice_card.View)
        assert shown.missing is None
        assert shown.back[1] == f"?period=2026{BOHE.replace('?', '&')}{tab}"


def test_files_hold_the_whole_list_exactly(engine: Engine) -> None:
    scope = scope_of(engine, f"{BOHE}&tab=payments&period=2026")
    table = AccountList().table(scope, answered(engine, AccountList().whole(scope)))
    assert table is not None
    amounts = [row[table.columns.index("Amount")] for row in table.raw]
    assert all(isinstance(amount, Decimal) for amount in amounts)
    assert len(amounts) == listed(engine, f"{BOHE}&tab=payments&period=2026").grid.count
    assert "2026" in table.caption


def test_what_was_paid_ever_is_one_click_away(engine: Engine) -> None:
    view = listed(engine, f"{BOHE}&tab=payments&period=week")
    assert view.aside is not None
    assert view.aside[1].startswith("All since ")
    whole = listed(engine, view.aside[2])
    assert whole.grid.count > view.grid.count
    assert whole.aside is None


def test_empty_lists_say_why(traps: Engine) -> None:
    assert "Every invoice is paid" in text(AccountList().render(trapped(traps, AccountList(), "nobody")))
    assert "Nothing was paid in Q3 2026." in text(AccountList().render(trapped(traps, AccountList(), "disputed", "&tab=payments")))
    assert "None was paid in full" in text(AccountList().render(trapped(traps, AccountList(), "disputed", "&tab=paid")))
    assert "No open invoices of this age" in text(AccountList().render(trapped(traps, AccountList(), "part payment", "&bucket=1-30")))


# --- one invoice ------------------------------------------------------------------------------------------------------------


def invoice(traps: Engine, trap: str, number: str, more: str = "") -> invoice_card.View:
    view = trapped(traps, AccountList(), trap, f"&invoice={number}{more}")
    assert isinstance(view, invoice_card.View)
    return view


def cells(shown: invoice_card.Listed) -> list[list[str]]:
    return [[cell.value.text for cell in row] for row in shown.rows]


def test_an_invoice_with_instalments(traps: Engine) -> None:
    view = invoice(traps, "instalments", "I-inst")
    instalments, payments = view.tables
    assert cells(instalments) == [
        ["1", "1 Jul 2026", "60.00", "60.00", "0.00", "—"],
        ["2", "1 Aug 2026", "40.00", "10.00", "30.00", "43"],
    ]
    assert [[cell.late for cell in row][-1] for row in instalments.rows] == [False, True]
    assert cells(payments) == [["P3", "5 Jul 2026", "1, 2", "70.00", "70.00", "0.00", "4"]]
    assert [chip.text for chip in view.chips] == ["43 days overdue"]
    facts = {fact.name: fact for fact in view.facts}
    assert (facts["Amount"].value.text, facts["Open"].value.text) == ("100.00", "30.00")
    assert facts["Customer"].href == "account?as-of=2026-09-13&customer=instalments"


def test_an_overpaid_invoice_shows_what_it_did_not_take(traps: Engine) -> None:
    _, payments = invoice(traps, "overpayment", "I-over").tables
    assert cells(payments) == [["P2", "6 Jul 2026", "130.00", "100.00", "30.00", "5"]]


def test_disputed_credit_note_paid_and_not_due(traps: Engine) -> None:
    assert [chip.text for chip in invoice(traps, "disputed", "I-disputed").chips] == ["Disputed", "74 days overdue"]
    assert [chip.text for chip in invoice(traps, "credit note", "I-credit").chips] == ["Credit note"]
    assert [chip.text for chip in invoice(traps, "advance", "I-adv").chips] == ["Paid in full"]
    assert [chip.text for chip in invoice(traps, "due today", "I-today").chips] == ["Not due"]
    assert "Nothing was paid on it yet" in text(invoice_card.draw(invoice(traps, "disputed", "I-disputed")))


def test_its_order_leads_to_the_order_lines(traps: Engine) -> None:
    facts = {fact.name: fact for fact in invoice(traps, "part payment", "I-part").facts}
    assert facts["Order"].href == "regions?period=2026-05&as-of=2026-09-13&customer=part%20payment&tab=lines&find=O-part"
    unknown = {fact.name: fact for fact in invoice(traps, "overpayment", "I-over").facts}["Order"]
    assert (unknown.value.text, unknown.href, unknown.hint) == ("O-over", "", "Its lines are not in the data")


def test_an_unknown_invoice_says_so_and_offers_the_list(traps: Engine) -> None:
    view = invoice(traps, "part payment", "I-none")
    assert view.missing == ("Part payment has no invoice I-none", "Choose one from the list.")
    assert view.offer == view.back == ("All open invoices", f"?as-of={AS_OF}&customer=part%20payment")
    theirs = invoice(traps, "part payment", "I-over")
    assert theirs.missing == ("Part payment has no invoice I-over", "Choose one from the list.")


def test_an_invoice_of_a_later_day_offers_that_day(traps: Engine) -> None:
    view = invoice(traps, "advance not invoiced", "I-later")
    assert view.missing == ("Invoice I-later is of a later day", "It is dated 20 Sep 2026, after the day that is looked at.")
    assert view.offer == ("Show the latest data", "?customer=advance%20not%20invoiced&invoice=I-later")


def test_one_that_may_not_be_seen_reads_like_one_that_does_not_exist(engine: Engine, demo_warehouse: Warehouse) -> None:
    twin = AccountTwin(demo_warehouse.reader())
    theirs = twin.bills_of(region="East")[0].number
    viewer = Viewer(name="manager", bounds=(Filter("region", ("South",)),))
    own = next(bill.customer for bill in twin.bills_of(region="South"))

    def said(number: str) -> tuple[Any, ...]:
        scope = scope_of(engine, f"?customer={own}&invoice={number}", viewer)
        view = AccountList().view(scope, answered(engine, AccountList().needs(scope), viewer))
        return tuple(part.replace(number, "?") for part in view.missing), view.offer

    assert said(theirs) == said("IN-nothing")


def test_the_file_of_an_invoice_has_a_row_an_instalment_and_payment(traps: Engine) -> None:
    scope = scope_of(traps, f"?customer=instalments&as-of={AS_OF}&invoice=I-inst")
    table = AccountList().table(scope, answered(traps, AccountList().whole(scope)))
    assert table is not None
    taken = [row[table.columns.index("Applied")] for row in table.raw]
    assert taken == [60, 10]
    assert [row[table.columns.index("Days late")] for row in table.raw] == [4, -27]
    assert with_class(AccountList().render(invoice(traps, "instalments", "I-inst")), "inv-t")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_everything_can_be_drawn_in_both_languages(traps: Engine, engine: Engine, language: str) -> None:
    searches = [f"?customer={trap}&as-of={AS_OF}&language={language}" for trap in ("credit note", "no terms", "advance", "nobody")]
    for panel in ACCOUNT.panels:
        for search in searches:
            assert text(panel.render(viewed(traps, panel, search)))
        assert text(panel.render(viewed(engine, panel, f"{BOHE}&language={language}")))
