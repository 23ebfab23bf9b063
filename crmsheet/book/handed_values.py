"""Cells that another program hands over, Excel or its add-ins: the values a file of the same workbook would give."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from crmsheet.book.raw import CellError, CellValue

# Excel's own numbers of its errors (XlCVError).
ERROR_NUMBERS = {
    2000: "#NULL!",
    2007: "#DIV/0!",
    2015: "#VALUE!",
    2023: "#REF!",
    2029: "#NAME?",
    2036: "#NUM!",
    2042: "#N/A",
    2043: "#GETTING_DATA",
    2045: "#SPILL!",
    2046: "#CONNECT!",
    2047: "#BLOCKED!",
    2048: "#UNKNOWN!",
    2049: "#FIELD!",
    2050: "#CALC!",
    2051: "#BUSY!",
}
ERRORS = frozenset(ERROR_NUMBERS.values())
UNKNOWN_ERROR = ERROR_NUMBERS[2048]
# COM hands an error over as 0x800A0000 + its number, a signed integer; Excel's later errors lie in the range too.
COM_ERRORS = -2146828288
NUMBERS_OF_ERRORS = range(2000, 2100)
MIDNIGHT = dt.time()


def from_com(value: Any) -> Any:
    """A cell's value free of what only COM knows: currency as float, any error as its text.

    xlwings turns seven errors into text and leaves the later ones as integers. A number typed in a cell comes
    as float, so an integer in the range of errors is one.

    >>> from_com(Decimal("5000.5")), from_com(-2146826243), from_com(-2146826243.0), from_com(5)
    (5000.5, '#SPILL!', -2146826243.0, 5)
    """
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, int) and value - COM_ERRORS in NUMBERS_OF_ERRORS:
        return ERROR_NUMBERS.get(value - COM_ERRORS, UNKNOWN_ERROR)
    return value


def as_in_file(value: Any) -> CellValue:
    """A value as a file gives it: whole numbers int, days without a time as dates, errors as errors.

    >>> as_in_file(3.0), as_in_file(dt.datetime(2024, 3, 18)), as_in_file("")
    (3, datetime.date(2024, 3, 18), None)
    """
    value = from_com(value)
    if value is None or value == "":
        return None
    if isinstance(value, str):
        return CellError(value) if value in ERRORS else value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dt.datetime) and value.time() == MIDNIGHT:
        return value.date()
    kept: CellValue = value
    return kept


def trimmed(rows: list[list[CellValue]]) -> list[list[CellValue]]:
    """Without the blank rows that a formatted sheet ends in."""
    while rows and all(value is None for value in rows[-1]):
        rows.pop()
    return rows
