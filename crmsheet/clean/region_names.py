"""Names of provinces, cities and counties, full and short, and the places they can mean (R-039)."""

from __future__ import annotations

from collections.abc import Iterator
from enum import IntEnum
from functools import cache
from typing import Any, Final, NamedTuple

from crmsheet.clean.company_words import trade_words
from crmsheet.clean.patterns import Patterns
from crmsheet.clean.pinyin import to_pinyin
from crmsheet.data import read_table, read_toml

_WORDS: Final[dict[str, Any]] = read_toml("regions.toml")
PATTERNS: Final = Patterns(_WORDS["patterns"])
_SHORTEST: Final = 2
_LONGEST_TRADE: Final = 6
_PREFECTURE: Final[str] = _WORDS["words"]["prefecture"]


class Spelling(IntEnum):
    """How much of a name is written; the higher, the more easily another word is taken for it."""

    FULL = 0  # 广东省, 深圳市, 昆山市
    SHORT = 1  # 广东, 深圳, and counties known by their short name: 昆山
    WORD = 2  # short names that are also everyday words or brands: 东方, 阿里
    COUNTY = 3  # any county without its suffix: 南山, 长安
    PART = 4  # parts of a city that every team and town has: 西区, 城区


class Place(NamedTuple):
    """Full names, from the province down; ``""`` for what is not known."""

    province: str = ""
    city: str = ""
    county: str = ""

    def is_inside(self, outer: Place) -> bool:
        """Whether this place is ``outer`` or lies in it."""
        return all(not its or mine == its for mine, its in zip(self, outer, strict=True))


class Named(NamedTuple):
    place: Place
    spelling: Spelling


@cache
def names() -> dict[str, tuple[Named, ...]]:
    """Every spelling → the places it can mean. A province hides a city of its name, a city a county."""
    found: dict[str, list[Named]] = {}
    for name, named in _spelt():
        known = found.setdefault(name, [])
        if named not in known:
            known.append(named)
    return {name: tuple(named) for name, named in found.items()}


@cache
def longest_name() -> int:
    """Number of characters of the longest spelling."""
    return max(map(len, names()))


def crosses_word(text: str, start: int, end: int) -> bool:
    """Whether the short name at ``text[start:end]`` ends inside another word, and no line of business follows it.

    >>> crosses_word("海口腔诊所", 0, 2), crosses_word("通化工业集团", 0, 2), crosses_word("上海鲜花店", 0, 2)
    (True, False, False)
    """
    if text[end : end + 1] not in _WORDS["crossings"].get(text[end - 1], ()) or end == len(text):
        return False
    if text[start:end] in _sure_names():
        return False
    return not any(text[end : end + size] in trade_words() for size in range(2, _LONGEST_TRADE))


@cache
def _sure_names() -> frozenset[str]:
    return frozenset(_WORDS["words"]["sure"].split())


def nickname(text: str) -> Place:
    """The place that a letter, a nickname or Latin letters stand for as a whole cell; the empty place if none.

    >>> nickname("粤").province, nickname("苏北").province, nickname("Hangzhou").city
    ('广东省', '江苏省', '杭州市')
    """
    letters = _WORDS["letters"]
    known = letters.get(text.lower(), "")
    if not known and text[1:] in _directions() and text not in names():
        known = letters.get(text[0], "")
    if not known:
        return _in_latin().get(text.lower(), Place()) if text.isascii() else Place()
    province, _, city = known.partition(" ")
    return Place(province, city or (province if province in _municipalities() else ""))


@cache
def _directions() -> frozenset[str]:
    return frozenset(_WORDS["words"]["directions"].split())


@cache
def _in_latin() -> dict[str, Place]:
    """Pinyin of provinces and cities, where it means one of them: shanghai, but not taizhou."""
    found: dict[str, set[Place]] = {}
    for name, meanings in names().items():
        places = {named.place for named in meanings if not named.place.county}
        if places:
            found.setdefault(to_pinyin(name), set()).update(places)
    return {latin: places.pop() for latin, places in found.items() if len(places) == 1}


@cache
def _municipalities() -> frozenset[str]:
    return frozenset(row["province"] for row in read_table("regions.tsv") if row["province"] == row["city"])


@cache
def _provinces() -> tuple[str, ...]:
    return tuple(dict.fromkeys(row["province"] for row in read_table("regions.tsv")))


def _spelt() -> Iterator[tuple[str, Named]]:
    for name, place in _WORDS["aliases"].items():
        yield name, Named(Place(*place.split()), Spelling.SHORT)
    everyday = frozenset(_WORDS["words"]["company_words"].split())
    known = frozenset(_WORDS["words"]["known_counties"].split())
    for name, place in _places():
        short = short_name(name)
        whole = Spelling.PART if PATTERNS["part"].match(name) else Spelling.FULL
        yield name, Named(place, Spelling.WORD if short == name else whole)
        if name.endswith(_PREFECTURE):
            yield short + _PREFECTURE[-1], Named(place, Spelling.FULL)
        if len(short) >= _SHORTEST and not _is_hidden(short, place):
            usual = Spelling.COUNTY if place.county else Spelling.SHORT
            special = Spelling.SHORT if short in known else Spelling.WORD if short in everyday else usual
            yield short, Named(place, special)


def _places() -> Iterator[tuple[str, Place]]:
    for province in _provinces():
        yield province, Place(province, province if province in _municipalities() else "")
    for row in read_table("regions.tsv"):
        province, city = row["province"], row["city"] or ""
        if city and city != province:
            yield city, Place(province, city)
        for county in (row["counties"] or "").split():
            yield county, Place(province, city, county)


def _is_hidden(short: str, place: Place) -> bool:
    """海南 is the province, never 海南藏族自治州; 吉林 alone is the province, too."""
    return bool(place.city) and place.city != place.province and short in _short_provinces()


@cache
def _short_provinces() -> frozenset[str]:
    return frozenset(map(short_name, _provinces()))


def short_name(name: str) -> str:
    """A name without the words for its rank.

    >>> short_name("恩施土家族苗族自治州"), short_name("内蒙古自治区"), short_name("阿里地区")
    ('恩施', '内蒙古', '阿里')
    """
    bare = PATTERNS["autonomous"].sub("", name)
    return bare if bare != name else PATTERNS["plain_suffix"].sub("", name)
