"""What Excel needs to know about formulas after cells have changed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from html import escape  # xml.sax.saxutils loads everything that speaks to the network

from crmsheet.book.defined_names import MARK, DefinedNames
from crmsheet.book.package import Package
from crmsheet.book.partnames import key
from crmsheet.book.territory import quoted
from crmsheet.book.workbook_part import SheetEntry, WorkbookPart

FORMULA_FOLDERS = ("worksheets", "charts", "chartsheets", "pivotcache", "drawings", "slicercaches", "tables")
FORMULA_MARKS = (b"<f>", b"<f ", b":f>", b":f ")


def forget_chain(package: Package, workbook: WorkbookPart, sheet_id: int) -> None:
    """Drop the calculation chain when it lists cells of that sheet.

    Excel builds a missing chain anew, and repairs one that leads to cells without formula.
    """
    relationships = package.relationships(workbook.name)
    for link in relationships.of_kind("calcChain"):
        if link.part in package and f' i="{sheet_id}"'.encode() in package.read(link.part):
            relationships.drop(link.id)
            package.remove(link.part)


def has_formulas(package: Package, workbook: WorkbookPart) -> bool:
    """Whether any cell of the workbook calculates something."""
    if package.relationships(workbook.name).of_kind("calcChain"):
        return True
    parts = [sheet.part for sheet in workbook.sheets() if sheet.kind == "worksheet"]
    return any(_has(package, part, FORMULA_MARKS) for part in parts)


def mentions(
    package: Package, names: DefinedNames, sheets: Sequence[SheetEntry], own: Iterable[SheetEntry]
) -> Iterator[str]:
    """Parts and defined names whose formulas speak of ``sheets`` or their tables; parts of ``own`` sheets
    left out.
    """
    ours = {part for sheet in own for part in (key(sheet.part), *package.reachable(sheet.part))}
    positions = {sheet.position for sheet in sheets}
    texts = [text for sheet in sheets for text in _spellings(package, sheet)]
    for name in names:
        about_us = name.name.startswith(MARK) or name.position in positions
        if not about_us and any(text in name.text for text in texts):
            yield name.name
    wanted = [spelling for text in texts for spelling in spellings(text)]
    for part in package:
        holds_formulas = any(f"/{folder}/" in "/" + key(part) for folder in FORMULA_FOLDERS)
        if holds_formulas and key(part) not in ours and _has(package, part, wanted):
            yield part


def spellings(text: str) -> set[bytes]:
    """How a part may spell ``text``; some programs write letters beyond ASCII as numbers."""
    escaped = escape(text, quote=False)
    return {text.encode(), escaped.encode(), escaped.encode("ascii", "xmlcharrefreplace")}


def _spellings(package: Package, sheet: SheetEntry) -> Iterator[str]:
    """How formulas and pivot caches speak of a sheet and the tables on it."""
    yield from (f"{sheet.name}!", f"{quoted(sheet.name)}!", f"sheet={_attribute(sheet.name)}")
    for link in package.relationships(sheet.part).of_kind("table"):
        if link.part in package:
            table = package.parsed(link.part).get("displayName", "")
            yield from (f"{table}[", f"name={_attribute(table)}")


def _attribute(text: str) -> str:
    """Text as the value of an attribute, quotes included, as Excel spells it."""
    return '"' + escape(text, quote=False).replace('"', "&quot;") + '"'


def _has(package: Package, part: str, wanted: Sequence[bytes]) -> bool:
    """Whether any of ``wanted`` stands in the part, also across the seam of two pieces.

    What follows a # is the address in a text that HYPERLINK goes to: no value depends on it.
    """
    sought = re.compile(b"(?<!#)(?:" + b"|".join(map(re.escape, wanted)) + b")") if wanted else None
    overlap = max(map(len, wanted), default=0) + 1
    seam = b""
    for piece in package.pieces(part):
        # The first byte of a seam is there for what it says of the next.
        window = seam + piece
        if sought and sought.search(window, 1 if seam else 0):
            return True
        seam = window[-overlap:]
    return False
