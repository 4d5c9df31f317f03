"""How many reps are at risk, on the way and have achieved, and the best by name; nobody at risk is, unless the setting says so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from layouts import html
from layouts.figures import wide
from layouts.panels import progress
from layouts.panels.progress import Row
from layouts.panels.reps import Reps as Panel
from layouts.panels.reps import empty_of, rate_key, reps_of, tier_key, who
from layouts.parts import Judgement
from layouts.text import N_
from layouts.urls import OVERVIEW, Scope
from layouts.wall.standing import Figure, figure, heading, letters, share
from layouts.wall_words import missing as nothing
from metrics.query import Query, Result
from metrics.tiers import Tier

NAMED: Final = 12
"""Names that can be read from five metres, in two columns; half of them where those at risk are named too."""
WIDE: Final = 14
FEWER: Final = 4
"""From more letters on a name takes the whole width: half as many stand in one list, and so many in each of two."""
_INK: Final[dict[Tier, Judgement]] = {Tier.ACHIEVED: "good", Tier.ON_THE_WAY: "dim", Tier.AT_RISK: "bad"}
_EDGE: Final = {Tier.ACHIEVED: N_("{rate} and above"), Tier.ON_THE_WAY: N_("from {rate}"), Tier.AT_RISK: N_("below {rate}")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How many reps a tier has; ``length``: of its bar, the largest tier being 1."""

    number: str
    name: str
    edge: str
    length: float
    judgement: Judgement


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    name: str
    rate: Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """``edge``: from or up to where, empty where two lists share the room; ``more``: how many of them are not named, in words."""

    title: str
    edge: str
    people: tuple[Person, ...]
    more: str
    judgement: Judgement


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """``basis``: by which rate, and how many have none. ``lists``: empty where nobody is to be named; ``empty`` else None.

    ``is_wide``: names are long and take the whole width.
    """

    counts: tuple[Count, ...] = ()
    basis: str = ""
    lists: tuple[Names, ...] = ()
    nobody: str = ""
    empty: tuple[str, str] | None = None
    is_wide: bool = False


class Reps:
    name = "reps"
    title = N_("Rep tiers, {measure}")

    def needs(self, scope: Scope) -> Mapping[str, Query]:
        return {"reps": Panel().needs(scope)["reps"]}

    def view(self, scope: Scope, results: Mapping[str, Result]) -> View:
        text, rows, rate = scope.text, reps_of(results), rate_key(scope)
        tiered = [row for row in rows if row[tier_key(scope)] is not None]
        if not tiered:
            reason = empty_of(scope, rows, results["reps"].missing.get(scope.measure))
            return View(empty=reason)
        by_tier = {tier: [row for row in tiered if row[tier_key(scope)] == tier] for tier in _INK}
        largest = max(map(len, by_tier.values()))
        without = len(rows) - len(tiered)
        basis = [text("{n} reps by pace", n=len(tiered)) if rate.endswith("_pace") else text("{n} reps by completion", n=len(tiered))]
        if without:
            basis.append(text("{n} without target or with nothing due", n=without))
        lists, is_wide = _lists(scope, results, by_tier)
        return View(
            counts=tuple(_count(scope, tier, len(found), largest) for tier, found in by_tier.items()),
            basis="\N{NO-BREAK SPACE}· ".join(basis),
            lists=lists,
            is_wide=is_wide,
            nobody=text("Nobody has reached {rate} yet", rate=_edge(scope, Tier.ACHIEVED)),
        )

    def render(self, view: View) -> Any:
        if view.empty:
            return nothing(*view.empty)
        longest = letters(max((count.number for count in view.counts), key=len))
        counts = html.Div([*map(_render_count, view.counts), html.P(view.basis)], className="tiers", style=longest)
        lists = [_render_names(names) for names in view.lists] or [html.P(view.nobody, className="nobody")]
        shape = " ".join(("named", *(["two"] if len(lists) > 1 else []), *(["wide"] if view.is_wide else [])))
        return html.Section([counts, html.Div(lists, className=shape)], className="sc reps")

    def heading(self, scope: Scope) -> str:
        return heading(scope, self.title)

    def page(self, scope: Scope) -> str:
        return scope.link_to(OVERVIEW, theme="")


def _edge(scope: Scope, tier: Tier) -> str:
    edge = scope.settings.tier_achieved if tier == Tier.ACHIEVED else scope.settings.tier_risk
    return scope.number.share(edge, digits=0)


def _count(scope: Scope, tier: Tier, n: int, largest: int) -> Count:
    return Count(
        number=scope.number.count(n),
        name=progress.tier_word(scope, tier),
        edge=scope.text(_EDGE[tier], rate=_edge(scope, tier)),
        length=round(n / largest, 4),
        judgement=_INK[tier],
    )


def _lists(scope: Scope, results: Mapping[str, Result], by_tier: Mapping[Tier, Sequence[Row]]) -> tuple[tuple[Names, ...], bool]:
    """Who has achieved, the best first; where the setting says so also who is at risk, the worst first; and whether names are long."""
    rate, at_risk = rate_key(scope), scope.settings.wall_names_at_risk
    found = {Tier.ACHIEVED: sorted(by_tier[Tier.ACHIEVED], key=lambda row: row[rate], reverse=True)}
    if at_risk:
        found[Tier.AT_RISK] = sorted(by_tier[Tier.AT_RISK], key=lambda row: row[rate])
    listed = {tier: rows for tier, rows in found.items() if rows}
    most = NAMED // 2 if Tier.AT_RISK in listed else NAMED
    is_wide = any(wide(who(scope, results, row)[0]) > WIDE for rows in listed.values() for row in rows[:most])
    if is_wide:
        most = FEWER if len(listed) > 1 else NAMED // 2
    lists = tuple(
        Names(
            title=progress.tier_word(scope, tier),
            edge="" if len(listed) > 1 else scope.text(_EDGE[tier], rate=_edge(scope, tier)),
            people=tuple(Person(name=who(scope, results, row)[0], rate=share(row[rate], scope)) for row in rows[:most]),
            more=scope.text("… and {n} more", n=len(rows) - most) if len(rows) > most else "",
            judgement=_INK[tier],
        )
        for tier, rows in listed.items()
    )
    return lists, is_wide


def _render_count(count: Count) -> Any:
    return html.Div(
        [
            html.B(count.number),
            html.Span(count.name, className="nm"),
            html.Span(count.edge, className="q"),
            html.I(style={"--a": count.length}, className="bar"),
        ],
        className=f"tier {count.judgement}",
    )


def _render_names(names: Names) -> Any:
    people = [
        html.Div([html.Span(p.name, className="nm", style=letters(p.name)), figure(p.rate, "pc")], className="who") for p in names.people
    ]
    more = html.Div(names.more, className="more") if names.more else None
    return html.Div(
        [html.H2([names.title, " ", html.Span(names.edge)], className=names.judgement), html.Div(people, className="people"), more],
        className="list",
    )
