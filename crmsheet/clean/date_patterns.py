"""Where a text mentions dates: the patterns of ``dates.toml`` and a scan that lists what matches."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, cached_property
from itertools import pairwise

from crmsheet.clean.patterns import Patterns
from crmsheet.data import read_toml

TABLE = read_toml("dates.toml")

_FLAGS = re.IGNORECASE | re.ASCII
_NAME = re.compile(r"\(\?P<\w+>")
_LONGEST_WHOLE = 24  # no pattern of a whole cell is longer
_WORTH_JOINING = 1000  # tries
_LOOKED_AT = 1000  # characters; a date beyond them is not what the cell says


@dataclass(frozen=True, slots=True)
class Mention:
    """One match: the name of its pattern, its place in the text, the pieces the pattern names."""

    kind: str
    start: int
    end: int
    parts: Mapping[str, str | None]


def _vocabulary() -> dict[str, str]:
    """Alternatives made of the tables' keys, longest first, so that no word hides a longer one."""
    tables = ("words", "year_words", "eras", "day_parts")
    return {name: "|".join(sorted(map(re.escape, TABLE[name]), key=len, reverse=True)) for name in tables}


def _parts() -> dict[str, str]:
    parts = _vocabulary()
    for name, pattern in TABLE["parts"].items():
        parts[name] = _fill(pattern, parts)
    return parts


def _fill(pattern: str, parts: Mapping[str, str]) -> str:
    return re.sub(r"<<(\w+)>>", lambda found: parts[found[1]], pattern)


_PARTS = _parts()


def _filled(section: str) -> Patterns:
    return Patterns({name: _fill(pattern, _PARTS) for name, pattern in TABLE[section].items()}, _FLAGS)


def _compiled(section: str) -> dict[str, re.Pattern[str]]:
    patterns = _filled(section)
    return {name: patterns[name] for name in TABLE[section]}


AROUND = _filled("around")
_WHOLE = _compiled("whole")
_OPENING = _compiled("opening")
_PATTERNS = _filled("patterns")
_ANYWHERE = tuple(TABLE["patterns"])  # names, in the order in which they are tried


def _names_by_character(section: str) -> dict[str, frozenset[str]]:
    """For each character of a section of the table the names of the patterns listed with it."""
    named: dict[str, set[str]] = {}
    for entry in TABLE[section]:
        for char in entry["characters"]:
            named.setdefault(char, set()).update(entry["patterns"])
    return {char: frozenset(names) for char, names in named.items()}


class _Either:
    """The first of some patterns that matches. Python takes longer to compile one pattern of them all than to
    try them one by one on a small workbook, so it is made when there turns out to be much to read.
    """

    def __init__(self, names: frozenset[str]) -> None:
        self._names = tuple(name for name in _ANYWHERE if name in names)
        self._tried = 0

    @cached_property
    def _joined(self) -> re.Pattern[str]:
        inside = {name: _NAME.sub("(?:", _PATTERNS[name].pattern) for name in self._names}
        return re.compile("|".join(f"(?P<{name}>{pattern})" for name, pattern in inside.items()), _FLAGS)

    def match(self, folded: str, at: int) -> Mention | None:
        """What one of the patterns finds at ``at``."""
        names = self._names
        if self._tried >= _WORTH_JOINING:
            joined = self._joined.match(folded, at, _LOOKED_AT)
            names = (joined.lastgroup or "",) if joined else ()
        self._tried += 1
        for name in names:
            found = _PATTERNS[name].match(folded, at, _LOOKED_AT)
            if found:
                return Mention(name, at, found.end(), found.groupdict())
        return None


@cache
def _either(names: frozenset[str]) -> _Either:
    return _Either(names)


_STARTS = _names_by_character("starts")
_AFTER_DIGITS = _names_by_character("after_digits")
_DIGITS = re.compile(r"[0-9]{1,4}+(.?)")
_WORDS = "".join(char for char in _STARTS if not char.isascii())
# Inside a number or an English word nothing begins.
_START = re.compile(f"(?<![0-9])[0-9]|(?<![A-Za-z])[A-Za-z]|[{_WORDS}]")


def scan(folded: str) -> list[Mention]:
    """Mentions of dates in ``folded`` in order, none overlapping, without repetitions (every Monday)."""
    whole = _whole(folded) if len(folded) <= _LONGEST_WHOLE else None
    if whole:
        return [whole]
    if not AROUND["trigger"].search(folded, 0, _LOOKED_AT) or AROUND["lunar"].search(folded, 0, _LOOKED_AT):
        return []
    opening = _opening(folded)
    found = [opening] if opening else []
    found += _single(folded, _mentions(folded, opening.end if opening else 0))
    return [_beside_weekday(folded, found, at) for at in range(len(found))]


def _whole(folded: str) -> Mention | None:
    """The mention that fills the cell, but for brackets, quotes and a full stop around it."""
    core = folded.strip(TABLE["wrapping"])
    at = folded.index(core)
    for name, pattern in _WHOLE.items():
        match = pattern.fullmatch(core)
        if match:
            return Mention(name, at, at + len(core), match.groupdict())
    return None


def _opening(folded: str) -> Mention | None:
    for name, pattern in _OPENING.items():
        match = pattern.match(folded)
        if match:
            return Mention(name, match.start(), match.end(), match.groupdict())
    return None


def _mentions(folded: str, at: int) -> Iterator[Mention]:
    while start := _START.search(folded, at, _LOOKED_AT):
        at = start.start()
        mention = _either(_possible(folded, at)).match(folded, at)
        if mention:
            yield mention
        at = mention.end if mention else at + 1


def _possible(folded: str, at: int) -> frozenset[str]:
    """Names of the patterns that can match at ``at``."""
    names = _STARTS[folded[at].lower()]
    digits = _DIGITS.match(folded, at)
    return _AFTER_DIGITS.get(digits[1] or "$", names) if digits else names


def _single(folded: str, mentions: Iterator[Mention]) -> Iterator[Mention]:
    repeated_to = -1
    for mention in mentions:
        before = folded[max(0, mention.start - 5) : mention.start]
        follows = repeated_to >= 0 and AROUND["adjacent"].match(folded[repeated_to : mention.start])
        if follows or AROUND["recurring"].search(before):
            repeated_to = mention.end
        elif mention.kind != "lone_md" or _may_be_day(folded, mention):
            yield mention


def _beside_weekday(folded: str, mentions: list[Mention], at: int) -> Mention:
    """Mention ``at``; two numbers with a mark between them are surely a day beside a weekday."""
    mention = mentions[at]
    if mention.kind != "lone_md":
        return mention
    for first, second in pairwise(mentions[max(0, at - 1) : at + 2]):
        beside = AROUND["adjacent"].match(folded[first.end : second.start])
        if beside and "week" in {first.kind, second.kind}:
            return replace(mention, kind="weekday_md")
    return mention


def _may_be_day(folded: str, mention: Mention) -> bool:
    """Whether two numbers with a mark between them stand where a date would, not a version or a share."""
    if mention.start == 0:
        return True
    mark = (mention.parts["mark"] or "").strip()
    before = folded[max(0, mention.start - 6) : mention.start]
    if AROUND["loose_lead"].search(before):
        return True
    if before.endswith(" ") and len(mention.parts["day"] or "") == 2:
        return not before.rstrip()[-1:].isascii()
    return mark == "/" and bool(AROUND["loose_slash"].search(before))
