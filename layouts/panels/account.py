"""What the cards of a customer's account share: whose it is, and what is said where no customer is chosen."""

from __future__ import annotations

from typing import Any

from layouts import parts
from layouts.panels import progress
from layouts.urls import Scope
from metrics.account import Account, Standing
from metrics.payers import Behaviour


def asked(scope: Scope) -> Account | None:
    """What is owed by the customer that is looked at; None where none is chosen."""
    return Account(scope.address.customer, progress.cut(scope)) if scope.address.customer else None


def conduct(scope: Scope) -> Behaviour | None:
    """How that customer paid."""
    return Behaviour(scope.address.customer, progress.cut(scope)) if scope.address.customer else None


def why(scope: Scope, standing: Standing) -> str:
    """Why nothing is known of what is owed; "" where something is."""
    return progress.why(scope, "open", standing.missing) if standing.missing else ""


def nobody(scope: Scope) -> tuple[str, str]:
    """Title and text where no customer is chosen."""
    return scope.text("No customer is chosen"), scope.text("An account is of one customer. Choose one from a list.")


def empty_card(title: str, said: tuple[str, str]) -> Any:
    """A card that has nothing to show."""
    return parts.card(parts.card_header(title, ""), parts.nothing(*said), label=title)
