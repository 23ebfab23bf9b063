"""Rules as people write them on a sheet, and what is wrong with them in words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from crmsheet.errors import did_you_mean
from crmsheet.labels import Labels

_SEPARATORS = re.compile("[,;\uff0c\uff1b\u3001\r\n]+")  # full-width comma, semicolon, enumeration comma
_PAIRS = re.compile("[;\uff1b\r\n]+")  # a name may hold commas, so only semicolons and lines part pairs
_EQUALS = re.compile("\\s*[=\uff1d]\\s*")
RULE_CODES = "cleaning.always"  # a list of kinds of findings, by name or code
LIMITS = 3  # between micro, small, medium and large firms
# Settings whose values are tiers; people write a tier's label or its code.
TIER_SETTINGS = ("rfm.table.", "priority.urgent_tiers", "interviews.tiers", "migration.order")


def split_words(value: Any) -> Any:
    """A list typed into one cell, as a tuple; anything else as it is.

    Spaces part words only where nothing else does, since a word may be a phrase. A number is a word too.

    >>> split_words("price, too much;fee"), split_words("price fee"), split_words(12315)
    (('price', 'too much', 'fee'), ('price', 'fee'), ('12315',))
    """
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return (f"{value:.15g}",)
    if isinstance(value, str):
        parts = _SEPARATORS.split(value) if _SEPARATORS.search(value) else value.split()
        return tuple(word.strip() for word in parts if word.strip())
    return tuple(value) if isinstance(value, list) else value


def split_pairs(value: Any) -> Any:
    """Pairs typed into one cell, as a dictionary; anything else as it is.

    >>> split_pairs("IT=I; net = I")
    {'IT': 'I', 'net': 'I'}
    """
    if not isinstance(value, str):
        return value
    pairs = [_EQUALS.split(entry.strip()) for entry in _PAIRS.split(value) if entry.strip()]
    wrong = next((pair for pair in pairs if len(pair) != 2 or not all(pair)), None)
    if wrong is not None:
        raise ValueError(f"pairs:{'='.join(wrong)}")
    paired = {left: right for left, right in pairs}
    twice = [f"{left}={right}" for left, right in pairs if paired[left] != right]
    if twice:
        left = twice[0].partition("=")[0]
        raise ValueError(f"pairs_differ:{twice[0]} / {left}={paired[left]}")
    return paired


def read_limits(value: Any) -> Any:
    """Three whole numbers typed into one cell, as texts of them; fewer, more or other words are refused.

    >>> read_limits("20, 300, 1000")
    ('20', '300', '1000')
    """
    words = split_words(value)
    typed = isinstance(words, tuple) and not isinstance(value, list)
    if typed and not (len(words) == LIMITS and all(map(str.isdecimal, words))):
        raise ValueError("limits")
    return words


def read_methods(value: Any) -> Any:
    """Contact methods by label or code, as codes; an unknown one is refused."""
    words = split_words(value)
    codes = {word: Labels.load().choice_code("contact_method", word) for word in words}
    unknown = [word for word, code in codes.items() if code is None]
    if unknown:
        raise ValueError(f"methods:{', '.join(unknown)}")
    return tuple(code for code in codes.values() if code)


def as_codes(key: str, value: Any, tiers: Mapping[str, str], labels: Labels) -> Any:
    """What is typed as words on the settings sheet, as codes; ``tiers`` gives the code of each tier's label."""
    if not isinstance(value, str) or (key.startswith(TIER_SETTINGS) and not tiers):
        return value
    if key == RULE_CODES:
        whole = labels.choice_code("rule", value)  # a name may have spaces
        return (
            (whole,)
            if whole
            else tuple(labels.choice_code("rule", word) or word for word in split_words(value))
        )
    if not key.startswith(TIER_SETTINGS):
        return labels.setting_code(value.strip()) if _is_choice(key) else value
    codes = [tiers.get(word, word) for word in split_words(value)]
    return codes[0] if len(codes) == 1 and key.startswith("rfm.table.") else tuple(codes)


def _is_choice(key: str) -> bool:
    return key.rpartition(".")[2] in _CHOICES


_CHOICES = frozenset(
    {
        "method", "roll", "preset", "churned", "cut", "period", "year", "money", "missing", "difficulty_medium",
        "difficulty_high", "resources_tight", "resources_short", "compliance_adjustable", "compliance_noncompliant",
    }
)  # fmt: skip


def read_number(value: Any) -> Any:
    """A whole number typed as text; anything else as it is.

    >>> read_number(" 10 "), read_number("ten")
    (10, 'ten')
    """
    return int(value) if isinstance(value, str) and value.strip().isdecimal() else value


