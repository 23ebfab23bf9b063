"""A sheet being drawn with XlsxWriter: its grid, the row reached, and the rows left for streaming."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import groupby
from typing import Any

import xlsxwriter  # type: ignore[import-untyped]
from xlsxwriter.utility import xl_range_abs  # type: ignore[import-untyped]

from crmsheet.book.cell_values import Formula
from crmsheet.book.cells import Body
from crmsheet.book.grid import Grid, Span
from crmsheet.book.links import sheet_link
from crmsheet.book.theme import Theme
from crmsheet.view import View

# A fixed day, so that the same call gives the same bytes.
CREATED = datetime(2026, 1, 1)
# Nothing a customer's name or note contains may turn into a formula, a link or a number.
TEXT_STAYS_TEXT = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
SPACER = 9
# First of the hidden columns; what lies between belongs to the reader's own columns.
NEAREST_ASIDE = 100


def new_workbook(theme: Theme) -> tuple[xlsxwriter.Workbook, io.BytesIO]:
    """An empty workbook in memory, in the theme's font, and the buffer it is written to when closed."""
    buffer = io.BytesIO()
    font = {"font_name": theme.font, "font_size": theme.size}
    options = {"in_memory": True, "default_format_properties": font, **TEXT_STAYS_TEXT}
    workbook = xlsxwriter.Workbook(buffer, options)
    workbook.set_properties({"created": CREATED})
    workbook.set_size(2400, 1500)
    return workbook, buffer


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
                self.sheet.write_formula(row, column, f"={value.text}", style, value.value)
            case str():
                self.sheet.write_string(row, column, value, style)
            case bool():
                self.sheet.write_boolean(row, column, value, style)
            case date():
                self.sheet.write_datetime(row, column, value, style)
            case _:
                self.sheet.write_number(row, column, value, style)

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


def runs(values: Sequence[float]) -> Iterator[tuple[int, int]]:
    """Start and end of each stretch of equal neighbours.

    >>> list(runs([20, 20, 36, 20]))
    [(0, 2), (2, 3), (3, 4)]
    """
    start = 0
    for _, same in groupby(values):
        end = start + sum(1 for _ in same)
        yield start, end
        start = end


class Canvas:
    """One analysis sheet while it is drawn, from the top down. Rows and columns are counted from 0."""

    def __init__(self, view: View, theme: Theme, grid: Grid) -> None:
        self.workbook, self._buffer = new_workbook(theme)
        self.sheet = self.workbook.add_worksheet(view.name)
        self.pen = Pen(self.workbook, self.sheet, theme)
        self.view, self.theme, self.grid = view, theme, grid
        self.bodies: list[Body] = []
        self.header_row: int | None = None
        self.frozen_columns = 0
        self.aside = max(NEAREST_ASIDE, grid.last + 40)
        self._last_aside = self.aside
        self._next_choice = 0
        self._heights: list[float] = []
        self.sheet.set_default_row(theme.row_height)
        for column, width in enumerate(grid.widths):
            self.sheet.set_column(column, column, width)

    @property
    def row(self) -> int:
        return len(self._heights)

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
        """Leave the rows of a list for streaming; returns the first.

        Each run of rows of one height is a body, whose first row carries the pattern: each column's look.
        """
        top = self.row
        for start, end in runs(heights):
            pieces = tuple(column[start:end] for column in columns)
            self.bodies.append(Body(top + start + 1, pieces, heights[start]))
            self.sheet.set_row(top + start, heights[start])
            for column, look in enumerate(looks):
                self.pen.write(top + start, column, None, look)
        self._heights += heights
        return top

    def height_above(self, row: int) -> float:
        """Points from the top of the sheet to the upper edge of ``row``."""
        return sum(self._heights[:row])

    def space(self, height: float = SPACER) -> None:
        self.take(height)

    def write_aside(self, row: int, column: int, values: Sequence[object]) -> None:
        """Write what charts and lists read into the hidden columns, from ``column`` of them on."""
        for place, value in enumerate(values, start=self.aside + column):
            self.pen.write(row, place, value, {})
            self._last_aside = max(self._last_aside, place)

    def put_list_aside(self, choices: Sequence[str]) -> str:
        """Write a long list of choices into the hidden columns beside the title; returns its range."""
        self.write_aside(0, self._next_choice, choices)
        first = self.aside + self._next_choice
        self._next_choice += len(choices)
        return f"={xl_range_abs(0, first, 0, first + len(choices) - 1)}"

    def package(self) -> bytes:
        """The finished one-sheet workbook."""
        self.sheet.set_column(self.aside, self._last_aside, None, None, {"hidden": True})
        self.workbook.close()
        return self._buffer.getvalue()
