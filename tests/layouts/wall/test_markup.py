"""Trees become HTML, and what a name contains is never markup."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layouts import html
from layouts.tools import icon
from layouts.wall.markup import Shape, markup


def test_elements_and_shapes_are_written_with_their_attributes() -> None:
    tree = html.Div(
        ["A & B", None, html.Br(), [html.B("<i>"), 3], Shape("path", {"d": "M0 0", "vector-effect": "non-scaling-stroke", "fill": None})],
        className="x y",
        style={"--a": 0.5, "left": "10%"},
        hidden=True,
        **{"aria-label": 'He said "no"', "data-key": "k"},
    )
    assert markup(tree) == (
        '<div class="x y" style="--a:0.5;left:10%" hidden aria-label="He said &quot;no&quot;" data-key="k">'
        'A &amp; B<br><b>&lt;i&gt;</b>3<path d="M0 0" vector-effect="non-scaling-stroke"></path></div>'
    )


def test_what_is_dash_s_own_is_not_written() -> None:
    assert markup(icon("flag")) == '<span class="ic ic-flag s" aria-hidden="true"></span>'


def test_what_is_no_tree_is_refused() -> None:
    with pytest.raises(TypeError, match="dict is no part of a tree"):
        markup(html.Div({"a": 1}))


class _Read(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.said = ""
        self.title = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.title = dict(attrs).get("title") or self.title

    def handle_data(self, data: str) -> None:
        self.said += data


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\r\0"), min_size=1))
def test_any_name_is_read_back_as_it_is(name: str) -> None:
    reader = _Read()
    reader.feed(markup(html.Div(html.Span(name), title=name)))
    reader.close()
    assert (reader.tags, reader.said, reader.title) == (["div", "span"], name, name)
