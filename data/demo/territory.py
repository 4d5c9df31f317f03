"""Where the demo company sells: six regions, their areas, and how each of them is doing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Area:
    """``share``: of its region's sales, on any scale; ``name``: where it differs from the id."""

    id: str
    name_zh: str
    reps: int
    share: float
    name: str = ""


@dataclass(frozen=True, slots=True)
class Region:
    """One region and its part in the story.

    ``share``: of the company's sales. ``pace``: actual ÷ expected to date that the current quarter reaches on the last day.
    ``at_risk``, ``achieved``: how many of its reps are below 70 % and at 100 % or above. ``expense``: selling expense as a
    share of sales. ``payers``: shares of prompt, normal, late and very late customers.
    ``stretch``: the region's own target of the amount over the sum of its reps'.
    """

    id: str
    name_zh: str
    share: float
    pace: float
    at_risk: int
    achieved: int
    expense: float
    payers: tuple[float, float, float, float]
    areas: tuple[Area, ...]
    stretch: float = 1.0


REGIONS = (
    Region(
        id="East",
        name_zh="华东",
        share=0.276,
        pace=0.84,
        at_risk=9,
        achieved=4,
        expense=0.200,
        payers=(0.24, 0.36, 0.28, 0.12),
        areas=(
            Area("Jiangsu", "江苏", 9, 38),
            Area("Shandong", "山东", 5, 20),
            Area("Shanghai", "上海", 8, 34),
            Area("Zhejiang", "浙江", 7, 30),
            Area("Anhui", "安徽", 4, 16),
        ),
    ),
    Region(
        id="Overseas",
        name_zh="海外",
        share=0.144,
        pace=0.88,
        at_risk=4,
        achieved=2,
        expense=0.225,
        payers=(0.15, 0.30, 0.33, 0.22),
        areas=(
            Area("Mid-East", "中东", 6, 42),
            Area("SE-Asia", "东南亚", 5, 26, "Southeast Asia"),
            Area("Europe", "欧洲", 3, 18),
            Area("Latin-America", "拉美", 3, 14, "Latin America"),
        ),
    ),
    Region(
        id="North",
        name_zh="华北",
        share=0.164,
        pace=0.985,
        at_risk=3,
        achieved=6,
        expense=0.190,
        payers=(0.34, 0.40, 0.20, 0.06),
        areas=(
            Area("Beijing", "北京", 6, 28),
            Area("Hebei", "河北", 6, 22),
            Area("Liaoning", "辽宁", 4, 18),
            Area("Tianjin", "天津", 4, 14),
        ),
    ),
    Region(
        id="Central",
        name_zh="华中",
        share=0.116,
        pace=1.02,
        at_risk=2,
        achieved=5,
        expense=0.190,
        payers=(0.38, 0.42, 0.16, 0.04),
        areas=(Area("Hubei", "湖北", 5, 20), Area("Hunan", "湖南", 4, 16), Area("Henan", "河南", 4, 14), Area("Jiangxi", "江西", 2, 8)),
    ),
    Region(
        id="South",
        name_zh="华南",
        share=0.208,
        pace=1.015,
        at_risk=3,
        achieved=7,
        expense=0.190,
        payers=(0.36, 0.40, 0.18, 0.06),
        areas=(
            Area("Guangdong", "广东", 11, 56),
            Area("Fujian", "福建", 6, 22),
            Area("Guangxi", "广西", 4, 16),
            Area("Hainan", "海南", 2, 10),
        ),
        stretch=1.03,
    ),
    Region(
        id="West",
        name_zh="西部",
        share=0.092,
        pace=1.20,
        at_risk=0,
        achieved=8,
        expense=0.185,
        payers=(0.50, 0.42, 0.07, 0.01),
        areas=(Area("Sichuan", "四川", 5, 20), Area("Shaanxi", "陕西", 4, 15), Area("Xinjiang", "新疆", 3, 11)),
    ),
)

AREAS = tuple((region, area) for region in REGIONS for area in region.areas)
"""Every area with its region, in the order that all arrays over areas have."""

AREA_REGION: Ints = np.array([REGIONS.index(region) for region, _ in AREAS])
"""The place of every area's region in ``REGIONS``."""


def area_place(area_id: str) -> int:
    return [area.id for _, area in AREAS].index(area_id)


def region_place(region_id: str) -> int:
    return [region.id for region in REGIONS].index(region_id)
