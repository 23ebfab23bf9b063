"""Status tag and churn ladder (R-067, R-068, C-02, C-03)."""

from __future__ import annotations

import re

import pandas as pd

from crmsheet.rule_core import IntentRules
from crmsheet.rules import Rules
from crmsheet.steps._plain import step
from crmsheet.steps._reasons import choose, labelled, reasons_by
from crmsheet.steps.columns import need, text

_INTENT_COLUMNS = ("priority_remark", "contact_result", "contact_notes", "next_plan", "remark")


@step
def tag_status(customers: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    """Add ``churn_stage`` (active, warning, risk, lost; blank without orders), ``intent`` and ``status_tag``.

    ``status_tag`` is customer, intent (a plan to buy was heard of), prospect, warning, risk or lost. Reads
    ``recency_days`` (days since the last order) and ``order_count``; the words of ``intent`` are looked for in
    the remark of the priority, the result and notes of contacts, the plan and the remark. ``status_reason``
    names the days or the words.

    >>> t = pd.DataFrame({"recency_days": [90.0, 91, 181, 366, float("nan")], "order_count": [1.0, 1, 1, 1, 0]})
    >>> tag_status(t, Rules.load())["status_tag"].tolist()
    ['customer', 'warning', 'risk', 'lost', 'prospect']
    """
    need(customers, "tag_status", "recency_days", "order_count")
    days = customers["recency_days"]
    stage = _churn_stage(days, rules)
    words = find_intent(customers, rules.intent)
    unsold, heard = customers["order_count"] == 0, words != ""
    told = choose(
        customers.index,
        {"intent": heard & (unsold | (stage == "")), "prospect": unsold, "customer": stage == "active"},
    )
    tags = told.where(told != "", stage)
    return customers.assign(
        churn_stage=stage,
        intent=heard,
        status_tag=tags,
        status_reason=_reasons(tags, days, words, rules),
    )


def _churn_stage(days: pd.Series, rules: Rules) -> pd.Series:
    ladder = rules.churn
    return choose(
        days.index,
        {
            "": days.isna(),
            "lost": days > ladder.lost_after_days,
            "risk": days > ladder.risk_after_days,
            "warning": days > ladder.warning_after_days,
        },
        "active",
    )


def find_intent(customers: pd.DataFrame, rules: IntentRules) -> pd.Series:
    """The first word that tells of a plan to buy, blank where none does; a denial in the same text wins."""
    columns = [text(customers[column]).tolist() for column in _INTENT_COLUMNS if column in customers]
    if not rules.words or not columns:
        return pd.Series("", index=customers.index, dtype=object)
    words, denials = (
        re.compile("|".join(map(re.escape, some)) or r"(?!)") for some in (rules.words, rules.not_words)
    )
    said = map("\n".join, zip(*columns, strict=True))
    told = [found[0] if (found := words.search(one)) and not denials.search(one) else "" for one in said]
    return pd.Series(told, index=customers.index, dtype=object)


def _reasons(tags: pd.Series, days: pd.Series, words: pd.Series, rules: Rules) -> pd.Series:
    way = choose(
        tags.index,
        {"intent": tags == "intent", "churn": days.notna(), "prospect": tags == "prospect"},
    )
    return reasons_by(way, "status", rules, word=words, days=days, tag=labelled(tags, "status_tag", rules))
