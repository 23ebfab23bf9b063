"""Company names: region, brand, line of business, legal form, branch (R-002, C-21)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from crmsheet.clean.company_places import leading_place, place_named
from crmsheet.clean.text import as_text, normalize_text
from crmsheet.data import read_toml

_LONGEST = 200
_LONGEST_WORD = 12
_BRACKETS = re.compile("[(\uff08\\[\u3010]([^()\uff08\uff09\\[\\]\u3010\u3011]{0,40})[)\uff09\\]\u3011]")


@dataclass(frozen=True, slots=True)
class CompanyName:
    """The parts of a company's name, ``""`` for what it does not say; ``key`` is the core two names are compared by."""

    region: str = ""
    brand: str = ""
    trade: str = ""
    legal_form: str = ""
    branch: str = ""
    is_group: bool = False

    @property
    def key(self) -> str:
        """Region, brand and trade; the bare parts where there is no brand."""
        return f"{self.region}{self.brand}{self.trade}".casefold()


def parse_company(name: object) -> CompanyName:
    """The parts of ``name``; never raises.

    >>> parse_company("恒达（北京）科技有限公司")
    CompanyName(region='北京', brand='恒达', trade='科技', legal_form='有限公司', branch='', is_group=False)
    >>> parse_company("北京恒达科技有限责任公司").key == parse_company("恒达(北京)科技有限公司").key
    True
    """
    return _parse(as_text(name)[:_LONGEST])


@lru_cache(maxsize=65536)
def _parse(name: str) -> CompanyName:
    text, region = _without_brackets(re.sub(r"\s+", "", normalize_text(name)))
    text, branch = _cut_branch(text)
    text, form = _cut_last(text, _words("forms"))
    text, group = _cut_last(text, _words("groups"))
    place, end = leading_place(text)
    if end and end < len(text):
        region, text = place.name, text[end:]
    brand, trade = _cut_last(text, _words("trades"))
    return CompanyName(region, brand, trade, form, branch, bool(group))


@cache
def _words(kind: str) -> frozenset[str]:
    """Words of one kind."""
    data = read_toml("companies.toml")
    words = {
        "forms": " ".join(data["forms"].values()),
        "groups": data["words"]["group"],
        "branches": data["words"]["branches"],
        "trades": f"{data['trades']['lines']} {data['trades']['soft']}",
    }[kind]
    return frozenset(words.split())


def _cut_last(text: str, words: frozenset[str]) -> tuple[str, str]:
    """``text`` without the longest of ``words`` at its end, and that word."""
    for length in range(min(len(text), _LONGEST_WORD), 0, -1):
        if text[-length:] in words:
            return text[:-length], text[-length:]
    return text, ""


def _cut_branch(text: str) -> tuple[str, str]:
    """What stands behind the legal form when it names a branch: its place and the branch word."""
    head, word = _cut_last(text, _words("branches"))
    if not word:
        return text, ""
    ends = [head.rfind(form) + len(form) for form in _words("forms") if len(form) > 1 and form in head]
    return (head[: max(ends)], head[max(ends) :] + word) if ends else (text, "")


def _without_brackets(text: str) -> tuple[str, str]:
    """``text`` without its brackets, and the place one of them named."""
    region = ""
    for inside in _BRACKETS.findall(text):
        region = place_named(inside).name or region
    return _BRACKETS.sub("", text), region
