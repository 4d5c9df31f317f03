"""How a text file is written: its encoding and its delimiter, found from its bytes."""

from __future__ import annotations

import codecs
import csv
from collections import Counter
from pathlib import Path
from typing import Final

from charset_normalizer import from_bytes

from data.intake.errors import FileUnreadable
from data.intake.mapping import DELIMITERS

_CHUNK: Final = 1 << 20
_SAMPLE: Final = 1 << 18
_MARKS: Final = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_OTHERS: Final = ("cp1252", "cp1250", "cp1251", "big5", "shift_jis", "euc_kr", "cp1253", "cp1254")


def encoding_of(file: Path) -> str:
    """The encoding in which the whole file can be read: by its mark, else UTF-8, GB18030, or the likeliest other one."""
    with file.open("rb") as opened:
        sample = opened.read(_SAMPLE)
    for mark, name in _MARKS:
        if sample.startswith(mark):
            return name
    if (zeros := _zeros(sample)) and _decodes(file, zeros):
        return zeros
    if _decodes(file, "utf-8"):
        return "utf-8"
    if _decodes(file, "gb18030") and _is_chinese(sample):
        return "gb18030"
    guess = from_bytes(sample, cp_isolation=list(_OTHERS)).best()
    for name in ([guess.encoding] if guess else []) + ["cp1252"]:
        if _decodes(file, name):
            return name
    raise FileUnreadable(file, "its encoding is not clear. Name it in the mapping, as in encoding = 'big5'.")


def delimiter_of(text: str) -> str:
    """The delimiter that cuts most records of the text into as many fields as the header has."""

    def score(delimiter: str) -> tuple[float, int]:
        counts = Counter(len(row) for row in _records(text, delimiter))
        width = len(next(iter(_records(text, delimiter)), []))
        return (counts[width] / counts.total(), width) if width > 1 else (0.0, width)

    best = max(DELIMITERS, key=score)
    return best if score(best)[0] > 0 else ","


def _records(text: str, delimiter: str) -> list[list[str]]:
    """The first records of the text; a last one that may be cut off is left out."""
    try:
        rows = [row for row in csv.reader(text.splitlines(keepends=True)[:300], delimiter=delimiter) if row]
    except csv.Error:
        return []
    return rows[:-1] if len(rows) > 2 else rows


def _zeros(sample: bytes) -> str | None:
    """UTF-16 without its mark shows by zero bytes in every other place."""
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if max(even, odd) * 8 < len(sample):
        return None
    return "utf-16-le" if odd > even else "utf-16-be"


def _decodes(file: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with file.open("rb") as opened:
            while chunk := opened.read(_CHUNK):
                decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _is_chinese(sample: bytes) -> bool:
    """GB18030 can read most Western text too, but then as characters that hardly anyone writes."""
    foreign = [c for c in sample.decode("gb18030", errors="ignore") if ord(c) > 127]
    common = sum(_in_gb2312(c) for c in foreign)
    return common * 10 >= len(foreign) * 8


def _in_gb2312(character: str) -> bool:
    try:
        return bool(character.encode("gb2312"))
    except UnicodeEncodeError:
        return False
