"""Places inside company names: what stands in front, in brackets or before a branch word."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Final, NamedTuple

from crmsheet.data import read_toml

_WORDS: Final = read_toml("companies.toml")
_DISTRICT: Final = re.compile(_WORDS["patterns"]["district"])


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
        return all(not mine or not its or mine == its for mine, its in zip(self, other, strict=True))

    def joined(self, other: Place) -> Place:
        """This place with the parts that only ``other`` knows."""
        return Place(*(mine or its for mine, its in zip(self, other, strict=True)))


NOWHERE: Final = Place()
NATION: Final = Place(_WORDS["words"]["nations"].split()[0])


@cache
def _places() -> dict[str, dict[str, Place]]:
    """First character → every spelling that starts with it, longest first → the place it means."""
    found: dict[str, dict[str, Place]] = {}
    for spelling, place in sorted(_spellings(), key=lambda item: -len(item[0])):
        # The first one stays: a province is listed before the city of its name.
        found.setdefault(spelling[0], {}).setdefault(spelling, place)
    return found


def _spellings() -> Iterator[tuple[str, Place]]:
    for province, cities in _WORDS["places"].items():
        has_own_city = cities == province
        for suffix in _WORDS["place_suffixes"]["province"]:
            yield province + suffix, Place(province, province if has_own_city else "")
        for city in cities.split():
            for suffix in _WORDS["place_suffixes"]["city"]:
                yield city + suffix, Place(province, city)
    for nation in _WORDS["words"]["nations"].split():
        yield nation, NATION


def leading_place(text: str) -> tuple[Place, int]:
    """The place ``text`` starts with and where it ends; province, city and district follow one another.

    >>> leading_place("浙江省杭州市云创网络科技")
    (Place(province='浙江', city='杭州', county=''), 6)
    >>> leading_place("上海北京大酒店")[1], leading_place("南京市鼓楼区政府")[0].county
    (2, '鼓楼区')
    """
    place, end = NOWHERE, 0
    while found := _place_at(text, end, place):
        place, end = found
    if place != NATION and (district := _DISTRICT.match(text, end)):
        return Place(place.province, place.city, district[0]), district.end()
    return place, end


def _place_at(text: str, start: int, outer: Place) -> tuple[Place, int] | None:
    for spelling, place in _places().get(text[start : start + 1], {}).items():
        if text.startswith(spelling, start) and _is_inside(place, outer):
            return place.joined(outer) if outer != NATION else place, start + len(spelling)
    return None


def _is_inside(place: Place, outer: Place) -> bool:
    return outer in {NOWHERE, NATION, place} or (place.agrees(outer) and bool(place.city) and place != NATION)


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
    for start in range(max(keep, len(text) - 8), len(text) - 1):
        place, end = leading_place(text[start:])
        if end == len(text) - start:
            return text[:start], place
    return text, NOWHERE
