"""Every page of the product, in the order of the rail; those that are reached from others come last."""

from __future__ import annotations

from typing import Final

from layouts.pages import Pages
from layouts.pages.account import ACCOUNT
from layouts.pages.collections import COLLECTIONS
from layouts.pages.overview import OVERVIEW
from layouts.pages.regions import REGIONS
from layouts.pages.walls import WALLS

PAGES: Final = Pages((OVERVIEW, REGIONS, COLLECTIONS, WALLS, ACCOUNT))
