"""Values between Excel and us: what Excel would take for something else is marked as text."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from crmsheet.book.design import Formula
from crmsheet.book.handed_values import from_com
from crmsheet.book.patch import Position, Refusal
from crmsheet.book.sheet_plan import stored

# Text of letters only, which Excel takes as it is; anything else could be a number, a date or a formula to it.
_PLAIN = re.compile(r"[^\W\d_][^\d%]*")
_WORDS = {"true", "false"}
DATE_FORMAT = "yyyy-mm-dd"
LONGEST_FORMULA = 8_000  # Excel takes 8,192 characters as a formula, 32,767 as a value


def typed(value: object) -> Any:
    """A value as it must be given to Excel: a formula with ``=``, text that stays text.

    >>> typed("2024-03-18"), typed("待确认"), typed(Formula("A1+1", 2)), typed(None), typed("=1")
    ("'2024-03-18", '待确认', '=A1+1', '', "'=1")
    """
    if value is None:
        return ""
    if isinstance(value, Formula):
        return f"={value.text}"
    if isinstance(value, str):
        plain = _PLAIN.fullmatch(value) and value.lower() not in _WORDS
        return value if plain or not value else f"'{value}"
    return value


def typed_rows(rows: Sequence[Sequence[object]]) -> list[list[Any]]:
    """Rows as they must be given to Excel."""
    return [[typed(value) for value in row] for row in rows]


def rows_of(found: Any) -> list[list[Any]]:
    """What Excel gives for a range as rows: one cell comes as itself.

    >>> rows_of("a"), rows_of((("a", "b"), ("c", "d")))
    ([['a']], [['a', 'b'], ['c', 'd']])
    """
    if not isinstance(found, list | tuple):
        return [[found]]
    return [list(row) if isinstance(row, list | tuple) else [row] for row in found]


def values_of(cells: Any) -> list[list[Any]]:
    """Rows of the values in a range of Excel's: days as datetimes, amounts as floats, errors as their texts.

    Of a cell in a currency or accounting format Excel hands over money cut to four decimals. Only then is the
    range asked a second time, for the plain numbers, which cannot tell a day from a number.
    """
    found: list[list[Any]] = cells.options(ndim=2, err_to_str=True).value
    money = [
        (row, column)
        for row, line in enumerate(found)
        for column, value in enumerate(line)
        if isinstance(value, Decimal)
    ]
    whole = rows_of(cells.api.Value2) if money else []
    for row, column in money:
        found[row][column] = whole[row][column]
    return [[from_com(value) for value in line] for line in found]


def write_cells(cells: Any, rows: Sequence[Sequence[object]]) -> None:
    """Write a whole range in one call."""
    put_cells(cells, typed_rows(rows))


def put_cells(cells: Any, rows: Sequence[Sequence[Any]]) -> None:
    """Put rows as Excel takes them; text that is longer than a formula may be follows as a value."""
    given = [list(row) for row in rows]
    long = [
        (row, column, text)
        for row, line in enumerate(given)
        for column, text in enumerate(line)
        if isinstance(text, str) and len(text) > LONGEST_FORMULA
    ]
    for row, column, _ in long:
        given[row][column] = ""
    # The engine's own setter: xlwings' converters would ask Excel a hundred questions about each range.
    cells.impl.formula = given
    for row, column, text in long:
        cells[row, column].impl.raw_value = text


def is_protected(sheet: Any) -> bool:
    """Whether a person protected the sheet, so that Excel takes no change of it; only Windows tells."""
    try:
        return bool(sheet.api.ProtectContents)
    except Exception:  # Excel for the Mac speaks another language
        return False


def refusal_of(sheet: Any, place: Position) -> Refusal | None:
    """Why a cell of a user's sheet must not be written, if so."""
    cell = sheet.range(place)
    formula = cell.formula
    if isinstance(formula, str) and formula.startswith("="):
        return "formula"
    return "merged" if is_covered(cell) else None


def set_cell(sheet: Any, place: Position, value: object, number_format: str | None) -> None:
    """Write one cell of a user's sheet, in its own format."""
    cell = sheet.range(place)
    if number_format or isinstance(value, dt.date):
        cell.number_format = number_format or _date_format(str(cell.number_format))
    elif isinstance(value, int | float) and cell.number_format == "@":
        cell.number_format = "General"
    cell.formula = typed(stored(value))


def show_days(cells: Any) -> None:
    """Give a range that shows some of its days as numbers a format of days: its first cell's, or ours."""
    if not _is_date_format(str(cells.number_format)):  # none where the rows differ
        cells.number_format = _date_format(str(cells[0, 0].number_format))


def _date_format(own: str) -> str:
    return own if _is_date_format(own) else DATE_FORMAT


def _is_date_format(own: str) -> bool:
    return own not in ("General", "None") and re.search("[ymd]", own, re.IGNORECASE) is not None


def is_covered(cell: Any) -> bool:
    """Whether the cell is hidden below a merged neighbour."""
    if not cell.merge_cells:
        return False
    area = cell.merge_area
    return bool((area.row, area.column) != (cell.row, cell.column))
