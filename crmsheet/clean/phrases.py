"""Phrases of a lexicon as one pattern: plain words, and words with slots (等了{n}天, 没有…报表)."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from crmsheet.clean.numerals import NUMBER_PATTERN

_SLOTS: Final = {"…": r"[^，,。；;！!？?、\s]{0,6}?", "{n}": NUMBER_PATTERN}
_SLOT: Final = re.compile(r"(…|\{n\})")
_END: Final = ""
# A short Latin word ends where its letters do: no AI stands in "training". It sorts last, so longer words come first.
_WORD_END: Final = "\uffff"
_LONGEST_SHORT: Final = 3
_PIECES: Final = {**_SLOTS, _WORD_END: "(?![a-z])"}

_Tree = dict[str, "_Tree"]


@lru_cache(maxsize=256)
def any_phrase(phrases: tuple[str, ...]) -> re.Pattern[str]:
    """One pattern for all ``phrases``, the longer before the shorter it begins with; nothing matches when empty.

    In a phrase … stands for up to six letters of the same clause, and ``{n}`` for a number. One that begins with a
    Latin letter does not begin inside a Latin word.

    >>> found = any_phrase(("价格", "价格表", "等了…天", "{n}天内要")).search
    >>> found("看价格表")[0], found("等了整整三天")[0], found("十天内要货")[0]
    ('价格表', '等了整整三天', '十天内要')
    """
    tree: _Tree = {}
    for phrase in phrases:
        branch = tree
        for token in _tokens(phrase):
            branch = branch.setdefault(token, {})
        if branch is not tree:
            branch[_END] = {}
    if not tree:
        return re.compile(r"(?!)")
    latin = {token: branch for token, branch in tree.items() if token.isascii() and token.isalpha()}
    others = {token: branch for token, branch in tree.items() if token not in latin}
    ways = ["(?<![a-z])" + _spelled(latin)] * bool(latin) + [_spelled(others)] * bool(others)
    return re.compile(_gate(tree) + (ways[0] if len(ways) == 1 else f"(?:{'|'.join(ways)})"), re.IGNORECASE)


def _tokens(phrase: str) -> list[str]:
    """Letters and slots of a phrase, in order."""
    tokens = [
        token
        for part in _SLOT.split(phrase.casefold())
        for token in ([part] if part in _SLOTS else list(part))
    ]
    is_short_word = len(phrase) <= _LONGEST_SHORT and phrase.isascii() and phrase.isalpha()
    return [*tokens, _WORD_END] if is_short_word else tokens


def _spelled(tree: _Tree) -> str:
    """A branch once for each beginning: with a thousand words, the one letter that differs is all that is tried."""
    ways = [
        (_PIECES.get(token) or re.escape(token)) + _spelled(rest)
        for token, rest in sorted(tree.items())
        if token != _END
    ]
    if not ways:
        return ""
    if _END in tree:
        return f"(?:{'|'.join(ways)})?"
    return ways[0] if len(ways) == 1 else f"(?:{'|'.join(ways)})"


def _gate(tree: _Tree) -> str:
    """A look at one letter that most places of a text fail, where every phrase begins with a letter."""
    letters = [token for token in tree if token not in _SLOTS]
    return f"(?=[{re.escape(''.join(letters))}])" if len(letters) == len(tree) else ""


def fixed_parts(phrase: str) -> tuple[str, ...]:
    """The letters of a phrase that stand together in every text which holds it, without capitals.

    >>> fixed_parts("没有…报表"), fixed_parts("Price is")
    (('没有', '报表'), ('price', 'is'))
    """
    between = (part for part in _SLOT.split(phrase.casefold()) if part not in _SLOTS)
    return tuple(part for piece in between for part in piece.split())
