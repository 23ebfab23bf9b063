"""English company names: BEIJING HENGDA TECHNOLOGY CO., LTD. (R-057)."""

from __future__ import annotations

import re
from functools import cache
from typing import Final, NamedTuple

from crmsheet.clean.company_places import NATION, NOWHERE, Place, all_places
from crmsheet.clean.company_words import WORDS, canonical_trade
from crmsheet.clean.pinyin import to_pinyin

_TOKEN: Final = re.compile(r"[^\W_]+(?:['&.-][^\W_]+)*")
_JOINTS: Final = str.maketrans("", "", ".'")  # of abbreviations, and of xi'an
_ENGLISH: Final = {name: frozenset(words.split()) for name, words in WORDS["english"].items()}


class LatinName(NamedTuple):
    """The parts of an English company name, the line of business in Chinese."""

    place: Place = NOWHERE
    brand: str = ""
    trade: str = ""
    legal_form: str = ""
    is_group: bool = False


@cache
def _places() -> dict[str, Place]:
    # Two cities of one spelling (Suzhou) cannot be told apart: neither is taken.
    found: dict[str, set[Place]] = {}
    for place in all_places():
        found.setdefault(to_pinyin(place.name), set()).add(place)
    known = {spelling: next(iter(places)) for spelling, places in found.items() if len(places) == 1}
    return known | dict.fromkeys(_ENGLISH["nation"], NATION)


def parse_latin(text: str) -> LatinName:
    """Parts of an English name; ``text`` is lower case.

    >>> parse_latin("beijing hengda technology co., ltd.")
    LatinName(place=Place(province='北京', city='北京', county=''), brand='hengda', trade='科技',
              legal_form='co ltd', is_group=False)
    """
    place, is_group = NOWHERE, False
    brand: list[str] = []
    trade: list[str] = []
    form: list[str] = []
    for token in _TOKEN.findall(text):
        word = token.translate(_JOINTS)
        if word in _ENGLISH["forms"]:
            form.append(word)
        elif place == NOWHERE and word in _places():
            place = _places()[word]
        elif brand and word in WORDS["english_trades"]:
            trade.append(WORDS["english_trades"][word])
        elif word in _ENGLISH["groups"]:
            is_group = True
        elif word not in _ENGLISH["dropped"]:
            brand.append(word)
    words = dict.fromkeys(trade)  # import & export is one word in Chinese
    return LatinName(place, "".join(brand), canonical_trade(tuple(words)), " ".join(form), is_group)


@cache
def _chinese_names() -> dict[str, str]:
    return {latin: to_pinyin(name) for latin, name in WORDS["latin_names"].items()}


def sound(brand: str) -> str:
    """How a trade name is read, whichever way it is written: 恒达 and hengda, 腾讯 and tencent.

    >>> sound("恒达"), sound("tencent") == sound("腾讯")
    ('hengda', True)
    """
    return _chinese_names().get(brand) or to_pinyin(brand)
