"""Status tag and churn ladder (R-067, R-068, C-02, C-03)."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from crmsheet.rules import IntentRules, Rules
from crmsheet.steps.columns import need, optional, text

_INTENT_COLUMNS = ("priority_remark", "contact_result", "contact_notes", "next_plan", "remark")


def tag_status(customers: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    """Add ``churn_stage`` (active, warning, risk, lost; blank without orders), ``intent`` and ``status_tag``.

    ``status_tag`` is customer, intent (a plan to buy was heard of), prospect, warning, risk or lost. Reads
    ``recency_days`` (days since the last order) and ``order_count``; the words of ``intent`` are looked for in
    the remark of the priority, the result and notes of contacts, the plan and the remark. ``status_reason``
    names the days or the words.

    >>> t = pd.DataFrame({"recency_days": [90.0, 91, 181, 366, np.nan], "order_count": [1.0, 1, 1, 1, 0]})
    >>> tag_status(t, Rules.load())["status_tag"].tolist()
    ['customer', 'warning', 'risk', 'lost', 'prospect']
    """
    need(customers, "tag_status", "recency_days", "order_count")
    days = customers["recency_days"]
    stage = _churn_stage(days, rules)
    words = find_intent(customers, rules.intent)
    unsold = (customers["order_count"] == 0).to_numpy()
    heard = (words != "").to_numpy()
    status = np.select(
        [unsold & heard, unsold, (stage == "active").to_numpy(), (stage != "").to_numpy(), heard],
        ["intent", "prospect", "customer", stage.to_numpy(), "intent"],
        default="",
    )
    tags = pd.Series(status, index=customers.index, dtype=object)
    return customers.assign(
        churn_stage=stage,
        intent=words != "",
        status_tag=tags,
        status_reason=_reasons(tags, days, words, rules),
    )


def _churn_stage(days: pd.Series, rules: Rules) -> pd.Series:
    ladder = rules.churn
    stage = np.select(
        [
            days.isna().to_numpy(),
            (days > ladder.lost_after_days).to_numpy(),
            (days > ladder.risk_after_days).to_numpy(),
            (days > ladder.warning_after_days).to_numpy(),
        ],
        ["", "lost", "risk", "warning"],
        default="active",
    )
    return pd.Series(stage, index=days.index, dtype=object)


def find_intent(customers: pd.DataFrame, rules: IntentRules) -> pd.Series:
    """The first word that tells of a plan to buy, blank where none does; a denial in the same text wins."""
    joined = pd.Series("", index=customers.index, dtype=object)
    for column in _INTENT_COLUMNS:
        if column in customers:
            joined = joined + "\n" + text(optional(customers, column, None))
    if not rules.words:
        return pd.Series("", index=customers.index, dtype=object)
    told = joined.str.extract(f"({'|'.join(map(re.escape, rules.words))})", expand=False).fillna("")
    if rules.not_words:
        told = told.where(~joined.str.contains("|".join(map(re.escape, rules.not_words))), "")
    return told


def _reasons(tags: pd.Series, days: pd.Series, words: pd.Series, rules: Rules) -> pd.Series:
    labels = rules.labels
    reasons = pd.Series("", index=tags.index, dtype=object)
    reasons[tags == "prospect"] = labels.phrase("reason.prospect")
    told = tags == "intent"
    reasons[told] = labels.phrases("reason.intent", tags.index[told], word=words[told])
    bought = days.notna() & ~told
    reasons[bought] = labels.phrases(
        "reason.churn",
        tags.index[bought],
        days=days[bought].astype(int),
        tag=tags[bought].map(lambda code: labels.choice("status_tag", code)),
    )
    return reasons
