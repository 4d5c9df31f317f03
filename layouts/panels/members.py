"""The columns of a list of members: which there are for a scope, what each needs, and how a figure of it is shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final, Literal

from layouts import html, parts
from layouts.format import Scale
from layouts.grid import Align
from layouts.panels import progress
from layouts.panels.progress import Row
from layouts.parts import Chip, Judgement, Value
from layouts.text import N_
from layouts.tools import icon
from layouts.urls import Scope
from metrics.catalog import Unit
from metrics.pace import ratio
from metrics.query import Missing
from metrics.ranking import BY_NAME, TEAM

Look = Literal["name", "bullet", "figure", "share", "difference", "count", "risk", "status", "driver"]

LIMIT: Final = 1.2
"""Bullets are drawn on 0–120 % of the target."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spec:
    """``measure``: what is shown, ``{m}`` standing for the measure looked at. ``order``: by what it is sorted, if by something else.

    ``alone``: only for a list without targets (False: only for one with; None: for both). ``usual``: shown unless chosen otherwise.
    ``worst``: sorted with the smallest first, since that is the worst.
    """

    key: str
    heading: str
    look: Look
    measure: str = ""
    order: str = ""
    alone: bool | None = None
    usual: bool = True
    worst: bool = False
    judged: bool = False
    strong: bool = False
    width: int = 80
    align: Align = "right"
    brief: bool = False

    def needs(self, scope: Scope) -> tuple[str, ...]:
        """Measures of the catalogue, to show it and to order by it."""
        m = scope.measure
        named = tuple(dict.fromkeys(key.format(m=m) for key in (self.measure, self.order) if key and key not in TEAM))
        if self.look == "bullet" and not self.alone:
            return (*named, m, *(f"{m}_{kind}" for kind in ("expected_share", "completion", "status")))
        return (*named, f"{m}_status") if self.judged and not self.alone else named


SPECS: Final = (
    Spec(key="name", heading="", look="name", width=150, align="left", brief=True),
    Spec(key="bar", heading=N_("Completion, 0–120%"), look="bullet", measure="{m}_completion", alone=False, width=150, align="wide",
         brief=True),
    Spec(key="done", heading=N_("Done"), look="share", measure="{m}_completion", alone=False, strong=True, width=76, brief=True),
    Spec(key="actual", heading=N_("Actual"), look="figure", measure="{m}", width=84),
    Spec(key="target", heading=N_("Target"), look="figure", measure="{m}_target", alone=False, width=84),
    Spec(key="expected", heading=N_("Expected to date"), look="figure", measure="{m}_expected", alone=False, usual=False, width=110),
    Spec(key="gap", heading=N_("Gap to pace"), look="figure", measure="{m}_gap", alone=False, worst=True, judged=True, strong=True,
         width=96, brief=True),
    Spec(key="days", heading=N_("Days"), look="figure", measure="{m}_days", alone=False, worst=True, judged=True, width=70),
    Spec(key="pace", heading=N_("Pace"), look="share", measure="{m}_pace", alone=False, usual=False, worst=True, width=76),
    Spec(key="needed", heading=N_("Needed per day"), look="figure", measure="{m}_needed", alone=False, usual=False, width=110),
    Spec(key="landing", heading=N_("Landing"), look="figure", measure="{m}_landing", alone=False, usual=False, worst=True, width=90),
    Spec(key="landing-rate", heading=N_("Landing rate"), look="share", measure="{m}_landing_rate", alone=False, usual=False, worst=True,
         width=96),
    Spec(key="chance", heading=N_("Chance of target"), look="share", measure="{m}_landing_chance", alone=False, usual=False, worst=True,
         width=120),
    Spec(key="py", heading=N_("Last year"), look="figure", measure="{m}_py", alone=True, width=90),
    Spec(key="change", heading=N_("Change"), look="difference", measure="{m}_py_gap", alone=True, worst=True, width=190, align="wide",
         brief=True),
    Spec(key="change-rate", heading=N_("Change %"), look="share", measure="{m}_py_change", alone=True, worst=True, width=90, brief=True),
    Spec(key="on-year", heading=N_("vs last year"), look="share", measure="{m}_py_change", alone=False, usual=False, worst=True, width=96),
    Spec(key="part", heading=N_("Share"), look="share", order="{m}", width=76, alone=True),
    Spec(key="part-of", heading=N_("Share"), look="share", order="{m}", width=76, alone=False, usual=False),
    Spec(key="margin", heading=N_("Margin rate"), look="share", measure="margin_rate", width=92),
    Spec(key="price", heading=N_("Average price"), look="figure", measure="average_price", usual=False, width=110),
    Spec(key="volume", heading=N_("Volume"), look="figure", measure="volume", usual=False, width=90),
    Spec(key="collected", heading=N_("Collections"), look="share", measure="collections_completion", alone=False, width=96),
    Spec(key="paid", heading=N_("Collections"), look="figure", measure="collections", alone=True, width=96),
    Spec(key="open", heading=N_("Open balance"), look="figure", measure="open", usual=False, width=100),
    Spec(key="overdue", heading=N_("Overdue"), look="figure", measure="overdue", usual=False, width=90),
    Spec(key="reps", heading=N_("Reps"), look="count", order=TEAM[0], alone=False, width=60),
    Spec(key="at-risk", heading=N_("At risk"), look="risk", order=TEAM[1], alone=False, width=70),
    Spec(key="status", heading=N_("Status"), look="status", measure="{m}_status", order="{m}_pace", alone=False, worst=True, width=124,
         align="left"),
)  # fmt: skip
DRIVER: Final = Spec(key="driver", heading=N_("Main driver"), look="driver", width=180, align="left")
"""Shown where the drivers of the rows are known."""


