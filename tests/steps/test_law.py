"""The law: a step returns the same rows with more columns, and never changes what it was given."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmsheet import steps
from crmsheet.rules import Rules
from crmsheet.workdays import Calendar

AS_OF = date(2026, 11, 20)
RULES = Rules.load()
CALENDAR = Calendar.around(AS_OF)
LEVELS = st.sampled_from(["high", "medium", "low", None])
DAYS = st.one_of(
    st.none(), st.dates(date(2024, 1, 1), date(2027, 6, 1)).map(lambda day: pd.Timestamp(day))
)
COUNTS = st.one_of(st.just(np.nan), st.integers(0, 40).map(float))
MONEY = st.one_of(st.just(np.nan), st.floats(-1e6, 1e7, allow_nan=False))
SCORES = st.one_of(st.just(np.nan), st.integers(2, 20).map(lambda n: n / 2))
TEXTS = st.one_of(st.none(), st.text(max_size=12), st.sampled_from(["有意向", "价格太贵，希望打折", "暂不考虑"]))

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
    "score_ice": (REQUIREMENT, lambda t: steps.score_ice(t, RULES)),
    "suggest_priority": (REQUIREMENT, lambda t: steps.suggest_priority(t, RULES)),
    "tag_requirements": (REQUIREMENT, lambda t: steps.tag_requirements(t, RULES)),
    "classify_requirements": (REQUIREMENT, lambda t: steps.classify_requirements(t, RULES)),
    "score_sentiment": (REQUIREMENT, lambda t: steps.score_sentiment(t, RULES)),
    "prepare_orders": (ORDER, lambda t: steps.prepare_orders(t, as_of=AS_OF)),
}
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


def _table(shape: Any, rows: list[dict[str, Any]], labels: list[int]) -> pd.DataFrame:
    blank = {name: pd.Series(dtype=object) for name in shape.wrapped_strategy.mapping}
    table = pd.DataFrame(rows, index=labels[: len(rows)]) if rows else pd.DataFrame(blank)
    dates = [name for name in ("first_order", "last_contact", "next_date", "last_deal", "order_date") if name in table]
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
