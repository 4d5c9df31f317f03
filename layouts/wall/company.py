"""The company, or a place of it, and its five measures: the one looked at as large as the screen allows, the others beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from layouts import html, parts
from layouts.panels import progress
from layouts.panels.kpis import KEYS, SCALE, five
from layouts.panels.progress import Row
from layouts.parts import Bar
from layouts.text import N_
from layouts.urls import OVERVIEW, Scope
from layouts.wall.standing import Standing, figure, letters, sign, standing
from metrics.query import Query, Result

_LONG: Final = 42
"""From more letters on what the target is takes a second line, and the hero leaves it room."""


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """``gap``: how far the hero is from pace, in money and days; ``expected``: share due by now, and its place on the bar, 0 to 1.

    ``actual`` and ``of``: the value, unless the hero is it, and what it is of or why there is none.
    """

    hero: Standing
    gap: str
    expected: tuple[str, float] | None
    actual: str
    of: str
    others: tuple[Standing, ...]


class Company:
    name = "company"
    title = N_("Company")

    def needs(self, scope: Scope) -> Mapping[str, Query]:
        return {"five": five(scope)}

    def view(self, scope: Scope, results: Mapping[str, Result]) -> View:
        result, key = results["five"], scope.measure
        row = result.only()
        stands = {k: _standing(scope, k, result) for k in KEYS}
        return View(
            hero=stands[key],
            gap=_gap(scope, key, row),
            expected=_expected(scope, row[f"{key}_expected_share"], stands[key].bar),
            actual=scope.number.of(row[key], progress.unit_of(key)) if row[f"{key}_completion"] is not None else "",
            of=_of(scope, key, row),
            others=tuple(stands[k] for k in KEYS if k != key),
        )

    def render(self, view: View) -> Any:
        hero = view.hero
        return html.Section(
            [
                html.Section(
                    [
                        html.Div(hero.name, className="lab"),
                        figure(hero.done, "hero"),
                        _render_gap(view),
                        parts.bullet(hero.bar, "k11") if hero.bar and hero.bar.target else None,
                        html.Div(html.Span(view.expected[0], style={"--e": view.expected[1]}) if view.expected else None, className="bt"),
                        html.Div(
                            [html.B(view.actual), " " if view.actual else None, html.Span(view.of)],
                            className="of",
                            style=letters(view.actual, view.of),
                        ),
                    ]
                ),
                html.Div([_render_other(other) for other in view.others], className="ms"),
            ],
            className="sc company long" if len(view.actual) + len(view.of) > _LONG else "sc company",
        )

    def heading(self, scope: Scope) -> str:
        return scope.place

    def page(self, scope: Scope) -> str:
        return scope.link_to(OVERVIEW, theme="")


def _standing(scope: Scope, key: str, result: Result) -> Standing:
    row = result.only()
    gap = scope.number.of(row[f"{key}_gap"], progress.unit_of(key), signed=True)
    name = progress.name_of(scope, key)
    return standing(scope, row, key=key, name=name, limit=SCALE, gap=gap, missing=result.missing)


def _gap(scope: Scope, key: str, row: Row) -> str:
    """``¥16.6 M · 3.1 days behind``; nothing without a gap."""
    gap, days = row[f"{key}_gap"], row[f"{key}_days"]
    if gap is None:
        return ""
    unit = progress.unit_of(key)
    if days is None:
        return scope.number.of(gap, unit, signed=True)
    said, size = scope.number.of(abs(gap), unit), scope.number.days(days, signed=False)
    if days < 0:
        return scope.text("{gap} · {days} days behind", gap=said, days=size)
    return scope.text("{gap} · {days} days ahead", gap=said, days=size)


def _expected(scope: Scope, due: Any, bar: Bar | None) -> tuple[str, float] | None:
    if due is None or bar is None or bar.expected is None or not scope.is_running:
        return None
    return scope.text("{share} expected", share=scope.number.share(due)), round(bar.expected / SCALE, 4)


def _of(scope: Scope, key: str, row: Row) -> str:
    """``of ¥500.0 M · lands at 97.0%``; without a target that there is none."""
    text, number = scope.text, scope.number
    if row[key] is None:
        return ""
    target, rate = row[f"{key}_target"], row.get(f"{key}_landing_rate")
    if not target:
        return text("no target set for {period}", period=number.period(scope.period))
    said = text("of {target}", target=progress.bare(scope, key, target))
    if rate is None or not scope.is_running:
        return said
    return text("{of} · lands at {rate}", of=said, rate=number.share(rate))


def _render_gap(view: View) -> Any:
    hero = view.hero
    if hero.why:
        return html.Div(hero.why, className="gap dim", style=letters(hero.why))
    return html.Div([sign(hero.sign), view.gap], className=f"gap {hero.judgement}", style=letters(view.gap, "  ")) if view.gap else None


def _render_other(other: Standing) -> Any:
    untold = html.Span(other.why, className="why") if other.why else None
    return html.Div(
        [
            html.Span(other.name, className="nm"),
            figure(other.done, "pc"),
            untold or [parts.bullet(other.bar, "k11") if other.bar and other.bar.target else None, _render_days(other)],
        ],
        className="m",
    )


def _render_days(other: Standing) -> Any:
    return html.Span([sign(other.sign), other.days or other.gap], className=f"dl {other.judgement}")
