"""Where the judgements of a customer's value disagree: amount, RFM tier, composite score, typed level
(C-04).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from crmsheet.rules import Rules
from crmsheet.steps._distinct import once_each
from crmsheet.steps._plain import step
from crmsheet.steps._reasons import choose, labelled, reasons_by, tier_labels
from crmsheet.steps.columns import need, optional

_READ = ("value_tag", "rfm_tier", "value_score", "completeness", "value_level")
_RANK = {"high": 3.0, "medium": 2.0, "low": 1.0}
_LEVEL_OF_TIER = {"high_value": "high", "potential": "medium", "low_value": "low", "churn_risk": "low"}


@step
def compare_judgements(customers: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    """Add ``amount_level``, ``rfm_level``, ``score_level``, ``typed_level`` (high, medium, low; blank = no
    judgement), ``judgements_apart`` (0–2 levels), ``judgements_differ`` and ``disagreement_reason``.

    Reads ``value_tag``, ``rfm_tier`` (churn risk counts as low: not to be relied on), ``value_score`` where
    it is complete enough, and ``value_level``, which a person typed. The axes stay as they are.

    >>> t = pd.DataFrame({"value_tag": ["high", "high"], "rfm_tier": ["churn_risk", "high_value"]})
    >>> compare_judgements(t, Rules.load())[["judgements_apart", "judgements_differ"]].values.tolist()
    [[2, True], [0, False]]
    """
    need(customers, "compare_judgements", "value_tag", "rfm_tier")
    return customers.assign(**once_each(customers, _READ, lambda said: _compared(said, rules)))


def _compared(customers: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    levels = {
        "amount_level": _only_levels(customers["value_tag"]),
        "rfm_level": _only_levels(customers["rfm_tier"].map(_LEVEL_OF_TIER)),
        "score_level": _score_level(customers, rules),
        "typed_level": _only_levels(optional(customers, "value_level", None)),
    }
    ranks = pd.DataFrame({name: level.map(_RANK) for name, level in levels.items()})
    apart = (ranks.max(axis=1) - ranks.min(axis=1)).fillna(0).astype("int64")
    differ = apart >= rules.agreement.levels_apart
    way = choose(customers.index, {"differs": differ})
    named = _named(customers, levels, differ, rules)
    return pd.DataFrame(
        {
            **levels,
            "judgements_apart": apart,
            "judgements_differ": differ,
            "disagreement_reason": reasons_by(way, "judgements", rules, judgements=named, apart=apart),
        }
    )


def _only_levels(codes: pd.Series) -> pd.Series:
    return codes.where(codes.isin(list(_RANK)), "").astype(object)


def _score_level(customers: pd.DataFrame, rules: Rules) -> pd.Series:
    """Level of the composite score; blank where too little of it is known."""
    score = optional(customers, "value_score")
    known = optional(customers, "completeness", 1.0) >= rules.value_score.complete_at_least
    limits = rules.agreement
    return choose(
        customers.index,
        {
            "": score.isna() | ~known,
            "high": score >= limits.score_high_at_least,
            "medium": score >= limits.score_medium_at_least,
        },
        "low",
    )


def _named(
    customers: pd.DataFrame, levels: dict[str, pd.Series], differ: pd.Series, rules: Rules
) -> pd.Series:
    """Each judgement in its own words, for the customers that are listed."""
    words = {
        "amount_level": labelled(customers["value_tag"], "value_tag", rules),
        "rfm_level": tier_labels(customers["rfm_tier"], rules),
        "score_level": optional(customers, "value_score"),
        "typed_level": labelled(levels["typed_level"], "level", rules),
    }
    said = [
        reasons_by(
            choose(customers.index, {name: differ & (levels[name] != "")}),
            "judged",
            rules,
            word=word,
            level=labelled(levels[name], "level", rules),
        )
        for name, word in words.items()
    ]
    sentences = zip(*(column[differ] for column in said), strict=True)
    named = np.full(len(customers), "", dtype=object)
    named[differ.to_numpy()] = [rules.labels.join(filter(None, row)) for row in sentences]
    return pd.Series(named, index=customers.index, dtype=object)
