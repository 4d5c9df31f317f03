"""What every customer and every product did in two windows of days: what bridges are made of, read in two statements.

Amounts and quantities are counted in whole ten-thousandths, the grain of the store, so that sums stay exact.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd
import sqlalchemy as sa

from data.duck import Compiled
from data.warehouse import Reader
from metrics import compile as sql
from metrics.catalog import FACT_DIMENSIONS, PLACES, Fact
from metrics.compile import Leg, Window
from metrics.scope import Filter

SCALE: Final = 10_000
NOW: Final = 0
BASE: Final = 1
"""Positions of the two windows."""

Ints = npt.NDArray[np.int64]
Keys = npt.NDArray[np.object_]
Codes = npt.NDArray[np.intp]
Flags = npt.NDArray[np.bool_]

COLUMNS: Final[dict[str, tuple[str, ...]]] = {
    "amount": ("amount", "volume"),
    "volume": ("amount", "volume"),
    "margin": ("amount", "volume", "cost"),
    "profit": ("amount", "volume", "cost", "expense"),
    "collections": ("amount",),
}
"""What is read for each of the five measures: amount and volume say who bought, the rest what it came to."""

_STATES: Final = ("both", "both_here")


def exact(value: int) -> Decimal:
    """Ten-thousandths as a decimal."""
    return Decimal(int(value)) / SCALE


def ticks(value: Decimal | None) -> int:
    """A decimal in whole ten-thousandths; nothing counts as nothing."""
    return int(value * SCALE) if value is not None else 0


@dataclass(frozen=True, slots=True)
class Movements:
    """Rows of what moved: their keys by dimension, and per column the sums in the two windows, all of one length.

    ``both``: whether the row's buyers bought in both windows, within the scope; ``both_here``: within the row's child.
    """

    keys: Mapping[str, Keys]
    now: Mapping[str, Ints]
    base: Mapping[str, Ints]
    states: Mapping[str, Flags] = field(default_factory=dict)
    statement: tuple[sa.Select[Any], Mapping[str, Any]] | None = None

    def only(self, rows: Flags) -> Movements:
        """The rows that are marked."""
        return Movements(
            {name: values[rows] for name, values in self.keys.items()},
            {name: values[rows] for name, values in self.now.items()},
            {name: values[rows] for name, values in self.base.items()},
            {name: values[rows] for name, values in self.states.items()},
        )

    def by(self, dimension: str) -> Movements:
        """Summed to the members of one dimension, in order of first appearance."""
        codes, members = coded(self.keys[dimension])
        count = len(members)
        return Movements(
            {dimension: members},
            {name: total(codes, values, count) for name, values in self.now.items()},
            {name: total(codes, values, count) for name, values in self.base.items()},
        )

    def column(self, name: str, window: int) -> Ints:
        return (self.base if window == BASE else self.now)[name]

    def value(self, measure: str, window: int) -> Ints:
        """The measure of every row."""
        if measure == "volume":
            return self.column("volume", window)
        value = self.column("amount", window)
        if measure in ("margin", "profit"):
            value = value - self.column("cost", window)
        return value - self.column("expense", window) if measure == "profit" else value

    def bought(self, window: int) -> Flags:
        """Whether the row stands for a purchase: more bought than given back."""
        bought: Flags = self.column("amount", window) > 0
        return bought | (self.column("volume", window) > 0) if "volume" in self.now else bought


def coded(keys: Keys) -> tuple[Codes, Keys]:
    """Places of keys in the list of the different ones, and that list; an empty key is one of them."""
    codes, members = pd.factorize(keys, use_na_sentinel=False)
    named: Keys = np.array(members, dtype=object)
    named[pd.isna(named)] = None
    return codes, named


def total(codes: Codes, values: Ints, count: int) -> Ints:
    """Sums of whole numbers by code; exact at any size that the store holds."""
    sums = np.zeros(count, dtype=np.int64)
    np.add.at(sums, codes, values)
    return sums


@dataclass(frozen=True, slots=True)
class Asked:
    """What to read: the fact and columns of a measure, now and in the base's window, of some members."""

    measure: str
    windows: tuple[Window, Window]
    where: tuple[Filter, ...]

    @property
    def has_products(self) -> bool:
        """Whether the measure's fact knows products: cash is paid for invoices, not for what stands on them."""
        return "product" in FACT_DIMENSIONS[self._fact]

    @property
    def _fact(self) -> Fact:
        return Fact.COLLECTED if self.measure == "collections" else Fact.SALES

    def leg(self, by: tuple[str, ...], columns: tuple[str, ...] = ()) -> Leg:
        return Leg(fact=self._fact, by=by, columns=columns or COLUMNS[self.measure], windows=self.windows, where=self.where)


