"""The vocabulary recognition looks for, from ``data/headers.toml`` and ``data/labels.zh.toml``."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache, lru_cache

from crmsheet.clean.header_text import LONGEST
from crmsheet.clean.text import match_key
from crmsheet.data import LANGUAGES, read_toml


@cache
def _pattern(part: str, name: str) -> re.Pattern[str]:
    return re.compile(read_toml("headers.toml")[part][name])


def is_word(text: object, name: str) -> bool:
    """Whether the cell ``text`` as a whole is one of the words ``name`` of ``[rows]``.

    >>> is_word("填写 说明：", "note_columns"), is_word("内容", "note_columns"), is_word(3, "note_columns")
    (True, False, False)
    """
    return isinstance(text, str) and len(text) <= LONGEST and _is_word(text, name)


@lru_cache(maxsize=65536)
def _is_word(text: str, name: str) -> bool:
    return _pattern("rows", name).fullmatch(match_key(text)) is not None


def totals_among(labels: Iterable[object]) -> set[str]:
    """Labels of lines of totals. Every customer's name is asked, so one search dismisses all if possible.

    >>> totals_among(["小计", "合计科技有限公司", 3, None])
    {'小计'}
    """
    texts = [label for label in set(labels) if isinstance(label, str)]
    letters = _pattern("rows", "total_letters")
    if not letters.search("\n".join(texts)):
        return set()
    return {text for text in texts if letters.search(text) and is_word(text, "total")}


def begins_footer(text: object) -> bool:
    """Whether a cell opens a line below the table, such as 制表人：.

    >>> begins_footer("制表人：李*"), begins_footer("李*")
    (True, False)
    """
    return isinstance(text, str) and _pattern("rows", "footer").match(match_key(text[:LONGEST])) is not None


@cache
def _standard_names() -> dict[str, str]:
    return {
        match_key(name): code
        for language in reversed(LANGUAGES)
        for code, name in read_toml(f"labels.{language}.toml")["sheets"].items()
    }


def standard_sheet(name: str) -> str:
    """Code of the standard sheet called exactly ``name``, or ``""``.

    >>> standard_sheet("客户需求记录"), standard_sheet("Sheet1")
    ('records', '')
    """
    return _standard_names().get(match_key(name[:LONGEST]), "")


def hinted_sheet(name: str) -> str:
    """Code that a sheet's name speaks for, or ``""``: the standard name, else a word in it.

    >>> hinted_sheet("2024年订单明细"), hinted_sheet("填写说明"), hinted_sheet("Sheet1")
    ('orders', 'guide', '')
    """
    key = match_key(name[:LONGEST])
    kinds = read_toml("headers.toml")["sheet_names"]
    return standard_sheet(name) or next(
        (code for code in kinds if _pattern("sheet_names", code).search(key)), ""
    )
