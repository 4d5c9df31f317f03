"""What the frame offers on every card: how it is computed, the same as a table, as a file."""

from __future__ import annotations

from typing import Any, Final

from dash import html

from layouts import ids
from layouts.text import Translator

_HIDDEN: Final[dict[str, Any]] = {"aria-hidden": "true"}


def explain(name: str, part: str, text: Translator, *, of: str) -> html.Button:
    """A small button that says how the figures of a card are computed. ``of``: what is asked about, for its accessible name."""
    label = text("How is this computed? {of}", of=of)
    named: dict[str, Any] = {"aria-label": label}
    return html.Button(
        html.Span(className="ic s ic-info", **_HIDDEN),
        id=ids.explain_button(name, part),
        className="tool",
        type="button",
        title=label,
        **named,
    )
