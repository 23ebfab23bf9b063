"""The sheets of a workbook that its users made: single cells and the live columns of their tables are changed, and all
else on them stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from crmsheet.book import calculation, cell_updates, guide_cells, table_growth
from crmsheet.book.cautions import cautions
from crmsheet.book.cell_updates import CellFormats
from crmsheet.book.cell_values import CellWriter
from crmsheet.book.live_table import LiveChanges, LiveTable, find_live_table, record, renew_cells
from crmsheet.book.package import Package
from crmsheet.book.patch import CellChanges, Position
from crmsheet.book.shared_strings import SharedStrings
from crmsheet.book.styles import Styles
from crmsheet.book.workbook_part import SheetEntry, WorkbookPart
from crmsheet.errors import SheetNotFound, did_you_mean
from crmsheet.model import Note


class UserSheets:
    """The sheets in ``package``, the file at ``path``; ``notes`` says what a reader should know."""

    def __init__(self, package: Package, path: Path) -> None:
        self.path = path
        self.notes: list[Note] = list(cautions(package))
        self._package = package
        with package.reading(path.name):
            self._workbook = WorkbookPart(package)
        self._styles: Styles | None = None

    @property
    def sheet_names(self) -> tuple[str, ...]:
        return tuple(sheet.name for sheet in self._workbook.sheets())

    def update_cells(
        self,
        sheet: str,
        updates: Mapping[Position, object],
        *,
        number_formats: Mapping[Position, str] | None = None,
    ) -> CellChanges:
        """Change single cells, by (row, column) from 1, on the sheet of that name; all else on it stays as
        it is.

        A cell keeps its format; a date in a cell that shows none is given a date format, a number in a text
        cell the general one, and ``number_formats`` can ask for another. Formulas and table headers are
        refused.
        """
        found = self._sheet(sheet)
        if found.kind != "worksheet":
            raise SheetNotFound(path=self.path, sheet=sheet, near="")
        formats = CellFormats(self._stylesheet(), number_formats or {})
        writer = CellWriter(date1904=self._workbook.date1904)
        with self._package.reading(found.part):
            changes = cell_updates.update_cells(self._package, found.part, updates, formats, writer)
        if changes.changed and calculation.has_formulas(self._package, self._workbook):
            self._workbook.recalculate_on_load()
        self._note("texts_shortened", found.name, writer.shortened)
        return changes

    def grow_table(self, sheet: str, header_row: int, last_row: int) -> bool:
        """Let the user's table below ``header_row`` reach down to ``last_row``, where rows were written below it."""
        found = self._sheet(sheet)
        with self._package.reading(found.part):
            return table_growth.grow(self._package, found.part, header_row, last_row)

    def live_table(self, sheet: str, headers: Iterable[str]) -> LiveTable | None:
        """The table on that sheet which carries live columns of those headers."""
        with self._package.reading(self.path.name):
            return find_live_table(self._package, self._sheet(sheet).part, headers)

    def renew_live(
        self, sheet: str, table: LiveTable, cells: Mapping[Position, object], formulas: Mapping[int, str]
    ) -> LiveChanges:
        """Write the live columns of ``table``: ``cells`` by position, ``formulas`` by column for its new rows."""
        found = self._sheet(sheet)
        writer = CellWriter(date1904=self._workbook.date1904)
        how = (CellFormats(self._stylesheet()), writer, table.formulas)
        with self._package.reading(found.part):
            changes = renew_cells(self._package, found.part, cells, how)
            record(self._package, table, formulas)
        if changes.changed:
            calculation.forget_chain(self._package, self._workbook, found.id)
        return changes

    def renew_values(self, sheet: str, cells: Mapping[Position, object]) -> None:
        """Write values that only formulas of ours read, where they differ."""
        found = self._sheet(sheet)
        writer = CellWriter(date1904=self._workbook.date1904)
        with self._package.reading(found.part):
            renew_cells(self._package, found.part, cells, (CellFormats(self._stylesheet()), writer, {}))

    def renew_index(self, sheet: str, tabs: Mapping[str, str]) -> None:
        """Let the guide's index on that sheet lead to the own sheets ``tabs`` (key → name)."""
        found = self._sheet(sheet)
        if found.kind != "worksheet":
            return
        strings = SharedStrings(self._package, self._workbook)
        writer = CellWriter(date1904=self._workbook.date1904)
        with self._package.reading(found.part):
            changes, looks = guide_cells.read_changes(self._package, found.part, strings, tabs)
            if changes:
                formats = CellFormats(self._stylesheet(), looks=looks)
                renew_cells(self._package, found.part, changes, (formats, writer, {}))
                calculation.forget_chain(self._package, self._workbook, found.id)

    def _sheet(self, name: str) -> SheetEntry:
        found = self._workbook.sheet(name)
        if found is None:
            raise SheetNotFound(path=self.path, sheet=name, near=did_you_mean(name, self.sheet_names))
        return found

    def _note(self, code: str, sheet: str, count: int) -> None:
        if count:
            self.notes.append(Note(code, {"sheet": sheet, "count": count}))

    def _stylesheet(self) -> Styles:
        self._styles = self._styles or Styles(self._package, self._workbook)
        return self._styles
