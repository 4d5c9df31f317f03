"""Areas, reps, customers, products … of a place as a list: what it asks, its rows in words, and the same exactly for a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Protocol

from layouts import grid
from layouts.grid import Column, Line
from layouts.panels import members, progress
from layouts.panels.members import DRIVER, Figures, Spec
from layouts.panels.progress import Row
from layouts.text import N_
from layouts.urls import Scope
from metrics.catalog import DIMENSIONS
from metrics.question import Question
from metrics.ranking import BY_NAME, TEAM, Ranked, Ranking, deciding

ALIKE: Final = {"rep": 260, "customer": 340, "product": 260}
"""Members who may share a name, so that whom they belong to stands beside it; and the width of both. Companies have long names."""
_WITHOUT: Final = {
    **progress.WITHOUT,
    "customer": N_("Without customer"),
    "segment": N_("Without segment"),
    "product": N_("Without product"),
    "category": N_("Without category"),
}
_KEPT_BY: Final = {"collections": "collections"}


class MainDriver(Protocol):
    """Says of each member of a list what drives its gap most, in words."""

    def needs(self, scope: Scope, dimension: str) -> Mapping[str, Question]:
        """What it asks, under keys of its own."""
        ...

    def words(self, scope: Scope, results: Mapping[str, Any], rows: Sequence[Row]) -> Mapping[str | None, str]:
        """By identifier; a member of whom nothing can be said is left out. Nothing at all: the column is not shown."""
        ...


@dataclass(frozen=True, slots=True)
class MemberList:
    """The members of one dimension under what a scope looks at."""

    dimension: str
    driver: MainDriver | None = None

    def needs(self, scope: Scope) -> Mapping[str, Question]:
        """``rows``: the ranking, whatever part of it is shown; ``total``: the same measures of all together."""
        specs = members.possible(scope, self.dimension, planned=self._planned(scope))
        order, falling = members.order_of(scope, specs)
        of = self.decides(scope)
        asked = (key for spec in (*members.chosen(scope, specs), order) for key in spec.needs(scope))
        measures = tuple(dict.fromkeys((*deciding(of, self.dimension, scope.where), scope.measure, *asked)))
        query = progress.query(scope, measures, by=(self.dimension,))
        by = members.ordered_by(scope, order)
        counts_reps = any(spec.order in TEAM for spec in (*members.chosen(scope, specs), order))
        ranking = Ranking(
            query=query,
            of=of,
            order=f"-{by}" if falling else by,
            find=scope.address.find,
            tier=f"{scope.measure}_{'tier_full' if scope.address.tier == 'completion' else 'tier'}" if counts_reps else "",
            language=scope.language,
        )
        more = self.driver.needs(scope, self.dimension) if self.driver else {}
        return {"rows": ranking, "total": progress.query(scope, measures), **more}

    def page(self, scope: Scope, first: int, rows: int) -> Mapping[str, Question]:
        """The ranking is one answer, so every page of it asks the same."""
        return self.needs(scope)

    def whole(self, scope: Scope) -> Mapping[str, Question]:
        return self.needs(scope)

    def decides(self, scope: Scope) -> str:
        """The measure by which a member has something to show: what is looked at where it has targets, else sales or collections."""
        return scope.measure if self._has_targets(scope) else _KEPT_BY.get(scope.measure, "amount")

    def count(self, results: Mapping[str, Any]) -> int:
        return len(_ranked(results).rows)

    def unit(self, scope: Scope, results: Mapping[str, Any]) -> str:
        """The unit of the figures, for the caption."""
        return self._figures(scope, results).scale(scope.measure).caption

    def order(self, scope: Scope) -> str:
        """The heading of the column that the list is sorted by."""
        spec, _ = members.order_of(scope, members.possible(scope, self.dimension, planned=self._planned(scope)))
        return self._heading(scope, spec)

    def specs(self, scope: Scope, results: Mapping[str, Any]) -> tuple[Spec, ...]:
        """The columns that are shown."""
        shown = members.chosen(scope, members.possible(scope, self.dimension, planned=self._planned(scope)))
        return (*shown, DRIVER) if self._drivers(scope, results, _ranked(results).rows[:1]) else shown

    def columns(self, scope: Scope, results: Mapping[str, Any]) -> tuple[Column, ...]:
        specs = self.specs(scope, results)
        order, falling = members.order_of(scope, specs)
        bare = self._planned(scope) and not any(row.get(f"{scope.measure}_target") for row in _named(self.dimension, _ranked(results)))
        columns = (self._column(scope, spec, falling if spec == order else None) for spec in specs)
        return tuple(replace(c, brief=c.key in _BRIEF_BARE) for c in columns) if bare else tuple(columns)

    def choices(self, scope: Scope) -> tuple[tuple[str, str, bool], ...]:
        """The columns that can be chosen: key, heading, whether shown."""
        specs = members.possible(scope, self.dimension, planned=self._planned(scope))
        shown = members.chosen(scope, specs)
        return tuple((spec.key, self._heading(scope, spec), spec in shown) for spec in specs if spec.look != "name")

    def usual(self, scope: Scope) -> frozenset[str]:
        specs = members.possible(scope, self.dimension, planned=self._planned(scope))
        return frozenset(spec.key for spec in specs if spec.usual and spec.look != "name")

    def lines(self, scope: Scope, results: Mapping[str, Any], first: int, rows: int) -> tuple[Line, ...]:
        """Rows ``first`` to ``first + rows`` of the list."""
        found = _ranked(results).rows[first : first + rows]
        figures, specs = self._figures(scope, results, found), self.specs(scope, results)
        return tuple(self._line(figures, specs, row, _ranked(results)) for row in found)

    def total(self, scope: Scope, results: Mapping[str, Any]) -> Line:
        """All together, whatever was searched for."""
        figures, row = self._figures(scope, results), self._total(results)
        cells = (
            scope.place if spec.look == "name" else "" if spec.look == "driver" else members.cell(figures, spec, row)
            for spec in self.specs(scope, results)
        )
        return Line("total", tuple(cells))

    def file(
        self, scope: Scope, results: Mapping[str, Any]
    ) -> tuple[tuple[str, ...], tuple[tuple[Any, ...], ...], tuple[tuple[str, ...], ...]]:
        """Headings, exact rows and the same as shown: all of the list, then the total. A bar is no figure and is left out."""
        ranked, total = _ranked(results), self._total(results)
        figures = self._figures(scope, results, ranked.rows)
        specs = [spec for spec in self.specs(scope, results) if spec.look not in ("name", "bullet")]
        above = self.dimension in ALIKE
        headings = (
            self._level(scope),
            *((_name(scope, _PARENT[self.dimension]),) if above else ()),
            *(self._heading(scope, s) for s in specs),
        )
        named = [(self._label(scope, ranked, row), *((ranked.parent(row[self.dimension]),) if above else ())) for row in ranked.rows]
        named.append((scope.place, *(("",) if above else ())))
        rows = (*ranked.rows, total)
        raw = tuple((*label, *(figures.exact(spec, row) for spec in specs)) for label, row in zip(named, rows, strict=True))
        shown = tuple((*label, *(figures.text(spec, row).text for spec in specs)) for label, row in zip(named, rows, strict=True))
        return headings, raw, shown

    # --- inside -------------------------------------------------------------------------------------------------------------

    def _planned(self, scope: Scope) -> bool:
        """Whether the list stands against targets: where they are, unless the page looks at last year."""
        return scope.base != "py" and self._has_targets(scope)

    def _has_targets(self, scope: Scope) -> bool:
        return scope.can_ask(f"{scope.measure}_target", self.dimension)

    def _level(self, scope: Scope) -> str:
        return _name(scope, self.dimension)

    def _heading(self, scope: Scope, spec: Spec) -> str:
        return scope.text(spec.heading) if spec.heading else self._level(scope)

    def _column(self, scope: Scope, spec: Spec, falling: bool | None) -> Column:
        """``falling``: how the list is sorted by it now; None: not at all."""
        first_falls = not (spec.worst or members.ordered_by(scope, spec) == BY_NAME)
        then = first_falls if falling is None else not falling
        return Column(
            key=spec.key,
            heading=self._heading(scope, spec),
            href=scope.link(sort=f"-{spec.key}" if then else spec.key) if spec.look != "driver" else "",
            sorted="" if falling is None else "descending" if falling else "ascending",
            align=spec.align,
            width=ALIKE.get(self.dimension, spec.width) if spec.look == "name" else spec.width,
            brief=spec.brief,
        )

    def _figures(self, scope: Scope, results: Mapping[str, Any], rows: Sequence[Row] = ()) -> Figures:
        ranked, planned = _ranked(results), self._planned(scope)
        total = results["total"].only()
        m = scope.measure
        return Figures(
            scope=scope,
            dimension=self.dimension,
            total=total,
            missing=ranked.missing,
            scales=members.scales(scope, ranked.spread, planned=planned),
            largest=None if planned else ranked.spread(f"{m}_py_gap")[1] if f"{m}_py_gap" in ranked.measures else None,
            longest=ranked.spread(m)[1] if planned else None,
            drivers=self._drivers(scope, results, rows),
        )

    def _drivers(self, scope: Scope, results: Mapping[str, Any], rows: Sequence[Row]) -> Mapping[str | None, str]:
        return self.driver.words(scope, results, rows) if self.driver and rows else {}

    def _total(self, results: Mapping[str, Any]) -> Row:
        row: Row = {**results["total"].only(), **_ranked(results).reps}
        return row

    def _label(self, scope: Scope, ranked: Ranked, row: Row) -> str:
        key = row[self.dimension]
        return progress.nobody(scope, row, _WITHOUT[self.dimension]) if key is None else ranked.label(key)

    def _line(self, figures: Figures, specs: Sequence[Spec], row: Row, ranked: Ranked) -> Line:
        scope, key = figures.scope, row[self.dimension]
        label = self._label(scope, ranked, row)
        href = scope.into(self.dimension, key) if key is not None else ""
        aside = ranked.parent(key) if self.dimension in ALIKE and key is not None else ""
        name = grid.link(label, href, scope.text("Open {name}", name=label), aside=aside)
        cells = tuple(
            name if spec.look == "name" else figures.exact(spec, row) if spec.look == "driver" else members.cell(figures, spec, row)
            for spec in specs
        )
        look = progress.judgement(row.get(f"{scope.measure}_status"))
        return Line(key if key is not None else "-", cells, href, "lags" if look == "bad" else "")


_BRIEF_BARE: Final = frozenset(("name", "bar", "actual"))
"""What a phone shows of members that have no target: nothing is done of it, and there is no gap to it."""
_PARENT: Final = {"rep": "area", "customer": "segment", "product": "category"}


def _name(scope: Scope, dimension: str) -> str:
    named = DIMENSIONS[dimension]
    return named.name_zh if scope.language == "zh" else named.name


def _named(dimension: str, ranked: Ranked) -> list[Row]:
    """The rows of members, without what belongs to none."""
    return [row for row in ranked.rows if row[dimension] is not None]


def _ranked(results: Mapping[str, Any]) -> Ranked:
    found = results["rows"]
    assert isinstance(found, Ranked)
    return found
