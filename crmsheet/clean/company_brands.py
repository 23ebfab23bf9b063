"""Trade names compared: mistyped, read alike, in Latin letters, renamed, abbreviated (R-057)."""

from __future__ import annotations

from typing import Final, Literal

from crmsheet.clean.companies import CompanyName
from crmsheet.clean.company_latin import sound
from crmsheet.clean.company_places import NATION, NOWHERE
from crmsheet.clean.company_slips import differing_pairs, one_edit, touches_sign
from crmsheet.clean.company_words import WORDS, alias_names, institutions, plain_digits, renamed_groups

BrandDifference = Literal[
    "renamed",
    "romanized",
    "brand_homophone",
    "brand_homophone_three",
    "brand_homophone_long",
    "brand_mistyped_three",
    "brand_homophone_varied",
    "brand_mistyped_long",
    "brand_varied_long",
    "different",
]

_NAMING: Final = frozenset(WORDS["naming"]["characters"])
_THREE: Final = 3


def compare_brands(a: CompanyName, b: CompanyName) -> BrandDifference:
    """How two trade names differ that are not spelled alike.

    >>> from crmsheet.clean.companies import parse_company
    >>> compare_brands(parse_company("恒达科技"), parse_company("恒大科技"))
    'brand_homophone'
    >>> compare_brands(parse_company("鑫源贸易"), parse_company("馨源贸易"))
    'different'
    """
    one, other = plain_digits(a.brand), plain_digits(b.brand)
    if not one or not other or {one, other} <= alias_names():
        return "different"
    groups = renamed_groups()
    if one in groups and groups[one] == groups.get(other):
        return "renamed"
    if one.isascii() != other.isascii():
        return "romanized" if sound(one) == sound(other) else "different"
    return _compare_latin(one, other) if one.isascii() else _compare_han(one, other)


def _compare_latin(one: str, other: str) -> BrandDifference:
    is_slip = min(len(one), len(other)) > _THREE + 1 and one_edit(one, other)
    return "brand_mistyped_long" if is_slip and not _differ_in_digit(one, other) else "different"


def _differ_in_digit(one: str, other: str) -> bool:
    return [char for char in one if char.isdigit()] != [char for char in other if char.isdigit()]


def _compare_han(one: str, other: str) -> BrandDifference:
    if _differ_in_digit(one, other):
        return "different"
    if len(one) == len(other) and sound(one) == sound(other):
        return _compare_homophones(one, other)
    edit = one_edit(one, other)
    if edit is None or min(len(one), len(other)) < _THREE or touches_sign(one, other, edit):
        return "different"
    # A character that no company would choose was hit by mistake.
    is_odd = edit.kind == "changed" and not _NAMING.issuperset(differing_pairs(one, other)[0])
    if min(len(one), len(other)) > _THREE:
        return "brand_mistyped_long" if is_odd else "brand_varied_long"
    return "brand_mistyped_three" if is_odd else "different"


def _compare_homophones(one: str, other: str) -> BrandDifference:
    """恒大 may be 恒达 mistyped; 鑫源 and 馨源 are more likely two companies."""
    are_names = all(_NAMING.issuperset(pair) for pair in differing_pairs(one, other))
    if len(one) > _THREE:
        return "brand_homophone_varied" if are_names else "brand_homophone_long"
    if are_names:
        return "different"
    return "brand_homophone_three" if len(one) == _THREE else "brand_homophone"


def is_abbreviation(short: CompanyName, full: CompanyName) -> bool:
    """Whether ``short`` takes the first characters of the parts of ``full``: 北京一建, 北大.

    >>> from crmsheet.clean.companies import parse_company
    >>> is_abbreviation(parse_company("北京一建"), parse_company("北京第一建筑工程有限公司"))
    True
    """
    letters = plain_digits(short.brand)
    if short.legal_form or short.words or full.place == NOWHERE:
        return False
    if len(letters) == len("ABC"):
        return short.place == NOWHERE and _is_short_institution(letters, full)
    if len(letters) != len("AB") or full.place == NATION:
        return False
    parts = [plain_digits(full.brand), *full.words]
    if short.place == full.place:
        return _takes_beginnings(letters, parts)
    return short.place == NOWHERE and _takes_beginnings(letters, [full.place.name, *parts])


def _is_short_institution(letters: str, full: CompanyName) -> bool:
    """北师大 of 北京师范大学: place, first character of the rest, another one after it."""
    rest = full.core
    is_first = letters[0] == full.place.name[0] and letters[1] == rest[:1]
    return is_first and letters[2] in rest[1:] and not institutions().isdisjoint(full.words)


def _takes_beginnings(letters: str, parts: list[str]) -> bool:
    """Whether the two ``letters`` begin the first part and one after it."""
    first, *others = [part for part in parts if part] or [""]
    return bool(first) and first[0] == letters[0] and any(_may_shorten(letters[1], part) for part in others)


def _may_shorten(letter: str, part: str) -> bool:
    """六院: an institution goes by any of its letters, a line of business by the first."""
    return letter in part if part in institutions() else letter == part[0]
