"""Ids stand in one place."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_no_id_is_written_as_a_string_elsewhere() -> None:
    """Neither ``id="…"`` of a component nor a string as the first argument of an Input, Output or State."""
    found = []
    for folder in ("layouts", "callbacks"):
        for file in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if not isinstance(node, ast.Call):
                    continue
                named = [k.value for k in node.keywords if k.arg == "id"]
                wired = node.args[:1] if isinstance(node.func, ast.Name) and node.func.id in ("Input", "Output", "State") else []
                found += [f"{file.name}:{n.lineno}" for n in (*named, *wired) if isinstance(n, ast.Constant | ast.JoinedStr | ast.Dict)]
    assert not found


def test_the_script_knows_only_ids_that_exist() -> None:
    from layouts.ids import Single  # noqa: PLC0415

    script = (ROOT / "assets" / "frame.js").read_text(encoding="utf-8")
    used = {part.split('"')[0] for part in script.split('getElementById("')[1:]} - {"_dash-config"}
    assert used
    assert used <= {str(single) for single in Single}
