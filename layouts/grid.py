"""Lists with columns: a short one as a table of the page, a long one as a grid that asks for its rows as it is scrolled.

Both show the same cells. A cell is text or a small tree of plain elements; in the grid ``assets/grid.js`` draws it, and the words
and figures in it were decided here. What a click on a heading or a row does is a link, so that the address stays the only state.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import dash_ag_grid as dag
from dash.development.base_component import Component

from layouts import html, ids, parts
from layouts.tools import attributes, icon

Align = Literal["left", "right", "wide"]
Sorted = Literal["", "ascending", "descending"]

SHORT: Final = 40
"""Up to so many rows a list is a table of the page."""
BLOCK: Final = 100
"""Rows that a grid asks for at once."""
ROW_HEIGHT: Final = 36


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """``href`` sorts by the column, ``sorted`` says how it is sorted now. ``align``: "wide" is for a drawing, which takes what room
    there is. ``width`` in pixels is the least. ``brief``: shown on a phone too."""

    key: str
    heading: str
    hint: str = ""
    href: str = ""
    sorted: Sorted = ""
    align: Align = "right"
    width: int = 80
    brief: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One row: a cell a column. ``key`` is unique in the list; ``href`` leads to what is behind the row, and ``look`` is a class."""

    key: str
    cells: tuple[Any, ...]
    href: str = ""
    look: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """``count`` rows in all; ``lines`` are the first of them, all where they are few. ``about``: what a grid asks for rows of, a
    query string and a version."""

    label: str
    columns: tuple[Column, ...]
    lines: tuple[Line, ...]
    count: int
    total: Line | None
    about: tuple[str, int]

    @property
    def is_short(self) -> bool:
        return self.count <= SHORT


def draw(name: str, grid: Grid) -> Component:
    """The list of a panel."""
    return _table(grid) if grid.is_short else _scrolled(name, grid)


def link(text: str, href: str, hint: str, *, aside: str = "") -> Any:
    """The first cell of a row that leads somewhere; the whole row follows it."""
    note: list[Any] = [" ", html.Span(aside, className="cap", title=aside)] if aside else []
    if not href:
        return html.Span([html.Span(text, className="nm-t", title=text), *note], className="into")
    return html.Span([html.A(text, href=href, title=hint, className="into nm-t"), *note], className="into-box")


def row_data(grid_columns: Sequence[Column], lines: Sequence[Line]) -> list[dict[str, Any]]:
    """Rows as the grid takes them: cells by column."""
    return [{"id": line.key, **_cells(grid_columns, line)} for line in lines]


def about(search: str, version: int) -> str:
    """What a grid asks for rows of, as one text."""
    return f"{version}{search}"


def read_about(text: str) -> tuple[str, int]:
    """Search string and version out of ``about``."""
    version, mark, search = text.partition("?")
    return mark + search, int(version) if version.isdecimal() else 0


# --- a table of the page --------------------------------------------------------------------------------------------------


def _table(grid: Grid) -> Component:
    head = html.Tr([_heading(column) for column in grid.columns])
    body = [_row(grid.columns, line) for line in grid.lines]
    foot = html.Tfoot(_row(grid.columns, grid.total, "sum")) if grid.total else None
    table = html.Table(
        [html.Caption(grid.label, className="visually-hidden"), html.Thead(head), html.Tbody(body), foot], className="tb list"
    )
    return html.Div(table, className="list-box", role="region", tabIndex="0", **attributes(aria_label=grid.label))


def _heading(column: Column) -> Any:
    if not column.heading:
        return html.Td(className=_class(column))
    order: dict[str, Any] = attributes(aria_sort=column.sorted) if column.sorted else {}
    return html.Th(_sorting(column), scope="col", className=_class(column), title=column.hint or None, **order)


def _sorting(column: Column) -> Any:
    if not column.href:
        return column.heading
    mark = icon({"ascending": "up", "descending": "down"}[column.sorted]) if column.sorted else None
    return html.A([column.heading, mark], href=column.href, className="by")


