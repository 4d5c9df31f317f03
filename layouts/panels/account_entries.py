"""What people wrote about a customer, on its account: calls, promises and what became of them, disputes, notes, next actions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from layouts import entries, parts
from layouts.entry_form import entry_form
from layouts.panel import Table
from layouts.panels import account, entry_list
from layouts.panels.entry_list import Entries
from layouts.text import N_
from layouts.urls import Scope
from metrics.account import Standing
from metrics.question import Question
from metrics.written import Told, Written


@dataclass(frozen=True, slots=True)
class View:
    """``caption``: how many promises are open and broken."""

    entries: Entries
    caption: str
    form: Any


class AccountEntries:
    name = "account_entries"
    title = N_("Follow-ups")
    has_entries = True

    def needs(self, scope: Scope) -> Mapping[str, Question]:
        asked = account.asked(scope)
        if not asked:
            return {}
        return {"account": asked, "told": Written(customer=asked.customer, as_of=asked.as_of, written=scope.written)}

    def view(self, scope: Scope, results: Mapping[str, Any]) -> View | tuple[str, str]:
        if not results:
            return account.nobody(scope)
        standing, told = results["account"], results["told"]
        button = scope.address.customer, standing.who.customer.label(scope.language), _facts(scope, standing)
        return View(entry_list.entries_of(scope, told, scope.text(self.title), button), _caption(scope, told), entry_form(scope))

    def render(self, view: View | tuple[str, str]) -> Any:
        if isinstance(view, tuple):
            return account.empty_card("", view)
        shown = view.entries
        head = parts.card_header(shown.title, view.caption, entry_list.draw_button(shown))
        return parts.card(head, entry_list.draw(shown), view.form, class_name="follow-ups", label=shown.title)

    def table(self, scope: Scope, results: Mapping[str, Any]) -> Table | None:
        """All that stands, exactly."""
        if not results:
            return None
        text, number, told = scope.text, scope.number, results["told"]
        columns = (text("Written"), text("By"), text("Kind"), text("Day"), text("Amount"), text("Promise"), text("Invoice"), text("Note"))
        raw, rows = [], []
        for entry in reversed(told.entries):
            if entry.entry_id in told.undone:
                continue
            kind, state = text(entries.KINDS[entry.kind]), _state(scope, told, entry.entry_id)
            raw.append((entry.at.date(), entry.who, kind, entry.day, entry.amount, state, entry.invoice_id, entry.note))
            day, amount = (number.day(entry.day) if entry.day else ""), (number.exact(entry.amount) if entry.amount else "")
            rows.append((number.moment(entry.at), entry.who, kind, day, amount, state, entry.invoice_id or "", entry.note))
        caption = text("{list} of {place}", list=text(self.title), place=scope.place)
        return Table(caption, columns, tuple(rows), tuple(raw))


def _state(scope: Scope, told: Told, number: int) -> str:
    judged = told.promises.get(number)
    return scope.text(entries.STATES[judged.state][0]) if judged else ""


def _caption(scope: Scope, told: Told) -> str:
    states = [judged.state for judged in told.promises.values()]
    counted = ((N_("{n} promises open"), "open"), (N_("{n} broken"), "broken"), (N_("{n} kept"), "kept"))
    return " · ".join(scope.text(words, n=states.count(state)) for words, state in counted if state in states)


def _facts(scope: Scope, found: Standing) -> str:
    """What is known of the customer in one line, for the head of the form."""
    text = scope.text
    said = [text("{amount} overdue", amount=scope.number.money(found.overdue))]
    if found.oldest:
        said.append(text("oldest {n} days", n=(found.query.as_of - found.oldest).days))
    places = (each.label(scope.language) for each in (found.who.region, found.who.area, found.who.rep) if each)
    return " · ".join((*said, *places))
