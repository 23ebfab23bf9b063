"""Cells from text files: UTF-8, GB18030 or UTF-16; comma, semicolon, tab or bar; quoting as in RFC 4180."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path

from crmsheet.book.raw import CellError, CellValue
from crmsheet.errors import UnknownFormat

DELIMITERS = (",", "\t", ";", "|")
LINES_LOOKED_AT = 50

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SEPARATOR_LINE = re.compile(r"\A\"?sep=(.)\"?\r?\n")
_QUOTED = re.compile(r'"[^"]*"')
_ERROR_VALUE = re.compile(r"#(?:N/A|DIV/0!|NAME\?|NULL!|NUM!|REF!|VALUE!|SPILL!|CALC!)")


def read_rows(path: Path, data: bytes) -> list[list[CellValue]]:
    """Rows of the text file ``data``, all of one length; cells are str, None or CellError.

    Numbers and dates stay text: a text file does not say which is which.
    """
    text = decode(path, data)
    stated = _SEPARATOR_LINE.match(text)
    delimiter = stated[1] if stated else find_delimiter(text)
    rows = _parse(text[stated.end() :] if stated else text, delimiter)
    width = max(map(len, rows), default=0)
    return [[_cell(value) for value in row] + [None] * (width - len(row)) for row in rows]


def decode(path: Path, data: bytes) -> str:
    """Text of ``data``; raises :class:`UnknownFormat` for what is no text.

    >>> decode(Path("a.csv"), "客户".encode("gbk")), decode(Path("a.csv"), b"\\xef\\xbb\\xbfa")
    ('客户', 'a')
    """
    encoding = next((name for mark, name in _BYTE_ORDER_MARKS if data.startswith(mark)), "")
    encoding = encoding or _unmarked_utf16(data)
    if encoding:
        return data.decode(encoding, "replace")
    if b"\0" in data:
        raise UnknownFormat(path=path, suffix=path.suffix)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        # One damaged character must not turn a whole file to the other encoding.
        texts = (data.decode(name, "replace") for name in ("gb18030", "utf-8"))
        return min(texts, key=lambda text: text.count("\ufffd"))


def _unmarked_utf16(data: bytes) -> str:
    """Encoding of UTF-16 without a mark: line breaks and commas have their zero byte on one side."""
    if len(data) % 2 or b"\0" not in data:
        return ""
    for encoding in ("utf-16-le", "utf-16-be"):
        breaks = sum(data.count(character.encode(encoding)) for character in "\n,\t;")
        if breaks and data.count(b"\0") <= breaks * 40 and "\0" not in data.decode(encoding, "replace"):
            return encoding
    return ""


def find_delimiter(text: str) -> str:
    """The delimiter that splits most lines into the same number of cells.

    >>> find_delimiter("a;b;c\\n1,5;2;3\\n"), find_delimiter("客户名称\\n甲,乙公司\\n")
    (';', ',')
    """
    lines = [_QUOTED.sub("", line) for line in text[: 1 << 18].splitlines()[:LINES_LOOKED_AT] if line.strip()]
    return max(DELIMITERS, key=lambda delimiter: _agreement([line.count(delimiter) for line in lines]))


def _agreement(counts: list[int]) -> tuple[int, int]:
    """Number of lines with the commonest count that is not zero, and that count."""
    found = [count for count in counts if count]
    if not found:
        return 0, 0
    commonest = max(set(found), key=lambda count: (found.count(count), count))
    return found.count(commonest), commonest


def _parse(text: str, delimiter: str) -> list[list[str]]:
    """Rows of ``text``. A quotation mark that is opened and never closed is taken as a character."""
    csv.field_size_limit(max(csv.field_size_limit(), len(text) + 1))
    try:
        return list(_rows(text, delimiter, csv.QUOTE_MINIMAL, strict=True))
    except csv.Error as error:
        lost = "unexpected end of data" in str(error)
        return list(_rows(text, delimiter, csv.QUOTE_NONE if lost else csv.QUOTE_MINIMAL, strict=False))


def _rows(text: str, delimiter: str, quoting: int, *, strict: bool) -> Iterator[list[str]]:
    lines = io.StringIO(text, newline="")
    return csv.reader(lines, delimiter=delimiter, quoting=quoting, strict=strict)  # type: ignore[arg-type]


def _cell(value: str) -> CellValue:
    if value.startswith("#") and _ERROR_VALUE.fullmatch(value):
        return CellError(value)
    return value or None
