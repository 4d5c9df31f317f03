"""Completion against cash: one mark a rep, how well it sells across and how much of what it is owed is overdue upwards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from layouts import html, parts
from layouts.panel import Table
from layouts.panels import progress
from layouts.panels.quadrant_plot import Place, Plot, plot_of, render
from layouts.text import N_
from layouts.urls import Scope
from metrics.catalog import Unit
from metrics.quadrant import MEASURE, NOTABLE, ZERO, CompletionCash, RepStanding, Standings
from metrics.tiers import Tier

NAMED: Final = 3
"""Reps that are named before the rest is counted."""
LISTED: Final = 6
"""Reps that cannot be placed who are named before the rest is left to the pointer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """``named``: who sells well while the cash is late, in words, each with an address; ``notes``: who is not placed, short and in full."""

    title: str
    caption: str
    finding: str
    named: tuple[tuple[str, str], ...]
    more: str
    label: str
    plot: Plot | None
    notes: tuple[tuple[str, str], ...]
    empty: tuple[str, str]


class Quadrant:
    name = "quadrant"
    title = N_("Completion against cash")

    def needs(self, scope: Scope) -> Mapping[str, CompletionCash]:
        return {} if _unasked(scope) else {"reps": question(scope)}

    def view(self, scope: Scope, results: Mapping[str, Standings]) -> View:
        text, found = scope.text, results.get("reps")
        placed = _placed(found)
        plot = _plot(scope, found, placed) if found and placed else None
        return View(
            title=text(self.title),
            caption=_caption(scope, found, len(placed)) if found and placed else "",
            finding=_finding(scope, found) if found and placed else "",
            named=tuple((_said(scope, found, rep), scope.link(rep=rep.key)) for rep in found.unpaid[:NAMED]) if found else (),
            more=text("and {n} more", n=len(found.unpaid) - NAMED) if found and len(found.unpaid) > NAMED else "",
            label=_label(scope, found, len(placed)) if found else "",
            plot=plot,
            notes=_notes(scope, found) if found else (),
            empty=_empty(scope, found),
        )

    def render(self, view: View) -> Any:
        head = parts.card_header(view.title, view.caption)
        notes = [html.P(short, className="cap note", title=full) for short, full in view.notes]
        if view.plot is None:
            return parts.card(head, parts.nothing(*view.empty), *notes, label=view.title)
        said = [html.Li(html.A(words, href=href)) for words, href in view.named]
        more = [html.Li(view.more, className="cap")] if view.more else []
        found = html.Div([html.B(view.finding), html.Ul([*said, *more]) if said else None], className="found")
        return parts.card(head, found, render(view.plot, view.label), *notes, class_name="quad", label=view.title)

    def table(self, scope: Scope, results: Mapping[str, Standings]) -> Table | None:
        text, number, found = scope.text, scope.number, results.get("reps")
        if found is None:
            return None
        late = {rep.key for rep in found.unpaid}
        ranked = sorted(found.reps, key=lambda rep: (rep.key not in late, -rep.owed.over_90, rep.key))
        scale = number.scale([v for rep in ranked for v in (rep.owed.open, rep.owed.overdue)])
        raw, rows = [], []
        for rep in ranked:
            owed, who, said = rep.owed, _who(scope, found, rep.key), text("yes") if rep.key in late else ""
            tier = progress.tier_word(scope, rep.tier) if rep.tier else None
            raw.append((*who, rep.rate, tier, owed.open, owed.overdue, owed.overdue_rate, owed.over_90, owed.over_90_rate, said))
            rates = number.share(owed.overdue_rate), number.share(owed.over_90_rate)
            amounts = [number.scaled(amount, scale) for amount in (owed.open, owed.overdue, owed.over_90)]
            rows.append((*who, number.share(rep.rate), number.of(tier, Unit.WORD), *amounts[:2], rates[0], amounts[2], rates[1], said))
        columns = (
            text("Rep"),
            text("Area"),
            _rate_word(scope, found),
            text("Tier"),
            text("Receivables"),
            text("Overdue"),
            text("Overdue rate"),
            text("Over 90 days"),
            text("Share over 90 days"),
            text("Sold, not paid"),
        )
        return Table(
            text("Completion against cash, {unit}, {day}", unit=scale.caption, day=number.day(found.query.cut)),
            columns,
            tuple(rows),
            tuple(raw),
        )

    def method(self, scope: Scope) -> Sequence[str]:
        text, share = scope.text, scope.number.share(NOTABLE, digits=0)
        return (
            text(
                "Across stands the rate that tiers a rep on sales amount: pace while the period runs, completion once it is over. "
                "Upwards stands the overdue part of what is open with the rep's customers, without unapplied cash."
            ),
            text(
                "Named is who reaches {rate} and has cash that is over 90 days late: either a larger share of what is open than the "
                "company, or more money than a rep has on average. The largest amounts come first.",
                rate=share,
            ),
        )


def question(scope: Scope) -> CompletionCash:
    return CompletionCash(period=scope.period, as_of=scope.as_of, where=scope.where, by_completion=progress.by_completion(scope))


