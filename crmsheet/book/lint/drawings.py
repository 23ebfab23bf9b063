"""Rules of drawings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from lxml import etree

from crmsheet.book.lint.finding import Finding
from crmsheet.book.lint.subject import Subject
from crmsheet.book.ooxml import child_named, elements, local, references

ANCHORS = ("twoCellAnchor", "oneCellAnchor", "absoluteAnchor", "AlternateContent")


def check(subject: Subject, part: str) -> Iterator[Finding]:
    """Shapes have numbers of their own, anchors a place, and relationship ids lead somewhere."""
    root = subject.root(part)
    shapes = [shape for shape in root.iter("{*}cNvPr") if not _is_fallback(shape)]
    numbers = Counter(shape.get("id", "") for shape in shapes)
    for number, count in numbers.items():
        if count > 1 or not number.isdigit():
            yield Finding(part, "", "shape_id", number)
    relationships = subject.package.relationships(part)
    for element, _, relationship_id in references(root, subject.workbook.dialect):
        if relationships.get(relationship_id) is None:
            yield Finding(part, "", "relationship_missing", f"{local(element)} {relationship_id}")
    for anchor in elements(root):
        if local(anchor) not in ANCHORS:
            yield Finding(part, "", "anchor", local(anchor))
        elif local(anchor) == "twoCellAnchor":
            start, end = child_named(anchor, "from"), child_named(anchor, "to")
            if start is None or end is None or not _in_order(_place(start), _place(end)):
                yield Finding(part, "", "anchor_place")


def _is_fallback(shape: etree._Element) -> bool:
    """Whether older programs see it in place of another shape, whose number it may share."""
    return any(local(parent) == "Fallback" for parent in shape.iterancestors("*"))


def _in_order(start: tuple[int, int], end: tuple[int, int]) -> bool:
    return 0 <= start[0] <= end[0] and 0 <= start[1] <= end[1]


def _place(corner: etree._Element) -> tuple[int, int]:
    """Row and column of a corner."""
    row, column = child_named(corner, "row"), child_named(corner, "col")
    return (-1, -1) if row is None or column is None else (int(row.text or 0), int(column.text or 0))
