"""What stands behind a figure: order lines, invoices and payments, page by page, filtered, sorted and added up in SQL."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from data.duck import literal_sql
from data.workdays import month_start
from metrics.catalog import AGED, FACT_DIMENSIONS, bucket_days, buckets
from metrics.errors import NotDivisible, UnknownName
from metrics.listing_shape import COLUMNS, FACTS, NAMED, Kind, Shape
from metrics.listing_sql import Statement, page, sums
from metrics.query import Member, Missing
from metrics.question import Bounds, answers
from metrics.scope import Filter, Period, Viewer

if TYPE_CHECKING:
    from metrics.engine import Engine

DEFAULT_ORDERS: Final[dict[Kind, str]] = {
    "lines": "-day",
    "invoices": "-days_overdue",
    "open": "-days_overdue",
    "paid": "-paid_day",
    "payments": "-day",
}
"""The newest lines and payments, the longest overdue invoices, those paid last."""
_MEASURES: Final[dict[Kind, tuple[str, ...]]] = {
    "lines": ("amount", "volume", "cost", "margin"),
    "invoices": ("invoiced", "open", "overdue"),
    "open": ("open", "overdue"),
    "paid": ("invoiced",),
    "payments": ("collections", "unapplied"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """Documents of one kind, of the period up to the as-of day (see ``Kind``).

    ``order``: a column, with "-" before it for descending; empty: as ``DEFAULT_ORDERS`` says. Members are ordered by their names
    in ``language``.
    ``find``: only rows in which a number or a name holds this text. ``rows`` None: all from ``first`` on.
    Of open invoices ``where`` may name ageing buckets or product categories: then only what of them lies in these counts.
    """

    of: Kind
    period: Period
    as_of: date
    where: tuple[Filter, ...] = ()
    order: str = ""
    language: str = "en"
    find: str = ""
    first: int = 0
    rows: int | None = None

    @property
    def measures(self) -> tuple[str, ...]:
        """The measures of the catalogue that the sums of the listing are."""
        return _MEASURES[self.of]

    @property
    def cut(self) -> date:
        """The last day of which rows are listed."""
        return min(self.as_of, self.period.last)


@dataclass(frozen=True, slots=True)
class Sums:
    """How many rows there are and what they add up to; a sum that not every row knows is None, and ``missing`` says why."""

    query: _Total
    count: int
    totals: Mapping[str, Decimal | None]
    missing: Mapping[str, Missing]
    statement: tuple[Statement, Mapping[str, Any]]

    @property
    def sql(self) -> tuple[str, ...]:
        return (_written(*self.statement),)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """Rows ``first`` to ``first + rows`` of a listing, by column of ``COLUMNS``; ``sums`` are those of all rows."""

    query: Listing
    rows: tuple[Mapping[str, Any], ...]
    sums: Sums
    members: Mapping[str, Mapping[str | None, Member]]
    version: int
    statement: tuple[Statement, Mapping[str, Any]]

    @property
    def sql(self) -> tuple[str, ...]:
        """The statements as text with the values written in, to show."""
        return (_written(*self.statement), *self.sums.sql)


@dataclass(frozen=True, slots=True)
class _Total:
    """The sums of a listing, asked for once for all its pages and orders."""

    listing: Listing

    @property
    def measures(self) -> tuple[str, ...]:
        return self.listing.measures

    @property
    def as_of(self) -> date:
        return self.listing.as_of


@answers(Listing)
def listed(engine: Engine, question: Listing, bounds: Bounds, version: int) -> Listed:
    """One page of a listing. Raises ``UnknownName`` or ``NotDivisible`` for what cannot be asked."""
    _check(question, bounds, engine.settings.ageing_edges)
    viewer = Viewer(name="", bounds=bounds)
    whole = replace(question, order="", language="", first=0, rows=None)
    added = engine.answer(_Total(whole), viewer, version=version)
    assert isinstance(added, Sums)
    order = question.order or DEFAULT_ORDERS[question.of]
    statement = page(_shape(question, bounds, order=order, limited=question.rows is not None))
    values = _parameters(question, bounds)
    rows = engine.reader(version).read(statement.compiled, values)
    return Listed(
        query=question,
        rows=tuple(_finished(question, dict(zip(statement.columns, row, strict=True))) for row in rows),
        sums=added,
        members={dimension: engine.members(dimension, version) for dimension in NAMED[question.of]},
        version=version,
        statement=(statement, values),
    )


@answers(_Total)
def added_up(engine: Engine, question: _Total, bounds: Bounds, version: int) -> Sums:
    """What all rows of a listing add up to."""
    statement, values = sums(_shape(question.listing, bounds)), _parameters(question.listing, bounds)
    found = dict(zip(statement.columns, engine.reader(version).read(statement.compiled, values)[0], strict=True))
    count, unknown = found.pop("count"), found.pop("without_cost", 0)
    totals: dict[str, Decimal | None] = {name: value or Decimal(0) for name, value in found.items()}
    missing = {}
    if unknown:
        missing = dict.fromkeys(("cost", "margin"), Missing("no_cost", str(unknown)))
        totals |= dict.fromkeys(missing)
    return Sums(question, count, totals, missing, (statement, values))


def _check(listing: Listing, bounds: Bounds, edges: tuple[int, ...]) -> None:
    """Raise ``UnknownName`` or ``NotDivisible`` unless the rows have every column, bucket and dimension that is named."""
    name, known = listing.order.removeprefix("-"), COLUMNS[listing.of]
    if name and name not in known:
        raise UnknownName("column to order by", name, known)
    allowed = FACT_DIMENSIONS[FACTS[listing.of]]
    for wanted in (*listing.where, *bounds):
        if wanted.dimension not in allowed:
            raise NotDivisible(listing.of, wanted.dimension, allowed)
        if wanted.dimension in AGED:
            for bucket in wanted.members:
                if bucket not in (aged := buckets(edges, wanted.dimension)[:-1]):
                    raise UnknownName("ageing bucket", bucket, aged)


def _parameters(listing: Listing, bounds: Bounds) -> dict[str, Any]:
    """Values for both statements of a listing."""
    values: dict[str, Any] = {"first": listing.period.first, "cut": listing.cut, "as_of": listing.as_of, "find": pattern(listing.find)}
    for i, wanted in enumerate((*listing.where, *bounds)):
        if wanted.dimension in AGED:
            for j, bucket in enumerate(wanted.members):
                values[f"span_{i}_{j}_first"], values[f"span_{i}_{j}_last"] = bucket_days(bucket, listing.as_of)
        elif wanted.dimension == "invoice_month":
            for j, month in enumerate(wanted.members):
                first = date.fromisoformat(f"{month}-01")
                values[f"span_{i}_{j}_first"], values[f"span_{i}_{j}_last"] = first, month_start(first, 1) - timedelta(days=1)
        else:
            values |= {f"member_{i}_{j}": member for j, member in enumerate(wanted.members)}
    return values | {"rows": listing.rows, "offset": listing.first}


def _written(statement: Statement, values: Mapping[str, Any]) -> str:
    return literal_sql(statement.select.params(**values))


def _finished(listing: Listing, row: dict[str, Any]) -> Mapping[str, Any]:
    if listing.of == "lines":
        row["price"] = row["amount"] / row["volume"] if row["volume"] else None
    elif "overdue_since" in row:
        since = row.pop("overdue_since")
        row["days_overdue"] = (listing.as_of - since).days if since else None
    return {name: row[name] for name in COLUMNS[listing.of]}


def _shape(listing: Listing, bounds: Bounds, *, order: str = "", limited: bool = False) -> Shape:
    filters = tuple((wanted.dimension, len(wanted.members)) for wanted in (*listing.where, *bounds))
    language = listing.language if order.removeprefix("-") in NAMED[listing.of] else ""
    return Shape(of=listing.of, filters=filters, finds=bool(listing.find.strip()), order=order, language=language, limited=limited)


def pattern(find: str) -> str:
    """The text as a LIKE pattern: its own wildcards are plain characters."""
    plain = find.strip().lower()
    for sign in ("/", "%", "_"):
        plain = plain.replace(sign, f"/{sign}")
    return f"%{plain}%"
