"""Rules that colour and guard the cells of a table: tones, bars, colour scales, dropdowns, header notes."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from xlsxwriter.utility import xl_range_abs

from crmsheet.book.canvas import Canvas
from crmsheet.book.grid import Span
from crmsheet.view import Column

# Excel's limits: a list typed into a rule, the title and the text of a prompt.
LONGEST_LIST = 255
LONGEST_TITLE = 32
LONGEST_PROMPT = 255

Area = tuple[int, int, int, int]


def draw_cell_rules(canvas: Canvas, columns: Sequence[Column], spans: Sequence[Span], rows: Span) -> None:
    """Draw the rules of ``columns``, which stand in ``spans``, over the data rows ``rows`` (first, last)."""
    for column, span in zip(columns, spans, strict=True):
        area = (rows[0], span[0], rows[1], span[1])
        _draw_tones(canvas, column, area)
        if column.bar:
            color = canvas.theme.tone(column.bar_tone, "bar")
            canvas.sheet.conditional_format(*area, data_bar(color, column.highest))
        if column.choices:
            canvas.postpone(partial(_draw_dropdown, canvas, column, area))
    _draw_heat(canvas, columns, spans, rows)


def draw_header_notes(canvas: Canvas, columns: Sequence[Column], spans: Sequence[Span], row: int) -> None:
    """The note of a header appears when its cell is selected."""
    for column, span in zip(columns, spans, strict=True):
        if column.note:
            canvas.sheet.data_validation(row, span[0], row, span[0], prompt(column.header, column.note))


def prompt(title: str, message: str) -> dict[str, Any]:
    """A message shown beside the selected cell, without any check."""
    return {
        "validate": "any",
        "input_title": title[:LONGEST_TITLE],
        "input_message": message[:LONGEST_PROMPT],
    }


def data_bar(color: str, highest: float | None = None) -> dict[str, Any]:
    """A plain bar from zero, up to ``highest`` or the largest value."""
    bar: dict[str, Any] = {
        "type": "data_bar", "bar_color": color, "bar_solid": True, "data_bar_2010": True,
        "bar_no_border": True, "min_type": "num", "min_value": 0,
    }  # fmt: skip
    return bar if highest is None else {**bar, "max_type": "num", "max_value": highest}


def equals(text: str) -> dict[str, Any]:
    """Condition that a cell holds exactly this text."""
    quoted = text.replace('"', '""')
    return {"type": "cell", "criteria": "==", "value": f'"{quoted}"'}


def _draw_tones(canvas: Canvas, column: Column, area: Area) -> None:
    theme = canvas.theme
    for text, tone in column.tones.items():
        look = {"bg_color": theme.tone(tone, "fill"), "font_color": theme.tone(tone, "text")}
        if column.format == "span":
            look = {"bg_color": theme.tone(tone), "font_color": theme.tone(tone)}
        canvas.sheet.conditional_format(*area, {**equals(text), "format": canvas.pen.format(look)})


def _draw_heat(canvas: Canvas, columns: Sequence[Column], spans: Sequence[Span], rows: Span) -> None:
    hot = [span for column, span in zip(columns, spans, strict=True) if column.heat]
    if not hot:
        return
    colors = canvas.theme.colors
    scale = {
        "type": "2_color_scale", "min_color": colors["paper"], "max_color": colors["heat"],
        "min_type": "num", "min_value": 0,
    }  # fmt: skip
    canvas.sheet.conditional_format(rows[0], hot[0][0], rows[1], hot[-1][1], scale)


def _draw_dropdown(canvas: Canvas, column: Column, area: Area) -> None:
    words = canvas.theme.words
    error = {"error_title": words["choice_title"], "error_message": words["choice_message"]}
    rule = {"validate": "list", "source": _choices_source(canvas, column.choices), **error}
    canvas.sheet.data_validation(*area, rule)


def _choices_source(canvas: Canvas, choices: tuple[str, ...]) -> Any:
    if len(",".join(choices)) <= LONGEST_LIST and not any("," in choice for choice in choices):
        return list(choices)
    first = canvas.put_aside([(choice,) for choice in choices])
    return f"={xl_range_abs(first, 0, first + len(choices) - 1, 0)}"
