"""The settings sheet: every rule as a line people can change, with unit, default, allowed range and a note."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args, get_origin

from annotated_types import Ge, Gt, Le, Lt
from pydantic import BaseModel

from crmsheet.labels import Labels
from crmsheet.model import Setting
from crmsheet.rules import Rules

_LEVEL_OF_LETTER = {"H": "high", "M": "medium", "L": "low"}


@dataclass(frozen=True, slots=True)
class SettingLine:
    """One line of the settings sheet. ``value`` is what holds now, ``default`` what the package ships."""

    key: str
    label: str
    value: str | float | int | None
    unit: str
    default: str | float | int | None
    allowed: str
    note: str


def setting_lines(rules: Rules | None = None) -> list[SettingLine]:
    """Every setting, in the order of ``rules.toml``, the day first.

    >>> [line.value for line in setting_lines() if line.key == "rfm.recency_high_days"]
    [90]
    """
    shipped = Rules.load()
    current = dict(_leaves(rules or shipped, ""))
    lines = [_line("as_of", None, None, "", shipped)]
    for key, default in _leaves(shipped, ""):
        if not key.startswith("mapping."):
            lines.append(_line(key, current.get(key, default), default, _allowed(key, shipped), shipped))
    return lines


def changed_settings(typed: Iterable[Setting]) -> list[Setting]:
    """The settings that differ from what the package ships.

    The sheet of a new workbook states every default; a line left as it is must not undo a rules file.
    """
    shipped = {line.key: line.default for line in setting_lines()}
    return [setting for setting in typed if shipped.get(setting.key, _UNKNOWN) != setting.value]


_UNKNOWN = object()


def _leaves(value: Any, prefix: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, BaseModel):
        fields = {name: getattr(value, name) for name in type(value).model_fields if name != "labels"}
        yield from _leaves(fields, prefix)
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _leaves(inner, f"{prefix}.{key}" if prefix else str(key))
    else:
        yield prefix, value


def _line(key: str, value: Any, default: Any, allowed: str, rules: Rules) -> SettingLine:
    name, unit, note = rules.labels.words["settings"][_pattern(key)]
    label = str(name).format(**_names(key, rules))
    return SettingLine(
        key, label, _cell(value, rules.labels), unit, _cell(default, rules.labels), allowed, note
    )


def _pattern(key: str) -> str:
    parts = key.split(".")
    if parts[0] == "tiers":
        return f"tiers.*.{parts[2]}"
    return "rfm.table.*" if key.startswith("rfm.table.") else key


def _names(key: str, rules: Rules) -> dict[str, str]:
    parts = key.split(".")
    if parts[0] == "tiers":
        return {"tier": rules.tiers[parts[1]].label}
    if key.startswith("rfm.table."):
        levels = (rules.labels.choice("level", _LEVEL_OF_LETTER[letter]) for letter in parts[2])
        return dict(zip("rfm", levels, strict=True))
    return {}


def _cell(value: Any, labels: Labels) -> str | float | int | None:
    if isinstance(value, bool):
        return labels.choice("yes_no", "yes" if value else "no")
    if isinstance(value, tuple):
        return labels.join(str(word) for word in value)
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if isinstance(value, (int, float, str)) else None


def _allowed(key: str, rules: Rules) -> str:
    """The allowed range or words of one setting, as text."""
    parts = key.split(".")
    if key.startswith("rfm.table."):
        return " / ".join(rules.tiers)
    owner: Any = rules
    for part in parts[:-1]:
        owner = owner[part] if isinstance(owner, Mapping) else getattr(owner, part)
    field = type(owner).model_fields[parts[-1]]
    if get_origin(field.annotation) is Literal:
        return " / ".join(map(str, get_args(field.annotation)))
    if field.annotation is bool:
        return "/".join(rules.labels.choices("yes_no"))
    return _span(field.metadata)


def _span(metadata: list[Any]) -> str:
    low = next((f"{m.ge:g}" for m in metadata if isinstance(m, Ge)), "")
    low = low or next((f">{m.gt:g}" for m in metadata if isinstance(m, Gt)), "")
    high = next((f"{m.le:g}" for m in metadata if isinstance(m, Le)), "")
    high = high or next((f"<{m.lt:g}" for m in metadata if isinstance(m, Lt)), "")
    return f"{low} – {high}" if low or high else ""
