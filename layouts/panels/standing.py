"""How a place stands on the five measures, in a strip of small cards: actual and target, bar, gap and last year."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from layouts import html, parts
from layouts.panel import Table
from layouts.panels import progress
from layouts.panels.kpis import KEYS, SCALE, five
from layouts.parts import Bar, Judgement, Value
from layouts.text import N_, translator
from layouts.tools import explain, icon
from layouts.urls import Scope
from metrics.query import Missing, Query, Result

Row = Mapping[str, Any]
_PAST: Final = {"py": N_("vs PY {change}"), "pp": N_("vs previous period {change}")}
_NO_COLLECTIONS: Final = N_("Payments know no products")


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One measure. ``done``: completion; ``gap``: against what is chosen, in money and days; ``past``: against the past."""

    key: str
    name: str
    href: str
    hint: str
    selected: bool
    actual: Value
    target: str
    bar: Bar | None
    done: Value
    gap: Value
    gap_up: bool
    judgement: Judgement
    past: Value


@dataclass(frozen=True, slots=True)
class View:
    items: tuple[Item, ...]
    language: str


class Standing:
    name = "standing"
    title = N_("Five measures")

    def needs(self, scope: Scope) -> Mapping[str, Query]:
        if scope.base != "pp":
            return {"five": five(scope)}
        past = tuple(name for key in KEYS for name in (f"{key}_pp", f"{key}_pp_change") if scope.can_ask(name))
        return {"five": five(scope), "past": progress.query(scope, past)}

    def view(self, scope: Scope, results: Mapping[str, Result]) -> View:
        row = {name: value for result in results.values() for name, value in result.only().items()}
        missing = {name: why for result in results.values() for name, why in result.missing.items()}
        return View(tuple(_item(scope, key, row, missing) for key in KEYS), scope.language)

    def render(self, view: View) -> Any:
        return html.Div([_render(item, view.language) for item in view.items], className="kpis")

    def table(self, scope: Scope, results: Mapping[str, Result]) -> Table:
        text, number, row = scope.text, scope.number, results["five"].only()
        kinds = ("", "_target", "_completion", "_gap", "_days", "_py", "_py_change")
        signed = ("_gap", "_days", "_py_change")
        raw = tuple((progress.name_of(scope, key), *(row.get(key + kind) for kind in kinds)) for key in KEYS)
        rows = tuple(
            (
                progress.name_of(scope, key),
                *(number.of(row.get(key + kind), progress.unit_of(key + kind), signed=kind in signed) for kind in kinds),
            )
            for key in KEYS
        )
        columns = (
            text("Measure"),
            text("Actual"),
            text("Target"),
            text("Completion"),
            text("Gap to pace"),
            text("Working days ahead"),
            text("Previous year"),
            text("Change on previous year"),
        )
        return Table(text("Five measures, {period}", period=number.period(scope.period)), columns, rows, raw)


def gap_of(scope: Scope, key: str, row: Row) -> Decimal | None:
    """Actual − what it is held against."""
    base = {"expected": f"{key}_gap", "target": f"{key}_target", "py": f"{key}_py", "pp": f"{key}_pp"}[scope.base]
    if row.get(base) is None or row.get(key) is None:
        return None
    gap: Decimal = row[base] if scope.base == "expected" else row[key] - row[base]
    return gap


def judged(scope: Scope, key: str, row: Row, gap: Decimal | None) -> Judgement:
    """Silence inside the tolerance; against the past, whether it grew."""
    if gap is None:
        return "dim"
    if scope.base in ("expected", "target"):
        return progress.judgement(row.get(f"{key}_status"))
    return "bad" if gap < 0 else "good" if gap > 0 else "dim"


