"""Every scene that a wall can show, in the order of the wall that there is before any is made."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from layouts.wall import Scene
from layouts.wall.company import Company

_LISTED: Final[tuple[Scene, ...]] = (Company(),)

SCENES: Final[Mapping[str, Scene]] = MappingProxyType({scene.name: scene for scene in _LISTED})
