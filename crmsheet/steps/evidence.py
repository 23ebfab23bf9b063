"""Which customers' entries want evidence: what is tempting to invent, what looks copied from another line (R-061)."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from crmsheet.rule_sections import AuditRules
from crmsheet.rules import Rules
from crmsheet.steps._plain import step
from crmsheet.steps._reasons import Fact, filled, tier_labels
from crmsheet.steps.columns import optional, text


@step
def flag_evidence(customers: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    """Add ``needs_evidence`` (bool) and ``evidence_reason``: what of a customer's entries wants evidence, such as a
    screenshot of the talk (R-061; S2 names invented needs and inflated budgets).

    The conditions and their bounds are ``rules.audit``: a large budget, large deals, an open need of high priority, a
    tier raised by hand, the same contact notes with several customers of one person. A column that is missing
    says nothing.

    >>> t = pd.DataFrame({"budget_high": [2e6, 5e4], "top_priority": ["high", "low"]})
    >>> flag_evidence(t, Rules.load())["evidence_reason"].tolist()
    ['预算 200万；有高优先级的需求未解决', '']
    """
    budget = pd.DataFrame({end: _amounts(customers, f"budget_{end}") for end in ("low", "high")}).max(axis=1)
    amount, copies = _amounts(customers, "amount_12m"), _copies(customers, rules.audit)
    typed = text(optional(customers, "manual_tier", None))
    cases = {
        "budget": _reaches(budget, rules.audit.budget_at_least),
        "amount": _reaches(amount, rules.audit.amount_at_least),
        "need": (text(optional(customers, "top_priority", None)) == "high") & rules.audit.high_needs,
        "raised": _raised(customers, rules) & rules.audit.raised_tiers,
        "copied": _reaches(copies, rules.audit.copied_notes_from),
    }
    facts = {"budget": budget, "amount": amount, "others": copies - 1, "tier": tier_labels(typed, rules)}
    told = _told(cases, facts, rules)
    return customers.assign(needs_evidence=told != "", evidence_reason=told)


def _amounts(customers: pd.DataFrame, column: str) -> pd.Series:
    return optional(customers, column).astype("float64")


def _reaches(values: pd.Series, at_least: float) -> pd.Series:
    """Where a value reaches the bound; a bound of zero asks for nothing."""
    return (values >= at_least) & (at_least > 0)


def _raised(customers: pd.DataFrame, rules: Rules) -> pd.Series:
    """Where a person typed a better tier than the one computed."""
    rank = {code: place for place, code in enumerate(rules.migration.order)}
    typed, computed = (text(optional(customers, name, None)) for name in ("manual_tier", "computed_tier"))
    behind = len(rank)  # whoever bought nothing has a tier outside the order
    return typed.map(rank).fillna(behind) < computed.map(rank).fillna(behind).where(computed != "", -1)


def _copies(customers: pd.DataFrame, rules: AuditRules) -> pd.Series:
    """With how many customers of the same person these very notes stand; short ones are nobody's invention."""
    notes = text(optional(customers, "contact_notes", None)).str.split().str.join(" ")
    owner = text(optional(customers, "owner", None))
    counts = notes.groupby([owner, notes]).transform("size").astype("float64")
    return counts.where((notes.str.len() >= rules.copied_notes_characters) & (counts > 1))


def _told(cases: Mapping[str, pd.Series], facts: Mapping[str, Fact], rules: Rules) -> pd.Series:
    """All that holds of each row, as one sentence."""
    index = next(iter(cases.values())).index
    said: list[list[str]] = [[] for _ in index]
    for case, holds in cases.items():
        places = np.flatnonzero(holds.to_numpy(dtype=bool))
        template = str(rules.labels.words["phrases"][f"evidence.{case}"])
        for place, words in zip(places, filled(template, facts, places, rules.labels), strict=True):
            said[place].append(words)
    separator = rules.labels.phrase("clause_separator")
    return pd.Series([separator.join(words) for words in said], index=index, dtype=object)
