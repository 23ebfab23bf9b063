"""Rules: every threshold, weight and cadence as one frozen value.

Layers, later ones win: ``data/rules.toml``, a preset of ``data/presets.toml``, a user's TOML file, the
workbook's settings sheet. Unknown keys, values out of range and weights that do not sum to 100 are refused
with all problems in one message.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import ConfigDict, Field, ValidationError, field_validator, model_validator

import crmsheet.rule_sections as deeper
from crmsheet.data import LANGUAGES, Language, read_toml, speaking, spoken
from crmsheet.errors import FileMissing, FileUnreadable, NotAFile, RulesInvalid
from crmsheet.labels import Labels
from crmsheet.model import CellError, Setting
from crmsheet.rule_sections import (
    Days,
    Methods,
    Money,
    Months,
    Pairs,
    Points,
    Section,
    Share,
    Switch,
    TierCode,
    Weight,
    Words,
    required,
)
from crmsheet.rule_text import RulesDisagree, as_codes, problem_lines

_TOML_PLACE = re.compile(r"at line (?P<line>\d+), column (?P<column>\d+)")


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


class CleaningRules(Section):
    placeholders: Words
    vague_words: Words
    expected_fields: Words
    budget_per_head: Money
    strict_privacy: Switch
    always: Words
    earliest_year: Annotated[int, Field(ge=1900, le=2100)]
    customer_id_pattern: str

    @field_validator("always")
    @classmethod
    def only_safe(cls, codes: tuple[str, ...]) -> tuple[str, ...]:
        safe = [code for code, fact in read_toml("issues.toml").items() if fact.get("safe")]
        if unsafe := sorted(set(codes) - set(safe)):
            labels = Labels.load()
            names = labels.join(labels.choice("rule", code) or code for code in unsafe)
            raise ValueError(f"always:{names}")
        return codes

    @field_validator("customer_id_pattern")
    @classmethod
    def compiles(cls, pattern: str) -> str:
        try:
            re.compile(pattern)
        except re.error as reason:
            raise ValueError(f"pattern:{reason}") from None
        return pattern


class DuplicateRules(Section):
    score_at_least: Share
    related_at_least: Share
    on_refresh_up_to: Annotated[int, Field(ge=0, le=1_000_000)]
    block_limit: Annotated[int, Field(ge=2, le=100_000)]


class TopicLexicon(Section):
    """Words of one topic, phrases that deny it, and phrases that only tell the type."""

    words: Words
    not_words: Words
    type_only: Words


class GeneralLexicon(Section):
    """Words of asking that make a function of what names no topic, and phrases that do not."""

    words: Words
    not_words: Words


class DenialLexicon(Section):
    """What denies a topic when it stands right before or after one of its words; words of cost after another topic."""

    before: Words
    after: Words
    cost: Words


class RigidityLexicon(Section):
    """Words that decide how a need is meant; a complaint is a latent need only where nothing is asked for."""

    latent: Words
    complaint: Words
    flexible: Words
    rigid: Words
    not_words: Words


class SentimentLexicon(Section):
    positive: Words
    negative: Words
    negations: Words


class Lexicons(Section):
    price: TopicLexicon
    function: TopicLexicon
    performance: TopicLexicon
    service: TopicLexicon
    general: GeneralLexicon
    denial: DenialLexicon
    rigidity: RigidityLexicon
    sentiment: SentimentLexicon


class MappingRules(Section):
    """A team's own words: industries, owners, and whatever else a cell may say (``field:word`` = meaning)."""

    industry: Pairs
    owner: Pairs
    values: Pairs


