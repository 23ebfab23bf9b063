"""Telephone cells: what kind of number stands there and how it is written (R-006, R-022, C-05)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any, Final

from crmsheet.clean.blanks import is_blank, mask_sign
from crmsheet.clean.folding import cell_text, fold_width
from crmsheet.clean.number_chains import spell_out_mobiles
from crmsheet.clean.phone_numbers import MOBILE_DIGITS, PhoneKind, PhoneNumber, read_number, read_plain
from crmsheet.data import read_toml

MAX_LENGTH: Final = 300
_MAX_GROUPS: Final = 6
# Which number of a cell stands for the customer: an office number before anybody's own.
_OFFICE_FIRST: Final[tuple[PhoneKind, ...]] = ("fixed", "service", "fixed_no_area", "foreign", "mobile")
_LOCAL_KINDS: Final = frozenset({"fixed", "fixed_no_area"})
_SCIENTIFIC: Final = re.compile(r"\d(?:\.\d+)?E\+?\d{1,2}", re.IGNORECASE)
# Fewer significant digits than this and Excel has thrown digits of the number away.
_MIN_SIGNIFICANT: Final = 8
_RUN: Final = re.compile(r"[+(]{0,2}[\d*](?:(?:[\d*#()\-. ]|x(?=\d)|(?<=\d)x)*[\d*x#)])?")
# 13,800,138,000: a number shown with thousands separators.
_THOUSANDS: Final = re.compile(r"\d{1,3}(?:,\d{3}){2,4}")
_GLUED_MOBILES: Final = re.compile(f"(?<!\\d)({MOBILE_DIGITS})-?(?={MOBILE_DIGITS}(?!\\d))")
_DIGIT: Final = re.compile("[0-9]")
_INVALID: Final = PhoneNumber("invalid")


@dataclass(frozen=True, slots=True)
class PhoneReading:
    """What a telephone cell holds.

    ``kind`` and ``kinds`` (of each number found), ``normalized`` number (010-62345678, 13800138000,
    +85223456789, empty where nothing can be dialled), ``area`` of a landline, ``assumed``: ``leading_zero``
    when a numeric cell had lost it.
    """

    kind: PhoneKind
    normalized: str = ""
    area: str = ""
    kinds: tuple[PhoneKind, ...] = ()
    assumed: tuple[str, ...] = ()


def classify_phone(text: object) -> PhoneReading:
    """Class, written form and area of a telephone cell; a masked number is never completed (R-022).

    >>> r = classify_phone("（010）6234 5678")
    >>> r.kind, r.normalized, r.area
    ('fixed', '010-62345678', '北京')
    >>> classify_phone("138****5678").kind, classify_phone(1395678.0).kind, classify_phone("1.38E+10").kind
    ('masked_mobile', 'garbled', 'invalid')
    """
    return _classify(cell_text(text)[:MAX_LENGTH])


@lru_cache(maxsize=65536)
def _classify(text: str) -> PhoneReading:
    if plain := read_plain(text):
        return PhoneReading(plain.kind, plain.normalized, plain.area, (plain.kind,))
    folded = fold_width(text).strip(" '`\"\t\r\n,;")
    if is_blank(folded):
        return PhoneReading("empty")
    # Among digits a round sign hides one: 159○○○○5678.
    digits = _undo_number_format(folded) if _DIGIT.search(folded) else spell_out_mobiles(folded)
    return _combine(list(_read_runs(_tidy(digits))))


def _undo_number_format(text: str) -> str:
    """The digits of a number shown as 1.3800138E10, 13800138000.0 or 13,800,138,000."""
    plain = re.sub(r"^(\d[\d,]{4,})\.0+$", r"\1", text)
    if _THOUSANDS.fullmatch(plain):
        return plain.replace(",", "")
    if not _SCIENTIFIC.fullmatch(plain):
        return plain
    mantissa = re.split("[eE]", plain)[0].replace(".", "")
    return str(int(Decimal(plain))) if len(mantissa) >= _MIN_SIGNIFICANT else ""


@cache
def _words() -> dict[str, Any]:
    return dict(read_toml("contacts.toml")["phone"])


@cache
def _pattern(name: str) -> re.Pattern[str]:
    return re.compile(_words()[name])


def _tidy(text: str) -> str:
    """Numbers with ``*`` for hidden digits, ``x`` before an extension, no labels, no chat accounts."""
    text = _pattern("closing").sub(")", _pattern("opening").sub("(", text))
    text = _pattern("chat_account").sub(" ", text)
    text = _pattern("label").sub(" ", text)
    text = _pattern("mask_run").sub(lambda run: "*" * len(run[0]), mask_sign().sub("*", text))
    text = _pattern("extension").sub("x", text)
    text = _pattern("dash").sub("-", text.replace("·", "."))
    return re.sub(r"(?<=[\d)])\+", "/", _GLUED_MOBILES.sub(r"\1/", text))


def _read_runs(text: str) -> Iterator[PhoneNumber]:
    for run in _RUN.finditer(text):
        around = text[max(0, run.start() - 1) : run.start()] + text[run.end() : run.end() + 1]
        if re.search(r"[A-Za-z@]", around):
            yield _INVALID
            continue
        yield from _read_groups(run[0].strip(" -.(").split())


def _read_groups(groups: list[str]) -> Iterator[PhoneNumber]:
    """The numbers of one run, the longest reading first; a long group that fits nowhere spoils the run."""
    numbers: list[PhoneNumber] = []
    start = 0
    while start < len(groups):
        ends = range(min(len(groups), start + _MAX_GROUPS), start, -1)
        read = ((end, read_number(" ".join(groups[start:end]))) for end in ends)
        end, number = next(((end, number) for end, number in read if number), (0, None))
        if number is None:
            break
        numbers.append(number)
        start = end
    leftover = len(re.sub(r"[^\d*]", "", "".join(groups[start:])))
    # Shorter leftovers are no telephone number but part of a note: 9-18点.
    if leftover < 5:
        yield from numbers
    else:
        yield _INVALID


def _combine(numbers: list[PhoneNumber]) -> PhoneReading:
    """One reading of all numbers in a cell; different kinds make it mixed."""
    if not numbers:
        return PhoneReading("invalid")
    kinds = tuple(dict.fromkeys(number.kind for number in numbers))
    if len(kinds) == 1 or set(kinds) <= _LOCAL_KINDS:
        first = numbers[0]
        return PhoneReading(first.kind, first.normalized, first.area, kinds, first.assumed)
    by_kind = {number.kind: number for number in reversed(numbers)}
    best = next((by_kind[kind] for kind in _OFFICE_FIRST if kind in by_kind), None)
    return PhoneReading("mixed", best.normalized if best else "", kinds=kinds)
