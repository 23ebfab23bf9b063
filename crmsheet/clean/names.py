"""Personal names and how people are addressed: 张三, 欧阳娜娜, 张经理, 老王, John Smith (R-004, R-020)."""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import cache, lru_cache
from typing import Any, Final

from crmsheet.data import read_toml

_LATIN_NAME: Final = re.compile(r"[A-Za-z][A-Za-z'.-]*(?: [A-Za-z][A-Za-z'.-]*){0,3}")
_MAX_COVERED: Final = 24


@cache
def person_words() -> dict[str, Any]:
    return dict(read_toml("contacts.toml")["person"])


@cache
def person_pattern(name: str) -> re.Pattern[str]:
    return re.compile(person_words()[name])


@cache
def _word_set(*names: str) -> frozenset[str]:
    return frozenset(word for name in names for word in person_words()[name])


@cache
def _longest(words: Collection[str]) -> int:
    return max(map(len, words))


def is_covered(text: str, words: frozenset[str]) -> bool:
    """Whether ``text`` is nothing but ``words`` one after another.

    >>> is_covered("abab", frozenset({"ab"})), is_covered("aba", frozenset({"ab"}))
    (True, False)
    """
    if not 0 < len(text) <= _MAX_COVERED:
        return False
    reached = {0}
    for end in range(1, len(text) + 1):
        starts = range(max(0, end - _longest(words)), end)
        if any(start in reached and text[start:end] in words for start in starts):
            reached.add(end)
    return len(text) in reached


@lru_cache(maxsize=65536)
def surname_length(text: str) -> int:
    """Characters of the Chinese surname ``text`` starts with, 0 for none.

    >>> surname_length("欧阳娜娜"), surname_length("张三"), surname_length("的")
    (2, 1, 0)
    """
    if text[:2] in _word_set("compound_surnames"):
        return 2
    return int(bool(text) and text[0] in _word_set("surnames", "traditional_surnames"))


def is_function(text: str) -> bool:
    """Whether ``text`` names a department, function or post and no person: 采购部, 总经理办公室, HR."""
    words = _word_set("functions", "posts")
    if len(text) > 1 and text in words:
        return True
    if text.isascii() and all(word in _word_set("latin_posts") for word in text.lower().split()):
        return True
    # Numerals and endings alone (三, 部处) say nothing.
    return not all(sign in words for sign in text) and is_covered(text, words)


def is_title(text: str) -> bool:
    """Whether ``text`` is a form of address or a post: 经理, 副总, 先生."""
    if len(text) == 1:
        return text in _word_set("short_titles")
    return is_covered(text, _word_set("titles", "short_titles", "title_prefixes", "posts"))


def is_surname_title(text: str) -> bool:
    """Whether ``text`` tells a surname and no given name: 张经理, 老王, Mr. Wang, Tony总.

    >>> is_surname_title("欧阳经理"), is_surname_title("小李"), is_surname_title("李小明")
    (True, True, False)
    """
    if person_pattern("latin_titles").match(text) and len(text.split()) > 1:
        return True
    after_familiar = text[1:] if text[:1] in _word_set("familiar") else ""
    if after_familiar and surname_length(after_familiar) == len(after_familiar):
        return True
    return _is_addressed(text) or _is_addressed(after_familiar)


def _is_addressed(text: str) -> bool:
    """A surname and a title: 张经理, Tony总."""
    latin = re.match(r"[A-Za-z]+ ?", text)
    length = latin.end() if latin else surname_length(text)
    return bool(length) and is_title(text[length:])


def is_full_name(text: str) -> bool:
    """Whether ``text`` is a surname with a given name, or a name of another language.

    >>> [is_full_name(name) for name in ("王小明", "买买提·艾力", "John Smith", "安装")]
    [True, True, True, False]
    """
    if _LATIN_NAME.fullmatch(text):
        return len(text) > 1
    if text in _word_set("not_names"):
        return False
    return _is_half_latin(text) or _is_foreign(text) or _is_chinese_name(text)


def _is_foreign(text: str) -> bool:
    return bool(person_pattern("chinese").fullmatch(text)) and ("·" in text or _is_transcribed(text))


def _is_chinese_name(text: str) -> bool:
    is_chinese = person_pattern("chinese").fullmatch(text)
    if not is_chinese or not set(text).isdisjoint(person_words()["never_in_names"]):
        return False
    length = surname_length(text)
    # 陈李明慧: two surnames, as married women in Hong Kong write them.
    is_double = len(text) == 4 and length == 1 and surname_length(text[1:]) == 1
    return is_double or (length > 0 and 1 <= len(text) - length <= 2)


def _is_transcribed(text: str) -> bool:
    sounds = sum(sound in person_words()["sound_characters"] for sound in text)
    return 3 <= len(text) <= 12 and sounds * 4 >= len(text) * 3


def _is_half_latin(text: str) -> bool:
    found = person_pattern("half_latin").fullmatch(text)
    chinese = (found["after"] or found["before"]) if found else ""
    return bool(chinese) and (surname_length(chinese) == len(chinese) or is_full_name(chinese))


def mask_name(name: str) -> str:
    """``name`` as it may be written: surname and one star per further character (R-004).

    >>> mask_name("张三"), mask_name("欧阳娜娜"), mask_name("John Smith"), mask_name("买买提·艾力")
    ('张*', '欧阳**', 'J*', '买**·**')
    """
    if _LATIN_NAME.fullmatch(name):
        return f"{name[0]}*"
    if half := person_pattern("half_latin").fullmatch(name):
        chinese = half["after"] or half["before"]
        return f"{chinese[: surname_length(chinese)]}*"
    kept = surname_length(name)
    # A surname of two characters leaves nothing to hide in a name of two.
    kept = 1 if kept == len(name) or not kept or "·" in name else kept
    return name[:kept] + "".join(sign if sign == "·" else "*" for sign in name[kept:])
