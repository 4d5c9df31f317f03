"""The one place where a number or a day becomes text.

Minus is U+2212, ranges take an en dash, a missing value is an em dash, a unit follows its number after a no-break space.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from functools import lru_cache
from statistics import median
from typing import Final, Literal

from babel.core import Locale
from babel.dates import format_date
from babel.numbers import get_currency_name, get_currency_symbol

from data.workdays import month_start
from metrics.catalog import Unit
from metrics.scope import Period

MINUS: Final = "\u2212"
EN_DASH: Final = "\u2013"
MISSING: Final = "\u2014"
NBSP: Final = "\u00a0"

Number = Decimal | int | float
DayStyle = Literal["full", "short", "weekday"]

# Units of money that an address can name: factor, suffix. "auto" chooses by size, "full" is the currency itself.
UNITS: Final[dict[str, dict[str, tuple[Decimal, str]]]] = {
    "en": {"full": (Decimal(1), ""), "k": (Decimal(1_000), "k"), "m": (Decimal(1_000_000), "M"), "bn": (Decimal(1_000_000_000), "bn")},
    "zh": {"full": (Decimal(1), "元"), "wan": (Decimal(10_000), "万"), "yi": (Decimal(100_000_000), "亿")},
}
UNIT_NAMES: Final = ("auto", *dict.fromkeys(name for units in UNITS.values() for name in units))


@dataclass(frozen=True, slots=True)
class Scale:
    """One unit for a column or a table. ``caption``: "¥ M", "万元", "units"; ``digits`` after the point."""

    factor: Decimal
    digits: int
    caption: str
    suffix: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """Numbers and days as text in one language, currency and unit of money (a key of ``UNITS``, or "auto")."""

    language: str
    currency: str = ""
    unit: str = "auto"
    volume_name: str = ""
    """What volume counts: units, 台."""

    # --- money ------------------------------------------------------------------------------------------------------

    def money(self, value: Number | None, *, signed: bool = False, scale: Scale | None = None) -> str:
        """``¥391.0 M``, ``−¥16.6 M``; ``3.910 亿``, ``1,661 万``. With ``scale`` in that unit."""
        if value is None:
            return MISSING
        prefix, digits, suffix = self._money(_decimal(value), scale)
        sign = _sign(_decimal(value), digits, signed=signed)
        return f"{sign}{prefix}{digits}{NBSP if suffix else ''}{suffix}"

    def split(self, value: Number | None, unit: Unit) -> tuple[str, str, str]:
        """A value as prefix, digits and suffix to be set in different sizes: ("¥", "391.0", "M"), ("", "3.910", "亿")."""
        if value is None:
            return "", MISSING, ""
        exact = _decimal(value)
        if unit == Unit.MONEY:
            prefix, digits, suffix = self._money(exact, None)
            return f"{_sign(exact, digits, signed=False)}{prefix}", digits, suffix
        if unit == Unit.VOLUME:
            return "", self._bare(exact, 0), self.volume_name
        return "", self.of(value, unit), ""

    def scale(self, values: Iterable[Number | None], unit: Unit = Unit.MONEY) -> Scale:
        """One unit for all the values, chosen by their typical size, so that one large value does not take the others' digits."""
        if unit != Unit.MONEY:
            return Scale(Decimal(1), 0, self.volume_name if unit == Unit.VOLUME else "")
        sizes = [abs(_decimal(v)) for v in values if v]
        return self.scale_of(median(sizes), max(sizes)) if sizes else self.scale_of(Decimal(0), Decimal(0))

    def scale_of(self, typical: Decimal, largest: Decimal) -> Scale:
        """One unit for money of a typical and a largest size."""
        name = self._unit_of_column(typical, largest)
        factor, suffix = UNITS[self.language][name]
        return Scale(factor, _column_digits(name, typical), self._caption(suffix), suffix)

    def scaled(self, value: Number | None, scale: Scale, *, signed: bool = False) -> str:
        """Bare digits in the unit of a column: 93.8, −18.7."""
        if value is None:
            return MISSING
        return self._bare(_decimal(value) / scale.factor, scale.digits, signed=signed)

    def is_nothing(self, value: Number, scale: Scale) -> bool:
        """Whether a value reads as zero in the unit of a column."""
        return self.scaled(value, scale) == self.scaled(Decimal(0), scale)

    def unit_name(self, name: str) -> str:
        """A unit of money by its key in ``UNITS``: ``¥ M``, ``万元``."""
        return self._caption(UNITS[self.language][name][1]) or self.currency

    def currency_name(self) -> str:
        """``CNY``; ``人民币``."""
        if self.language == "zh" and self.currency:
            return str(get_currency_name(self.currency, locale="zh_CN"))
        return self.currency

    # --- other units ------------------------------------------------------------------------------------------------

    def share(self, value: Number | None, *, digits: int = 1, signed: bool = False) -> str:
        """``78.2%``, cut off and never rounded, so that no figure shows a threshold it has not reached: 0.69996 is 69.9%."""
        if value is None:
            return MISSING
        return self._bare(_decimal(value) * 100, digits, signed=signed, rounding=ROUND_DOWN) + "%"

    def part(self, value: Number | None) -> str:
        """``64%``: how much of a whole, rounded, since parts should come to it; ``<1%`` and ``>99%`` for what is not nothing or all."""
        if value is None:
            return MISSING
        exact = _decimal(value)
        if 0 < exact < _ALMOST_NOTHING:
            return "<1%"
        return ">99%" if 1 - _ALMOST_NOTHING < exact < 1 else self._bare(exact * 100, 0, rounding=ROUND_HALF_UP) + "%"

    def chance(self, value: Number | None) -> str:
        """``21%``; ``<1%`` and ``>99%`` for what is all but certain, since a forecast never is."""
        if value is None:
            return MISSING
        exact = _decimal(value)
        if exact < Decimal("0.01"):
            return "<1%"
        return ">99%" if exact > Decimal("0.99") else self._bare(exact * 100, 0) + "%"

    def between(self, low: Number | None, high: Number | None, unit: Unit) -> str:
        """A range, short: money in the unit of its larger end, which is not named, ``470.8–498.0``; a volume in thousands,
        ``14.4–15.2 k``, ``1.44–1.52 万``; ``−1.2 to 0.4`` where a sign stands between.
        """
        if low is None or high is None:
            return MISSING
        ends = [_decimal(low), _decimal(high)]
        size = max(abs(end) for end in ends)
        if unit == Unit.MONEY:
            name = self._unit_of_value(size)
            factor, digits, suffix = UNITS[self.language][name][0], _value_digits(name, size), ""
        elif size < _SHORTENED:
            factor, digits, suffix = Decimal(1), 0, ""
        else:
            factor, suffix = UNITS[self.language][self._thousands]
            digits = (2 if self.language == "zh" else 1) - (size >= 10 * _SHORTENED)
        return self._joined([self._bare(end / factor, digits) for end in ends]) + (f"{NBSP}{suffix}" if suffix else "")

    def scaled_between(self, low: Number | None, high: Number | None, scale: Scale, *, signed: bool = False) -> str:
        """A range in the unit of a column."""
        if low is None or high is None:
            return MISSING
        return self._joined([self.scaled(end, scale, signed=signed) for end in (low, high)])

    def points(self, value: Number | None, *, signed: bool = True) -> str:
        """A difference of shares, cut off like them: −0.033 is ``−3.3 pp``, ``−3.3 个百分点``."""
        if value is None:
            return MISSING
        word = "个百分点" if self.language == "zh" else "pp"
        return self._bare(_decimal(value) * 100, 1, signed=signed, rounding=ROUND_DOWN) + NBSP + word

    def days(self, value: Number | None, *, signed: bool = True) -> str:
        """Days as bare digits: ``−3.1``; not ``signed``, the size alone, for "3.1 d behind"."""
        if value is None:
            return MISSING
        exact = _decimal(value)
        return self._bare(exact, 1, signed=True) if signed else self._bare(abs(exact), 1)

    def volume(self, value: Number | None, *, signed: bool = False, unit: bool = True) -> str:
        """``12,028 units``, ``12,028 台``."""
        if value is None:
            return MISSING
        text = self._bare(_decimal(value), 0, signed=signed)
        return f"{text}{NBSP}{self.volume_name}" if unit and self.volume_name else text

    def count(self, value: int) -> str:
        """A number of things: 1,204."""
        return self._bare(Decimal(value), 0)

    def price(self, value: Number | None) -> str:
        """Money a unit, in the currency itself with two decimals."""
        if value is None:
            return MISSING
        digits = self._bare(abs(_decimal(value)), 2)
        return f"{_sign(_decimal(value), digits, signed=False)}{self._symbol() or ''}{digits}"

    def exact(self, value: Number | None) -> str:
        """Money to the cent with its currency, however large: ``¥1,234,567.80``, ``1,234,567.80 元``; more decimals where it has them."""
        if value is None:
            return MISSING
        size = abs(_decimal(value))
        digits = self._bare(size, max(2, -int(size.normalize().as_tuple().exponent)))
        before, after = self._symbol(), UNITS[self.language]["full"][1] if self.currency == "CNY" else ""
        return f"{_sign(_decimal(value), digits, signed=False)}{before}{digits}{NBSP if after else ''}{after}"

    def of(self, value: Number | date | str | None, unit: Unit, *, signed: bool = False) -> str:
        """A value of the catalogue by its unit; a word stays as it is."""
        if value is None:
            return MISSING
        if isinstance(value, date):
            return self.day(value)
        if isinstance(value, str):
            return value
        return {
            Unit.MONEY: lambda: self.money(value, signed=signed),
            Unit.VOLUME: lambda: self.volume(value, signed=signed),
            Unit.SHARE: lambda: self.share(value, signed=signed),
            Unit.CHANCE: lambda: self.chance(value),
            Unit.DAYS: lambda: self._bare(_decimal(value), 1, signed=signed),
            Unit.PRICE: lambda: self.price(value),
        }.get(unit, lambda: str(value))()

    # --- days -------------------------------------------------------------------------------------------------------

    def day(self, day: date | None, style: DayStyle = "full") -> str:
        """``13 Sep 2026``, ``13 Sep``, ``Sun 13 Sep``; ``2026年9月13日``, ``9月13日``, ``9月13日 周日``."""
        return MISSING if day is None else _day(day, style, self.language)

    def span(self, first: date, last: date) -> str:
        """``1 Jul–13 Sep``; the year where the two ends differ in it."""
        style: DayStyle = "short" if first.year == last.year else "full"
        return self.day(first, style) if first == last else f"{self.day(first, style)}{EN_DASH}{self.day(last, style)}"

    def moment(self, moment: datetime) -> str:
        """``Mon 14 Sep 07:30`` in the server's time zone."""
        local = moment.astimezone()
        return f"{self.day(local.date(), 'weekday')} {local:%H:%M}"

    def week(self, day: date) -> str:
        """The ISO week of a day: ``W37``."""
        return f"W{day.isocalendar().week:02d}"

    def month(self, day: date) -> str:
        """``Sep``, ``9月``."""
        return str(format_date(day, "M月" if self.language == "zh" else "MMM", locale=_locale(self.language)))

    def period(self, period: Period) -> str:
        """``Q3 2026``, ``2026年三季度``; a fiscal year that is not the calendar's says so: ``Q3 FY2026``."""
        chinese = self.language == "zh"
        if period.kind == "range":
            text = self.span(period.first, period.last)
            return text if period.first.year != period.last.year else self._with_year(text, period.last)
        if period.kind == "month":
            return str(format_date(period.first, "y年M月" if chinese else "MMM y", locale=_locale(self.language)))
        if period.kind == "week":
            iso = period.first.isocalendar()
            return f"{iso.year}年第{iso.week}周" if chinese else f"W{iso.week:02d} {iso.year}"
        year, quarter = _fiscal(period)
        fiscal = period.fiscal_first_month != 1
        named = (f"{year}财年" if fiscal else f"{year}年") if chinese else (f"FY{year}" if fiscal else str(year))
        if period.kind == "quarter":
            return f"{named}{'一二三四'[quarter - 1]}季度" if chinese else f"Q{quarter} {named}"
        if period.kind == "ytd":
            return f"{named}初至今" if chinese else f"{named} to date"
        return named

    # --- inside -----------------------------------------------------------------------------------------------------

    def _with_year(self, text: str, day: date) -> str:
        return f"{day.year}年{text}" if self.language == "zh" else f"{text} {day.year}"

    @property
    def _thousands(self) -> str:
        return "wan" if self.language == "zh" else "k"

    def _joined(self, ends: list[str]) -> str:
        """A dash between two ends; a word where one of them has a sign of its own."""
        if all(end[0].isdigit() for end in ends):
            return EN_DASH.join(ends)
        return (" 至 " if self.language == "zh" else " to ").join(ends)

    def _symbol(self) -> str:
        """What stands before an amount; in Chinese nothing for yuan, whose name follows."""
        if not self.currency or (self.currency == "CNY" and self.language == "zh"):
            return ""
        return _symbol(self.currency, self.language)

    def _caption(self, suffix: str) -> str:
        if self.language == "zh":
            name = "元" if self.currency in ("CNY", "") else str(get_currency_name(self.currency, locale="zh_CN"))
            return f"{suffix.removesuffix('元')}{name}"
        return NBSP.join(filter(None, (self._symbol(), suffix)))

    def _money(self, value: Decimal, scale: Scale | None) -> tuple[str, str, str]:
        """Prefix, digits without sign, suffix."""
        size = abs(value)
        if scale is not None:
            return self._symbol(), self._bare(size / scale.factor, scale.digits), scale.suffix
        name = self._unit_of_value(size)
        factor, suffix = UNITS[self.language][name]
        if suffix == "元" and self.currency != "CNY":
            suffix = ""
        return self._symbol(), self._bare(size / factor, _value_digits(name, size)), suffix

    def _fixed(self) -> str | None:
        return self.unit if self.unit in UNITS[self.language] else None

    def _unit_of_value(self, size: Decimal) -> str:
        if fixed := self._fixed():
            return fixed
        steps: tuple[tuple[str, float], ...] = (
            (("yi", 99_995_000), ("wan", 9_999.5)) if self.language == "zh" else (("bn", 9_999_950_000), ("m", 999_950), ("k", 9_999.5))
        )
        return next((name for name, least in steps if size >= Decimal(least)), "full")

    def _unit_of_column(self, typical: Decimal, largest: Decimal) -> str:
        """The largest unit that leaves the typical value two digits; a larger one where the largest value would be too wide."""
        if fixed := self._fixed():
            return fixed
        steps = _COLUMN_UNITS[self.language]
        wide = next((name for name, _ in reversed(steps) if largest < UNITS[self.language][name][0] * _WIDEST), steps[0][0])
        fit = next(name for name, least in steps if typical >= least)
        return max(wide, fit, key=lambda name: UNITS[self.language][name][0])

    def _bare(self, value: Decimal, digits: int, *, signed: bool = False, rounding: str = ROUND_HALF_EVEN) -> str:
        cut = value.quantize(Decimal(1).scaleb(-digits), rounding=rounding)
        text = f"{abs(cut):,f}"
        if cut == 0:
            return text
        return (MINUS if cut < 0 else "+" if signed else "") + text


