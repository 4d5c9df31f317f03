"""The strip of a customer's account: exposure against the credit limit, terms, overdue, mean days late, days to pay."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from layouts import html, parts
from layouts.panel import Table
from layouts.panels import account, progress
from layouts.parts import Bar, Judgement, Value
from layouts.text import N_, translator
from layouts.tools import explain, icon
from layouts.urls import Scope
from metrics.account import Standing
from metrics.catalog import Unit
from metrics.payers import Conduct
from metrics.question import Question
from metrics.receivables import share

SCALE: Final = 1.1
"""The exposure is drawn on 0–110 % of the credit limit."""
NOTABLE: Final = Decimal(1)
"""A change of the mean by less than this many days is none."""
_MARKS: Final = {"bad": "up", "good": "down", "dim": "equal"}
"""Of all of these more is worse."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One card. ``verdict``: the line that judges; ``marked``: with an icon before it. ``note``: what stands below."""

    key: str
    name: str
    value: Value
    bar: Bar | None = None
    verdict: str
    judgement: Judgement = "dim"
    marked: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class View:
    items: tuple[Item, ...]
    language: str
    empty: tuple[str, str] | None = None


class AccountStrip:
    name = "account_strip"
    title = N_("Account")

    def needs(self, scope: Scope) -> Mapping[str, Question]:
        asked, conduct = account.asked(scope), account.conduct(scope)
        return {"account": asked, "conduct": conduct} if asked and conduct else {}

    def view(self, scope: Scope, results: Mapping[str, Any]) -> View:
        if "account" not in results:
            return View((), scope.language, account.nobody(scope))
        return View(tuple(_items(scope, results["account"], results["conduct"])), scope.language)

    def render(self, view: View) -> Any:
        if view.empty:
            return html.Div(parts.nothing(*view.empty), className="kpis")
        return html.Div([_render(item, view.language) for item in view.items], className="kpis acc")

    def table(self, scope: Scope, results: Mapping[str, Any]) -> Table | None:
        if "account" not in results:
            return None
        text, found, paid = scope.text, results["account"], results["conduct"]
        days = scope.number.of
        lines: tuple[tuple[str, Any, str], ...] = (
            (text("Exposure"), found.exposure, scope.number.money(found.exposure)),
            (text("Open"), found.open, scope.number.money(found.open)),
            (text("Unapplied cash"), found.unapplied, scope.number.money(found.unapplied)),
            (text("Credit limit"), found.credit_limit, scope.number.money(found.credit_limit)),
            (text("Limit used"), found.used, scope.number.share(found.used)),
            (text("Agreed days to pay"), found.terms_days, _count(scope, found.terms_days)),
            (text("Open invoices"), found.invoices, _count(scope, found.invoices)),
            (text("Open invoices older than the terms"), found.beyond, _count(scope, found.beyond)),
            (text("Amount older than the terms"), found.beyond_amount, scope.number.money(found.beyond_amount)),
            (text("Overdue"), found.overdue, scope.number.money(found.overdue)),
            (text("Oldest due day that is overdue"), found.oldest, scope.number.day(found.oldest)),
            (text("Mean days late, 12 months"), paid.year.days_late, days(paid.year.days_late, Unit.DAYS)),
            (text("Mean days late, the 12 months before"), paid.before.days_late, days(paid.before.days_late, Unit.DAYS)),
            (text("Mean days late, company"), paid.company_late, days(paid.company_late, Unit.DAYS)),
            (text("Share paid late, 12 months"), paid.year.late_share, scope.number.share(paid.year.late_share)),
            (text("Days to pay, 12 months"), paid.year.days_to_pay, days(paid.year.days_to_pay, Unit.DAYS)),
            (text("Days to pay, the 12 months before"), paid.before.days_to_pay, days(paid.before.days_to_pay, Unit.DAYS)),
            (text("Days to pay, company"), paid.company_to_pay, days(paid.company_to_pay, Unit.DAYS)),
        )
        caption = text("Account of {customer}, {day}", customer=scope.place, day=scope.number.day(found.query.as_of))
        columns = (text("Figure"), text("Value"))
        return Table(caption, columns, tuple((name, said) for name, _, said in lines), tuple((name, raw) for name, raw, _ in lines))

    def method(self, scope: Scope) -> Sequence[str]:
        text = scope.text
        return (
            text(
                "Exposure is the total receivable of the customer: what is open of its invoices, credit notes negative, less cash that "
                "no invoice took. The limit used is exposure ÷ credit limit. An open invoice is older than the terms if more than the "
                "agreed days have passed since the invoice day."
            ),
            text(
                "Days late and days to pay are means over the payments of the twelve months up to the as-of day, each weighed by what "
                "it took off invoices; days before the due day count as negative. The share paid late is of what came in."
            ),
        )


def _count(scope: Scope, value: int | None) -> str:
    return scope.number.share(None) if value is None else scope.number.count(value)


def _items(scope: Scope, found: Standing, paid: Conduct) -> list[Item]:
    text = scope.text
    late, waited = text("Mean days late"), text("Days to pay")
    by_late = text("{share} paid late", share=scope.number.part(paid.year.late_share)) if paid.year.late_share is not None else ""
    means = (paid.year.days_late, paid.before.days_late, paid.company_late)
    to_pay = (paid.year.days_to_pay, paid.before.days_to_pay, paid.company_to_pay)
    return [
        _exposure(scope, found),
        _terms(scope, found),
        _overdue(scope, found),
        _mean(scope, "days_late", late, means, by_late),
        _mean(scope, "days_to_pay", waited, to_pay, ""),
    ]


