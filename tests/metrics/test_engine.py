"""The engine against its twin, and the properties that hold for every question."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data import schema
from data.settings import Settings
from data.warehouse import Warehouse
from metrics.ask import parse_query
from metrics.catalog import AGED, BUCKET_UNAPPLIED, FACT_DIMENSIONS, FIVE, OWED_BY, TIMES, Fact, buckets
from metrics.engine import NOBODY, Engine
from metrics.errors import NotDivisible, SharedName, UnknownName
from metrics.query import Member, Missing, Query, Result, find_member, measure_names
from metrics.scope import EVERYTHING, Filter, Period, Viewer, parse_period, period_of
from tests.metrics.twin import SCALE, Twin, exact

SETTINGS = Settings()
AS_OF = date(2026, 9, 13)
SALES = ("amount", "volume", "margin", "profit")
DAYS = st.dates(date(2023, 11, 1), AS_OF)
KINDS = st.sampled_from(["week", "month", "quarter", "year", "ytd"])
SALES_DIMENSIONS = st.lists(
    st.sampled_from([d for d in FACT_DIMENSIONS[Fact.SALES] if d not in TIMES]), max_size=2, unique=True
).map(tuple)  # fmt: skip
PLACES = st.sampled_from(["region", "area", "rep"])
ONE_MEMBER = st.sampled_from([{}, {"region": "East"}, {"segment": "Water"}, {"category": "HP"}, {"invoice_month": "2026-05"}])
LIMITED = settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


@pytest.fixture(scope="module")
def engine(demo_warehouse: Warehouse) -> Engine:
    return Engine(demo_warehouse, SETTINGS)


@pytest.fixture(scope="module")
def twin(demo_warehouse: Warehouse) -> Twin:
    return Twin(demo_warehouse.reader())


def ask(
    engine: Engine, *measures: str, by: tuple[str, ...] = (), period: str | Period = "2026Q3", as_of: date = AS_OF, **filters: str
) -> Result:
    return engine.run(
        Query(
            measures=measure_names(measures),
            by=by,
            period=parse_period(period, as_of) if isinstance(period, str) else period,
            as_of=as_of,
            where=tuple(Filter(dimension, (member,)) for dimension, member in filters.items()),
        )
    )


def keyed(result: Result, measure: str) -> dict[tuple[Any, ...], Any]:
    return {tuple(row[d] for d in result.query.by): row[measure] for row in result.rows}


def nonzero(values: dict[tuple[Any, ...], Any]) -> dict[tuple[Any, ...], Any]:
    return {key: value for key, value in values.items() if value}


# --- against the twin -------------------------------------------------------------------------------------------------


@LIMITED
@given(st.sampled_from(SALES), KINDS, DAYS, SALES_DIMENSIONS)
def test_sales_equal_the_twin(engine: Engine, twin: Twin, measure: str, kind: Any, as_of: date, by: tuple[str, ...]) -> None:
    period = period_of(kind, as_of)
    answer = keyed(ask(engine, measure, by=by, period=period, as_of=as_of), measure)
    other = twin.sales(measure, period.first, as_of, by, {})
    assert nonzero(answer) == {key: exact(value) for key, value in nonzero(other).items()}


@LIMITED
@given(KINDS, DAYS, st.sampled_from([(), ("region",), ("area",), ("rep",), ("customer",)]))
def test_collections_equal_the_twin(engine: Engine, twin: Twin, kind: Any, as_of: date, by: tuple[str, ...]) -> None:
    period = period_of(kind, as_of)
    answer = keyed(ask(engine, "collections", by=by, period=period, as_of=as_of), "collections")
    other = twin.collections(period.first, as_of, by, {})
    assert nonzero(answer) == {key: exact(value) for key, value in nonzero(other).items()}


@LIMITED
@given(
    st.dates(date(2024, 1, 1), date(2027, 1, 31)),
    st.sampled_from([(), ("region",), ("rep",), ("customer",), ("segment",), ("invoice_month",), ("area", "invoice_month")]),
    st.sampled_from(["due", "invoice"]),
)
def test_ageing_equals_the_twin(engine: Engine, twin: Twin, as_of: date, by: tuple[str, ...], since: str) -> None:
    answer = keyed(ask(engine, "receivable", by=(*by, "bucket" if since == "due" else "age"), period="month", as_of=as_of), "receivable")
    if by:
        answer = {key: value for key, value in answer.items() if key[-1] != BUCKET_UNAPPLIED}
    other = twin.ageing(as_of, SETTINGS.ageing_edges, by, since=since)
    assert nonzero(answer) == {key: exact(value) for key, value in nonzero(other).items()}


@LIMITED
@given(st.sampled_from([m.key for m in FIVE]), KINDS, st.dates(date(2024, 1, 1), AS_OF))
def test_targets_of_reps_equal_the_twin(engine: Engine, twin: Twin, measure: str, kind: Any, as_of: date) -> None:
    """A rep's target, whole and due; the sum runs over days in SQL and over spans in the twin, so to a hundredth of a cent a target."""
    period = period_of(kind, as_of)
    rep = "R007"
    answer = ask(engine, f"{measure}_target", f"{measure}_expected", period=period, as_of=as_of, rep=rep).only()
    for name, last in (("target", period.last), ("expected", as_of)):
        other = twin.target(measure, period.first, last, lambda row: row.owner_kind == "rep" and row.owner_id == rep)
        assert abs((answer[f"{measure}_{name}"] or 0) - other) <= Decimal("0.01")


