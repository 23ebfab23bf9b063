"""Ages, promises, demand, the plan gate, parts, discussions, tasks and changes by cases worked by hand."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crmsheet.clean.ratings import Ratings, read_ratings
from crmsheet.model import Setting
from crmsheet.rules import Rules
from crmsheet.steps import (
    age_requirements,
    flag_discussion,
    gate_plan,
    link_sub_requirements,
    score_demand,
    track_changes,
    track_tasks,
)
from crmsheet.steps.demand import need_key
from crmsheet.workdays import Calendar

RULES = Rules.load()
AS_OF = date(2026, 11, 20)
CALENDAR = Calendar.around(AS_OF)
NAN = np.nan
DATES = {
    "raised_on",
    "promised_on",
    "solved_on",
    "paused_on",
    "resumed_on",
    "starts_on",
    "ends_on",
    "finished_on",
    "confirmed_on",
}


def _table(*rows: dict[str, object]) -> pd.DataFrame:
    table = pd.DataFrame(list(rows))
    return table.assign(**{name: pd.to_datetime(table[name]) for name in DATES & set(table)})


def _aged(tasks: pd.DataFrame | None = None, **facts: object) -> pd.Series:
    return age_requirements(_table(facts), tasks, RULES, AS_OF, CALENDAR).iloc[0]


@pytest.mark.parametrize(
    ("facts", "days", "bucket"),
    [
        ({"raised_on": "2026-11-20"}, 0, "0-7"),
        ({"raised_on": "2026-11-13"}, 7, "0-7"),
        ({"raised_on": "2026-11-12"}, 8, "8-30"),
        ({"raised_on": "2026-05-24"}, 180, "91-180"),
        ({"raised_on": "2026-05-23"}, 181, ">180"),
        ({"raised_on": "2026-11-01", "solved_on": "2026-11-11", "status": "done"}, 10, "8-30"),
        ({"raised_on": "2026-11-01", "status": "done"}, NAN, ""),  # solved, nobody says when
        ({"raised_on": "2026-11-25"}, NAN, ""),  # raised in the future
        ({"raised_on": "2026-11-05", "solved_on": "2026-11-01"}, NAN, ""),  # solved before it was raised
        ({"raised_on": "2026-11-01", "paused_on": "2026-11-05", "resumed_on": "2026-11-10"}, 14, "8-30"),
        ({"raised_on": "2026-11-01", "paused_on": "2026-11-05"}, 4, "0-7"),  # still resting
        ({"raised_on": None}, NAN, ""),
    ],
)
def test_age_counts_the_days_a_need_was_open(facts: dict[str, object], days: float, bucket: str) -> None:
    aged = _aged(**facts)
    assert aged["age_days"] == days or (np.isnan(days) and np.isnan(aged["age_days"]))
    assert aged["age_bucket"] == bucket
    assert aged["age_reason"] and "nan" not in aged["age_reason"]


@pytest.mark.parametrize(
    ("promised", "solved", "status", "promise", "late"),
    [
        ("2026-11-10", "2026-11-10", "done", "kept", NAN),
        ("2026-11-10", "2026-11-09", "done", "kept", NAN),
        ("2026-11-10", "2026-11-12", "done", "broken", 2),
        ("2026-11-10", None, "doing", "overdue", 10),
        ("2026-11-20", None, "doing", "pending", NAN),  # today is still in time
        ("2026-11-10", None, "done", "", NAN),  # solved, nobody says when
        (None, "2026-11-12", "done", "", NAN),
    ],
)
def test_promises(promised: str | None, solved: str | None, status: str, promise: str, late: float) -> None:
    aged = _aged(raised_on="2026-11-01", promised_on=promised, solved_on=solved, status=status)
    assert aged["promise"] == promise
    assert aged["late_days"] == late or np.isnan(late)


STAGES = [
    ({"status": "todo"}, None, "collect", "2026-11-01"),
    ({"status": "doing"}, None, "analyse", None),
    ({"status": "todo", "feasibility": "partial"}, None, "analyse", None),
    ({"status": "todo", "ice": 7.0}, None, "analyse", None),
    ({"status": "todo"}, {"starts_on": "2026-12-01", "confirmed_on": "2026-11-10"}, "solution", "2026-11-10"),
    ({"status": "todo"}, {"starts_on": "2026-11-16"}, "execute", "2026-11-16"),
    ({"status": "todo"}, {"starts_on": None, "status": "doing"}, "execute", None),
    ({"status": "done", "solved_on": "2026-11-18"}, {"starts_on": "2026-11-16"}, "review", "2026-11-18"),
]


@pytest.mark.parametrize(("facts", "task", "stage", "since"), STAGES)
def test_stages(
    facts: dict[str, object], task: dict[str, object] | None, stage: str, since: str | None
) -> None:
    tasks = _table({"requirement_id": "R1", **task}) if task else None
    aged = _aged(tasks, requirement_id="R1", raised_on="2026-11-01", **facts)
    assert aged["stage"] == stage
    assert aged["stage_since"] == pd.Timestamp(since) if since else pd.isna(aged["stage_since"])


@pytest.mark.parametrize(
    ("raised", "due"),
    [
        ("2025-09-26", "2025-09-30"),
        ("2026-02-13", "2026-02-25"),
        ("2026-11-20", "2026-11-25"),
        ("2026-11-21", "2026-11-25"),
    ],
)
def test_high_priority_gets_a_proposal_in_three_workdays(raised: str, due: str) -> None:
    """ANALYTICS §5: the count starts with the next workday; 2025-09-28 is a Sunday made up for."""
    table = _table(
        {"raised_on": raised, "final_priority": "high"}, {"raised_on": raised, "final_priority": "low"}
    )
    aged = age_requirements(table, None, RULES, AS_OF, CALENDAR)
    assert aged["response_due"].iloc[0] == pd.Timestamp(due)
    assert pd.isna(aged["response_due"].iloc[1])


def test_beyond_the_published_calendar_a_date_still_comes_out() -> None:
    day = date(2027, 11, 19)
    table = _table({"raised_on": "2027-11-19", "final_priority": "high"})
    assert age_requirements(table, None, RULES, day, Calendar.around(day))["response_due"].iloc[
        0
    ] == pd.Timestamp("2027-11-24")


@pytest.mark.parametrize(
    ("status", "feasibility", "state", "planned"),
    [
        ("todo", "feasible", "planned", True),
        ("doing", "partial", "partly", True),
        ("todo", "infeasible", "pool", False),
        ("todo", None, "unassessed", True),
        (None, None, "unassessed", True),
        ("paused", "feasible", "paused", False),
        ("done", "infeasible", "done", False),
    ],
)
def test_what_cannot_be_done_stays_out_of_the_plan(
    status: str | None,
    feasibility: str | None,
    state: str,
    planned: bool,  # noqa: FBT001
) -> None:
    gated = gate_plan(_table({"status": status, "feasibility": feasibility, "ice": 10.0}), RULES).iloc[0]
    assert (gated["plan_state"], gated["in_plan"]) == (state, planned)
    assert gated["plan_reason"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("支持Excel导出", "希望支持 EXCEL 导出功能"),
        ("需要技术培训", "希望能提供技术培训服务。"),
        ("对接ERP系统", "需對接ＥＲＰ系統"),
        ("API接口开放", "开放API接口开放"),
    ],
)
def test_the_same_need_in_other_words(one: str, other: str) -> None:
    if one == "对接ERP系统":
        assert need_key("要对接ERP系统", RULES.demand) == need_key(one, RULES.demand)
    else:
        assert need_key(one, RULES.demand) == need_key(other, RULES.demand)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("支持Excel导出", "支持Excel导入"),
        ("需要", "支持"),
        ("技术培训", "行业案例"),
        ("报表功能", "报价功能"),
    ],
)
def test_different_needs_stay_apart(one: str, other: str) -> None:
    assert need_key(one, RULES.demand) != need_key(other, RULES.demand)


@example("\u00b9\u00b9:\u00b9\u00ba")  # without its colon this reads as two garbled characters
@given(st.text(max_size=40))
def test_a_key_is_its_own_key(text: str) -> None:
    key = need_key(text, RULES.demand)
    assert need_key(key, RULES.demand) == key


def test_demand_counts_a_customer_once_with_his_best_tier() -> None:
    rows = [
        {"customer": "A", "tier": "potential", "requirement": "Excel导出", "status": "todo"},
        {"customer": "A", "tier": "high_value", "requirement": "希望Excel导出", "status": "doing"},
        {"customer": "B", "tier": "low_value", "requirement": "excel导出功能", "status": None},
        {
            "customer": "C",
            "tier": "high_value",
            "requirement": "Excel导出",
            "status": "done",
        },  # waits no more
        {"customer": "D", "tier": "high_value", "requirement": "Excel导出", "status": "paused"},
        {"customer": "E", "tier": "potential", "requirement": "技术培训", "status": "todo"},
        {"customer": "F", "tier": "unknown", "requirement": "技术培训", "status": "todo"},
        {"customer": "G", "tier": "high_value", "requirement": "发票改版", "status": "done"},
    ]
    scored = score_demand(_table(*rows), RULES)
    assert scored["demand"].tolist() == [4, 4, 4, 4, 4, 3, 3, 0]  # 3 + 1; 2 + 1
    assert scored["waiting_customers"].tolist() == [2, 2, 2, 2, 2, 2, 2, 0]
    assert scored["waiting_high_value"].tolist() == [1, 1, 1, 1, 1, 0, 0, 0]
    assert scored["demand_reason"].iloc[0] == "2 家在等（高价值 1 家），按分层加权 4"
    assert scored["demand_reason"].iloc[7] == "没有客户在等"


def test_parts_belong_to_their_whole() -> None:
    rows = [
        ("R1", None, "doing"),
        ("R2", "R1", "done"),
        ("R3", "R1", "paused"),
        ("R4", "R3", "todo"),
        ("R5", "R9", "todo"),
    ]
    table = pd.DataFrame(rows, columns=["requirement_id", "parent_requirement", "status"])
    linked = link_sub_requirements(table, RULES)
    assert linked["root_id"].tolist() == ["R1", "R1", "R1", "R1", "R5"]
    assert linked["sub_count"].tolist() == [2, 0, 1, 0, 0]
    assert linked["sub_solved"].tolist() == [1, 0, 0, 0, 0]
    assert linked["parent_state"].tolist() == ["", "linked", "linked", "linked", "unknown"]
    assert linked["sub_reason"].tolist()[4] == "父需求“R9”找不到"


def test_a_circle_of_parts_is_reported_and_broken() -> None:
    table = pd.DataFrame({"requirement_id": ["R1", "R2", "R3"], "parent_requirement": ["R2", "R1", "R3"]})
    linked = link_sub_requirements(table, RULES)
    assert linked["parent_state"].tolist() == ["cycle"] * 3
    assert linked["parent_id"].isna().all()
    assert linked["sub_count"].tolist() == [0, 0, 0]


@pytest.mark.parametrize(
    ("cell", "ratings"),
    [
        ("8/6/9", Ratings(8.0, 3.0, 3)),
        ("8、6", Ratings(7.0, 2.0, 2)),
        ("8，6，9，5", Ratings(7.0, 4.0, 4)),
        ("8 6 9", Ratings(8.0, 3.0, 3)),
        ("7.5/8", Ratings(7.75, 0.5, 2)),
        ("８／６", Ratings(7.0, 2.0, 2)),
        ("8/10", None),  # eight of ten, or two raters?
        ("8、10", Ratings(9.0, 2.0, 2)),
        ("8/10/9", Ratings(9.0, 2.0, 3)),
        ("8", None),
        ("8/11", None),
        ("8/0", None),
        ("8/高", None),
        ("8.3/9", None),
        ("2026/11/20", None),
        ("", None),
        ("8/" * 100, None),
    ],
)
def test_several_raters_in_one_cell(cell: str, ratings: Ratings | None) -> None:
    assert read_ratings(cell) == ratings


@given(st.text(max_size=200))
def test_no_cell_breaks_the_reading_of_ratings(cell: str) -> None:
    found = read_ratings(cell)
    assert found is None or (1 <= found.median <= 10 and 0 <= found.spread <= 9 and found.count >= 2)


def test_raters_far_apart_talk_first() -> None:
    table = pd.DataFrame({"impact_spread": [4.0, 3.5, NAN], "ease_spread": [5.0, 0.0, NAN]})
    flagged = flag_discussion(table, RULES)
    assert flagged["to_discuss"].tolist() == [True, False, False]
    assert flagged["rating_spread"].tolist()[:2] == [5.0, 3.5]
    assert flagged["discuss_reason"].iloc[0] == "影响、易用的打分相差 5 分，先讨论再定"
    strict = Rules.load(settings=[Setting("ice.discuss_from_spread", 3, "", "")])
    assert flag_discussion(table, strict)["to_discuss"].tolist() == [True, True, False]


@pytest.mark.parametrize(
    ("facts", "state", "overdue"),
    [
        (("2026-11-02", "2026-11-13", None, "doing"), "overdue", 5.0),
        (("2026-11-02", "2026-11-20", None, "doing"), "running", 0.0),  # due today is in time
        (("2026-11-20", "2026-11-27", None, "todo"), "running", 0.0),
        (("2026-11-23", "2026-11-27", None, "todo"), "upcoming", 0.0),
        (("2026-11-23", "2026-11-27", None, "doing"), "running", 0.0),  # begun early
        (("2026-11-02", "2026-11-13", "2026-11-13", None), "done", 0.0),
        (("2026-11-02", "2026-11-13", "2026-11-14", "done"), "done_late", 0.0),
        (("2026-11-02", "2026-11-13", None, "done"), "done", 0.0),
        (("2026-11-02", "2026-11-13", None, "paused"), "paused", 0.0),
        ((None, "2026-11-30", None, "todo"), "upcoming", 0.0),
        ((None, None, None, "todo"), "", 0.0),
    ],
)
def test_tasks(facts: tuple[str | None, ...], state: str, overdue: float) -> None:
    table = _table(dict(zip(("starts_on", "ends_on", "finished_on", "status"), facts, strict=True)))
    tracked = track_tasks(table, RULES, AS_OF, CALENDAR).iloc[0]
    assert (tracked["task_state"], tracked["task_overdue_days"]) == (state, overdue)
    assert tracked["task_reason"]


def test_bars_have_whole_days_and_stand_on_their_feet() -> None:
    table = _table(
        {"starts_on": "2026-11-16", "ends_on": "2026-11-25"},
        {"starts_on": None, "ends_on": "2026-11-25"},
        {"starts_on": "2026-11-25", "ends_on": "2026-11-16"},
        {"starts_on": "2026-12-01", "ends_on": "2026-12-10"},
    )
    tracked = track_tasks(table, RULES, AS_OF, CALENDAR)
    assert tracked["bar_days"].fillna(-1).tolist() == [10, 1, -1, 10]  # turned round: no bar is guessed
    assert tracked["bar_share"].fillna(-1).tolist() == [0.5, 0.0, -1, 0.0]
    assert tracked["task_state"].tolist() == ["running", "upcoming", "", "upcoming"]
    assert tracked["task_reason"].iloc[2] == "开始日期晚于截止日期，请核对"


@pytest.mark.parametrize(
    ("ticks", "state", "following"),
    [
        ((None, None, None, None), "none", ""),
        ((False, False, False, False), "none", ""),
        ((True, None, None, None), "open", "change_agreed"),
        ((True, True, True, None), "open", "change_confirmed"),
        ((True, True, True, True), "complete", ""),
        ((None, None, None, True), "skipped", "change_assessed"),
        ((True, False, True, True), "skipped", "change_agreed"),
    ],
)
def test_a_change_takes_four_steps_in_order(
    ticks: tuple[bool | None, ...], state: str, following: str
) -> None:
    names = ("change_assessed", "change_agreed", "change_planned", "change_confirmed")
    tracked = track_changes(pd.DataFrame([dict(zip(names, ticks, strict=True))]), RULES).iloc[0]
    assert (tracked["change_state"], tracked["change_next"]) == (state, following)


@pytest.mark.parametrize("size", [0, 1, 2, 5])
def test_requirements_without_facts_give_defined_results(size: int) -> None:
    table = pd.DataFrame(
        {"customer": ["A"] * size, "requirement": ["x"] * size, "tier": ["potential"] * size}
    )
    table["requirement_id"] = [f"R{i}" for i in range(size)]
    for result in (
        age_requirements(table, None, RULES, AS_OF, CALENDAR),
        gate_plan(table, RULES),
        score_demand(table, RULES),
        flag_discussion(table, RULES),
        link_sub_requirements(table, RULES),
        track_changes(table, RULES),
    ):
        assert len(result) == size
