"""How the pages of an entry sheet come out of a printer: so that they can be read, and a history is not too long."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from crmsheet.book.entry_columns import EntryColumn
from crmsheet.book.measure import column_pixels
from crmsheet.book.paper import Layout, entry_layout
from crmsheet.data import read_toml

NAMING_COLUMNS = 2  # number and name: they stay in sight, on the screen and on paper


def set_up_pages(sheet: Any, code: str, columns: Sequence[EntryColumn], header_row: int) -> None:
    """All rows print, below the header on every page; of pages side by side each begins with the naming columns.

    There is no area to print: it would leave out what is typed below it later, and a filter is what chooses rows.
    """
    layout = layout_of(code, columns)
    if layout.paper.portrait:
        sheet.set_portrait()
    sheet.fit_to_pages(layout.across, read_toml("template.toml")["pages_tall"].get(code, 0))
    sheet.repeat_rows(header_row, header_row)
    if layout.across > 1:
        sheet.repeat_columns(0, NAMING_COLUMNS - 1)
        sheet.print_across()


def layout_of(code: str, columns: Sequence[EntryColumn]) -> Layout:
    """The layout of the entry sheet ``code`` as a beginner sees it, the further columns folded."""
    pixels = [column_pixels(column.width) if column.shown else 0 for column in columns]
    history = code in read_toml("template.toml")["histories"]
    return entry_layout(sum(pixels), sum(pixels[:NAMING_COLUMNS]), history=history)
