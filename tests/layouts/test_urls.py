"""An address says exactly what it says, and what it cannot mean is dropped with a notice."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.schema import MEASURE_KEYS
from data.settings import Settings
from layouts.format import UNIT_NAMES
from layouts.text import translator
from layouts.urls import THEMES, TIERS, Address, Scope, parse_address, resolve
from metrics.query import Member
from metrics.scope import Filter
from metrics.snapshot import Calendar, Coverage, Snapshot

FIRST, LAST = date(2024, 1, 1), date(2026, 9, 13)
MEMBERS = {
    "region": {
        "E": Member("E", "East", "华东"),
        "NA": Member("NA", "North America"),
        "a&b=ü": Member("a&b=ü", "Odd"),
        None: Member("", "Not assigned"),
    },
    "area": {"E1": Member("E1", "Jiangsu", "江苏", "E"), "N1": Member("N1", "Canada", None, "NA"), None: Member("", "Not assigned")},
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
    measure=st.sampled_from(MEASURE_KEYS),
    unit=st.sampled_from(UNIT_NAMES),
    tier=st.sampled_from(TIERS),
    language=st.sampled_from(("", "en", "zh")),
    theme=st.sampled_from(("", *THEMES)),
)
def test_what_an_address_writes_it_reads_back(**said: object) -> None:
    address = Address(**said)  # type: ignore[arg-type]
    assert parse_address(address.format()) == (address, ())


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
        ("?region=Eest", "'region=Eest' in the address is not known and was ignored. Did you mean 'East'?"),
        ("?area=Jiangsi", "'area=Jiangsi' in the address is not known and was ignored. Did you mean 'Jiangsu'?"),
        ("?as-of=2027-01-01", "The data ends on 2026-09-13"),
        ("?unit=wan", "The unit 'wan' is not used in this language"),
        ("?period=0000", "'0000' is not a period"),
    ],
)
def test_what_means_nothing_is_dropped_with_a_notice(search: str, said: str) -> None:
    assert [text for text in notices_of(search) if text.startswith(said)], notices_of(search)
    assert scope_of(search).address == Address()


def test_a_flood_of_fields_is_cut_and_said_once() -> None:
    notices = notices_of("?" + "a=1&" * 300 + "period=month")
    assert notices == [
        "The address says too much at once; only its beginning was read.",
        "'a' in the address is not known and was ignored. Did you mean 'as-of'?",
    ]


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
