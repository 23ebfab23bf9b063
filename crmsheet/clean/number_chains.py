"""Identity, card and mobile numbers in free text: runs of digits, and the words around them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any, Final

from crmsheet.clean.findings import Span
from crmsheet.clean.identity_numbers import is_card_like, is_issued_card, is_old_resident_id, is_resident_id
from crmsheet.clean.phone_numbers import MOBILE_DIGITS
from crmsheet.data import read_toml

_CHAIN: Final = re.compile(r"[0-9]+[Xx]?(?:(?: ?- ?| {1,2})[0-9]+[Xx]?)*")
_GROUP: Final = re.compile(r"[0-9]+[Xx]?")
_ENOUGH_DIGITS: Final = re.compile(r"[0-9](?:[ .·()-]{0,3}[0-9]){10}")
_MOBILE: Final = re.compile(f"(?:(?:00)?86|0)?{MOBILE_DIGITS}")
_MARKED_MOBILE: Final = re.compile(
    r"(?<![0-9.·])(?:1[0-9]{2}([.·])[0-9]{4}\1[0-9]{4}|\(1[0-9]{2}\)[ -]?[0-9]{4}[ -]?[0-9]{4})(?![0-9.·])"
)
_COUNTRY_PREFIX: Final = re.compile(r"(?:\((?:\+|00)?86\)|(?:\+|00)86|\+)[ -]?$")
_INSIDE_CODE: Final = re.compile(r"[A-Za-z_]-?$|[A-Za-z]/$|[0-9][.-]$|[*●]$")
_LATIN_TOUCH: Final = re.compile(r"[A-Za-z]-?$")
_CODE_GOES_ON: Final = re.compile(
    r"(?!(?:vx?|wx|wechat|weixin)(?![a-z]))[A-Za-z_]|[*●%]|\.(?!0(?![0-9]))[0-9]", re.I
)
_COMMON_GROUPS: Final = frozenset({(11,), (3, 4, 4), (3, 8)})
# Only where no other group of digits stands before: 2023 1361 2340 009 is something else.
_RARE_GROUPS: Final = frozenset({(7, 4), (4, 4, 3), (4, 3, 4), (3, 3, 5), (5, 6), (5, 3, 3), (1,) * 11})
_LONGEST: Final = 19
_MOST_BLOCKS: Final = 6
_BEFORE: Final = 24
_NEAR: Final = 30
# Lengths of two numbers typed without anything between them.
_GLUED: Final = ((18, 11), (11, 18), (11, 11), (18, 18), (18, 19), (18, 16), (19, 11), (16, 11))


def find_numbers(text: str, taken: frozenset[int] = frozenset()) -> Iterator[Span]:
    """Identity, card and mobile numbers in folded ``text``; ``taken`` are the ends of what was found before.

    >>> [span.kind for span in find_numbers("张三 138 0013 8000, 订单号13800138000")]
    ['mobile']
    """
    if not _ENOUGH_DIGITS.search(text):
        return
    for chain in _CHAIN.finditer(text):
        if len(chain[0]) >= 11:
            groups = [group.span() for group in _GROUP.finditer(text, *chain.span())]
            spans = list(_read_chain(text, groups, taken))
            taken = taken | {span.end for span in spans}
            yield from spans
    for marked in _MARKED_MOBILE.finditer(text):
        number = re.sub(r"[^0-9]", "", marked[0])
        if _is_mobile(text, marked.span(), number, (11,)) and _may_start(text, marked.start(), taken):
            yield Span("mobile", *marked.span())


def find_spelled_mobiles(text: str) -> Iterator[Span]:
    """Mobile numbers written in Chinese numerals: 一三八零零一三八零零零.

    >>> [tuple(span) for span in find_spelled_mobiles("打幺三八零零幺三八零零零")]
    [('mobile', 1, 12)]
    """
    for run in _spelled().finditer(text):
        digits = re.sub("[ -]", "", run[0]).translate(_numeral_values())
        if _MOBILE.fullmatch(digits):
            yield Span("mobile", *run.span())


def spell_out_mobiles(text: str) -> str:
    """``text`` with its mobile numbers in digits.

    >>> spell_out_mobiles("一三八零零一三八零零零")
    '13800138000'
    """
    for span in reversed(list(find_spelled_mobiles(text))):
        digits = text[span.start : span.end].translate(_numeral_values())
        text = text[: span.start] + digits + text[span.end :]
    return text


def _read_chain(text: str, groups: list[tuple[int, int]], taken: frozenset[int]) -> Iterator[Span]:
    """The numbers in one chain of digit groups, the longest first at each place."""
    index = 0
    while index < len(groups):
        if index and groups[index][1] - groups[index][0] == 1:
            # Behind other groups a lone digit begins no number.
            index += 1
            continue
        used, spans = _read_at(text, groups[index : index + _LONGEST], taken)
        taken = taken | {span.end for span in spans}
        yield from spans
        index += used


def _read_at(text: str, groups: list[tuple[int, int]], taken: frozenset[int]) -> tuple[int, list[Span]]:
    """How many groups were used up, and what they are."""
    start, end = groups[0]
    if not _may_start(text, start, taken):
        return 1, []
    if end - start > _LONGEST:
        return 1, _read_glued(text, start, end)
    for count in _group_counts(groups):
        sizes = tuple(stop - begin for begin, stop in groups[:count])
        # Five or six blocks are a card or an identity number, eleven are single digits.
        shortest = 15 if 4 < count < 11 else 11
        if shortest <= sum(sizes) <= _LONGEST and (
            span := _read_number(text, start, groups[count - 1][1], sizes)
        ):
            return count, [span]
    return 1, []


def _group_counts(groups: list[tuple[int, int]]) -> range:
    """How many groups may form one number, most first: up to six blocks, or eleven single digits."""
    if len(groups) >= 11 and all(end - start == 1 for start, end in groups[:11]):
        return range(11, 10, -1)
    return range(min(len(groups), _MOST_BLOCKS), 0, -1)


def _read_glued(text: str, start: int, end: int) -> list[Span]:
    """Two numbers with nothing between them, when both check out."""
    for first, second in _GLUED:
        if first + second == end - start and not _is_code(text, start):
            middle = start + first
            parts = (_read_number(text, start, middle, (first,)), _read_number(text, middle, end, (second,)))
            if all(parts):
                return [part for part in parts if part]
    return []


def _read_number(text: str, start: int, end: int, sizes: tuple[int, ...]) -> Span | None:
    number = re.sub("[ -]", "", text[start:end])
    if _CODE_GOES_ON.match(text, end):
        return None
    if is_resident_id(number) or _is_old_id(text, start, number):
        return Span("id", start, end)
    if not number.isdigit():
        return None
    if _is_card(text, (start, end), number, sizes):
        return Span("card", start, end)
    if _is_mobile(text, (start, end), number, sizes):
        prefix = _COUNTRY_PREFIX.search(text[max(0, start - 8) : start])
        return Span("mobile", start - len(prefix[0]) if prefix else start, end)
    return None


def _is_old_id(text: str, start: int, number: str) -> bool:
    if not is_old_resident_id(number):
        return False
    near = text[max(0, start - _NEAR) : start + 15 + _NEAR]
    return bool(_pattern("id_words").search(near)) or not _is_code(text, start)


def _is_card(text: str, span: tuple[int, int], number: str, sizes: tuple[int, ...]) -> bool:
    """A card by its issuer's range, or of any range when the words around say card (R-060)."""
    start, end = span
    if not is_card_like(number) or _is_code(text, start):
        return False
    near = text[max(0, start - _NEAR) : end + _NEAR]
    if _pattern("corporate").search(near):
        return False
    if _pattern("card_words").search(near):
        return True
    return is_issued_card(number) and (len(sizes) == 1 or min(sizes) >= 3) and not _is_amount(text, end)