def possible(scope: Scope, dimension: str, *, planned: bool) -> tuple[Spec, ...]:
    """The columns that a list of members of a dimension can have here. ``planned``: whether they have targets."""

    def fits(spec: Spec) -> bool:
        if spec.alone is not None and spec.alone == planned:
            return False
        if spec.key in ("collected", "paid") and scope.measure == "collections":
            return False
        if spec.look in ("count", "risk") and dimension not in ("region", "area", "category"):
            return False
        if spec.key == "volume" and scope.measure == "volume":
            return False
        return all(scope.can_ask(key, dimension) for key in spec.needs(scope))

    return tuple(spec for spec in SPECS if fits(spec))


def chosen(scope: Scope, specs: Sequence[Spec]) -> tuple[Spec, ...]:
    """The columns to show: those that the address names, if they are all of this list, else the usual ones; the name always."""
    wanted = {key for key in scope.address.columns.split(",") if key}
    if wanted and wanted <= {spec.key for spec in specs}:
        return tuple(spec for spec in specs if spec.key in wanted or spec.look == "name")
    return tuple(spec for spec in specs if spec.usual)


def order_of(scope: Scope, specs: Sequence[Spec]) -> tuple[Spec, bool]:
    """The column that the list is sorted by, and whether the largest comes first: as the address says, else the worst gap first."""
    said = scope.address.sort
    spec = next((s for s in specs if s.key == said.removeprefix("-")), None)
    if spec and said:
        return spec, said.startswith("-")
    return next((s for s in specs if s.key in ("gap", "change")), specs[0]), False


def ordered_by(scope: Scope, spec: Spec) -> str:
    """What the ranking calls the order of a column."""
    return (spec.order or spec.measure).format(m=scope.measure) or BY_NAME


