"""Feasibility from difficulty, resources and compliance; what a person typed wins (R-082)."""

from __future__ import annotations

import pandas as pd
import pytest

import crmsheet as crm

RULES = crm.Rules.load()


def assessed(rules: crm.Rules = RULES, **judged: str | None) -> pd.Series:
    return crm.assess_feasibility(
        pd.DataFrame({name: [value] for name, value in judged.items()}), rules
    ).iloc[0]


@pytest.mark.parametrize(
    ("difficulty", "resources", "compliance", "suggested", "reason"),
    [
        ("low", "ample", "compliant", "feasible", "技术难度低、资源充足、合规 → 可实现"),
        ("medium", None, None, "feasible", "技术难度中 → 可实现"),
        ("high", "ample", None, "partial", "技术难度高、资源充足 → 部分实现"),
        ("low", "tight", "compliant", "partial", "技术难度低、资源紧张、合规 → 部分实现"),
        ("high", "short", "compliant", "infeasible", "技术难度高、资源不足、合规 → 暂无法实现"),
        (None, None, "noncompliant", "infeasible", "不合规 → 暂无法实现"),
        (None, None, "adjustable", "partial", "调整后合规 → 部分实现"),
        (None, None, None, "", ""),
    ],
)
def test_the_worst_judgement_decides(difficulty, resources, compliance, suggested, reason):
    row = assessed(technical_difficulty=difficulty, resources=resources, compliance=compliance)
    assert (row["suggested_feasibility"], row["feasibility_reason"]) == (suggested, reason)
    assert row["final_feasibility"] == (suggested or None)


@pytest.mark.parametrize(
    ("typed", "resources", "reason"),
    [
        ("feasible", "short", "人工定为可实现（资源不足，系统建议暂无法实现）"),
        ("infeasible", "short", "资源不足 → 暂无法实现，和人工判断一致"),
        ("partial", None, "人工定为部分实现，没有填技术难度、资源、合规性"),
    ],
)
def test_a_person_decides(typed, resources, reason):
    row = assessed(feasibility=typed, resources=resources)
    assert (row["final_feasibility"], row["feasibility_reason"]) == (typed, reason)


def test_teams_say_what_a_judgement_allows():
    section = RULES.feasibility.model_copy(update={"difficulty_high": "infeasible"})
    row = assessed(RULES.model_copy(update={"feasibility": section}), technical_difficulty="high")
    assert row["final_feasibility"] == "infeasible"


def test_the_plan_goes_by_the_final_judgement():
    needs = pd.DataFrame(
        {"resources": ["short", "short"], "feasibility": [None, "feasible"], "status": "todo"}
    )
    planned = crm.gate_plan(crm.assess_feasibility(needs, RULES), RULES)
    assert planned["plan_state"].tolist() == ["pool", "planned"]
