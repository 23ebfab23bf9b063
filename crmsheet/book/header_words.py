"""Columns of our lists that are called something else than at the last refresh, because the language changed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, partial

from crmsheet.data import LANGUAGES, read_toml
from crmsheet.labels import NAMED


def renamed_headers(old: Sequence[str], new: Sequence[str]) -> dict[str, str]:
    """Old header → new header of the columns that are the same in another language.

    >>> renamed_headers(["客户名称", "我的备注", "Tier"], ["Customer name", "Tier"])
    {'客户名称': 'Customer name'}
    """
    left = [header for header in old if header not in new]
    found: dict[str, str] = {}
    for header in (header for header in new if header not in old):
        before = next((one for one in left if header_codes(one) & header_codes(header)), None)
        if before is not None:
            left.remove(before)
            found[before] = header
    return found


def header_codes(header: str) -> frozenset[str]:
    """Codes of the columns that are called so, in any language and under any settings.

    >>> "amount_12m" in header_codes("近6个月成交"), header_codes("本月成交")
    (True, frozenset())
    """
    known = _codes().get(header)
    return known or frozenset(code for pattern, code in named_headers() if pattern.fullmatch(header))


@cache
def named_headers() -> list[tuple[re.Pattern[str], str]]:
    """Headers that name a tier or a count of months, which settings change, and their codes."""
    found = []
    for words in (read_toml(f"labels.{language}.toml") for language in LANGUAGES):
        any_name = partial(_any, words["named"])
        found += [
            (re.compile(NAMED.sub(any_name, re.escape(header))), str(code))
            for code, header in words["columns"].items()
            if NAMED.sub("", header) not in ("", header)
        ]
    return found


def _any(named: Mapping[str, str], name: re.Match[str]) -> str:
    """A pattern of whatever a header may say for ``<<name>>``."""
    if name[1] != "window":
        return ".+"
    many = r"\d+".join(map(re.escape, named["window"].split("{n}")))
    return f"(?:{many}|{re.escape(named['window_1'])})"


@cache
def _codes() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for header, code in _headers():
        found.setdefault(header, set()).add(code)
    return {header: frozenset(codes) for header, codes in found.items()}


def _headers() -> Iterator[tuple[str, str]]:
    for language in LANGUAGES:
        words = read_toml(f"labels.{language}.toml")
        for headers in (words["columns"], words["fields"], *words["sheet_fields"].values()):
            yield from ((str(header), str(code)) for code, header in headers.items())