def read_switch(value: Any) -> Any:
    """A yes or no typed as a word."""
    code = Labels.load().choice_code("yes_no", value) if isinstance(value, str) else None
    return {"yes": True, "no": False}.get(code or "", value)


class RulesDisagree(ValueError):
    """Rules of one section that do not go together: what is wrong, and the names of those that disagree."""

    def __init__(self, problem: str, names: tuple[str, ...] = ()) -> None:
        super().__init__(problem)
        self.names = names


def problem_lines(
    error: ValidationError, sources: Mapping[str, str], model: type[BaseModel]
) -> Iterable[str]:
    """One line per wrong cell: where it was written, what was found, what was expected, what was meant."""
    labels = Labels.load()
    for problem in error.errors(include_url=False):
        path = ".".join(str(part) for part in problem["loc"] if str(part) != "[key]")
        expected = _expected(problem, model, labels)
        values = _disagreeing(problem)
        if len(values) > 1:
            names = (f"{_setting_name(path, name, labels)} {_plain(value)}" for name, value in values.items())
            expected = labels.phrase("rule_values", expected=expected, values=labels.join(names))
        for key in _written(path, values, sources):
            found = _found(_inside(problem.get("input"), key[len(path) :]), labels)
            yield labels.phrase(
                "rule_problem", place=_place(key, sources), key=key, found=found, expected=expected
            )


def _disagreeing(problem: Mapping[str, Any]) -> dict[str, Any]:
    """The rules of a section that do not go together, each with its value."""
    names = getattr(problem.get("ctx", {}).get("error"), "names", ())
    values = {name: _inside(problem.get("input"), name) for name in names}
    return {name: value for name, value in values.items() if value is not None}


def _inside(values: Any, key: str) -> Any:
    """What stands at the dotted ``key`` within ``values``, the values themselves for a blank one."""
    for part in filter(None, key.split(".")):
        values = values.get(part) if isinstance(values, Mapping) else None
    return values


def _written(path: str, values: Mapping[str, Any], sources: Mapping[str, str]) -> list[str]:
    """The keys that a person wrote and that are part of the problem; the section itself where none is."""
    before = f"{path}." if path else ""
    asked = [f"{before}{name}" for name in values]
    inside = asked or [key for key in sources if key.startswith(before)]
    written = [key for key in inside if key in sources]
    return [path] if path in sources or not written else written


def _place(key: str, sources: Mapping[str, str]) -> str:
    near = (where for path, where in sources.items() if path.startswith(key) or key.startswith(f"{path}."))
    return sources.get(key) or next(near, "")


def _setting_name(path: str, name: str, labels: Labels) -> str:
    words = labels.words["settings"].get(f"{path}.{name}")
    return str(words[0]) if words else name


def _found(value: Any, labels: Labels) -> str:
    if isinstance(value, (tuple, list)):
        return labels.join(map(str, value))
    return "" if isinstance(value, (Mapping, BaseModel)) else _plain(value)


def _expected(problem: Mapping[str, Any], model: type[BaseModel], labels: Labels) -> str:
    facts = {key: _plain(value) for key, value in problem.get("ctx", {}).items()}
    kind = problem["type"]
    if kind == "literal_error":
        facts["expected"] = " / ".join(map(labels.setting_word, _literals(facts["expected"])))
    if kind == "value_error":
        kind, _, detail = str(facts.get("error", "")).partition(":")
        facts["detail"] = detail
    if kind == "extra_forbidden":
        facts["near"] = did_you_mean(str(problem["loc"][-1]), _keys_beside(problem["loc"], model))
        kind = kind if facts["near"] else "key_unknown"
    if kind == "string_pattern_mismatch" and problem["loc"][:2] == ("rfm", "table"):
        kind = "tier_unknown"
    return labels.phrase_or(f"rule.{kind}", labels.phrase("rule.other"), **facts)


def _literals(expected: str) -> list[str]:
    """The values in pydantic's list of them: ``'a', 'b' or 'c'``."""
    return [text or number for text, number in re.findall(r"'([^']*)'|\b(\d+)\b", expected)]


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).upper()  # as the cell shows it
    return f"{value:g}" if isinstance(value, (int, float)) else str(value)


def _keys_beside(loc: tuple[Any, ...], model: type[BaseModel]) -> list[str]:
    """Names that exist where the unknown key was written."""
    here: type[BaseModel] | None = model
    for part in loc[:-1]:
        info = here.model_fields.get(str(part)) if here is not None else None
        here = _section_of(info.annotation) if info is not None else here
    return list(here.model_fields) if here is not None else []


def _section_of(annotation: Any) -> type[BaseModel] | None:
    for candidate in (annotation, *get_args(annotation)):
        if isinstance(candidate, type) and issubclass(candidate, BaseModel):
            return candidate
    return None
