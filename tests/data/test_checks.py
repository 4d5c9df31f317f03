"""A draft that contradicts itself is not published, and says where."""

from __future__ import annotations

from pathlib import Path

import pytest

from data.errors import CheckFailed, StoreEmpty
from data.warehouse import Warehouse

TARGET = "INSERT INTO plan.target VALUES ('rep', 'R1', 'amount', '', '2026-01-01', {version}, '2026-01-31', 100, '{status}')"
REFUSED = [
    ("the key", ["INSERT INTO region VALUES ('E', 'East', NULL)", "INSERT INTO region VALUES ('E', 'Easter', NULL)"]),
    ("begins before another one ended", [TARGET.format(version=1, status="approved"), TARGET.format(version=2, status="approved")]),
    (
        "begins before another one ended",
        ["INSERT INTO rep_term VALUES ('R1', '2026-01-01', '9999-12-31', 'A', 'E'), ('R1', '2026-02-01', '2026-02-28', 'B', 'E')"],
    ),
    (
        "do not add up",
        [
            "INSERT INTO invoice VALUES ('I', NULL, NULL, NULL, NULL, NULL, '2026-01-05', 100, false)",
            "INSERT INTO instalment VALUES ('I', 1, '2026-02-05', 99.99)",
        ],
    ),
    ("do not add up", ["INSERT INTO invoice VALUES ('I', NULL, NULL, NULL, NULL, NULL, '2026-01-05', 100, false)"]),
]
A_LINE = "INSERT INTO order_line VALUES ('O', 1, '2026-01-05', NULL, NULL, NULL, NULL, NULL, 1, 1, NULL, NULL)"


@pytest.mark.parametrize(("said", "statements"), REFUSED)
def test_what_contradicts_itself_is_not_published(tmp_path: Path, said: str, statements: list[str]) -> None:
    warehouse = Warehouse(tmp_path)

    def publish() -> None:
        with warehouse.draft() as draft:
            for statement in (A_LINE, *statements):
                draft.connection.execute(statement)
            draft.publish("broken")

    with pytest.raises(CheckFailed, match=said):
        publish()
    with pytest.raises(StoreEmpty):
        warehouse.current()
    assert list(tmp_path.glob("facts/*")) == []


def test_a_superseded_target_may_stand_beside_the_approved_one(tmp_path: Path) -> None:
    with Warehouse(tmp_path).draft() as draft:
        for statement in (A_LINE, TARGET.format(version=1, status="superseded"), TARGET.format(version=2, status="approved")):
            draft.connection.execute(statement)
        assert draft.publish("two versions").number == 1
