"""One own sheet in an open Excel: drawn when it is new, redrawn in place afterwards."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from crmsheet.book.areas import Area
from crmsheet.book.design import Formula
from crmsheet.book.live_cells import write_cells
from crmsheet.book.live_charts import draw_charts
from crmsheet.book.live_claims import own_charts
from crmsheet.book.live_looks import draw_looks, draw_rules
from crmsheet.book.live_page import draw_page, renew_page
from crmsheet.book.live_remarks import Remarks, read_remarks, write_remarks
from crmsheet.book.live_typed import OpenCells
from crmsheet.book.page_record import PageRecord
from crmsheet.book.sheet_plan import SheetPlan, TablePlan
from crmsheet.book.territory import Territory
from crmsheet.model import column_letters

SOURCE_RANGE, HAS_HEADERS = 1, 1  # xlSrcRange, xlYes
ON, OFF = True, False


class Attempts:
    """Calls that only make things look right: one that fails is remembered, and the run goes on."""

    def __init__(self) -> None:
        self.failed: list[str] = []

    def __call__(self, action: Callable[..., Any], *arguments: Any) -> Any:
        try:
            return action(*arguments)
        except Exception as error:  # whatever an odd Excel objects to
            what = " ".join([getattr(action, "__name__", "call"), *map(repr, arguments[1:])])
            self.failed.append(f"{what}: {type(error).__name__} {error}")
            return None


@dataclass(frozen=True)
class OpenSheet:
    """xlwings' sheet, its key, the name that the design's references use.

    ``there``: its cells if it is not new; ``printed``: how we last had it print.
    """

    sheet: Any
    key: str
    drawn_as: str
    there: OpenCells | None
    printed: PageRecord = PageRecord()

    @property
    def fresh(self) -> bool:
        return self.there is None

    @property
    def name(self) -> str:
        return str(self.sheet.name)

    @property
    def api(self) -> Any:
        """Excel's own object."""
        return self.sheet.api

    def cells(self, area: Area | str) -> Any:
        return self.sheet.range(str(area))  # by corners xlwings asks Excel ten times as often


def draw_plan(target: OpenSheet, plan: SheetPlan, old: Territory, attempts: Attempts) -> int:
    """Write the plan where ``old`` stood; returns how many rows of the user's remarks lost their place."""
    attempts(_call, target.api, "Unprotect")
    remarks = read_remarks(target.there, old) if target.there else Remarks()
    if not target.fresh:
        _make_room(target, plan.territory, old, remarks)
        _clear(target, plan.territory, old, attempts)
    _write_cells(target, plan)
    for area in stacked(plan.merges):
        attempts(lambda one=area: target.cells(one).merge(across=True))
    _size(target, plan, attempts)
    draw_looks(target.api, plan, attempts)
    for table in plan.tables:
        _put_table(target, table, attempts)
    draw_rules(target.api, plan, attempts)
    draw_charts(target.api, plan.charts, (target.drawn_as, target.name), attempts)
    homeless = write_remarks(target.sheet, remarks, plan, old)
    if target.fresh:
        draw_page(target.sheet, plan, attempts)
    else:
        attempts(renew_page, target.api, plan, target.printed)
    if plan.locked and not homeless and not remarks:
        attempts(_call, target.api, "Protect")
    return homeless


def stacked(merges: Iterable[Area]) -> list[Area]:
    """Merged cells of one row each, those below one another as one area: Excel merges its rows in one call.

    >>> [str(area) for area in stacked([Area(1, 1, 1, 2), Area(2, 1, 2, 2), Area(1, 4, 1, 5)])]
    ['A1:B2', 'D1:E1']
    """
    found: list[Area] = []
    for one in sorted(merges, key=lambda area: (area.left, area.right, area.top)):
        last = found[-1] if found else None
        if last and (last.left, last.right, last.bottom + 1) == (one.left, one.right, one.top):
            found[-1] = Area(last.top, last.left, one.bottom, last.right)
        else:
            found.append(one)
    return found


def _call(excel_object: Any, method: str, *arguments: Any) -> Any:
    return getattr(excel_object, method)(*arguments)


