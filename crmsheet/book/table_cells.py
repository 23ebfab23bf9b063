"""The cells of a table block, how wide its columns and how high its rows must be."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from crmsheet.book.design import Coded, Formula
from crmsheet.book.links import link_cells, row_links
from crmsheet.book.measure import (
    PADDING,
    fitting_width,
    line_count,
    row_height,
    text_width,
)
from crmsheet.book.printed import SAMPLE, cell_values, printed
from crmsheet.book.theme import Theme
from crmsheet.view import Column, TableBlock

# Above this a sheet full of link formulas becomes slow to open; the text alone is written.
MOST_LINKS = 15_000
MOST_FITTED = 200_000
MOST_LINES = 6
# The fewest characters that a line of a wrapped header holds: two Chinese ones.
SHORTEST_LINE = 4
INDENT = 2.0
LONGEST_WORD = 16
LATIN_WORD = re.compile("[A-Za-z][A-Za-z'/-]+")
# How far a column may grow beyond the width asked for; numbers and dates grow as far as they must.
GROWTH = {"text": 1.5, "link": 1.3, "choice": 1.5, "wrap": 1.0}


@dataclass(frozen=True)
class TableCells:
    """A table block with its cells, column by column, in printing order."""

    block: TableBlock
    columns: tuple[Sequence[object], ...]

    def __len__(self) -> int:
        return len(self.columns[0]) if self.columns else 0

    def kind(self, column: Column) -> str:
        """Format of a column's cells: a link only where links are drawn."""
        if len(self) <= MOST_LINKS and any(link.code == column.code for link in self.block.links):
            return "link"
        return "text" if column.format == "link" else column.format


def table_cells(block: TableBlock) -> TableCells:
    """The cells of ``block``; links become formulas unless there are too many."""
    columns = {column.code: cell_values(block.frame[column.code], column.format) for column in block.columns}
    if len(block.frame) <= MOST_LINKS:
        for link in block.links:
            keys = cell_values(block.frame[link.key], "text")
            if link.target:
                parts = (block.frame[name].tolist() for name in (link.sheet, link.letters, link.target))
                columns[link.code] = row_links(columns[link.code], keys, list(zip(*parts, strict=True)))
            else:
                columns[link.code] = link_cells(columns[link.code], keys, link.sheet, link.letters)
    return TableCells(block, tuple(columns[column.code] for column in block.columns))


def column_widths(cells: TableCells) -> tuple[float, ...]:
    """A width for each column: as asked for, wider where header, total or contents need it."""
    pairs = zip(cells.block.columns, cells.columns, strict=True)
    return tuple(_column_width(column, values, cells.block) for column, values in pairs)


def asked_widths(cells: TableCells) -> tuple[float, ...]:
    """Widths that texts do not change: a page keeps its columns, and the user's widths, from refresh to refresh."""
    pairs = zip(cells.block.columns, column_widths(cells), strict=True)
    return tuple(_least_width(column) if column.format in GROWTH else width for column, width in pairs)


def row_heights(cells: TableCells, widths: Sequence[float], theme: Theme) -> list[float]:
    """Height of each row in points, so that wrapped text is seen whole, up to six lines; none for endless lists."""
    if len(cells) > MOST_FITTED:
        return []
    lines = [1] * len(cells)
    for column, values, width in zip(cells.block.columns, cells.columns, widths, strict=True):
        if column.format in ("text", "wrap", "link"):
            _raise_lines(lines, values, width)
    heights = {count: row_height(min(count, MOST_LINES), theme) for count in set(lines)}
    return [heights[count] for count in lines]


def header_height(block: TableBlock, widths: Sequence[float], theme: Theme) -> float:
    """Height of a header row whose texts wrap; two lines at least leave room for the filter buttons below."""
    pairs = zip(block.columns, widths, strict=True)
    # Headers stand in the middle of their cells, without the indent that texts have.
    lines = [line_count(column.header, width + INDENT) for column, width in pairs]
    return row_height(max(lines, default=1) if not block.filterable else max(2, *lines), theme)


def shown_text(value: object, column: Column) -> str:
    """What a cell shows."""
    return printed(value.value if isinstance(value, Formula) else value, column)


def _column_width(column: Column, values: Sequence[object], block: TableBlock) -> float:
    if column.format == "span":
        return column.width
    total = block.total.get(column.code, "")
    sample = values.told_apart(SAMPLE) if isinstance(values, Coded) else values[:SAMPLE]
    texts = {shown_text(value, column) for value in sample} | {printed(total, column)}
    least = _least_width(column)
    growth = GROWTH.get(column.format)
    return fitting_width(texts, at_least=least, at_most=max(least, column.width * growth) if growth else 60)


def _least_width(column: Column) -> float:
    """As asked for, or as the header needs."""
    return max(header_width(column.header, column.width), word_width(column.header))


def word_width(header: str) -> float:
    """Room for the longest Latin word: those wrap between words, never inside one; Chinese wraps anywhere.

    >>> word_width("Customer name"), word_width("客户")
    (10.5, 2.5)
    """
    return min(max(map(len, LATIN_WORD.findall(header)), default=0), LONGEST_WORD) + PADDING


def header_width(header: str, asked: float) -> float:
    """The width asked for, or the next one at which no line of the header is a single Chinese character.

    >>> header_width("逾期工作日", 7), header_width("可能损失", 9)
    (10, 9)
    """
    taken = text_width(header)
    width = max(asked, min(taken, SHORTEST_LINE) + PADDING)
    while any(taken > room and taken % room in (1, 2) for room in _rooms(width)):
        width += 1
    return width


def _rooms(width: float) -> tuple[int, int]:
    """What a line of a header holds, in whole Chinese characters: Excel and LibreOffice differ by one."""
    return int(width // 2 * 2), int((width + 1) // 2 * 2)


def _raise_lines(lines: list[int], values: Sequence[object], width: float) -> None:
    distinct, places = (
        (values.values, values.codes.tolist()) if isinstance(values, Coded) else (values, range(len(values)))
    )
    counts = [_lines_of(value, width) for value in distinct]
    if max(counts, default=1) > 1:
        for index, place in enumerate(places):
            lines[index] = max(lines[index], counts[place])


def _lines_of(value: object, width: float) -> int:
    text = value.value if isinstance(value, Formula) else value
    if isinstance(text, str) and (len(text) > int((width - PADDING) / 2) or "\n" in text):
        return line_count(text, width)
    return 1
