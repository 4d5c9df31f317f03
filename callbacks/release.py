"""Which release this is: a digest of the code, the texts and what the browser loads, so that open screens notice a new one."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parent.parent
ROOMS: Final = ("assets", "callbacks", "commands", "data", "layouts", "locales", "metrics")
KINDS: Final = frozenset((".py", ".css", ".js", ".po"))


def release_of(folder: Path) -> str:
    """Equal for two folders that hold the same release."""
    found = hashlib.sha256()
    files = (folder / "app.py", *(file for room in ROOMS for file in sorted((folder / room).rglob("*"))))
    for file in files:
        if file.suffix in KINDS and file.is_file():
            found.update(f"{file.relative_to(folder).as_posix()}\0".encode())
            found.update(file.read_bytes())
    return found.hexdigest()[:12]