def _exposure(scope: Scope, found: Standing) -> Item:
    text, number, why = scope.text, scope.number, account.why(scope, found)
    note = ""
    if found.unapplied:
        note = text("open {open}, unapplied {cash}", open=number.money(found.open), cash=number.money(found.unapplied))
    verdict, bar = text("No credit limit is agreed"), None
    is_over = found.is_over_limit and not why
    if found.credit_limit is not None:
        verdict = text("{share} of the limit of {limit}", share=number.share(found.used), limit=number.money(found.credit_limit))
        bar = _limit_bar(scope, found) if found.used is not None else None
    if found.credit_limit is not None and is_over:
        over = number.money(found.exposure - found.credit_limit)
        verdict = text("{over} over the limit of {limit}", over=over, limit=number.money(found.credit_limit))
        used = text("{share} of the limit is used", share=number.share(found.used)) if found.used is not None else ""
        note = text("; ").join(filter(None, (used, note)))
    return Item(
        key="receivable",
        name=text("Exposure"),
        value=Value(number.money(None if why else found.exposure), why),
        bar=None if why else bar,
        verdict=why or verdict,
        judgement="bad" if is_over else "dim",
        marked=is_over,
        note=note,
    )


def _limit_bar(scope: Scope, found: Standing) -> Bar:
    """The exposure on a scale that ends a little beyond the limit; beyond it, up to where it should have stayed."""
    assert found.used is not None
    over = found.used > 1
    label = scope.text("{share} of the credit limit is used", share=scope.number.share(found.used))
    length = round(min(max(float(found.used), 0.0), SCALE), 4)
    return Bar(
        label=label, actual=length, expected=1.0 if over else None, judgement="bad" if over else "dim", over=float(found.used) > SCALE
    )


def _terms(scope: Scope, found: Standing) -> Item:
    text, number = scope.text, scope.number
    if found.terms_days is None:
        said = text("No terms are agreed")
        return Item(key="open", name=text("Terms"), value=Value(number.share(None), said), verdict=said)
    verdict = text("No open invoice is older")
    if found.beyond:
        verdict = text("{n} invoices are older, {amount}", n=found.beyond, amount=number.money(found.beyond_amount))
    value = text("{n} days", n=found.terms_days) if found.terms_days else text("At once")
    return Item(
        key="open",
        name=text("Terms"),
        value=Value(value),
        verdict=verdict,
        judgement="bad" if found.beyond else "dim",
        marked=bool(found.beyond),
        note=text("of {n} open invoices", n=found.invoices) if found.invoices else "",
    )


def _overdue(scope: Scope, found: Standing) -> Item:
    text, number, why = scope.text, scope.number, account.why(scope, found)
    rate = share(found.overdue, found.open)
    verdict = progress.no_rate(scope, is_open=found.invoices > 0)
    if rate is not None:
        verdict = text("{share} of what is open", share=number.share(rate))
    note = ""
    if found.oldest:
        days = text("the oldest for {n} days", n=(found.query.as_of - found.oldest).days)
        note = " · ".join((text("{n} invoices", n=found.late), days))
    is_late = found.overdue > 0 and not why
    return Item(
        key="overdue",
        name=text("Overdue"),
        value=Value(number.money(None if why else found.overdue), why),
        verdict=why or verdict,
        judgement="bad" if is_late else "dim",
        marked=is_late,
        note=note,
    )


def _mean(scope: Scope, key: str, name: str, means: tuple[Decimal | None, Decimal | None, Decimal | None], more: str) -> Item:
    """A mean of the year against the year before and against the company's."""
    text, (now, before, company) = scope.text, means
    number = scope.number
    if now is None:
        said = text("Nothing was paid in the 12 months up to {day}", day=number.day(progress.cut(scope)))
        return Item(key=key, name=name, value=Value(number.share(None), said), verdict=said)
    change = None if before is None else now - before
    verdict = text("No payments in the 12 months before")
    if change is not None:
        verdict = text("{change} on the 12 months before", change=number.of(change, Unit.DAYS, signed=True))
    ours = text("company {days}", days=number.of(company, Unit.DAYS)) if company is not None else ""
    return Item(
        key=key,
        name=name,
        value=Value(text("{days} days", days=number.of(now, Unit.DAYS))),
        verdict=verdict,
        judgement=_judged(change),
        marked=change is not None,
        note=" · ".join(filter(None, (ours, more))),
    )


def _judged(change: Decimal | None) -> Judgement:
    if change is None or abs(change) < NOTABLE:
        return "dim"
    return "bad" if change > 0 else "good"


def _render(item: Item, language: str) -> Any:
    mark = [icon(_MARKS[item.judgement]), " "] if item.marked else []
    head = html.H2([html.Span(item.name), explain("account_strip", item.key, translator(language), of=item.name)])
    return html.Section(
        [
            head,
            html.Div(parts.value(item.value), className="val w"),
            html.Div(parts.bullet(item.bar, "k11"), className="w limit") if item.bar else None,
            html.Div([*mark, html.Span(item.verdict, title=item.verdict)], className=f"pline w {item.judgement}"),
            html.Div(item.note, className="cap w", title=item.note) if item.note else None,
        ],
        className="card-wl kpi",
        **parts.aria(label=item.name),
    )
