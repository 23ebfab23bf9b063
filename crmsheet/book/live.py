"""The open-workbook host: reads what stands in Excel now, saved or not, and writes the same designs into it.

It is handed xlwings' book and calls no library itself. Values go as whole ranges, each once, and nothing that
was written is read again. What only makes a sheet look right may fail on an odd Excel without ending the run.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from crmsheet.book.defined_names import MARK, rename_sheet
from crmsheet.book.design import Design
from crmsheet.book.live_cells import is_protected, refusal_of, set_cell
from crmsheet.book.live_formulas import (
    find_open_table,
    grow_open_table,
    renew_open_cells,
)
from crmsheet.book.live_guide import renew_open_index
from crmsheet.book.live_kept import KeptCells
from crmsheet.book.live_page import read_page
from crmsheet.book.live_sheet import Attempts, OpenSheet, draw_plan
from crmsheet.book.live_table import LiveChanges, LiveTable
from crmsheet.book.live_typed import OpenCells, open_typed_cells
from crmsheet.book.patch import CellChanges, Position, Refusal
from crmsheet.book.sheet_names import free_name
from crmsheet.book.sheet_plan import SheetPlan, read_plan
from crmsheet.book.tables import header_mark
from crmsheet.book.territory import Territory
from crmsheet.book.typed_cells import TypedCell
from crmsheet.errors import SheetNotFound, StructureLocked, did_you_mean
from crmsheet.model import Note, column_letters

ON, OFF = True, False
LONGEST_COMMENT = 255


class LiveWorkbook:
    """One workbook open in Excel. The methods are those of the file host, :class:`~crmsheet.book.workbook.Workbook`."""

    def __init__(self, book: Any) -> None:
        self.book = book
        self.notes: list[Note] = []
        self.attempts = Attempts()
        self._kept = KeptCells()
        # Own sheets written by this run, and where it is writing now: a sheet, or one of its cells.
        self.drawn: set[str] = set()
        self.place = ""
        self._asked: list[tuple[str, Position, object, str | None]] = []
        # Asked once: nobody but us defines names while we write.
        self._names = {str(name.name): str(name.refers_to).removeprefix("=") for name in book.names}
        self._areas = _areas(self._names)
        self._seen: dict[str, OpenCells] = {}

    @property
    def sheet_names(self) -> tuple[str, ...]:
        return tuple(sheet.name for sheet in self.book.sheets)

    @property
    def own_sheets(self) -> dict[str, str]:
        """Key of each sheet an earlier run wrote → its name now."""
        present = {name.lower(): name for name in self.sheet_names}
        areas = self._areas.items()
        return {key: present[name.lower()] for key, (name, _) in areas if name.lower() in present}

    def put_sheet(
        self, key: str, name: str, design: Design, *, hidden: bool = False, first: bool = False
    ) -> str:
        """Write ``design`` as the own sheet ``key`` and return the name it really has."""
        self._change_asked()
        plan = read_plan(design)
        written = self.own_sheets.get(key)
        self.place = written or name
        if written is None:
            sheet, old, there = self._add(name, first=first), Territory(), None
        else:
            sheet, old, there = self.book.sheets[written], self._areas[key][1], self._there(key, written)
        target = OpenSheet(sheet, key, drawn_as=name, there=there, printed=read_page(self.book, MARK + key))
        homeless = draw_plan(target, plan, old, self.attempts)
        self._seen.pop(key, None)
        if homeless:
            self.notes.append(Note("rows_kept_below", {"sheet": sheet.name, "count": homeless}))
        self._mark(key, sheet.name, plan)
        if written is None and (hidden or design.hidden):
            sheet.visible = False
        self.drawn.add(key)
        return str(sheet.name)

    def rename_sheets(self, renamed: Mapping[str, str]) -> None:
        """Give tabs (old name → new name) other names; Excel itself turns formulas to them."""
        for old, new in renamed.items():
            sheet = self.book.sheets[old]
            self.attempts(setattr, sheet, "name", new)
            name = str(sheet.name)
            self._areas = {
                key: (name if one == old else one, area) for key, (one, area) in self._areas.items()
            }
            self._names = {key: rename_sheet(text, old, name) for key, text in self._names.items()}

    def put_back(self) -> list[str]:
        """Undo what this run changed on people's sheets; names of the cells that Excel would not take back."""
        return self._kept.put_back()

    def typed_cells(self) -> list[TypedCell]:
        """What was typed over the lists of own sheets since they were written."""
        found: list[TypedCell] = []
        for key, sheet in self.own_sheets.items():
            self._seen[key] = self._there(key, sheet)
            found += open_typed_cells(self._seen[key], self._areas[key][1])
        return found

    def _there(self, key: str, sheet: str) -> OpenCells:
        """The cells of an own sheet before we write them."""
        return self._seen.get(key) or OpenCells(self.book.sheets[sheet])

    def _add(self, name: str, *, first: bool) -> Any:
        sheets = self.book.sheets
        free = free_name(name, self.sheet_names)
        place = {"before": sheets[0]} if first else {"after": sheets[len(sheets) - 1]}
        try:
            return sheets.add(free, **place)
        except Exception as error:
            raise StructureLocked(path=self.book.name) from error

    def _mark(self, key: str, sheet: str, plan: SheetPlan) -> None:
        """The hidden name by which every host finds the sheet and its cells again."""
        self._areas[key] = sheet, plan.territory
        name = self.book.names.add(MARK + key, "=" + plan.territory.reference(sheet))
        marks = (header_mark(header) for table in plan.tables for header in table.headers)
        record = " ".join(filter(None, (*marks, str(plan.page))))
        self.attempts(setattr, name.api, "Comment", record if len(record) <= LONGEST_COMMENT else "")
        self.attempts(setattr, name.api, "Visible", OFF)

    def update_cells(
        self,
        sheet: str,
        updates: Mapping[Position, object],
        *,
        number_formats: Mapping[Position, str] | None = None,
    ) -> CellChanges:
        """Change single cells on the sheet of that name; formulas and covered cells are refused.

        Nothing is changed before the first write after it: what fails in computing leaves the book as it was, and
        :meth:`put_back` restores what a later failure finds changed.
        """
        if sheet not in self.sheet_names:
            raise SheetNotFound(path=self.book.name, sheet=sheet, near=did_you_mean(sheet, self.sheet_names))
        refused: dict[Position, Refusal] = {}
        locked = is_protected(self.book.sheets[sheet])
        for place, value in updates.items():
            refusal = "protected" if locked else refusal_of(self.book.sheets[sheet], place)
            if refusal:
                refused[place] = refusal
            else:
                self._asked.append((sheet, place, value, (number_formats or {}).get(place)))
        return CellChanges(tuple(place for place in updates if place not in refused), refused)

    def names(self) -> dict[str, str]:
        """Defined names of the whole workbook and what they stand for."""
        return {name: text for name, text in self._names.items() if "!" not in name}

    def live_table(self, sheet: str, headers: Iterable[str]) -> LiveTable | None:
        """The table on that sheet which carries live columns of those headers."""
        found: LiveTable | None = self.attempts(find_open_table, self.book.sheets[sheet], list(headers))
        return found

    def grow_table(self, sheet: str, header_row: int, last_row: int) -> bool:
        """Let the table below ``header_row`` reach down to ``last_row``; False when it cannot."""
        self._change_asked()
        return not self._locked(sheet) and grow_open_table(self.book.sheets[sheet], header_row, last_row)

    def renew_live(
        self, sheet: str, table: LiveTable, cells: Mapping[Position, object], formulas: Mapping[int, str]
    ) -> LiveChanges:
        """Write the live columns of ``table``; Excel itself gives ``formulas`` to rows added later."""
        self._change_asked()
        if self._locked(sheet):
            return LiveChanges()
        self.place = sheet
        return renew_open_cells(self.book.sheets[sheet], cells, self._kept.keep)

    def renew_values(self, sheet: str, cells: Mapping[Position, object]) -> None:
        """Write values that only formulas of ours read, where they differ."""
        self._change_asked()
        if not self._locked(sheet):
            self.place = sheet
            renew_open_cells(self.book.sheets[sheet], cells, self._kept.keep)

    def renew_index(self, sheet: str, tabs: Mapping[str, str]) -> None:
        """Let the guide's index on that sheet lead to the own sheets ``tabs`` (key → name)."""
        if not is_protected(self.book.sheets[sheet]):
            self.place = sheet
            renew_open_index(self.book.sheets[sheet], tabs, self._kept.keep, self.attempts)

    def _locked(self, sheet: str) -> bool:
        """Whether computed columns of that sheet must stay as they are, which a note says once."""
        if not is_protected(self.book.sheets[sheet]):
            return False
        note = Note("sheet_protected", {"sheet": sheet})
        if note not in self.notes:
            self.notes.append(note)
        return True

    def _change_asked(self) -> None:
        for sheet, place, value, number_format in self._asked:
            self.place = f"{sheet}!{column_letters(place[1])}{place[0]}"
            self._kept.keep(self.book.sheets[sheet].range(place))
            set_cell(self.book.sheets[sheet], place, value, number_format)
        self._asked.clear()


