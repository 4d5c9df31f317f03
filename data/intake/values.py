"""Text to values, as SQL: numbers and days in the forms that spreadsheets write, and which of the forms a column uses.

Every function returns an expression that is NULL where the text cannot be read, so that the row can be rejected by name.
"""

from __future__ import annotations

from typing import Final

from data.intake.fields import CHOICES, Field

MONEY: Final = "DECIMAL(18, 4)"
WIDE: Final = "DECIMAL(28, 8)"
"""What an expression or a SELECT computes with: finer than money, so that the result is rounded once."""

_CURRENCY: Final = r"(?:CNY|RMB|USD|EUR|GBP|JPY|HKD|US\$|HK\$|[¥￥$€£元圆])"
_FULL_WIDTH: Final = "０１２３４５６７８９．，－＋（）／：−–—\u3000\u00a0\u202f\u2009\t’"
_HALF_WIDTH: Final = "0123456789.,-+()/:---     '"
_BLANKS: Final = " \t\r\n\u00a0\u3000\ufeff"
_YES: Final = ("yes", "y", "true", "t", "1", "是", "有", "真", "x")
_NO: Final = ("no", "n", "false", "f", "0", "否", "无", "假")
_TIME: Final = r"[ T]+\d{1,2}:\d{2}(:\d{2}([.,]\d+)?)? ?([AaPp][Mm])?(Z|[-+]\d{2}:?\d{2})?"
_MONTH_NAMES: Final = ("%d-%b-%Y", "%d %b %Y", "%b %d, %Y", "%d %B %Y", "%B %d, %Y", "%d-%b-%y", "%b %d %Y")
_PIVOT: Final = 70
"""Two-digit years below it are of this century."""


def name(identifier: str) -> str:
    return '"' + identifier.replace('"', '""') + '"'


def text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def trimmed(x: str) -> str:
    """The text without blanks around it; nothing left is NULL. "NA" is a text like any other."""
    return f"nullif(trim({x}, {text(_BLANKS)}), '')"


def half_width(x: str) -> str:
    return f"trim(translate({x}, {text(_FULL_WIDTH)}, {text(_HALF_WIDTH)}))"


def bare_number(x: str) -> str:
    """The text of a number without currency, with a leading minus where it was negative in any way."""
    bare = rf"regexp_replace({half_width(x)}, '^([-+(]?) *{_CURRENCY} *', '\1', 'i')"
    bare = rf"regexp_replace({bare}, ' *{_CURRENCY} *([-)]?)$', '\1', 'i')"
    bare = rf"regexp_replace({bare}, '^[(] *([^-+()]+?) *[)]$', '-\1')"
    return rf"regexp_replace({bare}, '^([^-+()]+?) *-$', '-\1')"


def number(x: str, decimal: str, type_: str = MONEY) -> str:
    """A number from text. A lone dash is the zero of an accounting format."""
    point, group = (r"\.", ",") if decimal == "." else (",", r"\.")
    plain = x if decimal == "." else f"replace({x}, ',', '.')"
    pattern = (
        rf"[-+]? ?(\d+|\d{{1,3}}({group}\d{{2,3}})*{group}\d{{3}}|\d{{1,3}}([ '']\d{{3}})+)({point}\d*)?([eE][-+]?\d+)?"
        rf"|[-+]?{point}\d+"
    )
    bare = bare_number(x)
    digits = rf"regexp_replace({bare}, '[ ''{group}]', '', 'g')"
    digits = digits if decimal == "." else f"replace({digits}, ',', '.')"
    return (
        f"CASE WHEN regexp_full_match({x}, '-?\\d+({point}\\d+)?') THEN TRY_CAST({plain} AS {type_}) "
        f"WHEN {bare} = '-' THEN 0 WHEN regexp_full_match({bare}, '{pattern}') THEN TRY_CAST({digits} AS {type_}) END"
    )


