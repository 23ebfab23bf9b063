"""The heading of a table, with the link to the sheet that holds the full list."""

from __future__ import annotations

from crmsheet.book.canvas import Canvas
from crmsheet.view import TableBlock

HEADING_HEIGHT = 26


def draw_heading(canvas: Canvas, block: TableBlock) -> None:
    """A line with the table's title and, at its right end, the link; nothing when there is neither."""
    if not block.title and not block.see_all:
        return
    theme, pen = canvas.theme, canvas.pen
    row = canvas.take(HEADING_HEIGHT)
    look = theme.text(bold=True, font_size=theme.heading_size, font_color=theme.colors["band"])
    pen.write(row, 0, block.title, look)
    if block.see_all:
        words = theme.words["see_all"]
        link = theme.text(font_color=theme.colors["link"], underline=1, align="right")
        pen.link(row, canvas.grid.tail(len(words) * 2), words, block.see_all, link)
