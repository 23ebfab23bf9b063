"""Places inside company names: what stands in front, in brackets or before a branch word."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Final, NamedTuple

from crmsheet.clean.company_words import lengths
from crmsheet.clean.region_names import Named, Spelling, names, short_name
from crmsheet.clean.region_names import Place as FullPlace
from crmsheet.data import read_toml

_WORDS: Final = read_toml("companies.toml")
_ZONE: Final = re.compile(_WORDS["patterns"]["zone"])

_STREET: Final = re.compile(_WORDS["patterns"]["street"])
_ZONE_END: Final[str] = _WORDS["words"]["zone_end"]
_SHORTEST_COUNTY: Final = 3  # 城区 and 郊区 begin other words


class Place(NamedTuple):
    """Where a company says it is registered: short names, ``""`` for what the name does not say."""

    province: str = ""
    city: str = ""
    county: str = ""

    @property
    def name(self) -> str:
        """The most exact part, such as 杭州 of 浙江省杭州市."""
        return self.county or self.city or self.province

    def agrees(self, other: Place) -> bool:
        """Whether the two can be one place; what is unknown contradicts nothing."""
        return (
            (not self.province or not other.province or self.province == other.province)
            and (not self.city or not other.city or self.city == other.city)
            and (not self.county or not other.county or self.county == other.county)
        )

    def joined(self, other: Place) -> Place:
        """This place with the parts that only ``other`` knows."""
        return Place(self.province or other.province, self.city or other.city, self.county or other.county)


NOWHERE: Final = Place()
NATION: Final = Place(_WORDS["words"]["nations"].split()[0])


@cache
def _places() -> dict[str, tuple[Place, ...]]:
    """Spelling → the places it can mean."""
    return dict(_spellings())


@cache
def _lengths() -> dict[str, tuple[int, ...]]:
    """First two characters → how long the spellings are that start with them, longest first."""
    return lengths(_places(), lambda spelling: spelling[:2])


def _spellings() -> Iterator[tuple[str, tuple[Place, ...]]]:
    for spelling, meanings in names().items():
        # 南山 and 东方 begin trade names more often than they name a place; 南山区 and 东方市 do not.
        places = {_short(named.place) for named in meanings if _is_taken(spelling, named)}
        if places and spelling not in _WORDS["districts"]:
            yield spelling, tuple(sorted(places))
    for spelling, place in _WORDS["districts"].items():
        yield spelling, (Place(*place.split()),)
    for nation in _WORDS["words"]["nations"].split():
        yield nation, (NATION,)


def _is_taken(spelling: str, named: Named) -> bool:
    if named.spelling == Spelling.FULL:
        return not named.place.county or len(spelling) >= _SHORTEST_COUNTY
    return named.spelling == Spelling.SHORT


def _short(place: FullPlace) -> Place:
    county = place.county.removesuffix(_WORDS["words"]["new_district"])
    parts = (place.province, place.city, county)
    return Place(*(short if len(short := short_name(part)) > 1 else part for part in parts))


@cache
def county_cities() -> frozenset[str]:
    """Short names of counties that are cities of their own: 昆山, 义乌."""
    city = _WORDS["words"]["city_sign"]
    full = (named.place.county for meanings in names().values() for named in meanings)
    return frozenset(short_name(county) for county in full if county.endswith(city))


def counties_of(city: str) -> frozenset[str]:
    """Short names of the counties and districts of a city."""
    return _counties().get(city, frozenset())


@cache
def _counties() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for place in {named.place for meanings in names().values() for named in meanings if named.place.county}:
        short = _short(place)
        found.setdefault(short.city, set()).add(short.county)
    return {city: frozenset(counties) for city, counties in found.items()}


@cache
def all_places() -> frozenset[Place]:
    """Every province and city that is known."""
    listed = (place for places in _places().values() for place in places)
    return frozenset(place for place in listed if not place.county) - {NATION}


def leading_place(text: str) -> tuple[Place, int]:
    """The place ``text`` starts with and where it ends; province, city and county follow one another.

    >>> leading_place("浙江省杭州市云创网络科技")
    (Place(province='浙江', city='杭州', county=''), 6)
    >>> leading_place("上海北京大酒店")[1], leading_place("南京东路商店")[1]
    (2, 0)
    >>> leading_place("南京市鼓楼区政府")[0].county
    '鼓楼'
    """
    place, end = NOWHERE, 0
    sizes = _lengths()
    while (known := sizes.get(text[end : end + 2])) and (found := _place_at(text, end, known, place)):
        place, end = found
    if end and _STREET.match(text, end):
        return NOWHERE, 0
    if _ZONE_END in text and place != NATION and (zone := _ZONE.match(text, end)):
        return Place(place.province, place.city, zone[0]), zone.end()
    return place, end


def _place_at(text: str, start: int, sizes: tuple[int, ...], outer: Place) -> tuple[Place, int] | None:
    for size in sizes:
        spelling = text[start : start + size]
        places = _places().get(spelling)
        if places and (place := _inside(outer, places)):
            return place, start + len(spelling)
    return None


def _inside(outer: Place, places: tuple[Place, ...]) -> Place | None:
    """Which of ``places`` is meant behind ``outer``; of a county that several cities have, only its name."""
    if outer is NOWHERE and len(places) == 1:
        return places[0]
    fitting = [place for place in places if outer in {NOWHERE, NATION, place} or _lies_in(place, outer)]
    if len(fitting) > 1:
        return Place("", "", fitting[0].county) if fitting[0].county else None
    return fitting[0] if fitting else None


def _lies_in(place: Place, outer: Place) -> bool:
    return place != NATION and place.agrees(outer) and place.name != outer.name and bool(place.city)


def place_named(text: str) -> Place:
    """The place that ``text`` is the whole name of, or NOWHERE.

    >>> place_named("浙江省杭州市").name, place_named("恒达") == NOWHERE
    ('杭州', True)
    """
    place, end = leading_place(text)
    return place if end == len(text) else NOWHERE


def trailing_place(text: str, *, keep: int) -> tuple[str, Place]:
    """``text`` without the place at its end, and that place; at least ``keep`` characters stay.

    >>> trailing_place("3m中国", keep=2), trailing_place("云创", keep=2)[1] == NOWHERE
    (('3m', Place(province='中国', city='', county='')), True)
    """
    may_be_zone = _ZONE_END in text
    for start in range(max(keep, len(text) - 8), len(text) - 1):
        if not may_be_zone and text[start : start + 2] not in _lengths():
            continue
        place, end = leading_place(text[start:])
        if end == len(text) - start:
            return text[:start], place
    return text, NOWHERE
