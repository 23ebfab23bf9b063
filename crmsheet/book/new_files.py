"""Workbooks that do not exist yet."""

from __future__ import annotations

import datetime as dt
import io

import xlsxwriter

MADE = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)  # a fixed day, so that the same content gives the same bytes


def empty_file(sheet: str) -> bytes:
    """A workbook of one empty sheet of that name."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as drawn:
        drawn.set_properties({"created": MADE})
        drawn.add_worksheet(sheet)
    return buffer.getvalue()
