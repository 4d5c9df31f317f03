"""Quick elements are those of Dash, with the same attributes allowed."""

from __future__ import annotations

from typing import Any

import dash
import pytest
from dash.development.base_component import Component

from layouts import html

GIVEN: tuple[dict[str, Any], ...] = (
    {},
    {"children": "words"},
    {"children": ["a", None], "className": "look", "title": "t", "style": {"width": "1%"}},
    {"className": None, "data-name": "x", "aria-label": "y"},
    {"id": {"type": "panel", "name": "kpis"}, "hidden": True},
)
NAMES = tuple(name for name, made in vars(html).items() if name[0].isupper() and isinstance(getattr(dash.html, name, None), type) and made)


def test_there_are_elements_to_test() -> None:
    assert {"Div", "Span", "A", "Td", "Button"} <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_an_element_is_what_dash_makes_of_the_same(name: str) -> None:
    quick, plain = getattr(html, name), getattr(dash.html, name)
    for given in GIVEN:
        made, expected = quick(**given), plain(**given)
        assert isinstance(made, plain)
        assert {name: getattr(made, name) for name in vars(expected)} == vars(expected)
        assert set(vars(made)) <= set(vars(expected))
        assert made.to_plotly_json() == expected.to_plotly_json()


@pytest.mark.parametrize("given", [{"href": "?"}, {"classname": "x"}, {"id": None}])
def test_what_dash_refuses_is_refused_in_its_words(given: dict[str, Any]) -> None:
    with pytest.raises(TypeError) as plain:
        dash.html.Div(**given)
    with pytest.raises(TypeError) as quick:
        html.Div(**given)
    assert str(quick.value) == str(plain.value)


def test_elements_share_nothing_that_is_said_of_one() -> None:
    first, second = html.Div("a", className="x"), html.Div("b")
    assert isinstance(first, Component)
    assert not hasattr(second, "className")
    assert (first.children, second.children) == ("a", "b")  # type: ignore[attr-defined]
