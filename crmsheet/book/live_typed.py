"""What stands on a sheet of an open Excel before we write, and what of our lists was typed over."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any

from crmsheet.book.areas import Area
from crmsheet.book.cell_record import OPENS, read_record, spelled_cell
from crmsheet.book.live_cells import rows_of, values_of
from crmsheet.book.territory import Territory
from crmsheet.book.typed_cells import Line, TypedCell, typed_over, whole_pieces


class OpenCells:
    """The used range of a sheet; its values and its formulas are each asked of Excel at most once."""

    def __init__(self, sheet: Any) -> None:
        self.sheet = sheet
        self._used = sheet.used_range
        self.top, self.left = int(self._used.row), int(self._used.column)

    @cached_property
    def values(self) -> list[list[Any]]:
        return values_of(self._used)

    @cached_property
    def formulas(self) -> list[list[Any]]:
        return rows_of(self._used.formula)

    def records(self) -> list[list[str]]:
        """Each record of what we wrote, with all that stands below its first text in the first column."""
        bottom = self.top + int(self._used.shape[0]) - 1
        texts = [spelled_cell(value) for (value,) in values_of(self.sheet.range((1, 1), (bottom, 1)))]
        return [texts[place:] for place, text in enumerate(texts) if text.startswith(OPENS)]

    def texts(self, area: Area) -> Iterator[Line]:
        """Rows of ``area`` as a record spells them, a cell that is not used blank."""
        width = range(area.left - self.left, area.right + 1 - self.left)
        for row in range(area.top, area.bottom + 1):
            place = row - self.top
            line = self.values[place] if 0 <= place < len(self.values) else []
            yield row, [spelled_cell(line[one]) if 0 <= one < len(line) else "" for one in width]


def open_typed_cells(cells: OpenCells, ours: Territory) -> Iterator[TypedCell]:
    """What was typed over in the lists of an own sheet, from the records in its hidden rows."""
    records = cells.records()
    for texts, area in zip(records, _lists(cells.sheet, ours) if records else (), strict=False):
        (_, headers), *lines = cells.texts(area)
        record = read_record(whole_pieces(texts))
        yield from typed_over(str(cells.sheet.name), headers, area.left, lines, record)


def _lists(sheet: Any, ours: Territory) -> list[Area]:
    """Areas of our Excel tables from top to bottom, as their records stand."""
    found = (Area.parse(str(one.Range.Address).replace("$", "")) for one in list(sheet.api.ListObjects))
    return sorted((area for area in found if area and ours.meets(area)), key=lambda area: area.top)
