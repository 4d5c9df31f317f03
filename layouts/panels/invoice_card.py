"""One invoice in full, in place of a list: instalments, payments, dispute, order and customer, and the way back to the list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from layouts import html, parts
from layouts.format import Scale
from layouts.panel import Table
from layouts.panels import entry_list, progress
from layouts.panels.entry_list import Entries, entries_of
from layouts.parts import Chip, Judgement, Value
from layouts.tools import icon
from layouts.urls import ACCOUNT, REGIONS, Scope
from metrics.invoices import Bill, Found, Instalment, Invoice, Receipt
from metrics.scope import period_of
from metrics.written import Told


@dataclass(frozen=True, slots=True)
class Fact:
    """``href``: where the value leads, "" for nowhere; ``hint``: what is there."""

    name: str
    value: Value
    href: str = ""
    hint: str = ""
    judgement: Judgement | str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """``late``: it says how late something is, which is adverse."""

    value: Value
    late: bool = False


@dataclass(frozen=True, slots=True)
class Listed:
    """A small table; ``words``: how many of its first columns are text; ``empty``: what is said in place of its rows."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    words: int
    empty: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """``missing``: title and text where there is no such invoice; else the rest."""

    title: str
    back: tuple[str, str]
    chips: tuple[Chip, ...] = ()
    caption: str = ""
    facts: tuple[Fact, ...] = ()
    tables: tuple[Listed, ...] = ()
    missing: tuple[str, str] | None = None
    offer: tuple[str, str] | None = None
    """What can be looked at instead: words and address."""
    written: Entries | None = None


def asked(scope: Scope) -> Invoice:
    """The invoice that the address names, if it is one of what is looked at."""
    return Invoice(scope.address.invoice, progress.cut(scope), scope.where)


def view(scope: Scope, found: Found, back: tuple[str, str], told: Told | None = None) -> View:
    """``back``: to the list that the invoice stands in place of, words and address. ``told``: what was written about its customer,
    on a page that does not show that elsewhere."""
    text, number = scope.text, scope.address.invoice[:60]
    title, bill = text("Invoice {number}", number=number), found.bill
    if bill is None:
        missing, offer = _missing(scope, found, number, back)
        return View(title=title, back=back, missing=missing, offer=offer)
    return View(
        title=title,
        back=back,
        chips=_chips(scope, bill, told),
        caption=text("To the cent, {unit}, as of {day}", unit=scope.number.unit_name("full"), day=scope.number.day(found.query.as_of)),
        facts=_facts(scope, bill),
        tables=(_instalments(scope, bill), _receipts(scope, bill)),
        written=_written(scope, bill, told) if told else None,
    )


def table(scope: Scope, found: Found) -> Table | None:
    """Each instalment with what payments took off it; one without payments has a row of its own."""
    bill, text, number = found.bill, scope.text, scope.number
    if bill is None:
        return None
    columns = (text("Instalment"), text("Due"), text("Amount"), text("Open"), text("Days overdue"))
    more = (text("Payment"), text("Payment day"), text("Applied"), text("Days late"))
    raw: list[tuple[Any, ...]] = []
    for part in bill.instalments:
        head = (part.number, part.due_day, part.amount, part.open, part.days_overdue)
        paid = [
            (each.payment, each.day, each.took[part.number], (each.day - part.due_day).days)
            for each in bill.receipts
            if part.number in each.took
        ]
        raw += [(*head, *each) for each in paid] or [(*head, *(None for _ in more))]
    scale = _scale(scope)

    def said(value: Any) -> str:
        if value is None or isinstance(value, str):
            return value or ""
        if isinstance(value, Decimal):
            return number.scaled(value, scale)
        return number.count(value) if isinstance(value, int) else number.day(value)

    caption = text("Invoice {number}", number=bill.number)
    return Table(f"{caption}, {scale.caption}", (*columns, *more), tuple(tuple(map(said, row)) for row in raw), tuple(raw))


