"""What to say when a workbook has no customer table: what was seen instead, and what it resembles."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass

from crmsheet.book.raw import CellValue, RawBook, RawSheet
from crmsheet.clean.headers import field_of, recognize_header, standard_header
from crmsheet.data import spoken
from crmsheet.errors import NoCustomerTable
from crmsheet.fields import CUSTOMER_SHEETS, SHEETS
from crmsheet.labels import Labels

ROWS_LOOKED_AT = 20
MOST_HEADERS = 12
LONGEST_HEADER = 20
FAINTLY_LIKE = 0.5


@dataclass(frozen=True, slots=True)
class SeenSheet:
    """A sheet's likeliest header: each header as typed, and the standard header nearest to it (or ``""``)."""

    name: str
    headers: tuple[tuple[str, str], ...]


def no_customer_table(book: RawBook) -> NoCustomerTable:
    """The error that names every sheet, the headers seen there, and the nearest standard header for each."""
    sheets = tuple(_seen(sheet) for sheet in book.sheets)
    return NoCustomerTable(path=book.path, seen="\n".join(map(_line, sheets)), sheets=sheets)


def _seen(sheet: RawSheet) -> SeenSheet:
    rows = sheet.rows[:ROWS_LOOKED_AT]
    row = max(rows, key=_resemblance, default=[])
    texts = [" ".join(str(value).split())[:LONGEST_HEADER] for value in row if value is not None]
    return SeenSheet(sheet.name, tuple((text, nearest_header(text)) for text in texts[:MOST_HEADERS]))


def _resemblance(row: list[CellValue]) -> tuple[int, int]:
    """How much a row looks like a header: fields it names, then texts it holds."""
    texts = [value for value in row[:200] if isinstance(value, str)]
    return sum(bool(field_of(text)) for text in texts), len(set(texts))


def nearest_header(text: str) -> str:
    """Standard header nearest to ``text``, however faintly; ``""`` when nothing resembles it.

    >>> nearest_header("客户各称"), nearest_header("公司"), nearest_header("xyz")
    ('客户名称', '客户名称', '')
    """
    match = recognize_header(text)
    field = match.field or match.suggestion
    if field:
        return standard_header(field, language=spoken())
    near = difflib.get_close_matches(text, list(_standard_headers()), n=1, cutoff=FAINTLY_LIKE)
    return near[0] if near else ""


def _standard_headers() -> Iterator[str]:
    return (
        standard_header(field.code, sheet=code, language=spoken())
        for code in CUSTOMER_SHEETS
        for field in SHEETS[code].fields
    )


def _line(sheet: SeenSheet) -> str:
    words = Labels.load()
    told = [
        text if near in ("", text) else words.phrase("seen_header_near", header=text, near=near)
        for text, near in sheet.headers
    ]
    if not told:
        return words.phrase("seen_blank_sheet", sheet=sheet.name)
    return words.phrase("seen_sheet", sheet=sheet.name, headers=words.join(told))
