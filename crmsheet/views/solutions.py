"""Solutions: how far each has come, a Gantt chart of their tasks, changes, what to look back on (R-045 … R-048)."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd

from crmsheet.result import Result
from crmsheet.steps.change_requests import TICKS
from crmsheet.steps.columns import is_true, optional
from crmsheet.tables.solutions import list_changes, list_retrospectives
from crmsheet.view import Block, Cards, Column, TableBlock, View
from crmsheet.views.followups import customer_links
from crmsheet.views.layout import MOST_LISTED, card, column, counted, lacking, printable, view
from crmsheet.views.words import CHANGE_TONES, SOLUTION_TONES, TASK_TONES, toned, worded

_SHOWN = 100  # each is something to do; a list that is cut short looks like a complete one
_WEEKS_BACK, _WEEKS = 5, 16


def solutions_view(result: Result) -> View:
    """Key figures, solutions under way, changes, retrospectives, and every task with its bar."""
    if "task_state" not in result.tasks or not len(result.tasks):
        return lacking(result, "solutions", "tasks", tab="accent")
    labels = result.rules.labels
    blocks: list[Block] = [_cards(result), _under_way(result)]
    blocks += [block for block in (_changes(result), _retrospectives(result)) if len(block.frame)]
    blocks.append(_tasks(result))
    return view(result, "solutions", tuple(blocks), back=labels.sheet("overview"), tab="accent")


def _cards(result: Result) -> Cards:
    labels, tasks, solutions = result.rules.labels, result.tasks, result.solutions
    states = tasks["task_state"].value_counts()
    done = int(states.get("done", 0) + states.get("done_late", 0))
    under_way = solutions["solution_state"].isin(["running", "late"])
    changes = optional(tasks, "change_state", "none").isin(["open", "skipped"])
    waiting = int((solutions["solution_state"] == "delivered").sum())
    late = int(states.get("overdue", 0))
    return Cards(
        (
            card(labels, "solutions", f"{len(solutions):,}", "strong", n=int(under_way.sum())),
            card(labels, "tasks_done", f"{done:,}", "good", n=len(tasks)),
            card(labels, "tasks_late", f"{late:,}", "bad", n=int(tasks["task_overdue_days"].max() or 0)),
            card(labels, "changes_open", f"{int(changes.sum()):,}", "watch"),
            card(labels, "to_accept", f"{waiting:,}", "info"),
        )
    )


def _under_way(result: Result) -> TableBlock:
    """Solutions not accepted yet: late ones first, then by the day they should end."""
    labels, solutions = result.rules.labels, result.solutions
    columns = (
        column(labels, "requirement_id", "text", 14),
        column(labels, "customer_name", "text", 24),
        column(labels, "solution", "choice", 10),
        column(labels, "solution_state", "choice", 10, tones=toned(labels, "solution_state", SOLUTION_TONES)),
        column(labels, "progress", "percent", 10, bar=True, bar_tone="good", highest=1),
        column(labels, "tasks", "integer", 8),
        column(labels, "overdue", "integer", 9),
        column(labels, "starts_on", "date", 12),
        column(labels, "ends_on", "date", 12),
        column(labels, "confirmed_on", "date", 12),
        column(labels, "changes", "integer", 8),
        column(labels, "owners", "text", 16),
    )
    open_ones = solutions[solutions["solution_state"] != "accepted"]
    rank = open_ones["solution_state"].map({code: i for i, code in enumerate(SOLUTION_TONES)})
    order = open_ones.assign(rank=rank).sort_values(["rank", "ends_on"], kind="stable").index
    shown = open_ones.loc[order].head(_SHOWN)
    title = labels.phrase("solutions_title", n=len(open_ones), shown=min(_SHOWN, len(open_ones)))
    return TableBlock(
        "solutions_open",
        _solution_words(shown, result)[[part.code for part in columns]],
        columns,
        title=title,
        empty=labels.phrase("empty.solutions"),
        filterable=False,
    )


def _solution_words(lines: pd.DataFrame, result: Result) -> pd.DataFrame:
    labels = result.rules.labels
    return lines.assign(
        customer_name=_customers(lines, result).map(result.customers["customer_name"]),
        solution=worded(lines, "solution", labels, "solution"),
        solution_state=worded(lines, "solution_state", labels, "solution_state"),
        owners=lines["owners"].map(labels.join),
    )


def _customers(lines: pd.DataFrame, result: Result) -> pd.Series:
    """Whose each line is: the customer typed there, else the one that raised the requirement."""
    needs = result.requirements.drop_duplicates("requirement_id").set_index("requirement_id")["customer"]
    typed = optional(lines, "customer", "")
    return typed.where(typed != "", optional(lines, "requirement_id", "").map(needs))


def _changes(result: Result) -> TableBlock:
    """Changes with their four ticks, unfinished first."""
    labels, tasks = result.rules.labels, result.tasks
    columns = (
        column(labels, "requirement_id", "text", 14),
        column(labels, "task", "text", 26),
        column(labels, "owner", "text", 8),
        column(labels, "change_state", "choice", 12, tones=toned(labels, "change_state", CHANGE_TONES)),
        *(Column(tick, labels.choice("change_step", tick), "choice", 14) for tick in TICKS),
        column(labels, "change_reason", "wrap", 36),
    )
    listed = list_changes(tasks)
    shown = listed.head(_SHOWN)
    tick = labels.phrase("tick")
    ticks = {name: is_true(tasks, name).reindex(shown["row"]).map({True: tick, False: ""}) for name in TICKS}
    frame = shown.assign(
        change_state=worded(shown, "change_state", labels, "change_state"),
        **{name: ticked.to_numpy() for name, ticked in ticks.items()},
    )
    title = labels.phrase("changes_title", n=len(listed), shown=len(shown))
    return TableBlock(
        "changes", frame[[part.code for part in columns]], columns, title=title, filterable=False
    )


def _retrospectives(result: Result) -> TableBlock:
    """Solutions finished lately: in time or late, accepted or waiting for it (R-097)."""
    labels = result.rules.labels
    columns = (
        column(labels, "requirement_id", "text", 14),
        column(labels, "customer_name", "text", 24),
        column(labels, "solution", "choice", 10),
        column(labels, "closed_on", "date", 12),
        column(labels, "late_days", "integer", 10, bar=True, bar_tone="bad"),
        column(labels, "accepted_on", "date", 14),
        column(labels, "awaits_acceptance", "choice", 10, tones={labels.choice("yes_no", "yes"): "watch"}),
        column(labels, "changes", "integer", 8),
        column(labels, "risk", "wrap", 34),
    )
    listed = list_retrospectives(result.solutions, result.rules, result.as_of)
    shown = listed.head(_SHOWN)
    yes = labels.choice("yes_no", "yes")
    frame = _solution_words(shown, result).assign(
        awaits_acceptance=shown["awaits_acceptance"].map({True: yes, False: ""})
    )
    title = labels.phrase("retrospectives_title", n=len(listed), shown=len(shown))
    return TableBlock(
        "retrospectives", frame[[part.code for part in columns]], columns, title=title, filterable=False
    )


def _tasks(result: Result) -> TableBlock:
    """Every task with its bar over the weeks around today."""
    labels = result.rules.labels
    weeks = gantt_weeks(result)
    columns = (
        column(labels, "requirement_id", "text", 13),
        column(labels, "task", "text", 22),
        column(labels, "customer_name", "link", 24),
        column(labels, "owner", "text", 7),
        column(labels, "task_state", "choice", 9, tones=toned(labels, "task_state", TASK_TONES)),
        column(labels, "starts_on", "date", 11),
        column(labels, "ends_on", "date", 11),
        *(
            Column(code, header, "span", 5, tones=toned(labels, "task_state", TASK_TONES))
            for code, header in weeks.items()
        ),
    )
    lines = task_lines(result)
    shown = lines.head(MOST_LISTED)
    frame = shown.assign(**{code: _bar(shown, date.fromisoformat(code)) for code in weeks})
    return TableBlock(
        "solutions",
        printable(frame, columns, "customer_id"),
        columns,
        title=labels.phrase("gantt_title"),
        key=("requirement_id", "task"),
        links=customer_links(result, frame),
        total={"task": counted(labels, "tasks", len(lines))},
        frozen=2,
    )


def gantt_weeks(result: Result) -> dict[str, str]:
    """Monday (ISO) → header of each week shown: some before today, the rest ahead."""
    monday = result.as_of - timedelta(days=result.as_of.weekday())
    first = monday - timedelta(weeks=_WEEKS_BACK)
    days = [first + timedelta(weeks=n) for n in range(_WEEKS)]
    this_week = result.rules.labels.phrase("this_week")
    return {day.isoformat(): this_week if day == monday else f"{day:%m-%d}" for day in days}


def task_lines(result: Result) -> pd.DataFrame:
    """The tasks in words: by requirement, then the day they start."""
    labels, tasks = result.rules.labels, result.tasks
    names = result.customers[["customer_name", "customer_id"]].reindex(_customers(tasks, result))
    lines = tasks.assign(
        requirement_id=optional(tasks, "requirement_id", ""),
        owner=optional(tasks, "owner", ""),
        task=optional(tasks, "task", ""),
        starts_on=tasks["bar_start"],
        ends_on=tasks["bar_end"],
        customer_name=names["customer_name"].to_numpy(),
        customer_id=names["customer_id"].to_numpy(),
        task_state=worded(tasks, "task_state", labels, "task_state"),
    )
    return lines.sort_values(["requirement_id", "starts_on"], kind="stable", na_position="last")


def _bar(tasks: pd.DataFrame, monday: date) -> pd.Series:
    """The task's state where it runs in this week, blank elsewhere."""
    week = pd.Timestamp(monday)
    runs = (tasks["bar_start"] <= week + pd.Timedelta(days=6)) & (tasks["bar_end"] >= week)
    return tasks["task_state"].where(runs, None)
