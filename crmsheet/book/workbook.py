"""A workbook that analysis sheets are written into while everything else in it stays byte for byte as it was.

book = Workbook.open(path)
name = book.put_sheet("tiers", "客户分层", design)
book.save(path, backup=backup_path(path))
"""

from __future__ import annotations

import datetime as dt
import io
import itertools
import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import xlsxwriter  # type: ignore[import-untyped]

from crmsheet.book import calculation, cell_updates, lint, own_sheet, save, sheet_names, source
from crmsheet.book.areas import Area
from crmsheet.book.cell_updates import CellFormats
from crmsheet.book.cell_values import CellWriter
from crmsheet.book.cells import sheet_data
from crmsheet.book.defined_names import MARK, DefinedName, DefinedNames, quoted, rename_sheet
from crmsheet.book.design import Body, Design
from crmsheet.book.drawn import Drawn
from crmsheet.book.limits import Limits
from crmsheet.book.own_sheet import Place
from crmsheet.book.package import Package
from crmsheet.book.patch import CellChanges, Position
from crmsheet.book.raw import RawSheet
from crmsheet.book.save import Fingerprint
from crmsheet.book.sheet_xml import split
from crmsheet.book.styles import Styles
from crmsheet.book.workbook_part import SheetEntry, WorkbookPart
from crmsheet.errors import SheetNotFound, StructureLocked, WouldDamage, did_you_mean
from crmsheet.model import Note

__all__ = ["Body", "Design", "Workbook"]

KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,60}")
USER_KEEPS = "_xlnm.Print_Titles"


