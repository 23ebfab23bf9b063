"""What a user wrote on one of our sheets in an open Excel: read once before we draw, put back beside its row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from crmsheet.book.areas import Area
from crmsheet.book.cell_values import CellWriter
from crmsheet.book.header_words import renamed_headers
from crmsheet.book.live_cells import rows_of
from crmsheet.book.live_typed import OpenCells
from crmsheet.book.row_keys import NewRows, OldRows, new_rows, spelling
from crmsheet.book.sheet_plan import SheetPlan, TablePlan
from crmsheet.book.territory import Territory

Place = tuple[int, int]


@dataclass(frozen=True)
class Remarks:
    """``cells``: the user's cells as typed. ``old``: values of our cells, by which rows are known again."""

    cells: Mapping[Place, Any] = field(default_factory=dict)
    old: Mapping[Place, Any] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.cells)

    def below(self, row: int) -> bool:
        """Whether anything stands below ``row``."""
        return any(place[0] > row for place in self.cells)


def read_remarks(sheet: OpenCells, ours: Territory) -> Remarks:
    """Everything on the sheet that is not ours."""
    top, left = sheet.top, sheet.left
    cells = {
        (top + row, left + column): value
        for row, line in enumerate(sheet.formulas)
        for column, value in enumerate(line)
        if value not in (None, "") and not ours.owns(Area(top + row, left + column, top + row, left + column))
    }
    if not cells:
        return Remarks()
    old = {
        (top + row, left + column): value
        for row, line in enumerate(sheet.values)
        for column, value in enumerate(line)
    }
    return Remarks(cells, old)


def write_remarks(sheet: Any, remarks: Remarks, plan: SheetPlan, old: Territory) -> int:
    """Put back what stood beside rows of our list, each beside the row that continues its own; rows that are
    gone keep their remarks below the list. Returns how many those are.
    """
    bottom = max((area.bottom for area in old.areas), default=0)
    beside = {place: text for place, text in remarks.cells.items() if place[0] <= bottom}
    table = next(iter(plan.tables), None)
    if not beside or table is None:
        return 0
    went = _followed(remarks, table, plan, {row for row, _ in beside})
    moved = {place for place in beside if went.get(place[0], place[0]) != place[0]}
    for row, column in moved:
        sheet.range((row, column)).clear_contents()
    lost = sorted(row for row, new in went.items() if new is None)
    free = _first_free(sheet, plan) if lost else 0
    below = {row: free + place for place, row in enumerate(lost)}
    places = {row: below[row] if new is None else new for row, new in went.items()}
    for row, column in moved:
        sheet.range((places[row], column)).formula = beside[row, column]
    return len(lost)


def _first_free(sheet: Any, plan: SheetPlan) -> int:
    """The first row below our list and below everything that stands on the sheet."""
    used = sheet.used_range
    top: int = used.row
    filled = (
        top + place
        for place, line in enumerate(rows_of(used.formula))
        if any(value not in (None, "") for value in line)
    )
    return max((*filled, *(area.bottom for area in plan.territory.areas))) + 1


def _followed(remarks: Remarks, table: TablePlan, plan: SheetPlan, wanted: set[int]) -> dict[int, int | None]:
    headers = _headers(remarks, table)
    known = {name: headers[name] for name in table.headers if name in headers}
    if not known:
        return {}
    header_row = max(place[0] for place in known.values())
    last = max(place[0] for place in remarks.old)
    writer = CellWriter()
    rows = [row for row in range(header_row + 1, last + 1) if row in wanted or _ours(remarks, row, known)]
    columns = {
        name: [
            plan.cells.get((row, table.area.left + place))
            for row in range(table.area.top + 1, table.body.bottom + 1)
        ]
        for place, name in enumerate(table.headers)
        if name in known
    }

    def read(row: int, name: str) -> str:
        return spelling(_plain(remarks.old.get((row, known[name][1]))), writer)

    new = NewRows(table.area.top + 1, columns, writer)
    return new_rows([row for row in rows if row in wanted], OldRows(rows, read), new)


def _headers(remarks: Remarks, table: TablePlan) -> dict[str, Place]:
    """Where texts stood before, those of headers by what they are called now."""
    found = {str(value): place for place, value in remarks.old.items() if isinstance(value, str)}
    renamed = renamed_headers(list(found), table.headers)
    return {renamed.get(text, text): place for text, place in found.items()}


def _ours(remarks: Remarks, row: int, known: Mapping[str, Place]) -> bool:
    return any(remarks.old.get((row, place[1])) not in (None, "") for place in known.values())


def _plain(value: Any) -> Any:
    return None if value == "" else value