def test_last_year_is_over_as_many_working_days(engine: Engine, twin: Twin) -> None:
    answer = ask(engine, "amount_py", "amount_pp", by=("region",))
    worked = sorted(day for day, works in twin.worked.items() if works)
    passed = len([d for d in worked if date(2026, 7, 1) <= d <= AS_OF])
    for name, first in (("amount_py", date(2025, 7, 1)), ("amount_pp", date(2026, 4, 1))):
        next_one = [d for d in worked if d >= first][passed]
        other = twin.sales("amount", first, next_one - timedelta(days=1), ("region",), {})  # the as-of day is a Sunday
        assert nonzero(keyed(answer, name)) == {key: exact(value) for key, value in other.items()}


def test_what_is_owed_is_owed_on_the_as_of_day_also_of_a_closed_period(engine: Engine, twin: Twin) -> None:
    answer = keyed(ask(engine, "receivable", by=("bucket",), period="2026Q1", as_of=AS_OF), "receivable")
    assert nonzero(answer) == {key: exact(value) for key, value in nonzero(twin.ageing(AS_OF, SETTINGS.ageing_edges, ())).items()}
    before = ask(engine, "receivable", period="2020Q1", as_of=date(2020, 2, 1))
    assert before.only()["receivable"] is None
    assert before.missing["receivable"].code == "before_data"


# --- parts and wholes ---------------------------------------------------------------------------------------------------


@LIMITED
@given(st.sampled_from([*SALES, "collections", "cost", "expense", "invoiced"]), KINDS, DAYS, st.data())
def test_parts_add_up_to_the_whole(engine: Engine, measure: str, kind: Any, as_of: date, data: st.DataObject) -> None:
    period = period_of(kind, as_of)
    fact = Fact.SALES if measure in (*SALES, "cost", "expense") else Fact.COLLECTED
    dimension = data.draw(st.sampled_from(FACT_DIMENSIONS[fact]))
    whole = ask(engine, measure, period=period, as_of=as_of).only()[measure]
    parts = ask(engine, measure, by=(dimension,), period=period, as_of=as_of)
    assert sum(row[measure] for row in parts.rows) == (whole or 0)


@LIMITED
@given(st.sampled_from([m.key for m in FIVE]), KINDS, DAYS, st.sampled_from(["region", "area", "rep", "category", "day", "month"]))
def test_children_and_unallocated_add_up_to_the_target(engine: Engine, measure: str, kind: Any, as_of: date, by: str) -> None:
    period = period_of(kind, as_of)
    for name in (f"{measure}_target", f"{measure}_expected"):
        whole = ask(engine, name, period=period, as_of=as_of).only()[name]
        parts = ask(engine, name, by=(by,), period=period, as_of=as_of)
        assert sum(row[name] or 0 for row in parts.rows) == (whole or 0)


