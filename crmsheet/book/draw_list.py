"""The list of a sheet: a filterable Excel table whose rows are streamed into the finished design."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from functools import partial
from typing import Any

from xlsxwriter.utility import xl_range

from crmsheet.book.canvas import Canvas
from crmsheet.book.cell_record import MOST_ROWS, record_pieces
from crmsheet.book.cell_rules import draw_cell_rules, draw_header_notes
from crmsheet.book.draw_heading import draw_heading
from crmsheet.book.printed import printed
from crmsheet.book.table_cells import TableCells, header_height, row_heights
from crmsheet.view import Column, TableBlock

# Excel's own light blue bands agree with our header and with the theme of nearly every workbook.
TABLE_STYLE = "TableStyleMedium2"


def draw_list(canvas: Canvas, cells: TableCells) -> None:
    """Heading, header, pattern row, rules and total of one list; its rows are left to the writer."""
    block = cells.block
    _check_headers(block)
    draw_heading(canvas, block)
    header = _draw_header(canvas, block)
    if len(cells):
        _draw_rows(canvas, cells, header)
        if block.key and len(cells) <= MOST_ROWS:
            canvas.postpone(partial(_put_record, canvas, cells))
    else:
        look = canvas.theme.text(font_color=canvas.theme.colors["muted"], indent=1)
        canvas.pen.write_span(
            canvas.take(28), canvas.whole, block.empty or canvas.theme.words["no_data"], look
        )
    canvas.header_row, canvas.frozen_columns = header, block.frozen
    canvas.space()


def _put_record(canvas: Canvas, cells: TableCells) -> None:
    """What the list holds, in hidden rows, but for what people choose, links and bars."""
    headers = {column.code: column.header for column in cells.block.columns}
    recorded = {
        column.header: values
        for column, values in zip(cells.block.columns, cells.columns, strict=True)
        if column.code in cells.block.key
        or not (column.choices or column.format == "span" or cells.kind(column) == "link")
    }
    keys = [headers[code] for code in cells.block.key]
    canvas.put_aside([[piece] for piece in record_pieces(keys, recorded)])


def table_name(view_key: str, block_name: str) -> str:
    """Name of the Excel table, the same at every refresh.

    >>> table_name("followups", "followups"), table_name("tiers", "按层")
    ('crm_followups', 'crm_tiers___')
    """
    name = f"crm_{view_key}" if block_name in ("", view_key) else f"crm_{view_key}_{block_name}"
    return re.sub(r"[^A-Za-z0-9_]", "_", name)


def header_look(canvas: Canvas) -> dict[str, object]:
    """Properties of a list's header cells."""
    theme = canvas.theme
    colors = {"bg_color": theme.colors["band"], "font_color": theme.colors["band_text"]}
    return theme.text(**colors, **theme.lines(), bold=True, text_wrap=True, align="center")


def _check_headers(block: TableBlock) -> None:
    headers = [column.header.lower() for column in block.columns]
    if len(set(headers)) < len(headers):
        raise ValueError(f"the headers of table {block.name!r} repeat: {headers}")


def _draw_header(canvas: Canvas, block: TableBlock) -> int:
    headers = [column.header for column in block.columns]
    widths = canvas.grid.widths[: len(headers)]
    row = canvas.take(header_height(block, widths, canvas.theme))
    look = header_look(canvas)
    # The filter button covers the lower half of a narrow header.
    narrow = {**look, "valign": "top", "font_size": canvas.theme.small_size, "bold": False}
    for index, column in enumerate(block.columns):
        canvas.pen.write(row, index, column.header, narrow if column.format == "span" else look)
    spans = [(index, index) for index in range(len(headers))]
    draw_header_notes(canvas, block.columns, spans, row)
    return row


def _draw_rows(canvas: Canvas, cells: TableCells, header: int) -> None:
    columns = cells.block.columns
    widths = canvas.grid.widths[: len(columns)]
    looks = [canvas.theme.value(cells.kind(column)) for column in columns]
    first = canvas.stream(cells.columns, row_heights(cells, widths, canvas.theme), looks)
    spans = [(index, index) for index in range(len(columns))]
    draw_cell_rules(canvas, columns, spans, (first, canvas.row - 1))
    table = _add_table(canvas, cells.block, header)
    if cells.block.total:
        _draw_total(canvas, cells.block, table)
    _stretch(table, header, canvas.row - 1, len(columns), has_total=bool(cells.block.total))


def _add_table(canvas: Canvas, block: TableBlock, header: int) -> dict[str, Any]:
    look = canvas.pen.format(header_look(canvas))
    columns = [{"header": column.header, "header_format": look} for column in block.columns]
    name = table_name(canvas.view.key, block.name)
    options = {"name": name, "style": TABLE_STYLE, "columns": columns}
    canvas.sheet.add_table(header, 0, header + 1, len(columns) - 1, options)
    table: dict[str, Any] = canvas.sheet.tables[-1]
    return table


def _stretch(table: dict[str, Any], header: int, last: int, columns: int, *, has_total: bool) -> None:
    # add_table would register every single cell, which for a long list takes longer than writing it.
    table["range"] = xl_range(header, 0, last, columns - 1)
    table["a_range"] = table["autofilter"] = xl_range(header, 0, last - has_total, columns - 1)


def _draw_total(canvas: Canvas, block: TableBlock, table: dict[str, Any]) -> None:
    """The table's total row. A sum follows the filter; anything else is a label."""
    theme = canvas.theme
    row = canvas.take(theme.row_height + 4)
    table["totals_row_shown"] = True
    for index, column in enumerate(block.columns):
        total = block.total.get(column.code)
        look = theme.value(
            "text" if column.format == "link" else column.format,
            bold=True,
            bg_color=theme.colors["light"],
            text_wrap=False,
        )
        if _is_sum(total, block, column):
            table["columns"][index]["total_function"] = "sum"
            formula = canvas.sheet._table_function_to_formula("sum", column.header)
            # Without the table's name LibreOffice does not know the column.
            named = formula.replace("[", f"{table['name']}[", 1)
            canvas.sheet.write_formula(row, index, f"={named}", canvas.pen.format(look), total)
        else:
            label = printed(total, column)
            table["columns"][index]["total_string"] = label
            canvas.pen.write(row, index, label, look)


def _is_sum(total: float | str | None, block: TableBlock, column: Column) -> bool:
    if total is None or isinstance(total, str):
        return False
    values: Sequence[float] = block.frame[column.code].fillna(0).tolist()
    return column.format != "percent" and math.isclose(math.fsum(values), total, rel_tol=1e-9, abs_tol=1e-6)