def customers(reader: Reader, asked: Asked) -> Movements:
    """Every customer, by the region, area and rep it was booked under."""
    leg = asked.leg((*PLACES, "customer"))
    return _read(reader, leg, _whole_numbers(sql.statement(leg)))


def products(reader: Reader, asked: Asked, child: str = "") -> Movements:
    """Every product, by the members of ``child`` if one is named, and by whether its buyers bought in both windows."""
    by = (child,) if child else ()
    buyers = asked.leg(tuple(dict.fromkeys((*by, "customer"))), ("amount", "volume"))
    lines = asked.leg(tuple(dict.fromkeys((*by, "customer", "product"))))
    return _read(reader, asked.leg((*by, "product")), _by_state(lines, sql.statement(buyers), child))


def _read(reader: Reader, leg: Leg, statement: tuple[sa.Select[Any], Compiled]) -> Movements:
    select, compiled = statement
    values = sql.parameters(leg, known_to=None)
    columns = reader.arrays(compiled, values)
    now, base = ({name: columns[f"{name}_{window}"] for name in leg.columns} for window in (NOW, BASE))
    states: dict[str, Flags] = {name: columns[name] for name in _STATES if name in columns}
    return Movements({name: columns[name] for name in leg.by}, now, base, states, (select, values))


@lru_cache(maxsize=256)
def _whole_numbers(statement: sql.Statement) -> tuple[sa.Select[Any], Compiled]:
    """The statement of a leg, its sums in whole ten-thousandths."""
    sums = statement.select.subquery("sums")
    select = sa.select(*(_whole(c).label(c.name) if c.name.endswith(("_0", "_1")) else c for c in sums.columns))
    return select, Compiled(select)


_BY_STATE: Final[dict[Any, tuple[sa.Select[Any], Compiled]]] = {}


def _by_state(leg: Leg, buyers: sql.Statement, child: str) -> tuple[sa.Select[Any], Compiled]:
    """Sums of the lines by product, with the state of who bought them; made once for each shape, which ``buyers`` stands for."""
    key = buyers, leg.columns, leg.by
    if key not in _BY_STATE:
        select = _select_by_state(leg, buyers, child)
        _BY_STATE[key] = select, Compiled(select)
    return _BY_STATE[key]


def _select_by_state(leg: Leg, buyers: sql.Statement, child: str) -> sa.Select[Any]:
    who = buyers.select.subquery("who")
    places = [who.c[name] for name in dict.fromkeys((child, "customer")) if name]
    whole = [sa.func.sum(who.c[f"{name}_{w}"]).over(partition_by=who.c.customer) for w in (NOW, BASE) for name in ("amount", "volume")]
    here = [who.c[f"{name}_{w}"] for w in (NOW, BASE) for name in ("amount", "volume")]
    state = sa.select(*places, _both(whole).label("both"), _both(here).label("both_here")).subquery("state")
    line = sql.rows(leg).subquery("line")
    same = sa.and_(*(line.c[place.name].is_not_distinct_from(state.c[place.name]) for place in places))
    keys = [line.c[name] for name in dict.fromkeys((child, "product")) if name]
    flags = [state.c.both, state.c.both_here]
    sums = [
        _whole(sa.func.sum(sa.case((_within(line, window), line.c[name])))).label(f"{name}_{window}")
        for window in (NOW, BASE)
        for name in leg.columns
    ]
    return sa.select(*keys, *flags, *sums).select_from(line.join(state, same)).group_by(*keys, *flags)


def _both(values: list[Any]) -> Any:
    """Whether amount or volume is above nothing in either window."""
    amount_now, volume_now, amount_base, volume_base = (sa.func.coalesce(value, 0) > 0 for value in values)
    return sa.and_(sa.or_(amount_now, volume_now), sa.or_(amount_base, volume_base))


def _within(line: sa.Subquery, window: int) -> sa.ColumnElement[bool]:
    first, last = (sa.bindparam(f"{name}_{window}", type_=sa.Date()) for name in ("first", "last"))
    return line.c.day.between(first, last)


def _whole(value: Any) -> Any:
    return sa.cast(sa.func.coalesce(value, 0) * SCALE, sa.BigInteger)
