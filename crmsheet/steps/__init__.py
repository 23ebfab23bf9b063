"""Steps: a table in, the same rows with more columns out.

A step is pure: it never changes what it was given and reads no clock, file or language. Steps never import
each other's bodies to run one after another; ``pipeline`` does that.
"""

from __future__ import annotations

from crmsheet.steps.customer_needs import add_open_needs, add_requirement_tags
from crmsheet.steps.followup import plan_followups
from crmsheet.steps.ice import score_ice
from crmsheet.steps.order_facts import add_order_facts
from crmsheet.steps.orders import prepare_orders
from crmsheet.steps.priority import suggest_priority
from crmsheet.steps.requirement_tags import (
    classify_requirements,
    score_sentiment,
    tag_requirements,
)
from crmsheet.steps.status_tag import tag_status
from crmsheet.steps.tiers import assign_tiers
from crmsheet.steps.value_score import score_value
from crmsheet.steps.value_tag import tag_value

__all__ = [
    "add_open_needs",
    "add_order_facts",
    "add_requirement_tags",
    "assign_tiers",
    "classify_requirements",
    "plan_followups",
    "prepare_orders",
    "score_ice",
    "score_sentiment",
    "score_value",
    "suggest_priority",
    "tag_requirements",
    "tag_status",
    "tag_value",
]
