"""A workbook that analysis sheets are written into while everything else in it stays byte for byte as it
was.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from crmsheet.book import (
    calculation,
    encryption,
    own_names,
    own_sheet,
    properties,
    renaming,
    save,
    sheet_names,
    source,
)
from crmsheet.book.chart_claims import claim
from crmsheet.book.defined_names import MARK, DefinedNames
from crmsheet.book.design import Body, Design
from crmsheet.book.drawn import Drawn
from crmsheet.book.limits import Limits
from crmsheet.book.lint.gate import refuse_new_faults
from crmsheet.book.new_files import empty_file, fill
from crmsheet.book.old_sheet import OldSheet, read_old
from crmsheet.book.package import Package
from crmsheet.book.patch import CellChanges
from crmsheet.book.place import Place
from crmsheet.book.raw import RawSheet
from crmsheet.book.save import Fingerprint
from crmsheet.book.shared_strings import blank_unused
from crmsheet.book.tabs import Tabs
from crmsheet.book.typed_cells import TypedCell, typed_cells
from crmsheet.book.user_sheets import UserSheets
from crmsheet.book.workbook_part import SheetEntry
from crmsheet.errors import StructureLocked
from crmsheet.model import Note

__all__ = ["Body", "CellChanges", "Design", "Fingerprint", "Workbook"]

KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,60}")


class Workbook(UserSheets):
    """One workbook file opened for patching. Make changes, then :meth:`save` once.

    ``notes`` says what a reader should know about what was written.
    """

    def __init__(self, data: bytes, path: Path, limits: Limits | None = None) -> None:
        super().__init__(Package(data, path, limits), path)
        self.fingerprint = Fingerprint.of_bytes(data)
        self.password = ""  # it is saved under this one
        self._original = data
        self._names = DefinedNames(self._workbook)
        self._tabs = Tabs(self._package, self._workbook, self._names)
        self._blank = ""  # part of the empty sheet that goes when the first one comes
        self._redrawn: set[str] = set()
        self._renamed_columns: dict[str, Mapping[str, str]] = {}

    @classmethod
    def open(cls, path: Path | str, limits: Limits | None = None, *, password: str = "") -> Workbook:
        """The workbook at ``path``; raises a :class:`~crmsheet.errors.ReadError` of the fitting kind.

        One that ``password`` opens is saved under the same password.
        """
        path = Path(path)
        modified = source.modified_at(path)
        data = source.read_file(path)
        book = cls(encryption.decrypted(path, data, password), path, limits)
        book.fingerprint = Fingerprint.of_bytes(data, modified)
        if encryption.is_encrypted(data):
            book.password = password
        return book

    @classmethod
    def blank(cls) -> Workbook:
        """A new workbook without content; its one empty sheet goes when the first sheet is put."""
        book = cls(empty_file("Sheet1"), Path("blank.xlsx"))
        book._blank = book._workbook.sheets()[0].part
        return book

    @classmethod
    def from_rows(cls, sheet: RawSheet) -> Workbook:
        """A new workbook with the cells of ``sheet`` as a user's sheet, for tables from text files."""
        name = sheet_names.legal_name(sheet.name)
        book = cls(empty_file(name), Path(f"{name}.xlsx"))
        fill(book._package, book._workbook.sheets()[0].part, sheet.rows)
        return book

    @property
    def own_sheets(self) -> dict[str, str]:
        """Key of each sheet an earlier run wrote → its name now, whatever the user has called it since."""
        return {key: sheet.name for key, sheet in self._names.own_sheets().items()}

    # Own sheets

    def put_sheet(
        self, key: str, name: str, design: Design, *, hidden: bool = False, first: bool = False
    ) -> str:
        """Write ``design`` as the own sheet ``key`` and return the name it really has.

        An own sheet of an earlier run is redrawn in place; ``name``, ``hidden`` and ``first`` then change
        nothing. A user's sheet of that name is kept, and ours becomes ``name (2)``.
        """
        if not KEY.fullmatch(key):
            raise ValueError(f"not a key of an own sheet: {key!r}")
        hidden = hidden or design.hidden
        with self._package.reading(self.path.name):
            drawn = Drawn(design, self._workbook.dialect)
            if key in self._names.own_sheets():
                return self._redraw(key, drawn)
            return self._add(key, name, drawn, hidden=hidden, first=first)

    def _add(self, key: str, name: str, drawn: Drawn, *, hidden: bool, first: bool) -> str:
        self._require_open_structure()
        blank = next((tab for tab in self._workbook.sheets() if tab.part == self._blank), None)
        taken = [tab.name for tab in self._workbook.sheets() if tab != blank]
        sheet = self._tabs.add(name, taken, hidden=hidden, first=first)
        selected = blank is not None and not hidden
        place = Place(self._package, sheet.part, sheet.name, self._workbook, selected=selected)
        self._draw(key, sheet, place, drawn, None)
        if blank is not None and selected:
            self._tabs.remove(next(tab for tab in self._workbook.sheets() if tab.part == blank.part))
            self._workbook.activate(self._names.own_sheets()[key].position)
            self._blank = ""
        return sheet.name

    def _redraw(self, key: str, drawn: Drawn) -> str:
        sheet = self._names.own_sheets()[key]
        _, claimed = self._names.own_areas()[key]
        self._note("charts_in_doubt", sheet.name, claim(self._package, self._workbook, sheet))
        old = read_old(self._package, sheet.part, claimed, self._names.headers_on_record(key))
        calculation.forget_chain(self._package, self._workbook, sheet.id)
        self._redrawn.add(key)
        self._draw(key, sheet, Place(self._package, sheet.part, sheet.name, self._workbook), drawn, old)
        return sheet.name

    def _draw(self, key: str, sheet: SheetEntry, place: Place, drawn: Drawn, old: OldSheet | None) -> None:
        styles = self._stylesheet().merge(drawn.stylesheet)
        outcome = own_sheet.draw(place, drawn, styles, self._names, old)
        self._note("texts_shortened", sheet.name, outcome.shortened)
        self._note("rows_kept_below", sheet.name, outcome.homeless)
        self._renamed_columns |= outcome.renamed
        own_names.define(self._names, (key, outcome.headers), sheet, drawn, old)

    def rename_sheets(self, renamed: Mapping[str, str]) -> None:
        """Give tabs (old name → new name) other names; formulas, names, charts and links follow."""
        if not renamed or self._workbook.structure_locked:
            return
        with self._package.reading(self.path.name):
            for old, new in renamed.items():
                self._tabs.rename(self._sheet(old), new)
            renaming.follow_sheets(self._package, renamed)

    def typed_cells(self) -> list[TypedCell]:
        """What was typed over the lists of own sheets since they were written."""
        with self._package.reading(self.path.name):
            return list(typed_cells(self._package, self._workbook, self._names))

    def remove_sheet(self, key: str) -> bool:
        """Take the own sheet ``key`` out.

        False when there is none, when the workbook's own formulas need it, or when no other tab is visible.
        """
        sheet = self._names.own_sheets().get(key)
        others = [tab for tab in self._workbook.sheets() if not tab.hidden and tab != sheet]
        if sheet is None or not others or self.mentions(sheet.name):
            return False
        self._require_open_structure()
        self._names.forget(MARK + key)
        self._redrawn.discard(key)
        self._tabs.remove(sheet)
        return True

    def _require_open_structure(self) -> None:
        if self._workbook.structure_locked:
            raise StructureLocked(path=self.path)

    # The whole workbook

    def names(self) -> dict[str, str]:
        """Defined names of the whole workbook and what they stand for."""
        return {name.name: name.text for name in self._names if name.position is None}

    def replace_part(self, part: str, content: bytes) -> None:
        """Put ``content`` in place of a part that is there, such as the VBA project."""
        if part not in self._package:
            raise ValueError(f"no part {part!r}")
        self._package.put(part, content)

    def forget_unused_texts(self) -> int:
        """Remove texts that no cell shows any more, after personal data was masked; returns how many.

        Pivot tables keep copies of their own, which only Excel can renew: a note says so.
        """
        if any("pivotcacherecords" in part.lower() for part in self._package):
            self.notes.append(Note("pivot_keeps_texts", {"path": self.path}))
        return blank_unused(self._package, self._workbook)

    def mentions(self, sheet: str) -> list[str]:
        """Parts and defined names, other than our own, whose formulas speak of ``sheet`` or its tables."""
        own = self._names.own_sheets().values()
        return list(calculation.mentions(self._package, self._names, [self._sheet(sheet)], own))

    # Saving

    def save(
        self, target: Path | str, *, expect: Fingerprint | None = None, backup: Path | None = None
    ) -> None:
        """Write the workbook to ``target`` in one atomic step; the same changes give the same bytes.

        Saving over the file it was read from requires that nobody changed it since; ``expect`` requires the
        same of another file: its content decides. ``notes`` tell when somebody touched it without changing that.
        ``backup`` receives a copy of the old file first.
        """
        target = Path(target)
        with self._package.reading(self.path.name):
            self._finish()
        refuse_new_faults(self._package, self._original)
        if expect is None and target.exists() and self.path.exists() and target.samefile(self.path):
            expect = self.fingerprint
        content = save.archive(self._package.entries())
        if self.password:
            content = save.sealed(content, lambda package: encryption.encrypted(package, self.password))
        if save.replace(target, content, expect=expect, backup=backup):
            self.notes.append(Note("touched_meanwhile", {"path": target.name}))

    def _finish(self) -> None:
        """Ask Excel to calculate what depends on redrawn sheets, and list the sheets as they are now."""
        if self._renamed_columns:
            renaming.follow_columns(self._package, self._renamed_columns)
        own = self._names.own_sheets()
        redrawn = [own[key] for key in sorted(self._redrawn)]
        if redrawn and any(calculation.mentions(self._package, self._names, redrawn, own.values())):
            self._workbook.recalculate_on_load()
        if self._tabs.changed:
            properties.list_sheets(self._package, self._workbook, self._tabs.added)
