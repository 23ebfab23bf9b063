"""One entry sheet of the template: title, header, ready-made rows, and the rules of every column."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from typing import Any

import pandas as pd

from crmsheet import live_rows
from crmsheet.book.canvas import Pen
from crmsheet.book.design import Formula
from crmsheet.book.draw_page import set_up_paper
from crmsheet.book.entry_columns import EntryColumn, entry_columns, own_columns
from crmsheet.book.entry_pages import NAMING_COLUMNS, layout_of, set_up_pages
from crmsheet.book.entry_rules import draw_entry_rules
from crmsheet.book.measure import line_count, row_height
from crmsheet.book.printed import cell_values
from crmsheet.book.sparse_sheet import GrowingSheet
from crmsheet.book.table_cells import INDENT
from crmsheet.book.theme import Theme
from crmsheet.data import read_toml
from crmsheet.expressions import Rows
from crmsheet.fields import SHEETS
from crmsheet.labels import Labels
from crmsheet.rules import Rules

TITLE_ROW, HINT_ROW, GROUP_ROW, HEADER_ROW, FIRST_ROW = range(5)
TITLE_HEIGHT, HINT_HEIGHT = 32, 20
TABLE_STYLE = "Table Style Medium 2"
MOST_LINES = 4


@dataclass(frozen=True)
class TemplateContext:
    """What every sheet of the template is made with."""

    workbook: Any
    theme: Theme
    labels: Labels
    rules: Rules
    pens: dict[str, Pen] = field(default_factory=dict)

    @property
    def tiers(self) -> dict[str, str]:
        """Label of each tier, by code."""
        return {code: tier.label for code, tier in self.rules.tiers.items()}

    @property
    def words(self) -> dict[str, Any]:
        return read_toml(f"template.{self.labels.language}.toml")

    def add_sheet(self, code: str) -> Pen:
        """A new sheet under its label."""
        sheet = self.workbook.add_worksheet(self.labels.sheet(code), GrowingSheet)
        sheet.set_default_row(self.theme.row_height)
        # XlsxWriter looks through every formula for newer functions; ours repeat down thousands of rows.
        sheet._prepare_formula = lru_cache(maxsize=512)(sheet._prepare_formula)
        self.pens[code] = Pen(self.workbook, sheet, self.theme)
        return self.pens[code]


def draw_entry_sheet(context: TemplateContext, code: str, frame: pd.DataFrame | None) -> None:
    """Draw the sheet ``code``, filled with ``frame`` (columns are field codes) or with blank rows."""
    pen = context.add_sheet(code)
    columns = (
        *entry_columns(SHEETS[code], context.labels, context.tiers, context.rules),
        *own_columns(SHEETS[code], frame, context.labels),
    )
    values: Sequence[Sequence[object]] = _values(context.theme, code, columns, frame)
    if code == live_rows.SHEET:
        values = _live_cells(context, columns, values, frame)
    draw_band(context, pen, code, len(columns))
    _draw_groups(context, pen, code, columns)
    _set_columns(pen, columns)
    last = FIRST_ROW + len(values[0]) - 1
    _add_table(pen, code, columns, last)
    _draw_rows(pen, columns, values)
    ruled = max(last, FIRST_ROW + read_toml("template.toml")["ruled_rows"] - 1)
    draw_entry_rules(pen, code, columns, (FIRST_ROW, ruled), context.words)
    set_up_paper(pen.sheet, context.theme.words["page"], context.words["properties"]["title"])
    set_up_pages(pen.sheet, code, columns, HEADER_ROW)
    pen.sheet.freeze_panes(FIRST_ROW, min(NAMING_COLUMNS, len(columns) - 1))
    pen.sheet.set_tab_color(context.theme.colors["optional"])


def draw_band(context: TemplateContext, pen: Pen, code: str, width: int) -> None:
    """Name of the sheet and one line about it on a dark band, with the link back to the guide."""
    theme = context.theme
    band = theme.text(bg_color=theme.colors["band"], font_color=theme.colors["band_text"])
    title = {**band, "font_size": theme.title_size, "bold": True, "indent": 1}
    hint = {**band, "font_size": theme.small_size, "font_color": theme.colors["band_note"], "indent": 1}
    texts = {TITLE_ROW: context.labels.sheet(code), HINT_ROW: context.words["titles"][code]}
    for row, look, height in ((TITLE_ROW, title, TITLE_HEIGHT), (HINT_ROW, hint, HINT_HEIGHT)):
        pen.sheet.set_row(row, height)
        for column in range(width):
            pen.write(row, column, texts[row] if column == 0 else None, look)
    if code != "guide":
        guide = context.labels.sheet("guide")
        back = context.words["back"].format(sheet=guide)
        pen.link(TITLE_ROW, (2, 2), back, guide, {**hint, "indent": 0})


def header_look(theme: Theme, role: str) -> dict[str, object]:
    """Properties of a header cell; its colour says whether the column must be filled."""
    color = theme.colors[role]
    return theme.text(
        bg_color=color, font_color=theme.colors["band_text"], bold=True, text_wrap=True, align="center",
        **theme.lines(),
    )  # fmt: skip


def _values(
    theme: Theme, code: str, columns: Sequence[EntryColumn], frame: pd.DataFrame | None
) -> list[Sequence[object]]:
    if frame is None or frame.empty:
        return [[None] * _blank_rows(theme, code, columns) for _ in columns]
    nothing: Sequence[object] = [None] * len(frame)
    return [cell_values(frame[one.code], "any") if one.code in frame else nothing for one in columns]


def _live_cells(
    context: TemplateContext,
    columns: Sequence[EntryColumn],
    values: Sequence[Sequence[object]],
    frame: pd.DataFrame | None,
) -> list[list[object]]:
    """The values with live cells in the computed columns; beyond the limit they stay values."""
    raw = pd.DataFrame(index=range(len(values[0]))) if frame is None or frame.empty else frame
    computed = live_rows.live_values(Rows(live_rows.as_seen(raw, context.rules), context.rules))
    keep_formulas = len(raw) <= live_rows.MOST_FORMULAS
    drawn = [list(cells) for cells in values]
    for place, column in enumerate(columns):
        if column.formula:
            cells = computed[column.code]
            drawn[place] = [Formula(column.formula, cell) if keep_formulas else cell for cell in cells]
    return drawn


def _blank_rows(theme: Theme, code: str, columns: Sequence[EntryColumn]) -> int:
    """As many ready-made rows as fill one printed page."""
    page = layout_of(code, columns).page_height
    head = TITLE_HEIGHT + HINT_HEIGHT + theme.row_height + _header_height(theme, columns)
    return int((page - head) / theme.row_height)


def _header_height(theme: Theme, columns: Sequence[EntryColumn]) -> float:
    """Two lines at least: they leave room for the filter buttons below a short header."""
    return row_height(max(2, *(line_count(one.header, one.width + INDENT) for one in columns)), theme)


def _draw_groups(context: TemplateContext, pen: Pen, code: str, columns: Sequence[EntryColumn]) -> None:
    """The line above the header: the groups of a form, or where to start and where the rest is."""
    theme, words = context.theme, context.words
    look = theme.text(
        font_size=theme.small_size, font_color=theme.colors["band"], bg_color=theme.colors["light"], bold=True
    )
    for column in range(len(columns)):
        pen.write(GROUP_ROW, column, None, look)
    extra = [place for place, column in enumerate(columns) if column.role == "extra"]
    groups = read_toml("template.toml")["groups"].get(code, {})
    for group, codes in groups.items():
        first = next(place for place, column in enumerate(columns) if column.code in codes)
        edge = {"left": 1, "left_color": theme.colors["optional"], "indent": 1, "align": "left"}
        pen.write(GROUP_ROW, first, context.labels.words["groups"][group], {**look, **edge})
    if not groups:
        pen.write(GROUP_ROW, 0, words["fill_in"], look)
    if extra and not groups:
        pen.write(
            GROUP_ROW, extra[0] - 1, words["expand"], {**look, "align": "right", "indent": 1, "bold": False}
        )
    if extra:
        pen.write(GROUP_ROW, extra[0], words["more"], look)


def _set_columns(pen: Pen, columns: Sequence[EntryColumn]) -> None:
    """Widths, and the look of rows typed below the table. Columns beyond the standard ones are folded."""
    folded = {"level": 1, "hidden": True}
    for place, column in enumerate(columns):
        look = pen.format(_cell_look(pen.theme, column, lines=False))
        options = folded if column.folded else {"hidden": column.hidden}
        if column.role == "own" and columns[place - 1].folded:
            options = {**options, "collapsed": True}
        pen.sheet.set_column(place, place, column.width, look, options)
    if columns[-1].folded:
        pen.sheet.set_column(len(columns), len(columns), None, None, {"collapsed": True})


def _cell_look(theme: Theme, column: EntryColumn, *, lines: bool = True) -> dict[str, object]:
    # Wrapped, a text stays inside its cell, also beside a folded column.
    look = theme.value(column.format, text_wrap=True)
    return look if lines else {name: value for name, value in look.items() if not name.startswith("border")}


def _draw_rows(pen: Pen, columns: Sequence[EntryColumn], values: Sequence[Sequence[object]]) -> None:
    looks = [_cell_look(pen.theme, column) for column in columns]
    for index in range(len(values[0])):
        row = FIRST_ROW + index
        if (height := _height(pen.theme, columns, values, index)) > pen.theme.row_height:
            pen.sheet.set_row(row, height)
        for place, look in enumerate(looks):
            value = values[place][index]
            pen.write(row, place, value, _day_look(pen.theme, columns[place], value) or look)


def _day_look(theme: Theme, column: EntryColumn, value: object) -> dict[str, object]:
    """The look of a day or moment where the column's own would show a bare number."""
    if isinstance(value, datetime):
        return theme.value("datetime")
    return theme.value("date") if isinstance(value, date) and column.format != "date" else {}


def _height(
    theme: Theme, columns: Sequence[EntryColumn], values: Sequence[Sequence[object]], index: int
) -> float:
    shown = ((column, cells[index]) for column, cells in zip(columns, values, strict=True) if column.shown)
    lines = (line_count(value, column.width) for column, value in shown if isinstance(value, str))
    return row_height(min(max(lines, default=1), MOST_LINES), theme)


def _add_table(pen: Pen, code: str, columns: Sequence[EntryColumn], last: int) -> None:
    theme = pen.theme
    headers = [
        {
            "header": column.header,
            "header_format": pen.format(header_look(theme, column.role)),
            "formula": f"={column.formula}" if column.formula else None,
        }
        for column in columns
    ]
    pen.sheet.set_row(HEADER_ROW, _header_height(theme, columns))
    options = {"name": f"crm_{code}", "style": TABLE_STYLE, "columns": headers}
    pen.sheet.add_table(HEADER_ROW, 0, last, len(columns) - 1, options)