@LIMITED
@given(st.dates(date(2023, 12, 1), date(2027, 3, 1)), st.sampled_from(OWED_BY[:7]), st.sampled_from(sorted(AGED)), ONE_MEMBER)
def test_buckets_and_not_due_and_unapplied_are_the_total_receivable(
    engine: Engine, as_of: date, by: str, aged: str, filters: dict[str, str]
) -> None:
    whole = ask(engine, "receivable", "open", "overdue", "not_due", "unapplied", period="month", as_of=as_of, **filters).only()
    names = ("receivable", "open", "overdue", "unapplied")
    buckets_of = ask(engine, *names, by=(aged,), period="month", as_of=as_of, **filters)
    for name in names:
        assert sum(row[name] for row in buckets_of.rows) == whole[name]
    assert whole["not_due"] + whole["overdue"] == whole["open"]
    assert whole["open"] + whole["unapplied"] == whole["receivable"]
    split = ask(engine, *names, by=(by, aged), period="month", as_of=as_of, **filters)
    for row in buckets_of.rows:
        for name in names:
            assert sum(r[name] for r in split.rows if r[aged] == row[aged]) == row[name]
    assert {row[aged] for row in buckets_of.rows} <= set(buckets(SETTINGS.ageing_edges, aged))


@LIMITED
@given(st.dates(date(2023, 12, 1), date(2027, 3, 1)), st.sampled_from(["region", "customer"]))
def test_a_balance_belongs_to_what_was_sold(engine: Engine, twin: Twin, as_of: date, by: str) -> None:
    """The twin splits each balance by the shares of its order's lines, as fractions; a part is rounded to 1/10,000."""
    orders: dict[str, dict[str, int]] = {}
    for line in twin.lines.itertuples():
        parts = orders.setdefault(line.order_id, {})
        parts[line.category] = parts.get(line.category, 0) + line.amount
    sums: dict[tuple[Any, str], Fraction] = {}
    count = 0
    for invoice in twin.invoices:
        left = invoice.open_on(as_of)
        parts = orders[invoice.order] if invoice.order else {}
        whole, count = sum(parts.values()), count + bool(left)
        assert whole, "the orders of the demo company come to something"
        for category, amount in parts.items() if left else ():
            key = invoice.booked[by], category
            sums[key] = sums.get(key, Fraction(0)) + Fraction(left * amount, whole * SCALE)
    answer = keyed(ask(engine, "open", by=(by, "category"), period="month", as_of=as_of), "open")
    assert nonzero(answer).keys() <= sums.keys()
    for key, part in sums.items():
        assert abs(part - Fraction(answer.get(key, Decimal(0)))) <= Fraction(2 * count, SCALE)


def test_unapplied_cash_belongs_to_no_category_and_no_month(engine: Engine) -> None:
    whole = ask(engine, "unapplied").only()["unapplied"]
    assert whole
    for by in ("category", "invoice_month"):
        assert nonzero(keyed(ask(engine, "unapplied", by=(by,)), "unapplied")) == {(None,): whole}
    assert ask(engine, "unapplied", category="HP").only()["unapplied"] == 0


def test_a_part_of_what_is_owed_can_be_asked_for_alone(engine: Engine) -> None:
    for by in ("category", "invoice_month", "age", "segment"):
        for key, amount in keyed(ask(engine, "open", by=(by,)), "open").items():
            if key[0] is not None:
                assert ask(engine, "open", **{by: key[0]}).only()["open"] == amount


def test_a_bucket_can_be_asked_for_alone(engine: Engine) -> None:
    whole = {row["bucket"]: row["receivable"] for row in ask(engine, "receivable", by=("bucket",)).rows}
    assert len(whole) == len(buckets(SETTINGS.ageing_edges)), "the demo company has something in each"
    for bucket, amount in whole.items():
        assert ask(engine, "receivable", bucket=bucket).only()["receivable"] == amount
        assert sum(row["receivable"] for row in ask(engine, "receivable", by=("region",), bucket=bucket).rows) == amount


