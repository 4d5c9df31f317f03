"""Parts that the browser fills and keeps up to date by itself: what they have to say goes with them, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from layouts import html
from layouts.fields import FormField
from layouts.tools import attributes, icon


@dataclass(frozen=True, slots=True)
class Words:
    """All that a part says, by name; values stand in braces and are filled in by the browser."""

    title: str
    said: Mapping[str, str]


def part(name: str, words: Words, content: Any = None) -> Any:
    """Where the part goes that a script knows by ``name``."""
    return html.Div(content, **attributes(data_live=name), **_said(words))


def select(name: str, label: str) -> Any:
    """A field of a form with one of several, which the browser knows."""
    return html.Label([html.Span(label), html.Select([], name=name)], className=f"form-field f-{name}")


def who(label: str, hint: str) -> Any:
    """Who writes."""
    return FormField(kind="text", name="who", label=label, hint=hint)


def dialog(kind: str, title: str, close: str, content: Any, words: Words | None = None) -> Any:
    """A dialog that a script copies, fills and opens. ``words``: what it has to say besides."""
    head = html.Header(
        [
            html.Div([html.H2(title, className="entry-name"), html.P("", className="cap entry-facts")], className="grow"),
            html.Button(icon("close"), type="button", className="tool", title=close, **attributes(aria_label=close, data_close="")),
        ]
    )
    known = attributes(data_dialog=kind, aria_label=title) | (_said(words) if words else {})
    return html.Dialog([head, html.Div(content, className="entry-body")], className=f"entry {kind}", **known)


def _said(words: Words) -> dict[str, Any]:
    return attributes(data_words=orjson.dumps(dict(words.said)).decode())