class Workbook:
    """One workbook file opened for patching. Make changes, then :meth:`save` once."""

    def __init__(self, data: bytes, path: Path, limits: Limits | None = None) -> None:
        self.path = path
        self.fingerprint = Fingerprint.of_bytes(data)
        self.notes: list[Note] = []
        self._data = data
        self._package = Package(data, path, limits)
        with self._package.reading(path.name):
            self._workbook = WorkbookPart(self._package)
        self._names = DefinedNames(self._workbook)
        self._styles: Styles | None = None
        self._blank = False

    @classmethod
    def open(cls, path: Path | str, limits: Limits | None = None) -> Workbook:
        """The workbook at ``path``; raises a :class:`~crmsheet.errors.ReadError` of the fitting kind."""
        path = Path(path)
        return cls(source.read_file(path), path, limits)

    @classmethod
    def blank(cls) -> Workbook:
        """A new workbook without content; its one empty sheet goes when the first sheet is put."""
        book = cls(_empty_file("Sheet1"), Path("blank.xlsx"))
        book._blank = True
        return book

    @classmethod
    def from_rows(cls, sheet: RawSheet) -> Workbook:
        """A new workbook with the cells of ``sheet`` as a user's sheet, for tables from text files."""
        name = sheet_names.legal_name(sheet.name)
        book = cls(_empty_file(name), Path(f"{name}.xlsx"))
        part = book._workbook.sheets()[0].part
        pieces = split(book._package.read(part))
        columns = tuple(zip(*sheet.rows, strict=True))
        rows = sheet_data({}, [Body(1, columns)] if columns else [], {}, CellWriter())
        book._package.put(part, itertools.chain([pieces.head], rows, [pieces.tail]))
        return book

    @property
    def sheet_names(self) -> tuple[str, ...]:
        return tuple(sheet.name for sheet in self._workbook.sheets())

    @property
    def own_sheets(self) -> dict[str, str]:
        """Key of each sheet an earlier run wrote → its name now, whatever the user has called it since."""
        present = {name.lower(): name for name in self.sheet_names}
        areas = self._names.own_areas()
        return {k: present[name.lower()] for k, (name, _) in areas.items() if name.lower() in present}

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
        with self._package.reading(self.path.name):
            return self._put(
                key, name, Drawn(design, self._workbook.dialect), hidden=hidden or design.hidden, first=first
            )

    def _put(self, key: str, name: str, drawn: Drawn, *, hidden: bool, first: bool) -> str:
        sheet = self._own(key)
        old = None
        if sheet is not None:
            area = Area.parse(self._names.own_areas()[key][1]) or Area(1, 1, 1, 1)
            old = own_sheet.read_old(self._package, sheet.part, area)
            calculation.forget_chain(self._package, self._workbook, sheet.id)
        else:
            sheet = self._add_sheet(name, hidden=hidden, first=first)
        place = Place(self._package, sheet.part, sheet.name, self._workbook)
        styles = self._stylesheet().merge(drawn.stylesheet)
        shortened = own_sheet.draw(place, drawn, styles, self._names, old)
        if shortened:
            self.notes.append(Note("texts_shortened", {"sheet": sheet.name, "count": shortened}))
        self._name_areas(key, sheet, drawn)
        self._drop_blank()
        return sheet.name

    def _own(self, key: str) -> SheetEntry | None:
        name = self.own_sheets.get(key)
        return self._workbook.sheet(name) if name else None

    def _add_sheet(self, name: str, *, hidden: bool, first: bool) -> SheetEntry:
        if self._workbook.structure_locked:
            raise StructureLocked(path=self.path)
        taken = [] if self._blank else self.sheet_names
        name = sheet_names.free_name(name, taken)
        self._package.reachable()  # so that the names which dangling relationships point to are known
        part = self._package.unique_name("xl/worksheets/sheet%d.xml")
        self._package.put(part, b"")
        position = 0 if first else self._workbook.count()
        if first:
            self._names.move_positions(1, from_position=0)
        self._workbook.add_sheet(name, part, position=position, hidden=hidden)
        if first:
            self._workbook.tabs_moved(1, from_position=0)
        return next(sheet for sheet in self._workbook.sheets() if sheet.part == part)

    def _name_areas(self, key: str, sheet: SheetEntry, drawn: Drawn) -> None:
        reference = f"{quoted(sheet.name)}!{drawn.area().absolute}"
        self._names.define(DefinedName(MARK + key, reference, hidden=True))
        for local in drawn.local_names():
            if local.name == USER_KEEPS and self._names.get(local.name, sheet.position):
                continue
            text = rename_sheet(local.text, drawn.name, sheet.name)
            self._names.define(DefinedName(local.name, text, sheet.position, hidden=local.hidden))

    def remove_sheet(self, key: str) -> bool:
        """Take the own sheet ``key`` out. False when there is none, or when the workbook's own formulas
        need it.
        """
        sheet = self._own(key)
        last_visible = sheet is not None and not any(
            other.name != sheet.name and not other.hidden for other in self._workbook.sheets()
        )
        if sheet is None or last_visible or self.mentions(sheet.name):
            return False
        if self._workbook.structure_locked:
            raise StructureLocked(path=self.path)
        self._names.forget(MARK + key)
        self._remove(sheet)
        return True

    def _remove(self, sheet: SheetEntry) -> None:
        before = self._package.reachable()
        calculation.forget_chain(self._package, self._workbook, sheet.id)
        self._workbook.remove_sheet(sheet)
        self._names.forget_position(sheet.position)
        self._names.move_positions(-1, from_position=sheet.position + 1)
        self._workbook.tabs_moved(-1, from_position=sheet.position + 1)
        for part in before - self._package.reachable():
            self._package.remove(part)

    def _drop_blank(self) -> None:
        if self._blank:
            self._blank = False
            self._remove(self._workbook.sheets()[0])

    def _stylesheet(self) -> Styles:
        self._styles = self._styles or Styles(self._package, self._workbook)
        return self._styles

    # The user's sheets

    def update_cells(
        self,
        sheet: str,
        updates: Mapping[Position, object],
        *,
        number_formats: Mapping[Position, str] | None = None,
    ) -> CellChanges:
        """Change single cells, by (row, column) from 1, on the sheet of that name; all else on it stays as
        it is.

        A cell keeps its format; a date in a cell that shows none is given a date format, a number in a
        text cell the general one, and ``number_formats`` can ask for another. Formulas and table headers
        are refused.
        """
        found = self._workbook.sheet(sheet)
        if found is None or found.kind != "worksheet":
            raise SheetNotFound(path=self.path, sheet=sheet, near=did_you_mean(sheet, self.sheet_names))
        formats = CellFormats(self._stylesheet(), number_formats or {})
        writer = CellWriter(date1904=self._workbook.date1904)
        with self._package.reading(found.part):
            changes = cell_updates.update_cells(self._package, found.part, updates, formats, writer)
        if changes.changed and calculation.has_formulas(self._package, self._workbook):
            self._workbook.recalculate_on_load()
        if writer.shortened:
            self.notes.append(Note("texts_shortened", {"sheet": found.name, "count": writer.shortened}))
        return changes

    def mentions(self, sheet: str) -> list[str]:
        """Parts and defined names, other than our own, whose formulas speak of ``sheet``."""
        own = [entry.part for name in self.own_sheets.values() if (entry := self._workbook.sheet(name))]
        return calculation.mentions(self._package, self._names, sheet, frozenset(own))

    # Saving

    def save(
        self, target: Path | str, *, expect: Fingerprint | None = None, backup: Path | None = None
    ) -> None:
        """Write the workbook to ``target`` in one atomic step; the same changes give the same bytes.

        Saving over the file it was read from requires that nobody changed it since; ``expect`` requires
        the same of another file. ``backup`` receives a copy of the old file first.
        """
        target = Path(target)
        self._check()
        if expect is None and target.exists() and self.path.exists() and target.samefile(self.path):
            expect = self.fingerprint
        save.replace(target, self._package.entries(), expect=expect, backup=backup)

    def _check(self) -> None:
        """Refuse to save what Excel would repair. Faults that the file had before are the user's."""
        ours = sorted(lint.findings(self._package, written_only=True, thorough=False))
        if not ours:
            return
        theirs = Counter((fault.part, fault.rule) for fault in lint.findings(Package(self._data, self.path)))
        for fault in ours:
            theirs[fault.part, fault.rule] -= 1
            if theirs[fault.part, fault.rule] < 0:
                raise WouldDamage(part=fault.part, cell=fault.cell, rule=fault.rule, found=fault.found)


def _empty_file(sheet: str) -> bytes:
    """A workbook of one empty sheet, always the same bytes."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as drawn:
        drawn.set_properties({"created": dt.datetime(2024, 1, 1, tzinfo=dt.UTC)})
        drawn.add_worksheet(sheet)
    return buffer.getvalue()
