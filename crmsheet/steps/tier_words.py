"""Tiers and status in the words of the chosen source document (C-07)."""

from __future__ import annotations

import pandas as pd

from crmsheet.rules import Rules
from crmsheet.steps._distinct import once_each
from crmsheet.steps._plain import step
from crmsheet.steps._reasons import labelled, tier_labels
from crmsheet.steps.columns import is_true, need, optional

_CHURNED = "churn_risk"
_TIER_OF_VALUE = {"high": "high_value", "medium": "potential", "low": "low_value"}


@step
def word_tiers(customers: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    """Add ``tier_label``, ``status_label`` and ``churn_flag`` (a lost customer who keeps his value's word).

    Under vocabularies of three words a customer at risk is called by the value of his last twelve months,
    and flagged beside it; under the others he has a word of his own. The status of a buyer says where refunds
    ate up all that he bought. Reads ``tier``, ``value_tag``, ``status_tag``, ``net_refund``.

    >>> from crmsheet.model import Setting
    >>> rules = Rules.load(settings=[Setting("vocabulary.preset", "S3", "", "")])
    >>> t = pd.DataFrame({"tier": ["churn_risk", "high_value"], "value_tag": ["medium", "high"]})
    >>> word_tiers(t, rules)[["tier_label", "churn_flag"]].values.tolist()
    [['潜力客户', True], ['VIP客户', False]]
    """
    need(customers, "word_tiers", "tier")
    read = ("tier", "value_tag", "status_tag", "net_refund")
    return customers.assign(**once_each(customers, read, lambda said: _worded(said, rules)))


def _worded(customers: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    tier = customers["tier"]
    flagged = (tier == _CHURNED) & (rules.vocabulary.churned == "flag")
    value = optional(customers, "value_tag", "").map(_TIER_OF_VALUE).fillna("low_value")
    status = optional(customers, "status_tag", "")
    own = status.map(dict(rules.vocabulary.status_words))
    words = own.where(own.notna(), labelled(status, "status_tag", rules)).astype(object)
    refunded = is_true(customers, "net_refund") & (words != "")
    return pd.DataFrame(
        {
            "tier_label": tier_labels(tier.where(~flagged, value), rules),
            "status_label": words.mask(refunded, words + rules.labels.phrase("net_refund_mark")),
            "churn_flag": flagged,
        }
    )
