"""Regions: why a place is where it is, from the company down to a customer, by region, category or segment."""

from __future__ import annotations

from typing import Final

from layouts import urls
from layouts.causes import MainDriverWords
from layouts.pages import Page
from layouts.panels.bridge import Bridge
from layouts.panels.children import Children
from layouts.panels.contributors import Contributors
from layouts.panels.finding import Finding
from layouts.panels.notation import Notation
from layouts.panels.standing import Standing
from layouts.text import N_

REGIONS: Final = Page(
    route=urls.REGIONS,
    title=N_("Regions"),
    icon="map",
    headline=Finding(),
    strip=Standing(),
    rows=((Bridge(), Contributors()), (Children(MainDriverWords()),)),
    closing=Notation(),
)
