"""What panels are made of: pure functions from a value already in words to a Dash component, in the markup of app.css.

Nothing here counts, compares or formats; where a mark needs a length, the length comes in as a share.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal
from urllib.parse import quote

from dash import dcc

from layouts import html, ids
from layouts.panel import Table
from layouts.theme import CONFIG
from layouts.tools import icon

Judgement = Literal["bad", "good", "dim"]
"""Behind, ahead, or inside the tolerance: the three colours that text may take, by class name."""

ChipKind = Literal["behind", "ahead", "achieved", "pace", "none", "risk", "way"]

_CHIPS: Final[dict[ChipKind, tuple[str, str]]] = {
    "behind": ("lag", "down"),
    "ahead": ("ahead", "up"),
    "achieved": ("ach", "check-lg"),
    "pace": ("pace", "equal"),
    "none": ("line", "bullseye"),
    "risk": ("risk", "flag"),
    "way": ("pace", "equal"),
}


@dataclass(frozen=True, slots=True)
class Chip:
    """A word that judges, with its icon and tint."""

    kind: ChipKind
    text: str


@dataclass(frozen=True, slots=True)
class Value:
    """A figure as text; ``why`` says in words why it is missing, and is empty where it is not."""

    text: str
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A bullet bar. ``actual`` and ``expected`` are shares of the target, clipped to the scale; ``expected`` None: no tick.

    ``target`` False: there is no target, so the bar has no outline. ``forecast``: where the period is thought to end, as a share
    of the target, None where that is not said. ``over``: the actual, or else the forecast, goes on beyond the scale.
    """

    label: str
    actual: float
    expected: float | None
    judgement: Judgement
    target: bool = True
    forecast: float | None = None
    over: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Spark:
    """A small line of the last weeks against the year before; None is a hole. Colours, as an image cannot read tokens."""

    label: str
    now: tuple[float | None, ...]
    before: tuple[float | None, ...]
    ink: str
    grey: str


def aria(**named: str) -> dict[str, Any]:
    """ARIA attributes as Dash takes them: ``**aria(label="…")``."""
    return {f"aria-{name}": value for name, value in named.items()}


def hidden(text: str) -> Any:
    """Words for a screen reader alone."""
    return html.Span(text, className="visually-hidden")


def chip(value: Chip, *, note: str = "") -> Any:
    look, mark = _CHIPS[value.kind]
    return html.Span([icon(mark, small=False), value.text], className=f"chip {look}", title=note or None)


def value(figure: Value, class_name: str = "") -> Any:
    """A figure; a missing one carries its reason where the pointer and the reader find it."""
    if not figure.why:
        return html.Span(figure.text, className=class_name or None)
    return html.Span([html.Span(figure.text, **aria(hidden="true")), hidden(figure.why)], className=class_name or None, title=figure.why)


def bullet(bar: Bar, size: str = "") -> Any:
    """Actual against target and expected; ``size`` is one of the scales and heights of app.css: k11, lg, xs."""
    marks = [html.I(className="ac")]
    style = {"--a": bar.actual}
    if bar.target:
        ahead = [html.I(className="fc")] if bar.forecast is not None and bar.forecast > bar.actual else []
        marks = [html.I(className="pl"), *ahead, *marks, html.I(className="t70"), html.I(className="t70 b")]
    if bar.expected is not None:
        marks += [html.I(className="gp"), html.I(className="ex")]
        style["--e"] = bar.expected
    if bar.forecast is not None:
        style["--f"] = bar.forecast
    over = ("over fore" if bar.forecast is not None and bar.forecast > bar.actual else "over") if bar.over else ""
    looks = ("bullet", size, {"bad": "", "good": "up", "dim": "tol"}[bar.judgement], over)
    return html.Div(marks, role="img", className=" ".join(filter(None, looks)), style=style, **aria(label=bar.label))


def card(*children: Any, class_name: str = "", label: str) -> Any:
    """A card of the page; ``label`` is what a screen reader calls it."""
    return html.Section(list(children), className=f"card-wl {class_name}".rstrip(), **aria(label=label))


def card_header(title: str, caption: str, *aside: Any) -> Any:
    return html.Div([html.H2(title), html.Span(caption, className="cap", title=caption), *aside], className="card-h")


def drawing(name: str, figure: dict[str, Any], label: str) -> Any:
    """A chart of a panel; ``label`` says in a sentence what it shows."""
    config: Any = dict(CONFIG)
    graph = dcc.Graph(id=ids.graph(name), figure=figure, config=config, className="fig", responsive=True)
    return html.Div(graph, role="img", className=f"fig-{name}", **aria(label=label))


def nothing(title: str, text: str, *action: Any) -> Any:
    """The empty state: what was looked for, why there is none, and what can be done."""
    return html.Div([icon("inbox", small=False), html.B(title), html.Span(text, className="cap"), *action], className="empty-wl")


def table_twin(table: Table) -> Any:
    """The figures of a chart as a table: words to the left, figures to the right."""
    looks = ["l" if i == 0 or _is_text(row[i] for row in table.raw if row) else None for i in range(len(table.columns))]
    head = html.Thead(html.Tr([html.Th(name, scope="col", className=look) for name, look in zip(table.columns, looks, strict=True)]))
    rows = [html.Tr([_twin_cell(i, cell, looks[i]) for i, cell in enumerate(row)]) for row in table.rows]
    return html.Table([html.Caption(table.caption, className="visually-hidden"), head, html.Tbody(rows)], className="tb twin")


def _is_text(cells: Iterable[Any]) -> bool:
    """Whether a column holds words, and no figure."""
    known = [isinstance(cell, str) for cell in cells if cell is not None]
    return bool(known) and all(known)


def _twin_cell(at: int, cell: str, look: str | None) -> Any:
    return html.Td(cell, className=look) if at else html.Th(cell, scope="row", className=look)


_WIDTH, _HEIGHT, _PAD = 62, 18, 3


def sparkline(spark: Spark) -> Any:
    """The line as an image of its own; both series share one scale, and a hole breaks the line."""
    known = [v for v in (*spark.now, *spark.before) if v is not None]
    if not known:
        return None
    low, span = min(known), (max(known) - min(known)) or 1.0
    across = (_WIDTH - 2 * _PAD) / max(len(spark.now) - 1, 1)

    def at(i: int, v: float) -> tuple[float, float]:
        return round(_PAD + i * across, 1), round(_HEIGHT - _PAD - (v - low) / span * (_HEIGHT - 2 * _PAD), 1)

    marks = [
        _stroke([at(i, v) if v is not None else None for i, v in enumerate(line)], colour, width)
        for line, colour, width in ((spark.before, spark.grey, 1.5), (spark.now, spark.ink, 1.75))
    ]
    if (last := spark.now[-1] if spark.now else None) is not None:
        x, y = at(len(spark.now) - 1, last)
        marks.append(f'<circle cx="{x}" cy="{y}" r="2.5" fill="{spark.ink}"/>')
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}">{"".join(marks)}</svg>'
    return html.Img(src=f"data:image/svg+xml,{quote(svg)}", alt=spark.label, width=_WIDTH, height=_HEIGHT, className="spark")


def _stroke(points: Sequence[tuple[float, float] | None], colour: str, width: float) -> str:
    path, pen = [], "M"
    for point in points:
        if point is None:
            pen = "M"
            continue
        path.append(f"{pen}{point[0]} {point[1]}")
        pen = "L"
    return f'<path d="{"".join(path)}" fill="none" stroke="{colour}" stroke-width="{width}" stroke-linejoin="round"/>'
