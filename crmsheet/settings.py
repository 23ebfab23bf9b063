"""The settings sheet: every rule as a line people can change, with unit, default, allowed range and a note."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, get_args, get_origin

from annotated_types import Ge, Gt, Le, Lt
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from crmsheet.data import LANGUAGES, Language, speaking, spoken
from crmsheet.labels import Labels, field_codes
from crmsheet.model import Setting
from crmsheet.rule_text import RULE_CODES, TIER_SETTINGS
from crmsheet.rules import Rules

# Settings that are pairs in one cell, and the one whose values are contact methods.
PAIRS = ("mapping.industry", "mapping.owner", "mapping.values", "vocabulary.status_words")
METHODS = "followup.not_contacts"
FIELDS = "cleaning.expected_fields"  # columns by any of their headers
_LISTED = {METHODS: "methods", FIELDS: "fields", RULE_CODES: "rules"}
PRACTICALLY_UNLIMITED = 1e12
# Limits of memory, not of meaning: nobody can see on a sheet what they change. A rules file may still set them.
UNLISTED = frozenset({"duplicates.block_limit"})
KEPT_SHARE = 0.5  # of our lines; a sheet of fewer was never meant to have them all
FEWEST_LINES = 10  # fewer do not tell the language of a sheet
_LEVEL_OF_LETTER = {"H": "high", "M": "medium", "L": "low"}


@dataclass(frozen=True, slots=True)
class SettingLine:
    """One line of the settings sheet. ``value`` is what holds now, ``default`` what the package ships.

    ``group`` names the part of the rules it belongs to; ``choices`` are the words of which one is taken,
    ``words`` counts those of a default that is a list.
    """

    key: str
    group: str
    label: str
    value: str | float | int | None
    unit: str
    default: str | float | int | None
    allowed: str
    note: str
    choices: tuple[str, ...] = ()
    words: int = 0


def setting_lines(rules: Rules | None = None) -> list[SettingLine]:
    """Every setting, in the order of ``rules.toml``, the day first.

    >>> [line.value for line in setting_lines() if line.key == "rfm.recency_high_days"]
    [90]
    """
    shipped = Rules.load()
    current = dict(_leaves(rules or shipped, ""))
    lines = [_line("as_of", None, None, shipped.labels.phrase("allowed.date"), shipped)]
    for key, default in _leaves(shipped, ""):
        if key in UNLISTED:
            continue
        lines.append(_line(key, current.get(key, default), default, _allowed(key, shipped), shipped))
    return lines


def changed_settings(typed: Iterable[Setting]) -> list[Setting]:
    """The settings that differ from what the package ships.

    The sheet of a new workbook states every default in its own language; a line left as it is must not undo a
    rules file, nor the words of the language asked for now. A line with a problem stays, to be told.
    """
    typed = list(typed)
    shipped = _shipped_values(_written_language(typed))
    return [one for one in typed if one.problem or not _same(shipped.get(one.key, _UNKNOWN), one.value)]


def setting_keys() -> Set[str]:
    """Keys of all lines that the settings sheet of a new workbook has.

    >>> "value_tag.high_at_least" in setting_keys(), "C2024001" in setting_keys()
    (True, False)
    """
    return _shipped_values(spoken()).keys()


def missing_lines(keys: Iterable[str]) -> list[SettingLine]:
    """The lines that a settings sheet with these keys has lost; none of a sheet that people wrote by hand, in which
    only what they change stands.

    >>> [line.key for line in missing_lines(one.key for one in setting_lines()[1:])], missing_lines(["as_of"])
    (['as_of'], [])
    """
    shipped = _shipped_values(spoken())
    missing = shipped.keys() - set(keys)
    if not missing or len(missing) > KEPT_SHARE * len(shipped):
        return []
    return [line for line in setting_lines() if line.key in missing]


def _written_language(typed: Iterable[Setting]) -> Language:
    """The language whose defaults most lines state, of those that it words; the one spoken now for a few lines."""
    values = {language: _shipped_values(language) for language in LANGUAGES}
    worded = [one for one in typed if len({repr(shipped.get(one.key)) for shipped in values.values()}) > 1]
    if len(worded) < FEWEST_LINES:
        return spoken()
    agree = {
        language: sum(values[language].get(one.key) == one.value for one in worded) for language in LANGUAGES
    }
    return max(LANGUAGES, key=lambda language: (agree[language], language == spoken()))


@cache
def _shipped_values(language: Language) -> dict[str, Any]:
    with speaking(language):
        return {line.key: line.default for line in setting_lines()}


_UNKNOWN = object()


def _same(shipped: Any, typed: Any) -> bool:
    """Whether the cell says what is shipped; to Python TRUE is 1, to people it is not."""
    return bool(shipped == typed) and isinstance(shipped, bool) == isinstance(typed, bool)


def _leaves(value: Any, prefix: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, BaseModel):
        fields = {name: getattr(value, name) for name in type(value).model_fields if name != "labels"}
        yield from _leaves(fields, prefix)
    elif isinstance(value, Mapping) and prefix not in PAIRS:
        for key, inner in value.items():
            yield from _leaves(inner, f"{prefix}.{key}" if prefix else str(key))
    else:
        yield prefix, value


def _line(key: str, value: Any, default: Any, allowed: str, rules: Rules) -> SettingLine:
    labels = rules.labels
    name, unit, note = labels.words["settings"][_pattern(key)]
    label = str(name).format(**_names(key, rules))
    group = str(labels.words["setting_groups"][key.partition(".")[0]])
    shown, shipped = _cell(_worded(key, value, rules), labels), _cell(_worded(key, default, rules), labels)
    words = len(default) if isinstance(default, tuple) else 0
    return SettingLine(key, group, label, shown, unit, shipped, allowed, note, _choices(key, rules), words)


def _choices(key: str, rules: Rules) -> tuple[str, ...]:
    """The words of which a setting takes one; none for numbers, free texts and lists."""
    if key.startswith("rfm.table."):
        return tuple(tier.label for tier in rules.tiers.values())
    annotation = _field(key, rules).annotation if key != "as_of" else None
    if annotation is bool:
        return rules.labels.choices("yes_no")
    codes = get_args(annotation) if get_origin(annotation) is Literal else ()
    return tuple(rules.labels.setting_word(str(code)) for code in codes)


def _worded(key: str, value: Any, rules: Rules) -> Any:
    """Codes as the words people read: tiers, contact methods, ways to compute."""
    if key.startswith(TIER_SETTINGS):
        names = {code: tier.label for code, tier in rules.tiers.items()}
        return names.get(value, value) if isinstance(value, str) else tuple(names.get(c, c) for c in value)
    if key == METHODS:
        return tuple(rules.labels.choice("contact_method", code) or code for code in value)
    if key == FIELDS:
        return tuple(rules.labels.field(field_codes().get(word, word)) for word in value)
    if key == RULE_CODES:
        return tuple(rules.labels.choice("rule", code) or code for code in value)
    is_code = isinstance(value, str) and get_origin(_annotation(key, rules)) is Literal
    return rules.labels.setting_word(value) if is_code else value


def _pattern(key: str) -> str:
    parts = key.split(".")
    if parts[0] in ("tiers", "signals"):
        return f"{parts[0]}.*.{parts[2]}"
    return "rfm.table.*" if key.startswith("rfm.table.") else key


def _names(key: str, rules: Rules) -> dict[str, str]:
    parts = key.split(".")
    if parts[0] == "tiers":
        return {"tier": rules.tiers[parts[1]].label}
    if parts[0] == "signals":
        return {"signal": rules.signals[parts[1]].label}
    if key.startswith("rfm.table."):
        levels = (rules.labels.choice("level", _LEVEL_OF_LETTER[letter]) for letter in parts[2])
        return dict(zip("rfm", levels, strict=True))
    return {}


def _cell(value: Any, labels: Labels) -> str | float | int | None:
    if isinstance(value, bool):
        return labels.choice("yes_no", "yes" if value else "no")
    if isinstance(value, Mapping):
        return labels.phrase("pair_separator").join(f"{left}={right}" for left, right in value.items())
    if isinstance(value, tuple):
        return labels.join(str(word) for word in value)
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if isinstance(value, (int, float, str)) else None


def _allowed(key: str, rules: Rules) -> str:
    """The allowed range or words of one setting, as text."""
    labels = rules.labels
    if key.startswith(TIER_SETTINGS):
        return labels.phrase("allowed.tier" if key.startswith("rfm.table.") else "allowed.tiers")
    if key in _LISTED:
        return labels.phrase(f"allowed.{_LISTED[key]}")
    choices = _choices(key, rules)
    if choices:
        return " / ".join(choices)
    is_list = get_origin(_annotation(key, rules)) is tuple
    many = "numbers" if {int, float} & set(get_args(_annotation(key, rules))) else "words"
    kind = "pairs" if key in PAIRS else many if is_list else "text"
    return _span(_field(key, rules).metadata) or labels.phrase(f"allowed.{kind}")


def _annotation(key: str, rules: Rules) -> Any:
    return None if key.startswith("rfm.table.") else _field(key, rules).annotation


def _field(key: str, rules: Rules) -> FieldInfo:
    *above, name = key.split(".")
    owner: Any = rules
    for part in above:
        owner = owner[part] if isinstance(owner, Mapping) else getattr(owner, part)
    found: FieldInfo = type(owner).model_fields[name]
    return found


def _span(metadata: list[Any]) -> str:
    low = next((_plain(m.ge) for m in metadata if isinstance(m, Ge)), "")
    above = next((f"> {_plain(m.gt)}" for m in metadata if isinstance(m, Gt)), "")
    limit = next((m.le for m in metadata if isinstance(m, Le)), None)
    if limit is not None and float(str(limit)) >= PRACTICALLY_UNLIMITED:
        return above or f"≥ {low}"
    high = _plain(limit) if limit is not None else ""
    high = high or next((f"< {_plain(m.lt)}" for m in metadata if isinstance(m, Lt)), "")
    return f"{low or above} – {high}" if low or above or high else ""


def _plain(limit: Any) -> str:
    """A limit as people write it.

    >>> _plain(1e6), _plain(0.5)
    ('1000000', '0.5')
    """
    return f"{float(limit):.10f}".rstrip("0").rstrip(".")
