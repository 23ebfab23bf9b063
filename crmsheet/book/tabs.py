"""Adds and removes sheets, and keeps right what counts the tabs: local names, windows, document
properties.
"""

from __future__ import annotations

from collections.abc import Iterable

from crmsheet.book import calculation, sheet_names
from crmsheet.book.defined_names import DefinedNames
from crmsheet.book.package import Package
from crmsheet.book.workbook_part import SheetEntry, WorkbookPart


class Tabs:
    """The tabs of one workbook."""

    def __init__(self, package: Package, workbook: WorkbookPart, names: DefinedNames) -> None:
        self._package = package
        self._workbook = workbook
        self._names = names
        self.added: set[str] = set()
        self.changed = False

    def add(self, wanted: str, taken: Iterable[str], *, hidden: bool, first: bool) -> SheetEntry:
        """A new tab, whose part is still empty, under the name ``wanted`` or the next that is not
        ``taken``.
        """
        self._package.reachable()  # so that the names which dangling relationships point to are known
        part = self._package.unique_name("xl/worksheets/sheet%d.xml")
        self._package.put(part, b"")
        name = sheet_names.free_name(wanted, taken)
        self.added.add(name)
        self.changed = True
        position = 0 if first else self._workbook.count()
        self._workbook.add_sheet(name, part, position=position, hidden=hidden)
        if first:
            self._names.move_positions(1, from_position=0)
            self._workbook.tabs_moved(1, from_position=0)
        return next(sheet for sheet in self._workbook.sheets() if sheet.part == part)

    def rename(self, sheet: SheetEntry, name: str) -> None:
        """Call a tab ``name``, in the list of tabs and in every defined name."""
        self.changed = True
        self._workbook.rename_sheet(sheet, name)
        self._names.rename_sheet(sheet.name, name)

    def remove(self, sheet: SheetEntry) -> None:
        """Take a tab out, with its parts and its local names."""
        self.changed = True
        before = self._package.reachable()
        calculation.forget_chain(self._package, self._workbook, sheet.id)
        self._workbook.remove_sheet(sheet)
        self._names.forget_position(sheet.position)
        self._names.move_positions(-1, from_position=sheet.position + 1)
        self._workbook.tabs_moved(-1, from_position=sheet.position + 1)
        for part in before - self._package.reachable():
            self._package.remove(part)
