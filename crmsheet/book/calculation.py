"""What Excel needs to know about formulas after a sheet was redrawn."""

from __future__ import annotations

from xml.sax.saxutils import escape

from crmsheet.book.defined_names import MARK, DefinedNames, quoted
from crmsheet.book.package import Package
from crmsheet.book.partnames import key
from crmsheet.book.workbook_part import WorkbookPart

FORMULA_FOLDERS = ("worksheets", "charts", "chartsheets", "pivotcache", "drawings", "slicercaches", "tables")


def forget_chain(package: Package, workbook: WorkbookPart, sheet_id: int) -> None:
    """Drop the calculation chain when it lists cells of that sheet: Excel rebuilds it, and repairs a wrong
    one.
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
    return any(_has(package, part, [b"<f>", b"<f ", b":f>", b":f "]) for part in parts)


def mentions(package: Package, names: DefinedNames, sheet: str, own_parts: frozenset[str]) -> list[str]:
    """Parts and defined names whose formulas speak of ``sheet``, ours left out."""
    spellings = [f"{sheet}!", f"{quoted(sheet)[:-1]}'!", f'sheet="{sheet}"']
    wanted = [spelling.encode() for text in spellings for spelling in {text, escape(text)}]
    folders = tuple(f"/{folder}/" for folder in FORMULA_FOLDERS)
    parts = [
        part
        for part in package
        if part not in own_parts
        and any(f in "/" + key(part) for f in folders)
        and _has(package, part, wanted)
    ]
    named = [n.name for n in names if not n.name.startswith(MARK) and any(s in n.text for s in spellings[:2])]
    return parts + named


def _has(package: Package, part: str, wanted: list[bytes]) -> bool:
    """Whether any of ``wanted`` stands in the part, also across the seam of two pieces."""
    overlap = max(map(len, wanted))
    seam = b""
    for piece in package.pieces(part):
        if any(text in seam + piece for text in wanted):
            return True
        seam = piece[-overlap:]
    return False
