"""How collections stand, in five cards: what came in, what share of what was invoiced, for how many days it is owed, how much of
it is overdue and how much for long; each against what is planned, last year and a week ago."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Final

from layouts import html, parts
from layouts.panel import Table
from layouts.panels import owed, progress
from layouts.panels.kpis import LONG, SCALE
from layouts.panels.owed import CYCLE, PAID, RATES, Change, plan_of
from layouts.parts import Bar
from layouts.text import N_, translator
from layouts.tools import explain
from layouts.urls import Scope
from metrics import pace, receivables
from metrics.catalog import Unit
from metrics.query import Query, Result

_PACE: Final = ("collections", *(f"collections_{kind}" for kind in (*progress.PROGRESS, *progress.LANDING, "py", "py_change")))
_FIGURES: Final = ("collections", *RATES, *PAID, *CYCLE, *owed.BALANCES)
_WIDE: Final = Decimal("1.1")
"""A bar's scale ends so many times beyond the longest of what it shows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One figure. ``of``: the measures that its sheet explains; ``value``: prefix, digits, suffix; ``why`` it is missing, else empty.

    ``gap``: against the plan; ``basis``: what figure and plan are of; ``more``: figures beside it, by their names.
    """

    of: tuple[str, ...]
    name: str
    value: tuple[str, str, str]
    why: str = ""
    bar: Bar | None = None
    gap: Change | None = None
    basis: str = ""
    more: str = ""
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class View:
    cards: tuple[Card, ...]
    language: str


class CollectionCards:
    name = "collection_cards"
    title = N_("Collections")

    def needs(self, scope: Scope) -> Mapping[str, Query]:
        last, year = progress.cut(scope), scope.period.year_before()
        elapsed = scope.snapshot.calendar.like_for_like(scope.period, last, year)
        balances, paid, gap = (
            owed.askable(scope, keys) for keys in ((*owed.BALANCES, *CYCLE), ("collections", *RATES, *PAID), ("collections_gap",))
        )
        asked = {
            "pace": replace(progress.query(scope, owed.askable(scope, _PACE)), as_of=last),
            "pace_week": replace(progress.query(scope, gap), as_of=owed.week_before(scope)),
            "now": owed.standing(scope),
            "week": replace(owed.standing(scope), as_of=owed.week_before(scope)),
            "year": replace(progress.query(scope, balances), as_of=owed.year_before(scope), period=year),
            "year_paid": replace(progress.query(scope, paid), as_of=elapsed, period=year),
        }
        return {name: query for name, query in asked.items() if query.measures}

    def view(self, scope: Scope, results: Mapping[str, Result]) -> View:
        known = _Known(results)
        return View(tuple(make(scope, known) for make in (_collections, _rate, _dso, _overdue, _long_overdue)), scope.language)

    def render(self, view: View) -> Any:
        return html.Div([_render(card, view.language) for card in view.cards], className="kpis owed")

    def table(self, scope: Scope, results: Mapping[str, Result]) -> Table:
        text, known, raw = scope.text, _Known(results), []
        for key in _FIGURES:
            plan = known.now("collections_target") if key == "collections" else plan_of(scope, key)
            value = known.now(key)
            raw.append((progress.name_of(scope, key), value, plan, pace.gap(value, plan), known.year(key), known.week(key)))
        rows = tuple(
            (name, *(owed.gap_said(scope, key, v) if i == 2 else owed.said(scope, key, v) for i, v in enumerate(values)))
            for key, (name, *values) in zip(_FIGURES, raw, strict=True)
        )
        columns = (text("Figure"), text("Now"), text("Plan"), text("Difference to plan"), text("A year before"), text("A week before"))
        day = scope.number.day(progress.cut(scope))
        return Table(text("Collections, {period}, {day}", period=scope.number.period(scope.period), day=day), columns, rows, tuple(raw))

    def method(self, scope: Scope) -> Sequence[str]:
        text, number = scope.text, scope.number
        return (
            text(
                "Balances and days are of {day}, compared with {year} and {week}. Rates and payments are of the period up to that day, "
                "compared with as many working days of last year; below collections it says how the gap moved since {week}.",
                day=number.day(progress.cut(scope)),
                year=number.day(owed.year_before(scope)),
                week=number.day(owed.week_before(scope)),
            ),
            text("Plans are the company's, whatever part of it is looked at. A limit in money is the planned share × the open balance."),
        )


class _Known:
    """The figures now, a year and a week before, as far as they were asked for."""

    def __init__(self, results: Mapping[str, Result]) -> None:
        self._rows = {name: result.only() for name, result in results.items()}
        self._missing = {name: result.missing for name, result in results.items()}

    def now(self, key: str) -> Any:
        return self._first(key, "pace", "now")

    def week(self, key: str) -> Any:
        return self._first(key, "week", "pace_week")

    def year(self, key: str) -> Any:
        return self._first(key, "year_paid", "year")

    def why(self, scope: Scope, key: str, *moments: str) -> str:
        """Why a figure is missing at the moments that know of it."""
        if not scope.can_ask(key):
            return scope.text("Payments know no products")
        return progress.why(scope, key, next((self._missing[name][key] for name in moments if key in self._missing.get(name, {})), None))

    def _first(self, key: str, *names: str) -> Any:
        return next((self._rows[name][key] for name in names if key in self._rows.get(name, {})), None)


# --- the five cards -----------------------------------------------------------------------------------------------------------


def _collections(scope: Scope, known: _Known) -> Card:
    text, number, key = scope.text, scope.number, "collections"
    value, card = known.now(key), _card(scope, known, key, (key,))
    if value is None:
        return card
    row = {name: known.now(name) for name in _PACE}
    rose, gap, target = row["collections_py_change"], row["collections_gap"], row["collections_target"]
    risen = number.share(rose, signed=True)
    past = owed.change(scope, key, rose, text("vs PY"), words=risen, why=known.why(scope, "collections_py_change", "pace"))
    card = replace(card, bar=progress.bar_of(scope, key, row, SCALE), more=progress.landing_words(scope, key, row)[0], changes=(past,))
    if gap is None or not target:
        return replace(card, gap=Change(text("No target is set")))
    since = text("since {day}", day=number.day(owed.week_before(scope), "short"))
    moved = pace.gap(gap, known.week("collections_gap"))
    return replace(
        card,
        gap=Change(progress.gap_words(scope, key, row), "up" if gap >= 0 else "down", progress.judgement(row["collections_status"])),
        basis=text("{done} of {target} target", done=number.share(row["collections_completion"]), target=number.money(target)),
        changes=(past, owed.change(scope, key, moved, since, why=known.why(scope, "collections_gap", "pace_week", "pace"))),
    )


def _rate(scope: Scope, known: _Known) -> Card:
    text, number, key = scope.text, scope.number, "collected_of_invoiced"
    card = replace(_card(scope, known, key, RATES), name=text("Collection rate"))
    others = text(
        "of due {due} · of receivable {receivable}",
        due=number.share(known.now("collected_of_due")),
        receivable=number.share(known.now("collected_of_receivable")),
    )
    plan = plan_of(scope, key)
    basis = text("of what was invoiced; plan {plan}", plan=number.share(plan)) if plan is not None else text("of what was invoiced")
    return _compared(scope, known, key, card, plan=plan, basis=basis, more=others)


def _dso(scope: Scope, known: _Known) -> Card:
    text, number, key = scope.text, scope.number, "dso"
    plan, days = plan_of(scope, key), scope.settings.dso_days
    card = replace(_card(scope, known, key, CYCLE), name=text("DSO"))
    measured = text("by {days} days of invoices", days=str(days))
    basis = text("plan {plan}; {by}", plan=number.of(plan, Unit.DAYS), by=measured) if plan is not None else measured
    more = text(
        "count-back {back} · best possible {best}",
        back=number.of(known.now("dso_count_back"), Unit.DAYS),
        best=number.of(known.now("dso_best"), Unit.DAYS),
    )
    return _compared(scope, known, key, card, plan=plan, basis=basis, more=more)


def _overdue(scope: Scope, known: _Known) -> Card:
    return _limited(scope, known, "overdue", scope.text("{amount} not yet due", amount=scope.number.money(known.now("not_due"))))


def _long_overdue(scope: Scope, known: _Known) -> Card:
    of_overdue = receivables.share(known.now("over_90"), known.now("overdue"))
    return _limited(scope, known, "over_90", scope.text("{share} of what is overdue", share=scope.number.share(of_overdue)))


def _limited(scope: Scope, known: _Known, key: str, more: str) -> Card:
    """An amount that may be so large a share of what is open."""
    text, number, total, rate = scope.text, scope.number, known.now("open"), known.now(f"{key}_rate")
    share, card = plan_of(scope, f"{key}_rate"), _card(scope, known, key, (key, f"{key}_rate"))
    if rate is None:
        basis = progress.no_rate(scope, is_open=any(known.now(name) for name in ("open", "not_due", "overdue")))
        found = _compared(scope, known, key, card, plan=None, basis=basis, more=more)
        return found if share is None else replace(found, gap=None)  # planned is a share, and there is none to hold it against
    values: dict[str, Any] = {"rate": number.share(rate), "open": number.money(total), "limit": number.share(share)}
    limit = None if share is None else share * total
    basis = text("{rate} of {open}; limit {limit}", **values) if share is not None else text("{rate} of {open}", **values)
    return _compared(scope, known, key, card, plan=limit, basis=basis, more=more)


# --- what they share ----------------------------------------------------------------------------------------------------------


def _card(scope: Scope, known: _Known, key: str, of: tuple[str, ...]) -> Card:
    value, unit = known.now(key), progress.unit_of(key)
    prefix, digits, suffix = scope.number.split(value, unit)
    if unit == Unit.DAYS and value is not None:
        suffix = scope.text("days")
    why = known.why(scope, key, "pace", "now") if value is None else ""
    return Card(of=of, name=progress.name_of(scope, key), value=(prefix, digits, suffix), why=why)


def _compared(scope: Scope, known: _Known, key: str, card: Card, *, plan: Decimal | None, basis: str, more: str) -> Card:
    value = known.now(key)
    if value is None:
        return card
    year, week = known.year(key), known.week(key)
    since = scope.text("since {day}", day=scope.number.day(owed.week_before(scope), "short"))
    return replace(
        card,
        bar=_bar(scope, key, value, plan, year),
        gap=owed.against_plan(scope, key, value, plan),
        basis=basis,
        more=more,
        changes=(
            owed.change(scope, key, pace.gap(value, year), scope.text("vs PY"), why=known.why(scope, key, "year_paid", "year")),
            owed.change(scope, key, pace.gap(value, week), since, why=known.why(scope, key, "week")),
        ),
    )


def _bar(scope: Scope, key: str, value: Decimal, plan: Decimal | None, year: Decimal | None) -> Bar:
    """The value from zero and a tick at the plan, on a scale that has room for both and for last year."""
    longest = max(value, plan or Decimal(0), year or Decimal(0)) * _WIDE
    shown = owed.said(scope, key, value)
    return Bar(
        label=shown if plan is None else scope.text("{value}; plan {plan}", value=shown, plan=owed.said(scope, key, plan)),
        actual=_length(value, longest),
        expected=None if plan is None else _length(plan, longest),
        judgement=owed.judged(key, pace.gap(value, plan)),
        target=False,
    )


def _length(value: Decimal, longest: Decimal) -> float:
    return round(float(max(value, Decimal(0)) / longest), 4) if longest > 0 else 0.0


# --- components -----------------------------------------------------------------------------------------------------------------


def _render(card: Card, language: str) -> Any:
    prefix, digits, suffix = card.value
    return html.Article(
        [
            html.H2([html.Span(card.name), explain("collection_cards", ",".join(card.of), translator(language), of=card.name)]),
            html.Div([f"{prefix}{digits}", html.Small(suffix) if suffix else None], className="val long" if len(digits) > LONG else "val"),
            *([html.Div(card.why, className="untold w")] if card.why else _render_standing(card)),
        ],
        className="card-wl kpi",
        **parts.aria(label=card.name),
    )


def _render_standing(card: Card) -> list[Any]:
    scale = "k11" if card.bar and card.bar.target else "k10"
    return [
        html.Div(parts.bullet(card.bar, scale) if card.bar else None, className="w bl"),
        html.Div(owed.draw(card.gap) if card.gap else None, className="pline w"),
        html.Div(card.basis, className="cap w", title=card.basis),
        html.Div(card.more, className="cap w", title=card.more),
        html.Div([owed.draw(change, "nw") for change in card.changes], className="foot w"),
    ]
