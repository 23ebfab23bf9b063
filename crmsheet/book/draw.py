"""Drawing a view: from values and names of looks to a designed sheet."""

from __future__ import annotations

from collections.abc import Sequence

from crmsheet.book.canvas import Canvas
from crmsheet.book.design import Design
from crmsheet.book.draw_cards import card_rows, draw_cards, draw_text
from crmsheet.book.draw_charts import charts_with_values, draw_charts
from crmsheet.book.draw_list import draw_list
from crmsheet.book.draw_page import draw_band, draw_links, set_up_page
from crmsheet.book.draw_short_table import draw_short_table
from crmsheet.book.grid import Grid, shared_grid
from crmsheet.book.paper import Kept
from crmsheet.book.table_cells import TableCells, asked_widths, column_widths, table_cells
from crmsheet.book.theme import Theme
from crmsheet.data import Language
from crmsheet.view import Block, Cards, Charts, Links, TableBlock, Text, View

# Widths in characters: a page of cards, charts and short tables, and the least that a list's sheet has.
PAGE_WIDTH = 144
LIST_PAGE_WIDTH = 110
LEAST_WIDTH = 64
TEXT_COLUMNS = 12  # of a page without any table, card or chart
# Heading, header and so many rows of a list that they do not stand alone at the foot of a page.
LIST_HEAD = 5

Part = Cards | Charts | Links | Text | TableCells


def draw(view: View, *, footer: str = "", language: Language | None = None) -> Design:
    """The sheet of ``view`` as a design: the same view gives the same bytes.

    ``footer`` is printed at the foot of every page; ``language`` is that of the sheet's own words.
    """
    theme = Theme.load(language)
    parts = [_part(block) for block in view.blocks]
    canvas = Canvas(view, theme, grid_for(parts))
    draw_band(canvas, view)
    band = Kept(0, canvas.row, canvas.row)
    kept = [band, *(_draw_kept(canvas, part) for part in parts)]
    set_up_page(canvas, view, footer, kept)
    return Design(canvas.package(), tuple(canvas.bodies), view.hidden)


def grid_for(parts: Sequence[Part]) -> Grid:
    """The columns of the sheet: those of its list; without a list, an edge wherever a block has one."""
    lists = [column_widths(part) for part in parts if isinstance(part, TableCells) and part.block.filterable]
    if not lists:
        rows = [row for part in parts for row in _neighbours(part)]
        # Title and link need a cell each, also above nothing but text.
        return shared_grid(PAGE_WIDTH, rows or [[PAGE_WIDTH / TEXT_COLUMNS] * TEXT_COLUMNS])
    longest = max(map(len, lists))
    widths = [max(one[index] for one in lists if index < len(one)) for index in range(longest)]
    alone = len(parts) == len(lists)
    grid = Grid(tuple(widths)).widened(LEAST_WIDTH if alone else LIST_PAGE_WIDTH)
    most = max(len(row) for part in parts for row in _neighbours(part))
    return grid.divided(most)


def _part(block: Block) -> Part:
    return table_cells(block) if isinstance(block, TableBlock) else block


def _neighbours(part: Part) -> list[Sequence[float]]:
    if isinstance(part, Cards):
        return [[PAGE_WIDTH / len(row)] * len(row) for row in card_rows(part)]
    if isinstance(part, TableCells):
        return [asked_widths(part)]
    if isinstance(part, Charts):
        count = max(len(charts_with_values(part)), 1)
        return [[PAGE_WIDTH / count] * count]
    if isinstance(part, Links):
        return [[PAGE_WIDTH / len(part.sheets)] * len(part.sheets)]
    return []


def _draw_kept(canvas: Canvas, part: Part) -> Kept:
    """Draw a part; what of it should be seen on one page: of a list its head and first rows, else the whole."""
    first = canvas.row
    _draw_part(canvas, part)
    is_list = isinstance(part, TableCells) and part.block.filterable
    until = min(first + LIST_HEAD, canvas.row) if is_list else canvas.row - 1
    return Kept(first, until, canvas.row)


def _draw_part(canvas: Canvas, part: Part) -> None:
    match part:
        case Cards():
            draw_cards(canvas, part)
        case Charts():
            draw_charts(canvas, part)
        case Links():
            draw_links(canvas, part)
        case Text():
            draw_text(canvas, part)
        case TableCells() if part.block.filterable:
            draw_list(canvas, part)
        case TableCells():
            draw_short_table(canvas, part)
