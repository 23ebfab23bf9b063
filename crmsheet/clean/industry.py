"""Industry of a customer after GB/T 4754-2017 (R-003, R-018, C-17): section, division where it can be told, or ask."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache

from crmsheet.clean.industry_names import (
    UNKNOWN,
    IndustryReading,
    ask,
    division_sections,
    known_name,
    reading_of,
    without_joints,
)
from crmsheet.clean.text import match_key
from crmsheet.data import read_toml

__all__ = ["UNKNOWN", "IndustryReading", "classify_industry"]

_GRAMMAR = read_toml("industry.toml")
_CODE = re.compile(_GRAMMAR["patterns"]["code"])
_CODED_NAME = re.compile(_GRAMMAR["patterns"]["coded_name"])
_LIST_MARKS = re.compile(_GRAMMAR["patterns"]["list_marks"])
_NEST_MARKS = re.compile(_GRAMMAR["patterns"]["nest_marks"])
_LETTER = re.compile(r"[^\W\d_]")
_CODES = re.compile(r"\s*\d{2}(?:\s*[/\u3001,\uff0c;\uff1b]\s*\d{2})*\s*")
_LONGEST_LABEL = 40  # a longer cell is a description, and no label stands for it
_MOST_PARTS = 8


def classify_industry(text: object, *, mapping: Mapping[str, str] | None = None) -> IndustryReading:
    """Section and division that ``text`` names; a team's own ``mapping`` (label → code or name) wins (R-003).

    >>> classify_industry("互联网行业").name, classify_industry("I65").division
    ('信息传输、软件和信息技术服务业', '65')
    >>> classify_industry("服务业").certain
    False
    >>> classify_industry("服务业", mapping={"服务业": "L"}).name
    '租赁和商务服务业'
    """
    key = match_key(text)
    own = _own_label(key, mapping) if mapping else None
    if own is None and (_is_figure(text) if isinstance(text, str) else _is_number(text, key)):
        return UNKNOWN
    return _classify(own or key)


def _own_label(key: str, mapping: Mapping[str, str]) -> str | None:
    return next((match_key(target) for label, target in mapping.items() if match_key(label) == key), None)


def _is_figure(text: str) -> bool:
    """A date, a time, a share: digits whose parts look like codes of divisions and are none.

    >>> _is_figure("12/13/2024"), _is_figure("50%"), _is_figure("12:30"), _is_figure("65、64"), _is_figure("I65")
    (True, True, True, False, False)
    """
    return not _LETTER.search(text) and any(map(str.isdigit, text)) and not _CODES.fullmatch(text)


def _is_number(value: object, key: str) -> bool:
    """A number that is no code of a division: written out, 1.1e+17 would look like a list of them."""
    return isinstance(value, int | float) and not _CODES.fullmatch(key)


@lru_cache(maxsize=65536)
def _classify(key: str) -> IndustryReading:
    if len(key) > _LONGEST_LABEL:
        return UNKNOWN
    return _code(key) or _alias(key) or _coded_name(key) or _nested(key) or _listed(key) or _compound(key)


def _code(key: str) -> IndustryReading | None:
    found = _CODE.fullmatch(key)
    if not found or not (found["section"] or len(key) == 2):
        return None
    section, division = (found["section"] or "").upper(), found["division"] or ""
    if not division:
        return reading_of(section, "")
    right = division_sections().get(division)
    return reading_of(right, division) if right and section in ("", right) else None


def _coded_name(key: str) -> IndustryReading | None:
    """A code with its name. A lone letter may be any label, so there the name decides."""
    found = _CODED_NAME.fullmatch(key)
    if not found:
        return None
    code, name = _code(found["code"]), _classify(found["name"])
    if code is None or not code.division:
        return name if code or name.certain else None
    if not name.certain:
        return code
    return _narrowest([code, name])


def _nested(key: str) -> IndustryReading | None:
    """制造业-汽车, 制造业(汽车): the narrowest of names that lie within each other."""
    parts = [part for part in _NEST_MARKS.split(key, _MOST_PARTS) if part]
    if len(parts) < 2:
        return None
    known = [reading for reading in map(_classify, parts) if reading.certain]
    return _narrowest(known) if known else None


def _listed(key: str) -> IndustryReading | None:
    """银行/证券: what names side by side have in common."""
    parts = [part for part in _LIST_MARKS.split(key, _MOST_PARTS) if part]
    if len(parts) < 2:
        return None
    readings = [_classify(part) for part in parts]
    sections = {reading.section for reading in readings}
    if len(sections) > 1 or not readings[0].certain:
        return ask(sections - {""})
    divisions = {reading.division for reading in readings}
    return reading_of(readings[0].section, divisions.pop() if len(divisions) == 1 else "")


def _compound(key: str) -> IndustryReading:
    """A longer word: first without the words that say nothing of the trade, then by the part that ends it."""
    for shorter in _shortened(key):
        if found := _alias(shorter):
            return found
    bare = min(_without(key, _GRAMMAR["plain_endings"], str.removesuffix), key=len, default=key)
    return _by_head(bare) or _by_ending(bare) or _by_part(bare) or UNKNOWN


def _shortened(key: str) -> list[str]:
    """``key`` without general endings and beginnings, the longest rest first."""
    ends = _without(key, _GRAMMAR["endings"], str.removesuffix)
    starts = [rest for end in ends for rest in _without(end, _GRAMMAR["beginnings"], str.removeprefix)]
    return sorted(set(starts), key=lambda rest: (-len(rest), rest))


def _without(key: str, words: list[str], remove: Callable[[str, str], str]) -> list[str]:
    rests = [key]
    for rest in rests:
        rests += {remove(rest, word) for word in words} - {rest, *rests}
    return [rest for rest in rests if len(rest) > 1]


def _by_head(key: str) -> IndustryReading | None:
    fitting = [(word, head) for head in _GRAMMAR["heads"] for word in head["words"] if key.endswith(word)]
    if not fitting:
        return None
    word, head = max(fitting, key=lambda found: len(found[0]))
    division = head.get("division", "")
    if head.get("inner"):
        inner = _compound(key.removesuffix(word)) if len(key) > len(word) + 1 else UNKNOWN
        division = inner.division if inner.section == head["section"] else ""
    return reading_of(head["section"], division)


def _by_ending(key: str) -> IndustryReading | None:
    endings = (key[start:] for start in range(1, len(key) - 1))
    return next(
        (found for end in endings if end not in _GRAMMAR["no_endings"] and (found := _alias(end))), None
    )


def _by_part(key: str) -> IndustryReading | None:
    """Goods that no list has, by what they are made of or for (塑料托盘), else by their kind (变送器)."""
    for table, fits in (("leads", str.startswith), ("tails", str.endswith)):
        known = [(word, part) for part in _GRAMMAR[table] for word in part["words"] if fits(key, word)]
        if known:
            _, part = max(known, key=lambda found: len(found[0]))
            return reading_of(part["section"], part.get("division", "")) if len(key) > 1 else None
    return None


def _narrowest(readings: list[IndustryReading]) -> IndustryReading:
    sections = {reading.section for reading in readings}
    divisions = {reading.division for reading in readings} - {""}
    if len(sections) > 1:
        return ask(sections)
    if len(divisions) > 1:
        return reading_of(sections.pop(), "")
    return reading_of(sections.pop(), divisions.pop() if divisions else "")


def _alias(key: str) -> IndustryReading | None:
    return known_name(key) or known_name(without_joints(key))
