"""Rules: every threshold, weight and cadence as one frozen value.

Layers, later ones win: ``data/rules.toml``, a preset of ``data/presets.toml``, a user's TOML file, the
workbook's settings sheet. Unknown keys, values out of range and weights that do not sum to 100 are refused
with all problems in one message.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import ConfigDict, Field, ValidationError, model_validator

import crmsheet.rule_core as core
import crmsheet.rule_sections as deeper
from crmsheet.data import Language, speaking, spoken
from crmsheet.errors import RulesInvalid
from crmsheet.labels import Labels, field_codes
from crmsheet.model import Setting
from crmsheet.rule_cleaning import CleaningRules, DuplicateRules, MappingRules
from crmsheet.rule_layers import (
    as_values,
    dotted_keys,
    in_codes,
    overlaid,
    preset_values,
    read_user_file,
    refuse_unreadable,
    shipped_tier_names,
    shipped_values,
)
from crmsheet.rule_lexicons import Lexicons
from crmsheet.rule_text import problem_lines
from crmsheet.rule_values import Section, TierCode, required

TIER_FIELD = "manual_tier"
RANKED = ("high_value", "potential", "low_value", "churn_risk")  # a team's own tiers may go unranked


class Rules(Section):
    """The whole rule set. ``labels`` carries the language in which reasons are worded."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    orders: core.OrderRules
    value_tag: core.ValueTagRules
    churn: core.ChurnRules
    intent: core.IntentRules
    rfm: core.RfmRules
    tiers: dict[TierCode, core.Tier]
    value_score: core.ValueScoreRules
    ice: core.IceRules
    priority: core.PriorityRules
    feasibility: deeper.FeasibilityRules
    strategies: core.StrategyTexts
    followup: core.FollowupRules
    cleaning: CleaningRules
    duplicates: DuplicateRules
    vocabulary: deeper.VocabularyRules
    value_matrix: deeper.MatrixRules
    agreement: deeper.AgreementRules
    lifecycle: deeper.LifecycleRules
    complaints: deeper.ComplaintRules
    signals: dict[TierCode, deeper.SignalRule]
    visits: deeper.VisitRules
    interviews: deeper.InterviewRules
    timeliness: deeper.TimelinessRules
    win_back: deeper.WinBackRules
    pitches: deeper.PitchTexts
    promises: deeper.PromiseRules
    demand: deeper.DemandRules
    clv: deeper.ClvRules
    migration: deeper.MigrationRules
    rates: deeper.RateRules
    trends: deeper.TrendRules
    reviews: deeper.ReviewRules
    audit: deeper.AuditRules
    mapping: MappingRules
    lexicons: Lexicons
    labels: Annotated[Labels, Field(exclude=True)]

    @model_validator(mode="after")
    def tiers_exist(self) -> Self:
        used: dict[str, Iterable[str]] = {
            f"rfm.table.{cell}": (code,) for cell, code in self.rfm.table.items()
        }
        used |= {
            "priority.urgent_tiers": self.priority.urgent_tiers,
            "interviews.tiers": self.interviews.tiers,
            "migration.order": self.migration.order,
            "tiers": ("high_value", "potential", "churn_risk", "low_value", "prospect", "unrated"),
        }
        unknown = {key: set(codes) - set(self.tiers) for key, codes in used.items()}
        wrong = tuple(key for key, codes in unknown.items() if codes)
        found = ", ".join(sorted(set().union(*unknown.values())))
        return required(self, not wrong, f"tiers:{found}", *wrong)

    @model_validator(mode="after")
    def mapped_tiers_exist(self) -> Self:
        """A word of the tier column can only mean a tier: one's code, or its name in any language."""
        meant = {
            target
            for key, target in self.mapping.values.items()
            if field_codes().get(key.partition(":")[0]) == TIER_FIELD
        }
        unknown = meant and meant - {name for code, tier in self.tiers.items() for name in (code, tier.label)}
        unknown = unknown and unknown - shipped_tier_names()
        return required(self, not unknown, f"tiers:{', '.join(sorted(unknown))}", "mapping.values")

    @model_validator(mode="after")
    def tiers_differ(self) -> Self:
        """People tell tiers by their names, on every sheet and in every count."""
        shared, keys = _shared_labels("tiers", self.tiers)
        return required(self, not shared, f"tier_names:{', '.join(shared)}", *keys)

    @model_validator(mode="after")
    def signals_differ(self) -> Self:
        shared, keys = _shared_labels("signals", self.signals)
        return required(self, not shared, f"signal_names:{self.labels.join(shared)}", *keys)

    @model_validator(mode="after")
    def tiers_are_ranked_once(self) -> Self:
        """Of a tier left out or named twice nobody can say whether a customer rose or fell."""
        order = self.migration.order
        twice = [self.tiers[code].label for code in dict.fromkeys(order) if order.count(code) > 1]
        required(self, not twice, f"order_twice:{self.labels.join(twice)}", "migration.order")
        ranked = set(self.rfm.table.values()) & set(RANKED)
        missing = [self.tiers[code].label for code in RANKED if code in ranked - set(order)]
        return required(self, not missing, f"order_lacks:{self.labels.join(missing)}", "migration.order")

    @classmethod
    def load(cls, path: str | Path | None = None, *, settings: Iterable[Setting] = ()) -> Rules:
        """The rules of this package, changed by a user's TOML file and by the workbook's settings.

        >>> Rules.load().rfm.recency_high_days
        90
        """
        settings = tuple(settings)
        if path is None and not settings:
            return _shipped(spoken())
        own: dict[str, Any] = {}
        sources: dict[str, str] = {}
        if path is not None:
            own = read_user_file(Path(path))
            sources |= dict.fromkeys(dotted_keys(own), str(path))
        refuse_unreadable(settings)
        for setting in in_codes(settings, own):
            own = overlaid(own, as_values(setting))
            sources[setting.key] = f"{setting.sheet}!{setting.cell} {setting.label}".strip()
        return _validated(overlaid(preset_values(own), own), sources)


@cache
def _shipped(language: Language) -> Rules:
    with speaking(language):
        return _validated(shipped_values(), {})


def _validated(values: Mapping[str, Any], sources: Mapping[str, str]) -> Rules:
    try:
        return _called_by_its_names(Rules.model_validate({**values, "labels": Labels.load()}))
    except ValidationError as error:
        lines = problem_lines(error, sources, Rules)
        raise RulesInvalid(source=_named(sources), problems="\n".join(lines)) from None


def _shared_labels(
    section: str, named: Mapping[str, core.Tier | deeper.SignalRule]
) -> tuple[list[str], list[str]]:
    """Names that more than one of ``named`` has, and the rules that say them."""
    times = Counter(one.label for one in named.values())
    shared = [label for label, count in times.items() if count > 1]
    return shared, [f"{section}.{code}.label" for code, one in named.items() if one.label in shared]


def _called_by_its_names(rules: Rules) -> Rules:
    """The rules with words that name its tiers and its year of deals as it does."""
    names = {code: tier.label for code, tier in rules.tiers.items()}
    labels = Labels.called(rules.labels.language, rules.orders.window_months, names)
    return rules if labels is rules.labels else rules.model_copy(update={"labels": labels})


def _named(sources: Mapping[str, str]) -> str:
    return ", ".join(dict.fromkeys(place.split("!")[0] for place in sources.values())) or "rules.toml"
