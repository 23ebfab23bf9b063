"""Solutions: how far each has come, what changes, what was accepted, what to look back on (R-045 … R-048,
R-097).
"""

from __future__ import annotations

from datetime import date

import pandas as pd

from crmsheet.rules import Rules
from crmsheet.steps.columns import optional, text
from crmsheet.tables.facts import Span, having


def summarize_solutions(tasks: pd.DataFrame) -> pd.DataFrame:
    """One row per requirement and solution version, in sheet order (R-045). ``tasks`` come from
    ``track_tasks``.

    ``tasks``, ``done``, ``overdue`` (counts), ``progress`` (done ÷ tasks), ``starts_on``, ``ends_on`` (its
    bar on the Gantt chart), ``finished_on`` (the last task's, once all are done), ``confirmed_on`` (letter
    of confirmation), ``accepted_on``, ``changes`` (tasks with a change), ``owners`` (tuple), ``risk``,
    ``solution_state``: accepted, delivered (all done), late (a task overdue), running, confirmed, draft.
    """
    rows = _tracked(tasks)
    rows = rows[rows["requirement_id"] != ""]
    grouped = rows.groupby(["requirement_id", "solution"], sort=False)
    lines = grouped.agg(
        customer=("customer", "first"),
        scope=("scope", "first"),
        tasks=("task_state", "size"),
        done=("is_done", "sum"),
        overdue=("is_overdue", "sum"),
        begun=("is_begun", "any"),
        starts_on=("bar_start", "min"),
        ends_on=("bar_end", "max"),
        finished_on=("finished_on", "max"),
        confirmed_on=("confirmed_on", "min"),
        accepted_on=("accepted_on", "max"),
        changes=("is_changed", "sum"),
        owners=("owner", _distinct),
        risk=("delivery_risk", "first"),
    )
    all_done = lines["done"] == lines["tasks"]
    lines = lines.assign(
        progress=lines["done"] / lines["tasks"],
        finished_on=lines["finished_on"].where(all_done),
        solution_state=_state(lines, all_done),
    )
    return lines.drop(columns="begun").reset_index()


def gantt_bars(tasks: pd.DataFrame) -> pd.DataFrame:
    """The bars of a Gantt chart, one row per task with a day, by requirement, then start (S1 阶段四).

    ``row`` (Excel row), ``requirement_id``, ``task``, ``owner``, ``start``, ``end`` (both days included),
    ``days``, ``share`` (0–1, time gone), ``task_state``, ``deliverable``.
    """
    rows = _tracked(tasks)
    dated = rows[rows["bar_start"].notna()].sort_values(
        ["requirement_id", "bar_start", "bar_end"], kind="stable"
    )
    names = {"bar_start": "start", "bar_end": "end", "bar_days": "days", "bar_share": "share"}
    kept = ["requirement_id", "task", "owner", "start", "end", "days", "share", "task_state", "deliverable"]
    return dated.rename(columns=names)[kept].rename_axis("row").reset_index()


def list_changes(tasks: pd.DataFrame) -> pd.DataFrame:
    """Tasks with a change to the solution, unfinished ones first: what the four ticks still lack (R-047).

    ``row`` (Excel row), ``requirement_id``, ``task``, ``owner``, ``change_state``, ``change_next``,
    ``change_reason``.
    """
    rows = having(tasks, "requirement_id", "change_state", "change_next", "change_reason")
    kept = ["requirement_id", "task", "owner", "change_state", "change_next", "change_reason"]
    # Filtered last: a frame without rows takes on the rows of a longer column assigned to it.
    named = rows.assign(
        **{name: text(optional(rows, name, None)) for name in ("requirement_id", "task", "owner")}
    )
    changed = named[~named["change_state"].isin(["none", ""])]
    order = (
        changed["change_state"].map({"skipped": 0, "open": 1, "complete": 2}).sort_values(kind="stable").index
    )
    return changed.loc[order, kept].rename_axis("row").reset_index()


def list_retrospectives(solutions: pd.DataFrame, rules: Rules, as_of: date) -> pd.DataFrame:
    """Solutions finished or accepted in the last review period, the latest first: what to look back on
    (R-097).

    Adds ``closed_on``, ``late_days`` (after the planned end; 0 in time) and ``awaits_acceptance``.
    ``solutions`` come from ``summarize_solutions``.
    """
    rows = having(solutions, "finished_on", "accepted_on", "ends_on")
    finished, accepted = pd.to_datetime(rows["finished_on"]), pd.to_datetime(rows["accepted_on"])
    closed = finished.where(finished.notna(), accepted)
    late = (closed - pd.to_datetime(rows["ends_on"])).dt.days.clip(lower=0)
    listed = rows.assign(
        closed_on=closed,
        late_days=late.astype("float64"),
        awaits_acceptance=finished.notna() & accepted.isna(),
    )
    span = Span.of_months(as_of, rules.reviews.period_months)
    return listed[span.holds(closed)].sort_values(
        "closed_on", ascending=False, kind="stable", ignore_index=True
    )


def _tracked(tasks: pd.DataFrame) -> pd.DataFrame:
    """The tasks with every column the summaries read, blank where the sheet has none."""
    table = having(tasks, "requirement_id", "task_state", "bar_start", "bar_end", "bar_days", "bar_share")
    texts = (
        "requirement_id",
        "solution",
        "customer",
        "scope",
        "task",
        "owner",
        "delivery_risk",
        "deliverable",
    )
    days = ("finished_on", "confirmed_on", "accepted_on", "bar_start", "bar_end")
    state = table["task_state"]
    return table.assign(
        **{name: text(optional(table, name, None)) for name in texts},
        **{name: pd.to_datetime(optional(table, name, None)).astype("datetime64[us]") for name in days},
        is_done=state.isin(["done", "done_late"]),
        is_overdue=state == "overdue",
        is_begun=state.isin(["running", "overdue", "done", "done_late"]),
        is_changed=~optional(table, "change_state", "none").isin(["none", ""]),
    )


def _distinct(names: pd.Series) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name in names if name))


def _state(lines: pd.DataFrame, all_done: pd.Series) -> pd.Series:
    state = pd.Series("draft", index=lines.index, dtype=object)
    state = state.mask(lines["confirmed_on"].notna(), "confirmed").mask(
        lines["begun"].astype(bool), "running"
    )
    state = state.mask(lines["overdue"] > 0, "late").mask(all_done, "delivered")
    return state.mask(lines["accepted_on"].notna(), "accepted")