def _unasked(scope: Scope) -> str:
    """Why reps cannot be placed for what is filtered by; empty where they can."""
    if not scope.can_ask("overdue_rate", "rep"):
        return scope.text("Invoices say nothing of product categories, so what is owed to a rep is not known by category.")
    if not scope.can_ask(f"{MEASURE}_target", "rep"):
        return scope.text("No targets are set by customer or segment, so reps cannot be compared there.")
    return ""


def _placed(found: Standings | None) -> tuple[RepStanding, ...]:
    return tuple(rep for rep in found.reps if rep.is_placed) if found else ()


def _who(scope: Scope, found: Standings, key: str) -> tuple[str, str]:
    """Name and area: the one the rep belongs to now."""
    member = found.members["rep"].get(key)
    area = found.members["area"].get(member.parent) if member and member.parent else None
    return (member.label(scope.language) if member else key), (area.label(scope.language) if area else "")


def _rate_word(scope: Scope, found: Standings) -> str:
    return scope.text("Pace") if found.query.rate.endswith("_pace") else scope.text("Completion")


def _caption(scope: Scope, found: Standings, count: int) -> str:
    return scope.text(
        "{n} reps: {rate} across, overdue share upwards, {day}",
        n=count,
        rate=_rate_word(scope, found),
        day=scope.number.day(found.query.cut, "short"),
    )


def _label(scope: Scope, found: Standings, count: int) -> str:
    said = scope.text("; ").join(_said(scope, found, rep) for rep in found.unpaid[:NAMED])
    return scope.text("{what}: {said}", what=_caption(scope, found, count), said=said or _finding(scope, found))


def _finding(scope: Scope, found: Standings) -> str:
    rate = scope.number.share(NOTABLE, digits=0)
    if not found.unpaid:
        return scope.text("Nobody at {rate} or above has unusually much cash over 90 days late", rate=rate)
    return scope.text("{n} reps at {rate} or above have cash over 90 days late", n=len(found.unpaid), rate=rate)


def _said(scope: Scope, found: Standings, rep: RepStanding) -> str:
    """``Luo Rui: 118.2% of pace, ¥2.1 M over 90 days``."""
    values: dict[str, Any] = {
        "name": _who(scope, found, rep.key)[0],
        "rate": scope.number.share(rep.rate),
        "amount": scope.number.money(rep.owed.over_90),
    }
    if found.query.rate.endswith("_pace"):
        return scope.text("{name}: {rate} of pace, {amount} over 90 days", **values)
    return scope.text("{name}: {rate} of target, {amount} over 90 days", **values)


def _notes(scope: Scope, found: Standings) -> tuple[tuple[str, str], ...]:
    """Who is not placed: how many and who; the second text of each names them all."""
    rateless = [rep for rep in found.reps if rep.tier is None]
    cashless = [rep for rep in found.reps if rep.tier is not None and not rep.is_placed]
    notes = []
    for reps, several in ((rateless, _RATELESS), (cashless, _CASHLESS)):
        if reps:
            names = [_who(scope, found, rep.key)[0] for rep in reps]
            listed = scope.text(", ").join(names[:LISTED]) + (" …" if len(names) > LISTED else "")
            notes.append((scope.text(several, n=len(names), names=listed), scope.text(", ").join(names)))
    return tuple(notes)


_RATELESS: Final = N_("{n} reps without target or with nothing due yet: {names}")
_CASHLESS: Final = N_("{n} reps without receivables: {names}")


def _empty(scope: Scope, found: Standings | None) -> tuple[str, str]:
    text = scope.text
    if found is None:
        return text("Reps cannot be placed here"), _unasked(scope)
    if "owed" in found.missing:
        return text("No receivables to show"), progress.why(scope, "open", found.missing["owed"])
    if "rate" in found.missing:
        return text("No rep can be placed yet"), progress.why(scope, MEASURE, found.missing["rate"])
    return text("No rep can be placed yet"), text("A rep is placed once it has a target of which some is due, and receivables.")


def _plot(scope: Scope, found: Standings, placed: Sequence[RepStanding]) -> Plot:
    plan, company = scope.snapshot.plan("plan_overdue_rate"), found.company.overdue_rate
    message = N_("Company {rate}") if plan is None else N_("Plan {rate}")
    line = company if plan is None else plan
    late = {rep.key: i for i, rep in enumerate(found.unpaid)}
    link = scope.links("rep")
    places = [
        Place(
            rate=rep.rate or ZERO,
            overdue=rep.owed.overdue_rate or ZERO,
            tier=Tier(rep.tier or ""),
            late=rep.key in late,
            name=_who(scope, found, rep.key)[0] if late.get(rep.key, NAMED) < NAMED else "",
            text=_pointed(scope, found, rep),
            href=link(rep.key),
        )
        for rep in placed
    ]
    return plot_of(scope, places, line, scope.text(message, rate=scope.number.share(line)) if line is not None else "")


def _pointed(scope: Scope, found: Standings, rep: RepStanding) -> str:
    """What the pointer and a reader are told of a mark."""
    overdue = scope.text("{rate} overdue", rate=scope.number.share(rep.owed.overdue_rate))
    return scope.text("{said}, {overdue}", said=_said(scope, found, rep), overdue=overdue)
