"""How long after a contact it was written down: in hours of the clock, or in days (R-063, ANALYTICS §5)."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True, slots=True)
class EntryDelay:
    """Delay of each row: ``hours``, 24 for each calendar day where not ``timed``; NaN where a day is missing."""

    hours: pd.Series
    timed: pd.Series

    @classmethod
    def of(cls, log: pd.DataFrame) -> EntryDelay:
        """From ``contacted_on`` and ``entered_on``, and their ``_moment`` columns where a table has them.

        Hours count where both carry a time of day; midnight is how a bare day looks.
        """
        contacted, entered = _moments(log, "contacted_on"), _moments(log, "entered_on")
        days = (entered.dt.normalize() - contacted.dt.normalize()).dt.days
        timed = (contacted != contacted.dt.normalize()) & (entered != entered.dt.normalize())
        hours = (entered - contacted).dt.total_seconds() / 3600
        return cls(hours.where(timed, days * 24.0), timed & hours.notna())


def _moments(log: pd.DataFrame, column: str) -> pd.Series:
    """The moment where a cell named one, else the day."""
    days = pd.to_datetime(log[column] if column in log else pd.Series(None, index=log.index, dtype=object))
    if f"{column}_moment" not in log:
        return days
    moments = pd.to_datetime(log[f"{column}_moment"])
    return moments.where(moments.notna(), days)
