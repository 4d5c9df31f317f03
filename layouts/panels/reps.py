"""Who is at risk, on the way, or has achieved: every rep on the rate that tiers, the largest gaps and the best."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from layouts import figures, html, parts
from layouts.figures import Swarm
from layouts.format import Scale
from layouts.panel import Table
from layouts.panels import progress
from layouts.panels.kpis import five
from layouts.panels.progress import Row
from layouts.panels.swarm import HEIGHT, Place, swarm_of
from layouts.parts import Chip, ChipKind, Judgement, Value
from layouts.text import N_
from layouts.tools import icon
from layouts.urls import REGIONS, Scope
from metrics.catalog import Unit
from metrics.query import Missing, Query, Result
from metrics.tiers import Tier

LISTED: Final = 5
"""Rows of a list; app.css hides the last ones where the page is low."""
NAMED: Final = 6
"""Reps without a tier that are named before the rest is counted."""
_CHIPS: Final[tuple[tuple[Tier, ChipKind, str], ...]] = (
    (Tier.AT_RISK, "risk", N_("{n} at risk, below {rate}")),
    (Tier.ON_THE_WAY, "way", N_("{n} on the way")),
    (Tier.ACHIEVED, "achieved", N_("{n} achieved")),
)


@dataclass(frozen=True, slots=True)
class Choice:
    """One side of the switch between the two rates."""

    text: str
    href: str
    hint: str
    current: bool


@dataclass(frozen=True, slots=True)
class Person:
    name: str
    href: str
    area: str
    pace: Value
    done: Value
    gap: Value
    judgement: Judgement


@dataclass(frozen=True, slots=True)
class Ranking:
    """A short list; ``judgement`` colours its title."""

    title: str
    icon: str
    judgement: Judgement
    people: tuple[Person, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """``by_pace``: pace is the rate that tiers, else completion. ``columns``: the headings of pace, completion and gap."""

    title: str
    caption: str
    chips: tuple[Chip, ...]
    choices: tuple[Choice, ...]
    by_pace: bool
    label: str
    swarm: Swarm | None
    columns: tuple[str, str, str]
    rankings: tuple[Ranking, ...]
    note: str
    note_in_full: str
    empty: tuple[str, str] | None
    theme: str


class Reps:
    name = "reps"
    title = N_("Rep tiers")

    def needs(self, scope: Scope) -> Mapping[str, Query]:
        key = scope.measure
        kinds = ("target", "completion", "pace", "gap", "status", "tier_full" if progress.by_completion(scope) else "tier")
        return {
            "reps": progress.query(scope, (key, *(f"{key}_{kind}" for kind in kinds)), by=("rep",), order=f"{key}_gap"),
            "five": five(scope),
        }

    def view(self, scope: Scope, results: Mapping[str, Result]) -> View:
        text, number = scope.text, scope.number
        rows = reps_of(results)
        tiered = tuple(row for row in rows if row[tier_key(scope)] is not None)
        scale = _scale(scope, rows)
        by_pace = rate_key(scope).endswith("_pace")
        rate = text("pace") if by_pace else text("completion")
        chips = tuple(
            Chip(
                kind,
                text(message, n=sum(row[tier_key(scope)] == tier for row in tiered), rate=number.share(scope.settings.tier_risk, digits=0)),
            )
            for tier, kind, message in _CHIPS
        )
        note, in_full = _left_out(scope, results, [row for row in rows if row[tier_key(scope)] is None])
        return View(
            title=text(self.title),
            caption=text("{n} reps by {rate}, {unit}", n=len(tiered), rate=rate, unit=scale.caption) if tiered else "",
            chips=chips if tiered else (),
            choices=_choices(scope) if scope.is_running and tiered else (),
            by_pace=by_pace,
            label=text("{n} reps along their {rate}: ", n=len(tiered), rate=rate) + ", ".join(chip.text for chip in chips),
            swarm=_swarm(scope, results, tiered) if tiered else None,
            columns=(text("Pace"), text("Done"), text("Gap")),
            rankings=_rankings(scope, results, tiered, scale),
            note=note,
            note_in_full=in_full,
            empty=None if tiered else empty_of(scope, rows, results["reps"].missing.get(scope.measure)),
            theme=scope.theme,
        )

    def render(self, view: View) -> Any:
        aside = [html.Div([parts.chip(chip) for chip in view.chips], className="chips")] if view.chips else []
        head = parts.card_header(view.title, view.caption, *aside)
        note = html.P(view.note, className="cap note", title=view.note_in_full) if view.note else None
        if view.swarm is None:
            return parts.card(head, parts.nothing(*(view.empty or ())), note, label=view.title)
        chart = parts.drawing(self.name, figures.swarm(view.swarm, view.theme, plot_height=HEIGHT), view.label)
        lists = html.Div([_render_choices(view), *(_render_ranking(ranking, view) for ranking in view.rankings)], className="rankings")
        return parts.card(head, html.Div([html.Div([chart, note], className="plot"), lists], className="row2 reps"), label=view.title)

    def table(self, scope: Scope, results: Mapping[str, Result]) -> Table:
        text, number, key = scope.text, scope.number, scope.measure
        rows = reps_of(results)
        scale = scope.number.scale([v for row in rows for v in (row[key], row[f"{key}_target"])], progress.unit_of(key))
        raw = tuple(
            (
                *who(scope, results, row),
                row[key],
                row[f"{key}_target"],
                row[f"{key}_pace"],
                row[f"{key}_completion"],
                row[f"{key}_gap"],
                progress.tier_word(scope, tier) if (tier := row[tier_key(scope)]) else None,
            )
            for row in rows
        )
        shown = tuple(
            (
                name,
                area,
                number.scaled(actual, scale),
                number.scaled(target, scale),
                number.share(pace),
                number.share(done),
                number.scaled(gap, scale, signed=True),
                number.of(tier, Unit.WORD),
            )
            for name, area, actual, target, pace, done, gap, tier in raw
        )
        columns = (
            text("Rep"),
            text("Area"),
            text("Actual"),
            text("Target"),
            text("Pace"),
            text("Completion"),
            text("Gap to pace"),
            text("Tier"),
        )
        caption = text(
            "{measure}, {unit}, {period}", measure=progress.name_of(scope, key), unit=scale.caption, period=number.period(scope.period)
        )
        return Table(caption, columns, shown, raw)


def tier_key(scope: Scope) -> str:
    return f"{scope.measure}_{'tier_full' if progress.by_completion(scope) else 'tier'}"


def rate_key(scope: Scope) -> str:
    """The rate that tiers: pace while the period runs, unless completion was asked for."""
    return f"{scope.measure}_{'pace' if scope.is_running and not progress.by_completion(scope) else 'completion'}"


def reps_of(results: Mapping[str, Result]) -> tuple[Row, ...]:
    """Largest gap first; facts of nobody are no rep."""
    return tuple(row for row in results["reps"].rows if row["rep"] is not None)


def who(scope: Scope, results: Mapping[str, Result], row: Row) -> tuple[str, str]:
    """Name and area: the one the rep belongs to now."""
    reps = results["reps"]
    member = reps.members.get("rep", {}).get(row["rep"])
    area = reps.label("area", member.parent, scope.language) if member and member.parent else ""
    return reps.label("rep", row["rep"], scope.language), area


def _scale(scope: Scope, rows: Sequence[Row]) -> Scale:
    return scope.number.scale([row[f"{scope.measure}_gap"] for row in rows], progress.unit_of(scope.measure))


def _choices(scope: Scope) -> tuple[Choice, ...]:
    text, completion = scope.text, progress.by_completion(scope)
    return (
        Choice(text("Pace"), scope.link(tier=""), text("Tier by pace: what is done of the target due by now"), not completion),
        Choice(text("Completion"), scope.link(tier="completion"), text("Tier by completion: what is done of the full target"), completion),
    )


def _person(scope: Scope, results: Mapping[str, Result], row: Row, scale: Scale) -> Person:
    number, key = scope.number, scope.measure
    name, area = who(scope, results, row)
    return Person(
        name,
        scope.link_to(REGIONS, rep=row["rep"]),
        area,
        Value(number.share(row[f"{key}_pace"]), "" if row[f"{key}_pace"] is not None else scope.text("Nothing due yet")),
        Value(number.share(row[f"{key}_completion"])),
        Value(number.scaled(row[f"{key}_gap"], scale, signed=True), "" if row[f"{key}_gap"] is not None else scope.text("Nothing due yet")),
        progress.judgement(row[f"{key}_status"]),
    )


def _rankings(scope: Scope, results: Mapping[str, Result], tiered: tuple[Row, ...], scale: Scale) -> tuple[Ranking, ...]:
    gap, rate = f"{scope.measure}_gap", rate_key(scope)
    behind = [row for row in tiered if row[gap] is not None and row[gap] < 0][:LISTED]
    best = sorted((row for row in tiered if row[tier_key(scope)] != Tier.AT_RISK), key=lambda row: row[rate], reverse=True)[:LISTED]
    title = scope.text("Best pace") if rate.endswith("_pace") else scope.text("Best completion")
    lists = (
        Ranking(scope.text("Largest gaps"), "flag", "bad", tuple(_person(scope, results, row, scale) for row in behind)),
        Ranking(title, "check-lg", "good", tuple(_person(scope, results, row, scale) for row in best)),
    )
    return tuple(ranking for ranking in lists if ranking.people)


def _left_out(scope: Scope, results: Mapping[str, Result], rows: Sequence[Row]) -> tuple[str, str]:
    """Reps that get no tier: how many and who; the second text names them all."""
    if not rows:
        return "", ""
    names = [who(scope, results, row)[0] for row in rows]
    listed = scope.text(", ").join(names[:NAMED])
    if len(names) > NAMED:
        said = scope.text("{n} reps without target or with nothing due yet: {names} …", n=len(names), names=listed)
    else:
        said = scope.text("{n} reps without target or with nothing due yet: {names}", n=len(names), names=listed)
    return said, scope.text(", ").join(names)


def empty_of(scope: Scope, rows: Sequence[Row], missing: Missing | None) -> tuple[str, str]:
    text, name, period = scope.text, progress.name_of(scope, scope.measure), scope.number.period(scope.period)
    if any(row[f"{scope.measure}_target"] for row in rows):
        reason = (
            progress.why(scope, scope.measure, missing)
            if missing
            else text("Nothing of the targets for {period} is due yet", period=period)
        )
        return text("No rep can be placed yet"), reason
    if rows:
        return text("No rep has a target for {measure}", measure=name), text("Tiers compare each rep with a target of their own.")
    return text("No rep to place in {place}", place=scope.place), text("{period}: no sale or target names a rep.", period=period)


def _swarm(scope: Scope, results: Mapping[str, Result], tiered: tuple[Row, ...]) -> Swarm:
    number, key, link = scope.number, scope.measure, scope.links_to(REGIONS, "rep")
    places = []
    for row in tiered:
        name, area = who(scope, results, row)
        said = scope.text(
            "Pace {pace}, completion {done}", pace=number.share(row[f"{key}_pace"]), done=number.share(row[f"{key}_completion"])
        )
        places.append(Place(float(row[rate_key(scope)]), Tier(row[tier_key(scope)]), f"<b>{name}</b> {area}<br>{said}", link(row["rep"])))
    share = results["five"].only()[f"{key}_expected_share"]
    asked = progress.by_completion(scope) and scope.is_running and share is not None
    return swarm_of(scope, places, expected=float(share) if asked else None)


# --- components ---------------------------------------------------------------------------------------------------------


def _render_choices(view: View) -> Any:
    links = [
        html.A(choice.text, href=choice.href, title=choice.hint, **(parts.aria(current="true") if choice.current else {}))
        for choice in view.choices
    ]
    return html.Nav(links, className="seg sm", **parts.aria(label=view.title)) if links else None


def _render_ranking(ranking: Ranking, view: View) -> Any:
    strong = (True, False) if view.by_pace else (False, True)
    title = html.Th([icon(ranking.icon), " ", ranking.title], scope="col", className=f"l b {ranking.judgement}")
    head = html.Tr([title, *(html.Th(name, scope="col") for name in view.columns)])
    rows = [
        html.Tr(
            [
                html.Th(
                    [html.A(person.name, href=person.href, className="who"), " ", html.Span(person.area, className="cap")],
                    scope="row",
                    className="l",
                ),
                html.Td(parts.value(person.pace), className="b" if strong[0] else "dim"),
                html.Td(parts.value(person.done), className="b" if strong[1] else "dim"),
                html.Td(parts.value(person.gap), className=person.judgement),
            ]
        )
        for person in ranking.people
    ]
    return html.Table([html.Thead(head), html.Tbody(rows)], className="people")
