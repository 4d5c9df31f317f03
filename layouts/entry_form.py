"""The form in which people write about a customer: a dialog that ``assets/worklist.js`` copies, fills and sends.

It is drawn once on a page, hidden. Whoever wants it opened puts ``data-entries``, the customer's key, on a button, with ``data-name``
and ``data-facts``; the rest is asked for when it opens (``layouts.entries.PATH``).
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from data.entries import NEEDED, Kind
from layouts import html
from layouts.entries import KINDS, refused
from layouts.fields import FormField
from layouts.text import N_
from layouts.tools import attributes, icon
from layouts.urls import Scope

_ALL: Final = " ".join(KINDS)

_NOTES: Final[dict[Kind, str]] = {
    "call": N_("What was said"),
    "promise": N_("Note (may be empty)"),
    "dispute": N_("What is disputed"),
    "note": N_("What there is to know"),
    "action": N_("What is to be done"),
}


def opens(scope: Scope, customer: str, name: str, facts: str) -> dict[str, Any]:
    """What makes a button open the form for a customer; ``facts``: what is known of it, in one line."""
    label = scope.text("Write about {name}", name=name)
    known = attributes(aria_label=label, aria_haspopup="dialog", data_entries=customer, data_name=name, data_facts=facts)
    return {"type": "button", "title": label, **known}


def entry_form(scope: Scope) -> Any:
    """The form, to be copied. What it says in other moments is on it as data."""
    text = scope.text
    close = text("Close")
    said = attributes(
        data_entry_form="",
        data_undo=text("Undo"),
        data_close=close,
        data_again=text("Save again"),
        data_lost=text("The server was not reached. What you typed is still here; try again."),
        data_nothing=text("Nothing was written yet."),
        data_refused=text("Not kept."),
        aria_label=text("Write about a customer"),
    )
    head = html.Header(
        [
            html.Div([html.H2("", className="entry-name"), html.P("", className="cap entry-facts")], className="grow"),
            html.Button(icon("close"), type="button", className="tool", title=close, **attributes(aria_label=close, data_close="")),
        ]
    )
    history = html.Div(
        [html.H3(text("Latest entries")), html.Ol(className="entry-list", **attributes(aria_live="polite"))], className="entry-past"
    )
    latest = html.A(text("Open the latest day"), href="?", className="btn-wl sm")
    closed = html.Div([html.P("", className="grow"), latest], className="banner entry-closed", role="status", hidden=True)
    return html.Dialog([head, html.Div([closed, _form(scope), history], className="entry-body")], className="entry", **said)


def _form(scope: Scope) -> Any:
    text, number, last = scope.text, scope.number, scope.snapshot.last_day
    kinds = [FormField(kind="choice", name="kind", value=kind, label=text(name), checked=kind == "call") for kind, name in KINDS.items()]
    notes = [_field(scope, kind, "note", label) for kind, label in _NOTES.items()]
    tomorrow = last + timedelta(days=1)
    fields = [
        _field(scope, "promise", "amount", N_("Amount promised"), hint=text("open: {amount}", amount="{open}")),
        _field(scope, "promise", "day", N_("Paid by"), first=tomorrow.isoformat()),
        _field(scope, "dispute", "amount", N_("Amount in dispute (may be empty)")),
        _field(scope, "dispute", "invoice", N_("Invoice (may be empty)")),
        _field(scope, "action", "owner", N_("Who does it")),
        _field(scope, "action", "day", N_("Due by"), first=last.isoformat()),
    ]
    hint = text("kept by this browser")
    foot = [
        FormField(kind="text", name="who", label=text("Your name"), used=_ALL, hint=hint, missing=refused(scope, "who")),
        html.Button(text("Save"), type="submit", className="btn-wl pri"),
    ]
    return html.Form(
        [
            html.Div(kinds, className="seg kinds", role="radiogroup", **attributes(aria_label=text("What is it?"))),
            html.P("", className="entry-said", role="alert"),
            html.Div([*fields[:2], *notes, *fields[2:]], className="entry-fields"),
            html.P(text("The data goes to {day}.", day=number.day(last)), className="cap"),
            html.Div(foot, className="entry-foot"),
        ],
        className="entry-form",
        noValidate=True,  # what is wrong is said in the language of the page, not of the browser
        **attributes(data_kind="call"),
    )


def _field(scope: Scope, kind: Kind, name: str, label: str, *, hint: str = "", first: str = "") -> FormField:
    """A field of one kind of entry; ``label``: a marked text."""
    look = {"note": "note", "day": "date"}.get(name, "text")
    missing = next((refused(scope, needed) for needed in NEEDED[kind] if needed == name), "")
    return FormField(kind=look, name=name, label=scope.text(label), used=kind, missing=missing, hint=hint, first=first)
