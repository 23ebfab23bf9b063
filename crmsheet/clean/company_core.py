"""The middle of a company name, between its place and its legal form: trade name, line of business, branch."""

from __future__ import annotations

from typing import Final, NamedTuple

from crmsheet.clean.company_places import (
    NOWHERE,
    Place,
    counties_of,
    leading_place,
    place_named,
    trailing_place,
)
from crmsheet.clean.company_words import (
    GROUP,
    WORDS,
    branch_ending,
    form_ending,
    leading_alias,
    pattern,
    plain_digits,
    short_alias,
    split_trade,
    trade_ending,
    word_set,
)

_SHORTEST_TRAILED: Final = 2  # characters that must stay in front of a place at the end: 3M中国
_SHORTEST_BRAND: Final = 2
_TOWN_SIZES: Final = (3, 2)  # characters of a short name of a district: 瓯海
_SHORTEST_WITH_TOWN: Final = _SHORTEST_BRAND + min(_TOWN_SIZES)
_LONGEST_SITE: Final = 8  # 人民路店, 中关村支行


class Core(NamedTuple):
    """Place, trade name and line of business; ``is_known`` when the name is one of a listed company."""

    place: Place = NOWHERE
    brand: str = ""
    words: tuple[str, ...] = ()
    is_known: bool = False


def read_core(head: str, noted: Place = NOWHERE) -> Core:
    """The parts of a name without legal form, brackets and branch; ``noted`` is the place in its brackets.

    >>> read_core("江苏移动")
    Core(place=Place(province='江苏', city='', county=''), brand='中国移动', words=(), is_known=True)
    >>> read_core("浙江省杭州市云创网络科技")[1:3]
    ('云创', ('网络科技',))
    """
    if known := _known(head, NOWHERE):
        return known
    place, end = leading_place(head)
    if noted != NOWHERE and not noted.agrees(place) and place.name in word_set("brandlike_places"):
        place, end = NOWHERE, 0
    rest = head[end:]
    if end and (known := _known(rest, place)):
        return known
    rest = _without_inner_form(rest.removesuffix(GROUP))
    if short := short_alias(rest, has_place=place != NOWHERE or noted != NOWHERE):
        return Core(place, short, (), is_known=True)
    brand, words = split_trade(rest)
    if place.city and not place.county:
        place, brand = _take_district(place, brand)
    if end and len(brand) == 1 and _is_fragment(brand, words):
        # 上海滩, 长春藤: what looks like a place is the beginning of the trade name.
        place, brand = NOWHERE, head[:end] + brand
    brand = brand.removesuffix(GROUP)
    if place != NOWHERE or noted != NOWHERE:
        return Core(place, brand, words)
    return _place_at_end(brand, words)


def _without_inner_form(head: str) -> str:
    """电机 of 电机厂, where a legal form follows: 哈尔滨电机厂有限公司."""
    form = form_ending(head)
    return bare if form and trade_ending(bare := head.removesuffix(form)) else head


def _take_district(place: Place, brand: str) -> tuple[Place, str]:
    """温州瓯海恒达: the short name of a district counts behind its city where a trade name is left."""
    if len(brand) < _SHORTEST_WITH_TOWN:
        return place, brand
    town = pattern("town").match(brand)
    if town and len(brand) - town.end() > _SHORTEST_BRAND:
        return place._replace(county=town[0]), brand[town.end() + 1 :]
    counties = counties_of(place.city)
    for size in _TOWN_SIZES:
        if len(brand) - size >= _SHORTEST_BRAND and (county := brand[:size]) in counties:
            return place._replace(county=county), brand[size:]
    return place, brand


def _known(text: str, place: Place) -> Core | None:
    name, rest = leading_alias(text)
    if not name:
        return None
    rest = rest.removeprefix(GROUP)
    its_place, end = leading_place(rest)
    brand, words = split_trade(rest[end:].removesuffix(GROUP))
    # 中国银行业协会 is not 中国银行: the rest must be a line of business or nothing.
    return None if brand else Core(its_place if place == NOWHERE else place, name, words, is_known=True)


def _is_fragment(brand: str, words: tuple[str, ...]) -> bool:
    return not brand.isascii() and plain_digits(brand) == brand and len(words) < 2  # noqa: PLR2004


def _place_at_end(brand: str, words: tuple[str, ...]) -> Core:
    before, place = trailing_place(brand, keep=_SHORTEST_TRAILED)
    if place == NOWHERE:
        return Core(NOWHERE, brand, words)
    before = before.removesuffix(GROUP)
    return Core(place, before, words) if words else Core(place, *split_trade(before))


def split_branch(head: str) -> tuple[str, str]:
    """A name without legal form, and the branch at its end.

    >>> split_branch("工商银行北京分行"), split_branch("恒达一分厂"), split_branch("北京大酒店")
    (('工商银行', '北京分行'), ('恒达', '一分厂'), ('北京大酒店', ''))
    >>> split_branch("浙江大学医学院")
    ('浙江大学', '医学院')
    """
    if college := pattern("college").fullmatch(head):
        return college["university"], college["college"]
    word = branch_ending(head)
    stem = head[: len(head) - len(word)]
    if not word or not stem or len(trade_ending(head)) > len(word):
        return head, ""
    known, rest = leading_alias(head)
    if known and branch_ending(rest):
        return known, rest
    site = _site_start(stem)
    if site < len(stem):
        return head[:site], head[site:]
    return (head, "") if word in word_set("branch_after_place") else (stem, word)


def _site_start(stem: str) -> int:
    """Where the place or number of a branch begins in ``stem``; its length when there is none."""
    numbered = pattern("ordinal").search(stem)
    before, place = trailing_place(stem[: numbered.start()] if numbered else stem, keep=_SHORTEST_TRAILED)
    if place != NOWHERE:
        return len(before)
    if numbered and numbered.start():
        return numbered.start()
    for end in range(len(stem) - 2, max(2, len(stem) - _LONGEST_SITE) - 1, -1):
        if trade_ending(stem[:end]) and not split_trade(stem[end:])[1]:
            return end
    return len(stem)


def house_place(brand: str, place: Place, branch: str) -> Place:
    """The place whose house of a nationwide company ``branch`` names, or NOWHERE: 中国电信 广东分公司 is 广东电信."""
    if brand not in word_set("nationwide"):
        return NOWHERE
    houses = WORDS["words"]["house_words"].split()
    named = next((branch.removesuffix(word) for word in houses if branch.endswith(word)), "")
    its_place = place_named(named) if named else NOWHERE
    return its_place if its_place != place and its_place.agrees(place) else NOWHERE


def canonical_branch(branch: str) -> str:
    """``branch`` with the short name of its place and its number in digits.

    >>> canonical_branch("上海市分公司"), canonical_branch("第二分公司") == canonical_branch("二分公司")
    ('上海分公司', True)
    """
    if not branch:
        return ""
    place, end = leading_place(branch)
    if end == len(branch):
        return place.name
    return place.name + plain_digits(branch[end:])
