"""Traditional to simplified characters, and the pinyin that faulty fonts leave behind them (R-055)."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from crmsheet.data import read_text, read_toml

if TYPE_CHECKING:
    from opencc_purepy import OpenCC

_TEXT = read_toml("text.toml")
_RULES = _TEXT["simplified"]
_BOTH = frozenset(_RULES["both"])
_PINYIN = re.compile(_TEXT["patterns"]["toned_pinyin"])
_PARTICLE = re.compile(_TEXT["patterns"]["particle"])
_PARTICLE_RIGHT: str = _TEXT["patterns"]["particle_right"]
_WORDS: dict[str, str] = _RULES["words"]
_WORD = re.compile("|".join(map(re.escape, sorted(_WORDS, key=len, reverse=True))))
_MOST_PASSES = 3  # a result that is itself traditional (one OpenCC phrase in a thousand) settles in two


@cache
def _opencc() -> OpenCC:
    from opencc_purepy import OpenCC  # noqa: PLC0415 - only for texts with traditional characters

    return OpenCC("t2s")


@cache
def traditional_characters() -> frozenset[str]:
    """Characters of traditional text only: those that OpenCC changes, less those right in both."""
    # Its dictionaries take longer to load than a small workbook takes to clean, so these stand in a file.
    lines = read_text("traditional.txt").splitlines()
    return frozenset("".join(line for line in lines if not line.startswith("#"))) - _BOTH


@cache
def convertible_characters() -> frozenset[str]:
    """Characters without which ``to_simplified`` returns its argument unchanged."""
    own = {char for word, simple in _WORDS.items() if word != simple for char in word if char not in simple}
    return traditional_characters() | _BOTH | own


def to_simplified(text: str) -> str:
    """``text`` in simplified characters; words keep their region: 軟體 becomes 软体, not 软件 (R-055).

    >>> to_simplified("瞭解客戶需求")
    '了解客户需求'
    >>> to_simplified("乾隆、昇腾、显著")
    '乾隆、昇腾、显著'
    """
    if convertible_characters().isdisjoint(text):
        return text
    for _ in range(_MOST_PASSES):
        before, text = text, _convert(text)
        if text == before:
            break
    return text


def _convert(text: str) -> str:
    text = _PARTICLE.sub(_PARTICLE_RIGHT, text)
    if traditional_characters().isdisjoint(text):
        return _WORD.sub(lambda word: _WORDS[word[0]], text)
    pieces, last = [], 0
    for word in _WORD.finditer(text):
        pieces += [_opencc().t2s(text[last : word.start()]), _WORDS[word[0]]]
        last = word.end()
    return "".join(pieces) + _opencc().t2s(text[last:])


def drop_pinyin_glyphs(text: str) -> str:
    """Without the readings that a faulty font put behind its characters; a reading that a person added stays.

    >>> drop_pinyin_glyphs("保證業(yè)務決策")
    '保證業務決策'
    >>> drop_pinyin_glyphs("单(shàn)经理")
    '单(shàn)经理'
    """
    return _PINYIN.sub(_glyph_without_reading, text)


def _glyph_without_reading(found: re.Match[str]) -> str:
    han, pinyin = found["han"], found["pinyin"]
    if han in _TEXT["surname_readings"].get(pinyin, ""):
        return found[0]
    is_fault = han in traditional_characters() or han in _TEXT["glyph_readings"].get(pinyin, "")
    return han if is_fault else found[0]
