"""A store of another release is derived anew: the same facts, the same figures, known since the same moment."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest
import sqlalchemy as sa

import app
from data import rollups
from data import schema as s
from data.errors import StoreOutdated
from data.shape import shape
from data.warehouse import Version, Warehouse

LONG_AGO = datetime(2026, 3, 3, 7, 30, tzinfo=UTC)


@pytest.fixture
def warehouse(tmp_path: Path) -> Warehouse:
    """One order, one invoice and one target, published long ago."""
    warehouse = Warehouse(tmp_path / "var" / "warehouse")
    with warehouse.draft() as draft:
        for row in (
            "order_line (order_id, line_no, order_day, region_id, amount, volume) VALUES ('o', 1, '2026-03-02', 'r', 70, 1)",
            "invoice (invoice_id, invoice_day, region_id, amount, disputed) VALUES ('i', '2026-03-02', 'r', 50, false)",
            "instalment (invoice_id, instalment_no, due_day, amount) VALUES ('i', 1, '2026-04-01', 50)",
            "plan.target VALUES ('company', '', 'amount', '', '2026-03-01', 1, '2026-03-31', 90, 'approved')",
        ):
            draft.connection.execute(f"INSERT INTO {row}")
        draft.publish("orders", published=LONG_AGO)
    return warehouse


def age(warehouse: Warehouse, *statements: str) -> Version:
    """Make the current version look as another release left it."""
    version = warehouse.current()
    manifest = warehouse.folder / "manifests" / f"{version.number:06d}.json"
    said = json.loads(manifest.read_text())
    assert said.pop("shape") == shape()
    manifest.write_text(json.dumps(said))
    with duckdb.connect() as connection:
        connection.execute(f"ATTACH '{warehouse.folder / version.facts}' AS facts")
        connection.execute(f"ATTACH '{warehouse.folder / version.plan}' AS plan")
        connection.execute("USE facts")
        for statement in statements:
            connection.execute(statement)
    return warehouse.current()


def figures(warehouse: Warehouse) -> list[object]:
    """Of every table that is derived, its columns and its rows."""
    reader = warehouse.open(warehouse.current().number)
    derived = [t for t in (*s.FACTS.sorted_tables, *s.PLAN.sorted_tables) if t not in s.SOURCES]
    return [sorted(reader.rows(sa.select(table)), key=repr) for table in derived]


def test_a_store_of_this_release_is_left_alone(warehouse: Warehouse) -> None:
    assert warehouse.renew() is None
    assert [v.number for v in warehouse.versions()] == [1]


def test_an_empty_store_is_left_alone(tmp_path: Path) -> None:
    assert Warehouse(tmp_path).renew() is None
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "change",
    [
        "ALTER TABLE balance_interval DROP COLUMN customer_id",
        "DROP TABLE receipt",
        "UPDATE sales_day_region SET amount = amount + 1",
        "ALTER TABLE invoice DROP COLUMN disputed",
        "DROP TABLE plan.target_day",
    ],
)
def test_what_another_release_left_becomes_what_this_one_derives(warehouse: Warehouse, change: str) -> None:
    right = figures(warehouse)
    before = age(warehouse, change)
    renewed = warehouse.renew()
    assert renewed is not None
    assert figures(warehouse) == right
    assert (renewed.note, renewed.published, renewed.shape) == (before.note, LONG_AGO, shape())
    assert warehouse.version(1) == before
    assert not warehouse.compare(1, 2)
    assert warehouse.renew() is None


def test_what_only_the_source_knows_is_asked_of_it(warehouse: Warehouse) -> None:
    age(warehouse, "ALTER TABLE order_line DROP COLUMN amount")
    with pytest.raises(StoreOutdated, match=r"table order_line has no amount.*import MAPPING --replace"):
        warehouse.renew()
    assert [v.number for v in warehouse.versions()] == [1]
    assert not list(warehouse.folder.glob("*/*.part"))


def test_targets_do_not_share_the_facts_of_another_release(warehouse: Warehouse) -> None:
    age(warehouse, "DROP TABLE sales_day_region")
    with warehouse.draft(plan_only=True) as draft:
        draft.connection.execute("UPDATE plan.target SET amount = 100")
        draft.publish("targets")
    assert [v.facts for v in warehouse.versions()] == ["facts/000001.duckdb", "facts/000002.duckdb"]
    reader = warehouse.reader()
    assert reader.rows(sa.select(sa.func.sum(rollups.ROLLUPS[0].table.c.amount))) == [(70,)]


def test_the_fingerprint_follows_tables_and_what_fills_them(monkeypatch: pytest.MonkeyPatch) -> None:
    usual = shape()
    shape.cache_clear()
    assert shape() == usual
    monkeypatch.setattr(rollups, "ROLLUPS", rollups.ROLLUPS[1:])
    shape.cache_clear()
    assert shape() != usual
    monkeypatch.undo()
    shape.cache_clear()


def test_the_command_says_what_it_did_once(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("WULIANG_DATA_DIR", str(warehouse.folder.parent))
    age(warehouse, "DROP TABLE receipt")
    for said in ("Version 2: the same data, derived anew for this release.\n", ""):
        assert app.main(["versions", "renew"]) == 0
        assert capsys.readouterr().out == said
