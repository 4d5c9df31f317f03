"""The grown demo company that the benchmarks run on, made once and kept."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from data import demo
from data.warehouse import Warehouse

LAST_DAY = date(2026, 9, 13)


def grown(lines: int) -> Path:
    """A data folder with a demo company of about that many order lines; made or derived anew where that is needed."""
    folder = Path("var") / "bench" / f"lines-{lines}"
    warehouse = Warehouse(folder / "warehouse")
    if not (folder / "warehouse" / "CURRENT").exists():
        print(f"Making a demo company of {lines:,} order lines …", flush=True)
        with warehouse.draft(fresh=True) as draft:
            demo.make(draft.connection, last_day=LAST_DAY, lines=lines)
            draft.publish("demo company")
    warehouse.renew()
    return folder


@contextmanager
def changeable(data_dir: Path) -> Iterator[Path]:
    """A copy of a data folder; the facts, which nothing changes, are linked."""
    with tempfile.TemporaryDirectory(dir=data_dir.resolve().parent) as folder:
        copy = Path(folder) / "copy"
        shutil.copytree(data_dir, copy, copy_function=lambda a, b: os.link(a, b) if "/facts/" in str(a) else shutil.copy2(a, b))
        yield copy
