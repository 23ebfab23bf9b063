"""What to say and through which channel: the play-book of the tier, the selling points of the tags (R-093,
R-094, R-098).
"""

from __future__ import annotations

import pandas as pd

from crmsheet.rules import Rules
from crmsheet.steps._distinct import once_each
from crmsheet.steps._plain import step
from crmsheet.steps.columns import looked_up, need, optional

_TAGS = ("price", "function", "service")


@step
def add_playbook(customers: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    """Add ``channel``, ``strategy``, ``actions`` and ``selling_points``.

    Reads ``tier`` and the optional ``requirement_tags`` (tuples); a customer without tags has no selling
    point.

    >>> t = pd.DataFrame({"tier": ["low_value"], "requirement_tags": [("price",)]})
    >>> add_playbook(t, Rules.load())[["channel", "selling_points"]].values.tolist()
    [['短信、邮件', '突出性价比：总拥有成本、阶梯优惠、同类对比']]
    """
    need(customers, "add_playbook", "tier")
    read = ("tier", "requirement_tags")
    return customers.assign(**once_each(customers, read, lambda said: _advised(said, rules)))


def _advised(customers: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    tiers = rules.tiers.items()
    texts = {
        name: looked_up(customers["tier"], {code: getattr(tier, name) for code, tier in tiers}, "")
        for name in ("channel", "strategy", "actions")
    }
    tags = optional(customers, "requirement_tags", None).map(
        lambda value: value if isinstance(value, tuple) else ()
    )
    pitches = {codes: _pitch(codes, rules) for codes in set(tags)}
    return pd.DataFrame({**texts, "selling_points": looked_up(tags, pitches)})


def _pitch(codes: tuple[str, ...], rules: Rules) -> str:
    pitches = [getattr(rules.pitches, code) for code in codes if code in _TAGS]
    return rules.labels.phrase("clause_separator").join(pitch for pitch in pitches if pitch)
