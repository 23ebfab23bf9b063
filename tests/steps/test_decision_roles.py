"""Who decides: roles from titles, what people wrote themselves, and customers at whom nobody who decides is known."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import crmsheet as crm
from crmsheet import steps
from crmsheet.clean.phrases import any_phrase
from crmsheet.job_titles import ROLES, read_title
from crmsheet.rules import Rules
from crmsheet.views.followups import followup_lines
from tests.case_lists import read_rows
from tests.workbooks import write_rows

RULES = Rules.load()
TITLES = st.sampled_from([row["title"] for row in read_rows("job_titles")])

SAID = any_phrase((*RULES.lexicons.decision.decides, *RULES.lexicons.decision.decides_not))


@pytest.mark.parametrize(
    ("title", "role", "may", "final", "reason"),
    [
        ("采购总监", None, None, "decision_maker", "职位“采购总监”：有决策权"),
        ("生产经理", "决策者", None, "decision_maker", "表里写的是决策者"),
        ("总经理", "使用者", "是", "user", "表里写的是使用者"),
        ("总经理", "end user", None, "user", "表里写的是使用者"),
        ("文员", None, "有", "decision_maker", "表里写着有决策权"),
        ("总经理", None, "否", "influencer", "表里写着没有决策权"),
        ("文员", None, "否", "user", "表里写着没有决策权"),
        (None, None, "否", "", "表里写着没有决策权"),
        (None, "影响者", None, "influencer", "表里写的是影响者"),
        ("总经理", "商务线", "看情况", "decision_maker", "职位“总经理”：有决策权"),
        ("采购部", None, None, "", "从职位“采购部”看不出决策角色"),
        (None, None, None, "", ""),
    ],
)
def test_what_people_wrote_wins(
    title: str | None, role: str | None, may: str | None, final: str, reason: str
) -> None:
    table = pd.DataFrame({"job_title": [title], "decision_role": [role], "can_decide": [may]})
    told = steps.suggest_decision_role(table, RULES).iloc[0]
    assert (told["final_role"], told["role_reason"]) == (final, reason)
    assert told["suggested_role"] == (read_title(title, RULES.lexicons) if title else "")


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("ABC"), TITLES), max_size=8))
def test_a_customer_is_reached_as_soon_as_one_contact_decides(people: list[tuple[str, str]]) -> None:
    contacts = pd.DataFrame(people, columns=["customer", "job_title"])
    told = steps.suggest_decision_role(contacts, RULES)
    assert set(told["final_role"]) <= {*ROLES, ""}
    found = steps.find_decision_makers(pd.DataFrame(index=list("ABC")), told, RULES)
    for customer in "ABC":
        roles = set(told.loc[told["customer"] == customer, "final_role"]) - {""}
        wanted = ("reached" if "decision_maker" in roles else "not_reached") if roles else ""
        assert found.loc[customer, "decision_access"] == wanted


@settings(max_examples=60, deadline=None)
@given(TITLES.filter(lambda title: not SAID.search(title)), st.sampled_from(["", " ", "（新）"]))
def test_what_is_said_outright_beats_every_title(title: str, tail: str) -> None:
    assert read_title(f"{title}（有决定权）{tail}", RULES.lexicons) == "decision_maker"
    assert read_title(f"{title}（无决定权）{tail}", RULES.lexicons) != "decision_maker"
    assert read_title(f"文员/{title}", RULES.lexicons) == (read_title(title, RULES.lexicons) or "user")


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=30))
def test_any_text_is_read(text: str) -> None:
    assert read_title(text, RULES.lexicons) in {*ROLES, ""}


def test_a_team_may_change_the_words() -> None:
    words = RULES.lexicons.decision
    own = words.model_copy(update={"influencer": (*words.influencer, "采购总监")})
    lexicons = RULES.lexicons.model_copy(
        update={"decision": own.model_copy(update={"decision_maker": ("总经理",)})}
    )
    assert read_title("采购总监", lexicons) == "influencer"


HEADERS = ["客户编号", "客户名称", "对接人", "职位", "最近接触时间", "当前状态", "负责人", "决策角色"]
ROWS = [
    ["C2026001", "青禾科技有限公司", "张*", "生产经理", "2026-11-02", "跟进中", "李*", None],
    ["C2026001", "青禾科技有限公司", "王*", "文员", "2026-11-03", "跟进中", "李*", None],
    ["C2026002", "白石制造有限公司", "赵*", "文员", "2026-11-02", "跟进中", "李*", "拍板人"],
    ["C2026003", "云岭商贸有限公司", "孙*", "总经理", "2026-11-02", "跟进中", "李*", "他说了算，不一定"],
    ["C2026004", "远山物流有限公司", "周*", None, "2026-11-02", "跟进中", "李*", None],
]


def test_an_own_column_is_read_and_never_complained_of(tmp_path: Path) -> None:
    result = crm.analyze_workbook(
        write_rows(tmp_path / "客户.xlsx", [HEADERS, *ROWS]), as_of=date(2026, 11, 20)
    )
    customers = result.customers.set_index("customer_id")
    assert customers["decision_access"].tolist() == ["not_reached", "reached", "reached", ""]
    assert customers["decision_reason"].tolist()[:2] == ["请生产经理引荐决策者", "决策者：文员"]
    assert not set(result.issues["column"]) & {"decision_role", "can_decide"}
    lines = followup_lines(result).set_index("customer_id")
    assert lines.loc["C2026001", "strategy"].startswith("请生产经理引荐决策者；")
    assert lines.loc["C2026004", "decision_access"] == ""
