"""An import that is killed at any moment leaves the current version as it was, and the next one as if nothing had happened."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from data import schema
from data.intake import import_source, load_mapping
from data.warehouse import Warehouse

if TYPE_CHECKING:
    from .conftest import Source

ROOT = Path(__file__).parents[3]
KILLS = int(os.environ.get("KILLS", "5"))
CODE = """
import sys
from pathlib import Path
from data.intake import import_source, load_mapping
from data.warehouse import Warehouse
folder = Path(sys.argv[1])
mapping = load_mapping(folder / "mapping.toml")
print("started", flush=True)
import_source(Warehouse(folder / sys.argv[2]), mapping, rejects_file=folder / "r.csv")
"""
MAPPING = """
[company]
name = "Acme"
currency = "EUR"
[unknown]
region = "add"
[files]
lines = "lines.csv"
[tables.order_line]
from = "lines"
columns = { order_id = "order", line_no = { value = 1 }, order_day = "day", region_id = "region", amount = "amount", volume = "qty" }
"""


def lines(*, count: int, price: int) -> str:
    rows = (f"O{i},2024-{i % 12 + 1:02}-{i % 28 + 1:02},R{i % 7},{i % 97 + price}.25,{i % 5 + 1}" for i in range(count))
    return "order,day,region,amount,qty\n" + "\n".join(rows)


@pytest.mark.skipif(os.name == "nt", reason="needs SIGKILL")
@pytest.mark.slow
def test_a_killed_import_leaves_the_current_version(source: Source) -> None:
    file = source.write("mapping.toml", MAPPING)
    source.write("lines.csv", lines(count=4000, price=10))
    import_source(source.warehouse, load_mapping(file))
    before = contents(source.warehouse)
    source.write("lines.csv", lines(count=20_000, price=20))
    took = _run(source.folder, "clean", kill_after=None)
    clean = contents(Warehouse(source.folder / "clean"))
    chance = random.Random(20240305)
    killed = 0
    for turn in range(4 * KILLS):
        store = source.folder / f"store-{turn}"
        shutil.copytree(source.folder / "store", store)
        if _run(source.folder, store.name, kill_after=took * chance.random()) is not None:
            continue  # it was faster this time
        killed += 1
        assert contents(Warehouse(store)) in (before, clean)
        import_source(Warehouse(store), load_mapping(file))
        assert contents(Warehouse(store)) == clean
        assert not list(store.glob("*/*.part"))
        shutil.rmtree(store)
        if killed == KILLS:
            return
    pytest.fail(f"only {killed} of {KILLS} imports could be killed in time")


def _run(folder: Path, store: str, *, kill_after: float | None) -> float | None:
    """Import in a process of its own; how long that took, or None if it was killed."""
    command = [sys.executable, "-c", CODE, str(folder), store]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        started = time.monotonic()
        if kill_after is not None:
            time.sleep(kill_after)
            process.send_signal(signal.SIGKILL)
        code = process.wait()
        assert code in (0, -signal.SIGKILL), process.stderr.read().decode()
        return None if code else time.monotonic() - started


def contents(warehouse: Warehouse) -> dict[str, tuple[object, ...]]:
    """Every table of the current version, as a row count and an order-free hash of its rows."""
    cursor = warehouse.reader()._cursor()
    tables = (*schema.FACTS.sorted_tables, *schema.PLAN.sorted_tables)
    return {str(t): cursor.execute(f"SELECT count(*), sum(hash(t)) FROM {t} t").fetchall()[0] for t in tables}