_DAY: Final[dict[str, dict[str, str]]] = {
    "en": {"full": "d MMM y", "short": "d MMM", "weekday": "EEE d MMM"},
    "zh": {"full": "y年M月d日", "short": "M月d日", "weekday": "M月d日 EEE"},
}


@lru_cache(maxsize=4096)
def _day(day: date, style: DayStyle, language: str) -> str:
    """Kept, since every chart says the same days."""
    return str(format_date(day, _DAY[language][style], locale=_locale(language)))


@lru_cache
def _locale(language: str) -> Locale:
    return Locale.parse("zh_CN" if language == "zh" else "en")


@lru_cache
def _symbol(currency: str, language: str) -> str:
    """¥, $, €: in English the short sign of yuan; a code without a sign of its own keeps a space after it."""
    symbol = "¥" if currency == "CNY" else str(get_currency_symbol(currency, locale=_locale(language)))
    return symbol + NBSP if symbol.isalpha() else symbol


def _decimal(value: Number) -> Decimal:
    return value if isinstance(value, Decimal) else Decimal(str(value))


def _sign(value: Decimal, digits: str, *, signed: bool) -> str:
    """The sign of what is shown: none for what rounds to zero."""
    if not any(c in "123456789" for c in digits):
        return ""
    return MINUS if value < 0 else "+" if signed else ""


