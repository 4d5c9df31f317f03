"""Listings of order lines and invoices against the engine's sums and against an independent reading in pandas."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data import demo, schema
from data.settings import Settings
from data.warehouse import Warehouse
from metrics.engine import Engine
from metrics.errors import NotDivisible, UnknownName
from metrics.listing import Listed, Listing
from metrics.listing_shape import COLUMNS, NAMED, Kind
from metrics.query import Missing, Query
from metrics.scope import EVERYTHING, Filter, Period, Viewer, parse_period, period_of
from tests.metrics.twin import Twin, exact

AS_OF = date(2026, 9, 13)
DAYS = st.dates(date(2023, 11, 1), date(2026, 9, 30))
KINDS = st.sampled_from(["week", "month", "quarter", "year", "ytd"])
FEW = settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
SHARED = ("region", "area", "rep", "customer", "segment")


@pytest.fixture(scope="module")
def engine(demo_warehouse: Warehouse) -> Engine:
    return Engine(demo_warehouse, Settings())


@pytest.fixture(scope="module")
def twin(demo_warehouse: Warehouse) -> Twin:
    return Twin(demo_warehouse.reader())


def ask(engine: Engine, of: Kind, *, period: Period | None = None, as_of: date = AS_OF, viewer: Viewer = EVERYTHING, **how: Any) -> Listed:
    answered = engine.answer(Listing(of=of, period=period or parse_period("2026Q3", AS_OF), as_of=as_of, **how), viewer)
    assert isinstance(answered, Listed)
    return answered


@st.composite
def scopes(draw: st.DrawFn, dimensions: tuple[str, ...] = SHARED) -> dict[str, Any]:
    """A period, an as-of day in it or after it, and members of at most two dimensions."""
    day = draw(DAYS)
    chosen = draw(st.lists(st.sampled_from(dimensions), max_size=2, unique=True))
    return {"period": period_of(draw(KINDS), day), "as_of": day + timedelta(days=draw(st.integers(0, 60))), "dimensions": chosen}


def where_of(engine: Engine, scope: dict[str, Any], data: st.DataObject) -> tuple[Filter, ...]:
    members = {d: sorted(key for key in engine.members(d) if key) for d in scope.pop("dimensions")}
    return tuple(
        Filter(d, tuple(data.draw(st.lists(st.sampled_from(keys), min_size=1, max_size=3, unique=True)))) for d, keys in members.items()
    )


# --- sums -------------------------------------------------------------------------------------------------------------


@FEW
@given(st.data(), scopes((*SHARED, "product", "category")))
def test_lines_add_up_to_the_measures_of_the_scope(engine: Engine, data: st.DataObject, scope: dict[str, Any]) -> None:
    where = where_of(engine, scope, data)
    listed = ask(engine, "lines", where=where, **scope)
    measures = ("amount", "volume", "cost", "margin")
    answer = engine.run(Query(measures=measures, where=where, **scope)).only()
    # A period outside the data has no measure at all, and a listing no row.
    assert {name: listed.sums.totals[name] for name in measures} == {name: answer[name] or 0 for name in measures}
    assert listed.sums.count == len(listed.rows)
    assert sum((row["amount"] for row in listed.rows), Decimal(0)) == listed.sums.totals["amount"]


@FEW
@given(st.data(), scopes())
def test_invoices_add_up_to_what_is_owed_and_was_invoiced(engine: Engine, data: st.DataObject, scope: dict[str, Any]) -> None:
    where = where_of(engine, scope, data)
    listed = ask(engine, "invoices", where=where, **scope)
    answer = engine.run(Query(measures=("invoiced", "open", "overdue"), where=where, **scope)).only()
    totals = listed.sums.totals
    assert (totals["open"], totals["overdue"]) == (answer["open"] or 0, answer["overdue"] or 0)
    dated = [row for row in listed.rows if scope["period"].first <= row["day"] <= min(scope["period"].last, scope["as_of"])]
    assert sum((row["amount"] for row in dated), Decimal(0)) == (answer["invoiced"] or 0)
    assert all(row["amount"] == row["paid"] + row["open"] for row in listed.rows)


def test_a_viewer_sees_the_rows_of_their_part_alone(engine: Engine) -> None:
    viewer = Viewer(name="manager", bounds=(Filter("region", ("East",)),))
    for of in ("lines", "invoices"):
        bounded, asked = ask(engine, of, viewer=viewer), ask(engine, of, where=(Filter("region", ("East",)),))
        assert bounded.rows == asked.rows
        assert 0 < bounded.sums.count < ask(engine, of).sums.count
    assert ask(engine, "lines", viewer=viewer, where=(Filter("region", ("North",)),)).rows == ()


# --- rows -------------------------------------------------------------------------------------------------------------


def test_each_line_is_the_fact_itself(engine: Engine, twin: Twin) -> None:
    listed = ask(engine, "lines", where=(Filter("area", ("Jiangsu",)),))
    lines = twin.lines
    facts = lines[(lines["area"] == "Jiangsu") & (lines["day"] >= date(2026, 7, 1)) & (lines["day"] <= AS_OF)]
    assert len(facts) > 10
    assert {(row["order"], row["line"]) for row in listed.rows} == {(f.order_id, f.line_no) for f in facts.itertuples()}
    found = {(row["order"], row["line"]): row for row in listed.rows}
    for fact in facts.itertuples():
        row = found[fact.order_id, fact.line_no]
        told = {name: row[name] for name in ("day", "customer", "product", "category", "rep", "area")}
        assert told == {name: getattr(fact, name) for name in told}
        for name in ("amount", "volume", "cost", "margin"):
            assert row[name] == exact(getattr(fact, name))
        assert row["price"] == exact(fact.amount) / exact(fact.volume)


def test_each_invoice_says_what_is_paid_and_how_late_it_is(engine: Engine, twin: Twin, demo_warehouse: Warehouse) -> None:
    listed = ask(engine, "invoices", where=(Filter("region", ("East",)),))
    ids = {(i.invoice_day, i.amount): i.invoice_id for i in twin.table(schema.invoice).itertuples() if i.region_id == "East"}
    rows = {row["invoice"]: row for row in listed.rows}
    seen = 0
    for invoice in twin.invoices:
        key = ids.get((invoice.day, exact(invoice.amount)))
        if invoice.booked["region"] != "East" or invoice.day > AS_OF or key not in rows:
            continue
        paid = sum(amount for day, amount in invoice.applied() if day <= AS_OF)
        late, left = [], paid
        for due, _, amount in invoice.parts:
            covered = max(min(left, amount), 0) if amount >= 0 else min(max(left, amount), 0)
            left -= covered
            if amount > covered and due < AS_OF:
                late.append(due)
        row = rows[key]
        assert row["paid"] == exact(paid)
        assert row["open"] == exact(invoice.amount - paid)
        assert (row["due_first"], row["due_last"]) == (min(invoice.parts)[0], max(invoice.parts)[0])
        assert row["days_overdue"] == ((AS_OF - min(late)).days if late else None)
        seen += 1
    assert seen > 50
    assert any(row["days_overdue"] for row in listed.rows)


def test_a_paid_invoice_of_the_period_and_an_open_one_from_before_are_both_listed(engine: Engine) -> None:
    rows = ask(engine, "invoices").rows
    assert any(row["open"] == 0 and row["day"] >= date(2026, 7, 1) for row in rows)
    assert any(row["open"] and row["day"] < date(2026, 7, 1) for row in rows)
    assert not any(row["open"] == 0 and row["overdue"] == 0 and row["day"] < date(2026, 7, 1) for row in rows)


# --- pages, order, search -----------------------------------------------------------------------------------------------


def every_order() -> list[tuple[Kind, str]]:
    kinds: tuple[Kind, ...] = ("lines", "invoices")
    return [(of, order) for of in kinds for column in ("", *COLUMNS[of]) for order in dict.fromkeys((column, column and f"-{column}"))]


@pytest.mark.parametrize(("of", "order"), every_order())
@pytest.mark.parametrize("language", ["en", "zh"])
def test_pages_put_together_are_the_whole_in_order(engine: Engine, of: Kind, order: str, language: str) -> None:
    where = (Filter("region", ("East",)),)
    whole = ask(engine, of, order=order, language=language, where=where)
    size = max(len(whole.rows) // 3, 1)
    pages = [ask(engine, of, order=order, language=language, where=where, first=at, rows=size) for at in range(0, len(whole.rows), size)]
    assert tuple(row for page in pages for row in page.rows) == whole.rows
    assert {page.sums.count for page in pages} == {whole.sums.count} == {len(whole.rows)}
    column = (order or {"lines": "-day", "invoices": "-days_overdue"}[of]).removeprefix("-")
    labels = {key: member.label(language).lower() for key, member in engine.members(column).items()} if column in NAMED[of] else {}
    values = [labels.get(row[column], row[column]) for row in whole.rows]
    known = [value for value in values if value is not None]
    assert known == sorted(known, reverse=order.startswith("-") or not order)
    assert values[len(known) :] == [None] * (len(values) - len(known))


@FEW
@given(
    st.sampled_from(["lines", "invoices"]), st.sampled_from(["SO000", "in00", "7", "meister", "泵", "  ", "%", "_", "/", "no such text"])
)
def test_a_search_keeps_the_rows_in_which_a_number_or_a_name_holds_the_text(engine: Engine, of: Kind, find: str) -> None:
    whole, found = ask(engine, of), ask(engine, of, find=find)
    wanted = find.strip().lower()

    def texts(row: Any) -> list[str]:
        numbers = [row[name] for name in ("order", "invoice") if row.get(name)]
        members = [engine.members(d)[row[d]] for d in NAMED[of] if row[d] is not None]
        return [*numbers, *(text for m in members for text in (m.name, m.name_zh) if text)]

    expected = [row for row in whole.rows if any(wanted in text.lower() for text in texts(row))]
    assert list(found.rows) == expected
    assert found.sums.count == len(expected)
    assert found.sums.totals["amount"] == sum((row["amount"] for row in expected), Decimal(0))


# --- what is not there --------------------------------------------------------------------------------------------------


def test_margin_is_unknown_where_a_cost_is_missing(tmp_path: Path) -> None:
    warehouse = Warehouse(tmp_path)
    with warehouse.draft(fresh=True) as draft:
        demo.make(draft.connection, last_day=AS_OF, lines=2_000)
        draft.connection.execute("UPDATE order_line SET cost = NULL WHERE line_no = 1 AND order_day >= DATE '2026-09-01'")
        draft.publish("without some costs")
    engine = Engine(warehouse, Settings())
    listed = ask(engine, "lines")
    unknown = [row for row in listed.rows if row["cost"] is None]
    assert 0 < len(unknown) < len(listed.rows)
    assert all(row["margin"] is None for row in unknown)
    assert listed.sums.totals["margin"] is None
    assert listed.sums.missing["margin"] == Missing("no_cost", str(len(unknown)))
    assert listed.sums.totals["amount"] == sum(row["amount"] for row in listed.rows)


def test_nothing_is_listed_outside_the_data(engine: Engine) -> None:
    listed = ask(engine, "lines", period=parse_period("2019", AS_OF))
    assert (listed.rows, listed.sums.count) == ((), 0)


def test_what_cannot_be_asked_says_what_can(engine: Engine) -> None:
    with pytest.raises(UnknownName, match="amount"):
        ask(engine, "lines", order="-amuont")
    with pytest.raises(NotDivisible, match="customer"):
        ask(engine, "invoices", where=(Filter("product", ("P1",)),))


def test_every_page_and_order_shares_one_reading_of_the_sums(demo_warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    engine, asked = Engine(demo_warehouse, Settings()), []
    reader = demo_warehouse.reader()
    read = type(reader).read
    monkeypatch.setattr(
        type(reader), "read", lambda self, statement, values=None: asked.append(statement.text) or read(self, statement, values)
    )
    for first in (0, 50, 100):
        for order in ("", "-amount"):
            ask(engine, "lines", first=first, rows=50, order=order)
    assert sum("count(*)" in text for text in asked) == 1
    assert sum("LIMIT" in text for text in asked) == 6


def test_the_statements_can_be_shown_and_run(engine: Engine, demo_warehouse: Warehouse) -> None:
    listed = ask(engine, "invoices", rows=5, where=(Filter("region", ("East",)),))
    page, sums = listed.sql
    rows = demo_warehouse.reader().ask(page, {})
    assert [row[1] for row in rows] == [row["invoice"] for row in listed.rows]
    assert demo_warehouse.reader().ask(sums, {})[0][0] == listed.sums.count
