"""What an entry sheet says and shows while people type: prompts, dropdowns, ranges, colours."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from xlsxwriter.utility import xl_rowcol_to_cell

from crmsheet.book.canvas import Pen
from crmsheet.book.cell_rules import data_bar, equals, prompt
from crmsheet.book.entry_columns import EntryColumn
from crmsheet.book.grid import Span
from crmsheet.data import read_toml
from crmsheet.expressions import TODAY_NAME

# Name of the settings cell that holds the day everything is judged from.
AS_OF_NAME = "crm_as_of"

Words = dict[str, Any]


def draw_entry_rules(pen: Pen, sheet: str, columns: Sequence[EntryColumn], rows: Span, words: Words) -> None:
    """Draw the rules of every column over ``rows`` (first, last)."""
    for place, column in enumerate(columns):
        area = (rows[0], place, rows[1], place)
        pen.sheet.data_validation(*area, _validation(column, words))
        _draw_tones(pen, column, area)
        if column.limits:
            bar = data_bar(pen.theme.colors["bar"], column.limits[1])
            pen.sheet.conditional_format(*area, bar)
    _draw_missing(pen, columns, rows)
    _draw_late(pen, sheet, columns, rows)
    _draw_overdue(pen, columns, rows)


def _validation(column: EntryColumn, words: Words) -> dict[str, Any]:
    rule = prompt(column.header, column.prompt)
    if column.role == "computed":
        error = {"error_title": words["live_title"], "error_message": words["live_message"]}
        return {**rule, **error, "validate": "custom", "value": "=FALSE", "error_type": "stop"}
    if column.choices:
        error = {"error_title": words["list_title"], "error_message": words["list_message"]}
        return {
            **rule,
            **error,
            "validate": "list",
            "source": f"=crm_list_{column.choices}",
            "error_type": "warning",
        }
    if column.limits:
        return {**rule, **_within(column.limits, column.limit_names, words)}
    return rule


def _within(limits: tuple[float, float], names: tuple[str, str], words: Words) -> dict[str, Any]:
    """The range of a score: the numbers, or the settings cells that hold them, so that it follows the settings."""
    low, high = (f"={name}" if name else limit for limit, name in zip(limits, names, strict=True))
    message = words["set_number_message" if any(names) else "number_message"]
    return {
        "error_title": words["number_title"],
        "error_message": message.format(low=limits[0], high=limits[1]),
        "validate": "decimal",
        "criteria": "between",
        "minimum": low,
        "maximum": high,
        "error_type": "warning",
    }


def _draw_tones(pen: Pen, column: EntryColumn, area: tuple[int, int, int, int]) -> None:
    for text, tone in column.tones.items():
        look = {"bg_color": pen.theme.tone(tone, "fill"), "font_color": pen.theme.tone(tone, "text")}
        pen.sheet.conditional_format(*area, {**equals(text), "format": pen.format(look)})


def _draw_missing(pen: Pen, columns: Sequence[EntryColumn], rows: Span) -> None:
    """A required cell is coloured while it is empty in a row that has begun."""
    typed = sum(column.role not in ("computed", "own") for column in columns)  # a formula is never empty
    first, last = _mixed(rows[0], 0), _mixed(rows[0], typed - 1)
    look = pen.format({"bg_color": pen.theme.colors["missing"]})
    for place, column in enumerate(columns):
        if column.role == "required":
            formula = f'=AND({_mixed(rows[0], place)}="",COUNTA({first}:{last})>0)'
            rule = {"type": "formula", "criteria": formula, "format": look}
            pen.sheet.conditional_format(rows[0], place, rows[1], place, rule)


def _draw_late(pen: Pen, sheet: str, columns: Sequence[EntryColumn], rows: Span) -> None:
    """A day that has passed is coloured while what it promised is still open."""
    late = read_toml("template.toml")["late"].get(sheet)
    if not late:
        return
    places = {column.code: place for place, column in enumerate(columns)}
    day, still_open = places[late["day"]], _mixed(rows[0], places[late["open"]])
    cell = _mixed(rows[0], day)
    formula = f'=AND(ISNUMBER({TODAY_NAME}),ISNUMBER({cell}),{cell}<{TODAY_NAME},{still_open}="")'
    _draw_bad(pen, day, rows, formula)


def _draw_overdue(pen: Pen, columns: Sequence[EntryColumn], rows: Span) -> None:
    """What is overdue is coloured, the day and the number of days."""
    places = {column.code: place for place, column in enumerate(columns)}
    for code in ("due", "overdue_days") if "overdue_days" in places else ():
        cell = _mixed(rows[0], places["overdue_days"])
        _draw_bad(pen, places[code], rows, f"=AND(ISNUMBER({cell}),{cell}>0)")


def _draw_bad(pen: Pen, column: int, rows: Span, formula: str) -> None:
    look = {"bg_color": pen.theme.tone("bad", "fill"), "font_color": pen.theme.tone("bad", "text")}
    rule = {"type": "formula", "criteria": formula, "format": pen.format(look)}
    pen.sheet.conditional_format(rows[0], column, rows[1], column, rule)


def _mixed(row: int, column: int) -> str:
    cell: str = xl_rowcol_to_cell(row, column, col_abs=True)
    return cell
