"""Tasks of solutions: where each stands, and its bar on a Gantt chart (R-046, R-091)."""

from __future__ import annotations

from datetime import date

import pandas as pd

from crmsheet.rules import Rules
from crmsheet.steps._plain import step
from crmsheet.steps._reasons import choose, reasons_by
from crmsheet.steps.columns import day_column, optional
from crmsheet.workdays import Calendar


@step
def track_tasks(tasks: pd.DataFrame, rules: Rules, as_of: date, calendar: Calendar) -> pd.DataFrame:
    """Add ``task_state`` (done, done_late, overdue, running, upcoming, paused; blank = dates missing or turned
    round), ``task_overdue_days`` (workdays), ``bar_start``, ``bar_end``, ``bar_days``, ``bar_share`` and
    ``task_reason``.

    The bar runs from start to the end planned, both days counted; a task without a start is a bar of one
    day. ``bar_share`` (0–1) is the part of it that is over: by time while it runs, 1 when done. Reads
    ``starts_on``, ``ends_on``, ``finished_on``, ``status``.

    >>> t = pd.DataFrame({"starts_on": pd.to_datetime(["2026-11-02", "2026-11-16"]),
    ...     "ends_on": pd.to_datetime(["2026-11-13", "2026-11-25"]), "status": ["doing", "todo"]})
    >>> day = date(2026, 11, 20)
    >>> track_tasks(t, Rules.load(), day, Calendar.around(day))[
    ...     ["task_state", "task_overdue_days", "bar_days", "bar_share"]].values.tolist()
    [['overdue', 5.0, 12.0, 1.0], ['running', 0.0, 10.0, 0.5]]
    """
    today = pd.Timestamp(as_of)
    start, end, finished = (day_column(tasks, name) for name in ("starts_on", "ends_on", "finished_on"))
    state = _state(tasks, today)
    late = calendar.workdays_between(end, pd.Series(today, index=tasks.index).astype("datetime64[us]"))
    result = tasks.assign(
        task_state=state,
        task_overdue_days=late.where(state == "overdue", 0.0),
        **_bar(start, end, state, today),
    )
    way = state.where(state != "", "undated").mask((start > end) & (state == ""), "reversed")
    days = (finished - end).dt.days
    return result.assign(
        task_reason=reasons_by(way, "task", rules, end=end, days=days, late=result["task_overdue_days"])
    )


def _state(tasks: pd.DataFrame, today: pd.Timestamp) -> pd.Series:
    start, end, finished = (day_column(tasks, name) for name in ("starts_on", "ends_on", "finished_on"))
    status = optional(tasks, "status", None)
    done = finished.notna() | (status == "done")
    return choose(
        tasks.index,
        {
            "done_late": done & (finished > end),
            "done": done,
            "paused": status == "paused",
            "": start > end,
            "overdue": end < today,
            "running": (start <= today) | (status == "doing"),
            "upcoming": start.notna() | end.notna(),
        },
    )


def _bar(start: pd.Series, end: pd.Series, state: pd.Series, today: pd.Timestamp) -> dict[str, pd.Series]:
    """First and last day of the bar on a Gantt chart, its days and the share of it that is over."""
    bar_start, bar_end = (day.where(~(start > end)) for day in (start.fillna(end), end.fillna(start)))
    length = (bar_end - bar_start).dt.days + 1.0
    over = ((today - bar_start).dt.days + 1.0).clip(lower=0).where(state != "upcoming", 0)
    share = (over / length).clip(upper=1).where(~state.isin(["done", "done_late"]), 1.0)
    return {
        "bar_start": bar_start,
        "bar_end": bar_end,
        "bar_days": length,
        "bar_share": share.where(length.notna()),
    }
