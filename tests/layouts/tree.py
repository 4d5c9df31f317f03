"""Looking into a tree of components."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dash.development.base_component import Component


def walk(tree: Any) -> Iterator[Component]:
    """Every component of a tree, from the top down."""
    if isinstance(tree, (list, tuple)):
        for part in tree:
            yield from walk(part)
    elif isinstance(tree, Component):
        yield tree
        yield from walk(getattr(tree, "children", None))


def text(tree: Any) -> str:
    """All the words of a tree."""
    if isinstance(tree, (list, tuple)):
        return "".join(map(text, tree))
    if isinstance(tree, Component):
        return text(getattr(tree, "children", None))
    return "" if tree is None else str(tree)


def with_class(tree: Any, name: str) -> list[Component]:
    return [part for part in walk(tree) if name in (getattr(part, "className", None) or "").split()]


def of_type(tree: Any, name: str) -> list[Component]:
    return [part for part in walk(tree) if type(part).__name__ == name]
