"""Sections of the rules for the deeper analytics."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, field_validator, model_validator

from crmsheet.labels import Labels
from crmsheet.rule_text import read_limits, read_number
from crmsheet.rule_values import (
    Count,
    Days,
    Money,
    Months,
    Pairs,
    Section,
    Share,
    Switch,
    Weight,
    Words,
    required,
)


class VocabularyRules(Section):
    """Whose words are printed. ``churned``: lost customers have their own word, or keep their value's."""

    preset: Literal["standard", "S0", "S2", "S3", "S4"]
    churned: Literal["own", "flag"]
    status_words: Pairs

    @field_validator("status_words")
    @classmethod
    def are_statuses(cls, words: dict[str, str]) -> dict[str, str]:
        labels = Labels.load()
        if unknown := sorted(words.keys() - labels.words["choices"]["status_tag"].keys()):
            raise ValueError(f"statuses:{labels.join(unknown)}")
        return words


class MatrixRules(Section):
    cut: Literal["arpu", "amount"]
    amount_at_least: Money
    potential_at_least: Weight


class AgreementRules(Section):
    score_high_at_least: Weight
    score_medium_at_least: Weight
    levels_apart: Annotated[Literal[1, 2], BeforeValidator(read_number)]

    @model_validator(mode="after")
    def descending(self) -> Self:
        return required(
            self,
            self.score_high_at_least > self.score_medium_at_least,
            "descending",
            "score_high_at_least",
            "score_medium_at_least",
        )


class LifecycleRules(Section):
    loyal_orders: Annotated[int, Field(ge=2, le=1000)]
    loyal_months: Months
    loyal_within_days: Days


class ComplaintRules(Section):
    window_days: Days
    low_satisfaction: Annotated[float, Field(ge=0, le=10)]
    negative_contacts: Count
    words: Words
    not_words: Words


class SignalRule(Section):
    """What customers say or do that tells more: words, how often within how many days, and what to do."""

    label: Annotated[str, Field(min_length=1, max_length=20)]
    words: Words
    not_words: Words
    at_least: Count
    within_days: Days
    advice: str


class VisitRules(Section):
    due_soon_days: Annotated[int, Field(ge=0, le=60)]


class InterviewRules(Section):
    tiers: Words
    every_months: Annotated[int, Field(ge=1, le=60)]
    words: Words
    not_words: Words


class TimelinessRules(Section):
    entry_hours: Annotated[int, Field(ge=1, le=720)]
    update_months: Annotated[int, Field(ge=1, le=12)]


class WinBackRules(Section):
    loss_if_warning: Share
    loss_if_risk: Share
    loss_if_lost: Share

    @model_validator(mode="after")
    def ascending(self) -> Self:
        return required(
            self,
            self.loss_if_warning <= self.loss_if_risk <= self.loss_if_lost,
            "ascending_share",
            *("loss_if_warning", "loss_if_risk", "loss_if_lost"),
        )


class PitchTexts(Section):
    price: str
    function: str
    service: str


Feasibility = Literal["feasible", "partial", "infeasible"]


class FeasibilityRules(Section):
    """What each judgement allows; whoever judges low difficulty, ample resources or compliance allows all (R-082)."""

    difficulty_medium: Feasibility
    difficulty_high: Feasibility
    resources_tight: Feasibility
    resources_short: Feasibility
    compliance_adjustable: Feasibility
    compliance_noncompliant: Feasibility

    def allowed_by(self, judgement: str) -> dict[str, Feasibility]:
        """What each answer to ``judgement`` allows."""
        answers: dict[str, dict[str, Feasibility]] = {
            "technical_difficulty": {
                "low": "feasible",
                "medium": self.difficulty_medium,
                "high": self.difficulty_high,
            },
            "resources": {"ample": "feasible", "tight": self.resources_tight, "short": self.resources_short},
            "compliance": {
                "compliant": "feasible",
                "adjustable": self.compliance_adjustable,
                "noncompliant": self.compliance_noncompliant,
            },
        }
        return answers[judgement]


class PromiseRules(Section):
    response_workdays: Annotated[int, Field(ge=0, le=60)]


class DemandRules(Section):
    lead_words: Words
    tail_words: Words


class MigrationRules(Section):
    order: Words
    period: Literal["month", "quarter", "half_year"]
    hold_downgrades: Switch


class RateRules(Section):
    period_months: Annotated[int, Field(ge=1, le=36)]
    active_days: Annotated[int, Field(ge=1, le=730)]
    renewal_grace_days: Days
    satisfaction_top: Annotated[Literal[5, 10], BeforeValidator(read_number)]
    mood_days: Annotated[int, Field(ge=1, le=730)]
    few_answers: Annotated[int, Field(ge=0, le=1000)]
    referral_sources: Words


class TrendRules(Section):
    few_customers: Count
    bought_within_days: Annotated[int, Field(ge=1, le=730)]
    size_limits: Annotated[tuple[int, int, int], BeforeValidator(read_limits)]

    @model_validator(mode="after")
    def ascending(self) -> Self:
        small, medium, large = self.size_limits
        return required(self, 0 < small < medium < large, "limits", "size_limits")


class ReviewRules(Section):
    period_months: Annotated[int, Field(ge=1, le=24)]


class AuditRules(Section):
    """How many customers are audited, and which entries want evidence; a bound of 0 asks for nothing (R-061)."""

    share: Share
    least: Annotated[int, Field(ge=0, le=1000)]
    most: Count
    flagged_weight: Annotated[float, Field(ge=1, le=100)]
    budget_at_least: Money
    amount_at_least: Money
    high_needs: Switch
    raised_tiers: Switch
    copied_notes_from: Annotated[int, Field(ge=0, le=1000)]
    copied_notes_characters: Count

    @model_validator(mode="after")
    def ascending(self) -> Self:
        return required(self, self.least <= self.most, "ascending", "least", "most")


class ClvRules(Section):
    margin: Annotated[float, Field(gt=0, le=1)]
    years: Annotated[float, Field(gt=0, le=30)]
    annual_discount: Share
    months: Annotated[int, Field(ge=1, le=60)]
