"""A worksheet part in three pieces: what stands before its rows, the rows, and what stands after.

Rows of a large sheet are scanned as bytes and never become a tree; the rest is small and is parsed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from lxml import etree

from crmsheet.book.ooxml import XmlRejected, elements, integer, local, new_root, parse, serialise
from crmsheet.model import column_letters, column_number

_SHEET_DATA = re.compile(rb"<((?:\w+:)?)sheetData\b[^>]*?(/?)>")
_UNNUMBERED = re.compile(rb'<row(?=[\s/>])(?![^>]*?\sr=")|<c(?=[\s/>])(?! r=")')
_ADDRESS = re.compile(r"\$?([A-Z]{1,3})\$?\d{1,7}")
_ENCODING = re.compile(rb"""^<\?xml[^>]*?encoding=["']([\w-]+)["']""")
_PLAIN_ENCODINGS = (b"utf-8", b"us-ascii", b"ascii")
_UTF8_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class SheetXml:
    """``head + rows + tail`` is the part. ``rows`` has no ``<sheetData>`` tags around it and no prefixes
    within.
    """

    head: bytes
    rows: bytes
    tail: bytes

    def skeleton(self) -> etree._Element:
        """Root element with an empty ``<sheetData/>``."""
        return parse(self.head + b"<sheetData/>" + self.tail)


def split(data: bytes) -> SheetXml:
    """Pieces of the worksheet part ``data``; forms that no scanner should meet are made plain first."""
    data = _as_utf8(data)
    pieces = cut(data)
    return pieces if pieces and _is_plain(pieces) else _cut_or_fail(normalise(data))


def split_as_is(data: bytes) -> SheetXml | None:
    """Pieces of ``data`` when it has the plain form that Excel, WPS and LibreOffice write, otherwise None."""
    encoding = _ENCODING.match(data.removeprefix(_UTF8_BOM))
    if encoding and encoding[1].lower() not in _PLAIN_ENCODINGS:
        return None
    pieces = cut(data)
    return pieces if pieces and _is_plain(pieces) else None


def _as_utf8(data: bytes) -> bytes:
    data = data.removeprefix(_UTF8_BOM)
    encoding = _ENCODING.match(data)
    plain = data[:1] == b"<" and (not encoding or encoding[1].lower() in _PLAIN_ENCODINGS)
    return data if plain else serialise(parse(data))


def cut(data: bytes) -> SheetXml | None:
    """Pieces of ``data`` as they stand, None when its ``<sheetData>`` carries a prefix or is missing."""
    start = _SHEET_DATA.search(data)
    if not start or start[1]:
        return None
    if start[2]:
        return SheetXml(data[: start.start()], b"", data[start.end() :])
    end = data.find(b"</sheetData", start.end())
    after = data.find(b">", end) + 1
    return None if end < 0 else SheetXml(data[: start.start()], data[start.end() : end], data[after:])


def _cut_or_fail(data: bytes) -> SheetXml:
    pieces = cut(data)
    if pieces is None:
        raise XmlRejected("no_sheet_data")
    return pieces


def _is_plain(pieces: SheetXml) -> bool:
    rows = pieces.rows
    return b"<!" not in rows and b"='" not in rows and not _UNNUMBERED.search(rows)


def normalise(data: bytes) -> bytes:
    """The part ``data`` with numbered rows and cells, spreadsheet elements without prefix, no comments in
    its rows.
    """
    root = parse(data)
    main = root.tag.rpartition("}")[0].lstrip("{")
    prefixes = {prefix: uri for prefix, uri in root.nsmap.items() if prefix and uri != main}
    plain = new_root(root.tag, main, prefixes)
    plain.attrib.update(root.attrib)
    for child in root:
        plain.append(child)
    rows = plain.find(f"{{{main}}}sheetData")
    if rows is not None:
        _number_rows(rows)
    etree.cleanup_namespaces(plain, keep_ns_prefixes=[prefix for prefix in plain.nsmap if prefix])
    return serialise(plain)


def _number_rows(rows: etree._Element) -> None:
    for foreign in list(rows.iter(etree.Comment, etree.ProcessingInstruction)):
        parent = foreign.getparent()
        if parent is not None:
            parent.remove(foreign)
    number = 0
    for row in elements(rows):
        number = integer(row, "r", number + 1)
        row.set("r", str(number))
        _number_cells(row, number)


def _number_cells(row: etree._Element, number: int) -> None:
    column = 0
    for cell in elements(row):
        if local(cell) != "c":
            continue
        address = cell.get("r")
        match = _ADDRESS.fullmatch(address or "")
        if address is not None and match is None:
            raise XmlRejected("bad_address", address[:40])
        column = column_number(match[1]) if match else column + 1
        others = [(name, value) for name, value in cell.attrib.items() if name != "r"]
        cell.attrib.clear()
        cell.set("r", f"{column_letters(column)}{number}")
        for name, value in others:
            cell.set(name, value)
