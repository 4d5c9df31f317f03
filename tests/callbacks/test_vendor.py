"""Style sheet and marks come out of the installed package."""

from __future__ import annotations

import re
from pathlib import Path

from flask.testing import FlaskClient

from callbacks.vendor import marks

ROOT = Path(__file__).parents[2]


def test_every_mark_that_a_page_draws_exists() -> None:
    drawn = set(re.findall(r"\.ic-([\w-]+)\{", marks()))
    sources = [file.read_text(encoding="utf-8") for folder in ("layouts", "callbacks") for file in (ROOT / folder).rglob("*.py")]
    used = {name for text in sources for name in re.findall(r"\bicon\(\"([\w-]+)\"", text)}
    assert len(used) > 8
    assert used <= drawn


def test_both_sheets_are_kept_by_the_browser(client: FlaskClient) -> None:
    for name in ("bootstrap.css", "marks.css"):
        answer = client.get(f"/vendor/{name}")
        assert answer.mimetype == "text/css"
        assert "max-age=31536000" in answer.headers["Cache-Control"]
    assert client.get("/vendor/other.css").status_code == 404