@LIMITED
@given(st.sampled_from([*SALES, "collections"]), DAYS, PLACES, st.data())
def test_rollup_equals_raw(engine: Engine, measure: str, as_of: date, by: str, data: st.DataObject) -> None:
    """Asked with one more dimension, the same figures come from another table."""
    finer = data.draw(st.sampled_from(["customer", "segment"]))
    period = period_of("quarter", as_of)
    rollup = keyed(ask(engine, measure, by=(by,), period=period, as_of=as_of), measure)
    raw: dict[Any, Decimal] = {}
    for row in ask(engine, measure, by=(by, finer), period=period, as_of=as_of).rows:
        raw[(row[by],)] = raw.get((row[by],), Decimal(0)) + row[measure]
    assert nonzero(rollup) == nonzero(raw)


@LIMITED
@given(
    st.lists(st.sampled_from(["East", "West", "North"]), min_size=1, max_size=2, unique=True),
    DAYS,
    st.sampled_from(["amount", "collections", "receivable", "amount_target", "amount_py"]),
)
def test_scopes_never_leak(engine: Engine, regions: list[str], as_of: date, measure: str) -> None:
    """A bounded viewer sees exactly the bounded part, also when the same question was asked before without bounds."""
    query = Query(measures=(measure,), by=("region",), period=period_of("quarter", as_of), as_of=as_of)
    everything = keyed(engine.run(query, EVERYTHING), measure)
    bounded = engine.run(query, Viewer(name="manager", bounds=(Filter("region", tuple(regions)),)))
    assert keyed(bounded, measure) == {key: value for key, value in everything.items() if key[0] in regions}


def test_nobody_sees_nothing_under_empty_bounds(engine: Engine) -> None:
    nobody = Viewer(name="nobody", bounds=(Filter("region", ()),))
    answer = engine.run(Query(measures=("amount",), by=("region",), period=parse_period("2026Q3", AS_OF), as_of=AS_OF), nobody)
    assert answer.rows == ()


# --- the traps, by name ---------------------------------------------------------------------------------------------------


def test_fan_out_one_answer_over_four_legs(engine: Engine) -> None:
    """Sales, payments, invoices and targets in one question are what they are alone."""
    names = ("amount", "collections", "invoiced", "amount_target")
    together = ask(engine, *names, by=("region",))
    for name in names:
        alone = keyed(ask(engine, name, by=("region",)), name)
        assert nonzero(keyed(together, name)) == nonzero(alone)
        assert sum(nonzero(alone).values()) == ask(engine, name).only()[name]


def test_ratio_of_sums_is_not_a_mean_of_ratios(engine: Engine) -> None:
    parts = ask(engine, "margin", "amount", "margin_rate", by=("region",))
    whole = ask(engine, "margin_rate").only()["margin_rate"]
    assert whole == sum(r["margin"] for r in parts.rows) / sum(r["amount"] for r in parts.rows)
    assert whole != sum(r["margin_rate"] for r in parts.rows) / len(parts.rows)


def test_half_open_days_the_last_day_counts(engine: Engine, twin: Twin) -> None:
    last = max(twin.lines["day"])
    with_it = ask(engine, "amount", period=Period("range", last, last), as_of=last).only()["amount"]
    assert with_it == exact(int(twin.lines[twin.lines["day"] == last]["amount"].sum())) != 0


def test_nothing_after_the_as_of_day_counts(engine: Engine, twin: Twin) -> None:
    day = date(2026, 8, 14)
    answer = ask(engine, "amount", as_of=day).only()["amount"]
    assert answer == exact(twin.sales("amount", date(2026, 7, 1), day, (), {})[()])


def test_a_bill_due_on_the_as_of_day_is_not_overdue(engine: Engine, twin: Twin) -> None:
    day = next(
        due for invoice in twin.invoices for due, _, amount in invoice.parts
        if amount > 0 and not invoice.payments and invoice.day < due < AS_OF - timedelta(days=2)
    )  # fmt: skip
    today, tomorrow = (twin.ageing(day + timedelta(days=i), SETTINGS.ageing_edges, ()) for i in (0, 1))
    for offset, other in ((0, today), (1, tomorrow)):
        answer = ask(engine, "not_due", period="month", as_of=day + timedelta(days=offset)).only()
        assert answer["not_due"] == exact(other[("not_due",)])


