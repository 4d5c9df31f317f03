"""The address is the only state of a page: what it says, what pages there are, and the scope it stands for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from functools import cached_property, lru_cache
from typing import Any, Final
from urllib.parse import parse_qsl, quote

from data.schema import MEASURE_KEYS
from data.settings import Settings
from layouts.format import UNIT_NAMES, Numbers
from layouts.levels import LEVELS, Level, below, child_of
from layouts.text import LANGUAGES, N_, Translator
from metrics.catalog import FACT_DIMENSIONS, Fact
from metrics.errors import MalformedDay, MalformedPeriod, nearest
from metrics.query import dimensions_of
from metrics.scope import Filter, Period, parse_day, parse_period
from metrics.snapshot import Snapshot

THEMES: Final = ("light", "dark")
TIERS: Final = ("", "completion")
FIRST_AXES: Final = ("", "category", "segment")
BASES: Final = ("", "target", "py", "pp")
BRIDGES: Final = ("", "causes", "members")
SPLITS: Final = ("", "region", "area", "rep", "customer", "segment", "category", "month")
AGES: Final = ("", "invoice")
SHARES: Final = ("", "1")
TODOS: Final = ("", "no_promise", "broken", "over_limit")

_SAFE: Final = ":.,"
"""What stands in a query string as it is."""
_ANY: Final = "...any..."
"""Stands for a key where one is put in later; no key is called so."""

MOST: Final = 40
"""How many fields of a query string are read; an address has thirty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Exactly what the query string says; what it leaves out is the default."""

    period: str = "quarter"
    """What ``metrics.scope.parse_period`` reads: week, month, quarter, year, ytd; 2026Q3, 2026-09, 2026W37, 2026, first..last."""
    as_of: date | None = None
    """None: the last day of the data. Facts after it do not count."""
    axis: str = ""
    """What the company is first divided by: "" regions; category; segment."""
    region: str = ""
    area: str = ""
    rep: str = ""
    segment: str = ""
    customer: str = ""
    category: str = ""
    product: str = ""
    measure: str = ""
    """"": the first of the five that the data knows."""
    against: str = ""
    """What the actual is held against: "" expected to date; target; py, the previous year; pp, the previous period."""
    bridge: str = ""
    """What the bridge is made of: "" members against a plan, causes against the past; causes; members."""
    tab: str = ""
    """Which members a list shows: a dimension; "" the level below."""
    sort: str = ""
    """A column of a list, with "-" before it the largest first; "" as the list thinks best."""
    find: str = ""
    """What the names in a list contain."""
    columns: str = ""
    """The columns of a list, with commas between; "" the usual ones."""
    split: str = ""
    """What receivables are split by: "" the level below; a dimension; month, in which they were invoiced."""
    ages: str = ""
    """From which day receivables age: "" the due day; invoice, the invoice day."""
    shares: str = ""
    """"": receivables as amounts; 1: as shares of their row."""
    bucket: str = ""
    """An ageing bucket whose invoices are listed; "" all."""
    invoiced: str = ""
    """The month in which the listed invoices are dated, like 2026-05; "" any."""
    invoice: str = ""
    """One invoice, in full."""
    todo: str = ""
    """Which overdue customers are listed: "" all; no_promise; broken, their promise; over_limit, of their credit."""
    owner: str = ""
    """Whose overdue customers are listed: a name; "" everybody's."""
    code: str = ""
    """What a screen shows that waits to be paired; "" none."""
    unit: str = "auto"
    """A key of ``layouts.format.UNITS`` of the language, or auto."""
    tier: str = ""
    """"": by rule, pace while the period runs; completion: of the full target."""
    language: str = ""
    theme: str = ""

    def format(self) -> str:
        """``?period=month&region=East``; defaults left out."""
        return _formatted(self.said)

    @property
    def said(self) -> dict[str, Any]:
        """The fields that differ from their defaults."""
        return {name: value for name, _, default in _DEFAULTS if (value := getattr(self, name)) != default}

    @property
    def members(self) -> dict[str, str]:
        """The members it names, by dimension; "" for none."""
        return {dimension: getattr(self, dimension) for dimension in LEVELS}


