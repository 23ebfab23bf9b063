"""What the analytics could not compute, and why: notes for the reader."""

from __future__ import annotations

import pandas as pd

from crmsheet.model import Note
from crmsheet.rules import Rules
from crmsheet.steps.columns import optional
from crmsheet.tables.facts import Facts


def missing_facts(facts: Facts, before: pd.DataFrame | None, rules: Rules) -> tuple[Note, ...]:
    """One note per kind of fact that the workbook lacks, each named after what depends on it.

    Without customers there is nothing to say.
    """
    if not len(facts.customers):
        return ()
    lacks = {
        "no_feedback": not len(facts.feedback),
        "no_contracts": not len(facts.contracts),
        "no_tasks": not len(facts.tasks),
        "no_snapshots": before is None,
        "no_potential": not optional(facts.customers, "potential_score").notna().any(),
        "no_executive_visits": len(facts.interactions) > 0 and "executive_visit" not in facts.interactions,
        "no_raised_days": len(facts.requirements) > 0
        and not optional(facts.requirements, "raised_on", None).notna().any(),
        "no_referrers": not (_any(facts.customers, "referrer") or _any(facts.customers, "source")),
        "no_buyers": len(facts.orders) > 0 and not (optional(facts.customers, "frequency") > 0).any(),
    }
    notes = [Note(code) for code, holds in lacks.items() if holds]
    return (*notes, *_off_the_scale(facts, rules))


def _any(table: pd.DataFrame, column: str) -> bool:
    values = optional(table, column, None)
    return bool((values.notna() & (values != "")).any())


def _off_the_scale(facts: Facts, rules: Rules) -> list[Note]:
    """Satisfaction scores above the scale of the rules are not counted; likely the scale is the other one."""
    top = rules.rates.satisfaction_top
    above = int((optional(facts.feedback, "satisfaction").astype("float64") > top).sum())
    return [Note("satisfaction_scale", {"count": above, "top": top})] if above else []
