"""Wall screens: which walls there are, what they show, and on which screens."""

from __future__ import annotations

from typing import Final

from layouts import urls
from layouts.pages import Page
from layouts.panels.wall_list import WallList
from layouts.panels.wall_pairing import WallPairing
from layouts.panels.wall_screens import ScreensFinding, WallScreens
from layouts.text import N_

WALLS: Final = Page(
    route=urls.WALLS,
    title=N_("Wall screens"),
    short=N_("Wall"),
    icon="display",
    headline=ScreensFinding(),
    rows=((WallPairing(), WallList()), (WallScreens(),)),
    has_figures=False,
)
