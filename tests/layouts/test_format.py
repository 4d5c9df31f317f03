"""Numbers and days as text, by the table of the design."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_DOWN, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layouts.format import MINUS, Numbers
from metrics.catalog import Unit
from metrics.scope import parse_period

EN = Numbers(language="en", currency="CNY", volume_name="units")
ZH = Numbers(language="zh", currency="CNY", volume_name="台")
DAY = date(2026, 9, 13)
MONEY = st.decimals(min_value=-(10**12), max_value=10**12, places=4)


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


def number(text: str) -> Decimal:
    return Decimal(text.replace(MINUS, "-").replace(",", "").replace("+", ""))


@pytest.mark.parametrize(
    ("value", "english", "chinese"),
    [
        ("391000000", "¥391.0 M", "3.910 亿"),
        ("-16610000", "−¥16.6 M", "−1,661 万"),
        ("1250000000", "¥1,250.0 M", "12.50 亿"),
        ("12000000000", "¥12.0 bn", "120.00 亿"),
        ("123456", "¥123.5 k", "12.3 万"),
        ("999960", "¥1.0 M", "100.0 万"),
        ("99996000", "¥100.0 M", "1.000 亿"),
        ("5400", "¥5,400", "5,400 元"),
        ("-0.2", "¥0", "0 元"),
        (None, "—", "—"),
    ],
)
def test_money(value: str | None, english: str, chinese: str) -> None:
    exact = None if value is None else Decimal(value)
    assert (plain(EN.money(exact)), plain(ZH.money(exact))) == (english, chinese)


def test_other_currencies() -> None:
    assert plain(Numbers(language="en", currency="USD").money(Decimal(2_500_000))) == "$2.5 M"
    assert plain(Numbers(language="zh", currency="USD").money(Decimal(2_500_000))) == "US$250 万"
    assert plain(Numbers(language="en").money(Decimal(2_500_000))) == "2.5 M"
    assert plain(Numbers(language="en", currency="CHF").money(Decimal(2_500_000))) == "CHF 2.5 M"


def test_variances_have_a_sign() -> None:
    assert plain(EN.money(Decimal(1_500_000), signed=True)) == "+¥1.5 M"
    assert plain(EN.volume(440, signed=True)) == "+440 units"
    assert EN.days(Decimal("2.84")) == "+2.8"
    assert EN.days(Decimal("-3.14"), signed=False) == "3.1"


@pytest.mark.parametrize(
    ("value", "text"), [("0.6996", "69.9%"), ("0.9999", "99.9%"), ("0.7", "70.0%"), ("-0.0399", "−3.9%"), ("0.69999999999", "69.9%")]
)
def test_shares_are_cut_off(value: str, text: str) -> None:
    assert EN.share(Decimal(value)) == ZH.share(Decimal(value)) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("0.4099", "41%"),
        ("0.005", "1%"),
        ("0.0049", "<1%"),
        ("0", "0%"),
        ("-0.036", "−4%"),
        ("0.9951", ">99%"),
        ("1", "100%"),
        ("1.004", "100%"),
        ("13.165", "1,317%"),
    ],
)
def test_parts_of_a_whole_are_rounded_and_none_is_nothing_or_all(value: str, text: str) -> None:
    assert EN.part(Decimal(value)) == ZH.part(Decimal(value)) == text


@given(st.decimals(min_value=-5, max_value=5, places=8))
def test_no_share_shows_what_it_has_not_reached(value: Decimal) -> None:
    shown = number(EN.share(value).removesuffix("%"))
    assert shown == (value * 100).quantize(Decimal("0.1"), rounding=ROUND_DOWN)
    for threshold in (Decimal("0.7"), Decimal(1)):
        assert not (value < threshold and shown >= threshold * 100)


@given(MONEY, st.sampled_from((EN, ZH)))
def test_money_shown_is_the_money_to_within_half_a_step(value: Decimal, numbers: Numbers) -> None:
    scale = numbers.scale([value])
    shown = number(numbers.scaled(value, scale)) * scale.factor
    assert abs(shown - value) <= scale.factor / 2 / 10**scale.digits


@given(st.lists(MONEY, min_size=1, max_size=6), st.sampled_from((EN, ZH)))
def test_one_unit_is_wide_enough_for_a_column(values: list[Decimal], numbers: Numbers) -> None:
    scale = numbers.scale(values)
    assert all(len(numbers.scaled(v, scale)) <= len("−100,000,000") for v in values)


@given(MONEY, st.sampled_from((EN, ZH)))
def test_a_split_value_is_the_whole_value(value: Decimal, numbers: Numbers) -> None:
    prefix, digits, suffix = numbers.split(value, Unit.MONEY)
    assert plain(f"{prefix}{digits} {suffix}".strip()) == plain(numbers.money(value))


@pytest.mark.parametrize(
    ("millions", "english", "chinese"),
    [
        ("45.9 48.7 50.2 62.7 96.1 145.7 398.6 528.9", "¥ M", "万元"),  # regions of a company
        ("0.2 0.4 0.5 0.7 0.9 1.1 1.4 1.9 11.8", "¥ k", "万元"),  # reps of an area, and their sum
        ("0.1 0.3 0.6 0.9 1.2 2.4 3.7", "¥ k", "万元"),
        ("12000 18000 31000", "¥ bn", "亿元"),
        ("0 0 0 0 0 25 31", "¥ M", "万元"),  # who has nothing has no say
        ("0.003 0.004 0.009", "¥", "元"),
        ("0.000001 0.000001 900000", "¥ M", "亿元"),  # no figure grows without bound
    ],
)
def test_the_unit_of_a_column_is_that_of_its_typical_value(millions: str, english: str, chinese: str) -> None:
    values = [Decimal(word) * 1_000_000 for word in millions.split()]
    assert (plain(EN.scale(values).caption), ZH.scale(values).caption) == (english, chinese)


@given(st.lists(st.decimals(min_value=10**4, max_value=10**12, places=2), min_size=1, max_size=9), st.sampled_from((EN, ZH)))
def test_a_typical_value_keeps_two_digits(values: list[Decimal], numbers: Numbers) -> None:
    typical = sorted(values)[len(values) // 2]
    if max(values) < 1000 * typical:
        shown = numbers.scaled(typical, numbers.scale(values))
        assert len(shown.replace(",", "").replace(".", "").lstrip("0")) >= 2


def test_one_large_value_does_not_take_the_digits_of_the_others() -> None:
    reps = [Decimal(word) * 1_000_000 for word in ("0.21", "0.44", "0.93", "1.94", "12")]
    assert [EN.scaled(v, EN.scale(reps)) for v in reps] == ["210", "440", "930", "1,940", "12,000"]


def test_captions_of_columns() -> None:
    big = [Decimal(93_800_000)]
    assert plain(EN.scale(big).caption) == "¥ M"
    assert ZH.scale(big).caption == "万元"
    assert EN.scale([Decimal(5)], Unit.VOLUME).caption == "units"
    assert (EN.scaled(Decimal("-18700000"), EN.scale(big), signed=True), ZH.scaled(big[0], ZH.scale(big))) == ("−18.7", "9,380")


def test_a_unit_that_is_asked_for_holds_everywhere() -> None:
    full = Numbers(language="en", currency="CNY", unit="full")
    assert plain(full.money(Decimal("391000000"))) == "¥391,000,000"
    assert full.scale([Decimal(5)]).factor == 1
    assert plain(Numbers(language="zh", currency="CNY", unit="wan").money(Decimal(391_000_000))) == "39,100 万"


def test_points_and_volume() -> None:
    assert (plain(EN.points(Decimal("-0.0339"))), plain(ZH.points(Decimal("-0.0339")))) == ("−3.3 pp", "−3.3 个百分点")
    assert (plain(EN.volume(12028)), plain(ZH.volume(12028))) == ("12,028 units", "12,028 台")


@pytest.mark.parametrize(
    ("chance", "text"),
    [("0", "<1%"), ("0.0099", "<1%"), ("0.01", "1%"), ("0.216", "22%"), ("0.99", "99%"), ("0.9901", ">99%"), ("1", ">99%")],
)
def test_a_chance_is_never_certain(chance: str, text: str) -> None:
    assert EN.chance(Decimal(chance)) == EN.of(Decimal(chance), Unit.CHANCE) == text


@pytest.mark.parametrize(
    ("low", "high", "unit", "english", "chinese"),
    [
        (470_800_000, 498_000_000, Unit.MONEY, "470.8–498.0", "4.708–4.980"),
        (-12_000_000, 3_400_000, Unit.MONEY, "−12.0 to 3.4", "−1,200 至 340"),
        (1234, 5678, Unit.VOLUME, "1,234–5,678", "1,234–5,678"),
        (14_391, 15_197, Unit.VOLUME, "14.4–15.2\u00a0k", "1.44–1.52\u00a0万"),
        (183_734, 188_530, Unit.VOLUME, "184–189\u00a0k", "18.4–18.9\u00a0万"),
    ],
)
def test_a_range_is_short(low: int, high: int, unit: Unit, english: str, chinese: str) -> None:
    assert [numbers.between(low, high, unit) for numbers in (EN, ZH)] == [english, chinese]
    assert EN.between(low, None, unit) == "—"


def test_missing_is_a_dash_in_every_unit() -> None:
    assert {EN.of(None, unit) for unit in Unit} == {"—"}


def test_days() -> None:
    assert [EN.day(DAY, s) for s in ("full", "short", "weekday")] == ["13 Sep 2026", "13 Sep", "Sun 13 Sep"]
    assert [ZH.day(DAY, s) for s in ("full", "short", "weekday")] == ["2026年9月13日", "9月13日", "9月13日 周日"]
    assert (EN.span(date(2026, 7, 1), DAY), EN.week(DAY)) == ("1 Jul–13 Sep", "W37")
    assert EN.span(date(2025, 12, 29), date(2026, 1, 4)) == "29 Dec 2025–4 Jan 2026"


@pytest.mark.parametrize(
    ("period", "fiscal", "english", "chinese"),
    [
        ("week", 1, "W37 2026", "2026年第37周"),
        ("month", 1, "Sep 2026", "2026年9月"),
        ("quarter", 1, "Q3 2026", "2026年三季度"),
        ("year", 1, "2026", "2026年"),
        ("ytd", 1, "2026 to date", "2026年初至今"),
        ("quarter", 4, "Q2 FY2027", "2027财年二季度"),
        ("year", 4, "FY2027", "2027财年"),
        ("2026-07-01..2026-08-15", 1, "1 Jul–15 Aug 2026", "2026年7月1日–8月15日"),
    ],
)
def test_periods(period: str, fiscal: int, english: str, chinese: str) -> None:
    parsed = parse_period(period, DAY, fiscal)
    assert (EN.period(parsed), ZH.period(parsed)) == (english, chinese)


@pytest.mark.parametrize(
    ("value", "english", "chinese"),
    [
        ("1234567.8", "¥1,234,567.80", "1,234,567.80\u00a0元"),
        ("-5", "−¥5.00", "−5.00\u00a0元"),
        ("0.1234", "¥0.1234", "0.1234\u00a0元"),
        ("100000", "¥100,000.00", "100,000.00\u00a0元"),
        ("0", "¥0.00", "0.00\u00a0元"),
    ],
)
def test_exact_money_keeps_every_digit(value: str, english: str, chinese: str) -> None:
    said = [Numbers(language=language, currency="CNY").exact(Decimal(value)) for language in ("en", "zh")]
    assert said == [english, chinese]
    assert Numbers(language="zh", currency="USD").exact(Decimal("1.5")) == "US$1.50"
    assert Numbers(language="en").exact(None) == "—"
