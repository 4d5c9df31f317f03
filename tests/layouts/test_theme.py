"""Colours come out of the one style sheet."""

from __future__ import annotations

import re

import pytest

from layouts import theme

ASSETS = theme.TOKENS.parent


@pytest.mark.parametrize("name", ["light", "dark"])
def test_figures_have_the_colours_of_the_style_sheet(name: str) -> None:
    css = theme.TOKENS.read_text(encoding="utf-8")
    block = css.split("[data-bs-theme=dark]{")[1 if name == "dark" else 0].split("}")[0]
    for token in ("surface", "ink-1", "ac", "pl", "py", "good", "bad", "line"):
        assert f"--wl-{token}:{theme.colours(name)[token]}" in block


def test_both_themes_name_the_same_colours() -> None:
    assert set(theme.colours("light")) == set(theme.colours("dark"))
    assert theme.colours("light")["surface"] != theme.colours("dark")["surface"]


def test_every_token_that_a_sheet_uses_exists() -> None:
    sheets = "".join(file.read_text(encoding="utf-8") for file in sorted(ASSETS.glob("*.css")))
    defined = set(re.findall(r"(--wl-[\w-]+)\s*:", sheets))
    assert set(re.findall(r"var\((--wl-[\w-]+)", sheets)) <= defined


def test_colours_stand_in_the_tokens_alone() -> None:
    for file in ASSETS.glob("*.css"):
        if file != theme.TOKENS:
            assert not re.findall(r"#[0-9a-fA-F]{3,8}\b(?![^{]*\{)", re.sub(r"#[a-z][\w-]*", "", file.read_text(encoding="utf-8"))), (
                file.name
            )


def test_no_sheet_or_script_asks_another_origin() -> None:
    for file in (*ASSETS.glob("*.css"), *ASSETS.glob("*.js")):
        assert not re.search(r"https?://(?!www\.w3\.org)|@import|@font-face", file.read_text(encoding="utf-8")), file.name


def test_a_layout_is_fresh_each_time() -> None:
    theme.base_layout("light")["xaxis"]["range"] = [0, 1]
    assert "range" not in theme.base_layout("light")["xaxis"]
