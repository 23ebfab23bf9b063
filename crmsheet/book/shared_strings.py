"""The workbook's table of shared strings: read when it is first asked for, and rid of texts that no cell
shows.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import overload

from lxml import etree

from crmsheet.book.ooxml import elements, local
from crmsheet.book.package import Package
from crmsheet.book.workbook_part import WorkbookPart


class SharedStrings(Sequence[str]):
    """Texts by index, without their formats and phonetic guides."""

    def __init__(self, package: Package, workbook: WorkbookPart) -> None:
        self._package = package
        self._workbook = workbook

    @cached_property
    def _texts(self) -> list[str]:
        links = self._package.relationships(self._workbook.name).of_kind("sharedStrings")
        if not links or links[0].part not in self._package:
            return []
        return [_text(item) for item in elements(self._package.parsed(links[0].part))]

    def __len__(self) -> int:
        return len(self._texts)

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[str]: ...
    def __getitem__(self, index: int | slice) -> str | Sequence[str]:
        return self._texts[index]


def _text(item: etree._Element) -> str:
    runs = [item, *(run for run in elements(item) if local(run) == "r")]
    return "".join(part.text or "" for run in runs for part in elements(run) if local(part) == "t")


_VALUE = re.compile(rb"<(?:\w+:)?v>\s*(\d+)\s*</")
_ITEM = re.compile(rb"<((?:\w+:)?)si\b[^>]*?(?:/>|>.*?</\1si>)", re.S)


def blank_unused(package: Package, workbook: WorkbookPart) -> int:
    """Empty the strings that no cell uses, and return how many there were.

    A text that was masked in its cell would otherwise stay in the file for everybody to read. Indexes do
    not move.
    """
    links = package.relationships(workbook.name).of_kind("sharedStrings")
    if not links or links[0].part not in package:
        return 0
    used = set(_used(package, workbook))
    numbers = itertools.count()
    blanked = 0

    def kept(match: re.Match[bytes]) -> bytes:
        nonlocal blanked
        if next(numbers) in used:
            return match[0]
        empty = b"<%ssi><%st/></%ssi>" % (match[1], match[1], match[1])
        blanked += match[0] != empty
        return empty

    new = _ITEM.sub(kept, package.read(links[0].part))
    if blanked:
        package.put(links[0].part, new)
    return blanked


def _used(package: Package, workbook: WorkbookPart) -> Iterator[int]:
    """Every whole number that any cell holds: all indexes in use are among them."""
    for sheet in workbook.sheets():
        if sheet.kind == "worksheet":
            yield from (int(match[1]) for match in _VALUE.finditer(package.read(sheet.part)))
