"""The Overview: how the company, a region or an area stands on the five measures, and where it lags."""

from __future__ import annotations

from typing import Final

from layouts import urls
from layouts.pages import Page
from layouts.panels.ageing import Ageing
from layouts.panels.headline import Headline
from layouts.panels.kpis import Kpis
from layouts.panels.notation import Notation
from layouts.panels.regions import Regions
from layouts.panels.reps import Reps
from layouts.panels.trend import Trend
from layouts.text import N_

OVERVIEW: Final = Page(
    route=urls.OVERVIEW,
    title=N_("Overview"),
    icon="overview",
    headline=Headline(),
    strip=Kpis(),
    rows=((Regions(), Trend()), (Ageing(), Reps())),
    closing=Notation(),
)
