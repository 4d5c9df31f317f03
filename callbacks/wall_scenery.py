"""What wall screens of the product can show."""

from __future__ import annotations

from typing import Final

from callbacks.wall_show import Scenery
from layouts.wall import ROUTE
from layouts.wall.frame import shell
from layouts.wall.listed import ALERTS, PASSED, SCENES
from layouts.wall.markup import markup

SCENERY: Final = Scenery(scenes=SCENES, route=ROUTE, markup=markup, shell=shell, alerts=ALERTS, passed=PASSED)
