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
_TEXT: Final = (str, int, float)
_OPTIONS: Final = orjson.OPT_NON_STR_KEYS | orjson.OPT_SERIALIZE_NUMPY


def written(content: Any) -> orjson.Fragment:
    """What a callback may return in place of components: their JSON, put into the answer as it is."""
    return orjson.Fragment(orjson.dumps(content, default=_plain, option=_OPTIONS))


def _plain(value: Any) -> Any:
    """A component as one Markup if it is plain throughout, else as Dash's own ``to_plotly_json`` gives it."""
    if isinstance(value, Component):
        if _is_markup(value):
            return {"props": {"tree": _markup(value)}, "type": "Markup", "namespace": OWN}
        return {"props": _props(value), "type": value._type, "namespace": value._namespace}
    raise TypeError(f"{type(value).__name__} cannot be sent to the browser")


def _props(value: Component) -> dict[str, Any]:
    said = value.__dict__
    if "_prop_names" not in said:  # an element of layouts.html, or a field: nothing but props
        return dict(said)
    return {name: prop for name, prop in said.items() if name[0] != "_" and name not in _ABOUT_THE_CLASS}


def _is_markup(value: Any) -> bool:
    """Whether nothing in a tree needs Dash: text, and elements without id whose children are such."""
    if value is None or isinstance(value, _TEXT):  # first, since to be a Component takes Python ten times as long to tell
        return True
    if isinstance(value, list | tuple):
        return all(map(_is_markup, value))
    if not isinstance(value, Component):
        return False
    said = value.__dict__
    if value._namespace not in (HTML, OWN) or "id" in said or "n_clicks" in said:
        return False
    return _is_markup(said.get("children"))


def _markup(value: Any) -> Any:
    if value is None or isinstance(value, _TEXT) or not isinstance(value, Component):
        return value
    props = _props(value)
    children = props.pop("children", None)
    listed = children if isinstance(children, list | tuple) else () if children is None else (children,)
    tag = f"@{value._type}" if value._namespace == OWN else _TAGS.get(value._type) or value._type.lower()
    return [tag, props, *map(_markup, listed)]
