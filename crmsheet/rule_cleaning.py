"""Sections of the rules for how cells are read and tidied: placeholders, duplicates, a team's own words."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import Field, field_validator

from crmsheet.data import read_toml
from crmsheet.labels import Labels, field_codes
from crmsheet.rule_values import Money, Pairs, Section, Share, Switch, Words


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

    @field_validator("expected_fields")
    @classmethod
    def are_columns(cls, words: tuple[str, ...]) -> tuple[str, ...]:
        if unknown := [word for word in words if word not in field_codes()]:
            raise ValueError(f"fields:{Labels.load().join(unknown)}")
        return words

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


class MappingRules(Section):
    """A team's own words: industries, owners, and whatever else a cell may say (``field:word`` = meaning)."""

    industry: Pairs
    owner: Pairs
    values: Pairs

    @field_validator("values")
    @classmethod
    def name_columns(cls, pairs: dict[str, str]) -> dict[str, str]:
        fields = {key.partition(":")[0] for key in pairs}
        if unknown := sorted(fields - field_codes().keys()):
            raise ValueError(f"fields:{Labels.load().join(unknown)}")
        return pairs