def _item(scope: Scope, key: str, row: Row, missing: Mapping[str, Missing]) -> Item:
    text, number = scope.text, scope.number
    name, actual, target = progress.name_of(scope, key), row.get(key), row.get(f"{key}_target")
    known = scope.can_ask(key)
    why = "" if actual is not None else progress.why(scope, key, missing.get(key)) if known else text(_NO_COLLECTIONS)
    untold = why or (scope.why_no_targets if not scope.has_targets else text("No target is set"))
    gap = gap_of(scope, key, row)
    return Item(
        key=key,
        name=name,
        href=scope.link(measure=key) if known else "",
        hint=text("Show {measure} in the panels below", measure=name),
        selected=key == scope.measure,
        actual=Value(progress.bare(scope, key, actual), why),
        target=_target(scope, key, actual, target),
        bar=progress.bar_of(scope, key, row, SCALE) if actual is not None and target else None,
        done=Value(number.share(row.get(f"{key}_completion")), untold if row.get(f"{key}_completion") is None else ""),
        gap=Value(_gap_words(scope, key, row, gap), "" if gap is not None else why or _why_no_gap(scope, key, missing, untold)),
        gap_up=(gap or 0) >= 0,
        judgement=judged(scope, key, row, gap),
        past=_past(scope, key, row, missing) if actual is not None else Value(""),
    )


def _target(scope: Scope, key: str, actual: Decimal | None, target: Decimal | None) -> str:
    """The target; without its unit where that is the actual's."""
    if not target:
        return ""
    _, digits, suffix = scope.number.split(target, progress.unit_of(key))
    same = actual is not None and scope.number.split(actual, progress.unit_of(key))[2] == suffix
    return digits if same else progress.bare(scope, key, target)


def _why_no_gap(scope: Scope, key: str, missing: Mapping[str, Missing], untold: str) -> str:
    return progress.why(scope, key, missing.get(f"{key}_{scope.base}")) if scope.base in ("py", "pp") else untold


def _gap_words(scope: Scope, key: str, row: Row, gap: Decimal | None) -> str:
    said = scope.number.of(gap, progress.unit_of(key), signed=True)
    days = row.get(f"{key}_days")
    if scope.base != "expected" or gap is None or days is None:
        return said
    return scope.text("{gap} · {days} d", gap=said, days=scope.number.days(days))


def _past(scope: Scope, key: str, row: Row, missing: Mapping[str, Missing]) -> Value:
    base = "pp" if scope.base == "pp" else "py"
    change = row.get(f"{key}_{base}_change")
    why = progress.why(scope, key, missing.get(f"{key}_{base}_change")) if change is None else ""
    return Value(scope.text(_PAST[base], change=scope.number.share(change, signed=True)), why)


def _render_progress(item: Item) -> list[Any]:
    """The bar, completion, the gap and the past of a measure that has a figure."""
    mark = icon("up" if item.gap_up else "down") if not item.gap.why else None
    gap = html.Span([mark, " ", parts.value(item.gap)], className=item.judgement, title=item.gap.text if not item.gap.why else None)
    past = parts.value(item.past, "cap") if item.past.text else None
    return [html.Div([_bar(item), parts.value(item.done, "num b")], className="ms-b"), html.Div([gap, past], className="ms-f")]


def _bar(item: Item) -> Any:
    """The bullet; in its place, in words, why there is no figure or no target to draw one of."""
    return parts.bullet(item.bar, "xs k11") if item.bar else html.Span(item.done.why, className="cap")


def _sizes(item: Item) -> str | None:
    """Actual and target in full, for the pointer where the card is too narrow; why there is no actual is told already."""
    return None if item.actual.why else " / ".join(filter(None, (item.actual.text, item.target)))


def _render(item: Item, language: str) -> Any:
    current = parts.aria(current="true") if item.selected else {}
    name = html.A(item.name, href=item.href, title=item.hint, className="stretch", **current) if item.href else item.name
    target = html.Span(f" / {item.target}", className="cap") if item.target else None
    return html.Section(
        [
            html.Div(
                [
                    html.H2([name, explain("standing", item.key, translator(language), of=item.name)]),
                    html.Span([html.B(parts.value(item.actual)), target], className="num", title=_sizes(item)),
                ],
                className="ms-h",
            ),
            *([html.Div(item.actual.why, className="cap untold")] if item.actual.why else _render_progress(item)),
        ],
        className="card-wl kpi ms sel" if item.selected else "card-wl kpi ms",
        **parts.aria(label=item.name),
    )
