"""Lists of open and paid invoices and of payments against a reading in plain Python, and trap by trap."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from data.settings import Settings
from data.warehouse import Warehouse
from metrics.catalog import bucket_days, buckets
from metrics.engine import Engine
from metrics.errors import NotDivisible, UnknownName
from metrics.listing import DEFAULT_ORDERS, Listed, Listing
from metrics.listing_shape import COLUMNS, NAMED, Kind
from metrics.scope import EVERYTHING, Filter, Period, Viewer, parse_period
from tests.metrics.account_twin import ZERO, AccountTwin, Bill, Part
from tests.metrics.traps import trap_company

AS_OF = date(2026, 9, 13)
DAYS = (AS_OF, date(2025, 12, 31), date(2024, 6, 7))
EAST = (Filter("region", ("East",)),)
QUARTER = parse_period("2026Q3", AS_OF)
KINDS: tuple[Kind, ...] = ("open", "paid", "payments")


@pytest.fixture(scope="module")
def engine(demo_warehouse: Warehouse) -> Engine:
    return Engine(demo_warehouse, Settings())


@pytest.fixture(scope="module")
def twin(demo_warehouse: Warehouse) -> AccountTwin:
    return AccountTwin(demo_warehouse.reader())


def ask(engine: Engine, of: Kind, *, period: Period = QUARTER, as_of: date = AS_OF, viewer: Viewer = EVERYTHING, **how: Any) -> Listed:
    answered = engine.answer(Listing(of=of, period=period, as_of=as_of, **how), viewer)
    assert isinstance(answered, Listed)
    return answered


def told(row: Any, *names: str) -> dict[str, Any]:
    return {name: row[name] for name in names}


# --- the demo company -----------------------------------------------------------------------------------------------------


def open_row(bill: Bill, day: date, among: tuple[date, date] = (date.min, date.max)) -> dict[str, Any]:
    """What an open invoice says of itself; of instalments that are due between two days alone."""
    every = bill.open(day)
    parts = [(due, balance) for _, due, balance in every if among[0] <= due <= among[1]]
    late = [due for due, balance in parts if due < day and balance > 0]
    return {
        "day": bill.day,
        "order": bill.order,
        "customer": bill.customer,
        "due_first": min(due for due, _ in parts),
        "due_last": max(due for due, _ in parts),
        "instalments": len(parts),
        "amount": bill.amount,
        "paid": bill.amount - sum(balance for *_, balance in every),
        "open": sum(balance for _, balance in parts),
        "overdue": sum(balance for due, balance in parts if due < day),
        "days_overdue": (day - min(late)).days if late else None,
        "disputed": bill.disputed,
    }


@pytest.mark.parametrize("day", DAYS)
def test_open_invoices_are_those_with_something_open(engine: Engine, twin: AccountTwin, day: date) -> None:
    listed = ask(engine, "open", as_of=day, where=EAST)
    expected = {bill.number: open_row(bill, day) for bill in twin.bills_of(region="East") if bill.open(day)}
    assert {row["invoice"]: told(row, *expected[row["invoice"]]) for row in listed.rows} == expected
    assert len(listed.rows) == len(expected) == listed.sums.count > 20
    assert listed.sums.totals["open"] == sum(row["open"] for row in expected.values())
    assert listed.sums.totals["overdue"] == sum(row["overdue"] for row in expected.values())
    assert any(row["disputed"] for row in listed.rows) == any(row["disputed"] for row in expected.values())


@pytest.mark.parametrize("day", DAYS)
def test_the_buckets_share_the_open_invoices_out(engine: Engine, twin: AccountTwin, day: date) -> None:
    whole = ask(engine, "open", as_of=day, where=EAST)
    together = ZERO
    for bucket in buckets(Settings().ageing_edges)[:-1]:
        among = bucket_days(bucket, day)
        listed = ask(engine, "open", as_of=day, where=(*EAST, Filter("bucket", (bucket,))))
        bills = [b for b in twin.bills_of(region="East") if any(among[0] <= due <= among[1] for _, due, _ in b.open(day))]
        expected = {bill.number: open_row(bill, day, among) for bill in bills}
        assert {row["invoice"]: told(row, *expected[row["invoice"]]) for row in listed.rows} == expected
        together += listed.sums.totals["open"] or ZERO
    assert together == whole.sums.totals["open"]


def test_several_buckets_and_the_age_since_the_invoice(engine: Engine, twin: AccountTwin) -> None:
    both = ask(engine, "open", where=(*EAST, Filter("bucket", ("1-30", "180+"))))
    apart = [ask(engine, "open", where=(*EAST, Filter("bucket", (bucket,)))).sums.totals["open"] for bucket in ("1-30", "180+")]
    assert both.sums.totals["open"] == sum(filter(None, apart), ZERO)
    first, last = bucket_days("31-60", AS_OF)
    aged = ask(engine, "open", where=(*EAST, Filter("age", ("31-60",))))
    expected = {b.number for b in twin.bills_of(region="East") if b.open(AS_OF) and first <= b.day <= last}
    assert {row["invoice"] for row in aged.rows} == expected
    assert expected


@pytest.mark.parametrize("day", DAYS)
def test_paid_invoices_are_those_paid_in_full_in_the_period(engine: Engine, twin: AccountTwin, day: date) -> None:
    period = Period("range", date(day.year, 1, 1), day)
    listed = ask(engine, "paid", period=period, as_of=day, where=EAST)
    expected = {}
    for bill in twin.bills_of(region="East"):
        counted = [part for part in bill.payments if part.took and part.applied_day and part.applied_day <= day]
        if bill.day <= day and counted and not bill.open(day) and max(part.day for part in counted) >= period.first:
            expected[bill.number] = {
                "day": bill.day,
                "order": bill.order,
                "customer": bill.customer,
                "due_first": min(due for _, due, _ in bill.parts),
                "due_last": max(due for _, due, _ in bill.parts),
                "amount": bill.amount,
                "paid_day": max(part.day for part in counted),
                "days_late": max((part.day - due).days for part in counted for _, due, _ in part.took),
                "payments": len({part.payment for part in counted}),
            }
    assert {row["invoice"]: told(row, *expected[row["invoice"]]) for row in listed.rows} == expected
    assert listed.sums.count == len(expected) > 100
    assert listed.sums.totals["amount"] == sum(row["amount"] for row in expected.values())


@pytest.mark.parametrize("day", DAYS)
def test_payments_say_what_of_them_invoices_took(engine: Engine, twin: AccountTwin, day: date) -> None:
    period = Period("range", date(day.year, 1, 1), day)
    listed = ask(engine, "payments", period=period, as_of=day, where=EAST)

    def said(part: Part) -> dict[str, Any]:
        amounts = {"amount": part.amount, "applied": part.applied(day), "unapplied": part.amount - part.applied(day)}
        return {"day": part.day, "customer": part.customer, "invoice": part.invoice, "days_late": part.days_late(day), **amounts}

    expected = {(p.payment, p.part): said(p) for p in twin.parts_of(region="East") if period.first <= p.day <= day}
    assert {(row["payment"], row["part"]): told(row, *expected[row["payment"], row["part"]]) for row in listed.rows} == expected
    assert listed.sums.count == len(expected) > 100
    for name in ("amount", "applied", "unapplied"):
        assert listed.sums.totals[name] == sum(row[name] for row in expected.values())


@pytest.mark.parametrize("of", KINDS)
def test_pages_put_together_are_the_whole_in_any_order(engine: Engine, of: Kind) -> None:
    year = parse_period("2026", AS_OF)
    for order in (order for column in COLUMNS[of] for order in (column, f"-{column}")):
        whole = ask(engine, of, period=year, order=order, where=EAST)
        size = max(len(whole.rows) // 2, 1)
        pages = [ask(engine, of, period=year, order=order, where=EAST, first=at, rows=size) for at in range(0, len(whole.rows), size)]
        assert tuple(row for page in pages for row in page.rows) == whole.rows
        column = order.removeprefix("-")
        labels = {key: member.name for key, member in engine.members(column).items()} if column in NAMED[of] else {}
        known = [labels.get(row[column], row[column]) for row in whole.rows if row[column] is not None]
        assert known == sorted(known, reverse=order.startswith("-"))
    usual = ask(engine, of, period=year, where=EAST)
    assert usual.rows == ask(engine, of, period=year, where=EAST, order=DEFAULT_ORDERS[of]).rows


@pytest.mark.parametrize("of", KINDS)
def test_a_viewer_sees_the_rows_of_their_part_alone(engine: Engine, of: Kind) -> None:
    viewer = Viewer(name="manager", bounds=EAST)
    assert ask(engine, of, viewer=viewer).rows == ask(engine, of, where=EAST).rows
    assert ask(engine, of, viewer=viewer, where=(Filter("region", ("North",)),)).rows == ()
    segments = (Filter("segment", ("Chemicals",)),)
    assert 0 < ask(engine, of, viewer=viewer, where=segments).sums.count < ask(engine, of, where=segments).sums.count


def test_a_search_finds_numbers_and_names(engine: Engine) -> None:
    payments = ask(engine, "payments")
    wanted = payments.rows[3]
    found = ask(engine, "payments", find=str(wanted["payment"]).lower()).rows
    assert wanted in found
    assert len(found) < len(payments.rows)
    assert all(row["payment"] == wanted["payment"] for row in found)


def test_what_cannot_be_asked_says_what_can(engine: Engine) -> None:
    with pytest.raises(UnknownName, match="31-60"):
        ask(engine, "open", where=(Filter("bucket", ("31-61",)),))
    with pytest.raises(NotDivisible, match="customer"):
        ask(engine, "paid", where=(Filter("bucket", ("31-60",)),))


# --- traps ----------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def traps(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    return trap_company(Path(tmp_path_factory.mktemp("traps")))


TRAPS: dict[str, tuple[dict[str, Any], dict[str, Any], list[dict[str, Any]]]] = {
    # customer: what its open invoices say, its paid ones, its payments, newest first
    "part payment": ({"open": 70, "paid": 30, "overdue": 70, "days_overdue": 74}, {}, [{"applied": 30, "unapplied": 0, "days_late": -10}]),
    "credit note": ({"open": -40, "paid": 0, "overdue": -40, "days_overdue": None}, {}, []),
    "overpayment": ({}, {"amount": 100, "days_late": 5}, [{"amount": 130, "applied": 100, "unapplied": 30, "days_late": 5}]),
    "instalments": (
        {"open": 30, "paid": 70, "instalments": 1, "due_first": date(2026, 8, 1), "days_overdue": 43},
        {},
        [{"applied": 70, "days_late": 4}],
    ),
    "advance": ({}, {"paid_day": date(2026, 6, 20), "days_late": -41, "amount": 100}, [{"applied": 100, "days_late": -41}]),
    "advance not invoiced": ({}, {}, [{"amount": 100, "applied": 0, "unapplied": 100, "days_late": None}]),
    "unapplied": ({}, {}, [{"invoice": None, "amount": 80, "applied": 0, "unapplied": 80}]),
    "refund": ({"open": 40, "paid": 60}, {}, [{"amount": -40, "applied": -40, "days_late": 20}, {"amount": 100, "applied": 100}]),
    "disputed": ({"open": 100, "disputed": True}, {}, []),
    "due today": ({"open": 100, "overdue": 0, "days_overdue": None}, {}, []),
}


@pytest.mark.parametrize("trap", TRAPS)
def test_traps(traps: Engine, trap: str) -> None:
    where, year = (Filter("customer", (trap,)),), parse_period("2026", AS_OF)
    still_open, paid, payments = TRAPS[trap]
    for of, expected in (("open", [still_open] if still_open else []), ("paid", [paid] if paid else []), ("payments", payments)):
        rows = ask(traps, of, period=year, where=where).rows  # type: ignore[arg-type]
        assert [told(row, *wanted) for row, wanted in zip(rows, expected, strict=True)] == expected, of


def test_who_pays_another_s_invoice_pays_for_that_one(traps: Engine) -> None:
    year = parse_period("2026", AS_OF)
    assert ask(traps, "payments", period=year, where=(Filter("customer", ("parent",)),)).rows == ()
    (row,) = ask(traps, "payments", period=year, where=(Filter("customer", ("daughter",)),)).rows
    assert told(row, "amount", "applied") == {"amount": Decimal(100), "applied": Decimal(100)}