_KEYS: Final = {f.name: f.name.replace("_", "-") for f in fields(Address)}
_DEFAULTS: Final = tuple((f.name, _KEYS[f.name], f.default) for f in fields(Address))
"""Worked out once: a page makes hundreds of links."""
_FIELDS: Final = {key: name for name, key in _KEYS.items()}

_ALLOWED: Final[dict[str, tuple[str, ...]]] = {
    "measure": MEASURE_KEYS,
    "axis": FIRST_AXES,
    "against": BASES,
    "bridge": BRIDGES,
    "split": SPLITS,
    "ages": AGES,
    "shares": SHARES,
    "todo": TODOS,
    "unit": UNIT_NAMES,
    "tier": TIERS,
    "language": LANGUAGES,
    "theme": THEMES,
}
_OF_LISTS: Final = ("tab", "sort", "find", "bucket", "invoiced", "invoice")
"""What is said of a list; another list begins anew. The columns stay chosen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """Where a page is: ``path`` below the product's own, without a slash, and which fields of an address it ``reads``.

    ``measure``: the one of the five that the page is about, whatever an address carries along for other pages. ``has_entries``:
    whether it shows what people write, and so is drawn anew when somebody does.
    """

    name: str
    path: str
    reads: frozenset[str]
    measure: str = ""
    has_entries: bool = False

    def link(self, address: Address) -> str:
        """From any page of the product to this one; it says only what the page reads."""
        return self.link_of(address.said)

    def link_of(self, said: Mapping[str, Any]) -> str:
        """The same of the fields of an address; those that are left out have their defaults."""
        return (self.path or ".") + _formatted(said, only=self.reads)

    def narrow(self, address: Address) -> Address:
        """The address without what the page does not read."""
        unread: dict[str, Any] = {f.name: f.default for f in fields(Address) if f.name not in self.reads}
        return replace(address, **unread)

    def unread(self, address: Address) -> tuple[str, ...]:
        """What an address says that the page does not read, as the query string has it."""
        return tuple(
            f"{key}={_said(getattr(address, name))}"
            for name, key, usual in _DEFAULTS
            if name not in self.reads and getattr(address, name) != usual
        )


_EVERYWHERE: Final = frozenset(("period", "as_of", "region", "area", "measure", "unit", "tier", "language", "theme"))
_LISTED: Final = frozenset(("tab", "sort", "find", "columns"))
_OWED: Final = frozenset(("split", "ages", "shares", "bucket", "invoiced", "invoice", "todo", "owner"))
OVERVIEW: Final = Route(name="overview", path="", reads=_EVERYWHERE)
REGIONS: Final = Route(name="regions", path="regions", reads=frozenset(_KEYS) - _OWED - {"code"})
COLLECTIONS: Final = Route(
    name="collections",
    path="collections",
    reads=_EVERYWHERE | _LISTED | _OWED | {"rep", "segment", "customer", "category"},
    measure="collections",
    has_entries=True,
)
ACCOUNT: Final = Route(
    name="account",
    path="account",
    reads=_LISTED | {"period", "as_of", "customer", "invoice", "bucket", "ages", "unit", "language", "theme"},
    measure="collections",
    has_entries=True,
)
WALL: Final = Route(name="wall", path="wall", reads=_EVERYWHERE - {"as_of"})
"""A scene of a wall screen: always of the last day there is."""
WALLS: Final = Route(name="walls", path="walls", reads=frozenset(("code", "language", "theme")))
"""Where walls and screens are looked after."""
_OFFERED: Final = ((REGIONS, N_("Open it under Regions")), (COLLECTIONS, N_("Open it under Collections")))
"""The pages that can show what another one does not."""


@dataclass(frozen=True, slots=True)
class Notice:
    """What of an address was ignored, and why, or what else there is to say: a marked text and its values.

    ``link``: the nearest thing that there is, under ``offer``, a marked text with the same values. ``is_loss`` False: nothing
    was ignored, so the figures are those that were asked for.
    """

    message: str
    values: tuple[tuple[str, str], ...] = ()
    link: str = ""
    offer: str = ""
    is_loss: bool = True

    def say(self, text: Translator) -> str:
        values: dict[str, Any] = dict(self.values)
        return text(self.message, **values)

    def say_offer(self, text: Translator) -> str:
        values: dict[str, Any] = dict(self.values)
        return text(self.offer, **values)


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


def elsewhere(address: Address, route: Route) -> tuple[Notice, ...]:
    """What of an address another page shows."""
    lost = route.unread(address)
    if not lost:
        return ()
    values = (("said", ", ".join(lost)[:60]),)
    page, offer = min(_OFFERED, key=lambda offered: len(offered[0].unread(address)))
    return (Notice(N_("This page does not show '{said}'."), values, link=page.link(address), offer=offer),)


@dataclass(frozen=True, kw_only=True)
class Scope:
    """An address resolved against a published version."""

    address: Address
    snapshot: Snapshot
    settings: Settings
    period: Period
    as_of: date
    path: tuple[Level, ...]
    """From the company, which is not in it, down to what is looked at."""
    where: tuple[Filter, ...]
    """What facts must be of: a filter for each member that was asked for."""
    language: str
    theme: str
    text: Translator
    number: Numbers
    measure: str
    """The one of the five that is looked at."""
    written: int = 0
    """The revision of the ledger up to which entries count; 0 on a page that shows none."""

    @cached_property
    def canonical(self) -> tuple[Any, ...]:
        """Equal for two scopes that show the same figures in the same words; what people wrote apart."""
        return replace(self.address, as_of=self.as_of, language=self.language, theme=self.theme), self.snapshot.version

    @cached_property
    def _given(self) -> dict[str, Any]:
        """Of the address; a page makes hundreds of links."""
        return self.address.said

    @property
    def is_running(self) -> bool:
        return self.as_of < self.period.last

    @property
    def child(self) -> str:
        """The dimension one level below: region, area, rep, customer … on the first axis; "" at a customer, where documents come."""
        return child_of(self.address.axis, (level.dimension for level in self.path))

    @property
    def trail(self) -> tuple[str, ...]:
        """Names from the company down to what is looked at: ("Company", "East")."""
        return (self.text("Company"), *(level.label for level in self.path))

    @property
    def place(self) -> str:
        """The name of what is looked at."""
        return self.trail[-1]

    @property
    def base(self) -> str:
        """What the actual is held against: expected, target, py or pp. Where no target can be, the previous year in its place."""
        said = self.address.against or "expected"
        return said if self.has_targets or said in ("py", "pp") else "py"

    def can_ask(self, measure: str, *by: str) -> bool:
        """Whether the facts of a measure know all that is filtered by here, and the dimensions to split ``by``."""
        return {*(f.dimension for f in self.where), *by} <= set(dimensions_of(measure))

    @property
    def has_targets(self) -> bool:
        """Whether targets are set that can be of what is looked at: nobody sets one for a customer, a segment or a product."""
        return self.snapshot.has_targets and {f.dimension for f in self.where} <= set(FACT_DIMENSIONS[Fact.TARGET])

    @property
    def why_no_targets(self) -> str:
        """In words, where there are none."""
        return self.text("No targets by customer, segment or product" if self.snapshot.has_targets else "No targets are set")

    @property
    def is_collected(self) -> bool:
        """Whether collections can be of what is looked at: a payment knows no product and no category."""
        return {f.dimension for f in self.where} <= set(FACT_DIMENSIONS[Fact.COLLECTED])

    def link(self, **changes: Any) -> str:
        """The address of this page with changes; see ``changed``."""
        return _formatted(self.changed(**changes)) or "?"

    def link_to(self, route: Route, **changes: Any) -> str:
        """The same on another page."""
        return route.link_of(self.changed(**changes))

    def links_to(self, route: Route, dimension: str) -> Callable[[str], str]:
        """The same for many members of a dimension: the address is written once, and each key put into it."""
        return _filled(self.link_to(route, **{dimension: _ANY}))

    def links(self, field: str, **changes: Any) -> Callable[[str], str]:
        """The address of this page with changes, for each of many values of a field: of many members of a dimension."""
        return _filled(self.link(**{field: _ANY}, **changes))

    def changed(self, **changes: Any) -> dict[str, Any]:
        """What the address says, with changes. Another member of a level leaves what is below it, another list where it was, another
        language the unit of money."""
        moved = [dimension for dimension in LEVELS if dimension in changes]
        for dimension in moved:
            for lower in below(dimension):
                changes.setdefault(lower, "")
        if moved or not changes.keys().isdisjoint(("axis", "tab")):
            for name in _OF_LISTS:
                changes.setdefault(name, "")
        if "language" in changes and self.address.unit != "full":
            changes.setdefault("unit", "auto")
        if changes.get("measure") == self.snapshot.first_measure:
            changes["measure"] = ""
        return self._given | changes

    def into(self, dimension: str, member: str) -> str:
        """One level down, to a member of a dimension, on this page; what is asked for already stays asked for."""
        return self.link(**{dimension: member})

    def up(self, level: Level | None = None) -> str:
        """To a level of the path, or to the company: what is below that level is no longer asked for."""
        at = self.path.index(level) if level else -1
        changes: dict[str, Any] = {lower.dimension: "" for lower in self.path[at + 1 :]}
        changes |= dict.fromkeys(_OF_LISTS, "")
        if level and not self.address.members[level.dimension]:  # brought along by a level below that now goes, as those above it
            changes |= {upper.dimension: upper.key for upper in self.path[: at + 1]}
        return replace(self.address, **changes).format() or "?"


def _filled(written: str) -> Callable[[str], str]:
    """An address that is written once, with each key put into it."""
    return lambda key: written.replace(_ANY, _quoted(key))


@lru_cache(maxsize=4096)
def _quoted(value: str) -> str:
    """As it stands in a query string. Kept, since the links of a page say much the same."""
    return quote(value, safe=_SAFE)


def _read(name: str, value: str) -> Any:
    """The value of a field. Raises ``ValueError``, ``MalformedDay`` or ``MalformedPeriod``."""
    if name == "as_of":
        return parse_day(value) if value else None
    if name == "period" or (name == "invoiced" and value):
        period = parse_period(value, date(2000, 1, 1))
        if name == "invoiced" and (period.kind != "month" or value != period.format()):
            raise ValueError(value)
    if name in _ALLOWED and value and value not in _ALLOWED[name]:
        raise ValueError(value)
    return value or Address.__dataclass_fields__[name].default


def _formatted(said: Mapping[str, Any], *, only: frozenset[str] | None = None) -> str:
    """A query string of fields, in the order of an address; defaults are left out. ``only``: of these fields."""
    parts = [
        f"{key}={_quoted(_said(said[name]))}"
        for name, key, default in _DEFAULTS
        if name in said and said[name] != default and (only is None or name in only)
    ]
    return "?" + "&".join(parts) if parts else ""


def _said(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


def _unknown_key(key: str) -> Notice:
    near = nearest(key, tuple(_FIELDS))
    return ignored(key, near)


def _malformed(key: str, name: str, value: str) -> Notice:
    if name == "period":
        return Notice(
            N_("'{said}' is not a period and was ignored. Use week, month, quarter, year, ytd, 2026Q3, 2026-09, 2026W37 or 2026."),
            (("said", value[:60]),),
        )
    if name == "as_of":
        return Notice(N_("'{said}' is not a day and was ignored. Write it like 2026-09-13."), (("said", value[:60]),))
    if name == "invoiced":
        return Notice(N_("'{said}' is not a month and was ignored. Write it like 2026-09."), (("said", value[:60]),))
    return ignored(f"{key}={value}", nearest(value, _ALLOWED[name]))


def ignored(said: str, near: str | None) -> Notice:
    """The notice of what is not known, with the nearest that is."""
    if near:
        return Notice(
            N_("'{said}' in the address is not known and was ignored. Did you mean '{near}'?"), (("said", said[:60]), ("near", near))
        )
    return Notice(N_("'{said}' in the address is not known and was ignored."), (("said", said[:60]),))
