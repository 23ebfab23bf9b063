"""Cells that another program hands over, Excel or its add-ins: the values a file of the same workbook would give."""

from __future__ import annotations

import datetime as dt
from typing import Any

from crmsheet.book.raw import CellError, CellValue

ERRORS = frozenset({"#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!"})
MIDNIGHT = dt.time()


def as_in_file(value: Any) -> CellValue:
    """A value as a file gives it: whole numbers int, days without a time as dates, errors as errors.

    >>> as_in_file(3.0), as_in_file(dt.datetime(2024, 3, 18)), as_in_file("")
    (3, datetime.date(2024, 3, 18), None)
    """
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
