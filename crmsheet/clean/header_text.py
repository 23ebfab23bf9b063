"""A header without its decoration: marks, numbering, brackets and units are taken off and told apart."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from crmsheet.clean.text import match_key
from crmsheet.data import read_toml

LONGEST = 60  # a longer cell is a sentence, not a header
LONGEST_TYPED = 4 * LONGEST  # with blanks and line breaks around and within


@dataclass(frozen=True, slots=True)
class BareHeader:
    """What remains of a header, unified by ``match_key``; ``notes`` are the contents of its brackets."""

    text: str
    notes: tuple[str, ...]
    unit: str
    required: bool


@lru_cache(maxsize=65536)
def undress(header: str) -> BareHeader:
    """``header`` taken apart; ``text`` is empty for what is too long to be one.

    >>> undress("*1.预算（单位：万元）")
    BareHeader(text='预算', notes=('单位:万元',), unit='万元', required=True)
    """
    text = match_key(header[:LONGEST_TYPED])
    if len(text) > LONGEST:
        return BareHeader("", (), "", required=False)
    required = _pattern("required").search(text) is not None
    for mark in ("required", "optional", "numbering"):
        text = _pattern(mark).sub("", text).strip()
    notes = tuple(note.strip() for note in _pattern("bracket").findall(text))
    text = _pattern("bracket").sub("", text).strip(" :;,.?-_")
    unit = next((found for note in notes if (found := _unit(note))), "")
    tail = None if unit else _pattern("unit_tail").search(text)
    if tail:
        text, unit = text[: tail.start()], tail[1]
    return BareHeader(text, notes, unit, required)


def _unit(note: str) -> str:
    """Unit that the content of a bracket states, among other words perhaps."""
    parts = (note, *re.split(r"[,;/]", note))
    return next((found[1] for part in parts if (found := _pattern("unit").match(part.strip()))), "")


def header_unit(header: str) -> str:
    """Unit a header states, or ``""``.

    >>> header_unit("预算(单位：万元)"), header_unit("企业规模"), header_unit("金额/元")
    ('万元', '', '元')
    """
    return undress(header).unit


def alternatives(text: str) -> list[str]:
    """Parts of a bare header that names several things: 电话/手机."""
    return [part for part in _pattern("alternatives").split(text) if part]


def header_key(text: str) -> str:
    """``text``, already unified by ``match_key``, without spaces and punctuation."""
    return _pattern("blanks").sub("", text)


@lru_cache(maxsize=65536)
def word_key(word: str) -> str:
    """Key of a word as people write it."""
    return header_key(match_key(word))


@cache
def _pattern(name: str) -> re.Pattern[str]:
    return re.compile(read_toml("headers.toml")["decoration"][name])
