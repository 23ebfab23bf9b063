"""Solutions, bars, changes and retrospectives by hand."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest
from fact_samples import EMPTY, dated

from crmsheet.rules import Rules
from crmsheet.steps import track_changes, track_tasks
from crmsheet.tables.solutions import gantt_bars, list_changes, list_retrospectives, summarize_solutions
from crmsheet.workdays import Calendar

RULES = Rules.load()
AS_OF = date(2026, 11, 20)
_COLUMNS = "requirement_id solution task owner starts_on ends_on finished_on confirmed_on accepted_on status"
_R1 = ("R1", "basic")
ROWS = [
    (*_R1, "开发", "张*", "2026-10-09", "2026-10-30", "2026-11-02", "2026-10-08", None, "done"),
    (*_R1, "培训", "李*", "2026-11-02", "2026-11-13", "2026-11-12", None, None, "done"),
    ("R1", "premium", "设计", "张*", "2026-11-02", "2026-11-10", None, None, None, "doing"),
    ("R2", "basic", "调研", "张*", "2026-11-30", "2026-12-04", None, "2026-11-18", None, None),
    ("R3", None, "上线", "王*", "2026-03-02", "2026-03-20", "2026-03-20", None, "2026-05-21", "done"),
    ("R4", "basic", "待排期", "", None, None, None, None, None, None),
    (None, "basic", "没有需求", "张*", None, "2026-12-01", None, None, None, None),
]
CHANGES = {"change_assessed": [True, *[None] * 6], "change_confirmed": [None, None, True, *[None] * 4]}


@pytest.fixture
def tasks() -> pd.DataFrame:
    rows = [dict(zip(_COLUMNS.split(), row, strict=True)) for row in ROWS]
    table = dated(rows, "starts_on", "ends_on", "finished_on", "confirmed_on", "accepted_on")
    table = table.assign(**CHANGES).set_axis(range(2, 9))
    return track_changes(track_tasks(table, RULES, AS_OF, Calendar.around(AS_OF)), RULES)


def test_each_version_of_a_solution_has_its_line(tasks: pd.DataFrame) -> None:
    lines = summarize_solutions(tasks)
    assert lines[
        ["requirement_id", "solution", "tasks", "done", "overdue", "solution_state"]
    ].values.tolist() == [
        ["R1", "basic", 2, 2, 0, "delivered"],
        ["R1", "premium", 1, 0, 1, "late"],
        ["R2", "basic", 1, 0, 0, "confirmed"],
        ["R3", "", 1, 1, 0, "accepted"],
        ["R4", "basic", 1, 0, 0, "draft"],
    ]
    first = lines.iloc[0]
    assert first["owners"] == ("张*", "李*")
    assert (first["starts_on"], first["ends_on"]) == (pd.Timestamp("2026-10-09"), pd.Timestamp("2026-11-13"))
    assert (first["finished_on"], first["progress"], first["changes"]) == (pd.Timestamp("2026-11-12"), 1.0, 1)
    assert pd.isna(lines["finished_on"].iloc[1])


def test_bars_are_in_order_and_know_their_row(tasks: pd.DataFrame) -> None:
    bars = gantt_bars(tasks)
    assert bars["row"].tolist() == [8, 2, 4, 3, 5, 6]  # no requirement first; without a day there is no bar
    assert bars.loc[bars["row"] == 2, ["days", "share", "task_state"]].values.tolist() == [
        [22.0, 1.0, "done_late"]
    ]
    assert (bars["start"] <= bars["end"]).all()


def test_changes_that_lack_a_tick_come_first(tasks: pd.DataFrame) -> None:
    assert list_changes(tasks)[["row", "change_state", "change_next"]].values.tolist() == [
        [4, "skipped", "change_assessed"],
        [2, "open", "change_agreed"],
    ]


@pytest.mark.parametrize("blank", ["", "none"])
def test_tasks_without_a_change_list_none(tasks: pd.DataFrame, blank: str) -> None:
    unchanged = tasks.assign(change_state=blank)
    assert list_changes(unchanged).empty
    one = tasks.assign(change_state=[blank, blank, "open", *[blank] * 4])
    assert list_changes(one)["row"].tolist() == [4]


def test_retrospectives_look_half_a_year_back(tasks: pd.DataFrame) -> None:
    listed = list_retrospectives(summarize_solutions(tasks), RULES, AS_OF)
    assert listed[["requirement_id", "late_days", "awaits_acceptance"]].values.tolist() == [["R1", 0.0, True]]
    later = list_retrospectives(summarize_solutions(tasks), RULES, date(2026, 9, 18))
    assert later["requirement_id"].tolist() == ["R3"]
    assert not later["awaits_acceptance"].any()


def test_no_tasks_give_empty_tables() -> None:
    lines = summarize_solutions(EMPTY)
    assert len(lines) == len(gantt_bars(EMPTY)) == len(list_changes(EMPTY)) == 0
    assert len(list_retrospectives(lines, RULES, AS_OF)) == 0
    assert "solution_state" in lines
