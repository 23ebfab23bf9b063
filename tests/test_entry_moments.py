"""The 24-hour rule from the cell to the sentence: clock hours where both cells carry a time, days elsewhere (R-063)."""

from __future__ import annotations

from datetime import date, datetime

import pandas as pd
import pytest
from sheets import RECORD, RECORD_HEADERS, recognized

import crmsheet as crm

AS_OF = date(2026, 11, 20)
NINE = datetime(2026, 11, 2, 9, 0)
HEADERS = ["客户编号", "接触时间", "接触方式", "沟通要点", "填写时间"]


@pytest.fixture
def analyzed(tmp_path):
    def analyze(contacted: object, entered: object) -> crm.Result:
        log = [HEADERS, ["C2024001", contacted, "电话", "谈了报价", entered]]
        tables = recognized(tmp_path, {"客户需求记录": [RECORD_HEADERS, RECORD], "互动记录": log})
        return crm.analyze(tables, crm.Rules.load(), AS_OF)

    return analyze


@pytest.mark.parametrize(
    ("contacted", "entered", "state", "reason"),
    [
        (NINE, datetime(2026, 11, 3, 9, 0), "in_time", ""),
        (NINE, datetime(2026, 11, 3, 9, 1), "late", "接触后 24 小时 1 分才录入，应在 24 小时内"),
        ("2026-11-02 下午2点到4点", "2026-11-03 16:00", "in_time", ""),
        ("2026-11-02 14:30", "2026-11-02 14:00", "before", "填写时间早于接触时间，请核对"),
        (46328.375, 46329.5, "late", "接触后 27 小时 0 分才录入，应在 24 小时内"),
        (date(2026, 11, 2), datetime(2026, 11, 3, 23, 0), "in_time", ""),
        (NINE, date(2026, 11, 4), "late", "接触后 2 天才录入，应在 24 小时内"),
        (datetime(2026, 11, 2), date(2026, 11, 3), "in_time", ""),
        (None, NINE, "", ""),
    ],
)
def test_an_entry_is_late_after_24_hours_or_after_the_next_day(analyzed, contacted, entered, state, reason):
    row = analyzed(contacted, entered).interactions.iloc[0]
    assert (row["entry_state"], row["entry_reason"]) == (state, reason)


@pytest.mark.parametrize("contacted", [NINE, "2026年11月2日 9点整", 46328.375])
def test_the_day_of_a_contact_stays_a_day(analyzed, contacted):
    result = analyzed(contacted, None)
    row = result.interactions.iloc[0]
    assert row["contacted_on"] == pd.Timestamp("2026-11-02")
    assert row["contacted_on_moment"] == pd.Timestamp("2026-11-02 09:00")
    assert pd.isna(row["entered_on_moment"])


@pytest.mark.parametrize(
    ("typed", "proposed"),
    [
        ("2026年11月2日 14点30分", "2026-11-02 14:30"),
        ("2026/11/2", "2026-11-02"),
        ("2026-11-02 14:30", ""),
        ("2026-11-02 14:00-16:00", ""),
    ],
)
def test_a_proposal_never_drops_the_time_of_day(analyzed, typed, proposed):
    issues = analyzed(typed, None).issues
    found = issues[(issues["column"] == "contacted_on") & (issues["code"] == "date_format")]
    assert "".join(found["suggestion"]) == proposed


def test_the_finding_names_the_moment_it_found(analyzed):
    issues = analyzed(NINE, datetime(2026, 11, 3, 9, 1)).issues
    late = issues[issues["code"] == "entered_late"]
    assert late["message"].tolist() == ["填写时间“2026-11-03 09:01”离接触已超过 24 小时"]
