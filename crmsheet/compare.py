"""What if the rules were others: who would move between tiers, and why (R-076)."""

from __future__ import annotations

from datetime import date

import pandas as pd

from crmsheet.model import Cleaned, Tables
from crmsheet.pipeline import analyze
from crmsheet.rules import Rules
from crmsheet.settings import setting_lines
from crmsheet.steps.columns import text

COLUMNS = ("customer_name", "tier_before", "tier_after", "direction", "before_label", "after_label", "why")


def compare_rules(tables: Tables | Cleaned, rules_a: Rules, rules_b: Rules, as_of: date) -> pd.DataFrame:
    """Customers whose tier differs under the two rule sets, index ``customer``, columns ``COLUMNS``.

    ``tier_before`` is the tier under ``rules_a``, ``tier_after`` under ``rules_b``; ``direction`` is up, down or
    other, by the order of tiers in ``rules_b``; ``why`` puts both reasons side by side. Falls come first.
    What differs between the rules themselves is told by ``list_setting_changes``.
    """
    one, other = (analyze(tables, rules, as_of).customers for rules in (rules_a, rules_b))
    index = one.index.intersection(other.index, sort=False)
    one, other = one.loc[index], other.loc[index]
    moved = index[(one["tier"] != other["tier"]).to_numpy()]
    was, is_now = one.loc[moved, "tier"], other.loc[moved, "tier"]
    moves = pd.DataFrame(
        {
            "customer_name": text(other.loc[moved, "customer_name"]),
            "tier_before": was,
            "tier_after": is_now,
            "direction": _directions(was, is_now, rules_b),
            "before_label": was.map({code: tier.label for code, tier in rules_a.tiers.items()}),
            "after_label": is_now.map({code: tier.label for code, tier in rules_b.tiers.items()}),
            "why": [
                rules_b.labels.phrase("compare_why", one=was_so, other=is_so)
                for was_so, is_so in zip(
                    one.loc[moved, "tier_reason"], other.loc[moved, "tier_reason"], strict=True
                )
            ],
        },
        index=moved,
    )
    order = moves["direction"].map({"down": 0, "up": 1, "other": 2}).sort_values(kind="stable").index
    return moves.loc[order, list(COLUMNS)]


def list_setting_changes(rules_a: Rules, rules_b: Rules) -> pd.DataFrame:
    """Settings that differ, in the order of the rules: ``key``, ``label``, ``before``, ``after``, ``unit``.

    >>> from crmsheet.model import Setting
    >>> other = Rules.load(settings=[Setting("rfm.recency_high_days", 60, "", "")])
    >>> list_setting_changes(Rules.load(), other).values.tolist()
    [['rfm.recency_high_days', 'R 高：不超过', 90, 60, '天']]
    """
    pairs = zip(setting_lines(rules_a), setting_lines(rules_b), strict=True)
    rows = [(a.key, a.label, a.value, b.value, a.unit) for a, b in pairs if a.value != b.value]
    return pd.DataFrame(rows, columns=["key", "label", "before", "after", "unit"])


def _directions(was: pd.Series, is_now: pd.Series, rules: Rules) -> pd.Series:
    rank = {code: place for place, code in enumerate(rules.migration.order)}
    fall = is_now.map(rank) - was.map(rank)
    return fall.map(lambda steps: "other" if pd.isna(steps) else ("down" if steps > 0 else "up")).astype(
        object
    )
