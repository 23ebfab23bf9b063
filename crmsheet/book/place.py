"""Where an own sheet goes."""

from __future__ import annotations

from dataclasses import dataclass

from crmsheet.book.ooxml import Dialect
from crmsheet.book.package import Package
from crmsheet.book.relationships import Relationships
from crmsheet.book.workbook_part import WorkbookPart


@dataclass(frozen=True)
class Place:
    """The package, the part, the sheet's name, and the workbook it belongs to.

    ``selected``: whether the workbook opens on it.
    """

    package: Package
    part: str
    name: str
    workbook: WorkbookPart
    selected: bool = False

    @property
    def dialect(self) -> Dialect:
        return self.workbook.dialect

    @property
    def relationships(self) -> Relationships:
        return self.package.relationships(self.part)
