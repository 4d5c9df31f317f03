"""Who moves a gap most, along one dimension: those that add to it, those that pull the other way, and all others together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from layouts import causes, html, parts
from layouts.panel import Table
from layouts.panels import bridge, progress
from layouts.parts import Judgement, Value
from layouts.text import N_
from layouts.urls import Scope
from metrics.drivers import Step
from metrics.why import Explanation, Why

NAMED: Final = 7
"""How many are named: those that moved most, whichever way."""
_MOST_SHARE: Final = 2
"""Where a part is more than so many times the gap, the gap is what is left of larger ones, and is not shared out."""
_TITLES: Final = {
    "region": N_("Largest contributors: regions"),
    "area": N_("Largest contributors: areas"),
    "rep": N_("Largest contributors: reps"),
    "customer": N_("Largest contributors: customers"),
    "segment": N_("Largest contributors: segments"),
    "category": N_("Largest contributors: categories"),
    "product": N_("Largest contributors: products"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """``left`` and ``width``: where its bar lies in percent, to the left of zero or to the right."""

    name: str
    href: str
    left: float
    width: float
    amount: str
    share: Value
    judgement: Judgement


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    title: str
    caption: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    zero: float
    drivers: tuple[tuple[str, str], ...]
    """What explains the gap, and the way down to it: words and addresses."""
    empty: tuple[str, str]


class Contributors:
    name = "contributors"
    title = N_("Largest contributors")

    def needs(self, scope: Scope) -> Mapping[str, Why]:
        return {"why": causes.question(scope)} if causes.can_explain(scope) else {}

    def view(self, scope: Scope, results: Mapping[str, Explanation]) -> View:
        text, found = scope.text, results.get("why")
        dimension = _dimension(scope, found) if found else ""
        steps = found.whole.steps.get(dimension, ()) if found else ()
        rows, zero, unit = _rows(scope, found, steps) if found and found.whole.gap else ((), 0.0, "")
        return View(
            title=text(_TITLES[dimension] if dimension else self.title),
            caption=text("{unit}, share of the gap", unit=unit) if rows else "",
            columns=(text("Contributor"), text("Gap"), text("Share")),
            rows=rows,
            zero=zero,
            drivers=_said(scope, found) if found else (),
            empty=_empty(scope, found),
        )

    def render(self, view: View) -> Any:
        head = parts.card_header(view.title, view.caption)
        if not view.rows:
            return parts.card(head, parts.nothing(*view.empty), label=view.title)
        names = html.Tr(
            [
                html.Th(view.columns[0], scope="col", className="l"),
                html.Td(className="bars"),
                *(html.Th(n, scope="col") for n in view.columns[1:]),
            ]
        )
        body = html.Table([html.Thead(names), html.Tbody([_render(row, view.zero) for row in view.rows])], className="tb contributors")
        said = [html.Li(html.A(words, href=href) if href else words) for words, href in view.drivers]
        return parts.card(head, body, html.Ul(said, className="drivers cap") if said else None, label=view.title)

    def table(self, scope: Scope, results: Mapping[str, Explanation]) -> Table | None:
        """Every member of the dimension, not only the largest."""
        found, text = results.get("why"), scope.text
        if found is None or not found.whole.gap:
            return None
        dimension, unit, gap = _dimension(scope, found), progress.unit_of(scope.measure), found.whole.gap
        if not dimension:
            return None
        steps = found.whole.steps[dimension]
        shared = _is_shared(gap, [s.gap for s in steps])
        raw = tuple(
            (causes.member_name(scope, found, dimension, s.key), s.base, s.actual, s.gap, s.gap / gap if shared else None) for s in steps
        )
        shown = tuple(
            (
                name,
                *(scope.number.of(v, unit) for v in (base, actual)),
                scope.number.of(moved, unit, signed=True),
                scope.number.share(share),
            )
            for name, base, actual, moved, share in raw
        )
        columns = (text("Contributor"), text("Base"), text("Actual"), text("Gap"), text("Share"))
        return Table(text(_TITLES[dimension]), columns, shown, raw)

    def method(self, scope: Scope) -> Sequence[str]:
        return bridge.Bridge().method(scope)


def _empty(scope: Scope, found: Explanation | None) -> tuple[str, str]:
    """There is no gap, or nobody to lay it to."""
    text = scope.text
    if found and (why := causes.unexplained(scope, found, _dimension(scope, found))):
        return text("Nobody to name for {place}", place=scope.place), why
    return text("There is no gap to explain for {place}", place=scope.place), text("Choose another comparison, measure or period.")


def _dimension(scope: Scope, found: Explanation) -> str:
    """Along which the first-named driver stands, else the one whose few members carry most of the gap."""
    steps, drivers = found.whole.steps, found.whole.drivers
    if drivers and drivers[0].dimension in steps:
        return drivers[0].dimension
    if drivers and drivers[0].cause.endswith("customers") and "customer" in steps:
        return "customer"
    if drivers and drivers[0].cause.endswith("products") and "product" in steps:
        return "product"
    return scope.child if scope.child in steps else next(iter(steps), "")


def _rows(scope: Scope, found: Explanation, steps: Sequence[Step]) -> tuple[tuple[Row, ...], float, str]:
    gap = found.whole.gap
    assert gap
    number, unit = scope.number, progress.unit_of(scope.measure)
    moved = sorted((s for s in steps if s.gap), key=lambda s: -abs(s.gap))
    named, rest = moved[:NAMED], moved[NAMED:]
    if len(rest) == 1:  # one more takes no more room than "1 other"
        named, rest = moved, []
    scale = number.scale([*(s.gap for s in named), sum((s.gap for s in rest), Decimal(0))], unit)
    named = sorted(named, key=lambda s: (number.is_nothing(s.gap, scale), (s.gap < 0) != (gap < 0)))  # each part keeps the largest first
    told = [(causes.member_name(scope, found, s.dimension, s.key), s.gap, scope.into(s.dimension, s.key) if s.key else "") for s in named]
    if rest:
        told.append((scope.text("{n} others", n=len(rest)), sum((s.gap for s in rest), Decimal(0)), ""))
    shared = _is_shared(gap, [amount for _, amount, _ in told])
    amounts = [Decimal(0), *(amount for _, amount, _ in told)]
    low, high = min(amounts), max(amounts)
    span = (high - low) or Decimal(1)
    rows = tuple(
        Row(
            name=name,
            href=href,
            left=round(float((min(amount, Decimal(0)) - low) / span * 100), 3),
            width=round(float(abs(amount) / span * 100), 3),
            amount=scope.number.scaled(amount, scale, signed=True),
            share=Value(scope.number.part(amount / gap))
            if shared
            else Value(scope.number.share(None), scope.text("The gap is small beside its parts; their shares of it would say nothing")),
            judgement="dim" if number.is_nothing(amount, scale) else "bad" if amount < 0 else "good",
        )
        for name, amount, href in told
    )
    return rows, round(float(-low / span * 100), 3), scale.caption


def _is_shared(gap: Decimal, amounts: Sequence[Decimal]) -> bool:
    return all(abs(amount) <= _MOST_SHARE * abs(gap) for amount in amounts)


def _said(scope: Scope, found: Explanation) -> tuple[tuple[str, str], ...]:
    """The drivers, strongest first, and the drill path."""
    said = [
        (_sentence(causes.explains(scope, found, found.whole, driver)), _link(scope, driver.dimension, driver.key))
        for driver in found.whole.drivers[:3]
    ]
    path = [step for step in found.whole.path if step.key is not None]
    if len(path) > 1:
        names = " › ".join(causes.member_name(scope, found, step.dimension, step.key) for step in path)
        changes = {step.dimension: step.key for step in path}
        said.append((scope.text("Drill path: {path}", path=names), scope.link(**changes)))
    return tuple(said)


def _link(scope: Scope, dimension: str, key: str | None) -> str:
    return scope.into(dimension, key) if dimension and key else ""


def _sentence(said: str) -> str:
    return said[:1].upper() + said[1:]


def _render(row: Row, zero: float) -> Any:
    bar = html.Td(
        html.Div(
            [
                html.I(className="zero", style={"left": f"{zero}%"}),
                html.I(className=f"bar {row.judgement}", style={"left": f"{row.left}%", "width": f"{row.width}%"}),
            ],
            className="track",
        ),
        className="bars",
    )
    name: Any = html.A(row.name, href=row.href) if row.href else row.name
    return html.Tr(
        [html.Th(name, scope="row", className="l"), bar, html.Td(row.amount, className=row.judgement), html.Td(parts.value(row.share))]
    )