def _is_mobile(text: str, span: tuple[int, int], number: str, sizes: tuple[int, ...]) -> bool:
    start, end = span
    bare = sizes[1:] if sizes[0] in {2, 4} and number.startswith(("86", "0086")) else sizes
    is_first = not re.search("[0-9][ -]{1,3}$", text[max(0, start - 4) : start])
    is_grouped = len(sizes) == 1 or bare in _COMMON_GROUPS or (is_first and bare in _RARE_GROUPS)
    return (
        is_grouped
        and bool(_MOBILE.fullmatch(number))
        and not _is_code(text, start)
        and not _is_amount(text, end)
    )


def _may_start(text: str, start: int, taken: frozenset[int]) -> bool:
    """Whether a number can begin here, and not inside a code such as SF1390012345678 or A-13912345678."""
    if start in taken or start - 1 in taken:
        return True
    before = text[max(0, start - _BEFORE) : start]
    if not _INSIDE_CODE.search(before):
        return True
    return bool(_LATIN_TOUCH.search(before) and _pattern("touching_label").search(before))


def _is_code(text: str, start: int) -> bool:
    """Whether the word right before calls the number a code, a count or a sum: 订单号, 批号, 金额."""
    before = text[max(0, start - _BEFORE) : start]
    return bool(_pattern("code_label").search(before)) and not _pattern("phone_label").search(before)


def _is_amount(text: str, end: int) -> bool:
    return bool(_pattern("unit").match(text, end))


def _words() -> dict[str, Any]:
    return dict(read_toml("privacy.toml")["numbers"])


@cache
def _pattern(name: str) -> re.Pattern[str]:
    return re.compile(_words()[name])


@cache
def _spelled() -> re.Pattern[str]:
    numeral = f"[{_words()['numerals']}]"
    sign = f"[0-9{_words()['numerals']}]"
    # At least one numeral: plain digits are read as chains.
    has_numeral = f"(?={numeral}|[0-9][0-9 -]{{0,30}}{numeral})"
    return re.compile(f"(?<!{sign}){has_numeral}{sign}(?:[ -]?{sign}){{10}}(?!{sign})")


def numerals() -> str:
    """Chinese characters that stand for one digit."""
    return str(_words()["numerals"])


@cache
def _numeral_values() -> dict[int, str]:
    return dict(zip(map(ord, _words()["numerals"]), _words()["numeral_values"], strict=True))
