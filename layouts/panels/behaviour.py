"""How a customer pays, month by month: mean days late and the share that is paid late, as two lines that break where nothing is paid."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from layouts import parts
from layouts.panel import Table
from layouts.panels import account, behaviour_plot
from layouts.panels.behaviour_plot import Course, round_heights
from layouts.text import N_
from layouts.urls import Scope
from metrics.catalog import Unit
from metrics.payers import MONTHS, Behaviour, Conduct, Paid
from metrics.scope import period_of

_EVERY: Final = 3
"""Months from one name below the axis to the next."""


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    title: str
    caption: str
    shown: Course | None
    label: str
    theme: str
    empty: tuple[str, str]


class PaymentBehaviour:
    name = "behaviour"
    title = N_("Payment behaviour")

    def needs(self, scope: Scope) -> Mapping[str, Behaviour]:
        asked = account.conduct(scope)
        return {"conduct": asked} if asked else {}

    def view(self, scope: Scope, results: Mapping[str, Conduct]) -> View:
        text, found = scope.text, results.get("conduct")
        is_known = found is not None and any(paid.applied or paid.received for paid in found.months.values())
        return View(
            title=text(self.title),
            caption=text("by month of payment, {n} months", n=MONTHS) if is_known else "",
            shown=_course(scope, found) if found and is_known else None,
            label=_label(scope, found) if found and is_known else "",
            theme=scope.theme,
            empty=_empty(scope, found),
        )

    def render(self, view: View) -> Any:
        if view.shown is None:
            return account.empty_card(view.title, view.empty)
        drawn = parts.drawing(self.name, behaviour_plot.figure(view.shown, view.theme), view.label)
        return parts.card(parts.card_header(view.title, view.caption), drawn, class_name="behaviour", label=view.title)

    def table(self, scope: Scope, results: Mapping[str, Conduct]) -> Table | None:
        text, number, found = scope.text, scope.number, results.get("conduct")
        if found is None:
            return None
        raw = tuple((month, paid.applied, paid.days_late, paid.days_to_pay, paid.late_share) for month, paid in found.months.items())
        rows = tuple(
            (
                _month(scope, month),
                number.money(paid),
                number.of(late, Unit.DAYS),
                number.of(to_pay, Unit.DAYS),
                number.share(share),
            )
            for month, paid, late, to_pay, share in raw
        )
        columns = (text("Month"), text("Paid"), text("Mean days late"), text("Days to pay"), text("Share paid late"))
        return Table(text("Payment behaviour of {customer}", customer=scope.place), columns, rows, raw)

    def method(self, scope: Scope) -> Sequence[str]:
        return (
            scope.text(
                "By the month in which it was paid: the days from the due day to the payment day, each payment weighed by what it took "
                "off invoices, and the share of what came in that came after its due day. A month without payments has no value and "
                "breaks the line. The company's mean is of the twelve months up to the as-of day."
            ),
        )


def _empty(scope: Scope, found: Conduct | None) -> tuple[str, str]:
    if found is None:
        return account.nobody(scope)
    first = scope.number.day(min(found.months))
    return scope.text("No payments of {customer}", customer=scope.place), scope.text("Nothing was paid since {day}.", day=first)


def _month(scope: Scope, month: date) -> str:
    """``Sep 2026``."""
    return scope.number.period(period_of("month", month))


def _course(scope: Scope, found: Conduct) -> Course:
    number, months = scope.number, tuple(found.months)
    lates = tuple(_float(paid.days_late) for paid in found.months.values())
    company = _float(found.company_late)
    known = [value for value in (*lates, company, 0.0) if value is not None]
    heights = round_heights(min(known), max(known))
    last = next(i for i in range(len(months) - 1, -1, -1) if found.months[months[i]].received or found.months[months[i]].applied)
    latest = tuple(found.months.values())[last]
    return Course(
        months=tuple(month.isoformat() for month in months),
        late=lates,
        share=tuple(_float(paid.late_share) for paid in found.months.values()),
        hover=tuple(_hover(scope, month, paid) for month, paid in found.months.items()),
        ticks=tuple((height, number.of(Decimal(str(height)), Unit.DAYS).removesuffix(".0")) for height in heights),
        shares=tuple((height, number.share(Decimal(str(height)), digits=0)) for height in (0.0, 0.5, 1.0)),
        axis=tuple((month.isoformat(), _tick(scope, month)) for month in months if (month.month - 1) % _EVERY == 0),
        company=(company, scope.text("Company {days}", days=number.of(found.company_late, Unit.DAYS))) if company is not None else None,
        end=(lates[last], number.of(latest.days_late, Unit.DAYS)),
        share_end=(_float(latest.late_share), number.part(latest.late_share)),
        titles=(scope.text("Mean days late"), scope.text("Share paid late")),
    )


def _float(value: Decimal | None) -> float | None:
    return None if value is None else float(value)


def _tick(scope: Scope, month: date) -> str:
    name = scope.number.month(month)
    return f"{name}<br>{month.year}" if month.month == 1 else name


def _hover(scope: Scope, month: date, paid: Paid) -> str:
    text, number = scope.text, scope.number
    head = f"<b>{_month(scope, month)}</b>"
    if not paid.applied and not paid.received:
        return f"{head}<br>{text('No payments')}"
    lines = (
        text("Paid {amount}", amount=number.money(paid.applied)),
        text("Mean days late {days}", days=number.of(paid.days_late, Unit.DAYS)),
        text("Paid late {share}", share=number.share(paid.late_share)),
    )
    return "<br>".join((head, *lines))


def _label(scope: Scope, found: Conduct) -> str:
    """The chart in a sentence."""
    text, number = scope.text, scope.number
    if found.year.days_late is None:
        return text("Payments of {customer} by month; none in the last 12", customer=scope.place)
    days, share = number.of(found.year.days_late, Unit.DAYS), number.share(found.year.late_share)
    said = N_("{customer} paid {days} days late on average in the last 12 months, {share} of it late")
    return text(said, customer=scope.place, days=days, share=share)
