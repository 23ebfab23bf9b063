"""Company names taken apart: place + trade name + line of business + legal form (R-002, R-057, C-21).

What counts when two names are compared is this parse, not the way letters are compared.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, Literal

from crmsheet.clean.company_core import Core, canonical_branch, house_place, read_core, split_branch
from crmsheet.clean.company_latin import parse_latin, sound
from crmsheet.clean.company_places import NATION, NOWHERE, Place
from crmsheet.clean.company_text import (
    GROUP_ONLY,
    LONGEST,
    NO_REMARKS,
    Remarks,
    bare_name,
    drop_additions,
    has_han,
    read_tail,
    split_form,
    take_brackets,
)
from crmsheet.clean.company_words import (
    GROUP,
    canonical_form,
    canonical_trade,
    form_ending,
    form_kind,
    institutions,
    known_brands,
    leading_alias,
    pattern,
    plain_digits,
    word_set,
)
from crmsheet.clean.names import surname_length
from crmsheet.clean.persons import classify_person
from crmsheet.clean.text import as_text

if TYPE_CHECKING:
    from crmsheet.clean.duplicates import find_duplicates

__all__ = ["CompanyKind", "CompanyName", "find_duplicates", "parse_company"]

CompanyKind = Literal["company", "person", "masked", "unnamed", "placeholder"]

_LONGEST_PERSON: Final = 6
_PEOPLE: Final = frozenset({"full_name", "surname_title", "masked", "title_masked"})


@dataclass(frozen=True, slots=True)
class CompanyName:
    """The parts of a company name, ``""`` for what is not there.

    ``region`` (short name of the most exact place; ``place`` has province, city and county), ``brand`` (the
    trade name), ``trade`` (line of business, ``words`` one by one), ``legal_form``, ``branch``. ``kind`` is
    ``masked`` for XX科技, ``unnamed`` for a name without trade name, ``person``, or ``placeholder`` for 待确认.
    """

    text: str
    kind: CompanyKind = "company"
    place: Place = NOWHERE
    brand: str = ""
    words: tuple[str, ...] = ()
    trade: str = ""
    legal_form: str = ""
    branch: str = ""
    is_group: bool = False

    @property
    def region(self) -> str:
        return self.place.name

    @property
    def form_kind(self) -> str:
        """Kind of the legal form: company, factory, shop …; ``""`` for none."""
        return form_kind(self.legal_form)

    @property
    def core(self) -> str:
        """Trade name and line of business in one spelling: the name without place, form and branch."""
        return plain_digits(self.brand) + self.trade

    @property
    def key(self) -> str:
        """Equal for names that differ only in legal form, brackets, order, width or script (C-21)."""
        group = GROUP if self.is_group else ""
        return f"{self.region}{self.core}{group}{self.branch}" or self.text


def parse_company(name: object) -> CompanyName:
    """The parts of a company name as people type it; never raises, never completes what is masked (R-002).

    >>> c = parse_company("杭州云创网络科技（集团）有限公司上海分公司")
    >>> c.region, c.brand, c.trade, c.legal_form, c.branch, c.is_group
    ('杭州', '云创', '网络科技', '有限公司', '上海分公司', True)
    >>> parse_company("恒达（北京）科技有限公司").key == parse_company("北京恒达科技公司").key
    True
    >>> parse_company("XX科技有限公司").kind, parse_company("张三").kind, parse_company("待确认").kind
    ('masked', 'person', 'placeholder')
    """
    return _parse(as_text(name)[:LONGEST])


def parse_companies(names: Iterable[object]) -> list[CompanyName]:
    """``parse_company`` for many names that are asked for once: none of them is kept for the next time.

    >>> [name.brand for name in parse_companies(["北京恒达科技有限公司", None])]
    ['恒达', '']
    """
    return [_read(as_text(name)[:LONGEST]) for name in names]


def _read(text: str) -> CompanyName:
    bare = bare_name(text)
    if not bare or bare in word_set("placeholders"):
        return CompanyName(bare, "placeholder")
    if not has_han(bare):
        return _read_latin(bare)
    head, form, tail = split_form(bare)
    if not form:
        head = drop_additions(head)
    remarks = GROUP_ONLY if GROUP in form else NO_REMARKS
    if tail:
        remarks = read_tail(tail, remarks)
    if not head.isalnum():  # as most are
        if "(" in head or ")" in head:
            head, remarks = take_brackets(head, remarks)
        head = pattern("signs").sub("", head)
    return _read_head(bare, head, form, remarks)


_parse = lru_cache(maxsize=65536)(_read)


def _read_latin(bare: str) -> CompanyName:
    if pattern("masked").fullmatch(bare):
        return CompanyName(bare, "masked", brand=bare)
    place, brand, trade, form, is_group = parse_latin(bare)
    alias, rest = leading_alias(brand)
    brand = alias if alias and not rest else brand
    words = (trade,) if trade else ()
    return CompanyName(
        bare, "company" if brand else "unnamed", place, brand, words, trade, form, "", is_group
    )


def _read_head(bare: str, head: str, form: str, remarks: Remarks) -> CompanyName:
    """The parts of ``head``: a name up to its legal form, without brackets and signs."""
    branch = remarks.branch
    if not form:
        head, branch = (head, branch) if branch else split_branch(head)
        form = form_ending(head)
        head = head[: len(head) - len(form)]
    is_group = remarks.is_group or head.endswith(GROUP)
    # Listed companies are spelled with the word for group, wherever it stood: 上海汽车集团, 上汽（集团）.
    core = read_core(head.removesuffix(GROUP) + GROUP if is_group else head, remarks.place)
    place, branch = _settle_place(core, remarks.place, canonical_branch(branch))
    if branch and (house := house_place(core.brand, place, branch)) != NOWHERE:
        place, branch = house, ""
    return CompanyName(
        bare,
        _kind(bare, core, place, form + branch),
        place,
        _one_script(core.brand),
        core.words,
        canonical_trade(core.words),
        canonical_form(form),
        branch,
        is_group and not core.is_known,
    )


def _settle_place(core: Core, noted: Place, branch: str) -> tuple[Place, str]:
    """Place and branch of a name that may start with one place and have another in brackets."""
    named = core.place
    if noted == NOWHERE:
        return named, branch
    if not institutions().isdisjoint(core.words) and noted != NATION and (named == NOWHERE or noted.county):
        # 清华大学（深圳） is a campus.
        return named, branch or noted.name
    if named in {NOWHERE, NATION}:
        return noted, branch
    if named.agrees(noted):
        return named.joined(noted), branch
    # 北京恒达科技（上海）有限公司 is the Shanghai house of the Beijing company.
    return named, branch or noted.name


def _one_script(brand: str) -> str:
    """腾讯tencent as 腾讯, where both say the same."""
    if not brand.islower() or brand.isascii() or not (mixed := pattern("mixed").fullmatch(brand)):
        return brand
    han, latin = mixed[1] or mixed[4], mixed[2] or mixed[3]
    return han if sound(han) == sound(latin) else brand


def _kind(bare: str, core: Core, place: Place, form_and_branch: str) -> CompanyKind:
    if not core.brand:
        is_office = not institutions().isdisjoint(core.words)
        says_place = bool(place.city or (place.province and place != NATION))
        return (
            "company"
            if says_place and (is_office or not word_set("generic").issuperset(core.words))
            else "unnamed"
        )
    if pattern("masked").fullmatch(core.brand) or pattern("mask_sign").search(core.brand):
        return "masked"
    is_bare = not core.words and not form_and_branch and place == NOWHERE
    if is_bare and core.brand not in known_brands() and len(bare) <= _LONGEST_PERSON and surname_length(bare):
        return "person" if classify_person(bare).kind in _PEOPLE else "company"
    return "company"


def __getattr__(name: str) -> Any:
    # Promised here, but it needs pandas, which parsers do without: loaded on first use (PEP 562).
    if name == "find_duplicates":
        from crmsheet.clean.duplicates import find_duplicates  # noqa: PLC0415

        return find_duplicates
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
