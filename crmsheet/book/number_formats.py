"""What a number format code shows."""

from __future__ import annotations

import re

TEXT_FORMAT = "@"
FIRST_CUSTOM = 164  # numbers below are built in
LONGEST_CODE = 255

# Numbers of built-in formats that show dates or times, East Asian ones included (ECMA-376 part 1, §18.8.30).
_BUILT_IN_DATES = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}
_NOT_CODE = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.I)


def shows_date(code: str) -> bool:
    """Whether ``code`` shows a date or time. ``#14`` stands for the built-in format of that number.

    >>> shows_date("yyyy-mm-dd"), shows_date("#31"), shows_date('0.0"d"'), shows_date("[Red]0")
    (True, True, False, False)
    """
    if re.fullmatch(r"#\d+", code):
        return int(code[1:]) in _BUILT_IN_DATES
    return bool(re.search(r"[ymdhs]", _NOT_CODE.sub("", code), re.I)) and code.lower() != "general"
