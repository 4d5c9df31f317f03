"""The worklist against an independent count in plain Python, with entries out of a ledger, and its traps by name."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, get_args

import pytest

from data import schema as s
from data.entries import Entries, NewEntry
from data.ledger import Ledger
from data.settings import Settings
from data.warehouse import Warehouse
from metrics.engine import Engine
from metrics.errors import NotDivisible, UnknownName
from metrics.scope import EVERYTHING, Filter, Viewer
from metrics.worklist import Debtor, Todo, Worked, Worklist, Worth
from metrics.worklist_sql import ORDERS, PRIOR
from tests.metrics.twin import Twin, exact, minor

AS_OF = date(2026, 9, 13)
EAST = (Filter("region", ("East",)),)
MANAGER = Viewer(name="manager", bounds=EAST)


@pytest.fixture
def entries(tmp_path: Path) -> Entries:
    return Entries(Ledger(tmp_path / "ledger.sqlite"))


@pytest.fixture
def engine(demo_warehouse: Warehouse, entries: Entries) -> Engine:
    return Engine(demo_warehouse, Settings(), entries=entries)


@pytest.fixture(scope="module")
def twin(demo_warehouse: Warehouse) -> Twin:
    return Twin(demo_warehouse.reader())


def ask(engine: Engine, *, as_of: date = AS_OF, viewer: Viewer = EVERYTHING, **how: Any) -> Worked:
    written = engine.entries.revision if engine.entries else 0
    answered = engine.answer(Worklist(**{"as_of": as_of, "written": written, **how}), viewer)
    assert isinstance(answered, Worked)
    return answered


def customers(worked: Worked) -> list[str]:
    return [debtor.customer for debtor in worked.debtors]


# --- figures ----------------------------------------------------------------------------------------------------------------


def owed(twin: Twin, day: date) -> dict[str, dict[str, Any]]:
    """What each customer owes on a day, counted instalment by instalment in ten-thousandths."""
    found: dict[str, dict[str, Any]] = defaultdict(lambda: {"open": 0, "overdue": 0, "past_due": 0, "weighted": 0, "since": None})
    for invoice in twin.invoices:
        if invoice.day > day:
            continue
        left = sum(amount for when, amount in invoice.applied() if when <= day)
        of = found[invoice.booked["customer"]]
        for due, _, amount in invoice.parts:
            covered = max(min(left, amount), 0) if amount >= 0 else min(max(left, amount), 0)
            left -= covered
            balance, days = amount - covered, (day - due).days
            of["open"] += balance
            of["overdue"] += balance if days > 0 else 0
            if days > 0 and balance > 0:
                of["past_due"] += balance
                of["weighted"] += balance * days
                of["since"] = min(of["since"] or due, due)
    return found


def unapplied(twin: Twin, day: date) -> dict[str, int]:
    """What came in from each customer and no invoice took by that day."""
    found: dict[str, int] = defaultdict(int)
    whose = dict(twin.table(s.invoice)[["invoice_id", "customer_id"]].itertuples(index=False))
    for row in twin.table(s.payment).itertuples():
        if row.payment_day <= day:
            found[whose.get(row.invoice_id, row.customer_id)] += minor(row.amount) or 0
    for invoice in twin.invoices:
        if invoice.day <= day:
            found[invoice.booked["customer"]] -= sum(amount for when, amount in invoice.applied() if when <= day)
    return found


def behaviour(twin: Twin, first: date, last: date, region: str = "") -> dict[str, tuple[int, int, int]]:
    """Of each customer how many payments there were, in however many parts, what they paid, and what of that came after its due day."""
    found: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    payments: dict[str, set[str]] = defaultdict(set)
    for invoice in twin.invoices:
        if region and invoice.booked["region"] != region:
            continue
        edges, start = [], 0
        for due, _, amount in invoice.parts:
            edges.append((due, start, start + amount))
            start += amount
        so_far = 0
        for when, payment, amount in invoice.taken():
            if amount > 0 and first <= when <= last:
                customer = invoice.booked["customer"]
                of = found[customer]
                payments[customer].add(payment)
                of[0] += amount
                of[1] += sum(max(min(so_far + amount, high) - max(so_far, low), 0) for due, low, high in edges if when > due)
            so_far += amount
    return {customer: (len(payments[customer]), paid, late) for customer, (paid, late) in found.items()}


@pytest.mark.parametrize("day", [AS_OF, date(2025, 12, 31)])
def test_every_figure_is_what_an_independent_count_gives(engine: Engine, twin: Twin, day: date) -> None:
    worked = ask(engine, as_of=day)
    debts, cash, paid = (
        owed(twin, day),
        unapplied(twin, day),
        behaviour(twin, date(day.year - 1, day.month, day.day) + timedelta(days=1), day),
    )
    known = {row.customer_id: row for row in twin.table(s.customer).itertuples()}
    assert len(worked.debtors) > 100
    assert set(customers(worked)) == {customer for customer, of in debts.items() if of["overdue"] > 0}
    usual = Decimal(sum(late for _, _, late in paid.values())) / sum(whole for _, whole, _ in paid.values())
    assert worked.usual == usual
    for debtor in worked.debtors:
        of, (count, whole, late) = debts[debtor.customer], paid.get(debtor.customer, (0, 0, 0))
        customer = known[debtor.customer]
        assert (debtor.region, debtor.area, debtor.rep) == (customer.region_id, customer.area_id, customer.rep_id)
        assert (debtor.credit_limit, debtor.terms_days) == (customer.credit_limit, customer.terms_days)
        assert (debtor.open, debtor.overdue) == (exact(of["open"]), exact(of["overdue"]))
        assert debtor.exposure == exact(of["open"] - cash[debtor.customer])
        assert debtor.oldest == (day - of["since"]).days
        assert debtor.worth.days == Decimal(of["weighted"]) / of["past_due"]
        assert (debtor.worth.payments, debtor.worth.paid, debtor.worth.paid_late) == (count, exact(whole), exact(late))
        share = Decimal(late) / whole if whole else Decimal(0)
        chance = (share * count + usual * PRIOR) / (count + PRIOR)
        assert debtor.worth.value == pytest.approx(debtor.overdue * chance * debtor.worth.days / 30)
    assert worked.found_overdue == sum(debtor.overdue for debtor in worked.debtors)


def test_the_list_sums_those_who_owe_on_balance_and_the_whole_is_what_the_ageing_says(engine: Engine, twin: Twin) -> None:
    debts = [of["overdue"] for of in owed(twin, AS_OF).values()]
    for worked in (ask(engine), ask(engine, rows=10), ask(engine, find="a", todo="over_limit")):
        assert worked.overdue == exact(sum(debts))
    assert ask(engine).found_overdue == exact(sum(max(debt, 0) for debt in debts)) > ask(engine).overdue


def test_a_viewer_sees_their_part_alone(engine: Engine) -> None:
    bounded, asked = ask(engine, viewer=MANAGER), ask(engine, where=EAST)
    assert customers(bounded)
    assert set(customers(bounded)) == set(customers(asked))
    assert {d.customer: (d.overdue, d.open, d.exposure, d.oldest) for d in bounded.debtors} == {
        d.customer: (d.overdue, d.open, d.exposure, d.oldest) for d in asked.debtors
    }
    assert bounded.usual != asked.usual == ask(engine).usual  # all that a manager may see are the payments of East
    assert ask(engine, viewer=MANAGER, where=(Filter("region", ("North",)),)).debtors == ()


def test_a_bounded_viewer_counts_the_payments_of_their_part(engine: Engine, twin: Twin) -> None:
    known = behaviour(twin, date(2025, 9, 14), AS_OF, region="East")
    for debtor in ask(engine, viewer=MANAGER).debtors:
        count, paid, late = known.get(debtor.customer, (0, 0, 0))
        assert (debtor.worth.payments, debtor.worth.paid, debtor.worth.paid_late) == (count, exact(paid), exact(late))


def test_a_place_decides_what_is_overdue_and_the_whole_company_what_is_owed(engine: Engine) -> None:
    whole = {d.customer: d for d in ask(engine).debtors}
    rep = next(d.rep for d in whole.values() if d.rep)
    part = ask(engine, where=(Filter("rep", (rep,)),)).debtors
    assert part
    for debtor in part:
        assert debtor.overdue <= whole[debtor.customer].overdue
        assert (debtor.open, debtor.exposure) == (whole[debtor.customer].open, whole[debtor.customer].exposure)


# --- worth ------------------------------------------------------------------------------------------------------------------


def worth(**change: Any) -> Worth:
    usual: dict[str, Any] = {"overdue": "1000", "days": "60", "payments": 5, "paid": "400", "paid_late": "100", "usual": "0.5"}
    said = usual | change
    return Worth(**{name: value if name == "payments" or value is None else Decimal(value) for name, value in said.items()})


def test_the_worth_of_a_call_is_overdue_times_chance_times_age() -> None:
    assert worth().own == Decimal("0.25")
    assert worth().chance == Decimal("0.375")  # half way, as five payments count as much as the company
    assert worth().age == 2
    assert worth().value == Decimal(750)


def test_who_never_paid_has_the_chance_of_the_company() -> None:
    assert worth(payments=0, paid="0", paid_late="0").chance == Decimal("0.5")


def test_the_more_payments_the_less_the_company_counts() -> None:
    chances = [worth(payments=n).chance or Decimal(0) for n in (0, 1, 10, 1000)]
    assert chances == sorted(chances, reverse=True)
    assert chances[-1] - Decimal("0.25") < Decimal("0.01")


def test_there_is_no_chance_where_nobody_has_paid_yet() -> None:
    assert worth(usual=None, payments=0, paid="0", paid_late="0").value is None


# --- pages, order, search, filters ------------------------------------------------------------------------------------------


def sorted_by(worked: Worked, order: str, language: str) -> list[Any]:
    """The values that a list is sorted by, as the twin sees them."""
    members = worked.members

    def name(dimension: str, key: str | None) -> str | None:
        return members[dimension][key].label(language).lower() if key else None

    def value(debtor: Debtor) -> Any:
        return {
            "customer": lambda: name("customer", debtor.customer),
            "place": lambda: (name("region", debtor.region), name("area", debtor.area)),
            "rep": lambda: name("rep", debtor.rep),
            "limit": lambda: debtor.credit_limit,
            "chance": lambda: debtor.worth.chance,
            "worth": lambda: debtor.worth.value,
            "promise": lambda: debtor.promise and debtor.promise.promise.day,
            "state": lambda: debtor.promise and debtor.promise.state,
            "action": lambda: debtor.action and debtor.action.day,
            "owner": lambda: debtor.action.owner.lower() if debtor.action else name("rep", debtor.rep),
            "used": lambda: Decimal("inf") if debtor.credit_limit == 0 and debtor.is_over_limit else debtor.used,
        }.get(order, lambda: getattr(debtor, order))()

    return [value(debtor) for debtor in worked.debtors]


@pytest.fixture(scope="module")
def written(demo_warehouse: Warehouse, tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """With promises of every state and next actions, of every fifth customer of the list."""
    entries = Entries(Ledger(tmp_path_factory.mktemp("written") / "ledger.sqlite"))
    engine = Engine(demo_warehouse, Settings(), entries=entries)
    for i, debtor in enumerate(ask(engine).debtors[::5]):
        day = AS_OF + timedelta(days=i % 7 - 3)
        promise = {"kind": "promise", "day": day, "amount": Decimal("0.01") if i % 5 == 0 else debtor.overdue}
        action = {"kind": "action", "day": day, "owner": ("Zoë", "amélie", "Li Qiang")[i % 3], "note": "call"}
        for said in (promise, action)[: i % 2 + 1]:
            new = NewEntry(customer_id=debtor.customer, who="a", seen_to=AS_OF - timedelta(days=40), **said)  # type: ignore[arg-type]
            entries.append(new, seen=entries.revision)
    return engine


@pytest.mark.parametrize("order", [*ORDERS, *(f"-{name}" for name in ORDERS), ""])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_pages_put_together_are_the_whole_in_order(written: Engine, order: str, language: str) -> None:
    whole = ask(written, order=order, language=language, where=EAST)
    size = len(whole.debtors) // 3 + 1
    pages = [
        ask(written, order=order, language=language, where=EAST, first=first, rows=size) for first in range(0, len(whole.debtors), size)
    ]
    assert [customer for page in pages for customer in customers(page)] == customers(whole)
    assert {page.found for page in pages} == {whole.found} == {len(whole.debtors)}
    values = sorted_by(whole, order.removeprefix("-") or "worth", language)
    known = [value for value in values if value is not None]
    assert known == sorted(known, reverse=order.startswith("-") or not order)
    assert values[len(known) :] == [None] * (len(values) - len(known))


def test_filters_divide_the_list_and_say_how_many_there_are(written: Engine) -> None:
    whole = ask(written)
    belongs = {
        "": lambda debtor: True,
        "no_promise": lambda debtor: debtor.promise is None,
        "broken": lambda debtor: debtor.promise is not None and debtor.promise.state == "broken",
        "over_limit": lambda debtor: debtor.is_over_limit,
    }
    assert set(belongs) == set(get_args(Todo))
    for todo, is_in in belongs.items():
        found = ask(written, todo=todo)
        wanted = [debtor for debtor in whole.debtors if is_in(debtor)]
        assert wanted, todo
        assert found.debtors == tuple(wanted)
        assert found.counts == whole.counts
        assert (found.counts[todo], found.found, found.found_overdue) == (len(wanted), len(wanted), sum(d.overdue for d in wanted))  # type: ignore[index]


def test_a_row_is_of_who_acts_next_else_of_the_rep(engine: Engine) -> None:
    debtor = next(d for d in ask(engine).debtors if d.rep)
    name = engine.members("rep")[debtor.rep].name
    assert engine.entries
    before = ask(engine, owner=f" {name.upper()} ")
    assert debtor.customer in customers(before)
    new = NewEntry(customer_id=debtor.customer, kind="action", who="a", seen_to=AS_OF, note="visit", owner="Zoë", day=AS_OF)
    kept = engine.entries.append(new, seen=0)
    assert debtor.customer not in customers(ask(engine, owner=name))
    mine = ask(engine, owner="Zoë")
    assert customers(mine) == [debtor.customer]
    assert (mine.counts[""], mine.debtors[0].action) == (1, kept)


@pytest.mark.parametrize("find", ["water", "WATER", "江苏", "jiangsu", "C00", "%", "no such name", "Zoë"])
def test_a_search_keeps_the_rows_in_which_a_name_holds_the_text(written: Engine, find: str) -> None:
    whole, found = ask(written), ask(written, find=find)

    def texts(debtor: Debtor) -> list[str]:
        members = [whole.members[d][key] for d in ("customer", "region", "area", "rep") if (key := getattr(debtor, d))]
        owner = debtor.action.owner if debtor.action else ""
        return [debtor.customer, owner, *(text for m in members for text in (m.name, m.name_zh or ""))]

    wanted = [debtor for debtor in whole.debtors if any(find.lower() in text.lower() for text in texts(debtor))]
    assert list(found.debtors) == wanted
    assert found.counts == whole.counts
    assert (found.found, bool(wanted)) == (len(wanted), find not in ("%", "no such name"))


def test_a_page_behind_the_last_still_says_how_many_there_are(engine: Engine) -> None:
    behind = ask(engine, first=10_000, rows=10)
    assert (behind.debtors, behind.found, behind.counts) == ((), ask(engine).found, ask(engine).counts)


def test_nobody_is_listed_before_the_data(engine: Engine) -> None:
    empty = ask(engine, as_of=date(2019, 1, 1))
    assert (empty.debtors, empty.found, empty.overdue, empty.usual) == ((), 0, 0, None)


def test_what_cannot_be_asked_says_what_can(engine: Engine) -> None:
    with pytest.raises(UnknownName, match="worth"):
        ask(engine, order="-worht")
    with pytest.raises(NotDivisible, match="customer"):
        ask(engine, where=(Filter("category", ("pumps",)),))


def test_the_statements_can_be_shown_and_run(written: Engine, demo_warehouse: Warehouse) -> None:
    worked = ask(written, rows=5, where=EAST, find="a", todo="no_promise", owner="")
    payments, page = worked.sql
    rows = demo_warehouse.reader().ask(page, {})
    assert [row[11] for row in rows] == customers(worked)
    assert demo_warehouse.reader().ask(payments, {})


# --- what people wrote --------------------------------------------------------------------------------------------------------


def one(engine: Engine, customer: str, **how: Any) -> Debtor:
    (found,) = (debtor for debtor in ask(engine, **how).debtors if debtor.customer == customer)
    return found


def test_a_promise_is_on_its_row_from_its_revision_on_and_gone_when_taken_back(engine: Engine, entries: Entries) -> None:
    debtor = ask(engine).debtors[0]
    new = NewEntry(customer_id=debtor.customer, kind="promise", who="a", seen_to=AS_OF, day=AS_OF + timedelta(days=9), amount=debtor.open)
    kept = entries.append(new, seen=0)
    found = one(engine, debtor.customer)
    assert found.promise
    assert (found.promise.state, found.promise.promise.amount, found.last) == ("open", debtor.open, kept)
    assert replace(found, promise=None, last=None) == debtor
    assert one(engine, debtor.customer, written=0) == debtor
    entries.undo(kept.entry_id, who="a", seen_to=AS_OF)
    assert one(engine, debtor.customer) == debtor
    assert one(engine, debtor.customer, written=1) == found


def test_a_past_day_shows_what_was_written_by_then(engine: Engine, entries: Entries) -> None:
    customer, earlier = ask(engine).debtors[0].customer, date(2026, 8, 1)
    note = NewEntry(customer_id=customer, kind="note", who="a", seen_to=earlier, note="moved")
    entries.append(note, seen=0)
    entries.append(replace(note, seen_to=AS_OF, note="moved again"), seen=1)
    shown = {day: one(engine, customer, as_of=day).last for day in (earlier - timedelta(days=1), AS_OF - timedelta(days=1), AS_OF)}
    assert [entry and entry.note for entry in shown.values()] == [None, "moved", "moved again"]


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """Customers by name of the trap; every invoice of 100 has been overdue for 30 days on AS_OF unless said otherwise."""
    warehouse = Warehouse(tmp_path_factory.mktemp("small") / "warehouse")
    with warehouse.draft(fresh=True) as draft:
        run = draft.connection.execute
        for customer, limit in (("credit note", 50), ("no limit", None), ("limit of zero", 0), ("paid", 50), ("due today", 50)):
            run("INSERT INTO customer (customer_id, name, credit_limit) VALUES (?, ?, ?)", [customer, customer, limit])
        bills = [
            ("1", "credit note", "2026-08-14", 100),
            ("2", "credit note", "2026-08-14", -100),
            ("3", "no limit", "2026-08-14", 100),
            ("4", "limit of zero", "2026-08-14", 100),
            ("5", "paid", "2026-08-14", 100),
            ("6", "due today", "2026-09-13", 100),
            ("7", None, "2026-08-14", 100),
        ]
        for number, customer, due, amount in bills:
            run("INSERT INTO invoice VALUES (?, NULL, ?, NULL, NULL, NULL, '2026-07-01', ?, false)", [number, customer, amount])
            run("INSERT INTO instalment VALUES (?, 1, ?, ?)", [number, due, amount])
        for number, customer, invoice, day, amount in (
            ("a", "paid", "5", "2026-08-20", 100),
            ("b", "no limit", None, "2026-09-01", 30),
            ("c", None, "4", "2026-09-10", 40),
        ):
            run(
                "INSERT INTO payment (payment_id, part_no, customer_id, invoice_id, payment_day, amount) VALUES (?, 1, ?, ?, ?, ?)",
                [number, customer, invoice, day, amount],
            )
        draft.publish("traps")
    return warehouse


def test_traps(small: Warehouse, entries: Entries) -> None:
    """A credit note that evens out, a paid invoice, one due on the day itself and one of nobody put nobody on the list."""
    engine = Engine(small, Settings(), entries=entries)
    found = {debtor.customer: debtor for debtor in ask(engine).debtors}
    assert set(found) == {"no limit", "limit of zero"}
    without, zero = found["no limit"], found["limit of zero"]
    assert (without.overdue, without.exposure, without.oldest, without.worth.days) == (100, 70, 30, 30)
    assert (without.used, without.is_over_limit, zero.used, zero.is_over_limit) == (None, False, None, True)
    assert (zero.overdue, zero.worth.own, without.worth.own, without.worth.chance) == (60, 1, None, 1)
    # Of a limit of nothing more than all is used, whatever share that is.
    assert customers(ask(engine, order="-used")) == ["limit of zero", "no limit"]


@pytest.mark.parametrize(
    ("customer", "amount", "day", "state"),
    [
        pytest.param("no limit", 30, date(2026, 9, 5), "kept", id="by cash that no invoice took"),
        pytest.param("limit of zero", 40, date(2026, 9, 12), "kept", id="by a payment that names the invoice alone"),
        pytest.param("limit of zero", 41, date(2026, 9, 12), "broken", id="by too little"),
        pytest.param("no limit", 31, AS_OF, "open", id="its day is today"),
        pytest.param("no limit", 30, date(2026, 8, 13), None, id="it was about a debt that is gone"),
    ],
)
def test_a_promise_is_kept_by_any_money_of_the_customer(
    small: Warehouse, entries: Entries, customer: str, amount: int, day: date, state: str | None
) -> None:
    engine = Engine(small, Settings(), entries=entries)
    new = NewEntry(customer_id=customer, kind="promise", who="a", seen_to=date(2026, 8, 1), day=day, amount=Decimal(amount))
    entries.append(new, seen=0)
    found = one(engine, customer).promise
    assert (found and found.state) == state
    assert ask(engine).counts["no_promise"] == (2 if state is None else 1)


@pytest.mark.parametrize(
    ("days", "state"),
    [
        pytest.param((date(2026, 8, 20), date(2026, 9, 5)), "broken", id="a broken one is not hidden by what was kept later"),
        pytest.param((date(2026, 8, 10), date(2026, 9, 5)), "kept", id="but where it was about a debt that is gone"),
        pytest.param((date(2026, 8, 10), date(2026, 8, 12)), None, id="as the other may be too"),
    ],
)
def test_of_several_promises_the_row_and_the_filters_say_the_same(
    small: Warehouse, entries: Entries, days: tuple[date, date], state: str | None
) -> None:
    """90 for the first day and 30 for the second, of which 30 are paid on the first of September."""
    engine = Engine(small, Settings(), entries=entries)
    for day, amount in zip(days, (90, 30), strict=True):
        new = NewEntry(customer_id="no limit", kind="promise", who="a", seen_to=date(2026, 8, 1), day=day, amount=Decimal(amount))
        entries.append(new, seen=entries.revision)
    found = one(engine, "no limit").promise
    assert (found and found.state) == state
    counts = ask(engine).counts
    assert (counts["no_promise"], counts["broken"]) == (2 if state is None else 1, state == "broken")


def test_the_parts_of_a_payment_are_one_payment(tmp_path: Path) -> None:
    """One pays in advance, then of both regions; another of the west alone; a third is paid back the day after, which is none."""
    warehouse = Warehouse(tmp_path)
    with warehouse.draft(fresh=True) as draft:
        for region in ("E", "W"):
            draft.connection.execute("INSERT INTO invoice VALUES (?, NULL, 'a', ?, NULL, NULL, '2026-07-01', 100, false)", [region, region])
            draft.connection.execute("INSERT INTO instalment VALUES (?, 1, '2026-08-14', 100)", [region])
        for number, part, invoice, day, amount in (
            ("1", 1, None, "2026-08-20", 5),
            ("1", 2, "E", "2026-08-20", 10),
            ("1", 3, "W", "2026-08-20", 10),
            ("1", 4, "W", "2026-08-21", 1),
            ("2", 1, "W", "2026-08-22", 10),
            ("3", 1, "W", "2026-08-23", -2),
        ):
            draft.connection.execute(
                "INSERT INTO payment (payment_id, part_no, customer_id, invoice_id, payment_day, amount) VALUES (?, ?, 'a', ?, ?, ?)",
                [number, part, invoice, day, amount],
            )
        draft.publish("parts")
    engine = Engine(warehouse, Settings())
    for regions, count in (("", 2), ("E", 1), ("W", 2), ("EW", 2)):
        viewer = Viewer(name="manager", bounds=(Filter("region", tuple(regions)),)) if regions else EVERYTHING
        assert one(engine, "a", viewer=viewer).worth.payments == count
