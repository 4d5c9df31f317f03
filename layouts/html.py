"""The elements of HTML, as Dash has them but quick to make.

Dash takes some ten microseconds an element to look at every attribute and to write down what it might have said of it, and a page
has a thousand elements. Here the names of the attributes are checked against a set, what is true of every element of a kind is written
down once, and the rest is left to Dash only where it matters: of elements with an id, and of names that it does not know, to say so.
"""

from __future__ import annotations

from typing import Any, Final, Protocol

from dash import html
from dash.development.base_component import Component

_WILDCARDS: Final = ("data-", "aria-")


class Make(Protocol):
    """Makes an element of its kind. Raises ``TypeError`` for an attribute that the element does not have."""

    def __call__(self, children: Any = None, **attributes: Any) -> Component: ...


def _maker(kind: Any) -> Make:
    about = vars(kind())
    known = frozenset(about["_prop_names"]) - {"id"}
    quick = type(kind)(kind.__name__, (kind,), {"__module__": kind.__module__, **about})

    def make(children: Any = None, **attributes: Any) -> Component:
        if not known.issuperset(attributes) and not all(name in known or name.startswith(_WILDCARDS) for name in attributes):
            made: Component = kind(children, **attributes)
            return made
        element: Component = quick.__new__(quick)
        vars(element).update(attributes, children=children)
        return element

    return make


A: Final = _maker(html.A)
Article: Final = _maker(html.Article)
B: Final = _maker(html.B)
Br: Final = _maker(html.Br)
Button: Final = _maker(html.Button)
Caption: Final = _maker(html.Caption)
Code: Final = _maker(html.Code)
Dd: Final = _maker(html.Dd)
Details: Final = _maker(html.Details)
Dialog: Final = _maker(html.Dialog)
Div: Final = _maker(html.Div)
Dl: Final = _maker(html.Dl)
Dt: Final = _maker(html.Dt)
Form: Final = _maker(html.Form)
H1: Final = _maker(html.H1)
H2: Final = _maker(html.H2)
H3: Final = _maker(html.H3)
Header: Final = _maker(html.Header)
Iframe: Final = _maker(html.Iframe)
I: Final = _maker(html.I)  # noqa: E741 - its name
Img: Final = _maker(html.Img)
Label: Final = _maker(html.Label)
Li: Final = _maker(html.Li)
Main: Final = _maker(html.Main)
Nav: Final = _maker(html.Nav)
Ol: Final = _maker(html.Ol)
P: Final = _maker(html.P)
Pre: Final = _maker(html.Pre)
Section: Final = _maker(html.Section)
Select: Final = _maker(html.Select)
Small: Final = _maker(html.Small)
Span: Final = _maker(html.Span)
Summary: Final = _maker(html.Summary)
Table: Final = _maker(html.Table)
Tbody: Final = _maker(html.Tbody)
Td: Final = _maker(html.Td)
Tfoot: Final = _maker(html.Tfoot)
Th: Final = _maker(html.Th)
Thead: Final = _maker(html.Thead)
Tr: Final = _maker(html.Tr)
Ul: Final = _maker(html.Ul)