def draw(shown: View, *beside: Any) -> Any:
    """``beside``: what else the card has."""
    words, href = shown.back
    back = html.A([icon("back"), words], href=href, className="btn-wl sm back")
    if shown.missing:
        head = html.Div([back, html.H2(shown.title)], className="inv-h")
        offer = html.A(shown.offer[0], href=shown.offer[1], className="btn-wl sm") if shown.offer else None
        return parts.card(head, parts.nothing(*shown.missing, offer), *beside, class_name="inv", label=shown.title)
    chips = [parts.chip(chip) for chip in shown.chips]
    head = html.Div([back, html.H2(shown.title), *chips, html.Span(shown.caption, className="cap")], className="inv-h")
    facts = html.Dl([html.Div([html.Dt(fact.name), html.Dd(_fact(fact))]) for fact in shown.facts], className="inv-f")
    tables = html.Div([_table(listed) for listed in shown.tables], className="inv-t")
    return parts.card(head, facts, tables, _render_written(shown.written), *beside, class_name="inv", label=shown.title)


# --- in words -----------------------------------------------------------------------------------------------------------------


def _missing(scope: Scope, found: Found, number: str, back: tuple[str, str]) -> tuple[tuple[str, str], tuple[str, str]]:
    text = scope.text
    if found.dated:
        title = text("Invoice {number} is of a later day", number=number)
        said = text("It is dated {day}, after the day that is looked at.", day=scope.number.day(found.dated))
        return (title, said), (text("Show the latest data"), scope.link(as_of=None, period="quarter"))
    if scope.path:
        return (text("{place} has no invoice {number}", place=scope.place, number=number), text("Choose one from the list.")), back
    return (text("There is no invoice {number}", number=number), text("Choose one from the list.")), back


def _written(scope: Scope, bill: Bill, told: Told) -> Entries:
    """What was written about the customer, but for disputes of other invoices."""
    customer = bill.members.get("customer")
    button = (customer.key, customer.label(scope.language), scope.text("Invoice {number}", number=bill.number)) if customer else None
    return entries_of(
        scope, told, scope.text("Follow-ups"), button, only=lambda entry: not entry.invoice_id or entry.invoice_id == bill.number
    )


def _is_disputed(bill: Bill, told: Told | None) -> bool:
    """In the data, or as somebody wrote here."""
    if bill.disputed or told is None:
        return bill.disputed
    return any(e.kind == "dispute" and e.invoice_id == bill.number and e.entry_id not in told.undone for e in told.entries)


def _chips(scope: Scope, bill: Bill, told: Told | None) -> tuple[Chip, ...]:
    text = scope.text
    made = [Chip("risk", text("Disputed"))] if _is_disputed(bill, told) else []
    if bill.days_overdue:
        made.append(Chip("risk", text("{n} days overdue", n=bill.days_overdue)))
    elif bill.open == 0:
        made.append(Chip("achieved", text("Paid in full")))
    else:
        made.append(Chip("none", text("Credit note") if bill.amount < 0 else text("Not due")))
    return tuple(made)


def _facts(scope: Scope, bill: Bill) -> tuple[Fact, ...]:
    text, number, scale = scope.text, scope.number, _scale(scope)
    customer, rep = bill.members.get("customer"), bill.members.get("rep")
    placed = [bill.members[name].label(scope.language) for name in ("region", "area") if name in bill.members]
    terms = text("{n} days", n=bill.terms_days) if bill.terms_days is not None else ""
    return (
        Fact(text("Amount"), Value(number.scaled(bill.amount, scale))),
        Fact(text("Paid"), Value(number.scaled(bill.paid, scale))),
        Fact(text("Open"), Value(number.scaled(bill.open, scale)), judgement="bad" if bill.days_overdue else ""),
        Fact(text("Invoice day"), Value(number.day(bill.day))),
        Fact(text("Terms"), Value(terms or number.share(None), "" if terms else text("No terms are agreed"))),
        _order(scope, bill),
        Fact(
            text("Customer"),
            Value(customer.label(scope.language) if customer else number.share(None), "" if customer else text("Not given")),
            scope.link_to(ACCOUNT, customer=customer.key, invoice="", bucket="", ages="") if customer else "",
            text("Open the account"),
        ),
        Fact(text("Rep"), Value(rep.label(scope.language) if rep else number.share(None), "" if rep else text("Not given"))),
        Fact(text("Place"), Value(" · ".join(placed) or number.share(None), "" if placed else text("Not given"))),
    )


