"""Codes into words, column by column, for tables that people read."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from crmsheet.labels import Labels
from crmsheet.rules import Rules
from crmsheet.steps.columns import optional
from crmsheet.view import Tone

PRIORITY_TONES: Mapping[str, Tone] = {"high": "bad", "medium": "watch", "low": "good"}
TIER_TONES: Mapping[str, Tone] = {
    "high_value": "accent",
    "potential": "info",
    "churn_risk": "bad",
    "low_value": "plain",
    "prospect": "watch",
    "unrated": "plain",
}
REMINDER_TONES: Mapping[str, Tone] = {"overdue": "bad", "today": "watch", "soon": "watch", "later": "good"}
SEVERITY_TONES: Mapping[str, Tone] = {"error": "bad", "warning": "watch", "hint": "info", "silenced": "plain"}
STATUS_TONES: Mapping[str, Tone] = {"todo": "watch", "doing": "info", "done": "good", "paused": "plain"}


def worded(table: pd.DataFrame, column: str, labels: Labels, vocabulary: str) -> pd.Series:
    """The written label of each code; blank where the column is missing or empty."""
    codes = optional(table, column, None)
    words = {code: labels.choice(vocabulary, code) for code in codes.dropna().unique()}
    return codes.map(words).astype(object).fillna("")


def tier_words(table: pd.DataFrame, rules: Rules, column: str = "tier") -> pd.Series:
    """Label of each tier."""
    codes = optional(table, column, None).astype(object)
    return codes.map({code: tier.label for code, tier in rules.tiers.items()}).fillna("")


def tag_words(table: pd.DataFrame, labels: Labels) -> pd.Series:
    """Requirement tags as one list of words."""
    tags = optional(table, "requirement_tags", None)
    known = {
        codes: labels.join(labels.choice("requirement_tag", code) for code in codes)
        for codes in set(tags.dropna())
    }
    return tags.map(known).fillna("")


def toned(labels: Labels, vocabulary: str, tones: Mapping[str, Tone]) -> dict[str, Tone]:
    """Tones by written label instead of by code."""
    return {labels.choice(vocabulary, code): tone for code, tone in tones.items()}


def tier_tones(rules: Rules) -> dict[str, Tone]:
    """Tones by tier label; tiers a team added are plain."""
    return {tier.label: TIER_TONES.get(code, "plain") for code, tier in rules.tiers.items()}