class Rules(Section):
    """The whole rule set. ``labels`` carries the language in which reasons are worded."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    orders: OrderRules
    value_tag: ValueTagRules
    churn: ChurnRules
    intent: IntentRules
    rfm: RfmRules
    tiers: dict[TierCode, Tier]
    value_score: ValueScoreRules
    ice: IceRules
    priority: PriorityRules
    feasibility: deeper.FeasibilityRules
    strategies: StrategyTexts
    followup: FollowupRules
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
    mapping: MappingRules
    lexicons: Lexicons
    labels: Annotated[Labels, Field(exclude=True)]

    @model_validator(mode="after")
    def tiers_exist(self) -> Self:
        used = {
            *self.rfm.table.values(),
            *self.priority.urgent_tiers,
            *self.interviews.tiers,
            *self.migration.order,
        }
        used |= {"high_value", "potential", "churn_risk", "low_value", "prospect", "unrated"}
        unknown = sorted(used - set(self.tiers))
        if unknown:
            raise ValueError(f"tiers:{', '.join(unknown)}")
        return self

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
            own = _read_user_file(Path(path))
            sources |= dict.fromkeys(_leaves(own), str(path))
        _refuse_error_cells(settings)
        coded = _coded(settings, own)
        for setting in coded:
            own = _merged(own, _nested(setting))
            sources[setting.key] = f"{setting.sheet}!{setting.cell}"
        return _validated(_merged(_preset_values(own), own), sources)


@cache
def _shipped(language: Language) -> Rules:
    with speaking(language):
        return _validated(_shipped_values(), {})


def _worded_values(language: Language) -> dict[str, Any]:
    with speaking(language):
        return _shipped_values()


def _shipped_values() -> dict[str, Any]:
    """Numbers are one for all languages; labels and play-books are worded in the one spoken now, and its words stand
    before the Chinese ones among the words looked for: customers mix languages.
    """
    shipped = {**read_toml("rules.toml"), "lexicons": read_toml("lexicons.toml")}
    if spoken() == "zh":
        return shipped
    worded = _merged(shipped, read_toml(f"rules.{spoken()}.toml"))
    return _merged(worded, _added(read_toml(f"lexicons.{spoken()}.toml"), worded))


def _added(words: Mapping[str, Any], shipped: Mapping[str, Any]) -> dict[str, Any]:
    """Lists of words, each followed by the shipped ones."""
    return {
        key: _added(value, shipped[key])
        if isinstance(value, Mapping)
        else list(dict.fromkeys([*value, *shipped.get(key, ())]))
        for key, value in words.items()
    }


def _preset_values(own: Mapping[str, Any]) -> dict[str, Any]:
    """The shipped values in the words of the source document whose preset was chosen (C-07)."""
    vocabulary = own.get("vocabulary", {})
    chosen = vocabulary.get("preset", "") if isinstance(vocabulary, Mapping) else ""
    values = _merged(_shipped_values(), read_toml("presets.toml").get(str(chosen), {}))
    if spoken() == "zh":
        return values
    return _merged(values, read_toml(f"presets.{spoken()}.toml").get(str(chosen), {}))


def _validated(values: Mapping[str, Any], sources: Mapping[str, str]) -> Rules:
    try:
        return Rules.model_validate({**values, "labels": Labels.load()})
    except ValidationError as error:
        lines = problem_lines(error, sources, Rules)
        raise RulesInvalid(source=_named(sources), problems="\n".join(lines)) from None


def _named(sources: Mapping[str, str]) -> str:
    return ", ".join(dict.fromkeys(place.split("!")[0] for place in sources.values())) or "rules.toml"


def _read_user_file(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise FileMissing(path=path, near="") from None
    except OSError as error:
        if path.is_dir():
            raise NotAFile(path=path) from None
        raise FileUnreadable(path=path, reason=error.strerror or error) from None
    except UnicodeDecodeError:
        raise RulesInvalid(source=path, problems=Labels.load().phrase("rules_not_utf8")) from None
    except tomllib.TOMLDecodeError as reason:
        place = _TOML_PLACE.search(str(reason))
        words = "rules_not_toml" if place else "rules_cut_off"
        found = place.groupdict() if place else {}
        raise RulesInvalid(source=path, problems=Labels.load().phrase(words, **found)) from None


def _merged(base: Mapping[str, Any], change: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for key, value in change.items():
        both = isinstance(value, Mapping) and isinstance(merged.get(key), Mapping)
        merged[key] = _merged(merged[key], value) if both else value
    return merged


def _refuse_error_cells(settings: Iterable[Setting]) -> None:
    labels = Labels.load()
    expected = labels.phrase("rule.error_cell")
    wrong = [
        labels.phrase(
            "rule_problem", place=f"{one.sheet}!{one.cell}", key=one.key, found=one.value, expected=expected
        )
        for one in settings
        if isinstance(one.value, CellError)
    ]
    if wrong:
        raise RulesInvalid(source=next(iter(settings)).sheet, problems="\n".join(wrong))


def _coded(settings: Iterable[Setting], own: Mapping[str, Any]) -> list[Setting]:
    """The settings with words for tiers and methods as codes; a tier goes by its old label or its new one."""
    labels = Labels.load()
    choices = [replace(one, value=as_codes(one.key, one.value, {}, labels)) for one in settings]
    for one in choices:
        own = _merged(own, _nested(one))
    tiers = {
        str(tier.get("label")): code
        for layer in (*map(_worded_values, LANGUAGES), _merged(_preset_values(own), own))
        for code, tier in layer["tiers"].items()
        if isinstance(tier, Mapping)
    }
    return [replace(one, value=as_codes(one.key, one.value, tiers, labels)) for one in choices]


def _nested(setting: Setting) -> dict[str, Any]:
    nested: Any = setting.value
    for part in reversed(setting.key.split(".")):
        nested = {part: nested}
    return dict(nested)


def _leaves(values: Mapping[str, Any], prefix: str = "") -> Iterable[str]:
    for key, value in values.items():
        path = f"{prefix}{key}"
        if isinstance(value, Mapping):
            yield from _leaves(value, f"{path}.")
        else:
            yield path
