"""What tiers are called on a sheet of either language: shipped names are translated, a team's own stay as they are."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from crmsheet.data import LANGUAGES, Language, speaking
from crmsheet.labels import Labels
from crmsheet.rule_layers import preset_values
from crmsheet.rules import Rules


def tier_names(rules: Rules, language: Language) -> dict[str, str]:
    """Name of each tier, by code, where people write ``language``.

    >>> tier_names(Rules.load(), "en")["high_value"]
    'High value'
    """
    preset = rules.vocabulary.preset
    here, there = (_shipped_names(one, preset) for one in (rules.labels.language, language))
    return {
        code: there[code] if tier.label == here.get(code) else tier.label
        for code, tier in rules.tiers.items()
    }


def all_tier_names(rules: Rules) -> list[tuple[str, str]]:
    """Every name by which a cell may call a tier, and the tier's code; names in force come first."""
    languages = (rules.labels.language, *LANGUAGES)
    return [(name, code) for one in languages for code, name in tier_names(rules, one).items()]


def in_language(rules: Rules, language: Language) -> Rules:
    """The same rules where cells are written in ``language``: its words, and its names of the tiers."""
    if language == rules.labels.language:
        return rules
    named = tier_names(rules, language)
    tiers = {code: tier.model_copy(update={"label": named[code]}) for code, tier in rules.tiers.items()}
    return rules.model_copy(update={"labels": Labels.load(language), "tiers": tiers})


@cache
def _shipped_names(language: Language, preset: str) -> Mapping[str, str]:
    with speaking(language):
        values = preset_values({"vocabulary": {"preset": preset}})
    return {str(code): str(tier["label"]) for code, tier in values["tiers"].items()}
