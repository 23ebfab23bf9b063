"""Notes on an own sheet: where they are, and how they follow their rows.

A note lives in up to three parts: its text (``comments``), its box (a VML shape), and since Excel 2019 its
thread.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from crmsheet.book.areas import Area
from crmsheet.book.package import Package
from crmsheet.model import column_letters

Position = tuple[int, int]
PART_KINDS = ("comments", "threadedComment")

_REF = re.compile(rb'(<(?:\w+:)?(?:comment|threadedComment)\b[^>]*?\sref=")([A-Z]+\d+)"')
_SHAPE = re.compile(rb"<(\w+):shape\b.*?</\1:shape>", re.S)
_ROW, _COLUMN = re.compile(rb"(<\w+:Row>)(\d+)(</)"), re.compile(rb"(<\w+:Column>)(\d+)(</)")
_ANCHOR = re.compile(rb"(<\w+:Anchor>)([^<]*)(</)")
_ANCHOR_ROWS = (2, 6)  # of eight numbers: columns and rows of the box's corners, each with an offset


def noted_cells(package: Package, sheet_part: str) -> set[Position]:
    """Positions of all notes of a sheet."""
    found = set()
    for part in _parts(package, sheet_part, PART_KINDS):
        for match in _REF.finditer(package.read(part)):
            area = Area.parse(match[2].decode())
            if area:
                found.add((area.top, area.left))
    return found


def move_notes(package: Package, sheet_part: str, place: Callable[[int, int], Position]) -> None:
    """Put each note of a sheet where ``place`` says; parts in which nothing moves stay as they are."""
    for part in _parts(package, sheet_part, PART_KINDS):
        _rewrite(package, part, lambda data: _REF.sub(lambda m: _moved_reference(m, place), data))
    for part in _parts(package, sheet_part, ("vmlDrawing",)):
        _rewrite(package, part, lambda data: _SHAPE.sub(lambda m: _moved_shape(m[0], place), data))


def _parts(package: Package, sheet_part: str, kinds: tuple[str, ...]) -> list[str]:
    links = package.relationships(sheet_part)
    return [link.part for link in links if link.kind in kinds and link.part in package]


def _rewrite(package: Package, part: str, change: Callable[[bytes], bytes]) -> None:
    old = package.read(part)
    new = change(old)
    if new != old:
        package.put(part, new)


def _moved_reference(match: re.Match[bytes], place: Callable[[int, int], Position]) -> bytes:
    area = Area.parse(match[2].decode())
    if area is None:
        return match[0]
    row, column = place(area.top, area.left)
    return b'%s%s%d"' % (match[1], column_letters(column).encode(), row)


def _moved_shape(shape: bytes, place: Callable[[int, int], Position]) -> bytes:
    row, column = _ROW.search(shape), _COLUMN.search(shape)
    if row is None or column is None:
        return shape
    old = int(row[2]) + 1, int(column[2]) + 1
    new = place(*old)
    shape = _ROW.sub(rb"\g<1>%d\3" % (new[0] - 1), shape)
    shape = _COLUMN.sub(rb"\g<1>%d\3" % (new[1] - 1), shape)
    return _ANCHOR.sub(lambda match: _moved_anchor(match, new[0] - old[0]), shape)


def _moved_anchor(match: re.Match[bytes], down: int) -> bytes:
    numbers = match[2].split(b",")
    for place in _ANCHOR_ROWS:
        if place < len(numbers) and numbers[place].strip().isdigit():
            numbers[place] = b" %d" % max(int(numbers[place]) + down, 0)
    return match[1] + b",".join(numbers) + match[3]