def day(x: str, order: str, *, end: bool = False) -> str:
    """A day from text. ``order``: "ymd", "dmy", "mdy" for what is not clear by itself, or a strptime format.

    A month alone is its first day, or with ``end`` its last.
    """
    if "%" in order:
        return f"CAST(TRY_STRPTIME({x}, {text(order)}) AS DATE)"
    t = f"regexp_replace({half_width(x)}, '{_TIME}$', '')"
    short = rf"regexp_extract({t}, '^(\d{{1,2}})[-/. ]+(\d{{1,2}})[-/. ]+(\d{{2}}|\d{{4}})$', ['a', 'b', 'c'])"
    year, month, dom = {"dmy": ("c", "b", "a"), "mdy": ("c", "a", "b"), "ymd": ("a", "b", "c")}[order]
    century = f"CASE WHEN length(p.{year}) > 2 THEN '' WHEN CAST(p.{year} AS INTEGER) < {_PIVOT} THEN '20' ELSE '19' END"
    cut = f"list_transform([{short}], lambda p: TRY_CAST(concat({century}, p.{year}, '-', p.{month}, '-', p.{dom}) AS DATE))[1]"
    month_day = f"TRY_CAST(regexp_replace({t}, '^(\\d{{4}})\\D+(\\d{{1,2}})\\D*$', '\\1-\\2-01') AS DATE)"
    formats = "[" + ", ".join(text(f) for f in _MONTH_NAMES) + "]"
    return (
        f"CASE WHEN regexp_full_match({x}, '\\d{{4}}-\\d{{2}}-\\d{{2}}({_TIME})?') THEN TRY_CAST(left({x}, 10) AS DATE) "
        f"WHEN regexp_full_match({t}, '\\d{{4}}[-/.年 ]+\\d{{1,2}}[-/.月 ]+\\d{{1,2}}日?') "
        f"THEN TRY_CAST(regexp_replace({t}, '^(\\d{{4}})\\D+(\\d{{1,2}})\\D+(\\d{{1,2}})\\D*$', '\\1-\\2-\\3') AS DATE) "
        f"WHEN regexp_full_match({t}, '\\d{{4}}([-/.]|年)\\d{{1,2}}月?') THEN {f'last_day({month_day})' if end else month_day} "
        f"WHEN regexp_full_match({t}, '(19|20)\\d{{6}}') THEN CAST(TRY_STRPTIME({t}, '%Y%m%d') AS DATE) "
        f"WHEN regexp_full_match({t}, '\\d{{5}}([.]\\d+)?') THEN DATE '1899-12-30' + CAST(floor(CAST({t} AS DOUBLE)) AS INTEGER) "
        f"WHEN regexp_full_match({t}, '\\d{{1,2}}[-/. ]+\\d{{1,2}}[-/. ]+(\\d{{2}}|\\d{{4}})') THEN {cut} "
        f"WHEN regexp_matches({t}, '\\d') THEN CAST(TRY_STRPTIME({t}, {formats}) AS DATE) END"
    )


def yes_no(x: str) -> str:
    yes, no = (", ".join(text(v) for v in values) for values in (_YES, _NO))
    return f"CASE WHEN lower({x}) IN ({yes}) THEN true WHEN lower({x}) IN ({no}) THEN false END"


def choice(x: str, column: str) -> str:
    spelt = f"replace(lower({x}), '_', ' ')"
    whens = " ".join(f"WHEN {text(spelling.replace('_', ' '))} THEN {text(value)}" for spelling, value in CHOICES[column].items())
    return f"CASE {spelt} {whens} END"


def parsed(x: str, field: Field, *, decimal: str, dates: str) -> str:
    """The value of a trimmed text in the type of the field."""
    if field.kind == "number":
        return number(x, decimal)
    if field.kind == "whole":
        value = number(x, decimal)
        return f"CASE WHEN {value} = floor({value}) THEN TRY_CAST({value} AS INTEGER) END"
    if field.kind == "day":
        return day(x, dates, end=field.name == "last_day")
    if field.kind == "yes_no":
        return yes_no(x)
    return choice(x, field.name) if field.kind == "choice" else x


def unreadable(field: Field, *, decimal: str, dates: str) -> str:
    """Why a text was refused, to follow the value."""
    return {
        "number": f"is not a number, or too large (decimal mark {decimal!r})",
        "whole": "is not a whole number",
        "day": f"is not a day (day order {dates!r})",
        "yes_no": "is neither yes nor no",
        "choice": f"is not one of {', '.join(sorted(set(CHOICES.get(field.name, {}).values())))}",
    }[field.kind]


def canonical(x: str, type_: str, field: Field) -> str:
    """The value of a column that is not text, in the type of the field. Not-a-number is a missing value."""
    floating = type_ in ("DOUBLE", "FLOAT")
    x = f"CASE WHEN NOT isnan({x}) THEN {x} END" if floating else x
    if field.kind == "number" and type_ != "BOOLEAN":
        return f"TRY_CAST({x} AS {MONEY})"
    if field.kind == "whole":
        return f"CASE WHEN {x} = floor({x}) THEN TRY_CAST({x} AS INTEGER) END" if floating else f"TRY_CAST({x} AS INTEGER)"
    if field.kind == "day" and type_.startswith(("DATE", "TIMESTAMP")):
        return f"TRY_CAST({x} AS DATE)"
    plain = as_text(x, type_)
    return parsed(trimmed(plain), field, decimal=".", dates="ymd")


def as_text(x: str, type_: str) -> str:
    """A typed value as a text that names it: 17.0 in a floating column is the key 17."""
    if type_ in ("DOUBLE", "FLOAT"):
        whole = f"WHEN {x} = trunc({x}) AND abs({x}) < 1e15 THEN CAST(CAST({x} AS BIGINT) AS VARCHAR)"
        return f"CASE WHEN isnan({x}) THEN NULL {whole} ELSE CAST({x} AS VARCHAR) END"
    return f"CAST({x} AS VARCHAR)"
