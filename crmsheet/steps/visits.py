"""Executive visits and interviews that are due (R-085, R-096, ANALYTICS §5)."""

from __future__ import annotations

from datetime import date

import pandas as pd

from crmsheet.rules import Rules
from crmsheet.steps._contact_texts import matches
from crmsheet.steps._plain import step
from crmsheet.steps._reasons import choose, reasons_by, tier_stems
from crmsheet.steps.columns import day_column, is_true, looked_up, need, optional, text
from crmsheet.workdays import Calendar


@step
def plan_visits(
    customers: pd.DataFrame,
    interactions: pd.DataFrame | None,
    rules: Rules,
    as_of: date,
    calendar: Calendar,
) -> pd.DataFrame:
    """Add ``last_executive_visit``, ``visit_due``, ``visit_overdue_days`` (workdays), ``visit_reminder`` and
    ``visit_reason`` (R-085: 高价值 every three months).

    Nobody visited yet is due today; where the log does not mark visits at all nothing is due, and the reason
    says so. Reads ``tier``; of the log ``customer``, ``contacted_on``, ``executive_visit``.

    >>> log = pd.DataFrame({"customer": ["A"], "executive_visit": [True],
    ...     "contacted_on": pd.to_datetime(["2026-08-31"])})
    >>> day = date(2026, 12, 2)
    >>> t = plan_visits(pd.DataFrame({"tier": ["high_value"]}, index=["A"]), log, Rules.load(), day,
    ...     Calendar.around(day))
    >>> t[["visit_due", "visit_overdue_days", "visit_reminder"]].values.tolist()
    [[Timestamp('2026-11-30 00:00:00'), 2.0, 'overdue']]
    """
    need(customers, "plan_visits", "tier")
    every = {code: tier.executive_visit_months for code, tier in rules.tiers.items()}
    months = looked_up(customers["tier"], every, 0).astype("int64")
    wanted = months > 0
    marked = interactions is not None and "executive_visit" in interactions
    last = _last_visit(customers, interactions, as_of)
    never = wanted & marked & last.isna()
    today = pd.Series(pd.Timestamp(as_of), index=customers.index).astype("datetime64[us]")
    due = calendar.roll(_months_later(last, months, wanted), rules.followup.roll).where(~never, today)
    overdue = calendar.workdays_between(due, today)
    unmarked = pd.Series(not marked, index=customers.index)
    way = choose(customers.index, {"": ~wanted, "unknown": unmarked, "never": never}, "cadence")
    return customers.assign(
        last_executive_visit=last,
        visit_due=due,
        visit_overdue_days=overdue.where(overdue > 0, 0).where(due.notna()),
        visit_reminder=_reminder((due - today).dt.days, rules),
        visit_reason=reasons_by(
            way, "visit", rules, tier=tier_stems(customers["tier"], rules), months=months, last=last
        ),
    )


def _reminder(waiting: pd.Series, rules: Rules) -> pd.Series:
    soon = waiting <= rules.visits.due_soon_days
    cases = {"": waiting.isna(), "overdue": waiting < 0, "today": waiting == 0, "soon": soon}
    return choose(waiting.index, cases, "later")


@step
def plan_interviews(
    customers: pd.DataFrame, interactions: pd.DataFrame | None, rules: Rules, as_of: date
) -> pd.DataFrame:
    """Add ``last_interview``, ``interview_due`` and ``interview_reason``: whom to interview in depth (R-096).

    An interview is a contact whose notes call it one. Reads ``tier``; without a log nobody is listed.

    >>> log = pd.DataFrame({"customer": ["A"], "contact_notes": ["与总经理深度访谈，谈未来一年规划"],
    ...     "contacted_on": pd.to_datetime(["2026-03-02"])})
    >>> t = pd.DataFrame({"tier": ["high_value"] * 2}, index=["A", "B"])
    >>> plan_interviews(t, log, Rules.load(), date(2026, 11, 20))["interview_due"].tolist()
    [True, True]
    """
    need(customers, "plan_interviews", "tier")
    since = pd.Timestamp(as_of) - pd.DateOffset(months=rules.interviews.every_months)
    wanted = customers["tier"].isin(rules.interviews.tiers)
    known = interactions is not None
    last = _last_interview(customers, interactions, rules, as_of)
    due = wanted & known & ~(last > since)
    way = choose(
        customers.index,
        {"": ~wanted | (not known), "never": last.isna(), "due": due},
        "done",
    )
    months = rules.interviews.every_months
    return customers.assign(
        last_interview=last,
        interview_due=due,
        interview_reason=reasons_by(
            way, "interview", rules, tier=tier_stems(customers["tier"], rules), months=months, last=last
        ),
    )


def _last_visit(customers: pd.DataFrame, interactions: pd.DataFrame | None, as_of: date) -> pd.Series:
    if interactions is None:
        return _no_days(customers)
    return _latest(customers, interactions[is_true(interactions, "executive_visit")], as_of)


def _last_interview(
    customers: pd.DataFrame, interactions: pd.DataFrame | None, rules: Rules, as_of: date
) -> pd.Series:
    if interactions is None:
        return _no_days(customers)
    said = text(optional(interactions, "contact_notes", None))
    held = matches(said, rules.interviews.words, rules.interviews.not_words)
    return _latest(customers, interactions[held], as_of)


def _latest(customers: pd.DataFrame, contacts: pd.DataFrame, as_of: date) -> pd.Series:
    """Last day of ``contacts`` per customer, not after ``as_of``."""
    if not {"customer", "contacted_on"} <= set(contacts):
        return _no_days(customers)
    days = day_column(contacts, "contacted_on")
    past = contacts[days <= pd.Timestamp(as_of)]
    last = days[past.index].groupby(past["customer"]).max()
    return last.reindex(customers.index).astype("datetime64[us]")


def _no_days(customers: pd.DataFrame) -> pd.Series:
    return pd.Series(pd.NaT, index=customers.index, dtype="datetime64[us]")


def _months_later(days: pd.Series, months: pd.Series, rows: pd.Series) -> pd.Series:
    """The days plus each row's months, the end of the month kept; NaT outside ``rows``."""
    later = pd.Series(pd.NaT, index=days.index, dtype="datetime64[us]")
    for number in months[rows].unique():
        same = rows & (months == number) & days.notna()
        later[same] = days[same] + pd.DateOffset(months=int(number))
    return later
