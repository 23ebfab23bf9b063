"""Codes into words, column by column, for tables that people read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from crmsheet.labels import Labels
from crmsheet.rules import Rules
from crmsheet.steps.columns import is_true, optional
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
CHURN_TONES: Mapping[str, Tone] = {"warning": "watch", "risk": "bad", "lost": "plain"}
DIRECTION_TONES: Mapping[str, Tone] = {
    "up": "good",
    "down": "bad",
    "other": "watch",
    "new": "info",
    "gone": "plain",
}
CAUSE_TONES: Mapping[str, Tone] = {"behavior": "info", "rules": "watch", "manual": "plain"}
QUADRANT_TONES: Mapping[str, Tone] = {"star": "accent", "cow": "watch", "nurture": "info", "watch": "plain"}
TASK_TONES: Mapping[str, Tone] = {
    "done": "good",
    "done_late": "watch",
    "running": "info",
    "overdue": "bad",
    "upcoming": "plain",
    "paused": "plain",
}
SOLUTION_TONES: Mapping[str, Tone] = {
    "late": "bad",
    "running": "info",
    "delivered": "watch",
    "confirmed": "accent",
    "draft": "plain",
    "accepted": "good",
}
CHANGE_TONES: Mapping[str, Tone] = {"skipped": "bad", "open": "watch", "complete": "good"}
ACCESS_TONES: Mapping[str, Tone] = {"not_reached": "watch"}
LEVEL_TONES: Mapping[str, Tone] = {"high": "good", "medium": "watch", "low": "bad"}
AGEING_TONES: Mapping[str, Tone] = {
    "not_due": "good",
    "today": "watch",
    "1-3": "watch",
    "4-7": "bad",
    "8-14": "bad",
    "15-30": "bad",
    ">30": "bad",
}
FEASIBILITY_TONES: Mapping[str, Tone] = {"feasible": "good", "partial": "watch", "infeasible": "bad"}
PROMISE_TONES: Mapping[str, Tone] = {
    "kept": "good",
    "broken": "watch",
    "overdue": "bad",
    "pending": "info",
}
PLAN_TONES: Mapping[str, Tone] = {
    "planned": "good",
    "partly": "watch",
    "unassessed": "info",
    "pool": "bad",
    "paused": "plain",
    "done": "accent",
}
STATUS_TONES: Mapping[str, Tone] = {"todo": "watch", "doing": "info", "done": "good", "paused": "plain"}


def in_words(codes: pd.Series, words: Mapping[Any, str]) -> pd.Series:
    """The word of each code; blank where there is none."""
    places, distinct = pd.factorize(codes)  # -1: no code at all
    known = np.array([*(words.get(code, "") for code in distinct), ""], dtype=object)
    return pd.Series(known[places], index=codes.index, dtype=object)


def worded(table: pd.DataFrame, column: str, labels: Labels, vocabulary: str) -> pd.Series:
    """The written label of each code; blank where the column is missing or empty."""
    codes = optional(table, column, None)
    return in_words(codes, {code: labels.choice(vocabulary, code) for code in codes.dropna().unique()})


def rule_words(table: pd.DataFrame, labels: Labels) -> pd.Series:
    """What found each line, by name; ``code`` may hold names already, as an earlier sheet told them."""
    codes = optional(table, "code", None)
    names = {code: rule_name(str(code), labels) for code in codes.dropna().unique()}
    return in_words(codes, names)


def rule_name(code: str, labels: Labels) -> str:
    """Name of a kind of finding, given its code or its name in any language; what nobody knows stays."""
    return labels.choice("rule", labels.choice_code("rule", code)) or code


def tier_words(table: pd.DataFrame, rules: Rules, column: str = "tier") -> pd.Series:
    """Label of each tier; a lost customer who keeps his value's word has that word and a flag (C-07)."""
    codes = optional(table, column, None)
    words = in_words(codes, {code: tier.label for code, tier in rules.tiers.items()})
    if column != "tier" or not {"tier_label", "churn_flag"} <= set(table):
        return words
    flagged = {label: _flagged(str(label), rules) for label in table["tier_label"].unique()}
    return words.where(~is_true(table, "churn_flag"), in_words(table["tier_label"], flagged))


def _flagged(label: str, rules: Rules) -> str:
    return rules.labels.phrase("tier_flagged", tier=label, flag=rules.tiers["churn_risk"].label)


def marks(table: pd.DataFrame, labels: Labels) -> pd.Series:
    """What a person marked beside each line: the word of a decision, else whatever was typed instead of one."""
    words = worded(table, "accept", labels, "accept")
    return words.where(words != "", optional(table, "odd_mark", ""))


def tag_words(table: pd.DataFrame, labels: Labels) -> pd.Series:
    """Requirement tags as one list of words."""
    tags = optional(table, "requirement_tags", None)
    known = {
        codes: labels.join(labels.choice("requirement_tag", code) for code in codes)
        for codes in tags.dropna().unique()
    }
    return in_words(tags, known)


def toned(labels: Labels, vocabulary: str, tones: Mapping[str, Tone]) -> dict[str, Tone]:
    """Tones by written label instead of by code."""
    return {labels.choice(vocabulary, code): tone for code, tone in tones.items()}


def tier_tones(rules: Rules) -> dict[str, Tone]:
    """Tones by tier label; tiers a team added are plain."""
    tones: dict[str, Tone] = {tier.label: TIER_TONES.get(code, "plain") for code, tier in rules.tiers.items()}
    if rules.vocabulary.churned == "flag":
        tones |= {_flagged(tier.label, rules): TIER_TONES["churn_risk"] for tier in rules.tiers.values()}
    return tones


def percent(share: float) -> str:
    """A share as whole percent; blank when it is not known.

    >>> percent(0.416), percent(float("nan"))
    ('42%', '')
    """
    return "" if pd.isna(share) else f"{share:.0%}"


def interval(low: pd.Series, high: pd.Series) -> pd.Series:
    """Two bounds of a share as one text.

    >>> interval(pd.Series([0.35]), pd.Series([0.62])).tolist()
    ['35%–62%']
    """
    both = [f"{percent(a)}–{percent(b)}" if pd.notna(a) else "" for a, b in zip(low, high, strict=True)]
    return pd.Series(both, index=low.index, dtype=object)
