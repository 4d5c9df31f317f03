"""The figures of a panel or a page as files, found at plain addresses."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO, StringIO
from typing import Any, Final

import xlsxwriter
from dash import Dash
from flask import Flask, Response, request

from callbacks.desk import Desk, failure
from data.errors import StoreEmpty
from layouts.pages import Pages
from layouts.panel import Panel, Table, Whole
from layouts.shell import PRODUCT
from layouts.text import N_
from layouts.urls import Route, Scope
from metrics.errors import UnknownName

EXCEL: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_NOTHING: Final = N_("There are no figures here to put into a file.")
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def register(app: Dash, desk: Desk, pages: Pages) -> None:
    panels = pages.panels
    server: Flask = app.server
    prefix = app.config.requests_pathname_prefix

    @server.get(f"{prefix}export/<name>.csv")
    def panel_file(name: str) -> Response:
        def make(scope: Scope) -> Response:
            if name not in panels:
                raise UnknownName("panel", name, panels)
            table = _table(desk, panels[name], scope)
            if table is None:
                return _words(scope.text(_NOTHING), 404)
            return _file(csv_of(table).encode("utf-8-sig"), "text/csv; charset=utf-8", f"{_stem(name, scope)}.csv")

        return _answer(desk, make, pages.route_of(name) if name in panels else pages.first.route)

    @server.get(f"{prefix}export/<name>.xlsx")
    def page_file(name: str) -> Response:
        page = pages.named(name)
        shown = (page.panels if page.has_figures else ()) if page else (panels[name],) if name in panels else ()

        def make(scope: Scope) -> Response:
            if not shown:
                raise UnknownName("page", name, [known.name for known in pages.listed if known.has_figures])
            found = ((scope.text(panel.title), _table(desk, panel, scope)) for panel in shown)
            sheets = [(title, table) for title, table in found if table is not None]
            if not sheets:
                return _words(scope.text(_NOTHING), 404)
            return _file(xlsx_of(sheets, about(scope)), EXCEL, f"{_stem(name, scope)}.xlsx")

        return _answer(desk, make, page.route if page else pages.route_of(name) if name in panels else pages.first.route)


def _table(desk: Desk, panel: Panel, scope: Scope) -> Table | None:
    """The figures of a panel; of one that shows a part of them, all."""
    asked = panel.whole(scope) if isinstance(panel, Whole) else panel.needs(scope)
    return panel.table(scope, {key: desk.answer(question, scope) for key, question in asked.items()})


def csv_of(table: Table) -> str:
    """Exact values under the headers of the table. Text that a spreadsheet would take for a formula is quoted."""
    out = StringIO()
    writer = csv.writer(out)
    writer.writerow([_cell(name) for name in table.columns])
    writer.writerows([_cell(value) for value in row] for row in table.raw)
    return out.getvalue()


def xlsx_of(sheets: Iterable[tuple[str, Table]], facts: Iterable[tuple[str, str]]) -> bytes:
    """A workbook: what the figures are of, then a sheet a table. Text is never a formula or a link."""
    out = BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        bold, day = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd"})
        first = book.add_worksheet(PRODUCT)
        for number, (name, value) in enumerate(facts):
            first.write_string(number, 0, name, bold)
            first.write_string(number, 1, value)
        first.set_column(0, 1, 28)
        for title, table in sheets:
            sheet = book.add_worksheet(_sheet_name(title, book.sheetnames))
            sheet.write_string(0, 0, table.caption, bold)
            sheet.write_row(1, 0, table.columns, bold)
            for number, row in enumerate(table.raw, start=2):
                _write(sheet, number, row, day)
            sheet.set_column(0, 0, 24)
            sheet.set_column(1, max(len(table.columns) - 1, 1), 16)
            sheet.freeze_panes(2, 1)
    return out.getvalue()


def about(scope: Scope) -> tuple[tuple[str, str], ...]:
    """What the figures of a file are of."""
    text, number, snapshot = scope.text, scope.number, scope.snapshot
    span = number.span(scope.period.first, scope.period.last)
    return (
        (text("Company"), snapshot.company_name(scope.language)),
        (text("Scope"), " › ".join(scope.trail)),
        (text("Period"), text("{period}, {span}", period=number.period(scope.period), span=span)),
        (text("As of"), scope.as_of.isoformat()),
        (text("Currency"), number.currency_name()),
        (text("Data"), text("version {version}, published {moment}", version=str(snapshot.version), moment=snapshot.published.isoformat())),
        (text("Address"), scope.link()),
    )


def _answer(desk: Desk, make: Any, route: Route) -> Response:
    """The file, or why there is none, as plain text."""
    search = request.query_string.decode("utf-8", "replace")
    try:
        scope, notices = desk.scope(search, route)
        ignored = [notice.say(scope.text) for notice in notices if notice.is_loss]
        if ignored:  # a page says what it ignored; a file would pass the company's figures off as a region's
            return _words("\n".join(ignored), 400)
        return make(scope)  # type: ignore[no-any-return]
    except StoreEmpty as error:
        return _words(str(error), 503)
    except UnknownName as error:
        return _words(str(error), 404)
    except Exception as error:
        told = failure(error, f"file {request.path}", desk.text(search))
        return _words(f"{told.message} {told.code}", 500)


def _file(content: bytes, kind: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(content, mimetype=kind, headers=headers)


def _words(said: str, status: int) -> Response:
    return Response(said, status, mimetype="text/plain")


def _stem(name: str, scope: Scope) -> str:
    return f"{name}-{scope.period.format()}-{scope.as_of.isoformat()}"


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return f"'{value}" if value.startswith(_FORMULA) else value
    if isinstance(value, Decimal):
        return f"{value:f}"
    return value.isoformat() if isinstance(value, date) else str(value)


def _write(sheet: Any, number: int, row: tuple[Any, ...], day: Any) -> None:
    for column, value in enumerate(row):
        if value is None:
            continue
        if isinstance(value, Decimal | int | float) and not isinstance(value, bool):
            sheet.write_number(number, column, float(value))
        elif isinstance(value, date):
            sheet.write_datetime(number, column, datetime(value.year, value.month, value.day), day)  # noqa: DTZ001 - a cell has no zone
        else:
            sheet.write_string(number, column, str(value))


def _sheet_name(title: str, taken: Any) -> str:
    """At most 31 characters, none that a workbook forbids, once in the book."""
    name = re.sub(r"[\[\]:*?/\\']", " ", title)[:28].strip() or "-"
    same = sum(1 for other in taken if other.casefold().startswith(name.casefold()))
    return f"{name} {same + 1}" if same else name
