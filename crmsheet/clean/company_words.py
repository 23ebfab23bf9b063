"""Words that company names are built of: legal forms, lines of business, branches, other names of one company."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable
from functools import cache, lru_cache
from typing import Final

from crmsheet.data import read_toml

WORDS: Final = read_toml("companies.toml")
GROUP: Final[str] = WORDS["words"]["group"].split()[0]
_DIGITS: Final = str.maketrans({char: str(value) for value, char in enumerate(WORDS["words"]["digits"][1:])})
_DIGITS[ord(WORDS["words"]["digits"][0])] = "0"
_ALL_DIGITS: Final = frozenset(WORDS["words"]["digits"])
_TENS: Final = re.compile(WORDS["patterns"]["tens"])
_ORDINAL_SIGN: Final = WORDS["words"]["ordinal_sign"]


@cache
def pattern(name: str) -> re.Pattern[str]:
    """The named pattern of companies.toml, compiled."""
    return re.compile(WORDS["patterns"][name])


@cache
def word_set(name: str) -> frozenset[str]:
    """The words of list ``name``."""
    return frozenset(WORDS["words"][name].split())


@cache
def form_kinds() -> dict[str, str]:
    """Legal form → its kind; forms of one kind are compared as equal."""
    return {form: kind for kind, forms in WORDS["forms"].items() for form in forms.split()}


def form_kind(form: str) -> str:
    """Kind of the legal form: company, factory, shop …; ``""`` for none."""
    return form_kinds().get(form, "company") if form else ""


def canonical_form(form: str) -> str:
    """``form`` in its right spelling: 有限公同 is 有限公司, 集团股份公司 is 股份公司.

    >>> canonical_form("有限公同"), canonical_form("集团公司"), canonical_form("ltd")
    ('有限公司', '公司', 'ltd')
    """
    plain = form.replace(GROUP, "")
    if plain in form_kinds():
        return plain
    right: str = next((form for sign, form in WORDS["form_signs"].items() if sign in plain), plain)
    return right


@cache
def institutions() -> frozenset[str]:
    return frozenset(WORDS["trades"]["institutions"].split())


@cache
def trade_words() -> frozenset[str]:
    """Lines of business and institutions, two characters or more."""
    lists = (WORDS["trades"][name].split() for name in ("lines", "soft", "institutions", "weak"))
    return frozenset(word for words in lists for word in words if len(word) > 1)


@cache
def _trade_lengths() -> dict[str, tuple[int, ...]]:
    return lengths(trade_words(), lambda word: word[-2:])


@cache
def _form_lengths() -> dict[str, tuple[int, ...]]:
    return lengths(form_kinds(), lambda word: word[-1:])


@cache
def _branch_words() -> frozenset[str]:
    return word_set("branches") | word_set("branch_after_place")


@cache
def _branch_lengths() -> dict[str, tuple[int, ...]]:
    return lengths(_branch_words(), lambda word: word[-1:])


def lengths(words: Iterable[str], sign: Callable[[str], str]) -> dict[str, tuple[int, ...]]:
    """How long the words of one ``sign`` are, longest first: with few lengths to try, few slices find a word.

    >>> lengths(["科技", "网络科技", "信息科技", "贸易"], lambda word: word[-2:])
    {'科技': (4, 2), '贸易': (2,)}
    """
    found: dict[str, set[int]] = {}
    for word in words:
        found.setdefault(sign(word), set()).add(len(word))
    return {start: tuple(sorted(sizes, reverse=True)) for start, sizes in found.items()}


def _ending(text: str, words: Container[str], sizes: Iterable[int]) -> str:
    for size in sizes:
        if (word := text[-size:]) in words:
            return word
    return ""


def trade_ending(text: str) -> str:
    """The longest line of business ``text`` ends with, or ``""``."""
    return _ending(text, trade_words(), _trade_lengths().get(text[-2:], ()))


def form_ending(text: str) -> str:
    """The legal form other than a company's that ``text`` ends with; 酒店 and 电厂 are lines of business."""
    form = _ending(text, form_kinds(), _form_lengths().get(text[-1:], ()))
    return form if form and len(form) >= len(trade_ending(text)) else ""


def branch_ending(text: str) -> str:
    """The branch word ``text`` ends with, or ``""``."""
    return _ending(text, _branch_words(), _branch_lengths().get(text[-1:], ()))


