"""An address says exactly what it says, and what it cannot mean is dropped with a notice."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.schema import MEASURE_KEYS
from data.settings import Settings
from layouts.format import UNIT_NAMES
from layouts.resolving import resolve
from layouts.text import translator
from layouts.urls import (
    AGES,
    BASES,
    BRIDGES,
    COLLECTIONS,
    FIRST_AXES,
    OVERVIEW,
    REGIONS,
    SHARES,
    SPLITS,
    THEMES,
    TIERS,
    TODOS,
    Address,
    Scope,
    elsewhere,
    parse_address,
)
from metrics.query import Member
from metrics.scope import Filter, period_of
from metrics.snapshot import Calendar, Coverage, Snapshot

FIRST, LAST = date(2024, 1, 1), date(2026, 9, 13)
MEMBERS = {
    "region": {
        "E": Member("E", "East", "华东"),
        "NA": Member("NA", "North America"),
        "a&b=ü": Member("a&b=ü", "Odd"),
        None: Member("", "Not assigned"),
    },
    "area": {
        "E1": Member("E1", "Jiangsu", "江苏", "E"),
        "E2": Member("E2", "Anhui", "安徽", "E"),
        "N1": Member("N1", "Canada", None, "NA"),
        None: Member("", "Not assigned"),
    },
    "rep": {"r1": Member("r1", "Luo Rui", "罗睿", "E1"), "r2": Member("r2", "Qi Lan"), None: Member("", "Not assigned")},
    "segment": {"S": Member("S", "Chemicals", "化工"), "T": Member("T", "Water")},
    "customer": {"c1": Member("c1", "Bohe", "渤和", "S"), "c2": Member("c2", "Lanting"), None: Member("", "Not assigned")},
    "category": {"P": Member("P", "Pumps", "泵"), "V": Member("V", "Valves")},
    "product": {"p1": Member("p1", "HP 200", None, "P")},
}
SNAPSHOT = Snapshot(
    version=3,
    published=datetime(2026, 9, 14, 7, 30, tzinfo=UTC),
    note="",
    company={"currency": "CNY", "fiscal_first_month": "1", "unit": "pumps"},
    coverage={"order_line": Coverage(FIRST, LAST, 1)},
    calendar=Calendar(FIRST, LAST, ()),
    regions=2,
)
TEXTS = st.text(max_size=12)
PERIODS = st.sampled_from(["week", "month", "quarter", "year", "ytd", "2026Q3", "2026-09", "2026W37", "2026", "2026-07-01..2026-08-15"])


def scope_of(search: str = "", settings: Settings | None = None) -> Scope:
    return resolve(parse_address(search)[0], SNAPSHOT, settings or Settings(), MEMBERS.__getitem__)[0]


def notices_of(search: str) -> list[str]:
    address, unread = parse_address(search)
    unknown = resolve(address, SNAPSHOT, Settings(), MEMBERS.__getitem__)[1]
    return [notice.say(translator("en")) for notice in (*unread, *unknown)]


@given(
    period=PERIODS,
    as_of=st.none() | st.dates(date(1900, 1, 1), date(2199, 12, 31)),
    region=TEXTS,
    area=TEXTS,
    rep=TEXTS,
    customer=TEXTS,
    category=TEXTS,
    segment=TEXTS,
    product=TEXTS,
    axis=st.sampled_from(FIRST_AXES),
    against=st.sampled_from(BASES),
    bridge=st.sampled_from(BRIDGES),
    tab=TEXTS,
    sort=TEXTS,
    find=TEXTS,
    columns=TEXTS,
    split=st.sampled_from(SPLITS),
    ages=st.sampled_from(AGES),
    shares=st.sampled_from(SHARES),
    bucket=TEXTS,
    invoiced=st.sampled_from(("", "2026-05")),
    invoice=TEXTS,
    todo=st.sampled_from(TODOS),
    owner=TEXTS,
    code=TEXTS,
    measure=st.sampled_from(MEASURE_KEYS),
    unit=st.sampled_from(UNIT_NAMES),
    tier=st.sampled_from(TIERS),
    language=st.sampled_from(("", "en", "zh")),
    theme=st.sampled_from(("", *THEMES)),
)
def test_what_an_address_writes_it_reads_back(**said: object) -> None:
    address = Address(**said)  # type: ignore[arg-type]
    assert parse_address(address.format()) == (address, ())
    assert set(said) == {f.name for f in fields(Address)}


@given(st.text(max_size=80))
def test_any_query_string_is_read(search: str) -> None:
    address, _ = parse_address(search)
    again, unread = parse_address(address.format())
    assert (again, unread) == (address, ())


def test_defaults_are_left_out() -> None:
    assert Address().format() == ""
    assert Address(period="month", region="East").format() == "?period=month&region=East"
    assert Address(period="2026-07-01..2026-08-15", as_of=date(2026, 8, 1)).format() == "?period=2026-07-01..2026-08-15&as-of=2026-08-01"


@pytest.mark.parametrize(
    ("search", "said"),
    [
        ("?regoin=E", "'regoin' in the address is not known and was ignored. Did you mean 'region'?"),
        ("?measure=profitt", "'measure=profitt' in the address is not known and was ignored. Did you mean 'profit'?"),
        ("?period=fortnight", "'fortnight' is not a period"),
        ("?as-of=13.9.2026", "'13.9.2026' is not a day"),
        ("?invoiced=2026", "'2026' is not a month and was ignored. Write it like 2026-09."),
        ("?bucket=31-61", "'bucket=31-61' in the address is not known and was ignored. Did you mean '31-60'?"),
        ("?region=Eest", "'region=Eest' in the address is not known and was ignored. Did you mean 'East'?"),
        ("?area=Jiangsi", "'area=Jiangsi' in the address is not known and was ignored. Did you mean 'Jiangsu'?"),
        ("?segment=化工业", "'segment=化工业' in the address is not known and was ignored. Did you mean 'Chemicals'?"),
        ("?as-of=2027-01-01", "The data ends on 13 Sep 2026; the figures"),
        ("?unit=wan", "The unit 'wan' is not used in this language"),
        ("?period=0000", "'0000' is not a period"),
    ],
)
def test_what_means_nothing_is_dropped_with_a_notice(search: str, said: str) -> None:
    assert [text for text in notices_of(search) if text.startswith(said)], notices_of(search)
    assert scope_of(search).address == Address()


def test_the_nearest_is_named_in_the_language_of_the_page() -> None:
    assert notices_of("?area=Jiangsi&language=zh") == ["'area=Jiangsi' in the address is not known and was ignored. Did you mean '江苏'?"]


def test_the_last_day_is_written_as_the_page_writes_days() -> None:
    address, _ = parse_address("?as-of=2027-01-01&language=zh")
    (notice,) = resolve(address, SNAPSHOT, Settings(), MEMBERS.__getitem__)[1]
    assert notice.say(translator("zh")) == "数据截至 2026年9月13日；数字以该日为准。"


def test_a_flood_of_fields_is_cut_and_said_once() -> None:
    notices = notices_of("?" + "a=1&" * 300 + "period=month")
    assert notices == [
        "The address says too much at once; only its beginning was read.",
        "'a' in the address is not known and was ignored. Did you mean 'as-of'?",
    ]


def test_a_page_about_one_measure_looks_at_it_whatever_the_address_carries_along() -> None:
    address, _ = parse_address("?measure=profit&category=Pumps")
    scope, notices = resolve(COLLECTIONS.narrow(address), SNAPSHOT, Settings(), MEMBERS.__getitem__, measure=COLLECTIONS.measure)
    assert (scope.measure, scope.address.measure, notices) == ("collections", "profit", ())


def test_what_one_page_does_not_show_the_page_that_does_is_offered() -> None:
    (notice,) = elsewhere(Address(bucket="61-90", region="E"), OVERVIEW)
    assert (notice.link, notice.offer) == ("collections?region=E&bucket=61-90", "Open it under Collections")
    (notice,) = elsewhere(Address(axis="segment"), COLLECTIONS)
    assert (notice.link, notice.offer) == ("regions?axis=segment", "Open it under Regions")


def test_an_empty_value_is_the_default() -> None:
    assert parse_address("?region=&measure=&as-of=&unit=") == (Address(), ())


def test_names_in_either_language_are_found() -> None:
    assert scope_of("?region=华东").address.region == scope_of("?region=east").address.region == "E"


def test_the_region_na_is_a_region() -> None:
    assert scope_of("?region=NA").where == (Filter("region", ("NA",)),)


def test_an_area_brings_its_region_along() -> None:
    scope = scope_of("?area=E1&region=NA")
    assert (scope.address.region, scope.where, scope.child) == ("E", (Filter("area", ("E1",)),), "rep")
    assert scope.trail == ("Company", "East", "Jiangsu")


def test_each_level_shows_the_one_below() -> None:
    assert [scope_of(s).child for s in ("", "?region=E", "?area=E1")] == ["region", "area", "rep"]


def test_another_region_leaves_the_area_and_another_language_the_unit() -> None:
    scope = scope_of("?area=E1&unit=m")
    assert parse_address(scope.link(region="NA"))[0] == Address(region="NA", unit="m")
    assert parse_address(scope.link(language="zh"))[0] == Address(region="E", area="E1", language="zh")
    assert parse_address(scope_of("?unit=full").link(language="zh"))[0].unit == "full"
    assert scope_of("").link() == "?"


def test_the_period_is_the_one_around_the_as_of_day() -> None:
    scope = scope_of("?as-of=2026-05-10")
    assert (scope.period.first, scope.period.last) == (date(2026, 4, 1), date(2026, 6, 30))
    assert scope.is_running


def test_a_closed_period_runs_no_more() -> None:
    scope = scope_of("?period=2026Q2")
    assert (scope.as_of, scope.is_running) == (LAST, False)


def test_settings_give_what_the_address_leaves_open() -> None:
    scope = scope_of("", Settings(language="zh", theme="dark"))
    assert (scope.language, scope.theme, scope.trail, scope.address) == ("zh", "dark", ("公司",), Address())


LEVEL_SETS = st.fixed_dictionaries(
    {d: st.sampled_from(["", *(key for key in MEMBERS[d] if key)]) for d in MEMBERS} | {"axis": st.sampled_from(FIRST_AXES)}
)


@given(LEVEL_SETS)
def test_going_down_and_up_again_comes_back(said: dict[str, str]) -> None:
    scope, notices = resolve(Address(**said), SNAPSHOT, Settings(), MEMBERS.__getitem__)  # type: ignore[arg-type]
    assert notices == ()
    assert parse_address(scope.link())[0] == scope.address
    again = scope_of(scope.link())
    assert (again.path, again.where, again.child) == (scope.path, scope.where, scope.child)
    if not scope.child:
        assert said["customer"]
        return
    member = next(key for key in MEMBERS[scope.child] if key)
    deeper = scope_of(scope.into(scope.child, member))
    assert scope.child in {level.dimension for level in deeper.path}
    assert len(deeper.path) > len(scope.path)


@given(LEVEL_SETS)
def test_every_step_of_the_path_leads_to_a_page_that_ends_there(said: dict[str, str]) -> None:
    scope = resolve(Address(**said), SNAPSHOT, Settings(), MEMBERS.__getitem__)[0]  # type: ignore[arg-type]
    assert scope_of(scope.up()).path == ()
    for level in scope.path:
        assert scope_of(scope.up(level)).path[-1] == level


@pytest.mark.parametrize(
    ("search", "trail", "where", "child"),
    [
        ("?rep=r1", ("Company", "East", "Jiangsu", "Luo Rui"), {"rep": "r1"}, "customer"),
        ("?region=E&area=E2&rep=r1", ("Company", "East", "Anhui", "Luo Rui"), {"area": "E2", "rep": "r1"}, "customer"),
        ("?region=NA&rep=r1", ("Company", "North America", "Luo Rui"), {"region": "NA", "rep": "r1"}, "customer"),
        ("?rep=r2", ("Company", "Qi Lan"), {"rep": "r2"}, "customer"),
        (
            "?area=E1&rep=r1&customer=c1",
            ("Company", "East", "Jiangsu", "Luo Rui", "Bohe"),
            {"area": "E1", "rep": "r1", "customer": "c1"},
            "",
        ),
        ("?axis=category", ("Company",), {}, "category"),
        ("?axis=category&product=p1", ("Company", "Pumps", "HP 200"), {"product": "p1"}, "region"),
        ("?axis=category&category=P&region=E", ("Company", "Pumps", "East"), {"region": "E", "category": "P"}, "product"),
        ("?axis=segment&segment=S", ("Company", "Chemicals"), {"segment": "S"}, "customer"),
        ("?axis=segment&customer=c1", ("Company", "Chemicals", "Bohe"), {"customer": "c1"}, ""),
        ("?region=E&category=V", ("Company", "East", "Valves"), {"region": "E", "category": "V"}, "area"),
    ],
)
def test_what_an_address_looks_at(search: str, trail: tuple[str, ...], where: dict[str, str], child: str) -> None:
    """A rep is not held to the area it belongs to now; one that is asked for in another area keeps that one."""
    scope = scope_of(search)
    assert (scope.trail, {f.dimension: f.members for f in scope.where}, scope.child) == (trail, {d: (k,) for d, k in where.items()}, child)


@pytest.mark.parametrize(
    ("search", "trail"),
    [
        ("?customer=c1", ("Company", "East", "Anhui", "Luo Rui", "Bohe")),
        ("?customer=c2", ("Company", "Lanting")),
        ("?axis=category&customer=c1", ("Company", "East", "Anhui", "Luo Rui", "Bohe")),
        ("?axis=segment&customer=c1", ("Company", "Chemicals", "Bohe")),
        ("?region=NA&customer=c1", ("Company", "North America", "Bohe")),
        ("?rep=r1&customer=c1", ("Company", "East", "Jiangsu", "Luo Rui", "Bohe")),
    ],
)
def test_a_customer_stands_where_it_was_booked_last_unless_a_place_is_asked(search: str, trail: tuple[str, ...]) -> None:
    """The figures stay those of the customer everywhere; what the viewer may not see is left out of the way."""
    places = {"c1": {"region": "E", "area": "E2", "rep": "r1"}, "c2": {"region": "hidden"}}

    def resolved(said: str) -> Scope:
        return resolve(parse_address(said)[0], SNAPSHOT, Settings(), MEMBERS.__getitem__, booked=lambda customer, _: places[customer])[0]

    scope = resolved(search)
    assert scope.trail == trail
    assert {f.dimension for f in scope.where} == {key.split("=")[0] for key in search[1:].split("&")} - {"axis"}
    for at, level in enumerate(scope.path):
        assert resolved(scope.up(level)).trail == trail[: at + 2]


@pytest.mark.parametrize(
    ("search", "areas", "place", "link"),
    [
        ("?area=E1&rep=r1", {"E1"}, "", ""),
        ("?area=E1&rep=r1", {"E1", "E2"}, "Jiangsu", "?rep=r1"),
        ("?region=E&rep=r1&period=month", {"E1", "E2"}, "", ""),
        ("?region=E&rep=r1&period=month", {"E1", "N1"}, "East", "?period=month&rep=r1"),
        ("?rep=r1", {"E1", "E2"}, "", ""),
    ],
)
def test_a_part_of_a_rep_is_called_one(search: str, areas: set[str], place: str, link: str) -> None:
    """The figures of a rep in one area stand under the same trail as those of all that the rep did."""
    _, notices = resolve(parse_address(search)[0], SNAPSHOT, Settings(), MEMBERS.__getitem__, sold_in=lambda rep, day: areas)
    assert [notice.link for notice in notices] == ([link] if link else [])
    said = [notice.say(translator("en")) for notice in notices]
    assert said == ([f"Only what Luo Rui did in {place}; Luo Rui has also sold elsewhere."] if place else [])
    assert not any(notice.is_loss for notice in notices)


@pytest.mark.parametrize(
    ("search", "has_targets", "is_collected", "base"),
    [
        ("", True, True, "expected"),
        ("?rep=r1&against=target", True, True, "target"),
        ("?category=P", True, False, "expected"),
        ("?product=p1", False, False, "py"),
        ("?customer=c1&against=target", False, True, "py"),
        ("?segment=S&against=pp", False, True, "pp"),
    ],
)
def test_what_targets_and_payments_know(search: str, has_targets: bool, is_collected: bool, base: str) -> None:
    scope = scope_of(search)
    assert (scope.has_targets, scope.is_collected, scope.base) == (has_targets, is_collected, base)
    assert scope.can_ask("amount_target") == has_targets
    assert scope.can_ask("collections") == is_collected
    assert not scope.can_ask("collections", "product")


def test_collections_by_category_are_not_asked_for() -> None:
    assert notices_of("?measure=collections&category=P") == [
        "Payments know no products, so collections by product or category are not known; another measure is shown."
    ]
    assert scope_of("?measure=collections&category=P").measure == "amount"


def test_another_list_begins_anew_and_keeps_its_columns() -> None:
    scope = scope_of("?region=E&tab=rep&sort=-gap&find=lu&columns=gap,days")
    for link in (scope.into("area", "E1"), scope.up(), scope.link(tab="customer"), scope.link(axis="segment")):
        address = parse_address(link)[0]
        assert (address.sort, address.find, address.columns) == ("", "", "gap,days")
    assert parse_address(scope.link(measure="profit"))[0].find == "lu"


def test_a_member_that_is_not_there_leads_to_the_nearest() -> None:
    notice = resolve(parse_address("?region=E&rep=Lou+Rui&period=month")[0], SNAPSHOT, Settings(), MEMBERS.__getitem__)[1][0]
    assert notice.say_offer(translator("en")) == "Go to Luo Rui"
    assert parse_address(notice.link)[0] == Address(region="E", rep="r1", period="month")
    assert notice.is_loss


def test_a_period_before_all_data_offers_the_first_that_has_some() -> None:
    scope, (notice,) = resolve(parse_address("?period=2019Q2&region=E")[0], SNAPSHOT, Settings(), MEMBERS.__getitem__)
    assert notice.say(translator("en")) == "Q2 2019 lies before all data, which begins on 1 Jan 2024."
    assert notice.say_offer(translator("en")) == "Show Q1 2024"
    assert (parse_address(notice.link)[0], notice.is_loss) == (Address(period="2024Q1", region="E"), False)
    assert scope.address.period == "2019Q2"


@given(st.dates(FIRST - timedelta(days=2000), LAST), st.sampled_from(["week", "month", "quarter", "year"]))
def test_only_a_period_that_ends_before_the_data_is_told(day: date, kind: str) -> None:
    period = period_of(kind, day)  # type: ignore[arg-type]
    notices = resolve(Address(period=period.format()), SNAPSHOT, Settings(), MEMBERS.__getitem__)[1]
    assert len(notices) == (period.last < FIRST)
    for notice in notices:
        assert scope_of(notice.link).period.contains(FIRST)


def test_what_a_page_does_not_read_is_told_and_offered_elsewhere() -> None:
    address = parse_address("?region=E&rep=r1&find=lu&period=month")[0]
    (notice,) = elsewhere(address, OVERVIEW)
    assert notice.say(translator("en")) == "This page does not show 'rep=r1, find=lu'."
    assert notice.link == "regions?period=month&region=E&rep=r1&find=lu"
    assert OVERVIEW.link(address) == ".?period=month&region=E"
    assert OVERVIEW.narrow(address) == Address(region="E", period="month")
    assert elsewhere(address, REGIONS) == elsewhere(Address(region="E"), OVERVIEW) == ()


@given(st.text(min_size=1, max_size=12))
def test_links_of_many_members_are_those_of_each(key: str) -> None:
    scope = scope_of("?region=E&measure=margin")
    assert scope.links_to(REGIONS, "rep")(key) == scope.link_to(REGIONS, rep=key)


def test_where_no_target_is_set_the_past_stands_in_their_place() -> None:
    bare = replace(SNAPSHOT, has_targets=False)
    for search, base in (("", "py"), ("?against=target", "py"), ("?against=pp", "pp")):
        scope = resolve(parse_address(search)[0], bare, Settings(), MEMBERS.__getitem__)[0]
        assert (scope.has_targets, scope.base, scope.why_no_targets) == (False, base, "No targets are set")
    assert scope_of("").base == "expected"
    assert scope_of("?segment=S").why_no_targets == "No targets by customer, segment or product"
