"""Order lines, invoices or payments of a place as a list: what it asks, its rows in words, and the same exactly for a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from layouts import grid
from layouts.grid import BLOCK, SHORT, Column, Line
from layouts.panels import documents, progress
from layouts.panels.documents import Figures, Spec
from layouts.urls import Scope
from metrics.catalog import BUCKET_UNAPPLIED, buckets
from metrics.listing import DEFAULT_ORDERS, Listed, Listing
from metrics.listing_shape import Kind
from metrics.question import Question
from metrics.scope import Filter


@dataclass(frozen=True, slots=True)
class DocumentList:
    """The documents of one kind behind what a scope looks at. ``leads``: a row leads to its invoice, on a page that shows one."""

    of: Kind
    leads: bool = False

    def needs(self, scope: Scope) -> Mapping[str, Question]:
        """``rows``: the first page."""
        return self.page(scope, 0, max(BLOCK, SHORT))

    def page(self, scope: Scope, first: int, rows: int | None) -> Mapping[str, Question]:
        order = scope.address.sort if scope.address.sort.removeprefix("-") in {spec.key for spec in self._possible(scope)} else ""
        listing = Listing(
            of=self.of,
            period=scope.period,
            as_of=scope.as_of if self.of in ("lines", "invoices") else progress.cut(scope),
            where=(*scope.where, *_aged(scope, self.of)),
            order=order,
            language=scope.language,
            find=scope.address.find,
            first=first,
            rows=rows,
        )
        return {"rows": listing}

    def whole(self, scope: Scope) -> Mapping[str, Question]:
        return self.page(scope, 0, None)

    def count(self, results: Mapping[str, Any]) -> int:
        return _listed(results).sums.count

    def unit(self, scope: Scope, results: Mapping[str, Any]) -> str:
        return Figures(scope, _listed(results)).scale.caption

    def order(self, scope: Scope) -> str:
        key, _ = self._order(scope)
        return next((scope.text(spec.heading) for spec in documents.SPECS[self.of] if spec.key == key), "")

    def specs(self, scope: Scope) -> tuple[Spec, ...]:
        """The columns to show: those that the address names, if they are all of this list, else the usual ones; the number always."""
        first, *others = self._possible(scope)
        wanted = {key for key in scope.address.columns.split(",") if key}
        named = bool(wanted) and wanted <= {spec.key for spec in others}
        return (first, *(spec for spec in others if (spec.key in wanted if named else spec.usual)))

    def columns(self, scope: Scope, results: Mapping[str, Any]) -> tuple[Column, ...]:
        sorted_by, falling = self._order(scope)
        return tuple(self._column(scope, spec, falling if spec.key == sorted_by else None) for spec in self.specs(scope))

    def choices(self, scope: Scope) -> tuple[tuple[str, str, bool], ...]:
        shown = self.specs(scope)
        return tuple((spec.key, scope.text(spec.heading), spec in shown) for spec in self._possible(scope)[1:])

    def usual(self, scope: Scope) -> frozenset[str]:
        return frozenset(spec.key for spec in self._possible(scope)[1:] if spec.usual)

    def lines(self, scope: Scope, results: Mapping[str, Any], first: int, rows: int) -> tuple[Line, ...]:
        """The rows of the page that was asked for."""
        listed, specs = _listed(results), self.specs(scope)
        figures = Figures(scope, listed)
        return tuple(self._line(figures, specs, row) for row in listed.rows[:rows])

    def total(self, scope: Scope, results: Mapping[str, Any]) -> Line:
        """What all rows add up to, those on other pages too."""
        listed = _listed(results)
        _first, *others = self.specs(scope)
        figures = Figures(scope, listed)
        cells = (documents.cell(figures, spec, listed.sums.totals) for spec in others)
        return Line("total", (scope.text("Total"), *cells))

    def file(
        self, scope: Scope, results: Mapping[str, Any]
    ) -> tuple[tuple[str, ...], tuple[tuple[Any, ...], ...], tuple[tuple[str, ...], ...]]:
        """Headings, exact rows and the same as shown."""
        listed, specs = _listed(results), self.specs(scope)
        figures = Figures(scope, listed)
        rows = listed.rows
        raw = tuple(tuple(figures.value(spec, row) for spec in specs) for row in rows)
        shown = tuple(tuple(figures.text(spec, row).text for spec in specs) for row in rows)
        return tuple(scope.text(spec.heading) for spec in specs), raw, shown

    def _possible(self, scope: Scope) -> tuple[Spec, ...]:
        return documents.possible(scope, self.of)

    def _order(self, scope: Scope) -> tuple[str, bool]:
        """The column that the list is sorted by and whether the largest, or latest, comes first."""
        said = scope.address.sort
        if said.removeprefix("-") in {spec.key for spec in self._possible(scope)}:
            return said.removeprefix("-"), said.startswith("-")
        usual = DEFAULT_ORDERS[self.of]
        return usual.removeprefix("-"), usual.startswith("-")

    def _line(self, figures: Figures, specs: Sequence[Spec], row: Mapping[str, Any]) -> Line:
        first, *others = specs
        scope, invoice = figures.scope, row.get("invoice")
        href = scope.link(invoice=invoice) if self.leads and invoice else ""
        name: Any = documents.cell(figures, first, row)
        if self.leads:
            name = grid.link(figures.text(first, row).text, href, scope.text("Open invoice {number}", number=invoice or ""))
        return Line(_key(row), (name, *(documents.cell(figures, spec, row) for spec in others)), href)

    def _column(self, scope: Scope, spec: Spec, falling: bool | None) -> Column:
        then = not documents.named(self.of, spec.key) if falling is None else not falling
        return Column(
            key=spec.key,
            heading=scope.text(spec.heading),
            href=scope.link(sort=f"-{spec.key}" if then else spec.key),
            sorted="" if falling is None else "descending" if falling else "ascending",
            align=spec.align,
            width=spec.width,
            brief=spec.brief,
        )


def _key(row: Mapping[str, Any]) -> str:
    if "payment" in row:
        return f"{row['payment']}-{row['part']}"
    return f"{row['order']}-{row['line']}" if "line" in row else str(row["invoice"])


def _aged(scope: Scope, of: Kind) -> tuple[Filter, ...]:
    """The ageing bucket and the invoice month whose invoices alone are listed."""
    said = ("age" if scope.address.ages else "bucket", bucket_of(scope)), ("invoice_month", scope.address.invoiced)
    return tuple(Filter(dimension, (member,)) for dimension, member in said if member) if of == "open" else ()


def bucket_of(scope: Scope) -> str:
    """The ageing bucket that the address names, if there is one of that name that invoices can lie in."""
    known = buckets(scope.settings.ageing_edges, "age" if scope.address.ages else "bucket")
    return scope.address.bucket if scope.address.bucket in known and scope.address.bucket != BUCKET_UNAPPLIED else ""


def _listed(results: Mapping[str, Any]) -> Listed:
    found = results["rows"]
    assert isinstance(found, Listed)
    return found
