"""Numbers as people type them: full width, Chinese, financial, mixed (12万5千, 3w5), spread (三五万)."""

from __future__ import annotations

import math
import re
from functools import lru_cache
from itertools import pairwise

from crmsheet.data import read_toml

_TABLE = read_toml("numerals.toml")
_DIGITS: dict[str, int] = _TABLE["digits"]
_MULTIPLIERS: dict[str, int] = _TABLE["multipliers"]
_INVISIBLE = dict.fromkeys(map(ord, _TABLE["invisible"]))
_FULLWIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_FOLD = {**_FULLWIDTH, **{ord(typed): plain for typed, plain in _TABLE["fold"].items()}}
_FOLD.update({full: _FOLD[plain] for full, plain in _FULLWIDTH.items() if plain in _FOLD})
_TENS = str.maketrans(_TABLE["tens"])
_FEW: str = _TABLE["few"]
_LEAPS: list[str] = _TABLE["spread_leaps"]
_WORD_DIGITS = {char: value for char, value in _DIGITS.items() if value and not char.isascii()}
_LETTERS = "".join(c for c in [*_DIGITS, *_MULTIPLIERS, *_FEW] if not c.isascii())
# A number inside a sentence, loosely: no word that only begins like one.
NUMBER_PATTERN = rf"(?!{'|'.join(_TABLE['no_number'])})[\d.{_LETTERS}]{{1,9}}"
_BIG = 10_000
_LARGEST_INT = 10**15
_TOKEN = re.compile(r"[0-9]+(?:\.[0-9]+)?|.", re.DOTALL)


def plain_text(value: object) -> str:
    """Text of a cell without invisible characters, doubled blanks and Excel's leading text mark.

    None, NaN and booleans have no text.

    >>> plain_text(45366.0), plain_text(" 8－10\\u200b  万 "), plain_text(float("nan"))
    ('45366', '8－10 万', '')
    """
    if isinstance(value, str):
        text = value if value.isascii() else value.translate(_INVISIBLE)
        return " ".join(text.split()).removeprefix("'")
    if value is None or isinstance(value, bool):
        return ""
    if isinstance(value, int):
        return str(value) if abs(value) < _LARGEST_INT else ""
    if isinstance(value, float):
        return _float_text(value)
    return " ".join(str(value).split())


def _float_text(value: float) -> str:
    if not math.isfinite(value) or abs(value) >= _LARGEST_INT:
        return ""
    return str(int(value)) if value.is_integer() else repr(float(value))


def fold(text: str) -> str:
    """Half-width, simplified form of ``text``, of the same length: positions hold in both.

    >>> fold("３月１５號—１８號")
    '3月15号-18号'
    """
    return text.translate(_FOLD)


def read_digits(text: str) -> int | None:
    """Number of digits written one by one, as years are.

    >>> read_digits("二〇二四"), read_digits("2024"), read_digits("十二")
    (2024, 2024, None)
    """
    if text.isascii() and text.isdigit():
        return int(text)
    digits = [_DIGITS.get(char, -1) if not char.isdecimal() else int(char) for char in text]
    if not digits or -1 in digits:
        return None
    return int("".join(map(str, digits)))


@lru_cache(maxsize=4096)
def read_number(text: str) -> float | None:
    """Value of one number in digits, words or both; None when it is not exactly one number.

    >>> [read_number(text) for text in ("12万5千", "3w5", "一万二", "十五", "1亿5千万", "两千零五", "三五万")]
    [125000.0, 35000.0, 12000.0, 15.0, 150000000.0, 2005.0, None]
    """
    tally = _Tally()
    for token in _TOKEN.findall(text.translate(_TENS).lower()):
        if not tally.take(token):
            return None
    return tally.value()


class _Tally:
    """Running value of a number that is read left to right."""

    __slots__ = ("big", "last", "number", "section", "seen", "short", "total", "zero")

    def __init__(self) -> None:
        self.total = 0.0  # finished parts of ten thousand and more
        self.section = 0.0  # the part below ten thousand that is being read
        self.number: float | None = None  # a digit still waiting for its multiplier
        self.last = 1  # the multiplier read last
        self.big = 0  # the multiplier of ten thousand and more read last
        self.zero = self.seen = self.short = False

    def take(self, token: str) -> bool:
        """Read one token; False when it cannot follow what was read."""
        self.seen = True
        if token in _MULTIPLIERS:
            return self._multiply(_MULTIPLIERS[token])
        if self.number is not None:
            return False
        if token[0].isdecimal() and token.isascii():
            self.number, self.short = float(token), len(token) == 1
            return math.isfinite(self.number)
        if token not in _DIGITS:
            return False
        if _DIGITS[token] == 0:
            self.zero = True
        else:
            self.number, self.short = float(_DIGITS[token]), True
        return True

    def _multiply(self, factor: int) -> bool:
        if factor >= _BIG:
            return self._multiply_big(factor)
        if self.section and self.last <= factor:
            # 5千 before 百 is fine, 百 before 千 is no number
            return False
        self.section += (1.0 if self.number is None else self.number) * factor
        self._settle(factor)
        return True

    def _multiply_big(self, factor: int) -> bool:
        part = self.section + (self.number or 0.0)
        if self.number is None and not self.section and not self.total and not self.zero:
            part = 1.0
        if factor > self.big:
            self.total = (self.total + part) * factor
        elif factor == self.big:
            return False
        else:
            self.total += part * factor
        self.section = 0.0
        self.big = factor
        self._settle(factor)
        return True

    def _settle(self, factor: int) -> None:
        self.number, self.zero, self.last = None, False, factor

    def value(self) -> float | None:
        """What was read; a last digit without multiplier counts one place below the one before (一万二)."""
        if not self.seen:
            return None
        tail = self.number or 0.0
        if self.number is not None and self.last > 1:
            if self.short and not self.zero and self.last > 10:
                tail *= self.last / 10
            if tail >= self.last:
                return None
        return round(self.total + self.section + tail, 6)


def read_spread(text: str) -> tuple[float, float] | None:
    """Least and most of a number with two neighbouring or an unknown digit; None for any other number.

    >>> read_spread("三五万"), read_spread("七八十"), read_spread("十几万"), read_spread("12")
    ((30000.0, 50000.0), (70.0, 80.0), (110000.0, 190000.0), None)
    """
    for at, char in enumerate(text):
        if char in _FEW:
            return _with_digits(text, at, 1, _few_bounds(text, at))
    for at, pair in enumerate(map("".join, pairwise(text))):
        if (
            _is_pair(pair)
            and not (at and text[at - 1] in _DIGITS)
            and text[at + 2 : at + 3] not in _WORD_DIGITS
        ):
            return _with_digits(text, at, 2, (pair[0], pair[1]))
    return None


def _few_bounds(text: str, at: int) -> tuple[str, str]:
    # "Ten and some" starts at eleven, but "some ten thousand" are at least two.
    return ("1" if at and text[at - 1] in _MULTIPLIERS else "2"), "9"


def _is_pair(pair: str) -> bool:
    low, high = _WORD_DIGITS.get(pair[0], 0), _WORD_DIGITS.get(pair[1], 0)
    return bool(low and high) and (high == low + 1 or pair in _LEAPS)


def _with_digits(text: str, at: int, length: int, bounds: tuple[str, str]) -> tuple[float, float] | None:
    low, high = (read_number(text[:at] + digit + text[at + length :]) for digit in bounds)
    return (low, high) if low is not None and high is not None else None
