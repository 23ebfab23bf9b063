"""The settings sheet: one line per rule, and to the right the lists that feed the dropdowns."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from xlsxwriter.utility import xl_rowcol_to_cell

from crmsheet.book.canvas import Pen
from crmsheet.book.cell_rules import LONGEST_LIST, LONGEST_PROMPT, prompt
from crmsheet.book.choice_lists import ChoiceList
from crmsheet.book.draw_page import set_up_paper
from crmsheet.book.entry_columns import limit_settings
from crmsheet.book.entry_rules import AS_OF_NAME
from crmsheet.book.entry_sheet import (
    FIRST_ROW,
    GROUP_ROW,
    HEADER_ROW,
    TABLE_STYLE,
    TemplateContext,
    draw_band,
    header_look,
)
from crmsheet.book.measure import fitting_width, line_count, row_height
from crmsheet.live_rows import named_settings
from crmsheet.settings import PRACTICALLY_UNLIMITED, SettingLine

GROUP, LABEL, VALUE, UNIT, DEFAULT, ALLOWED, NOTE, KEY = range(8)
WIDTHS = (12, 28, 60, 7, 14, 20, 44, 30)
PRINTED = KEY  # the key is for programs: it is not printed
FIRST_LIST = 9
AS_OF_KEY = "as_of"
# Longer lists of words show their beginning; the whole stands in the formula bar.
MOST_LINES = 8
SPAN = re.compile(r"([\d.]+) – ([\d.]+)$|≥ ([\d.]+)$")


def draw_settings_sheet(
    context: TemplateContext, lines: Sequence[SettingLine], lists: Sequence[ChoiceList]
) -> None:
    """Draw the settings and the lists, and name the lists and the day everything is judged from."""
    pen = context.add_sheet("settings")
    draw_band(context, pen, "settings", len(WIDTHS))
    _draw_hint(context, pen)
    for place, width in enumerate(WIDTHS):
        pen.sheet.set_column(place, place, width)
    names = tuple({line.group for line in lines})
    pen.sheet.set_column(0, 0, fitting_width(names, at_least=WIDTHS[0], at_most=20))
    groups = ["", *(line.group for line in lines)]
    for index, line in enumerate(lines):
        _draw_line(context, pen, FIRST_ROW + index, line)
        _draw_group(context, pen, FIRST_ROW + index, line.group, begins=line.group != groups[index])
    last = FIRST_ROW + max(len(lines), 1) - 1
    _add_table(context, pen, last)
    _mark_changes(pen, last)
    _draw_lists(context, pen, lists, {line.key: FIRST_ROW + place for place, line in enumerate(lines)})
    _set_up_page(context, pen, last)


def _draw_hint(context: TemplateContext, pen: Pen) -> None:
    theme = context.theme
    pen.sheet.set_row(GROUP_ROW, 34)
    look = theme.text(
        font_size=theme.small_size, font_color=theme.colors["band"], bg_color=theme.colors["light"],
        text_wrap=True, align="left", indent=1,
    )  # fmt: skip
    pen.write_span(GROUP_ROW, (0, PRINTED - 1), context.words["settings_hint"], look)


def _draw_group(context: TemplateContext, pen: Pen, row: int, group: str, *, begins: bool) -> None:
    """The group stands in every line, so that the table can be filtered, and is read only where it begins."""
    theme = context.theme
    color = theme.colors["band"] if begins else theme.colors["faint"]
    edge = {"top": 2, "top_color": theme.colors["optional"]} if begins else {}
    pen.write(row, GROUP, group, theme.value("text", bold=begins, font_color=color, **edge))


def _draw_line(context: TemplateContext, pen: Pen, row: int, line: SettingLine) -> None:
    theme = context.theme
    quiet = theme.value("text", font_color=theme.colors["muted"])
    small = {**quiet, "font_size": theme.small_size}
    value_look = _value_look(context, line)
    cells = {
        KEY: (line.key, {**small, "text_wrap": False}),
        LABEL: (line.label, theme.value("text")),
        VALUE: (line.value, value_look),
        UNIT: (line.unit, {**quiet, "align": "center", "indent": 0}),
        DEFAULT: (
            line.default,
            {**value_look, "bold": False, "font_color": theme.colors["muted"], "text_wrap": False},
        ),
        ALLOWED: (line.allowed, small),
        NOTE: (_note(context, line), quiet),
    }
    for place, (value, look) in cells.items():
        pen.write(row, place, value, look)
    pen.sheet.set_row(row, _height(context, line))
    pen.sheet.data_validation(row, VALUE, row, VALUE, _check(context, line))
    name = {AS_OF_KEY: AS_OF_NAME, **named_settings(), **limit_settings()}.get(line.key)
    if name:
        context.workbook.define_name(name, f"={_place(context, row, VALUE)}")


def _value_look(context: TemplateContext, line: SettingLine) -> dict[str, object]:
    theme = context.theme
    if line.key == AS_OF_KEY or isinstance(line.value, date):
        return theme.value("date", bold=True)
    if isinstance(line.value, str):
        long = line_count(line.value, WIDTHS[VALUE]) > MOST_LINES
        short = len(line.value) < WIDTHS[VALUE] / 2
        return theme.value("text", bold=short, valign="top" if long else "vcenter")
    money = line.unit == context.labels.words["units"]["yuan"]
    return theme.value("money" if money else "plain_score", align="center", indent=0, bold=True)


def _note(context: TemplateContext, line: SettingLine) -> str:
    """The note, and how many words the default has where its narrow cell shows only the first of them."""
    if line.words and line_count(str(line.default), WIDTHS[DEFAULT]) > 1:
        return str(context.words["default_count"]).format(note=line.note, count=line.words)
    return line.note


def _height(context: TemplateContext, line: SettingLine) -> float:
    texts = ((line.value, VALUE), (_note(context, line), NOTE), (line.label, LABEL), (line.allowed, ALLOWED))
    lines = (line_count(text, WIDTHS[place]) for text, place in texts if isinstance(text, str))
    return row_height(min(max(lines, default=1), MOST_LINES), context.theme)


def _check(context: TemplateContext, line: SettingLine) -> dict[str, Any]:
    """What the value may be, said when the cell is selected and checked when it is typed."""
    rule = prompt(line.label, "\n".join(filter(None, (line.note, line.allowed)))[:LONGEST_PROMPT])
    if line.choices and len(",".join(line.choices)) <= LONGEST_LIST:
        return {**rule, "validate": "list", "source": list(line.choices)}
    span = SPAN.match(line.allowed)
    if span:
        low, high = float(span[1] or span[3]), float(span[2] or PRACTICALLY_UNLIMITED)
        message = context.words["number_message"].format(low=f"{low:g}", high=f"{high:,.0f}")
        limits = {"validate": "decimal", "criteria": "between", "minimum": low, "maximum": high}
        return {**rule, **limits, "error_title": context.words["number_title"], "error_message": message}
    return rule


def _add_table(context: TemplateContext, pen: Pen, last: int) -> None:
    theme = context.theme
    pen.sheet.set_row(HEADER_ROW, 26)
    headers = [
        {
            "header": header,
            "header_format": pen.format(header_look(theme, "required" if place == VALUE else "optional")),
        }
        for place, header in enumerate(context.words["setting_headers"])
    ]
    options = {"name": "crm_settings", "style": TABLE_STYLE, "columns": headers}
    pen.sheet.add_table(HEADER_ROW, 0, last, len(WIDTHS) - 1, options)


def _mark_changes(pen: Pen, last: int) -> None:
    value = xl_rowcol_to_cell(FIRST_ROW, VALUE, col_abs=True)
    default = xl_rowcol_to_cell(FIRST_ROW, DEFAULT, col_abs=True)
    look = pen.format({"bg_color": pen.theme.colors["changed"]})
    rule = {"type": "formula", "criteria": f"={value}<>{default}", "format": look}
    pen.sheet.conditional_format(FIRST_ROW, VALUE, last, VALUE, rule)


def _draw_lists(
    context: TemplateContext, pen: Pen, lists: Sequence[ChoiceList], rows: Mapping[str, int]
) -> None:
    theme = context.theme
    heading = theme.text(bold=True, font_size=theme.heading_size, font_color=theme.colors["band"])
    pen.write(GROUP_ROW, FIRST_LIST, context.words["lists_title"], heading)
    for column, one in enumerate(lists, start=FIRST_LIST):
        pen.sheet.set_column(
            column, column, fitting_width((one.header, *map(str, one.words)), at_least=12, at_most=40)
        )
        pen.write(HEADER_ROW, column, one.header, header_look(theme, "required" if one.room else "computed"))
        for row, word in enumerate(one.cells(rows), start=FIRST_ROW):
            pen.write(row, column, word, theme.value("text", text_wrap=False))
        name = one.range(context.labels.sheet("settings"), FIRST_ROW, column)
        context.workbook.define_name(one.name, name)


def _place(context: TemplateContext, row: int, column: int) -> str:
    return (
        f"'{context.labels.sheet('settings')}'!{xl_rowcol_to_cell(row, column, row_abs=True, col_abs=True)}"
    )


def _set_up_page(context: TemplateContext, pen: Pen, last: int) -> None:
    sheet = pen.sheet
    set_up_paper(sheet, context.theme.words["page"], context.words["properties"]["title"])
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(HEADER_ROW, HEADER_ROW)
    sheet.print_area(0, 0, last, PRINTED - 1)
    sheet.freeze_panes(FIRST_ROW, 2)
    sheet.set_tab_color(context.theme.tone("watch"))
