"""Contact cells that say "nothing here yet"."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from crmsheet.data import read_toml

# An emoji is no sign for nothing: somebody put it there.
_SIGNS_ONLY: Final = re.compile("(?:(?![\U0001f000-\U0001faff])[\\W_])*")


@cache
def _blank_words() -> re.Pattern[str]:
    return re.compile(read_toml("contacts.toml")["empty"])


@cache
def mask_sign() -> re.Pattern[str]:
    """Pattern of one sign that hides a character: ``*``, ``●`` …"""
    return re.compile(read_toml("contacts.toml")["mask_sign"])


def is_blank(text: str) -> bool:
    """Whether a contact cell is empty in substance (R-054, C-06).

    >>> is_blank("暂无"), is_blank("-"), is_blank("N/A"), is_blank("***"), is_blank("前台"), is_blank("😀")
    (True, True, True, False, False, False)
    """
    core = text.strip(" \t\r\n.,;:·'\"()[]")
    if _blank_words().fullmatch(core):
        return True
    return bool(_SIGNS_ONLY.fullmatch(core)) and not mask_sign().search(core)
