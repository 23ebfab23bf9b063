"""Sections of the rules for what every run computes of a customer and a need: tags, tiers, scores, follow-up."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, field_validator, model_validator

from crmsheet.rule_text import RulesDisagree
from crmsheet.rule_values import (
    Days,
    Methods,
    Money,
    Months,
    Points,
    Section,
    Share,
    Switch,
    TierCode,
    Weight,
    Words,
    required,
)


class OrderRules(Section):
    window_months: Annotated[int, Field(ge=1, le=60)]


class ValueTagRules(Section):
    high_at_least: Money
    medium_at_least: Money
    year: Literal["trailing", "calendar"]
    annualise: Switch

    @model_validator(mode="after")
    def descending(self) -> Self:
        return required(
            self, self.high_at_least > self.medium_at_least, "descending", "high_at_least", "medium_at_least"
        )


class ChurnRules(Section):
    warning_after_days: Days
    risk_after_days: Days
    lost_after_days: Days

    @model_validator(mode="after")
    def ascending(self) -> Self:
        ordered = self.warning_after_days < self.risk_after_days < self.lost_after_days
        return required(
            self, ordered, "ascending", "warning_after_days", "risk_after_days", "lost_after_days"
        )


class IntentRules(Section):
    words: Words
    not_words: Words


class RfmRules(Section):
    method: Literal["threshold", "quantile"]
    recency_high_days: Days
    recency_medium_days: Days
    frequency_high: Annotated[int, Field(ge=1, le=1000)]
    frequency_medium: Annotated[int, Field(ge=1, le=1000)]
    monetary_high: Money
    monetary_medium: Money
    new_customer_from_months: Months
    new_customer_to_months: Months
    table: dict[str, TierCode]

    @model_validator(mode="after")
    def levels_in_order(self) -> Self:
        days, times, money = (
            ("recency_high_days", "recency_medium_days"),
            ("frequency_high", "frequency_medium"),
            ("monetary_high", "monetary_medium"),
        )
        required(self, self.recency_high_days < self.recency_medium_days, "ascending", *days)
        months = ("new_customer_from_months", "new_customer_to_months")
        in_order = self.new_customer_from_months <= self.new_customer_to_months
        required(self, in_order, "from_to", *months)
        required(self, self.frequency_high > self.frequency_medium, "descending", *times)
        return required(self, self.monetary_high > self.monetary_medium, "descending", *money)

    @field_validator("table")
    @classmethod
    def all_cells(cls, table: dict[str, str]) -> dict[str, str]:
        cells = {r + f + m for r in "HML" for f in "HML" for m in "HML"}
        if set(table) != cells:
            raise ValueError(f"cells:{', '.join(sorted(cells ^ set(table)))}")
        return table


class Tier(Section):
    """A customer tier: its label, how often it is contacted, its weight in demand, its play-book."""

    label: Annotated[str, Field(min_length=1, max_length=20)]
    cadence_months: Months
    cadence_days: Days
    executive_visit_months: Months
    weight: Annotated[float, Field(ge=0, le=10)]
    strategy: str
    actions: str
    channel: str


class ValueScoreRules(Section):
    historical: Weight
    potential: Weight
    strategic: Weight
    amount: Weight
    profit: Weight
    influence: Weight
    referral: Weight
    upsell: Weight
    benchmark: Weight
    test_feedback: Weight
    money: Literal["target", "linear", "minmax", "percentile"]
    missing: Literal["renormalise", "zero"]
    money_target: Annotated[float, Field(gt=0, le=1e12)]
    money_cap: Annotated[float, Field(gt=0, le=1e6)]
    rating_low: Annotated[float, Field(ge=0, le=100)]
    rating_high: Annotated[float, Field(ge=0, le=100)]
    complete_at_least: Share
    core_share: Share

    @model_validator(mode="after")
    def ratings_in_order(self) -> Self:
        return required(self, self.rating_low < self.rating_high, "ratings", "rating_low", "rating_high")

    @model_validator(mode="after")
    def weights_sum_to_100(self) -> Self:
        groups = (
            ("historical", "potential", "strategic"),
            ("amount", "profit"),
            ("influence", "referral", "upsell"),
            ("benchmark", "test_feedback"),
        )
        for names in groups:
            total = sum(getattr(self, name) for name in names)
            if abs(total - 100) > 1e-9:
                raise RulesDisagree(f"sum:{total:g}", names)
        return self


class IceRules(Section):
    impact_weight: Weight
    confidence_weight: Weight
    ease_weight: Weight
    method: Literal["mean", "product", "geomean"]
    high_word: Points
    medium_word: Points
    low_word: Points
    low_confidence_up_to: Points
    discuss_from_spread: Annotated[float, Field(ge=0, le=9)]

    @model_validator(mode="after")
    def some_weight(self) -> Self:
        names = ("impact_weight", "confidence_weight", "ease_weight")
        return required(self, sum(getattr(self, name) for name in names) > 0, "no_weight", *names)


class PriorityRules(Section):
    ice_high_at_least: Points
    ice_low_below: Points
    urgent_tiers: Words

    @model_validator(mode="after")
    def descending(self) -> Self:
        return required(
            self,
            self.ice_high_at_least >= self.ice_low_below,
            "descending",
            "ice_high_at_least",
            "ice_low_below",
        )


class StrategyTexts(Section):
    high: str
    medium: str
    low: str


class FollowupRules(Section):
    roll: Literal["preceding", "following", "none"]
    due_soon_days: Annotated[int, Field(ge=0, le=60)]
    not_contacts: Methods
    high_need_weight: Annotated[float, Field(ge=1, le=10)]
    medium_need_weight: Annotated[float, Field(ge=1, le=10)]
    doubles_after_workdays: Annotated[int, Field(ge=1, le=365)]
    stale_after_workdays: Annotated[int, Field(ge=1, le=365)]
