"""Whether two company names are one customer: a score from the parts in which they differ (R-057)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from crmsheet.clean.companies import CompanyName, parse_company
from crmsheet.clean.company_brands import compare_brands, is_abbreviation
from crmsheet.clean.company_places import NATION, NOWHERE, Place, county_cities
from crmsheet.clean.company_slips import is_slip_in_place, is_slip_in_trade
from crmsheet.clean.company_trades import compare_trades, is_short
from crmsheet.clean.company_words import (
    WORDS,
    alias_names,
    branch_ending,
    known_brands,
    pattern,
    plain_digits,
    word_set,
)

_SCORE: Final[dict[str, float]] = WORDS["score"]
_DISTINCT: Final = 3  # characters from which a trade name is told from the beginning of a longer one
_SHORTEST_TRADE: Final = 2
_LONGEST_BRAND: Final = (
    3  # characters of a trade name alone; longer ones hold a line of business that no list has
)
# Differences that were judged with the line of business, so it is not compared again.
_BEYOND_BRAND: Final = {
    "abbreviation",
    "renamed",
    "trade_mistyped",
    "place_mistyped",
    "trade_missing",
    "trade_missing_in_full",
}
# Difference, a key of [score] → the reason it is reported as; any other is its own reason.
_REASONS: Final = {
    "place_missing": "variant",
    "nation_and_place": "other_place",
    "institution_without_place": "variant",
    "branch_of_other_word": "branch",
    "form_of_other_kind": "other_form",
    "trade_shortened": "variant",
    "trade_missing": "short_name",
    "trade_missing_in_full": "short_name",
    "trade_similar": "similar_trade",
    "trade_mistyped": "typo",
    "place_mistyped": "typo",
    "brand_mistyped_three": "typo",
    "brand_mistyped_long": "typo",
    "brand_varied_long": "typo",
    "brand_homophone_varied": "homophone",
    "brand_homophone": "homophone",
    "brand_homophone_three": "homophone",
    "brand_homophone_long": "homophone",
}


@dataclass(frozen=True, slots=True)
class Match:
    """How likely two names are one customer, 0–1, and the code of what decided it."""

    score: float
    reason: str


DIFFERENT: Final = Match(0.0, "different")
SAME: Final = Match(1.0, "same_name")


def same_company(one: object, other: object) -> Match:
    """Whether two names mean one customer, by the names alone (R-057).

    At 0.85 and above the same, down to 0.6 related (a branch, the group, a short name), below that different.

    >>> same_company("北京恒达科技有限公司", "恒达（北京）科技有限责任公司")
    Match(score=1.0, reason='variant')
    >>> same_company("北京恒达科技有限公司", "上海恒达科技有限公司").score
    0.0
    >>> same_company("北京恒达科技有限公司", "北京恒达科技有限公司上海分公司").reason
    'branch'
    """
    return match_names(parse_company(one), parse_company(other))


def match_names(a: CompanyName, b: CompanyName) -> Match:
    """The score of two names that are taken apart already."""
    if a.kind == b.kind == "company":
        return SAME if a.text == b.text else _match_companies(a, b)
    kinds = {a.kind, b.kind}
    if "masked" in kinds:
        return _part("masked") if _agree_under_mask(a, b) else DIFFERENT
    if len(kinds) == 1:
        # Names that tell nobody apart are listed when they are equal, but never taken for the same.
        return _part(a.kind) if a.key == b.key else DIFFERENT
    return DIFFERENT if "placeholder" in kinds else _match_companies(a, b)


def _match_companies(a: CompanyName, b: CompanyName) -> Match:
    """The product over the parts of two names; the part that differs most is the reason."""
    a, b = _with_county(a, b), _with_county(b, a)
    score, weakest, reason = 1.0, 1.0, "variant"
    for difference in _differences(a, b):
        if difference == "equal":
            continue
        if difference == "different":
            return DIFFERENT
        part = _SCORE[difference]
        score *= part
        if part < weakest:
            weakest, reason = part, _REASONS.get(difference, difference)
    return Match(round(score, 3), reason)


def _with_county(name: CompanyName, other: CompanyName) -> CompanyName:
    """天河龙腾打印店 read beside 天河区龙腾打印店: what may be a trade name is the district of the other."""
    county = other.place.county
    if (
        not county
        or name.place.county
        or not name.brand.startswith(county)
        or not name.place.agrees(other.place)
    ):
        return name
    brand = name.brand.removeprefix(county)
    return replace(name, place=other.place, brand=brand) if len(brand) > 1 else name


def _agree_under_mask(a: CompanyName, b: CompanyName) -> bool:
    is_placed = a.place == b.place or compare_places(a.place, b.place) != "different"
    if not is_placed or a.trade != b.trade or a.branch != b.branch:
        return False
    hidden = [pattern("masked").fullmatch(name.brand) for name in (a, b)]
    if any(hidden):
        return all(hidden)
    sign = pattern("mask_sign")
    pairs = zip(a.brand, b.brand, strict=False)
    return len(a.brand) == len(b.brand) and all(x == y or sign.match(x) or sign.match(y) for x, y in pairs)


def _differences(a: CompanyName, b: CompanyName) -> Iterator[str]:
    """The difference of each part; those that rule a pair out most often come first."""
    yield _compare_places(a, b)
    yield _compare_branches(a, b)
    yield (core := _compare_cores(a, b))
    if core not in _BEYOND_BRAND:
        yield compare_trades(a, b)
        yield _compare_bare(a, b)
    yield _compare_institutions(a, b)
    if core != "abbreviation":
        yield _compare_groups(a, b)
    yield _compare_forms(a, b)


def _compare_groups(a: CompanyName, b: CompanyName) -> str:
    """山西焦煤 is short for 山西焦煤集团有限公司; with a legal form it is a company of its own."""
    if a.is_group == b.is_group:
        return "equal"
    alone = b if a.is_group else a
    is_named = alone.trade or alone.place != NOWHERE
    return "equal" if is_named and not alone.legal_form else "group"


def _part(difference: str) -> Match:
    return Match(_SCORE[difference], _REASONS.get(difference, difference))


def _compare_places(a: CompanyName, b: CompanyName) -> str:
    if a.place == b.place:
        return "equal"
    if a.brand == b.brand and a.brand in word_set("nationwide"):
        return "branch" if _holds(a.place, b.place) or _holds(b.place, a.place) else "different"
    return compare_places(a.place, b.place)


def _holds(outer: Place, inner: Place) -> bool:
    return outer in {NOWHERE, NATION} or (not outer.city and outer.agrees(inner))


def compare_places(a: Place, b: Place) -> str:
    """How two places differ; a province is not one of its cities: 浙江云创 is another company than 杭州云创."""
    if NOWHERE in {a, b}:
        return "place_missing"
    if NATION in {a, b}:
        return "nation_and_place"
    if not a.agrees(b):
        return "different"
    if a.county == b.county:
        # One county is in one city, so the shorter form left the city out.
        return "place_missing" if a.county else "different"
    is_district = bool(a.city) == bool(b.city) and county_cities().isdisjoint({a.county, b.county})
    return "district" if is_district else "different"


def _compare_branches(a: CompanyName, b: CompanyName) -> str:
    if a.branch == b.branch:
        return "equal"
    if not a.branch or not b.branch:
        return "branch"
    sites = {name.branch.removesuffix(branch_ending(name.branch)) for name in (a, b)}
    return "branch_of_other_word" if len(sites) == 1 and "" not in sites else "different"


def _compare_forms(a: CompanyName, b: CompanyName) -> str:
    is_other = a.form_kind and b.form_kind and a.form_kind != b.form_kind
    return "form_of_other_kind" if is_other else "equal"


def _compare_institutions(a: CompanyName, b: CompanyName) -> str:
    """鼓楼区政府 may be that of any city: without trade name the place must be known."""
    return "equal" if a.brand or b.brand or a.place == b.place != NOWHERE else "institution_without_place"


def _compare_cores(a: CompanyName, b: CompanyName) -> str:
    """How trade names differ; a slip or an abbreviation may reach into the line of business."""
    if a.brand == b.brand or plain_digits(a.brand) == plain_digits(b.brand):
        return "equal"
    if is_abbreviation(a, b) or is_abbreviation(b, a):
        return "abbreviation"
    if is_slip_in_trade(a, b):
        return "trade_mistyped"
    if (brands := compare_brands(a, b)) != "different":
        return brands
    return "place_mistyped" if is_slip_in_place(a, b) else _compare_beginnings(a, b)


def _compare_bare(a: CompanyName, b: CompanyName) -> str:
    """联想 alone is any of its houses, 联想（北京）有限公司 one of them."""
    if a.brand != b.brand or a.trade or b.trade or a.is_group or b.is_group or a.brand in alias_names():
        return "equal"
    if a.brand.isascii() or (len(a.brand) > _LONGEST_BRAND and a.brand not in known_brands()):
        return "equal"
    bare, full = (b, a) if a.legal_form or a.place != NOWHERE else (a, b)
    is_bare = bare.place == NOWHERE != full.place and not bare.legal_form
    return "trade_missing" if is_bare and full.legal_form else "equal"


def _compare_beginnings(a: CompanyName, b: CompanyName) -> str:
    """西门子 and 西门子电站自动化: a line of business that no list has, read as part of the trade name."""
    shorter, longer = sorted((a, b), key=lambda name: len(name.brand))
    rest = longer.brand.removeprefix(shorter.brand)
    is_known = shorter.brand in known_brands()
    is_distinct = is_known or len(shorter.brand) >= _DISTINCT
    if shorter.trade or rest == longer.brand or len(rest) < _SHORTEST_TRADE or not is_distinct:
        return "different"
    return "trade_missing" if is_short(shorter) else "trade_missing_in_full"
