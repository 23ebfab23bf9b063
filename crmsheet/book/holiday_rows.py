"""The published Chinese holidays and make-up workdays, as rows of the holiday sheet."""

from __future__ import annotations

import pandas as pd
from chinese_calendar.constants import Holiday, holidays, workdays

from crmsheet.data import read_toml
from crmsheet.labels import Labels


def holiday_rows(labels: Labels) -> pd.DataFrame:
    """Days off and make-up workdays of the published years, then the days that law alone fixes for the next.

    >>> rows = holiday_rows(Labels.load())
    >>> rows.iloc[0].tolist()
    [datetime.date(2026, 1, 1), '休', '元旦']
    """
    layout, words = read_toml("template.toml"), read_toml(f"template.{labels.language}.toml")
    off, on = labels.choice("day_kind", "holiday"), labels.choice("day_kind", "workday")
    years = set(layout["holiday_years"])
    rows = [(day, off, _name(name, labels)) for day, name in holidays.items() if day.year in years]
    rows += [
        (day, on, words["workday"].format(holiday=_name(name, labels)))
        for day, name in workdays.items()
        if day.year in years
    ]
    rows.sort()
    rows += [(day, off, words["fixed_holiday"]) for day in layout["fixed_holidays"]]
    return pd.DataFrame(rows, columns=["holiday_date", "day_kind", "description"])


def _name(english: str, labels: Labels) -> str:
    names = {one.value: one.chinese for one in Holiday}
    return names.get(english, english) if labels.language == "zh" else english
