"""The days nobody works, as a list that formulas read: hidden beside the holidays, with the day of the last refresh.

Excel's own WORKDAY knows weekends and holidays, but no weekend that is worked; this list knows all three.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

import pandas as pd
from xlsxwriter.utility import xl_range_abs, xl_rowcol_to_cell

from crmsheet.book.entry_sheet import FIRST_ROW, GROUP_ROW, TITLE_ROW, TemplateContext
from crmsheet.data import read_toml
from crmsheet.expressions import DAYS_OFF_NAME, TODAY_NAME
from crmsheet.labels import Labels
from crmsheet.workdays import Calendar

COLUMN = 5
ROOM = 1000  # cells of the list; seven years have about 820 such days
TODAY_CELL = (GROUP_ROW, COLUMN)


def draw_days_off(context: TemplateContext, holidays: pd.DataFrame) -> None:
    """Write the list, name it and the cell of the last refresh, which is empty in a new workbook."""
    pen, sheet = context.pens["holidays"], context.labels.sheet("holidays")
    look = context.theme.value("date")
    pen.sheet.set_column(COLUMN, COLUMN, 14, None, {"hidden": True})
    pen.write(TITLE_ROW, COLUMN, context.words["days_off"], context.theme.text())
    pen.write(*TODAY_CELL, None, look)
    year = min(read_toml("template.toml")["holiday_years"])
    for row, day in enumerate(days_off(Calendar.around(date(year, 1, 1), _own(holidays, context.labels)))):
        pen.write(FIRST_ROW + row, COLUMN, day, look)
    place = f"'{sheet}'!"
    area = xl_range_abs(FIRST_ROW, COLUMN, FIRST_ROW + ROOM - 1, COLUMN)
    context.workbook.define_name(DAYS_OFF_NAME, f"={place}{area}")
    context.workbook.define_name(
        TODAY_NAME, f"={place}{xl_rowcol_to_cell(*TODAY_CELL, row_abs=True, col_abs=True)}"
    )
    pen.sheet.print_area(0, 0, FIRST_ROW + len(holidays) - 1, 2)


def days_off(calendar: Calendar) -> list[date]:
    """Every day of ``calendar`` that is not worked.

    >>> len(days_off(Calendar(date(2026, 10, 1), date(2026, 10, 11))))
    8
    """
    span = (calendar.last - calendar.first).days + 1
    days = (calendar.first + timedelta(days=number) for number in range(span))
    return [day for day in days if not calendar.is_workday(day)]


def day_cells(calendar: Calendar, today: date) -> Mapping[tuple[int, int], object]:
    """What the hidden list must hold now, by (row, column) from 1, the blank rest included."""
    days: list[object] = []
    days.extend(days_off(calendar)[:ROOM])
    column = COLUMN + 1
    cells = {(FIRST_ROW + 1 + row, column): day for row, day in enumerate(days + [None] * (ROOM - len(days)))}
    return {(TODAY_CELL[0] + 1, column): today, **cells}


def _own(holidays: pd.DataFrame, labels: Labels) -> dict[date, bool]:
    off = labels.choice("day_kind", "holiday")
    pairs = zip(holidays["holiday_date"], holidays["day_kind"], strict=True)
    return {pd.Timestamp(day).date(): kind == off for day, kind in pairs}