def test_missing_target_is_said_and_not_zero(engine: Engine) -> None:
    rows = ask(engine, "amount", "target", "completion", "pace", "gap", "days", "status", "tier", by=("rep",)).rows
    without = [row for row in rows if row["amount_target"] is None]
    assert without, "the demo company has a rep without target"
    for row in without:
        assert row["amount_completion"] is row["amount_pace"] is row["amount_gap"] is row["amount_days"] is row["amount_tier"] is None
        assert row["amount_status"] == "no_target"


def sold(folder: Path, *lines: tuple[str, str, int | None]) -> Engine:
    """Over order lines of 100 each: day, region, cost."""
    warehouse = Warehouse(folder)
    with warehouse.draft() as draft:
        for number, (day, region, cost) in enumerate(lines):
            row = [str(number), day, region, cost]
            draft.connection.execute("INSERT INTO order_line VALUES (?, 1, ?, ?, NULL, NULL, NULL, NULL, 100, 1, ?, NULL)", row)
        draft.publish("sold")
    return Engine(warehouse, SETTINGS)


def test_no_cost_no_margin(tmp_path: Path) -> None:
    """A margin is not computed from the lines that happen to have a cost; a region whose lines all have one keeps its own."""
    engine = sold(tmp_path, ("2026-01-05", "N", 60), ("2026-01-05", "S", None))
    whole = ask(engine, "amount", "margin", "margin_rate", "profit", period="2026Q1", as_of=date(2026, 1, 31))
    assert whole.only() == {"amount": 200, "margin": None, "margin_rate": None, "profit": None}
    assert (whole.missing["margin"], whole.missing["profit"].code) == (Missing("no_cost", "1"), "no_cost")
    parts = ask(engine, "margin", by=("region",), period="2026Q1", as_of=date(2026, 1, 31))
    assert keyed(parts, "margin") == {("N",): 40, ("S",): None}
    assert ask(engine, "collections", period="2026Q1").missing["collections"].code == "no_data"


def test_no_cost_a_year_ago_no_change_of_the_margin(tmp_path: Path) -> None:
    engine = sold(tmp_path, ("2024-12-02", "N", 60), ("2025-01-06", "N", None), ("2026-01-05", "N", 60))
    asked = ("margin", "margin_py", "margin_py_gap", "margin_py_change")
    answer = ask(engine, *asked, period="2026-01", as_of=date(2026, 1, 30))
    assert answer.only() == {"margin": 40, "margin_py": None, "margin_py_gap": None, "margin_py_change": None}
    assert {answer.missing[name] for name in asked[1:]} == {Missing("no_cost", "1")}


def test_a_rep_who_moved_takes_nothing_along(engine: Engine, twin: Twin) -> None:
    terms = twin.table(schema.rep_term)
    moved = terms.groupby("rep_id").filter(lambda rows: len(rows) > 1)
    assert len(moved) >= 2
    rep = moved.iloc[0]["rep_id"]
    for term in moved[moved["rep_id"] == rep].itertuples():
        first, last = max(term.first_day, date(2023, 9, 14)), min(term.last_day, AS_OF)
        answer = keyed(ask(engine, "amount", by=("area",), period=Period("range", first, last), rep=rep), "amount")
        assert set(nonzero(answer)) == {(term.area_id,)}


@pytest.mark.parametrize("period", ["2019Q3", "2031Q1"])
def test_a_period_without_data_has_no_value_and_says_why(engine: Engine, period: str) -> None:
    as_of = parse_period(period, AS_OF).last
    answer = ask(engine, "amount", "collections", "completion", period=period, as_of=as_of)
    assert answer.only()["amount"] is None
    assert answer.missing["amount"].code == ("before_data" if period < "2023" else "after_data")


def test_a_period_that_has_not_begun(engine: Engine) -> None:
    answer = ask(engine, "amount", "amount_target", period="2026Q4")
    assert answer.missing["amount"].code == "not_begun"
    assert answer.only()["amount_target"] > 0


def test_last_year_before_the_data_is_not_zero(engine: Engine) -> None:
    answer = ask(engine, "amount", "amount_py", "amount_py_change", period="2023Q4", as_of=date(2023, 12, 31))
    assert answer.only()["amount"] > 0
    assert answer.only()["amount_py"] is answer.only()["amount_py_change"] is None
    assert answer.missing["amount_py"].code == "before_data"


