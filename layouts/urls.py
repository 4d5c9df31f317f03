"""The address is the only state of a page: what it says, and what that means on a published version."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any, Final
from urllib.parse import parse_qsl, quote, urlencode

from data.schema import MEASURE_KEYS
from data.settings import Settings
from layouts.format import UNIT_NAMES, UNITS, Numbers
from layouts.text import LANGUAGES, N_, Translator, translator
from metrics.errors import MalformedDay, MalformedPeriod, UnknownName, nearest
from metrics.query import Member, find_member
from metrics.scope import Filter, Period, parse_day, parse_period
from metrics.snapshot import Snapshot

THEMES: Final = ("light", "dark")
TIERS: Final = ("", "completion")

MOST: Final = 30
"""How many fields of a query string are read; an address has nine."""

Find = Callable[[str], Mapping[str | None, Member]]
"""The members of a dimension."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Exactly what the query string says; what it leaves out is the default."""

    period: str = "quarter"
    """What ``metrics.scope.parse_period`` reads: week, month, quarter, year, ytd; 2026Q3, 2026-09, 2026W37, 2026, first..last."""
    as_of: date | None = None
    """None: the last day of the data. Facts after it do not count."""
    region: str = ""
    area: str = ""
    measure: str = ""
    """"": the first of the five that the data knows."""
    unit: str = "auto"
    """A key of ``layouts.format.UNITS`` of the language, or auto."""
    tier: str = ""
    """"": by rule, pace while the period runs; completion: of the full target."""
    language: str = ""
    theme: str = ""

    def format(self) -> str:
        """``?period=month&region=East``; defaults left out."""
        said = {_KEYS[f.name]: _said(getattr(self, f.name)) for f in fields(self) if getattr(self, f.name) != f.default}
        return "?" + urlencode(said, quote_via=quote, safe=":.,") if said else ""


_KEYS: Final = {f.name: f.name.replace("_", "-") for f in fields(Address)}
_FIELDS: Final = {key: name for name, key in _KEYS.items()}

_ALLOWED: Final[dict[str, tuple[str, ...]]] = {
    "measure": MEASURE_KEYS,
    "unit": UNIT_NAMES,
    "tier": TIERS,
    "language": LANGUAGES,
    "theme": THEMES,
}


@dataclass(frozen=True, slots=True)
class Notice:
    """What of an address was ignored, and why: a marked text and its values."""

    message: str
    values: tuple[tuple[str, str], ...] = ()

    def say(self, text: Translator) -> str:
        values: dict[str, Any] = dict(self.values)
        return text(self.message, **values)


def parse_address(search: str) -> tuple[Address, tuple[Notice, ...]]:
    """Read a query string. What cannot be read is dropped, each with a notice."""
    said: dict[str, Any] = {}
    notices: list[Notice] = []
    fields_said = search.removeprefix("?").split("&")
    if len(fields_said) > MOST:
        notices.append(Notice(N_("The address says too much at once; only its beginning was read.")))
    for key, value in parse_qsl("&".join(fields_said[:MOST]), keep_blank_values=True, errors="replace"):
        name = _FIELDS.get(key)
        if name is None:
            notices.append(_unknown_key(key))
            continue
        try:
            said[name] = _read(name, value)
        except (ValueError, MalformedPeriod, MalformedDay):
            notices.append(_malformed(key, name, value))
    return Address(**said), tuple(dict.fromkeys(notices))


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """An address resolved against a published version."""

    address: Address
    snapshot: Snapshot
    settings: Settings
    period: Period
    as_of: date
    where: tuple[Filter, ...]
    language: str
    theme: str
    text: Translator
    number: Numbers
    measure: str
    """The one of the five that is looked at."""
    trail: tuple[str, ...]
    """Names from the company down to what is looked at: ("Company", "East")."""

    @property
    def is_running(self) -> bool:
        return self.as_of < self.period.last

    @property
    def child(self) -> str:
        """The dimension one level below: region, area, rep."""
        return "rep" if self.address.area else "area" if self.address.region else "region"

    @property
    def place(self) -> str:
        """The name of what is looked at."""
        return self.trail[-1]

    def link(self, **changes: Any) -> str:
        """The address of this page with changes. Another region leaves the area, another language the unit of money."""
        if "region" in changes:
            changes.setdefault("area", "")
        if "language" in changes and self.address.unit != "full":
            changes.setdefault("unit", "auto")
        if changes.get("measure") == self.snapshot.first_measure:
            changes["measure"] = ""
        return replace(self.address, **changes).format() or "?"


