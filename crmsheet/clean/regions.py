"""Province and city of an address, a company name or a cell (R-039). What could be two places is neither."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

from crmsheet.clean.region_names import PATTERNS, Place, Spelling, crosses_word, longest_name, names, nickname
from crmsheet.clean.text import as_text, normalize_text

__all__ = ["RegionReading", "locate"]

Kind = Literal["address", "company", "cell"]
Places = tuple[Place, ...]

_LONGEST: Final = 200  # what a region, a company name or the part of an address that locates it never exceeds
_NEAR_BRANCH: Final = 8  # characters between a place and the branch it belongs to: 北京市朝阳区建国路支行
_SURE_LENGTH: Final = 3  # a full name this long is recognised amid other words
_SPELLINGS: Final[dict[Kind, frozenset[Spelling]]] = {
    "company": frozenset({Spelling.FULL, Spelling.SHORT}),
    "address": frozenset({Spelling.FULL, Spelling.SHORT}),
    "cell": frozenset(Spelling) - {Spelling.PART},
}
_INSIDE: Final[dict[Kind, frozenset[Spelling]]] = {
    "company": frozenset({Spelling.FULL, Spelling.SHORT, Spelling.WORD}),
    "address": frozenset(Spelling),
    "cell": frozenset(Spelling),
}


@dataclass(frozen=True, slots=True)
class RegionReading:
    """Full names of province and city; ``""`` for what the text does not say or leaves open."""

    province: str = ""
    city: str = ""


def locate(text: object, *, kind: Kind) -> RegionReading:
    """Where ``text`` is: an address, a company name, or a cell that holds nothing but a region (R-039).

    >>> locate("昆山沪光汽车电器股份有限公司", kind="company")
    RegionReading(province='江苏省', city='苏州市')
    >>> locate("南京东路步行街1号", kind="address"), locate("粤", kind="cell").province
    (RegionReading(province='', city=''), '广东省')
    """
    compact = "".join(normalize_text(as_text(text)[:_LONGEST]).split())
    return _locate(compact, kind)


@lru_cache(maxsize=65536)
def _locate(text: str, kind: Kind) -> RegionReading:
    readers = {"company": _in_company, "address": _in_address, "cell": _in_cell}
    place = _settled(readers[kind](text))
    return RegionReading(place.province, place.city)


def _settled(places: Places) -> Place:
    """What all the places a text can mean have in common."""
    provinces = {place.province for place in places}
    cities = {place.city for place in places}
    if len(provinces) != 1:
        return Place()
    return Place(provinces.pop(), cities.pop() if len(cities) == 1 else "")


def _in_address(text: str) -> Places:
    return _chain(text, 0, "address")[0] or _amid(text) or _in_brackets(text, "address")


def _in_cell(text: str) -> Places:
    if PATTERNS["outside"].search(text):
        return ()
    if (place := nickname(text)).province:
        return (place,)
    if PATTERNS["opposite"].search(text):
        return ()
    places, end = _chain(text, 0, "cell")
    if places:
        return places + _beside(text, end)
    return _in_brackets(text, "cell") or _amid(text)


def _beside(text: str, start: int) -> Places:
    """The places beside the first: of 苏州、无锡 the province remains, of 北京、上海 nothing."""
    several = PATTERNS["several"].match(text, start)
    at = several.end() if several else start
    hit = _place_at(text, at, (), "company")
    return hit[0] if hit else ()


def _in_company(text: str) -> Places:
    """A branch is where the branch is, a firm where its brackets say, else where its name begins."""
    return (
        _of_branch(text)
        or _in_brackets(text, "company")
        or _chain(text, 0, "company")[0]
        or _of_national_firm(text)
        or _before_form(text)
        or _amid(text)
    )


def _of_branch(text: str) -> Places:
    if branch := PATTERNS["branch"].search(text):
        return _last_before(text, branch.start(), _NEAR_BRANCH)
    house = PATTERNS["house"].search(text)
    if not house:
        return ()
    begins_with_place = bool(_chain(text, 0, "company")[0])
    return _last_before(text, house.start(), 0 if begins_with_place else _NEAR_BRANCH)


def _before_form(text: str) -> Places:
    form = PATTERNS["form"].search(text)
    return _last_before(text, form.start(), 0) if form else ()


def _last_before(text: str, stop: int, distance: int) -> Places:
    """The last place that ends at most ``distance`` characters before ``stop``, behind the text's first character."""
    ends = [(places, end) for places, end in _all_chains(text, stop) if stop - distance <= end]
    return ends[-1][0] if ends else ()


def _of_national_firm(text: str) -> Places:
    firm = PATTERNS["national"].match(text)
    return _chain(text, firm.end(), "company")[0] if firm else ()


def _in_brackets(text: str, kind: Kind) -> Places:
    """The place that the last bracket with a place begins with."""
    inside = [_chain(found[1], 0, kind)[0] for found in PATTERNS["bracket"].finditer(text)]
    return next((places for places in reversed(inside) if places), ())


def _amid(text: str) -> Places:
    """The first place written in full, whatever stands before it."""
    for start in range(1, len(text)):
        hit = _place_at(text, start, (), "company", full=True)
        if hit and hit[1] - start >= _SURE_LENGTH:
            return _chain(text, start, "company")[0]
    return ()


def _all_chains(text: str, stop: int) -> Iterator[tuple[Places, int]]:
    """Places behind the first character that end before ``stop``, from left to right, each with its end."""
    at = 1
    while at < stop:
        places, end = _chain(text, at, "company")
        if places and end <= stop:
            yield places, end
        at = max(end, at + 1)


def _chain(text: str, start: int, kind: Kind) -> tuple[Places, int]:
    """The places that names one inside the other can mean, 广东省深圳市南山区, and where the last one ends."""
    places: Places = ()
    end = start
    while hit := _place_at(text, _after_joint(text, end), places, kind):
        places, end = hit
    return places, end


def _after_joint(text: str, start: int) -> int:
    joint = PATTERNS["joint"].match(text, start)
    return joint.end() if joint else start


def _place_at(
    text: str, start: int, outer: Places, kind: Kind, *, full: bool = False
) -> tuple[Places, int] | None:
    """Places that the longest name starting there can mean inside ``outer``, and where the name ends."""
    allowed = (_INSIDE if outer else _SPELLINGS)[kind]
    for end in range(min(len(text), start + longest_name()), start + 1, -1):
        meant = [one for one in names().get(text[start:end], ()) if one.spelling in allowed]
        if not meant:
            continue
        best = min(one.spelling for one in meant)
        if best != Spelling.FULL and (full or _is_part_of_other_name(text, start, end, kind)):
            return None
        inside = _inside([one.place for one in meant], outer)
        likely = tuple(one.place for one in meant if one.spelling == best and one.place in inside) or inside
        return (likely, end) if likely else None
    return None


def _inside(places: list[Place], outer: Places) -> Places:
    return tuple(one for one in places if not outer or any(one.is_inside(out) for out in outer))


def _is_part_of_other_name(text: str, start: int, end: int, kind: Kind) -> bool:
    if PATTERNS["other_name"].match(text, start) or PATTERNS["street"].match(text, end):
        return True
    return kind == "company" and (bool(PATTERNS["dish"].match(text, end)) or crosses_word(text, start, end))
