"""Whether contacts are written down in time, and customers looked after every month (R-063, ANALYTICS §5)."""

from __future__ import annotations

from datetime import date

import pandas as pd

from crmsheet.rules import Rules
from crmsheet.steps._reasons import choose, reasons_by
from crmsheet.steps.columns import need, optional


def check_entry_delay(interactions: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    """Add ``entry_delay_days`` (calendar days), ``entry_state`` (in_time, late, before; blank = not known)
    and ``entry_reason``: the 24-hour rule.

    Clock hours count where both cells carry a time of day, else calendar days (24 h = 1 day). ``before``: an
    entry older than its contact is a slip of the pen, not punctual. Reads ``contacted_on``, ``entered_on``.

    >>> t = pd.DataFrame({"contacted_on": pd.to_datetime(["2026-11-02 00:00", "2026-11-02 09:00"]),
    ...     "entered_on": pd.to_datetime(["2026-11-03 00:00", "2026-11-03 09:01"])})
    >>> check_entry_delay(t, Rules.load())["entry_state"].tolist()
    ['in_time', 'late']
    """
    contacted = pd.to_datetime(optional(interactions, "contacted_on", None))
    entered = pd.to_datetime(optional(interactions, "entered_on", None))
    days = (entered.dt.normalize() - contacted.dt.normalize()).dt.days.astype("float64")
    timed = (contacted != contacted.dt.normalize()) & (entered != entered.dt.normalize())
    hours = ((entered - contacted).dt.total_seconds() / 3600).where(timed, days * 24)
    state = choose(
        interactions.index,
        {"": hours.isna(), "before": hours < 0, "late": hours > rules.timeliness.entry_hours},
        "in_time",
    )
    limit = rules.timeliness.entry_hours
    return interactions.assign(
        entry_delay_days=days,
        entry_state=state,
        entry_reason=reasons_by(state.where(state != "in_time", ""), "entry", rules, days=days, hours=limit),
    )


def check_updates(customers: pd.DataFrame, rules: Rules, as_of: date) -> pd.DataFrame:
    """Add ``update_due`` (bool) and ``update_reason``: nothing was noted for a month (R-063).

    Reads ``last_contact``.

    >>> t = pd.DataFrame({"last_contact": pd.to_datetime(["2026-10-20", "2026-10-19", None])})
    >>> check_updates(t, Rules.load(), date(2026, 11, 20))["update_due"].tolist()
    [False, True, True]
    """
    need(customers, "check_updates", "last_contact")
    last = pd.to_datetime(customers["last_contact"])
    oldest = pd.Timestamp(as_of) - pd.DateOffset(months=rules.timeliness.update_months)
    due = ~(last >= oldest)
    months = rules.timeliness.update_months
    way = choose(customers.index, {"": ~due, "never": last.isna()}, "stale")
    return customers.assign(
        update_due=due, update_reason=reasons_by(way, "update", rules, last=last, months=months)
    )