def test_leap_day_and_week_53(engine: Engine, twin: Twin) -> None:
    leap = Period("range", date(2024, 2, 29), date(2024, 2, 29))
    assert ask(engine, "amount", period=leap).only()["amount"] == exact(twin.sales("amount", leap.first, leap.last, (), {})[()])
    by_week = ask(engine, "amount", by=("week",), period="2025")
    assert sum(row["amount"] for row in by_week.rows) == ask(engine, "amount", period="2025").only()["amount"]
    assert all(row["week"].weekday() == 0 for row in by_week.rows)


def test_weeks_cut_by_the_period_hold_only_its_days(engine: Engine, twin: Twin) -> None:
    first_week = ask(engine, "amount", by=("week",), period="2026Q3").rows[0]
    assert first_week["week"] == date(2026, 6, 29)
    assert first_week["amount"] == exact(twin.sales("amount", date(2026, 7, 1), date(2026, 7, 5), (), {})[()])


# --- what cannot be asked ---------------------------------------------------------------------------------------------------


def test_unknown_names_get_the_nearest(engine: Engine) -> None:
    with pytest.raises(UnknownName, match="Did you mean 'amount'"):
        measure_names(["amont"])
    with pytest.raises(UnknownName, match="Did you mean 'region'"):
        ask(engine, "amount", by=("regoin",))


def test_nothing_asked_is_no_question() -> None:
    with pytest.raises(UnknownName, match="There is no measure ''"):
        measure_names(["", " "])


def test_a_name_that_several_have_is_not_guessed() -> None:
    members = {"r1": Member("r1", "Li Wei", "李伟"), "r2": Member("r2", "Li Wei", "李威"), "Li Na": Member("Li Na", "Na"), None: NOBODY}
    with pytest.raises(SharedName, match=r"2 members of rep are called 'li wei'. Say which by its identifier: r1, r2\."):
        find_member(members, "li wei", "rep")
    assert find_member(members, "李威", "rep") == "r2"
    assert find_member(members, "r1", "rep") == "r1"
    assert find_member(members, "Li Na", "rep") == "Li Na"


def test_no_name_is_nobodys_name() -> None:
    with pytest.raises(UnknownName, match="There is no region ''"):
        find_member({"NA": Member("NA", "North America")}, "", "region")


def test_the_days_are_said_by_the_period_not_by_a_filter(engine: Engine) -> None:
    with pytest.raises(UnknownName, match="Known: age, area, bucket, category, customer, invoice_month, product, region, rep, segment"):
        parse_query(engine, measures=["amount"], where=["month=2026-09"])


def test_a_measure_is_not_split_by_what_its_fact_lacks(engine: Engine) -> None:
    for measure, by in (
        ("collections", "category"),
        ("amount_target", "customer"),
        ("receivable", "month"),
        ("amount_days", "month"),
        ("amount", "bucket"),
    ):
        with pytest.raises(NotDivisible, match=f"'{measure}' cannot be split or filtered by {by}"):
            ask(engine, measure, by=(by,))


def test_an_answer_names_its_members_and_whom_they_belong_to(engine: Engine, twin: Twin) -> None:
    answer = ask(engine, "amount", by=("rep",))
    assert set(answer.members) == {"rep", "area"}
    terms = twin.table(schema.rep_term).sort_values("first_day")
    latest = dict(zip(terms["rep_id"], terms["area_id"], strict=True))
    for row in answer.rows:
        parent = answer.members["rep"][row["rep"]].parent
        assert parent == latest[row["rep"]]
        assert answer.label("area", parent, "zh") != parent
    assert set(ask(engine, "amount", by=("month",)).members) == set()


def test_order_and_limit(engine: Engine) -> None:
    query = Query(measures=("amount_gap",), by=("rep",), period=parse_period("2026Q3", AS_OF), as_of=AS_OF, order="amount_gap", limit=5)
    rows = engine.run(query).rows
    everyone = [row["amount_gap"] for row in ask(engine, "amount_gap", by=("rep",)).rows if row["amount_gap"] is not None]
    assert [row["amount_gap"] for row in rows] == sorted(everyone)[:5]