def _make_room(target: OpenSheet, new: Territory, old: Territory, remarks: Remarks) -> None:
    """What a user wrote below us moves down as Excel moves it, with every formula that speaks of it."""
    end, new_end = _bottom(old), _bottom(new)
    if new_end > end and remarks.below(end):
        target.sheet.range(f"{end + 1}:{new_end}").insert(shift="down")


def _bottom(territory: Territory) -> int:
    return max((area.bottom for area in territory.areas), default=0)


def _clear(target: OpenSheet, new: Territory, old: Territory, attempts: Attempts) -> None:
    """Looks and rules of the old sheet, and its contents where the new one writes nothing.

    Headers are overwritten and not emptied: Excel would rename the columns in every formula that names them.
    """
    for chart in list(own_charts(target.api, attempts)):
        attempts(_call, chart, "Delete")
    for area in old.areas:
        cells = target.cells(area)
        attempts(_call, cells, "unmerge")
        attempts(lambda one=cells: one.api.FormatConditions.Delete())
        attempts(lambda one=cells: one.api.Validation.Delete())
        attempts(_call, cells, "clear_formats")
        attempts(lambda one=cells: setattr(one.api.EntireRow, "Hidden", OFF))
    for area in old.without(new.areas).areas:
        target.cells(area).clear_contents()


def _write_cells(target: OpenSheet, plan: SheetPlan) -> None:
    """Each area of ours in one go."""
    totals = {table.area.bottom: table for table in plan.tables if table.totals is not None}
    for area in plan.territory.areas:
        rows = [
            [
                _below_table(plan.cells.get((row, column)), column, totals.get(row))
                for column in range(area.left, area.right + 1)
            ]
            for row in range(area.top, area.bottom + 1)
        ]
        write_cells(target.cells(area), rows)


def _below_table(value: object, column: int, table: TablePlan | None) -> object:
    """A total stands below the table and names cells: Excel would grow the table over what names it there."""
    if table is None or not isinstance(value, Formula):
        return value
    letters = column_letters(column)
    cells = f"{letters}{table.body.top + 1}:{letters}{table.body.bottom}"
    return Formula(_COLUMN.sub(cells, value.text), value.value)


_COLUMN = re.compile(r"\w*\[[^\]]*\]")


def _size(target: OpenSheet, plan: SheetPlan, attempts: Attempts) -> None:
    """Heights of our rows; widths only of a new sheet, because people widen columns."""
    for (first, last), height in _stretches(plan.heights):
        attempts(
            lambda rows=f"{first}:{last}", one=height: setattr(target.sheet.range(rows), "row_height", one)
        )
    hidden = {row: True for row in plan.hidden_rows}
    for (first, last), _ in _stretches(hidden):
        attempts(lambda rows=f"{first}:{last}": setattr(target.api.Range(rows).EntireRow, "Hidden", ON))
    if target.fresh:
        for column, width in plan.widths.items():
            attempts(
                lambda one=column, wide=width: setattr(target.sheet.range((1, one)), "column_width", wide)
            )


def _stretches(rows: Any) -> Iterator[tuple[tuple[int, int], Any]]:
    """Neighbouring rows of one value."""
    start = before = 0
    value: Any = None
    for row in sorted(rows):
        if before and (row != before + 1 or rows[row] != value):
            yield (start, before), value
            start = 0
        start, before, value = start or row, row, rows[row]
    if before:
        yield (start, before), value


def _put_table(target: OpenSheet, table: TablePlan, attempts: Attempts) -> None:
    """An Excel table over cells that are already there: the one of that name grown or shrunk, or a new one."""
    known = {str(one.Name): one for one in attempts(lambda: list(target.api.ListObjects)) or []}
    made = known.get(table.name)
    cells = target.cells(table.body).api
    if made is not None:
        attempts(setattr, made, "ShowTotals", OFF)
        attempts(_call, made, "Resize", cells)
    else:
        made = attempts(lambda: target.api.ListObjects.Add(SOURCE_RANGE, cells, None, HAS_HEADERS))
        attempts(setattr, made, "Name", table.name)
    attempts(setattr, made, "TableStyle", table.style)
