"""What the value reader does not tell of a worksheet: errors, formulas, percentages, merged and hidden cells.

The bytes are scanned, for each only where a cheap search says it occurs at all: most sheets hold none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from lxml import etree

from crmsheet.book import sheet_xml
from crmsheet.book.areas import MOST_COLUMNS, Area
from crmsheet.book.byte_pairs import has_pair, holds
from crmsheet.book.ooxml import attribute_is_true, elements, local
from crmsheet.book.raw import Position
from crmsheet.model import column_number

SAMPLE = 1 << 16  # programs write all rows alike, so the first ones tell the form of the rest

_SHEET_DATA = re.compile(rb"<sheetData\b[^>]*>")
_UTF8 = re.compile(rb"""<(?:\?xml(?![^>]*encoding=(?!["']utf-?8["']))|\w)""", re.I)
_ODD = re.compile(rb'<c(?! r="[A-Z]+\d+"[ />])[ />]|<row(?! r="\d+"[ />])(?![^>]* r="\d)[ />]|<!')
_ERROR = re.compile(
    rb'<c r="([A-Z]+)(\d+)"[^>]* t="e"[^>]*>(?:<f\b[^>]*/>|<f\b[^>]*>[^<]*</f>)?\s*<v>([^<]*)</v>'
)
_FORMULA = re.compile(
    rb'<c r="([A-Z]+)(\d+)"([^>]*)>\s*(?:<f\b[^>]*/>|<f\b[^>]*>[^<]*</f>)\s*(<v\b[^>/]*>[^<]|<is>)?'
)
_HIDDEN_ROW = re.compile(rb'<row\b(?=[^>]* hidden="(?:1|true)")[^>]*? r="(\d+)"')


@dataclass(frozen=True, slots=True)
class CellFacts:
    """Facts of one worksheet; positions count from 1."""

    errors: Mapping[Position, str]
    formulas: frozenset[Position]
    uncached: frozenset[Position]
    percents: frozenset[Position]
    merged: tuple[Area, ...]
    hidden_rows: frozenset[int]
    hidden_columns: frozenset[int]


def plain(xml: bytes) -> bytes:
    """The part ``xml`` itself when its rows have the form Excel writes, else the same sheet in that form."""
    start = _SHEET_DATA.search(xml)
    if start and _UTF8.match(xml):
        end = xml.rfind(b"<", 0, start.end() + SAMPLE)
        if not _ODD.search(xml, start.end(), end):
            return xml
    pieces = sheet_xml.split(xml)
    return b"%s<sheetData>%s</sheetData>%s" % (pieces.head, pieces.rows, pieces.tail)


def scan(xml: bytes, percent_styles: frozenset[int]) -> CellFacts:
    """Facts of the worksheet part ``xml`` in plain form; raises ``XmlRejected`` when it is cut off."""
    root = _frame(xml)
    formulas, uncached = _formulas(xml)
    return CellFacts(
        errors=_errors(xml),
        formulas=formulas,
        uncached=uncached,
        percents=frozenset(_styled(xml, percent_styles)),
        merged=tuple(_merged(root)),
        hidden_rows=_hidden_rows(xml),
        hidden_columns=frozenset(_hidden_columns(root)),
    )


def _frame(xml: bytes) -> etree._Element:
    """Root element without its rows."""
    start = _SHEET_DATA.search(xml)
    end = xml.rfind(b"</sheetData>")
    if start is None or (end < 0 and not start[0].endswith(b"/>")):
        return sheet_xml.SheetXml(xml, b"", b"").skeleton()  # not well-formed: says so
    tail = xml[end + len(b"</sheetData>") :] if end >= 0 else xml[start.end() :]
    return sheet_xml.SheetXml(xml[: start.start()], b"", tail).skeleton()


def _position(cell: re.Match[bytes]) -> Position:
    return int(cell[2]), column_number(cell[1].decode())


def _errors(xml: bytes) -> dict[Position, str]:
    if not holds(xml, b' t="e"', b'"e'):
        return {}
    return {_position(cell): cell[3].decode("utf-8", "replace") for cell in _ERROR.finditer(xml)}


def _formulas(xml: bytes) -> tuple[frozenset[Position], frozenset[Position]]:
    """Cells that hold formulas, and those of them without a stored value (a stored empty text is a value)."""
    if not has_pair(xml, b"<f"):
        return frozenset(), frozenset()
    found = {_position(cell): bool(cell[4]) or b' t="str"' in cell[3] for cell in _FORMULA.finditer(xml)}
    return frozenset(found), frozenset(position for position, cached in found.items() if not cached)


def _styled(xml: bytes, styles: Iterable[int]) -> Iterator[Position]:
    """Cells formatted with one of ``styles``."""
    named = [b's="%d"' % style for style in sorted(styles)]
    marks = [mark for mark in named if mark in xml] if named and has_pair(xml, b" s") else []
    if marks:
        pattern = re.compile(rb'<c r="([A-Z]+)(\d+)"[^>]*? (?:' + b"|".join(marks) + b")")
        yield from map(_position, pattern.finditer(xml))


def _merged(root: etree._Element) -> Iterator[Area]:
    for group in elements(root):
        if local(group) == "mergeCells":
            areas = (Area.parse(cell.get("ref", "")) for cell in elements(group))
            yield from (area for area in areas if area)


def _hidden_rows(xml: bytes) -> frozenset[int]:
    start = _SHEET_DATA.search(xml)
    if not holds(xml, b' hidden="', b"n=", start.end() if start else 0):
        return frozenset()
    return frozenset(int(row[1]) for row in _HIDDEN_ROW.finditer(xml))


def _hidden_columns(root: etree._Element) -> Iterator[int]:
    columns = (column for group in elements(root) if local(group) == "cols" for column in elements(group))
    for column in columns:
        if attribute_is_true(column, "hidden"):
            first, last = column.get("min", "0"), column.get("max", "0")
            if first.isdigit() and last.isdigit():
                yield from range(int(first), min(int(last), MOST_COLUMNS) + 1)