def _value_digits(name: str, size: Decimal) -> int:
    """Decimals of a single value: one in English; 亿 three below 10 亿, then two; 万 whole, one below 100 万."""
    if name == "yi":
        return 3 if size < 10**9 else 2
    if name == "wan":
        return 0 if size >= 10**6 else 1
    return 0 if name == "full" else 1


_COLUMN_UNITS: Final[dict[str, tuple[tuple[str, int], ...]]] = {
    "en": (("bn", 10**10), ("m", 5 * 10**6), ("k", 10**4), ("full", 0)),
    "zh": (("yi", 10**10), ("wan", 5 * 10**4), ("full", 0)),
}
"""Units of a column, largest first, each from the typical value on for which it is chosen."""
_ALMOST_NOTHING: Final = Decimal("0.005")
_SHORTENED: Final = 10**4
"""From this size on the ends of a range of volumes are shortened."""
_WIDEST: Final = 10**7
"""No column of an automatic unit has a figure with more digits before the point than this."""


def _column_digits(name: str, typical: Decimal) -> int:
    if name == "yi":
        return 2
    if name == "wan":
        return 0 if typical >= 10**6 else 1
    if name == "k":
        return 0 if typical >= 10**5 else 1
    return 0 if name == "full" else 1


def _fiscal(period: Period) -> tuple[int, int]:
    """Label of the fiscal year, and the quarter in it."""
    day = period.first
    months = (day.month - period.fiscal_first_month) % 12
    return month_start(day, 11 - months).year, months // 3 + 1
