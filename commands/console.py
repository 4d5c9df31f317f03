"""The terminal: answers on stdout, progress and complaints on stderr; colours for people, plain text for pipes."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Literal

from rich.cells import cell_len
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

Format = Literal["table", "csv", "json"]
"""How figures are printed."""


class Refused(Exception):
    """A command that cannot be done as asked; the message says what to do."""


def say(text: str) -> None:
    print(text)


def note(text: str) -> None:
    """Something beside the answer, kept apart from it."""
    Console(stderr=True, soft_wrap=True).print(text, style="dim", markup=False, highlight=False)


def complain(text: str) -> None:
    Console(stderr=True, soft_wrap=True).print(text, style="red", markup=False, highlight=False)


def table(columns: Sequence[str], rows: Sequence[Sequence[Any]], *, numbers: Sequence[str] = ()) -> None:
    """Print rows under their columns; the columns named in ``numbers`` stand at the right."""
    texts = [["" if value is None else str(value) for value in row] for row in rows]
    if not sys.stdout.isatty():
        _plain(columns, texts, numbers)
        return
    drawn = Table(header_style="bold")
    for column in columns:
        drawn.add_column(column, justify="right" if column in numbers else "left", no_wrap=column in numbers)
    for text in texts:
        drawn.add_row(*text)
    Console(markup=False, highlight=False).print(drawn)


def _plain(columns: Sequence[str], rows: Sequence[Sequence[str]], numbers: Sequence[str]) -> None:
    # A Chinese character is two cells wide: padding counts cells, not characters.
    widths = [max(map(cell_len, cells)) for cells in zip(columns, *rows, strict=True)]
    for row in (columns, *rows):
        cells = []
        for column, text, width in zip(columns, row, widths, strict=True):
            space = " " * (width - cell_len(text))
            cells.append(space + text if column in numbers else text + space)
        print("  ".join(cells).rstrip())


@contextmanager
def progress(first: str) -> Iterator[Callable[[str, float], None]]:
    """A bar on a terminal, else one line for each step; call what it gives with a step's name and the share done."""
    if not sys.stderr.isatty():
        print(f"{first} …", file=sys.stderr, flush=True)
        yield _steps(first)
        return
    parts = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    with Progress(*parts, console=Console(stderr=True)) as bar:
        task = bar.add_task(first, total=1.0)
        yield lambda step, share: bar.update(task, description=step, completed=share)


def _steps(first: str) -> Callable[[str, float], None]:
    last = first

    def step(name: str, _share: float) -> None:
        nonlocal last
        if name != last:
            last = name
            print(f"{name} …", file=sys.stderr, flush=True)

    return step
