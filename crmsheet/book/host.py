"""What writing needs of a workbook, whichever way it is held: a closed file or an open Excel."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from crmsheet.book.design import Design
from crmsheet.book.patch import CellChanges, Position
from crmsheet.model import Note


class Host(Protocol):
    """A workbook that own sheets are put into and single cells of entry sheets are changed in."""

    notes: list[Note]

    @property
    def sheet_names(self) -> tuple[str, ...]:
        """Names of all tabs, from left to right."""
        ...

    def put_sheet(
        self, key: str, name: str, design: Design, *, hidden: bool = False, first: bool = False
    ) -> str:
        """Write an own sheet, or redraw the one of that key; returns the name it really has."""
        ...

    def update_cells(
        self,
        sheet: str,
        updates: Mapping[Position, object],
        *,
        number_formats: Mapping[Position, str] | None = None,
    ) -> CellChanges:
        """Change single cells of a user's sheet; formulas and table headers are refused."""
        ...
