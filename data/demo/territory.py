"""Where the demo company sells: six regions, their areas, and how each of them is doing."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Area:
    """``share``: of its region's sales; the shares of a region are normalised, so any scale will do."""

    id: str
    name_zh: str
    reps: int
    share: float


@dataclass(frozen=True, slots=True)
class Region:
    """One region and its part in the story.

    ``share``: of the company's sales. ``pace``: actual ÷ expected to date that the current quarter reaches on the last day.
    ``at_risk``, ``achieved``: how many of its reps are below 70 % and at 100 % or above. ``expense``: selling expense as a
    share of sales. ``payers``: shares of prompt, normal, late and very late customers. ``delay``: factor on their delays.
    """

    id: str
    name_zh: str
    share: float
    pace: float
    at_risk: int
    achieved: int
    expense: float
    payers: tuple[float, float, float, float]
    delay: float
    areas: tuple[Area, ...]


REGIONS = (
    Region(
        "East",
        "华东",
        0.276,
        0.84,
        12,
        3,
        0.200,
        (0.22, 0.33, 0.30, 0.15),
        1.0,
        (
            Area("Jiangsu", "江苏", 9, 38),
            Area("Shandong", "山东", 5, 20),
            Area("Shanghai", "上海", 8, 34),
            Area("Zhejiang", "浙江", 7, 30),
            Area("Anhui", "安徽", 4, 16),
        ),
    ),
    Region(
        "Overseas",
        "海外",
        0.144,
        0.88,
        4,
        2,
        0.225,
        (0.15, 0.30, 0.33, 0.22),
        1.0,
        (
            Area("Mid-East", "中东", 6, 42),
            Area("SE-Asia", "东南亚", 5, 26),
            Area("Europe", "欧洲", 3, 18),
            Area("Latin-America", "拉美", 3, 14),
        ),
    ),
    Region(
        "North",
        "华北",
        0.164,
        0.985,
        2,
        6,
        0.190,
        (0.34, 0.40, 0.20, 0.06),
        1.0,
        (Area("Beijing", "北京", 6, 28), Area("Hebei", "河北", 6, 22), Area("Liaoning", "辽宁", 4, 18), Area("Tianjin", "天津", 4, 14)),
    ),
    Region(
        "Central",
        "华中",
        0.116,
        1.02,
        1,
        5,
        0.190,
        (0.38, 0.42, 0.16, 0.04),
        1.0,
        (Area("Hubei", "湖北", 5, 20), Area("Hunan", "湖南", 4, 16), Area("Henan", "河南", 4, 14), Area("Jiangxi", "江西", 2, 8)),
    ),
    Region(
        "South",
        "华南",
        0.208,
        1.015,
        3,
        7,
        0.190,
        (0.36, 0.40, 0.18, 0.06),
        1.0,
        (Area("Guangdong", "广东", 11, 56), Area("Fujian", "福建", 6, 22), Area("Guangxi", "广西", 4, 16), Area("Hainan", "海南", 2, 10)),
    ),
    Region(
        "West",
        "西部",
        0.092,
        1.20,
        0,
        8,
        0.185,
        (0.50, 0.42, 0.07, 0.01),
        1.0,
        (Area("Sichuan", "四川", 5, 20), Area("Shaanxi", "陕西", 4, 15), Area("Xinjiang", "新疆", 3, 11)),
    ),
)

AREAS = tuple((region, area) for region in REGIONS for area in region.areas)
"""Every area with its region, in the order that all arrays over areas have."""
