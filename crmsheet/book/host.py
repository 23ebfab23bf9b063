"""What writing needs of a workbook, whichever way it is held: a closed file or an open Excel."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

from crmsheet.book.design import Design
from crmsheet.book.live_table import LiveChanges, LiveTable
from crmsheet.book.patch import CellChanges, Position
from crmsheet.book.typed_cells import TypedCell
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

    @property
    def own_sheets(self) -> dict[str, str]:
        """Key of each sheet an earlier run wrote → its name now."""
        ...

    def rename_sheets(self, renamed: Mapping[str, str]) -> None:
        """Give tabs (old name → new name) other names; what speaks of them follows."""
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

    def typed_cells(self) -> list[TypedCell]:
        """What was typed over the lists of own sheets since they were written."""
        ...

    def names(self) -> dict[str, str]:
        """Defined names of the whole workbook and what they stand for."""
        ...

    def live_table(self, sheet: str, headers: Iterable[str]) -> LiveTable | None:
        """The table on that sheet which carries live columns of those headers."""
        ...

    def grow_table(self, sheet: str, header_row: int, last_row: int) -> bool:
        """Let the table below ``header_row`` reach down to ``last_row``; False when it cannot."""
        ...

    def renew_live(
        self, sheet: str, table: LiveTable, cells: Mapping[Position, object], formulas: Mapping[int, str]
    ) -> LiveChanges:
        """Write the live columns of ``table``; ``formulas`` by column are for rows it has not yet."""
        ...

    def renew_values(self, sheet: str, cells: Mapping[Position, object]) -> None:
        """Write values that only formulas of ours read, where they differ."""
        ...

    def renew_index(self, sheet: str, tabs: Mapping[str, str]) -> None:
        """Let the guide's index on that sheet lead to the own sheets ``tabs`` (key → name)."""
        ...
