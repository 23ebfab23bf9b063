"""Whom to contact when: due dates per tier, plans, workdays overdue (R-085 … R-088, ANALYTICS §5)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pandas as pd

from crmsheet.day_numbers import day_numbers, day_stamps
from crmsheet.expressions import Rows
from crmsheet.row_rules import DUE, NOMINAL_DUE, OVERDUE
from crmsheet.rules import Rules
from crmsheet.steps._plain import step
from crmsheet.steps._reasons import choose, reasons_by, tier_stems
from crmsheet.steps.columns import day_column, looked_up, need
from crmsheet.workdays import Calendar

_NOT_DUE, _TODAY = "not_due", "today"
_BUCKETS = ((3, "1-3"), (7, "4-7"), (14, "8-14"), (30, "15-30"))


@step
def plan_followups(customers: pd.DataFrame, rules: Rules, as_of: date, calendar: Calendar) -> pd.DataFrame:
    """Add ``nominal_due``, ``due``, ``overdue_days`` (workdays), ``ageing``, ``reminder`` and ``due_reason``.

    Reads ``tier`` and ``last_contact``; a planned ``next_date`` after the last contact wins when it is earlier
    than the tier's cadence or on its very day, later plans are marked ``late_plan``. A due date on a day off moves to
    the previous workday, since a cadence must not be stretched by a holiday; a plan is compared with the day before
    that move, and stays where it was agreed. ``reminder`` is overdue, today, soon or later;
    blank when the tier has no cadence and nothing is planned. Nobody ever contacted is due at once; a contact
    after ``as_of`` is none.

    >>> t = pd.DataFrame({"tier": ["churn_risk"], "last_contact": [pd.Timestamp("2025-09-26")]})
    >>> day = date(2025, 10, 9)
    >>> plan_followups(t, Rules.load(), day, Calendar.around(day))[["due", "overdue_days"]].values.tolist()
    [[Timestamp('2025-09-30 00:00:00'), 1.0]]
    """
    need(customers, "plan_followups", "tier", "last_contact")
    last = day_column(customers, "last_contact")
    last = last.where(last <= pd.Timestamp(as_of))  # a slip of the pen, not a fresh contact
    planned = day_column(customers, "next_date")
    planned = planned.where(last.isna() | (planned > last))
    nominal, due, overdue = _computed(customers["tier"], (last, planned), rules, (as_of, calendar))
    todays = pd.Series(pd.Timestamp(as_of), index=customers.index).astype("datetime64[us]")
    result = customers.assign(
        nominal_due=nominal,
        due=due,
        late_plan=planned.notna() & (due != planned),
        never_contacted=last.isna(),
        overdue_days=overdue,
        ageing=_ageing(due, todays, overdue),
        reminder=_reminder((due - todays).dt.days, rules),
    )
    return result.assign(due_reason=_reasons(result, planned, last, rules))


def _computed(
    tiers: pd.Series, days: tuple[pd.Series, pd.Series], rules: Rules, when: tuple[date, Calendar]
) -> tuple[pd.Series, pd.Series, pd.Series]:
    """Day by cadence, day due, workdays overdue: the rules of one row that the entry sheet computes too. ``days``
    are those of the last contact and of the plan.
    """
    index = tiers.index
    today = day_numbers(pd.Series([pd.Timestamp(when[0])]))[0]
    columns = {
        "tier": tiers.to_numpy(dtype=object),
        "latest_contact": day_numbers(days[0]),
        "planned_day": day_numbers(days[1]),
    }
    rows = Rows(columns, rules, today, when[1])
    nominal = NOMINAL_DUE.values(rows)
    rows = replace(rows, columns={**columns, "nominal_due": nominal})
    due = DUE.values(rows)
    overdue = OVERDUE.values(replace(rows, columns={**rows.columns, "due": due}))
    return day_stamps(nominal, index), day_stamps(due, index), pd.Series(overdue, index=index)


def _ageing(due: pd.Series, today: pd.Series, overdue: pd.Series) -> pd.Series:
    late = {name: overdue <= limit for limit, name in _BUCKETS}
    return choose(due.index, {"": due.isna(), _NOT_DUE: due > today, _TODAY: due == today, **late}, ">30")


def _reminder(waiting: pd.Series, rules: Rules) -> pd.Series:
    soon = waiting <= rules.followup.due_soon_days
    cases = {"": waiting.isna(), "overdue": waiting < 0, "today": waiting == 0, "soon": soon}
    return choose(waiting.index, cases, "later")


def _reasons(customers: pd.DataFrame, planned: pd.Series, last: pd.Series, rules: Rules) -> pd.Series:
    tiers = rules.tiers.items()
    often = {code: rules.labels.how_often(tier.cadence_months, tier.cadence_days) for code, tier in tiers}
    way = choose(
        customers.index,
        {
            "none": customers["due"].isna(),
            "planned": planned.notna() & ~customers["late_plan"],
            "never": customers["never_contacted"],
            "late_plan": customers["late_plan"],
        },
        "cadence",
    )
    return reasons_by(
        way,
        "due",
        rules,
        tier=tier_stems(customers["tier"], rules),
        last=last,
        planned=planned,
        cadence=looked_up(customers["tier"], often),
    )
