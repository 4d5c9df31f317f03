"""Roll rates: what becomes of receivables within a month, bucket by bucket, and the ageing that follows if it goes on like that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from layouts import html, parts
from layouts.format import Scale
from layouts.panel import Table
from layouts.panels import progress
from layouts.parts import Judgement, Value
from layouts.text import N_
from layouts.tools import icon
from layouts.urls import Scope
from metrics.catalog import BUCKET_NOT_DUE, buckets
from metrics.pace import ratio
from metrics.roll import ZERO
from metrics.roll_sql import DIMENSIONS
from metrics.rolling import Rolled, RollRates

NOTABLE: Final = Decimal("0.02")
"""A change of what is over 90 days late by less than this share of it is none."""


@dataclass(frozen=True, slots=True)
class Line:
    """A bucket: what is open, the shares that roll to worse, stay and are paid within a month, what is projected month by month."""

    name: str
    today: str
    shares: tuple[Value, Value, Value]
    projected: tuple[Value, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """``finding``: what it means for what is over 90 days late, with its ``judgement``; ``groups``: headings over several columns."""

    title: str
    caption: str
    finding: str
    judgement: Judgement
    groups: tuple[str, str]
    columns: tuple[str, ...]
    lines: tuple[Line, ...]
    total: Line | None
    empty: tuple[str, str]


class Roll:
    name = "roll"
    title = N_("Roll rates")

    def needs(self, scope: Scope) -> Mapping[str, RollRates]:
        return {"roll": RollRates(as_of=progress.cut(scope), where=scope.where)} if is_asked(scope) else {}

    def view(self, scope: Scope, results: Mapping[str, Rolled]) -> View:
        text, found = scope.text, results.get("roll")
        scale = _scale(scope, found) if found and _is_known(found) else None
        finding, judgement = _finding(scope, found) if found and scale else ("", "dim")
        return View(
            title=text(self.title),
            caption=_caption(scope, found, scale) if found and scale else "",
            finding=finding,
            judgement=judgement,
            groups=(text("Within a month"), text("If it goes on like that")),
            columns=_columns(scope, found) if found else (),
            lines=tuple(_line(scope, found, i, scale) for i in range(len(found.today))) if found and scale else (),
            total=_total(scope, found, scale) if found and scale else None,
            empty=_empty(scope, found),
        )

    def render(self, view: View) -> Any:
        head = parts.card_header(view.title, view.caption)
        if view.total is None:
            return parts.card(head, parts.nothing(*view.empty), label=view.title)
        mark = icon({"bad": "up", "good": "down", "dim": "equal"}[view.judgement])
        found = html.P([html.Span(mark, className=view.judgement), " ", html.B(view.finding)], className="found")
        groups = [html.Td(), html.Td(), *(html.Th(words, scope="colgroup", colSpan=3) for words in view.groups)]
        names = [html.Th(name, scope="col", className=_class(i)) for i, name in enumerate(view.columns)]
        thead = html.Thead([html.Tr(groups, className="groups"), html.Tr(names)])
        body = [html.Tr(_cells(line)) for line in view.lines]
        table = html.Table([thead, html.Tbody([*body, html.Tr(_cells(view.total), className="sum")])], className="tb roll")
        box = html.Div(table, className="list-box", tabIndex=0, role="group", **parts.aria(label=view.title))
        return parts.card(head, found, box, class_name="roll-card", label=view.title)

    def table(self, scope: Scope, results: Mapping[str, Rolled]) -> Table | None:
        found = results.get("roll")
        if found is None or not _is_known(found):
            return None
        scale = _scale(scope, found)
        raw: tuple[tuple[Any, ...], ...] = tuple(
            (_name(scope, found, i), found.today[i], *_shares(found, i), *(p[i] for p in found.projected)) for i in _every(found)
        )
        raw += ((scope.text("Total"), sum(found.today, ZERO), *_shares(found), *map(_sum, found.projected)),)
        number = scope.number
        rows = tuple(
            (name, number.scaled(today, scale), *map(number.share, values[:3]), *(number.scaled(v, scale) for v in values[3:]))
            for name, today, *values in raw
        )
        return Table(scope.text("Roll rates, {caption}", caption=_caption(scope, found, scale)), _columns(scope, found), rows, raw)

    def method(self, scope: Scope) -> Sequence[str]:
        text = scope.text
        return (
            text(
                "Every open instalment is looked at on the as-of day and one, two and three months before. Of what was open in a bucket "
                "at the beginning of a month, the shares say what was in an older bucket at its end, what was in the same one, and what "
                "was paid; the three months together. Credit notes roll apart."
            ),
            text(
                "Ahead, what is open today rolls at these rates month by month, and as much is added as on average in the three months. "
                "Where a bucket was empty in the scope, the rates of the whole company stand in."
            ),
        )


def is_asked(scope: Scope) -> bool:
    """Whether balances know what is filtered by, instalment by instalment."""
    return {f.dimension for f in scope.where} <= set(DIMENSIONS)


def _every(found: Rolled) -> range:
    return range(len(found.today))


def _sum(amounts: Sequence[Decimal | None]) -> Decimal | None:
    known = [amount for amount in amounts if amount is not None]
    return sum(known, ZERO) if len(known) == len(amounts) else None


def _is_known(found: Rolled) -> bool:
    """Whether there is anything to show: three months of history, and something that is owed."""
    return found.missing is None and any(found.today)


def _empty(scope: Scope, found: Rolled | None) -> tuple[str, str]:
    text = scope.text
    if found is None:
        return text("Roll rates are not known here"), text("An invoice is paid as a whole, whatever product categories stand on it.")
    if found.missing:
        short = found.missing.code == "not_enough_history"
        why = text("It takes three months of receivables before the as-of day.") if short else progress.why(scope, "open", found.missing)
        return text("No roll rates to show"), why
    return text("Nothing is owed on {day}", day=scope.number.day(found.query.as_of)), text("Every invoice is paid")


def _scale(scope: Scope, found: Rolled) -> Scale:
    return scope.number.scale([*found.today, *(v for p in found.projected for v in p)])


def _caption(scope: Scope, found: Rolled, scale: Scale) -> str:
    return scope.text("{unit}, three months up to {day}", unit=scale.caption, day=scope.number.day(found.query.as_of, "short"))


def _columns(scope: Scope, found: Rolled) -> tuple[str, ...]:
    text = scope.text
    ahead = (scope.number.day(day, "short") for day in found.query.ahead)
    return text("Past due"), text("Today"), text("Worse"), text("Stays"), text("Paid"), *ahead


def _name(scope: Scope, found: Rolled, bucket: int) -> str:
    return progress.bucket_name(scope, buckets(found.edges)[bucket])


def _shares(found: Rolled, bucket: int | None = None) -> tuple[Decimal | None, Decimal | None, Decimal | None]:
    """What rolls to worse, stays and is paid of the invoices in a bucket, or of all."""
    of, every = found.invoices, _every(found) if bucket is None else (bucket,)
    opening = sum((of.opening[i] for i in every), ZERO)
    worse, stays, paid = (ratio(sum(map(part, every), ZERO), opening) for part in (of.worse, of.stays, of.paid))
    return worse, stays, paid


def _values(scope: Scope, found: Rolled, shares: Sequence[Decimal | None]) -> tuple[Value, Value, Value]:
    why = scope.text("Nothing was in this bucket in the three months")
    worse, stays, paid = (Value(scope.number.share(share), why if share is None else "") for share in shares)
    return worse, stays, paid


def _projected(scope: Scope, amounts: Sequence[Decimal | None], scale: Scale) -> tuple[Value, ...]:
    why = scope.text("There is not enough history to forecast from")
    return tuple(Value(scope.number.scaled(amount, scale), why if amount is None else "") for amount in amounts)


def _line(scope: Scope, found: Rolled, bucket: int, scale: Scale) -> Line:
    return Line(
        _name(scope, found, bucket),
        scope.number.scaled(found.today[bucket], scale),
        _values(scope, found, _shares(found, bucket)),
        _projected(scope, [balances[bucket] for balances in found.projected], scale),
    )


def _total(scope: Scope, found: Rolled, scale: Scale) -> Line:
    return Line(
        scope.text("Total"),
        scope.number.scaled(sum(found.today, ZERO), scale),
        _values(scope, found, _shares(found)),
        _projected(scope, [_sum(balances) for balances in found.projected], scale),
    )


def _finding(scope: Scope, found: Rolled) -> tuple[str, Judgement]:
    """How much more, or less, is over 90 days late in three months, and which money decides it."""
    text, number = scope.text, scope.number
    now, then, day = found.over_90(found.today), found.over_90(found.projected[-1]), number.day(found.query.ahead[-1], "short")
    if now is None or then is None:
        return text("What will be over 90 days late cannot be told: too little was that late in the three months"), "dim"
    change = then - now
    if abs(change) <= NOTABLE * abs(now):
        return text("About as much over 90 days on {day} as today: {amount}", day=day, amount=number.money(then)), "dim"
    if change < 0:
        values: dict[str, Any] = {"amount": number.money(-change), "day": day}
        return text("{amount} less over 90 days by {day} if customers go on paying like that", **values), "good"
    return _rises(scope, found, number.money(change), day), "bad"


def _rises(scope: Scope, found: Rolled, amount: str, day: str) -> str:
    text, of = scope.text, [part or ZERO for part in found.from_bucket[: found.late]]
    largest = max(range(len(of)), key=of.__getitem__)
    if of[largest] <= 0:
        return text("{amount} more over 90 days by {day}", amount=amount, day=day)
    size, name = scope.number.money(found.today[largest]), buckets(found.edges)[largest]
    if name == BUCKET_NOT_DUE:
        return text(
            "{amount} more over 90 days by {day} unless more of the {size} not yet due is paid than usual",
            amount=amount,
            day=day,
            size=size,
        )
    return text(
        "{amount} more over 90 days by {day} unless more of the {size} now {span} days late is paid than usual",
        amount=amount,
        day=day,
        size=size,
        span=progress.bucket_span(name),
    )


def _class(column: int) -> str | None:
    """A phone leaves out what stays, and the two months between."""
    return "l" if column == 0 else "sm" if column in (3, 5, 6) else None


def _cells(line: Line) -> list[Any]:
    cells: list[Any] = [line.today, *line.shares, *line.projected]
    values = [parts.value(cell) if isinstance(cell, Value) else cell for cell in cells]
    first = html.Th(line.name, scope="row", className="l")
    return [first, *(html.Td(cell, className=_class(i)) for i, cell in enumerate(values, start=1))]
