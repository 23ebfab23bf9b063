"""Value matrix, life cycle, purchase behaviour, disagreements and presets by tables of cases worked by hand."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from crmsheet.errors import RulesInvalid
from crmsheet.model import Setting
from crmsheet.rules import Rules
from crmsheet.steps import (
    assign_tiers,
    band_sizes,
    compare_judgements,
    place_in_matrix,
    stage_lifecycle,
    tag_purchase_behavior,
    word_tiers,
)
from crmsheet.steps.value_matrix import revenue_per_buyer

RULES = Rules.load()
AS_OF = date(2026, 11, 20)
NAN = np.nan


def _rules(**settings: object) -> Rules:
    return Rules.load(
        settings=[Setting(key.replace("__", "."), value, "配置", "C9") for key, value in settings.items()]
    )


def _matrix(rows: list[tuple[float, float, float]], rules: Rules = RULES) -> list[str]:
    table = pd.DataFrame(rows, columns=["amount_12m", "frequency", "potential_score"])
    return place_in_matrix(table, rules)["quadrant"].tolist()


def test_quadrants_are_cut_at_arpu_and_at_half_the_potential() -> None:
    # ARPU = (90 + 30 + 30) / 3 buyers = 50; the customer without an order lies below it.
    rows = [(90, 2, 50), (30, 1, 49.9), (30, 1, 100), (0, 0, 50)]
    assert _matrix(rows) == ["star", "watch", "nurture", "nurture"]


@pytest.mark.parametrize("amount", [0.1, 33.33, 1 / 3, 12_345.67])
def test_equal_amounts_all_reach_the_cut(amount: float) -> None:
    """A mean of equal amounts can come out a last digit above them."""
    assert _matrix([(amount, 1, 80)] * 7) == ["star"] * 7


def test_arpu_divides_all_revenue_by_those_who_bought() -> None:
    table = pd.DataFrame({"amount_12m": [100.0, 50, -30, 0], "frequency": [1.0, 2, 0, 0]})
    assert revenue_per_buyer(table) == 60.0
    assert np.isnan(revenue_per_buyer(table.assign(frequency=0.0)))


def test_a_fixed_amount_cuts_where_the_rules_say_so_or_nobody_bought() -> None:
    fixed = _rules(value_matrix__cut="amount")
    assert _matrix([(100_000, 1, 10), (99_999, 1, 10)], fixed) == ["cow", "watch"]
    assert _matrix([(0, 0, 10), (0, 0, 60)]) == ["watch", "nurture"]
    assert _matrix([]) == []


def test_without_a_fact_there_is_no_quadrant_and_the_reason_says_which() -> None:
    table = pd.DataFrame({"amount_12m": [NAN, 10.0], "frequency": [NAN, 1.0], "potential_score": [50.0, NAN]})
    placed = place_in_matrix(table, RULES)
    assert placed["quadrant"].tolist() == ["", ""]
    assert [reason[:6] for reason in placed["quadrant_reason"]] == ["没有订单数据", "还没有潜力评"]


@pytest.mark.parametrize(
    ("count", "first", "days", "stage"),
    [
        (0.0, None, NAN, "prospect"),
        (1.0, "2026-11-20", 0.0, "first"),
        (1.0, "2020-01-01", 2000.0, "first"),
        (2.0, "2026-01-05", 3.0, "repeat"),
        (4.0, "2020-01-05", 3.0, "repeat"),  # one purchase short
        (5.0, "2025-11-20", 180.0, "loyal"),  # exactly twelve months, exactly 180 days
        (5.0, "2025-11-21", 180.0, "repeat"),
        (5.0, "2025-11-20", 181.0, "repeat"),  # stopped buying
        (9.0, None, NAN, "repeat"),  # profile without days
        (NAN, None, NAN, ""),
    ],
)
def test_life_cycle(count: float, first: str | None, days: float, stage: str) -> None:
    table = pd.DataFrame(
        {"order_count": [count], "first_order": pd.to_datetime([first]), "recency_days": [days]}
    )
    staged = stage_lifecycle(table, RULES, AS_OF).iloc[0]
    assert staged["lifecycle"] == stage
    assert staged["lifecycle_reason"] and "nan" not in staged["lifecycle_reason"]


@pytest.mark.parametrize(
    ("count", "recent", "behavior"),
    [
        (0.0, 0.0, "none"),
        (1.0, 1.0, "one_time"),
        (1.0, 0.0, "one_time"),  # once ever, long ago
        (2.0, 0.0, "occasional"),
        (9.0, 3.0, "occasional"),
        (9.0, 4.0, "frequent"),
        (9.0, NAN, ""),  # a lifetime count says nothing of how often
        (1.0, NAN, "one_time"),
        (NAN, NAN, ""),
    ],
)
def test_purchase_behavior(count: float, recent: float, behavior: str) -> None:
    table = pd.DataFrame({"order_count": [count], "frequency": [recent]})
    tagged = tag_purchase_behavior(table, RULES).iloc[0]
    assert tagged["purchase_behavior"] == behavior
    assert tagged["behavior_reason"] and "nan" not in tagged["behavior_reason"]


@pytest.mark.parametrize(
    ("facts", "apart", "differ"),
    [
        ({"value_tag": "high", "rfm_tier": "high_value", "value_score": 70.0}, 0, False),
        ({"value_tag": "high", "rfm_tier": "potential", "value_score": 70.0}, 1, False),
        ({"value_tag": "high", "rfm_tier": "churn_risk", "value_score": 45.0}, 2, True),
        ({"value_tag": "low", "rfm_tier": "low_value", "value_score": 60.0}, 2, True),
        ({"value_tag": "low", "rfm_tier": "low_value", "value_score": 60.0, "completeness": 0.4}, 0, False),
        ({"value_tag": "low", "rfm_tier": "low_value", "value_level": "high"}, 2, True),
        (
            {"value_tag": "none", "rfm_tier": "", "value_score": 95.0},
            0,
            False,
        ),  # one judgement cannot disagree
        ({"value_tag": "", "rfm_tier": ""}, 0, False),
    ],
)
def test_disagreements(facts: dict[str, object], apart: int, differ: bool) -> None:  # noqa: FBT001
    judged = compare_judgements(pd.DataFrame([facts]), RULES).iloc[0]
    assert (judged["judgements_apart"], judged["judgements_differ"]) == (apart, differ)
    assert bool(judged["disagreement_reason"]) == differ


def test_a_disagreement_names_every_judgement() -> None:
    facts = {"value_tag": "high", "rfm_tier": "churn_risk", "value_score": 45.0, "value_level": "medium"}
    reason = compare_judgements(pd.DataFrame([facts]), RULES)["disagreement_reason"].iloc[0]
    assert reason == "按金额是高价值、按RFM是流失风险、综合得分 45 分算中、人工填的是中，相差 2 档，请核对"


def test_every_difference_is_listed_where_the_rules_ask_for_it() -> None:
    facts = pd.DataFrame([{"value_tag": "high", "rfm_tier": "potential"}])
    assert compare_judgements(facts, _rules(agreement__levels_apart=1))["judgements_differ"].tolist() == [
        True
    ]


@pytest.mark.parametrize(
    ("preset", "tier", "value", "label", "flag"),
    [
        ("standard", "churn_risk", "high", "流失风险", False),
        ("S0", "churn_risk", "high", "流失风险客户", False),
        ("S2", "churn_risk", "high", "高价值", True),
        ("S2", "potential", "low", "中价值", False),
        ("S2", "churn_risk", "medium", "中价值", True),
        ("S3", "high_value", "high", "VIP客户", False),
        ("S3", "low_value", "low", "普通客户", False),
        ("S3", "churn_risk", "low", "普通客户", True),
        ("S3", "churn_risk", "none", "普通客户", True),
        ("S4", "low_value", "low", "低价值客户", False),
    ],
)
def test_presets_print_the_words_of_their_document(
    preset: str,
    tier: str,
    value: str,
    label: str,
    flag: bool,  # noqa: FBT001
) -> None:
    table = pd.DataFrame({"tier": [tier], "value_tag": [value]})
    worded = word_tiers(table, _rules(vocabulary__preset=preset)).iloc[0]
    assert (worded["tier_label"], worded["churn_flag"]) == (label, flag)


def test_s2_calls_three_months_without_an_order_lost() -> None:
    table = pd.DataFrame({"tier": ["potential"] * 2, "status_tag": ["warning", "customer"]})
    assert word_tiers(table, _rules(vocabulary__preset="S2"))["status_label"].tolist() == [
        "流失客户",
        "合作客户",
    ]
    assert word_tiers(table, RULES)["status_label"].tolist() == ["流失预警", "合作客户"]


def test_s4_counts_new_customers_from_the_third_month() -> None:
    first = pd.to_datetime(["2026-10-20", "2026-07-20"])
    facts = dict.fromkeys(["frequency_score", "monetary_score"], 1.0) | {
        "recency_score": 3.0,
        "order_count": 1.0,
    }
    table = pd.DataFrame({"first_order": first}).assign(**facts)
    s4 = _rules(vocabulary__preset="S4")
    assert assign_tiers(table, s4, AS_OF)["tier"].tolist() == ["low_value", "potential"]
    assert assign_tiers(table, RULES, AS_OF)["tier"].tolist() == ["potential", "potential"]


def test_what_a_team_types_beats_the_preset() -> None:
    rules = _rules(vocabulary__preset="S3", tiers__potential__label="重点潜力")
    assert rules.tiers["potential"].label == "重点潜力"
    assert rules.tiers["high_value"].label == "VIP客户"


def test_an_unknown_preset_is_refused_with_its_cell() -> None:
    with pytest.raises(RulesInvalid, match="配置!C9 vocabulary.preset"):
        _rules(vocabulary__preset="S9")


def test_sizes_follow_the_statistics_office() -> None:
    table = pd.DataFrame(
        {"headcount_low": [1.0, 19, 20, 299, 300, 999, 1000, NAN, 0], "headcount_high": [NAN] * 7 + [50, 10]}
    )
    expected = ["micro", "micro", "small", "small", "medium", "medium", "large", "small", "micro"]
    assert band_sizes(table, RULES)["size_band"].tolist() == expected
