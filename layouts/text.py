"""The words of the screen in the language of the reader, from the gettext catalogues in ``locales/``."""

from __future__ import annotations

import gettext
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Final

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LANGUAGES: Final = ("en", "zh")
LOCALES: Final = {"en": "en", "zh": "zh_CN"}
_KEPT: Final = 4096
"""Texts whose translation is kept at hand: a page says hundreds."""
FOLDER: Final = Path(__file__).parent.parent / "locales"


def N_(text: str) -> str:  # noqa: N802 - the name gettext gives to a text that is marked here and translated elsewhere
    """Mark a text for the catalogue where it is only kept, to be translated later by a ``Translator``."""
    return text


class Translator:
    """Says a text of the source (English) in one language.

    ``text("Behind pace")``; ``text("{n} regions lagging", n=2)``: each language, English too, gives the forms of a text with ``n``
    in its catalogue. Values stand in braces and come already formatted; ``n`` is formatted here.
    """

    __slots__ = ("_catalogue", "_say", "language")

    def __init__(self, language: str) -> None:
        self.language = language
        self._catalogue = _catalogue(language)
        self._say = lru_cache(maxsize=_KEPT)(self._catalogue.gettext)

    def __call__(self, message: str, /, *, n: int | None = None, **values: str) -> str:
        if not message:
            return ""
        if n is None:
            said = self._say(message)
        else:
            said = self._catalogue.ngettext(message, message, n)
            values = {"n": f"{n:,}", **values}
        return said.format_map(values) if values else said

    def html_language(self) -> str:
        """The value of the ``lang`` attribute."""
        return "zh-CN" if self.language == "zh" else self.language


@lru_cache
def translator(language: str) -> Translator:
    return Translator(language)


@lru_cache
def _catalogue(language: str) -> gettext.NullTranslations:
    file = FOLDER / LOCALES[language] / "LC_MESSAGES" / "wuliang.po"
    if not file.exists():
        return gettext.NullTranslations()
    compiled = BytesIO()
    with file.open("rb") as source:
        write_mo(compiled, read_po(source, locale=LOCALES[language]))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
