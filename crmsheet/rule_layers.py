"""The layers rules are made of, before they are judged: shipped values, a preset, a user's file, settings."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from crmsheet.data import LANGUAGES, Language, read_toml, speaking, spoken
from crmsheet.errors import FileMissing, FileUnreadable, NotAFile, RulesInvalid, refusal
from crmsheet.labels import Labels
from crmsheet.model import CellError, Setting
from crmsheet.rule_text import as_codes

_TOML_PLACE = re.compile(r"at line (?P<line>\d+), column (?P<column>\d+)")


def _worded_values(language: Language) -> dict[str, Any]:
    with speaking(language):
        return shipped_values()


def shipped_values() -> dict[str, Any]:
    """Numbers are one for all languages; labels and play-books are worded in the one spoken now, and its words stand
    before the Chinese ones among the words looked for: customers mix languages.
    """
    shipped = {**read_toml("rules.toml"), "lexicons": read_toml("lexicons.toml")}
    if spoken() == "zh":
        return shipped
    worded = overlaid(shipped, read_toml(f"rules.{spoken()}.toml"))
    return overlaid(worded, _added(read_toml(f"lexicons.{spoken()}.toml"), worded))


def shipped_tier_names() -> set[str]:
    """What the package calls tiers, in any language."""
    values = map(_worded_values, LANGUAGES)
    return {str(tier["label"]) for one in values for tier in one["tiers"].values()}


def _added(words: Mapping[str, Any], shipped: Mapping[str, Any]) -> dict[str, Any]:
    """Lists of words, each followed by the shipped ones."""
    return {
        key: _added(value, shipped[key])
        if isinstance(value, Mapping)
        else list(dict.fromkeys([*value, *shipped.get(key, ())]))
        for key, value in words.items()
    }


def preset_values(own: Mapping[str, Any]) -> dict[str, Any]:
    """The shipped values in the words of the source document whose preset was chosen (C-07)."""
    vocabulary = own.get("vocabulary", {})
    chosen = vocabulary.get("preset", "") if isinstance(vocabulary, Mapping) else ""
    values = overlaid(shipped_values(), read_toml("presets.toml").get(str(chosen), {}))
    if spoken() == "zh":
        return values
    return overlaid(values, read_toml(f"presets.{spoken()}.toml").get(str(chosen), {}))


def read_user_file(path: Path) -> dict[str, Any]:
    """A user's TOML file; raises a :class:`~crmsheet.errors.CrmsheetError` that says what is wrong with it."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise FileMissing(path=path, near="") from None
    except OSError as error:
        if path.is_dir():
            raise NotAFile(path=path) from None
        raise FileUnreadable(path=path, reason=refusal(error)) from None
    except UnicodeDecodeError:
        raise RulesInvalid(source=path, problems=Labels.load().phrase("rules_not_utf8")) from None
    except tomllib.TOMLDecodeError as reason:
        place = _TOML_PLACE.search(str(reason))
        words = "rules_not_toml" if place else "rules_cut_off"
        found = place.groupdict() if place else {}
        raise RulesInvalid(source=path, problems=Labels.load().phrase(words, **found)) from None


def overlaid(base: Mapping[str, Any], change: Mapping[str, Any]) -> dict[str, Any]:
    """``base`` with ``change`` on top, key by key down to the leaves."""
    merged = dict(base)
    for key, value in change.items():
        both = isinstance(value, Mapping) and isinstance(merged.get(key), Mapping)
        merged[key] = overlaid(merged[key], value) if both else value
    return merged


def refuse_unreadable(settings: Iterable[Setting]) -> None:
    """Raise :class:`~crmsheet.errors.RulesInvalid` where a cell of the settings sheet holds no value to read: an error
    value, a formula not yet calculated, or a value that nothing says the meaning of.
    """
    wrong = [one for one in settings if one.problem or isinstance(one.value, CellError)]
    if wrong:
        lines = map(_unreadable, wrong)
        raise RulesInvalid(source=wrong[0].sheet, problems="\n".join(lines))


def _unreadable(setting: Setting) -> str:
    labels, place = Labels.load(), f"{setting.sheet}!{setting.cell}"
    if setting.problem is None:
        expected = labels.phrase("rule.error_cell")
        return labels.phrase(
            "rule_problem", place=place, key=setting.key, found=setting.value, expected=expected
        )
    facts = {**setting.problem.facts, "found": setting.value}
    code = setting.problem.code
    if code == "setting_without_key" and not facts["key"]:
        code = "setting_without_name"
    return labels.phrase(
        "rule_unreadable", place=place, key=setting.key, problem=labels.phrase(code, **facts)
    )


def in_codes(settings: Iterable[Setting], own: Mapping[str, Any]) -> list[Setting]:
    """The settings with words for tiers and methods as codes; a tier goes by its old label or its new one."""
    labels = Labels.load()
    choices = [replace(one, value=as_codes(one.key, one.value, {}, labels)) for one in settings]
    for one in choices:
        own = overlaid(own, as_values(one))
    tiers = {
        str(tier.get("label")): code
        for layer in (*map(_worded_values, LANGUAGES), overlaid(preset_values(own), own))
        for code, tier in layer["tiers"].items()
        if isinstance(tier, Mapping)
    }
    return [replace(one, value=as_codes(one.key, one.value, tiers, labels)) for one in choices]


def as_values(setting: Setting) -> dict[str, Any]:
    """One setting as the values of its sections.

    >>> as_values(Setting("ice.high_word", 9, "配置", "C4"))
    {'ice': {'high_word': 9}}
    """
    nested: Any = setting.value
    for part in reversed(setting.key.split(".")):
        nested = {part: nested}
    return dict(nested)


def dotted_keys(values: Mapping[str, Any], prefix: str = "") -> Iterable[str]:
    """Every leaf of ``values`` by the key a setting has for it."""
    for key, value in values.items():
        path = f"{prefix}{key}"
        if isinstance(value, Mapping):
            yield from dotted_keys(value, f"{path}.")
        else:
            yield path
