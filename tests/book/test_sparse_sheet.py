"""The sheet that looks only at rows with content writes what XlsxWriter itself would write."""

from __future__ import annotations

import io
import zipfile

import pytest
import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from crmsheet.book.sparse_sheet import SparseSheet


def sheet_xml(kind: type[Worksheet], rows: tuple[int, ...]) -> bytes:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    sheet = book.add_worksheet("s", kind)
    for row in rows:
        sheet.write(row, row % 7, "text")
        sheet.set_row(row + 1, 30)
        sheet.write_comment(row + 2, 1, "note")
    book.close()
    with zipfile.ZipFile(buffer) as archive:
        return archive.read("xl/worksheets/sheet1.xml")


@pytest.mark.parametrize("rows", [(), (0,), (15, 16), (3, 40, 41, 5_000), (7, 100_000)])
def test_same_bytes_as_the_ordinary_sheet(rows: tuple[int, ...]) -> None:
    assert sheet_xml(SparseSheet, rows) == sheet_xml(Worksheet, rows)
