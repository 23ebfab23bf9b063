"""The law: a step returns the same rows with more columns, and never changes what it was given."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from crmsheet import steps
from crmsheet.errors import RepeatedRow
from crmsheet.rules import Rules
from crmsheet.workdays import Calendar

AS_OF = date(2026, 11, 20)
RULES = Rules.load()
CALENDAR = Calendar.around(AS_OF)
LEVELS = st.sampled_from(["high", "medium", "low", None])
DAYS = st.one_of(st.none(), st.dates(date(2024, 1, 1), date(2027, 6, 1)).map(pd.Timestamp))
COUNTS = st.one_of(st.just(np.nan), st.integers(0, 40).map(float))
MONEY = st.one_of(st.just(np.nan), st.floats(-1e6, 1e7, allow_nan=False))
SCORES = st.one_of(st.just(np.nan), st.integers(2, 20).map(lambda n: n / 2))
TEXTS = st.one_of(
    st.none(), st.text(max_size=12), st.sampled_from(["有意向", "价格太贵，希望打折", "暂不考虑"])
)

CUSTOMER = st.fixed_dictionaries(
    {
        "customer_id": st.one_of(st.none(), st.from_regex(r"C2026\d{3}", fullmatch=True)),
        "amount_12m": MONEY,
        "amount_total": MONEY,
        "profit_total": MONEY,
        "order_count": COUNTS,
        "frequency": COUNTS,
        "monetary": MONEY,
        "recency_days": COUNTS,
        "first_order": DAYS,
        "recency_score": st.sampled_from([np.nan, 1.0, 2.0, 3.0]),
        "frequency_score": st.sampled_from([np.nan, 1.0, 2.0, 3.0]),
        "monetary_score": st.sampled_from([np.nan, 1.0, 2.0, 3.0]),
        "manual_tier": st.sampled_from([None, "high_value", "low_value"]),
        "tier": st.sampled_from(list(RULES.tiers)),
        "influence": st.one_of(st.just(np.nan), st.integers(1, 5).map(float)),
        "last_contact": DAYS,
        "next_date": DAYS,
        "contact_notes": TEXTS,
        "deal_count": COUNTS,
        "last_deal": DAYS,
        "job_title": st.sampled_from([None, "总经理", "采购部", "文员"]),
        "decision_role": st.sampled_from([None, "影响者", "不清楚"]),
        "can_decide": st.sampled_from([None, "是", False]),
    }
)
GRADED = st.fixed_dictionaries(  # customers as the earlier steps leave them
    {
        "order_count": COUNTS,
        "frequency": COUNTS,
        "recency_days": COUNTS,
        "amount_12m": MONEY,
        "amount_total": MONEY,
        "first_order": DAYS,
        "tier": st.sampled_from([*RULES.tiers, "unknown"]),
        "manual_tier": st.sampled_from([None, "high_value"]),
        "last_contact": DAYS,
        "contact_notes": TEXTS,
        "last_order": DAYS,
        "potential_score": st.one_of(st.just(np.nan), st.integers(0, 100).map(float)),
        "value_score": st.one_of(st.just(np.nan), st.integers(0, 100).map(float)),
        "value_tag": st.sampled_from(["high", "medium", "low", "none", ""]),
        "rfm_tier": st.sampled_from(["high_value", "churn_risk", ""]),
        "value_level": LEVELS,
        "status_tag": st.sampled_from(["customer", "warning", ""]),
        "churn_stage": st.sampled_from(["active", "warning", "risk", "lost", ""]),
        "probability_alive": st.one_of(st.just(np.nan), st.floats(0, 1)),
        "requirement_tags": st.sampled_from([(), ("price",), ("function", "service")]),
        "headcount_low": COUNTS,
        "tier_reason": TEXTS,
    }
)
REQUIREMENT = st.fixed_dictionaries(
    {
        "customer": st.sampled_from(["A", "B", "C"]),
        "requirement": st.text(max_size=20),
        "impact": SCORES,
        "confidence": SCORES,
        "ease": SCORES,
        "urgency": LEVELS,
        "priority": LEVELS,
        "manual_priority": LEVELS,
        "affects_renewal": st.sampled_from([True, False, None]),
        "tier": st.sampled_from(["high_value", "potential"]),
        "status": st.sampled_from(["todo", "doing", "done", "paused", None]),
        "ice": SCORES,
        "final_priority": LEVELS,
        "requirement_tags": st.sampled_from([(), ("price",), ("function", "service")]),
        "contact_notes": TEXTS,
        "requirement_id": st.sampled_from(["R1", "R2", "R3"]),
        "parent_requirement": st.sampled_from([None, "", "R1", "R2", "R9"]),
        "raised_on": DAYS,
        "promised_on": DAYS,
        "solved_on": DAYS,
        "feasibility": st.sampled_from(["feasible", "partial", "infeasible", None]),
        "technical_difficulty": LEVELS,
        "resources": st.sampled_from(["ample", "tight", "short", None]),
        "compliance": st.sampled_from(["compliant", "adjustable", "noncompliant", None]),
        "impact_spread": SCORES,
    }
)
CONTACT = st.fixed_dictionaries(
    {"customer": st.sampled_from([2, 3]), "contacted_on": DAYS, "entered_on": DAYS, "contact_notes": TEXTS}
)
TASK = st.fixed_dictionaries(
    {
        "requirement_id": st.sampled_from(["R1", "R2", None]),
        "starts_on": DAYS,
        "ends_on": DAYS,
        "finished_on": DAYS,
        "status": st.sampled_from(["todo", "doing", "done", "paused", None]),
        **{
            name: st.sampled_from([True, False, None])
            for name in ("change_assessed", "change_agreed", "change_planned", "change_confirmed")
        },
    }
)
ORDER = st.fixed_dictionaries(
    {"customer_id": st.sampled_from(["A", "B", None]), "order_date": DAYS, "amount": MONEY}
)

STEPS: dict[str, tuple[Any, Callable[[pd.DataFrame], pd.DataFrame]]] = {
    "tag_value": (CUSTOMER, lambda t: steps.tag_value(t, RULES)),
    "tag_status": (CUSTOMER, lambda t: steps.tag_status(t, RULES)),
    "assign_tiers": (CUSTOMER, lambda t: steps.assign_tiers(t, RULES, AS_OF)),
    "score_value": (CUSTOMER, lambda t: steps.score_value(t, RULES)),
    "plan_followups": (CUSTOMER, lambda t: steps.plan_followups(t, RULES, AS_OF, CALENDAR)),
    "add_order_facts": (CUSTOMER, lambda t: steps.add_order_facts(t, None, RULES, AS_OF)),
    "add_open_needs": (CUSTOMER, lambda t: steps.add_open_needs(t, NEEDS)),
    "add_requirement_tags": (CUSTOMER, lambda t: steps.add_requirement_tags(t, NEEDS, RULES)),
    "assess_feasibility": (REQUIREMENT, lambda t: steps.assess_feasibility(t, RULES)),
    "score_ice": (REQUIREMENT, lambda t: steps.score_ice(t, RULES)),
    "suggest_priority": (REQUIREMENT, lambda t: steps.suggest_priority(t, RULES)),
    "tag_requirements": (REQUIREMENT, lambda t: steps.tag_requirements(t, RULES)),
    "classify_requirements": (REQUIREMENT, lambda t: steps.classify_requirements(t, RULES)),
    "score_sentiment": (REQUIREMENT, lambda t: steps.score_sentiment(t, RULES)),
    "prepare_orders": (ORDER, lambda t: steps.prepare_orders(t, as_of=AS_OF)),
    "add_clv": (GRADED, lambda t: steps.add_clv(t, None, RULES, AS_OF)),
    "add_playbook": (GRADED, lambda t: steps.add_playbook(t, RULES)),
    "band_sizes": (GRADED, lambda t: steps.band_sizes(t, RULES)),
    "check_updates": (GRADED, lambda t: steps.check_updates(t, RULES, AS_OF)),
    "compare_judgements": (GRADED, lambda t: steps.compare_judgements(t, RULES)),
    "find_decision_makers": (CUSTOMER, lambda t: steps.find_decision_makers(t, CONTACTS, RULES)),
    "suggest_decision_role": (CUSTOMER, lambda t: steps.suggest_decision_role(t, RULES)),
    "find_signals": (GRADED, lambda t: steps.find_signals(t, LOG, RULES, AS_OF)),
    "flag_complaint_risk": (GRADED, lambda t: steps.flag_complaint_risk(t, LOG, FEEDBACK, RULES, AS_OF)),
    "hold_downgrades": (GRADED, lambda t: steps.hold_downgrades(t, SNAPSHOT, HOLDING)),
    "place_in_matrix": (GRADED, lambda t: steps.place_in_matrix(t, RULES)),
    "plan_interviews": (GRADED, lambda t: steps.plan_interviews(t, LOG, RULES, AS_OF)),
    "plan_visits": (GRADED, lambda t: steps.plan_visits(t, LOG, RULES, AS_OF, CALENDAR)),
    "rank_win_back": (GRADED, lambda t: steps.rank_win_back(t, RULES)),
    "stage_lifecycle": (GRADED, lambda t: steps.stage_lifecycle(t, RULES, AS_OF)),
    "tag_purchase_behavior": (GRADED, lambda t: steps.tag_purchase_behavior(t, RULES)),
    "word_tiers": (GRADED, lambda t: steps.word_tiers(t, RULES)),
    "draw_audit": (CUSTOMER, lambda t: steps.draw_audit(t, DRAWN, RULES, "2026-11")),
    "flag_evidence": (GRADED, lambda t: steps.flag_evidence(t, RULES)),
    "age_requirements": (REQUIREMENT, lambda t: steps.age_requirements(t, TASKS, RULES, AS_OF, CALENDAR)),
    "flag_discussion": (REQUIREMENT, lambda t: steps.flag_discussion(t, RULES)),
    "gate_plan": (REQUIREMENT, lambda t: steps.gate_plan(t, RULES)),
    "link_sub_requirements": (REQUIREMENT, lambda t: steps.link_sub_requirements(t, RULES)),
    "score_demand": (REQUIREMENT, lambda t: steps.score_demand(t, RULES)),
    "check_entry_delay": (CONTACT, lambda t: steps.check_entry_delay(t, RULES)),
    "track_changes": (TASK, lambda t: steps.track_changes(t, RULES)),
    "track_tasks": (TASK, lambda t: steps.track_tasks(t, RULES, AS_OF, CALENDAR)),
}
NAMED_BY_OTHERS = {"find_decision_makers", "find_signals", "flag_complaint_risk"}
HOLDING = RULES.model_copy(update={"migration": RULES.migration.model_copy(update={"hold_downgrades": True})})
LOG = pd.DataFrame(
    {
        "customer": [2, 3, 3],
        "contacted_on": pd.to_datetime(["2026-11-02", "2026-10-08", None]),
        "contact_notes": ["客户投诉响应慢", "深度访谈", None],
        "sentiment": ["negative", "positive", None],
        "executive_visit": [True, None, False],
    }
)
CONTACTS = pd.DataFrame(
    {
        "customer": [2, 3, 3],
        "job_title": ["总经理", None, "文员"],
        "final_role": ["decision_maker", "", "user"],
    }
)
DRAWN = pd.DataFrame({"audit_month": ["2026-11", "2026-10"], "customer_id": ["C2026001", None]})
FEEDBACK = pd.DataFrame(
    {
        "customer": [2, 3],
        "given_on": pd.to_datetime(["2026-11-02", "2026-10-08"]),
        "satisfaction": [2.0, np.nan],
        "complaint": ["发错货", None],
        "handling": [None, None],
    }
)
SNAPSHOT = pd.DataFrame({"tier": ["high_value"] * 9}, index=range(2, 11))
TASKS = pd.DataFrame(
    {"requirement_id": ["R1"], "starts_on": pd.to_datetime(["2026-11-02"]), "status": ["doing"]}
)
NEEDS = pd.DataFrame(
    {
        "customer": ["a", "a", "b"],
        "requirement": ["x", "y", "z"],
        "final_priority": ["low", "high", "medium"],
        "ice": [9.0, 3.0, np.nan],
        "status": ["todo", "doing", "done"],
        "requirement_tags": [("price",), (), ("price", "service")],
    }
)


DATED = {
    "first_order", "last_order", "last_contact", "next_date", "last_deal", "order_date", "raised_on", "promised_on",
    "solved_on", "contacted_on", "entered_on", "starts_on", "ends_on", "finished_on",
}  # fmt: skip


def _table(shape: Any, rows: list[dict[str, Any]], labels: list[int]) -> pd.DataFrame:
    blank = {name: pd.Series(dtype=object) for name in shape.wrapped_strategy.mapping}
    table = pd.DataFrame(rows, index=labels[: len(rows)]) if rows else pd.DataFrame(blank)
    dates = [name for name in table if name in DATED]
    return table.assign(**{name: pd.to_datetime(table[name]) for name in dates})


def test_every_public_step_is_held_to_the_law() -> None:
    assert set(STEPS) == set(steps.__all__)


@pytest.mark.parametrize("name", sorted(STEPS))
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_a_step_returns_the_same_rows_with_more_columns(name: str, data: st.DataObject) -> None:
    shape, step = STEPS[name]
    rows = data.draw(st.lists(shape, max_size=6))
    labels = data.draw(st.lists(st.integers(2, 999), min_size=6, max_size=6, unique=True))
    table = _table(shape, rows, labels)
    if name in {"assign_tiers", "plan_followups"} and "tier" in table and name == "assign_tiers":
        table = table.drop(columns="tier")
    before = table.copy(deep=True)
    result = step(table)
    pd.testing.assert_frame_equal(table, before)
    assert list(result.index) == list(table.index)
    assert [column for column in result if column in table] == list(table.columns)
    assert len(result.columns) > len(table.columns) or name in {"score_sentiment"}
    pd.testing.assert_frame_equal(step(table), result)


def _texts(table: pd.DataFrame) -> list[str]:
    return [
        name for name in table if table[name].map(lambda value: value is None or isinstance(value, str)).all()
    ]


def _as(kind: str, table: pd.DataFrame) -> pd.DataFrame:
    return table.astype(dict.fromkeys(_texts(table), kind))


OTHER_KINDS: dict[str, Callable[[pd.DataFrame], pd.DataFrame]] = {
    "nullable": lambda t: t.convert_dtypes(),
    "categorical": lambda t: _as("category", t),
    "string": lambda t: _as("string", t),
    "zoned": lambda t: t.assign(**{name: t[name].dt.tz_localize("Asia/Shanghai") for name in DATED & set(t)}),
}


@pytest.mark.parametrize("name", sorted(STEPS))
@settings(max_examples=4, deadline=None, phases=[Phase.generate])
@given(data=st.data())
def test_a_step_reads_columns_of_every_kind(name: str, data: st.DataObject) -> None:
    shape, step = STEPS[name]
    table = _table(shape, data.draw(st.lists(shape, min_size=1, max_size=6)), [2, 3, 4, 5, 6, 7])
    expected = step(table)
    for change in OTHER_KINDS.values():
        changed = change(table)
        result = step(changed)
        kept = [column for column in table if expected[column].equals(table[column])]
        assert (result.dtypes[kept] == changed.dtypes[kept]).all()
        for column in expected.columns.difference(table.columns):
            assert _values(result[column]) == _values(expected[column]), column


@pytest.mark.parametrize("name", sorted(set(STEPS) - NAMED_BY_OTHERS))
@settings(max_examples=4, deadline=None, phases=[Phase.generate])
@given(data=st.data())
def test_rows_may_share_a_number(name: str, data: st.DataObject) -> None:
    shape, step = STEPS[name]
    table = _table(shape, data.draw(st.lists(shape, max_size=6)), [2, 3, 4, 5, 6, 7])
    alike = step(table.set_axis([99] * len(table)))
    expected = step(table.set_axis(range(100, 100 + len(table))))  # numbers no other table names
    for column in expected:
        assert _values(alike[column]) == _values(expected[column]), column


@pytest.mark.parametrize("name", sorted(NAMED_BY_OTHERS))
def test_rows_others_name_must_be_told_apart(name: str) -> None:
    customers = pd.DataFrame({"customer_id": ["A", "B"]}, index=[2, 2])
    with pytest.raises(RepeatedRow, match="2"):
        STEPS[name][1](customers)


def test_the_table_may_be_named_and_its_columns_numbered() -> None:
    table = pd.DataFrame({"amount_12m": [5.0], "order_count": [1.0], 7: pd.array([1], dtype="Int64")})
    result = steps.tag_value(customers=table, rules=RULES)
    assert [name for name in result if name in table] == list(table) and result[7].dtype == "Int64"


def _values(column: pd.Series) -> list[Any]:
    return [None if not isinstance(value, tuple) and pd.isna(value) else value for value in column]
