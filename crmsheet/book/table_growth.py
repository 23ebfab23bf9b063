"""A user's table takes in the rows written below it, as Excel does when somebody types there."""

from __future__ import annotations

from lxml import etree

from crmsheet.book.areas import Area
from crmsheet.book.ooxml import child_named, elements
from crmsheet.book.package import Package
from crmsheet.book.sheet_xml import split


def grow(package: Package, part: str, header_row: int, last_row: int) -> bool:
    """Extend the table of the sheet ``part`` whose header stands in ``header_row`` down to ``last_row``.

    False when there is none, when it reaches that far, when it ends in a total row, or when another table or a merged
    cell stands in the way.
    """
    tables = {
        link.part: area
        for link in package.relationships(part).of_kind("table")
        if (area := _area(package, link.part))
    }
    name = next((name for name, area in tables.items() if area.top == header_row), None)
    if name is None or tables[name].bottom >= last_row or _has_totals(package.xml(name)):
        return False
    old = tables[name]
    new = Area(old.top, old.left, last_row, old.right)
    below = Area(old.bottom + 1, old.left, last_row, old.right)
    others = [area for other, area in tables.items() if other != name]
    if any(below.meets(area) for area in [*others, *_merged(package, part)]):
        return False
    root = package.xml(name)
    for element in [root, *elements(root)]:
        if element is root or element.tag == _sibling(root, "autoFilter"):
            element.set("ref", str(new))
    package.edited(name)
    return True


def _area(package: Package, name: str) -> Area | None:
    return Area.parse(package.xml(name).get("ref", "")) if name in package else None


def _has_totals(table: etree._Element) -> bool:
    return table.get("totalsRowCount", "0") != "0"


def _merged(package: Package, part: str) -> list[Area]:
    cells = elements(child_named(split(package.read(part)).skeleton(), "mergeCells"))
    return [area for cell in cells if (area := Area.parse(cell.get("ref", "")))]


def _sibling(root: etree._Element, name: str) -> str:
    return str(root.tag).rpartition("}")[0] + "}" + name
