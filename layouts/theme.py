"""Colours and type for figures, read from the tokens that the style sheets use."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

TOKENS: Final = Path(__file__).parent.parent / "assets" / "tokens.css"

CONFIG: Final[Mapping[str, Any]] = MappingProxyType({"displayModeBar": False, "responsive": True})


@lru_cache
def colours(theme: str) -> Mapping[str, str]:
    """The colour tokens of a theme by their name without ``--wl-``: surface, ink-1, ac, pl, py, good, bad …"""
    return MappingProxyType({name: value for name, value in _tokens(theme).items() if value.startswith("#")})


@lru_cache
def font() -> str:
    """The font stack as Plotly wants it."""
    return _tokens("root")["font"]


def base_layout(theme: str) -> dict[str, Any]:
    """A fresh Plotly layout in the notation of the product: no grid but horizontal lines, no legend, transparent ground."""
    c = colours(theme)
    text = {"family": font(), "size": 12}
    axis = {
        "showgrid": False,
        "zeroline": False,
        "ticks": "",
        "linecolor": c["ink-1"],
        "tickfont": {"size": 12, "color": c["ink-3"]},
        "automargin": True,
        "fixedrange": True,
    }
    return {
        "font": {**text, "color": c["ink-2"]},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "showlegend": False,
        "margin": {"l": 34, "r": 104, "t": 22, "b": 24},
        "xaxis": axis,
        "yaxis": {**axis, "showgrid": True, "gridcolor": c["line"]},
        "bargap": 0.4,
        "barcornerradius": 0,
        "hovermode": "x unified",
        "hoverlabel": {"bgcolor": c["surface"], "bordercolor": c["line"], "font": {**text, "color": c["ink-1"]}},
    }


@lru_cache
def _tokens(block: str) -> Mapping[str, str]:
    """The custom properties of a theme, or of the block that both themes share (root)."""
    css = re.sub(r"/\*.*?\*/", "", TOKENS.read_text(encoding="utf-8"), flags=re.DOTALL)
    heads = {"light": ":root,[data-bs-theme=light]", "dark": "[data-bs-theme=dark]", "root": ":root"}
    found = next(body for head, body in re.findall(r"([^{}]+)\{([^{}]*)\}", css) if head.strip() == heads[block])
    return dict(re.findall(r"--wl-([\w-]+)\s*:\s*([^;]+);", found))
