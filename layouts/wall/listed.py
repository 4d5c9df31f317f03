"""Every scene that a wall can show, in the order of the wall that there is before any is made, and the lines below them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from layouts.wall import Line, Scene
from layouts.wall.ageing import Ageing
from layouts.wall.alerts import Alerts
from layouts.wall.company import Company
from layouts.wall.passed import PassedTargets
from layouts.wall.regions import Regions
from layouts.wall.reps import Reps
from layouts.wall.trend import Trend

_LISTED: Final[tuple[Scene, ...]] = (Company(), Regions(), Ageing(), Reps(), Trend())

SCENES: Final[Mapping[str, Scene]] = MappingProxyType({scene.name: scene for scene in _LISTED})
ALERTS: Final[Line] = Alerts()
PASSED: Final[Line] = PassedTargets()
