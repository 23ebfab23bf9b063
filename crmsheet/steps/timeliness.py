"""Whether contacts are written down in time, and customers looked after every month (R-063, ANALYTICS §5)."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from crmsheet.entry_delay import EntryDelay
from crmsheet.rules import Rules
from crmsheet.steps._plain import step
from crmsheet.steps._reasons import choose, reasons_by
from crmsheet.steps.columns import day_column, need


@step
def check_entry_delay(interactions: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    """Add ``entry_delay_hours``, ``entry_delay_days`` (calendar days), ``entry_state`` (in_time, late, before;
    blank = not known) and ``entry_reason``: the 24-hour rule.

    Clock hours count where both cells carry a time of day, else calendar days (24 h = 1 day), and the hours are
    NaN. ``before``: an entry older than its contact is a slip of the pen, not punctual. Reads ``contacted_on``,
    ``entered_on`` and, where the table has them, ``contacted_on_moment``, ``entered_on_moment``.

    >>> t = pd.DataFrame({"contacted_on": pd.to_datetime(["2026-11-02 00:00", "2026-11-02 09:00"]),
    ...     "entered_on": pd.to_datetime(["2026-11-03 00:00", "2026-11-03 09:01"])})
    >>> check_entry_delay(t, Rules.load())["entry_state"].tolist()
    ['in_time', 'late']
    """
    delay, limit = EntryDelay.of(interactions), rules.timeliness.entry_hours
    contacted, entered = (day_column(interactions, name) for name in ("contacted_on", "entered_on"))
    state = choose(
        interactions.index,
        {"": delay.hours.isna(), "before": delay.hours < 0, "late": delay.hours > limit},
        "in_time",
    )
    days = (entered - contacted).dt.days.astype("float64")
    way = state.where(state != "in_time", "").mask((state == "late") & delay.timed, "late_hours")
    minutes = np.ceil((delay.hours * 60).round(6))  # a second too late is not “24 hours and 0 minutes”
    return interactions.assign(
        entry_delay_hours=delay.hours.where(delay.timed),
        entry_delay_days=days,
        entry_state=state,
        entry_reason=reasons_by(
            way, "entry", rules, days=days, limit=limit, hours=minutes // 60, minutes=minutes % 60
        ),
    )


@step
def check_updates(customers: pd.DataFrame, rules: Rules, as_of: date) -> pd.DataFrame:
    """Add ``update_due`` (bool) and ``update_reason``: nothing was noted for a month (R-063).

    Reads ``last_contact``.

    >>> t = pd.DataFrame({"last_contact": pd.to_datetime(["2026-10-20", "2026-10-19", None])})
    >>> check_updates(t, Rules.load(), date(2026, 11, 20))["update_due"].tolist()
    [False, True, True]
    """
    need(customers, "check_updates", "last_contact")
    last = day_column(customers, "last_contact")
    last = last.where(last <= pd.Timestamp(as_of))  # a slip of the pen, not a fresh contact
    oldest = pd.Timestamp(as_of) - pd.DateOffset(months=rules.timeliness.update_months)
    due = ~(last >= oldest)
    months = rules.timeliness.update_months
    way = choose(customers.index, {"": ~due, "never": last.isna()}, "stale")
    return customers.assign(
        update_due=due, update_reason=reasons_by(way, "update", rules, last=last, months=months)
    )
