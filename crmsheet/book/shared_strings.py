"""The workbook's table of shared strings, read when it is first asked for."""

from __future__ import annotations

from collections.abc import Sequence
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
