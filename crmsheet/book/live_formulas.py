"""The live columns of a sheet in an open Excel: found by their table, renewed column by column in one call each."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from crmsheet.book.areas import Area
from crmsheet.book.design import Formula
from crmsheet.book.live_cells import rows_of, show_days, write_cells
from crmsheet.book.live_table import LiveChanges, LiveTable
from crmsheet.book.patch import Position
from crmsheet.book.sheet_plan import stored


def find_open_table(sheet: Any, headers: Iterable[str]) -> LiveTable | None:
    """The Excel table on ``sheet`` with a formula in one of the columns ``headers``."""
    wanted = set(headers)
    for one in list(sheet.api.ListObjects):
        table = _read(sheet, one)
        if table and any(table.columns.get(header) in table.formulas for header in wanted):
            return table
    return None


def _read(sheet: Any, excel_table: Any) -> LiveTable | None:
    area = Area.parse(str(excel_table.Range.Address).replace("$", ""))
    if area is None or not excel_table.ShowHeaders or area.bottom == area.top:
        return None
    # A formula of the first row stands for its column: Excel keeps the column's own to itself.
    cells = sheet.range(str(Area(area.top, area.left, area.top + 1, area.right)))
    head, first = rows_of(cells.formula)
    columns = {str(header): place for place, header in enumerate(head, start=area.left)}
    formulas = {
        place: str(text)[1:] for place, text in enumerate(first, start=area.left) if str(text).startswith("=")
    }
    return LiveTable("", str(excel_table.Name), area, columns, formulas, bool(excel_table.ShowTotals))


def grow_open_table(sheet: Any, header_row: int, last_row: int) -> bool:
    """Let the table below ``header_row`` reach down to ``last_row``; False when something stands in the way."""
    for one in list(sheet.api.ListObjects):
        area = Area.parse(str(one.Range.Address).replace("$", ""))
        if area is None or area.top != header_row or area.bottom >= last_row or one.ShowTotals:
            continue
        try:
            one.Resize(sheet.range(str(Area(area.top, area.left, last_row, area.right))).api)
        except Exception:  # Excel has reasons of its own: another table, a merged cell
            return False
        return True
    return False


@dataclass(frozen=True)
class _Column:
    """One live column: its place, its rows from top to bottom, and what they must hold."""

    place: int
    top: int
    wanted: list[object]

    @property
    def area(self) -> Area:
        return Area(self.top, self.place, self.top + len(self.wanted) - 1, self.place)

    @property
    def days(self) -> Area | None:
        """Its cells down to the last one that holds a day."""
        values = [one.value if isinstance(one, Formula) else one for one in self.wanted]
        rows = [row for row, value in enumerate(values, start=self.top) if isinstance(value, dt.date)]
        return Area(self.top, self.place, rows[-1], self.place) if rows else None

    @property
    def formula(self) -> str:
        """The one formula of all its cells, blank when there is none."""
        texts = {one.text if isinstance(one, Formula) else "" for one in self.wanted}
        return texts.pop() if len(texts) == 1 else ""


def renew_open_cells(
    sheet: Any, cells: Mapping[Position, object], keep: Callable[[Any], None]
) -> LiveChanges:
    """Write whole columns of ``cells`` where they differ; a column of one formula goes as one text.

    ``keep`` is told of each range before it is written.

    What a person typed over a formula is told: a value among formulas, or a formula unlike its neighbours'.
    """
    changed: list[Position] = []
    overwritten: dict[Position, str] = {}
    had_formulas = False
    for column in _columns(cells):
        there = sheet.range(str(column.area))
        old = [line[0] for line in rows_of(there.formula)]
        if column.formula or not _same(column, old):
            keep(there)
        if column.formula:
            overwritten |= _typed_over(column, old)
            had_formulas = had_formulas or any(str(one).startswith("=") for one in old)
            there.impl.formula = f"={column.formula}"
        elif not _same(column, old):
            write_cells(there, [[one] for one in map(stored, column.wanted)])
        else:
            continue
        if column.days:
            show_days(sheet.range(str(column.days)))
        changed += [(row, column.place) for row in range(column.area.top, column.area.bottom + 1)]
    return LiveChanges(tuple(sorted(changed)), dict(sorted(overwritten.items())) if had_formulas else {})


def _columns(cells: Mapping[Position, object]) -> Iterator[_Column]:
    """Runs of neighbouring rows, column by column."""
    run: _Column | None = None
    for row, place in sorted(cells, key=lambda position: (position[1], position[0])):
        if run is None or (place, row) != (run.place, run.area.bottom + 1):
            if run is not None:
                yield run
            run = _Column(place, row, [])
        run.wanted.append(cells[row, place])
    if run is not None:
        yield run


def _typed_over(column: _Column, old: list[Any]) -> dict[Position, str]:
    """Cells unlike the formula that most of the column holds; blank where a value stands, which the table tells."""
    texts = [str(one) if isinstance(one, str) and one.startswith("=") else "" for one in old]
    usual = next((text for text, _ in Counter(filter(None, texts)).most_common(1)), "")
    return {
        (row, column.place): text
        for row, (text, one) in enumerate(zip(texts, old, strict=True), start=column.top)
        if one not in (None, "") and text != usual and text.lstrip("=") != column.formula
    }


def _same(column: _Column, old: list[Any]) -> bool:
    return all(_plain(one) == _plain(was) for one, was in zip(column.wanted, old, strict=True))


def _plain(value: object) -> object:
    """A value as Excel's formula of a cell without one spells it.

    >>> _plain(dt.date(2024, 3, 18)), _plain(5.0), _plain("A"), _plain(None)
    ('45369', '5', 'A', '')
    """
    value = stored(value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return "" if value is None else str(value)
