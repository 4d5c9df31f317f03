"""The law of the house: imports run one way, app → commands, callbacks → layouts → metrics → data."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

MAY_IMPORT = {
    "app": {"app", "commands", "callbacks", "layouts", "metrics", "data"},
    "commands": {"commands", "layouts", "metrics", "data"},
    "callbacks": {"callbacks", "layouts", "metrics", "data"},
    "layouts": {"layouts", "metrics", "data"},
    "metrics": {"metrics", "data"},
    "data": {"data"},
}
PAGES = {"dash", "plotly", "flask", "dash_bootstrap_components", "dash_ag_grid"}
"""Packages of the pages: metrics and data know nothing of them."""


def modules() -> dict[str, Path]:
    """Every module of the product by its dotted name."""
    files = [ROOT / "app.py", *(f for room in MAY_IMPORT if room != "app" for f in sorted((ROOT / room).rglob("*.py")))]
    return {".".join(f.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): f for f in files}


def imported(file: Path) -> Iterator[str]:
    """The names of what a module imports, inside functions as well."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: imports name the whole path"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


MODULES = modules()


@pytest.mark.parametrize("name", MODULES)
def test_imports_run_one_way(name: str) -> None:
    room = name.partition(".")[0]
    rooms = {target.partition(".")[0] for target in imported(MODULES[name])}
    assert rooms & set(MAY_IMPORT) <= MAY_IMPORT[room]
    if room in ("metrics", "data", "commands"):
        assert not rooms & PAGES
    assert not rooms & {"tests", "benchmarks"}


def test_layouts_know_queries_but_not_the_engine() -> None:
    found = {name: set(imported(file)) for name, file in MODULES.items() if name.startswith("layouts")}
    assert found
    engine = {"metrics.engine", "metrics.compile", "metrics.plan", "data.warehouse", "data.ledger"}
    for name, targets in found.items():
        assert not {t for t in targets if any(t == e or t.startswith(f"{e}.") for e in engine)}, name


def test_no_module_imports_itself_in_a_circle() -> None:
    """Walk the graph of whole modules; names imported from a package count as the module that has them, if there is one."""
    graph = {}
    for name, file in MODULES.items():
        targets = {t if t in MODULES else t.rpartition(".")[0] for t in imported(file)}
        # A package's own list of its modules is no dependency of theirs on it.
        graph[name] = {t for t in targets if t in MODULES and t != name and not name.startswith(f"{t}.")}
    done: set[str] = set()

    def walk(name: str, path: tuple[str, ...]) -> None:
        assert name not in path, " → ".join((*path[path.index(name) :], name))
        if name not in done:
            for target in sorted(graph[name]):
                walk(target, (*path, name))
            done.add(name)

    for name in graph:
        walk(name, ())


def test_every_room_has_modules() -> None:
    assert {name.partition(".")[0] for name in MODULES} == set(MAY_IMPORT)


def test_the_rooms_hide_no_standard_module() -> None:
    assert not {name.partition(".")[0] for name in MODULES} & sys.stdlib_module_names
