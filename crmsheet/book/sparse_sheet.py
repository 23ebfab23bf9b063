"""XlsxWriter's sheets: for designs whose long lists are streamed in later, and for rows that people will fill."""

from __future__ import annotations

from typing import Any

from xlsxwriter.worksheet import Worksheet

SPAN_ROWS = 16  # XlsxWriter notes the columns in use for blocks of so many rows


class SparseSheet(Worksheet):  # type: ignore[misc]  # XlsxWriter is untyped here
    """A sheet written in time that depends on the rows it holds: below a long list the next may be the 100,000th."""

    dim_rowmin: Any
    dim_rowmax: Any

    def _write_rows(self) -> None:
        lowest, highest = self.dim_rowmin, self.dim_rowmax
        for block in sorted({row // SPAN_ROWS for row in (*self.table, *self.row_info, *self.comments)}):
            first = block * SPAN_ROWS
            self.dim_rowmin = max(first, lowest)
            self.dim_rowmax = min(first + SPAN_ROWS - 1, highest)
            super()._write_rows()
        self.dim_rowmin, self.dim_rowmax = lowest, highest


class GrowingSheet(Worksheet):  # type: ignore[misc]
    """A sheet whose rows of the standard height state none, so that Excel fits them to what is typed there."""

    original_row_height: Any
    default_row_height: Any

    def _write_row(self, row: int, spans: Any, row_info: Any = None, **options: Any) -> None:
        original = self.original_row_height
        if row_info is None:
            self.original_row_height = self.default_row_height
        super()._write_row(row, spans, row_info, **options)
        self.original_row_height = original
