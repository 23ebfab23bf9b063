"""Many phrase lists looked for in a text at once, so that few patterns are tried on it, and most never made."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import add

from crmsheet.clean.phrases import any_phrase, fixed_parts


@dataclass(frozen=True, slots=True)
class _Phrase:
    """A phrase by the letters that stand in every text which holds it; ``groups``: bits of the lists that name it.

    ``is_plain``: its letters alone decide. It has no slots, no capitals, and begins with no Latin letter.
    """

    phrase: str
    longest: str
    others: tuple[str, ...]
    groups: int
    is_plain: bool


@dataclass(frozen=True, slots=True)
class Look:
    """What one look at a text told. ``held`` are the bits of the lists of which a phrase may stand in it."""

    text: str
    folded: str
    found: list[_Phrase]
    held: int

    def adjoin(self, left: PhraseList, right: PhraseList) -> bool:
        """Whether a phrase of ``right`` may follow one of ``left`` without a gap, in the text or what is left of it."""
        before = [one for one in self.found if one.groups & left.bit]
        after = [one for one in self.found if one.groups & right.bit]
        if not all(one.is_plain for one in (*before, *after)):
            return True
        return any(one.longest + other.longest in self.folded for one in before for other in after)


@dataclass(frozen=True)
class PhraseList:
    """One list of an index, of bit ``bit``.

    Every question is about a text that was looked at, or about what was left of one when pieces of it were
    replaced by blanks; the answers are those of :func:`crmsheet.clean.phrases.any_phrase`, which is only asked where
    the look leaves doubt.
    """

    phrases: tuple[str, ...] = ()
    bit: int = 0

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        return any_phrase(self.phrases)

    def cut(self, text: str, look: Look) -> str:
        """``text`` with a blank in place of each phrase."""
        return self.pattern.sub(" ", text) if look.held & self.bit else text

    def stands_in(self, text: str, look: Look) -> bool:
        """Whether a phrase is in ``text``."""
        if not look.held & self.bit:
            return False
        if text is look.text and any(one.is_plain for one in look.found if one.groups & self.bit):
            return True
        return self.pattern.search(text) is not None

    def first(self, text: str, look: Look) -> str:
        """The first phrase in ``text`` as it is written there, the longest of those that begin there; or blank."""
        if not look.held & self.bit:
            return ""
        if text is not look.text or len(text) != len(look.folded):
            found = self.pattern.search(text)
            return found[0] if found else ""
        places = sorted(_spans(look, self.bit))
        if not places:
            return ""
        begin, end, is_plain = places[0]
        rivals = [place for place in places if place[0] == begin]
        if len(rivals) > 1 and not all(is_plain for *_, is_plain in rivals):
            found = self.pattern.match(text, begin)
            return found[0] if found else ""
        return text[begin : rivals[-1][1]]


def _spans(look: Look, bit: int) -> list[tuple[int, int, bool]]:
    """Where each phrase of a list stands first: begin, end and whether it is plain."""
    spans = []
    for one in look.found:
        if not one.groups & bit:
            continue
        if one.is_plain:
            begin = look.folded.find(one.longest)
            spans.append((begin, begin + len(one.longest), True))
        elif match := any_phrase((one.phrase,)).search(look.text):
            spans.append((*match.span(), False))
    return spans


class PhraseIndex:
    """A look at a text costs two neighbours of its letters each, however many phrases there are.

    >>> index = PhraseIndex([("价格", "等了{n}天"), ("售后",), ("慢",)])
    >>> text = "等了三天，价格也高"
    >>> look = index.look(text)
    >>> [one.first(text, look) for one in index.lists]
    ['等了三天', '', '']
    """

    def __init__(self, lists: Sequence[tuple[str, ...]]) -> None:
        self.lists = tuple(PhraseList(phrases, 1 << place) for place, phrases in enumerate(lists))
        bits: dict[str, int] = {}
        for one in self.lists:
            bits.update((phrase, bits.get(phrase, 0) | one.bit) for phrase in one.phrases)
        self._phrases: dict[str, list[_Phrase]] = {}
        for phrase, groups in bits.items():
            entry = _entry(phrase, groups)
            self._phrases.setdefault(entry.longest[:2], []).append(entry)
        self._anywhere = [one for one in self._phrases.pop("", ()) if one.phrase]  # of slots alone
        self._pairs = frozenset(head for head in self._phrases if len(head) > 1)
        self._letters = frozenset(self._phrases) - self._pairs

    def look(self, text: str) -> Look:
        """What the letters of ``text`` tell."""
        folded = text.casefold()
        heads = self._pairs.intersection(map(add, folded, folded[1:])) | self._letters.intersection(folded)
        found = [
            one
            for head in heads
            for one in self._phrases[head]
            if one.longest in folded and (not one.others or all(part in folded for part in one.others))
        ]
        found += self._anywhere
        held = 0
        for one in found:
            held |= one.groups
        return Look(text, folded, found, held)


def _entry(phrase: str, groups: int) -> _Phrase:
    parts = fixed_parts(phrase)
    longest = max(parts, key=len, default="")
    is_plain = parts == (phrase,) and phrase.upper() == phrase.lower()
    return _Phrase(phrase, longest, tuple(part for part in parts if part != longest), groups, is_plain)
