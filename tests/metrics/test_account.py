"""A customer's account and how it pays, against a reading in plain Python, against the engine's own measures, and trap by trap."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa

from data import schema as s
from data.settings import Settings
from data.warehouse import Warehouse
from metrics.account import Account, Standing
from metrics.catalog import bucket_days, buckets
from metrics.engine import Engine
from metrics.errors import UnknownName
from metrics.payers import MONTHS, Behaviour, Conduct
from metrics.query import Missing, Query
from metrics.scope import EVERYTHING, Filter, Period, Viewer
from tests.metrics.account_twin import ZERO, AccountTwin
from tests.metrics.traps import trap_company

AS_OF = date(2026, 9, 13)
DAYS = (AS_OF, date(2026, 2, 28), date(2025, 4, 30))
SOUTH = Viewer(name="manager", bounds=(Filter("region", ("South",)),))


@pytest.fixture(scope="module")
def engine(demo_warehouse: Warehouse) -> Engine:
    return Engine(demo_warehouse, Settings())


@pytest.fixture(scope="module")
def twin(demo_warehouse: Warehouse) -> AccountTwin:
    return AccountTwin(demo_warehouse.reader())


@pytest.fixture(scope="module")
def customers(twin: AccountTwin) -> tuple[str, ...]:
    """The twelve with the most invoices, and every seventieth of the others."""
    counts: defaultdict[str, int] = defaultdict(int)
    for bill in twin.bills.values():
        counts[str(bill.customer)] += 1
    ranked = sorted(counts, key=lambda customer: (-counts[customer], customer))
    return (*ranked[:12], *ranked[12::70])


@pytest.fixture(scope="module")
def traps(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    return trap_company(Path(tmp_path_factory.mktemp("traps")))


def account(engine: Engine, customer: str, as_of: date = AS_OF, viewer: Viewer = EVERYTHING) -> Standing:
    found = engine.answer(Account(customer, as_of), viewer)
    assert isinstance(found, Standing)
    return found


def conduct(engine: Engine, customer: str, as_of: date = AS_OF, viewer: Viewer = EVERYTHING) -> Conduct:
    found = engine.answer(Behaviour(customer, as_of), viewer)
    assert isinstance(found, Conduct)
    return found


# --- what is owed -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("day", DAYS)
def test_an_account_is_its_open_invoices_and_its_cash(engine: Engine, twin: AccountTwin, customers: tuple[str, ...], day: date) -> None:
    agreed = twin.customers
    some_late = False
    for customer in customers:
        found, terms = account(engine, customer, day), agreed[customer].terms_days
        still = [(bill, bill.open(day)) for bill in twin.bills_of(customer=customer) if bill.open(day)]
        to_pay = [(bill, due, balance) for bill, parts in still for _, due, balance in parts if balance > 0]
        late = [(bill, due) for bill, due, _ in to_pay if due < day]
        beyond = [(bill, balance) for bill, _, balance in to_pay if (day - bill.day).days > terms]
        cash = sum((part.amount - part.applied(day) for part in twin.parts_of(customer=customer) if part.day <= day), ZERO)
        assert found.open == sum(balance for _, parts in still for *_, balance in parts)
        assert found.overdue == sum(balance for _, parts in still for _, due, balance in parts if due < day)
        assert found.unapplied == -cash
        assert found.exposure == found.open - cash
        assert found.invoices == len({bill.number for bill, *_ in to_pay})
        assert found.late == len({bill.number for bill, _ in late})
        assert found.oldest == min((due for _, due in late), default=None)
        assert (found.beyond, found.beyond_amount) == (len({b.number for b, _ in beyond}), sum(balance for _, balance in beyond))
        assert (found.terms_days, found.credit_limit) == (terms, agreed[customer].credit_limit)
        assert found.used == (found.exposure / found.credit_limit if found.credit_limit else None)
        some_late |= bool(late)
        for aged in found.ages[:-1]:
            first, last = bucket_days(aged.bucket, day)
            assert aged.amount == sum(balance for _, parts in still for _, due, balance in parts if first <= due <= last)
            assert aged.invoices == len({bill.number for bill, parts in still for _, due, _ in parts if first <= due <= last})
        assert [aged.bucket for aged in found.ages] == list(buckets(Settings().ageing_edges))
        assert sum(aged.amount for aged in found.ages) == found.exposure
    assert some_late


@pytest.mark.parametrize("day", DAYS)
def test_an_account_has_the_figures_that_every_other_page_has(engine: Engine, customers: tuple[str, ...], day: date) -> None:
    for customer in customers[:6]:
        query = Query(
            measures=("receivable", "open", "overdue", "unapplied"),
            period=Period("range", day, day),
            as_of=day,
            where=(Filter("customer", (customer,)),),
        )
        ours, found = engine.run(query).only(), account(engine, customer, day)
        assert (found.exposure, found.open, found.overdue, found.unapplied) == tuple(ours[name] for name in query.measures)


def test_it_says_whose_customer_it_is(engine: Engine, twin: AccountTwin, customers: tuple[str, ...]) -> None:
    agreed = twin.customers
    managers = dict(twin.reader.rows(sa.select(s.rep.c.rep_id, s.rep.c.manager_id)))
    for customer in customers:
        who, row = account(engine, customer).who, agreed[customer]
        told = (who.segment, who.region, who.area, who.rep)
        assert tuple(member and member.key for member in told) == (row.segment_id, row.region_id, row.area_id, row.rep_id)
        assert (who.manager.key if who.manager else None) == managers[row.rep_id]
        assert (who.customer.name, who.customer.name_zh) == (row.name, row.name_zh)


def test_what_is_not_the_viewer_s_reads_like_what_does_not_exist(engine: Engine, twin: AccountTwin) -> None:
    theirs = next(bill.customer for bill in twin.bills_of(region="East") if bill.customer)
    assert account(engine, theirs).invoices >= 0
    with pytest.raises(UnknownName) as hidden:
        account(engine, theirs, viewer=SOUTH)
    with pytest.raises(UnknownName) as nothing:
        account(engine, "C9999", viewer=SOUTH)
    assert str(hidden.value).partition(" Did")[0].replace(theirs, "?") == str(nothing.value).partition(" Did")[0].replace("C9999", "?")
    assert conduct(engine, theirs, viewer=SOUTH).year.applied == 0
    own = next(bill.customer for bill in twin.bills_of(region="South") if bill.customer and bill.open(AS_OF))
    assert account(engine, own, viewer=SOUTH).open == account(engine, own).open


def test_before_the_data_nothing_is_known(engine: Engine, customers: tuple[str, ...]) -> None:
    found = account(engine, customers[0], date(2020, 1, 1))
    assert found.missing is not None
    assert found.missing.code == "before_data"
    assert account(engine, customers[0]).missing is None


def test_no_invoices_at_all(tmp_path: Path) -> None:
    warehouse = Warehouse(tmp_path)
    with warehouse.draft(fresh=True) as draft:
        draft.connection.execute("INSERT INTO customer (customer_id, name) VALUES ('c', 'Bohe')")
        draft.connection.execute(
            "INSERT INTO order_line (order_id, line_no, order_day, customer_id, amount, volume) VALUES ('o', 1, '2026-09-01', 'c', 1, 1)"
        )
        draft.publish("orders only")
    found = account(Engine(warehouse, Settings()), "c")
    assert found.missing == Missing("no_data")
    assert (found.who.segment, found.who.rep, found.who.manager, found.terms_days) == (None, None, None, None)


# --- how it pays ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("day", DAYS)
def test_payments_are_weighed_by_what_they_paid(engine: Engine, twin: AccountTwin, customers: tuple[str, ...], day: date) -> None:
    year_ago = day.replace(year=day.year - 1)
    for customer in customers:
        found = conduct(engine, customer, day)
        took = [
            (part.day, amount, (part.day - due).days, (part.day - twin.bills[part.invoice].day).days)
            for part in twin.parts_of(customer=customer)
            if part.day <= day and part.invoice
            for _, due, amount in part.took
        ]

        def checked(told, rows) -> None:  # type: ignore[no-untyped-def]
            whole = sum((amount for _, amount, *_ in rows), ZERO)
            came = [(amount, late) for _, amount, late, _ in rows if amount > 0]
            received = sum((amount for amount, _ in came), ZERO)
            assert told.applied == whole
            assert told.days_late == (sum(a * late for _, a, late, _ in rows) / whole if whole > 0 else None)
            assert told.days_to_pay == (sum(a * waited for _, a, _, waited in rows) / whole if whole > 0 else None)
            assert told.late_share == (sum((a for a, late in came if late > 0), ZERO) / received if received else None)

        assert len(found.months) == MONTHS
        for month, told in found.months.items():
            checked(told, [row for row in took if (row[0].year, row[0].month) == (month.year, month.month)])
        checked(found.year, [row for row in took if row[0] > year_ago])
        checked(found.before, [row for row in took if day.replace(year=day.year - 2) < row[0] <= year_ago])


def test_the_company_is_measured_as_the_customer_is(engine: Engine, twin: AccountTwin, customers: tuple[str, ...]) -> None:
    found = conduct(engine, customers[0])
    took = [(p, due, amount) for p in twin.parts if AS_OF.replace(year=2025) < p.day <= AS_OF for _, due, amount in p.took]
    whole = sum(amount for *_, amount in took)
    assert found.company_late == sum(amount * (p.day - due).days for p, due, amount in took) / whole
    assert found.company_to_pay == sum(amount * (p.day - twin.bills[str(p.invoice)].day).days for p, _, amount in took) / whole
    query = Query(
        measures=("days_late", "days_to_pay"),
        period=Period("range", AS_OF.replace(year=2025) + timedelta(days=1), AS_OF),
        as_of=AS_OF,
        where=(Filter("customer", (customers[0],)),),
    )
    ours = engine.run(query).only()
    assert (found.year.days_late, found.year.days_to_pay) == (ours["days_late"], ours["days_to_pay"])


# --- traps ------------------------------------------------------------------------------------------------------------------


def test_part_payment(traps: Engine) -> None:
    found = account(traps, "part payment")
    assert (found.open, found.overdue, found.invoices, found.late, found.oldest) == (70, 70, 1, 1, date(2026, 7, 1))
    assert found.used == Decimal("1.4")
    assert found.is_over_limit


def test_credit_note(traps: Engine) -> None:
    """It lowers what is owed and is neither an invoice to pay nor late."""
    found = account(traps, "credit note")
    assert (found.open, found.overdue, found.exposure) == (-40, -40, -40)
    assert (found.invoices, found.late, found.oldest, found.beyond) == (0, 0, None, 0)
    assert found.used is not None
    assert found.used < 0


def test_overpayment(traps: Engine) -> None:
    """What exceeds the invoice stands apart: nothing is open, and the customer has 30 to its credit."""
    found, paid = account(traps, "overpayment"), conduct(traps, "overpayment").year
    assert (found.open, found.unapplied, found.exposure) == (0, -30, -30)
    assert found.ages[-1].amount == -30
    assert (paid.applied, paid.days_late, paid.late_share) == (100, 5, 1)


def test_instalments(traps: Engine) -> None:
    found, paid = account(traps, "instalments"), conduct(traps, "instalments").year
    assert (found.open, found.invoices, found.oldest) == (30, 1, date(2026, 8, 1))
    assert paid.days_late == Decimal(60 * 4 - 10 * 27) / 70
    assert paid.late_share == Decimal(60) / 70


def test_payment_before_the_invoice_day(traps: Engine) -> None:
    before = account(traps, "advance", date(2026, 6, 25))
    assert (before.open, before.unapplied) == (0, -100)
    after, paid = account(traps, "advance"), conduct(traps, "advance")
    assert (after.open, after.unapplied) == (0, 0)
    assert (paid.year.days_to_pay, paid.year.days_late) == (-11, -41)
    assert paid.months[date(2026, 6, 1)].applied == 100


def test_a_month_without_payment_is_a_hole(traps: Engine) -> None:
    paid = conduct(traps, "advance")
    assert paid.months[date(2026, 8, 1)].days_late is None
    assert paid.months[date(2026, 8, 1)].late_share is None
    assert paid.before.days_late is None


def test_no_limit_and_a_limit_of_zero(traps: Engine) -> None:
    none, zero = account(traps, "no limit"), account(traps, "limit of zero")
    assert (none.credit_limit, none.used, none.is_over_limit) == (None, None, False)
    assert (zero.credit_limit, zero.used, zero.is_over_limit) == (0, None, True)


def test_no_terms(traps: Engine) -> None:
    found = account(traps, "no terms")
    assert (found.terms_days, found.beyond, found.beyond_amount) == (None, None, None)
    older = account(traps, "older than terms")
    assert (older.overdue, older.beyond, older.beyond_amount) == (0, 1, 100)


def test_who_owes_nothing(traps: Engine) -> None:
    found, paid = account(traps, "nobody"), conduct(traps, "nobody")
    assert (found.exposure, found.open, found.invoices, found.used) == (0, 0, 0, 0)
    assert (paid.year.days_late, paid.company_late is None) == (None, False)
