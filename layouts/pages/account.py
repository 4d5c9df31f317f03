"""A customer's account: what it owes and what is agreed, how it pays, its invoices, payments and what people wrote about it."""

from __future__ import annotations

from typing import Final

from layouts import urls
from layouts.pages import Page
from layouts.panels.account_ages import AccountAges
from layouts.panels.account_entries import AccountEntries
from layouts.panels.account_finding import AccountFinding
from layouts.panels.account_list import AccountList
from layouts.panels.account_strip import AccountStrip
from layouts.panels.behaviour import PaymentBehaviour
from layouts.text import N_

ACCOUNT: Final = Page(
    route=urls.ACCOUNT,
    title=N_("Customer account"),
    icon="wallet",
    headline=AccountFinding(),
    strip=AccountStrip(),
    rows=((PaymentBehaviour(), AccountAges()), (AccountEntries(),), (AccountList(),)),
    in_rail=False,
    of="customer",
)
