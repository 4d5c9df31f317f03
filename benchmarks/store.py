"""The grown demo company that the benchmarks run on, made once and kept."""

from __future__ import annotations

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