def _row(columns: Sequence[Column], line: Line, look: str = "") -> Any:
    first, *others = zip(columns, line.cells, strict=True)
    cells = [html.Td(cell, className=_class(column)) for column, cell in others]
    classes = " ".join(filter(None, (look, line.look, "leads" if line.href else "")))
    return html.Tr([html.Th(first[1], scope="row", className=_class(first[0])), *cells], className=classes or None)


def _looks(column: Column) -> str:
    return f"c-{column.key} {({'left': 'l', 'right': '', 'wide': 'l wide'})[column.align]}".rstrip()


def _class(column: Column) -> str:
    return _looks(column) if column.brief else f"{_looks(column)} h"


# --- a grid ----------------------------------------------------------------------------------------------------------------

_THEME: Final = (
    "themeQuartz.withParams({fontFamily:'inherit',fontSize:'var(--wl-t-body)',backgroundColor:'var(--wl-surface)',"
    "foregroundColor:'var(--wl-ink-1)',headerBackgroundColor:'var(--wl-surface)',headerTextColor:'var(--wl-ink-3)',"
    "headerFontSize:'var(--wl-t-cap)',headerFontWeight:500,borderColor:'var(--wl-line)',rowHoverColor:'var(--wl-sunken)',"
    "oddRowBackgroundColor:'var(--wl-surface)',wrapperBorder:false,wrapperBorderRadius:0,cellHorizontalPadding:10,"
    "focusShadow:'0 0 0 2px var(--wl-focus)',headerColumnResizeHandleColor:'transparent',browserColorScheme:'inherit'})"
)


def _scrolled(name: str, grid: Grid) -> Component:
    options = {
        "theme": {"function": _THEME},
        "rowHeight": ROW_HEIGHT,
        "headerHeight": 32,
        "cacheBlockSize": BLOCK,
        # The component keeps one request at a time: the answer to an earlier one would fill the block of the later.
        "maxConcurrentDatasourceRequests": 1,
        "blockLoadDebounceMillis": 60,
        "maxBlocksInCache": 20,
        "infiniteInitialRowCount": grid.count,
        "pinnedBottomRowData": row_data(grid.columns, (grid.total,)) if grid.total else [],
        "suppressCellFocus": False,
        "suppressDragLeaveHidesColumns": True,
        "enableCellTextSelection": True,
        "animateRows": False,
    }
    table = dag.AgGrid(
        id=ids.rows(name, about(*grid.about)),
        rowModelType="infinite",
        columnDefs=[_definition(column, first=i == 0) for i, column in enumerate(grid.columns)],
        defaultColDef={"sortable": False, "resizable": True, "suppressMovable": True, "cellRenderer": "WlCell"},
        dashGridOptions=options,
        getRowId="params.data.id",
        className="",
        style={"height": "100%", "width": "100%"},
    )
    return html.Div(table, className="grid-box", role="region", **parts.aria(label=grid.label))


def _definition(column: Column, *, first: bool) -> dict[str, Any]:
    said = {"text": column.heading, "href": column.href, "sorted": column.sorted, "hint": column.hint, "brief": column.brief}
    definition: dict[str, Any] = {
        "field": column.key,
        "headerName": column.heading,
        "headerComponent": "WlHead",
        "headerComponentParams": said,
        "headerClass": _looks(column),
        "cellClass": _looks(column),
        "minWidth": min(column.width, 100),  # a phone shows few columns, and those narrow
    }
    if first:  # stays in sight while the others move; a pinned column cannot grow
        return definition | {"width": column.width, "pinned": "left", "lockPinned": True}
    return definition | {"flex": column.width * (2 if column.align == "wide" else 1)}


def _cells(columns: Sequence[Column], line: Line) -> Mapping[str, Any]:
    return {column.key: cell for column, cell in zip(columns, line.cells, strict=True)}
