"""A short table inside a page: its columns take their share of the grid, its cells are written at once."""

from __future__ import annotations

from crmsheet.book.canvas import Canvas
from crmsheet.book.cell_rules import draw_cell_rules, draw_header_notes
from crmsheet.book.draw_heading import draw_heading
from crmsheet.book.grid import Span
from crmsheet.book.table_cells import TableCells, asked_widths, column_widths, header_height, row_heights
from crmsheet.view import TableBlock, View


def draw_short_table(canvas: Canvas, cells: TableCells) -> None:
    """Heading, light header, rows and total over the whole grid, or the words for an empty table."""
    draw_heading(canvas, cells.block)
    # Below a list's columns a table may be as wide as its texts; a page of its own keeps its columns.
    widths = column_widths(cells) if _has_list(canvas.view) else asked_widths(cells)
    spans = list(canvas.grid.spans(widths))
    _draw_header(canvas, cells, spans)
    if len(cells):
        _draw_rows(canvas, cells, spans)
    else:
        look = canvas.theme.text(font_color=canvas.theme.colors["muted"], indent=1)
        words = cells.block.empty or canvas.theme.words["no_data"]
        canvas.pen.write_span(canvas.take(28), canvas.whole, words, look)
    canvas.space()


def _draw_header(canvas: Canvas, cells: TableCells, spans: list[Span]) -> None:
    theme, columns = canvas.theme, cells.block.columns
    row = canvas.take(header_height(cells.block, _widths(canvas, spans), theme))
    colors = {"bg_color": theme.colors["light"], "font_color": theme.colors["band"]}
    for column, span in zip(columns, spans, strict=True):
        look = theme.value(column.format, **colors, bold=True, text_wrap=True, underline=0)
        canvas.pen.write_span(row, span, column.header, look)
    draw_header_notes(canvas, columns, spans, row)


def _draw_rows(canvas: Canvas, cells: TableCells, spans: list[Span]) -> None:
    theme, columns = canvas.theme, cells.block.columns
    heights = row_heights(cells, _widths(canvas, spans), theme)
    first = canvas.row
    for index, height in enumerate(heights):
        row = canvas.take(height)
        for column, values, span in zip(columns, cells.columns, spans, strict=True):
            canvas.pen.write_span(row, span, values[index], theme.value(cells.kind(column)))
    draw_cell_rules(canvas, columns, spans, (first, canvas.row - 1))
    if cells.block.total:
        _draw_total(canvas, cells, spans)


def _draw_total(canvas: Canvas, cells: TableCells, spans: list[Span]) -> None:
    theme = canvas.theme
    row = canvas.take(theme.row_height)
    for column, span in zip(cells.block.columns, spans, strict=True):
        look = theme.value(column.format, bold=True, bg_color=theme.colors["light"])
        canvas.pen.write_span(row, span, cells.block.total.get(column.code), look)


def _has_list(view: View) -> bool:
    return any(isinstance(block, TableBlock) and block.filterable for block in view.blocks)


def _widths(canvas: Canvas, spans: list[Span]) -> list[float]:
    return [canvas.grid.span_width(span) for span in spans]
