"""The finding of a customer's account in one sentence, and below it whose customer it is, each name a link."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from layouts import html
from layouts.panels import account, progress
from layouts.panels.headline import currency
from layouts.text import N_
from layouts.urls import COLLECTIONS, Scope
from metrics.account import Account, Standing
from metrics.query import Member


@dataclass(frozen=True, slots=True)
class Place:
    """What a customer belongs to; ``said``: what it is called beside the name, "" for nothing; ``hint``: where the link leads."""

    said: str
    name: str
    href: str
    hint: str


@dataclass(frozen=True, slots=True)
class View:
    """``offer``: where to choose a customer, words and address, where none is chosen."""

    sentence: str
    places: tuple[Place, ...]
    basis: str
    offer: tuple[str, str] | None = None


class AccountFinding:
    name = "account_finding"
    title = N_("Finding")

    def needs(self, scope: Scope) -> Mapping[str, Account]:
        asked = account.asked(scope)
        return {"account": asked} if asked else {}

    def view(self, scope: Scope, results: Mapping[str, Standing]) -> View:
        if "account" not in results:
            title, text = account.nobody(scope)
            return View(title, (), text, (scope.text("Open Collections"), scope.link_to(COLLECTIONS)))
        found = results["account"]
        return View(_sentence(scope, found), _places(scope, found), _basis(scope, found))

    def render(self, view: View) -> Any:
        if view.offer:
            name, href = view.offer
            said = [html.H1(view.sentence), html.P(view.basis, className="cap"), html.A(name, href=href, className="btn-wl pri")]
            return html.Div(said, className="msg no-account")
        links = [part for place in view.places for part in (*_link(place), " · ")]
        return html.Div([html.H1(view.sentence), html.P([*links, view.basis], className="cap whose")], className="msg")

    def table(self, scope: Scope, results: Mapping[str, Standing]) -> None:
        return None


def _sentence(scope: Scope, found: Standing) -> str:
    text, number = scope.text, scope.number
    customer = found.who.customer.label(scope.language)
    if found.missing:
        return text("Nothing is known of what {customer} owes. {reason}.", customer=customer, reason=account.why(scope, found))
    said = _owed(scope, found, customer)
    if not found.unapplied:
        return said
    waiting = number.money(-found.unapplied)
    return text("{finding}; {amount} of its payments are not applied to an invoice", finding=said, amount=waiting)


def _owed(scope: Scope, found: Standing, customer: str) -> str:
    """What is open of invoices, and what of it is overdue."""
    text, number = scope.text, scope.number
    values = {"customer": customer, "open": number.money(abs(found.open)), "overdue": number.money(found.overdue)}
    if found.open == 0 and not found.oldest:
        return text("{customer} owes nothing", customer=customer)
    days = (found.query.as_of - found.oldest).days if found.oldest else 0
    if found.open <= 0 and found.overdue > 0:
        return text("{customer} owes nothing net of credit notes; {overdue} is overdue, the oldest for {n} days", n=days, **values)
    if found.open < 0:
        return text("{customer} owes nothing: its credit notes exceed its invoices by {open}", customer=customer, open=values["open"])
    if found.oldest and found.overdue <= 0:
        return text("{customer} owes {open}; credit notes outweigh what is overdue", customer=customer, open=values["open"])
    if not found.oldest or found.overdue <= 0:
        return text("{customer} owes {open}, none of it overdue", customer=customer, open=values["open"])
    if found.overdue > found.open:
        return text("{customer} owes {open} net of credit notes; {overdue} is overdue, the oldest for {n} days", n=days, **values)
    if found.overdue == found.open:
        return text("{customer} owes {open}, all of it overdue, the oldest for {n} days", n=days, customer=customer, open=values["open"])
    return text("{customer} owes {open}, {overdue} of it overdue, the oldest for {n} days", n=days, **values)


def _places(scope: Scope, found: Standing) -> tuple[Place, ...]:
    text, who = scope.text, found.who
    known: tuple[tuple[str, str, Member | None], ...] = (
        ("segment", "", who.segment),
        ("region", "", who.region),
        ("area", "", who.area),
        ("rep", text("Rep"), who.rep),
        ("rep", text("Manager"), who.manager),
    )
    hint = text("Show what is owed there")
    return tuple(
        Place(said, member.label(scope.language), scope.link_to(COLLECTIONS, customer="", **{dimension: member.key}), hint)
        for dimension, said, member in known
        if member
    )


def _basis(scope: Scope, found: Standing) -> str:
    day = scope.text("receivables of {day}", day=scope.number.day(progress.cut(scope)))
    return " · ".join(filter(None, (currency(scope), day)))


def _link(place: Place) -> list[Any]:
    link = html.A(place.name, href=place.href, title=place.hint)
    return [f"{place.said} ", link] if place.said else [link]