def resolve(address: Address, snapshot: Snapshot, settings: Settings, find: Find) -> tuple[Scope, tuple[Notice, ...]]:
    """What an address means today. A region or area that is not known is dropped with a notice, a day after the data moved to its end."""
    notices: list[Notice] = []
    language = address.language or settings.language
    text = translator(language)
    as_of = address.as_of or snapshot.last_day
    if as_of > snapshot.last_day:
        notices.append(Notice(N_("The data ends on {day}; the figures are as of that day."), (("day", snapshot.last_day.isoformat()),)))
        address, as_of = replace(address, as_of=None), snapshot.last_day
    if address.unit not in ("auto", *UNITS[language]):
        notices.append(Notice(N_("The unit '{unit}' is not used in this language; the unit follows the size."), (("unit", address.unit),)))
        address = replace(address, unit="auto")
    address, where, names = _place(address, find, language, notices)
    number = Numbers(language=language, currency=snapshot.currency, unit=address.unit, volume_name=snapshot.unit_name(language))
    scope = Scope(
        address=address,
        snapshot=snapshot,
        settings=settings,
        period=parse_period(address.period, as_of, snapshot.fiscal_first_month),
        as_of=as_of,
        where=where,
        language=language,
        theme=address.theme or settings.theme,
        text=text,
        number=number,
        measure=address.measure or snapshot.first_measure,
        trail=(text("Company"), *names),
    )
    return scope, tuple(notices)


def _place(address: Address, find: Find, language: str, notices: list[Notice]) -> tuple[Address, tuple[Filter, ...], tuple[str, ...]]:
    """The region and area that exist, the filter for them and their names; an area brings its region along."""
    if address.area:
        areas = find("area")
        area = _member(areas, address.area, "area", notices)
        region = areas[area].parent or "" if area else address.region
        address = replace(address, area=area, region=region)
    if address.region:
        address = replace(address, region=_member(find("region"), address.region, "region", notices))
    names = tuple(find(d)[key].label(language) for d, key in (("region", address.region), ("area", address.area)) if key)
    if address.area:
        return address, (Filter("area", (address.area,)),), names
    if address.region:
        return address, (Filter("region", (address.region,)),), names
    return address, (), names


def _member(members: Mapping[str | None, Member], wanted: str, dimension: str, notices: list[Notice]) -> str:
    try:
        return find_member(members, wanted, dimension)
    except UnknownName as error:
        notices.append(_ignored(f"{dimension}={wanted}", error.nearest))
        return ""


def _read(name: str, value: str) -> Any:
    """The value of a field. Raises ``ValueError``, ``MalformedDay`` or ``MalformedPeriod``."""
    if name == "as_of":
        return parse_day(value) if value else None
    if name == "period":
        parse_period(value, date(2000, 1, 1))
    if name in _ALLOWED and value and value not in _ALLOWED[name]:
        raise ValueError(value)
    return value or Address.__dataclass_fields__[name].default


def _said(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


def _unknown_key(key: str) -> Notice:
    near = nearest(key, tuple(_FIELDS))
    return _ignored(key, near)


def _malformed(key: str, name: str, value: str) -> Notice:
    if name == "period":
        return Notice(
            N_("'{said}' is not a period and was ignored. Use week, month, quarter, year, ytd, 2026Q3, 2026-09, 2026W37 or 2026."),
            (("said", value[:60]),),
        )
    if name == "as_of":
        return Notice(N_("'{said}' is not a day and was ignored. Write it like 2026-09-13."), (("said", value[:60]),))
    return _ignored(f"{key}={value}", nearest(value, _ALLOWED[name]))


def _ignored(said: str, near: str | None) -> Notice:
    if near:
        return Notice(
            N_("'{said}' in the address is not known and was ignored. Did you mean '{near}'?"), (("said", said[:60]), ("near", near))
        )
    return Notice(N_("'{said}' in the address is not known and was ignored."), (("said", said[:60]),))
