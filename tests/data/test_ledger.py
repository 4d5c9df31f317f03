"""The ledger keeps what was done, from any number of threads and processes, and migrates itself."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import textwrap
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from data.ledger import LEDGER, Ledger, LedgerUnusable, audit_entry, current_user

ROOT = Path(__file__).parents[2]


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path / "var" / "ledger.sqlite")


def run_python(code: str, *arguments: object, processes: int = 1) -> None:
    """Run the code in processes that start together, and want all of them to succeed."""
    command = [sys.executable, "-c", textwrap.dedent(code), *map(str, arguments)]
    started = [subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True) for _ in range(processes)]
    for process in started:
        _, errors = process.communicate(timeout=60)
        assert process.returncode == 0, errors


def test_migrations_make_exactly_the_declared_tables(ledger: Ledger) -> None:
    with ledger.reading() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "target_metadata": LEDGER})
        assert compare_metadata(context, LEDGER) == []
        assert set(sa.inspect(connection).get_table_names()) == {*LEDGER.tables, "alembic_version"}


def test_the_file_is_in_write_ahead_mode_and_waits(ledger: Ledger) -> None:
    with ledger.reading() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar() == 30_000
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1


def test_audit_is_newest_first_with_who_when_and_what(ledger: Ledger) -> None:
    before = datetime.now(UTC)
    ledger.audit("drop", "version 3", detail={"note": "旧数据", "day": before.date()})
    ledger.audit("demo", "store", who="罗睿")
    latest, first = ledger.audited()
    assert (latest.who, latest.action, latest.subject, latest.detail) == ("罗睿", "demo", "store", {})
    assert (first.who, first.action, first.subject) == (current_user(), "drop", "version 3")
    assert first.detail == {"note": "旧数据", "day": before.date().isoformat()}
    assert before <= first.at <= latest.at <= datetime.now(UTC)
    assert first.at.utcoffset() == timedelta(0)
    assert ledger.audited(limit=1) == (latest,)


def test_an_import_run_is_running_until_it_is_finished(ledger: Ledger) -> None:
    killed = ledger.start_import("a.toml")
    number = ledger.start_import("b.toml")
    ledger.finish_import(number, "published", version=7, summary={"order_line": {"new": 3}})
    done, running = ledger.import_runs()
    assert (done.mapping, done.state, done.version, done.summary) == ("b.toml", "published", 7, {"order_line": {"new": 3}})
    assert done.finished is not None
    assert done.started <= done.finished
    assert (killed, running.mapping, running.state, running.finished, running.version) == (1, "a.toml", "running", None, None)


def test_a_failed_transaction_leaves_nothing(ledger: Ledger) -> None:
    ledger.audit("demo", "store")
    row = {"at": datetime.now(UTC), "who": "a", "action": "b", "subject": "c", "detail": {}}

    def write_and_break() -> None:
        with ledger.writing() as connection:
            connection.execute(sa.insert(audit_entry).values(row))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_and_break()
    assert len(ledger.audited()) == 1


def test_a_writer_holds_the_lock_from_its_beginning(ledger: Ledger) -> None:
    other = sqlite3.connect(ledger.path, timeout=0)
    with ledger.writing(), pytest.raises(sqlite3.OperationalError, match="locked"):
        other.execute("BEGIN IMMEDIATE")
    other.execute("BEGIN IMMEDIATE")
    other.close()


def test_readers_do_not_wait_for_a_writer_and_see_one_state(ledger: Ledger) -> None:
    ledger.audit("demo", "store")
    count = sa.select(sa.func.count()).select_from(audit_entry)
    with ledger.reading() as reader:
        assert reader.scalar(count) == 1
        ledger.audit("drop", "version 1")
        assert reader.scalar(count) == 1
    assert len(ledger.audited()) == 2


def test_threads_of_one_process_write_all_they_have(ledger: Ledger) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda i: ledger.audit("note", str(i)), range(80)))
    assert sorted(int(entry.subject) for entry in ledger.audited()) == list(range(80))


def test_processes_that_start_at_once_migrate_once_and_write_all_they_have(tmp_path: Path) -> None:
    code = """
        import sys
        from pathlib import Path
        from data.ledger import Ledger
        ledger = Ledger(Path(sys.argv[1]))
        for i in range(20):
            ledger.audit("note", str(i))
        """
    run_python(code, tmp_path / "new" / "ledger.sqlite", processes=4)
    ledger = Ledger(tmp_path / "new" / "ledger.sqlite")
    subjects = sorted(int(entry.subject) for entry in ledger.audited(limit=200))
    assert subjects == sorted([*range(20)] * 4)


def test_a_file_without_tables_is_brought_up_to_date(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    sqlite3.connect(path).close()
    path.touch()
    ledger = Ledger(path)
    assert ledger.at_head()
    ledger.audit("demo", "store")


def test_a_ledger_of_a_newer_release_is_refused(ledger: Ledger) -> None:
    with ledger.writing() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(LedgerUnusable, match="newer release"):
        Ledger(ledger.path)


def test_what_is_no_ledger_is_refused_with_its_path(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    path.write_bytes(b"not a database" * 100)
    with pytest.raises(LedgerUnusable, match=str(path)):
        Ledger(path)
    (tmp_path / "file").touch()
    with pytest.raises(LedgerUnusable, match="WULIANG_DATA_DIR"):
        Ledger(tmp_path / "file" / "ledger.sqlite")
