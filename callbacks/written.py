"""Components as JSON, written once and kept.

Dash wraps each component of a page and asks every wrapper again at each change: with a thousand of them a page takes a second.
So whatever is plain HTML without an id is sent as one ``Markup``, which the browser draws in one go (``assets/frame.js``):
``["a", {"href": "?"}, "Overview"]`` for each element. What has an id, and figures, stay components of Dash.
"""

from __future__ import annotations

from typing import Any, Final

import orjson
from dash.development.base_component import Component

HTML: Final = "dash_html_components"
OWN: Final = "wuliang_fields"

_TAGS: Final = {"MapEl": "map", "ObjectEl": "object"}
_ABOUT_THE_CLASS: Final = frozenset(("available_properties", "available_wildcard_properties"))
_TEXT: Final = frozenset((str, int, float, bool, type(None)))
_OPTIONS: Final = orjson.OPT_NON_STR_KEYS | orjson.OPT_SERIALIZE_NUMPY


def written(content: Any) -> orjson.Fragment:
    """What a callback may return in place of components: their JSON, put into the answer as it is."""
    return orjson.Fragment(orjson.dumps(content, default=_plain, option=_OPTIONS))


def _plain(value: Any) -> Any:
    if isinstance(value, Component):
        return _sent(_drawn(value))
    raise TypeError(f"{type(value).__name__} cannot be sent to the browser")


def _sent(drawn: Any) -> Any:
    """What ``_drawn`` gives, as Dash reads it."""
    return {"props": {"tree": drawn}, "type": "Markup", "namespace": OWN} if type(drawn) is list else drawn


def _drawn(value: Any) -> Any:
    """Text as it is, an element as markup, a list, if nothing in it needs Dash, else as a component, a dictionary.

    An element needs Dash if it has an id or counts clicks, or if something in it does.
    """
    if type(value) in _TEXT:  # first, since to be a Component takes Python ten times as long to tell
        return value
    if not isinstance(value, Component):
        if isinstance(value, list | tuple):
            raise TypeError("A list among the children of an element: its items must stand there themselves.")
        return value
    props = _props(value)
    children = props.pop("children", None)
    is_list = type(children) is list or type(children) is tuple
    drawn = [_drawn(child) for child in children] if is_list else [] if children is None else [_drawn(children)]
    kind, namespace = value._type, value._namespace
    if namespace in (HTML, OWN) and "id" not in props and "n_clicks" not in props and dict not in map(type, drawn):
        return [f"@{kind}" if namespace == OWN else _TAGS.get(kind) or kind.lower(), props, *drawn]
    if "children" in vars(value):
        props["children"] = list(map(_sent, drawn)) if is_list else _sent(drawn[0]) if drawn else None
    return {"props": props, "type": kind, "namespace": namespace}


def _props(value: Component) -> dict[str, Any]:
    said = value.__dict__
    if "_prop_names" not in said:  # an element of layouts.html, or a field: nothing but props
        return dict(said)
    return {name: prop for name, prop in said.items() if name[0] != "_" and name not in _ABOUT_THE_CLASS}
