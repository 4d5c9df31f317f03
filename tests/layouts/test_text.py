"""Every word of the screen is in the catalogues, with the same values."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.pofile import read_po

from layouts.text import FOLDER, LOCALES, Translator, translator

ROOT = Path(__file__).parents[2]
PLURAL = "{n}"


def sources() -> Iterator[Path]:
    for folder in ("layouts", "callbacks"):
        yield from sorted((ROOT / folder).rglob("*.py"))


def said_in(file: Path) -> Iterator[str]:
    """The texts that a source says or marks: the first argument of ``text(…)`` and ``N_(…)``, either side of a condition."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        called = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        if called in ("text", "N_"):
            first = node.args[0]
            choices = (first.body, first.orelse) if isinstance(first, ast.IfExp) else (first,)
            yield from (c.value for c in choices if isinstance(c, ast.Constant) and isinstance(c.value, str) and c.value)


TEXTS = sorted({text for file in sources() for text in said_in(file)})


def values_of(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def catalogue(language: str) -> dict[str, tuple[str, ...]]:
    locale = LOCALES[language]
    with (FOLDER / locale / "LC_MESSAGES" / "wuliang.po").open("rb") as file:
        messages = [m for m in read_po(file, locale=locale) if m.id]
    return {m.id if isinstance(m.id, str) else m.id[0]: (m.string,) if isinstance(m.string, str) else tuple(m.string) for m in messages}


def test_the_screen_says_something() -> None:
    assert len(TEXTS) > 100


def test_chinese_has_every_text_and_no_other() -> None:
    assert sorted(catalogue("zh")) == TEXTS


def test_english_has_both_forms_of_every_text_that_counts() -> None:
    assert sorted(catalogue("en")) == [text for text in TEXTS if PLURAL in text]
    assert all(len(forms) == 2 for forms in catalogue("en").values())


@pytest.mark.parametrize("language", ["en", "zh"])
def test_translations_hold_the_same_values(language: str) -> None:
    wrong = {text: forms for text, forms in catalogue(language).items() for form in forms if values_of(form) != values_of(text)}
    assert not wrong


def test_chinese_is_written_as_chinese() -> None:
    """No space before or after full-width punctuation, no half-width comma between characters."""
    wrong = [
        f
        for forms in catalogue("zh").values()
        for f in forms
        if re.search(r"\s[，。；：（）！？]|[，。；：（）！？]\s|[一-鿿][,;:][一-鿿]", f)
    ]
    assert not wrong


def test_chinese_calls_a_thing_by_one_word() -> None:
    """片区 is a region's area elsewhere; 进度正常 is what is 符合进度."""
    said = [form for forms in catalogue("zh").values() for form in forms]
    assert not [form for form in said for word in ("片区", "进度正常") if word in form]


def test_counting() -> None:
    english: Translator = translator("en")
    assert [english("{n} regions lagging", n=n) for n in (0, 1, 2)] == ["0 regions lagging", "1 region lagging", "2 regions lagging"]
    assert translator("zh")("{n} regions lagging", n=2) == "2 个大区落后"
    assert english("{n} working days left", n=1234) == "1,234 working days left"


def test_a_text_without_translation_is_said_as_it_is() -> None:
    assert translator("zh")("Never said on any page {x}", x="1") == "Never said on any page 1"
    assert translator("zh")("") == ""
