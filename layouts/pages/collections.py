"""Collections: what customers owe, for how long, how fast it comes in, and whom to call about it."""

from __future__ import annotations

from typing import Final

from layouts import urls
from layouts.pages import Page
from layouts.panels.cash import Cash
from layouts.panels.collection_cards import CollectionCards
from layouts.panels.collection_lists import CollectionLists
from layouts.panels.collections_finding import CollectionsFinding
from layouts.panels.collections_notation import CollectionsNotation
from layouts.panels.cycle import Cycle
from layouts.panels.heatmap import Heatmap
from layouts.panels.quadrant import Quadrant
from layouts.panels.roll import Roll
from layouts.text import N_

COLLECTIONS: Final = Page(
    route=urls.COLLECTIONS,
    title=N_("Collections"),
    short=N_("Collect"),
    icon="wallet",
    headline=CollectionsFinding(),
    strip=CollectionCards(),
    rows=((Heatmap(), Cycle()), (CollectionLists(),), (Cash(), Roll()), (Quadrant(),)),
    closing=CollectionsNotation(),
)
