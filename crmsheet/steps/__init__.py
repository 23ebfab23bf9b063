"""Steps: a table in, the same rows with more columns out.

A step is pure: it never changes what it was given and reads no clock, file or language. Steps never import
each other's bodies to run one after another; ``pipeline`` does that.
"""

from __future__ import annotations

from crmsheet.steps.audit_draw import draw_audit
from crmsheet.steps.change_requests import track_changes
from crmsheet.steps.clv_facts import add_clv
from crmsheet.steps.customer_needs import add_open_needs, add_requirement_tags
from crmsheet.steps.decision_roles import find_decision_makers, suggest_decision_role
from crmsheet.steps.demand import score_demand
from crmsheet.steps.discussion import flag_discussion
from crmsheet.steps.evidence import flag_evidence
from crmsheet.steps.feasibility import assess_feasibility
from crmsheet.steps.followup import plan_followups
from crmsheet.steps.ice import score_ice
from crmsheet.steps.lifecycle import stage_lifecycle, tag_purchase_behavior
from crmsheet.steps.order_facts import add_order_facts
from crmsheet.steps.orders import prepare_orders
from crmsheet.steps.plan_gate import gate_plan
from crmsheet.steps.playbook import add_playbook
from crmsheet.steps.priority import suggest_priority
from crmsheet.steps.requirement_age import age_requirements
from crmsheet.steps.requirement_tags import (
    classify_requirements,
    score_sentiment,
    tag_requirements,
)
from crmsheet.steps.risk_signals import find_signals, flag_complaint_risk
from crmsheet.steps.size_band import band_sizes
from crmsheet.steps.status_tag import tag_status
from crmsheet.steps.sub_requirements import link_sub_requirements
from crmsheet.steps.task_progress import track_tasks
from crmsheet.steps.tier_agreement import compare_judgements
from crmsheet.steps.tier_hold import hold_downgrades
from crmsheet.steps.tier_words import word_tiers
from crmsheet.steps.tiers import assign_tiers
from crmsheet.steps.timeliness import check_entry_delay, check_updates
from crmsheet.steps.value_matrix import place_in_matrix
from crmsheet.steps.value_score import score_value
from crmsheet.steps.value_tag import tag_value
from crmsheet.steps.visits import plan_interviews, plan_visits
from crmsheet.steps.win_back import rank_win_back

__all__ = [
    "add_clv",
    "add_open_needs",
    "add_order_facts",
    "add_playbook",
    "add_requirement_tags",
    "age_requirements",
    "assess_feasibility",
    "assign_tiers",
    "band_sizes",
    "check_entry_delay",
    "check_updates",
    "classify_requirements",
    "compare_judgements",
    "draw_audit",
    "find_decision_makers",
    "find_signals",
    "flag_complaint_risk",
    "flag_discussion",
    "flag_evidence",
    "gate_plan",
    "hold_downgrades",
    "link_sub_requirements",
    "place_in_matrix",
    "plan_followups",
    "plan_interviews",
    "plan_visits",
    "prepare_orders",
    "rank_win_back",
    "score_demand",
    "score_ice",
    "score_sentiment",
    "score_value",
    "stage_lifecycle",
    "suggest_decision_role",
    "suggest_priority",
    "tag_purchase_behavior",
    "tag_requirements",
    "tag_status",
    "tag_value",
    "track_changes",
    "track_tasks",
    "word_tiers",
]
