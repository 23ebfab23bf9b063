"""Cell functions about days: the date in a plan, the day a contact is due, workdays."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pandas as pd

from crmsheet import steps
from crmsheet.clean.headers import field_of
from crmsheet.excel.arrays import Grid, is_blank
from crmsheet.excel.functions import NOT_AVAILABLE
from crmsheet.excel.texts import quoted, told
from crmsheet.excel.typed_columns import ANY_DAY, tier_problems, typed
from crmsheet.rules import Rules
from crmsheet.workdays import Calendar

FIRST_NUMBER, LAST_NUMBER = 1, 2958465  # 1900-01-01 and 9999-12-31 as Excel counts days
LAST_YEAR = 9900  # dues are counted years ahead, and no calendar goes beyond 9999


def next_date(rules: Rules, plan: list[Any], last_contact: list[Any]) -> list[Any]:
    """The day a plan names, counted from the last contact; #N/A for a plan without one.

    Without a last contact only a full date counts: 下周三 alone says no day.
    """
    contacts, wrong = _days(last_contact, rules)
    return told(_planned(plan, contacts, rules), wrong)


def _planned(plan: list[Any], contacts: pd.Series, rules: Rules) -> pd.Series:
    base = contacts.map(lambda day: ANY_DAY if pd.isna(day) else day.date()).astype(object)
    days = typed({"next_plan": plan}, rules, base=base)[0]["next_date"].reset_index(drop=True)
    elsewhere = typed({"next_plan": plan}, rules, base=_OTHER_DAY)[0]["next_date"].reset_index(drop=True)
    return days.where(contacts.notna() | (days == elsewhere))


_OTHER_DAY = date(2001, 2, 3)


def due(
    rules: Rules, tier: list[Any], last_contact: list[Any], as_of: list[Any], plan: list[Any]
) -> list[Any]:
    """``plan_followups``: the day a customer of that tier is due; nobody ever contacted is due on ``as_of``."""
    tiers, unknown = typed({"manual_tier": tier}, rules, entity="profiles")
    contacts, wrong = _days(last_contact, rules)
    days, wrong_day = _days(as_of, rules)
    table = pd.DataFrame(
        {
            "tier": tiers["manual_tier"].fillna("").reset_index(drop=True),
            "last_contact": contacts,
            "next_date": _planned(plan, contacts, rules),
        }
    )
    found = _due_days(table, days.where(days.notna(), contacts), rules)
    found = found.where(days.notna() | contacts.notna())
    problems = zip(tier_problems(unknown, rules), wrong, wrong_day, strict=True)
    return told(found, [next(filter(None, row), "") for row in problems])


def _due_days(table: pd.DataFrame, judged: pd.Series, rules: Rules) -> pd.Series:
    """Day due of each row, judged on its own day.

    A row with a contact by then is due on the same day whichever later day it is judged on, so that one call of the
    step, with the same calendar, serves a whole year of them; the others are due on the day itself.
    """
    found = pd.Series(pd.NaT, index=table.index, dtype="datetime64[us]")
    groups = judged.where(table["last_contact"].isna() | (table["last_contact"] > judged), judged.dt.year)
    for _, rows in judged.groupby(groups.astype(str).where(judged.notna())):
        today = rows.max().date()
        part = steps.plan_followups(table.loc[rows.index], rules, today, Calendar.around(today))
        found[rows.index] = part["due"]
    return found


def workdays(rules: Rules, start: list[Any], end: list[Any], holidays: Grid) -> list[Any]:
    """Workdays after ``start`` up to and with ``end``; negative when it is before. ``holidays`` are days off."""
    first, wrong_first = _days(start, rules)
    last, wrong_last = _days(end, rules)
    known = pd.concat([first, last]).dropna()
    own, wrong_own = _own_days(holidays, rules)
    wrong = [a or b or wrong_own for a, b in zip(wrong_first, wrong_last, strict=True)]
    if known.empty:
        return [problem or NOT_AVAILABLE for problem in wrong]
    calendar = Calendar(known.min().date(), known.max().date(), own)
    return told(calendar.workdays_between(first, last), wrong)


def _own_days(holidays: Grid, rules: Rules) -> tuple[tuple[tuple[date, bool], ...], str]:
    """Days off (True) and days worked (False), and what is wrong: a second column may say 班; a header is none."""
    has_header = bool(holidays) and field_of(str(holidays[0][0]), sheet="holidays") == "holiday_date"
    rows = [row for row in holidays[has_header:] if not is_blank(row[0])]
    days, wrong = _days([row[0] for row in rows], rules)
    kinds = [rules.labels.choice_code("day_kind", str(row[1])) if row[1:] else "" for row in rows]
    own = ((day.date(), kind != "workday") for day, kind in zip(days, kinds, strict=True) if pd.notna(day))
    return tuple(own), next(filter(None, wrong), "")


def _days(cells: list[Any], rules: Rules) -> tuple[pd.Series, list[str]]:
    """Days of cells: dates, Excel's numbers of days and texts; NaT and a problem for what is none.

    Nor is 下周三 a day here: nobody says which week it is counted from.
    """
    plain = [_from_number(cell) for cell in cells]
    days = _read_days(plain, ANY_DAY, rules)
    if any(isinstance(cell, str) for cell in plain):
        days = days.where(days == _read_days(plain, _OTHER_DAY, rules))
    days = days.where(days.dt.year <= LAST_YEAR)
    wrong = [
        rules.labels.phrase("function_date", value=quoted(cell))
        if pd.isna(day) and not is_blank(cell)
        else ""
        for cell, day in zip(cells, days, strict=True)
    ]
    return days, wrong


def _read_days(cells: list[Any], base: date, rules: Rules) -> pd.Series:
    return typed({"last_contact": cells}, rules, base=base)[0]["last_contact"].reset_index(drop=True)


def _from_number(cell: Any) -> Any:
    if isinstance(cell, bool) or not isinstance(cell, int | float):
        return cell
    if not FIRST_NUMBER <= cell <= LAST_NUMBER:
        return str(cell)
    return datetime.fromordinal(int(cell) + datetime(1899, 12, 30).toordinal())