def split_trade(text: str) -> tuple[str, tuple[str, ...]]:
    """Trade name and the words of the line of business at the end of ``text``.

    >>> split_trade("恒达国际物流设备"), split_trade("恒达通科技")
    (('恒达', ('国际物流', '设备')), ('恒达通', ('科技',)))
    """
    start = len(text)
    if text[-1:] in word_set("short_trades") and not trade_ending(text):
        start -= 1
    tails: dict[int, tuple[str, ...]] = {start: (text[start:],) if start < len(text) else ()}
    known, sizes = trade_words(), _trade_lengths()
    end = first = start
    while end >= first and end > 1:
        if end in tails:
            for size in sizes.get(text[end - 2 : end], ()):
                at = end - size
                if at >= 0 and at not in tails and (word := text[at:end]) in known:
                    tails[at] = (word, *tails[end])
                    first = min(first, at)
        end -= 1
    if first == 1 and len(tails) > 2 and not text[0].isascii() and text[0] not in _ALL_DIGITS:
        # 恒通信科技: one character is no trade name, so the word beside it belongs to it.
        del tails[first]
        first = min(tails)
    brand, words = text[:first], tails[first]
    if not brand and len(words) > 1 and words[0] in word_set("brandable"):
        return words[0], words[1:]
    return brand, words


@cache
def _long_trades() -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, sorted(WORDS["same_trade"], key=len, reverse=True))))


def canonical_trade(words: tuple[str, ...]) -> str:
    """The line of business in one spelling.

    >>> canonical_trade(("汽车配件", "制造")), canonical_trade(("房地产开发",))
    ('汽配制造', '房产开发')
    """
    return _canonical_trade("".join(words))


@lru_cache(maxsize=65536)
def _canonical_trade(trade: str) -> str:
    return _long_trades().sub(lambda found: WORDS["same_trade"][found[0]], trade)


@cache
def _alias_index() -> dict[str, tuple[tuple[str, str], ...]]:
    pairs = {
        spelling: name
        for name, spellings in WORDS["aliases"].items()
        for spelling in (name, *spellings.split())
    }
    index: dict[str, list[tuple[str, str]]] = {}
    for spelling in sorted(pairs, key=lambda spelling: (-len(spelling), spelling)):
        index.setdefault(spelling[:2], []).append((spelling, pairs[spelling]))
    return {start: tuple(found) for start, found in index.items()}


def leading_alias(text: str) -> tuple[str, str]:
    """The company whose name ``text`` starts with, in its usual spelling, and the rest; ``("", text)`` for none.

    >>> leading_alias("中国移动通信集团江苏"), leading_alias("恒达科技")
    (('中国移动', '江苏'), ('', '恒达科技'))
    """
    for spelling, name in _alias_index().get(text[:2], ()):
        if text.startswith(spelling):
            return name, text[len(spelling) :]
    return "", text


def short_alias(text: str, *, has_place: bool) -> str:
    """The company that ``text`` alone is short for, or ``""``; 移动 needs a place beside it, 工行 does not.

    >>> short_alias("移动", has_place=True), short_alias("移动", has_place=False), short_alias("工行", has_place=False)
    ('中国移动', '', '工商银行')
    """
    name: str = WORDS["short_aliases"].get(text, "")
    return "" if name and not has_place and text in word_set("aliases_with_place") else name


@cache
def alias_names() -> frozenset[str]:
    """Companies that are known by several spellings, in their usual one."""
    return frozenset(WORDS["aliases"])


@cache
def known_brands() -> frozenset[str]:
    """Trade names that need no line of business to be recognised: 华为, 西门子."""
    return frozenset(WORDS["known"]["brands"].split()) | alias_names() | set(WORDS["latin_names"].values())


@cache
def renamed_groups() -> dict[str, int]:
    """Name → number of the group of names one business had."""
    groups = WORDS["renamed"]["groups"]
    return {name: number for number, group in enumerate(groups) for name in map(plain_digits, group.split())}


def plain_digits(text: str) -> str:
    """``text`` with its numerals as digits and without 第, so that 三六零 is 360 and 第一 is 一.

    >>> plain_digits("三六零"), plain_digits("第一"), plain_digits("二十一世纪"), plain_digits("恒达")
    ('360', '1', '21世纪', '恒达')
    """
    if _ALL_DIGITS.isdisjoint(text) and _TEN not in text:
        return text
    digits = text.translate(_DIGITS).replace(_ORDINAL_SIGN, "")
    return _TENS.sub(_ten, digits) if digits != _TEN else digits


def _ten(found: re.Match[str]) -> str:
    return f"{found[1] or 1}{found[2] or 0}"


_TEN: Final = WORDS["words"]["ten"]
