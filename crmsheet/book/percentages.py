"""Which cell formats show a number as a percentage."""

from __future__ import annotations

import re

from crmsheet.book.ooxml import child_named, elements
from crmsheet.book.package import Package
from crmsheet.book.workbook_part import WorkbookPart

_BUILT_IN = {"9": "0%", "10": "0.00%"}
_NOT_SHOWN = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]')


def shows_percent(code: str) -> bool:
    """Whether the number format ``code`` multiplies by 100 and shows %.

    >>> shows_percent("0.0%;[Red]-0.0%"), shows_percent('0.0"%"')
    (True, False)
    """
    return "%" in _NOT_SHOWN.sub("", code)


def percent_styles(package: Package, workbook: WorkbookPart) -> frozenset[int]:
    """Indexes of the workbook's cell formats that show percentages."""
    links = package.relationships(workbook.name).of_kind("styles")
    if not links or links[0].part not in package or not package.size(links[0].part):
        return frozenset()
    root = package.xml(links[0].part)
    custom = elements(child_named(root, "numFmts"))
    codes = _BUILT_IN | {format_.get("numFmtId", ""): format_.get("formatCode", "") for format_ in custom}
    formats = enumerate(elements(child_named(root, "cellXfs")))
    return frozenset(index for index, xf in formats if shows_percent(codes.get(xf.get("numFmtId", ""), "")))
