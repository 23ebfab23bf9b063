"""Industry of a customer after GB/T 4754-2017 (R-003, R-018, C-17): section, division where it can be told, or ask."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import product

from crmsheet.clean.text import match_key
from crmsheet.data import read_table, read_toml

_GRAMMAR = read_toml("industry.toml")
_CODE = re.compile(_GRAMMAR["patterns"]["code"])
_CODED_NAME = re.compile(_GRAMMAR["patterns"]["coded_name"])
_LIST_MARKS = re.compile(_GRAMMAR["patterns"]["list_marks"])
_NEST_MARKS = re.compile(_GRAMMAR["patterns"]["nest_marks"])
_LONGEST_LABEL = 40  # a longer cell is a description, and no label stands for it
_MOST_PARTS = 8


@dataclass(frozen=True, slots=True)
class IndustryReading:
    """``section`` letter and two-digit ``division`` (``""`` when unknown), the standard ``name`` to write.

    When ``certain`` is false, ``candidates`` holds the standard names to ask about, if any are likely.
    """

    section: str = ""
    division: str = ""
    certain: bool = False
    name: str = ""
    candidates: tuple[str, ...] = ()


UNKNOWN = IndustryReading()


def classify_industry(text: object, *, mapping: Mapping[str, str] | None = None) -> IndustryReading:
    """Section and division that ``text`` names; a team's own ``mapping`` (label → code or name) wins (R-003).

    >>> classify_industry("互联网行业").name, classify_industry("I65").division
    ('信息传输、软件和信息技术服务业', '65')
    >>> classify_industry("服务业").certain
    False
    >>> classify_industry("服务业", mapping={"服务业": "L"}).name
    '租赁和商务服务业'
    """
    key = match_key(text)
    own = _own_label(key, mapping) if mapping else None
    return _classify(own or key)


def _own_label(key: str, mapping: Mapping[str, str]) -> str | None:
    return next((match_key(target) for label, target in mapping.items() if match_key(label) == key), None)
