"""Why a place is where it is, as a bridge from the base to the actual: horizontal, from zero, each part with its reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, Literal

from layouts import causes, html, parts
from layouts.panel import Table
from layouts.panels import progress
from layouts.parts import Judgement
from layouts.text import N_
from layouts.urls import Scope
from metrics.pace import ratio
from metrics.tiers import is_on_pace
from metrics.why import PLANNED, Explanation, Why

MOST: Final = 6
"""Members that a bridge names; the others stand together."""
_BEHIND_IT: Final = {
    "customers": "customer",
    "products": "product",
    "volume": "customer",
    "price": "product",
    "mix": "product",
    "existing": "customer",
}
_FROM: Final = {
    "expected": N_("Expected by {day}"),
    "target": N_("Target"),
    "py": N_("Previous year"),
    "pp": N_("Previous period"),
}
_AGAINST: Final = {
    "expected": N_("{gap} against expected by {day}"),
    "target": N_("{gap} against the target"),
    "py": N_("{gap} against the previous year"),
    "pp": N_("{gap} against the previous period"),
}
"""The same in a sentence."""
_METHOD: Final = {
    "causes": N_(
        "Customers who bought in one of the two spans only are lost or new. Of those who bought in both, products sold in one span only are"
        " dropped or new. For products sold in both: price = Σ (p₁ − p₀) q₁, volume = the base's worth × (Q₁ ÷ Q₀ − 1), mix is the rest;"
        " margin also has cost, profit also expense. The parts add up to the gap exactly."
    ),
    "payments": N_(
        "Customers who paid in one of the two spans only stand apart from those who paid in both. The parts add up to the gap exactly."
    ),
    "members": N_(
        "Each part is a member's own actual less its own base. A target that no member has is unallocated. The parts add up exactly."
    ),
    "scaled": N_(
        "Targets know neither customers nor products: what they did in the same days of last year is scaled to what is expected now."
    ),
    "drivers": N_(
        "Drivers are ranked by the share of the gap they carry beyond their share of the base; what says the same again is left out."
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """``left`` and ``width``: where its bar lies, in percent of the scale. ``href``: what is behind it."""

    kind: Literal["base", "part", "actual"]
    label: str
    reason: str
    left: float
    width: float
    value: str
    judgement: Judgement
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    title: str
    caption: str
    choices: tuple[tuple[str, str, bool], ...]
    choices_label: str
    rows: tuple[Row, ...]
    note: str
    """How the rate behind the measure moved, and why; or why there are no parts."""
    empty: tuple[str, str]


class Bridge:
    name = "bridge"
    title = N_("Bridge")

    def needs(self, scope: Scope) -> Mapping[str, Why]:
        return {"why": causes.question(scope)} if causes.can_explain(scope) else {}

    def view(self, scope: Scope, results: Mapping[str, Explanation]) -> View:
        text, found = scope.text, results.get("why")
        parts_ = _parts(scope, found) if found else ()
        name, unit = progress.name_of(scope, scope.measure), progress.unit_of(scope.measure)
        rows, scale = _rows(scope, found, parts_) if found and found.whole.gap is not None else ((), scope.number.scale((), unit))
        return View(
            title=_title(scope, found),
            caption=text("{measure}, {unit}, bars from zero", measure=name, unit=scale.caption) if rows else name,
            choices=_choices(scope, found),
            choices_label=text("Parts of the bridge"),
            rows=rows,
            note=_note(scope, found) if found else "",
            empty=_empty(scope, found),
        )

    def render(self, view: View) -> Any:
        links = [html.A(name, href=href, **(parts.aria(current="true") if on else {})) for name, href, on in view.choices]
        aside = [html.Nav(links, className="seg sm", **parts.aria(label=view.choices_label))] if links else []
        head = parts.card_header(view.title, view.caption, *aside)
        if not view.rows:
            return parts.card(head, parts.nothing(*view.empty), label=view.title)
        body = html.Ol([_render(row) for row in view.rows], className="bridge")
        return parts.card(head, body, html.P(view.note, className="cap note") if view.note else None, label=view.title)

    def table(self, scope: Scope, results: Mapping[str, Explanation]) -> Table | None:
        found, text, unit = results.get("why"), scope.text, progress.unit_of(scope.measure)
        if found is None or found.whole.gap is None:
            return None
        whole = found.whole
        assert whole.base is not None
        ends = ((_from(scope), whole.base, ""), *(part[:3] for part in _parts(scope, found)), (text("Actual"), whole.actual, ""))
        raw: tuple[tuple[Any, ...], ...] = tuple(ends)
        rows = tuple((name, scope.number.of(amount, unit, signed=0 < i < len(raw) - 1), why) for i, (name, amount, why) in enumerate(raw))
        return Table(_title(scope, found), (text("Part"), progress.name_of(scope, scope.measure), text("Reason")), rows, raw)

    def method(self, scope: Scope) -> Sequence[str]:
        """How the parts are reckoned."""
        by_cause = "payments" if scope.measure == "collections" else "causes"
        said = [by_cause if _by_cause(scope) else "members"]
        if scope.base in PLANNED:
            said.append("scaled")
        return [scope.text(_METHOD[name]) for name in (*said, "drivers")]


def _note(scope: Scope, found: Explanation) -> str:
    untold = causes.unexplained(scope, found, _member_dimension(scope, found))
    return untold or (causes.rate_words(scope, found.whole.rate) if found.whole.rate else "")


def _by_cause(scope: Scope) -> bool:
    return (scope.address.bridge or ("members" if scope.base in PLANNED else "causes")) == "causes"


def _title(scope: Scope, found: Explanation | None) -> str:
    gap = found.whole.gap if found else None
    if not gap:
        return scope.text("What {place} is made of", place=scope.place)
    ahead = gap > 0
    if found and _on_pace(scope, found):
        return scope.text("{place}: from expected to actual", place=scope.place)
    if scope.base in ("py", "pp"):
        return scope.text("Why {place} is higher" if ahead else "Why {place} is lower", place=scope.place)
    return scope.text("Why {place} is ahead" if ahead else "Why {place} is behind", place=scope.place)


def _on_pace(scope: Scope, found: Explanation) -> bool:
    """Whether the gap is inside the tolerance, where the headline calls the place on pace."""
    pace = ratio(found.whole.actual, found.whole.base) if scope.base == "expected" and scope.is_running else None
    return pace is not None and is_on_pace(pace, scope.settings)


def _from(scope: Scope) -> str:
    return scope.text(_FROM[scope.base], day=scope.number.day(progress.cut(scope), "short"))


def _choices(scope: Scope, found: Explanation | None) -> tuple[tuple[str, str, bool], ...]:
    """Members or causes, where both can be had."""
    if found is None or not found.whole.causes or _member_dimension(scope, found) == "":
        return ()
    text, by_cause = scope.text, _by_cause(scope)
    usual = "members" if scope.base in PLANNED else "causes"
    names = {"members": text("By member"), "causes": text("By cause")}
    return tuple(
        (names[name], scope.link(bridge="" if name == usual else name), (name == "causes") == by_cause) for name in ("members", "causes")
    )


def _member_dimension(scope: Scope, found: Explanation) -> str:
    """The level below, or the nearest dimension that has members."""
    steps = found.whole.steps
    return next((d for d in (scope.child, "customer", "product", "category") if d in steps), "")


Part = tuple[str, Decimal, str, str]
"""Name, amount, reason, address of what is behind it."""


def _parts(scope: Scope, found: Explanation) -> tuple[Part, ...]:
    """The parts of the bridge that is asked for; the other one where that has none."""
    dimension = _member_dimension(scope, found)
    if found.whole.causes and (_by_cause(scope) or not dimension):
        return tuple(
            (causes.cause_name(scope, cause.key), cause.amount, causes.cause_reason(scope, found, cause), _behind(scope, cause.key))
            for cause in found.whole.causes
        )
    return _members(scope, found, dimension) if dimension else ()


def _behind(scope: Scope, cause: str) -> str:
    """The list in which the cause can be followed up."""
    tab = next((tab for word, tab in _BEHIND_IT.items() if cause.endswith(word)), "")
    if not tab or tab in {level.dimension for level in scope.path}:
        return ""
    return scope.link(tab="" if tab == scope.child else tab)


def _members(scope: Scope, found: Explanation, dimension: str) -> tuple[Part, ...]:
    steps = [step for step in found.whole.steps[dimension] if step.gap]
    first = sorted(steps, key=lambda step: -abs(step.gap))[: MOST if len(steps) > MOST + 1 else MOST + 1]
    named = [step for step in steps if step in first]
    rest = [step for step in steps if step not in first]
    told: list[Part] = []
    for step in named:
        account = found.children.get(step.key)
        why = _upper(causes.reason(scope, found, account)) if account else ""
        href = scope.into(dimension, step.key) if step.key is not None else ""
        name = causes.member_name(scope, found, dimension, step.key)
        if step.key is None and dimension in ("region", "area", "rep"):
            unallocated = causes.is_unallocated(found.whole, dimension)
            why = scope.text("A target that nobody below has") if unallocated else scope.text("Sales and targets of nobody below")
        elif step.key is None and causes.is_unallocated(found.whole, dimension):
            why = scope.text("A target without category")
        told.append((name, step.gap, why, href))
    if rest:
        others = sum((step.gap for step in rest), Decimal(0))
        told.append((scope.text("{n} others", n=len(rest)), others, "", scope.link(tab="" if dimension == scope.child else dimension)))
    return tuple(told)


def _upper(said: str) -> str:
    return said[:1].upper() + said[1:]


def _rows(scope: Scope, found: Explanation, told: tuple[Part, ...]) -> tuple[tuple[Row, ...], Any]:
    """Bars on one scale from zero (or below, where the course goes there) to the highest point."""
    whole, number, text = found.whole, scope.number, scope.text
    assert whole.base is not None
    assert whole.actual is not None
    unit = progress.unit_of(scope.measure)
    course = [whole.base]
    for _, amount, _, _ in told:
        course.append(course[-1] + amount)
    points = [Decimal(0), *course, whole.actual]
    low, high = min(points), max(points)
    span = (high - low) or Decimal(1)
    scale = number.scale((whole.base, whole.actual), unit)

    def bar(a: Decimal, b: Decimal) -> tuple[float, float]:
        return round(float((min(a, b) - low) / span * 100), 3), round(float(abs(b - a) / span * 100), 3)

    rows = [_row("base", _from(scope), "", bar(Decimal(0), whole.base), number.scaled(whole.base, scale), "dim", "")]
    for (name, amount, why, href), start in zip(told, course, strict=False):
        judgement: Judgement = "bad" if amount < 0 else "good"
        rows.append(_row("part", name, why, bar(start, start + amount), number.scaled(amount, scale, signed=True), judgement, href))
    gap = whole.actual - whole.base
    said = text(_AGAINST[scope.base], gap=number.scaled(gap, scale, signed=True), day=number.day(progress.cut(scope), "short"))
    rows.append(_row("actual", text("Actual"), said, bar(Decimal(0), whole.actual), number.scaled(whole.actual, scale), "dim", ""))
    return tuple(rows), scale


def _row(kind: Any, label: str, reason: str, at: tuple[float, float], value: str, judgement: Judgement, href: str) -> Row:
    return Row(kind=kind, label=label, reason=reason, left=at[0], width=at[1], value=value, judgement=judgement, href=href)


def _empty(scope: Scope, found: Explanation | None) -> tuple[str, str]:
    title = scope.text("There is no bridge for {place}", place=scope.place)
    if found is None:
        return title, scope.text("The measure does not know what is looked at here. Choose another measure.")
    missing = found.whole.missing
    return title, scope.text("{reason}. Choose another comparison or period.", reason=progress.why(scope, scope.measure, missing))


def _render(row: Row) -> Any:
    label: Any = html.A(row.label, href=row.href) if row.href else row.label
    end = row.left + row.width
    reason_first = row.left >= min(36.0, 100 - end)  # where the bar leaves more room
    where = {"width": f"calc({row.left}% - 12px)"} if reason_first else {"left": f"calc({end}% + 84px)"}
    place = "why" if reason_first else "why after"
    reason = html.Span(row.reason, className=place, style=where, title=row.reason) if row.reason and row.kind == "part" else None
    track = html.Div(
        [
            html.I(
                className=f"bar {row.judgement if row.kind == 'part' else ''}".rstrip(),
                style={"left": f"{row.left}%", "width": f"{row.width}%"},
            ),
            html.B(row.value, className=f"v {row.judgement if row.kind == 'part' else ''}".rstrip(), style={"left": f"calc({end}% + 7px)"}),
            reason,
        ],
        className="track",
    )
    total = html.Span(row.reason, className="total") if row.kind == "actual" else None
    return html.Li([html.Span(label, className="l"), track, total], className=row.kind)
