"""Names beside the marks of a plot: on a free side, never one over another, never out of the plot where there is room in it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from layouts.panels.quadrant_names import HEIGHT, WIDTHS, Name, placed

DOT = 9
NARROW = min(WIDTHS)
PIXELS = 1 / NARROW


def only(at: tuple[float, float], *marks: tuple[float, float], text: str = "Luo Rui", line: float | None = None) -> Name:
    (found,) = placed([(at, text)], (at, *marks), DOT, line)
    return found


def test_a_name_stands_to_the_right_of_its_mark() -> None:
    assert only((0.5, 0.5)) == Name(0.5, 0.5, "Luo Rui")


def test_it_goes_where_no_mark_is() -> None:
    right, left = (0.5 + 20 * PIXELS, 0.5), (0.5 - 20 * PIXELS, 0.5)
    assert only((0.5, 0.5), right).side == "left"
    above = only((0.5, 0.5), right, left)
    assert above.side == "mid"
    assert above.y > 0.5
    below = only((0.5, 0.5), right, left, (0.5, 0.5 + 16 / HEIGHT))
    assert below.side == "mid"
    assert below.y < 0.5


def test_it_stays_inside_at_the_edges() -> None:
    assert only((0.99, 0.5)).side == "left"
    assert only((0.0, 0.5)).side == ""
    assert 0 < only((0.5, 0.0)).y < 0.1


def test_a_line_is_not_crossed_where_another_side_is_as_free() -> None:
    assert only((0.5, 0.5), line=0.5).y != 0.5
    assert only((0.5, 0.5), line=0.9).y == 0.5


def test_wide_letters_take_more_room() -> None:
    """Nine latin letters end before the mark that nine Chinese ones would cover."""
    mark = (0.5 + (DOT + 9 * 9) * PIXELS, 0.5)
    assert only((0.5, 0.5), mark, text="A" * 9).side == ""
    assert only((0.5, 0.5), mark, text="罗" * 9).side == "left"


def width(name: Name, plot: int) -> tuple[float, float]:
    """Where a name of latin letters begins and ends, in pixels of a plot so wide."""
    long, at = 6.7 * len(name.text), name.x * plot
    start = {"": at + DOT, "left": at - DOT - long, "mid": at - long / 2}[name.side]
    return start, start + long


@given(st.lists(st.tuples(st.floats(0.2, 0.8), st.floats(0.2, 0.8)), min_size=2, max_size=3), st.sampled_from(WIDTHS))
def test_names_do_not_cover_each_other(points: list[tuple[float, float]], plot: int) -> None:
    names = placed([(point, "Elena Rossi") for point in points], points, DOT)
    for i, one in enumerate(names):
        for other in names[:i]:
            (a, b), (c, d) = width(one, plot), width(other, plot)
            assert b <= c + 0.01 or d <= a + 0.01 or abs(one.y - other.y) * HEIGHT >= 15 - 0.05
