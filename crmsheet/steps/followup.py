"""Whom to contact when: due dates per tier, plans, workdays overdue (R-085 … R-088, ANALYTICS §5)."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from crmsheet.rules import Rules
from crmsheet.steps.columns import need, optional
from crmsheet.workdays import Calendar

_NOT_DUE, _TODAY = "not_due", "today"
_BUCKETS = ((3, "1-3"), (7, "4-7"), (14, "8-14"), (30, "15-30"))


def plan_followups(customers: pd.DataFrame, rules: Rules, as_of: date, calendar: Calendar) -> pd.DataFrame:
    """Add ``nominal_due``, ``due``, ``overdue_days`` (workdays), ``ageing``, ``reminder`` and ``due_reason``.

    Reads ``tier`` and ``last_contact``; a planned ``next_date`` after the last contact wins when it is earlier
    than the tier's cadence, later plans are marked ``late_plan``. A due date on a day off moves to the previous
    workday, since a cadence must not be stretched by a holiday. ``reminder`` is overdue, today, soon or later;
    blank when the tier has no cadence and nothing is planned. Nobody ever contacted is due at once.

    >>> t = pd.DataFrame({"tier": ["churn_risk"], "last_contact": [pd.Timestamp("2025-09-26")]})
    >>> day = date(2025, 10, 9)
    >>> plan_followups(t, Rules.load(), day, Calendar.around(day))[["due", "overdue_days"]].values.tolist()
    [[Timestamp('2025-09-30 00:00:00'), 1.0]]
    """
    need(customers, "plan_followups", "tier", "last_contact")
    last = pd.to_datetime(customers["last_contact"]).astype("datetime64[us]")
    planned = pd.to_datetime(optional(customers, "next_date", None)).astype("datetime64[us]")
    planned = planned.where(last.isna() | (planned > last))
    never = last.isna()
    today = pd.Timestamp(as_of)
    nominal = _rolled(_nominal(customers["tier"], last, rules), last, rules, calendar)
    nominal = nominal.where(~(never & _has_cadence(customers["tier"], rules)), today)
    early = planned.notna() & (nominal.isna() | (planned <= nominal) | never)
    due = nominal.where(~early, planned)
    todays = pd.Series(today, index=customers.index).astype("datetime64[us]")
    overdue = calendar.workdays_between(due, todays)
    waiting = (due - todays).dt.days
    result = customers.assign(
        nominal_due=nominal,
        due=due,
        late_plan=planned.notna() & ~early,
        never_contacted=never,
        overdue_days=overdue.where(overdue > 0, 0).where(due.notna()),
        ageing=_ageing(due, todays, overdue),
        reminder=_reminder(waiting, rules),
    )
    return result.assign(due_reason=_reasons(result, planned, last, rules))


def _has_cadence(tiers: pd.Series, rules: Rules) -> pd.Series:
    regular = {code for code, tier in rules.tiers.items() if tier.cadence_months or tier.cadence_days}
    return tiers.isin(regular)


def _nominal(tiers: pd.Series, last: pd.Series, rules: Rules) -> pd.Series:
    """Last contact plus the cadence of the tier; months are calendar months with the end of month kept."""
    due = pd.Series(pd.NaT, index=last.index, dtype="datetime64[us]")
    for code, tier in rules.tiers.items():
        rows = (tiers == code) & last.notna()
        if tier.cadence_months or tier.cadence_days:
            step = pd.DateOffset(months=tier.cadence_months, days=tier.cadence_days)
            due[rows] = last[rows] + step
    return due


def _rolled(nominal: pd.Series, last: pd.Series, rules: Rules, calendar: Calendar) -> pd.Series:
    """Off non-workdays; where rolling back over a long holiday reaches the last contact, forward instead."""
    rolled = calendar.roll(nominal, rules.followup.roll)
    return rolled.where(~(rolled <= last), calendar.roll(nominal, "following"))


def _ageing(due: pd.Series, today: pd.Series, overdue: pd.Series) -> pd.Series:
    cases = [due.isna(), due > today, due == today, *(overdue <= limit for limit, _ in _BUCKETS)]
    names = ["", _NOT_DUE, _TODAY, *(name for _, name in _BUCKETS)]
    return pd.Series(
        np.select([case.to_numpy() for case in cases], names, default=">30"), index=due.index, dtype=object
    )


def _reminder(waiting: pd.Series, rules: Rules) -> pd.Series:
    cases = [waiting.isna(), waiting < 0, waiting == 0, waiting <= rules.followup.due_soon_days]
    names = ["", "overdue", "today", "soon"]
    return pd.Series(
        np.select([case.to_numpy() for case in cases], names, default="later"),
        index=waiting.index,
        dtype=object,
    )


def _reasons(customers: pd.DataFrame, planned: pd.Series, last: pd.Series, rules: Rules) -> pd.Series:
    label_of = {code: tier.label for code, tier in rules.tiers.items()}
    facts = {
        "tier": customers["tier"].map(label_of).fillna(""),
        "last": last.dt.strftime("%Y-%m-%d"),
        "planned": planned.dt.strftime("%Y-%m-%d"),
        "cadence": customers["tier"].map({code: _cadence(code, rules) for code in rules.tiers}),
    }
    way = np.select(
        [
            customers["due"].isna(),
            (planned.notna() & ~customers["late_plan"]).to_numpy(),
            customers["never_contacted"].to_numpy(),
            customers["late_plan"].to_numpy(),
        ],
        ["none", "planned", "never", "late_plan"],
        default="cadence",
    )
    reasons = pd.Series("", index=customers.index, dtype=object)
    for kind in np.unique(way):
        rows = way == kind
        reasons[rows] = rules.labels.phrases(
            f"reason.due_{kind}", customers.index[rows], **{name: fact[rows] for name, fact in facts.items()}
        )
    return reasons


def _cadence(code: str, rules: Rules) -> str:
    tier = rules.tiers[code]
    if tier.cadence_months:
        return rules.labels.phrase("every_months", n=tier.cadence_months)
    return rules.labels.phrase("every_days", n=tier.cadence_days) if tier.cadence_days else ""
