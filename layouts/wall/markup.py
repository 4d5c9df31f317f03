"""Trees of elements as HTML: every text and every value escaped, so nothing that a name contains is ever markup."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Any, Final

from dash.development.base_component import Component

_NAMES: Final = {"className": "class", "htmlFor": "for"}
_VOID: Final = frozenset(("br", "hr", "img", "input"))
_INNER: Final = frozenset(("children", "id", "key", "n_clicks", "n_clicks_timestamp"))
"""What an element of Dash has for Dash alone."""


@dataclass(frozen=True, slots=True)
class Shape:
    """An element of a drawing (SVG), which Dash has none of."""

    tag: str
    attributes: Mapping[str, Any] = field(default_factory=dict)
    children: Any = None


def markup(tree: Any) -> str:
    """The HTML of a tree of ``layouts.html``, of shapes and of texts; None and what is not shown is nothing.

    Raises ``TypeError`` for what is no part of a tree.
    """
    if tree is None or tree is False:
        return ""
    if isinstance(tree, str | int):
        return escape(str(tree), quote=False)
    if isinstance(tree, list | tuple):
        return "".join(map(markup, tree))
    if isinstance(tree, Shape):
        return _element(tree.tag, tree.attributes, tree.children)
    if isinstance(tree, Component):
        given = {name: value for name, value in vars(tree).items() if name in tree._prop_names or name.startswith(("data-", "aria-"))}
        named = {_NAMES.get(name, name.lower()): value for name, value in given.items() if name not in _INNER}
        return _element(tree._type.lower(), named, getattr(tree, "children", None))
    raise TypeError(f"{type(tree).__name__} is no part of a tree of elements: {tree!r:.80}")


def _element(tag: str, attributes: Mapping[str, Any], children: Any) -> str:
    said = "".join(_attribute(name, value) for name, value in attributes.items() if value is not None and value is not False)
    return f"<{tag}{said}>" if tag in _VOID else f"<{tag}{said}>{markup(children)}</{tag}>"


def _attribute(name: str, value: Any) -> str:
    if value is True:
        return f" {name}"
    if isinstance(value, Mapping):
        value = ";".join(f"{key}:{said}" for key, said in value.items() if said is not None)
    return f' {name}="{escape(str(value))}"'