def own_areas(book: Any) -> dict[str, tuple[str, Territory]]:
    """Key of each own sheet → its name and the cells we wrote."""
    return _areas({str(name.name): str(name.refers_to).removeprefix("=") for name in book.names})


def _areas(names: Mapping[str, str]) -> dict[str, tuple[str, Territory]]:
    return {
        name.removeprefix(MARK): Territory.parse(text)
        for name, text in names.items()
        if name.startswith(MARK)
    }


@contextmanager
def undisturbed(book: Any) -> Iterator[None]:
    """Excel quiet while we write, and as it was afterwards, whatever happens: selection, calculation, screen."""
    app, attempts = book.app, Attempts()
    kept = {name: attempts(getattr, app, name) for name in _QUIET}
    grows = attempts(lambda: app.api.AutoCorrect.AutoExpandListRange)
    sheet = attempts(lambda: book.sheets.active)
    selected = attempts(lambda: app.selection.address)
    try:
        for name, value in _QUIET.items():
            attempts(setattr, app, name, value)
        attempts(lambda: setattr(app.api.AutoCorrect, "AutoExpandListRange", OFF))
        yield
    finally:
        if sheet is not None:
            attempts(sheet.activate)
        if sheet is not None and selected:
            attempts(lambda: sheet.range(selected).select())
        for name, value in kept.items():
            if value is not None:
                attempts(setattr, app, name, value)
        if grows is not None:
            attempts(lambda: setattr(app.api.AutoCorrect, "AutoExpandListRange", grows))
        attempts(setattr, app, "status_bar", OFF)


_QUIET: dict[str, Any] = {
    "screen_updating": False,
    "enable_events": False,
    "display_alerts": False,
    "calculation": "manual",
}
