"""Hysteresis: a tier falls only when it would fall twice in a row (R-076, ANALYTICS §6; off unless the
rules ask for it).
"""

from __future__ import annotations

import pandas as pd

from crmsheet.rules import Rules
from crmsheet.steps._plain import step
from crmsheet.steps._reasons import reasons_by, tier_labels
from crmsheet.steps.columns import need, optional, text


@step
def hold_downgrades(customers: pd.DataFrame, before: pd.DataFrame | None, rules: Rules) -> pd.DataFrame:
    """Add ``tier_held`` (bool) and, where it is, put ``tier`` and ``tier_reason`` back to the last period's.

    A tier is held when it falls for the first time: ``before`` (last period's snapshot, index customer) has
    a better ``tier``, and what was computed then (``computed_tier``) had not fallen yet. What a person
    typed, and tiers outside the order of the rules, are left alone.

    >>> from crmsheet.model import Setting
    >>> rules = Rules.load(settings=[Setting("migration.hold_downgrades", True, "", "")])
    >>> last = pd.DataFrame({"tier": ["high_value"] * 2, "computed_tier": ["high_value", "low_value"]})
    >>> t = pd.DataFrame({"tier": ["low_value"] * 2, "tier_reason": ["", ""]})
    >>> hold_downgrades(t, last, rules)["tier"].tolist()
    ['high_value', 'low_value']
    """
    need(customers, "hold_downgrades", "tier", "tier_reason")
    if before is None or not rules.migration.hold_downgrades or "tier" not in before:
        return customers.assign(tier_held=False)
    rank = {code: place for place, code in enumerate(rules.migration.order)}
    known = before.reindex(customers.index)
    was, now = text(known["tier"]), text(customers["tier"])
    then = text(optional(known, "computed_tier", None))
    then = then.where(then != "", was)
    typed = text(optional(customers, "manual_tier", None)) != ""
    held = (now.map(rank) > was.map(rank)) & ~(then.map(rank) > was.map(rank)) & ~typed
    way = held.map({True: "held", False: ""}).astype(object)
    reasons = reasons_by(
        way,
        "tier",
        rules,
        tier=tier_labels(was, rules),
        computed=tier_labels(now, rules),
        why=customers["tier_reason"],
    )
    return customers.assign(
        tier=customers["tier"].where(~held, was),
        tier_reason=customers["tier_reason"].where(~held, reasons),
        tier_held=held,
    )
