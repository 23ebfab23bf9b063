"""How long requirements wait, in which stage, and whether promises are kept (R-089, R-092, ANALYTICS §5)."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd

from crmsheet.rules import Rules
from crmsheet.steps._plain import step
from crmsheet.steps._reasons import choose, labelled, reasons_by
from crmsheet.steps.columns import day_column, optional
from crmsheet.workdays import Calendar

_AGES = (7, 30, 90, 180)
_AGE_NAMES = ("0-7", "8-30", "31-90", "91-180", ">180")
_MOST_STEPS = 40


@step
def age_requirements(
    requirements: pd.DataFrame, tasks: pd.DataFrame | None, rules: Rules, as_of: date, calendar: Calendar
) -> pd.DataFrame:
    """Add ``age_days``, ``age_bucket``, ``stage``, ``stage_since``, ``stage_days``, ``promise``,
    ``late_days``, ``response_due`` and ``age_reason``.

    ``age_days``: raised to solved, or to today while open, less a pause whose dates are given
    (``paused_on``, ``resumed_on``). ``stage``: collect, analyse, solution, execute, review; its first day
    where one is known. ``promise``: kept, broken (solved too late), overdue (open past the day), pending,
    blank without a promise or without the day of solving; ``late_days`` are calendar days. ``response_due``:
    three workdays after a high-priority need was raised. A day of solving after ``as_of`` is none. Reads
    ``tasks`` by ``requirement_id``.

    >>> t = pd.DataFrame({"raised_on": pd.to_datetime(["2026-11-02"] * 2), "status": ["doing", "done"],
    ...     "promised_on": pd.to_datetime(["2026-11-19", "2026-11-10"]),
    ...     "solved_on": pd.to_datetime([None, "2026-11-10"])})
    >>> day = date(2026, 11, 20)
    >>> aged = age_requirements(t, None, Rules.load(), day, Calendar.around(day))
    >>> aged[["age_days", "stage", "promise"]].values.tolist()
    [[18.0, 'analyse', 'overdue'], [8.0, 'review', 'kept']]
    """
    today = pd.Timestamp(as_of)
    days = {name: day_column(requirements, name) for name in ("raised_on", "promised_on", "solved_on")}
    days["solved_on"] = days["solved_on"].where(days["solved_on"] <= today)  # to come: not solved yet
    finished = days["solved_on"].notna() | (optional(requirements, "status", None) == "done")
    age = _age(requirements, days, finished, today)
    stage, since = _stage(requirements.assign(solved_on=days["solved_on"]), tasks, finished, today)
    promise, late = _promise(days, finished, today)
    result = requirements.assign(
        age_days=age,
        age_bucket=_bucket(age),
        stage=stage,
        stage_since=since,
        stage_days=(today - since).dt.days.astype("float64").where(stage != "review"),
        promise=promise,
        late_days=late,
        response_due=_response_due(requirements, days["raised_on"], finished, rules, calendar),
    )
    return result.assign(age_reason=_reasons(result, finished, rules))


def _age(
    requirements: pd.DataFrame, days: dict[str, pd.Series], finished: pd.Series, today: pd.Timestamp
) -> pd.Series:
    """Days open, without the days it rested; NaN where a day is missing or before the requirement was
    raised.
    """
    end = days["solved_on"].where(finished, today)
    paused, resumed = day_column(requirements, "paused_on"), day_column(requirements, "resumed_on")
    rested = (resumed.where(resumed < end, end) - paused).dt.days.clip(lower=0).fillna(0)
    age = (end - days["raised_on"]).dt.days.astype("float64")
    return (age - rested.where(paused >= days["raised_on"], 0)).where(age >= 0).clip(lower=0)


def _bucket(age: pd.Series) -> pd.Series:
    limits = dict(zip(_AGE_NAMES, _AGES, strict=False))
    cases = {"": age.isna(), **{name: age <= limit for name, limit in limits.items()}}
    return choose(age.index, cases, _AGE_NAMES[-1])


def _stage(
    requirements: pd.DataFrame, tasks: pd.DataFrame | None, finished: pd.Series, today: pd.Timestamp
) -> tuple[pd.Series, pd.Series]:
    """The stage each requirement has reached, and its first day (R-092)."""
    plan = _plan(requirements, tasks)
    status = optional(requirements, "status", None)
    begun = plan["starts_on"] <= today
    judged = ("ice", "feasibility", "final_feasibility")
    analysed = pd.DataFrame({name: optional(requirements, name, None) for name in judged})
    cases = {
        "review": finished,
        "execute": begun | plan["under_way"],
        "solution": plan["planned"],
        "analyse": analysed.notna().any(axis=1) | (status == "doing"),
    }
    since = day_column(requirements, "raised_on")
    firsts = {
        "analyse": pd.Series(pd.NaT, index=requirements.index, dtype="datetime64[us]"),
        "solution": plan["confirmed_on"],
        "execute": plan["starts_on"].where(begun),
        "review": day_column(requirements, "solved_on"),
    }
    for name, first in firsts.items():  # an earlier case wins
        since = since.where(~cases[name], first)
    return choose(requirements.index, cases, "collect"), since.where(since <= today)


def _plan(requirements: pd.DataFrame, tasks: pd.DataFrame | None) -> pd.DataFrame:
    """What the tasks say of each requirement: planned, under way, first day, day of the letter of
    confirmation.
    """
    ids = optional(requirements, "requirement_id", None)
    if tasks is None or "requirement_id" not in tasks:
        return _nothing_planned(requirements.index)
    named = tasks[tasks["requirement_id"].notna() & (tasks["requirement_id"] != "")]
    told = pd.DataFrame(
        {
            "requirement_id": named["requirement_id"].astype(object),
            "planned": True,
            "under_way": optional(named, "status", None).isin(["doing", "done"]),
            "starts_on": day_column(named, "starts_on"),
            "confirmed_on": day_column(named, "confirmed_on"),
        }
    ).groupby("requirement_id", sort=False)
    facts = told[["planned", "under_way"]].max().join(told[["starts_on", "confirmed_on"]].min())
    plan = facts.reindex(pd.Index(ids, dtype=object)).set_axis(requirements.index)
    yes = plan[["planned", "under_way"]].isin([True])
    return plan.assign(planned=yes["planned"], under_way=yes["under_way"])


def _nothing_planned(index: pd.Index) -> pd.DataFrame:
    never = pd.Series(pd.NaT, index=index, dtype="datetime64[us]")
    no = never.notna()
    return pd.DataFrame({"planned": no, "under_way": no, "starts_on": never, "confirmed_on": never})


def _promise(
    days: dict[str, pd.Series], finished: pd.Series, today: pd.Timestamp
) -> tuple[pd.Series, pd.Series]:
    """Whether the promised day was kept, and by how many calendar days it was missed."""
    promised, solved = days["promised_on"], days["solved_on"]
    until = solved.where(finished, today)
    promise = choose(
        promised.index,
        {
            "": promised.isna() | until.isna(),
            "kept": finished & (solved <= promised),
            "broken": finished,
            "overdue": today > promised,
        },
        "pending",
    )
    missed = promise.isin(["broken", "overdue"])
    return promise, (until - promised).dt.days.astype("float64").where(missed)


def _response_due(
    requirements: pd.DataFrame, raised: pd.Series, finished: pd.Series, rules: Rules, calendar: Calendar
) -> pd.Series:
    """Workdays after the day an open need of high priority was raised; the count starts the next workday."""
    urgent = (optional(requirements, "final_priority", None) == "high") & ~finished & raised.notna()
    steps = rules.promises.response_workdays
    which, days = pd.factorize(raised.where(urgent))
    due = [_workdays_after(day.date(), steps, calendar) for day in days]
    due_on = pd.DatetimeIndex([*due, pd.NaT]).astype("datetime64[us]")
    return pd.Series(due_on[which], index=requirements.index)


def _workdays_after(day: date, steps: int, calendar: Calendar) -> pd.Timestamp:
    for _ in range(_MOST_STEPS + 3 * steps):  # holidays never close more than a few weeks
        if steps == 0:
            break
        day += timedelta(days=1)
        steps -= calendar.is_workday(day)
    return pd.Timestamp(day)


def _reasons(requirements: pd.DataFrame, finished: pd.Series, rules: Rules) -> pd.Series:
    labels, age = rules.labels, requirements["age_days"]
    opened = choose(requirements.index, {"unknown": age.isna(), "solved": finished}, "open")
    told = reasons_by(opened, "age", rules, days=age, stage=labelled(requirements["stage"], "stage", rules))
    promised = reasons_by(
        requirements["promise"],
        "promise",
        rules,
        promised=day_column(requirements, "promised_on"),
        late=requirements["late_days"],
    )
    both = promised != ""
    if both.any():
        told = told.mask(both, told + labels.phrase("clause_separator") + promised)
    return told
