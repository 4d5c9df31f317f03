"""Versions: what was published never changes, what was not published never shows, and nobody waits for a writer."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import textwrap
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
import sqlalchemy as sa
from filelock import FileLock

from data import schema as s
from data import warehouse as warehouse_module
from data.duck import Compiled
from data.errors import CheckFailed, StoreBusy, StoreDamaged, StoreEmpty, VersionInUse, VersionUnknown
from data.warehouse import Draft, TableChange, Version, Warehouse

ROOT = Path(__file__).parents[2]


@pytest.fixture
def warehouse(tmp_path: Path) -> Warehouse:
    return Warehouse(tmp_path / "warehouse")


def sell(draft: Draft, order: str, amount: str) -> None:
    draft.connection.execute("DELETE FROM order_line WHERE order_id = ?", [order])
    draft.connection.execute(
        "INSERT INTO order_line (order_id, line_no, order_day, region_id, amount, volume) VALUES (?, 1, '2026-03-02', 'r', ?, 1)",
        [order, amount],
    )


def set_target(draft: Draft, amount: str) -> None:
    draft.connection.execute("DELETE FROM plan.target")
    draft.connection.execute(
        "INSERT INTO plan.target VALUES ('company', '', 'amount', '', '2026-03-01', 1, '2026-03-31', ?, 'approved')", [amount]
    )


def publish(warehouse: Warehouse, orders: Mapping[str, str], note: str = "orders", **how: bool) -> Version:
    with warehouse.draft(**how) as draft:
        for order, amount in orders.items():
            sell(draft, order, amount)
        return draft.publish(note)


def total(reader: warehouse_module.Reader) -> Any:
    return reader.rows(sa.select(sa.func.sum(s.order_line.c.amount)))[0][0]


def files(warehouse: Warehouse) -> dict[str, str]:
    """Every data file and manifest, with the hash of its content."""
    found = (*warehouse.folder.glob("*/*.duckdb*"), *warehouse.folder.glob("*/*.json"), *warehouse.folder.glob("*/*.part"))
    return {str(f.relative_to(warehouse.folder)): hashlib.sha256(f.read_bytes()).hexdigest() for f in found}


def start(code: str, *arguments: object) -> subprocess.Popen[str]:
    """Another process that runs the code with ``warehouse`` open on the given folder, and answers on its output."""
    head = "import sys, pathlib\nfrom data.warehouse import Warehouse\nwarehouse = Warehouse(pathlib.Path(sys.argv[1]))\n"
    command = [sys.executable, "-c", head + textwrap.dedent(code), *map(str, arguments)]
    return subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


# --- empty ------------------------------------------------------------------------------------------------------------


def test_an_empty_store_says_what_to_do(warehouse: Warehouse) -> None:
    assert warehouse.versions() == ()
    for ask in (warehouse.current, warehouse.reader):
        with pytest.raises(StoreEmpty, match=r"python app\.py demo"):
            ask()
    with pytest.raises(VersionUnknown, match=r"no version 1\. Kept versions: none"):
        warehouse.open(1)


@pytest.mark.parametrize("name", ["CURRENT", "manifests/000001.json", "facts/000001.duckdb", "plan/000001.duckdb"])
def test_a_damaged_store_says_which_file_and_what_to_do(warehouse: Warehouse, name: str) -> None:
    publish(warehouse, {"a": "1"})
    (warehouse.folder / name).write_text("half a fi")
    with pytest.raises(StoreDamaged, match=rf"{name} cannot be read: .+\. Put the data folder back"):
        Warehouse(warehouse.folder).reader()


def test_a_file_in_place_of_the_folder_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "store").write_text("")
    with pytest.raises(StoreDamaged, match="CURRENT cannot be read"):
        Warehouse(tmp_path / "store").reader()


def test_dropping_from_an_empty_store_says_so(warehouse: Warehouse) -> None:
    with pytest.raises(VersionUnknown):
        warehouse.drop(1)


# --- publishing -------------------------------------------------------------------------------------------------------


def test_readers_keep_their_version_while_another_is_written(warehouse: Warehouse) -> None:
    publish(warehouse, {"a": "100"})
    before = warehouse.reader()
    with warehouse.draft() as draft:
        sell(draft, "b", "50")
        assert warehouse.reader() is before
        assert total(warehouse.reader()) == 100
        draft.publish("more")
    assert total(before) == 100
    assert total(warehouse.reader()) == 150
    assert warehouse.reader().version.number == 2


def test_a_draft_builds_on_the_current_version_unless_fresh(warehouse: Warehouse) -> None:
    publish(warehouse, {"a": "100"})
    publish(warehouse, {"b": "1"})
    assert total(warehouse.reader()) == 101
    publish(warehouse, {"c": "7"}, fresh=True)
    assert total(warehouse.reader()) == 7
    assert total(warehouse.open(2)) == 101


def test_a_draft_that_is_not_published_leaves_nothing(warehouse: Warehouse) -> None:
    publish(warehouse, {"a": "100"})
    before = files(warehouse)
    with warehouse.draft() as draft:
        sell(draft, "b", "50")
    assert files(warehouse) == before
    assert warehouse.current().number == 1

    def break_off() -> None:
        with warehouse.draft() as draft:
            sell(draft, "b", "50")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        break_off()
    assert files(warehouse) == before


def test_a_draft_that_contradicts_itself_leaves_nothing(warehouse: Warehouse) -> None:
    publish(warehouse, {"a": "100"})
    before = files(warehouse)

    def publish_twice_the_same_key() -> None:
        with warehouse.draft() as draft:
            draft.connection.execute("INSERT INTO order_line SELECT * FROM order_line")
            draft.publish("doubled")

    with pytest.raises(CheckFailed, match="order_line"):
        publish_twice_the_same_key()
    assert files(warehouse) == before
    assert total(warehouse.reader()) == 100


def test_a_version_never_changes(warehouse: Warehouse) -> None:
    publish(warehouse, {"a": "100"})
    first = files(warehouse)
    publish(warehouse, {"a": "999", "b": "50"})
    with warehouse.draft(plan_only=True) as draft:
        set_target(draft, "500")
        draft.publish("targets")
    assert first.items() <= files(warehouse).items()
    assert total(warehouse.open(1)) == 100


def test_a_change_of_targets_alone_shares_the_facts(warehouse: Warehouse) -> None:
    first = publish(warehouse, {"a": "100"})
    with warehouse.draft(plan_only=True) as draft:
        set_target(draft, "2200")
        with pytest.raises(duckdb.Error):
            sell(draft, "b", "1")
        second = draft.publish("targets")
    assert second.facts == first.facts
    assert second.plan != first.plan
    planned = sa.select(sa.func.sum(s.target_day.c.amount), sa.func.count())
    assert warehouse.reader().rows(planned) == [(Decimal(2200), 22)]
    assert warehouse.open(1).rows(planned) == [(None, 0)]
    assert total(warehouse.reader()) == 100


def test_the_first_version_may_be_a_plan_only_one(warehouse: Warehouse) -> None:
    with warehouse.draft(plan_only=True) as draft:
        sell(draft, "a", "100")
        draft.publish("nothing to share yet")
    assert total(warehouse.reader()) == 100


def test_a_reader_opens_the_next_version_once_for_all_threads(warehouse: Warehouse) -> None:
    publish(warehouse, {"a": "100"})
    first = warehouse.reader()
    assert warehouse.reader() is first
    publish(warehouse, {"a": "100"})
    assert warehouse.reader() is not first


# --- keeping and dropping ---------------------------------------------------------------------------------------------


def test_only_so_many_versions_are_kept_and_shared_files_stay(tmp_path: Path) -> None:
    warehouse = Warehouse(tmp_path, keep=2)
    facts = publish(warehouse, {"a": "100"}).facts
    for amount in ("1", "2", "3"):
        with warehouse.draft(plan_only=True) as draft:
            set_target(draft, amount)
            draft.publish("targets")
    assert [v.number for v in warehouse.versions()] == [3, 4]
    assert {f for f in files(warehouse) if f.startswith("facts")} == {facts}
    assert {f for f in files(warehouse) if f.startswith("plan")} == {v.plan for v in warehouse.versions()}


def test_dropping_forgets_a_version_and_its_own_files(warehouse: Warehouse) -> None:
    first, second = publish(warehouse, {"a": "100"}), publish(warehouse, {"b": "1"})
    with pytest.raises(VersionInUse, match="Version 2 is the current one"):
        warehouse.drop(second.number)
    warehouse.drop(first.number)
    assert warehouse.versions() == (second,)
    assert set(files(warehouse)) == {second.facts, second.plan, "manifests/000002.json"}
    with pytest.raises(VersionUnknown, match=r"no version 1\. Kept versions: 2"):
        warehouse.drop(first.number)


def test_numbers_are_not_used_twice(warehouse: Warehouse) -> None:
    publish(warehouse, {"a": "100"})
    publish(warehouse, {"a": "100"})
    warehouse.drop(1)
    assert publish(warehouse, {"a": "100"}).number == 3


def test_what_a_killed_writer_left_is_removed_by_the_next(warehouse: Warehouse) -> None:
    publish(warehouse, {"a": "100"})
    before = set(files(warehouse))
    for name in ("facts/000002.duckdb.part", "facts/000002.part", "plan/000009.duckdb"):
        (warehouse.folder / name).write_bytes(b"half")
    publish(warehouse, {"b": "1"})
    assert set(files(warehouse)) == before | {"facts/000002.duckdb", "plan/000002.duckdb", "manifests/000002.json"}
    assert total(warehouse.reader()) == 101


def test_a_version_that_readers_never_got_is_none(warehouse: Warehouse) -> None:
    """Killed between the manifest and the pointer: the next writer takes the number and the files."""
    publish(warehouse, {"a": "100"})
    publish(warehouse, {"b": "1"})
    (warehouse.folder / "CURRENT").write_text("1")
    assert [v.number for v in warehouse.versions()] == [1]
    with pytest.raises(VersionUnknown, match="no version 2"):
        warehouse.open(2)
    second = publish(warehouse, {"c": "7"}, "again")
    assert second.number == 2
    assert [v.note for v in warehouse.versions()] == ["orders", "again"]
    assert total(warehouse.reader()) == 107
    assert set(files(warehouse)) == {name for v in warehouse.versions() for name in (v.facts, v.plan, f"manifests/00000{v.number}.json")}


# --- comparing --------------------------------------------------------------------------------------------------------


def test_compare_counts_rows_and_money_table_by_table(warehouse: Warehouse) -> None:
    publish(warehouse, {"kept": "1", "changed": "10", "removed": "100"})
    with warehouse.draft() as draft:
        draft.connection.execute("DELETE FROM order_line WHERE order_id = 'removed'")
        draft.connection.execute("INSERT INTO region VALUES ('r', 'East', '华东')")
        for order in ("changed", "new", "newer"):
            sell(draft, order, "1000")
        set_target(draft, "7")
        draft.publish("corrections")
    changes = {change.table: change for change in warehouse.compare(1, 2)}
    assert changes == {
        "region": TableChange("region", 1, 0, 0, None, None),
        "order_line": TableChange("order_line", 2, 1, 1, Decimal(111), Decimal(3001)),
        "target": TableChange("target", 1, 0, 0, None, Decimal(7)),
    }
    back = {change.table: change for change in warehouse.compare(2, 1)}
    assert back["order_line"] == TableChange("order_line", 1, 2, 1, Decimal(3001), Decimal(111))
    assert warehouse.compare(2, 2) == ()


# --- processes --------------------------------------------------------------------------------------------------------


def test_two_processes_read_while_a_third_publishes(warehouse: Warehouse) -> None:
    publish(warehouse, {"a": "100"})
    watch = """
        from time import sleep
        import sqlalchemy as sa
        from data import schema as s
        seen = []
        print("ready", flush=True)
        while True:
            reader = warehouse.reader()
            row = reader.version.number, *map(int, reader.rows(sa.select(sa.func.sum(s.order_line.c.amount)))[0])
            if row not in seen:
                seen.append(row)
            if row[0] == 4:
                break
            sleep(0.01)
        print(seen)
        """
    watchers = [start(watch, warehouse.folder) for _ in range(2)]
    for watcher in watchers:
        assert watcher.stdout is not None
        assert watcher.stdout.readline() == "ready\n"
    for n in (2, 3, 4):
        publish(warehouse, {str(n): "1"})
    for watcher in watchers:
        out, errors = watcher.communicate(timeout=60)
        assert watcher.returncode == 0, errors
        seen = eval(out)
        assert set(seen) <= {(1, 100), (2, 101), (3, 102), (4, 103)}
        assert seen[-1] == (4, 103)


def test_a_writer_that_is_killed_leaves_the_current_version(warehouse: Warehouse) -> None:
    publish(warehouse, {"a": "100"})
    before = files(warehouse)
    write = """
        with warehouse.draft() as draft:
            draft.connection.execute("DELETE FROM order_line")
            draft.connection.execute("CHECKPOINT facts")
            print("writing", flush=True)
            sys.stdin.read()
        """
    writer = start(write, warehouse.folder)
    assert writer.stdout is not None
    assert writer.stdout.readline() == "writing\n"
    writer.kill()
    writer.communicate()
    assert before.items() <= files(warehouse).items()
    assert total(Warehouse(warehouse.folder).reader()) == 100
    publish(warehouse, {"b": "1"})
    assert total(warehouse.reader()) == 101
    assert not list(warehouse.folder.glob("*/*.part*"))


@pytest.mark.parametrize("change", [lambda w: publish(w, {"b": "1"}), lambda w: w.drop(1)], ids=["publish", "drop"])
def test_a_second_writer_is_told_to_wait(warehouse: Warehouse, change: Callable[[Warehouse], Any], monkeypatch: pytest.MonkeyPatch) -> None:
    publish(warehouse, {"a": "100"})
    publish(warehouse, {"a": "100"})
    monkeypatch.setattr(warehouse_module, "WAIT_SECONDS", 0)
    with FileLock(warehouse.folder / "writer.lock"), pytest.raises(StoreBusy, match="Wait for it to finish"):
        change(warehouse)
    assert [v.number for v in warehouse.versions()] == [1, 2]


def test_days_and_money_come_back_exactly(warehouse: Warehouse) -> None:
    publish(warehouse, {"a": "0.1", "b": "0.2", "c": "-12345678901234.5678"})
    assert total(warehouse.reader()) == Decimal("0.3") + Decimal("-12345678901234.5678")
    assert warehouse.reader().rows(sa.select(s.order_line.c.order_day).distinct()) == [(date(2026, 3, 2),)]


def test_columns_of_a_statement_are_its_rows(demo_warehouse: Warehouse) -> None:
    line = s.order_line
    cents = sa.cast(sa.func.sum(line.c.amount) * 10_000, sa.BigInteger).label("cents")
    statement = sa.select(line.c.region_id, cents).group_by(line.c.region_id)
    columns = demo_warehouse.reader().arrays(Compiled(statement))
    as_columns = zip(*(columns[name].tolist() for name in ("region_id", "cents")), strict=True)
    assert sorted(as_columns) == sorted(demo_warehouse.reader().rows(statement))
    empty = demo_warehouse.reader().arrays(Compiled(sa.select(sa.cast(sa.null(), sa.String()).label("nobody"))))
    assert empty["nobody"].tolist() == [None]
