"""How much room text takes, in characters of the default digit; a Chinese character counts as two."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from functools import lru_cache

from crmsheet.book.theme import Theme

PADDING = 2.5
MARGIN = 1.6  # what a line on its own leaves blank; wrapped lines leave up to a character more each
NARROW = re.compile(r"[ .,:;'()|!ijl]")
NARROW_SAVES = 0.4
TEXT_SCALE = 0.95  # a Chinese character of our size is a little narrower than two digits of the standard size
PIXELS_PER_CHARACTER = 7


@lru_cache(maxsize=65536)
def text_width(text: str) -> int:
    """Width of the widest line of ``text``.

    >>> text_width("客户A"), text_width("甲乙\\n丙"), text_width("")
    (5, 4, 0)
    """
    return max(_line_widths(text), default=0)


@lru_cache(maxsize=65536)
def line_count(text: str, width: float) -> int:
    """Lines that ``text`` takes when wrapped in a column of ``width``; at least one.

    >>> line_count("希望供应商提供行业案例", 12), line_count("短", 12), line_count("演示新版本, 客户提了疑问", 26)
    (3, 1, 1)
    """
    return max(1, sum(_wrapped(line, width) for line in text.splitlines()))


def row_height(lines: int, theme: Theme) -> float:
    """Height in points of a row with ``lines`` lines of text."""
    return theme.row_height + (lines - 1) * theme.line_height


def fitting_width(texts: Iterable[str], *, at_least: float, at_most: float) -> float:
    """Column width that shows ``texts`` on one line, within bounds.

    >>> fitting_width(["北京星河科技有限公司"], at_least=12, at_most=40)
    22.5
    """
    needed = max((text_width(text) for text in texts), default=0) + PADDING
    return min(max(needed, at_least), at_most)


def column_pixels(width: float) -> int:
    """Width on screen of a column of ``width`` characters, as Excel rounds it."""
    return int(width * PIXELS_PER_CHARACTER + 0.5) + 5


def _wrapped(line: str, width: float) -> int:
    """Lines that one line of a text takes."""
    taken = (_width(line) - NARROW_SAVES * len(NARROW.findall(line))) * TEXT_SCALE
    if taken <= width - MARGIN:
        return 1
    return max(2, math.ceil(taken / max(width - PADDING, 2)))


def _line_widths(text: str) -> list[int]:
    return [_width(line) for line in text.splitlines()]


def _width(line: str) -> int:
    # GB 18030 writes what is as wide as a Chinese character in two bytes and what is narrow in one.
    return len(line.encode("gb18030", errors="replace"))