# --- cells ------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What the cells of a list share: one unit a column, the total they are parts of, and why a measure is missing throughout."""

    scope: Scope
    dimension: str
    total: Row
    missing: Mapping[str, Missing]
    scales: Mapping[str, Scale]
    largest: Decimal | None
    """The largest size of a difference, on which their bars are drawn."""
    longest: Decimal | None = None
    """The largest actual, with which the bars of members without a target are compared."""
    drivers: Mapping[str | None, str] = field(default_factory=dict)

    def value(self, spec: Spec, row: Row) -> Any:
        """The exact value of a cell; None where there is none."""
        if spec.key in ("part", "part-of"):
            return ratio(row[self.scope.measure], self.total[self.scope.measure])
        return row.get((spec.measure or spec.order).format(m=self.scope.measure))

    def exact(self, spec: Spec, row: Row) -> Any:
        """The value of a cell as it goes into a file."""
        if spec.look == "driver":
            return self.drivers.get(row.get(self.dimension), "")
        return self.text(spec, row).text if spec.look == "status" else self.value(spec, row)

    def scale(self, measure: str) -> Scale:
        """The unit in which a measure is shown."""
        return self.scales[str(Unit.VOLUME if progress.unit_of(measure) == Unit.VOLUME else Unit.MONEY)]

    def text(self, spec: Spec, row: Row) -> Value:
        """A figure in words, or a dash and why."""
        value, number = self.value(spec, row), self.scope.number
        if spec.look == "status":
            return Value(_chip(self.scope, row).text)
        if spec.look == "driver":
            return Value(self.exact(spec, row))
        if value is None:
            return Value(number.share(None), self._why(spec, row))
        if spec.key == "chance":
            return Value(number.chance(value))
        if spec.look == "share":
            return Value(number.share(value, signed=spec.key in ("change-rate", "on-year")))
        if spec.look in ("count", "risk"):
            return Value(number.count(value))
        return Value(self._figure(spec, value))

    def _figure(self, spec: Spec, value: Any) -> str:
        number, key = self.scope.number, spec.measure.format(m=self.scope.measure)
        unit = progress.unit_of(key)
        if unit == Unit.DAYS:
            return number.days(value)
        if unit == Unit.PRICE:
            return number.price(value)
        return number.scaled(value, self.scale(key), signed=spec.look == "difference" or spec.key == "gap")

    def _why(self, spec: Spec, row: Row) -> str:
        """Why a figure is missing: throughout the list, or for this member alone."""
        scope, m, key = self.scope, self.scope.measure, spec.measure.format(m=self.scope.measure)
        if key in self.missing:
            return progress.why(scope, key, self.missing[key])
        if spec.measure == "{m}_py_change":
            return scope.text("Nothing was there a year ago")
        if spec.alone is False and key.startswith(m) and not row.get(f"{m}_target"):
            return progress.why(scope, key, Missing("no_target"))
        if key in ("margin_rate", "average_price") and row.get("amount") == 0:
            return scope.text("Nothing was sold")
        return scope.text("No value")


def cell(figures: Figures, spec: Spec, row: Row) -> Any:
    """A cell: text, or a small tree."""
    if made := _DRAWN.get(spec.look):
        return made(figures, spec, row)
    said = figures.text(spec, row)
    if not (spec.judged or spec.strong or said.why):
        return said.text
    return parts.value(said, " ".join(filter(None, ("b" if spec.strong else "", _judged(figures, spec, row)))))


def _judged(figures: Figures, spec: Spec, row: Row) -> Judgement | Literal[""]:
    return progress.judgement(row.get(f"{figures.scope.measure}_status")) if spec.judged else ""


def _bullet(figures: Figures, _spec: Spec, row: Row) -> Any:
    return parts.bullet(progress.bar_of(figures.scope, figures.scope.measure, row, LIMIT, largest=figures.longest), "xs")


def _difference(figures: Figures, spec: Spec, row: Row) -> Any:
    """A bar from a zero line in the middle, and the signed figure."""
    said, value = figures.text(spec, row), figures.value(spec, row)
    if value is None:
        return parts.value(said)
    length = round(float(abs(value) / figures.largest), 4) if figures.largest else 0.0
    bar = html.I(className="vb-bar " + ("neg" if value < 0 else "pos"), style={"--v": length})
    drawn = figures.dimension in row  # the total is of another size than its parts
    scale = html.Span(bar, className="vb" if drawn else "vb off", **parts.aria(hidden="true"))
    return html.Span([scale, html.Span(said.text, className="b num")], className="vb-cell")


def _risk(figures: Figures, spec: Spec, row: Row) -> Any:
    count = figures.value(spec, row)
    if not count:
        return figures.text(spec, row).text
    return html.Span([icon("flag"), " ", figures.text(spec, row).text], className="bad b nw")


def _status(figures: Figures, _spec: Spec, row: Row) -> Any:
    return parts.chip(_chip(figures.scope, row))


def _chip(scope: Scope, row: Row) -> Chip:
    return progress.status_chip(scope, row[f"{scope.measure}_status"], known=row[scope.measure] is not None)


_DRAWN: Final[dict[Look, Callable[[Figures, Spec, Row], Any]]] = {
    "bullet": _bullet,
    "difference": _difference,
    "risk": _risk,
    "status": _status,
}


def scales(scope: Scope, spread: Callable[..., tuple[Decimal, Decimal]], *, planned: bool) -> dict[str, Scale]:
    """One unit for all money of a list, by the measure looked at where that is money; and one for what is counted.

    ``spread``: the typical and the largest size of measures in the whole list.
    """
    m = scope.measure if progress.unit_of(scope.measure) == Unit.MONEY else "amount"
    shown = (m, f"{m}_target" if planned else f"{m}_py") if m == scope.measure else ()
    return {
        str(Unit.MONEY): scope.number.scale_of(*spread(*shown)),
        str(Unit.VOLUME): scope.number.scale((), Unit.VOLUME),
    }
