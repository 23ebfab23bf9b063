"""The workbook a team starts with: guide, entry sheets, settings, holidays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from crmsheet.book.canvas import CREATED, new_workbook
from crmsheet.book.choice_lists import choice_lists
from crmsheet.book.days_off import draw_days_off
from crmsheet.book.entry_sheet import TemplateContext, draw_entry_sheet
from crmsheet.book.guide_sheet import draw_guide_sheet
from crmsheet.book.holiday_rows import holiday_rows
from crmsheet.book.macros import Macros, add_macros
from crmsheet.book.settings_sheet import draw_settings_sheet
from crmsheet.book.theme import Theme
from crmsheet.data import read_toml
from crmsheet.labels import Labels
from crmsheet.rules import Rules
from crmsheet.settings import SettingLine


def template(
    *,
    labels: Labels,
    rules_rows: Sequence[SettingLine],
    tables: Mapping[str, pd.DataFrame] | None = None,
    macros: Macros | None = None,
    rules: Rules | None = None,
) -> bytes:
    """The template as an .xlsx file, with ``macros`` as an .xlsm; the same call gives the same bytes.

    ``rules_rows`` fill the settings sheet. ``tables`` (sheet code → frame whose columns are field codes) fill
    entry sheets; the holiday sheet lists the published days unless ``tables`` brings its own.
    """
    theme = Theme.load(labels.language)
    workbook, buffer = new_workbook(theme)
    context = TemplateContext(workbook, theme, labels, rules or Rules.load())
    workbook.set_properties({"title": context.words["properties"]["title"], "created": CREATED})
    given = {"holidays": holiday_rows(labels), **(tables or {})}
    draw_guide_sheet(context, has_buttons=macros is not None)
    for code in read_toml("template.toml")["sheets"]:
        draw_entry_sheet(context, code, given.get(code))
    draw_settings_sheet(context, rules_rows, choice_lists(labels, rules_rows))
    draw_entry_sheet(context, "holidays", given["holidays"])
    draw_days_off(context, given["holidays"])
    if macros is not None:
        add_macros(workbook, macros)
    workbook.close()
    return buffer.getvalue()
