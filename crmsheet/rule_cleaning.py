"""Sections of the rules for how cells are read and tidied: placeholders, duplicates, a team's own words."""

from __future__ import annotations

import re
from typing import Annotated, Self

from pydantic import Field, field_validator, model_validator

from crmsheet.clean.industry import classify_industry
from crmsheet.data import read_toml
from crmsheet.fields import SHEETS
from crmsheet.labels import Labels, field_codes
from crmsheet.rule_values import Money, Pairs, Section, Share, Switch, Words, required


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

    @model_validator(mode="after")
    def same_is_more_than_related(self) -> Self:
        names = ("score_at_least", "related_at_least")
        return required(self, self.related_at_least < self.score_at_least, "likeness", *names)


class MappingRules(Section):
    """A team's own words: industries, owners, and whatever else a cell may say (``field:word`` = meaning)."""

    industry: Pairs
    owner: Pairs
    values: Pairs

    @field_validator("industry")
    @classmethod
    def are_industries(cls, pairs: dict[str, str]) -> dict[str, str]:
        targets = dict.fromkeys(pairs.values())
        if unknown := [one for one in targets if not _is_industry(one)]:
            raise ValueError(f"industries:{Labels.load().join(unknown)}")
        return pairs

    @field_validator("values")
    @classmethod
    def name_columns(cls, pairs: dict[str, str]) -> dict[str, str]:
        fields = {key.partition(":")[0] for key in pairs}
        if unknown := sorted(fields - field_codes().keys()):
            raise ValueError(f"fields:{Labels.load().join(unknown)}")
        return pairs

    @field_validator("values")
    @classmethod
    def mean_known_words(cls, pairs: dict[str, str]) -> dict[str, str]:
        """Where a column has a list of its own, only its words mean something."""
        labels = Labels.load()
        for key, target in pairs.items():
            header = key.partition(":")[0]
            lists = _lists_of(field_codes()[header]) if header in field_codes() else []
            if lists and all(labels.choice_code(one, target) is None for one in lists):
                facts = {"field": header, "value": target, "allowed": " / ".join(labels.choices(lists[0]))}
                raise ValueError(f"word:{labels.phrase('word_not_listed', **facts)}")
        return pairs


def _is_industry(text: str) -> bool:
    reading = classify_industry(text)
    return reading.certain and bool(reading.section)


def _lists_of(field: str) -> list[str]:
    """Closed lists that a column of that code has, on whichever sheet; none where it may say anything."""
    kinds = [one for sheet in SHEETS.values() for one in sheet.fields if one.code == field]
    closed = [one.vocabulary or one.kind for one in kinds if one.kind in ("choice", "yes_no")]
    return closed if len(closed) == len(kinds) else []
