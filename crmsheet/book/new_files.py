"""Workbooks that do not exist yet."""

from __future__ import annotations

import datetime as dt
import io
import itertools
from collections.abc import Sequence

import xlsxwriter

from crmsheet.book.cell_values import CellWriter
from crmsheet.book.cells import SheetRows, sheet_data
from crmsheet.book.design import Body
from crmsheet.book.package import Package
from crmsheet.book.sheet_xml import split

MADE = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)  # a fixed day, so that the same content gives the same bytes


def empty_file(sheet: str) -> bytes:
    """A workbook of one empty sheet of that name."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as drawn:
        drawn.set_properties({"created": MADE})
        drawn.add_worksheet(sheet)
    return buffer.getvalue()


def fill(package: Package, part: str, rows: Sequence[Sequence[object]]) -> None:
    """Write ``rows`` into the empty sheet ``part``, without formats."""
    pieces = split(package.read(part))
    columns = tuple(zip(*rows, strict=True))
    data = sheet_data(SheetRows(bodies=[Body(1, columns)] if columns else []), CellWriter())
    package.put(part, itertools.chain([pieces.head], data, [pieces.tail]))
