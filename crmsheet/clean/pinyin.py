"""How Chinese characters sound: one reading each, without tone, for finding homophones and romanised names."""

from __future__ import annotations

from functools import cache

from crmsheet.data import read_table


@cache
def _readings() -> dict[int, str]:
    return {ord(char): row["syllable"] for row in read_table("pinyin.tsv") for char in row["characters"]}


def to_pinyin(text: str) -> str:
    """Syllables of ``text`` run together, lower case; what has no reading stays as it is.

    >>> to_pinyin("恒达"), to_pinyin("西安A厂")
    ('hengda', 'xianachang')
    """
    return text.casefold().translate(_readings())


def same_sound(one: str, other: str) -> bool:
    """Whether two characters are read alike, tones aside.

    >>> same_sound("鑫", "馨"), same_sound("达", "大"), same_sound("达", "通")
    (True, True, False)
    """
    return to_pinyin(one) == to_pinyin(other)
