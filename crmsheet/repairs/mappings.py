"""始终: what a person accepted for good becomes a line of the settings sheet that every later run honours."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import pandas as pd

from crmsheet.data import read_toml
from crmsheet.fields import readable_fields
from crmsheet.labels import Labels
from crmsheet.model import Setting
from crmsheet.rules import Rules

ALWAYS_KEY = "cleaning.always"
_OWN_SECTIONS = frozenset({"industry", "owner"})
_MAPPED_KINDS = frozenset({"choice", "tier", "yes_no", "company", "region"})
_UNWRITABLE = re.compile("[=;\uff1d\uff1b\r\n]")  # what parts the pairs of a cell
_Mapping = tuple[str, str]  # section of the mapping and the word it maps


def standing_settings(accepted: pd.DataFrame, rules: Rules) -> Iterator[tuple[str, str]]:
    """Key and value of each settings line that what was marked ``always`` changes.

    A word of a closed list, an industry, an owner or a name becomes a mapping; a rule that only tidies is
    accepted for good as a whole. Anything else is accepted just this once: it needs a look each time.
    """
    asked = accepted[accepted["accept"] == "always"] if "accept" in accepted else accepted.iloc[:0]
    safe = _safe_codes()
    always = set(rules.cleaning.always)
    pairs = {"industry": rules.mapping.industry, "owner": rules.mapping.owner, "values": rules.mapping.values}
    wanted = {section: dict(words) for section, words in pairs.items()}
    for entity, column, value, code, target in _distinct(asked):
        mapping = _mapping(entity, column, value, rules.labels)
        if mapping and not _UNWRITABLE.search(target):
            wanted[mapping[0]][mapping[1]] = target
        elif code in safe:
            always.add(code)
    separator = rules.labels.phrase("pair_separator")
    for section, words in wanted.items():
        if words != pairs[section]:
            yield f"mapping.{section}", separator.join(f"{word}={target}" for word, target in words.items())
    if always != set(rules.cleaning.always):
        names = (rules.labels.choice("rule", code) or code for code in sorted(always))
        yield ALWAYS_KEY, rules.labels.join(names)


def accepted_once(accepted: pd.DataFrame, labels: Labels) -> int:
    """How many cells marked ``always`` could only be accepted this once."""
    asked = accepted[accepted["accept"] == "always"]
    safe = _safe_codes()
    rows = zip(asked["entity"], asked["column"], asked["value"], asked["code"], strict=True)
    return sum(
        1
        for entity, column, value, code in rows
        if code not in safe and not _mapping(entity, column, value, labels)
    )


def _safe_codes() -> set[str]:
    return {code for code, fact in read_toml("issues.toml").items() if fact.get("safe")}


def _distinct(asked: pd.DataFrame) -> list[tuple[str, ...]]:
    columns = ["entity", "column", "value", "code", "suggestion"]
    return [tuple(map(str, row)) for row in asked[columns].drop_duplicates().itertuples(index=False)]


def _mapping(entity: str, column: str, value: str, labels: Labels) -> _Mapping | None:
    """Where the mapping of a cell's value belongs, None where its kind has none."""
    field = readable_fields(entity).get(column)
    kind = field.kind if field else ""
    if not value.strip() or _UNWRITABLE.search(value):
        return None
    if kind in _OWN_SECTIONS:
        return kind, value.strip()
    return ("values", f"{labels.field(column)}:{value.strip()}") if kind in _MAPPED_KINDS else None


def with_settings(settings: tuple[Setting, ...], added: Iterable[Setting]) -> tuple[Setting, ...]:
    """The settings of a workbook with the lines just written; the same key is replaced."""
    fresh = {setting.key: setting for setting in added}
    return (*(one for one in settings if one.key not in fresh), *fresh.values())
