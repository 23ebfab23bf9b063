"""Names of sheets as Excel allows them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from crmsheet.book.cell_values import utf16_length

LONGEST = 31
CONF_SHEET = "xlwings.conf"  # where xlwings looks for the settings of a workbook with macros
_FORBIDDEN = re.compile(r"[\\/*?:\[\]\x00-\x1f\ufffe\uffff\ud800-\udfff]")


def legal_name(name: str) -> str:
    """``name`` without what Excel refuses in a tab: ``\\ / * ? : [ ]``, apostrophes at its ends, over 31
    characters.

    >>> legal_name("'Q1/Q2'")
    'Q1_Q2'
    """
    return shorten(_FORBIDDEN.sub("_", name).strip().strip("'"), LONGEST) or "Sheet"


def free_name(wanted: str, taken: Iterable[str]) -> str:
    """``wanted``, made legal, or with the first number in brackets that no other tab has.

    >>> free_name("总览", ["总览", "总览 (2)"])
    '总览 (3)'
    """
    used = {name.lower() for name in taken}
    name = base = legal_name(wanted)
    number = 2
    while name.lower() in used:
        suffix = f" ({number})"
        name = shorten(base, LONGEST - len(suffix)) + suffix
        number += 1
    return name


def shorten(text: str, units: int) -> str:
    """The longest beginning of ``text`` within that many UTF-16 units."""
    while utf16_length(text) > units:
        text = text[:-1]
    return text
