"""Names in a column of customers that are no firm's: private persons, and words that are nobody's name (R-002)."""

from __future__ import annotations

from functools import cache
from typing import Final

from crmsheet.clean.names import surname_length
from crmsheet.data import read_toml

_LONGEST_NAME: Final = 4
_SHORTEST_RUN: Final = 3


@cache
def _words(name: str) -> frozenset[str]:
    """The members of a list, or the characters of a text."""
    return frozenset(read_toml("private_customers.toml")[name])


def is_private_customer(text: str) -> bool:
    """Whether a customer's name can hardly be anything but a person's.

    A reader of contact names takes 方正 or 白天 for a person; among firms only a common surname with characters
    that people give their children is enough.

    >>> [is_private_customer(name) for name in ("王小明", "张三", "欧阳娜娜", "买买提·艾力", "John Smith")]
    [True, True, True, True, True]
    >>> [is_private_customer(name) for name in ("方正", "白天", "强大", "金龙鱼", "General Electric")]
    [False, False, False, False, False]
    """
    if text in _words("not_people"):
        return False
    if text.isascii():
        first, _, last = text.casefold().partition(" ")
        return first in _words("latin_given") and last.replace(" ", "").isalpha()
    if "\u00b7" in text:
        return all(part.isalpha() for part in text.split("\u00b7"))
    return len(text) <= _LONGEST_NAME and _is_chinese_name(text)


def _is_chinese_name(text: str) -> bool:
    length = surname_length(text)
    given = text[length:]
    if not length or not given or text[:length] in _words("not_surnames"):
        return False
    if given in _words("courtesies"):
        return True
    if length > 1:
        return len(given) <= _LONGEST_NAME // 2
    usual = _words("given_alone") if len(given) == 1 else _words("given")
    return text[0] in _words("surnames") and len(given) <= _LONGEST_NAME // 2 and set(given) <= usual


def is_no_name(text: str) -> bool:
    """Whether a customer's name names nobody: figures, one sign over and over, a run over the keyboard.

    >>> [is_no_name(name) for name in ("123", "哈哈哈", "asdf", "xx", "测试", "——")]
    [True, True, True, True, True, True]
    >>> [is_no_name(name) for name in ("甲", "3M", "IBM", "华为", "A客户")]
    [False, False, False, False, False]
    """
    plain = text.casefold().strip()
    if plain in _words("trials") or not any(sign.isalpha() for sign in plain):
        return True
    if len(plain) > 1 and len(set(plain)) == 1:
        return True
    return len(plain) >= _SHORTEST_RUN and any(plain in row for row in _words("keyboard_rows"))
