"""Days that a row's own cells decide: latest contact, planned day, the day of a tier's cadence, workdays since."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from crmsheet.day_numbers import Values, add_months, rolled, workdays_until
from crmsheet.expressions import (
    DAYS_OFF_NAME,
    EVERY_DAY,
    TODAY_NAME,
    Expression,
    Rows,
    Spelling,
    literal,
)
from crmsheet.row_cells import Chosen

TIER_LIST_NAME = "crm_list_tier"
TIER_RANGES = {"cadence_months": "tiers.*.cadence_months", "cadence_days": "tiers.*.cadence_days"}


@dataclass(frozen=True)
class LatestContact:
    """The later of the record's own day, where it is not in the future, and the day on file."""

    def values(self, rows: Rows) -> Values:
        own, known = np.floor(rows.column("last_contact")), rows.column("known_contact")
        usable = (rows.today == 0) | (own <= rows.today)
        return np.asarray(np.maximum(np.where(usable, own, 0.0), np.nan_to_num(known)))

    def formula(self, spelling: Spelling) -> str:
        own, known = spelling.cell("last_contact"), spelling.cell("known_contact")
        on_file = f'IF(N({known})>0,{known},"")'
        past = f"OR({TODAY_NAME}=0,INT({own})<={TODAY_NAME})"
        return f"IF(ISNUMBER({own}),IF({past},MAX(INT({own}),N({known})),{on_file}),{on_file})"


@dataclass(frozen=True)
class PlannedDay:
    """The day of a plan: a date, or a text that begins with one like 2024-03-20."""

    def values(self, rows: Rows) -> Values:
        return rows.column("next_date")

    def formula(self, spelling: Spelling) -> str:
        cell = spelling.cell("next_plan")
        written = f'IF(MID({cell},5,1)&MID({cell},8,1)="--",DATEVALUE(LEFT({cell},10)),"")'
        return f'IFERROR(IF(ISNUMBER({cell}),INT({cell}),{written}),"")'


@dataclass(frozen=True)
class PerTier:
    """A number that stands with each tier, 0 for a row without tier.

    A sheet that lists its tiers under a name is asked; otherwise tiers and numbers are settled in writing.
    """

    fields: tuple[str, ...]

    def values(self, rows: Rows) -> Values:
        tiers = rows.rules.tiers.items()
        sums = {code: float(sum(getattr(tier, name) for name in self.fields)) for code, tier in tiers}
        which, codes = pd.factorize(rows.column("tier"))
        return np.array([*(sums.get(code, 0.0) for code in codes), 0.0], dtype="float64")[which]

    def formula(self, spelling: Spelling) -> str:
        names = [spelling.names.get(TIER_RANGES[field]) for field in self.fields]
        if all(names):
            numbers = "+".join(map(str, names))
            return f"SUMPRODUCT(({TIER_LIST_NAME}={spelling.cell('tier')})*({numbers}))"
        text = "0"
        for code, tier in spelling.rules.tiers.items():
            number = literal(sum(getattr(tier, name) for name in self.fields))
            text = f"IF({Chosen('tier', 'tier', code).formula(spelling)},{number},{text})"
        return text


_MONTHS, _DAYS = PerTier(("cadence_months",)), PerTier(("cadence_days",))


def _contacted(rows: Rows) -> Values:
    return np.asarray(np.maximum(np.nan_to_num(rows.column("latest_contact")), 1))


@dataclass(frozen=True)
class CalendarDay:
    """The last contact plus the tier's cadence, whether that day is worked or not."""

    def values(self, rows: Rows) -> Values:
        return add_months(_contacted(rows), _MONTHS.values(rows)) + _DAYS.values(rows)

    def formula(self, spelling: Spelling) -> str:
        last = spelling.cell("latest_contact")
        return f"EDATE({last},{_MONTHS.formula(spelling)})+{_DAYS.formula(spelling)}"


CALENDAR_DAY = CalendarDay()


@dataclass(frozen=True)
class CadenceDay:
    """The last contact plus the tier's cadence, off days that are not worked but never before the next workday."""

    def values(self, rows: Rows) -> Values:
        last = _contacted(rows)
        due = CALENDAR_DAY.values(rows)
        roll, calendar = rows.rules.followup.roll, rows.calendar
        if roll == "none" or calendar is None:
            return due
        if roll == "following":
            return rolled(due, calendar, "following")
        return np.maximum(rolled(due, calendar, "preceding"), rolled(last + 1, calendar, "following"))

    def formula(self, spelling: Spelling) -> str:
        last = spelling.cell("latest_contact")
        due = CALENDAR_DAY.formula(spelling)
        roll = spelling.rules.followup.roll
        if roll == "none":
            return due
        list_of = f"{EVERY_DAY},{DAYS_OFF_NAME}"
        if roll == "following":
            return f"WORKDAY.INTL({due}-1,1,{list_of})"
        return f"MAX(WORKDAY.INTL({due}+1,-1,{list_of}),WORKDAY.INTL({last},1,{list_of}))"


@dataclass(frozen=True)
class WorkdaysTo:
    """Workdays after ``start`` up to today."""

    start: Expression

    def values(self, rows: Rows) -> Values:
        if rows.calendar is None:
            return np.zeros(1)
        return workdays_until(self.start.values(rows), rows.today, rows.calendar)

    def formula(self, spelling: Spelling) -> str:
        start = self.start.formula(spelling)
        return f"NETWORKDAYS.INTL({start}+1,{TODAY_NAME},{EVERY_DAY},{DAYS_OFF_NAME})"
