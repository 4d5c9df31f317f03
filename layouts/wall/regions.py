"""Progress one level below, the worst first: regions, areas of a region, reps of an area; those that lag stand out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from layouts import html, parts
from layouts.figures import wide
from layouts.format import Scale
from layouts.panels import progress
from layouts.panels.progress import Row
from layouts.panels.regions import SCALE, children, largest_of, level_of, name_of, ordered, scale_of
from layouts.panels.reps import tier_key
from layouts.text import N_
from layouts.urls import REGIONS, Scope
from layouts.wall import MOST
from layouts.wall.standing import Standing, figure, heading, letters, sign, standing
from layouts.wall_words import missing as nothing
from metrics.query import Query, Result
from metrics.tiers import Tier

_TITLE: Final = {"region": N_("Regions, {measure}"), "area": N_("Areas, {measure}"), "rep": N_("Reps, {measure}")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    lags: bool
    standing: Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """``expected``: words for the tick that all bars share, and its place on them, 0 to 1; None where they share none.

    ``columns``: over the names, the completion and the gap. ``more``: how many are not shown, in words.
    """

    columns: tuple[str, str, str]
    expected: tuple[str, float] | None
    lines: tuple[Line, ...]
    more: str
    empty: tuple[str, str]


class Regions:
    name = "regions"
    title = _TITLE["region"]

    def needs(self, scope: Scope) -> Mapping[str, Query]:
        asked = {"rows": children(scope)}
        if scope.child == "rep":
            asked["tiers"] = progress.query(scope, (scope.measure, tier_key(scope)), by=("rep",))
        return asked

    def view(self, scope: Scope, results: Mapping[str, Result]) -> View:
        text, result = scope.text, results["rows"]
        rows = ordered(scope, result)
        scale, largest = scale_of(scope, rows), largest_of(scope, rows)
        unnamed = _unnamed(scope, results)
        shown = [row for row in rows if row[scope.child] not in unnamed][:MOST]
        gap = text("{unit} to pace", unit=scale.caption) if scope.is_running else text("{unit} to target", unit=scale.caption)
        completed, missed = (any(row[f"{scope.measure}_{kind}"] is not None for row in shown) for kind in ("completion", "gap"))
        return View(
            columns=(text(progress.LEVEL[scope.child]), text("Done") if completed else text("Actual"), gap if missed else ""),
            expected=_expected(scope, shown),
            lines=tuple(_line(scope, row, result, scale, largest) for row in shown),
            more=text("… and {n} more", n=len(rows) - len(shown)) if len(rows) > len(shown) else "",
            empty=(
                text("Nothing to show for {place}", place=scope.place),
                text("{period}: neither facts nor targets. Choose another period or scope.", period=scope.number.period(scope.period)),
            ),
        )

    def render(self, view: View) -> Any:
        if not view.lines:
            return nothing(*view.empty)
        name, done, gap = view.columns
        due = html.Span(view.expected[0], style={"--e": view.expected[1]}) if view.expected else None
        head = html.Div([html.Span(name), html.Div(due, className="due"), html.Span(done), html.Span(gap)], className="r th")
        room = {
            "--names": max(wide(line.standing.name) for line in view.lines),
            "--gaps": max(wide(line.standing.gap) for line in view.lines),
        }
        more = html.Div(view.more, className="more") if view.more else None
        return html.Section([head, *map(_render, view.lines), more], className="sc regions", style=room)

    def heading(self, scope: Scope) -> str:
        return heading(scope, _TITLE[scope.child])

    def page(self, scope: Scope) -> str:
        return scope.link_to(REGIONS, theme="")


def _unnamed(scope: Scope, results: Mapping[str, Result]) -> frozenset[str]:
    """The reps at risk, whom a wall does not name."""
    if scope.child != "rep" or scope.settings.wall_names_at_risk:
        return frozenset()
    reps = results["tiers"].rows
    return frozenset(rep["rep"] for rep in reps if rep["rep"] is not None and rep[tier_key(scope)] == Tier.AT_RISK)


def _line(scope: Scope, row: Row, result: Result, scale: Scale, largest: Any) -> Line:
    key = scope.measure
    lags = bool(level_of(row[f"{key}_lag"]))
    gap = scope.number.scaled(row[f"{key}_gap"], scale, signed=True)
    name = name_of(scope, row, result)
    said = standing(scope, row, key=key, name=name, limit=SCALE, gap=gap, lags=lags, missing=result.missing, largest=largest)
    return Line(lags=lags, standing=said)


def _expected(scope: Scope, rows: list[Row]) -> tuple[str, float] | None:
    """The share that is due by now, where it is the same for all that have a target."""
    dues = [row[f"{scope.measure}_expected_share"] for row in rows if row[f"{scope.measure}_expected_share"] is not None]
    said = {scope.number.share(due) for due in dues}
    if not said or not scope.is_running:
        return None
    at = round(min(max(float(sum(dues) / len(dues)), 0.0), SCALE) / SCALE, 4)
    return (scope.text("expected {share}", share=said.pop()) if len(said) == 1 else scope.text("expected by today")), at


def _render(line: Line) -> Any:
    said = line.standing
    return html.Div(
        [
            html.Span(said.name, className="nm", style=letters(said.name)),
            parts.bullet(said.bar) if said.bar else html.Span(said.why, className="why"),
            figure(said.done, "pc"),
            html.Span([sign(said.sign), said.gap], className=f"gap {said.judgement}", style=letters(said.gap, "  ")),
        ],
        className="r lag" if line.lags else "r",
    )
