"""Columns of our lists that are called something else than at the last refresh, because the language changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache

from crmsheet.data import LANGUAGES, read_toml


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
    """Codes of the columns that are called so, in any language."""
    return _codes().get(header, frozenset())


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