def _order(scope: Scope, bill: Bill) -> Fact:
    """The order, with a link to its lines on the Regions page where these are in the data."""
    text = scope.text
    if not bill.order:
        return Fact(text("Order"), Value(scope.number.share(None), text("Not given")))
    if bill.order_day is None:
        return Fact(text("Order"), Value(bill.order), hint=text("Its lines are not in the data"))
    month = period_of("month", bill.order_day, scope.snapshot.fiscal_first_month).format()
    customer = bill.members.get("customer")
    href = scope.link_to(
        REGIONS, customer=customer.key if customer else "", tab="lines", find=bill.order, period=month, invoice="", sort="", columns=""
    )
    return Fact(text("Order"), Value(bill.order), href if customer else "", text("Show its order lines"))


def _instalments(scope: Scope, bill: Bill) -> Listed:
    text, number = scope.text, scope.number

    def row(part: Instalment) -> tuple[Cell, ...]:
        late = _days(scope, part.days_overdue, text("Nothing is overdue"))
        return _cells(number.count(part.number), number.day(part.due_day), *_amounts(scope, part.amount, part.paid, part.open), late)

    columns = (text("No."), text("Due"), text("Amount"), text("Paid"), text("Open"), text("Days overdue"))
    return Listed(text("Instalments"), columns, tuple(map(row, bill.instalments)), 2)


def _receipts(scope: Scope, bill: Bill) -> Listed:
    text, number = scope.text, scope.number
    several, why = len(bill.instalments) > 1, text("The invoice did not take it")

    def row(receipt: Receipt) -> tuple[Cell, ...]:
        took = text(", ").join(number.count(n) for n in sorted(receipt.took))
        which = (Value(took or number.share(None), "" if took else why),) if several else ()
        amounts = _amounts(scope, receipt.amount, receipt.amount - receipt.unapplied, receipt.unapplied)
        return _cells(receipt.payment, number.day(receipt.day), *which, *amounts, _days(scope, receipt.days_late, why))

    named = (text("Payment"), text("Payment day"), *((text("Instalment"),) if several else ()))
    columns = (*named, text("Amount"), text("Applied"), text("Unapplied"), text("Days late"))
    empty = text("Nothing was paid on it yet") if bill.amount >= 0 else text("Nothing was paid out on it yet")
    return Listed(text("Payments"), columns, tuple(map(row, bill.receipts)), len(named), empty)


def _amounts(scope: Scope, *amounts: Decimal) -> tuple[str, ...]:
    return tuple(scope.number.scaled(amount, _scale(scope)) for amount in amounts)


def _days(scope: Scope, days: int | None, why: str) -> Cell:
    """Calendar days after a due day, negative before it."""
    if days is None:
        return Cell(Value(scope.number.share(None), why))
    return Cell(Value(scope.number.count(days)), late=days > 0)


def _cells(*cells: str | Value | Cell) -> tuple[Cell, ...]:
    return tuple(cell if isinstance(cell, Cell) else Cell(cell if isinstance(cell, Value) else Value(cell)) for cell in cells)


def _scale(scope: Scope) -> Scale:
    """An invoice is read to the cent."""
    return Scale(Decimal(1), 2, scope.number.unit_name("full"))


# --- components ---------------------------------------------------------------------------------------------------------------


def _render_written(shown: Entries | None) -> Any:
    if shown is None:
        return None
    head = html.Div([html.H3(shown.title), entry_list.draw_button(shown)], className="inv-w")
    return html.Div([head, entry_list.draw(shown)])


def _fact(fact: Fact) -> Any:
    if fact.href:
        return html.A(fact.value.text, href=fact.href, title=fact.hint)
    return (
        parts.value(fact.value, fact.judgement) if fact.value.why or fact.judgement else html.Span(fact.value.text, title=fact.hint or None)
    )


def _table(listed: Listed) -> Any:
    title = html.H3(listed.title)
    if not listed.rows:
        return html.Div([title, html.P(listed.empty, className="cap")])
    names = [html.Th(name, scope="col", className="l" if i < listed.words else None) for i, name in enumerate(listed.columns)]
    body = [html.Tr(_row(listed, row)) for row in listed.rows]
    box = html.Table([html.Thead(html.Tr(names)), html.Tbody(body)], className="tb")
    return html.Div([title, html.Div(box, className="list-box", role="group", tabIndex="0", **parts.aria(label=listed.title))])


def _row(listed: Listed, row: Sequence[Cell]) -> list[Any]:
    first, *others = (parts.value(cell.value, "bad b" if cell.late else "") for cell in row)
    cells = (html.Td(cell, className="l" if i < listed.words else None) for i, cell in enumerate(others, start=1))
    return [html.Th(first, scope="row", className="l"), *cells]
