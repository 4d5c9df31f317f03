"""The columns of a list of order lines, invoices or payments, and how their figures are shown: exactly, in the currency itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, Literal

from layouts import html, parts
from layouts.format import Scale
from layouts.grid import Align
from layouts.panels.progress import why
from layouts.parts import Value
from layouts.text import N_
from layouts.tools import icon
from layouts.urls import Scope
from metrics.listing import Listed
from metrics.listing_shape import NAMED, Kind

Look = Literal["text", "day", "days", "member", "money", "volume", "count", "dispute"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Spec:
    """A column of ``metrics.listing_shape.COLUMNS``. ``usual``: shown unless chosen otherwise. ``brief``: on a phone too."""

    key: str
    heading: str
    look: Look = "money"
    usual: bool = True
    width: int = 96
    align: Align = "right"
    brief: bool = False


SPECS: Final[dict[Kind, tuple[Spec, ...]]] = {
    "lines": (
        Spec(key="order", heading=N_("Order"), look="text", width=130, align="left", brief=True),
        Spec(key="line", heading=N_("Line"), look="count", width=56),
        Spec(key="day", heading=N_("Day"), look="day", width=128, align="left", brief=True),
        Spec(key="product", heading=N_("Product"), look="member", width=200, align="left"),
        Spec(key="category", heading=N_("Category"), look="member", width=130, align="left"),
        Spec(key="customer", heading=N_("Customer"), look="member", width=150, align="left"),
        Spec(key="volume", heading=N_("Quantity"), look="volume", width=84),
        Spec(key="price", heading=N_("Price")),
        Spec(key="amount", heading=N_("Amount"), width=110, brief=True),
        Spec(key="cost", heading=N_("Cost"), width=110),
        Spec(key="margin", heading=N_("Margin"), width=110),
        Spec(key="rep", heading=N_("Rep"), look="member", width=120, align="left"),
        Spec(key="area", heading=N_("Area"), look="member", width=100, align="left", usual=False),
    ),
    "invoices": (
        Spec(key="invoice", heading=N_("Invoice"), look="text", width=130, align="left", brief=True),
        Spec(key="day", heading=N_("Invoice day"), look="day", width=110, align="left"),
        Spec(key="due_first", heading=N_("Due"), look="day", width=110, align="left"),
        Spec(key="due_last", heading=N_("Last instalment due"), look="day", width=140, align="left", usual=False),
        Spec(key="instalments", heading=N_("Instalments"), look="count", usual=False),
        Spec(key="order", heading=N_("Order"), look="text", width=130, align="left", usual=False),
        Spec(key="customer", heading=N_("Customer"), look="member", width=150, align="left"),
        Spec(key="amount", heading=N_("Amount"), width=110),
        Spec(key="paid", heading=N_("Paid"), width=110),
        Spec(key="open", heading=N_("Open"), width=110, brief=True),
        Spec(key="overdue", heading=N_("Overdue"), width=110),
        Spec(key="days_overdue", heading=N_("Days overdue"), look="days", width=100, brief=True),
        Spec(key="rep", heading=N_("Rep"), look="member", width=120, align="left"),
        Spec(key="area", heading=N_("Area"), look="member", width=100, align="left", usual=False),
    ),
    "open": (
        Spec(key="invoice", heading=N_("Invoice"), look="text", width=130, align="left", brief=True),
        Spec(key="day", heading=N_("Invoice day"), look="day", width=110, align="left"),
        Spec(key="due_first", heading=N_("Due"), look="day", width=110, align="left"),
        Spec(key="due_last", heading=N_("Last instalment due"), look="day", width=140, align="left", usual=False),
        Spec(key="instalments", heading=N_("Open instalments"), look="count", usual=False, width=110),
        Spec(key="order", heading=N_("Order"), look="text", width=130, align="left", usual=False),
        Spec(key="customer", heading=N_("Customer"), look="member", width=150, align="left"),
        Spec(key="amount", heading=N_("Amount"), width=110),
        Spec(key="paid", heading=N_("Paid"), width=110),
        Spec(key="open", heading=N_("Open"), width=110, brief=True),
        Spec(key="overdue", heading=N_("Overdue"), width=110),
        Spec(key="days_overdue", heading=N_("Days overdue"), look="days", width=100, brief=True),
        Spec(key="disputed", heading=N_("Dispute"), look="dispute", width=96, align="left"),
        Spec(key="rep", heading=N_("Rep"), look="member", width=120, align="left"),
        Spec(key="area", heading=N_("Area"), look="member", width=100, align="left", usual=False),
    ),
    "paid": (
        Spec(key="invoice", heading=N_("Invoice"), look="text", width=130, align="left", brief=True),
        Spec(key="day", heading=N_("Invoice day"), look="day", width=110, align="left"),
        Spec(key="due_first", heading=N_("Due"), look="day", width=110, align="left"),
        Spec(key="due_last", heading=N_("Last instalment due"), look="day", width=140, align="left", usual=False),
        Spec(key="order", heading=N_("Order"), look="text", width=130, align="left", usual=False),
        Spec(key="customer", heading=N_("Customer"), look="member", width=150, align="left"),
        Spec(key="amount", heading=N_("Amount"), width=110, brief=True),
        Spec(key="paid_day", heading=N_("Paid on"), look="day", width=110, align="left"),
        Spec(key="days_late", heading=N_("Days late"), look="days", width=90, brief=True),
        Spec(key="payments", heading=N_("Payments"), look="count", usual=False),
        Spec(key="rep", heading=N_("Rep"), look="member", width=120, align="left"),
        Spec(key="area", heading=N_("Area"), look="member", width=100, align="left", usual=False),
    ),
    "payments": (
        Spec(key="payment", heading=N_("Payment"), look="text", width=150, align="left", brief=True),
        Spec(key="part", heading=N_("Part"), look="count", width=56, usual=False),
        Spec(key="day", heading=N_("Payment day"), look="day", width=110, align="left"),
        Spec(key="customer", heading=N_("Customer"), look="member", width=150, align="left"),
        Spec(key="invoice", heading=N_("Invoice"), look="text", width=130, align="left"),
        Spec(key="amount", heading=N_("Amount"), width=110, brief=True),
        Spec(key="applied", heading=N_("Applied"), width=110),
        Spec(key="unapplied", heading=N_("Unapplied"), width=110),
        Spec(key="days_late", heading=N_("Days late"), look="days", width=90, brief=True),
        Spec(key="rep", heading=N_("Rep"), look="member", width=120, align="left"),
        Spec(key="area", heading=N_("Area"), look="member", width=100, align="left", usual=False),
    ),
}  # fmt: skip


def possible(scope: Scope, of: Kind) -> tuple[Spec, ...]:
    """The columns of a list of documents here: a member that all rows share is no column."""
    one = {f.dimension for f in scope.where if len(f.members) == 1}
    return tuple(spec for spec in SPECS[of] if spec.key not in one)


@dataclass(frozen=True, slots=True)
class Figures:
    """The cells of a list of documents."""

    scope: Scope
    listed: Listed

    @property
    def scale(self) -> Scale:
        """Documents are read to the cent."""
        return Scale(Decimal(1), 2, self.scope.number.unit_name("full"))

    def value(self, spec: Spec, row: Mapping[str, Any]) -> Any:
        """The exact value of a cell; of a member its name."""
        value = row.get(spec.key)
        if spec.look == "member" and spec.key in row:
            member = self.listed.members[spec.key].get(value)
            return member.label(self.scope.language) if member else value
        if spec.look == "dispute":
            return self.scope.text("Disputed") if value else ""
        return value

    def text(self, spec: Spec, row: Mapping[str, Any]) -> Value:
        value, number = self.value(spec, row), self.scope.number
        if value is None:
            return Value(number.share(None), self._why(spec)) if spec.key in row else Value("")
        if spec.look in ("text", "member", "dispute"):
            return Value(str(value))
        if spec.look == "day":
            return Value(number.day(value))
        if spec.look in ("days", "count"):
            return Value(number.count(value))
        if spec.look == "volume":
            return Value(number.volume(value, unit=False))
        return Value(number.scaled(value, self.scale))

    def _why(self, spec: Spec) -> str:
        text = self.scope.text
        if spec.key in ("cost", "margin"):
            missing = self.listed.sums.missing.get(spec.key)
            return why(self.scope, spec.key, missing) if missing else text("The cost is not known")
        if spec.key == "days_overdue":
            return text("Nothing is overdue")
        if spec.key == "days_late":
            return text("No invoice took it")
        return text("There is nothing to compare with") if spec.key == "price" else text("Not given")


def cell(figures: Figures, spec: Spec, row: Mapping[str, Any]) -> Any:
    """A cell: text, or a figure with its judgement or the reason why there is none."""
    said = figures.text(spec, row)
    if spec.look == "dispute":
        return html.Span([icon("alert"), " ", said.text], className="bad nw") if said.text else ""
    late = spec.key in ("overdue", "days_overdue", "days_late") and (figures.value(spec, row) or 0) > 0
    return parts.value(said, "bad b" if late else "") if said.why or late else said.text


def named(of: Kind, key: str) -> bool:
    """Whether a column is sorted from A to Z rather than from the largest."""
    return key in NAMED[of] or key in ("order", "invoice", "line", "payment", "part")
