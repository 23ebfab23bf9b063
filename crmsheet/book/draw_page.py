"""What frames a sheet: the title band above, the print set-up around."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from crmsheet.book.canvas import Canvas
from crmsheet.book.paper import A4, LANDSCAPE, MARGINS, PORTRAIT, Kept, Paper, page_breaks, paper_for
from crmsheet.view import Links, View

TITLE_HEIGHT = 34
SUBTITLE_HEIGHT = 20
# A header further down than this (points) would fill the screen if it were kept in sight.
HIGHEST_FREEZE = 170
# A page without a list that is higher than this (points) is printed in portrait.
HIGHEST_LANDSCAPE = 560
LONGEST_FOOTER = 80


def draw_band(canvas: Canvas, view: View) -> None:
    """Title and subtitle on a dark band over the whole width, with the link back at its right end."""
    theme, pen = canvas.theme, canvas.pen
    band = theme.text(bg_color=theme.colors["band"], font_color=theme.colors["band_text"])
    title = {**band, "font_size": theme.title_size, "bold": True, "indent": 1}
    note = {**band, "font_size": theme.small_size, "font_color": theme.colors["band_note"], "indent": 1}
    for text, look, height in ((view.title, title, TITLE_HEIGHT), (view.subtitle, note, SUBTITLE_HEIGHT)):
        row = canvas.take(height)
        for column in range(canvas.grid.last + 1):
            pen.write(row, column, text if column == 0 else None, look)
    if view.back:
        words = theme.words["back"].format(sheet=view.back)
        pen.link(0, canvas.grid.tail(len(words) * 2), words, view.back, {**note, "align": "right"})
    canvas.space()


def draw_links(canvas: Canvas, links: Links) -> None:
    """A row of links to other sheets, evenly spread."""
    theme = canvas.theme
    row = canvas.take(SUBTITLE_HEIGHT)
    spans = canvas.grid.spans([canvas.grid.width / len(links.sheets)] * len(links.sheets))
    look = theme.text(
        font_color=theme.colors["link"], bg_color=theme.colors["light"], align="center", shrink=True
    )
    for sheet, span in zip(links.sheets, spans, strict=True):
        canvas.pen.link(row, span, sheet, sheet, look)
    canvas.space()


def set_up_page(canvas: Canvas, view: View, footer: str, parts: Sequence[Kept] = ()) -> None:
    """A4, one page wide, the list's header repeated, page numbers, none of the hidden rows.

    A page of cards and charts is printed on one; a sheet with a list on as many as it needs, which end between
    ``parts`` where they can. The sheets of a program's own records, hidden as they are, are not printed.
    """
    sheet = canvas.sheet
    set_up_paper(sheet, canvas.theme.words["page"], footer)
    paper = _paper(canvas)
    if paper.portrait:
        sheet.set_portrait()
    sheet.fit_to_pages(1, 1 if canvas.header_row is None else 0)
    if not view.hidden:
        sheet.print_area(0, 0, canvas.row - 1, canvas.grid.last)
    if canvas.header_row is not None:
        sheet.repeat_rows(canvas.header_row, canvas.header_row)
        sheet.set_h_pagebreaks(page_breaks(parts, canvas.heights, paper.page_height(canvas.grid.pixels)))
    _freeze(canvas)
    sheet.hide_gridlines(2)
    sheet.set_tab_color(canvas.theme.tone(view.tab))
    if view.locked:
        sheet.protect("", {"format_columns": True, "format_rows": True, "objects": False})


def _paper(canvas: Canvas) -> Paper:
    height = canvas.height_above(canvas.row)
    if canvas.header_row is None:
        return PORTRAIT if height > HIGHEST_LANDSCAPE else LANDSCAPE
    return paper_for(canvas.grid.pixels, height)


def set_up_paper(sheet: Any, page_words: str, footer: str) -> None:
    """A4 landscape with even margins and a footer of name, sheet and page."""
    sheet.set_paper(A4)
    sheet.set_landscape()
    sheet.center_horizontally()
    sheet.set_margins(*MARGINS)
    words = footer[:LONGEST_FOOTER].replace("&", "&&")
    sheet.set_footer(f"&L&8{words}&C&8&A&R&8{page_words}", {"margin": 0.3, "scale_with_doc": False})


def _freeze(canvas: Canvas) -> None:
    header = canvas.header_row
    rows = 2
    if header is not None and canvas.height_above(header) <= HIGHEST_FREEZE:
        rows = header + 1
    canvas.sheet.freeze_panes(rows, canvas.frozen_columns)
