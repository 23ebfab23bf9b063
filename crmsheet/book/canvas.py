"""A sheet being drawn with XlsxWriter: its grid, the row reached, and the rows left for streaming."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import xlsxwriter

from crmsheet.book.cell_values import serial
from crmsheet.book.design import Body, Formula
from crmsheet.book.explicit_charts import explicit_charts
from crmsheet.book.grid import Grid, Span
from crmsheet.book.links import sheet_link
from crmsheet.book.sparse_sheet import SparseSheet
from crmsheet.book.theme import Theme
from crmsheet.view import View

# A fixed day, so that the same call gives the same bytes.
CREATED = datetime(2026, 1, 1)
# Nothing a customer's name or note contains may turn into a formula, a link or a number.
TEXT_STAYS_TEXT = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
SPACER = 9
# Excel's calendar begins here; earlier days stay text.
FIRST_YEAR = 1900


def new_workbook(theme: Theme) -> tuple[xlsxwriter.Workbook, io.BytesIO]:
    """An empty workbook in memory, in the theme's font, and the buffer it is written to when closed."""
    buffer = io.BytesIO()
    font = {"font_name": theme.font, "font_size": theme.size}
    options = {"in_memory": True, "default_format_properties": font, **TEXT_STAYS_TEXT}
    workbook = xlsxwriter.Workbook(buffer, options)
    workbook.set_properties({"created": CREATED})
    workbook.set_size(2400, 1500)
    return workbook, buffer


class _EmptyText(str):
    """An empty text as the value of a formula. XlsxWriter takes "" for no value, which readers call not computed."""

    __slots__ = ()
    __hash__ = str.__hash__

    def __eq__(self, other: object) -> bool:
        return self is other


Look = Mapping[str, object]


class Pen:
    """Writes cells on one XlsxWriter sheet; cells of one look share one format."""

    def __init__(self, workbook: Any, sheet: Any, theme: Theme) -> None:
        self.workbook, self.sheet, self.theme = workbook, sheet, theme
        self._formats: dict[tuple[tuple[str, object], ...], Any] = {}

    def format(self, look: Look) -> Any:
        """XlsxWriter's format with these properties."""
        key = tuple(sorted(look.items()))
        if key not in self._formats:
            self._formats[key] = self.workbook.add_format(dict(look))
        return self._formats[key]

    def write(self, row: int, column: int, value: object, look: Look) -> None:
        """Write one value; a text is a text whatever it looks like."""
        style = self.format(look)
        match value:
            case None | "":
                self.sheet.write_blank(row, column, None, style)
            case Formula():
                cached = serial(value.value) if isinstance(value.value, date) else value.value
                cached = _EmptyText() if cached == "" else cached
                self.sheet.write_formula(row, column, f"={value.text}", style, cached)
            case str():
                self.sheet.write_string(row, column, value, style)
            case bool():
                self.sheet.write_boolean(row, column, value, style)
            case date() if value.year >= FIRST_YEAR:
                self.sheet.write_datetime(row, column, value, style)
            case int() | float():
                self.sheet.write_number(row, column, value, style)
            case _:
                self.sheet.write_string(row, column, str(value), style)

    def write_span(self, row: int, span: Span, value: object, look: Look) -> None:
        """Write one value into several columns joined to one."""
        first, last = span
        if first < last:
            self.sheet.merge_range(row, first, row, last, None, self.format(look))
        self.write(row, first, value, look)

    def link(self, row: int, span: Span, text: str, sheet: str, look: Look) -> None:
        """Write a link to the top of another sheet of the workbook."""
        # A formula and not a cell hyperlink: LibreOffice and WPS paint those in their own colour.
        self.write_span(row, span, sheet_link(sheet, text), look)


class Canvas:
    """One analysis sheet while it is drawn, from the top down. Rows and columns are counted from 0."""

    def __init__(self, view: View, theme: Theme, grid: Grid) -> None:
        self.workbook, self._buffer = new_workbook(theme)
        self.sheet = self.workbook.add_worksheet(view.name, SparseSheet)
        self.pen = Pen(self.workbook, self.sheet, theme)
        self.view, self.theme, self.grid = view, theme, grid
        self.bodies: list[Body] = []
        self.header_row: int | None = None
        self.frozen_columns = 0
        self._postponed: list[Callable[[], None]] = []
        self._heights: list[float] = []
        self.sheet.set_default_row(theme.row_height)
        for column, width in enumerate(grid.widths):
            self.sheet.set_column(column, column, width)

    @property
    def row(self) -> int:
        return len(self._heights)

    @property
    def heights(self) -> Sequence[float]:
        """Points of each row so far."""
        return self._heights

    @property
    def whole(self) -> Span:
        """All columns of the grid."""
        return 0, self.grid.last

    @property
    def row_pixels(self) -> int:
        """Height of a standard row on screen."""
        return int(self.theme.row_height * 4 / 3 + 0.5)

    def take(self, height: float, rows: int = 1) -> int:
        """Claim the next ``rows`` rows, each ``height`` points high; returns the first."""
        first = self.row
        self._heights += [height] * rows
        if height != self.theme.row_height:
            for row in range(first, self.row):
                self.sheet.set_row(row, height)
        return first

    def stream(
        self, columns: Sequence[Sequence[object]], heights: Sequence[float], looks: Sequence[Look]
    ) -> int:
        """Leave the rows of a list for streaming; returns the first, which carries the looks.

        Without ``heights`` Excel fits each row to its text when it opens the file.
        """
        top = self.row
        even = len(set(heights)) == 1
        height = (heights[0] if even else tuple(heights)) if heights else None
        self.bodies.append(Body(top + 1, tuple(columns), height))
        if heights:
            self.sheet.set_row(top, heights[0])
        heights = heights or [self.theme.row_height] * len(columns[0])
        for column, look in enumerate(looks):
            self.pen.write(top, column, None, look)
        self._heights += heights
        return top

    def height_above(self, row: int) -> float:
        """Points from the top of the sheet to the upper edge of ``row``."""
        return sum(self._heights[:row])

    def space(self, height: float = SPACER) -> None:
        self.take(height)

    def postpone(self, action: Callable[[], None]) -> None:
        """Do ``action`` when everything that is seen is drawn: it needs hidden rows, which stand below."""
        self._postponed.append(action)

    def put_aside(self, rows: Sequence[Sequence[object]]) -> int:
        """Write what charts and long lists of choices read into hidden rows; returns the first."""
        first = self.row
        for row, values in enumerate(rows, start=first):
            self.sheet.set_row(row, None, None, {"hidden": True})
            for column, value in enumerate(values):
                self.pen.write(row, column, value, {})
        self._heights += [0] * len(rows)
        return first

    def package(self) -> bytes:
        """The finished one-sheet workbook."""
        for action in self._postponed:
            action()
        self.workbook.close()
        return explicit_charts(self._buffer.getvalue())
